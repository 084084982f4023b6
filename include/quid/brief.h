// brief: status, solution and forecast as one answer: as text for a reader with two minutes, and as
// JSON for programs (docs/json.md, docs/schema).
#ifndef QUID_BRIEF_H
#define QUID_BRIEF_H

#include "quid/base.h"
#include "quid/deal.h"
#include "quid/forecast.h"
#include "quid/game.h"
#include "quid/ledger.h"

// ---- The outlook: a deal, as it is or changed, solved and forecast -----------
//
// The one way from a settled deal to its answers: for a page, and for whoever asks the same of many
// changed copies (what-ifs, sweeps, sensitivity, the track record).

typedef struct QuidOutlook QuidOutlook;

typedef struct QuidOutlookOptions {
    const QuidSetting *settings; // applied to the deal, later ones over earlier ones
    uint32_t setting_count;
    bool has_answers; // solve the game; default true
    QuidAnswerOptions answer;
    bool
        has_forecast; // draw scenarios under the solved strategies; needs has_answers; default true
    QuidForecastOptions forecast; // play is set by quid_outlook_create
    uint32_t cookie;              // set by quid_outlook_options
} QuidOutlookOptions;

QUID_API QuidOutlookOptions quid_outlook_options(void);

// A supply over time, by the same strategies.
typedef struct QuidSupplyForecast {
    uint32_t supplier_count;
    // [date * (supplier_count + 1) + supplier]: mean share; behind the suppliers the mean
    // concentration (HHI, 0..1).
    const QuidEstimated *shares;
} QuidSupplyForecast;

typedef struct QuidOutlookTables {
    const QuidDeal *deal; // with the settings applied
    const QuidLedger *ledger;
    const QuidSetting *settings;
    uint32_t setting_count;
    const QuidAnswers *answers;         // NULL: not asked for
    const QuidForecast *forecast;       // NULL: not asked for, or stopped
    const QuidSupplyForecast *supplies; // by supply (element 0 inert); NULL as forecast, and where
                                        // the deal has none
    const QuidDate *supply_dates;       // from the as-of day to the horizon
    uint32_t supply_date_count;
    bool is_stopped; // by a progress function: what stands here is what there was
} QuidOutlookTables;

// OK, INVALID with diagnostics, NO_MEMORY; CANCELLED never. deal and ledger must outlive it.
QUID_API QUID_MUST_USE QuidStatus quid_outlook_create(QuidContext *context, const QuidDeal *deal,
                                                      const QuidLedger *ledger,
                                                      const QuidOutlookOptions *options,
                                                      QuidOutlook **outlook);
QUID_API void quid_outlook_free(QuidOutlook *outlook);
QUID_API const QuidOutlookTables *quid_outlook_tables(const QuidOutlook *outlook);

// The forecast of an outlook that was made with has_forecast false: drawn, or put together from
// parts (options->parts). play is set here. As quid_outlook_create does it: the same bits. Statuses
// of quid_forecast_run, but CANCELLED: is_stopped then.
QUID_API QUID_MUST_USE QuidStatus quid_outlook_forecast(QuidOutlook *outlook,
                                                        const QuidForecastOptions *options);
// One part of it (quid_forecast_part), under the outlook's strategies.
QUID_API QUID_MUST_USE QuidStatus quid_outlook_forecast_part(const QuidOutlook *outlook,
                                                             const QuidForecastOptions *options,
                                                             QuidPart part, QuidOutput output);

// An answer as one number: a chance, a mean, a median day; of a choice the probability of an option
// at the move's next date; of a break-even the first crossing. NAN where there is none.
QUID_API double quid_outlook_answer(const QuidOutlook *outlook, uint32_t ask, uint32_t option);
// Of a choice, the option that is likeliest at the move's next date; 0 for other questions.
QUID_API uint32_t quid_outlook_likeliest(const QuidOutlook *outlook, uint32_t ask);

// The tornado of the deal's questions, with options' settings applied: each input at both its ends,
// solved and forecast with the same seed. Of a choice the option is followed that is likeliest as
// things are. CANCELLED by progress.
QUID_API QUID_MUST_USE QuidStatus quid_outlook_sensitivity(QuidContext *context,
                                                           const QuidDeal *deal,
                                                           const QuidLedger *ledger,
                                                           const QuidOutlookOptions *options,
                                                           QuidForecastProgress progress,
                                                           QuidSensitivity **sensitivity);
// One part of it (quid_sensitivity_part), for quid_sensitivity_run with parts over the deal with
// the settings applied (an outlook's).
QUID_API QUID_MUST_USE QuidStatus quid_outlook_sensitivity_part(QuidContext *context,
                                                                const QuidDeal *deal,
                                                                const QuidLedger *ledger,
                                                                const QuidOutlookOptions *options,
                                                                QuidForecastProgress progress,
                                                                QuidPart part, QuidOutput output);
// The track record: the deal, as it is, forecast as of each day on which a fact was reported.
QUID_API QUID_MUST_USE QuidStatus quid_outlook_backtest(QuidContext *context, const QuidDeal *deal,
                                                        double min_trust,
                                                        const QuidOutlookOptions *options,
                                                        QuidForecastProgress progress,
                                                        QuidBacktest **backtest);

// What each fact did to the answers that became known after a day, taken one by one in the order in
// which they became known (then of reading), each on its day; what the days themselves did stands
// apart. Remarks, statements and assertions are passed over; break-evens are not followed.
typedef struct QuidEffect {
    uint32_t fact;         // index into QuidDealTables.facts
    const double *changes; // by ask, of quid_outlook_answer
} QuidEffect;

typedef struct QuidEffectTables {
    const QuidEffect *rows;
    uint32_t row_count;
    const double *passing; // by ask: time passing without news
} QuidEffectTables;

typedef struct QuidEffects QuidEffects;

// last: the outlook at the later day; its options of choices are followed. CANCELLED by progress.
QUID_API QUID_MUST_USE QuidStatus quid_outlook_effects(QuidContext *context, const QuidDeal *deal,
                                                       QuidDate first, const QuidOutlook *last,
                                                       double min_trust,
                                                       const QuidOutlookOptions *options,
                                                       QuidForecastProgress progress,
                                                       QuidEffects **effects);
QUID_API void quid_effects_free(QuidEffects *effects);
QUID_API const QuidEffectTables *quid_effect_tables(const QuidEffects *effects);

// ---- Printing -----------------------------------------------------------------

typedef struct QuidBriefOptions {
    uint32_t width;   // columns of the text form, 60..200; default 100
    bool is_coloured; // ANSI colours in the text form
    bool is_json;
    bool has_strategy;                  // quid_brief_solution: every information set
    const QuidOutlook *outlook;         // what was computed; NULL: nothing
    const QuidSensitivity *sensitivity; // the tornado; NULL: none
    uint32_t cookie;                    // set by quid_brief_options
} QuidBriefOptions;

QUID_API QuidBriefOptions quid_brief_options(void);

// `quid status`: stages, balance, deadlines, statements.
QUID_API QUID_MUST_USE QuidStatus quid_brief_status(QuidContext *context, const QuidLedger *ledger,
                                                    const QuidDeal *deal,
                                                    const QuidBriefOptions *options,
                                                    QuidOutput output);

// `quid solve`: what each party will do, and why. options->outlook with its answers is needed.
QUID_API QUID_MUST_USE QuidStatus quid_brief_solution(QuidContext *context,
                                                      const QuidLedger *ledger,
                                                      const QuidDeal *deal,
                                                      const QuidBriefOptions *options,
                                                      QuidOutput output);

// `quid forecast`: how late, how much, how sure. options->outlook with its answers is needed, and
// with its forecast where it was not stopped.
QUID_API QUID_MUST_USE QuidStatus quid_brief_forecast(QuidContext *context,
                                                      const QuidLedger *ledger,
                                                      const QuidDeal *deal,
                                                      const QuidBriefOptions *options,
                                                      QuidOutput output);

// `quid solve` on an .efg file: the answer at a precision (0: the limit), its certificate, payoffs,
// strategies, what was met on the branch, and other equilibria.
QUID_API QUID_MUST_USE QuidStatus quid_brief_game(QuidContext *context, const QuidGame *game,
                                                  const QuidSolution *solution, double precision,
                                                  const QuidBriefOptions *options,
                                                  QuidOutput output);

// `quid sensitivity`: every input. options->sensitivity is needed, and the outlook it belongs to.
QUID_API QUID_MUST_USE QuidStatus quid_brief_sensitivity(QuidContext *context,
                                                         const QuidLedger *ledger,
                                                         const QuidDeal *deal,
                                                         const QuidBriefOptions *options,
                                                         QuidOutput output);

// A changed deal, for quid_brief_what_if.
typedef struct QuidBriefCase {
    QuidString name;
    QuidString label; // may be empty
    const QuidOutlook *outlook;
} QuidBriefCase;

// `quid what-if`: cases beside options->outlook, the deal as it is; all of one deal and seed.
QUID_API QUID_MUST_USE QuidStatus quid_brief_what_if(QuidContext *context, const QuidLedger *ledger,
                                                     const QuidDeal *deal,
                                                     const QuidBriefCase *cases, uint32_t count,
                                                     const QuidBriefOptions *options,
                                                     QuidOutput output);

// `quid explain`: from which lines and sources the answer to a question (0-based) follows, and the
// inputs that would change it most (options->sensitivity).
QUID_API QUID_MUST_USE QuidStatus quid_brief_explain(QuidContext *context, const QuidLedger *ledger,
                                                     const QuidDeal *deal, uint32_t ask,
                                                     const QuidBriefOptions *options,
                                                     QuidOutput output);

// One side of a comparison.
typedef struct QuidBriefSide {
    QuidString name; // the file or the day
    const QuidDeal *deal;
    const QuidLedger *ledger;
    const QuidOutlook *outlook;
} QuidBriefSide;

// `quid compare`: what changed from one side to the other, of two files or two days of one. Both
// from one context. effects: NULL between files.
QUID_API QUID_MUST_USE QuidStatus
quid_brief_compare(QuidContext *context, const QuidBriefSide *from, const QuidBriefSide *to,
                   const QuidEffects *effects, const QuidBriefOptions *options, QuidOutput output);

// What a sweep varies: one setting after another.
typedef struct QuidVaried {
    QuidString name;             // "ruling.struck"
    const QuidSetting *settings; // count
    const QuidString *values;    // count: as written
    uint32_t count;
} QuidVaried;

// `quid sweep`: the answers on the grid of all combinations, the last varied running fastest, over
// options' settings; as CSV, a row each as soon as it is there, or as JSON. CANCELLED by progress,
// INVALID at a point that the facts rule out: what there was has been written, as JSON with the
// number of points that are missing.
QUID_API QUID_MUST_USE QuidStatus quid_brief_sweep(QuidContext *context, const QuidLedger *ledger,
                                                   const QuidDeal *deal, const QuidVaried *varied,
                                                   uint32_t varied_count,
                                                   const QuidOutlookOptions *options,
                                                   QuidForecastProgress progress,
                                                   const QuidBriefOptions *how, QuidOutput output);

// `quid backtest`: the track record.
QUID_API QUID_MUST_USE QuidStatus quid_brief_backtest(
    QuidContext *context, const QuidLedger *ledger, const QuidDeal *deal,
    const QuidBacktest *backtest, const QuidBriefOptions *options, QuidOutput output);

// `quid brief`: all that is known, in the order of docs/language.md, "The brief".
QUID_API QUID_MUST_USE QuidStatus quid_brief_write(QuidContext *context, const QuidLedger *ledger,
                                                   const QuidDeal *deal,
                                                   const QuidBriefOptions *options,
                                                   QuidOutput output);

// `quid check --json`: the context's diagnostics. is_ok: no errors.
QUID_API QUID_MUST_USE QuidStatus quid_brief_diagnostics(QuidContext *context, QuidOutput output);

#endif
