// Calls: functions, distributions, and the questions that an expression may ask of the model.
#include "deal_internal.h"

#include <string.h>

typedef enum CallForm {
    CALL_NUMBERS,      // one or more values of one unit
    CALL_PLAIN,        // one plain number
    CALL_ONE,          // one number
    CALL_DISTRIBUTION, // constants
    CALL_STAGE,        // a pledge
    CALL_DATE,         // an event, a move or a milestone
    CALL_LATE,         // a milestone
    CALL_SHARE,        // a supply and a supplier
    CALL_HHI,          // a supply
} CallForm;

typedef struct CallRow {
    const char *name;
    CallForm form;
    QuidTermKind kind;
    QuidShape shape;
    uint32_t count_min;
    uint32_t count_max;
    QuidStage stage;
    const char *usage;
} CallRow;

static const CallRow rows[] = {
    {"min", CALL_NUMBERS, QUID_TERM_MIN, QUID_SHAPE_NONE, 1, 100, 0, "min(a, b, …)"},
    {"max", CALL_NUMBERS, QUID_TERM_MAX, QUID_SHAPE_NONE, 1, 100, 0, "max(a, b, …)"},
    {"abs", CALL_ONE, QUID_TERM_ABS, QUID_SHAPE_NONE, 1, 1, 0, "abs(a)"},
    {"exp", CALL_PLAIN, QUID_TERM_EXP, QUID_SHAPE_NONE, 1, 1, 0, "exp(number)"},
    {"log", CALL_PLAIN, QUID_TERM_LOG, QUID_SHAPE_NONE, 1, 1, 0, "log(number)"},
    {"sqrt", CALL_PLAIN, QUID_TERM_SQRT, QUID_SHAPE_NONE, 1, 1, 0, "sqrt(number)"},
    {"uniform", CALL_DISTRIBUTION, QUID_TERM_DISTRIBUTION, QUID_SHAPE_UNIFORM, 2, 2, 0,
     "uniform(low, high)"},
    {"normal", CALL_DISTRIBUTION, QUID_TERM_DISTRIBUTION, QUID_SHAPE_NORMAL, 2, 2, 0,
     "normal(mean, sd)"},
    {"lognormal", CALL_DISTRIBUTION, QUID_TERM_DISTRIBUTION, QUID_SHAPE_LOGNORMAL, 2, 2, 0,
     "lognormal(median, factor)"},
    {"triangular", CALL_DISTRIBUTION, QUID_TERM_DISTRIBUTION, QUID_SHAPE_TRIANGULAR, 3, 3, 0,
     "triangular(low, mode, high)"},
    {"pert", CALL_DISTRIBUTION, QUID_TERM_DISTRIBUTION, QUID_SHAPE_PERT, 3, 3, 0,
     "pert(low, mode, high)"},
    {"beta", CALL_DISTRIBUTION, QUID_TERM_DISTRIBUTION, QUID_SHAPE_BETA, 2, 2, 0, "beta(a, b)"},
    {"choice", CALL_DISTRIBUTION, QUID_TERM_DISTRIBUTION, QUID_SHAPE_CHOICE, 1, 100, 0,
     "choice(x 30%, y 70%)"},
    {"pledged", CALL_STAGE, QUID_TERM_STAGE, QUID_SHAPE_NONE, 1, 1, QUID_STAGE_PLEDGED,
     "pledged(PLEDGE)"},
    {"committed", CALL_STAGE, QUID_TERM_STAGE, QUID_SHAPE_NONE, 1, 1, QUID_STAGE_COMMITTED,
     "committed(PLEDGE)"},
    {"disbursed", CALL_STAGE, QUID_TERM_STAGE, QUID_SHAPE_NONE, 1, 1, QUID_STAGE_DISBURSED,
     "disbursed(PLEDGE)"},
    {"date", CALL_DATE, QUID_TERM_DATE_OF, QUID_SHAPE_NONE, 1, 1, 0,
     "date(EVENT, MOVE or MILESTONE)"},
    {"late", CALL_LATE, QUID_TERM_LATE, QUID_SHAPE_NONE, 1, 1, 0, "late(MILESTONE)"},
    {"share", CALL_SHARE, QUID_TERM_SHARE, QUID_SHAPE_NONE, 2, 2, 0, "share(SUPPLY, SUPPLIER)"},
    {"hhi", CALL_HHI, QUID_TERM_HHI, QUID_SHAPE_NONE, 1, 1, 0, "hhi(SUPPLY)"},
};

#define ROW_COUNT (sizeof rows / sizeof rows[0])

static QuidTermId broken(void)
{
    return (QuidTermId){0};
}

static const CallRow *find_row(Checker *checker, const QuidNode *node)
{
    const QuidString name = quid__name_text(checker, node->name);
    QuidClosest closest = quid__closest(name);
    for (size_t i = 0; i < ROW_COUNT; i++) {
        const QuidString candidate = {rows[i].name, (uint32_t)strlen(rows[i].name)};
        if (quid__string_equal(candidate, name))
            return &rows[i];
        quid__closest_offer(&closest, candidate);
    }
    quid__report(checker->context, QUID_E0305_UNKNOWN_WORD, node->operator_span,
                 "there is no function `%.*s`", QUID_PRINT(name));
    if (closest.best.size > 0)
        quid__report_hint(checker->context, "did you mean `%.*s`?", QUID_PRINT(closest.best));
    else
        quid__report_hint(
            checker->context,
            "the functions: min max abs exp log sqrt uniform normal lognormal triangular "
            "pert beta choice pledged committed disbursed date late share hhi");
    return NULL;
}

static QuidTermId wrong_arguments(Checker *checker, const QuidNode *node, const CallRow *row,
                                  const char *why)
{
    quid__report(checker->context, QUID_E0405_ARGUMENTS, node->span, "%s", why);
    quid__report_hint(checker->context, "it is written %s", row->usage);
    return broken();
}

static bool is_plain(QuidType type)
{
    return type.kind == QUID_TYPE_NUMBER && type.money_power == 0 && type.time_power == 0 &&
           type.counted_power == 0;
}

// Checks count arguments of one unit onto the scratch stack; false where one is broken or does not
// fit.
static bool check_numbers(Checker *checker, const QuidNode *node, const CallRow *row)
{
    bool is_good = true;
    QuidType first = {.kind = QUID_TYPE_BROKEN};
    for (uint32_t i = 0; i < node->child_count; i++) {
        QuidTermId id = quid__check_term(checker, node_child(checker, node, i));
        QuidTermId *slot = quid__vector_push(&checker->scratch);
        if (slot == NULL || id.index == 0) {
            is_good = false;
            continue;
        }
        const QuidTerm term = *quid__term(checker, id);
        if (first.kind == QUID_TYPE_BROKEN)
            first = term.type;
        if (is_good &&
            (term.type.kind == QUID_TYPE_CONDITION || !quid__is_same_dimension(first, term.type))) {
            (void)wrong_arguments(checker, node, row, "its arguments are not amounts of one kind");
            is_good = false;
        }
        if (is_good && term.type.money_power != 0 && term.type.money.index != first.money.index) {
            QuidType type = term.type;
            type.money = first.money;
            id = quid__add_term(
                checker, (QuidTerm){.kind = QUID_TERM_CONVERT, .type = type, .span = term.span},
                &id, 1);
        }
        QUID_AT(&checker->scratch, QuidTermId, checker->scratch.count - 1) = id;
    }
    return is_good;
}

static QuidTermId check_function(Checker *checker, const QuidNode *node, const CallRow *row)
{
    const uint32_t base = checker->scratch.count;
    QuidTermId result = broken();
    if (check_numbers(checker, node, row)) {
        const QuidTermId *arguments = (const QuidTermId *)checker->scratch.items + base;
        const QuidType type = quid__term(checker, arguments[0])->type;
        if (row->form == CALL_PLAIN && !is_plain(type))
            (void)wrong_arguments(checker, node, row, "its argument is not a plain number");
        else if (row->form == CALL_ONE && type.kind != QUID_TYPE_NUMBER)
            (void)wrong_arguments(checker, node, row, "its argument is not a number");
        else
            result = quid__add_term(checker,
                                    (QuidTerm){.kind = row->kind, .type = type, .span = node->span},
                                    arguments, node->child_count);
    }
    checker->scratch.count = base;
    return result;
}

// ---- Distributions ----------------------------------------------------------

// A constant's value; false, with a message, where the term is none.
static bool constant_of(Checker *checker, QuidTermId id, double *value)
{
    const QuidTerm *term = quid__term(checker, id);
    if (term->kind == QUID_TERM_CONSTANT || term->kind == QUID_TERM_DATE) {
        *value = term->value;
        return true;
    }
    if (term->kind == QUID_TERM_NEGATE) {
        const QuidTermId child = DEAL_AT(checker, QuidTermId, term_child, term->child_first);
        if (!constant_of(checker, child, value))
            return false;
        *value = -*value;
        return true;
    }
    quid__report(checker->context, QUID_E0404_BAD_DISTRIBUTION, term->span,
                 "the parameters of a distribution are plain figures, not expressions");
    return false;
}

static const char *fault_of(QuidShape shape, const double *values)
{
    switch (shape) {
    case QUID_SHAPE_UNIFORM:
        return values[0] < values[1] ? NULL : "its low end is not below its high end";
    case QUID_SHAPE_NORMAL:
        return values[1] > 0 ? NULL : "its standard deviation is not positive";
    case QUID_SHAPE_LOGNORMAL:
        return values[0] > 0 && values[1] > 1
                   ? NULL
                   : "its median must be positive and its factor above 1";
    case QUID_SHAPE_TRIANGULAR:
    case QUID_SHAPE_PERT:
        return values[0] <= values[1] && values[1] <= values[2] && values[0] < values[2]
                   ? NULL
                   : "its figures must run low, mode, high";
    case QUID_SHAPE_BETA:
        return values[0] > 0 && values[1] > 0 ? NULL : "both its figures must be positive";
    case QUID_SHAPE_NONE:
    case QUID_SHAPE_LOGIT_NORMAL:
    case QUID_SHAPE_CHOICE:
        return NULL;
    }
    return NULL;
}

static bool fits(const Checker *checker, const CallRow *row, const QuidTermId *arguments,
                 uint32_t i)
{
    const QuidType type = quid__term(checker, arguments[i])->type;
    const QuidType first = quid__term(checker, arguments[0])->type;
    if (row->shape == QUID_SHAPE_BETA)
        return is_plain(type);
    if (row->shape == QUID_SHAPE_LOGNORMAL && i == 1)
        return is_plain(type);
    if (row->shape == QUID_SHAPE_NORMAL && i == 1 && first.kind == QUID_TYPE_DATE)
        return type.kind == QUID_TYPE_NUMBER && type.time_power == 1 && type.money_power == 0;
    return type.kind != QUID_TYPE_CONDITION && quid__is_same_dimension(type, first) &&
           type.money.index == first.money.index;
}

static QuidTermId check_parameters(Checker *checker, const QuidNode *node, const CallRow *row)
{
    QuidTermId arguments[3];
    double values[3] = {0, 0, 0};
    bool is_good = true;
    for (uint32_t i = 0; i < node->child_count; i++) {
        arguments[i] = quid__check_term(checker, node_child(checker, node, i));
        is_good =
            is_good && arguments[i].index != 0 && constant_of(checker, arguments[i], &values[i]);
    }
    for (uint32_t i = 0; is_good && i < node->child_count; i++) {
        if (!fits(checker, row, arguments, i))
            return wrong_arguments(checker, node, row, "its figures are not in one unit");
    }
    if (!is_good)
        return broken();
    const char *fault = fault_of(row->shape, values);
    if (fault != NULL) {
        quid__report(checker->context, QUID_E0404_BAD_DISTRIBUTION, node->span, "%s", fault);
        quid__report_hint(checker->context, "it is written %s", row->usage);
        return broken();
    }
    QuidTerm term = {.kind = QUID_TERM_DISTRIBUTION, .shape = row->shape, .span = node->span};
    term.type.kind = QUID_TYPE_NUMBER;
    if (row->shape != QUID_SHAPE_BETA)
        // NOLINTNEXTLINE(clang-analyzer-core.CallAndMessage): every distribution has an argument
        term.type = quid__term(checker, arguments[0])->type;
    term.type.is_uncertain = true;
    return quid__add_term(checker, term, arguments, node->child_count);
}

static QuidTermId check_weights(Checker *checker, const QuidNode *node, const CallRow *row)
{
    const uint32_t base = checker->scratch.count;
    bool is_good = true;
    double sum = 0;
    for (uint32_t i = 0; i < node->child_count && is_good; i++) {
        const QuidNode *child = checker_node(checker, node_child(checker, node, i));
        if (child->kind != QUID_NODE_WEIGHT) {
            (void)wrong_arguments(checker, node, row,
                                  "every value of a choice needs its percentage");
            is_good = false;
            break;
        }
        for (uint32_t part = 0; part < 2; part++) {
            const QuidTermId id = quid__check_term(checker, node_child(checker, child, part));
            QuidTermId *slot = quid__vector_push(&checker->scratch);
            is_good = is_good && slot != NULL && id.index != 0;
            if (slot != NULL)
                *slot = id;
            double value = 0;
            is_good = is_good && constant_of(checker, id, &value);
            sum += part == 1 ? value : 0;
        }
    }
    QuidTermId result = broken();
    const QuidTermId *arguments = (const QuidTermId *)checker->scratch.items + base;
    for (uint32_t i = 0; is_good && i < node->child_count; i++) {
        if (!quid__is_same_dimension(quid__term(checker, arguments[2 * i])->type,
                                     quid__term(checker, arguments[0])->type) ||
            quid__term(checker, arguments[2 * i])->type.money.index !=
                quid__term(checker, arguments[0])->type.money.index) {
            (void)wrong_arguments(checker, node, row, "its values are not in one unit");
            is_good = false;
        }
    }
    if (is_good && (sum < 1 - 1e-9 || sum > 1 + 1e-9)) {
        char text[32];
        (void)quid_double_text((double)(int64_t)(sum * 1e6 + 0.5) / 1e4, text);
        quid__report(checker->context, QUID_E0501_CHANCES, node->span,
                     "these percentages add up to %s%%, not 100%%", text);
        is_good = false;
    }
    if (is_good) {
        QuidTerm term = {
            .kind = QUID_TERM_DISTRIBUTION, .shape = QUID_SHAPE_CHOICE, .span = node->span};
        term.type = quid__term(checker, arguments[0])->type;
        term.type.is_uncertain = true;
        result = quid__add_term(checker, term, arguments, node->child_count * 2);
    }
    checker->scratch.count = base;
    return result;
}

// ---- The model --------------------------------------------------------------

static QuidTermId check_stage(Checker *checker, const QuidNode *node, const CallRow *row,
                              QuidThing thing)
{
    // The unit is known only once the facts are: a pledge without an amount clause takes it from
    // them.
    const QuidUnitId unit = DEAL_AT(checker, QuidPledge, pledge, thing.index).unit;
    QuidType type = {.kind = QUID_TYPE_NUMBER, .is_uncertain = true};
    if (unit.index == 0) {
        quid__report(checker->context, QUID_E0402_WRONG_TYPE, node->span,
                     "`%.*s` is a promise in kind: it has no amount",
                     QUID_PRINT(DEAL_AT(checker, QuidPledge, pledge, thing.index).id));
        return broken();
    }
    if (DEAL_AT(checker, QuidUnit, unit, unit.index).is_currency) {
        type.money_power = 1;
        type.money = unit;
    } else {
        type.counted_power = 1;
        type.counted = unit;
    }
    return quid__add_term(checker,
                          (QuidTerm){.kind = QUID_TERM_STAGE,
                                     .type = type,
                                     .span = node->span,
                                     .thing = thing,
                                     .stage = row->stage,
                                     .date = {QUID_NO_DATE, QUID_NO_DATE}},
                          NULL, 0);
}

static QuidTermId check_supply(Checker *checker, const QuidNode *node, const CallRow *row,
                               QuidThing thing)
{
    QuidTerm term = {.kind = row->kind,
                     .type = {.kind = QUID_TYPE_NUMBER, .is_uncertain = true},
                     .span = node->span,
                     .thing = thing,
                     .date = {QUID_NO_DATE, QUID_NO_DATE}};
    if (row->form == CALL_HHI)
        return quid__add_term(checker, term, NULL, 0);
    const QuidNode *name = checker_node(checker, node_child(checker, node, 1));
    const QuidSupply *supply = &DEAL_AT(checker, QuidSupply, supply, thing.index);
    const QuidString wanted = quid__name_text(checker, name->name);
    QuidClosest closest = quid__closest(wanted);
    for (uint32_t i = 0; i < supply->supplier_count; i++) {
        const QuidString id =
            DEAL_AT(checker, QuidSupplier, supplier, supply->supplier_first + i).id;
        quid__closest_offer(&closest, id);
        term.choice = i;
        if (quid__string_equal(id, wanted))
            return quid__add_term(checker, term, NULL, 0);
    }
    if (supply->supplier_count == 0)
        return broken();
    quid__report(checker->context, QUID_E0304_UNKNOWN_CHOICE, name->span,
                 "`%.*s` is no supplier of `%.*s`", QUID_PRINT(wanted), QUID_PRINT(supply->id));
    if (closest.best.size > 0)
        quid__report_hint(checker->context, "did you mean `%.*s`?", QUID_PRINT(closest.best));
    return broken();
}

static QuidTermId check_model(Checker *checker, const QuidNode *node, const CallRow *row)
{
    static const QuidThingKind kinds[] = {[CALL_STAGE] = QUID_THING_PLEDGE,
                                          [CALL_DATE] = QUID_THING_NONE,
                                          [CALL_LATE] = QUID_THING_MILESTONE,
                                          [CALL_SHARE] = QUID_THING_SUPPLY,
                                          [CALL_HHI] = QUID_THING_SUPPLY};
    const QuidNode *argument = checker_node(checker, node_child(checker, node, 0));
    if (argument->kind != QUID_NODE_NAME)
        return wrong_arguments(checker, node, row, "a name was expected between the parentheses");
    const QuidThing thing =
        quid__find_thing(checker, argument->name, argument->span, kinds[row->form]);
    if (thing.kind == QUID_THING_NONE)
        return broken();
    if (row->form == CALL_STAGE)
        return check_stage(checker, node, row, thing);
    if (row->form == CALL_SHARE || row->form == CALL_HHI)
        return check_supply(checker, node, row, thing);
    const bool has_date = thing.kind == QUID_THING_EVENT || thing.kind == QUID_THING_MOVE ||
                          thing.kind == QUID_THING_MILESTONE;
    if (!has_date)
        return wrong_arguments(checker, node, row, "only events, moves and milestones have a date");
    QuidTerm term = {
        .kind = row->kind, .span = node->span, .thing = thing, .type = {.is_uncertain = true}};
    term.type.kind = row->form == CALL_DATE ? QUID_TYPE_DATE : QUID_TYPE_NUMBER;
    term.type.time_power = row->form == CALL_LATE;
    return quid__add_term(checker, term, NULL, 0);
}

QuidTermId quid__check_call(Checker *checker, uint32_t index)
{
    const QuidNode *node = checker_node(checker, index);
    const CallRow *row = find_row(checker, node);
    if (row == NULL)
        return broken();
    if (node->child_count < row->count_min || node->child_count > row->count_max)
        return wrong_arguments(checker, node, row,
                               node->child_count < row->count_min ? "too few arguments"
                                                                  : "too many arguments");
    switch (row->form) {
    case CALL_NUMBERS:
    case CALL_PLAIN:
    case CALL_ONE:
        return check_function(checker, node, row);
    case CALL_DISTRIBUTION:
        return row->shape == QUID_SHAPE_CHOICE ? check_weights(checker, node, row)
                                               : check_parameters(checker, node, row);
    case CALL_STAGE:
    case CALL_DATE:
    case CALL_LATE:
    case CALL_SHARE:
    case CALL_HHI:
        return check_model(checker, node, row);
    }
    return broken();
}
