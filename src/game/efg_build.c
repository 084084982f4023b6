// From the nodes of an .efg file to a game's tables: sets in the order of players, payoffs added up
// along histories.
#include "efg.h"

#define PAYOFF_MAX 1e150 // products of ranges stay finite

// Where the file's sets and actions stand in the game's tables.
typedef struct Places {
    uint32_t *set;    // by set of the file; of chance: QUID_CHANCE
    uint32_t *action; // by set of the file: its first action
} Places;

static void *push(QuidGame *game, size_t count, size_t size)
{
    return quid__arena_push(&game->arena, count * size);
}

// Sets in the order of players; within a player the file's order of first visits stays.
static bool fill_sets(EfgReader *reader, QuidGame *game, Places *places)
{
    QuidGameTables *tables = &game->tables;
    const EfgSet *sets = reader->sets.items;
    for (uint32_t i = 0; i < reader->sets.count; i++) {
        tables->set_count += sets[i].player != 0 ? 1 : 0;
        tables->action_count += sets[i].player != 0 ? sets[i].action_count : 0;
    }
    uint32_t *set_player = push(game, tables->set_count, sizeof *set_player);
    uint32_t *set_number = push(game, tables->set_count, sizeof *set_number);
    QuidString *set_label = push(game, tables->set_count, sizeof *set_label);
    QuidString *action_label = push(game, tables->action_count, sizeof *action_label);
    if (game->arena.has_failed)
        return false;
    uint32_t set = 0;
    uint32_t action = 0;
    for (uint32_t player = 1; player <= tables->player_count; player++) {
        for (uint32_t i = 0; i < reader->sets.count; i++) {
            if (sets[i].player != player)
                continue;
            set_player[set] = player;
            set_number[set] = sets[i].number;
            set_label[set] = quid__arena_copy(&game->arena, sets[i].label);
            places->set[i] = set++;
            places->action[i] = action;
            for (uint32_t k = 0; k < sets[i].action_count; k++) {
                const QuidString label =
                    QUID_AT(&reader->actions, EfgAction, sets[i].action_first + k).label;
                action_label[action++] = quid__arena_copy(&game->arena, label);
            }
        }
    }
    for (uint32_t i = 0; i < reader->sets.count; i++) {
        if (sets[i].player == 0)
            places->set[i] = QUID_CHANCE;
    }
    tables->set_player = set_player;
    tables->set_number = set_number;
    tables->set_label = set_label;
    tables->action_label = action_label;
    return !game->arena.has_failed;
}

static bool fill_nodes(const EfgReader *reader, QuidGame *game, const Places *places)
{
    QuidGameTables *tables = &game->tables;
    const EfgNode *nodes = reader->nodes.items;
    uint32_t *parent = push(game, tables->node_count, sizeof *parent);
    uint32_t *set = push(game, tables->node_count, sizeof *set);
    uint32_t *edge = push(game, tables->node_count, sizeof *edge);
    double *chance = push(game, tables->node_count, sizeof *chance);
    if (game->arena.has_failed)
        return false;
    for (uint32_t node = 0; node < tables->node_count; node++) {
        const uint32_t own = nodes[node].set;
        parent[node] = nodes[node].parent;
        set[node] = own == QUID_NO_INDEX ? QUID_TERMINAL : places->set[own];
        tables->terminal_count += own == QUID_NO_INDEX ? 1 : 0;
        chance[node] = 1;
        edge[node] = QUID_NO_INDEX;
        if (node == 0)
            continue;
        const uint32_t above = nodes[nodes[node].parent].set;
        edge[node] = nodes[node].position;
        if (places->set[above] == QUID_CHANCE)
            chance[node] =
                QUID_AT(&reader->actions, EfgAction,
                        QUID_AT(&reader->sets, EfgSet, above).action_first + nodes[node].position)
                    .chance;
        else
            edge[node] += places->action[above];
    }
    tables->parent = parent;
    tables->set = set;
    tables->edge = edge;
    tables->chance = chance;
    return true;
}

// What a history has earned so far stands in rows; a node without an outcome shares its parent's,
// so that the rows are as many as there are outcomes on nodes, however deep the tree.
static bool fill_payoffs(const EfgReader *reader, QuidGame *game)
{
    QuidGameTables *tables = &game->tables;
    const EfgNode *nodes = reader->nodes.items;
    const size_t width = tables->player_count;
    uint32_t row_count = 1;
    for (uint32_t node = 0; node < tables->node_count; node++)
        row_count += nodes[node].outcome != 0 ? 1 : 0;
    double *payoff = push(game, width * tables->terminal_count, sizeof *payoff);
    const size_t row_size = (size_t)row_count * width * sizeof(double) + sizeof(double);
    const size_t place_size = (size_t)tables->node_count * sizeof(uint32_t);
    double *rows = quid__allocate(game->context, row_size);
    uint32_t *row_of = quid__allocate(game->context, place_size);
    const bool is_good = !game->arena.has_failed && rows != NULL && row_of != NULL;
    if (is_good) {
        for (size_t player = 0; player < width; player++)
            rows[player] = 0;
        uint32_t row = 0;
        uint32_t terminal = 0;
        for (uint32_t node = 0; node < tables->node_count; node++) {
            row_of[node] = node == 0 ? 0 : row_of[nodes[node].parent];
            if (nodes[node].outcome != 0) {
                const uint32_t first =
                    QUID_AT(&reader->outcomes, EfgOutcome, nodes[node].outcome).payoff_first;
                const double *before = rows + row_of[node] * width;
                row_of[node] = ++row;
                for (size_t player = 0; player < width; player++)
                    rows[row * width + player] = before[player] + QUID_AT(&reader->payoffs, double,
                                                                          first + (uint32_t)player);
            }
            if (nodes[node].set != QUID_NO_INDEX)
                continue;
            for (size_t player = 0; player < width; player++)
                payoff[player * tables->terminal_count + terminal] =
                    rows[row_of[node] * width + player];
            terminal += 1;
        }
        tables->payoff = payoff;
    }
    quid__release(game->context, rows, row_size);
    quid__release(game->context, row_of, place_size);
    return is_good;
}

// Payoffs may be too large to add up.
static bool check_payoffs(const EfgReader *reader, const QuidGameTables *tables)
{
    const EfgNode *nodes = reader->nodes.items;
    uint32_t terminal = 0;
    for (uint32_t node = 0; node < tables->node_count; node++) {
        if (nodes[node].set != QUID_NO_INDEX)
            continue;
        for (uint32_t player = 0; player < tables->player_count; player++) {
            const double payoff =
                tables->payoff[(size_t)player * tables->terminal_count + terminal];
            if (payoff > -PAYOFF_MAX && payoff < PAYOFF_MAX)
                continue;
            quid__report(reader->context, QUID_E0803_GAME_NUMBER,
                         (QuidSpan){reader->file, nodes[node].offset, 1},
                         "the payoffs that end here are too large to be compared");
            return false;
        }
        terminal += 1;
    }
    return true;
}

static bool fill_players(const EfgReader *reader, QuidGame *game)
{
    QuidGameTables *tables = &game->tables;
    QuidString *label = push(game, tables->player_count, sizeof *label);
    uint32_t *belief = push(game, tables->player_count, sizeof *belief);
    if (game->arena.has_failed)
        return false;
    for (uint32_t player = 0; player < tables->player_count; player++)
        label[player] =
            quid__arena_copy(&game->arena, QUID_AT(&reader->players, QuidString, player));
    tables->player_label = label;
    tables->player_belief = belief;
    return !game->arena.has_failed;
}

static void report_forgotten(const EfgReader *reader, const QuidGameTables *tables,
                             QuidForgotten forgotten)
{
    const EfgNode *nodes = reader->nodes.items;
    const uint32_t set = tables->set[forgotten.first];
    const QuidSpan second = {reader->file, nodes[forgotten.second].offset, 1};
    const QuidSpan first = {reader->file, nodes[forgotten.first].offset, 1};
    quid__report(
        reader->context, QUID_E0810_FORGETS, second,
        "player %u (%.*s) does not remember its own moves in set %u", tables->set_player[set],
        QUID_PRINT(tables->player_label[tables->set_player[set] - 1]), tables->set_number[set]);
    quid__report_hint(reader->context,
                      "give the nodes different sets: before them the player chose differently");
    quid__report_related(reader->context, first, "another node of this set is here");
}

QuidStatus quid__efg_build(EfgReader *reader, QuidGame **game)
{
    const size_t size = ((size_t)reader->sets.count + 1) * sizeof(uint32_t);
    QuidGame *built = quid__game_create(reader->context);
    Places places = {quid__allocate(reader->context, size), quid__allocate(reader->context, size)};
    QuidStatus status = QUID_NO_MEMORY;
    if (built != NULL && places.set != NULL && places.action != NULL) {
        built->file = reader->file;
        built->tables.player_count = reader->players.count;
        built->tables.node_count = reader->nodes.count;
        built->tables.belief_count = 1;
        if (fill_players(reader, built) && fill_sets(reader, built, &places) &&
            fill_nodes(reader, built, &places) && fill_payoffs(reader, built)) {
            QuidForgotten forgotten = {QUID_NO_INDEX, QUID_NO_INDEX};
            status = check_payoffs(reader, &built->tables) ? quid__game_finish(built, &forgotten)
                                                           : QUID_INVALID;
            if (status == QUID_INVALID && forgotten.first != QUID_NO_INDEX)
                report_forgotten(reader, &built->tables, forgotten);
            if (quid__report_has_failed(reader->context))
                status = QUID_NO_MEMORY;
        }
    }
    quid__release(reader->context, places.set, size);
    quid__release(reader->context, places.action, size);
    if (status == QUID_OK)
        *game = built;
    else
        quid_game_free(built);
    return status;
}
