// The tree's derived tables, and the check of perfect recall.
#include "game_internal.h"

QuidGame *quid__game_create(QuidContext *context)
{
    QuidGame *game = quid__allocate(context, sizeof *game);
    if (game == NULL)
        return NULL;
    *game = (QuidGame){.context = context};
    quid__arena_init(&game->arena, context);
    return game;
}

void quid_game_free(QuidGame *game)
{
    if (game == NULL)
        return;
    if (game->valuations.keys.context != NULL) {
        quid__names_free(&game->valuations.keys);
        quid__vector_free(&game->valuations.values);
        quid__vector_free(&game->values);
        quid__vector_free(&game->value_errors);
    }
    quid__arena_free(&game->arena);
    quid__release(game->context, game, sizeof *game);
}

const QuidGameTables *quid_game_tables(const QuidGame *game)
{
    return &game->tables;
}

static uint32_t *push_indices(QuidGame *game, size_t count)
{
    return quid__arena_push(&game->arena, count * sizeof(uint32_t));
}

static void fill_ends(const QuidGameTables *tables, uint32_t *end)
{
    for (uint32_t node = 0; node < tables->node_count; node++)
        end[node] = node + 1;
    // In preorder a parent stands before its children, so its end is final when the loop arrives at
    // it.
    for (uint32_t node = tables->node_count; node-- > 1;) {
        const uint32_t parent = tables->parent[node];
        QUID_ASSERT(parent < node);
        if (end[parent] < end[node])
            end[parent] = end[node];
    }
}

static void fill_terminals(const QuidGameTables *tables, uint32_t *terminal)
{
    uint32_t count = 0;
    for (uint32_t node = 0; node < tables->node_count; node++)
        terminal[node] = tables->set[node] == QUID_TERMINAL ? count++ : QUID_NO_INDEX;
    QUID_ASSERT(count == tables->terminal_count);
}

// Nodes by set: counted, added up, placed.
static void fill_set_nodes(const QuidGameTables *tables, uint32_t *first, uint32_t *nodes)
{
    for (uint32_t node = 0; node < tables->node_count; node++) {
        const uint32_t set = tables->set[node];
        if (set >= QUID_TERMINAL)
            continue;
        QUID_ASSERT(set < tables->set_count);
        first[set + 1] += 1;
    }
    for (uint32_t set = 0; set < tables->set_count; set++)
        first[set + 1] += first[set];
    // Placed from the end, each set's range runs down to its own beginning.
    for (uint32_t node = tables->node_count; node-- > 0;) {
        const uint32_t set = tables->set[node];
        if (set < QUID_TERMINAL)
            nodes[--first[set + 1]] = node;
    }
    // Now first[set + 1] is where set begins: move it down by one.
    for (uint32_t set = 0; set < tables->set_count; set++)
        first[set] = first[set + 1];
    uint32_t count = 0;
    for (uint32_t node = 0; node < tables->node_count; node++)
        count += tables->set[node] < QUID_TERMINAL ? 1 : 0;
    first[tables->set_count] = count;
}

static void fill_actions(const QuidGameTables *tables, uint32_t *action_set, uint32_t *first)
{
    for (uint32_t action = 0; action < tables->action_count; action++)
        action_set[action] = QUID_NO_INDEX;
    for (uint32_t node = 1; node < tables->node_count; node++) {
        const uint32_t set = tables->set[tables->parent[node]];
        if (set >= QUID_TERMINAL)
            continue;
        const uint32_t action = tables->edge[node];
        QUID_ASSERT(action < tables->action_count);
        QUID_ASSERT(action_set[action] == set || action_set[action] == QUID_NO_INDEX);
        action_set[action] = set;
    }
    for (uint32_t action = 0; action < tables->action_count; action++) {
        QUID_ASSERT(action_set[action] != QUID_NO_INDEX);
        QUID_ASSERT(action == 0 || action_set[action - 1] <= action_set[action]);
        first[action_set[action] + 1] = action + 1;
    }
    for (uint32_t set = 0; set < tables->set_count; set++)
        QUID_ASSERT(first[set + 1] > first[set]); // every set has an action
}

bool quid__game_rank_payoffs(QuidGame *game)
{
    QuidGameTables *tables = &game->tables;
    double *low = quid__arena_push(&game->arena, tables->player_count * sizeof *low);
    double *high = quid__arena_push(&game->arena, tables->player_count * sizeof *high);
    if (game->arena.has_failed)
        return false;
    for (uint32_t player = 0; player < tables->player_count; player++) {
        const double *payoff = tables->payoff + (size_t)player * tables->terminal_count;
        low[player] = payoff[0];
        high[player] = payoff[0];
        for (uint32_t i = 1; i < tables->terminal_count; i++) {
            low[player] = payoff[i] < low[player] ? payoff[i] : low[player];
            high[player] = payoff[i] > high[player] ? payoff[i] : high[player];
        }
    }
    tables->payoff_low = low;
    tables->payoff_high = high;
    return true;
}

// A player has perfect recall where its own last action is the same before all nodes of each of its
// sets: by induction from the root so is everything that it did and knew before (Kuhn 1953). last:
// by player, the action on the way to the node at hand.
static QuidForgotten find_forgotten(const QuidGameTables *tables, uint32_t *last, uint32_t *before)
{
    uint32_t open = 0; // the node whose subtree the loop is in
    for (uint32_t node = 0; node < tables->node_count; node++) {
        for (; node >= tables->end[open]; open = tables->parent[open]) {
            if (tables->set[open] < QUID_TERMINAL)
                last[tables->set_player[tables->set[open]]] = before[tables->set[open]];
        }
        if (node > 0 && tables->set[open] < QUID_TERMINAL)
            last[tables->set_player[tables->set[open]]] = tables->edge[node];
        const uint32_t set = tables->set[node];
        if (set < QUID_TERMINAL) {
            const uint32_t own = last[tables->set_player[set]];
            const uint32_t first = tables->set_nodes[tables->set_node_first[set]];
            if (node == first)
                before[set] = own;
            else if (before[set] != own)
                return (QuidForgotten){first, node};
        }
        if (set != QUID_TERMINAL)
            open = node;
    }
    return (QuidForgotten){QUID_NO_INDEX, QUID_NO_INDEX};
}

QuidStatus quid__game_finish(QuidGame *game, QuidForgotten *forgotten)
{
    QuidGameTables *tables = &game->tables;
    QUID_ASSERT(tables->node_count > 0 && tables->node_count <= QUID_GAME_NODE_COUNT_MAX);
    QUID_ASSERT(tables->terminal_count > 0 && tables->belief_count > 0);
    const size_t set_count = tables->set_count;
    uint32_t *end = push_indices(game, tables->node_count);
    uint32_t *terminal = push_indices(game, tables->node_count);
    uint32_t *set_action_first = push_indices(game, set_count + 1);
    uint32_t *set_node_first = push_indices(game, set_count + 1);
    uint32_t *set_nodes = push_indices(game, tables->node_count - tables->terminal_count);
    uint32_t *action_set = push_indices(game, tables->action_count);
    uint32_t *before = push_indices(game, set_count);
    uint32_t *last = push_indices(game, (size_t)tables->player_count + 1);
    if (game->arena.has_failed || !quid__game_rank_payoffs(game))
        return QUID_NO_MEMORY;
    fill_ends(tables, end);
    fill_terminals(tables, terminal);
    fill_set_nodes(tables, set_node_first, set_nodes);
    fill_actions(tables, action_set, set_action_first);
    tables->end = end;
    tables->terminal = terminal;
    tables->set_action_first = set_action_first;
    tables->set_node_first = set_node_first;
    tables->set_nodes = set_nodes;
    tables->action_set = action_set;
    game->set_before = before;
    for (uint32_t player = 0; player <= tables->player_count; player++)
        last[player] = QUID_NO_INDEX;
    const QuidForgotten found = find_forgotten(tables, last, before);
    if (forgotten != NULL)
        *forgotten = found;
    else
        QUID_ASSERT(found.first == QUID_NO_INDEX);
    return found.first == QUID_NO_INDEX ? QUID_OK : QUID_INVALID;
}
