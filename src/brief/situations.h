// Information sets as situations that a party can be in: what it knows there.
#ifndef QUID_SITUATIONS_H
#define QUID_SITUATIONS_H

#include "moves.h"

// What the mover at a set knows of one thing.
typedef struct Knowledge {
    QuidThing thing;  // event, secret or move
    bool is_pending;  // event: has not happened yet
    uint32_t *choice; // outcome; options chosen, in the order of dates
    uint32_t choice_count;
} Knowledge;

// Everything that stands the same in all nodes of the set, in the order of secrets, events, moves.
// count: of the list, in the arena.
const Knowledge *quid__brief_knowledge(Brief *brief, uint32_t set, uint32_t *count);

// How likely the mover, by its own prior, holds outcome of a secret at the set.
double quid__brief_set_belief(const Brief *brief, uint32_t set, uint32_t secret, uint32_t outcome);
// The mover does not know the secret there.
bool quid__brief_is_unknown(const Brief *brief, uint32_t set, uint32_t secret);
// How likely the set is reached, given the facts, by the author's prior.
double quid__brief_set_reach(const Brief *brief, uint32_t set);

#endif
