// A forecast while it is made. The way of the data: wants.c lists what is computed, sample.c draws
// scenarios into each replicate's counts, play.c moves where no game does, answers.c and amounts.c
// turn counts into answers, shares.c into shares of variance; parts.c carries counts between hosts.
#ifndef QUID_FORECAST_INTERNAL_H
#define QUID_FORECAST_INTERNAL_H

#include "arena.h"
#include "pool.h"
#include "quid/forecast.h"
#include "report.h"
#include "vector.h"

#include <math.h>

#define NO_WANT UINT32_MAX
#define SHARE_BIN_COUNT 32u // classes of a quantity for its share of variance

// Where the wants of the program stand.
typedef struct Wants {
    QuidVector list; // QuidWant
    uint32_t *asks;  // by ask: its column, NO_WANT
    uint32_t *kept;  // by ask: number of its kept column, NO_WANT
    uint32_t kept_count;
    uint32_t *milestones; // by milestone: its date
    uint32_t *rows;       // by milestone: its row in Replicate.days
    uint32_t row_count;
    uint32_t *critical; // by milestone, NO_WANT where nothing precedes it
    uint32_t *happened; // by event
    uint32_t *outcomes; // by event
    uint32_t *finals;   // by move: its last choice
} Wants;

// What one replicate counts. Each belongs to one worker at a time.
typedef struct Replicate {
    uint32_t *words;      // QuidForecast.word_count: all that is counted below, in one piece
    double *ask_sums;     // by ask: of finite values
    uint32_t *ask_counts; // by ask: of finite values (dates: by the horizon)
    uint32_t *kept_counts;
    uint32_t *days;      // [row * day_count + day]: reached on that day (0: by the as-of day)
    uint32_t *on_time;   // by milestone
    uint32_t *critical;  // by row of the predecessors
    uint32_t *outcomes;  // [row of the outcomes * curve_count + first curve date by which it came]
    uint32_t *choices;   // [move_row + date * options + option]
    uint32_t *finals;    // by row of the options
    double *share_sums;  // [(variable * ask_count + ask) * SHARE_BIN_COUNT + bin]
    double *square_sums; // by ask, of those; then their sums
    uint32_t *share_counts; // [variable * SHARE_BIN_COUNT + bin]
    double *kept; // behind all counts: [kept column * kept_size + number among its finite values]
    double
        *share_values; // [ask * QUID_PROGRAM_BLOCK + scenario]: of the block at work; not counted
} Replicate;

struct QuidForecast {
    QuidContext *context;
    QuidArena arena;
    const QuidDeal *deal;
    const QuidDealTables *model;
    const QuidLedger *ledger;
    const QuidLedgerTables *facts;
    QuidForecastOptions options;
    QuidPart part; // what is drawn here
    QuidForecastTables tables;
    uint32_t size;     // scenarios of a replicate
    uint32_t fan_size; // of these, for the fans
    uint32_t kept_size;
    uint32_t day_count; // bins of dates: the last holds the horizon
    uint32_t day_width; // days of a bin; 1 unless memory is short
    QuidDate *curve_dates;
    uint32_t curve_count;
    uint32_t
        *curve_of_day; // by day after the as-of day (0 itself): the first curve date not before
    uint32_t curve_day_count;
    uint32_t *move_rows; // by move: its first place in Replicate.choices
    uint32_t choice_count;
    QuidString *variables; // for shares: names of what is drawn
    uint32_t variable_count;
    Wants wants;
    Replicate *replicates;
    size_t word_count;
    size_t count_word_count;       // of these, those before the kept values
    QuidQuantiles *kept_quantiles; // by kept column
    QuidPool *pool;                // while the forecast is made
    QuidAmountForecast *amounts;   // their lines lie in the two below
    QuidEstimated *amount_lines;   // [(row * AMOUNT_LINE_COUNT + line) * amount_date_count + date]
    double *amount_ends;           // [(row * AMOUNT_END_COUNT + end) * amount_date_count + date]
};

#define AMOUNT_LINE_COUNT 4u // mean, p10, p50, p90
#define AMOUNT_END_COUNT 2u  // p05, p95

static inline uint32_t replicate_count(const QuidForecast *forecast)
{
    return forecast->options.replicate_count;
}

// wants.c
bool quid__list_wants(QuidForecast *forecast);
bool quid__make_dates(QuidForecast *forecast);
QuidDate *quid__amount_dates(QuidForecast *forecast, uint32_t *count);
bool quid__make_replicates(QuidForecast *forecast);

// sample.c
typedef struct Sampling {
    QuidForecast *forecast;
    const QuidProgram *program;
    uint32_t size; // scenarios of each replicate
    QuidPart part; // of the replicates
    // Scenarios [first, first + count) of a replicate, computed.
    void (*count)(void *user, QuidProgramRun *run, uint32_t replicate, uint32_t first,
                  uint32_t count);
    void *user;
    double share_done; // of the whole forecast, before this sampling; and what it makes up
    double share;
} Sampling;
QuidStatus quid__sample(QuidForecast *forecast, const Sampling *sampling);
void quid__count_block(void *user, QuidProgramRun *run, uint32_t replicate, uint32_t first,
                       uint32_t count);

// play.c: as QuidPlay.walk, for forecasts without a game.
typedef struct UniformPlay {
    const QuidForecast *forecast;
    QuidString *names; // by position in the deal's move dates: of their draws
} UniformPlay;
bool quid__make_play(QuidForecast *forecast, UniformPlay *play);
QuidStatus quid__play_uniformly(void *user, QuidProgramRun *run, uint64_t first, uint32_t count);

// quantiles.c
#define QUANTILE_COUNT 5u
extern const double quid__quantile_levels[QUANTILE_COUNT];
// Order statistics of values, which are reordered: the smallest value that a share of at least the
// level does not exceed. NAN where there are none.
void quid__select(double *values, uint32_t count, double quantiles[QUANTILE_COUNT]);
// The same of several lists' values together, at one of the levels. false: no memory.
typedef struct Selected {
    const double *values; // as quid__select left them
    uint32_t count;
    double quantiles[QUANTILE_COUNT];
} Selected;
bool quid__select_together(QuidContext *context, const Selected *lists, uint32_t list_count,
                           uint32_t level, double *quantile);
// The same from counts of days; the day as a number from `first`.
void quid__select_days(const uint32_t *days, uint32_t day_count, double quantiles[QUANTILE_COUNT]);
// The spread of values over replicates as a standard error of their mean: those that are numbers
// alone; NAN below two.
double quid__replicate_error(const double *values, uint32_t count);

// A replicate's counts of a milestone by day.
static inline uint32_t *days_of(const QuidForecast *forecast, uint32_t replicate,
                                uint32_t milestone)
{
    return forecast->replicates[replicate].days +
           (size_t)forecast->wants.rows[milestone] * forecast->day_count;
}

// Whether an ask's answer is a date.
static inline bool is_date_ask(const QuidForecast *forecast, uint32_t ask)
{
    const QuidAsk *row = &forecast->model->asks[ask];
    return row->kind == QUID_ASK_WHEN ||
           (row->kind == QUID_ASK_VALUE &&
            forecast->model->terms[row->term.index].type.kind == QUID_TYPE_DATE);
}

static inline double end_of(const QuidForecast *forecast)
{
    const QuidDate horizon = forecast->model->horizon;
    return horizon == QUID_NO_DATE ? QUID_NEVER : (double)horizon + 1;
}

// answers.c, amounts.c, shares.c
bool quid__make_answers(QuidForecast *forecast);
bool quid__list_amounts(QuidForecast *forecast);
QuidStatus quid__forecast_amounts(QuidForecast *forecast);
bool quid__list_variables(QuidForecast *forecast, const QuidProgram *program);
bool quid__make_shares(QuidForecast *forecast);
void quid__count_shares(QuidForecast *forecast, QuidProgramRun *run, Replicate *replicate,
                        uint32_t count);

// parts.c
typedef struct PartRange {
    uint32_t first;
    uint32_t end;
} PartRange;
static inline PartRange part_of(QuidPart part, uint32_t count)
{
    return (PartRange){(uint32_t)((uint64_t)count * part.number / part.count),
                       (uint32_t)((uint64_t)count * (part.number + (uint64_t)1) / part.count)};
}
QuidStatus quid__write_part(const QuidForecast *forecast, QuidOutput output);
QuidStatus quid__read_parts(QuidForecast *forecast);

// inputs.c. Pushes a QuidInput for each; labels go to the arena, or are the deal's own. false: no
// memory.
bool quid__list_inputs(const QuidDeal *deal, QuidArena *arena, QuidVector *inputs);

#endif
