// program: the checked deal compiled to a program over blocks of scenarios. Given what is drawn
// (chances, quantities, dates) and what the parties choose, it computes when milestones are
// reached, what is committed and paid on any day, and the value of every expression. The game takes
// the payoffs of its histories from it, the forecast its answers.
//
// A column holds one double per scenario of a block: a number in major units, days, or days since
// 1970-01-01 (dates, with fraction; +infinity is never), a condition as 0 or 1, an outcome or
// option as its number (-1: none).
#ifndef QUID_PROGRAM_H
#define QUID_PROGRAM_H

#include "quid/base.h"
#include "quid/deal.h"
#include "quid/ledger.h"

typedef struct QuidProgram QuidProgram;
typedef struct QuidProgramRun QuidProgramRun;

#define QUID_PROGRAM_BLOCK                                                                         \
    512u // scenarios computed together: a column is 4 KiB, so that a dozen stay in the first cache
#define QUID_NEVER ((double)__builtin_inff())

// ---- What is wanted

typedef enum QuidWantKind {
    QUID_WANT_TERM,      // term
    QUID_WANT_MILESTONE, // date of milestone `index`
    QUID_WANT_OUTCOME,   // outcome of event or secret `index`
    QUID_WANT_HAPPENED,  // date of event `index` (secrets: -infinity)
    QUID_WANT_OPTION,    // what move `index` comes to: its last choice; -1 where it never arose
    QUID_WANT_CHOSEN,    // date of that last choice
    QUID_WANT_AMOUNT, // of pledge `index`, parts included, in its own unit: what has come at least
                      // to `stage` (QuidStage: pledged, committed, disbursed, completed) by the end
                      // of `date`
    QUID_WANT_SUPPLY, // of supply `index`: yearly amount of supplier `choice` by the end of `date`
    QUID_WANT_CRITICAL, // of milestone `index`: number of the predecessor (0-based in its `after`
                        // list) that came last; -1 where it was `needs`, or the milestone is never
                        // reached
} QuidWantKind;

typedef struct QuidWant {
    QuidWantKind kind;
    QuidTermId term;
    uint32_t index;
    uint32_t choice;
    QuidStage stage;
    QuidDate date; // QUID_NO_DATE: at the horizon
} QuidWant;

// ---- Compiling

typedef struct QuidProgramOptions {
    // The facts as of the ledger's date: what happened is fixed, what did not happen yet happens
    // later. NULL: the deal as if nothing were known yet (the game's view): promises start as their
    // clauses say, no fact counts.
    const QuidLedger *ledger;
    uint64_t seed;
    bool is_sobol;         // scrambled Sobol points; false: Philox
    uint32_t scrambling;   // which of the independent scramblings (its own key)
    bool has_dependencies; // quid_program_dependencies will be asked; default true
    uint32_t cookie;       // set by quid_program_options
} QuidProgramOptions;

QUID_API QuidProgramOptions quid_program_options(void);

// Compiles what the wants need and nothing else. The deal (and ledger) must outlive it. rates for
// conversions come from `rates` (a settled ledger, never NULL), also where options->ledger is NULL.
// OK, NO_MEMORY, or INVALID with diagnostics (an exchange rate that is missing).
QUID_API QUID_MUST_USE QuidStatus quid_program_compile(QuidContext *context, const QuidDeal *deal,
                                                       const QuidLedger *rates,
                                                       const QuidProgramOptions *options,
                                                       const QuidWant *wants, uint32_t want_count,
                                                       QuidProgram **program);
QUID_API void quid_program_free(QuidProgram *program);

// What a want's value rests on, followed through quantities, milestones, promises and supplies.
typedef struct QuidDependencies {
    const uint32_t *events; // events and secrets, ascending
    uint32_t event_count;
    const uint32_t *moves; // ascending
    uint32_t move_count;
    bool is_drawn; // rests on quantities of its own as well (lets, ranges, durations)
} QuidDependencies;
QUID_API QuidDependencies quid_program_dependencies(const QuidProgram *program, uint32_t want);

// The author's chance of outcome `outcome` of an event where it does not depend on anything
// uncertain: true, *chance. Ranges count at their middle. A what-if's chance counts
// (QuidEvent.set_chance).
QUID_API QUID_MUST_USE bool quid_program_constant_chance(const QuidDeal *deal, uint32_t event,
                                                         uint32_t outcome, double *chance);

// The probability that an event's date lies before `date` (a moment: days with fraction), by its
// window or distribution. Not for secrets. An event without a window: uniform from the deal's first
// date to its horizon.
QUID_API double quid_program_event_cdf(const QuidDeal *deal, uint32_t event, double date);

// What a program computes, as a number: programs of one deal and of changed copies of it that would
// give the same values have the same. For programs compiled without facts.
typedef struct QuidFingerprint {
    uint64_t words[2];
} QuidFingerprint;
QUID_API QuidFingerprint quid_program_fingerprint(const QuidProgram *program);

// The mean of a lone range or distribution (lets are followed). false: the term is none.
QUID_API QUID_MUST_USE bool quid_program_mean(const QuidDeal *deal, QuidTermId term, double *mean);
// Its quantile, 0 < share < 1. false: the term is none, or a `choice`.
QUID_API QUID_MUST_USE bool quid_program_quantile(const QuidDeal *deal, QuidTermId term,
                                                  double share, double *value);

// ---- Running
//
// Two passes for each block. quid_program_draw fills what is drawn before anybody moves: event
// dates, secrets' outcomes, quantities. The host then says what became of the moves (and of the
// outcomes that they see), and quid_program_finish computes the rest.

// How an event stands in every scenario of a run.
typedef struct QuidEventSetting {
    double low;       // its date is drawn from its distribution given low <= date < high;
    double high;      // low = high: it happens at that moment
    uint32_t outcome; // fixed outcome, or QUID_OUTCOME_DRAWN (by its chances, when finishing), or
                      // QUID_OUTCOME_GIVEN (the host writes the column; where it writes
                      // NaN, by its chances after all)
} QuidEventSetting;
#define QUID_OUTCOME_DRAWN UINT32_MAX
#define QUID_OUTCOME_GIVEN (UINT32_MAX - 1)

// One worker's room to run a program: columns, allocated once. For one thread at a time.
QUID_API QUID_MUST_USE QuidStatus quid_program_run_create(QuidContext *context,
                                                          const QuidProgram *program,
                                                          QuidProgramRun **run);
QUID_API void quid_program_run_free(QuidProgramRun *run);
// Another of the independent scramblings (with Philox: another stream), from the next drawing on.
QUID_API void quid_program_set_scrambling(QuidProgramRun *run, uint32_t scrambling);

// The settings of all events (by event index; element 0 unused), kept until changed. At first: as
// the ledger has it (facts fixed; else after the as-of day), or drawn from the whole window where
// there is none; outcomes drawn.
QUID_API void quid_program_set_event(QuidProgramRun *run, uint32_t event, QuidEventSetting setting);
// Choice of a move at its date number `position` in every scenario: option number, or -1 (did not
// arise). At first: by the ledger's facts; -1 for the rest.
QUID_API void quid_program_set_choice(QuidProgramRun *run, uint32_t move, uint32_t position,
                                      int32_t option);

// Scenarios [first, first + count), count <= QUID_PROGRAM_BLOCK. A value depends on (seed,
// scrambling, scenario, name of the variable) only, never on how scenarios are cut into blocks.
QUID_API void quid_program_draw(QuidProgramRun *run, uint64_t first, uint32_t count);

// Columns to read after drawing, and (outcomes given, choices) to write before finishing. NULL
// where the program does not use the thing.
QUID_API double *quid_program_happened(QuidProgramRun *run, uint32_t event); // date; read
QUID_API double *quid_program_outcome(QuidProgramRun *run, uint32_t event);  // read or write
QUID_API double *quid_program_choice(QuidProgramRun *run, uint32_t move, uint32_t position);
// Uniform draws of the scenario for a host's own use, keyed by name: the same name gives the same
// draws. out: count.
QUID_API void quid_program_uniform(const QuidProgramRun *run, QuidString name, double *out);

// The names of what is drawn: what the program computes with, and the moves' ("move/ID/DATE").
QUID_API uint32_t quid_program_variable_count(const QuidProgram *program);
QUID_API QuidString quid_program_variable(const QuidProgram *program, uint32_t number);

// May be called again for the same drawing after other choices, outcomes and settings of outcomes.
QUID_API void quid_program_finish(QuidProgramRun *run);
// The column of a want, count doubles, valid until the next draw.
QUID_API const double *quid_program_column(const QuidProgramRun *run, uint32_t want);

#endif
