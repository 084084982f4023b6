// Events, secrets and moves to nodes.
#include "program_internal.h"

static uint32_t constant(Builder *builder, double value)
{
    return quid__node_constant(builder, value);
}

uint32_t quid__build_happened(Builder *builder, uint32_t event)
{
    if (builder->model->events[event].is_secret)
        return constant(builder, -QUID_NEVER);
    // A date that comes down to a range behind a let moves together with that let.
    const QuidTermId drawn = builder->program->windows[event].drawn;
    const uint32_t own = builder->event_variables[event];
    const uint32_t shared = drawn.index == 0 ? 0 : builder->term_variables[drawn.index];
    const uint32_t uniform =
        quid__node_indexed(builder, OP_UNIFORM, shared != 0 ? shared : own, 0, 0);
    return quid__node_indexed(builder, OP_HAPPENED, event, uniform, 0);
}

uint32_t quid__build_outcome(Builder *builder, uint32_t event)
{
    if (builder->outcome_nodes[event] == 0) {
        const uint32_t drawn = quid__build_drawn_outcome(builder, event);
        builder->outcome_nodes[event] = quid__node_indexed(builder, OP_OUTCOME, event, drawn, 0);
    }
    return builder->outcome_nodes[event];
}

// ---- Moves

// How many of a move's dates lie before a moment that is known.
static uint32_t dates_before(const Builder *builder, const QuidMove *move, double moment)
{
    uint32_t count = 0;
    while (count < move->date_count &&
           builder->program->move_times[move->date_first + count] < moment)
        count += 1;
    return count;
}

static uint32_t build_choice(Builder *builder, Op op, uint32_t index, uint32_t moment)
{
    const QuidMove *move = &builder->model->moves[index];
    double value = builder->program->end;
    if (moment == 0 || is_constant(builder, moment, &value)) {
        const uint32_t count = dates_before(builder, move, value);
        if (count == 0)
            return constant(builder, op == OP_STATE ? -1 : QUID_NEVER);
        return quid__node_counted(builder, op, index, count, 0);
    }
    return quid__node_counted(builder, op, index, move->date_count, moment);
}

uint32_t quid__build_state(Builder *builder, uint32_t move, uint32_t moment)
{
    return build_choice(builder, OP_STATE, move, moment);
}

uint32_t quid__build_chosen(Builder *builder, uint32_t move, uint32_t moment)
{
    return build_choice(builder, OP_CHOSEN, move, moment);
}

uint32_t quid__build_date(Builder *builder, QuidThing thing)
{
    switch (thing.kind) {
    case QUID_THING_EVENT:
        return quid__build_happened(builder, thing.index);
    case QUID_THING_MOVE:
        return quid__build_chosen(builder, thing.index, 0);
    case QUID_THING_MILESTONE:
        return quid__build_milestone(builder, thing.index);
    case QUID_THING_NONE:
    case QUID_THING_PARTY:
    case QUID_THING_PLEDGE:
    case QUID_THING_LET:
    case QUID_THING_SUPPLY:
        break;
    }
    return constant(builder, QUID_NEVER);
}
