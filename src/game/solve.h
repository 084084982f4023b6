// From traces to a solution.
#ifndef QUID_GAME_SOLVE_H
#define QUID_GAME_SOLVE_H

#include "certificate.h"
#include "trace.h"

struct QuidSolution {
    QuidContext *context;
    QuidArena arena;
    QuidSolutionTables tables;
};

// One branch followed to where it was asked to.
typedef struct Search {
    const QuidGame *game;
    const QuidSolveOptions *options;
    Trace *trace;
    QuidArena *arena; // of what is kept
    double *logit;    // by action: at the answer
    double lambda;    // inside: of the answer
    QuidTraceEnd end;
    QuidSolveMethod method;
    QuidProfile profile;
    QuidVector branch_probabilities;
    bool is_other;   // from a random start: nothing beyond the answer is looked at
    bool has_failed; // no memory
} Search;

// Follows the branch that trace has begun. false: no memory. trace->field is at the answer.
bool quid__search_run(Search *search);
// Profile and certificate of the field as it stands, at lambda inside.
bool quid__search_judge(Search *search, double lambda, QuidProfile *profile);
// Looks for the equilibrium that the field is near to: actions without weight are left out, the
// others made equally good. Where the result's regret is smaller, it becomes the profile (log
// probabilities of what is left out stay). Returns whether it did.
bool quid__search_polish(Search *search, double lambda, QuidProfile *profile);

// Looks for other equilibria from random starts, and adds those that differ to the solution. false:
// no memory.
bool quid__others_find(QuidSolution *solution, const Play *play, const QuidGame *game,
                       const QuidSolveOptions *options);
bool quid__is_certified(const QuidSolveOptions *options, QuidTraceEnd end,
                        const QuidCertificate *certificate);

#endif
