// The deal stage's entry: its passes in order, and access to the result.
#include "deal_internal.h"

static const QuidDateRange no_dates = {QUID_NO_DATE, QUID_NO_DATE};

static void init_deal(QuidDeal *deal, QuidContext *context, const QuidText *text)
{
    *deal = (QuidDeal){.context = context, .text = text};
    deal->tables.horizon = QUID_NO_DATE;
    deal->tables.first_date = QUID_NO_DATE;
    quid__arena_init(&deal->arena, context);
#define X(Type, name) quid__vector_init(&deal->name, context, sizeof(Type));
    QUID_DEAL_TABLES(X)
#undef X
    // Element 0 of every table of things is inert.
    QuidVector *tables[] = {&deal->unit,   &deal->party, &deal->source,    &deal->pledge,
                            &deal->event,  &deal->let,   &deal->milestone, &deal->move,
                            &deal->supply, &deal->term};
    for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++)
        (void)quid__vector_push(tables[i]);
    if (deal->source.count > 0)
        QUID_AT(&deal->source, QuidSource, 0) = (QuidSource){.published = no_dates, .trust = -1};
    if (deal->pledge.count > 0)
        QUID_AT(&deal->pledge, QuidPledge, 0) = (QuidPledge){
            .made = no_dates, .offered = no_dates, .demanded = no_dates, .due = no_dates};
    if (deal->milestone.count > 0)
        QUID_AT(&deal->milestone, QuidMilestone, 0) = (QuidMilestone){.due = no_dates};
}

static bool has_failed(const QuidDeal *deal)
{
    bool is_failed = deal->arena.has_failed || quid__report_has_failed(deal->context);
#define X(Type, name) is_failed = is_failed || deal->name.has_failed;
    QUID_DEAL_TABLES(X)
#undef X
    return is_failed;
}

const char *quid_stage_word(QuidStage stage)
{
    static const char *const words[] = {
#define X(name, word) word,
        QUID_STAGE_LIST(X)
#undef X
    };
    return stage < QUID_STAGE_COUNT ? words[stage] : "";
}

void quid_deal_free(QuidDeal *deal)
{
    if (deal == NULL)
        return;
#define X(Type, name) quid__vector_free(&deal->name);
    if (deal->is_copy) {
        QUID_DEAL_CHANGEABLE(X)
        if (deal->has_own_terms)
            quid__vector_free(&deal->term);
    } else {
        QUID_DEAL_TABLES(X)
    }
#undef X
    quid__arena_free(&deal->arena);
    quid__release(deal->context, deal, sizeof *deal);
}

static bool init_checker(Checker *checker, QuidContext *context, const QuidText *text,
                         QuidDeal *deal)
{
    *checker = (Checker){.context = context,
                         .text = text,
                         .tables = quid_text_tables(text),
                         .deal = deal,
                         .name_count = quid_text_tables(text)->name_count};
    const size_t count = (size_t)checker->name_count + 1;
    const size_t let_count = (size_t)checker->tables->statement_count + 1;
    checker->things = quid__arena_push(&deal->arena, count * sizeof(Declared));
    checker->sources = quid__arena_push(&deal->arena, count * sizeof(Declared));
    checker->units = quid__arena_push(&deal->arena, count * sizeof(uint32_t));
    checker->let_states = quid__arena_push(&deal->arena, let_count);
    checker->let_nodes = quid__arena_push(&deal->arena, let_count * sizeof(uint32_t));
    quid__vector_init(&checker->unknowns, context, sizeof(Unknown));
    quid__vector_init(&checker->scratch, context, sizeof(QuidTermId));
    quid__vector_init(&checker->extents, context, sizeof(Extent));
    (void)quid__vector_push(&checker->extents); // of term 0
    return quid__vector_reserve(&checker->scratch, 64) && !has_failed(deal);
}

static void earliest(QuidDate *first, QuidDate date)
{
    if (date != QUID_NO_DATE && (*first == QUID_NO_DATE || date < *first))
        *first = date;
}

// Where nothing else is dated: of the milestones.
static QuidDate first_of_milestones(const QuidDeal *deal)
{
    QuidDate first = QUID_NO_DATE;
    for (uint32_t i = 1; i < deal->milestone.count; i++) {
        const QuidMilestone *milestone = &QUID_AT(&deal->milestone, QuidMilestone, i);
        earliest(&first, milestone->due.first);
        for (uint32_t n = 0; n < milestone->after_count; n++) {
            const QuidPredecessor *before =
                &QUID_AT(&deal->predecessor, QuidPredecessor, milestone->after_first + n);
            if (before->thing.kind == QUID_THING_NONE)
                earliest(&first, before->date.first);
        }
    }
    return first;
}

// The first date of everything that is dated; the horizon, where none is given, is ten years later:
// there always is one. Of what has no date at all, time begins with 1970, as its as-of day does.
void quid__check_first_date(Checker *checker)
{
    QuidDeal *deal = checker->deal;
    QuidDate first = QUID_NO_DATE;
    for (uint32_t i = 1; i < deal->pledge.count; i++) {
        const QuidPledge *pledge = &QUID_AT(&deal->pledge, QuidPledge, i);
        earliest(&first, pledge->made.first);
        earliest(&first, pledge->offered.first);
        earliest(&first, pledge->demanded.first);
    }
    for (uint32_t i = 1; i < deal->event.count; i++)
        earliest(&first, QUID_AT(&deal->event, QuidEvent, i).window.first);
    for (uint32_t i = 0; i < deal->move_date.count; i++)
        earliest(&first, QUID_AT(&deal->move_date, QuidDate, i));
    for (uint32_t i = 0; i < checker->tables->fact_count; i++)
        earliest(&first, checker->tables->facts[i].date);
    if (first == QUID_NO_DATE)
        first = first_of_milestones(deal);
    deal->tables.first_date = first;
    if (deal->tables.horizon != QUID_NO_DATE)
        return;
    QuidCivil civil = quid_date_to_civil(first == QUID_NO_DATE ? 0 : first);
    civil.year = civil.year + 10 > 9999 ? 9999 : civil.year + 10;
    deal->tables.horizon = quid_date_from_civil(civil);
    if (deal->tables.horizon == QUID_NO_DATE) { // 29 February
        civil.day = 28;
        deal->tables.horizon = quid_date_from_civil(civil);
    }
}

void quid__publish_deal(QuidDeal *deal)
{
#define X(Type, name)                                                                              \
    deal->tables.name##s = deal->name.items;                                                       \
    deal->tables.name##_count = deal->name.count;
    QUID_DEAL_TABLES(X)
#undef X
}

QuidStatus quid_deal_check(QuidContext *context, const QuidText *text, QuidDeal **result)
{
    const uint32_t errors_before = quid__report_error_count(context);
    QuidDeal *deal = quid__allocate(context, sizeof *deal);
    if (deal == NULL)
        return QUID_NO_MEMORY;
    init_deal(deal, context, text);
    Checker checker;
    // Each pass relies on whole tables of those before it, so that none runs once memory is gone.
    static void (*const passes[])(Checker *) = {
        quid__declare_all,   quid__check_shapes, quid__check_statements, quid__check_first_date,
        quid__check_chances, quid__check_cycles, quid__check_facts,      quid__report_unknowns,
    };
    bool is_whole = init_checker(&checker, context, text, deal);
    for (size_t i = 0; is_whole && i < sizeof passes / sizeof passes[0]; i++) {
        passes[i](&checker);
        is_whole = !has_failed(deal);
    }
    const bool is_failed = has_failed(deal) || checker.unknowns.has_failed ||
                           checker.scratch.has_failed || checker.extents.has_failed ||
                           checker.has_failed;
    quid__vector_free(&checker.unknowns);
    quid__vector_free(&checker.scratch);
    quid__vector_free(&checker.extents);
    // Errors of the text stage make the deal invalid too: what could not be read is missing here.
    const bool is_invalid =
        quid__report_error_count(context) > 0 || quid__report_error_count(context) > errors_before;
    if (is_failed || is_invalid) {
        quid_deal_free(deal);
        return is_failed ? QUID_NO_MEMORY : QUID_INVALID;
    }
    quid__publish_deal(deal);
    *result = deal;
    return QUID_OK;
}

const QuidDealTables *quid_deal_tables(const QuidDeal *deal)
{
    return &deal->tables;
}

const QuidText *quid_deal_text(const QuidDeal *deal)
{
    return deal->text;
}

QuidString quid_deal_fact_text(const QuidDeal *deal, const QuidFact *fact)
{
    const QuidTextTables *tables = quid_text_tables(deal->text);
    return tables->strings[tables->facts[fact->syntax].text];
}

QuidSpan quid_deal_fact_span(const QuidDeal *deal, const QuidFact *fact)
{
    const QuidFactSyntax *syntax = &quid_text_tables(deal->text)->facts[fact->syntax];
    return (QuidSpan){{syntax->file}, syntax->offset, syntax->size};
}

QuidString quid_deal_thing_id(const QuidDealTables *tables, QuidThing thing)
{
    switch (thing.kind) {
    case QUID_THING_PARTY:
        return tables->partys[thing.index].id;
    case QUID_THING_PLEDGE:
        return tables->pledges[thing.index].id;
    case QUID_THING_EVENT:
        return tables->events[thing.index].id;
    case QUID_THING_LET:
        return tables->lets[thing.index].id;
    case QUID_THING_MOVE:
        return tables->moves[thing.index].id;
    case QUID_THING_MILESTONE:
        return tables->milestones[thing.index].id;
    case QUID_THING_SUPPLY:
        return tables->supplys[thing.index].id;
    case QUID_THING_NONE:
        break;
    }
    return QUID_STRING("");
}

QuidThing quid_deal_find(const QuidDeal *deal, QuidString id)
{
#define FIND(Type, table, thing)                                                                   \
    for (uint32_t i = 1; i < deal->table.count; i++) {                                             \
        if (quid__string_equal(QUID_AT(&deal->table, Type, i).id, id))                             \
            return (QuidThing){thing, i};                                                          \
    }
    FIND(QuidPledge, pledge, QUID_THING_PLEDGE)
    FIND(QuidEvent, event, QUID_THING_EVENT)
    FIND(QuidMove, move, QUID_THING_MOVE)
    FIND(QuidMilestone, milestone, QUID_THING_MILESTONE)
    FIND(QuidLet, let, QUID_THING_LET)
    FIND(QuidSupply, supply, QUID_THING_SUPPLY)
    FIND(QuidParty, party, QUID_THING_PARTY)
#undef FIND
    return (QuidThing){QUID_THING_NONE, 0};
}

size_t quid_deal_amount_text(const QuidDeal *deal, int64_t minor, QuidUnitId id, uint32_t digits,
                             char text[QUID_AMOUNT_TEXT_SIZE])
{
    static const char *const words[] = {"", "m ", "bn ", "tn "};
    const QuidUnit *unit = &QUID_AT(&deal->unit, QuidUnit, id.index);
    const uint64_t size = minor < 0 ? 0 - (uint64_t)minor : (uint64_t)minor;
    uint64_t major = 1;
    for (int32_t i = 0; i < unit->digits; i++)
        major *= 10;
    uint32_t word = size / major >= 1000000000000 ? 3u
                    : size / major >= 1000000000  ? 2u
                    : size / major >= 1000000     ? 1u
                                                  : 0u;
    uint64_t scale = major;
    for (uint32_t i = 0; i < word; i++)
        scale *= i == 0 ? 1000000 : 1000;
    uint64_t unit_of_last = scale;
    for (uint32_t i = 0; i < digits && unit_of_last >= 10; i++)
        unit_of_last /= 10;
    const uint64_t rounded =
        (size / unit_of_last + (size % unit_of_last * 2 >= unit_of_last)) * unit_of_last;
    uint64_t fraction = rounded % scale;
    char number[QUID_MINOR_TEXT_SIZE];
    size_t used = 0;
    if (minor < 0)
        text[used++] = '-';
    const size_t whole = quid_minor_text((int64_t)(rounded / scale), 0, number);
    for (size_t i = 0; i < whole; i++)
        text[used++] = number[i];
    for (uint64_t place = scale / 10; fraction > 0 && place > 0; place /= 10) {
        if (place == scale / 10)
            text[used++] = '.';
        // cppcheck-suppress zerodivcond ; the loop ends with place
        text[used++] = (char)('0' + fraction / place);
        fraction %= place;
    }
    text[used++] = ' ';
    for (const char *at = words[word]; *at != '\0'; at++)
        text[used++] = *at;
    for (uint32_t i = 0; i < unit->name.size && used + 1 < QUID_AMOUNT_TEXT_SIZE; i++)
        text[used++] = unit->name.bytes[i];
    text[used] = '\0';
    return used;
}

// ---- Estimates --------------------------------------------------------------

static const QuidTerm *term_at(const QuidDeal *deal, QuidTermId id)
{
    return &QUID_AT(&deal->term, QuidTerm, id.index);
}

// The median of a 90% interval: the geometric mean of a lognormal's ends, the mean of a normal's,
// and for percentages the same in log-odds.
static double interval_median(const QuidTerm *term)
{
    if (term->shape == QUID_SHAPE_LOGNORMAL)
        return term->low < 0 ? -__builtin_sqrt(term->low * term->high)
                             : __builtin_sqrt(term->low * term->high);
    if (term->shape == QUID_SHAPE_LOGIT_NORMAL) {
        const double odds =
            __builtin_sqrt(term->low / (1 - term->low) * (term->high / (1 - term->high)));
        return odds / (1 + odds);
    }
    return (term->low + term->high) / 2;
}

static bool combine(QuidTermKind kind, double left, double right, double *value)
{
    switch (kind) {
    case QUID_TERM_ADD:
        *value = left + right;
        return true;
    case QUID_TERM_SUBTRACT:
        *value = left - right;
        return true;
    case QUID_TERM_MULTIPLY:
        *value = left * right;
        return true;
    case QUID_TERM_DIVIDE:
        *value = left / right;
        return right != 0;
    default:
        return false;
    }
}

static bool estimate_term(const QuidDeal *deal, QuidTermId id, uint32_t depth,
                          QuidEstimate *estimate)
{
    const QuidTerm *term = term_at(deal, id);
    if (id.index == 0 || depth > QUID_TERM_DEPTH_MAX)
        return false;
    if (term->kind == QUID_TERM_CONSTANT || term->kind == QUID_TERM_DATE) {
        *estimate = (QuidEstimate){term->value, term->value, term->value};
        return true;
    }
    if (term->kind == QUID_TERM_INTERVAL) {
        *estimate = (QuidEstimate){term->low, interval_median(term), term->high};
        return true;
    }
    if (term->kind == QUID_TERM_LET)
        return estimate_term(deal, QUID_AT(&deal->let, QuidLet, term->thing.index).value, depth + 1,
                             estimate);
    QuidEstimate left = {0, 0, 0};
    QuidEstimate right = {0, 0, 0};
    if (term->child_count == 0 || term->child_count > 2)
        return false;
    if (!estimate_term(deal, QUID_AT(&deal->term_child, QuidTermId, term->child_first), depth + 1,
                       &left))
        return false;
    if (term->kind == QUID_TERM_NEGATE) {
        *estimate = (QuidEstimate){-left.high, -left.middle, -left.low};
        return true;
    }
    double value;
    if (term->child_count != 2 ||
        !estimate_term(deal, QUID_AT(&deal->term_child, QuidTermId, term->child_first + 1),
                       depth + 1, &right) ||
        !combine(term->kind, left.middle, right.middle, &value))
        return false;
    *estimate = (QuidEstimate){value, value, value};
    return true;
}

bool quid_deal_estimate(const QuidDeal *deal, QuidTermId term, QuidEstimate *estimate)
{
    return estimate_term(deal, term, 0, estimate);
}

bool quid_deal_chance(const QuidDeal *deal, QuidTermId id, QuidEstimate *estimate)
{
    const QuidTerm *term = term_at(deal, id);
    if (id.index == 0 || term->kind != QUID_TERM_INTERVAL)
        return quid_deal_estimate(deal, id, estimate);
    *estimate = (QuidEstimate){term->low, (term->low + term->high) / 2, term->high};
    return true;
}
