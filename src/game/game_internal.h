// A game while it is built and once it stands: efg.c and the deal's compilation fill it, solving
// reads it.
#ifndef QUID_GAME_INTERNAL_H
#define QUID_GAME_INTERNAL_H

#include "arena.h"
#include "names.h"
#include "pool.h"
#include "quid/game.h"
#include "report.h"
#include "vector.h"

// What expressions came to under settings of everything that they rest on: a game's own, and read
// by the changed games that are made of the same deal.
typedef struct Valuations {
    QuidNames keys;
    QuidVector values; // Valuation, by key less one
} Valuations;

// A worth line's values by terminal in a game, and what they rest on beside the tree: a changed
// game with the same tree takes them over where that is the same.
typedef struct WorthValues {
    const uint64_t *grounds; // NULL: they rest on more than these tell
    uint32_t ground_count;
    uint32_t value_first; // into deal_tables.value
    uint32_t value_count;
    uint32_t exact_count;
} WorthValues;

// What the shape of a deal's tree rests on beside its steps.
typedef enum Hazard { HAZARD_NONE, HAZARD_OPEN, HAZARD_CERTAIN } Hazard;

typedef struct Shape {
    QuidFingerprint *conditions; // of moves, then of options
    Hazard *hazards;             // by step: whether an event can happen there, or must
    uint32_t condition_count;
} Shape;

struct QuidGame {
    QuidContext *context;
    QuidArena arena; // owns every table; of a changed game, the base may own the tree's
    QuidGameTables tables;
    const uint32_t
        *set_before;      // by set: the mover's own last action before it; QUID_NO_INDEX: none
    const QuidDeal *deal; // NULL for an .efg file's
    QuidFileId file;      // that file
    QuidDealGameTables deal_tables;
    Shape shape;
    Valuations valuations;     // of a deal's
    WorthValues *worth_values; // by worth row, of a deal's
    QuidVector values;         // double: deal_tables.value …
    QuidVector value_errors;   // … and value_error
};

// Two nodes of one set before which the mover's own last actions differ: it forgets.
typedef struct QuidForgotten {
    uint32_t first; // QUID_NO_INDEX: perfect recall
    uint32_t second;
} QuidForgotten;

// A game with nothing in it; NULL where there is no memory.
QuidGame *quid__game_create(QuidContext *context);

// Fills what follows from the rest: terminal, end, set_action_first, set_node_first, set_nodes,
// action_set, payoff_low, payoff_high, set_before. Requires all counts, parent, set, edge, chance,
// payoff, and the tables by player, set and action; every decision node has a child for each action
// of its set, in order. NO_MEMORY where the arena has failed. INVALID where a player forgets:
// forgotten names the first such pair of nodes; where forgotten is NULL, that is our own mistake.
QuidStatus quid__game_finish(QuidGame *game, QuidForgotten *forgotten);
// Fills payoff_low and payoff_high alone. false: no memory (arena).
bool quid__game_rank_payoffs(QuidGame *game);

// ---- Compiling a deal: probe.c, exact.c, steps.c, history.c, compile.c, payoffs.c

#define QUID_SCRAMBLING_COUNT 8u // independent randomisations behind every standard error
#define QUID_STEP_COUNT_MAX                                                                        \
    4000u // steps of a deal: so many, one after another, are beyond any solver

// What stands of a history: the slots of its first step_count steps.
typedef struct History {
    const QuidStep *steps;
    const int16_t *slots;
    uint32_t step_count;
} History;

typedef enum ProbeKind {
    PROBE_CONDITION, // of a move or an option: what has not happened yet never does
    PROBE_CHANCE,    // of an outcome: likewise
    PROBE_WORTH,     // of a history that has ended: what has not happened yet still may
} ProbeKind;

typedef struct ProbeValue {
    double mean;
    double error;  // standard error of the mean
    bool is_exact; // by closed form, or the same in every scenario
    bool is_mixed; // not the same in every scenario
} ProbeValue;

// One expression of the deal, evaluated at histories: once for each distinct setting of the steps
// that it rests on.
typedef struct Probe {
    ProbeKind kind;
    QuidTermId amount;    // the expression; a condition's truth is 0 or 1
    QuidTermId condition; // WORTH: none, or what makes the line count
    QuidTermId at;        // WORTH: none, or the date that it is discounted from
    double discount;      // a year
    uint32_t belief;      // WORTH: the prior that weighs what is not decided
    QuidProgram *program;
    QuidFingerprint fingerprint; // of the program
    QuidProgramRun *run;
    QuidTermId *branches; // conditions of `A if C else B` inside the amount, for the closed form
    uint32_t branch_count;
    uint32_t *steps; // those that it rests on, ascending; filled by quid__probe_bind
    uint32_t step_count;
    QuidNames keys;         // settings of these steps
    QuidVector values;      // ProbeValue, by key less one
    bool has_drawn_outcome; // in some value an outcome was left to chances that no key holds
} Probe;

// One expression under one setting, by scrambling.
typedef struct Valuation {
    double means[QUID_SCRAMBLING_COUNT];
    bool is_exact;
    bool is_mixed;
} Valuation;

typedef struct Prober {
    const Valuations *known; // by the game that this one is a change of; NULL
    Valuations *made;
    QuidContext *context;
    const QuidDeal *deal;
    const QuidDealTables *model;
    const QuidLedger *rates;
    const QuidGameOptions *options;
    QuidArena *arena;
    double *chances; // [prior * outcome count + outcome row]: where constant; else the event's
                     // first is NaN
    const QuidStep *steps;
    uint32_t step_count;
    bool has_failed; // no memory
} Prober;

// Compiles a probe. NO_MEMORY or INVALID (reported).
QuidStatus quid__probe_open(Prober *prober, Probe *probe);
void quid__probe_free(Probe *probe);
// What its values rest on beside the tree, as words that are equal where that is. rate: by which
// they count. NULL: no memory (arena).
const uint64_t *quid__probe_grounds(const Prober *prober, const Probe *probe, double rate,
                                    QuidArena *arena, uint32_t *count);
// Which steps the probe rests on, once the steps are known.
bool quid__probe_bind(Prober *prober, Probe *probe);
// The value at a history; and its number among the probe's values.
ProbeValue quid__probe_value(Prober *prober, Probe *probe, const History *history,
                             uint32_t *number);

// The expectation of an amount in closed form: sums, and products of quantities that are
// independent of each other. is_true: by branch of the probe. false: there is none.
bool quid__exact_mean(const Prober *prober, const Probe *probe, const bool *is_true, double *mean);

// What may happen in the deal, in order.
typedef struct Steps {
    QuidVector epochs;  // QuidDate
    QuidVector steps;   // QuidStep
    QuidVector visible; // uint32_t: earlier steps that the party of a move step knows when it moves
    QuidVector visible_first; // uint32_t, by step, and one more
} Steps;

void quid__steps_init(Steps *steps, QuidContext *context);
void quid__steps_free(Steps *steps);
// matters: by event, whether a condition of a move rests on it. false: too many, reported; or no
// memory.
bool quid__steps_list(Steps *steps, QuidContext *context, const QuidDeal *deal,
                      const QuidGameOptions *options, const bool *matters);

// The outcome that a history gives to an event or secret. false: none yet.
typedef struct HistoryOutcome {
    bool has_happened; // at a moment in [begin, end)
    bool is_known;     // its outcome is fixed, by happening or by being revealed beforehand
    uint32_t outcome;
    double begin;
    double end; // where it has not happened: it does not before end
} HistoryOutcome;
HistoryOutcome quid__history_outcome(const History *history, uint32_t event);
// A move's dates end once an `until` option is chosen.
bool quid__history_is_over(const QuidDealTables *model, const History *history, uint32_t move);

// The compilation: what compile.c, branching.c, chances.c and payoffs.c share.
typedef struct Compiler {
    QuidContext *context;
    const QuidDeal *deal;
    const QuidDealTables *model;
    QuidGameOptions options;
    QuidGame *game;
    Steps steps;
    Prober prober;
    const QuidGame *base; // the game that this one is a change of; NULL
    bool has_base_tree;
    QuidPool *pool;
    QuidArena arena; // scratch
    // Probes of conditions and of chances that are no constants; program NULL where there is none.
    Probe *move_conditions;   // by move
    Probe *option_conditions; // by option row
    Probe *outcome_chances;   // by outcome row
    Probe *belief_chances;    // by belief row
    Probe *worths;            // by worth row
    double *
        outcome_rows; // by outcome row: its chance where constant, else NaN; likewise by belief row
    double *belief_rows;
    double *worth_rates;       // by worth row: its currency in the player's unit
    uint32_t *belief_of_party; // by party: which prior it weighs chance with
    uint32_t *party_of_belief; // by prior: a party that holds it; of 0: 0
    uint32_t belief_count;
    int16_t *slots;  // of the history at hand, by step
    double *hazards; // by step: how likely an event that has not happened before happens within
    QuidStatus status;
} Compiler;

// quid_game_compile; base: a game of the same deal or of a changed copy of it, or NULL. What a
// change leaves alone is taken from it, so it must outlive the game. pool: shares the work; may be
// NULL, or one in whose run this is called.
QuidStatus quid__game_compile(QuidContext *context, const QuidDeal *deal, const QuidLedger *ledger,
                              const QuidGameOptions *options, const QuidGame *base, QuidPool *pool,
                              QuidGame **game);

// chances.c
// Which parties' priors differ from the author's; the constant chances; probes for the rest.
void quid__open_chances(Compiler *compiler);
// Chances of an event's outcomes at a history by a prior; they add up to 1.
void quid__outcome_chances(Compiler *compiler, uint32_t belief, uint32_t event,
                           const History *history, double *chances);

// branching.c
// The slots that a step may take after the history at hand, into slots; 0: it does not arise.
// chance: by outcome of `slots`, [belief * slot count + n], for steps of chance; may be NULL.
uint32_t quid__branches(Compiler *compiler, uint32_t step, int16_t *slots);
void quid__branch_chances(Compiler *compiler, uint32_t step, const int16_t *slots, uint32_t count,
                          double *chances);

// retrace.c: where the change leaves the base's tree as it is.
QuidStatus quid__shape_note(Compiler *compiler);
bool quid__shape_is_base(const Compiler *compiler);
void quid__retrace_tree(Compiler *compiler);

// payoffs.c
void quid__open_worths(Compiler *compiler);
void quid__fill_payoffs(Compiler *compiler);

static inline History compiler_history(const Compiler *compiler, uint32_t step_count)
{
    return (History){compiler->prober.steps, compiler->slots, step_count};
}

// ---- Positions: evidence.c, position.c, play.c

// How likely the facts are at each step, given its slot: factor[step * width + slot + 1].
typedef struct Evidence {
    double *factor;
    uint32_t width;
    uint32_t *informative; // steps that say anything: not all their factors are 1
    uint32_t informative_count;
} Evidence;

typedef struct EvidenceOptions {
    double now;         // the first moment that is not yet known
    uint32_t party;     // only what this party sees; 0: everything
    uint32_t fact_last; // index of the last fact that counts; UINT32_MAX: all
} EvidenceOptions;

bool quid__evidence(const QuidGame *game, const QuidLedger *ledger, const EvidenceOptions *options,
                    QuidArena *arena, Evidence *evidence);

// The tree as scenarios pass it from a position on: play.c.
typedef struct Way {
    double chance;
    uint32_t to;       // a fork, or an end
    bool has_happened; // of an event's fork: it does within the step
} Way;

typedef struct Fork {
    uint32_t step;
    uint32_t way_first;
    uint32_t way_end;
} Fork;

typedef struct Course {
    Fork *forks;
    Way *ways;
    QuidString *names; // by step: what its forks draw; empty: it has none
    uint32_t start;
    uint32_t fork_count;
    uint32_t way_count;
} Course;

struct QuidPosition {
    QuidContext *context;
    const QuidGame *game;
    const QuidLedger *ledger;
    QuidArena arena;
    QuidPositionTables tables;
    Course course;
};

// The course by the author's edges; false: no memory (arena).
bool quid__course_plot(Course *course, const QuidGame *game, const double *edge, QuidArena *arena);

// The position under strategies given by their logs (by action); facts without any chance are not
// reported: log_likelihood is -infinity.
QuidStatus quid__position_of(QuidContext *context, const QuidGame *game,
                             const double *log_probability, const QuidLedger *ledger,
                             QuidPosition **position);

// The same, for facts that are the user's: those without any chance are INVALID, and reported
// unless is_quiet.
QuidStatus quid__position_checked(QuidContext *context, const QuidGame *game,
                                  const double *log_probability, const QuidLedger *ledger,
                                  bool is_quiet, QuidPosition **position);

// What histories are weighed with. A weight is mantissa * 2^bits: facts may be right that the
// solution holds for all but impossible.
typedef struct Scales {
    const QuidGame *game;
    double *odds; // by action
    int64_t *odds_bits;
    double *below; // by node: the weight of all that stands below it
    int64_t *below_bits;
} Scales;

// log_probability: by action. false: no memory (arena).
bool quid__scales_open(Scales *scales, const QuidGame *game, const double *log_probability,
                       QuidArena *arena);
// Reach and edge probabilities by one prior, given evidence. Returns the log of how likely that is.
double quid__condition(const Scales *scales, uint32_t belief, const Evidence *evidence,
                       double *reach, double *edge);

// ---- Answers: answers.c, values.c

// A move held to one option from its date number `first` on (`last` its last so held).
typedef struct Binding {
    uint32_t move; // 0: none
    uint32_t option;
    uint32_t first;
    uint32_t last;
} Binding;

// A solution of a changed game, with the logs of its strategies. Sets up to the as-of date have
// those of the base, which are right also where a probability underflows.
typedef struct Resolved {
    QuidSolution *solution;
    double *log_probability; // by action; from the context
    uint32_t action_count;
} Resolved;

struct QuidAnswers {
    QuidContext *context;
    QuidArena arena;
    QuidAnswerTables tables;
    QuidGame *game;
    Resolved resolved;
    QuidPosition *position;
    QuidVector epochs;        // QuidMoveEpoch
    QuidVector beliefs;       // QuidBeliefPoint
    QuidVector reasons;       // QuidReason
    QuidVector parts;         // QuidReasonPart
    QuidVector values;        // QuidValue
    QuidVector break_evens;   // QuidBreakEven
    QuidVector probabilities; // double
};

// What values.c needs of the answers so far.
typedef struct Asker {
    QuidContext *context;
    const QuidDeal *deal;
    const QuidDealTables *model;
    const QuidLedger *ledger;
    const QuidLedgerTables *facts;
    const QuidAnswerOptions *options;
    QuidAnswers *answers;
    QuidSolveOptions solve; // the options', with the deal's own precision where they name none
    QuidPool *pool;         // of as many threads as the solver may have
    uint32_t *next; // by move: position of its next date that is not decided; UINT32_MAX: none
    QuidStatus status;
} Asker;

void quid__resolved_free(QuidContext *context, Resolved *resolved);
// Solves the asker's game; where the deal binds moves (what-ifs), once more with them bound from
// the as-of date on.
QuidStatus quid__solve_deal(Asker *asker, const QuidGame *game, Resolved *resolved);
// Solves a changed game from the as-of date on: what is earlier stays as base has it. base_game:
// the game of base, alike up to the as-of date.
QuidStatus quid__solve_again(Asker *asker, const QuidGame *game, const QuidGame *base_game,
                             const Resolved *base, Binding binding, Resolved *resolved);
// Games to solve anew, by values.c and break_even.c: listed, solved side by side (a list's items
// are independent), and made answers in the end, which frees what they hold. changes: Change;
// searches: Search.
void quid__list_changes(Asker *asker, QuidVector *changes);
void quid__solve_change(Asker *asker, QuidVector *changes, uint32_t number);
void quid__store_changes(Asker *asker, QuidVector *changes);
void quid__list_searches(Asker *asker, QuidVector *searches);
void quid__run_search(Asker *asker, QuidVector *searches, uint32_t number);
void quid__store_searches(Asker *asker, QuidVector *searches);
// An event that may still come out either way.
bool quid__is_undecided(const Asker *asker, uint32_t event);

#endif
