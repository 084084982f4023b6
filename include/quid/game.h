// game: what each party does, and why. A deal (or an .efg file) becomes a flat tree of histories;
// its agent logit quantal response equilibrium is traced and certified.
#ifndef QUID_GAME_H
#define QUID_GAME_H

#include "quid/base.h"

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

// ---- Solving

// Called about ten times a second with where a long computation stands. lambda: reached on the
// path; regret: the largest so far, as a fraction of a player's range (negative: not known yet).
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

typedef struct QuidSolveOptions {
    double lambda;  // stop there; 0: to the limit
    bool is_scaled; // payoffs are divided by each player's range, so that lambda is a pure number
                    // (deals); false: as they stand (.efg)
    double tolerance; // greatest regret, as a fraction of the range, of a certified limit; default
                      // 1e-6
    uint32_t start_count; // further equilibria are sought from so many random starts
    uint64_t seed;
    uint32_t thread_count; // 0 and 1: serial
    QuidFixed fixed;
    const double
        *chance; // [belief * node_count + node]: instead of the tables' chance; NULL: the tables'
    QuidProgress progress;
    uint32_t cookie; // set by quid_solve_options
} QuidSolveOptions;

QUID_API QuidSolveOptions quid_solve_options(void);

// How the trace ended.
#define QUID_TRACE_END_LIST(X)                                                                     \
    X(REACHED, "the lambda asked for was reached")                                                 \
    X(LIMIT, "the branch was followed until its limit was clear")                                  \
    X(STALLED, "the branch could not be followed further")                                         \
    X(CANCELLED, "stopped from outside")

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
                     // lambda
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
    double lambda;    // where the answer stands (scaled as asked for)
    double tolerance; // of is_certified: at a given lambda, of the residual (1e-8); at the limit,
                      // of the regret
    const QuidBranchPoint *points;
    uint32_t point_count;
    const double *branch_probabilities;
    const QuidProfile *others; // further equilibria, each different from the answer and each other
    uint32_t other_count;
    uint32_t step_count; // points of the path
    // At the answer, by action: expected payoff to the mover given that its set is reached and the
    // action taken (own prior), in the payoff's unit; by set: the log of the probability of
    // reaching it (author's prior), and by node, its probability given its set is reached (mover's
    // prior): beliefs that hold where reach underflows.
    const double *action_value;
    const double *set_log_reach;
    const double *node_belief; // by node: of decision nodes; else 0
} QuidSolutionTables;

// Traces the principal branch from lambda = 0. OK also where it did not get there (end says so, and
// the profile is the best point so far with its certificate). NO_MEMORY; CANCELLED never: see end.
// Thread-safe for one game.
QUID_API QUID_MUST_USE QuidStatus quid_game_solve(QuidContext *context, const QuidGame *game,
                                                  const QuidSolveOptions *options,
                                                  QuidSolution **solution);
QUID_API void quid_solution_free(QuidSolution *solution);
QUID_API const QuidSolutionTables *quid_solution_tables(const QuidSolution *solution);

#endif
