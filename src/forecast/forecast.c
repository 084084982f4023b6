// The forecast stage's entry: what is wanted, scenarios, answers.
#include "forecast_internal.h"

#define OPTIONS_COOKIE 0x66637374u
#define SHARE_OF_AMOUNTS 0.2 // of the time, as progress counts it

QuidForecastOptions quid_forecast_options(void)
{
    return (QuidForecastOptions){.seed = 1,
                                 .scenario_count = 100000,
                                 .replicate_count = 32,
                                 .fan_scenario_count = 4096,
                                 .thread_count = 1,
                                 .is_sobol = true,
                                 .has_amounts = true,
                                 .amount_date = QUID_NO_DATE,
                                 .cookie = OPTIONS_COOKIE};
}

static QuidStatus compile(QuidForecast *forecast, QuidProgram **program)
{
    QuidProgramOptions options = quid_program_options();
    options.ledger = forecast->ledger;
    options.seed = forecast->options.seed;
    options.is_sobol = forecast->options.is_sobol;
    options.has_dependencies = false;
    const Wants *wants = &forecast->wants;
    return quid_program_compile(forecast->context, forecast->deal, forecast->ledger, &options,
                                wants->list.items, wants->list.count, program);
}

static bool make_room(QuidForecast *forecast, const QuidProgram *program)
{
    return (!forecast->options.has_shares || quid__list_variables(forecast, program)) &&
           quid__make_replicates(forecast) &&
           (!forecast->options.has_amounts || quid__list_amounts(forecast));
}

static QuidStatus sample(QuidForecast *forecast, const QuidProgram *program)
{
    const bool has_amounts = forecast->options.has_amounts;
    const Sampling sampling = {forecast,
                               program,
                               forecast->size,
                               forecast->part,
                               quid__count_block,
                               forecast,
                               0,
                               has_amounts ? 1 - SHARE_OF_AMOUNTS : 1};
    const QuidStatus status = quid__sample(forecast, &sampling);
    return status == QUID_OK && has_amounts ? quid__forecast_amounts(forecast) : status;
}

// Everything counted: here, or by others before.
static QuidStatus count(QuidForecast *forecast)
{
    const bool is_drawn = forecast->options.parts == NULL;
    QuidProgram *program = NULL;
    if (!quid__make_dates(forecast) || !quid__list_wants(forecast))
        return QUID_NO_MEMORY;
    if (is_drawn || forecast->options.has_shares) {
        const QuidStatus status = compile(forecast, &program);
        if (status != QUID_OK)
            return status;
    }
    QuidStatus status = make_room(forecast, program) ? QUID_OK : QUID_NO_MEMORY;
    if (status == QUID_OK)
        status = is_drawn ? sample(forecast, program) : quid__read_parts(forecast);
    quid_program_free(program);
    return status;
}

static bool make_answers(QuidForecast *forecast)
{
    return quid__make_answers(forecast) &&
           (!forecast->options.has_shares || quid__make_shares(forecast));
}

static void publish(QuidForecast *forecast)
{
    QuidForecastTables *tables = &forecast->tables;
    const QuidDealTables *model = forecast->model;
    tables->seed = forecast->options.seed;
    tables->scenario_count = (uint64_t)forecast->size * replicate_count(forecast);
    tables->fan_scenario_count = (uint64_t)forecast->fan_size * replicate_count(forecast);
    tables->replicate_count = replicate_count(forecast);
    tables->is_sobol = forecast->options.is_sobol;
    tables->as_of = forecast->facts->as_of;
    tables->ask_count = model->ask_count;
    tables->curve_dates = forecast->curve_dates;
    tables->curve_date_count = forecast->curve_count;
    tables->milestone_count = model->milestone_count;
    tables->event_count = forecast->options.asks_only ? 0 : model->event_count;
    tables->move_count = forecast->options.asks_only ? 0 : model->move_count;
}

// A forecast with what its part counts.
static QuidStatus create(QuidContext *context, const QuidDeal *deal, const QuidLedger *ledger,
                         const QuidForecastOptions *options, QuidPart part, QuidForecast **result)
{
    QUID_ASSERT(options->cookie == OPTIONS_COOKIE);
    QUID_ASSERT(options->replicate_count >= QUID_REPLICATE_COUNT_MIN &&
                options->replicate_count <= QUID_REPLICATE_COUNT_MAX);
    if (options->scenario_count > QUID_SCENARIO_COUNT_MAX)
        return QUID_LIMIT;
    QuidForecast *forecast = quid__allocate(context, sizeof *forecast);
    if (forecast == NULL)
        return QUID_NO_MEMORY;
    *forecast = (QuidForecast){.context = context,
                               .deal = deal,
                               .model = quid_deal_tables(deal),
                               .ledger = ledger,
                               .facts = quid_ledger_tables(ledger),
                               .options = *options,
                               .part = part};
    quid__arena_init(&forecast->arena, context);
    forecast->pool = quid__pool_create(context, options->thread_count);
    const QuidStatus status = count(forecast);
    if (status != QUID_OK) {
        quid_forecast_free(forecast);
        return status;
    }
    *result = forecast;
    return QUID_OK;
}

QuidStatus quid_forecast_run(QuidContext *context, const QuidDeal *deal, const QuidLedger *ledger,
                             const QuidForecastOptions *options, QuidForecast **result)
{
    QuidForecast *forecast = NULL;
    const QuidStatus status = create(context, deal, ledger, options, (QuidPart){0, 1}, &forecast);
    if (status != QUID_OK)
        return status;
    if (!make_answers(forecast)) {
        quid_forecast_free(forecast);
        return QUID_NO_MEMORY;
    }
    publish(forecast);
    quid__pool_free(forecast->pool);
    forecast->pool = NULL;
    *result = forecast;
    return QUID_OK;
}

QuidStatus quid_forecast_part(QuidContext *context, const QuidDeal *deal, const QuidLedger *ledger,
                              const QuidForecastOptions *options, QuidPart part, QuidOutput output)
{
    QUID_ASSERT(part.number < part.count && options->parts == NULL);
    QuidForecast *forecast = NULL;
    QuidStatus status = create(context, deal, ledger, options, part, &forecast);
    if (status != QUID_OK)
        return status;
    status = quid__write_part(forecast, output);
    quid_forecast_free(forecast);
    return status;
}

void quid_forecast_free(QuidForecast *forecast)
{
    if (forecast == NULL)
        return;
    quid__pool_free(forecast->pool);
    quid__vector_free(&forecast->wants.list);
    quid__arena_free(&forecast->arena);
    quid__release(forecast->context, forecast, sizeof *forecast);
}

const QuidForecastTables *quid_forecast_tables(const QuidForecast *forecast)
{
    return &forecast->tables;
}
