// What a profile means, computed again in plain probabilities by recursion: for small games, and to
// compare with.
#ifndef QUID_TESTS_JUDGE_H
#define QUID_TESTS_JUDGE_H

#include "quid.h"

#include <math.h>
#include <stdlib.h>

typedef struct Judge {
    const QuidGameTables *game;
    const double *probability; // by action
} Judge;

static inline double chance_of_edge(const Judge *judge, uint32_t node, uint32_t belief)
{
    const QuidGameTables *game = judge->game;
    return game->set[game->parent[node]] == QUID_CHANCE
               ? game->chance[(size_t)belief * game->node_count + node]
               : judge->probability[game->edge[node]];
}

static inline double value_at(const Judge *judge, uint32_t node, uint32_t player)
{
    const QuidGameTables *game = judge->game;
    if (game->set[node] == QUID_TERMINAL)
        return game->payoff[(size_t)player * game->terminal_count + game->terminal[node]];
    double sum = 0;
    for (uint32_t child = node + 1; child < game->end[node]; child = game->end[child])
        sum += chance_of_edge(judge, child, game->player_belief[player]) *
               value_at(judge, child, player);
    return sum;
}

static inline double reach_of(const Judge *judge, uint32_t node, uint32_t belief)
{
    double product = 1;
    for (; node != 0; node = judge->game->parent[node])
        product *= chance_of_edge(judge, node, belief);
    return product;
}

// Expected payoff of an action given that its set is reached.
static inline double value_of_action(const Judge *judge, uint32_t action)
{
    const QuidGameTables *game = judge->game;
    const uint32_t set = game->action_set[action];
    const uint32_t player = game->set_player[set] - 1;
    double sum = 0;
    double total = 0;
    for (uint32_t i = game->set_node_first[set]; i < game->set_node_first[set + 1]; i++) {
        const uint32_t node = game->set_nodes[i];
        const double reach = reach_of(judge, node, game->player_belief[player]);
        uint32_t child = node + 1;
        while (game->edge[child] != action)
            child = game->end[child];
        sum += reach * value_at(judge, child, player);
        total += reach;
    }
    return sum / total;
}

// The largest miss of the logit equations.
static inline double residual_of(const Judge *judge, double lambda)
{
    const QuidGameTables *game = judge->game;
    double largest = 0;
    for (uint32_t set = 0; set < game->set_count; set++) {
        const uint32_t first = game->set_action_first[set];
        const double base = log(judge->probability[first]) - lambda * value_of_action(judge, first);
        for (uint32_t i = first + 1; i < game->set_action_first[set + 1]; i++)
            largest = fmax(largest, fabs(log(judge->probability[i]) -
                                         lambda * value_of_action(judge, i) - base));
    }
    return largest;
}

// What the player's best pure strategy gains, by trying every one. -1: too many.
static inline double regret_by_trying(const Judge *judge, uint32_t player)
{
    const QuidGameTables *game = judge->game;
    double *tried = malloc(game->action_count * sizeof *tried);
    uint32_t *choice = calloc(game->set_count, sizeof *choice);
    double strategies = 1;
    double best = -HUGE_VAL;
    for (uint32_t set = 0; set < game->set_count; set++) {
        if (game->set_player[set] == player + 1)
            strategies *= game->set_action_first[set + 1] - game->set_action_first[set];
    }
    bool is_left = tried != NULL && choice != NULL && strategies <= 5000;
    while (is_left) {
        for (uint32_t i = 0; i < game->action_count; i++) {
            const uint32_t set = game->action_set[i];
            tried[i] = game->set_player[set] != player + 1
                           ? judge->probability[i]
                           : (i - game->set_action_first[set] == choice[set] ? 1 : 0);
        }
        const Judge other = {game, tried};
        best = fmax(best, value_at(&other, 0, player));
        is_left = false;
        for (uint32_t set = 0; !is_left && set < game->set_count; set++) {
            if (game->set_player[set] != player + 1)
                continue;
            const uint32_t count = game->set_action_first[set + 1] - game->set_action_first[set];
            choice[set] = (choice[set] + 1) % count;
            is_left = choice[set] != 0;
        }
    }
    free(tried);
    free(choice);
    return strategies <= 5000 ? best - value_at(judge, 0, player) : -1;
}

#endif
