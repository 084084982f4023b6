// Fans of amounts by stage and date. They are many columns, so they are drawn apart, from the first
// scenarios of each replicate, some promises at a time.
#include "forecast_internal.h"

#include <string.h>

#define BATCH_COLUMN_COUNT 2048u
#define FAN_STAGE_COUNT 3u // pledged, committed, disbursed

static const QuidStage fan_stages[FAN_STAGE_COUNT] = {QUID_STAGE_PLEDGED, QUID_STAGE_COMMITTED,
                                                      QUID_STAGE_DISBURSED};

// The fans being drawn: `rows` of the answers, date_count columns each.
typedef struct Batch {
    QuidForecast *forecast;
    uint32_t column_count;
    double *values; // [column * all + replicate * fan_size + scenario]
    uint32_t all;   // scenarios of all replicates
    QuidEstimated (*answers)[QUANTILE_COUNT + 1]; // by column: mean, then quantiles
} Batch;

static void count_fans(void *user, QuidProgramRun *run, uint32_t replicate, uint32_t first,
                       uint32_t count)
{
    Batch *batch = user;
    for (uint32_t c = 0; c < batch->column_count; c++) {
        const size_t place =
            (size_t)c * batch->all + (size_t)replicate * batch->forecast->fan_size + first;
        memcpy(batch->values + place, quid_program_column(run, c), count * sizeof(double));
    }
}

static bool is_constant(const double *values, uint32_t count)
{
    for (uint32_t i = 1; i < count; i++) {
        if (values[i] != values[0])
            return false;
    }
    return true;
}

// One column's mean and quantiles. It is reordered: replicate by replicate first, then whole.
static void answer_column(void *user, uint32_t column, uint32_t worker)
{
    Batch *batch = user;
    const QuidForecast *forecast = batch->forecast;
    const uint32_t replicates = replicate_count(forecast);
    double *values = batch->values + (size_t)column * batch->all;
    QuidEstimated *answers = batch->answers[column];
    double each[QUANTILE_COUNT + 1][QUID_REPLICATE_COUNT_MAX];
    double pooled[QUANTILE_COUNT + 1];
    (void)worker;
    if (is_constant(values, batch->all)) {
        for (uint32_t q = 0; q <= QUANTILE_COUNT; q++)
            answers[q] = (QuidEstimated){values[0], 0};
        return;
    }
    pooled[0] = 0;
    for (uint32_t r = 0; r < replicates; r++) {
        double *part = values + (size_t)r * forecast->fan_size;
        double quantiles[QUANTILE_COUNT];
        double sum = 0;
        for (uint32_t i = 0; i < forecast->fan_size; i++)
            sum += part[i];
        quid__select(part, forecast->fan_size, quantiles);
        each[0][r] = sum / forecast->fan_size;
        pooled[0] += each[0][r] / replicates;
        for (uint32_t q = 0; q < QUANTILE_COUNT; q++)
            each[q + 1][r] = quantiles[q];
    }
    quid__select(values, batch->all, pooled + 1);
    for (uint32_t q = 0; q <= QUANTILE_COUNT; q++)
        answers[q] = (QuidEstimated){pooled[q], quid__replicate_error(each[q], replicates)};
}

// first: the row's column in the batch.
static void store_row(QuidForecast *forecast, const Batch *batch, uint32_t first, uint32_t row)
{
    const uint32_t count = forecast->tables.amount_date_count;
    QuidEstimated *lines = forecast->amount_lines + (size_t)row * AMOUNT_LINE_COUNT * count;
    double *ends = forecast->amount_ends + (size_t)row * AMOUNT_END_COUNT * count;
    for (uint32_t d = 0; d < count; d++) {
        const QuidEstimated *answers = batch->answers[first + d];
        lines[d] = answers[0];
        lines[count + d] = answers[2];
        lines[2 * count + d] = answers[3];
        lines[3 * count + d] = answers[4];
        ends[d] = answers[1].value;
        ends[count + d] = answers[5].value;
    }
}

// ---- Batches

// Whoever plays the moves sees every event and move, so they are wanted here too.
static bool list_fan_wants(QuidForecast *forecast, QuidVector *wants,
                           const QuidAmountForecast *rows, uint32_t row_count)
{
    const QuidDealTables *model = forecast->model;
    QuidWant *added = NULL;
    for (uint32_t row = 0; row < row_count; row++) {
        for (uint32_t d = 0; d < forecast->tables.amount_date_count; d++) {
            added = quid__vector_push(wants);
            if (added != NULL)
                *added = (QuidWant){.kind = QUID_WANT_AMOUNT,
                                    .index = rows[row].pledge,
                                    .stage = rows[row].stage,
                                    .date = forecast->tables.amount_dates[d]};
        }
    }
    for (uint32_t i = 1; i < model->event_count; i++) {
        for (uint32_t n = 0; n < 2; n++) {
            added = quid__vector_push(wants);
            if (added != NULL)
                *added =
                    (QuidWant){.kind = n == 0 ? QUID_WANT_HAPPENED : QUID_WANT_OUTCOME, .index = i};
        }
    }
    for (uint32_t i = 1; i < model->move_count; i++) {
        added = quid__vector_push(wants);
        if (added != NULL)
            *added = (QuidWant){.kind = QUID_WANT_OPTION, .index = i};
    }
    return !wants->has_failed;
}

static QuidStatus sample_batch(QuidForecast *forecast, Batch *batch, const QuidVector *wants,
                               double share_done, double share)
{
    QuidProgramOptions options = quid_program_options();
    options.ledger = forecast->ledger;
    options.seed = forecast->options.seed;
    options.is_sobol = forecast->options.is_sobol;
    options.has_dependencies = false;
    QuidProgram *program = NULL;
    QuidStatus status = quid_program_compile(forecast->context, forecast->deal, forecast->ledger,
                                             &options, wants->items, wants->count, &program);
    if (status != QUID_OK)
        return status;
    const Sampling sampling = {forecast,   program, forecast->fan_size, {0, 1},
                               count_fans, batch,   share_done,         share};
    status = quid__sample(forecast, &sampling);
    quid_program_free(program);
    return status;
}

static QuidStatus forecast_batch(QuidForecast *forecast, uint32_t first, uint32_t row_count,
                                 double share_done, double share)
{
    const QuidAmountForecast *rows = forecast->amounts + first;
    const uint32_t dates = forecast->tables.amount_date_count;
    Batch batch = {.forecast = forecast, .column_count = row_count * dates};
    batch.all = forecast->fan_size * replicate_count(forecast);
    const size_t value_size = (size_t)batch.column_count * batch.all * sizeof(double);
    const size_t answer_size = (size_t)batch.column_count * sizeof *batch.answers;
    QuidVector wants;
    quid__vector_init(&wants, forecast->context, sizeof(QuidWant));
    batch.values = quid__allocate(forecast->context, value_size);
    batch.answers = quid__allocate(forecast->context, answer_size);
    QuidStatus status = QUID_NO_MEMORY;
    if (batch.values != NULL && batch.answers != NULL &&
        list_fan_wants(forecast, &wants, rows, row_count))
        status = sample_batch(forecast, &batch, &wants, share_done, share);
    if (status == QUID_OK)
        quid__pool_run(forecast->pool, batch.column_count, answer_column, &batch);
    for (uint32_t row = 0; status == QUID_OK && row < row_count; row++)
        store_row(forecast, &batch, row * dates, first + row);
    quid__release(forecast->context, batch.values, value_size);
    quid__release(forecast->context, batch.answers, answer_size);
    quid__vector_free(&wants);
    return status;
}

static void point_to_lines(QuidForecast *forecast)
{
    const size_t count = forecast->tables.amount_date_count;
    for (uint32_t i = 0; i < forecast->tables.amount_count; i++) {
        QuidAmountForecast *row = &forecast->amounts[i];
        const QuidEstimated *lines = forecast->amount_lines + (size_t)i * AMOUNT_LINE_COUNT * count;
        const double *ends = forecast->amount_ends + (size_t)i * AMOUNT_END_COUNT * count;
        row->mean = lines;
        row->p10 = lines + count;
        row->p50 = lines + 2 * count;
        row->p90 = lines + 3 * count;
        row->p05 = ends;
        row->p95 = ends + count;
    }
}

// The rows and room for them.
bool quid__list_amounts(QuidForecast *forecast)
{
    const QuidDealTables *model = forecast->model;
    QuidArena *arena = &forecast->arena;
    uint32_t date_count = 0;
    forecast->tables.amount_dates = quid__amount_dates(forecast, &date_count);
    forecast->tables.amount_date_count = date_count;
    forecast->amounts = quid__arena_push(
        arena, ((size_t)model->pledge_count * FAN_STAGE_COUNT + 1) * sizeof(QuidAmountForecast));
    if (arena->has_failed)
        return false;
    uint32_t count = 0;
    for (uint32_t i = 1; i < model->pledge_count; i++) {
        for (uint32_t s = 0; model->pledges[i].unit.index != 0 && s < FAN_STAGE_COUNT; s++)
            forecast->amounts[count++] = (QuidAmountForecast){.pledge = i, .stage = fan_stages[s]};
    }
    const size_t all = (size_t)count * date_count;
    forecast->amount_lines =
        quid__arena_push(arena, (all * AMOUNT_LINE_COUNT + 1) * sizeof(QuidEstimated));
    forecast->amount_ends = quid__arena_push(arena, (all * AMOUNT_END_COUNT + 1) * sizeof(double));
    if (arena->has_failed)
        return false;
    forecast->tables.amounts = forecast->amounts;
    forecast->tables.amount_count = count;
    point_to_lines(forecast);
    return true;
}

// Those of this host's part.
QuidStatus quid__forecast_amounts(QuidForecast *forecast)
{
    const PartRange range = part_of(forecast->part, forecast->tables.amount_count);
    const uint32_t count = range.end - range.first;
    const uint32_t limit = BATCH_COLUMN_COUNT / forecast->tables.amount_date_count;
    const uint32_t batch = limit < FAN_STAGE_COUNT ? FAN_STAGE_COUNT : limit;
    for (uint32_t done = 0; done < count; done += batch) {
        const uint32_t rest = count - done;
        const uint32_t size = rest < batch ? rest : batch;
        const QuidStatus status = forecast_batch(forecast, range.first + done, size,
                                                 0.8 + 0.2 * done / count, 0.2 * size / count);
        if (status != QUID_OK)
            return status;
    }
    return QUID_OK;
}
