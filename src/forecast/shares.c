// First-order shares of variance from the scenarios themselves: the variance of an answer's mean
// over classes of equal probability of one quantity (Sobol 1993; from given data: Plischke,
// Borgonovo and Smith 2013), less what chance alone would leave between the classes.
#include "forecast_internal.h"

#include <stdlib.h>

#define SHARES_SIZE_MAX (256u << 20) // bytes of sums by class; a deal beyond is not taken apart

static uint32_t count_variables(const QuidForecast *forecast, const QuidProgram *program)
{
    const uint32_t count = quid_program_variable_count(program);
    const uint64_t each = (uint64_t)SHARE_BIN_COUNT * sizeof(double) * replicate_count(forecast) *
                          ((uint64_t)forecast->model->ask_count + 1);
    return count * each <= SHARES_SIZE_MAX ? count : 0;
}

bool quid__list_variables(QuidForecast *forecast, const QuidProgram *program)
{
    const uint32_t count = count_variables(forecast, program);
    forecast->variables =
        quid__arena_push(&forecast->arena, ((size_t)count + 1) * sizeof(QuidString));
    for (uint32_t i = 0; forecast->variables != NULL && i < count; i++) {
        const QuidString name =
            quid__arena_copy(&forecast->arena, quid_program_variable(program, i));
        forecast->variables[i] = name;
    }
    forecast->variable_count = count;
    return !forecast->arena.has_failed;
}

// Dates end at the horizon; what is no number counts as 0.
static double value_of(double value, double end)
{
    const double limited = value < end ? value : end;
    return fabs(limited) < (double)INFINITY ? limited : 0;
}

static void take_values(const QuidForecast *forecast, QuidProgramRun *run, Replicate *replicate,
                        uint32_t ask, uint32_t count)
{
    const double *column = quid_program_column(run, forecast->wants.asks[ask]);
    const double end = is_date_ask(forecast, ask) ? end_of(forecast) : QUID_NEVER;
    double *values = replicate->share_values + (size_t)ask * QUID_PROGRAM_BLOCK;
    double sum = 0;
    double squares = 0;
    for (uint32_t i = 0; i < count; i++) {
        values[i] = value_of(column[i], end);
        sum += values[i];
        squares += values[i] * values[i];
    }
    replicate->square_sums[ask] += squares;
    replicate->square_sums[forecast->model->ask_count + ask] += sum;
}

void quid__count_shares(QuidForecast *forecast, QuidProgramRun *run, Replicate *replicate,
                        uint32_t count)
{
    const uint32_t asks = forecast->model->ask_count;
    uint32_t bins[QUID_PROGRAM_BLOCK];
    double u[QUID_PROGRAM_BLOCK];
    for (uint32_t a = 0; a < asks; a++) {
        if (forecast->wants.asks[a] != NO_WANT)
            take_values(forecast, run, replicate, a, count);
    }
    for (uint32_t v = 0; v < forecast->variable_count; v++) {
        quid_program_uniform(run, forecast->variables[v], u);
        for (uint32_t i = 0; i < count; i++) {
            bins[i] = v * SHARE_BIN_COUNT + (uint32_t)(u[i] * SHARE_BIN_COUNT);
            replicate->share_counts[bins[i]] += 1;
        }
        for (uint32_t a = 0; a < asks; a++) {
            const double *values = replicate->share_values + (size_t)a * QUID_PROGRAM_BLOCK;
            double *sums = replicate->share_sums + a;
            for (uint32_t i = 0; forecast->wants.asks[a] != NO_WANT && i < count; i++)
                sums[(size_t)bins[i] * asks] += values[i];
        }
    }
}

// ---- From sums to shares

typedef struct Sums {
    double count;
    double sum;
    double squares;
    double class_counts[SHARE_BIN_COUNT];
    double class_sums[SHARE_BIN_COUNT];
} Sums;

static void add_sums(const QuidForecast *forecast, const Replicate *replicate, uint32_t variable,
                     uint32_t ask, Sums *sums)
{
    const uint32_t asks = forecast->model->ask_count;
    sums->count += forecast->size;
    sums->sum += replicate->square_sums[asks + ask];
    sums->squares += replicate->square_sums[ask];
    for (uint32_t b = 0; b < SHARE_BIN_COUNT; b++) {
        const size_t bin = (size_t)variable * SHARE_BIN_COUNT + b;
        sums->class_counts[b] += replicate->share_counts[bin];
        sums->class_sums[b] += replicate->share_sums[bin * asks + ask];
    }
}

// With n scenarios in m classes, classes that do not matter still differ by (m - 1) / (n - m) of
// the variance inside them.
static double share_from(const Sums *sums)
{
    const double mean = sums->sum / sums->count;
    const double variance = sums->squares / sums->count - mean * mean;
    double between = 0;
    double classes = 0;
    for (uint32_t b = 0; b < SHARE_BIN_COUNT; b++) {
        if (sums->class_counts[b] <= 0)
            continue;
        const double distance = sums->class_sums[b] / sums->class_counts[b] - mean;
        between += sums->class_counts[b] / sums->count * distance * distance;
        classes += 1;
    }
    if (!(variance > 1e-12 * mean * mean) || sums->count <= classes)
        return 0;
    const double chance = (classes - 1) / (sums->count - classes) * (variance - between);
    return (between - chance) / variance;
}

static QuidEstimated share_of_variance(const QuidForecast *forecast, uint32_t variable,
                                       uint32_t ask)
{
    double each[QUID_REPLICATE_COUNT_MAX];
    Sums pooled = {0};
    for (uint32_t r = 0; r < replicate_count(forecast); r++) {
        Sums own = {0};
        add_sums(forecast, &forecast->replicates[r], variable, ask, &own);
        add_sums(forecast, &forecast->replicates[r], variable, ask, &pooled);
        each[r] = share_from(&own);
    }
    return (QuidEstimated){share_from(&pooled),
                           quid__replicate_error(each, replicate_count(forecast))};
}

static int by_ask_and_share(const void *left, const void *right)
{
    const QuidVarianceShare *a = left;
    const QuidVarianceShare *b = right;
    if (a->ask != b->ask)
        return a->ask < b->ask ? -1 : 1;
    if (a->share.value < b->share.value || a->share.value > b->share.value)
        return a->share.value > b->share.value ? -1 : 1;
    return (a->variable.bytes > b->variable.bytes) - (a->variable.bytes < b->variable.bytes);
}

bool quid__make_shares(QuidForecast *forecast)
{
    const uint32_t asks = forecast->model->ask_count;
    QuidVarianceShare *shares =
        quid__arena_push(&forecast->arena,
                         ((size_t)asks * forecast->variable_count + 1) * sizeof(QuidVarianceShare));
    uint32_t count = 0;
    for (uint32_t a = 0; shares != NULL && a < asks; a++) {
        for (uint32_t v = 0; forecast->wants.asks[a] != NO_WANT && v < forecast->variable_count;
             v++) {
            const QuidEstimated share = share_of_variance(forecast, v, a);
            if (share.value > 3 * share.error && share.value > 0)
                shares[count++] = (QuidVarianceShare){forecast->variables[v], a, share};
        }
    }
    if (shares == NULL)
        return false;
    qsort(shares, count, sizeof *shares, by_ask_and_share);
    forecast->tables.shares = shares;
    forecast->tables.share_count = count;
    return true;
}
