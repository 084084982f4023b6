// When a milestone is reached: after what it waits for, once what it needs holds, when what it
// takes has passed; and given the facts, not before now.
#include "program_internal.h"

static uint32_t constant(Builder *builder, double value)
{
    return quid__node_constant(builder, value);
}

QuidDate quid__due_date(const Builder *builder, uint32_t milestone)
{
    const QuidLedgerTables *facts = builder->program->facts;
    return facts != NULL ? facts->milestones[milestone].deadline.current
                         : builder->model->milestones[milestone].due.last;
}

static uint32_t build_predecessor(Builder *builder, const QuidMilestone *milestone, uint32_t n)
{
    const QuidPredecessor *before = &builder->model->predecessors[milestone->after_first + n];
    return before->thing.kind == QUID_THING_NONE ? constant(builder, before->date.first)
                                                 : quid__build_date(builder, before->thing);
}

static uint32_t build_start(Builder *builder, const QuidMilestone *milestone)
{
    const QuidDate first = builder->model->first_date;
    uint32_t start = constant(builder, first == QUID_NO_DATE ? 0 : first);
    for (uint32_t i = 0; i < milestone->after_count; i++) {
        const uint32_t before = build_predecessor(builder, milestone, i);
        start = i == 0 ? before : quid__node(builder, OP_MAX, start, before, 0);
    }
    if (milestone->needs.index != 0)
        start = quid__node(builder, OP_MAX, start, quid__build_since(builder, milestone->needs), 0);
    return start;
}

// What it is known to take at least: it began before now and is not done. 0: nothing is known.
static uint32_t least_duration(Builder *builder, uint32_t start, bool is_business)
{
    const double after = builder->program->after;
    double known;
    if (builder->program->facts == NULL || (is_constant(builder, start, &known) && known >= after))
        return 0;
    const uint32_t now = constant(builder, after);
    uint32_t passed = quid__node(builder, OP_SUBTRACT, now, start, 0);
    // Business days are counted whole: half of one more than have passed rounds up to the next.
    if (is_business)
        passed = quid__node(
            builder, OP_ADD,
            quid__node(builder, OP_BUSINESS_COUNT, start, constant(builder, after - 1), 0),
            constant(builder, 0.5), 0);
    return quid__node(builder, OP_SELECT, quid__node(builder, OP_LESS, start, now, 0), passed,
                      constant(builder, -QUID_NEVER));
}

static uint32_t build_date(Builder *builder, const QuidMilestone *milestone)
{
    if (milestone->after_count == 0 && milestone->needs.index == 0 && milestone->takes.index == 0)
        return constant(builder, QUID_NEVER);
    const uint32_t start = build_start(builder, milestone);
    uint32_t date = start;
    if (milestone->takes.index != 0) {
        const bool is_business = term_at(builder, milestone->takes)->type.is_business;
        const uint32_t low = least_duration(builder, start, is_business);
        const uint32_t takes = quid__build_duration(builder, milestone->takes, low);
        date = quid__node(builder, is_business ? OP_BUSINESS : OP_ADD, start, takes, 0);
    }
    date = quid__node_fill(builder, builder->program->after, date);
    if (milestone->needs.index == 0)
        return date;
    return quid__node(builder, OP_SELECT, quid__build_term(builder, milestone->needs), date,
                      constant(builder, QUID_NEVER));
}

static uint32_t build_one(Builder *builder, uint32_t index)
{
    const QuidMilestone *milestone = &builder->model->milestones[index];
    const QuidLedgerTables *facts = builder->program->facts;
    if (milestone->set_date.index != 0)
        return quid__build_term(builder, milestone->set_date);
    if (facts != NULL && facts->milestones[index].reached != QUID_NO_DATE)
        return constant(builder, facts->milestones[index].reached);
    return build_date(builder, milestone);
}

// ---- Long chains are built from their beginning, so that nothing recurs as deep as they are long

static void require(Builder *builder, QuidThing thing)
{
    if (thing.kind != QUID_THING_MILESTONE || builder->milestone_states[thing.index] != 0)
        return;
    uint32_t *pending = quid__vector_push(&builder->pending);
    if (pending != NULL)
        *pending = thing.index;
}

static void require_term(Builder *builder, QuidTermId id)
{
    const QuidTerm *term = term_at(builder, id);
    if (builder->term_nodes[id.index] != 0)
        return;
    if (term->kind == QUID_TERM_LET)
        require_term(builder, builder->model->lets[term->thing.index].value);
    require(builder, term->thing);
    for (uint32_t i = 0; i < term->child_count; i++)
        require_term(builder, term_child(builder, term, i));
}

static void require_parts(Builder *builder, uint32_t index)
{
    const QuidMilestone *milestone = &builder->model->milestones[index];
    for (uint32_t i = 0; i < milestone->after_count; i++)
        require(builder, builder->model->predecessors[milestone->after_first + i].thing);
    require_term(builder, milestone->needs);
    require_term(builder, milestone->takes);
}

uint32_t quid__build_milestone(Builder *builder, uint32_t milestone)
{
    const uint32_t base = builder->pending.count;
    require(builder, (QuidThing){QUID_THING_MILESTONE, milestone});
    while (builder->pending.count > base && !builder->pending.has_failed) {
        const uint32_t top = QUID_AT(&builder->pending, uint32_t, builder->pending.count - 1);
        if (builder->milestone_states[top] == 0) {
            builder->milestone_states[top] = 1;
            require_parts(builder, top);
            continue;
        }
        builder->pending.count -= 1;
        if (builder->milestone_states[top] == 1) {
            builder->milestone_nodes[top] = build_one(builder, top);
            builder->milestone_states[top] = 2;
        }
    }
    // None where it would wait for itself: the deal stage refuses that.
    const uint32_t node = builder->milestone_nodes[milestone];
    return node != 0 ? node : constant(builder, QUID_NEVER);
}

// ---- What came last

uint32_t quid__build_critical(Builder *builder, uint32_t index)
{
    const QuidMilestone *milestone = &builder->model->milestones[index];
    const uint32_t none = constant(builder, -1);
    if (milestone->after_count == 0)
        return none;
    uint32_t latest = build_predecessor(builder, milestone, 0);
    uint32_t number = constant(builder, 0);
    for (uint32_t i = 1; i < milestone->after_count; i++) {
        const uint32_t before = build_predecessor(builder, milestone, i);
        const uint32_t is_later = quid__node(builder, OP_LESS, latest, before, 0);
        number = quid__node(builder, OP_SELECT, is_later, constant(builder, i), number);
        latest = quid__node(builder, OP_MAX, latest, before, 0);
    }
    if (milestone->needs.index != 0) {
        const uint32_t since = quid__build_since(builder, milestone->needs);
        number = quid__node(builder, OP_SELECT, quid__node(builder, OP_LESS, latest, since, 0),
                            none, number);
    }
    const uint32_t is_reached =
        quid__node_before(builder, quid__build_milestone(builder, index), builder->program->end);
    return quid__node(builder, OP_SELECT, is_reached, number, none);
}
