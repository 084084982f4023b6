// The order of instructions and their registers. What does not hang on choices or outcomes is
// computed when drawing, the rest when finishing, which may be repeated after one drawing. A
// register is given on as soon as its value is used up, so that the columns at work stay few and in
// the cache.
#include "program_internal.h"

#define NO_REGISTER UINT32_MAX

typedef struct Schedule {
    Builder *builder;
    uint32_t count;     // nodes
    uint8_t *is_live;   // by node, likewise below
    uint8_t *is_late;   // computed when finishing
    uint8_t *is_pinned; // keeps its register
    uint8_t *is_column; // a constant that some instruction reads as a column
    uint32_t *order;    // live nodes in the order of computing
    uint32_t order_count;
    uint32_t *last_use; // position in the order
    uint32_t *registers;
    uint32_t *free; // a stack
    uint32_t free_count;
} Schedule;

static void *room(Schedule *schedule, size_t item_size)
{
    return quid__arena_push(&schedule->builder->program->arena, schedule->count * item_size);
}

static bool init(Schedule *schedule, Builder *builder)
{
    *schedule = (Schedule){.builder = builder, .count = builder->nodes.count};
    schedule->is_live = room(schedule, 1);
    schedule->is_late = room(schedule, 1);
    schedule->is_pinned = room(schedule, 1);
    schedule->is_column = room(schedule, 1);
    schedule->order = room(schedule, sizeof(uint32_t));
    schedule->last_use = room(schedule, sizeof(uint32_t));
    schedule->registers = room(schedule, sizeof(uint32_t));
    schedule->free = room(schedule, sizeof(uint32_t));
    return !builder->program->arena.has_failed;
}

static void mark_live(Schedule *schedule, const uint32_t *wants, uint32_t want_count)
{
    for (uint32_t i = 0; i < want_count; i++) {
        schedule->is_live[wants[i]] = 1;
        schedule->is_pinned[wants[i]] = 1;
        schedule->is_column[wants[i]] = 1;
    }
    for (uint32_t i = schedule->count; i-- > 1;) {
        const Node *node = node_at(schedule->builder, i);
        if (!schedule->is_live[i])
            continue;
        schedule->is_live[node->a] = 1;
        schedule->is_live[node->b] = 1;
        schedule->is_live[node->c] = 1;
    }
    schedule->is_live[0] = 0;
}

// Whether the instruction takes one constant operand as a number.
static bool takes_constant(const Builder *builder, const Node *node)
{
    double value;
    return node->op >= OP_ADD && node->op <= OP_LESS_EQUAL && node->op != OP_POWER &&
           (is_constant(builder, node->a, &value) || is_constant(builder, node->b, &value));
}

// A host may write an outcome after drawing, so what hangs on one is computed when finishing.
static void mark_phases(Schedule *schedule)
{
    const Builder *builder = schedule->builder;
    for (uint32_t i = 1; i < schedule->count; i++) {
        const Node *node = node_at(builder, i);
        const uint32_t operands[3] = {node->a, node->b, node->c};
        bool is_late = node->op == OP_STATE || node->op == OP_CHOSEN ||
                       (node->op == OP_OUTCOME && !builder->model->events[node->index].is_secret);
        for (uint32_t n = 0; n < 3; n++)
            is_late = is_late || schedule->is_late[operands[n]] ||
                      (node_at(builder, operands[n])->op == OP_OUTCOME);
        schedule->is_late[i] = is_late;
        if (!schedule->is_live[i])
            continue;
        if (node->op == OP_HAPPENED || node->op == OP_OUTCOME)
            schedule->is_pinned[i] = 1;
        for (uint32_t n = 0; n < 3; n++) {
            if (is_late && !schedule->is_late[operands[n]])
                schedule->is_pinned[operands[n]] = 1;
            if (!takes_constant(builder, node))
                schedule->is_column[operands[n]] = 1;
        }
    }
}

static void set_order(Schedule *schedule)
{
    for (uint32_t phase = 0; phase < 2; phase++) {
        for (uint32_t i = 1; i < schedule->count; i++) {
            if (schedule->is_live[i] && schedule->is_late[i] == phase &&
                node_at(schedule->builder, i)->op != OP_CONSTANT)
                schedule->order[schedule->order_count++] = i;
        }
        if (phase == 0)
            schedule->builder->program->draw_count = schedule->order_count;
    }
    for (uint32_t at = 0; at < schedule->order_count; at++) {
        const Node *node = node_at(schedule->builder, schedule->order[at]);
        schedule->last_use[node->a] = at;
        schedule->last_use[node->b] = at;
        schedule->last_use[node->c] = at;
    }
}

static uint32_t take_register(Schedule *schedule)
{
    return schedule->free_count > 0 ? schedule->free[--schedule->free_count]
                                    : schedule->builder->program->register_count++;
}

static void give_back(Schedule *schedule, uint32_t node, uint32_t at)
{
    const bool is_over = node != 0 && schedule->last_use[node] == at &&
                         !schedule->is_pinned[node] &&
                         node_at(schedule->builder, node)->op != OP_CONSTANT;
    if (!is_over)
        return;
    schedule->last_use[node] = UINT32_MAX; // an operand used twice is given back once
    schedule->free[schedule->free_count++] = schedule->registers[node];
}

static bool fill_constants(Schedule *schedule)
{
    Builder *builder = schedule->builder;
    QuidProgram *program = builder->program;
    uint32_t count = 0;
    for (uint32_t i = 1; i < schedule->count; i++)
        count += schedule->is_live[i] && schedule->is_column[i] &&
                 node_at(builder, i)->op == OP_CONSTANT;
    program->fillings = quid__arena_push(&program->arena, ((size_t)count + 1) * sizeof(Filling));
    if (program->fillings == NULL)
        return false;
    for (uint32_t i = 1; i < schedule->count; i++) {
        const Node *node = node_at(builder, i);
        if (!schedule->is_live[i] || !schedule->is_column[i] || node->op != OP_CONSTANT)
            continue;
        schedule->registers[i] = program->register_count++;
        program->fillings[program->filling_count++] =
            (Filling){node->value, schedule->registers[i]};
    }
    return true;
}

static Instruction encode(const Schedule *schedule, const Node *node, uint32_t out)
{
    Instruction instruction = {.op = node->op,
                               .out = out,
                               .a = schedule->registers[node->a],
                               .b = schedule->registers[node->b],
                               .c = schedule->registers[node->c],
                               .index = node->index,
                               .count = node->count};
    double value;
    if ((node->op == OP_STATE || node->op == OP_CHOSEN) && node->a != 0)
        instruction.mode = MODE_TIMED;
    if (!takes_constant(schedule->builder, node))
        return instruction;
    const bool is_a = is_constant(schedule->builder, node->a, &value);
    instruction.mode = is_a ? MODE_A_CONSTANT : MODE_B_CONSTANT;
    instruction.value = node_at(schedule->builder, is_a ? node->a : node->b)->value;
    return instruction;
}

// The columns that hosts read and write: each event's, and the choices of the moves that count.
static void publish_columns(Schedule *schedule)
{
    Builder *builder = schedule->builder;
    QuidProgram *program = builder->program;
    for (uint32_t i = 1; i < schedule->count; i++) {
        const Node *node = node_at(builder, i);
        if (!schedule->is_live[i])
            continue;
        if (node->op == OP_UNIFORM)
            QUID_AT(&program->variables, Variable, node->index).is_used = true;
        else if (node->op == OP_HAPPENED)
            program->happened_register[node->index] = schedule->registers[i];
        else if (node->op == OP_OUTCOME)
            program->outcome_register[node->index] = schedule->registers[i];
    }
}

// What hosts write between the passes has registers of its own, which nothing else uses before it
// is read. Choices of one move stand in consecutive ones.
static void place_given(Schedule *schedule)
{
    Builder *builder = schedule->builder;
    QuidProgram *program = builder->program;
    for (uint32_t i = 1; i < schedule->count; i++) {
        const Node *node = node_at(builder, i);
        const bool is_choice = node->op == OP_STATE || node->op == OP_CHOSEN;
        if (schedule->is_live[i] && node->op == OP_OUTCOME)
            schedule->registers[i] = program->register_count++;
        if (!schedule->is_live[i] || !is_choice)
            continue;
        const QuidMove *move = &builder->model->moves[node->index];
        if (program->choice_register[move->date_first] != NO_REGISTER)
            continue;
        for (uint32_t d = 0; d < move->date_count; d++)
            program->choice_register[move->date_first + d] = program->register_count++;
    }
}

static bool emit(Schedule *schedule)
{
    QuidProgram *program = schedule->builder->program;
    program->instructions = quid__arena_push(&program->arena, ((size_t)schedule->order_count + 1) *
                                                                  sizeof(Instruction));
    if (program->instructions == NULL)
        return false;
    for (uint32_t at = 0; at < schedule->order_count; at++) {
        const uint32_t index = schedule->order[at];
        const Node *node = node_at(schedule->builder, index);
        // Never an operand's own register: loops need not mind overlaps.
        if (node->op != OP_OUTCOME)
            schedule->registers[index] = take_register(schedule);
        program->instructions[at] = encode(schedule, node, schedule->registers[index]);
        give_back(schedule, node->a, at);
        give_back(schedule, node->b, at);
        give_back(schedule, node->c, at);
    }
    program->instruction_count = schedule->order_count;
    return true;
}

static bool init_columns(QuidProgram *program, const QuidDealTables *model, uint32_t want_count)
{
    const size_t size = sizeof(uint32_t);
    QuidArena *arena = &program->arena;
    program->happened_register = quid__arena_push(arena, model->event_count * size);
    program->outcome_register = quid__arena_push(arena, model->event_count * size);
    program->choice_register = quid__arena_push(arena, (model->move_date_count + (size_t)1) * size);
    program->want_registers = quid__arena_push(arena, (want_count + (size_t)1) * size);
    if (arena->has_failed)
        return false;
    for (uint32_t i = 0; i < model->event_count; i++) {
        program->happened_register[i] = NO_REGISTER;
        program->outcome_register[i] = NO_REGISTER;
    }
    for (uint32_t i = 0; i < model->move_date_count; i++)
        program->choice_register[i] = NO_REGISTER;
    return true;
}

bool quid__schedule(Builder *builder, const uint32_t *want_nodes, uint32_t want_count)
{
    QuidProgram *program = builder->program;
    Schedule schedule;
    if (!init(&schedule, builder) || !init_columns(program, builder->model, want_count))
        return false;
    mark_live(&schedule, want_nodes, want_count);
    mark_phases(&schedule);
    set_order(&schedule);
    place_given(&schedule);
    if (!fill_constants(&schedule) || !emit(&schedule))
        return false;
    publish_columns(&schedule);
    program->want_count = want_count;
    for (uint32_t i = 0; i < want_count; i++)
        program->want_registers[i] = schedule.registers[want_nodes[i]];
    return true;
}
