// Expressions, typed: every term knows its dimensions, and adding days to dollars stops here.
#include "deal_internal.h"

#include <string.h>

const QuidTerm *quid__term(const Checker *checker, QuidTermId id)
{
    return &DEAL_AT(checker, QuidTerm, term, id.index);
}

QuidTermId quid__add_term(Checker *checker, QuidTerm term, const QuidTermId *children,
                          uint32_t count)
{
    QuidVector *list = &checker->deal->term_child;
    term.child_first = list->count;
    term.child_count = count;
    for (uint32_t i = 0; i < count; i++) {
        term.type.is_uncertain =
            term.type.is_uncertain || quid__term(checker, children[i])->type.is_uncertain;
        QuidTermId *child = quid__vector_push(list);
        if (child != NULL)
            *child = children[i];
    }
    quid__measure_term(checker, &term, children, count);
    QuidTerm *added = quid__vector_push(&checker->deal->term);
    if (added == NULL)
        return (QuidTermId){0};
    *added = term;
    return (QuidTermId){checker->deal->term.count - 1};
}

static QuidTermId broken(void)
{
    return (QuidTermId){0};
}

static bool is_broken(QuidTermId id)
{
    return id.index == 0;
}

static const QuidType plain = {.kind = QUID_TYPE_NUMBER};

double quid__unit_days(QuidString unit)
{
    static const struct {
        const char *word;
        double days;
    } rows[] = {{"day", 1},
                {"days", 1},
                {"week", 7},
                {"weeks", 7},
                {"month", 365.25 / 12},
                {"months", 365.25 / 12},
                {"year", 365.25},
                {"years", 365.25}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (strlen(rows[i].word) == unit.size && memcmp(rows[i].word, unit.bytes, unit.size) == 0)
            return rows[i].days;
    }
    return 0;
}

bool quid__is_same_dimension(QuidType left, QuidType right)
{
    return left.kind == right.kind && left.money_power == right.money_power &&
           left.time_power == right.time_power && left.counted_power == right.counted_power &&
           (left.counted_power == 0 || left.counted.index == right.counted.index) &&
           left.is_business == right.is_business;
}

// Appends text and keeps the end terminated.
static void append(char text[80], QuidString more)
{
    size_t used = strlen(text);
    for (uint32_t i = 0; i < more.size && used < 79; i++)
        text[used++] = more.bytes[i];
    text[used] = '\0';
}

void quid__type_words(const Checker *checker, QuidType type, char text[80])
{
    text[0] = '\0';
    const bool is_single = type.money_power + type.time_power + type.counted_power == 1 &&
                           (type.money_power | type.time_power | type.counted_power) == 1;
    if (type.kind == QUID_TYPE_DATE)
        append(text, QUID_STRING("a date"));
    else if (type.kind == QUID_TYPE_CONDITION)
        append(text, QUID_STRING("a condition"));
    else if (type.kind == QUID_TYPE_BROKEN)
        append(text, QUID_STRING("something unreadable"));
    else if (type.is_business)
        append(text, QUID_STRING("business days"));
    else if (is_single && type.time_power == 1)
        append(text, QUID_STRING("a length of time"));
    else if (is_single && type.money_power == 1) {
        append(text, QUID_STRING("money in "));
        append(text, DEAL_AT(checker, QuidUnit, unit, type.money.index).name);
    } else if (is_single) {
        append(text, QUID_STRING("an amount of "));
        append(text, DEAL_AT(checker, QuidUnit, unit, type.counted.index).name);
    } else if (type.money_power == 0 && type.time_power == 0 && type.counted_power == 0) {
        append(text, QUID_STRING("a plain number"));
    } else {
        append(text, QUID_STRING("a number in mixed units"));
    }
}

static QuidTermId wrong_type(Checker *checker, QuidTermId id, const char *expected)
{
    const QuidTerm *term = quid__term(checker, id);
    char words[80];
    quid__type_words(checker, term->type, words);
    quid__report(checker->context, QUID_E0402_WRONG_TYPE, term->span,
                 "this is %s; %s was expected here", words, expected);
    return broken();
}

// ---- Literals ---------------------------------------------------------------

static QuidType literal_type(Checker *checker, const QuidNode *node, double *scale)
{
    QuidType type = plain;
    *scale = node->is_percent ? 0.01 : 1;
    if (node->unit.id == 0)
        return type;
    const QuidString unit = quid__name_text(checker, node->unit);
    const double days = quid__unit_days(unit);
    if (days > 0) {
        type.time_power = 1;
        type.is_business = node->is_business;
        *scale = days;
        return type;
    }
    const QuidUnitId id = quid__unit_of(checker, node->unit);
    if (DEAL_AT(checker, QuidUnit, unit, id.index).is_currency) {
        type.money_power = 1;
        type.money = id;
    } else {
        type.counted_power = 1;
        type.counted = id;
    }
    return type;
}

static QuidTermId check_number(Checker *checker, const QuidNode *node)
{
    double scale;
    const QuidType type = literal_type(checker, node, &scale);
    double value;
    if (node->is_percent)
        value =
            quid_decimal_to_double((QuidDecimal){node->value.mantissa, node->value.exponent - 2});
    else
        value = quid_decimal_to_double(node->value) * scale;
    if (node->is_business && quid__unit_days(quid__name_text(checker, node->unit)) != 1) {
        quid__report(checker->context, QUID_E0401_UNIT_MISMATCH, node->span,
                     "only days can be business days");
        return broken();
    }
    return quid__add_term(
        checker,
        (QuidTerm){.kind = QUID_TERM_CONSTANT, .type = type, .span = node->span, .value = value},
        NULL, 0);
}

static QuidTermId check_range(Checker *checker, const QuidNode *node)
{
    const QuidNode *low = checker_node(checker, node_child(checker, node, 0));
    const QuidNode *high = checker_node(checker, node_child(checker, node, 1));
    QuidTerm term = {.kind = QUID_TERM_INTERVAL, .span = node->span, .shape = QUID_SHAPE_NORMAL};
    if (low->kind == QUID_NODE_DATE) {
        term.type = (QuidType){.kind = QUID_TYPE_DATE, .is_uncertain = true};
        term.low = low->date.first;
        term.high = high->date.last;
        return quid__add_term(checker, term, NULL, 0);
    }
    double low_scale;
    double high_scale;
    const QuidType low_type = literal_type(checker, low, &low_scale);
    term.type = literal_type(checker, high, &high_scale);
    const bool is_alike = quid__is_same_dimension(low_type, term.type) &&
                          low_type.money.index == term.type.money.index &&
                          low->is_percent == high->is_percent;
    if (!is_alike) {
        quid__report(checker->context, QUID_E0401_UNIT_MISMATCH, node->span,
                     "the two ends of this range are in different units");
        quid__report_hint(checker->context, "write the unit once, behind the second number");
        return broken();
    }
    term.type.is_uncertain = true;
    const int32_t shift = low->is_percent ? -2 : 0;
    term.low =
        quid_decimal_to_double((QuidDecimal){low->value.mantissa, low->value.exponent + shift});
    term.high =
        quid_decimal_to_double((QuidDecimal){high->value.mantissa, high->value.exponent + shift});
    if (!low->is_percent) {
        term.low *= low_scale;
        term.high *= high_scale;
    }
    if (low->is_percent) {
        term.shape = QUID_SHAPE_LOGIT_NORMAL;
        if (term.low <= 0 || term.high >= 1) {
            quid__report(checker->context, QUID_E0404_BAD_DISTRIBUTION, node->span,
                         "a range of percentages lies between 0%% and 100%%, ends left out");
            quid__report_hint(checker->context,
                              "write for instance 1%% to 99%%, or a single percentage");
            return broken();
        }
    } else if (term.low > 0 || term.high < 0) {
        term.shape = QUID_SHAPE_LOGNORMAL;
    } else if (term.low == 0 || term.high == 0) {
        quid__report(checker->context, QUID_E0404_BAD_DISTRIBUTION, node->span,
                     "a range with an end at zero fits neither a lognormal nor a normal quantity");
        quid__report_hint(checker->context,
                          "move that end a little off zero, or write uniform(…, …)");
        return broken();
    }
    if (term.low > term.high) {
        quid__report(checker->context, QUID_E0404_BAD_DISTRIBUTION, node->span,
                     "this range runs backwards");
        return broken();
    }
    return quid__add_term(checker, term, NULL, 0);
}

// ---- Names ------------------------------------------------------------------

static QuidTermId check_name(Checker *checker, const QuidNode *node)
{
    const QuidThing thing = quid__find_thing(checker, node->name, node->span, QUID_THING_NONE);
    const QuidString name = quid__name_text(checker, node->name);
    QuidTerm term = {.span = node->span, .thing = thing};
    switch (thing.kind) {
    case QUID_THING_NONE:
        return broken();
    case QUID_THING_LET: {
        const QuidTermId value = quid__check_let(checker, thing.index, node->span);
        if (is_broken(value))
            return broken();
        term.kind = QUID_TERM_LET;
        term.type = quid__term(checker, value)->type;
        return quid__add_term(checker, term, NULL, 0);
    }
    case QUID_THING_MILESTONE:
        term.kind = QUID_TERM_REACHED;
        term.type = (QuidType){.kind = QUID_TYPE_CONDITION, .is_uncertain = true};
        return quid__add_term(checker, term, NULL, 0);
    case QUID_THING_EVENT:
    case QUID_THING_MOVE:
        quid__report(checker->context, QUID_E0402_WRONG_TYPE, node->span,
                     "`%.*s` is %s: say which %s", QUID_PRINT(name),
                     thing.kind == QUID_THING_MOVE ? "a move" : "an event",
                     thing.kind == QUID_THING_MOVE ? "option" : "outcome");
        quid__report_hint(checker->context, "write `%.*s = …`", QUID_PRINT(name));
        return broken();
    case QUID_THING_PLEDGE:
        quid__report(checker->context, QUID_E0402_WRONG_TYPE, node->span,
                     "`%.*s` is a pledge, not an amount", QUID_PRINT(name));
        quid__report_hint(checker->context,
                          "write pledged(%.*s), committed(%.*s) or disbursed(%.*s)",
                          QUID_PRINT(name), QUID_PRINT(name), QUID_PRINT(name));
        return broken();
    case QUID_THING_PARTY:
    case QUID_THING_SUPPLY:
        quid__report(checker->context, QUID_E0402_WRONG_TYPE, node->span,
                     "`%.*s` is a %s, not a value", QUID_PRINT(name), quid__thing_word(thing.kind));
        if (thing.kind == QUID_THING_SUPPLY)
            quid__report_hint(checker->context, "write share(%.*s, SUPPLIER) or hhi(%.*s)",
                              QUID_PRINT(name), QUID_PRINT(name));
        return broken();
    }
    return broken();
}

// ---- Operators --------------------------------------------------------------

// Money in another currency is converted to the wanted one.
static QuidTermId convert(Checker *checker, QuidTermId id, QuidUnitId wanted)
{
    const QuidTerm term = *quid__term(checker, id);
    if (term.type.money_power == 0 || term.type.money.index == wanted.index)
        return id;
    QuidType type = term.type;
    type.money = wanted;
    return quid__add_term(
        checker, (QuidTerm){.kind = QUID_TERM_CONVERT, .type = type, .span = term.span}, &id, 1);
}

static void report_mismatch(Checker *checker, const QuidNode *node, const char *verb,
                            QuidTermId left, QuidTermId right)
{
    char left_words[80];
    char right_words[80];
    quid__type_words(checker, quid__term(checker, left)->type, left_words);
    quid__type_words(checker, quid__term(checker, right)->type, right_words);
    quid__report(checker->context, QUID_E0401_UNIT_MISMATCH, node->operator_span,
                 "cannot %s %s and %s", verb, left_words, right_words);
    quid__report_related(checker->context, quid__term(checker, left)->span, "this is %s",
                         left_words);
    quid__report_related(checker->context, quid__term(checker, right)->span, "this is %s",
                         right_words);
}

static const char *verb_of(QuidNodeKind kind)
{
    return kind == QUID_NODE_ADD ? "add" : kind == QUID_NODE_SUBTRACT ? "subtract" : "compare";
}

static QuidTermId check_sum(Checker *checker, const QuidNode *node, QuidTermId left,
                            QuidTermId right)
{
    const QuidType a = quid__term(checker, left)->type;
    const QuidType b = quid__term(checker, right)->type;
    const bool is_sum = node->kind == QUID_NODE_ADD;
    const bool b_is_time = b.kind == QUID_TYPE_NUMBER && b.time_power == 1 && b.money_power == 0 &&
                           b.counted_power == 0;
    const bool a_is_time = a.kind == QUID_TYPE_NUMBER && a.time_power == 1 && a.money_power == 0 &&
                           a.counted_power == 0;
    QuidTerm term = {
        .kind = is_sum ? QUID_TERM_ADD : QUID_TERM_SUBTRACT, .span = node->span, .type = a};
    const bool is_date = a.kind == QUID_TYPE_DATE || b.kind == QUID_TYPE_DATE;
    if (is_date && (a.is_business || b.is_business)) {
        report_mismatch(checker, node, verb_of(node->kind), left, right);
        quid__report_hint(checker->context, "business days are counted by a milestone: "
                                            "`after DATE` and `takes 45 business days`");
        return broken();
    }
    if (a.kind == QUID_TYPE_DATE && b_is_time)
        term.type = a;
    else if (is_sum && b.kind == QUID_TYPE_DATE && a_is_time)
        term.type = b;
    else if (!is_sum && a.kind == QUID_TYPE_DATE && b.kind == QUID_TYPE_DATE)
        term.type = (QuidType){.kind = QUID_TYPE_NUMBER, .time_power = 1};
    else if (a.kind == QUID_TYPE_NUMBER && quid__is_same_dimension(a, b))
        right = convert(checker, right, a.money);
    else {
        report_mismatch(checker, node, verb_of(node->kind), left, right);
        return broken();
    }
    const QuidTermId children[2] = {left, right};
    return quid__add_term(checker, term, children, 2);
}

static bool add_powers(QuidType *type, QuidType other, int sign)
{
    const int money = type->money_power + sign * other.money_power;
    const int time = type->time_power + sign * other.time_power;
    const int counted = type->counted_power + sign * other.counted_power;
    if (type->counted_power != 0 && other.counted_power != 0 &&
        type->counted.index != other.counted.index)
        return false;
    if (money > 9 || money < -9 || time > 9 || time < -9 || counted > 9 || counted < -9)
        return false;
    type->money = type->money_power != 0 ? type->money : other.money;
    type->counted = type->counted_power != 0 ? type->counted : other.counted;
    type->money_power = (int8_t)money;
    type->time_power = (int8_t)time;
    type->counted_power = (int8_t)counted;
    return true;
}

static QuidTermId check_product(Checker *checker, const QuidNode *node, QuidTermId left,
                                QuidTermId right)
{
    const bool is_product = node->kind == QUID_NODE_MULTIPLY;
    QuidType type = quid__term(checker, left)->type;
    const QuidType other = quid__term(checker, right)->type;
    if (type.kind != QUID_TYPE_NUMBER)
        return wrong_type(checker, left, "a number");
    if (other.kind != QUID_TYPE_NUMBER)
        return wrong_type(checker, right, "a number");
    if (type.is_business || other.is_business)
        return wrong_type(checker, type.is_business ? left : right, "days, weeks, months or years");
    if (type.money_power != 0)
        right = convert(checker, right, type.money);
    if (!add_powers(&type, other, is_product ? 1 : -1)) {
        report_mismatch(checker, node, is_product ? "multiply" : "divide", left, right);
        return broken();
    }
    const QuidTermId children[2] = {left, right};
    return quid__add_term(checker,
                          (QuidTerm){.kind = is_product ? QUID_TERM_MULTIPLY : QUID_TERM_DIVIDE,
                                     .span = node->span,
                                     .type = type},
                          children, 2);
}

static bool is_plain(QuidType type)
{
    return type.kind == QUID_TYPE_NUMBER && type.money_power == 0 && type.time_power == 0 &&
           type.counted_power == 0;
}

static QuidTermId check_power(Checker *checker, const QuidNode *node, QuidTermId left,
                              QuidTermId right)
{
    QuidType type = quid__term(checker, left)->type;
    const QuidTerm *exponent = quid__term(checker, right);
    if (!is_plain(exponent->type))
        return wrong_type(checker, right, "a plain number as the exponent");
    if (type.kind != QUID_TYPE_NUMBER || type.is_business)
        return wrong_type(checker, left, "a number");
    if (!is_plain(type)) {
        const double value = exponent->value;
        const bool is_small = exponent->kind == QUID_TERM_CONSTANT && value >= 1 && value <= 4 &&
                              value == (double)(int)value;
        if (!is_small)
            return wrong_type(checker, left,
                              "a plain number (units take the exponents 1 to 4 only)");
        const QuidType base = type;
        for (int i = 1; i < (int)value; i++) {
            if (!add_powers(&type, base, 1))
                return wrong_type(checker, left, "a smaller power");
        }
    }
    const QuidTermId children[2] = {left, right};
    return quid__add_term(checker,
                          (QuidTerm){.kind = QUID_TERM_POWER, .span = node->span, .type = type},
                          children, 2);
}

static QuidTermKind comparison_of(QuidNodeKind kind)
{
    switch (kind) {
    case QUID_NODE_EQUAL:
        return QUID_TERM_EQUAL;
    case QUID_NODE_NOT_EQUAL:
        return QUID_TERM_NOT_EQUAL;
    case QUID_NODE_LESS:
        return QUID_TERM_LESS;
    case QUID_NODE_LESS_EQUAL:
        return QUID_TERM_LESS_EQUAL;
    case QUID_NODE_GREATER:
        return QUID_TERM_GREATER;
    default:
        return QUID_TERM_GREATER_EQUAL;
    }
}

static const QuidType condition_type = {.kind = QUID_TYPE_CONDITION, .is_uncertain = true};

// ruling = struck. NONE where the left side is no event or move.
static bool check_is(Checker *checker, const QuidNode *node, QuidTermId *result)
{
    const QuidNode *left = checker_node(checker, node_child(checker, node, 0));
    const QuidNode *right = checker_node(checker, node_child(checker, node, 1));
    const bool is_equality = node->kind == QUID_NODE_EQUAL || node->kind == QUID_NODE_NOT_EQUAL;
    if (!is_equality || left->kind != QUID_NODE_NAME ||
        checker->things[left->name.id].statement == 0)
        return false;
    const QuidThing thing = checker->things[left->name.id].thing;
    if (thing.kind != QUID_THING_EVENT && thing.kind != QUID_THING_MOVE)
        return false;
    *result = broken();
    if (right->kind != QUID_NODE_NAME) {
        quid__report(checker->context, QUID_E0402_WRONG_TYPE, right->span,
                     "an %s of `%.*s` was expected here",
                     thing.kind == QUID_THING_MOVE ? "option" : "outcome",
                     QUID_PRINT(quid__name_text(checker, left->name)));
        return true;
    }
    const uint32_t choice = quid__find_choice(checker, thing, right->name, right->span);
    if (choice == UINT32_MAX)
        return true;
    const QuidTerm term = {.kind = QUID_TERM_IS,
                           .type = condition_type,
                           .span = node->span,
                           .thing = thing,
                           .choice = choice};
    *result = quid__add_term(checker, term, NULL, 0);
    if (node->kind == QUID_NODE_NOT_EQUAL)
        *result = quid__add_term(
            checker, (QuidTerm){.kind = QUID_TERM_NOT, .type = condition_type, .span = node->span},
            result, 1);
    return true;
}

static QuidTermId check_comparison(Checker *checker, const QuidNode *node, QuidTermId left,
                                   QuidTermId right)
{
    const QuidType a = quid__term(checker, left)->type;
    const QuidType b = quid__term(checker, right)->type;
    if (a.kind == QUID_TYPE_CONDITION || b.kind == QUID_TYPE_CONDITION ||
        !quid__is_same_dimension(a, b)) {
        report_mismatch(checker, node, "compare", left, right);
        return broken();
    }
    const QuidTermId children[2] = {left, convert(checker, right, a.money)};
    const QuidType type = {.kind = QUID_TYPE_CONDITION};
    return quid__add_term(
        checker, (QuidTerm){.kind = comparison_of(node->kind), .span = node->span, .type = type},
        children, 2);
}

static QuidTermId check_binary(Checker *checker, const QuidNode *node)
{
    QuidTermId is;
    if (node->kind >= QUID_NODE_EQUAL && node->kind <= QUID_NODE_GREATER_EQUAL &&
        check_is(checker, node, &is))
        return is;
    const QuidTermId left = quid__check_term(checker, node_child(checker, node, 0));
    const QuidTermId right = quid__check_term(checker, node_child(checker, node, 1));
    if (is_broken(left) || is_broken(right))
        return broken();
    if (node->kind == QUID_NODE_ADD || node->kind == QUID_NODE_SUBTRACT)
        return check_sum(checker, node, left, right);
    if (node->kind == QUID_NODE_MULTIPLY || node->kind == QUID_NODE_DIVIDE)
        return check_product(checker, node, left, right);
    if (node->kind == QUID_NODE_POWER)
        return check_power(checker, node, left, right);
    return check_comparison(checker, node, left, right);
}

static QuidTermId check_junction(Checker *checker, const QuidNode *node)
{
    const uint32_t base = checker->scratch.count;
    bool has_broken = false;
    for (uint32_t i = 0; i < node->child_count; i++) {
        const QuidTermId part = quid__check_condition(checker, node_child(checker, node, i));
        has_broken = has_broken || is_broken(part);
        QuidTermId *slot = quid__vector_push(&checker->scratch);
        if (slot != NULL)
            *slot = part;
    }
    QuidTermId result = broken();
    if (!has_broken && !checker->scratch.has_failed) {
        const QuidTerm term = {.kind = node->kind == QUID_NODE_AND ? QUID_TERM_AND : QUID_TERM_OR,
                               .type = {.kind = QUID_TYPE_CONDITION},
                               .span = node->span};
        result = quid__add_term(checker, term, (const QuidTermId *)checker->scratch.items + base,
                                node->child_count);
    }
    checker->scratch.count = base;
    return result;
}

static QuidTermId check_if(Checker *checker, const QuidNode *node)
{
    const QuidTermId value = quid__check_term(checker, node_child(checker, node, 0));
    const QuidTermId condition = quid__check_condition(checker, node_child(checker, node, 1));
    QuidTermId other = quid__check_term(checker, node_child(checker, node, 2));
    if (is_broken(value) || is_broken(condition) || is_broken(other))
        return broken();
    const QuidType type = quid__term(checker, value)->type;
    if (!quid__is_same_dimension(type, quid__term(checker, other)->type)) {
        report_mismatch(checker, node, "choose between", value, other);
        return broken();
    }
    other = convert(checker, other, type.money);
    const QuidTermId children[3] = {value, condition, other};
    return quid__add_term(
        checker, (QuidTerm){.kind = QUID_TERM_IF, .type = type, .span = node->span}, children, 3);
}

// X = option by DATE, M before Y.
static QuidTermId check_timed(Checker *checker, const QuidNode *node)
{
    const QuidTermId condition = quid__check_condition(checker, node_child(checker, node, 0));
    if (is_broken(condition))
        return broken();
    const QuidTermKind kind = quid__term(checker, condition)->kind;
    if (kind != QUID_TERM_IS && kind != QUID_TERM_REACHED) {
        quid__report(checker->context, QUID_E0402_WRONG_TYPE, node->operator_span,
                     "only a milestone, or an event or move with its outcome, has a date");
        return broken();
    }
    const QuidNode *when = checker_node(checker, node_child(checker, node, 1));
    QuidTerm term = {.kind = node->kind == QUID_NODE_BY ? QUID_TERM_BY : QUID_TERM_BEFORE,
                     .type = condition_type,
                     .span = node->span,
                     .date = when->date};
    if (when->kind == QUID_NODE_NAME) {
        term.thing = quid__find_thing(checker, when->name, when->span, QUID_THING_NONE);
        if (term.thing.kind == QUID_THING_NONE)
            return broken();
        const bool has_date = term.thing.kind == QUID_THING_EVENT ||
                              term.thing.kind == QUID_THING_MOVE ||
                              term.thing.kind == QUID_THING_MILESTONE;
        if (!has_date) {
            quid__report(
                checker->context, QUID_E0302_WRONG_KIND, when->span,
                "`%.*s` is a %s; an event, a move, a milestone or a date was expected here",
                QUID_PRINT(quid__name_text(checker, when->name)),
                quid__thing_word(term.thing.kind));
            return broken();
        }
    }
    return quid__add_term(checker, term, &condition, 1);
}

static QuidTermId check_on(Checker *checker, const QuidNode *node)
{
    const QuidTermId inner = quid__check_term(checker, node_child(checker, node, 0));
    if (is_broken(inner))
        return broken();
    QuidTerm *term = &DEAL_AT(checker, QuidTerm, term, inner.index);
    const bool is_dated = term->kind == QUID_TERM_STAGE || term->kind == QUID_TERM_SHARE ||
                          term->kind == QUID_TERM_HHI;
    if (!is_dated) {
        quid__report(checker->context, QUID_E0402_WRONG_TYPE, node->operator_span,
                     "`on DATE` goes with pledged, committed, disbursed, share and hhi");
        return broken();
    }
    term->date = checker_node(checker, node_child(checker, node, 1))->date;
    term->span = node->span;
    return inner;
}

static QuidTermId check_negation(Checker *checker, const QuidNode *node)
{
    const bool is_not = node->kind == QUID_NODE_NOT;
    const uint32_t child = node_child(checker, node, 0);
    const QuidTermId operand =
        is_not ? quid__check_condition(checker, child) : quid__check_term(checker, child);
    if (is_broken(operand))
        return broken();
    const QuidType type = quid__term(checker, operand)->type;
    if (!is_not && type.kind != QUID_TYPE_NUMBER)
        return wrong_type(checker, operand, "a number");
    const QuidTerm term = {
        .kind = is_not ? QUID_TERM_NOT : QUID_TERM_NEGATE, .type = type, .span = node->span};
    return quid__add_term(checker, term, &operand, 1);
}

QuidTermId quid__check_term(Checker *checker, uint32_t index)
{
    const QuidNode *node = checker_node(checker, index);
    switch (node->kind) {
    case QUID_NODE_NONE:
        return broken();
    case QUID_NODE_NUMBER:
        return check_number(checker, node);
    case QUID_NODE_DATE:
        return quid__add_term(checker,
                              (QuidTerm){.kind = QUID_TERM_DATE,
                                         .type = {.kind = QUID_TYPE_DATE},
                                         .span = node->span,
                                         .date = node->date,
                                         .value = node->date.first},
                              NULL, 0);
    case QUID_NODE_TEXT:
        return broken();
    case QUID_NODE_NAME:
        return check_name(checker, node);
    case QUID_NODE_DOT:
    case QUID_NODE_WEIGHT:
        quid__report(checker->context, QUID_E0402_WRONG_TYPE, node->span,
                     node->kind == QUID_NODE_DOT
                         ? "a value was expected here: write `NAME = OUTCOME`, with = for the point"
                         : "weights belong into choice(…)");
        return broken();
    case QUID_NODE_RANGE:
        return check_range(checker, node);
    case QUID_NODE_CALL:
        return quid__check_call(checker, index);
    case QUID_NODE_NEGATE:
    case QUID_NODE_NOT:
        return check_negation(checker, node);
    case QUID_NODE_ADD:
    case QUID_NODE_SUBTRACT:
    case QUID_NODE_MULTIPLY:
    case QUID_NODE_DIVIDE:
    case QUID_NODE_POWER:
    case QUID_NODE_EQUAL:
    case QUID_NODE_NOT_EQUAL:
    case QUID_NODE_LESS:
    case QUID_NODE_LESS_EQUAL:
    case QUID_NODE_GREATER:
    case QUID_NODE_GREATER_EQUAL:
        return check_binary(checker, node);
    case QUID_NODE_AND:
    case QUID_NODE_OR:
        return check_junction(checker, node);
    case QUID_NODE_IF:
        return check_if(checker, node);
    case QUID_NODE_BY:
    case QUID_NODE_BEFORE:
        return check_timed(checker, node);
    case QUID_NODE_ON:
        return check_on(checker, node);
    }
    return broken();
}

QuidTermId quid__check_condition(Checker *checker, uint32_t node)
{
    const QuidTermId id = quid__check_term(checker, node);
    if (is_broken(id) || quid__term(checker, id)->type.kind == QUID_TYPE_CONDITION)
        return id;
    return wrong_type(checker, id, "a condition, such as `ruling = struck`");
}

QuidTermId quid__check_duration(Checker *checker, uint32_t node)
{
    const QuidTermId id = quid__check_term(checker, node);
    if (is_broken(id))
        return id;
    const QuidType type = quid__term(checker, id)->type;
    if (type.kind == QUID_TYPE_NUMBER && type.time_power == 1 && type.money_power == 0 &&
        type.counted_power == 0)
        return id;
    return wrong_type(checker, id, "a length of time, such as 45 days");
}

QuidTermId quid__check_date(Checker *checker, uint32_t node)
{
    const QuidTermId id = quid__check_term(checker, node);
    if (is_broken(id) || quid__term(checker, id)->type.kind == QUID_TYPE_DATE)
        return id;
    return wrong_type(checker, id, "a date");
}

// Whether a number that is to be a probability is none; of an `if` both its values.
static bool is_no_probability(Checker *checker, uint32_t index)
{
    const QuidNode *node = checker_node(checker, index);
    if (node->kind == QUID_NODE_IF) {
        const bool is_first_wrong = is_no_probability(checker, node_child(checker, node, 0));
        return is_no_probability(checker, node_child(checker, node, 2)) || is_first_wrong;
    }
    if (node->kind != QUID_NODE_NUMBER || node->unit.id != 0)
        return false;
    const double value = quid_decimal_to_double(node->value);
    if (!node->is_percent) {
        quid__report(checker->context, QUID_E0209_PERCENT_WANTED, node->span,
                     "a probability is written as a percentage");
        quid__report_hint(checker->context, "write for instance `20%%`");
        return true;
    }
    if (value >= 0 && value <= 100)
        return false;
    quid__report(checker->context, QUID_E0501_CHANCES, node->span,
                 "a probability lies between 0%% and 100%%");
    return true;
}

QuidTermId quid__check_probability(Checker *checker, uint32_t node)
{
    const QuidTermId id = quid__check_term(checker, node);
    if (is_broken(id))
        return id;
    if (!is_plain(quid__term(checker, id)->type))
        return wrong_type(checker, id, "a percentage");
    return is_no_probability(checker, node) ? broken() : id;
}
