// forecast: how late, how much, how sure. Scenarios of the deal are drawn given the facts, moves as
// a host says the parties play, and summed up: chances, quantiles and curves with their sampling
// errors; what would change the answers; how such forecasts would have done on the record so far.
// docs/forecast.md states every estimator.
#ifndef QUID_FORECAST_H
#define QUID_FORECAST_H

#include "quid/base.h"
#include "quid/deal.h"
#include "quid/game.h"
#include "quid/ledger.h"
#include "quid/program.h"

typedef struct QuidForecast QuidForecast;
typedef struct QuidSensitivity QuidSensitivity;
typedef struct QuidBacktest QuidBacktest;

#define QUID_SCENARIO_COUNT_MAX (1u << 31) // scenarios: a Sobol sequence has twice as many points
#define QUID_REPLICATE_COUNT_MIN 2u        // fewer have no spread to estimate an error from
#define QUID_REPLICATE_COUNT_MAX 1024u

// ---- How the parties move

// Called by workers, each with a run of its own; user is shared and only read. Both may be NULL.
typedef struct QuidPlay {
    // Once for each run: settings that stay (outcomes that walk gives: QUID_OUTCOME_GIVEN).
    void (*prepare)(void *user, QuidProgramRun *run);
    // Between drawing and finishing of scenarios [first, first + count): writes choices and the
    // outcomes given. What it returns but OK ends the forecast. NULL: at every date from the as-of
    // day on a party takes one of its options, all as likely, up to an `until` option, whatever its
    // conditions say; bound moves as bound.
    QuidStatus (*walk)(void *user, QuidProgramRun *run, uint64_t first, uint32_t count);
    void *user;
} QuidPlay;

// As the solved strategies say, from where the facts have the game. The position must outlive the
// forecast.
QUID_API QuidPlay quid_forecast_play(const QuidPosition *position);

// Which of several parts of the work: the parts of one forecast are made by hosts that need not
// have memory in common (processes, machines, workers of a page), and put together by one of them.
typedef struct QuidPart {
    uint32_t number; // 0-based, below count
    uint32_t count;  // of all parts, at least 1; parts beyond what there is to share are empty
} QuidPart;

// Called with the share done (0..1) after each block of scenarios of the calling thread, by that
// thread alone: a host that prints looks at its clock first. false: stop.
typedef struct QuidForecastProgress {
    bool (*report)(void *user, double share);
    void *user;
} QuidForecastProgress;

typedef struct QuidForecastOptions {
    uint64_t seed;
    uint64_t scenario_count;     // in all; default 100,000. Each replicate has the same number: the
                                 // tables say how many came of it
    uint32_t replicate_count;    // independent scramblings or streams, whose spread is the error;
                                 // default 32
    uint32_t fan_scenario_count; // for amounts by date, which are many columns; default 4,096.
                                 // An outlook's supplies by date have twice as many, 2,048 to 8,192
    uint32_t thread_count;       // 0 and 1: serial. The answers do not depend on it
    bool is_sobol;               // scrambled Sobol points (default), false: Philox
    bool asks_only;       // no milestones, events and moves but what the asks need; default false
    bool has_amounts;     // fans of amounts; default true
    bool has_shares;      // first-order shares of variance by drawn quantity; default false
    QuidDate amount_date; // one more date for the fans; QUID_NO_DATE: none
    QuidPlay play;
    QuidForecastProgress progress;
    const QuidString *parts; // what quid_forecast_part wrote, by number: nothing is drawn, and the
                             // answers have the bits of a forecast that draws. Only read during the
                             // call. NULL: draw
    uint32_t part_count;     // all of them
    uint32_t cookie;         // set by quid_forecast_options
} QuidForecastOptions;

QUID_API QuidForecastOptions quid_forecast_options(void);

// ---- Answers

// A number with its standard error.
typedef struct QuidEstimated {
    double value;
    double error;
} QuidEstimated;

// Of a sample: exact order statistics of what was kept (the tables say how much). Dates: the day in
// which the quantile lies, as a whole number of days; QUID_NEVER where the share of scenarios in
// which it never happens is larger.
typedef struct QuidQuantiles {
    QuidEstimated p05;
    QuidEstimated p10;
    QuidEstimated p50;
    QuidEstimated p90;
    QuidEstimated p95;
} QuidQuantiles;

// An `ask` of the deal, by its index. CHOICE and BREAK_EVEN are answered by the game: is_answered
// false.
typedef struct QuidAskAnswer {
    QuidAskKind kind;
    bool is_answered;
    bool is_date; // a WHEN, or a VALUE that is a date: value is the median day of those that happen
    QuidEstimated
        value; // CHANCE: 0..1. VALUE: mean over the scenarios in which it is a finite number
    QuidEstimated
        chance; // that it is a finite number (VALUE), or happens by the horizon (dates); else 1
    QuidQuantiles quantiles; // VALUE and dates, given that
    QuidUnitId
        unit; // of money and counted amounts; none: a plain number, or days where is_duration
    bool is_duration;
} QuidAskAnswer;

// Dates of curves: the as-of day, days and weeks near it, months to the horizon, the horizon.
typedef struct QuidMilestoneForecast {
    bool is_reached;        // by a fact: chance 1, quantiles the fact's day
    QuidEstimated chance;   // reached by the horizon
    QuidEstimated on_time;  // reached by its current due date; value -1 where it has none
    QuidQuantiles date;     // given that it is reached by the horizon
    const double *curve;    // curve_date_count: chance by the end of each date
    const double *critical; // by predecessor in its `after` list: share of the scenarios that reach
                            // it in which it came last; the rest is `needs`
    uint32_t critical_count;
} QuidMilestoneForecast;

typedef struct QuidEventForecast {
    bool is_known;   // by a fact
    bool is_overdue; // its whole window is past and no fact says what happened: assumed to be still
                     // to come
    uint32_t outcome_count;
    const QuidEstimated *chance; // by outcome: comes by the horizon
    const double *curve;         // [outcome * curve_date_count + date]
} QuidEventForecast;

typedef struct QuidMoveForecast {
    uint32_t option_count;
    uint32_t date_count;         // of the move
    const QuidEstimated *chosen; // [date * option_count + option]: taken on that date of the move
    const QuidEstimated *arises; // [date]: that any is
    const QuidEstimated *final_choice; // by option: the last choice by the horizon
} QuidMoveForecast;

typedef struct QuidAmountForecast {
    uint32_t pledge;
    QuidStage stage;           // at least this stage
    const QuidEstimated *mean; // amount_date_count each; major units of the pledge's unit
    const QuidEstimated *p10;
    const QuidEstimated *p50;
    const QuidEstimated *p90;
    const double *p05;
    const double *p95;
} QuidAmountForecast;

// First-order share of an answer's variance that one drawn quantity accounts for (Sobol 1993).
typedef struct QuidVarianceShare {
    QuidString variable; // its name path, "let/savings/0"
    uint32_t ask;
    QuidEstimated share; // may lie a little outside 0..1
} QuidVarianceShare;

// Read-only, valid as long as the QuidForecast (and its QuidDeal). With asks_only, milestones that
// nobody asks for are zeroed, values that are no dates have no quantiles, and there are no events
// and moves. milestones, events and moves are
// indexed by their ids (element 0 inert).
typedef struct QuidForecastTables {
    uint64_t seed;
    uint64_t scenario_count; // drawn
    uint64_t fan_scenario_count;
    uint32_t replicate_count;
    bool is_sobol;
    QuidDate as_of;
    const QuidAskAnswer *asks;
    uint32_t ask_count;
    const QuidDate *curve_dates;
    uint32_t curve_date_count;
    const QuidMilestoneForecast *milestones;
    uint32_t milestone_count;
    const QuidEventForecast *events;
    uint32_t event_count;
    const QuidMoveForecast *moves;
    uint32_t move_count;
    const QuidDate *amount_dates; // ascending, from the as-of day
    uint32_t amount_date_count;
    const QuidAmountForecast
        *amounts; // pledges with amounts, by pledge and stage (pledged, committed, disbursed)
    uint32_t amount_count;
    const QuidVarianceShare *shares; // by ask, the largest first; those above three standard errors
    uint32_t share_count;
} QuidForecastTables;

// Forecasts a deal given its ledger. OK; INVALID with diagnostics (a rate that is missing);
// NO_MEMORY; LIMIT (more scenarios than QUID_SCENARIO_COUNT_MAX); CANCELLED (by progress); IO
// (parts that are not those of this deal, these options and this count). Cost: scenarios times what
// the questions need.
QUID_API QUID_MUST_USE QuidStatus quid_forecast_run(QuidContext *context, const QuidDeal *deal,
                                                    const QuidLedger *ledger,
                                                    const QuidForecastOptions *options,
                                                    QuidForecast **forecast);
// Draws one part of a forecast, and writes what was counted: whole replicates, and whole rows of
// amounts, so that no sum is taken in another order. options: those of the run that will put the
// parts together, but for thread_count and progress; parts NULL. The bytes are for the same version
// of libquid on a machine of the same byte order. Statuses as quid_forecast_run; IO: output
// stopped. Cost: the part's share of the scenarios; the fans' scenarios are drawn by each part that
// has rows.
QUID_API QUID_MUST_USE QuidStatus quid_forecast_part(QuidContext *context, const QuidDeal *deal,
                                                     const QuidLedger *ledger,
                                                     const QuidForecastOptions *options,
                                                     QuidPart part, QuidOutput output);
QUID_API void quid_forecast_free(QuidForecast *forecast);
QUID_API const QuidForecastTables *quid_forecast_tables(const QuidForecast *forecast);

// The chance that a milestone is reached by the end of a day, from the same scenarios.
QUID_API QuidEstimated quid_forecast_chance_by(const QuidForecast *forecast, uint32_t milestone,
                                               QuidDate date);

// What an answer gains from one forecast to another of the same deal, changed, with the same seed,
// scenarios and replicates: their noise is shared, and the error is that of the difference. Days
// for dates. NAN: one of them has no answer.
QUID_API QuidEstimated quid_forecast_difference(const QuidForecast *from, const QuidForecast *to,
                                                uint32_t ask);

// ---- What would change the answers

typedef enum QuidInputKind {
    QUID_INPUT_CHANCE,   // of an event's or secret's outcome
    QUID_INPUT_BELIEF,   // of a party, about an outcome
    QUID_INPUT_QUANTITY, // a range or distribution
} QuidInputKind;

// Something of the deal that is uncertain or a judgement.
typedef struct QuidInput {
    QuidInputKind kind;
    QuidThing owner;   // event, let, milestone, pledge, supply, move; of worth and asks: NONE
    uint32_t choice;   // outcome; supplier
    QuidPartyId party; // who believes; whose worth
    QuidTermId term;   // the figure in the deal
    QuidString label;  // for people: "ruling = struck", "Japan: ruling = struck", "savings", a
                       // term's why, a question
    QuidOrigin origin; // its line and source
    QuidType type;
    bool is_assumed;   // no range is stated: ten points either way
    bool changes_game; // worth, a chance or a move's condition rests on it: the game is another one
    double low;        // the range's ends (5th and 95th percentile)
    double middle;
    double high;
} QuidInput;

typedef struct QuidSensitivityRow {
    uint32_t input;
    uint32_t ask;
    double low; // the answer with the input at its low end; NAN: there is none
    double high;
} QuidSensitivityRow;

// Answers of a deal, one for each of its asks: a chance, a mean, a median day, for CHOICE and
// BREAK_EVEN whatever number the host follows; NAN where there is none. Called for the deal itself
// (input NULL), then for changed copies of it; a host solves the game (again where the input
// changes it) and forecasts with the same seed, so that all share their noise. The deal itself
// comes first and alone; then calls may come from several threads at once. INVALID, of a copy: the
// facts rule it out, which counts as no change.
typedef struct QuidAnswerer {
    QuidStatus (*answer)(void *user, const QuidDeal *deal, const QuidInput *input, double *answers);
    void *user;
} QuidAnswerer;

typedef struct QuidSensitivityTables {
    const QuidInput *inputs;
    uint32_t input_count;
    const double *base; // by ask
    uint32_t ask_count;
    const QuidSensitivityRow *rows; // by ask, the largest difference first; only those that differ
    uint32_t row_count;
} QuidSensitivityTables;

typedef struct QuidSensitivityOptions {
    QuidAnswerer answerer;
    QuidForecastProgress progress; // called from the caller's thread
    uint32_t thread_count;         // inputs tried side by side; 0 and 1: one after another
    const QuidString *parts; // what quid_sensitivity_part wrote, by number: nobody is asked, and
                             // the rows have the bits of a run that asks. NULL: ask
    uint32_t part_count;     // all of them
    uint32_t cookie;         // set by quid_sensitivity_options
} QuidSensitivityOptions;

QUID_API QuidSensitivityOptions quid_sensitivity_options(void);

// One input at a time at its low and its high end, the others as they are: a tornado. Cost: two
// answers an input. The answerer's status is handed on; CANCELLED by progress; IO (parts that are
// not those of this deal and this count).
QUID_API QUID_MUST_USE QuidStatus quid_sensitivity_run(QuidContext *context, const QuidDeal *deal,
                                                       const QuidSensitivityOptions *options,
                                                       QuidSensitivity **sensitivity);
// Answers the deal itself and one part of its inputs, and writes the answers. Bytes and statuses as
// quid_forecast_part.
QUID_API QUID_MUST_USE QuidStatus quid_sensitivity_part(QuidContext *context, const QuidDeal *deal,
                                                        const QuidSensitivityOptions *options,
                                                        QuidPart part, QuidOutput output);
// The inputs alone, nothing answered: no rows, no base.
QUID_API QUID_MUST_USE QuidStatus quid_sensitivity_list(QuidContext *context, const QuidDeal *deal,
                                                        QuidSensitivity **sensitivity);
QUID_API void quid_sensitivity_free(QuidSensitivity *sensitivity);
QUID_API const QuidSensitivityTables *quid_sensitivity_tables(const QuidSensitivity *sensitivity);
// The settings that put an input at a value, for quid_deal_apply: count of them (0: none needed
// room beyond capacity). An outcome's chance or belief moves the others of its event in proportion.
#define QUID_INPUT_SETTING_COUNT_MAX 64u
QUID_API uint32_t quid_input_settings(const QuidDeal *deal, const QuidInput *input, double value,
                                      QuidSetting settings[QUID_INPUT_SETTING_COUNT_MAX]);

// ---- The track record

typedef enum QuidPredictionKind {
    QUID_PREDICTION_DEADLINE, // a milestone, or a promise by its milestone, is met by its due date
                              // as it stood
    QUID_PREDICTION_OUTCOME,  // of an event or secret
    QUID_PREDICTION_OPTION,   // of a move at a date
    QUID_PREDICTION_DATE,     // a milestone is reached inside its 90 % interval
    QUID_PREDICTION_AMOUNT, // a promise's amount at the record's end lies inside its 90 % interval
} QuidPredictionKind;

// What was forecast on a day, and what came of it.
typedef struct QuidPrediction {
    QuidPredictionKind kind;
    QuidDate as_of;
    QuidThing thing;
    uint32_t choice; // OUTCOME, OPTION: what came; OPTION: of date `date`; AMOUNT: the stage
    QuidDate date;   // DEADLINE: the due date; OPTION: the move's date
    double chance;   // DEADLINE: of being met; OUTCOME, OPTION: of what came
    bool is_true;    // DEADLINE: it was met
    double low;      // DATE, AMOUNT: the interval
    double high;
    double actual;
    double brier;     // 0 (right and sure) .. 2 (wrong and sure); DEADLINE: 0..1
    double log_score; // natural logarithm of the chance given to what came, at least
                      // log(QUID_CHANCE_MIN)
    double met_brier; // the baselines' scores, DEADLINE alone: "it will be met"
    double met_log_score;
    double slips_brier; // "it slips again as it has slipped before"
    double slips_log_score;
} QuidPrediction;

#define QUID_CHANCE_MIN                                                                            \
    0.001 // chances are scored as if no surer than this: one surprise does not decide a record

typedef struct QuidScore {
    uint32_t count;
    double brier; // means
    double log_score;
} QuidScore;

typedef struct QuidBacktestTables {
    const QuidDate *dates; // on which a fact was reported, ascending
    uint32_t date_count;
    const QuidPrediction *predictions; // by date, then kind, then thing
    uint32_t prediction_count;
    QuidScore deadlines;
    QuidScore deadlines_met;  // the baseline "the deadline will be met"
    QuidScore deadlines_slip; // the baseline "it slips again as it has slipped before"
    QuidScore outcomes;
    QuidScore options;
    uint32_t interval_count; // DATE and AMOUNT
    uint32_t covered_count;  // of these, inside: nine in ten are wanted
} QuidBacktestTables;

// Forecasts the deal as of a day (settle, solve, forecast). options already ask for amounts at the
// record's end.
typedef struct QuidForecaster {
    QuidStatus (*forecast)(void *user, QuidDate as_of, QuidDate record_end,
                           QuidForecast **forecast);
    void *user;
} QuidForecaster;

typedef struct QuidBacktestOptions {
    QuidForecaster forecaster;
    QuidForecastProgress progress;
    double min_trust; // as of the ledger
    uint32_t cookie;  // set by quid_backtest_options
} QuidBacktestOptions;

QUID_API QuidBacktestOptions quid_backtest_options(void);

// Replays the record: for each date on which a fact was reported, but the last, what would have
// been forecast about what later facts resolve. The forecasts it is given are freed by it.
QUID_API QUID_MUST_USE QuidStatus quid_backtest_run(QuidContext *context, const QuidDeal *deal,
                                                    const QuidBacktestOptions *options,
                                                    QuidBacktest **backtest);
QUID_API void quid_backtest_free(QuidBacktest *backtest);
QUID_API const QuidBacktestTables *quid_backtest_tables(const QuidBacktest *backtest);

#endif
