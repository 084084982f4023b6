// Laying out a game of two in sequence form.
//
// What one tile holds matters for speed alone: its sequences should end the game with the same
// sequences of the other player, so that few of a row's numbers are zeros. Those are the sets that
// differ in what is private: they have the same history but for chance, and they end the game with
// the same sequences of the other.
#include "sequences.h"

#include <math.h>
#include <string.h>

#define OPPOSED_TOLERANCE 1e-9 // of a player's range
#define WIDTH QUID_TILE_WIDTH

typedef struct Building {
    const QuidGame *game;
    const QuidGameTables *tables;
    const double *chance; // by node, of the prior that both share
    const bool *is_fixed; // by set; NULL: none
    QuidArena *scratch;

    // By set: how many moves of its own stand before it, what the moves on the way are (equal
    // numbers: the same), and which sequences it ends the game with.
    uint32_t *depth;
    uint32_t *history;
    uint32_t *component;
    uint32_t *group; // by action: another one of its component, in the end the first
    uint32_t *place; // by action
    uint32_t *order; // of sets, or of terminal nodes
    uint32_t *sorted;
    uint32_t *key;     // by set, or by terminal node: of a sort
    uint32_t *first;   // of a sort: by key, and one more
    uint32_t *last[2]; // by terminal node: each player's last action; QUID_NO_INDEX: none
    double *reach;     // by terminal node: how likely chance makes it
} Building;

// ---- Opposed payoffs

static bool shares_chance(const QuidGameTables *tables, const double *chance)
{
    const double *left = chance + (size_t)tables->player_belief[0] * tables->node_count;
    const double *right = chance + (size_t)tables->player_belief[1] * tables->node_count;
    return memcmp(left, right, tables->node_count * sizeof *left) == 0;
}

const char *quid__not_opposed(const QuidGame *game, const QuidSolveOptions *options)
{
    const QuidGameTables *tables = quid_game_tables(game);
    if (tables->player_count != 2)
        return "it is not played by two";
    if (!shares_chance(tables, options->chance != NULL ? options->chance : tables->chance))
        return "its players weigh chance differently";
    const double left_range = tables->payoff_high[0] - tables->payoff_low[0];
    const double right_range = tables->payoff_high[1] - tables->payoff_low[1];
    if (!(left_range > 0) && !(right_range > 0))
        return NULL;
    const double *left = tables->payoff;
    const double *right = tables->payoff + tables->terminal_count;
    for (uint32_t i = 0; i < tables->terminal_count; i++) {
        const double sum = (left[i] - tables->payoff_low[0]) / left_range +
                           (right[i] - tables->payoff_low[1]) / right_range;
        if (!(fabs(sum - 1) <= OPPOSED_TOLERANCE))
            return "what one player gains is not always what the other loses";
    }
    return NULL;
}

// ---- What the tree says

static uint32_t group_of(const Building *building, uint32_t action)
{
    uint32_t *group = building->group;
    while (group[action] != action) {
        group[action] = group[group[action]];
        action = group[action];
    }
    return action;
}

static void join(const Building *building, uint32_t left, uint32_t right)
{
    if (left == QUID_NO_INDEX || right == QUID_NO_INDEX)
        return;
    left = group_of(building, left);
    right = group_of(building, right);
    building->group[left > right ? left : right] = left > right ? right : left;
}

// What a node inherits from its parent, and what the edge adds.
typedef struct SequenceWay {
    uint32_t last[2];
    uint32_t history;
    double reach;
} SequenceWay;

static SequenceWay step_down(const Building *building, const SequenceWay *above, uint32_t node,
                             QuidMap *histories)
{
    const QuidGameTables *tables = building->tables;
    const uint32_t set = tables->set[tables->parent[node]];
    SequenceWay way = *above;
    if (set == QUID_CHANCE) {
        way.reach *= building->chance[node];
        return way;
    }
    const uint32_t action = tables->edge[node];
    const uint32_t player = tables->set_player[set] - 1;
    way.last[player] = action;
    const uint64_t move = 2 * (uint64_t)(action - tables->set_action_first[set]) + player;
    const uint64_t key = (uint64_t)above->history << 32 | move;
    way.history = quid__map_get(histories, key);
    if (way.history == 0) {
        way.history = histories->count + 1;
        quid__map_put(histories, key, way.history);
    }
    return way;
}

// false: no memory.
static bool walk_down(const Building *building)
{
    const QuidGameTables *tables = building->tables;
    SequenceWay *ways = quid__arena_push(building->scratch, tables->node_count * sizeof *ways);
    QuidMap histories;
    quid__map_init(&histories, building->scratch->context);
    for (uint32_t i = 0; i < tables->action_count; i++)
        building->group[i] = i;
    for (uint32_t node = 0; ways != NULL && node < tables->node_count; node++) {
        ways[node] = node > 0 ? step_down(building, &ways[tables->parent[node]], node, &histories)
                              : (SequenceWay){{QUID_NO_INDEX, QUID_NO_INDEX}, 0, 1};
        const uint32_t set = tables->set[node];
        const uint32_t terminal = tables->terminal[node];
        if (set == QUID_TERMINAL) {
            building->last[0][terminal] = ways[node].last[0];
            building->last[1][terminal] = ways[node].last[1];
            building->reach[terminal] = ways[node].reach;
            join(building, ways[node].last[0], ways[node].last[1]);
        } else if (set != QUID_CHANCE && node == tables->set_nodes[tables->set_node_first[set]]) {
            building->history[set] = ways[node].history;
        }
    }
    const bool is_good = ways != NULL && !histories.has_failed;
    quid__map_free(&histories);
    return is_good;
}

// ---- Tiles

// Sorts the order by key, what is equal stays as it was. keys: below key_end.
static void sort_by(const Building *building, uint32_t count, const uint32_t *keys,
                    uint32_t key_end)
{
    uint32_t *first = building->first;
    memset(first, 0, ((size_t)key_end + 1) * sizeof *first);
    for (uint32_t i = 0; i < count; i++)
        first[keys[building->order[i]] + 1] += 1;
    for (uint32_t key = 0; key < key_end; key++)
        first[key + 1] += first[key];
    for (uint32_t i = 0; i < count; i++)
        building->sorted[first[keys[building->order[i]]]++] = building->order[i];
    memcpy(building->order, building->sorted, count * sizeof *building->order);
}

static uint32_t action_count_of(const QuidGameTables *tables, uint32_t set)
{
    return tables->set_action_first[set + 1] - tables->set_action_first[set];
}

static bool is_given(const Building *building, uint32_t set)
{
    return building->is_fixed != NULL && building->is_fixed[set];
}

// By own depth, then what one tile may hold, then what it should hold.
static void order_sets(const Building *building)
{
    const QuidGameTables *tables = building->tables;
    const uint32_t count = tables->set_count;
    for (uint32_t set = 0; set < count; set++) {
        const uint32_t before = building->game->set_before[set];
        building->order[set] = set;
        building->depth[set] =
            before == QUID_NO_INDEX ? 0 : building->depth[tables->action_set[before]] + 1;
        building->component[set] = tables->action_count;
        for (uint32_t i = tables->set_action_first[set]; i < tables->set_action_first[set + 1]; i++)
            building->component[set] = building->component[set] < group_of(building, i)
                                           ? building->component[set]
                                           : group_of(building, i);
    }
    sort_by(building, count, building->component, tables->action_count + 1);
    sort_by(building, count, building->history, tables->node_count);
    for (uint32_t set = 0; set < count; set++)
        building->key[set] = 2 * action_count_of(tables, set) + is_given(building, set);
    sort_by(building, count, building->key, 2 * tables->action_count + 2);
    sort_by(building, count, building->depth, count + 1);
}

// Whether two neighbours in the order may stand in one tile.
static bool is_alike(const Building *building, uint32_t left, uint32_t right)
{
    return building->depth[left] == building->depth[right] &&
           building->key[left] == building->key[right];
}

// Counts the player's tiles and places; fills them in where there is room for them.
static void fill_tiles(const Building *building, uint32_t player, Sequences *sequences)
{
    const QuidGameTables *tables = building->tables;
    const bool is_counting = sequences->set == NULL;
    uint32_t tile = UINT32_MAX; // the tile at hand, its first set and how many it has
    uint32_t head = 0;
    uint32_t lane = WIDTH;
    uint32_t place = WIDTH;
    for (uint32_t i = 0; i < tables->set_count; i++) {
        const uint32_t set = building->order[i];
        if (tables->set_player[set] != player + 1)
            continue;
        lane += 1;
        if (lane >= WIDTH || !is_alike(building, head, set)) {
            tile += 1;
            head = set;
            lane = 0;
            place += action_count_of(tables, set) * WIDTH;
        }
        if (is_counting)
            continue;
        const uint32_t before = building->game->set_before[set];
        const uint32_t first = place - action_count_of(tables, set) * WIDTH;
        sequences->tile_first[tile] = first;
        sequences->tile_is_fixed[tile] = is_given(building, set);
        sequences->set[tile * WIDTH + lane] = set;
        sequences->before[tile * WIDTH + lane] =
            before == QUID_NO_INDEX ? 0 : building->place[before];
        for (uint32_t a = 0; a < action_count_of(tables, set); a++)
            building->place[tables->set_action_first[set] + a] = first + a * WIDTH + lane;
    }
    sequences->tile_count = tile + 1;
    sequences->place_count = place;
    if (!is_counting)
        sequences->tile_first[tile + 1] = place;
}

static bool create_tiles(const Building *building, uint32_t player, QuidArena *arena,
                         Sequences *sequences)
{
    *sequences = (Sequences){.set = NULL};
    fill_tiles(building, player, sequences);
    const size_t tiles = (size_t)sequences->tile_count + 1;
    sequences->tile_first = quid__arena_push(arena, tiles * sizeof(uint32_t));
    sequences->tile_is_fixed = quid__arena_push(arena, tiles * sizeof(bool));
    sequences->before = quid__arena_push(arena, tiles * WIDTH * sizeof(uint32_t));
    sequences->set = quid__arena_push(arena, tiles * WIDTH * sizeof(uint32_t));
    if (arena->has_failed)
        return false;
    for (size_t i = 0; i < tiles * WIDTH; i++) {
        sequences->set[i] = QUID_NO_INDEX;
        sequences->before[i] = 1;
    }
    fill_tiles(building, player, sequences);
    return true;
}

// ---- Entries

static uint32_t place_of(const Building *building, uint32_t player, uint32_t terminal)
{
    const uint32_t action = building->last[player][terminal];
    return action == QUID_NO_INDEX ? 0 : building->place[action];
}

// Payoffs about the middle of the range: a draw of even stakes weighs nothing.
static double weight_of(const Building *building, uint32_t player, uint32_t terminal)
{
    const QuidGameTables *tables = building->tables;
    const double low = tables->payoff_low[0];
    const double range = tables->payoff_high[0] - low;
    const double share = (tables->payoff[terminal] - low) / range - 0.5;
    return building->reach[terminal] * (player == 0 ? share : -share);
}

// Terminal nodes by row of the player, then by place of the other.
static void order_ends(const Building *building, uint32_t player, uint32_t other_count)
{
    const uint32_t count = building->tables->terminal_count;
    for (uint32_t i = 0; i < count; i++) {
        building->order[i] = i;
        building->key[i] = place_of(building, 1 - player, i);
    }
    sort_by(building, count, building->key, other_count);
}

// Counts entries; fills them in where there is room. Ends that pay nothing have none, and the empty
// sequence's row is left out: it tells no two strategies apart.
static uint32_t fill_entries(const Building *building, uint32_t player, Sequences *sequences)
{
    uint32_t count = 0;
    uint32_t row = 0;
    uint32_t before = QUID_NO_INDEX; // place of the entry before, in this row
    for (uint32_t i = 0; i < building->tables->terminal_count; i++) {
        const uint32_t terminal = building->order[i];
        const uint32_t place = place_of(building, player, terminal);
        const uint32_t other = place_of(building, 1 - player, terminal);
        const double weight = weight_of(building, player, terminal);
        if (place < WIDTH || !(fabs(weight) > 0))
            continue;
        if (place / WIDTH != row || other != before) {
            for (; sequences->entry_payoff != NULL && row < place / WIDTH; row++)
                sequences->entry_first[row + 1] = count;
            row = place / WIDTH;
            before = other;
            count += 1;
        }
        if (sequences->entry_payoff == NULL)
            continue;
        sequences->entry_place[count - 1] = other;
        sequences->entry_payoff[(size_t)(count - 1) * WIDTH + place % WIDTH] += weight;
    }
    for (; sequences->entry_payoff != NULL && row < sequences->place_count / WIDTH; row++)
        sequences->entry_first[row + 1] = count;
    return count;
}

static bool create_entries(const Building *building, uint32_t player, uint32_t other_count,
                           QuidArena *arena, Sequences *sequences)
{
    const uint32_t terminal_count = building->tables->terminal_count;
    order_ends(building, player, other_count);
    for (uint32_t i = 0; i < terminal_count; i++)
        building->key[i] = place_of(building, player, i) / WIDTH;
    sort_by(building, terminal_count, building->key, sequences->place_count / WIDTH);
    const size_t count = fill_entries(building, player, sequences);
    sequences->entry_first =
        quid__arena_push(arena, (sequences->place_count / WIDTH + (size_t)1) * sizeof(uint32_t));
    sequences->entry_place = quid__arena_push(arena, (count + 1) * sizeof(uint32_t));
    sequences->entry_payoff = quid__arena_push(arena, (count + 1) * WIDTH * sizeof(double));
    if (arena->has_failed)
        return false;
    (void)fill_entries(building, player, sequences);
    return true;
}

// ---- The whole

static bool push_tables(Building *building)
{
    const QuidGameTables *tables = building->tables;
    QuidArena *scratch = building->scratch;
    const size_t sets = tables->set_count;
    const size_t actions = tables->action_count;
    const size_t ends = tables->terminal_count;
    const size_t most = sets > ends ? sets : ends;
    // Keys go up to a history's number, and to a place: four times an action's and some.
    const size_t keys = tables->node_count + 4 * actions + 4 * sets + 2 * WIDTH;
    building->depth = quid__arena_push(scratch, sets * sizeof(uint32_t));
    building->history = quid__arena_push(scratch, sets * sizeof(uint32_t));
    building->component = quid__arena_push(scratch, sets * sizeof(uint32_t));
    building->group = quid__arena_push(scratch, actions * sizeof(uint32_t));
    building->place = quid__arena_push(scratch, actions * sizeof(uint32_t));
    building->order = quid__arena_push(scratch, most * sizeof(uint32_t));
    building->sorted = quid__arena_push(scratch, most * sizeof(uint32_t));
    building->key = quid__arena_push(scratch, most * sizeof(uint32_t));
    building->first = quid__arena_push(scratch, keys * sizeof(uint32_t));
    building->last[0] = quid__arena_push(scratch, ends * sizeof(uint32_t));
    building->last[1] = quid__arena_push(scratch, ends * sizeof(uint32_t));
    building->reach = quid__arena_push(scratch, ends * sizeof(double));
    return !scratch->has_failed;
}

bool quid__sequences_create(const QuidGame *game, const QuidSolveOptions *options, QuidArena *arena,
                            Sequences sequences[2])
{
    const QuidGameTables *tables = quid_game_tables(game);
    const double *chance = options->chance != NULL ? options->chance : tables->chance;
    QuidArena scratch;
    quid__arena_init(&scratch, arena->context);
    Building building = {
        .game = game,
        .tables = tables,
        .chance = chance + (size_t)tables->player_belief[0] * tables->node_count,
        .is_fixed = options->fixed.is_fixed,
        .scratch = &scratch,
    };
    bool is_good = push_tables(&building) && walk_down(&building);
    if (is_good)
        order_sets(&building);
    for (uint32_t player = 0; is_good && player < 2; player++)
        is_good = create_tiles(&building, player, arena, &sequences[player]);
    for (uint32_t player = 0; is_good && player < 2; player++)
        is_good = create_entries(&building, player, sequences[1 - player].place_count, arena,
                                 &sequences[player]);
    quid__arena_free(&scratch);
    return is_good;
}
