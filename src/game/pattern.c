// Which sets stand above which, and the matrix's pattern and elimination order that follow from it.
#include "jacobian.h"

#include "names.h"

#define PAIR_VISIT_COUNT_MAX                                                                       \
    UINT64_C(60000000)      // decisions below decisions, counted by nodes: 240 MB of slots
#define DEPTH_MAX 3000u     // nodes below one another: 36 MB of weights
#define FACTOR_WORK_MAX 4e9 // multiplications of a factorisation, estimated

bool quid__jacobian_number(const Play *play, QuidArena *arena, Jacobian *jacobian)
{
    *jacobian = (Jacobian){.play = play};
    jacobian->unknown_first =
        quid__arena_push(arena, ((size_t)play->set_count + 1) * sizeof(uint32_t));
    jacobian->reference = quid__arena_push(arena, play->set_count * sizeof(uint32_t));
    jacobian->unknown_action = quid__arena_push(arena, play->action_count * sizeof(uint32_t));
    if (arena->has_failed)
        return false;
    uint32_t count = 0;
    for (uint32_t set = 0; set < play->set_count; set++) {
        jacobian->unknown_first[set] = count;
        jacobian->reference[set] = play->set_first[set];
        if (play->is_fixed[set])
            continue;
        for (uint32_t i = play->set_first[set] + 1; i < play->set_first[set + 1]; i++)
            jacobian->unknown_action[count++] = i;
    }
    jacobian->unknown_first[play->set_count] = count;
    jacobian->unknown_count = count;
    return true;
}

// Sets with a choice of their own.
static bool is_open(const Jacobian *jacobian, uint32_t set)
{
    return set != QUID_CHANCE && !jacobian->play->is_fixed[set];
}

// depth[n]: decisions of free sets above n. Returns false where the walk would be too large.
static bool fill_depths(Jacobian *jacobian, QuidArena *arena)
{
    const Play *play = jacobian->play;
    const size_t size = ((size_t)play->inner_count + 1) * sizeof(uint32_t);
    jacobian->depth = quid__arena_push(arena, size);
    jacobian->level = quid__arena_push(arena, size);
    jacobian->slot_first = quid__arena_push(arena, size);
    if (arena->has_failed)
        return true;
    uint64_t visits = 0;
    uint64_t steps = 0;
    uint32_t deepest = 0;
    for (uint32_t node = 0; node < play->inner_count; node++) {
        const uint32_t parent = play->parent[node];
        const uint32_t depth =
            node == 0 ? 0
                      : jacobian->depth[parent] + (is_open(jacobian, play->set[parent]) ? 1 : 0);
        jacobian->depth[node] = depth;
        jacobian->level[node] = node == 0 ? 0 : jacobian->level[parent] + 1;
        jacobian->slot_first[node] = (uint32_t)visits;
        visits += is_open(jacobian, play->set[node]) ? depth : 0;
        steps += depth;
        deepest = jacobian->level[node] > deepest ? jacobian->level[node] : deepest;
        if (steps > PAIR_VISIT_COUNT_MAX || deepest > DEPTH_MAX)
            return false;
    }
    jacobian->slot_first[play->inner_count] = (uint32_t)visits;
    jacobian->slot = quid__arena_push(arena, (visits + 1) * sizeof(uint32_t));
    jacobian->above_node = quid__arena_push(arena, ((size_t)deepest + 1) * sizeof(uint32_t));
    jacobian->above_player = quid__arena_push(arena, ((size_t)deepest + 1) * sizeof(uint32_t));
    jacobian->above_chance =
        quid__arena_push(arena, ((size_t)deepest + 1) * sizeof *jacobian->above_chance);
    jacobian->above_weight =
        quid__arena_push(arena, ((size_t)deepest + 1) * (deepest + 2) / 2 * sizeof(double));
    return true;
}

static uint32_t action_count_of(const Play *play, uint32_t set)
{
    return play->set_first[set + 1] - play->set_first[set];
}

// Which pair stands at each slot; a first meeting makes the pair.
static bool find_pairs(Jacobian *jacobian, QuidMap *map, QuidVector *pairs)
{
    const Play *play = jacobian->play;
    uint64_t entries = 0;
    for (uint32_t node = 0; node < play->inner_count; node++) {
        const uint32_t depth = jacobian->depth[node];
        const uint32_t parent = play->parent[node];
        if (node > 0 && depth > jacobian->depth[parent])
            jacobian->above_node[depth - 1] = node; // the child on the way tells the action too
        if (!is_open(jacobian, play->set[node]))
            continue;
        const uint32_t lower = play->set[node];
        for (uint32_t k = 0; k < depth; k++) {
            const uint32_t child = jacobian->above_node[k];
            const uint32_t upper = play->set[play->parent[child]];
            const uint32_t c = play->action[play->into[child]] - play->set_first[upper];
            const uint64_t key = (uint64_t)upper << 32 | lower;
            uint32_t index = quid__map_get(map, key);
            if (index == 0) {
                Pair *pair = quid__vector_push(pairs);
                if (pair == NULL)
                    return false;
                *pair = (Pair){upper, lower, (uint32_t)entries,
                               play->set_player[upper] != play->set_player[lower]};
                entries += (uint64_t)action_count_of(play, upper) * action_count_of(play, lower);
                if (entries > jacobian->entry_count_max)
                    return false;
                index = pairs->count;
                quid__map_put(map, key, index);
            }
            const Pair *pair = &QUID_AT(pairs, Pair, index - 1);
            jacobian->slot[jacobian->slot_first[node] + k] =
                pair->offset + c * action_count_of(play, lower);
        }
    }
    jacobian->entry_count = (uint32_t)entries;
    return true;
}

// Each set's neighbours, in both directions, without repetition. A pair whose mirror image exists
// too is seen twice.
static bool make_graph(const Jacobian *jacobian, const QuidMap *map, QuidArena *arena, Graph *graph)
{
    const uint32_t count = jacobian->play->set_count;
    graph->count = count;
    graph->first = quid__arena_push(arena, ((size_t)count + 2) * sizeof(uint32_t));
    graph->target =
        quid__arena_push(arena, ((size_t)jacobian->pair_count * 2 + 1) * sizeof(uint32_t));
    if (arena->has_failed)
        return false;
    for (uint32_t pass = 0; pass < 2; pass++) {
        for (uint32_t i = 0; i < jacobian->pair_count; i++) {
            const uint32_t upper = jacobian->pairs[i].upper;
            const uint32_t lower = jacobian->pairs[i].lower;
            const bool is_mirrored =
                upper > lower && quid__map_get(map, (uint64_t)lower << 32 | upper) != 0;
            if (is_mirrored || upper == lower)
                continue;
            if (pass == 0) {
                graph->first[upper + 2] += 1;
                graph->first[lower + 2] += 1;
            } else {
                graph->target[graph->first[upper + 1]++] = lower;
                graph->target[graph->first[lower + 1]++] = upper;
            }
        }
        for (uint32_t set = 0; pass == 0 && set < count; set++)
            graph->first[set + 2] += graph->first[set + 1];
    }
    return true;
}

// Columns in the order of unknowns; in each, the rows of the set itself and of its neighbours.
// where: by set, the place of its rows in the columns of the set at hand.
static bool fill_matrix(Jacobian *jacobian, const Graph *graph, QuidArena *arena)
{
    const uint32_t *first = jacobian->unknown_first;
    uint64_t count = 0;
    for (uint32_t set = 0; set < graph->count; set++) {
        uint64_t rows = first[set + 1] - first[set];
        for (uint32_t i = graph->first[set]; i < graph->first[set + 1]; i++)
            rows += first[graph->target[i] + 1] - first[graph->target[i]];
        count += rows * (first[set + 1] - first[set]);
    }
    if (count > jacobian->entry_count_max)
        return false;
    Matrix *matrix = &jacobian->matrix;
    matrix->count = jacobian->unknown_count;
    matrix->first = quid__arena_push(arena, ((size_t)matrix->count + 1) * sizeof(uint32_t));
    matrix->row = quid__arena_push(arena, (count + 1) * sizeof(uint32_t));
    matrix->value = quid__arena_push(arena, (count + 1) * sizeof(double));
    if (arena->has_failed)
        return true;
    uint32_t at = 0;
    for (uint32_t set = 0; set < graph->count; set++) {
        for (uint32_t column = first[set]; column < first[set + 1]; column++) {
            matrix->first[column] = at;
            for (uint32_t row = first[set]; row < first[set + 1]; row++)
                matrix->row[at++] = row;
            for (uint32_t i = graph->first[set]; i < graph->first[set + 1]; i++) {
                for (uint32_t row = first[graph->target[i]]; row < first[graph->target[i] + 1];
                     row++)
                    matrix->row[at++] = row;
            }
        }
    }
    matrix->first[matrix->count] = at;
    return true;
}

// For each pair both of its places. Pairs by lower set and by upper set are passed over in turn, so
// that one table of places by set is enough.
static bool fill_places(Jacobian *jacobian, const Graph *graph, QuidArena *arena,
                        QuidArena *scratch)
{
    const uint32_t set_count = graph->count;
    const uint32_t *first = jacobian->unknown_first;
    jacobian->pair_row = quid__arena_push(arena, jacobian->pair_count * sizeof(uint32_t));
    jacobian->pair_back = quid__arena_push(arena, jacobian->pair_count * sizeof(uint32_t));
    jacobian->diagonal = quid__arena_push(arena, set_count * sizeof(uint32_t));
    uint32_t *where = quid__arena_push(scratch, set_count * sizeof(uint32_t));
    uint32_t *list = quid__arena_push(scratch, jacobian->pair_count * sizeof(uint32_t));
    uint32_t *start = quid__arena_push(scratch, ((size_t)set_count + 2) * sizeof(uint32_t));
    if (arena->has_failed || scratch->has_failed)
        return false;
    for (uint32_t side = 0; side < 2; side++) {
        for (uint32_t set = 0; set < set_count + 2; set++)
            start[set] = 0;
        for (uint32_t i = 0; i < jacobian->pair_count; i++)
            start[(side == 0 ? jacobian->pairs[i].lower : jacobian->pairs[i].upper) + 2] += 1;
        for (uint32_t set = 0; set < set_count; set++)
            start[set + 2] += start[set + 1];
        for (uint32_t i = 0; i < jacobian->pair_count; i++)
            list[start[(side == 0 ? jacobian->pairs[i].lower : jacobian->pairs[i].upper) + 1]++] =
                i;
        for (uint32_t set = 0; set < set_count; set++) {
            uint32_t at = first[set + 1] - first[set];
            where[set] = 0;
            for (uint32_t i = graph->first[set]; i < graph->first[set + 1]; i++) {
                where[graph->target[i]] = at;
                at += first[graph->target[i] + 1] - first[graph->target[i]];
            }
            for (uint32_t i = start[set]; i < start[set + 1]; i++) {
                const Pair *pair = &jacobian->pairs[list[i]];
                if (side == 0)
                    jacobian->pair_row[list[i]] = where[pair->upper];
                else
                    jacobian->pair_back[list[i]] = where[pair->lower];
            }
        }
    }
    return true;
}

// The order of sets becomes one of unknowns.
static bool fill_order(Jacobian *jacobian, const Graph *graph, QuidArena *arena, QuidArena *scratch,
                       double *work)
{
    const uint32_t *first = jacobian->unknown_first;
    uint32_t *weight = quid__arena_push(scratch, graph->count * sizeof(uint32_t));
    uint32_t *sets = quid__arena_push(scratch, graph->count * sizeof(uint32_t));
    jacobian->order = quid__arena_push(arena, jacobian->unknown_count * sizeof(uint32_t));
    if (arena->has_failed || scratch->has_failed)
        return false;
    for (uint32_t set = 0; set < graph->count; set++)
        weight[set] = first[set + 1] - first[set];
    *work = quid__elimination_order(scratch->context, graph, weight, sets);
    uint32_t at = 0;
    for (uint32_t i = 0; *work >= 0 && i < graph->count; i++) {
        for (uint32_t column = first[sets[i]]; column < first[sets[i] + 1]; column++)
            jacobian->order[at++] = column;
    }
    return *work >= 0;
}

static JacobianSize make_sparse(Jacobian *jacobian, const QuidMap *map, QuidArena *arena,
                                QuidArena *scratch)
{
    Graph graph;
    double work = 0;
    if (!make_graph(jacobian, map, scratch, &graph))
        return JACOBIAN_NO_MEMORY;
    if (!fill_order(jacobian, &graph, arena, scratch, &work))
        return JACOBIAN_NO_MEMORY;
    if (work > FACTOR_WORK_MAX || !fill_matrix(jacobian, &graph, arena))
        return JACOBIAN_TOO_LARGE;
    if (arena->has_failed || !fill_places(jacobian, &graph, arena, scratch))
        return JACOBIAN_NO_MEMORY;
    return quid__factor_create(arena->context, arena, jacobian->unknown_count, jacobian->order,
                               &jacobian->factor)
               ? JACOBIAN_MADE
               : JACOBIAN_NO_MEMORY;
}

static JacobianSize make_tables(Jacobian *jacobian, const QuidMap *map, const QuidVector *pairs,
                                QuidArena *arena, QuidArena *scratch)
{
    const Play *play = jacobian->play;
    uint32_t widest = 1;
    for (uint32_t set = 0; set < play->set_count; set++)
        widest = action_count_of(play, set) > widest ? action_count_of(play, set) : widest;
    jacobian->pair_count = pairs->count;
    jacobian->pairs = quid__arena_push(arena, ((size_t)pairs->count + 1) * sizeof(Pair));
    jacobian->down = quid__arena_push(arena, ((size_t)jacobian->entry_count + 1) * sizeof(double));
    jacobian->up = quid__arena_push(arena, ((size_t)jacobian->entry_count + 1) * sizeof(double));
    jacobian->change =
        quid__arena_push(arena, ((size_t)play->player_count + 1) * widest * sizeof(double));
    if (arena->has_failed)
        return JACOBIAN_NO_MEMORY;
    for (uint32_t i = 0; i < pairs->count; i++)
        jacobian->pairs[i] = QUID_AT(pairs, Pair, i);
    jacobian->is_dense = jacobian->unknown_count <= QUID_DENSE_COUNT_MAX;
    if (!jacobian->is_dense)
        return make_sparse(jacobian, map, arena, scratch);
    return quid__dense_create(arena, jacobian->unknown_count, &jacobian->dense)
               ? JACOBIAN_MADE
               : JACOBIAN_NO_MEMORY;
}

JacobianSize quid__jacobian_create(QuidArena *arena, uint32_t entry_count_max, Jacobian *jacobian)
{
    jacobian->entry_count_max = entry_count_max;
    if (!fill_depths(jacobian, arena))
        return JACOBIAN_TOO_LARGE;
    if (arena->has_failed)
        return JACOBIAN_NO_MEMORY;
    QuidMap map;
    QuidVector pairs;
    QuidArena scratch;
    quid__map_init(&map, arena->context);
    quid__vector_init(&pairs, arena->context, sizeof(Pair));
    quid__arena_init(&scratch, arena->context);
    const bool is_found = find_pairs(jacobian, &map, &pairs);
    JacobianSize size = JACOBIAN_TOO_LARGE;
    if (map.has_failed || pairs.has_failed)
        size = JACOBIAN_NO_MEMORY;
    else if (is_found)
        size = make_tables(jacobian, &map, &pairs, arena, &scratch);
    quid__arena_free(&scratch);
    quid__vector_free(&pairs);
    quid__map_free(&map);
    return size;
}

void quid__jacobian_free(Jacobian *jacobian)
{
    quid__factor_free(&jacobian->factor);
}
