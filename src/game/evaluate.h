// The tree as solving sees it, and the passes over it.
#ifndef QUID_GAME_EVALUATE_H
#define QUID_GAME_EVALUATE_H

#include "game_internal.h"
#include "pool.h"

// What stands from first to end, less one.
typedef struct Span {
    uint32_t first;
    uint32_t end;
} Span;

// The tree without its terminal nodes: inner nodes in preorder, their edges one after the other.
// Payoffs are centred and divided by the same number for all players (unit), so that the widest
// range of the scaled game is 1; lambda inside the solver is lambda * range of that player.
typedef struct Play {
    const QuidGame *game;
    const QuidGameTables *tables;
    QuidArena *arena;
    uint32_t inner_count;
    uint32_t edge_count;
    uint32_t player_count;
    uint32_t set_count;
    uint32_t action_count;
    uint32_t belief_count; // priors that some player or the author has; those without a difference
                           // are merged
    double unit; // lambda asked for * unit = lambda inside; 0: nobody has anything to gain

    double *divisor; // by player - 1: a payoff's unit over the scaled one's

    // By inner node.
    uint32_t *node;       // in the game's tables
    uint32_t *parent;     // inner
    uint32_t *set;        // or QUID_CHANCE
    uint32_t *edge_first; // inner_count + 1
    uint32_t *into;       // the edge into it; of the root QUID_NO_INDEX

    // By edge.
    uint32_t *child;  // a row of values: inner nodes first, then terminal nodes
    uint32_t *action; // below a decision node; else QUID_NO_INDEX
    double *chance;   // [belief * edge_count + edge]

    uint32_t *player_belief; // by player - 1, into the merged priors
    uint32_t *set_player;    // 0-based
    uint32_t *set_belief;
    const uint32_t *set_first;     // first action: set_count + 1
    uint32_t *set_node_first;      // set_count + 1
    uint32_t *set_nodes;           // inner
    bool *is_fixed;                // by set
    double *fixed_log_probability; // by action, of fixed sets
    double *terminal_value;        // [terminal * player_count + player]

    // How threads share the passes over the tree. The parts are the same for any number of threads.
    QuidPool *pool; // NULL: one thread
    uint32_t part_count;
    Span *parts; // of inner nodes: whole subtrees
    uint32_t top_count;
    uint32_t *top; // the nodes above all parts, ascending
    uint32_t set_part_count;
    Span *set_parts;           // of sets
    uint32_t *part_node_first; // by part of the sets, and one more
    uint32_t *part_nodes;      // their nodes, ascending: neighbours in the tree follow each other
} Play;

// A probability or a product of them that may be far below the least double: mantissa * 2^exponent.
// A probability of exactly 0 counts as a tremble: 2^-QUID_TREMBLE_BITS.
#define QUID_TREMBLE_BITS (INT64_C(1) << 45)

// Everything that one profile means.
typedef struct Field {
    double *log_probability; // by action; -infinity where a given strategy says 0
    double *probability;     // by action
    double *mantissa;        // by action
    int64_t *exponent;       // by action
    double *reach;           // [belief * inner_count + node]: mantissa
    int64_t *reach_exponent; // [belief * inner_count + node]
    double *belief; // by inner node: of a decision node, given its set, by its mover's prior
    double *value;  // [row * player_count + player]: rows of inner nodes, then of terminal nodes
    double *action_value;  // by action: of the mover, given that its set is reached
    double *set_value;     // by set: the mean of its actions' values
    int64_t *set_exponent; // by set: the largest among its nodes
    double *set_reach;     // by set: sum over its nodes, times 2^set_exponent
} Field;

// Makes the play of a game under options. NO_MEMORY.
QuidStatus quid__play_create(const QuidGame *game, const QuidSolveOptions *options,
                             QuidArena *arena, Play *play);
// Room for a field; false: no memory.
bool quid__field_create(const Play *play, QuidArena *arena, Field *field);

// Fills the field for the free sets' logits (by action; differences count) and the fixed sets'
// strategies.
void quid__field_evaluate(const Play *play, const double *logit, Field *field);
// The same from probabilities and their logarithms already in the field.
void quid__field_spread(const Play *play, Field *field);

// A part of the above: one set's probabilities.
void quid__field_choose(const Play *play, uint32_t set, const double *logit, Field *field);

// The logarithm of the probability of reaching a set, by the author's prior; -infinity where only
// trembles lead there.
double quid__field_log_reach(const Play *play, const Field *field, uint32_t set);

// exp(logarithm) = mantissa * 2^exponent, the mantissa far above the least double.
void quid__split_probability(double logarithm, double *mantissa, int64_t *exponent);

// Keeps a reach's mantissa so that a product of two such stays far above the least double.
static inline void quid__lift_mantissa(double *mantissa, int64_t *exponent)
{
    while (*mantissa < 0x1p-256) {
        *mantissa *= 0x1p256;
        *exponent -= 256;
    }
}

// value * 2^exponent, 0 below the least double.
double quid__scale_by_bits(double value, int64_t exponent);

#endif
