// Differences between forecasts that share their noise: by replicate, so that what is common to
// both drops out of the error.
#include "forecast_internal.h"

// The answer of one replicate alone. false: it has none, or is not kept.
static bool replicate_answer(const QuidForecast *forecast, uint32_t ask, uint32_t replicate,
                             double *answer)
{
    const Replicate *counts = &forecast->replicates[replicate];
    const QuidAsk *question = &forecast->model->asks[ask];
    double quantiles[QUANTILE_COUNT];
    switch (question->kind) {
    case QUID_ASK_CHANCE:
        *answer = counts->ask_sums[ask] / (double)forecast->size;
        return true;
    case QUID_ASK_VALUE:
        *answer = counts->ask_sums[ask] / (double)counts->ask_counts[ask];
        return !forecast->tables.asks[ask].is_date && counts->ask_counts[ask] > 0;
    case QUID_ASK_WHEN:
        quid__select_days(counts->days + (size_t)forecast->wants.rows[question->milestone.index] *
                                             forecast->day_count,
                          forecast->day_count, quantiles);
        *answer = quantiles[2] * (double)forecast->day_width;
        return *answer == *answer;
    case QUID_ASK_CHOICE:
    case QUID_ASK_BREAK_EVEN:
        break;
    }
    return false;
}

QuidEstimated quid_forecast_difference(const QuidForecast *from, const QuidForecast *to,
                                       uint32_t ask)
{
    QUID_ASSERT(ask < from->tables.ask_count && ask < to->tables.ask_count);
    QUID_ASSERT(from->options.seed == to->options.seed && from->size == to->size);
    QUID_ASSERT(replicate_count(from) == replicate_count(to));
    const QuidAskAnswer *first = &from->tables.asks[ask];
    const QuidAskAnswer *second = &to->tables.asks[ask];
    if (!first->is_answered || !second->is_answered || !(first->value.value < QUID_NEVER) ||
        !(second->value.value < QUID_NEVER))
        return (QuidEstimated){(double)NAN, 0};
    const double difference = second->value.value - first->value.value;
    double each[QUID_REPLICATE_COUNT_MAX];
    for (uint32_t i = 0; i < replicate_count(from); i++) {
        double before;
        double after;
        // Where a replicate alone has no answer, the noise counts as not shared.
        if (!replicate_answer(from, ask, i, &before) || !replicate_answer(to, ask, i, &after))
            return (QuidEstimated){difference, sqrt(first->value.error * first->value.error +
                                                    second->value.error * second->value.error)};
        each[i] = after - before;
    }
    return (QuidEstimated){difference, quid__replicate_error(each, replicate_count(from))};
}
