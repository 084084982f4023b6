// Regret minimisation for games of two whose payoffs are opposed.
#ifndef QUID_GAME_MINIMISE_H
#define QUID_GAME_MINIMISE_H

#include "bits.h"
#include "sequences.h"

// One player's side of it; numbers by place (see sequences.h).
typedef struct Minimising {
    Sequences sequences;
    double *regret;   // of not having played it, given that its set is reached; never below 0
    double *strategy; // now
    double *plan;     // how likely the player's own moves make the sequence
    double *total;    // of all plans so far, weighed
    double *average;  // the plan of the average strategy
    double *value;    // what follows a sequence; 0 between the passes
    double *hope;     // the same with the strategies of the next iteration
} Minimising;

typedef struct Minimiser {
    Minimising players[2];
    QuidLanes lanes; // the same bits with any
    uint32_t iteration_count;
} Minimiser;

// Requires an opposed game with stakes. false: no memory (arena).
bool quid__minimiser_create(const QuidGame *game, const QuidSolveOptions *options, QuidArena *arena,
                            Minimiser *minimiser);
// Both players once.
void quid__minimiser_iterate(Minimiser *minimiser);
// What each player gains at most by leaving its average strategy, as a fraction of its range: exact
// best responses by sequences. Costs about an iteration.
void quid__minimiser_regret(Minimiser *minimiser, double regret[2]);
// Iterates until no regret exceeds the tolerance, which is looked at now and then: EQUILIBRIUM; or
// UNFINISHED, or CANCELLED.
QuidTraceEnd quid__minimiser_run(Minimiser *minimiser, const QuidSolveOptions *options);
// The average strategies, by action. A set that they do not lead to is played as in the last
// iteration.
void quid__minimiser_average(const Minimiser *minimiser, const QuidGame *game, double *probability);

#endif
