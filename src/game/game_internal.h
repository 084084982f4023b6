// A game while it is built and once it stands: efg.c and the deal's compilation fill it, solving
// reads it.
#ifndef QUID_GAME_INTERNAL_H
#define QUID_GAME_INTERNAL_H

#include "arena.h"
#include "quid/game.h"
#include "report.h"
#include "vector.h"

struct QuidGame {
    QuidContext *context;
    QuidArena arena; // owns every table
    QuidGameTables tables;
    const uint32_t
        *set_before; // by set: the mover's own last action before it; QUID_NO_INDEX: none
};

// Two nodes of one set before which the mover's own last actions differ: it forgets.
typedef struct QuidForgotten {
    uint32_t first; // QUID_NO_INDEX: perfect recall
    uint32_t second;
} QuidForgotten;

// A game with nothing in it; NULL where there is no memory.
QuidGame *quid__game_create(QuidContext *context);

// Fills what follows from the rest: terminal, end, set_action_first, set_node_first, set_nodes,
// action_set, payoff_low, payoff_high, set_before. Requires all counts, parent, set, edge, chance,
// payoff, and the tables by player, set and action; every decision node has a child for each action
// of its set, in order. NO_MEMORY where the arena has failed. INVALID where a player forgets:
// forgotten names the first such pair of nodes; where forgotten is NULL, that is our own mistake.
QuidStatus quid__game_finish(QuidGame *game, QuidForgotten *forgotten);

#endif
