// The track record: what would have been forecast on each day on which something became known,
// scored by what became known later. Scores: Brier 1950; the logarithmic score of Good 1952.
#include "forecast_internal.h"
#include "maths.h"

#define OPTIONS_COOKIE 0x6261636bu

struct QuidBacktest {
    QuidContext *context;
    QuidVector dates;       // QuidDate
    QuidVector predictions; // QuidPrediction
    QuidBacktestTables tables;
};

// One day's forecast beside what was known then and what is known now.
typedef struct Replay {
    QuidBacktest *backtest;
    const QuidDealTables *model;
    const QuidForecast *forecast;
    const QuidForecastTables *answers;
    const QuidLedgerTables *then;
    const QuidLedgerTables *now;
} Replay;

QuidBacktestOptions quid_backtest_options(void)
{
    return (QuidBacktestOptions){.cookie = OPTIONS_COOKIE};
}

static double log_score(double chance)
{
    return quid__log(chance > QUID_CHANCE_MIN ? chance : QUID_CHANCE_MIN);
}

static void add(const Replay *replay, QuidPrediction prediction)
{
    QuidPrediction *added = quid__vector_push(&replay->backtest->predictions);
    prediction.as_of = replay->then->as_of;
    if (added != NULL)
        *added = prediction;
}

// ---- Deadlines

typedef struct TwoWay {
    double brier;
    double log;
} TwoWay;

static TwoWay score_two_way(double chance, bool is_true)
{
    const double distance = chance - (is_true ? 1 : 0);
    return (TwoWay){distance * distance, log_score(is_true ? chance : 1 - chance)};
}

// Deadlines that slipped k times: by Laplace's rule of succession the next is met with 1 / (k + 2).
static double chance_of_slipping_record(const QuidDeadline *deadline)
{
    return 1 / ((double)deadline->extension_count + 2);
}

// met: the day on which it was met, as known now. Deadlines still ahead of the record's end, and
// those that had been met or missed by then, say nothing.
static void add_deadline(const Replay *replay, QuidThing thing, const QuidDeadline *then,
                         QuidDate met, double chance)
{
    const QuidDate due = then->current;
    const bool is_open =
        due != QUID_NO_DATE && then->met == QUID_NO_DATE && due >= replay->then->as_of;
    const bool is_met = met != QUID_NO_DATE && met <= due;
    if (!is_open || (!is_met && met == QUID_NO_DATE && replay->now->as_of <= due))
        return;
    const TwoWay own = score_two_way(chance, is_met);
    const TwoWay baseline_met = score_two_way(1, is_met);
    const TwoWay baseline_slips = score_two_way(chance_of_slipping_record(then), is_met);
    add(replay, (QuidPrediction){.kind = QUID_PREDICTION_DEADLINE,
                                 .thing = thing,
                                 .date = due,
                                 .chance = chance,
                                 .is_true = is_met,
                                 .brier = own.brier,
                                 .log_score = own.log,
                                 .met_brier = baseline_met.brier,
                                 .met_log_score = baseline_met.log,
                                 .slips_brier = baseline_slips.brier,
                                 .slips_log_score = baseline_slips.log});
}

static void replay_deadlines(const Replay *replay)
{
    for (uint32_t i = 1; i < replay->model->milestone_count; i++)
        add_deadline(replay, (QuidThing){QUID_THING_MILESTONE, i},
                     &replay->then->milestones[i].deadline, replay->now->milestones[i].reached,
                     replay->answers->milestones[i].on_time.value);
    for (uint32_t i = 1; i < replay->model->pledge_count; i++) {
        // A promise is met when the milestone that commits it is reached.
        const uint32_t milestone = replay->model->pledges[i].committed_at.index;
        const QuidDeadline *deadline = &replay->then->pledges[i].deadline;
        if (milestone == 0 || deadline->current == QUID_NO_DATE ||
            replay->then->milestones[milestone].deadline.current == deadline->current)
            continue;
        const double chance =
            quid_forecast_chance_by(replay->forecast, milestone, deadline->current).value;
        add_deadline(replay, (QuidThing){QUID_THING_PLEDGE, i}, deadline,
                     replay->now->pledges[i].deadline.met, chance);
    }
}

// ---- Outcomes and options

// Of several that exclude each other, one came: sum of squared distances.
static void add_choice(const Replay *replay, QuidPrediction prediction,
                       const QuidEstimated *chances, uint32_t count, uint32_t came)
{
    double sum = 0;
    for (uint32_t i = 0; i < count; i++)
        sum += chances[i].value;
    prediction.choice = came;
    prediction.is_true = true;
    for (uint32_t i = 0; i < count; i++) {
        const double chance = sum > 0 ? chances[i].value / sum : 1.0 / count;
        const double distance = chance - (i == came ? 1 : 0);
        prediction.brier += distance * distance;
        prediction.chance = i == came ? chance : prediction.chance;
    }
    prediction.log_score = log_score(prediction.chance);
    add(replay, prediction);
}

static void replay_events(const Replay *replay)
{
    for (uint32_t i = 1; i < replay->model->event_count; i++) {
        if (!replay->now->events[i].is_known || replay->then->events[i].is_known)
            continue;
        const QuidPrediction prediction = {.kind = QUID_PREDICTION_OUTCOME,
                                           .thing = {QUID_THING_EVENT, i},
                                           .date = replay->now->events[i].date};
        add_choice(replay, prediction, replay->answers->events[i].chance,
                   replay->answers->events[i].outcome_count, replay->now->events[i].outcome);
    }
}

static void replay_moves(const Replay *replay)
{
    for (uint32_t i = 1; i < replay->model->move_count; i++) {
        const QuidMove *move = &replay->model->moves[i];
        const QuidMoveForecast *answer = &replay->answers->moves[i];
        for (uint32_t d = 0; d < move->date_count; d++) {
            const uint32_t then =
                replay->then->choices[replay->then->moves[i].choice_first + d].option;
            const uint32_t now =
                replay->now->choices[replay->now->moves[i].choice_first + d].option;
            if (now == QUID_NO_CHOICE || then != QUID_NO_CHOICE)
                continue;
            const QuidPrediction prediction = {.kind = QUID_PREDICTION_OPTION,
                                               .thing = {QUID_THING_MOVE, i},
                                               .date =
                                                   replay->model->move_dates[move->date_first + d]};
            add_choice(replay, prediction, answer->chosen + (size_t)d * move->option_count,
                       move->option_count, now);
        }
    }
}

// ---- Intervals

static void add_interval(const Replay *replay, QuidPrediction prediction, double low, double high,
                         double actual)
{
    prediction.low = low;
    prediction.high = high;
    prediction.actual = actual;
    prediction.is_true = low <= actual && actual <= high;
    add(replay, prediction);
}

static void replay_dates(const Replay *replay)
{
    for (uint32_t i = 1; i < replay->model->milestone_count; i++) {
        const QuidDate reached = replay->now->milestones[i].reached;
        if (reached == QUID_NO_DATE || replay->then->milestones[i].reached != QUID_NO_DATE)
            continue;
        const QuidQuantiles *date = &replay->answers->milestones[i].date;
        add_interval(
            replay,
            (QuidPrediction){.kind = QUID_PREDICTION_DATE, .thing = {QUID_THING_MILESTONE, i}},
            date->p05.value, date->p95.value, reached);
    }
}

static double amount_at_least(const QuidDealTables *model, const QuidPledgeBalance *balance,
                              QuidStage stage)
{
    return quid_decimal_to_double((QuidDecimal){quid_stages_at_least(&balance->with_parts, stage),
                                                -model->units[balance->unit.index].digits});
}

static bool is_part(const QuidDealTables *model, uint32_t part, uint32_t whole)
{
    while (part != 0 && part != whole)
        part = model->pledges[part].parent.index;
    return part == whole;
}

static bool moves_by_itself(const QuidDealTables *model, uint32_t pledge, QuidStage stage)
{
    for (uint32_t at = pledge; at != 0; at = model->pledges[at].parent.index) {
        const QuidPledge *row = &model->pledges[at];
        if (row->lapses_if.index != 0 ||
            (stage >= QUID_STAGE_COMMITTED && row->committed_at.index != 0) ||
            (stage >= QUID_STAGE_DISBURSED && row->disbursed_over.index != 0))
            return true;
    }
    return false;
}

// Whether the deal says how the promise, or a part of it, comes to a stage: else nothing is
// forecast.
static bool is_forecast(const QuidDealTables *model, uint32_t pledge, QuidStage stage)
{
    for (uint32_t i = 1; i < model->pledge_count; i++) {
        if (is_part(model, i, pledge) && moves_by_itself(model, i, stage))
            return true;
    }
    return false;
}

// Rounded as the record counts: what was converted is finer.
static double in_minor_parts(const QuidDealTables *model, uint32_t pledge, double value)
{
    const int32_t digits = model->units[model->pledges[pledge].unit.index].digits;
    double scale = 1;
    for (int32_t i = 0; i < digits; i++)
        scale *= 10;
    const double minor = floor(value * scale + 0.5);
    if (!(fabs(minor) < 0x1p53))
        return value;
    return quid_decimal_to_double((QuidDecimal){(int64_t)minor, -digits});
}

// What neither moved nor could have moved says nothing.
static void replay_amounts(const Replay *replay)
{
    const QuidForecastTables *answers = replay->answers;
    uint32_t at = 0;
    while (at < answers->amount_date_count && answers->amount_dates[at] != replay->now->as_of)
        at += 1;
    for (uint32_t i = 0; at < answers->amount_date_count && i < answers->amount_count; i++) {
        const QuidAmountForecast *row = &answers->amounts[i];
        const double then =
            amount_at_least(replay->model, &replay->then->pledges[row->pledge], row->stage);
        const double now =
            amount_at_least(replay->model, &replay->now->pledges[row->pledge], row->stage);
        const double low = in_minor_parts(replay->model, row->pledge, row->p05[at]);
        const double high = in_minor_parts(replay->model, row->pledge, row->p95[at]);
        const bool is_settled = then == now && low == high && low == now;
        // A part that nothing was promised to by name yet takes what its facts give it.
        const bool is_empty = amount_at_least(replay->model, &replay->then->pledges[row->pledge],
                                              QUID_STAGE_PLEDGED) <= 0;
        if (is_settled || is_empty || !is_forecast(replay->model, row->pledge, row->stage))
            continue;
        add_interval(replay,
                     (QuidPrediction){.kind = QUID_PREDICTION_AMOUNT,
                                      .thing = {QUID_THING_PLEDGE, row->pledge},
                                      .choice = row->stage,
                                      .date = replay->now->as_of},
                     low, high, now);
    }
}

// ---- Days

static bool is_counted(const QuidDealTables *model, const QuidFact *fact, double min_trust)
{
    const double trust = model->sources[fact->source].trust;
    return fact->source == 0 || trust < 0 || trust >= min_trust;
}

// The days on which facts became known, ascending, each once, before the record's end.
static bool list_dates(QuidBacktest *backtest, const QuidDealTables *model, double min_trust,
                       QuidDate end)
{
    QuidDate last = QUID_NO_DATE;
    for (;;) {
        QuidDate next = end;
        for (uint32_t i = 0; i < model->fact_count; i++) {
            const QuidFact *fact = &model->facts[i];
            if (fact->known > last && fact->known < next && is_counted(model, fact, min_trust))
                next = fact->known;
        }
        if (next == end)
            return !backtest->dates.has_failed;
        QuidDate *added = quid__vector_push(&backtest->dates);
        if (added == NULL)
            return false;
        *added = next;
        last = next;
    }
}

static QuidStatus settle(QuidBacktest *backtest, const QuidDeal *deal,
                         const QuidBacktestOptions *options, QuidDate as_of, QuidLedger **ledger)
{
    QuidLedgerOptions ledger_options = quid_ledger_options();
    ledger_options.as_of = as_of;
    ledger_options.min_trust = options->min_trust;
    ledger_options.is_replay = true;
    return quid_ledger_settle(backtest->context, deal, &ledger_options, ledger);
}

static QuidStatus replay_day(QuidBacktest *backtest, const QuidDeal *deal,
                             const QuidBacktestOptions *options, const QuidLedger *now,
                             QuidDate date)
{
    QuidLedger *then = NULL;
    QuidForecast *forecast = NULL;
    const QuidDate end = quid_ledger_tables(now)->as_of;
    QuidStatus status = settle(backtest, deal, options, date, &then);
    if (status == QUID_OK)
        status = options->forecaster.forecast(options->forecaster.user, date, end, &forecast);
    if (status == QUID_OK) {
        const Replay replay = {backtest,
                               quid_deal_tables(deal),
                               forecast,
                               quid_forecast_tables(forecast),
                               quid_ledger_tables(then),
                               quid_ledger_tables(now)};
        replay_deadlines(&replay);
        replay_events(&replay);
        replay_moves(&replay);
        replay_dates(&replay);
        replay_amounts(&replay);
    }
    quid_forecast_free(forecast);
    quid_ledger_free(then);
    return status;
}

// ---- Scores

static void add_score(QuidScore *score, double brier, double log)
{
    score->count += 1;
    score->brier += brier;
    score->log_score += log;
}

static void finish_score(QuidScore *score)
{
    if (score->count == 0)
        return;
    score->brier /= score->count;
    score->log_score /= score->count;
}

static void publish(QuidBacktest *backtest)
{
    QuidBacktestTables *tables = &backtest->tables;
    tables->dates = backtest->dates.items;
    tables->date_count = backtest->dates.count;
    tables->predictions = backtest->predictions.items;
    tables->prediction_count = backtest->predictions.count;
    for (uint32_t i = 0; i < backtest->predictions.count; i++) {
        const QuidPrediction *row = &tables->predictions[i];
        switch (row->kind) {
        case QUID_PREDICTION_DEADLINE:
            add_score(&tables->deadlines, row->brier, row->log_score);
            add_score(&tables->deadlines_met, row->met_brier, row->met_log_score);
            add_score(&tables->deadlines_slip, row->slips_brier, row->slips_log_score);
            break;
        case QUID_PREDICTION_OUTCOME:
            add_score(&tables->outcomes, row->brier, row->log_score);
            break;
        case QUID_PREDICTION_OPTION:
            add_score(&tables->options, row->brier, row->log_score);
            break;
        case QUID_PREDICTION_DATE:
        case QUID_PREDICTION_AMOUNT:
            tables->interval_count += 1;
            tables->covered_count += row->is_true;
            break;
        }
    }
    QuidScore *scores[] = {&tables->deadlines, &tables->deadlines_met, &tables->deadlines_slip,
                           &tables->outcomes, &tables->options};
    for (size_t i = 0; i < sizeof scores / sizeof scores[0]; i++)
        finish_score(scores[i]);
}

static QuidStatus replay_all(QuidBacktest *backtest, const QuidDeal *deal,
                             const QuidBacktestOptions *options)
{
    QuidLedger *now = NULL;
    QuidStatus status = settle(backtest, deal, options, QUID_NO_DATE, &now);
    if (status != QUID_OK)
        return status;
    const QuidDate end = quid_ledger_tables(now)->as_of;
    if (!list_dates(backtest, quid_deal_tables(deal), options->min_trust, end))
        status = QUID_NO_MEMORY;
    for (uint32_t i = 0; status == QUID_OK && i < backtest->dates.count; i++) {
        const QuidForecastProgress *progress = &options->progress;
        if (progress->report != NULL &&
            !progress->report(progress->user, i / (double)backtest->dates.count))
            status = QUID_CANCELLED;
        else
            status =
                replay_day(backtest, deal, options, now, QUID_AT(&backtest->dates, QuidDate, i));
    }
    quid_ledger_free(now);
    return status == QUID_OK && backtest->predictions.has_failed ? QUID_NO_MEMORY : status;
}

QuidStatus quid_backtest_run(QuidContext *context, const QuidDeal *deal,
                             const QuidBacktestOptions *options, QuidBacktest **result)
{
    QUID_ASSERT(options->cookie == OPTIONS_COOKIE && options->forecaster.forecast != NULL);
    QuidBacktest *backtest = quid__allocate(context, sizeof *backtest);
    if (backtest == NULL)
        return QUID_NO_MEMORY;
    *backtest = (QuidBacktest){.context = context};
    quid__vector_init(&backtest->dates, context, sizeof(QuidDate));
    quid__vector_init(&backtest->predictions, context, sizeof(QuidPrediction));
    const QuidStatus status = replay_all(backtest, deal, options);
    if (status != QUID_OK) {
        quid_backtest_free(backtest);
        return status;
    }
    publish(backtest);
    *result = backtest;
    return QUID_OK;
}

void quid_backtest_free(QuidBacktest *backtest)
{
    if (backtest == NULL)
        return;
    quid__vector_free(&backtest->dates);
    quid__vector_free(&backtest->predictions);
    quid__release(backtest->context, backtest, sizeof *backtest);
}

const QuidBacktestTables *quid_backtest_tables(const QuidBacktest *backtest)
{
    return &backtest->tables;
}
