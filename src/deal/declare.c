// Names: declared first over all statements, so that a deal may be written in any order; then
// found, with "did you mean" where they are not. A name that is unknown is reported once, however
// often it is used.
#include "deal_internal.h"

QuidString quid__name_text(const Checker *checker, QuidName name)
{
    return quid_text_name(checker->text, name);
}

const char *quid__thing_word(QuidThingKind kind)
{
    switch (kind) {
    case QUID_THING_NONE:
        return "name";
    case QUID_THING_PARTY:
        return "party";
    case QUID_THING_PLEDGE:
        return "pledge";
    case QUID_THING_EVENT:
        return "event";
    case QUID_THING_LET:
        return "quantity";
    case QUID_THING_MOVE:
        return "move";
    case QUID_THING_MILESTONE:
        return "milestone";
    case QUID_THING_SUPPLY:
        return "supply";
    }
    return "name";
}

static QuidThingKind kind_of(QuidStatementKind kind)
{
    switch (kind) {
    case QUID_STATEMENT_PARTY:
        return QUID_THING_PARTY;
    case QUID_STATEMENT_PLEDGE:
        return QUID_THING_PLEDGE;
    case QUID_STATEMENT_EVENT:
    case QUID_STATEMENT_SECRET:
        return QUID_THING_EVENT;
    case QUID_STATEMENT_LET:
        return QUID_THING_LET;
    case QUID_STATEMENT_MOVE:
        return QUID_THING_MOVE;
    case QUID_STATEMENT_MILESTONE:
        return QUID_THING_MILESTONE;
    case QUID_STATEMENT_SUPPLY:
        return QUID_THING_SUPPLY;
    case QUID_STATEMENT_NONE:
    case QUID_STATEMENT_DEAL:
    case QUID_STATEMENT_INCLUDE:
    case QUID_STATEMENT_SOURCE:
    case QUID_STATEMENT_WORTH:
    case QUID_STATEMENT_ASK:
    case QUID_STATEMENT_WHAT_IF:
        return QUID_THING_NONE;
    }
    return QUID_THING_NONE;
}

// Adds the thing's row with what its head says; returns its index.
static uint32_t add_row(Checker *checker, const QuidStatement *statement, QuidThingKind kind)
{
    QuidDeal *deal = checker->deal;
    const QuidString id = quid__name_text(checker, statement->name);
    const QuidString label = statement->label.size > 0 ? statement->label : id;
    const QuidOrigin origin = {statement->span, {0}};
    const QuidDateRange none = {QUID_NO_DATE, QUID_NO_DATE};
    switch (kind) {
    case QUID_THING_PARTY: {
        QuidParty *row = quid__vector_push(&deal->party);
        if (row != NULL)
            *row = (QuidParty){.id = id, .label = label, .origin = origin};
        return deal->party.count - 1;
    }
    case QUID_THING_PLEDGE: {
        QuidPledge *row = quid__vector_push(&deal->pledge);
        if (row != NULL)
            *row = (QuidPledge){.id = id,
                                .label = label,
                                .origin = origin,
                                .made = none,
                                .offered = none,
                                .demanded = none,
                                .due = none};
        return deal->pledge.count - 1;
    }
    case QUID_THING_EVENT: {
        QuidEvent *row = quid__vector_push(&deal->event);
        if (row != NULL)
            *row = (QuidEvent){.id = id,
                               .label = label,
                               .origin = origin,
                               .window = none,
                               .is_secret = statement->kind == QUID_STATEMENT_SECRET};
        return deal->event.count - 1;
    }
    case QUID_THING_LET: {
        QuidLet *row = quid__vector_push(&deal->let);
        if (row != NULL)
            *row = (QuidLet){.id = id, .label = label, .origin = origin};
        return deal->let.count - 1;
    }
    case QUID_THING_MOVE: {
        QuidMove *row = quid__vector_push(&deal->move);
        if (row != NULL)
            *row = (QuidMove){.id = id, .label = label, .origin = origin};
        return deal->move.count - 1;
    }
    case QUID_THING_MILESTONE: {
        QuidMilestone *row = quid__vector_push(&deal->milestone);
        if (row != NULL)
            *row = (QuidMilestone){.id = id, .label = label, .origin = origin, .due = none};
        return deal->milestone.count - 1;
    }
    case QUID_THING_SUPPLY: {
        QuidSupply *row = quid__vector_push(&deal->supply);
        if (row != NULL)
            *row = (QuidSupply){.id = id, .label = label, .origin = origin};
        return deal->supply.count - 1;
    }
    case QUID_THING_NONE:
        break;
    }
    return 0;
}

static void report_twice(Checker *checker, const QuidStatement *statement, const Declared *before)
{
    quid__report(checker->context, QUID_E0303_DUPLICATE, statement->name_span,
                 "\"%.*s\" is declared twice",
                 QUID_PRINT(quid__name_text(checker, statement->name)));
    quid__report_related(checker->context, before->span, "it is declared here first");
    quid__report_hint(checker->context,
                      "give one of them another name: a name means one thing in a deal");
}

static void declare_source(Checker *checker, const QuidStatement *statement, uint32_t number)
{
    Declared *declared = &checker->sources[statement->name.id];
    if (declared->statement != 0) {
        report_twice(checker, statement, declared);
        return;
    }
    QuidSource *row = quid__vector_push(&checker->deal->source);
    if (row == NULL)
        return;
    const QuidString id = quid__name_text(checker, statement->name);
    *row = (QuidSource){.id = id,
                        .title = statement->label.size > 0 ? statement->label : id,
                        .published = {QUID_NO_DATE, QUID_NO_DATE},
                        .trust = -1,
                        .span = statement->span};
    *declared = (Declared){
        {QUID_THING_NONE, checker->deal->source.count - 1}, statement->name_span, number};
}

void quid__declare_all(Checker *checker)
{
    for (uint32_t i = 0; i < checker->tables->statement_count; i++) {
        const QuidStatement *statement = &checker->tables->statements[i];
        if (statement->name.id == 0)
            continue;
        if (statement->kind == QUID_STATEMENT_SOURCE) {
            declare_source(checker, statement, i + 1);
            continue;
        }
        const QuidThingKind kind = kind_of(statement->kind);
        if (kind == QUID_THING_NONE)
            continue;
        Declared *declared = &checker->things[statement->name.id];
        if (declared->statement != 0) {
            report_twice(checker, statement, declared);
            continue;
        }
        *declared =
            (Declared){{kind, add_row(checker, statement, kind)}, statement->name_span, i + 1};
    }
}

// ---- Finding ----------------------------------------------------------------

static void note_unknown(Checker *checker, QuidName name, QuidSpan span, QuidThingKind wanted,
                         bool is_source)
{
    for (uint32_t i = 0; i < checker->unknowns.count; i++) {
        Unknown *unknown = &QUID_AT(&checker->unknowns, Unknown, i);
        if (unknown->name != name.id || unknown->is_source != is_source)
            continue;
        if (unknown->count <= 3)
            unknown->more[unknown->count - 1] = span;
        unknown->count += 1;
        return;
    }
    Unknown *unknown = quid__vector_push(&checker->unknowns);
    if (unknown != NULL)
        *unknown = (Unknown){
            .name = name.id, .wanted = wanted, .is_source = is_source, .first = span, .count = 1};
}

QuidThing quid__find_thing(Checker *checker, QuidName name, QuidSpan span, QuidThingKind wanted)
{
    const QuidThing none = {QUID_THING_NONE, 0};
    if (name.id == 0)
        return none;
    const Declared *declared = &checker->things[name.id];
    if (declared->statement == 0) {
        note_unknown(checker, name, span, wanted, false);
        return none;
    }
    if (wanted == QUID_THING_NONE || declared->thing.kind == wanted)
        return declared->thing;
    quid__report(checker->context, QUID_E0302_WRONG_KIND, span,
                 "`%.*s` is %s %s; %s %s was expected here",
                 QUID_PRINT(quid__name_text(checker, name)),
                 quid__article(quid__thing_word(declared->thing.kind)),
                 quid__thing_word(declared->thing.kind), quid__article(quid__thing_word(wanted)),
                 quid__thing_word(wanted));
    quid__report_related(checker->context, declared->span, "it is declared here");
    return none;
}

QuidThing quid__find_node(Checker *checker, uint32_t node, QuidThingKind wanted)
{
    const QuidNode *found = checker_node(checker, node);
    return quid__find_thing(checker, found->name, found->span, wanted);
}

QuidSourceId quid__find_source(Checker *checker, QuidName name, QuidSpan span)
{
    if (name.id == 0)
        return (QuidSourceId){0};
    const Declared *declared = &checker->sources[name.id];
    if (declared->statement == 0) {
        note_unknown(checker, name, span, QUID_THING_NONE, true);
        return (QuidSourceId){0};
    }
    QuidSource *source = &DEAL_AT(checker, QuidSource, source, declared->thing.index);
    if (source->number == 0)
        source->number = ++checker->source_number;
    return (QuidSourceId){declared->thing.index};
}

QuidOrigin quid__clause_origin(Checker *checker, const QuidClause *clause)
{
    return (QuidOrigin){clause->span,
                        quid__find_source(checker, clause->source, clause->source_span)};
}

QuidSpan quid__thing_span(const Checker *checker, QuidName name)
{
    return checker->things[name.id].span;
}

QuidUnitId quid__unit_of(Checker *checker, QuidName name)
{
    if (name.id == 0)
        return (QuidUnitId){0};
    if (checker->units[name.id] == 0) {
        const QuidString text = quid__name_text(checker, name);
        const int32_t digits = quid_currency_digits(text);
        QuidUnit *unit = quid__vector_push(&checker->deal->unit);
        if (unit == NULL)
            return (QuidUnitId){0};
        *unit = (QuidUnit){text, digits >= 0 ? digits : 3, digits >= 0};
        checker->units[name.id] = checker->deal->unit.count - 1;
    }
    return (QuidUnitId){checker->units[name.id]};
}

// The choices of an event or a move as one list: first name and count.
typedef struct Choices {
    const char *word;
    uint32_t first;
    uint32_t count;
    bool is_move;
} Choices;

static Choices choices_of(const Checker *checker, QuidThing thing)
{
    if (thing.kind == QUID_THING_MOVE) {
        const QuidMove *move = &DEAL_AT(checker, QuidMove, move, thing.index);
        return (Choices){"options", move->option_first, move->option_count, true};
    }
    const QuidEvent *event = &DEAL_AT(checker, QuidEvent, event, thing.index);
    return (Choices){"outcomes", event->outcome_first, event->outcome_count, false};
}

static QuidString choice_id(const Checker *checker, const Choices *choices, uint32_t i)
{
    return choices->is_move ? DEAL_AT(checker, QuidOption, option, choices->first + i).id
                            : DEAL_AT(checker, QuidOutcome, outcome, choices->first + i).id;
}

uint32_t quid__find_choice(Checker *checker, QuidThing thing, QuidName name, QuidSpan span)
{
    const Choices choices = choices_of(checker, thing);
    const QuidString wanted = quid__name_text(checker, name);
    QuidClosest closest = quid__closest(wanted);
    char list[200] = "";
    size_t used = 0;
    for (uint32_t i = 0; i < choices.count; i++) {
        const QuidString id = choice_id(checker, &choices, i);
        if (quid__string_equal(id, wanted))
            return i;
        quid__closest_offer(&closest, id);
        if (used + id.size + 3 < sizeof list) {
            used += used > 0 ? 2 : 0;
            if (used > 0) {
                list[used - 2] = ',';
                list[used - 1] = ' ';
            }
            for (uint32_t at = 0; at < id.size; at++)
                list[used++] = id.bytes[at];
            list[used] = '\0';
        }
    }
    if (choices.count == 0)
        return UINT32_MAX; // its own statement is broken, and said so
    const QuidString owner = thing.kind == QUID_THING_MOVE
                                 ? DEAL_AT(checker, QuidMove, move, thing.index).id
                                 : DEAL_AT(checker, QuidEvent, event, thing.index).id;
    quid__report(checker->context, QUID_E0304_UNKNOWN_CHOICE, span,
                 "`%.*s` is none of the %s of `%.*s`: %s", QUID_PRINT(wanted), choices.word,
                 QUID_PRINT(owner), list);
    if (closest.best.size > 0) {
        quid__report_hint(checker->context, "did you mean `%.*s`?", QUID_PRINT(closest.best));
        quid__report_fix(checker->context, closest.best);
    }
    return UINT32_MAX;
}

static void report_unknown(Checker *checker, const Unknown *unknown)
{
    const QuidString wanted = quid__name_text(checker, (QuidName){unknown->name});
    const Declared *table = unknown->is_source ? checker->sources : checker->things;
    QuidClosest closest = quid__closest(wanted);
    for (uint32_t id = 1; id <= checker->name_count; id++) {
        const bool is_fit =
            unknown->wanted == QUID_THING_NONE || table[id].thing.kind == unknown->wanted;
        if (table[id].statement != 0 && is_fit)
            quid__closest_offer(&closest, quid__name_text(checker, (QuidName){id}));
    }
    const char *word = unknown->is_source ? "source" : quid__thing_word(unknown->wanted);
    quid__report(checker->context, QUID_E0301_UNKNOWN_NAME, unknown->first,
                 "there is no %s called `%.*s`",
                 unknown->wanted == QUID_THING_NONE && !unknown->is_source ? "thing" : word,
                 QUID_PRINT(wanted));
    for (uint32_t i = 0; i + 1 < unknown->count && i < 3; i++)
        quid__report_related(checker->context, unknown->more[i], "it is used here too");
    if (closest.best.size > 0) {
        quid__report_hint(checker->context, "did you mean `%.*s`?", QUID_PRINT(closest.best));
        quid__report_fix(checker->context, closest.best);
    } else if (unknown->is_source) {
        quid__report_hint(checker->context, "declare it: source %.*s \"title\"",
                          QUID_PRINT(wanted));
    } else if (unknown->wanted != QUID_THING_NONE && unknown->wanted != QUID_THING_LET) {
        quid__report_hint(checker->context, "declare it: %s %.*s …", word, QUID_PRINT(wanted));
    }
}

void quid__report_unknowns(Checker *checker)
{
    for (uint32_t i = 0; i < checker->unknowns.count; i++)
        report_unknown(checker, &QUID_AT(&checker->unknowns, Unknown, i));
}
