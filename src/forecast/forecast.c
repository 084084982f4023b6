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

static QuidStatus sample(QuidForecast *forecast)
{
    QuidProgramOptions options = quid_program_options();
    options.ledger = forecast->ledger;
    options.seed = forecast->options.seed;
    options.is_sobol = forecast->options.is_sobol;
    options.has_dependencies = false;
    QuidProgram *program = NULL;
    const Wants *wants = &forecast->wants;
    QuidStatus status =
        quid_program_compile(forecast->context, forecast->deal, forecast->ledger, &options,
                             wants->list.items, wants->list.count, &program);
    if (status != QUID_OK)
        return status;
    const bool has_room =
        (!forecast->options.has_shares || quid__list_variables(forecast, program)) &&
        quid__make_replicates(forecast);
    const double share = forecast->options.has_amounts ? 1 - SHARE_OF_AMOUNTS : 1;
    const Sampling sampling = {forecast, program, forecast->size, quid__count_block,
                               forecast, 0,       share};
    status = has_room ? quid__sample(forecast, &sampling) : QUID_NO_MEMORY;
    quid_program_free(program);
    return status;
}

static QuidStatus make(QuidForecast *forecast)
{
    if (!quid__make_dates(forecast) || !quid__list_wants(forecast))
        return QUID_NO_MEMORY;
    const QuidStatus status = sample(forecast);
    if (status != QUID_OK)
        return status;
    if (!quid__make_answers(forecast))
        return QUID_NO_MEMORY;
    if (forecast->options.has_shares && !quid__make_shares(forecast))
        return QUID_NO_MEMORY;
    return forecast->options.has_amounts ? quid__forecast_amounts(forecast) : QUID_OK;
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

QuidStatus quid_forecast_run(QuidContext *context, const QuidDeal *deal, const QuidLedger *ledger,
                             const QuidForecastOptions *options, QuidForecast **result)
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
                               .options = *options};
    quid__arena_init(&forecast->arena, context);
    const QuidStatus status = make(forecast);
    quid__vector_free(&forecast->wants.list);
    if (status != QUID_OK) {
        quid_forecast_free(forecast);
        return status;
    }
    publish(forecast);
    *result = forecast;
    return QUID_OK;
}

void quid_forecast_free(QuidForecast *forecast)
{
    if (forecast == NULL)
        return;
    quid__arena_free(&forecast->arena);
    quid__release(forecast->context, forecast, sizeof *forecast);
}

const QuidForecastTables *quid_forecast_tables(const QuidForecast *forecast)
{
    return &forecast->tables;
}
