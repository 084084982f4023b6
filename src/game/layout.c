// Laying out a game's tree for sweeps.
#include "layout.h"

#include <string.h>

// What building needs beside the layout.
typedef struct Building {
    Layout *layout;
    const Play *play;
    QuidArena *arena;
    uint32_t *set;    // in order: in the game's tables
    uint32_t *place;  // by set in the game's tables: in order
    uint32_t *slot;   // by action
    uint32_t *inner;  // by row
    uint32_t *row;    // by inner node
    uint32_t *first;  // of a sort: by key, and one more
    uint32_t *chosen; // chance nodes by step
} Building;

static uint32_t *push(QuidArena *arena, size_t count)
{
    return quid__arena_push(arena, (count + 1) * sizeof(uint32_t));
}

static bool push_tables(Building *building)
{
    Layout *layout = building->layout;
    const Play *play = building->play;
    QuidArena *arena = building->arena;
    const size_t value_count = (size_t)play->tables->node_count * play->player_count;
    layout->step_set = push(arena, layout->step_count);
    layout->step_free = push(arena, layout->step_count);
    layout->step_chance = push(arena, layout->step_count);
    layout->step_end = push(arena, layout->step_count);
    layout->player = push(arena, play->set_count);
    layout->set_row = push(arena, play->set_count);
    layout->set_row_end = push(arena, play->set_count);
    layout->set_slot = push(arena, play->set_count);
    layout->set_of_slot = push(arena, play->action_count);
    layout->action = push(arena, play->action_count);
    layout->edge_first = push(arena, play->inner_count);
    layout->child = push(arena, play->edge_count);
    layout->weight_first = push(arena, play->inner_count);
    layout->value = quid__arena_push(arena, (value_count + 1) * sizeof(double));
    layout->trails = quid__arena_push(arena, play->belief_count * sizeof(Trail));
    building->set = push(arena, play->set_count);
    building->place = push(arena, play->set_count);
    building->slot = push(arena, play->action_count);
    building->inner = push(arena, play->inner_count);
    building->row = push(arena, play->inner_count);
    building->first = push(arena, 2 * (size_t)layout->step_count + 1);
    building->chosen = push(arena, play->inner_count);
    return !arena->has_failed;
}

// ---- Order

// The last step comes first.
static uint32_t place_of_step(const Building *building, uint32_t inner)
{
    const QuidDealGameTables *deal = &building->play->game->deal_tables;
    return building->layout->step_count - 1 - deal->node_step[building->play->node[inner]];
}

// By step, then free before fixed.
static uint32_t key_of_set(const Building *building, uint32_t set)
{
    const Play *play = building->play;
    const uint32_t node = play->set_nodes[play->set_node_first[set]];
    return 2 * place_of_step(building, node) + play->is_fixed[set];
}

// From how many there are of each key (one place further on) to where each begins.
static void add_up(uint32_t *first, uint32_t key_count)
{
    for (uint32_t key = 0; key < key_count; key++)
        first[key + 1] += first[key];
}

static void order_sets(Building *building)
{
    Layout *layout = building->layout;
    const Play *play = building->play;
    uint32_t *first = building->first;
    for (uint32_t set = 0; set < play->set_count; set++)
        first[key_of_set(building, set) + 1] += 1;
    add_up(first, 2 * layout->step_count);
    for (uint32_t step = 0; step <= layout->step_count; step++)
        layout->step_set[step] = first[2 * step];
    for (uint32_t step = 0; step < layout->step_count; step++)
        layout->step_free[step] = first[2 * step + 1];
    for (uint32_t set = 0; set < play->set_count; set++)
        building->set[first[key_of_set(building, set)]++] = set;
    uint32_t slot = 0;
    for (uint32_t i = 0; i < play->set_count; i++) {
        const uint32_t set = building->set[i];
        building->place[set] = i;
        layout->player[i] = play->set_player[set];
        layout->set_slot[i] = slot;
        for (uint32_t a = play->set_first[set]; a < play->set_first[set + 1]; a++, slot++) {
            layout->action[slot] = a;
            layout->set_of_slot[slot] = i;
            building->slot[a] = slot;
        }
    }
    layout->set_slot[play->set_count] = slot;
}

// Chance nodes by step; first: where each step's begin.
static void order_chance(Building *building)
{
    const Play *play = building->play;
    const uint32_t step_count = building->layout->step_count;
    uint32_t *first = building->first;
    memset(first, 0, ((size_t)step_count + 1) * sizeof *first);
    for (uint32_t i = 0; i < play->inner_count; i++) {
        if (play->set[i] == QUID_CHANCE)
            first[place_of_step(building, i) + 1] += 1;
    }
    add_up(first, step_count);
    for (uint32_t i = 0; i < play->inner_count; i++) {
        if (play->set[i] == QUID_CHANCE)
            building->chosen[first[place_of_step(building, i)]++] = i;
    }
    // Each first has run on to where the next step's begin.
    for (uint32_t step = step_count; step > 0; step--)
        first[step] = first[step - 1];
    first[0] = 0;
}

static void order_rows(Building *building)
{
    Layout *layout = building->layout;
    const Play *play = building->play;
    uint32_t row = 0;
    for (uint32_t step = 0; step < layout->step_count; step++) {
        for (uint32_t i = layout->step_set[step]; i < layout->step_set[step + 1]; i++) {
            const uint32_t set = building->set[i];
            layout->set_row[i] = row;
            for (uint32_t n = play->set_node_first[set]; n < play->set_node_first[set + 1]; n++)
                building->inner[row++] = play->set_nodes[n];
            layout->set_row_end[i] = row;
        }
        layout->step_chance[step] = row;
        for (uint32_t n = building->first[step]; n < building->first[step + 1]; n++)
            building->inner[row++] = building->chosen[n];
        layout->step_end[step] = row;
    }
    for (uint32_t i = 0; i < row; i++)
        building->row[building->inner[i]] = i;
}

// ---- Edges

static void fill_edges(Building *building)
{
    Layout *layout = building->layout;
    const Play *play = building->play;
    uint32_t edge = 0;
    uint32_t weight = 0;
    for (uint32_t row = 0; row < play->inner_count; row++) {
        const uint32_t inner = building->inner[row];
        layout->edge_first[row] = edge;
        layout->weight_first[row] = weight;
        for (uint32_t from = play->edge_first[inner]; from < play->edge_first[inner + 1]; from++) {
            const uint32_t child = play->child[from];
            const uint32_t end = child < play->inner_count ? building->row[child] : child;
            layout->child[edge++] = end * play->player_count;
            for (uint32_t i = 0; play->set[inner] == QUID_CHANCE && i < play->player_count; i++)
                layout->weight[weight++] =
                    play->chance[(size_t)play->player_belief[i] * play->edge_count + from];
        }
    }
    layout->edge_first[play->inner_count] = edge;
}

static bool push_weights(Building *building)
{
    const Play *play = building->play;
    size_t count = 1;
    for (uint32_t i = 0; i < play->inner_count; i++) {
        if (play->set[i] == QUID_CHANCE)
            count += play->edge_first[i + 1] - play->edge_first[i];
    }
    building->layout->weight =
        quid__arena_push(building->arena, count * play->player_count * sizeof(double));
    return building->layout->weight != NULL;
}

// ---- Beliefs

static bool rests_on(const Play *play, uint32_t set, uint32_t belief)
{
    return play->set_belief[set] == belief && !play->is_fixed[set] &&
           play->set_node_first[set + 1] - play->set_node_first[set] > 1;
}

// Marks the nodes of the trail, and counts them and the sets' own.
static void mark_trail(const Building *building, uint32_t belief, Trail *trail, uint32_t *branch,
                       uint32_t *node_count)
{
    const Play *play = building->play;
    memset(branch, 0, play->inner_count * sizeof *branch);
    for (uint32_t set = 0; set < play->set_count; set++) {
        if (!rests_on(play, set, belief))
            continue;
        trail->set_count += 1;
        for (uint32_t n = play->set_node_first[set]; n < play->set_node_first[set + 1]; n++)
            branch[play->set_nodes[n]] = 1;
        *node_count += play->set_node_first[set + 1] - play->set_node_first[set];
    }
    for (uint32_t inner = play->inner_count; inner-- > 1;)
        branch[play->parent[inner]] |= branch[inner];
    for (uint32_t inner = 0; inner < play->inner_count; inner++)
        trail->branch_count += branch[inner];
}

static void fill_branch(const Building *building, uint32_t belief, Trail *trail, uint32_t inner,
                        const uint32_t *branch)
{
    const Play *play = building->play;
    const uint32_t number = branch[inner];
    if (inner == 0)
        return;
    const uint32_t edge = play->into[inner];
    const uint32_t action = play->action[edge];
    trail->parent[number] = branch[play->parent[inner]];
    trail->slot[number] = action == QUID_NO_INDEX ? QUID_NO_INDEX : building->slot[action];
    trail->chance[number] = play->chance[(size_t)belief * play->edge_count + edge];
}

static bool fill_trail(const Building *building, uint32_t belief, uint32_t *branch)
{
    const Play *play = building->play;
    QuidArena *arena = building->arena;
    Trail *trail = &building->layout->trails[belief];
    uint32_t node_count = 0;
    mark_trail(building, belief, trail, branch, &node_count);
    trail->parent = push(arena, trail->branch_count);
    trail->slot = push(arena, trail->branch_count);
    trail->chance = quid__arena_push(arena, (trail->branch_count + 1) * sizeof(double));
    trail->reach = quid__arena_push(arena, (trail->branch_count + 1) * sizeof(double));
    trail->exponent = quid__arena_push(arena, (trail->branch_count + 1) * sizeof(int64_t));
    trail->set_row = push(arena, trail->set_count);
    trail->set_first = push(arena, trail->set_count);
    trail->branch = push(arena, node_count);
    if (arena->has_failed)
        return false;
    uint32_t number = 0;
    for (uint32_t inner = 0; inner < play->inner_count; inner++) {
        if (branch[inner] == 0)
            continue;
        branch[inner] = number++;
        fill_branch(building, belief, trail, inner, branch);
    }
    uint32_t node = 0;
    uint32_t count = 0;
    for (uint32_t set = 0; set < play->set_count; set++) {
        if (!rests_on(play, set, belief))
            continue;
        trail->set_row[count] = building->layout->set_row[building->place[set]];
        trail->set_first[count++] = node;
        for (uint32_t n = play->set_node_first[set]; n < play->set_node_first[set + 1]; n++)
            trail->branch[node++] = branch[play->set_nodes[n]];
    }
    trail->set_first[count] = node;
    return true;
}

bool quid__layout_create(Layout *layout, const Play *play, QuidArena *arena)
{
    *layout = (Layout){.play = play, .step_count = play->game->deal_tables.step_count};
    Building building = {.layout = layout, .play = play, .arena = arena};
    if (!push_tables(&building) || !push_weights(&building))
        return false;
    order_sets(&building);
    order_chance(&building);
    order_rows(&building);
    fill_edges(&building);
    const size_t value_count = (size_t)play->tables->terminal_count * play->player_count;
    memcpy(layout->value + (size_t)play->inner_count * play->player_count, play->terminal_value,
           value_count * sizeof(double));
    bool is_good = true;
    for (uint32_t belief = 0; is_good && belief < play->belief_count; belief++)
        is_good = fill_trail(&building, belief, building.chosen);
    return is_good;
}
