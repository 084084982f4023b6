// Following one branch to a given lambda, or to its limit.
#include "solve.h"

#include <math.h>
#include <string.h>

#define LAMBDA_MAX 1e13        // inside: beyond, a logit's last bit is a chance of a thousandth
#define STEP_COUNT_MAX 100000u // points of a path
#define SETTLED 1e-3           // the largest change of a probability that counts as none
#define BEYOND_STEP_COUNT_MIN 24u

static double *copy_numbers(QuidArena *arena, const double *source, uint32_t count)
{
    double *copy = quid__arena_push(arena, count * sizeof *copy);
    if (copy != NULL)
        memcpy(copy, source, count * sizeof *copy);
    return copy;
}

static const double *chance_of(const Search *search)
{
    return search->options->chance != NULL ? search->options->chance
                                           : quid_game_tables(search->game)->chance;
}

bool quid__search_judge(Search *search, double lambda, QuidProfile *profile)
{
    const Field *field = &search->trace->field;
    const uint32_t count = search->trace->play->action_count;
    const double unit = search->trace->play->unit;
    profile->probability = copy_numbers(search->arena, field->probability, count);
    profile->log_probability = copy_numbers(search->arena, field->log_probability, count);
    if (search->arena->has_failed)
        return false;
    const Judged judged = {
        .probability = profile->probability,
        .log_probability = profile->log_probability,
        .is_fixed = search->options->fixed.is_fixed,
        .chance = chance_of(search),
        .lambda = unit > 0 ? lambda / unit : 0,
        .is_scaled = search->options->is_scaled,
    };
    return quid__certify(search->game, &judged, search->arena, &profile->certificate,
                         &profile->payoff) == QUID_OK;
}

// ---- To a given lambda

static void keep_crossing(Search *search, double lambda)
{
    const uint32_t count = search->trace->play->action_count;
    const uint32_t first = search->branch_probabilities.count;
    for (uint32_t i = 0; i < count; i++) {
        double *kept = quid__vector_push(&search->branch_probabilities);
        if (kept != NULL)
            *kept = search->trace->field.probability[i];
    }
    QuidBranchPoint *point = quid__vector_push(&search->trace->points);
    if (point != NULL)
        *point = (QuidBranchPoint){QUID_BRANCH_CROSSING, lambda, first};
}

// After the answer: does the branch come back? Followed until it has gone well beyond, or for as
// many steps again.
static bool look_beyond(Search *search, double target)
{
    Trace *trace = search->trace;
    const uint32_t limit =
        trace->step_count +
        (trace->step_count > BEYOND_STEP_COUNT_MIN ? trace->step_count : BEYOND_STEP_COUNT_MIN);
    const size_t size = trace->play->action_count * sizeof(double);
    double *logit = quid__arena_push(search->arena, size);
    if (logit == NULL)
        return false;
    while (trace->step_count < limit && trace->point.at < 2 * target) {
        if (quid__trace_step(trace) != TRACE_STEPPED)
            break;
        if (!quid__trace_has_crossed(trace, target))
            continue;
        if (quid__trace_pin(trace, target, logit))
            keep_crossing(search, target);
    }
    return !trace->has_failed;
}

static bool run_to(Search *search, double target)
{
    Trace *trace = search->trace;
    const size_t size = trace->play->action_count * sizeof(double);
    search->end = QUID_TRACE_STALLED;
    while (trace->step_count < STEP_COUNT_MAX) {
        const TraceStep step = quid__trace_step(trace);
        if (step == TRACE_STOPPED && trace->has_failed)
            return false;
        if (step != TRACE_STEPPED) {
            search->end = step == TRACE_STOPPED ? QUID_TRACE_CANCELLED : QUID_TRACE_STALLED;
            break;
        }
        if (!quid__trace_has_crossed(trace, target))
            continue;
        if (quid__trace_pin(trace, target, search->logit)) {
            search->end = QUID_TRACE_REACHED;
            search->lambda = target;
        }
        break;
    }
    if (search->end != QUID_TRACE_REACHED) {
        search->lambda = trace->point.at;
        memcpy(search->logit, trace->point.logit, size);
    }
    return true;
}

// ---- To the limit

static double largest_change(const double *left, const double *right, uint32_t count)
{
    double largest = 0;
    for (uint32_t i = 0; i < count; i++)
        largest = fmax(largest, fabs(left[i] - right[i]));
    return largest;
}

// Whether the limit is clear from where the trace stands: the regret is far inside the tolerance,
// and probabilities have stopped moving. profile: filled.
static bool is_clear(Search *search, const double *earlier, QuidProfile *profile)
{
    Trace *trace = search->trace;
    const uint32_t count = trace->play->action_count;
    quid__field_evaluate(trace->play, trace->point.logit, &trace->field);
    if (!quid__search_judge(search, trace->point.at, profile)) {
        search->has_failed = true;
        return false;
    }
    trace->regret = profile->certificate.fraction_max;
    const double *traced = profile->probability;
    const double tolerance = search->options->tolerance;
    const bool is_polished = quid__search_polish(search, trace->point.at, profile);
    trace->is_factored = false;
    if (search->has_failed)
        return false;
    if (is_polished && largest_change(traced, profile->probability, count) <= SETTLED &&
        profile->certificate.fraction_max <= tolerance / 100)
        return true;
    return profile->certificate.fraction_max <= tolerance / 100 &&
           largest_change(traced, earlier, count) <= SETTLED;
}

// The point where the trace ended, solved as exactly as numbers allow, and judged.
static bool finish_limit(Search *search, const double *earlier)
{
    Trace *trace = search->trace;
    const size_t size = trace->play->action_count * sizeof(double);
    if (search->end != QUID_TRACE_CANCELLED &&
        quid__trace_pin(trace, trace->point.at, search->logit))
        memcpy(trace->point.logit, search->logit, size);
    if (trace->has_failed)
        return false;
    search->lambda = trace->point.at;
    memcpy(search->logit, trace->point.logit, size);
    // Where the trace got stuck, the limit may be clear all the same.
    if (is_clear(search, earlier, &search->profile) && search->end == QUID_TRACE_STALLED)
        search->end = QUID_TRACE_LIMIT;
    return !search->has_failed;
}

static bool run_to_limit(Search *search)
{
    Trace *trace = search->trace;
    const uint32_t count = trace->play->action_count;
    double *earlier = quid__arena_push(search->arena, count * sizeof(double));
    double check_at = 1 / search->options->tolerance;
    if (earlier == NULL)
        return false;
    search->end = QUID_TRACE_STALLED;
    while (trace->step_count < STEP_COUNT_MAX && trace->point.at < LAMBDA_MAX) {
        const TraceStep step = quid__trace_step(trace);
        if (step == TRACE_STOPPED && trace->has_failed)
            return false;
        if (step != TRACE_STEPPED) {
            search->end = step == TRACE_STOPPED ? QUID_TRACE_CANCELLED : QUID_TRACE_STALLED;
            break;
        }
        if (trace->point.at < check_at)
            continue;
        check_at = trace->point.at * 10;
        if (is_clear(search, earlier, &search->profile)) {
            search->end = QUID_TRACE_LIMIT;
            break;
        }
        if (search->has_failed)
            return false;
        memcpy(earlier, search->profile.probability, count * sizeof(double));
    }
    return finish_limit(search, earlier);
}

bool quid__search_run(Search *search)
{
    const double unit = search->trace->play->unit;
    if (!(search->options->lambda > 0))
        return run_to_limit(search);
    const double target = search->options->lambda * unit;
    if (!run_to(search, target))
        return false;
    quid__field_evaluate(search->trace->play, search->logit, &search->trace->field);
    if (!quid__search_judge(search, search->lambda, &search->profile))
        return false;
    if (search->end != QUID_TRACE_REACHED || search->is_other)
        return true;
    if (!look_beyond(search, target))
        return false;
    quid__field_evaluate(search->trace->play, search->logit, &search->trace->field);
    return true;
}
