// The tree as solving sees it: terminal nodes become rows of values, what stays the same is
// computed once.
#include "evaluate.h"

#include "maths.h"

#include <string.h>

#define PART_NODE_COUNT 1024u    // of a part of the tree: a few microseconds of work
#define SET_PART_NODE_COUNT 256u // of a part of the sets, at least, …
#define SET_PART_COUNT 32u       // … and sets

static void *push(QuidArena *arena, size_t count, size_t size)
{
    return quid__arena_push(arena, count * size);
}

static void count_inner(Play *play)
{
    const QuidGameTables *tables = play->tables;
    play->inner_count = tables->node_count - tables->terminal_count;
    play->edge_count = tables->node_count - 1;
    play->player_count = tables->player_count;
    play->set_count = tables->set_count;
    play->action_count = tables->action_count;
    play->set_first = tables->set_action_first;
}

static bool push_tables(Play *play, QuidArena *arena)
{
    const size_t inner = play->inner_count;
    const size_t edges = play->edge_count;
    const size_t beliefs = play->tables->belief_count;
    const size_t sets = play->set_count;
    play->node = push(arena, inner, sizeof *play->node);
    play->parent = push(arena, inner, sizeof *play->parent);
    play->set = push(arena, inner, sizeof *play->set);
    play->edge_first = push(arena, inner + 1, sizeof *play->edge_first);
    play->into = push(arena, inner, sizeof *play->into);
    play->child = push(arena, edges, sizeof *play->child);
    play->action = push(arena, edges, sizeof *play->action);
    play->chance = push(arena, edges * beliefs, sizeof *play->chance);
    play->player_belief = push(arena, play->player_count, sizeof *play->player_belief);
    play->set_player = push(arena, sets, sizeof *play->set_player);
    play->set_belief = push(arena, sets, sizeof *play->set_belief);
    play->set_node_first = push(arena, sets + 1, sizeof *play->set_node_first);
    play->set_nodes = push(arena, inner, sizeof *play->set_nodes);
    play->is_fixed = push(arena, sets, sizeof *play->is_fixed);
    play->fixed_log_probability =
        push(arena, play->action_count, sizeof *play->fixed_log_probability);
    play->divisor = push(arena, play->player_count, sizeof *play->divisor);
    play->terminal_value =
        push(arena, (size_t)play->tables->terminal_count * play->player_count, sizeof(double));
    play->parts = push(arena, inner, sizeof *play->parts);
    play->top = push(arena, inner, sizeof *play->top);
    play->set_parts = push(arena, sets, sizeof *play->set_parts);
    play->part_node_first = push(arena, sets + 2, sizeof *play->part_node_first);
    play->part_nodes = push(arena, inner, sizeof *play->part_nodes);
    return !arena->has_failed;
}

// Edges stand in the order of their parents, and below one parent in the order of their children: a
// node's edges are counted first, then placed as their children come up. inner_of: by node.
static void fill_edges(Play *play, uint32_t *inner_of)
{
    const QuidGameTables *tables = play->tables;
    uint32_t inner = 0;
    for (uint32_t node = 0; node < tables->node_count; node++) {
        if (node > 0)
            play->edge_first[inner_of[tables->parent[node]] + 1] += 1;
        if (tables->set[node] == QUID_TERMINAL) {
            inner_of[node] = play->inner_count + tables->terminal[node];
            continue;
        }
        play->node[inner] = node;
        play->set[inner] = tables->set[node];
        play->parent[inner] = node == 0 ? 0 : inner_of[tables->parent[node]];
        play->into[inner] = QUID_NO_INDEX;
        inner_of[node] = inner++;
    }
    for (uint32_t i = 0; i < inner; i++)
        play->edge_first[i + 1] += play->edge_first[i];
    for (uint32_t node = tables->node_count; node-- > 1;) {
        const uint32_t parent = inner_of[tables->parent[node]];
        const uint32_t edge = --play->edge_first[parent + 1];
        play->child[edge] = inner_of[node];
        play->action[edge] = play->set[parent] == QUID_CHANCE ? QUID_NO_INDEX : tables->edge[node];
        if (inner_of[node] < play->inner_count)
            play->into[inner_of[node]] = edge;
    }
    // Each first has run down to its node's beginning, one place too far right.
    for (uint32_t i = 0; i < inner; i++)
        play->edge_first[i] = play->edge_first[i + 1];
    if (inner > 0)
        play->edge_first[inner] = play->edge_count;
}

static bool is_same_prior(const double *left, const double *right, uint32_t count)
{
    return memcmp(left, right, count * sizeof *left) == 0;
}

// Chance by edge for each prior that differs from those before it; the author's is the first.
static void fill_chance(Play *play, const double *chance, uint32_t *merged)
{
    const QuidGameTables *tables = play->tables;
    for (uint32_t belief = 0; belief < tables->belief_count; belief++) {
        double *row = play->chance + (size_t)play->belief_count * play->edge_count;
        for (uint32_t inner = 0; inner < play->inner_count; inner++) {
            uint32_t child = play->node[inner] + 1;
            for (uint32_t edge = play->edge_first[inner]; edge < play->edge_first[inner + 1];
                 edge++) {
                row[edge] = play->set[inner] == QUID_CHANCE
                                ? chance[(size_t)belief * tables->node_count + child]
                                : 1;
                child = tables->end[child];
            }
        }
        uint32_t same = 0;
        while (
            same < play->belief_count &&
            !is_same_prior(play->chance + (size_t)same * play->edge_count, row, play->edge_count))
            same += 1;
        merged[belief] = same;
        play->belief_count += same == play->belief_count ? 1 : 0;
    }
    for (uint32_t player = 0; player < play->player_count; player++)
        play->player_belief[player] = merged[tables->player_belief[player]];
}

static void fill_sets(Play *play, const QuidSolveOptions *options, const uint32_t *inner_of)
{
    const QuidGameTables *tables = play->tables;
    for (uint32_t set = 0; set < play->set_count; set++) {
        play->set_player[set] = tables->set_player[set] - 1;
        play->set_belief[set] = play->player_belief[play->set_player[set]];
        play->set_node_first[set] = tables->set_node_first[set];
        play->is_fixed[set] = options->fixed.is_fixed != NULL && options->fixed.is_fixed[set];
        for (uint32_t i = play->set_first[set]; i < play->set_first[set + 1]; i++) {
            if (play->is_fixed[set])
                play->fixed_log_probability[i] = quid__log(options->fixed.probability[i]);
        }
    }
    play->set_node_first[play->set_count] = tables->set_node_first[play->set_count];
    for (uint32_t i = 0; i < tables->set_node_first[play->set_count]; i++)
        play->set_nodes[i] = inner_of[tables->set_nodes[i]];
}

// Payoffs about the middle of their range. Scaled: each player's range is 1, and unit is 1. As they
// stand: the widest range is 1, and unit is that range.
static void fill_values(Play *play, bool is_scaled)
{
    const QuidGameTables *tables = play->tables;
    double widest = 0;
    for (uint32_t player = 0; player < play->player_count; player++) {
        const double range = tables->payoff_high[player] - tables->payoff_low[player];
        widest = range > widest ? range : widest;
    }
    play->unit = widest > 0 ? (is_scaled ? 1 : widest) : 0;
    for (uint32_t player = 0; player < play->player_count; player++) {
        const double low = tables->payoff_low[player];
        const double range = tables->payoff_high[player] - low;
        const double divisor = is_scaled ? range : widest;
        play->divisor[player] = divisor;
        const double middle = low + range / 2;
        const double *payoff = tables->payoff + (size_t)player * tables->terminal_count;
        for (uint32_t i = 0; i < tables->terminal_count; i++)
            play->terminal_value[(size_t)i * play->player_count + player] =
                divisor > 0 ? (payoff[i] - middle) / divisor : 0;
    }
}

// Cuts the tree into parts of whole subtrees, each at most PART_NODE_COUNT nodes; a subtree with
// more has its root on top. weight: of each inner node's subtree, its nodes; scratch.
static void cut_tree(Play *play, uint32_t *weight)
{
    for (uint32_t node = 0; node < play->inner_count; node++)
        weight[node] = 1;
    for (uint32_t node = play->inner_count; node-- > 1;)
        weight[play->parent[node]] += weight[node];
    for (uint32_t node = 0; node < play->inner_count;) {
        if (weight[node] > PART_NODE_COUNT) {
            play->top[play->top_count++] = node++;
            continue;
        }
        const uint32_t end = node + weight[node];
        Span *last = play->part_count > 0 ? &play->parts[play->part_count - 1] : NULL;
        if (last != NULL && last->end == node && end - last->first <= PART_NODE_COUNT)
            last->end = end;
        else
            // NOLINTNEXTLINE(clang-analyzer-core.NullDereference): without room nothing is cut
            play->parts[play->part_count++] = (Span){node, end};
        node = end;
    }
}

// Consecutive sets make parts. part: by set; scratch.
static void cut_sets(Play *play, uint32_t *part)
{
    uint32_t first = 0;
    for (uint32_t set = 0; set < play->set_count; set++) {
        const uint32_t count = play->set_node_first[set + 1] - play->set_node_first[first];
        part[set] = play->set_part_count;
        if ((count < SET_PART_NODE_COUNT || set + 1 - first < SET_PART_COUNT) &&
            set + 1 < play->set_count)
            continue;
        play->set_parts[play->set_part_count++] = (Span){first, set + 1};
        first = set + 1;
    }
    uint32_t *place = play->part_node_first + 1;
    for (uint32_t i = 0; i < play->set_part_count; i++)
        place[i] = play->set_node_first[play->set_parts[i].first];
    for (uint32_t node = 0; node < play->inner_count; node++) {
        if (play->set[node] != QUID_CHANCE)
            play->part_nodes[place[part[play->set[node]]]++] = node;
    }
}

QuidStatus quid__play_create(const QuidGame *game, const QuidSolveOptions *options,
                             QuidArena *arena, Play *play)
{
    const QuidGameTables *tables = quid_game_tables(game);
    *play = (Play){.game = game, .tables = tables, .arena = arena};
    count_inner(play);
    uint32_t *inner_of = push(arena, tables->node_count, sizeof *inner_of);
    uint32_t *merged = push(arena, tables->belief_count, sizeof *merged);
    uint32_t *part = push(arena, tables->set_count, sizeof *part);
    if (!push_tables(play, arena) || inner_of == NULL || merged == NULL || part == NULL)
        return QUID_NO_MEMORY;
    fill_edges(play, inner_of);
    fill_chance(play, options->chance != NULL ? options->chance : tables->chance, merged);
    fill_sets(play, options, inner_of);
    fill_values(play, options->is_scaled);
    cut_tree(play, inner_of);
    cut_sets(play, part);
    return QUID_OK;
}

bool quid__field_create(const Play *play, QuidArena *arena, Field *field)
{
    const size_t actions = play->action_count;
    const size_t inner = play->inner_count;
    const size_t rows = inner + play->tables->terminal_count;
    *field = (Field){
        .log_probability = push(arena, actions, sizeof(double)),
        .probability = push(arena, actions, sizeof(double)),
        .mantissa = push(arena, actions, sizeof(double)),
        .exponent = push(arena, actions, sizeof(int64_t)),
        .reach = push(arena, inner * play->belief_count, sizeof(double)),
        .reach_exponent = push(arena, inner * play->belief_count, sizeof(int64_t)),
        .belief = push(arena, inner, sizeof(double)),
        .value = push(arena, rows * play->player_count, sizeof(double)),
        .action_value = push(arena, actions, sizeof(double)),
        .set_value = push(arena, play->set_count, sizeof(double)),
        .set_exponent = push(arena, play->set_count, sizeof(int64_t)),
        .set_reach = push(arena, play->set_count, sizeof(double)),
    };
    if (arena->has_failed)
        return false;
    memcpy(field->value + inner * play->player_count, play->terminal_value,
           (rows - inner) * play->player_count * sizeof(double));
    return true;
}
