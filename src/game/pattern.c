// Which sets stand above which, and the matrix's pattern and elimination order that follow from it.
#include "jacobian.h"

#define PAIR_VISIT_COUNT_MAX                                                                       \
    UINT64_C(60000000)      // nodes above decisions, counted by decisions: 240 MB of slots
#define FACTOR_WORK_MAX 4e9 // multiplications of a factorisation, estimated
#define SHARED_NUMBER_COUNT_MAX 8000000u // in the rows of all threads: 64 MB

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

static uint32_t action_count_of(const Play *play, uint32_t set)
{
    return play->set_first[set + 1] - play->set_first[set];
}

// The ways up, and where each node's slots begin. depth: by inner node, free decisions above it;
// level: nodes above it. Returns false where the walks would be too long.
static bool fill_ascents(Jacobian *jacobian, uint32_t *depth, uint32_t *level)
{
    const Play *play = jacobian->play;
    uint64_t visits = 0;
    uint64_t steps = 0;
    for (uint32_t node = 0; node < play->inner_count; node++) {
        const uint32_t set = play->set[node];
        if (node > 0) {
            const uint32_t parent = play->parent[node];
            const bool is_choice = is_open(jacobian, play->set[parent]);
            jacobian->ascent[node] =
                (Ascent){parent, play->into[node], play->action[play->into[node]],
                         is_choice ? play->set_player[play->set[parent]] : QUID_NO_INDEX};
            depth[node] = depth[parent] + (is_choice ? 1 : 0);
            level[node] = level[parent] + 1;
        }
        jacobian->slot_first[node] = (uint32_t)visits;
        visits += is_open(jacobian, set) ? depth[node] : 0;
        steps += is_open(jacobian, set) ? level[node] : 0;
        if (steps > PAIR_VISIT_COUNT_MAX)
            return false;
    }
    jacobian->slot_first[play->inner_count] = (uint32_t)visits;
    return true;
}

static bool make_ascents(Jacobian *jacobian, QuidArena *arena, QuidArena *scratch)
{
    const size_t count = (size_t)jacobian->play->inner_count + 1;
    uint32_t *depth = quid__arena_push(scratch, count * sizeof(uint32_t));
    uint32_t *level = quid__arena_push(scratch, count * sizeof(uint32_t));
    jacobian->slot_first = quid__arena_push(arena, count * sizeof(uint32_t));
    jacobian->ascent = quid__arena_push(arena, count * sizeof(Ascent));
    if (arena->has_failed || scratch->has_failed)
        return true;
    if (!fill_ascents(jacobian, depth, level))
        return false;
    const size_t visits = jacobian->slot_first[count - 1];
    jacobian->slot = quid__arena_push(arena, (visits + 1) * sizeof(uint32_t));
    return true;
}

// Which pair stands at each slot of a node; a first meeting makes the pair. known: by upper set,
// its last pair and one more. false: no memory.
static bool find_above(Jacobian *jacobian, uint32_t node, uint32_t *known, uint32_t *size,
                       QuidVector *pairs)
{
    const Play *play = jacobian->play;
    const uint32_t lower = play->set[node];
    const uint32_t width = action_count_of(play, lower);
    uint32_t slot = jacobian->slot_first[node + 1];
    for (uint32_t at = node; slot > jacobian->slot_first[node]; at = jacobian->ascent[at].parent) {
        const Ascent *ascent = &jacobian->ascent[at];
        if (ascent->player == QUID_NO_INDEX)
            continue;
        const uint32_t upper = play->set[ascent->parent];
        if (known[upper] == 0 || QUID_AT(pairs, Pair, known[upper] - 1).lower != lower) {
            Pair *pair = quid__vector_push(pairs);
            if (pair == NULL)
                return false;
            *pair = (Pair){upper, lower, *size, ascent->player != play->set_player[lower]};
            *size += action_count_of(play, upper) * 2 * width;
            known[upper] = pairs->count;
        }
        jacobian->slot[--slot] = QUID_AT(pairs, Pair, known[upper] - 1).offset +
                                 (ascent->action - play->set_first[upper]) * 2 * width;
    }
    return true;
}

// The rows of one part's sets follow each other. false: too many, or no memory.
static bool find_pairs(Jacobian *jacobian, uint32_t *known, QuidVector *pairs)
{
    const Play *play = jacobian->play;
    uint64_t entries = 0;
    for (uint32_t part = 0; part < play->set_part_count; part++) {
        uint32_t size = 0;
        for (uint32_t set = play->set_parts[part].first; set < play->set_parts[part].end; set++) {
            jacobian->pair_first[set] = pairs->count;
            for (uint32_t i = play->set_node_first[set];
                 !play->is_fixed[set] && i < play->set_node_first[set + 1]; i++) {
                if (!find_above(jacobian, play->set_nodes[i], known, &size, pairs) ||
                    entries + size / 2 > jacobian->entry_count_max)
                    return false;
            }
        }
        entries += size / 2;
        jacobian->row_size = size > jacobian->row_size ? size : jacobian->row_size;
    }
    jacobian->pair_first[play->set_count] = pairs->count;
    return true;
}

// The pairs by their upper sets.
static bool sort_pairs(Jacobian *jacobian, const QuidVector *pairs, QuidArena *arena)
{
    const uint32_t set_count = jacobian->play->set_count;
    jacobian->pair_count = pairs->count;
    jacobian->pairs = quid__arena_push(arena, ((size_t)pairs->count + 1) * sizeof(Pair));
    jacobian->pair_above = quid__arena_push(arena, ((size_t)pairs->count + 1) * sizeof(uint32_t));
    jacobian->above_first = quid__arena_push(arena, ((size_t)set_count + 2) * sizeof(uint32_t));
    if (arena->has_failed)
        return false;
    uint32_t *first = jacobian->above_first;
    for (uint32_t i = 0; i < pairs->count; i++) {
        jacobian->pairs[i] = QUID_AT(pairs, Pair, i);
        first[jacobian->pairs[i].upper + 2] += 1;
    }
    for (uint32_t set = 0; set < set_count; set++)
        first[set + 2] += first[set + 1];
    for (uint32_t i = 0; i < pairs->count; i++)
        jacobian->pair_above[first[jacobian->pairs[i].upper + 1]++] = i;
    return true;
}

// Each set's neighbours, in both directions, without repetition. mark: by set; scratch.
static bool make_graph(Jacobian *jacobian, uint32_t *mark, QuidArena *arena, Graph *graph)
{
    const uint32_t count = jacobian->play->set_count;
    graph->count = count;
    graph->first = quid__arena_push(arena, ((size_t)count + 1) * sizeof(uint32_t));
    graph->target =
        quid__arena_push(arena, ((size_t)jacobian->pair_count * 2 + 1) * sizeof(uint32_t));
    if (arena->has_failed)
        return false;
    uint32_t at = 0;
    for (uint32_t set = 0; set < count; set++)
        mark[set] = QUID_NO_INDEX;
    for (uint32_t set = 0; set < count; set++) {
        graph->first[set] = at;
        mark[set] = set;
        for (uint32_t i = jacobian->pair_first[set]; i < jacobian->pair_first[set + 1]; i++) {
            mark[jacobian->pairs[i].upper] = set;
            graph->target[at++] = jacobian->pairs[i].upper;
        }
        for (uint32_t i = jacobian->above_first[set]; i < jacobian->above_first[set + 1]; i++) {
            const uint32_t lower = jacobian->pairs[jacobian->pair_above[i]].lower;
            jacobian->has_mirrors = jacobian->has_mirrors || mark[lower] == set;
            if (mark[lower] != set)
                graph->target[at++] = lower;
        }
    }
    graph->first[count] = at;
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

// For each pair both of its places. where: by set, the place of its rows in the columns of the set
// at hand; scratch.
static bool fill_places(Jacobian *jacobian, const Graph *graph, uint32_t *where, QuidArena *arena)
{
    const uint32_t *first = jacobian->unknown_first;
    jacobian->pair_row =
        quid__arena_push(arena, ((size_t)jacobian->pair_count + 1) * sizeof(uint32_t));
    jacobian->pair_back =
        quid__arena_push(arena, ((size_t)jacobian->pair_count + 1) * sizeof(uint32_t));
    if (arena->has_failed)
        return false;
    for (uint32_t set = 0; set < graph->count; set++) {
        uint32_t at = first[set + 1] - first[set];
        where[set] = 0; // a set's own rows stand first in its columns
        for (uint32_t i = graph->first[set]; i < graph->first[set + 1]; i++) {
            where[graph->target[i]] = at;
            at += first[graph->target[i] + 1] - first[graph->target[i]];
        }
        for (uint32_t i = jacobian->pair_first[set]; i < jacobian->pair_first[set + 1]; i++)
            jacobian->pair_row[i] = where[jacobian->pairs[i].upper];
        for (uint32_t i = jacobian->above_first[set]; i < jacobian->above_first[set + 1]; i++) {
            const uint32_t pair = jacobian->pair_above[i];
            jacobian->pair_back[pair] = where[jacobian->pairs[pair].lower];
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

static JacobianSize make_sparse(Jacobian *jacobian, const Graph *graph, uint32_t *mark,
                                QuidArena *arena, QuidArena *scratch)
{
    double work = 0;
    if (!fill_order(jacobian, graph, arena, scratch, &work))
        return JACOBIAN_NO_MEMORY;
    if (work > FACTOR_WORK_MAX || !fill_matrix(jacobian, graph, arena))
        return JACOBIAN_TOO_LARGE;
    if (arena->has_failed || !fill_places(jacobian, graph, mark, arena))
        return JACOBIAN_NO_MEMORY;
    return quid__factor_create(jacobian->play->pool, arena, jacobian->unknown_count,
                               jacobian->order, &jacobian->factor)
               ? JACOBIAN_MADE
               : JACOBIAN_NO_MEMORY;
}

// Each thread's room.
static bool push_scratch(Jacobian *jacobian, QuidArena *arena)
{
    const Play *play = jacobian->play;
    for (uint32_t set = 0; set < play->set_count; set++)
        jacobian->widest = action_count_of(play, set) > jacobian->widest
                               ? action_count_of(play, set)
                               : jacobian->widest;
    jacobian->scratch_size = ((size_t)play->player_count + 2) * jacobian->widest +
                             play->belief_count + jacobian->row_size;
    const size_t shared = quid__pool_thread_count(play->pool) * jacobian->scratch_size;
    jacobian->pool = shared <= SHARED_NUMBER_COUNT_MAX ? play->pool : NULL;
    jacobian->scratch = quid__arena_push(arena, quid__pool_thread_count(jacobian->pool) *
                                                    jacobian->scratch_size * sizeof(double));
    return !arena->has_failed;
}

static JacobianSize make_tables(Jacobian *jacobian, const QuidVector *pairs, uint32_t *mark,
                                QuidArena *arena, QuidArena *scratch)
{
    Graph graph;
    if (!sort_pairs(jacobian, pairs, arena) || !push_scratch(jacobian, arena) ||
        !make_graph(jacobian, mark, scratch, &graph))
        return JACOBIAN_NO_MEMORY;
    jacobian->is_dense = jacobian->unknown_count <= QUID_DENSE_COUNT_MAX;
    if (!jacobian->is_dense)
        return make_sparse(jacobian, &graph, mark, arena, scratch);
    return quid__dense_create(arena, jacobian->unknown_count, &jacobian->dense)
               ? JACOBIAN_MADE
               : JACOBIAN_NO_MEMORY;
}

static JacobianSize make(Jacobian *jacobian, QuidVector *pairs, QuidArena *arena,
                         QuidArena *scratch)
{
    const size_t size = ((size_t)jacobian->play->set_count + 1) * sizeof(uint32_t);
    uint32_t *mark = quid__arena_push(scratch, size);
    jacobian->pair_first = quid__arena_push(arena, size);
    if (!make_ascents(jacobian, arena, scratch))
        return JACOBIAN_TOO_LARGE;
    if (arena->has_failed || scratch->has_failed)
        return JACOBIAN_NO_MEMORY;
    if (!find_pairs(jacobian, mark, pairs))
        return pairs->has_failed ? JACOBIAN_NO_MEMORY : JACOBIAN_TOO_LARGE;
    return make_tables(jacobian, pairs, mark, arena, scratch);
}

JacobianSize quid__jacobian_create(QuidArena *arena, uint32_t entry_count_max, Jacobian *jacobian)
{
    jacobian->entry_count_max = entry_count_max;
    QuidVector pairs;
    QuidArena scratch;
    quid__vector_init(&pairs, arena->context, sizeof(Pair));
    quid__arena_init(&scratch, arena->context);
    const JacobianSize size = make(jacobian, &pairs, arena, &scratch);
    quid__arena_free(&scratch);
    quid__vector_free(&pairs);
    return size;
}

void quid__jacobian_free(Jacobian *jacobian)
{
    quid__factor_free(&jacobian->factor);
}
