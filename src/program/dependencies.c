// What a want's value rests on: the events, moves and drawn quantities found when its node is
// followed back to its beginnings.
#include "program_internal.h"

typedef struct Search {
    Builder *builder;
    uint32_t *stamps; // by node: the want that visited it last, plus one
    uint32_t *stack;
    uint32_t depth;
    uint8_t *is_event_variable;
    uint32_t *event_stamps;
    uint32_t *move_stamps;
    bool is_drawn;
} Search;

static void *room(Builder *builder, size_t count, size_t item_size)
{
    return quid__arena_push(&builder->program->arena, (count + 1) * item_size);
}

static bool init(Search *search, Builder *builder)
{
    const QuidDealTables *model = builder->model;
    *search = (Search){.builder = builder};
    search->stamps = room(builder, builder->nodes.count, sizeof(uint32_t));
    search->stack = room(builder, (size_t)builder->nodes.count * 3, sizeof(uint32_t));
    search->is_event_variable = room(builder, builder->program->variables.count, 1);
    search->event_stamps = room(builder, model->event_count, sizeof(uint32_t));
    search->move_stamps = room(builder, model->move_count, sizeof(uint32_t));
    if (builder->program->arena.has_failed)
        return false;
    for (uint32_t i = 1; i < model->event_count; i++) {
        search->is_event_variable[builder->event_variables[i]] = 1;
        search->is_event_variable[builder->outcome_variables[i]] = 1;
    }
    return true;
}

static void visit(Search *search, uint32_t index, uint32_t stamp)
{
    if (index == 0 || search->stamps[index] == stamp)
        return;
    search->stamps[index] = stamp;
    search->stack[search->depth++] = index;
}

static void search_want(Search *search, uint32_t node_index, uint32_t stamp)
{
    search->is_drawn = false;
    visit(search, node_index, stamp);
    while (search->depth > 0) {
        const Node *node = node_at(search->builder, search->stack[--search->depth]);
        if (node->op == OP_HAPPENED || node->op == OP_OUTCOME)
            search->event_stamps[node->index] = stamp;
        else if (node->op == OP_STATE || node->op == OP_CHOSEN)
            search->move_stamps[node->index] = stamp;
        else if (node->op == OP_UNIFORM && !search->is_event_variable[node->index])
            search->is_drawn = true;
        if (node->op == OP_HAPPENED)
            continue; // its draw is its own, also where a let shares it
        visit(search, node->a, stamp);
        visit(search, node->b, stamp);
        visit(search, node->c, stamp);
    }
}

static uint32_t list_stamped(QuidVector *list, const uint32_t *stamps, uint32_t count,
                             uint32_t stamp)
{
    const uint32_t before = list->count;
    for (uint32_t i = 1; i < count; i++) {
        uint32_t *added = stamps[i] == stamp ? quid__vector_push(list) : NULL;
        if (added != NULL)
            *added = i;
    }
    return list->count - before;
}

bool quid__find_dependencies(Builder *builder, const uint32_t *want_nodes, uint32_t want_count)
{
    QuidProgram *program = builder->program;
    Search search;
    program->dependencies = room(builder, want_count, sizeof(WantDependencies));
    if (!init(&search, builder))
        return false;
    for (uint32_t i = 0; i < want_count; i++) {
        WantDependencies *found = &program->dependencies[i];
        search_want(&search, want_nodes[i], i + 1);
        found->is_drawn = search.is_drawn;
        found->event_first = program->dependency_things.count;
        found->event_count = list_stamped(&program->dependency_things, search.event_stamps,
                                          builder->model->event_count, i + 1);
        found->move_first = program->dependency_things.count;
        found->move_count = list_stamped(&program->dependency_things, search.move_stamps,
                                         builder->model->move_count, i + 1);
    }
    return !program->dependency_things.has_failed;
}
