// Solving by sweeps, for games whose steps have an order.
#ifndef QUID_GAME_SWEEP_H
#define QUID_GAME_SWEEP_H

#include "evaluate.h"

typedef struct Sweep {
    const Play *play;
    Field *field;
    double *logit;        // by action: where it stands
    double *logit_before; // by action: at the lambda before
    double *before;       // by action: probabilities there
    double lambda;        // inside; 0: not begun
    double factor;        // to the next lambda
    uint32_t *order;      // inner nodes by step, the last step first
    uint32_t *step_first; // step_count + 1, into order
    uint32_t *step_sets;  // sets in the same order
    uint32_t *set_first;  // step_count + 1, into step_sets
    uint32_t step_count;
    double *shifted;     // by action of a step
    double *exponential; // likewise
} Sweep;

// At uniform play. false: the game's steps have no order, or no memory (arena).
bool quid__sweep_begin(Sweep *sweep, const Play *play, Field *field, QuidArena *arena);
// On along the principal branch to a greater lambda (inside); the field is then there. false: the
// sweeps do not lead there; the sweep is then of no further use.
bool quid__sweep_to(Sweep *sweep, double lambda);

#endif
