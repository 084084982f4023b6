// Each statement's clauses, one function a kind of statement: everything that a clause says ends in
// a table.
#include "deal_internal.h"

#include <string.h>

const QuidClause *quid__find_clause(Checker *checker, const QuidStatement *statement,
                                    QuidClauseKind kind)
{
    const QuidClause *found = NULL;
    for (uint32_t i = 0; i < statement->clause_count; i++) {
        const QuidClause *clause = &checker->tables->clauses[statement->clause_first + i];
        if (clause->kind != kind)
            continue;
        if (found == NULL) {
            found = clause;
            continue;
        }
        quid__report(checker->context, QUID_E0307_REPEATED_CLAUSE, clause->keyword_span,
                     "`%s` stands twice in this %s", quid_clause_keyword(kind),
                     quid_statement_keyword(statement->kind));
        quid__report_related(checker->context, found->span, "it stands here already");
    }
    return found != NULL && found->is_broken ? NULL : found;
}

static bool has_clause(const Checker *checker, const QuidStatement *statement, QuidClauseKind kind)
{
    for (uint32_t i = 0; i < statement->clause_count; i++) {
        if (checker->tables->clauses[statement->clause_first + i].kind == kind)
            return true;
    }
    return false;
}

void quid__report_missing(Checker *checker, const QuidStatement *statement, QuidClauseKind kind,
                          const char *form)
{
    if (statement->is_broken || has_clause(checker, statement, kind))
        return;
    const QuidString name = quid__name_text(checker, statement->name);
    quid__report(checker->context, QUID_E0306_MISSING_CLAUSE, statement->keyword_span,
                 "%s `%.*s` does not say `%s`", quid_statement_keyword(statement->kind),
                 QUID_PRINT(name), quid_clause_keyword(kind));
    quid__report_hint(checker->context, "add a line: %s", form);
}

QuidDateRange quid__clause_date(const Checker *checker, const QuidClause *clause, uint32_t n)
{
    return checker_node(checker, clause_operand(checker, clause, n))->date;
}

// ---- deal, party, source ----------------------------------------------------

static void check_deal(Checker *checker, const QuidStatement *statement)
{
    QuidDealTables *tables = &checker->deal->tables;
    tables->title = statement->label;
    const QuidClause *currency = quid__find_clause(checker, statement, QUID_CLAUSE_CURRENCY);
    if (currency != NULL) {
        const QuidNode *node = checker_node(checker, clause_operand(checker, currency, 0));
        const QuidString code = quid__name_text(checker, node->name);
        if (quid_currency_digits(code) >= 0) {
            tables->currency = quid__unit_of(checker, node->name);
        } else {
            quid__report(checker->context, QUID_E0305_UNKNOWN_WORD, node->span,
                         "`%.*s` is no currency in use (ISO 4217)", QUID_PRINT(code));
            quid__report_hint(checker->context, "write a code such as USD, EUR, JPY");
        }
        (void)quid__clause_origin(checker, currency);
    }
    const QuidClause *horizon = quid__find_clause(checker, statement, QUID_CLAUSE_HORIZON);
    if (horizon != NULL) {
        tables->horizon = quid__clause_date(checker, horizon, 0).last;
        (void)quid__clause_origin(checker, horizon);
    }
    const QuidClause *precision = quid__find_clause(checker, statement, QUID_CLAUSE_PRECISION);
    if (precision == NULL)
        return;
    const QuidTermId id = quid__check_term(checker, clause_operand(checker, precision, 0));
    const QuidTerm *term = quid__term(checker, id);
    tables->precision_origin = quid__clause_origin(checker, precision);
    if (id.index == 0)
        return;
    if (term->kind != QUID_TERM_CONSTANT || term->type.money_power != 0 ||
        term->type.time_power != 0 || term->value <= 0) {
        quid__report(checker->context, QUID_E0402_WRONG_TYPE, term->span,
                     "a precision is a number above 0, such as 20");
        return;
    }
    tables->precision = term->value;
}

static void check_party(Checker *checker, const QuidStatement *statement, uint32_t index)
{
    const QuidClause *discount = quid__find_clause(checker, statement, QUID_CLAUSE_DISCOUNT);
    const QuidClause *calendar = quid__find_clause(checker, statement, QUID_CLAUSE_CALENDAR);
    if (discount != NULL) {
        const QuidTermId id =
            quid__check_probability(checker, clause_operand(checker, discount, 0));
        const QuidTerm term = *quid__term(checker, id);
        if (id.index != 0 && term.kind != QUID_TERM_CONSTANT)
            quid__report(checker->context, QUID_E0402_WRONG_TYPE, term.span,
                         "a discount is a single percentage");
        QuidParty *party = &DEAL_AT(checker, QuidParty, party, index);
        party->discount = term.value;
        party->discount_origin = quid__clause_origin(checker, discount);
    }
    if (calendar == NULL)
        return;
    const QuidNode *node = checker_node(checker, clause_operand(checker, calendar, 0));
    const QuidString code = quid__name_text(checker, node->name);
    if (!quid__string_equal(code, QUID_STRING("US")) &&
        !quid__string_equal(code, QUID_STRING("JP"))) {
        quid__report(checker->context, QUID_E0305_UNKNOWN_WORD, node->span,
                     "there is no calendar `%.*s`", QUID_PRINT(code));
        quid__report_hint(checker->context,
                          "the calendars: US (federal holidays), JP (national holidays)");
    }
    DEAL_AT(checker, QuidParty, party, index).calendar = code;
    (void)quid__clause_origin(checker, calendar);
}

static void check_source(Checker *checker, const QuidStatement *statement, uint32_t number)
{
    const Declared *declared = &checker->sources[statement->name.id];
    if (statement->name.id == 0 || declared->statement != number)
        return;
    QuidSource *source = &DEAL_AT(checker, QuidSource, source, declared->thing.index);
    const QuidClause *published = quid__find_clause(checker, statement, QUID_CLAUSE_PUBLISHED);
    const QuidClause *url = quid__find_clause(checker, statement, QUID_CLAUSE_URL);
    const QuidClause *by = quid__find_clause(checker, statement, QUID_CLAUSE_BY);
    const QuidClause *trust = quid__find_clause(checker, statement, QUID_CLAUSE_TRUST);
    if (published != NULL)
        source->published = quid__clause_date(checker, published, 0);
    if (url != NULL)
        source->url = url->label;
    if (by != NULL)
        source->publisher = by->label;
    if (trust == NULL)
        return;
    const QuidTermId id = quid__check_probability(checker, clause_operand(checker, trust, 0));
    const QuidTerm *term = quid__term(checker, id);
    if (id.index != 0 && term->kind != QUID_TERM_CONSTANT)
        quid__report(checker->context, QUID_E0402_WRONG_TYPE, term->span,
                     "trust is a single percentage");
    source->trust = id.index == 0 ? -1 : term->value;
}

// ---- pledge -----------------------------------------------------------------

bool quid__exact_amount(Checker *checker, QuidDecimal value, QuidUnitId id, QuidSpan span,
                        int64_t *minor)
{
    const QuidUnit *unit = &DEAL_AT(checker, QuidUnit, unit, id.index);
    bool is_too_fine;
    if (quid_decimal_to_minor(value, unit->digits, minor, &is_too_fine))
        return true;
    if (is_too_fine)
        quid__report(checker->context, QUID_E0403_BAD_AMOUNT, span,
                     "%.*s is counted with %d digits behind the point", QUID_PRINT(unit->name),
                     unit->digits);
    else
        quid__report(checker->context, QUID_E0403_BAD_AMOUNT, span,
                     "this amount is larger than Quid counts exactly");
    return false;
}

static void read_date(Checker *checker, const QuidStatement *statement, QuidClauseKind kind,
                      QuidDateRange *date, QuidOrigin *origin)
{
    const QuidClause *clause = quid__find_clause(checker, statement, kind);
    if (clause == NULL)
        return;
    *date = quid__clause_date(checker, clause, 0);
    *origin = quid__clause_origin(checker, clause);
}

static void check_amount(Checker *checker, const QuidStatement *statement, QuidPledge *pledge)
{
    const QuidClause *clause = quid__find_clause(checker, statement, QUID_CLAUSE_AMOUNT);
    if (clause == NULL)
        return;
    const QuidNode *node = checker_node(checker, clause_operand(checker, clause, 0));
    if (pledge->unit.index == 0 || node->unit.id == 0 || node->is_percent ||
        quid__unit_days(quid__name_text(checker, node->unit)) > 0) {
        quid__report(checker->context, QUID_E0402_WRONG_TYPE, node->span,
                     "an amount needs a currency or a unit that can be counted");
        quid__report_hint(checker->context, "write for instance 550 bn USD, or 13_000 jobs");
        return;
    }
    pledge->amount_origin = quid__clause_origin(checker, clause);
    pledge->is_or_more = clause->is_or_more;
    pledge->is_up_to = clause->is_up_to;
    pledge->has_amount =
        quid__exact_amount(checker, node->value, pledge->unit, node->span, &pledge->amount);
}

static QuidTermId term_of(Checker *checker, const QuidClause *clause, uint32_t n,
                          QuidTermId (*check)(Checker *, uint32_t))
{
    const uint32_t node = clause == NULL ? 0 : clause_operand(checker, clause, n);
    if (node == 0)
        return (QuidTermId){0};
    return check(checker, node);
}

static uint32_t index_of(Checker *checker, const QuidClause *clause, uint32_t n, QuidThingKind kind)
{
    const uint32_t node = clause == NULL ? 0 : clause_operand(checker, clause, n);
    return node == 0 ? 0 : quid__find_node(checker, node, kind).index;
}

static void check_links(Checker *checker, const QuidStatement *statement, QuidPledge *pledge)
{
    const QuidClause *clause = quid__find_clause(checker, statement, QUID_CLAUSE_FOR);
    if (clause == NULL)
        return;
    pledge->in_return_origin = quid__clause_origin(checker, clause);
    pledge->in_return_first = checker->deal->pledge_link.count;
    for (uint32_t i = 0; i < clause->operand_count; i++) {
        const uint32_t index = index_of(checker, clause, i, QUID_THING_PLEDGE);
        QuidPledgeId *link = index == 0 ? NULL : quid__vector_push(&checker->deal->pledge_link);
        if (link != NULL)
            *link = (QuidPledgeId){index};
    }
    pledge->in_return_count = checker->deal->pledge_link.count - pledge->in_return_first;
}

static void note_sources(Checker *checker, const QuidStatement *statement)
{
    for (uint32_t i = 0; i < statement->clause_count; i++) {
        const QuidClause *clause = &checker->tables->clauses[statement->clause_first + i];
        (void)quid__find_source(checker, clause->source, clause->source_span);
    }
    (void)quid__find_source(checker, statement->source, statement->source_span);
}

static void check_pledge(Checker *checker, const QuidStatement *statement, uint32_t index)
{
    QuidPledge pledge = DEAL_AT(checker, QuidPledge, pledge, index);
    const QuidClause *from = quid__find_clause(checker, statement, QUID_CLAUSE_FROM);
    quid__report_missing(checker, statement, QUID_CLAUSE_FROM, "from PARTY to PARTY");
    pledge.from.index = index_of(checker, from, 0, QUID_THING_PARTY);
    pledge.to.index = index_of(checker, from, 1, QUID_THING_PARTY);
    pledge.parent.index = index_of(checker, quid__find_clause(checker, statement, QUID_CLAUSE_IN),
                                   0, QUID_THING_PLEDGE);
    check_amount(checker, statement, &pledge);
    read_date(checker, statement, QUID_CLAUSE_MADE, &pledge.made, &pledge.made_origin);
    read_date(checker, statement, QUID_CLAUSE_OFFERED, &pledge.offered, &pledge.offered_origin);
    read_date(checker, statement, QUID_CLAUSE_DEMANDED, &pledge.demanded, &pledge.demanded_origin);
    read_date(checker, statement, QUID_CLAUSE_DUE, &pledge.due, &pledge.due_origin);
    check_links(checker, statement, &pledge);
    pledge.lapses_if = term_of(checker, quid__find_clause(checker, statement, QUID_CLAUSE_LAPSES),
                               0, quid__check_condition);
    pledge.committed_at.index =
        index_of(checker, quid__find_clause(checker, statement, QUID_CLAUSE_COMMITTED), 0,
                 QUID_THING_MILESTONE);
    const QuidClause *disbursed = quid__find_clause(checker, statement, QUID_CLAUSE_DISBURSED);
    pledge.disbursed_over = term_of(checker, disbursed, 0, quid__check_duration);
    pledge.disbursed_from.index = index_of(checker, disbursed, 1, QUID_THING_MILESTONE);
    DEAL_AT(checker, QuidPledge, pledge, index) = pledge;
}

// ---- milestone, supply, worth, let ------------------------------------------

static void check_milestone(Checker *checker, const QuidStatement *statement, uint32_t index)
{
    QuidMilestone milestone = DEAL_AT(checker, QuidMilestone, milestone, index);
    const QuidClause *after = quid__find_clause(checker, statement, QUID_CLAUSE_AFTER);
    milestone.after_first = checker->deal->predecessor.count;
    for (uint32_t i = 0; after != NULL && i < after->operand_count; i++) {
        const uint32_t operand = clause_operand(checker, after, i);
        const QuidNode *node = checker_node(checker, operand);
        QuidPredecessor before = {.date = {QUID_NO_DATE, QUID_NO_DATE},
                                  .origin = quid__clause_origin(checker, after)};
        before.origin.span = node->span;
        if (node->kind == QUID_NODE_DATE)
            before.date = node->date;
        else
            before.thing = quid__find_node(checker, operand, QUID_THING_NONE);
        const QuidThingKind kind = before.thing.kind;
        if (kind == QUID_THING_PARTY || kind == QUID_THING_PLEDGE || kind == QUID_THING_LET ||
            kind == QUID_THING_SUPPLY) {
            quid__report(
                checker->context, QUID_E0302_WRONG_KIND, node->span,
                "`%.*s` is a %s; a milestone, a move, an event or a date was expected here",
                QUID_PRINT(quid__name_text(checker, node->name)), quid__thing_word(kind));
            continue;
        }
        QuidPredecessor *added = quid__vector_push(&checker->deal->predecessor);
        if (added != NULL)
            *added = before;
    }
    milestone.after_count = checker->deal->predecessor.count - milestone.after_first;
    milestone.needs = term_of(checker, quid__find_clause(checker, statement, QUID_CLAUSE_NEEDS), 0,
                              quid__check_condition);
    milestone.takes = term_of(checker, quid__find_clause(checker, statement, QUID_CLAUSE_TAKES), 0,
                              quid__check_duration);
    read_date(checker, statement, QUID_CLAUSE_MILESTONE_DUE, &milestone.due, &milestone.due_origin);
    if (after == NULL && !has_clause(checker, statement, QUID_CLAUSE_NEEDS))
        quid__report_missing(checker, statement, QUID_CLAUSE_AFTER,
                             "after MILESTONE, MOVE, EVENT or DATE");
    DEAL_AT(checker, QuidMilestone, milestone, index) = milestone;
}

static void check_supplier(Checker *checker, const QuidClause *clause, const QuidSupply *supply,
                           uint32_t index)
{
    const QuidTermId amount = term_of(checker, clause, 0, quid__check_term);
    DEAL_AT(checker, QuidSupplier, supplier, index).amount = amount;
    const uint32_t once = index_of(checker, clause, 1, QUID_THING_MILESTONE);
    DEAL_AT(checker, QuidSupplier, supplier, index).once.index = once;
    DEAL_AT(checker, QuidSupplier, supplier, index).origin = quid__clause_origin(checker, clause);
    if (amount.index == 0 || supply->unit.index == 0)
        return;
    const QuidType type = quid__term(checker, amount)->type;
    const bool is_fit = type.kind == QUID_TYPE_NUMBER &&
                        ((type.counted_power == 1 && type.counted.index == supply->unit.index) ||
                         (type.money_power == 1 && type.money.index == supply->unit.index)) &&
                        type.money_power + type.counted_power == 1 && type.time_power == 0;
    if (is_fit)
        return;
    char words[80];
    quid__type_words(checker, type, words);
    quid__report(checker->context, QUID_E0401_UNIT_MISMATCH, quid__term(checker, amount)->span,
                 "this is %s; the supply counts in %.*s a year", words,
                 QUID_PRINT(DEAL_AT(checker, QuidUnit, unit, supply->unit.index).name));
}

static void check_supply(Checker *checker, const QuidStatement *statement, uint32_t index)
{
    QuidSupply supply = DEAL_AT(checker, QuidSupply, supply, index);
    const QuidClause *to = quid__find_clause(checker, statement, QUID_CLAUSE_SUPPLY_TO);
    const QuidClause *in = quid__find_clause(checker, statement, QUID_CLAUSE_SUPPLY_IN);
    quid__report_missing(checker, statement, QUID_CLAUSE_SUPPLY_TO, "to PARTY");
    quid__report_missing(checker, statement, QUID_CLAUSE_SUPPLY_IN, "in UNIT a year");
    supply.to.index = index_of(checker, to, 0, QUID_THING_PARTY);
    if (in != NULL)
        supply.unit =
            quid__unit_of(checker, checker_node(checker, clause_operand(checker, in, 0))->name);
    DEAL_AT(checker, QuidSupply, supply, index) = supply;
    uint32_t supplier = supply.supplier_first;
    for (uint32_t i = 0; i < statement->clause_count; i++) {
        const QuidClause *clause = &checker->tables->clauses[statement->clause_first + i];
        if (clause->kind == QUID_CLAUSE_SUPPLIER) {
            if (!clause->is_broken)
                check_supplier(checker, clause, &supply, supplier);
            supplier += 1;
        }
    }
    if (supply.supplier_count == 0)
        quid__report_missing(checker, statement, QUID_CLAUSE_SUPPLIER,
                             "SUPPLIER 8000 to 12000 tonnes");
}

static void check_worth_term(Checker *checker, const QuidClause *clause, QuidPartyId party)
{
    QuidTermId amount = term_of(checker, clause, 0, quid__check_term);
    QuidWorth worth = {
        .party = party, .why = clause->label, .origin = quid__clause_origin(checker, clause)};
    worth.condition = term_of(checker, clause, 1, quid__check_condition);
    worth.at = term_of(checker, clause, 2, quid__check_date);
    if (amount.index == 0)
        return;
    const QuidTerm term = *quid__term(checker, amount);
    const bool is_money = term.type.kind == QUID_TYPE_NUMBER && term.type.money_power == 1 &&
                          term.type.time_power == 0 && term.type.counted_power == 0;
    if (!is_money) {
        char words[80];
        quid__type_words(checker, term.type, words);
        quid__report(checker->context, QUID_E0401_UNIT_MISMATCH, term.span,
                     "this is %s; what something is worth is an amount of money", words);
        return;
    }
    if (clause->is_negative) {
        const QuidTerm negated = {.kind = QUID_TERM_NEGATE, .type = term.type, .span = term.span};
        amount = quid__add_term(checker, negated, &amount, 1);
    }
    worth.amount = amount;
    QuidWorth *added = quid__vector_push(&checker->deal->worth);
    if (added != NULL)
        *added = worth;
}

static void check_worth(Checker *checker, const QuidStatement *statement)
{
    const QuidThing party =
        quid__find_thing(checker, statement->name, statement->name_span, QUID_THING_PARTY);
    for (uint32_t i = 0; i < statement->clause_count; i++) {
        const QuidClause *clause = &checker->tables->clauses[statement->clause_first + i];
        if (!clause->is_broken)
            check_worth_term(checker, clause, (QuidPartyId){party.index});
    }
    if (statement->clause_count == 0)
        quid__report_missing(checker, statement, QUID_CLAUSE_TERM,
                             "+ 5 bn USD if CONDITION \"why\"");
}

static void check_let(Checker *checker, const QuidStatement *statement, uint32_t index)
{
    (void)quid__check_let(checker, index, statement->span);
    if (statement->clause_count > 0) {
        const QuidClause *clause = &checker->tables->clauses[statement->clause_first];
        DEAL_AT(checker, QuidLet, let, index).origin = quid__clause_origin(checker, clause);
    }
}

static void check_statement(Checker *checker, uint32_t number)
{
    const QuidStatement *statement = &checker->tables->statements[number];
    const QuidThing thing = quid__statement_thing(checker, number);
    switch (statement->kind) {
    case QUID_STATEMENT_DEAL:
        check_deal(checker, statement);
        break;
    case QUID_STATEMENT_PARTY:
        if (thing.kind == QUID_THING_PARTY)
            check_party(checker, statement, thing.index);
        break;
    case QUID_STATEMENT_SOURCE:
        check_source(checker, statement, number + 1);
        break;
    case QUID_STATEMENT_PLEDGE:
        if (thing.kind == QUID_THING_PLEDGE)
            check_pledge(checker, statement, thing.index);
        break;
    case QUID_STATEMENT_EVENT:
    case QUID_STATEMENT_SECRET:
        if (thing.kind == QUID_THING_EVENT)
            quid__check_event(checker, statement, thing.index);
        break;
    case QUID_STATEMENT_LET:
        if (thing.kind == QUID_THING_LET)
            check_let(checker, statement, thing.index);
        break;
    case QUID_STATEMENT_MOVE:
        if (thing.kind == QUID_THING_MOVE)
            quid__check_move(checker, statement, thing.index);
        break;
    case QUID_STATEMENT_MILESTONE:
        if (thing.kind == QUID_THING_MILESTONE)
            check_milestone(checker, statement, thing.index);
        break;
    case QUID_STATEMENT_SUPPLY:
        if (thing.kind == QUID_THING_SUPPLY)
            check_supply(checker, statement, thing.index);
        break;
    case QUID_STATEMENT_WORTH:
        check_worth(checker, statement);
        break;
    case QUID_STATEMENT_ASK:
        quid__check_ask(checker, statement);
        break;
    case QUID_STATEMENT_WHAT_IF:
        quid__check_what_if(checker, statement);
        break;
    case QUID_STATEMENT_NONE:
    case QUID_STATEMENT_INCLUDE:
        break;
    }
    note_sources(checker, statement);
}

void quid__check_statements(Checker *checker)
{
    const QuidStatement *deal = NULL;
    for (uint32_t i = 0; i < checker->tables->statement_count; i++) {
        const QuidStatement *statement = &checker->tables->statements[i];
        if (statement->kind == QUID_STATEMENT_DEAL && deal != NULL) {
            quid__report(checker->context, QUID_E0303_DUPLICATE, statement->keyword_span,
                         "a second `deal` statement");
            quid__report_related(checker->context, deal->span, "the first one is here");
            continue;
        }
        deal = statement->kind == QUID_STATEMENT_DEAL ? statement : deal;
        check_statement(checker, i);
    }
    if (deal == NULL) {
        const QuidSpan top = {{1}, 0, 0};
        quid__report(checker->context, QUID_E0306_MISSING_CLAUSE, top,
                     "the file has no `deal` statement");
        quid__report_hint(checker->context, "begin with: deal \"what the deal is called\"");
    }
}
