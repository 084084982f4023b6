// From a point near the limit to the equilibrium itself: Newton's method on the indifference of
// what is played; or, where that does not tell one equilibrium from others around it, the equations
// of the branch once more, with the point's own play in the place of uniform play.
#include "maths.h"
#include "solve.h"

#include <math.h>
#include <string.h>

#define SUPPORT_LEAST 1e-9 // likelier actions are played in the limit
#define ITERATION_COUNT_MAX 12u

// Actions out of support get probability 0 (their logarithms, which beliefs come from, stay), the
// others the rest.
static void take_out(const Trace *trace, const bool *support)
{
    const Play *play = trace->play;
    double *probability = trace->field.probability;
    for (uint32_t set = 0; set < play->set_count; set++) {
        if (play->is_fixed[set])
            continue;
        double sum = 0;
        for (uint32_t i = play->set_first[set]; i < play->set_first[set + 1]; i++) {
            probability[i] = support[i] ? probability[i] : 0;
            sum += probability[i];
        }
        for (uint32_t i = play->set_first[set]; i < play->set_first[set + 1]; i++)
            probability[i] /= sum;
    }
}

// right = v(a) - v(reference) in support, else 0. Returns the largest.
static double fill_gaps(const Trace *trace, const bool *support, double *right)
{
    const Play *play = trace->play;
    double largest = 0;
    for (uint32_t set = 0; set < play->set_count; set++) {
        const uint32_t reference = trace->jacobian.reference[set];
        for (uint32_t i = play->set_first[set]; i < play->set_first[set + 1]; i++) {
            right[i] = 0;
            if (play->is_fixed[set] || i == reference || !support[i])
                continue;
            right[i] = trace->field.action_value[i] - trace->field.action_value[reference];
            largest = fmax(largest, fabs(right[i]));
        }
    }
    return largest;
}

static void evaluate_supported(Trace *trace, const bool *support, const double *logit)
{
    quid__field_evaluate(trace->play, logit, &trace->field);
    take_out(trace, support);
    quid__field_spread(trace->play, &trace->field);
}

static bool make_indifferent(Search *search, const bool *support, double *logit)
{
    Trace *trace = search->trace;
    const uint32_t count = trace->play->action_count;
    double before = HUGE_VAL;
    for (uint32_t k = 0; k < ITERATION_COUNT_MAX; k++) {
        evaluate_supported(trace, support, logit);
        const double gap = fill_gaps(trace, support, trace->right);
        if (gap <= 4e-16 || (gap >= before && gap < 1e-14))
            return true;
        if (gap > 2 * before)
            return false;
        before = gap;
        if (!quid__jacobian_factorise(&trace->jacobian, &trace->field, 1, support)) {
            search->has_failed = true;
            return false;
        }
        quid__jacobian_solve(&trace->jacobian, trace->right, trace->scratch);
        double longest = 0;
        for (uint32_t i = 0; i < count; i++)
            longest = fmax(longest, fabs(trace->right[i]));
        if (!(longest < 1))
            return false;
        for (uint32_t i = 0; i < count; i++)
            logit[i] += trace->right[i];
    }
    return before < 1e-12;
}

// What is played has the logarithms of its polished probabilities, the rest those of the traced
// point. The two are far apart where the search was stopped early.
static bool keep_logarithms(Search *search, const bool *support, const QuidProfile *traced,
                            QuidProfile *polished)
{
    const uint32_t count = search->trace->play->action_count;
    double *logarithm = quid__arena_push(search->arena, count * sizeof(double));
    if (logarithm == NULL) {
        search->has_failed = true;
        return false;
    }
    for (uint32_t i = 0; i < count; i++)
        logarithm[i] =
            support[i] ? quid__log(polished->probability[i]) : traced->log_probability[i];
    polished->log_probability = logarithm;
    return true;
}

bool quid__search_polish(Search *search, double lambda, QuidProfile *profile)
{
    Trace *trace = search->trace;
    const uint32_t count = trace->play->action_count;
    bool *support = quid__arena_push(search->arena, count * sizeof(bool));
    double *logit = quid__arena_push(search->arena, count * sizeof(double));
    double *measure = quid__arena_push(search->arena, count * sizeof(double));
    if (search->arena->has_failed) {
        search->has_failed = true;
        return false;
    }
    if (trace->is_iterative)
        return false;
    for (uint32_t i = 0; i < count; i++)
        support[i] = trace->field.probability[i] > SUPPORT_LEAST;
    memcpy(logit, trace->point.logit, count * sizeof(double));
    bool is_there = make_indifferent(search, support, logit);
    if (!is_there && !search->has_failed) {
        is_there = quid__trace_tilt(trace, lambda, logit, measure);
        search->has_failed = trace->has_failed;
        evaluate_supported(trace, support, logit);
    }
    if (is_there) {
        QuidProfile polished;
        if (!quid__search_judge(search, lambda, &polished)) {
            search->has_failed = true;
            return false;
        }
        if (polished.certificate.fraction_max <= profile->certificate.fraction_max) {
            // The residual is the traced point's: in the limit itself there is no equation left to
            // miss.
            polished.certificate.residual = profile->certificate.residual;
            if (!keep_logarithms(search, support, profile, &polished))
                return false;
            *profile = polished;
            return true;
        }
    }
    quid__field_evaluate(trace->play, trace->point.logit, &trace->field);
    return false;
}
