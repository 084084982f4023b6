// Asks and what-ifs.
#include "deal_internal.h"

// EVENT.OUTCOME: the event's thing and the outcome's number; false, with a message, where it is
// none.
static bool find_dot(Checker *checker, uint32_t index, QuidThing *thing, uint32_t *choice)
{
    const QuidNode *node = checker_node(checker, index);
    const QuidNode *outcome = checker_node(checker, node_child(checker, node, 1));
    *thing = quid__find_node(checker, node_child(checker, node, 0), QUID_THING_EVENT);
    if (thing->kind == QUID_THING_NONE)
        return false;
    *choice = quid__find_choice(checker, *thing, outcome->name, outcome->span);
    return *choice != UINT32_MAX;
}

static bool check_question(Checker *checker, const QuidClause *clause, QuidAsk *ask)
{
    const uint32_t first = clause_operand(checker, clause, 0);
    QuidThing event = {QUID_THING_NONE, 0};
    switch (clause->kind) {
    case QUID_CLAUSE_CHANCE:
        ask->kind = QUID_ASK_CHANCE;
        ask->term = quid__check_condition(checker, first);
        return ask->term.index != 0;
    case QUID_CLAUSE_ASK_VALUE:
        ask->kind = QUID_ASK_VALUE;
        ask->term = quid__check_term(checker, first);
        if (ask->term.index != 0 &&
            quid__term(checker, ask->term)->type.kind == QUID_TYPE_CONDITION) {
            quid__report(checker->context, QUID_E0402_WRONG_TYPE, clause->span,
                         "this is a condition; a value was expected here");
            quid__report_hint(checker->context, "ask for its chance: `chance …`");
        }
        return ask->term.index != 0;
    case QUID_CLAUSE_ASK_WHEN:
        ask->kind = QUID_ASK_WHEN;
        ask->milestone.index = quid__find_node(checker, first, QUID_THING_MILESTONE).index;
        return ask->milestone.index != 0;
    case QUID_CLAUSE_CHOICE:
        ask->kind = QUID_ASK_CHOICE;
        ask->move.index = quid__find_node(checker, first, QUID_THING_MOVE).index;
        return ask->move.index != 0;
    case QUID_CLAUSE_BREAK_EVEN:
        ask->kind = QUID_ASK_BREAK_EVEN;
        ask->move.index =
            quid__find_node(checker, clause_operand(checker, clause, 1), QUID_THING_MOVE).index;
        if (!find_dot(checker, first, &event, &ask->outcome))
            return false;
        ask->event.index = event.index;
        return ask->move.index != 0;
    default:
        return false;
    }
}

void quid__check_ask(Checker *checker, const QuidStatement *statement)
{
    if (statement->clause_count == 0) {
        if (!statement->is_broken) {
            quid__report(checker->context, QUID_E0306_MISSING_CLAUSE, statement->keyword_span,
                         "this question does not say what to compute");
            quid__report_hint(checker->context,
                              "add `chance CONDITION`, `when MILESTONE`, `value EXPRESSION`, "
                              "`choice of MOVE` or `break even of EVENT.OUTCOME for MOVE`");
        }
        return;
    }
    const QuidClause *clause = &checker->tables->clauses[statement->clause_first];
    if (statement->clause_count > 1) {
        const QuidClause *second = clause + 1;
        quid__report(checker->context, QUID_E0307_REPEATED_CLAUSE, second->span,
                     "an `ask` has one question");
        quid__report_related(checker->context, clause->span, "the first one is here");
    }
    QuidAsk ask = {.question = statement->label};
    if (clause->is_broken || !check_question(checker, clause, &ask))
        return;
    ask.origin = quid__clause_origin(checker, clause);
    QuidAsk *added = quid__vector_push(&checker->deal->ask);
    if (added != NULL)
        *added = ask;
}

static const char *settable =
    "a what-if sets an event's outcome or chance, a move's option, a milestone's date, or a "
    "quantity's value";

static bool set_choice(Checker *checker, QuidThing thing, uint32_t value, QuidSetting *setting)
{
    const QuidNode *node = checker_node(checker, value);
    if (node->kind != QUID_NODE_NAME) {
        quid__report(checker->context, QUID_E0505_BAD_SETTING, node->span,
                     "the name of an %s was expected here",
                     thing.kind == QUID_THING_MOVE ? "option" : "outcome");
        quid__report_hint(checker->context, "%s", settable);
        return false;
    }
    setting->is_choice = true;
    setting->choice = quid__find_choice(checker, thing, node->name, node->span);
    return setting->choice != UINT32_MAX;
}

// A new value of a quantity: of the old one's dimension, and in its currency. true where it fits.
static bool set_quantity(Checker *checker, QuidSetting *setting)
{
    const QuidTermId old = DEAL_AT(checker, QuidLet, let, setting->thing.index).value;
    const QuidType wanted = quid__term(checker, old)->type;
    const QuidTerm value = *quid__term(checker, setting->value);
    if (!quid__is_same_dimension(value.type, wanted))
        return false;
    if (wanted.money_power != 0 && value.type.money.index != wanted.money.index)
        setting->value = quid__add_term(
            checker, (QuidTerm){.kind = QUID_TERM_CONVERT, .type = wanted, .span = value.span},
            &setting->value, 1);
    return true;
}

static bool set_value(Checker *checker, const QuidClause *clause, QuidSetting *setting)
{
    const uint32_t target = clause_operand(checker, clause, 0);
    const uint32_t value = clause_operand(checker, clause, 1);
    const QuidNode *node = checker_node(checker, target);
    if (node->kind == QUID_NODE_DOT) {
        setting->is_chance = true;
        if (!find_dot(checker, target, &setting->thing, &setting->choice))
            return false;
        setting->value = quid__check_probability(checker, value);
        return setting->value.index != 0;
    }
    setting->thing = quid__find_node(checker, target, QUID_THING_NONE);
    switch (setting->thing.kind) {
    case QUID_THING_EVENT:
    case QUID_THING_MOVE:
        return set_choice(checker, setting->thing, value, setting);
    case QUID_THING_MILESTONE:
        setting->value = quid__check_date(checker, value);
        return setting->value.index != 0;
    case QUID_THING_LET:
        setting->value = quid__check_term(checker, value);
        if (setting->value.index == 0)
            return false;
        if (set_quantity(checker, setting))
            return true;
        quid__report(checker->context, QUID_E0401_UNIT_MISMATCH, checker_node(checker, value)->span,
                     "the new value of `%.*s` is in another unit than the old one",
                     QUID_PRINT(DEAL_AT(checker, QuidLet, let, setting->thing.index).id));
        quid__report_related(checker->context,
                             DEAL_AT(checker, QuidLet, let, setting->thing.index).origin.span,
                             "the old one is here");
        return false;
    case QUID_THING_NONE:
        return false;
    case QUID_THING_PARTY:
    case QUID_THING_PLEDGE:
    case QUID_THING_SUPPLY:
        quid__report(checker->context, QUID_E0505_BAD_SETTING, node->span, "a %s cannot be set",
                     quid__thing_word(setting->thing.kind));
        quid__report_hint(checker->context, "%s", settable);
        return false;
    }
    return false;
}

void quid__check_what_if(Checker *checker, const QuidStatement *statement)
{
    QuidWhatIf what_if = {.id = quid__name_text(checker, statement->name),
                          .label = statement->label,
                          .origin = {statement->span, {0}},
                          .setting_first = checker->deal->setting.count};
    for (uint32_t i = 0; i < checker->deal->what_if.count; i++) {
        const QuidWhatIf *before = &DEAL_AT(checker, QuidWhatIf, what_if, i);
        if (statement->name.id != 0 && quid__string_equal(before->id, what_if.id)) {
            quid__report(checker->context, QUID_E0303_DUPLICATE, statement->name_span,
                         "the what-if `%.*s` stands twice", QUID_PRINT(what_if.id));
            quid__report_related(checker->context, before->origin.span, "it stands here already");
        }
    }
    for (uint32_t i = 0; i < statement->clause_count; i++) {
        const QuidClause *clause = &checker->tables->clauses[statement->clause_first + i];
        QuidSetting setting = {.thing = {QUID_THING_NONE, 0}};
        if (clause->is_broken || !set_value(checker, clause, &setting))
            continue;
        setting.origin = quid__clause_origin(checker, clause);
        QuidSetting *added = quid__vector_push(&checker->deal->setting);
        if (added != NULL)
            *added = setting;
    }
    what_if.setting_count = checker->deal->setting.count - what_if.setting_first;
    // Settings from outside have no name, and a mistake of theirs was reported already.
    if (statement->clause_count == 0 && statement->name.id != 0)
        quid__report_missing(checker, statement, QUID_CLAUSE_SET, "set EVENT = OUTCOME");
    QuidWhatIf *added = quid__vector_push(&checker->deal->what_if);
    if (added != NULL)
        *added = what_if;
}
