// The regret of a profile by a plain loop over a game's tables: the arithmetic alone, with no guard
// against underflow, sharing no code with libquid. It judges what the solver finds, and its time is
// the bound for the certificate and for one pass of a solver.
#ifndef QUID_BENCH_PLAIN_H
#define QUID_BENCH_PLAIN_H

#include "bench.h"
#include "quid.h"

// How solutions are checked before a time counts.
#define TRACE_CHECK "certified: residual of the logit equations at most 1e-8"
#define LIMIT_CHECK "certified: regret at most 1e-6 of the range; once more by a plain loop"

typedef struct Plain {
    const QuidGameTables *tables;
    const double *probability; // by action
    double *reach;             // by node: by chance and the others
    uint32_t *own;             // by node: the player's last action, or action_count
    double *best;              // by action, and one more for none
    double *mean;
    double regret[QUID_GAME_PLAYER_COUNT_MAX]; // by player - 1
} Plain;

static inline void plain_pass(Plain *plain, uint32_t player)
{
    const QuidGameTables *tables = plain->tables;
    const double *chance =
        tables->chance + (size_t)tables->player_belief[player] * tables->node_count;
    const double *payoff = tables->payoff + (size_t)player * tables->terminal_count;
    memset(plain->best, 0, (tables->action_count + 1) * sizeof(double));
    plain->reach[0] = 1;
    plain->own[0] = tables->action_count;
    for (uint32_t node = 1; node < tables->node_count; node++) {
        const uint32_t parent = tables->parent[node];
        const uint32_t set = tables->set[parent];
        const bool is_own = set != QUID_CHANCE && tables->set_player[set] == player + 1;
        const double factor = set == QUID_CHANCE ? chance[node]
                              : is_own           ? 1
                                                 : plain->probability[tables->edge[node]];
        plain->reach[node] = plain->reach[parent] * factor;
        plain->own[node] = is_own ? tables->edge[node] : plain->own[parent];
        if (tables->set[node] == QUID_TERMINAL)
            plain->best[plain->own[node]] += plain->reach[node] * payoff[tables->terminal[node]];
    }
    memcpy(plain->mean, plain->best, (tables->action_count + 1) * sizeof(double));
}

// Sets stand in the order of first visits, so what follows one stands behind it.
static inline void plain_fold(Plain *plain, uint32_t player)
{
    const QuidGameTables *tables = plain->tables;
    for (uint32_t set = tables->set_count; set-- > 0;) {
        if (tables->set_player[set] != player + 1)
            continue;
        const uint32_t before = plain->own[tables->set_nodes[tables->set_node_first[set]]];
        double best = -HUGE_VAL;
        for (uint32_t a = tables->set_action_first[set]; a < tables->set_action_first[set + 1];
             a++) {
            best = plain->best[a] > best ? plain->best[a] : best;
            plain->mean[before] += plain->probability[a] * plain->mean[a];
        }
        plain->best[before] += best;
    }
    plain->regret[player] = plain->best[tables->action_count] - plain->mean[tables->action_count];
}

static inline void plain_work(void *user)
{
    Plain *plain = user;
    for (uint32_t player = 0; player < plain->tables->player_count; player++) {
        plain_pass(plain, player);
        plain_fold(plain, player);
    }
}

static inline void plain_open(Plain *plain, const QuidGameTables *tables, const double *probability)
{
    *plain = (Plain){.tables = tables, .probability = probability};
    plain->reach = malloc(tables->node_count * sizeof(double));
    plain->own = malloc(tables->node_count * sizeof(uint32_t));
    plain->best = malloc((tables->action_count + 1) * sizeof(double));
    plain->mean = malloc((tables->action_count + 1) * sizeof(double));
    if (plain->reach == NULL || plain->own == NULL || plain->best == NULL || plain->mean == NULL)
        bench_fail("a plain loop", "no memory");
}

static inline void plain_close(Plain *plain)
{
    free(plain->reach);
    free(plain->own);
    free(plain->best);
    free(plain->mean);
}

// The greatest regret of a profile as a fraction of the player's range.
static inline double plain_regret(const QuidGameTables *tables, const double *probability)
{
    Plain plain;
    double largest = 0;
    plain_open(&plain, tables, probability);
    plain_work(&plain);
    for (uint32_t i = 0; i < tables->player_count; i++) {
        const double range = tables->payoff_high[i] - tables->payoff_low[i];
        largest = fmax(largest, range > 0 ? plain.regret[i] / range : 0);
    }
    plain_close(&plain);
    return largest;
}

// The seconds of the regrets of all players once.
static inline double plain_seconds(const Bench *bench, const QuidGameTables *tables,
                                   const double *probability)
{
    Plain plain;
    plain_open(&plain, tables, probability);
    const BenchTime time = bench_time(bench, plain_work, &plain);
    plain_close(&plain);
    return time.cpu_seconds;
}

#endif
