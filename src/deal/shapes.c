// First look at the statements: outcomes, options, suppliers and units, which expressions anywhere
// may name.
#include "deal_internal.h"

static QuidThing thing_of(const Checker *checker, const QuidStatement *statement, uint32_t number)
{
    const QuidThing none = {QUID_THING_NONE, 0};
    if (statement->name.id == 0)
        return none;
    const Declared *declared = &checker->things[statement->name.id];
    return declared->statement == number ? declared->thing : none;
}

QuidThing quid__statement_thing(const Checker *checker, uint32_t statement)
{
    return thing_of(checker, &checker->tables->statements[statement], statement + 1);
}

static void report_repeated(Checker *checker, QuidString id, QuidSpan span, QuidSpan before,
                            const char *what)
{
    quid__report(checker->context, QUID_E0303_DUPLICATE, span, "the %s `%.*s` stands twice", what,
                 QUID_PRINT(id));
    quid__report_related(checker->context, before, "it stands here already");
}

static void add_outcomes(Checker *checker, const QuidStatement *statement, uint32_t index)
{
    QuidDeal *deal = checker->deal;
    const uint32_t first = deal->outcome.count;
    for (uint32_t i = 0; i < statement->clause_count; i++) {
        const QuidClause *clause = &checker->tables->clauses[statement->clause_first + i];
        if (clause->kind != QUID_CLAUSE_OUTCOME && clause->kind != QUID_CLAUSE_SECRET_OUTCOME)
            continue;
        const QuidString id = quid__name_text(checker, clause->name);
        for (uint32_t o = first; o < deal->outcome.count; o++) {
            const QuidOutcome *before = &QUID_AT(&deal->outcome, QuidOutcome, o);
            if (quid__string_equal(before->id, id))
                report_repeated(checker, id, clause->name_span, before->origin.span, "outcome");
        }
        QuidOutcome *outcome = quid__vector_push(&deal->outcome);
        if (outcome != NULL)
            *outcome = (QuidOutcome){.id = id, .origin = {clause->span, {0}}};
    }
    QuidEvent *event = &QUID_AT(&deal->event, QuidEvent, index);
    event->outcome_first = first;
    event->outcome_count = deal->outcome.count - first;
}

static uint32_t find_option(const QuidDeal *deal, uint32_t first, QuidString id)
{
    for (uint32_t i = first; i < deal->option.count; i++) {
        if (quid__string_equal(QUID_AT(&deal->option, QuidOption, i).id, id))
            return i;
    }
    return UINT32_MAX;
}

static void add_option(Checker *checker, uint32_t first, const QuidNode *node, const char *what)
{
    const QuidString id = quid__name_text(checker, node->name);
    if (node->name.id == 0)
        return;
    const uint32_t before = find_option(checker->deal, first, id);
    if (before != UINT32_MAX) {
        report_repeated(checker, id, node->span,
                        DEAL_AT(checker, QuidOption, option, before).origin.span, what);
        return;
    }
    QuidOption *option = quid__vector_push(&checker->deal->option);
    if (option != NULL)
        *option = (QuidOption){.id = id, .origin = {node->span, {0}}};
}

// `choose` names the options; a line `option walk if …` may add one, or give one its condition.
static void add_options(Checker *checker, const QuidStatement *statement, uint32_t index)
{
    const uint32_t first = checker->deal->option.count;
    for (uint32_t i = 0; i < statement->clause_count; i++) {
        const QuidClause *clause = &checker->tables->clauses[statement->clause_first + i];
        for (uint32_t n = 0; clause->kind == QUID_CLAUSE_CHOOSE && n < clause->operand_count; n++)
            add_option(checker, first, checker_node(checker, clause_operand(checker, clause, n)),
                       "option");
    }
    for (uint32_t i = 0; i < statement->clause_count; i++) {
        const QuidClause *clause = &checker->tables->clauses[statement->clause_first + i];
        if (clause->kind != QUID_CLAUSE_OPTION || clause->operand_count == 0)
            continue;
        const QuidNode *node = checker_node(checker, clause_operand(checker, clause, 0));
        if (find_option(checker->deal, first, quid__name_text(checker, node->name)) == UINT32_MAX)
            add_option(checker, first, node, "option");
    }
    QuidMove *move = &DEAL_AT(checker, QuidMove, move, index);
    move->option_first = first;
    move->option_count = checker->deal->option.count - first;
}

static void add_suppliers(Checker *checker, const QuidStatement *statement, uint32_t index)
{
    const uint32_t first = checker->deal->supplier.count;
    for (uint32_t i = 0; i < statement->clause_count; i++) {
        const QuidClause *clause = &checker->tables->clauses[statement->clause_first + i];
        if (clause->kind != QUID_CLAUSE_SUPPLIER)
            continue;
        const QuidString id = quid__name_text(checker, clause->name);
        for (uint32_t s = first; s < checker->deal->supplier.count; s++) {
            const QuidSupplier *before = &DEAL_AT(checker, QuidSupplier, supplier, s);
            if (quid__string_equal(before->id, id))
                report_repeated(checker, id, clause->name_span, before->origin.span, "supplier");
        }
        QuidSupplier *supplier = quid__vector_push(&checker->deal->supplier);
        if (supplier == NULL)
            return;
        *supplier = (QuidSupplier){.id = id, .origin = {clause->span, {0}}};
        const Declared *declared = &checker->things[clause->name.id];
        if (declared->thing.kind == QUID_THING_PARTY)
            supplier->party = (QuidPartyId){declared->thing.index};
    }
    QuidSupply *supply = &DEAL_AT(checker, QuidSupply, supply, index);
    supply->supplier_first = first;
    supply->supplier_count = checker->deal->supplier.count - first;
}

// The unit of a promise: its amount clause's …
static void add_unit(Checker *checker, const QuidStatement *statement, uint32_t index)
{
    for (uint32_t i = 0; i < statement->clause_count; i++) {
        const QuidClause *clause = &checker->tables->clauses[statement->clause_first + i];
        if (clause->kind != QUID_CLAUSE_AMOUNT || clause->is_broken)
            continue;
        const QuidNode *node = checker_node(checker, clause_operand(checker, clause, 0));
        const bool is_time = quid__unit_days(quid__name_text(checker, node->unit)) > 0;
        if (node->unit.id != 0 && !is_time) {
            const QuidUnitId unit = quid__unit_of(checker, node->unit);
            DEAL_AT(checker, QuidPledge, pledge, index).unit = unit;
        }
    }
}

// … or else that of the first fact that names an amount.
static void add_units_of_facts(Checker *checker)
{
    uint32_t missing_count = 0;
    for (uint32_t i = 1; i < checker->deal->pledge.count; i++)
        missing_count += DEAL_AT(checker, QuidPledge, pledge, i).unit.index == 0;
    for (uint32_t i = 0; missing_count > 0 && i < checker->tables->fact_count; i++) {
        const QuidFactSyntax *fact = &checker->tables->facts[i];
        if (!fact->has_amount || fact->unit == 0 || fact->verb == QUID_VERB_RATE)
            continue;
        const Declared *declared = &checker->things[fact->subject];
        if (declared->thing.kind != QUID_THING_PLEDGE)
            continue;
        QuidPledge *pledge = &DEAL_AT(checker, QuidPledge, pledge, declared->thing.index);
        if (pledge->unit.index == 0) {
            const QuidUnitId unit = quid__unit_of(checker, (QuidName){fact->unit});
            DEAL_AT(checker, QuidPledge, pledge, declared->thing.index).unit = unit;
            missing_count -= unit.index != 0;
        }
    }
}

// A heading, with neither an amount nor facts of its own, is kept in the unit of its first part
// that has one; deepest parts first, as pledges stand at most so deep inside one another.
static void add_units_of_headings(Checker *checker)
{
    for (uint32_t depth = 0; depth < 16; depth++) {
        for (uint32_t i = 0; i < checker->tables->statement_count; i++) {
            const QuidThing part = quid__statement_thing(checker, i);
            const QuidStatement *statement = &checker->tables->statements[i];
            if (part.kind != QUID_THING_PLEDGE)
                continue;
            const QuidUnitId unit = DEAL_AT(checker, QuidPledge, pledge, part.index).unit;
            for (uint32_t c = 0; unit.index != 0 && c < statement->clause_count; c++) {
                const QuidClause *clause = &checker->tables->clauses[statement->clause_first + c];
                if (clause->kind != QUID_CLAUSE_IN || clause->is_broken)
                    continue;
                const QuidNode *node = checker_node(checker, clause_operand(checker, clause, 0));
                const QuidThing whole = checker->things[node->name.id].thing;
                if (whole.kind == QUID_THING_PLEDGE &&
                    DEAL_AT(checker, QuidPledge, pledge, whole.index).unit.index == 0)
                    DEAL_AT(checker, QuidPledge, pledge, whole.index).unit = unit;
            }
        }
    }
}

void quid__check_shapes(Checker *checker)
{
    for (uint32_t i = 0; i < checker->tables->statement_count; i++) {
        const QuidStatement *statement = &checker->tables->statements[i];
        const QuidThing thing = quid__statement_thing(checker, i);
        if (thing.kind == QUID_THING_EVENT)
            add_outcomes(checker, statement, thing.index);
        else if (thing.kind == QUID_THING_MOVE)
            add_options(checker, statement, thing.index);
        else if (thing.kind == QUID_THING_SUPPLY)
            add_suppliers(checker, statement, thing.index);
        else if (thing.kind == QUID_THING_PLEDGE)
            add_unit(checker, statement, thing.index);
        else if (thing.kind == QUID_THING_LET && statement->clause_count > 0) {
            const QuidClause *clause = &checker->tables->clauses[statement->clause_first];
            checker->let_nodes[thing.index] =
                clause->is_broken ? 0 : clause_operand(checker, clause, 0);
        }
    }
    add_units_of_facts(checker);
    add_units_of_headings(checker);
}
