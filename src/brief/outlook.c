// The way from a settled deal to its answers.
#include "brief_internal.h"

#include <string.h>

#define OUTLOOK_COOKIE 0x6f75746cu

struct QuidOutlook {
    QuidContext *context;
    QuidDeal *changed; // NULL: the deal as it is
    QuidSetting *settings;
    QuidAnswers *answers;
    QuidForecast *forecast;
    QuidArena arena;
    QuidOutlookTables tables;
};

QuidOutlookOptions quid_outlook_options(void)
{
    QuidOutlookOptions options = {.has_answers = true,
                                  .answer = quid_answer_options(),
                                  .has_forecast = true,
                                  .forecast = quid_forecast_options(),
                                  .cookie = OUTLOOK_COOKIE};
    options.answer.solve.method = QUID_METHOD_SWEEPS;
    return options;
}

static QuidStatus change_deal(QuidOutlook *outlook, const QuidDeal *deal,
                              const QuidOutlookOptions *options)
{
    outlook->tables.deal = deal;
    if (options->setting_count == 0)
        return QUID_OK;
    const size_t size = options->setting_count * sizeof(QuidSetting);
    outlook->settings = quid__allocate(outlook->context, size);
    if (outlook->settings == NULL)
        return QUID_NO_MEMORY;
    memcpy(outlook->settings, options->settings, size);
    outlook->tables.settings = outlook->settings;
    outlook->tables.setting_count = options->setting_count;
    const QuidStatus status = quid_deal_apply(outlook->context, deal, options->settings,
                                              options->setting_count, &outlook->changed);
    if (status == QUID_OK)
        outlook->tables.deal = outlook->changed;
    return status;
}

static QuidStatus solve(QuidOutlook *outlook, const QuidOutlookOptions *options)
{
    const QuidStatus status =
        quid_game_answer(outlook->context, outlook->tables.deal, outlook->tables.ledger,
                         &options->answer, &outlook->answers);
    if (status != QUID_OK)
        return status;
    const QuidSolution *solution = quid_answer_tables(outlook->answers)->solution;
    outlook->tables.is_stopped = quid_solution_tables(solution)->end == QUID_TRACE_CANCELLED;
    outlook->tables.answers = outlook->answers;
    return QUID_OK;
}

static QuidForecastOptions played(const QuidOutlook *outlook, const QuidForecastOptions *options)
{
    QUID_ASSERT(outlook->answers != NULL);
    QuidForecastOptions how = *options;
    how.play = quid_forecast_play(quid_answer_tables(outlook->answers)->position);
    return how;
}

QuidStatus quid_outlook_forecast(QuidOutlook *outlook, const QuidForecastOptions *options)
{
    QUID_ASSERT(outlook->forecast == NULL);
    const QuidForecastOptions how = played(outlook, options);
    const QuidStatus status = quid_forecast_run(outlook->context, outlook->tables.deal,
                                                outlook->tables.ledger, &how, &outlook->forecast);
    outlook->tables.is_stopped = outlook->tables.is_stopped || status == QUID_CANCELLED;
    outlook->tables.forecast = outlook->forecast;
    if (status != QUID_OK || options->asks_only || !options->has_amounts)
        return status == QUID_CANCELLED ? QUID_OK : status;
    return quid__forecast_supplies(outlook->context, options, &outlook->arena, &outlook->tables);
}

QuidStatus quid_outlook_forecast_part(const QuidOutlook *outlook,
                                      const QuidForecastOptions *options, QuidPart part,
                                      QuidOutput output)
{
    const QuidForecastOptions how = played(outlook, options);
    return quid_forecast_part(outlook->context, outlook->tables.deal, outlook->tables.ledger, &how,
                              part, output);
}

QuidStatus quid_outlook_create(QuidContext *context, const QuidDeal *deal, const QuidLedger *ledger,
                               const QuidOutlookOptions *options, QuidOutlook **result)
{
    QUID_ASSERT(options->cookie == OUTLOOK_COOKIE);
    QuidOutlook *outlook = quid__allocate(context, sizeof *outlook);
    if (outlook == NULL)
        return QUID_NO_MEMORY;
    *outlook = (QuidOutlook){.context = context, .tables = {.ledger = ledger}};
    quid__arena_init(&outlook->arena, context);
    QuidStatus status = change_deal(outlook, deal, options);
    if (status == QUID_OK && options->has_answers)
        status = solve(outlook, options);
    if (status == QUID_OK && options->has_forecast && !outlook->tables.is_stopped)
        status = quid_outlook_forecast(outlook, &options->forecast);
    if (status != QUID_OK) {
        quid_outlook_free(outlook);
        return status;
    }
    *result = outlook;
    return QUID_OK;
}

void quid_outlook_free(QuidOutlook *outlook)
{
    if (outlook == NULL)
        return;
    quid_forecast_free(outlook->forecast);
    quid_answers_free(outlook->answers);
    quid_deal_free(outlook->changed);
    quid__arena_free(&outlook->arena);
    quid__release(outlook->context, outlook->settings,
                  outlook->tables.setting_count * sizeof(QuidSetting));
    quid__release(outlook->context, outlook, sizeof *outlook);
}

const QuidOutlookTables *quid_outlook_tables(const QuidOutlook *outlook)
{
    return &outlook->tables;
}

QuidForecast *quid__outlook_take_forecast(QuidOutlook *outlook)
{
    QuidForecast *forecast = outlook->forecast;
    outlook->forecast = NULL;
    outlook->tables.forecast = NULL;
    return forecast;
}
