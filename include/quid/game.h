// game: what each party does, and why. A deal (or an .efg file) becomes a flat tree of histories;
// its agent logit quantal response equilibrium is traced and certified.
#ifndef QUID_GAME_H
#define QUID_GAME_H

#include "quid/base.h"
#include "quid/deal.h"
#include "quid/ledger.h"
#include "quid/program.h"

typedef struct QuidGame QuidGame;
typedef struct QuidSolution QuidSolution;

// ---- The tree

#define QUID_CHANCE (UINT32_MAX - 1)   // QuidGameTables.set of a chance node
#define QUID_TERMINAL (UINT32_MAX - 2) // QuidGameTables.set of a terminal node
#define QUID_NO_INDEX UINT32_MAX

#define QUID_GAME_NODE_COUNT_MAX 20000000u // nodes: 32-bit indices with room, about 2 GB of tables
#define QUID_GAME_PLAYER_COUNT_MAX 64u     // players

// Read-only, valid as long as the QuidGame. Everything is 0-based except players: 1..player_count,
// 0 is chance.
//
//     node   0 1 2 3 4 5 6      preorder: a pass down is a loop forwards, a pass up a loop
//     backwards; end    7 4 3 4 7 6 7      the children of n are n + 1, then end[n + 1], … while
//     below end[n]
typedef struct QuidGameTables {
    uint32_t player_count;
    uint32_t node_count;
    uint32_t terminal_count;
    uint32_t set_count;    // information sets, all players'
    uint32_t action_count; // actions of all sets
    uint32_t belief_count; // distinct priors; 0 is the author's

    // By node.
    const uint32_t *parent; // of the root: 0
    const uint32_t *end;    // one past the last node below it
    const uint32_t *set;    // information set, QUID_CHANCE or QUID_TERMINAL
    const uint32_t
        *edge; // the edge into it: below a decision node an action (global index); below a chance
               // node its position among the outcomes; of the root QUID_NO_INDEX
    const uint32_t *terminal; // number of a terminal node in preorder; else QUID_NO_INDEX
    const double *chance; // [belief * node_count + node]: probability of the edge into it below a
                          // chance node; 1 below a decision node and for the root. May be 0

    // By terminal: payoff[(player - 1) * terminal_count + terminal], in the payoff's unit.
    const double *payoff;

    // By player (index player - 1).
    const QuidString *player_label;
    const uint32_t *player_belief; // the prior that the player weighs chance with
    const double *payoff_low;      // least and greatest terminal payoff in the whole tree
    const double *payoff_high;

    // By information set, in the order of players, then of first visit in preorder.
    const uint32_t *set_player;
    const uint32_t *set_number; // as written in an .efg file; from 1 for each player otherwise
    const QuidString *set_label;
    const uint32_t *set_action_first; // set_count + 1: its actions are [first, next first)
    const uint32_t *set_node_first;   // set_count + 1: into set_nodes
    const uint32_t *set_nodes;        // the nodes of each set, ascending

    // By action.
    const uint32_t *action_set;
    const QuidString *action_label;
} QuidGameTables;

QUID_API const QuidGameTables *quid_game_tables(const QuidGame *game);
QUID_API void quid_game_free(QuidGame *game);

// ---- Gambit's extensive form (.efg)
//
// Everything that the format's definition allows: labels with escapes, decimals, exponents and
// fractions, chance and personal nodes, outcomes at any node (added up along a history), repeated
// references to a set or an outcome by number with or without its body, comments, line ends of any
// kind. OK, or INVALID with diagnostics (line, column). A player's set whose actions differ, a
// player who forgets (no perfect recall), chances that do not sum to 1 (within 1e-9): diagnostics.
// The numbers keep the file's own meaning: unscaled.
QUID_API QUID_MUST_USE QuidStatus quid_game_read_efg(QuidContext *context, QuidFileId file,
                                                     QuidGame **game);
// Writes a game as .efg, version 2, so that reading it gives the same game. Where players' priors
// differ the author's is written, and a comment says so.
QUID_API QUID_MUST_USE QuidStatus quid_game_write_efg(const QuidGame *game, QuidString title,
                                                      QuidOutput output);

// ---- A deal as a game
//
// Time is cut by the epochs: the dates on which a move can fall. What can happen is a list of
// steps, the same for every history: secrets first, then before each epoch the events that somebody
// who moves then or later may see, then the epoch's moves. A history is a number for each step (its
// slot); a step that does not arise has none. Design: Koller and Milch 2003 for the reading of such
// models as games.

typedef enum QuidStepKind {
    QUID_STEP_SECRET, // slot: the outcome
    QUID_STEP_EVENT,  // slot: 0 not yet by the end of the interval; 1 + outcome: it happens within
    QUID_STEP_REVEAL, // slot: the outcome that an event will have, shown to one party beforehand
    QUID_STEP_MOVE,   // slot: the option
} QuidStepKind;

typedef struct QuidStep {
    QuidStepKind kind;
    uint32_t thing;    // event or move
    uint32_t position; // MOVE: number of its date
    uint32_t epoch;
    double begin; // EVENT: happens at a moment in [begin, end); begin of the first: -infinity
    double end;
} QuidStep;

#define QUID_NO_SLOT (-1)

typedef struct QuidDealGameTables {
    const QuidDate *epochs; // ascending
    uint32_t epoch_count;
    const QuidStep *steps;
    uint32_t step_count;
    const uint32_t *node_step; // by node: the step that it decides; of a terminal QUID_NO_INDEX
    const int16_t *node_slot;  // by node: the slot that the edge into it gives to its parent's step
    const int16_t *slots;      // [terminal * step_count + step]
    const uint32_t *set_step;  // by information set
    // By worth line (as in QuidDealTables.worths) and terminal: value[value_index[worth *
    // terminal_count + terminal]] is what the line adds to its party's payoff, as the party expects
    // it there, in the party's unit; error its standard error (0: exact).
    const uint32_t *value_index;
    const double *value;
    const double *value_error;
    const QuidUnitId *player_unit; // by player - 1
    uint32_t exact_count;          // distinct settings of worth lines valued exactly …
    uint32_t sampled_count;        // … and by quasi-Monte Carlo
} QuidDealGameTables;

// Shows an event's outcome to a party from an epoch on (the value of information).
typedef struct QuidReveal {
    uint32_t event; // 0: none
    QuidPartyId party;
    uint32_t epoch;
} QuidReveal;

#ifndef QUID_DEAL_NODE_COUNT_MAX          // less for fuzzing
#define QUID_DEAL_NODE_COUNT_MAX 5000000u // nodes of a deal's tree: about 1 GB with its payoffs
#endif

typedef struct QuidGameOptions {
    uint64_t seed;
    uint32_t point_count; // quasi-Monte Carlo points for each of 8 scramblings; default 128
    QuidReveal reveal;
    // Every party takes the chance that is set for this event, the other outcomes in its own
    // proportions; 0: none (break-evens).
    uint32_t common_event;
    uint32_t cookie; // set by quid_game_options
} QuidGameOptions;

QUID_API QuidGameOptions quid_game_options(void);

// Compiles the deal as if nothing were known yet. ledger: for exchange rates alone. OK; INVALID
// with diagnostics (a tree beyond QUID_DEAL_NODE_COUNT_MAX, a party made to forget, a condition of
// a move that rests on chance, a missing rate); NO_MEMORY. deal and ledger must outlive it. Players
// are the deal's parties.
QUID_API QUID_MUST_USE QuidStatus quid_game_compile(QuidContext *context, const QuidDeal *deal,
                                                    const QuidLedger *ledger,
                                                    const QuidGameOptions *options,
                                                    QuidGame **game);
// NULL for a game that comes from an .efg file.
QUID_API const QuidDealGameTables *quid_game_deal_tables(const QuidGame *game);

// ---- Solving

// Called about ten times a second with where a long computation stands. lambda: reached on the
// path (0 on none); regret: the largest so far, as a fraction of a player's range (negative: not
// known yet).
// false: stop.
typedef struct QuidProgress {
    bool (*report)(void *user, double lambda, double regret);
    void *user;
} QuidProgress;

// A player's strategy that is given rather than solved: sets with is_fixed play probability[action]
// exactly. Both NULL: none. An action of a fixed set may have probability 0.
typedef struct QuidFixed {
    const bool *is_fixed;      // by set
    const double *probability; // by action; read for fixed sets
} QuidFixed;

// The way to the answer.
typedef enum QuidSolveMethod {
    QUID_METHOD_BRANCH, // along the principal branch, and what happens on it and beyond is told.
                        // Where there are more than 10,000 actions beside each set's first and
                        // regret minimisation fits, the limit is left to it: nobody waits for the
                        // branch's
    QUID_METHOD_SWEEPS, // the answer alone, by sweeps where they lead to it: folds, bifurcations
                        // and further crossings are not looked for
    QUID_METHOD_REGRET, // any equilibrium of a game of two whose payoffs are opposed and who weigh
                        // chance alike, by regret minimisation: for large games. lambda and
                        // start_count do not count
} QuidSolveMethod;

typedef struct QuidSolveOptions {
    double lambda;    // stop there; 0: to the limit
    bool is_scaled;   // payoffs are divided by each player's range, so that lambda is a pure number
                      // (deals); false: as they stand (.efg)
    double tolerance; // greatest regret, as a fraction of the range, of a certified limit; default
                      // 1e-6
    QuidSolveMethod method;
    uint32_t iteration_count_max; // of regret minimisation; default 100,000
    uint32_t start_count;         // further equilibria are sought from so many random starts
    uint64_t seed;
    uint32_t thread_count; // 0 and 1: serial
    QuidFixed fixed;
    const double
        *chance; // [belief * node_count + node]: instead of the tables' chance; NULL: the tables'
    QuidProgress progress;
    // Numbers of a matrix; a game that needs more is solved without one, in less memory and more
    // time. Default 40 million.
    uint32_t matrix_entry_count_max;
    uint32_t cookie; // set by quid_solve_options
} QuidSolveOptions;

QUID_API QuidSolveOptions quid_solve_options(void);

// How the search ended.
#define QUID_TRACE_END_LIST(X)                                                                     \
    X(REACHED, "the lambda asked for was reached")                                                 \
    X(LIMIT, "the branch was followed until its limit was clear")                                  \
    X(STALLED, "the branch could not be followed further")                                         \
    X(CANCELLED, "stopped from outside")                                                           \
    X(EQUILIBRIUM, "an equilibrium by regret minimisation, not the limit of the branch")           \
    X(UNFINISHED, "regret minimisation took as many iterations as it may")

typedef enum QuidTraceEnd {
#define X(name, text) QUID_TRACE_##name,
    QUID_TRACE_END_LIST(X)
#undef X
} QuidTraceEnd;

typedef enum QuidBranchKind {
    QUID_BRANCH_FOLD,        // the branch turns back in lambda
    QUID_BRANCH_BIFURCATION, // another branch crosses it
    QUID_BRANCH_CROSSING,    // the branch passes the lambda asked for once more
} QuidBranchKind;

typedef struct QuidBranchPoint {
    QuidBranchKind kind;
    double lambda;
    uint32_t probability_first; // CROSSING: into branch_probabilities, action_count numbers; else
                                // QUID_NO_INDEX
} QuidBranchPoint;

// The certificate of a profile, computed from the tree alone, independently of the solver.
typedef struct QuidCertificate {
    const double
        *regret; // by player - 1: the most it gains by any deviation of its whole strategy (exact
                 // best response; own prior), in the payoff's unit; fixed sets are held
    const double *fraction; // the same as a fraction of the player's range (0 where the range is 0)
    double one_shot; // the greatest gain by a deviation at one set alone, given that it is reached,
                     // as a fraction of the range
    double residual; // the greatest |log p(a)/p(b) - lambda (v(a) - v(b))| over sets and actions at
                     // lambda; infinite where that is
    double fraction_max;
} QuidCertificate;

typedef struct QuidProfile {
    const double *probability;     // by action
    const double *log_probability; // by action: right where probability underflows
    QuidCertificate certificate;
    const double *payoff; // by player - 1: expected at the root, by own prior
    bool is_certified;
} QuidProfile;

// Read-only, valid as long as the QuidSolution.
typedef struct QuidSolutionTables {
    QuidProfile profile; // the answer
    QuidTraceEnd end;
    QuidSolveMethod method; // that led to the answer
    double lambda;          // where the answer stands (scaled as asked for); infinite: on no branch
    double tolerance; // of is_certified: at a given lambda, of the residual (1e-8); at the limit,
                      // of the regret
    const QuidBranchPoint *points;
    uint32_t point_count;
    const double *branch_probabilities;
    const QuidProfile *others; // further equilibria, each different from the answer and each other
    uint32_t other_count;
    uint32_t step_count; // points of the path, or iterations
    // At the answer, by action: expected payoff to the mover given that its set is reached and the
    // action taken (own prior), in the payoff's unit; by set: the log of the probability of
    // reaching it (author's prior), and by node, its probability given its set is reached (mover's
    // prior): beliefs that hold where reach underflows.
    const double *action_value;
    const double *set_log_reach;
    const double *node_belief; // by node: of decision nodes; else 0
} QuidSolutionTables;

// Traces the principal branch from lambda = 0, or goes the way that is asked for. OK also where it
// did not get there (end says so, and the profile is the best point so far with its certificate).
// INVALID with a diagnostic where regret minimisation is asked for and does not fit the game.
// NO_MEMORY; CANCELLED never: see end.
// Thread-safe for one game.
QUID_API QUID_MUST_USE QuidStatus quid_game_solve(QuidContext *context, const QuidGame *game,
                                                  const QuidSolveOptions *options,
                                                  QuidSolution **solution);
QUID_API void quid_solution_free(QuidSolution *solution);
QUID_API const QuidSolutionTables *quid_solution_tables(const QuidSolution *solution);

// What can be wrong with a deal as a game, without solving it: all that quid_game_compile reports,
// facts that the model gives no chance at all (at the first such fact), and, as a warning, a party
// that moves but has no stakes. OK, INVALID, NO_MEMORY.
QUID_API QUID_MUST_USE QuidStatus quid_game_check(QuidContext *context, const QuidDeal *deal,
                                                  const QuidLedger *ledger);

// ---- Where the world stands in the game
//
// The facts say which histories are still possible; what the parties did so far tells about their
// secrets (Bayes' rule on the solved strategies). All probabilities are conditional on the facts of
// the ledger's as-of date. In the log domain, so that an observed choice of probability 1e-300
// still informs.

typedef struct QuidPosition QuidPosition;

typedef struct QuidPositionTables {
    // [belief * node_count + node], by each prior: that a history passes the node; and, given that
    // it passes the node's parent, that it takes the edge into the node.
    const double *reach;
    const double *edge;
    double log_likelihood; // of the facts, by the author's prior
} QuidPositionTables;

// OK; INVALID with a diagnostic at the first fact that the model gives no chance at all; NO_MEMORY.
// game, solution and ledger must outlive it.
QUID_API QUID_MUST_USE QuidStatus quid_position_create(QuidContext *context, const QuidGame *game,
                                                       const QuidSolution *solution,
                                                       const QuidLedger *ledger,
                                                       QuidPosition **position);
QUID_API void quid_position_free(QuidPosition *position);
QUID_API const QuidPositionTables *quid_position_tables(const QuidPosition *position);

// Plays scenarios forward for a forecast: in each, secrets and unrecorded choices come from the
// position, events as they were drawn, and the moves from the solved strategies. prepare: once for
// a run; walk: for each block of count scenarios, between quid_program_draw and
// quid_program_finish; the program should want the dates of the events that the game rests on
// (QUID_WANT_HAPPENED), else they are drawn here. Draws are keyed secret/ID, event/ID/outcome,
// move/ID/DATE.
QUID_API void quid_position_prepare(const QuidPosition *position, QuidProgramRun *run);
QUID_API QUID_MUST_USE QuidStatus quid_position_walk(const QuidPosition *position,
                                                     QuidProgramRun *run, uint32_t count);

// ---- Answers

// A move at one of its dates.
typedef struct QuidMoveEpoch {
    uint32_t move;
    uint32_t position; // number of the date
    QuidDate date;
    bool is_past;
    double reached;             // how likely the move comes up then
    uint32_t probability_first; // into probabilities: of each option, given that it comes up
    uint32_t probability_count;
} QuidMoveEpoch;

// What a party believes of another's secret, just before the moves of a date (or at the as-of day's
// end, the last).
typedef struct QuidBeliefPoint {
    uint32_t party;
    uint32_t secret; // event
    QuidDate date;   // of an epoch: before its moves; of now: the as-of date, at its end
    bool is_now;
    uint32_t probability_first; // of each outcome
    uint32_t probability_count;
} QuidBeliefPoint;

// Why: what each option of a move is expected to bring its party at the move's next date, by worth
// line.
typedef struct QuidReason {
    uint32_t move;
    uint32_t position;
    uint32_t option;
    double probability;
    double payoff; // all lines
    double payoff_error;
    uint32_t part_first; // into parts: one for each worth line of the party, in their order
    uint32_t part_count;
} QuidReason;

typedef struct QuidReasonPart {
    uint32_t worth;
    double amount;
} QuidReasonPart;

// A party's gain from a change of the game from now on, in its payoff's unit. Its error is that of
// the payoffs; whether the changed game's solution is certified is said.
typedef enum QuidValueKind {
    QUID_VALUE_WAITING, // payoff now less that if it must take its best `until` option at its next
                        // date
    QUID_VALUE_COMMITMENT,  // payoff if bound to `choice` from now on, everybody knowing, less that
                            // now
    QUID_VALUE_INFORMATION, // payoff if event `event`'s outcome were known to it at its next date,
                            // less that now
} QuidValueKind;

typedef struct QuidValue {
    QuidValueKind kind;
    uint32_t move;
    uint32_t choice; // COMMITMENT: the option; WAITING: the until option compared with
    uint32_t event;  // INFORMATION
    double amount;
    bool is_certified;
} QuidValue;

// The probability of an outcome (all parties', the others in proportion) at which the likeliest
// option of a move at its next date changes.
typedef struct QuidBreakEven {
    uint32_t move;
    uint32_t event;
    uint32_t outcome;
    double at;      // NaN: none inside 0..1
    uint32_t below; // option; where there is no crossing, the likeliest throughout
    uint32_t above;
    bool is_decided; // the event has happened or the move has no date left: nothing to compute
    bool is_certified;
} QuidBreakEven;

typedef struct QuidAnswers QuidAnswers;

typedef struct QuidAnswerOptions {
    // Of the deal that this one is a changed copy of (or the same, or one more changed copy, or the
    // same files read again): what the change leaves alone is taken from them. NULL: none. Must
    // outlive the answers.
    const QuidAnswers *base;
    QuidSolveOptions solve; // lambda counts where has_precision; else the deal's own precision
    bool has_precision;
    bool has_explanations; // beliefs and reasons; values need them. Default true
    QuidGameOptions game;
    bool has_values;      // waiting, commitment, information: each solves the game anew
    bool has_break_evens; // those that the deal asks for, and of each move with a date left in each
                          // event's first outcome
    bool has_asked_break_evens; // only those that the deal asks for
    bool is_quiet;   // facts that the model gives no chance at all: INVALID, without a diagnostic
    uint32_t cookie; // set by quid_answer_options
} QuidAnswerOptions;

QUID_API QuidAnswerOptions quid_answer_options(void);

typedef struct QuidAnswerTables {
    const QuidGame *game;
    const QuidSolution *solution;
    const QuidPosition *position;
    const double *payoff; // by party - 1: expected given the facts, by its own beliefs, in its unit
    const double *payoff_error;  // standard error
    const QuidMoveEpoch *epochs; // move by move, in the order of dates
    uint32_t epoch_count;
    const QuidBeliefPoint *beliefs; // party by party, secret by secret, in the order of dates
    uint32_t belief_count;
    const QuidReason *reasons; // for each move with a date left: its options
    uint32_t reason_count;
    const QuidReasonPart *parts;
    const QuidValue *values;
    uint32_t value_count;
    const QuidBreakEven *break_evens; // all crossings
    uint32_t break_even_count;
    const double *probabilities;
} QuidAnswerTables;

// Compiles, solves, takes position and answers. deal may be a changed copy (quid_deal_apply): moves
// that it binds are bound from the as-of date on. OK, INVALID, NO_MEMORY. CANCELLED never: the
// solution says so.
QUID_API QUID_MUST_USE QuidStatus quid_game_answer(QuidContext *context, const QuidDeal *deal,
                                                   const QuidLedger *ledger,
                                                   const QuidAnswerOptions *options,
                                                   QuidAnswers **answers);
QUID_API void quid_answers_free(QuidAnswers *answers);
QUID_API const QuidAnswerTables *quid_answer_tables(const QuidAnswers *answers);

#endif
