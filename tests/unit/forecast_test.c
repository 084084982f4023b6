// The forecast stage: closed forms within the stated errors, the errors' own coverage, the same
// bits for any number of threads, failing memory; sensitivity and track record on deals small
// enough to work out by hand.
#include "forecasts.h"

#include <math.h>

static void assert_within(QuidEstimated found, double truth, double error_max)
{
    if (!(fabs(found.value - truth) <= 5 * found.error + 1e-12 * fabs(truth)))
        fail_msg("%.10g is not %.10g within five times %.3g", found.value, truth, found.error);
    if (!(found.error <= error_max))
        fail_msg("an error of %.3g is larger than %.3g", found.error, error_max);
}

// ---- Closed forms

static const char *const closed =
    "event a \"a\"\n"
    "  yes 30%\n"
    "  no otherwise\n"
    "  on 2026-06-01\n"
    "event b \"b\"\n"
    "  yes 80% if a = yes else 10%\n"
    "  no otherwise\n"
    "  on 2026-07-01\n"
    "event late \"l\"\n"
    "  yes 50%\n"
    "  no otherwise\n"
    "  between 2026-01-01 and 2026-04-10\n"
    "milestone m \"m\"\n"
    "  after 2026-05-01\n"
    "  takes uniform(10 days, 110 days)\n"
    "  due 2026-05-30\n"
    "ask \"sum\" value normal(1, 2) + normal(3, 4)\n"
    "ask \"max\" value max(uniform(0, 1), uniform(0, 1), uniform(0, 1))\n"
    "ask \"log\" value 10 to 20 USD\n"
    "ask \"chain\" chance b = yes\n"
    "ask \"both\" chance a = yes and b = yes\n"
    "ask \"late\" chance late = yes by 2026-04-01\n"
    "ask \"when\" when m\n";

static void check_closed_forms(bool is_sobol)
{
    Pipeline run = pipeline_of(closed, "2026-03-21");
    QuidForecastOptions options = quid_forecast_options();
    options.scenario_count = 1000000;
    options.is_sobol = is_sobol;
    QuidForecast *forecast = forecast_of(&run, &options);
    const QuidForecastTables *tables = quid_forecast_tables(forecast);
    const QuidAskAnswer *asks = tables->asks;
    assert_int_equal(tables->scenario_count, 1000000);
    assert_within(asks[0].value, 4, 0.01);
    assert_within(asks[0].quantiles.p90, 4 + 1.2815515655446004 * sqrt(20), 0.02);
    assert_within(asks[1].value, 0.75, 0.0004);
    assert_within(asks[1].quantiles.p50, cbrt(0.5), 0.0008);
    assert_within(asks[2].quantiles.p05, 10, 0.02);
    assert_within(asks[2].quantiles.p95, 20, 0.03);
    assert_within(asks[2].quantiles.p50, sqrt(200), 0.01);
    assert_within(asks[3].value, 0.3 * 0.8 + 0.7 * 0.1, 0.001);
    assert_within(asks[4].value, 0.24, 0.001);
    // Not seen by the end of 21 March: evenly over the 20 days that are left, 11 of them by 1
    // April.
    assert_within(asks[5].value, 0.5 * 11 / 20, 0.001);
    assert_true(asks[6].is_date);
    assert_true(asks[6].quantiles.p50.value == (double)day("2026-06-29") ||
                asks[6].quantiles.p50.value == (double)day("2026-06-30"));
    assert_within(tables->milestones[1].on_time, 0.2, 0.001);
    assert_within(quid_forecast_chance_by(forecast, 1, day("2026-05-30")), 0.2, 0.001);
    assert_within(tables->milestones[1].chance, 1, 2e-6);
    assert_true(tables->milestones[1].critical[0] == 1);
    assert_within(tables->events[2].chance[0], 0.31, 0.001);
    quid_forecast_free(forecast);
    pipeline_free(&run);
}

static void test_closed_forms(void **state)
{
    (void)state;
    check_closed_forms(true);
    check_closed_forms(false);
}

// Of a thousand seeds, in nineteen of twenty the truth lies within the 95% interval (Student's t
// with 31 degrees of freedom), give or take what a thousand throws allow. A lognormal's mean from
// Sobol points hangs on the one point in its tail: the error is right on the average, but skewed.
static void check_coverage(bool is_sobol)
{
    Pipeline run = pipeline_of("ask \"a\" value normal(1, 2) + uniform(0, 4)\n"
                               "ask \"b\" chance uniform(0, 1) + uniform(0, 1) < 0.6\n"
                               "ask \"c\" value lognormal(3, 2)\n",
                               "2026-02-01");
    QuidForecastOptions options = quid_forecast_options();
    options.scenario_count = 4096;
    options.is_sobol = is_sobol;
    options.has_amounts = false;
    const double truths[3] = {3, 0.18, 3 * exp(log(2) * log(2) / 2)};
    const uint32_t least[3] = {929, 929, is_sobol ? 905 : 929};
    uint32_t inside[3] = {0, 0, 0};
    double squares[3] = {0, 0, 0};
    double stated[3] = {0, 0, 0};
    for (uint32_t seed = 1; seed <= 1000; seed++) {
        options.seed = seed;
        QuidForecast *forecast = forecast_of(&run, &options);
        const QuidAskAnswer *asks = quid_forecast_tables(forecast)->asks;
        for (uint32_t i = 0; i < 3; i++) {
            const double distance = asks[i].value.value - truths[i];
            inside[i] += fabs(distance) <= 2.0395 * asks[i].value.error;
            squares[i] += distance * distance;
            stated[i] += asks[i].value.error * asks[i].value.error;
        }
        quid_forecast_free(forecast);
    }
    for (uint32_t i = 0; i < 3; i++) {
        if (inside[i] < least[i] || inside[i] > 971)
            fail_msg("sampler %d, ask %u: inside %u times of 1000", is_sobol, i, inside[i]);
        assert_true(fabs(sqrt(squares[i] / stated[i]) - 1) < 0.08);
    }
    pipeline_free(&run);
}

static void test_coverage(void **state)
{
    (void)state;
    check_coverage(false);
    check_coverage(true);
}

static void test_sobol_is_better(void **state)
{
    (void)state;
    Pipeline run = pipeline_of(closed, "2026-03-21");
    QuidForecastOptions options = quid_forecast_options();
    options.scenario_count = 65536;
    QuidForecast *sobol = forecast_of(&run, &options);
    options.is_sobol = false;
    QuidForecast *philox = forecast_of(&run, &options);
    assert_true(quid_forecast_tables(sobol)->asks[0].value.error * 4 <
                quid_forecast_tables(philox)->asks[0].value.error);
    quid_forecast_free(sobol);
    quid_forecast_free(philox);
    pipeline_free(&run);
}

// ---- The same bits

static uint64_t hash(uint64_t before, const void *bytes, size_t size)
{
    const unsigned char *at = bytes;
    for (size_t i = 0; i < size; i++)
        before = (before ^ at[i]) * 0x100000001b3u;
    return before;
}

static uint64_t hash_forecast(const QuidForecast *forecast)
{
    const QuidForecastTables *tables = quid_forecast_tables(forecast);
    uint64_t sum = 0xcbf29ce484222325u;
    for (uint32_t i = 0; i < tables->ask_count; i++) {
        sum = hash(sum, &tables->asks[i].value, sizeof(QuidEstimated));
        sum = hash(sum, &tables->asks[i].quantiles, sizeof(QuidQuantiles));
    }
    for (uint32_t i = 1; i < tables->milestone_count; i++) {
        sum = hash(sum, &tables->milestones[i].chance, sizeof(QuidEstimated));
        sum = hash(sum, &tables->milestones[i].date, sizeof(QuidQuantiles));
        sum = hash(sum, tables->milestones[i].curve, tables->curve_date_count * sizeof(double));
    }
    for (uint32_t i = 1; i < tables->move_count; i++)
        sum = hash(sum, tables->moves[i].final_choice,
                   tables->moves[i].option_count * sizeof(QuidEstimated));
    for (uint32_t i = 0; i < tables->amount_count; i++) {
        sum = hash(sum, tables->amounts[i].mean, tables->amount_date_count * sizeof(QuidEstimated));
        sum = hash(sum, tables->amounts[i].p90, tables->amount_date_count * sizeof(QuidEstimated));
    }
    for (uint32_t i = 0; i < tables->share_count; i++)
        sum = hash(sum, &tables->shares[i].share, sizeof(QuidEstimated));
    return sum;
}

static void test_threads(void **state)
{
    (void)state;
    static const uint32_t counts[] = {1, 2, 3, 8, 32};
    Pipeline run = pipeline_of_file("deals/us-japan/deal.quid", "2026-02-11");
    assert_int_equal(run.status, QUID_OK);
    QuidForecastOptions options = quid_forecast_options();
    options.scenario_count = 20000;
    options.has_shares = true;
    uint64_t first = 0;
    for (uint32_t i = 0; i < 5; i++) {
        options.thread_count = counts[i];
        QuidForecast *forecast = forecast_of(&run, &options);
        first = i == 0 ? hash_forecast(forecast) : first;
        assert_true(hash_forecast(forecast) == first);
        quid_forecast_free(forecast);
    }
    pipeline_free(&run);
}

// ---- Parts

#define PART_COUNT_MAX 40u

typedef struct Parts {
    QuidIoBuffer buffers[PART_COUNT_MAX];
    QuidString bytes[PART_COUNT_MAX];
    uint32_t count;
} Parts;

static QuidOutput output_of(Parts *parts, uint32_t number)
{
    parts->buffers[number] = (QuidIoBuffer){NULL, 0, 0, false};
    return quid_io_buffer_output(&parts->buffers[number]);
}

static void keep_part(Parts *parts, uint32_t number)
{
    const QuidIoBuffer *buffer = &parts->buffers[number];
    parts->bytes[number] = (QuidString){buffer->bytes, (uint32_t)buffer->size};
}

static void free_parts(Parts *parts)
{
    for (uint32_t i = 0; i < parts->count; i++)
        free(parts->buffers[i].bytes);
}

static QuidStatus draw_parts(const Pipeline *run, const QuidForecastOptions *options, Parts *parts)
{
    QuidStatus status = QUID_OK;
    for (uint32_t i = 0; i < parts->count; i++) {
        const QuidOutput output = output_of(parts, i);
        if (status == QUID_OK)
            status = quid_forecast_part(run->context, run->deal, run->ledger, options,
                                        (QuidPart){i, parts->count}, output);
        keep_part(parts, i);
    }
    return status;
}

// Bytes that are not what they ought to be are refused.
static void check_refusals(const Pipeline *run, QuidForecastOptions options, Parts *parts)
{
    QuidForecast *forecast = NULL;
    options.parts = parts->bytes;
    options.part_count = parts->count - 1;
    assert_int_equal(quid_forecast_run(run->context, run->deal, run->ledger, &options, &forecast),
                     QUID_IO);
    options.part_count = parts->count;
    parts->bytes[1].size -= 1;
    assert_int_equal(quid_forecast_run(run->context, run->deal, run->ledger, &options, &forecast),
                     QUID_IO);
    parts->bytes[1].size += 1;
    options.seed += 1;
    assert_int_equal(quid_forecast_run(run->context, run->deal, run->ledger, &options, &forecast),
                     QUID_IO);
    assert_null(forecast);
}

// Scenarios and amounts of which each host makes some are what one host alone makes.
static void test_parts(void **state)
{
    (void)state;
    static const uint32_t counts[] = {1, 2, 3, 4, PART_COUNT_MAX};
    Pipeline run = pipeline_of_file("deals/us-japan/deal.quid", "2026-02-11");
    QuidForecastOptions options = quid_forecast_options();
    options.scenario_count = 20000;
    options.has_shares = true;
    QuidForecast *alone = forecast_of(&run, &options);
    for (uint32_t i = 0; i < 5; i++) {
        Parts parts = {.count = counts[i]};
        options.thread_count = i + 1;
        assert_int_equal(draw_parts(&run, &options, &parts), QUID_OK);
        QuidForecastOptions together = options;
        together.parts = parts.bytes;
        together.part_count = parts.count;
        QuidForecast *forecast = forecast_of(&run, &together);
        assert_true(hash_forecast(forecast) == hash_forecast(alone));
        for (uint32_t ask = 0; ask < quid_forecast_tables(alone)->ask_count; ask++) {
            const QuidEstimated gain = quid_forecast_difference(alone, forecast, ask);
            assert_true(gain.value == 0 || gain.value != gain.value);
        }
        quid_forecast_free(forecast);
        if (i == 1)
            check_refusals(&run, options, &parts);
        free_parts(&parts);
    }
    quid_forecast_free(alone);
    pipeline_free(&run);
}

// Whatever stands in bytes that came from elsewhere, putting them together ends, in a status.
static void test_broken_parts(void **state)
{
    (void)state;
    Pipeline run = pipeline_of(closed, "2026-03-21");
    QuidForecastOptions options = quid_forecast_options();
    options.scenario_count = 640;
    Parts parts = {.count = 1};
    assert_int_equal(draw_parts(&run, &options, &parts), QUID_OK);
    options.parts = parts.bytes;
    options.part_count = 1;
    quid_forecast_free(forecast_of(&run, &options));
    uint32_t refused = 0;
    for (size_t at = 0; at < parts.buffers[0].size; at += 1 + at / 64) {
        char *byte = parts.buffers[0].bytes + at;
        QuidForecast *forecast = NULL;
        *byte = (char)~*byte;
        const QuidStatus status =
            quid_forecast_run(run.context, run.deal, run.ledger, &options, &forecast);
        assert_true(status == QUID_OK || status == QUID_IO);
        refused += status == QUID_IO;
        quid_forecast_free(forecast);
        *byte = (char)~*byte;
    }
    assert_true(refused > 160); // the head's bytes at the least
    free_parts(&parts);
    pipeline_free(&run);
}

// Asking for less changes no answer.
static void test_asks_only(void **state)
{
    (void)state;
    Pipeline run = pipeline_of_file("deals/us-japan/deal.quid", "2026-02-11");
    QuidForecastOptions options = quid_forecast_options();
    options.scenario_count = 20000;
    options.has_amounts = false;
    QuidForecast *whole = forecast_of(&run, &options);
    options.asks_only = true;
    QuidForecast *brief = forecast_of(&run, &options);
    const QuidForecastTables *left = quid_forecast_tables(whole);
    const QuidForecastTables *right = quid_forecast_tables(brief);
    for (uint32_t i = 0; i < left->ask_count; i++) {
        assert_memory_equal(&left->asks[i].value, &right->asks[i].value, sizeof(QuidEstimated));
        if (left->asks[i].is_date)
            assert_memory_equal(&left->asks[i].quantiles, &right->asks[i].quantiles,
                                sizeof(QuidQuantiles));
    }
    assert_int_equal(right->event_count, 0);
    quid_forecast_free(whole);
    quid_forecast_free(brief);
    pipeline_free(&run);
}

// ---- Amounts, moves, shares

static void test_fans(void **state)
{
    (void)state;
    Pipeline run = pipeline_of("milestone signed \"s\"\n"
                               "  after 2026-06-01\n"
                               "  takes uniform(0.001 days, 100 days)\n"
                               "pledge whole \"w\"\n"
                               "  from A to B\n"
                               "  amount 1000 USD\n"
                               "  made 2026-01-10\n"
                               "  committed at signed\n",
                               "2026-03-01");
    QuidForecastOptions options = quid_forecast_options();
    options.amount_date = day("2026-07-20"); // day 50 of 100
    QuidForecast *forecast = forecast_of(&run, &options);
    const QuidForecastTables *tables = quid_forecast_tables(forecast);
    uint32_t at = 0;
    while (tables->amount_dates[at] != options.amount_date)
        at += 1;
    const uint32_t whole = quid_deal_find(run.deal, string_of("whole")).index;
    for (uint32_t i = 0; i < tables->amount_count; i++) {
        const QuidAmountForecast *row = &tables->amounts[i];
        if (row->pledge != whole)
            continue;
        if (row->stage == QUID_STAGE_PLEDGED)
            assert_true(row->mean[at].value == 1000 && row->mean[at].error == 0);
        if (row->stage == QUID_STAGE_COMMITTED) {
            assert_within(row->mean[at], 500, 10);
            assert_true(row->p10[at].value == 0 && row->p90[at].value == 1000);
        }
    }
    quid_forecast_free(forecast);
    pipeline_free(&run);
}

static void test_uniform_play(void **state)
{
    (void)state;
    Pipeline run = pipeline_of("move m by A \"m\"\n"
                               "  choose go, stay\n"
                               "  on 2026-02-01, 2026-04-01, 2026-05-01\n"
                               "  until go\n"
                               "2026-02-01 choose m stay\n",
                               "2026-03-01");
    QuidForecastOptions options = quid_forecast_options();
    QuidForecast *forecast = forecast_of(&run, &options);
    const QuidMoveForecast *move = &quid_forecast_tables(forecast)->moves[1];
    assert_true(move->chosen[1].value == 1 && move->chosen[1].error == 0);
    assert_within(move->chosen[2], 0.5, 0.01);
    assert_within(move->arises[2], 0.5, 0.01);
    assert_within(move->chosen[4], 0.25, 0.01);
    assert_within(move->final_choice[0], 0.75, 0.01);
    quid_forecast_free(forecast);
    pipeline_free(&run);
}

// x + 2 y of uniforms: shares 1/5 and 4/5; a product of signs has none of first order.
static void test_shares(void **state)
{
    (void)state;
    Pipeline run = pipeline_of("let x = uniform(0, 1)\n"
                               "let y = uniform(0, 1)\n"
                               "ask \"sum\" value x + 2 * y\n"
                               "ask \"product\" value (x - 0.5) * (y - 0.5)\n",
                               "2026-03-01");
    QuidForecastOptions options = quid_forecast_options();
    options.has_shares = true;
    options.has_amounts = false;
    options.is_sobol = false;
    QuidForecast *forecast = forecast_of(&run, &options);
    const QuidForecastTables *tables = quid_forecast_tables(forecast);
    assert_true(tables->share_count >= 2);
    assert_int_equal(tables->shares[0].ask, 0);
    // Classes of one thirty-second: (1/32)^2 of a uniform's variance stays inside them.
    assert_true(fabs(tables->shares[0].share.value - 0.8) < 0.005);
    assert_true(fabs(tables->shares[1].share.value - 0.2) < 0.005);
    for (uint32_t i = 2; i < tables->share_count; i++)
        assert_true(tables->shares[i].ask == 0 || tables->shares[i].share.value < 0.01);
    quid_forecast_free(forecast);
    pipeline_free(&run);
}

// ---- Sensitivity

static QuidStatus answer_simply(void *user, const QuidDeal *deal, const QuidInput *input,
                                double *answers)
{
    const Pipeline *run = user;
    (void)input;
    QuidForecastOptions options = quid_forecast_options();
    options.scenario_count = 16384;
    options.has_amounts = false;
    QuidForecast *forecast = NULL;
    const QuidStatus status =
        quid_forecast_run(run->context, deal, run->ledger, &options, &forecast);
    for (uint32_t i = 0; status == QUID_OK && i < quid_deal_tables(deal)->ask_count; i++)
        answers[i] = quid_forecast_tables(forecast)->asks[i].value.value;
    quid_forecast_free(forecast);
    return status;
}

// As one host alone answers.
static void check_sensitivity_parts(const Pipeline *run, const QuidSensitivityTables *alone,
                                    uint32_t count)
{
    Parts parts = {.count = count};
    Pipeline user = *run;
    QuidSensitivityOptions options = quid_sensitivity_options();
    options.answerer = (QuidAnswerer){answer_simply, &user};
    for (uint32_t i = 0; i < count; i++) {
        const QuidOutput output = output_of(&parts, i);
        assert_int_equal(
            quid_sensitivity_part(run->context, run->deal, &options, (QuidPart){i, count}, output),
            QUID_OK);
        keep_part(&parts, i);
    }
    options = quid_sensitivity_options();
    options.parts = parts.bytes;
    options.part_count = count;
    QuidSensitivity *sensitivity = NULL;
    assert_int_equal(quid_sensitivity_run(run->context, run->deal, &options, &sensitivity),
                     QUID_OK);
    const QuidSensitivityTables *tables = quid_sensitivity_tables(sensitivity);
    assert_int_equal(tables->row_count, alone->row_count);
    for (uint32_t i = 0; i < alone->row_count; i++) {
        assert_int_equal(tables->rows[i].input, alone->rows[i].input);
        assert_memory_equal(&tables->rows[i].low, &alone->rows[i].low, 2 * sizeof(double));
    }
    assert_memory_equal(tables->base, alone->base, alone->ask_count * sizeof(double));
    quid_sensitivity_free(sensitivity);
    parts.bytes[count - 1].size -= 1;
    assert_int_equal(quid_sensitivity_run(run->context, run->deal, &options, &sensitivity),
                     QUID_IO);
    free_parts(&parts);
}

static void test_sensitivity(void **state)
{
    (void)state;
    Pipeline run = pipeline_of("event vote \"v\"\n"
                               "  yes 40% to 60%\n"
                               "  no otherwise\n"
                               "  on 2026-06-01\n"
                               "event other \"o\"\n"
                               "  yes 95%\n"
                               "  no otherwise\n"
                               "  on 2026-06-01\n"
                               "  B believes yes 70%\n"
                               "let x = 10 to 20\n"
                               "worth A\n"
                               "  + 1 USD * x if vote = yes \"w\"\n"
                               "ask \"vote\" chance vote = yes\n"
                               "ask \"sum\" value x + uniform(0, 2)\n",
                               "2026-03-01");
    QuidSensitivityOptions options = quid_sensitivity_options();
    options.answerer = (QuidAnswerer){answer_simply, &run};
    QuidSensitivity *sensitivity = NULL;
    assert_int_equal(quid_sensitivity_run(run.context, run.deal, &options, &sensitivity), QUID_OK);
    const QuidSensitivityTables *tables = quid_sensitivity_tables(sensitivity);
    assert_int_equal(tables->input_count, 5);
    assert_int_equal(tables->inputs[0].kind, QUID_INPUT_CHANCE);
    assert_true(!tables->inputs[0].is_assumed && tables->inputs[0].high == 0.6);
    assert_true(tables->inputs[1].is_assumed && tables->inputs[1].high == 1);
    assert_int_equal(tables->inputs[2].kind, QUID_INPUT_BELIEF);
    assert_true(tables->inputs[3].changes_game && !tables->inputs[4].changes_game);
    assert_int_equal(tables->row_count, 3);
    assert_int_equal(tables->rows[0].ask, 0);
    assert_true(fabs(tables->rows[0].low - 0.4) < 0.003);
    assert_true(fabs(tables->rows[0].high - 0.6) < 0.003);
    // The sum moves by the whole of x's range, the draw beside it staying as it was.
    assert_int_equal(tables->rows[1].input, 3);
    assert_true(fabs(tables->rows[1].low - 11) < 0.01 && fabs(tables->rows[1].high - 21) < 0.01);
    assert_true(fabs(tables->rows[1].high - tables->rows[1].low - 10) < 1e-9);
    assert_int_equal(tables->rows[2].input, 4);
    check_sensitivity_parts(&run, tables, 1);
    check_sensitivity_parts(&run, tables, 3);
    check_sensitivity_parts(&run, tables, 8); // more than there are inputs
    quid_sensitivity_free(sensitivity);
    pipeline_free(&run);
}

// ---- The track record

static QuidStatus forecast_simply(void *user, QuidDate as_of, QuidDate record_end,
                                  QuidForecast **forecast)
{
    const Pipeline *run = user;
    QuidLedgerOptions options = quid_ledger_options();
    options.as_of = as_of;
    QuidLedger *ledger = NULL;
    QuidStatus status = quid_ledger_settle(run->context, run->deal, &options, &ledger);
    QuidForecastOptions forecast_options = quid_forecast_options();
    forecast_options.scenario_count = 16384;
    forecast_options.amount_date = record_end;
    if (status == QUID_OK)
        status = quid_forecast_run(run->context, run->deal, ledger, &forecast_options, forecast);
    quid_ledger_free(ledger);
    return status;
}

static void test_backtest(void **state)
{
    (void)state;
    Pipeline run = pipeline_of("event vote \"v\"\n"
                               "  yes 75%\n"
                               "  no otherwise\n"
                               "  between 2026-03-01 and 2026-06-30\n"
                               "move m by A \"m\"\n"
                               "  choose go, stay\n"
                               "  on 2026-04-01\n"
                               "milestone work \"w\"\n"
                               "  after 2026-02-01\n"
                               "  takes uniform(1 days, 101 days)\n"
                               "  due 2026-03-23\n"
                               "2026-02-01 note \"begun\"\n"
                               "2026-03-10 extend work to 2026-04-12\n"
                               "2026-04-01 choose m go\n"
                               "2026-04-20 reach work\n"
                               "2026-05-01 observe vote no\n",
                               NULL);
    QuidBacktestOptions options = quid_backtest_options();
    options.forecaster = (QuidForecaster){forecast_simply, &run};
    QuidBacktest *backtest = NULL;
    assert_int_equal(quid_backtest_run(run.context, run.deal, &options, &backtest), QUID_OK);
    const QuidBacktestTables *tables = quid_backtest_tables(backtest);
    assert_int_equal(tables->date_count, 4);
    // Three days ahead of both due dates: on 1 February half the time is left, on 10 March (with 63
    // of 101 days gone) the rest is even, and so on.
    assert_int_equal(tables->deadlines.count, 3);
    const QuidPrediction *first = NULL;
    for (uint32_t i = 0; i < tables->prediction_count && first == NULL; i++)
        first = tables->predictions[i].kind == QUID_PREDICTION_DEADLINE ? &tables->predictions[i]
                                                                        : NULL;
    assert_non_null(first);
    assert_int_equal(first->as_of, day("2026-02-01"));
    assert_true(fabs(first->chance - 0.5) < 0.01 && !first->is_true);
    assert_true(fabs(first->brier - 0.25) < 0.01);
    assert_true(first->met_brier == 1 && fabs(first->met_log_score - log(QUID_CHANCE_MIN)) < 1e-12);
    assert_true(first->slips_brier == 0.25 && fabs(first->slips_log_score - log(0.5)) < 1e-12);
    assert_int_equal(tables->outcomes.count, 4);
    assert_true(fabs(tables->outcomes.brier - 2 * 0.75 * 0.75) < 0.02);
    assert_int_equal(tables->options.count, 2);
    assert_true(fabs(tables->options.brier - 0.5) < 0.02);
    assert_true(tables->interval_count >= 3 && tables->covered_count == tables->interval_count);
    quid_backtest_free(backtest);
    pipeline_free(&run);
}

// ---- Failing memory

typedef struct Meter {
    uint32_t left; // allocations that still succeed
    uint32_t made;
} Meter;

static void *metered(void *user, void *pointer, size_t old_size, size_t new_size)
{
    Meter *meter = user;
    (void)old_size;
    if (new_size == 0) {
        free(pointer);
        return NULL;
    }
    meter->made += 1;
    if (meter->left == 0)
        return NULL;
    meter->left -= 1;
    return realloc(pointer, new_size);
}

// Everything that a stage may be asked for, with little to draw.
static QuidStatus answer_briefly(void *user, const QuidDeal *deal, const QuidInput *input,
                                 double *answers)
{
    const Pipeline *run = user;
    QuidForecastOptions options = quid_forecast_options();
    options.scenario_count = 64;
    options.has_shares = input == NULL;
    QuidForecast *forecast = NULL;
    const QuidStatus status =
        quid_forecast_run(run->context, deal, run->ledger, &options, &forecast);
    for (uint32_t i = 0; status == QUID_OK && i < quid_deal_tables(deal)->ask_count; i++)
        answers[i] = quid_forecast_tables(forecast)->asks[i].value.value;
    quid_forecast_free(forecast);
    return status;
}

static QuidStatus forecast_briefly(void *user, QuidDate as_of, QuidDate record_end,
                                   QuidForecast **forecast)
{
    const Pipeline *run = user;
    (void)as_of;
    QuidForecastOptions options = quid_forecast_options();
    options.scenario_count = 64;
    options.amount_date = record_end;
    return quid_forecast_run(run->context, run->deal, run->ledger, &options, forecast);
}

static QuidStatus do_everything(Pipeline *run)
{
    QuidSensitivityOptions options = quid_sensitivity_options();
    options.answerer = (QuidAnswerer){answer_briefly, run};
    QuidSensitivity *sensitivity = NULL;
    QuidStatus status = quid_sensitivity_run(run->context, run->deal, &options, &sensitivity);
    assert_true((status == QUID_OK) == (sensitivity != NULL));
    quid_sensitivity_free(sensitivity);
    if (status != QUID_OK)
        return status;
    QuidBacktestOptions backtest_options = quid_backtest_options();
    backtest_options.forecaster = (QuidForecaster){forecast_briefly, run};
    QuidBacktest *backtest = NULL;
    status = quid_backtest_run(run->context, run->deal, &backtest_options, &backtest);
    assert_true((status == QUID_OK) == (backtest != NULL));
    quid_backtest_free(backtest);
    if (status != QUID_OK)
        return status;
    QuidForecastOptions forecast_options = quid_forecast_options();
    forecast_options.scenario_count = 640;
    Parts parts = {.count = 2};
    QuidForecast *forecast = NULL;
    status = draw_parts(run, &forecast_options, &parts);
    forecast_options.parts = parts.bytes;
    forecast_options.part_count = parts.count;
    if (status == QUID_OK)
        status =
            quid_forecast_run(run->context, run->deal, run->ledger, &forecast_options, &forecast);
    quid_forecast_free(forecast);
    free_parts(&parts);
    return status;
}

static void test_failing_memory(void **state)
{
    (void)state;
    Meter meter = {UINT32_MAX, 0};
    const QuidContextOptions options = {.allocator = {metered, &meter}};
    Pipeline run = {.context = quid_context_create(&options)};
    char text[8192];
    (void)snprintf(text, sizeof text, "%s%s%s", head, closed,
                   "let x = pert(1, 2, 3)\n"
                   "ask \"x\" value x if a = yes else 2\n"
                   "2026-02-01 note \"x\"\n"
                   "2026-03-01 note \"y\"\n");
    assert_int_equal(
        quid_context_add_file(run.context, string_of("test.quid"), string_of(text), &run.file),
        QUID_OK);
    pipeline_settle(&run, NULL);
    assert_int_equal(run.status, QUID_OK);
    meter.made = 0;
    assert_int_equal(do_everything(&run), QUID_OK);
    const uint32_t needed = meter.made;
    assert_true(needed > 100);
    for (uint32_t i = 0; i < needed; i += 1 + i / 100) {
        meter.left = i;
        const QuidStatus status = do_everything(&run);
        // Threads that could not be had are done without.
        assert_true(status == QUID_NO_MEMORY || status == QUID_OK);
    }
    meter.left = UINT32_MAX;
    pipeline_free(&run);
}

static bool stop_at_once(void *user, double share)
{
    (void)share;
    *(uint32_t *)user += 1;
    return false;
}

static void test_cancelling(void **state)
{
    (void)state;
    Pipeline run = pipeline_of(closed, "2026-03-21");
    uint32_t calls = 0;
    QuidForecastOptions options = quid_forecast_options();
    options.progress = (QuidForecastProgress){stop_at_once, &calls};
    QuidForecast *forecast = NULL;
    assert_int_equal(quid_forecast_run(run.context, run.deal, run.ledger, &options, &forecast),
                     QUID_CANCELLED);
    assert_null(forecast);
    assert_int_equal(calls, 1);
    options.scenario_count = (uint64_t)QUID_SCENARIO_COUNT_MAX + 1;
    assert_int_equal(quid_forecast_run(run.context, run.deal, run.ledger, &options, &forecast),
                     QUID_LIMIT);
    pipeline_free(&run);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_closed_forms),    cmocka_unit_test(test_coverage),
        cmocka_unit_test(test_sobol_is_better), cmocka_unit_test(test_threads),
        cmocka_unit_test(test_asks_only),       cmocka_unit_test(test_fans),
        cmocka_unit_test(test_uniform_play),    cmocka_unit_test(test_shares),
        cmocka_unit_test(test_sensitivity),     cmocka_unit_test(test_backtest),
        cmocka_unit_test(test_failing_memory),  cmocka_unit_test(test_cancelling),
        cmocka_unit_test(test_parts),           cmocka_unit_test(test_broken_parts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
