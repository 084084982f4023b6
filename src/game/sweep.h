// Solving at one lambda by sweeps.
#ifndef QUID_GAME_SWEEP_H
#define QUID_GAME_SWEEP_H

#include "evaluate.h"

// Finds the principal branch's point at lambda (inside). logit: by action, zeros; filled, and field
// is there. false: no order of steps, the sweeps do not contract, or no memory (arena); logit and
// field are then anything.
bool quid__sweep(const Play *play, Field *field, double lambda, QuidArena *arena, double *logit);

#endif
