// Solving the linear systems of a trace without a matrix, for trees too large for one: GMRES (Saad
// and Schultz 1986) on the derivative in a direction, which takes two passes over the tree.
#ifndef QUID_GAME_KRYLOV_H
#define QUID_GAME_KRYLOV_H

#include "jacobian.h"

#define KRYLOV_COUNT 40u // directions kept: 40 numbers an action

// The bordered system   J x + change y = right,   direction · x + direction_at y = right_at,   J =
// 1 - lambda dv/dlogit.
typedef struct Border {
    double lambda;
    const double *change; // by action
    const double
        *direction; // by action; NULL: y is held, and the second equation reads y = right_at
    double direction_at;
} Border;

typedef struct Krylov {
    const Play *play;
    const uint32_t *reference; // by set
    double *basis[KRYLOV_COUNT + 1];
    double basis_at[KRYLOV_COUNT + 1];
    double *weight;           // by action: equations and unknowns are scaled by it
    double *scratch;          // by action
    double *slope;            // by action: how log probabilities change
    double *drift;            // by inner node: how log reach changes
    double *mean;             // by set
    double *change;           // [inner row * player_count + player]: how values change
    double *action_change;    // by action
    uint32_t iteration_count; // in all
} Krylov;

bool quid__krylov_create(const Play *play, const uint32_t *reference, QuidArena *arena,
                         Krylov *krylov);
// Improves x and y until what is left of the scaled equations is at most tolerance of the right
// side, or for iteration_limit directions. x, right: by action, 0 for references and fixed sets.
// Returns what is left, as a share.
double quid__krylov_solve(Krylov *krylov, const Field *field, const double *logit,
                          const Border *border, const double *right, double right_at, double *x,
                          double *y, double tolerance, uint32_t iteration_limit);

#endif
