// How an event's outcome is drawn from its chances.
#include "program_internal.h"

static uint32_t constant(Builder *builder, double value)
{
    return quid__node_constant(builder, value);
}

// A chance given as a range is used at its middle; one that is itself spread at its mean: what
// comes of it is the same.
static bool lone_chance(const QuidDeal *deal, QuidTermId id, double *chance)
{
    const QuidDealTables *model = quid_deal_tables(deal);
    const QuidTerm *term = &model->terms[id.index];
    double values[2 * CHOICE_COUNT_MAX];
    QuidEstimate estimate;
    Spread spread;
    QuidTermId drawn;
    if (term->kind == QUID_TERM_INTERVAL && quid_deal_chance(deal, id, &estimate)) {
        *chance = estimate.middle;
        return true;
    }
    return term->kind == QUID_TERM_DISTRIBUTION &&
           quid__lone_spread(model, (SpreadRoom){.values = values}, id, &spread, &drawn) &&
           quid__spread_mean(&spread, chance);
}

// max first: a chance that is no number counts as none.
static uint32_t clamp(Builder *builder, uint32_t chance)
{
    const uint32_t above = quid__node(builder, OP_MAX, chance, constant(builder, 0), 0);
    return quid__node(builder, OP_MIN, above, constant(builder, 1), 0);
}

static uint32_t stated_chance(Builder *builder, QuidTermId id)
{
    double chance;
    if (lone_chance(builder->program->deal, id, &chance))
        return clamp(builder, constant(builder, chance));
    return clamp(builder, quid__build_term(builder, id));
}

typedef struct Chances {
    uint32_t *nodes;
    uint32_t count;
    uint32_t total; // node of their sum
} Chances;

static uint32_t sum_of(Builder *builder, const uint32_t *nodes, uint32_t count, uint32_t left_out)
{
    uint32_t sum = constant(builder, 0);
    for (uint32_t i = 0; i < count; i++) {
        if (i != left_out)
            sum = quid__node(builder, OP_ADD, sum, nodes[i], 0);
    }
    return sum;
}

// `otherwise` takes the rest. Where there is none, or the others sum above 1, they are taken in
// proportion.
static bool build_chances(Builder *builder, const QuidEvent *event, Chances *chances)
{
    const QuidOutcome *outcomes = &builder->model->outcomes[event->outcome_first];
    chances->count = event->outcome_count;
    chances->nodes =
        quid__arena_push(&builder->program->arena, (size_t)chances->count * sizeof(uint32_t));
    if (chances->nodes == NULL)
        return false;
    uint32_t rest = UINT32_MAX;
    for (uint32_t i = 0; i < chances->count; i++) {
        if (outcomes[i].chance.index == 0)
            rest = i;
        else
            chances->nodes[i] = stated_chance(builder, outcomes[i].chance);
    }
    const uint32_t sum = sum_of(builder, chances->nodes, chances->count, rest);
    if (rest != UINT32_MAX)
        chances->nodes[rest] =
            clamp(builder, quid__node(builder, OP_SUBTRACT, constant(builder, 1), sum, 0));
    chances->total = sum_of(builder, chances->nodes, chances->count, UINT32_MAX);
    return true;
}

// A what-if's chance: the other outcomes keep their proportions, and share alike where they had
// none.
static void set_chance(Builder *builder, const QuidEvent *event, Chances *chances)
{
    const uint32_t set = event->set_chance_outcome;
    const uint32_t others = sum_of(builder, chances->nodes, chances->count, set);
    const uint32_t has_none = quid__node(builder, OP_LESS_EQUAL, others, constant(builder, 0), 0);
    const double rest = 1 - event->set_chance;
    for (uint32_t i = 0; i < chances->count; i++) {
        const uint32_t share = quid__node(builder, OP_DIVIDE, chances->nodes[i], others, 0);
        const uint32_t scaled = quid__node(builder, OP_MULTIPLY, share, constant(builder, rest), 0);
        const double alike = chances->count > 1 ? rest / (chances->count - 1) : 0;
        chances->nodes[i] =
            i == set ? constant(builder, event->set_chance)
                     : quid__node(builder, OP_SELECT, has_none, constant(builder, alike), scaled);
    }
    chances->total = constant(builder, 1);
}

// The number of the outcome: how many sums of chances the draw has passed.
uint32_t quid__build_drawn_outcome(Builder *builder, uint32_t index)
{
    const QuidEvent *event = &builder->model->events[index];
    Chances chances;
    if (!build_chances(builder, event, &chances))
        return constant(builder, 0);
    if (event->has_set_chance)
        set_chance(builder, event, &chances);
    const uint32_t uniform =
        quid__node_indexed(builder, OP_UNIFORM, builder->outcome_variables[index], 0, 0);
    double total;
    const bool is_fixed = is_constant(builder, chances.total, &total) && total > 0;
    // With constant chances the sums are divided beforehand; the draw is below 1, the last sum
    // is 1.
    const uint32_t draw =
        is_fixed ? uniform : quid__node(builder, OP_MULTIPLY, uniform, chances.total, 0);
    uint32_t sum = constant(builder, 0);
    uint32_t outcome = constant(builder, 0);
    for (uint32_t i = 0; i + 1 < chances.count; i++) {
        sum = quid__node(builder, OP_ADD, sum, chances.nodes[i], 0);
        const uint32_t limit =
            is_fixed ? quid__node(builder, OP_DIVIDE, sum, chances.total, 0) : sum;
        const uint32_t passed = quid__node(builder, OP_LESS_EQUAL, limit, draw, 0);
        outcome = quid__node(builder, OP_ADD, outcome, passed, 0);
    }
    return outcome;
}

// ---- Chances that are constant

static bool constant_value(const QuidDealTables *model, QuidTermId id, double *value);

static bool operation_of(QuidTermKind kind, Op *op)
{
    static const struct {
        QuidTermKind kind;
        Op op;
    } rows[] = {{QUID_TERM_ADD, OP_ADD},           {QUID_TERM_SUBTRACT, OP_SUBTRACT},
                {QUID_TERM_MULTIPLY, OP_MULTIPLY}, {QUID_TERM_DIVIDE, OP_DIVIDE},
                {QUID_TERM_POWER, OP_POWER},       {QUID_TERM_MIN, OP_MIN},
                {QUID_TERM_MAX, OP_MAX},           {QUID_TERM_ABS, OP_ABS},
                {QUID_TERM_EXP, OP_EXP},           {QUID_TERM_LOG, OP_LOG},
                {QUID_TERM_SQRT, OP_SQRT}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        *op = rows[i].op;
        if (rows[i].kind == kind)
            return true;
    }
    return false;
}

// The same operations in the same order as the nodes', so the same bits.
static bool constant_operation(const QuidDealTables *model, const QuidTerm *term, double *value)
{
    Op op;
    if (!operation_of(term->kind, &op) ||
        !constant_value(model, model->term_childs[term->child_first], value))
        return false;
    if (term->child_count == 1 && op != OP_MIN && op != OP_MAX)
        *value = quid__apply(op, *value, 0, 0);
    for (uint32_t i = 1; i < term->child_count; i++) {
        double next;
        if (!constant_value(model, model->term_childs[term->child_first + i], &next))
            return false;
        *value = quid__apply(op, *value, next, 0);
    }
    return true;
}

// Terms nest at most QUID_NESTING_MAX deep; lets do not recur.
static bool constant_value(const QuidDealTables *model, QuidTermId id, double *value)
{
    const QuidTerm *term = &model->terms[id.index];
    if (term->kind == QUID_TERM_CONSTANT) {
        *value = term->value;
        return true;
    }
    if (term->kind == QUID_TERM_LET)
        return constant_value(model, model->lets[term->thing.index].value, value);
    if (term->kind == QUID_TERM_NEGATE) {
        const bool is_known = constant_value(model, model->term_childs[term->child_first], value);
        *value = 0 - *value;
        return is_known;
    }
    return constant_operation(model, term, value);
}

static double limited(double chance)
{
    const double above = chance > 0 ? chance : 0;
    return above < 1 ? above : 1;
}

static bool stated_constant(const QuidDeal *deal, QuidTermId id, double *chance)
{
    if (!lone_chance(deal, id, chance) && !constant_value(quid_deal_tables(deal), id, chance))
        return false;
    *chance = limited(*chance);
    return true;
}

bool quid_program_constant_chance(const QuidDeal *deal, uint32_t index, uint32_t outcome,
                                  double *chance)
{
    const QuidDealTables *model = quid_deal_tables(deal);
    QUID_ASSERT(index > 0 && index < model->event_count);
    const QuidEvent *event = &model->events[index];
    QUID_ASSERT(outcome < event->outcome_count);
    double sum = 0;
    double own = 0;
    bool has_rest = false;
    bool is_rest = false;
    for (uint32_t i = 0; i < event->outcome_count; i++) {
        const QuidTermId term = model->outcomes[event->outcome_first + i].chance;
        double value = 0;
        has_rest = has_rest || term.index == 0;
        is_rest = is_rest || (term.index == 0 && i == outcome);
        if (term.index != 0 && !stated_constant(deal, term, &value))
            return false;
        sum += value;
        own = i == outcome ? value : own;
    }
    const double total = has_rest && sum < 1 ? 1 : sum;
    if (!(total > 0))
        return false;
    own = is_rest ? limited(1 - sum) : own;
    *chance = own / total;
    if (!event->has_set_chance)
        return true;
    const double set = event->set_chance;
    if (outcome == event->set_chance_outcome) {
        *chance = set;
        return true;
    }
    // The others keep their proportions.
    double fixed = 0;
    const QuidTermId term =
        model->outcomes[event->outcome_first + event->set_chance_outcome].chance;
    if (term.index == 0)
        fixed = limited(1 - sum) / total;
    else if (stated_constant(deal, term, &fixed))
        fixed /= total;
    *chance =
        fixed < 1 ? *chance / (1 - fixed) * (1 - set) : (1 - set) / (event->outcome_count - 1);
    return true;
}

bool quid_program_mean(const QuidDeal *deal, QuidTermId term, double *mean)
{
    double values[2 * CHOICE_COUNT_MAX];
    Spread spread;
    QuidTermId drawn;
    return quid__lone_spread(quid_deal_tables(deal), (SpreadRoom){.values = values}, term, &spread,
                             &drawn) &&
           quid__spread_mean(&spread, mean);
}

bool quid_program_quantile(const QuidDeal *deal, QuidTermId term, double share, double *value)
{
    double values[2 * CHOICE_COUNT_MAX];
    Spread spread;
    QuidTermId drawn;
    if (!quid__lone_spread(quid_deal_tables(deal), (SpreadRoom){.values = values}, term, &spread,
                           &drawn) ||
        spread.kind != SPREAD_DISTRIBUTION)
        return false;
    *value = quid__distribution_quantile(&spread.distribution, share);
    return true;
}
