// An elimination order by minimum degree on the quotient graph (Amestoy, Davis and Duff 1996): an
// eliminated vertex becomes an element, whose vertices are all neighbours of each other; elements
// that a new one swallows are dropped, so the graph never grows. Degrees are bounded from above
// rather than counted.
#include "linear.h"

#include <string.h>

typedef struct Quotient {
    uint32_t count;
    const uint32_t *weight;
    uint32_t *first;         // of each vertex's lists, in target
    uint32_t *element_count; // elements stand first in a vertex's list
    uint32_t *target_count;  // elements and vertices
    uint32_t *target;
    uint32_t *degree;       // upper bound, weighted, without the vertex itself
    bool *is_eliminated;    // vertices; an eliminated one is an element
    bool *is_absorbed;      // elements
    uint32_t *member_first; // of each element, in members
    uint32_t *member_count;
    QuidVector members;       // uint32_t
    uint32_t *outside;        // of each element: weight of its members outside the new one
    uint32_t *element_weight; // of all its members
    uint32_t *scratch;        // a list
    uint32_t *outside_step;   // when that was counted
    uint32_t *member_step;    // when a vertex was last put into a new element
    uint32_t *head;           // by degree: first vertex; degrees are cut at count
    uint32_t *next;
    uint32_t *before;
} Quotient;

static uint32_t bucket_of(const Quotient *graph, uint32_t degree)
{
    return degree < graph->count ? degree : graph->count;
}

static void unlink_vertex(Quotient *graph, uint32_t vertex)
{
    const uint32_t before = graph->before[vertex];
    const uint32_t next = graph->next[vertex];
    if (before == QUID_NO_INDEX)
        graph->head[bucket_of(graph, graph->degree[vertex])] = next;
    else
        graph->next[before] = next;
    if (next != QUID_NO_INDEX)
        graph->before[next] = before;
}

static void link_vertex(Quotient *graph, uint32_t vertex)
{
    const uint32_t bucket = bucket_of(graph, graph->degree[vertex]);
    graph->before[vertex] = QUID_NO_INDEX;
    graph->next[vertex] = graph->head[bucket];
    if (graph->head[bucket] != QUID_NO_INDEX)
        graph->before[graph->head[bucket]] = vertex;
    graph->head[bucket] = vertex;
}

static void add_member(Quotient *graph, uint32_t vertex, uint32_t step)
{
    if (graph->is_eliminated[vertex] || graph->member_step[vertex] == step)
        return;
    graph->member_step[vertex] = step;
    uint32_t *kept = quid__vector_push(&graph->members);
    if (kept != NULL)
        *kept = vertex;
}

// The pivot becomes an element: its vertices are its neighbours and those of its elements, which it
// swallows.
static void make_element(Quotient *graph, uint32_t pivot, uint32_t step)
{
    const uint32_t *list = graph->target + graph->first[pivot];
    graph->member_first[pivot] = graph->members.count;
    for (uint32_t i = 0; i < graph->element_count[pivot]; i++) {
        const uint32_t element = list[i];
        for (uint32_t k = 0; !graph->is_absorbed[element] && k < graph->member_count[element]; k++)
            add_member(graph, QUID_AT(&graph->members, uint32_t, graph->member_first[element] + k),
                       step);
        graph->is_absorbed[element] = true;
    }
    for (uint32_t i = graph->element_count[pivot]; i < graph->target_count[pivot]; i++)
        add_member(graph, list[i], step);
    graph->member_count[pivot] = graph->members.count - graph->member_first[pivot];
}

// For every element beside a member of the new one: the weight of its own members outside. A live
// element's members are all still there: eliminating one would have swallowed the element.
static void count_outside(Quotient *graph, uint32_t pivot, uint32_t step)
{
    for (uint32_t m = 0; m < graph->member_count[pivot]; m++) {
        const uint32_t vertex = QUID_AT(&graph->members, uint32_t, graph->member_first[pivot] + m);
        const uint32_t *list = graph->target + graph->first[vertex];
        for (uint32_t i = 0; i < graph->element_count[vertex]; i++) {
            const uint32_t element = list[i];
            if (graph->is_absorbed[element])
                continue;
            if (graph->outside_step[element] != step)
                graph->outside[element] = graph->element_weight[element];
            graph->outside_step[element] = step;
            graph->outside[element] -= graph->weight[vertex];
        }
    }
}

// Drops what the new element covers from a member's lists, puts the element in, and bounds its
// degree. The lists do not grow: an edge to the pivot, or to an element that it swallowed, makes
// room.
static void update_member(Quotient *graph, uint32_t vertex, uint32_t pivot, uint32_t step)
{
    uint32_t *list = graph->target + graph->first[vertex];
    uint32_t *kept = graph->scratch;
    uint32_t count = 0;
    uint32_t degree = graph->element_weight[pivot] - graph->weight[vertex];
    for (uint32_t i = 0; i < graph->element_count[vertex]; i++) {
        const uint32_t element = list[i];
        // An element with nothing outside the new one is covered by it.
        graph->is_absorbed[element] = graph->is_absorbed[element] || graph->outside[element] == 0;
        if (graph->is_absorbed[element])
            continue;
        degree += graph->outside[element];
        kept[count++] = element;
    }
    kept[count++] = pivot;
    const uint32_t element_count = count;
    for (uint32_t i = graph->element_count[vertex]; i < graph->target_count[vertex]; i++) {
        const uint32_t other = list[i];
        if (graph->is_eliminated[other] || graph->member_step[other] == step)
            continue;
        degree += graph->weight[other];
        kept[count++] = other;
    }
    QUID_ASSERT(count <= graph->target_count[vertex]);
    memcpy(list, kept, count * sizeof *list);
    graph->element_count[vertex] = element_count;
    graph->target_count[vertex] = count;
    graph->degree[vertex] = degree;
}

static void eliminate(Quotient *graph, uint32_t pivot, uint32_t step)
{
    graph->is_eliminated[pivot] = true;
    make_element(graph, pivot, step);
    if (graph->members.has_failed)
        return;
    count_outside(graph, pivot, step);
    graph->element_weight[pivot] = 0;
    for (uint32_t m = 0; m < graph->member_count[pivot]; m++)
        graph->element_weight[pivot] +=
            graph->weight[QUID_AT(&graph->members, uint32_t, graph->member_first[pivot] + m)];
    for (uint32_t m = 0; m < graph->member_count[pivot]; m++) {
        const uint32_t vertex = QUID_AT(&graph->members, uint32_t, graph->member_first[pivot] + m);
        unlink_vertex(graph, vertex);
        update_member(graph, vertex, pivot, step);
        link_vertex(graph, vertex);
    }
}

static bool create_quotient(QuidArena *arena, const Graph *source, const uint32_t *weight,
                            Quotient *graph)
{
    const size_t size = ((size_t)source->count + 1) * sizeof(uint32_t);
    const size_t edges = source->first[source->count];
    uint32_t **tables[] = {&graph->first,         &graph->element_count, &graph->target_count,
                           &graph->degree,        &graph->member_first,  &graph->member_count,
                           &graph->outside,       &graph->outside_step,  &graph->member_step,
                           &graph->head,          &graph->next,          &graph->before,
                           &graph->element_weight};
    for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++)
        *tables[i] = quid__arena_push(arena, size);
    graph->count = source->count;
    graph->weight = weight;
    graph->target = quid__arena_push(arena, (edges + 1) * sizeof(uint32_t));
    graph->scratch = quid__arena_push(arena, (edges + 1) * sizeof(uint32_t));
    graph->is_eliminated = quid__arena_push(arena, source->count);
    graph->is_absorbed = quid__arena_push(arena, source->count);
    if (arena->has_failed)
        return false;
    memcpy(graph->first, source->first, size);
    memcpy(graph->target, source->target, edges * sizeof(uint32_t));
    for (uint32_t degree = 0; degree <= graph->count; degree++)
        graph->head[degree] = QUID_NO_INDEX;
    for (uint32_t vertex = graph->count; vertex-- > 0;) {
        graph->target_count[vertex] = source->first[vertex + 1] - source->first[vertex];
        for (uint32_t i = source->first[vertex]; i < source->first[vertex + 1]; i++)
            graph->degree[vertex] += weight[source->target[i]];
        link_vertex(graph, vertex);
    }
    return true;
}

static double run(Quotient *graph, uint32_t *order)
{
    double work = 0;
    uint32_t least = 0;
    for (uint32_t step = 0; step < graph->count; step++) {
        // Eliminating can lower a degree by no more than the pivot's weight: look again from there.
        while (graph->head[least] == QUID_NO_INDEX)
            least += 1;
        const uint32_t pivot = graph->head[least];
        unlink_vertex(graph, pivot);
        order[step] = pivot;
        const double size = graph->weight[pivot];
        const double around = (double)graph->degree[pivot] + size;
        work += size * around * around;
        eliminate(graph, pivot, step + 1);
        if (graph->members.has_failed)
            return -1;
        for (uint32_t m = 0; m < graph->member_count[pivot]; m++) {
            const uint32_t vertex =
                QUID_AT(&graph->members, uint32_t, graph->member_first[pivot] + m);
            const uint32_t bucket = bucket_of(graph, graph->degree[vertex]);
            least = bucket < least ? bucket : least;
        }
    }
    return work;
}

double quid__elimination_order(QuidContext *context, const Graph *graph, const uint32_t *weight,
                               uint32_t *order)
{
    QuidArena arena;
    Quotient quotient = {.count = 0};
    quid__arena_init(&arena, context);
    quid__vector_init(&quotient.members, context, sizeof(uint32_t));
    double work = -1;
    if (create_quotient(&arena, graph, weight, &quotient))
        work = run(&quotient, order);
    quid__vector_free(&quotient.members);
    quid__arena_free(&arena);
    return work;
}
