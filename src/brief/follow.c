// Following an outlook's answers through changes of the deal (sensitivity) and back through the
// record (backtest): what forecast asks its host for.
#include "bits.h"
#include "brief_internal.h"

// ---- Answers as numbers -----------------------------------------------------

static const QuidMoveEpoch *next_epoch(const QuidOutlookTables *outlook, uint32_t move)
{
    if (outlook->answers == NULL)
        return NULL;
    const QuidAnswerTables *answers = quid_answer_tables(outlook->answers);
    const QuidLedgerTables *ledger = quid_ledger_tables(outlook->ledger);
    const QuidChoice *choices = &ledger->choices[ledger->moves[move].choice_first];
    for (uint32_t i = 0; i < answers->epoch_count; i++) {
        const QuidMoveEpoch *epoch = &answers->epochs[i];
        if (epoch->move == move && !epoch->is_past && epoch->reached > 0 &&
            choices[epoch->position].option == QUID_NO_CHOICE)
            return epoch;
    }
    return NULL;
}

static double break_even(const QuidOutlookTables *outlook, const QuidAsk *ask)
{
    if (outlook->answers == NULL)
        return (double)NAN;
    const QuidAnswerTables *answers = quid_answer_tables(outlook->answers);
    for (uint32_t i = 0; i < answers->break_even_count; i++) {
        const QuidBreakEven *row = &answers->break_evens[i];
        if (row->move == ask->move.index && row->event == ask->event.index &&
            row->outcome == ask->outcome && !row->is_decided)
            return row->at;
    }
    return (double)NAN;
}

static double forecast_number(const QuidOutlookTables *outlook, uint32_t ask)
{
    if (outlook->forecast == NULL)
        return (double)NAN;
    const QuidAskAnswer *answer = &quid_forecast_tables(outlook->forecast)->asks[ask];
    const double value = answer->value.value;
    return answer->is_answered && value < QUID_NEVER ? value : (double)NAN;
}

double quid_outlook_answer(const QuidOutlook *outlook, uint32_t index, uint32_t option)
{
    const QuidOutlookTables *tables = quid_outlook_tables(outlook);
    const QuidAsk *ask = &quid_deal_tables(tables->deal)->asks[index];
    switch (ask->kind) {
    case QUID_ASK_CHANCE:
    case QUID_ASK_WHEN:
    case QUID_ASK_VALUE:
        return forecast_number(tables, index);
    case QUID_ASK_BREAK_EVEN:
        return break_even(tables, ask);
    case QUID_ASK_CHOICE: {
        const QuidMoveEpoch *epoch = next_epoch(tables, ask->move.index);
        return epoch == NULL ? (double)NAN
                             : quid_answer_tables(tables->answers)
                                   ->probabilities[epoch->probability_first + option];
    }
    }
    return (double)NAN;
}

uint32_t quid_outlook_likeliest(const QuidOutlook *outlook, uint32_t index)
{
    const QuidOutlookTables *tables = quid_outlook_tables(outlook);
    const QuidAsk *ask = &quid_deal_tables(tables->deal)->asks[index];
    const QuidMoveEpoch *epoch =
        ask->kind == QUID_ASK_CHOICE ? next_epoch(tables, ask->move.index) : NULL;
    uint32_t likeliest = 0;
    for (uint32_t i = 1; epoch != NULL && i < epoch->probability_count; i++) {
        const double *chance =
            quid_answer_tables(tables->answers)->probabilities + epoch->probability_first;
        likeliest = chance[i] > chance[likeliest] ? i : likeliest;
    }
    return likeliest;
}

// ---- Sensitivity ------------------------------------------------------------

typedef struct Follower {
    QuidContext *context;
    const QuidLedger *ledger;
    QuidOutlookOptions options;
    QuidOutlook *base;
    uint32_t *likeliest; // by ask: the option that is followed
} Follower;

static void take_numbers(const Follower *follower, const QuidOutlook *outlook, double *numbers)
{
    const uint32_t count = quid_deal_tables(quid_outlook_tables(outlook)->deal)->ask_count;
    for (uint32_t i = 0; i < count; i++)
        numbers[i] = quid_outlook_answer(outlook, i, follower->likeliest[i]);
}

// Where the input leaves the game alone, the base's solution is played on.
static QuidStatus forecast_again(const Follower *follower, const QuidDeal *deal, double *numbers)
{
    const QuidAnswers *answers = quid_outlook_tables(follower->base)->answers;
    QuidForecastOptions how = follower->options.forecast;
    how.play = quid_forecast_play(quid_answer_tables(answers)->position);
    QuidForecast *forecast = NULL;
    const QuidStatus status =
        quid_forecast_run(follower->context, deal, follower->ledger, &how, &forecast);
    if (status != QUID_OK)
        return status;
    take_numbers(follower, follower->base, numbers);
    const QuidForecastTables *tables = quid_forecast_tables(forecast);
    for (uint32_t i = 0; i < tables->ask_count; i++) {
        const double value = tables->asks[i].value.value;
        if (tables->asks[i].is_answered)
            numbers[i] = value < QUID_NEVER ? value : (double)NAN;
    }
    quid_forecast_free(forecast);
    return QUID_OK;
}

static QuidStatus follow(void *user, const QuidDeal *deal, const QuidInput *input, double *numbers)
{
    Follower *follower = user;
    if (input != NULL && !input->changes_game)
        return forecast_again(follower, deal, numbers);
    QuidOutlook *outlook = NULL;
    const QuidStatus status = quid_outlook_create(follower->context, deal, follower->ledger,
                                                  &follower->options, &outlook);
    if (status != QUID_OK)
        return status;
    if (quid_outlook_tables(outlook)->is_stopped) {
        quid_outlook_free(outlook);
        return QUID_CANCELLED;
    }
    const uint32_t count = quid_deal_tables(deal)->ask_count;
    for (uint32_t i = 0; input == NULL && i < count; i++)
        follower->likeliest[i] = quid_outlook_likeliest(outlook, i);
    take_numbers(follower, outlook, numbers);
    if (input != NULL) {
        quid_outlook_free(outlook);
        return QUID_OK;
    }
    // From here on calls come side by side, and only read: nothing is reported.
    follower->options.answer.is_quiet = true;
    follower->base = outlook;
    follower->options.answer.base = quid_outlook_tables(outlook)->answers;
    follower->options.answer.solve.thread_count = 1;
    follower->options.forecast.thread_count = 1;
    return QUID_OK;
}

// What one answer of many needs.
static QuidOutlookOptions options_to_follow(const QuidOutlookOptions *options)
{
    QuidOutlookOptions follows = *options;
    follows.settings = NULL;
    follows.setting_count = 0;
    follows.answer.has_values = false;
    follows.answer.has_explanations = false;
    follows.answer.has_asked_break_evens = false; // each a search of its own
    follows.answer.solve.start_count = 0;
    follows.answer.solve.progress = (QuidProgress){NULL, NULL};
    follows.forecast.has_amounts = false;
    follows.forecast.has_shares = false;
    follows.forecast.asks_only = true;
    follows.forecast.progress = (QuidForecastProgress){NULL, NULL};
    follows.forecast.parts = NULL;
    return follows;
}

// Where the result goes: to tables, or as bytes.
typedef struct Followed {
    QuidSensitivity **sensitivity;
    const QuidPart *part;
    QuidOutput output;
} Followed;

static QuidStatus follow_inputs(QuidContext *context, const QuidDeal *deal,
                                const QuidLedger *ledger, const QuidOutlookOptions *options,
                                QuidForecastProgress progress, const Followed *followed)
{
    QuidDeal *changed = NULL;
    const size_t size = (quid_deal_tables(deal)->ask_count + (size_t)1) * sizeof(uint32_t);
    Follower follower = {.context = context,
                         .ledger = ledger,
                         .options = options_to_follow(options),
                         .likeliest = quid__allocate(context, size)};
    QuidStatus status = follower.likeliest == NULL ? QUID_NO_MEMORY : QUID_OK;
    if (status == QUID_OK && options->setting_count > 0)
        status =
            quid_deal_apply(context, deal, options->settings, options->setting_count, &changed);
    const QuidDeal *followed_deal = changed != NULL ? changed : deal;
    QuidSensitivityOptions how = quid_sensitivity_options();
    how.answerer = (QuidAnswerer){follow, &follower};
    how.progress = progress;
    how.thread_count = options->forecast.thread_count;
    if (status == QUID_OK)
        status = followed->part == NULL
                     ? quid_sensitivity_run(context, followed_deal, &how, followed->sensitivity)
                     : quid_sensitivity_part(context, followed_deal, &how, *followed->part,
                                             followed->output);
    quid_outlook_free(follower.base);
    quid_deal_free(changed);
    quid__release(context, follower.likeliest, size);
    return status;
}

QuidStatus quid_outlook_sensitivity(QuidContext *context, const QuidDeal *deal,
                                    const QuidLedger *ledger, const QuidOutlookOptions *options,
                                    QuidForecastProgress progress, QuidSensitivity **sensitivity)
{
    const Followed followed = {.sensitivity = sensitivity};
    return follow_inputs(context, deal, ledger, options, progress, &followed);
}

QuidStatus quid_outlook_sensitivity_part(QuidContext *context, const QuidDeal *deal,
                                         const QuidLedger *ledger,
                                         const QuidOutlookOptions *options,
                                         QuidForecastProgress progress, QuidPart part,
                                         QuidOutput output)
{
    const Followed followed = {.part = &part, .output = output};
    return follow_inputs(context, deal, ledger, options, progress, &followed);
}

// ---- The track record -------------------------------------------------------

typedef struct Replayer {
    QuidContext *context;
    const QuidDeal *deal;
    double min_trust;
    QuidOutlookOptions options;
    QuidLedger *ledger; // of the last forecast, which is read until the next one is asked for
} Replayer;

static QuidStatus forecast_as_of(void *user, QuidDate as_of, QuidDate record_end,
                                 QuidForecast **forecast)
{
    Replayer *replayer = user;
    quid_ledger_free(replayer->ledger);
    replayer->ledger = NULL;
    QuidLedgerOptions how = quid_ledger_options();
    how.as_of = as_of;
    how.min_trust = replayer->min_trust;
    how.is_replay = true;
    QuidStatus status =
        quid_ledger_settle(replayer->context, replayer->deal, &how, &replayer->ledger);
    if (status != QUID_OK)
        return status;
    QuidOutlookOptions options = replayer->options;
    options.forecast.amount_date = record_end;
    QuidOutlook *outlook = NULL;
    status = quid_outlook_create(replayer->context, replayer->deal, replayer->ledger, &options,
                                 &outlook);
    if (status != QUID_OK)
        return status;
    *forecast = quid__outlook_take_forecast(outlook);
    quid_outlook_free(outlook);
    return *forecast == NULL ? QUID_CANCELLED : QUID_OK;
}

QuidStatus quid_outlook_backtest(QuidContext *context, const QuidDeal *deal, double min_trust,
                                 const QuidOutlookOptions *options, QuidForecastProgress progress,
                                 QuidBacktest **backtest)
{
    Replayer replayer = {
        .context = context, .deal = deal, .min_trust = min_trust, .options = *options};
    replayer.options.answer.has_values = false;
    replayer.options.answer.has_break_evens = false;
    replayer.options.answer.has_asked_break_evens = false;
    replayer.options.answer.solve.start_count = 0;
    replayer.options.answer.solve.progress = (QuidProgress){NULL, NULL};
    replayer.options.forecast.progress = (QuidForecastProgress){NULL, NULL};
    // The record is that of the deal as it is: settings would change what happened.
    replayer.options.settings = NULL;
    replayer.options.setting_count = 0;
    QuidBacktestOptions how = quid_backtest_options();
    how.forecaster = (QuidForecaster){forecast_as_of, &replayer};
    how.progress = progress;
    how.min_trust = min_trust;
    const QuidStatus status = quid_backtest_run(context, deal, &how, backtest);
    quid_ledger_free(replayer.ledger);
    return status;
}
