// Any bytes as a deal, and what the commands beside `brief` make of it: the tornado and `explain`,
// the what-ifs, the track record, two days compared, a sweep, a strategy in full, a forecast
// without a game. Which of them goes by the input's size.
#include "fuzz.h"

#define COMMAND_COUNT 7u
#define CASE_COUNT_MAX 3u

typedef struct Trial {
    FuzzRun run;
    QuidOutlookOptions options;
    QuidOutlook *outlook; // the deal as it is
    uint32_t left;
} Trial;

static const QuidOutput nowhere = {fuzz_discard, NULL};

// As text, and as JSON.
static QuidBriefOptions printing(const Trial *trial, bool is_json)
{
    QuidBriefOptions how = quid_brief_options();
    how.outlook = trial->outlook;
    how.has_strategy = true;
    how.is_json = is_json;
    return how;
}

// ---- The commands

static QuidStatus try_sensitivity(Trial *trial)
{
    QuidSensitivity *sensitivity = NULL;
    QuidStatus status =
        quid_outlook_sensitivity(trial->run.context, trial->run.deal, trial->run.ledger,
                                 &trial->options, (QuidForecastProgress){NULL, NULL}, &sensitivity);
    for (int form = 0; status == QUID_OK && form < 2; form++) {
        QuidBriefOptions how = printing(trial, form == 1);
        how.sensitivity = sensitivity;
        status = quid_brief_sensitivity(trial->run.context, trial->run.ledger, trial->run.deal,
                                        &how, nowhere);
        for (uint32_t ask = 0;
             status == QUID_OK && ask < quid_deal_tables(trial->run.deal)->ask_count; ask++)
            status = quid_brief_explain(trial->run.context, trial->run.ledger, trial->run.deal, ask,
                                        &how, nowhere);
    }
    quid_sensitivity_free(sensitivity);
    return status;
}

static QuidStatus try_what_ifs(Trial *trial)
{
    const QuidDealTables *tables = quid_deal_tables(trial->run.deal);
    QuidBriefCase cases[CASE_COUNT_MAX];
    QuidOutlook *outlooks[CASE_COUNT_MAX] = {NULL};
    uint32_t count = 0;
    QuidStatus status = QUID_OK;
    for (; status == QUID_OK && count < tables->what_if_count && count < CASE_COUNT_MAX; count++) {
        const QuidWhatIf *what_if = &tables->what_ifs[count];
        QuidOutlookOptions options = trial->options;
        options.settings = tables->settings + what_if->setting_first;
        options.setting_count = what_if->setting_count;
        status = quid_outlook_create(trial->run.context, trial->run.deal, trial->run.ledger,
                                     &options, &outlooks[count]);
        cases[count] = (QuidBriefCase){what_if->id, what_if->label, outlooks[count]};
    }
    for (int form = 0; status == QUID_OK && count > 0 && form < 2; form++) {
        const QuidBriefOptions how = printing(trial, form == 1);
        status = quid_brief_what_if(trial->run.context, trial->run.ledger, trial->run.deal, cases,
                                    count, &how, nowhere);
    }
    for (uint32_t i = 0; i < count; i++)
        quid_outlook_free(outlooks[i]);
    return status;
}

static QuidStatus try_backtest(Trial *trial)
{
    QuidBacktest *backtest = NULL;
    QuidStatus status =
        quid_outlook_backtest(trial->run.context, trial->run.deal, 0, &trial->options,
                              (QuidForecastProgress){NULL, NULL}, &backtest);
    for (int form = 0; status == QUID_OK && form < 2; form++) {
        const QuidBriefOptions how = printing(trial, form == 1);
        status = quid_brief_backtest(trial->run.context, trial->run.ledger, trial->run.deal,
                                     backtest, &how, nowhere);
    }
    quid_backtest_free(backtest);
    return status;
}

// A day early in the record, beside the last.
static QuidStatus try_comparison(Trial *trial)
{
    QuidLedgerOptions settle = quid_ledger_options();
    QuidLedger *ledger = NULL;
    QuidOutlook *outlook = NULL;
    QuidEffects *effects = NULL;
    const QuidDealTables *tables = quid_deal_tables(trial->run.deal);
    if (tables->fact_count < 2)
        return QUID_OK;
    settle.as_of = tables->facts[1].date;
    settle.min_trust = 0.5;
    QuidStatus status = quid_ledger_settle(trial->run.context, trial->run.deal, &settle, &ledger);
    if (status == QUID_OK)
        status = quid_outlook_create(trial->run.context, trial->run.deal, ledger, &trial->options,
                                     &outlook);
    if (status == QUID_OK)
        status =
            quid_outlook_effects(trial->run.context, trial->run.deal, settle.as_of, trial->outlook,
                                 0, &trial->options, (QuidForecastProgress){NULL, NULL}, &effects);
    const QuidBriefSide from = {QUID_FUZZ_NAME("then"), trial->run.deal, ledger, outlook};
    const QuidBriefSide to = {QUID_FUZZ_NAME("now"), trial->run.deal, trial->run.ledger,
                              trial->outlook};
    for (int form = 0; status == QUID_OK && form < 2; form++) {
        const QuidBriefOptions how = printing(trial, form == 1);
        status = quid_brief_compare(trial->run.context, &from, &to, effects, &how, nowhere);
    }
    quid_effects_free(effects);
    quid_outlook_free(outlook);
    quid_ledger_free(ledger);
    return status;
}

// Over the settings of the first what-ifs.
static QuidStatus try_sweep(Trial *trial)
{
    const QuidDealTables *tables = quid_deal_tables(trial->run.deal);
    const QuidString values[4] = {QUID_FUZZ_NAME("a"), QUID_FUZZ_NAME("\"b\""), QUID_FUZZ_NAME(""),
                                  QUID_FUZZ_NAME("d,")};
    const QuidVaried varied = {QUID_FUZZ_NAME("x"), tables->settings, values,
                               tables->setting_count < 4 ? tables->setting_count : 4};
    QuidStatus status = QUID_OK;
    for (int form = 0; status == QUID_OK && varied.count > 0 && form < 2; form++) {
        const QuidBriefOptions how = printing(trial, form == 1);
        status =
            quid_brief_sweep(trial->run.context, trial->run.ledger, trial->run.deal, &varied, 1,
                             &trial->options, (QuidForecastProgress){NULL, NULL}, &how, nowhere);
    }
    return status;
}

static QuidStatus try_printing(Trial *trial)
{
    QuidStatus status = QUID_OK;
    for (int form = 0; status == QUID_OK && form < 2; form++) {
        const QuidBriefOptions how = printing(trial, form == 1);
        const FuzzRun *run = &trial->run;
        status = quid_brief_status(run->context, run->ledger, run->deal, &how, nowhere);
        if (status == QUID_OK)
            status = quid_brief_solution(run->context, run->ledger, run->deal, &how, nowhere);
        if (status == QUID_OK)
            status = quid_brief_forecast(run->context, run->ledger, run->deal, &how, nowhere);
    }
    return status;
}

// Without a game: parties choose at random. Quantities' shares of variance are taken.
static QuidStatus try_forecast(const FuzzRun *run)
{
    QuidForecastOptions options = quid_forecast_options();
    QuidForecast *forecast = NULL;
    options.has_shares = true;
    options.is_sobol = false;
    options.scenario_count = 4096;
    options.replicate_count = 2;
    options.fan_scenario_count = 64;
    const QuidStatus status =
        quid_forecast_run(run->context, run->deal, run->ledger, &options, &forecast);
    quid_forecast_free(forecast);
    return status;
}

static QuidStatus try_ahead(Trial *trial, size_t number)
{
    static QuidStatus (*const commands[COMMAND_COUNT - 1])(Trial *) = {
        try_sensitivity, try_what_ifs, try_backtest, try_comparison, try_sweep, try_printing};
    const FuzzRun *run = &trial->run;
    uint32_t node_count;
    QuidStatus status = fuzz_measure(run->context, run->deal, run->ledger, &node_count);
    if (status != QUID_OK || node_count > 300)
        return status;
    trial->options = fuzz_outlook_options(&trial->left, node_count);
    trial->options.answer.has_values = node_count < 30;
    trial->options.answer.has_break_evens = false;
    status =
        quid_outlook_create(run->context, run->deal, run->ledger, &trial->options, &trial->outlook);
    if (status == QUID_OK)
        status = commands[number](trial);
    quid_outlook_free(trial->outlook);
    return status;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    Trial trial = {.outlook = NULL};
    QuidContext *context = quid_context_create(NULL);
    QuidFileId file = {0};
    const QuidString bytes = {(const char *)data, (uint32_t)size};
    if (context != NULL &&
        quid_context_add_file(context, QUID_FUZZ_NAME("fuzz.quid"), bytes, &file) == QUID_OK) {
        trial.run = fuzz_open(context, file, (QuidFileId){0});
        const size_t number = size % COMMAND_COUNT;
        if (trial.run.status == QUID_OK && number == COMMAND_COUNT - 1)
            trial.run.status = try_forecast(&trial.run);
        else if (trial.run.status == QUID_OK)
            trial.run.status = try_ahead(&trial, number);
        if (quid_brief_diagnostics(context, nowhere) != QUID_OK)
            abort();
        fuzz_close(&trial.run);
    }
    quid_context_free(context);
    return 0;
}
