// What has come to each stage of a promise by a day: what the facts say up to the as-of date, and
// what the milestones and flows add from then on.
#include "program_internal.h"

// A promise's own holdings, parts left out, in major units of its own unit.
typedef struct Holding {
    double pledged;
    double committed;
    double disbursed;
    double completed;
} Holding;

static uint32_t constant(Builder *builder, double value)
{
    return quid__node_constant(builder, value);
}

static double major(const Builder *builder, int64_t minor, QuidUnitId unit)
{
    return quid_decimal_to_double((QuidDecimal){minor, -builder->model->units[unit.index].digits});
}

// ---- Rates

// A rate that became known after the as-of day, for the message alone: no number rests on it.
static const QuidFact *later_rate(const Builder *builder, QuidUnitId from, QuidUnitId to)
{
    const QuidDate as_of = quid_ledger_tables(builder->rates)->as_of;
    for (uint32_t i = 0; i < builder->model->fact_count; i++) {
        const QuidFact *fact = &builder->model->facts[i];
        const bool is_later = fact->date > as_of || fact->known > as_of;
        const bool is_forward = fact->subject == from.index && fact->choice == to.index;
        const bool is_inverse = fact->subject == to.index && fact->choice == from.index;
        if (fact->verb == QUID_VERB_RATE && is_later && (is_forward || is_inverse))
            return fact;
    }
    return NULL;
}

static void report_rate(Builder *builder, QuidUnitId from, QuidUnitId to, QuidSpan span)
{
    const QuidString source = builder->model->units[from.index].name;
    const QuidString target = builder->model->units[to.index].name;
    const QuidFact *later = later_rate(builder, from, to);
    char date[11];
    quid_date_text(quid_ledger_tables(builder->rates)->as_of, date);
    builder->is_rate_missing = true;
    quid__report(builder->context, QUID_E0603_MISSING_RATE, span,
                 "this is in %.*s and counts in %.*s, and no exchange rate is known by %s",
                 QUID_PRINT(source), QUID_PRINT(target), date);
    if (later != NULL)
        quid__report_related(builder->context, quid_deal_fact_span(builder->program->deal, later),
                             "this rate is not known by then");
    quid__report_hint(
        builder->context, "add a fact: %s rate %.*s/%.*s 1.25 (one %.*s is 1.25 %.*s)", date,
        QUID_PRINT(source), QUID_PRINT(target), QUID_PRINT(source), QUID_PRINT(target));
}

// What an expression converts needs a rate.
static double needed_rate(Builder *builder, QuidUnitId from, QuidUnitId to, QuidSpan span)
{
    double rate = 1;
    if (!quid_ledger_rate(builder->rates, from, to, &rate))
        report_rate(builder, from, to, span);
    return rate;
}

// A part's amount in the unit of its whole. As in the ledger's balances, a part without a rate by
// the as-of day is left out.
static double rate_of_part(const Builder *builder, uint32_t part, uint32_t whole)
{
    const QuidPledge *pledges = builder->model->pledges;
    double rate;
    return quid_ledger_rate(builder->rates, pledges[part].unit, pledges[whole].unit, &rate) ? rate
                                                                                            : 0;
}

uint32_t quid__build_converted(Builder *builder, QuidTermId id)
{
    const QuidTerm *term = term_at(builder, id);
    const QuidTermId inner = term_child(builder, term, 0);
    const QuidType type = term_at(builder, inner)->type;
    double factor = 1;
    const double rate = needed_rate(builder, type.money, term->type.money, term->span);
    for (int32_t i = 0; i < type.money_power; i++)
        factor *= rate;
    for (int32_t i = 0; i > type.money_power; i--)
        factor /= rate;
    return quid__node(builder, OP_MULTIPLY, quid__build_term(builder, inner),
                      constant(builder, factor), 0);
}

// ---- Up to the as-of date: the facts

// The facts dated up to a day, settled once for each day that is asked for.
static const QuidLedger *settled_through(Builder *builder, QuidDate date)
{
    for (uint32_t i = 0; i < builder->settlements.count; i++) {
        if (QUID_AT(&builder->settlement_days, QuidDate, i) == date)
            return QUID_AT(&builder->settlements, QuidLedger *, i);
    }
    QuidLedger **kept = quid__vector_push(&builder->settlements);
    QuidDate *day = quid__vector_push(&builder->settlement_days);
    if (kept == NULL || day == NULL)
        return NULL;
    *day = date;
    if (quid_ledger_settle_through(builder->context, builder->ledger, date, kept) != QUID_OK) {
        builder->has_failed = true;
        *kept = NULL;
    }
    return *kept;
}

static uint32_t build_past(Builder *builder, uint32_t pledge, QuidStage stage, QuidDate date)
{
    const QuidLedger *ledger =
        date == builder->program->facts->as_of ? builder->ledger : settled_through(builder, date);
    if (ledger == NULL)
        return constant(builder, 0);
    const QuidPledgeBalance *balance = &quid_ledger_tables(ledger)->pledges[pledge];
    const int64_t minor = stage < QUID_STAGE_PLEDGED
                              ? balance->with_parts.minor[stage]
                              : quid_stages_at_least(&balance->with_parts, stage);
    return constant(builder, major(builder, minor, balance->unit));
}

// ---- Where amounts start

static Holding of_facts(const Builder *builder, uint32_t pledge)
{
    const QuidPledgeBalance *balance = &builder->program->facts->pledges[pledge];
    const int64_t *own = balance->own.minor;
    // What parts in other currencies drew is taken off a whole's own.
    const int64_t pledged = balance->has_parts ? balance->unallocated : own[QUID_STAGE_PLEDGED];
    return (Holding){major(builder, pledged, balance->unit),
                     major(builder, own[QUID_STAGE_COMMITTED], balance->unit),
                     major(builder, own[QUID_STAGE_DISBURSED], balance->unit),
                     major(builder, own[QUID_STAGE_COMPLETED], balance->unit)};
}

// As the clauses say, by the end of a day: what parts are promised by name is taken out of the
// whole. Promises stand at most 16 deep inside one another.
static double promised(Builder *builder, uint32_t index, QuidDate date, double *own)
{
    const QuidPledge *pledge = &builder->model->pledges[index];
    double parts = 0;
    for (uint32_t i = 1; i < builder->model->pledge_count; i++) {
        const QuidPledge *part = &builder->model->pledges[i];
        double part_own;
        if (part->parent.index != index)
            continue;
        const double total = promised(builder, i, date, &part_own);
        if (total > 0 && pledge->unit.index != 0)
            parts += total * rate_of_part(builder, i, index);
    }
    const bool is_made = pledge->made.first != QUID_NO_DATE && pledge->made.first <= date;
    const double amount =
        is_made && pledge->has_amount ? major(builder, pledge->amount, pledge->unit) : 0;
    *own = amount > parts ? amount - parts : 0;
    return *own + parts;
}

static Holding holding_of(Builder *builder, uint32_t pledge, QuidDate date)
{
    if (builder->program->facts != NULL)
        return of_facts(builder, pledge);
    Holding holding = {0, 0, 0, 0};
    (void)promised(builder, pledge, date, &holding.pledged);
    return holding;
}

// ---- From then on

static uint32_t enclosing(const Builder *builder, uint32_t pledge, bool is_flow)
{
    uint32_t at = pledge;
    while (at != 0 && (is_flow ? builder->model->pledges[at].disbursed_over.index
                               : builder->model->pledges[at].committed_at.index) == 0)
        at = builder->model->pledges[at].parent.index;
    return at;
}

// The moment at which the promise, or one that it is part of, lapses; 0: none can.
static uint32_t build_lapse(Builder *builder, uint32_t pledge)
{
    const uint32_t outer = builder->lapsing;
    uint32_t earliest = 0;
    for (uint32_t at = pledge; at != 0; at = builder->model->pledges[at].parent.index) {
        const QuidTermId condition = builder->model->pledges[at].lapses_if;
        if (condition.index == 0)
            continue;
        builder->lapsing = at;
        const uint32_t since = quid__node_fill(builder, builder->program->after,
                                               quid__build_lapse_since(builder, condition));
        const uint32_t moment = quid__node(builder, OP_SELECT, quid__build_term(builder, condition),
                                           since, constant(builder, QUID_NEVER));
        earliest = earliest == 0 ? moment : quid__node(builder, OP_MIN, earliest, moment, 0);
    }
    builder->lapsing = outer;
    return earliest;
}

// What is committed by a moment.
static uint32_t build_committed(Builder *builder, uint32_t pledge, Holding holding, uint32_t moment)
{
    const uint32_t committed = constant(builder, holding.committed);
    const uint32_t owner = enclosing(builder, pledge, false);
    if (owner == 0 || holding.pledged == 0)
        return committed;
    const uint32_t milestone = builder->model->pledges[owner].committed_at.index;
    const QuidLedgerTables *facts = builder->program->facts;
    const bool is_over = facts != NULL && facts->milestones[milestone].reached != QUID_NO_DATE &&
                         builder->model->milestones[milestone].set_date.index == 0;
    if (is_over) // the facts say what it committed
        return committed;
    const uint32_t is_reached =
        quid__node(builder, OP_LESS, quid__build_milestone(builder, milestone), moment, 0);
    const uint32_t added =
        quid__node(builder, OP_MULTIPLY, is_reached, constant(builder, holding.pledged), 0);
    return quid__node(builder, OP_ADD, committed, added, 0);
}

static uint32_t add_duration(Builder *builder, uint32_t start, uint32_t duration, bool is_business)
{
    return quid__node(builder, is_business ? OP_BUSINESS : OP_ADD, start, duration, 0);
}

// The share of what is committed that has flowed out by a moment. Known to be not over now: its
// duration is drawn given that; one that is certain, and over, starts again.
static uint32_t build_flow(Builder *builder, const QuidPledge *owner, uint32_t moment)
{
    const uint32_t start = quid__build_milestone(builder, owner->disbursed_from.index);
    const bool is_business = term_at(builder, owner->disbursed_over)->type.is_business;
    const double after = builder->program->after;
    if (builder->program->facts == NULL) {
        const uint32_t over = quid__build_duration(builder, owner->disbursed_over, 0);
        return quid__node(builder, OP_FLOW, moment, start,
                          add_duration(builder, start, over, is_business));
    }
    const uint32_t now = constant(builder, after);
    const uint32_t has_begun = quid__node(builder, OP_LESS, start, now, 0);
    const uint32_t passed =
        is_business ? quid__node(builder, OP_BUSINESS_COUNT, start, constant(builder, after - 1), 0)
                    : quid__node(builder, OP_SUBTRACT, now, start, 0);
    const uint32_t low =
        quid__node(builder, OP_SELECT, has_begun, passed, constant(builder, -QUID_NEVER));
    const uint32_t over = quid__build_duration(builder, owner->disbursed_over, low);
    const uint32_t end = add_duration(builder, start, over, is_business);
    const uint32_t is_over = quid__node(builder, OP_LESS_EQUAL, end, now, 0);
    const uint32_t renewed = add_duration(builder, now, over, is_business);
    return quid__node(builder, OP_FLOW, moment, quid__node_fill(builder, after, start),
                      quid__node(builder, OP_SELECT, is_over, renewed, end));
}

static uint32_t build_disbursed(Builder *builder, uint32_t pledge, Holding holding,
                                uint32_t committed, uint32_t moment)
{
    const uint32_t done = constant(builder, holding.disbursed + holding.completed);
    const uint32_t owner = enclosing(builder, pledge, true);
    double value;
    if (owner == 0 || (is_constant(builder, committed, &value) && value == 0))
        return done;
    const uint32_t flow = build_flow(builder, &builder->model->pledges[owner], moment);
    return quid__node(builder, OP_ADD, done, quid__node(builder, OP_MULTIPLY, committed, flow, 0),
                      0);
}

static bool is_part(const QuidDealTables *model, uint32_t part, uint32_t whole)
{
    while (part != 0 && part != whole)
        part = model->pledges[part].parent.index;
    return part == whole;
}

// Inside its own `lapses if`, a promise and its parts count as if nothing of it lapsed.
static bool may_lapse(const Builder *builder, uint32_t pledge, Holding holding)
{
    const bool is_judged =
        builder->lapsing != 0 && is_part(builder->model, pledge, builder->lapsing);
    return !is_judged && (holding.pledged != 0 || holding.committed != 0);
}

static uint32_t build_own(Builder *builder, uint32_t pledge, QuidStage stage, QuidDate date)
{
    const Holding holding = holding_of(builder, pledge, date);
    if (stage == QUID_STAGE_COMPLETED)
        return constant(builder, holding.completed);
    const uint32_t end_of_day = constant(builder, (double)date + 1);
    const uint32_t lapse = may_lapse(builder, pledge, holding) ? build_lapse(builder, pledge) : 0;
    const uint32_t moment =
        lapse == 0 ? end_of_day : quid__node(builder, OP_MIN, end_of_day, lapse, 0);
    const uint32_t committed = build_committed(builder, pledge, holding, moment);
    const uint32_t disbursed = build_disbursed(builder, pledge, holding, committed, moment);
    if (stage == QUID_STAGE_DISBURSED)
        return disbursed;
    const double done = holding.disbursed + holding.completed;
    const uint32_t held = stage == QUID_STAGE_PLEDGED
                              ? constant(builder, holding.pledged + holding.committed + done)
                              : quid__node(builder, OP_ADD, committed, constant(builder, done), 0);
    if (lapse == 0)
        return held;
    return quid__node(builder, OP_SELECT, quid__node(builder, OP_LESS, lapse, end_of_day, 0),
                      disbursed, held);
}

uint32_t quid__build_amount(Builder *builder, uint32_t pledge, QuidStage stage, QuidDate date)
{
    const QuidDealTables *model = builder->model;
    const QuidLedgerTables *facts = builder->program->facts;
    const QuidUnitId unit = model->pledges[pledge].unit;
    if (date == QUID_NO_DATE)
        date = model->horizon;
    if (date == QUID_NO_DATE)
        date = facts != NULL ? facts->as_of : 0;
    if (facts != NULL && (date <= facts->as_of || stage < QUID_STAGE_PLEDGED))
        return build_past(builder, pledge, stage, date < facts->as_of ? date : facts->as_of);
    uint32_t sum = constant(builder, 0);
    for (uint32_t i = 1; i < model->pledge_count && unit.index != 0; i++) {
        if (model->pledges[i].unit.index == 0 || !is_part(model, i, pledge))
            continue;
        const uint32_t own = build_own(builder, i, stage, date);
        double value;
        if (is_constant(builder, own, &value) && value == 0)
            continue;
        const uint32_t rate = constant(builder, rate_of_part(builder, i, pledge));
        const uint32_t part = quid__node(builder, OP_MULTIPLY, own, rate, 0);
        sum = quid__node(builder, OP_ADD, sum, part, 0);
    }
    return sum;
}
