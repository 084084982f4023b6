// Following a branch of the equations
//     F(h,a) = x(h,a) - tau (c(h,a) - c(h,r)) - lambda (v(h,a) - v(h,r)) = 0,    r the set's
//     reference action,
// by steps along its arc (Turocy 2005, 2010). c is 0 on the principal branch, and the logarithm of
// a reference measure on others.
#ifndef QUID_GAME_TRACE_H
#define QUID_GAME_TRACE_H

#include "jacobian.h"
#include "krylov.h"

#include <stdatomic.h>

// A place on a branch.
typedef struct Point {
    double *logit;   // by action; of references and fixed sets 0
    double *tangent; // by action
    double at;       // the parameter: lambda (inside), or how much of c is taken away
    double tangent_at;
    int32_t sign; // of the determinant times the direction: stays while no other branch crosses
} Point;

#define MEMORY_COUNT 8u

// The corrections since the factors were made.
typedef struct Memory {
    double *step[MEMORY_COUNT]; // by action
    double step_at[MEMORY_COUNT];
    double square[MEMORY_COUNT];
    uint32_t count;
} Memory;

typedef struct Trace {
    const Play *play;
    QuidContext *context;
    const QuidProgress *progress;
    Field field;
    Jacobian jacobian;
    Krylov krylov;
    bool is_iterative;      // by Krylov's method
    const double *offset;   // c by action; NULL: 0
    bool is_leaving_offset; // the parameter is tau's way from 1 to 0, at a given lambda
    double lambda;          // then
    Point point;            // where the trace stands
    Point before;           // the point before it
    double turned_at;  // where the parameter turned on the last step; at the point if it did not
    double step;       // the next step's length: the largest relative change
    double refused;    // a length that led too far lately; grows with every step taken
    double distance;   // from the prediction to the branch, at the last point
    double *response;  // by action: how the logits change with the parameter, less the sign
    double *right;     // by action
    double *guess;     // by action
    double *direction; // by action: the step's own plane
    double *scratch;
    double *bend; // by action: how the tangent changes along the branch
    double bend_at;
    bool is_bent;       // bend is known
    bool is_by_fold;    // the step was made to end just before a fold
    double last_length; // of the step that it is from
    Memory memory;
    bool is_factored; // the factors and response are of a place near the point
    bool is_cancelled;
    bool has_failed;   // no memory
    bool is_quiet;     // worker threads do not report
    atomic_bool *stop; // shared by the traces of one search for others; NULL: none
    uint32_t step_count;
    double regret;     // for progress
    QuidVector points; // QuidBranchPoint; lambda inside
} Trace;

typedef enum TraceStep { TRACE_STEPPED, TRACE_STUCK, TRACE_STOPPED } TraceStep;

bool quid__trace_create(const Play *play, QuidContext *context, const QuidProgress *progress,
                        uint32_t entry_count_max, QuidArena *arena, Trace *trace);
void quid__trace_free(Trace *trace);

// Puts the trace where lambda = 0, or where tau = 1 at the present point and lambda.
bool quid__trace_begin(Trace *trace, const double *offset);
bool quid__trace_begin_leaving(Trace *trace, double lambda);

// One step along the branch, no longer than such that the parameter stays below limit. Folds and
// bifurcations passed are added to points.
TraceStep quid__trace_step(Trace *trace);

// Whether the branch passed the parameter between the point before and the present one.
bool quid__trace_has_crossed(const Trace *trace, double at);

// Solves exactly at the parameter, from between the two last points. logit: by action, filled.
// field is then there.
bool quid__trace_pin(Trace *trace, double at, double *logit);

// Solves p ~ q exp(lambda v), q what is played at the point: as if lambda were twice as large where
// nothing moves any more, and without the bias towards uniform play. To about 1e-2 of logits;
// logit, measure: by action, filled. false: it leads too far, or no memory.
bool quid__trace_tilt(Trace *trace, double lambda, double *logit, double *measure);

// Logits, or their changes (by action), shifted so that those of the references are 0.
void quid__trace_refer(const Trace *trace, double *numbers);

// ---- The equations: newton.c

// Where corrections may go: direction · (logit - guess) + direction_at (at - guess_at) = 0.
typedef struct Plane {
    const double *direction; // NULL: the parameter is held
    double direction_at;
    double guess_at;
    double tolerance;    // relative
    double distance_max; // of all corrections: beyond, another branch is as near
} Plane;

typedef struct Corrected {
    double at;
    double distance; // of all corrections
    bool is_good;
} Corrected;

// lambda inside, and the unit that the parameter's changes count in.
double quid__trace_lambda(const Trace *trace, double at);
double quid__trace_unit(const Trace *trace, double at);
static inline double quid__logit_weight(double logit)
{
    return 1 / (1 + (logit < 0 ? -logit : logit));
}
// Tells the host how far it is. false: stop.
bool quid__trace_go_on(Trace *trace);
// Factors and response where the field is. false: no memory.
bool quid__trace_factorise(Trace *trace, double at);
// From logit (changed) in the plane to the branch. The field is then one correction behind.
Corrected quid__trace_correct(Trace *trace, const Plane *plane, double *logit);

#endif
