// Shares of supplies over time: as scenarios under the solved strategies have them.
#include "arena.h"
#include "bits.h"
#include "brief_internal.h"

#define DATE_COUNT 4u // from the as-of day to the horizon, both among them
// Independent scramblings of a block each, whose spread is the error: twice the scenarios of the
// fans, 16 unless the host asks for other fans.
#define REPLICATE_COUNT_MAX 16u
#define REPLICATE_COUNT_MIN 4u

typedef struct Sampling {
    QuidContext *context;
    const QuidOutlookTables *outlook;
    const QuidDealTables *model;
    QuidArena *arena;
    QuidDate *dates;
    uint32_t *want_first; // by supply: its first want
    QuidWant *wants;
    uint32_t want_count;
    uint32_t replicate_count;
    double *means;         // [replicate * all values + value]
    uint32_t *value_first; // by supply: suppliers' shares and HHI, a row for each date
    uint32_t all_count;
} Sampling;

static bool make_wants(Sampling *sampling)
{
    const QuidDealTables *model = sampling->model;
    const QuidDate as_of = quid_ledger_tables(sampling->outlook->ledger)->as_of;
    QuidArena *arena = sampling->arena;
    sampling->dates = quid__arena_push(arena, DATE_COUNT * sizeof(QuidDate));
    sampling->want_first = quid__arena_push(arena, model->supply_count * sizeof(uint32_t));
    sampling->value_first = quid__arena_push(arena, model->supply_count * sizeof(uint32_t));
    sampling->wants = quid__arena_push(arena, ((size_t)model->supplier_count * DATE_COUNT + 1) *
                                                  sizeof(QuidWant));
    if (arena->has_failed)
        return false;
    for (uint32_t d = 0; d < DATE_COUNT; d++)
        sampling->dates[d] =
            as_of + (QuidDate)(((int64_t)model->horizon - as_of) * d / (DATE_COUNT - 1));
    for (uint32_t i = 1; i < model->supply_count; i++) {
        const QuidSupply *supply = &model->supplys[i];
        sampling->want_first[i] = sampling->want_count;
        sampling->value_first[i] = sampling->all_count;
        for (uint32_t d = 0; d < DATE_COUNT; d++) {
            for (uint32_t s = 0; s < supply->supplier_count; s++)
                sampling->wants[sampling->want_count++] = (QuidWant){
                    .kind = QUID_WANT_SUPPLY, .index = i, .choice = s, .date = sampling->dates[d]};
        }
        sampling->all_count += DATE_COUNT * (supply->supplier_count + 1);
    }
    sampling->means = quid__arena_push(arena, (size_t)sampling->replicate_count *
                                                  sampling->all_count * sizeof(double));
    return !arena->has_failed;
}

// Means of shares and of their squares' sum over one block, at one date.
static void add_date(const Sampling *sampling, const QuidProgramRun *run, uint32_t supply,
                     uint32_t date, double *means)
{
    const uint32_t count = sampling->model->supplys[supply].supplier_count;
    const uint32_t first = sampling->want_first[supply] + date * count;
    for (uint32_t i = 0; i < QUID_PROGRAM_BLOCK; i++) {
        double sum = 0;
        double squares = 0;
        for (uint32_t s = 0; s < count; s++)
            sum += quid_program_column(run, first + s)[i];
        for (uint32_t s = 0; s < count && sum > 0; s++) {
            const double share = quid_program_column(run, first + s)[i] / sum;
            means[s] += share;
            squares += share * share;
        }
        means[count] += squares;
    }
    for (uint32_t s = 0; s <= count; s++)
        means[s] /= QUID_PROGRAM_BLOCK;
}

static QuidStatus sample(const Sampling *sampling, QuidProgramRun *run)
{
    const QuidAnswers *answers = sampling->outlook->answers;
    const QuidPlay play = quid_forecast_play(quid_answer_tables(answers)->position);
    play.prepare(play.user, run);
    for (uint32_t r = 0; r < sampling->replicate_count; r++) {
        quid_program_set_scrambling(run, r);
        quid_program_draw(run, 0, QUID_PROGRAM_BLOCK);
        const QuidStatus status = play.walk(play.user, run, 0, QUID_PROGRAM_BLOCK);
        if (status != QUID_OK)
            return status;
        quid_program_finish(run);
        for (uint32_t i = 1; i < sampling->model->supply_count; i++) {
            const uint32_t count = sampling->model->supplys[i].supplier_count + 1;
            for (uint32_t d = 0; d < DATE_COUNT; d++)
                add_date(sampling, run, i, d,
                         sampling->means + (size_t)r * sampling->all_count +
                             sampling->value_first[i] + (size_t)d * count);
        }
    }
    return QUID_OK;
}

static QuidStatus run_program(const Sampling *sampling, uint64_t seed)
{
    QuidProgramOptions options = quid_program_options();
    options.ledger = sampling->outlook->ledger;
    options.seed = seed;
    options.is_sobol = true;
    options.has_dependencies = false;
    QuidProgram *program = NULL;
    QuidProgramRun *run = NULL;
    QuidStatus status =
        quid_program_compile(sampling->context, sampling->outlook->deal, sampling->outlook->ledger,
                             &options, sampling->wants, sampling->want_count, &program);
    if (status == QUID_OK)
        status = quid_program_run_create(sampling->context, program, &run);
    if (status == QUID_OK)
        status = sample(sampling, run);
    quid_program_run_free(run);
    quid_program_free(program);
    return status;
}

// The mean of the replicates, and the error that their spread shows.
static QuidEstimated pool(const Sampling *sampling, uint32_t value)
{
    double sum = 0;
    double squares = 0;
    for (uint32_t r = 0; r < sampling->replicate_count; r++)
        sum += sampling->means[(size_t)r * sampling->all_count + value];
    const double mean = sum / sampling->replicate_count;
    for (uint32_t r = 0; r < sampling->replicate_count; r++) {
        const double distance = sampling->means[(size_t)r * sampling->all_count + value] - mean;
        squares += distance * distance;
    }
    return (QuidEstimated){
        mean, sqrt(squares / (sampling->replicate_count - 1) / sampling->replicate_count)};
}

static bool publish(const Sampling *sampling, QuidOutlookTables *tables)
{
    const QuidDealTables *model = sampling->model;
    QuidSupplyForecast *supplies =
        quid__arena_push(sampling->arena, model->supply_count * sizeof(QuidSupplyForecast));
    QuidEstimated *values = quid__arena_push(sampling->arena, (sampling->all_count + (size_t)1) *
                                                                  sizeof(QuidEstimated));
    if (supplies == NULL || values == NULL)
        return false;
    for (uint32_t i = 0; i < sampling->all_count; i++)
        values[i] = pool(sampling, i);
    for (uint32_t i = 1; i < model->supply_count; i++)
        supplies[i] = (QuidSupplyForecast){model->supplys[i].supplier_count,
                                           values + sampling->value_first[i]};
    tables->supplies = supplies;
    tables->supply_dates = sampling->dates;
    tables->supply_date_count = DATE_COUNT;
    return true;
}

static uint32_t replicates_for(const QuidForecastOptions *options)
{
    const uint32_t count = options->fan_scenario_count / (QUID_PROGRAM_BLOCK / 2);
    return count < REPLICATE_COUNT_MIN   ? REPLICATE_COUNT_MIN
           : count > REPLICATE_COUNT_MAX ? REPLICATE_COUNT_MAX
                                         : count;
}

QuidStatus quid__forecast_supplies(QuidContext *context, const QuidForecastOptions *options,
                                   QuidArena *arena, QuidOutlookTables *tables)
{
    Sampling sampling = {.context = context,
                         .outlook = tables,
                         .model = quid_deal_tables(tables->deal),
                         .arena = arena,
                         .replicate_count = replicates_for(options)};
    if (sampling.model->supply_count <= 1)
        return QUID_OK;
    if (!make_wants(&sampling))
        return QUID_NO_MEMORY;
    const QuidStatus status = run_program(&sampling, options->seed);
    if (status != QUID_OK)
        return status;
    return publish(&sampling, tables) ? QUID_OK : QUID_NO_MEMORY;
}
