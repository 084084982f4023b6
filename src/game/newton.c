// The equations of a branch, and Newton's method on them.
#include "trace.h"

#include <math.h>
#include <string.h>

#define CORRECTION_COUNT_MAX 20u
#define GAP_MAX                                                                                    \
    0.2 // of a last correction: a larger one may have left the region where Newton's method is to
        // be believed
#define SLOW_RATIO 0.65            // of a correction to the last: factors are made anew
#define WAY_MAX 1.0                // relative, of the parameter: further, factors are made anew
#define CORRECTION_SHARE 0.1       // without factors: what an iteration leaves of the error
#define CORRECTION_PRODUCT_MAX 80u // and how many products it may take

// ---- Equations

double quid__trace_lambda(const Trace *trace, double at)
{
    return trace->is_leaving_offset ? trace->lambda : at;
}

double quid__trace_unit(const Trace *trace, double at)
{
    return trace->is_leaving_offset ? 1 : 1 + fabs(at);
}

// right = -F.
static void fill_residual(Trace *trace, const double *logit, double at)
{
    const Play *play = trace->play;
    const double lambda = quid__trace_lambda(trace, at);
    const double share = trace->is_leaving_offset ? 1 - at : 1;
    for (uint32_t set = 0; set < play->set_count; set++) {
        const uint32_t reference = trace->jacobian.reference[set];
        for (uint32_t i = play->set_first[set]; i < play->set_first[set + 1]; i++) {
            double gap = 0;
            if (!play->is_fixed[set] && i != reference) {
                gap =
                    lambda * (trace->field.action_value[i] - trace->field.action_value[reference]) -
                    logit[i];
                if (trace->offset != NULL)
                    gap += share * (trace->offset[i] - trace->offset[reference]);
            }
            trace->right[i] = gap;
        }
    }
}

// target = dF by the parameter.
static void fill_parameter_change(const Trace *trace, double *target)
{
    const Play *play = trace->play;
    for (uint32_t set = 0; set < play->set_count; set++) {
        const uint32_t reference = trace->jacobian.reference[set];
        for (uint32_t i = play->set_first[set]; i < play->set_first[set + 1]; i++) {
            if (play->is_fixed[set] || i == reference)
                target[i] = 0;
            else if (trace->is_leaving_offset)
                target[i] = trace->offset[i] - trace->offset[reference];
            else
                target[i] = trace->field.action_value[reference] - trace->field.action_value[i];
        }
    }
}

bool quid__trace_go_on(Trace *trace)
{
    if (trace->stop != NULL && atomic_load(trace->stop))
        trace->is_cancelled = true;
    if (trace->progress->report != NULL && !trace->is_quiet && !trace->is_cancelled) {
        const double lambda = quid__trace_lambda(trace, trace->point.at) / trace->play->unit;
        trace->is_cancelled =
            !trace->progress->report(trace->progress->user, lambda, trace->regret);
        if (trace->is_cancelled && trace->stop != NULL)
            atomic_store(trace->stop, true);
    }
    return !trace->is_cancelled;
}

bool quid__trace_factorise(Trace *trace, double at)
{
    if (!trace->is_iterative && !quid__jacobian_factorise(&trace->jacobian, &trace->field,
                                                          quid__trace_lambda(trace, at), NULL)) {
        trace->has_failed = true;
        return false;
    }
    fill_parameter_change(trace, trace->response);
    if (!trace->is_iterative)
        quid__jacobian_solve(&trace->jacobian, trace->response, trace->scratch);
    trace->is_factored = true;
    return true;
}

// ---- Corrector

// The same without factors, to a tenth of the error: what is left of it is the next correction's.
static double iterated_correction(Trace *trace, const Plane *plane, const double *logit, double at,
                                  double off)
{
    const Border border = {quid__trace_lambda(trace, at), trace->response, plane->direction,
                           plane->direction_at};
    const double held = plane->direction == NULL ? plane->guess_at - at : -off;
    double change = 0;
    fill_parameter_change(trace, trace->response);
    memset(trace->scratch, 0, trace->play->action_count * sizeof(double));
    (void)quid__krylov_solve(&trace->krylov, &trace->field, logit, &border, trace->right, held,
                             trace->scratch, &change, CORRECTION_SHARE, CORRECTION_PRODUCT_MAX);
    memcpy(trace->right, trace->scratch, trace->play->action_count * sizeof(double));
    return change;
}

// A correction of all unknowns: what the factors say. Leaves it in right, returns the parameter's
// part.
static double plain_correction(Trace *trace, const Plane *plane, const double *logit, double at)
{
    const uint32_t count = trace->play->action_count;
    fill_residual(trace, logit, at);
    double off = plane->direction_at * (at - plane->guess_at);
    for (uint32_t i = 0; plane->direction != NULL && i < count; i++)
        off += plane->direction[i] * (logit[i] - trace->guess[i]);
    if (trace->is_iterative)
        return iterated_correction(trace, plane, logit, at, off);
    quid__jacobian_solve(&trace->jacobian, trace->right, trace->scratch);
    double across = 0;
    double along = 0;
    for (uint32_t i = 0; plane->direction != NULL && i < count; i++) {
        across += plane->direction[i] * trace->right[i];
        along += plane->direction[i] * trace->response[i];
    }
    const double change = (-off - across) / (plane->direction_at - along);
    for (uint32_t i = 0; i < count; i++)
        trace->right[i] -= change * trace->response[i];
    return change;
}

static double inner_product(const double *left, double left_at, const double *right,
                            double right_at, uint32_t count)
{
    double sum = left_at * right_at;
    for (uint32_t i = 0; i < count; i++)
        sum += left[i] * right[i];
    return sum;
}

// Broyden's good update of the factors' inverse, from the corrections since they were made (Kelley
// 1995, section 7.3): right and the parameter's part become what the updated matrix says.
static double update_correction(Trace *trace, double change)
{
    const uint32_t count = trace->play->action_count;
    Memory *memory = &trace->memory;
    double *right = trace->right;
    if (memory->count == MEMORY_COUNT)
        memory->count = 0;
    for (uint32_t k = 0; k + 1 < memory->count; k++) {
        const double share =
            inner_product(memory->step[k], memory->step_at[k], right, change, count) /
            memory->square[k];
        for (uint32_t i = 0; i < count; i++)
            right[i] += share * memory->step[k + 1][i];
        change += share * memory->step_at[k + 1];
    }
    if (memory->count > 0) {
        const uint32_t last = memory->count - 1;
        const double share =
            inner_product(memory->step[last], memory->step_at[last], right, change, count) /
            memory->square[last];
        const double factor = share < 0.9 ? 1 / (1 - share) : 1;
        for (uint32_t i = 0; i < count; i++)
            right[i] *= factor;
        change *= factor;
    }
    if (memory->count < MEMORY_COUNT) {
        const uint32_t next = memory->count++;
        memcpy(memory->step[next], right, count * sizeof(double));
        memory->step_at[next] = change;
        memory->square[next] = inner_product(right, change, right, change, count) + 1e-300;
    }
    return change;
}

typedef struct Moved {
    double length; // relative, as steps are measured
    double gap;    // the largest change of a logit itself: beliefs hang on differences of logits,
                   // however large those
} Moved;

static Moved move(Trace *trace, double change, double *logit, double *at)
{
    Moved moved = {fabs(change) / quid__trace_unit(trace, *at), 0};
    for (uint32_t i = 0; i < trace->play->action_count; i++) {
        const double size = fabs(trace->right[i]);
        const double part = size * quid__logit_weight(logit[i]);
        moved.length = part > moved.length ? part : moved.length;
        moved.gap = size > moved.gap ? size : moved.gap;
        logit[i] += trace->right[i];
    }
    moved.gap = fmax(moved.gap, moved.length);
    *at += change;
    if (!(moved.gap - moved.gap == 0.0))
        moved.length = HUGE_VAL;
    return moved;
}

// Newton's method with factors kept and updated while each correction is much less than the last;
// made anew at most thrice.
Corrected quid__trace_correct(Trace *trace, const Plane *plane, double *logit)
{
    Corrected result = {.at = plane->guess_at};
    double before = 0;
    uint32_t renewed = 0;
    // lambda multiplies most of the matrix: far away the factors of the point are no guide.
    const double way = fabs(plane->guess_at - trace->point.at);
    bool is_slow = !trace->is_iterative && way > WAY_MAX * quid__trace_unit(trace, trace->point.at);
    trace->memory.count = 0;
    for (uint32_t i = 0; i < CORRECTION_COUNT_MAX; i++) {
        quid__field_evaluate(trace->play, logit, &trace->field);
        if (is_slow && renewed < 3) {
            if (!quid__trace_go_on(trace) || !quid__trace_factorise(trace, result.at))
                break;
            trace->memory.count = 0;
            renewed += 1;
        }
        const double plain = plain_correction(trace, plane, logit, result.at);
        const double change = trace->is_iterative ? plain : update_correction(trace, plain);
        const Moved moved = move(trace, change, logit, &result.at);
        result.distance += moved.length;
        if (!(result.distance <= plane->distance_max))
            break;
        const double ratio = i == 0 ? 1 : moved.gap / before;
        // What is still to come is about this times the ratio. Where rounding stops the descent,
        // the point is as good as it gets.
        const bool is_at_bottom =
            i > 0 && ratio > 0.5 &&
            moved.gap < 1e-9 + 1e-14 * fabs(quid__trace_lambda(trace, result.at));
        const double rest = moved.gap * (ratio < 1 ? ratio : 1);
        if ((moved.gap <= GAP_MAX && rest <= plane->tolerance) || is_at_bottom) {
            result.is_good = true;
            return result;
        }
        is_slow = i > 0 && ratio > SLOW_RATIO && !trace->is_iterative;
        before = moved.gap;
    }
    // Factors made on a way that led nowhere are of no use.
    trace->is_factored = trace->is_factored && renewed == 0;
    return result;
}
