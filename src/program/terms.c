// Expressions to nodes.
#include "program_internal.h"

static uint32_t constant(Builder *builder, double value)
{
    return quid__node_constant(builder, value);
}

static uint32_t child(Builder *builder, const QuidTerm *term, uint32_t n)
{
    return quid__build_term(builder, term_child(builder, term, n));
}

// ---- Quantities that are drawn

static SpreadRoom room_of(Builder *builder)
{
    return (SpreadRoom){.arena = &builder->program->arena};
}

// The node of what a lone term draws; low: 0, or a node that it is known not to lie below.
static uint32_t draw(Builder *builder, QuidTermId id, const Spread *spread, uint32_t low)
{
    QuidProgram *program = builder->program;
    uint32_t *variable = &builder->term_variables[id.index];
    if (spread->kind == SPREAD_POINT)
        return constant(builder, spread->low);
    if (*variable == 0) { // a term that stands outside all statements: a host's
        Variable *added = quid__vector_push(&program->variables);
        if (added == NULL)
            return 0;
        *added =
            (Variable){quid__arena_format(&program->arena, "term/%u", id.index), UINT32_MAX, false};
        *variable = program->variables.count - 1;
    }
    const uint32_t uniform = quid__node_indexed(builder, OP_UNIFORM, *variable, 0, 0);
    if (spread->kind == SPREAD_LIST) {
        ValueList *list = quid__vector_push(&program->lists);
        if (list == NULL)
            return 0;
        *list = spread->list;
        return quid__node_indexed(builder, OP_PICK, program->lists.count - 1, uniform, 0);
    }
    const QuidDistributionShape shape = spread->distribution.shape;
    if (low == 0 && (shape == QUID_DISTRIBUTION_PERT || shape == QUID_DISTRIBUTION_BETA)) {
        QuantileTable *table = quid__vector_push(&program->tables);
        if (table == NULL || !quid__tabulate(&program->arena, &spread->distribution, table))
            return 0;
        return quid__node_indexed(builder, OP_TABLE, program->tables.count - 1, uniform, 0);
    }
    QuidDistribution *distribution = quid__vector_push(&program->distributions);
    if (distribution == NULL)
        return 0;
    *distribution = spread->distribution;
    return quid__node_indexed(builder, low == 0 ? OP_QUANTILE : OP_ABOVE,
                              program->distributions.count - 1, uniform, low);
}

static uint32_t build_drawn(Builder *builder, QuidTermId id)
{
    Spread spread;
    QuidTermId drawn;
    if (!quid__lone_spread(builder->model, room_of(builder), id, &spread, &drawn))
        return constant(builder, 0); // no memory
    return draw(builder, drawn, &spread, 0);
}

uint32_t quid__build_duration(Builder *builder, QuidTermId id, uint32_t low)
{
    Spread spread;
    QuidTermId drawn;
    const bool is_lone =
        low != 0 && quid__lone_spread(builder->model, room_of(builder), id, &spread, &drawn);
    if (!is_lone || spread.kind != SPREAD_DISTRIBUTION)
        return quid__build_term(builder, id);
    return draw(builder, drawn, &spread, low);
}

// ---- Conditions

// moment < the date of what a BEFORE names; never counts as the horizon's end.
static uint32_t build_limit(Builder *builder, const QuidTerm *term)
{
    if (term->thing.kind == QUID_THING_NONE)
        return constant(builder, term->date.first);
    return quid__node(builder, OP_MIN, quid__build_date(builder, term->thing),
                      constant(builder, builder->program->end), 0);
}

// The moment before which a condition's thing must have happened.
static uint32_t moment_of(Builder *builder, const QuidTerm *term)
{
    if (term->kind == QUID_TERM_BY)
        return constant(builder, (double)term->date.last + 1);
    if (term->kind == QUID_TERM_BEFORE)
        return build_limit(builder, term);
    return constant(builder, builder->program->end);
}

static const QuidTerm *stated(const Builder *builder, const QuidTerm *term)
{
    const bool is_timed = term->kind == QUID_TERM_BY || term->kind == QUID_TERM_BEFORE;
    return is_timed ? term_at(builder, term_child(builder, term, 0)) : term;
}

// X = o, M, each also by a date or before something.
static uint32_t build_happening(Builder *builder, const QuidTerm *term)
{
    const QuidTerm *what = stated(builder, term);
    uint32_t moment = moment_of(builder, term);
    if (what->kind == QUID_TERM_REACHED) {
        if (term->kind == QUID_TERM_BEFORE)
            moment =
                quid__node(builder, OP_MIN, moment, constant(builder, builder->program->end), 0);
        return quid__node(builder, OP_LESS, quid__build_milestone(builder, what->thing.index),
                          moment, 0);
    }
    const uint32_t choice = constant(builder, what->choice);
    if (what->thing.kind == QUID_THING_MOVE)
        return quid__node(builder, OP_EQUAL, quid__build_state(builder, what->thing.index, moment),
                          choice, 0);
    const uint32_t is =
        quid__node(builder, OP_EQUAL, quid__build_outcome(builder, what->thing.index), choice, 0);
    const uint32_t has_happened =
        quid__node(builder, OP_LESS, quid__build_happened(builder, what->thing.index), moment, 0);
    return quid__node_and(builder, is, has_happened);
}

static bool is_date_literal(const QuidTerm *term)
{
    return term->kind == QUID_TERM_DATE;
}

static uint32_t build_comparison(Builder *builder, QuidTermKind kind, uint32_t left, uint32_t right)
{
    switch (kind) {
    case QUID_TERM_EQUAL:
        return quid__node(builder, OP_EQUAL, left, right, 0);
    case QUID_TERM_NOT_EQUAL:
        return quid__node(builder, OP_NOT_EQUAL, left, right, 0);
    case QUID_TERM_LESS:
        return quid__node(builder, OP_LESS, left, right, 0);
    case QUID_TERM_LESS_EQUAL:
        return quid__node(builder, OP_LESS_EQUAL, left, right, 0);
    case QUID_TERM_GREATER:
        return quid__node(builder, OP_LESS, right, left, 0);
    default:
        return quid__node(builder, OP_LESS_EQUAL, right, left, 0);
    }
}

// A moment beside a date literal, which is the days from its first one's start to its last one's
// end.
static uint32_t compare_with_days(Builder *builder, QuidTermKind kind, uint32_t moment,
                                  QuidDateRange days)
{
    const uint32_t is_before = quid__node_before(builder, moment, days.first);
    const uint32_t is_by = quid__node_before(builder, moment, (double)days.last + 1);
    switch (kind) {
    case QUID_TERM_LESS:
        return is_before;
    case QUID_TERM_LESS_EQUAL:
        return is_by;
    case QUID_TERM_GREATER:
        return quid__node_not(builder, is_by);
    case QUID_TERM_GREATER_EQUAL:
        return quid__node_not(builder, is_before);
    case QUID_TERM_NOT_EQUAL:
        return quid__node_not(builder,
                              quid__node_and(builder, is_by, quid__node_not(builder, is_before)));
    default:
        return quid__node_and(builder, is_by, quid__node_not(builder, is_before));
    }
}

static QuidTermKind turned_round(QuidTermKind kind)
{
    switch (kind) {
    case QUID_TERM_LESS:
        return QUID_TERM_GREATER;
    case QUID_TERM_LESS_EQUAL:
        return QUID_TERM_GREATER_EQUAL;
    case QUID_TERM_GREATER:
        return QUID_TERM_LESS;
    case QUID_TERM_GREATER_EQUAL:
        return QUID_TERM_LESS_EQUAL;
    default:
        return kind;
    }
}

static uint32_t build_compared(Builder *builder, const QuidTerm *term)
{
    const QuidTerm *left = term_at(builder, term_child(builder, term, 0));
    const QuidTerm *right = term_at(builder, term_child(builder, term, 1));
    if (is_date_literal(right) && !is_date_literal(left))
        return compare_with_days(builder, term->kind, child(builder, term, 0), right->date);
    if (is_date_literal(left) && !is_date_literal(right))
        return compare_with_days(builder, turned_round(term->kind), child(builder, term, 1),
                                 left->date);
    const uint32_t a = child(builder, term, 0);
    return build_comparison(builder, term->kind, a, child(builder, term, 1));
}

static uint32_t build_junction(Builder *builder, const QuidTerm *term)
{
    uint32_t result = child(builder, term, 0);
    for (uint32_t i = 1; i < term->child_count; i++) {
        const uint32_t part = child(builder, term, i);
        result = term->kind == QUID_TERM_AND ? quid__node_and(builder, result, part)
                                             : quid__node_or(builder, result, part);
    }
    return result;
}

// ---- Values

static uint32_t build_extreme(Builder *builder, const QuidTerm *term, Op op)
{
    uint32_t result = child(builder, term, 0);
    for (uint32_t i = 1; i < term->child_count; i++)
        result = quid__node(builder, op, result, child(builder, term, i), 0);
    return result;
}

// The time between two dates: never counts as the horizon's end, where every forecast ends.
static uint32_t build_difference(Builder *builder, const QuidTerm *term)
{
    uint32_t left = child(builder, term, 0);
    uint32_t right = child(builder, term, 1);
    const bool is_span =
        term_at(builder, term_child(builder, term, 0))->type.kind == QUID_TYPE_DATE &&
        term_at(builder, term_child(builder, term, 1))->type.kind == QUID_TYPE_DATE;
    if (is_span) {
        const uint32_t end = constant(builder, builder->program->end);
        left = quid__node(builder, OP_MIN, left, end, 0);
        right = quid__node(builder, OP_MIN, right, end, 0);
    }
    return quid__node(builder, OP_SUBTRACT, left, right, 0);
}

static uint32_t build_binary(Builder *builder, const QuidTerm *term, Op op)
{
    const uint32_t left = child(builder, term, 0);
    return quid__node(builder, op, left, child(builder, term, 1), 0);
}

static uint32_t build_unary(Builder *builder, const QuidTerm *term, Op op)
{
    return quid__node(builder, op, child(builder, term, 0), 0, 0);
}

static uint32_t build_negation(Builder *builder, const QuidTerm *term)
{
    return quid__node(builder, OP_SUBTRACT, constant(builder, 0), child(builder, term, 0), 0);
}

static uint32_t build_if(Builder *builder, const QuidTerm *term)
{
    const uint32_t condition = child(builder, term, 1);
    const uint32_t value = child(builder, term, 0);
    return quid__node(builder, OP_SELECT, condition, value, child(builder, term, 2));
}

// The time past the due date, up to the horizon: from the due day's beginning, as the record counts
// days, but nothing until that day is over.
static uint32_t build_late(Builder *builder, const QuidTerm *term)
{
    const QuidDate due = quid__due_date(builder, term->thing.index);
    if (due == QUID_NO_DATE)
        return constant(builder, 0);
    const uint32_t date =
        quid__node(builder, OP_MIN, quid__build_milestone(builder, term->thing.index),
                   constant(builder, builder->program->end), 0);
    const uint32_t is_met = quid__node(builder, OP_LESS, date, constant(builder, due + 1.0), 0);
    const uint32_t past = quid__node(builder, OP_SUBTRACT, date, constant(builder, due), 0);
    return quid__node(builder, OP_SELECT, is_met, constant(builder, 0), past);
}

static uint32_t build_of_model(Builder *builder, QuidTermId id)
{
    const QuidTerm *term = term_at(builder, id);
    const QuidDate date = term->date.last;
    switch (term->kind) {
    case QUID_TERM_STAGE:
        return quid__build_amount(builder, term->thing.index, (QuidStage)term->stage, date);
    case QUID_TERM_DATE_OF:
        return quid__build_date(builder, term->thing);
    case QUID_TERM_LATE:
        return build_late(builder, term);
    case QUID_TERM_SHARE:
        return quid__build_share(builder, term->thing.index, term->choice, date);
    case QUID_TERM_HHI:
        return quid__build_hhi(builder, term->thing.index, date);
    default:
        return quid__build_converted(builder, id);
    }
}

static uint32_t build(Builder *builder, QuidTermId id)
{
    const QuidTerm *term = term_at(builder, id);
    switch (term->kind) {
    case QUID_TERM_NONE:
        return constant(builder, 0);
    case QUID_TERM_CONSTANT:
        return constant(builder, term->value);
    case QUID_TERM_DATE:
        return constant(builder, term->date.first);
    case QUID_TERM_INTERVAL:
    case QUID_TERM_DISTRIBUTION:
        return build_drawn(builder, id);
    case QUID_TERM_LET:
        return quid__build_term(builder, builder->model->lets[term->thing.index].value);
    case QUID_TERM_IS:
    case QUID_TERM_REACHED:
    case QUID_TERM_BY:
    case QUID_TERM_BEFORE:
        return build_happening(builder, term);
    case QUID_TERM_STAGE:
    case QUID_TERM_DATE_OF:
    case QUID_TERM_LATE:
    case QUID_TERM_SHARE:
    case QUID_TERM_HHI:
    case QUID_TERM_CONVERT:
        return build_of_model(builder, id);
    case QUID_TERM_NEGATE:
        return build_negation(builder, term);
    case QUID_TERM_NOT:
        return quid__node_not(builder, child(builder, term, 0));
    case QUID_TERM_ADD:
        return build_binary(builder, term, OP_ADD);
    case QUID_TERM_SUBTRACT:
        return build_difference(builder, term);
    case QUID_TERM_MULTIPLY:
        return build_binary(builder, term, OP_MULTIPLY);
    case QUID_TERM_DIVIDE:
        return build_binary(builder, term, OP_DIVIDE);
    case QUID_TERM_POWER:
        return build_binary(builder, term, OP_POWER);
    case QUID_TERM_EQUAL:
    case QUID_TERM_NOT_EQUAL:
    case QUID_TERM_LESS:
    case QUID_TERM_LESS_EQUAL:
    case QUID_TERM_GREATER:
    case QUID_TERM_GREATER_EQUAL:
        return build_compared(builder, term);
    case QUID_TERM_AND:
    case QUID_TERM_OR:
        return build_junction(builder, term);
    case QUID_TERM_IF:
        return build_if(builder, term);
    case QUID_TERM_MIN:
        return build_extreme(builder, term, OP_MIN);
    case QUID_TERM_MAX:
        return build_extreme(builder, term, OP_MAX);
    case QUID_TERM_ABS:
        return build_unary(builder, term, OP_ABS);
    case QUID_TERM_EXP:
        return build_unary(builder, term, OP_EXP);
    case QUID_TERM_LOG:
        return build_unary(builder, term, OP_LOG);
    case QUID_TERM_SQRT:
        return build_unary(builder, term, OP_SQRT);
    }
    return constant(builder, 0);
}

// Terms nest at most QUID_NESTING_MAX deep; lets and things do not depend on themselves (the deal
// stage refuses circles), and long chains of milestones are built from their beginning.
uint32_t quid__build_term(Builder *builder, QuidTermId id)
{
    if (builder->term_nodes[id.index] != 0)
        return builder->term_nodes[id.index];
    const uint32_t node = build(builder, id);
    builder->term_nodes[id.index] = node;
    return node;
}

// ---- Since when

// The moment of what a happening states: of the choice, the event, the milestone.
static uint32_t since_happening(Builder *builder, const QuidTerm *term)
{
    const QuidTerm *what = stated(builder, term);
    if (what->kind == QUID_TERM_REACHED)
        return quid__build_milestone(builder, what->thing.index);
    if (what->thing.kind == QUID_THING_MOVE)
        return quid__build_chosen(builder, what->thing.index, moment_of(builder, term));
    return quid__build_happened(builder, what->thing.index);
}

// All of them: since the latest. One of them: since the earliest that holds.
static uint32_t since_junction(Builder *builder, const QuidTerm *term)
{
    uint32_t result = 0;
    for (uint32_t i = 0; i < term->child_count; i++) {
        const QuidTermId id = term_child(builder, term, i);
        uint32_t part = quid__build_since(builder, id);
        if (term->kind == QUID_TERM_OR)
            part = quid__node(builder, OP_SELECT, quid__build_term(builder, id), part,
                              constant(builder, QUID_NEVER));
        result = i == 0 ? part
                        : quid__node(builder, term->kind == QUID_TERM_AND ? OP_MAX : OP_MIN, result,
                                     part, 0);
    }
    return result;
}

static uint32_t since_if(Builder *builder, const QuidTerm *term)
{
    const QuidTermId condition = term_child(builder, term, 1);
    const uint32_t taken = quid__node(builder, OP_MAX, quid__build_since(builder, condition),
                                      quid__build_since(builder, term_child(builder, term, 0)), 0);
    return quid__node(builder, OP_SELECT, quid__build_term(builder, condition), taken,
                      quid__build_since(builder, term_child(builder, term, 2)));
}

uint32_t quid__build_since(Builder *builder, QuidTermId id)
{
    if (builder->since_nodes[id.index] != 0)
        return builder->since_nodes[id.index];
    const QuidTerm *term = term_at(builder, id);
    uint32_t node;
    if (term->kind == QUID_TERM_IS || term->kind == QUID_TERM_REACHED ||
        term->kind == QUID_TERM_BY || term->kind == QUID_TERM_BEFORE)
        node = since_happening(builder, term);
    else if (term->kind == QUID_TERM_AND || term->kind == QUID_TERM_OR)
        node = since_junction(builder, term);
    else if (term->kind == QUID_TERM_IF)
        node = since_if(builder, term);
    else if (term->kind == QUID_TERM_LET)
        node = quid__build_since(builder, builder->model->lets[term->thing.index].value);
    else
        node = constant(builder, -QUID_NEVER);
    builder->since_nodes[id.index] = node;
    return node;
}

// ---- Since when a promise has lapsed

// The last moment of the latest day that an amount inside is asked for; -infinity: none is.
static double latest_day(const Builder *builder, const QuidTerm *term)
{
    const bool is_amount = term->kind == QUID_TERM_STAGE || term->kind == QUID_TERM_SHARE ||
                           term->kind == QUID_TERM_HHI;
    double latest = -QUID_NEVER;
    if (is_amount && term->date.last != QUID_NO_DATE)
        latest = nextafter((double)term->date.last + 1, 0);
    for (uint32_t i = 0; i < term->child_count; i++) {
        const double day = latest_day(builder, term_at(builder, term_child(builder, term, i)));
        latest = day > latest ? day : latest;
    }
    return latest;
}

// That something has not happened by a day holds once the day is over; without a day, once all is.
static uint32_t lapse_since_not(Builder *builder, const QuidTerm *term)
{
    const QuidTerm *inner = term_at(builder, term_child(builder, term, 0));
    return moment_of(builder, inner);
}

static uint32_t lapse_since_part(Builder *builder, QuidTermId id, bool is_any)
{
    const uint32_t since = quid__build_lapse_since(builder, id);
    return is_any ? quid__node(builder, OP_SELECT, quid__build_term(builder, id), since,
                               constant(builder, QUID_NEVER))
                  : since;
}

uint32_t quid__build_lapse_since(Builder *builder, QuidTermId id)
{
    const QuidTerm *term = term_at(builder, id);
    if (term->kind == QUID_TERM_NOT)
        return lapse_since_not(builder, term);
    if (term->kind == QUID_TERM_AND || term->kind == QUID_TERM_OR) {
        const bool is_any = term->kind == QUID_TERM_OR;
        uint32_t result = lapse_since_part(builder, term_child(builder, term, 0), is_any);
        for (uint32_t i = 1; i < term->child_count; i++)
            result = quid__node(builder, is_any ? OP_MIN : OP_MAX, result,
                                lapse_since_part(builder, term_child(builder, term, i), is_any), 0);
        return result;
    }
    if (term->kind == QUID_TERM_LET)
        return quid__build_lapse_since(builder, builder->model->lets[term->thing.index].value);
    if (term->kind >= QUID_TERM_EQUAL && term->kind <= QUID_TERM_GREATER_EQUAL)
        return constant(builder, latest_day(builder, term));
    return quid__build_since(builder, id);
}
