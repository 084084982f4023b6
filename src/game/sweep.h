// Solving by sweeps, for games whose steps have an order.
#ifndef QUID_GAME_SWEEP_H
#define QUID_GAME_SWEEP_H

#include "layout.h"
#include "pool.h"

typedef struct Sweep {
    const Play *play;
    Field *field; // filled where quid__sweep_to has led
    Layout layout;
    double lambda;   // inside; 0: not begun
    double factor;   // to the next lambda
    double *belief;  // by row of a decision, given its set; of a set's only row 1
    double *set_sum; // by set: of exp(shifted)
    double *change;  // by block of a step's sets
    QuidPool *pool;  // NULL: one thread
    // By slot:
    double *logit;
    double *shifted; // logit less the set's largest; of a fixed set the log of its probability
    double *probability;
    double *action_value;
    double *logit_before; // at the lambda before
    double *before;       // probabilities there
    double *logit_of_action;
} Sweep;

// At uniform play. false: the game's steps have no order, or no memory (arena).
bool quid__sweep_begin(Sweep *sweep, const Play *play, Field *field, QuidPool *pool,
                       QuidArena *arena);
// On along the principal branch to a greater lambda (inside); the field is then there. false: the
// sweeps do not lead there; the sweep is then of no further use.
bool quid__sweep_to(Sweep *sweep, double lambda);

#endif
