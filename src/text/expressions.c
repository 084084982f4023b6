// Expressions by precedence climbing: each level is a row of one table, from `if … else` (loosest)
// to literals.
#include "parser.h"

#include <string.h>

static const QuidNode *node_at(const Parser *parser, uint32_t index)
{
    return &QUID_AT(&parser->text->nodes, QuidNode, index);
}

static void measure(Parser *parser, QuidNode *node)
{
    uint16_t height = 0;
    for (uint32_t i = 0; i < node->child_count; i++) {
        const uint32_t child = QUID_AT(&parser->text->operands, uint32_t, node->child_first + i);
        const uint16_t below = node_at(parser, child)->height;
        height = below > height ? below : height;
    }
    node->height = (uint16_t)(height + 1);
    if (node->height <= QUID_HEIGHT_MAX || parser->is_broken)
        return;
    parser->is_broken = true;
    quid__report(parser->context, QUID_E0215_TOO_NESTED, node->operator_span,
                 "more than %u operators one upon another", QUID_HEIGHT_MAX);
    quid__report_hint(parser->context, "give a part of it a name with `let`");
}

uint32_t quid__add_node(Parser *parser, QuidNode node)
{
    if (parser->text->operands.has_failed)
        return 0;
    measure(parser, &node);
    QuidNode *added = quid__vector_push(&parser->text->nodes);
    if (added == NULL)
        return 0;
    *added = node;
    return parser->text->nodes.count - 1;
}

uint32_t quid__add_operands(Parser *parser, const uint32_t *nodes, uint32_t count)
{
    QuidVector *operands = &parser->text->operands;
    const uint32_t first = operands->count;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t *operand = quid__vector_push(operands);
        if (operand != NULL)
            *operand = nodes[i];
    }
    return first;
}

static QuidSpan join(QuidSpan left, QuidSpan right)
{
    if (left.file.index == 0)
        return right;
    if (right.file.index == 0)
        return left;
    return (QuidSpan){left.file, left.offset, right.offset + right.size - left.offset};
}

static uint32_t add_parent(Parser *parser, QuidNodeKind kind, QuidSpan operator_span,
                           const uint32_t *children, uint32_t count)
{
    if (parser->is_broken)
        return 0;
    QuidSpan span = operator_span;
    for (uint32_t i = 0; i < count; i++) {
        const QuidSpan child = node_at(parser, children[i])->span;
        if (child.file.index != 0)
            span = child.offset < span.offset ? join(child, span) : span;
        if (child.file.index != 0 && child.offset + child.size > span.offset + span.size)
            span = join(span, child);
    }
    return quid__add_node(parser,
                          (QuidNode){.kind = kind,
                                     .span = span,
                                     .operator_span = operator_span,
                                     .child_first = quid__add_operands(parser, children, count),
                                     .child_count = count});
}

uint32_t quid__parse_date(Parser *parser)
{
    const Token *token = parser_token(parser);
    QuidNode node = {.kind = QUID_NODE_DATE, .span = token_span(&parser->source, token)};
    if (token->kind == TOKEN_DATE) {
        node.date = token->date;
    } else if (token->kind == TOKEN_NUMBER && token->size == 4 && !token->is_percent &&
               quid_date_parse(quid__token_bytes(parser, token), &node.date)) {
        // A year alone.
    } else {
        quid__report_expected(parser, "a date such as 2026-02-28");
        return 0;
    }
    parser_next(parser);
    return quid__add_node(parser, node);
}

uint32_t quid__parse_name(Parser *parser, const char *expected)
{
    const Token *token = parser_token(parser);
    if (token->kind != TOKEN_NAME) {
        quid__report_expected(parser, expected);
        return 0;
    }
    parser_next(parser);
    return quid__add_node(parser, (QuidNode){.kind = QUID_NODE_NAME,
                                             .span = token_span(&parser->source, token),
                                             .name = token->name});
}

// ---- Numbers with units -----------------------------------------------------

static bool is_unit(const Parser *parser, const Token *token)
{
    return token->kind == TOKEN_NAME && !quid__is_connective(parser, token) &&
           !quid__is_clause_keyword(parser, token);
}

// Words that newspapers have for what is a sign here.
static const char *sign_of_word(const Parser *parser, const Token *token)
{
    static const char *const words[][2] = {
        {"thousand", "k"},   {"million", "m"},   {"millions", "m"}, {"mio", "m"},
        {"billion", "bn"},   {"billions", "bn"}, {"mrd", "bn"},     {"trillion", "tn"},
        {"trillions", "tn"}, {"percent", "%"},
    };
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (quid__is_word(parser, token, words[i][0]))
            return words[i][1];
    }
    return NULL;
}

bool quid__is_number_word(Parser *parser, const Token *token)
{
    const char *sign = sign_of_word(parser, token);
    if (sign == NULL)
        return false;
    parser->is_broken = true;
    quid__report(parser->context, QUID_E0213_BAD_NUMBER, token_span(&parser->source, token),
                 "`%.*s` is written `%s`", QUID_PRINT(quid__token_bytes(parser, token)), sign);
    quid__report_hint(parser->context, sign[0] == '%' ? "write for instance `40%%`"
                                                      : "write for instance `50 bn USD`");
    return true;
}

static void apply_multiplier(Parser *parser, QuidNode *node)
{
    const Token *token = parser_token(parser);
    if (token->kind != TOKEN_NAME)
        return;
    if (quid__is_number_word(parser, token))
        return;
    const int32_t tens = quid__multiplier(quid__token_bytes(parser, token));
    if (tens < 0)
        return;
    node->value.exponent += tens;
    node->span = join(node->span, token_span(&parser->source, token));
    parser_next(parser);
}

// The unit after a number, with what belongs to it: `bn USD`, `business days`, `a year` is left to
// clauses.
static void read_unit(Parser *parser, QuidNode *node)
{
    apply_multiplier(parser, node);
    const Token *token = parser_token(parser);
    if (!is_unit(parser, token))
        return;
    if (quid__is_word(parser, token, "business")) {
        node->is_business = true;
        parser_next(parser);
        token = parser_token(parser);
        if (token->kind != TOKEN_NAME) {
            quid__report_expected(parser, "`days` after `business`");
            return;
        }
    }
    node->unit = token->name;
    node->operator_span = token_span(&parser->source, token);
    node->span = join(node->span, node->operator_span);
    parser_next(parser);
}

static uint32_t read_literal(Parser *parser, QuidNode *node)
{
    const Token *token = parser_token(parser);
    bool is_negative = false;
    QuidSpan span = token_span(&parser->source, token);
    if (token->kind == TOKEN_MINUS) {
        is_negative = true;
        parser_next(parser);
        token = parser_token(parser);
    }
    *node = (QuidNode){.span = join(span, token_span(&parser->source, token))};
    parser_next(parser);
    if (token->kind == TOKEN_DATE) {
        node->kind = QUID_NODE_DATE;
        node->date = token->date;
        return 1;
    }
    node->kind = QUID_NODE_NUMBER;
    node->value = token->value;
    node->value.mantissa = is_negative ? -token->value.mantissa : token->value.mantissa;
    node->is_percent = token->is_percent;
    if (!token->is_percent)
        read_unit(parser, node);
    return 1;
}

static bool starts_literal(const Parser *parser)
{
    const Token *token = parser_token(parser);
    const Token *next = parser_peek(parser, 1);
    if (token->kind == TOKEN_MINUS)
        return next->kind == TOKEN_NUMBER && !next->has_space_before;
    return token->kind == TOKEN_NUMBER || token->kind == TOKEN_DATE;
}

static void report_reversed(Parser *parser, const QuidNode *low, const QuidNode *high)
{
    const char *bytes = parser->source.bytes;
    const QuidSpan span = join(low->span, high->span);
    parser->is_broken = true;
    quid__report(parser->context, QUID_E0207_REVERSED_RANGE, span,
                 "this range runs backwards: its second end lies below its first");
    // The second end's unit is that of both where the first has none: `9 to 3 bn USD`.
    const char *number = bytes + high->span.offset;
    const char *space = memchr(number, ' ', high->span.size);
    const bool is_shared =
        space != NULL && memchr(bytes + low->span.offset, ' ', low->span.size) == NULL;
    const int size = is_shared ? (int)(space - number) : (int)high->span.size;
    quid__report_hint(parser->context, "write the lower end first: `%.*s to %.*s%.*s`", size,
                      number, (int)low->span.size, bytes + low->span.offset,
                      (int)high->span.size - size, number + size);
}

// A year or a number before `to`: both ends must be dates, or both numbers.
static void make_alike(QuidNode *low, QuidNode *high)
{
    if (low->kind == QUID_NODE_NUMBER && high->kind == QUID_NODE_NUMBER) {
        if (low->unit.id == 0 && !low->is_percent) {
            low->unit = high->unit;
            low->operator_span = high->operator_span;
            low->is_business = high->is_business;
            low->is_percent = high->is_percent;
        }
    }
}

// `8 to 16 bn USD`: a multiplier that stands at the upper end only holds for both.
static void share_multiplier(const Parser *parser, QuidNode *low, const QuidNode *high,
                             const Token *low_token, const Token *high_token)
{
    (void)parser;
    const int32_t low_tens = low->value.exponent - low_token->value.exponent;
    const int32_t high_tens = high->value.exponent - high_token->value.exponent;
    if (low_tens == 0 && low->unit.id == 0 && !low->is_percent)
        low->value.exponent += high_tens;
}

static uint32_t parse_range(Parser *parser, QuidNode low, const Token *low_token)
{
    const Token *word = parser_token(parser);
    parser_next(parser);
    if (!starts_literal(parser)) {
        quid__report_expected(parser, "the upper end of the range, a number or a date");
        return 0;
    }
    const Token *high_token =
        parser_token(parser)->kind == TOKEN_MINUS ? parser_peek(parser, 1) : parser_token(parser);
    QuidNode high;
    (void)read_literal(parser, &high);
    if (low.kind != high.kind) {
        quid__report(parser->context, QUID_E0211_UNEXPECTED, join(low.span, high.span),
                     "both ends of a range are dates, or both are amounts");
        parser->is_broken = true;
        return 0;
    }
    if (low.kind == QUID_NODE_NUMBER)
        share_multiplier(parser, &low, &high, low_token, high_token);
    make_alike(&low, &high);
    const bool is_same_unit = low.unit.id == high.unit.id && low.is_percent == high.is_percent;
    const bool is_reversed = low.kind == QUID_NODE_DATE ? low.date.first > high.date.first
                                                        : quid_decimal_to_double(low.value) >
                                                              quid_decimal_to_double(high.value);
    if (is_same_unit && is_reversed) {
        report_reversed(parser, &low, &high);
        return 0;
    }
    const uint32_t children[2] = {quid__add_node(parser, low), quid__add_node(parser, high)};
    return add_parent(parser, QUID_NODE_RANGE, token_span(&parser->source, word), children, 2);
}

static uint32_t parse_literal(Parser *parser)
{
    const Token *token =
        parser_token(parser)->kind == TOKEN_MINUS ? parser_peek(parser, 1) : parser_token(parser);
    QuidNode node;
    (void)read_literal(parser, &node);
    if (parser->is_broken)
        return 0;
    if (quid__is_word(parser, parser_token(parser), "to") && !parser->is_broken) {
        const Token *next = parser_peek(parser, 1);
        if (next->kind == TOKEN_NUMBER || next->kind == TOKEN_DATE || next->kind == TOKEN_MINUS)
            return parse_range(parser, node, token);
    }
    return quid__add_node(parser, node);
}

uint32_t quid__parse_amount(Parser *parser, const char *expected)
{
    if (parser_token(parser)->kind != TOKEN_NUMBER) {
        quid__report_expected(parser, expected);
        return 0;
    }
    QuidNode node;
    (void)read_literal(parser, &node);
    return quid__add_node(parser, node);
}

// ---- Calls and names --------------------------------------------------------

// One argument; inside choice(…) a value may carry its weight: `x 30%`.
static uint32_t parse_argument(Parser *parser)
{
    const uint32_t value = quid__parse_expression(parser);
    const Token *token = parser_token(parser);
    if (parser->is_broken || token->kind != TOKEN_NUMBER || !token->is_percent)
        return value;
    const uint32_t children[2] = {value, parse_literal(parser)};
    return add_parent(parser, QUID_NODE_WEIGHT, token_span(&parser->source, token), children, 2);
}

static uint32_t parse_call(Parser *parser)
{
    const Token *name = parser_token(parser);
    parser_next(parser);
    parser_next(parser);
    const uint32_t base = parser->scratch->count;
    while (!parser->is_broken && parser_token(parser)->kind != TOKEN_CLOSE) {
        const uint32_t argument = parse_argument(parser);
        uint32_t *slot = quid__vector_push(parser->scratch);
        if (slot == NULL)
            return 0;
        *slot = argument;
        if (parser_token(parser)->kind != TOKEN_COMMA)
            break;
        parser_next(parser);
    }
    const Token *close = parser_token(parser);
    if (!parser->is_broken && close->kind != TOKEN_CLOSE)
        quid__report_expected(parser, "`,` or `)`");
    const uint32_t count = parser->scratch->count - base;
    uint32_t call = 0;
    if (!parser->is_broken) {
        parser_next(parser);
        call = quid__add_node(
            parser, (QuidNode){.kind = QUID_NODE_CALL,
                               .span = quid__span_between(parser, name, close),
                               .operator_span = token_span(&parser->source, name),
                               .name = name->name,
                               .child_first = quid__add_operands(
                                   parser, (const uint32_t *)parser->scratch->items + base, count),
                               .child_count = count});
    }
    parser->scratch->count = base;
    return call;
}

static uint32_t parse_named(Parser *parser)
{
    const Token *next = parser_peek(parser, 1);
    if (next->kind == TOKEN_OPEN && !next->has_space_before)
        return parse_call(parser);
    const uint32_t name = quid__parse_name(parser, "a name");
    const Token *dot = parser_token(parser);
    if (dot->kind != TOKEN_DOT)
        return name;
    parser_next(parser);
    const uint32_t children[2] = {name,
                                  quid__parse_name(parser, "an outcome or option after the point")};
    return add_parent(parser, QUID_NODE_DOT, token_span(&parser->source, dot), children, 2);
}

// ---- Operators --------------------------------------------------------------

static uint32_t parse_level(Parser *parser, uint32_t level);

#define LEVEL_OR 0u
#define LEVEL_NOT 1u
#define LEVEL_COMPARE 2u
#define LEVEL_ADD 3u
#define LEVEL_MULTIPLY 4u
#define LEVEL_POWER 5u

static uint32_t parse_primary(Parser *parser)
{
    const Token *token = parser_token(parser);
    if (starts_literal(parser))
        return parse_literal(parser);
    if (token->kind == TOKEN_NAME && !quid__is_connective(parser, token))
        return parse_named(parser);
    if (token->kind == TOKEN_TEXT) {
        quid__report(parser->context, QUID_E0211_UNEXPECTED, token_span(&parser->source, token),
                     "a text stands where a value was expected");
        parser->is_broken = true;
        return 0;
    }
    if (token->kind != TOKEN_OPEN) {
        quid__report_expected(parser, "a value: a number, a date, a name, or `(`");
        return 0;
    }
    parser_next(parser);
    const uint32_t inner = quid__parse_expression(parser);
    if (!parser->is_broken && parser_token(parser)->kind != TOKEN_CLOSE)
        quid__report_expected(parser, "`)`");
    if (!parser->is_broken)
        parser_next(parser);
    return inner;
}

static void report_too_nested(Parser *parser, const Token *token)
{
    if (!parser->is_broken)
        quid__report(parser->context, QUID_E0215_TOO_NESTED, token_span(&parser->source, token),
                     "more than %u operators inside one another", QUID_NESTING_MAX);
    parser->is_broken = true;
}

static uint32_t parse_unary(Parser *parser)
{
    const Token *token = parser_token(parser);
    if (token->kind != TOKEN_MINUS || starts_literal(parser))
        return parse_primary(parser);
    parser_next(parser);
    if (++parser->depth > QUID_NESTING_MAX) {
        report_too_nested(parser, token);
        return 0;
    }
    const uint32_t operand = parse_level(parser, LEVEL_POWER);
    parser->depth -= 1;
    return add_parent(parser, QUID_NODE_NEGATE, token_span(&parser->source, token), &operand, 1);
}

// What may follow an amount or a condition: on DATE, by DATE, before X.
static uint32_t parse_postfix(Parser *parser, uint32_t operand, bool is_condition)
{
    const Token *word = parser_token(parser);
    const bool is_amount = !is_condition && node_at(parser, operand)->kind == QUID_NODE_CALL;
    QuidNodeKind kind = QUID_NODE_NONE;
    if (is_amount && quid__is_word(parser, word, "on"))
        kind = QUID_NODE_ON;
    else if (is_condition && quid__is_word(parser, word, "by"))
        kind = QUID_NODE_BY;
    else if (is_condition && quid__is_word(parser, word, "before"))
        kind = QUID_NODE_BEFORE;
    if (kind == QUID_NODE_NONE || parser->is_broken)
        return operand;
    parser_next(parser);
    const bool is_name = kind == QUID_NODE_BEFORE && parser_token(parser)->kind == TOKEN_NAME;
    const uint32_t children[2] = {operand, is_name ? quid__parse_name(parser, "a name")
                                                   : quid__parse_date(parser)};
    return add_parent(parser, kind, token_span(&parser->source, word), children, 2);
}

static QuidNodeKind operator_at(const Parser *parser, const Token *token, uint32_t level)
{
    const TokenKind kind = token->kind;
    switch (level) {
    case LEVEL_OR:
        return quid__is_word(parser, token, "and")  ? QUID_NODE_AND
               : quid__is_word(parser, token, "or") ? QUID_NODE_OR
                                                    : QUID_NODE_NONE;
    case LEVEL_COMPARE:
        return kind == TOKEN_EQUAL           ? QUID_NODE_EQUAL
               : kind == TOKEN_NOT_EQUAL     ? QUID_NODE_NOT_EQUAL
               : kind == TOKEN_LESS          ? QUID_NODE_LESS
               : kind == TOKEN_LESS_EQUAL    ? QUID_NODE_LESS_EQUAL
               : kind == TOKEN_GREATER       ? QUID_NODE_GREATER
               : kind == TOKEN_GREATER_EQUAL ? QUID_NODE_GREATER_EQUAL
                                             : QUID_NODE_NONE;
    case LEVEL_ADD:
        return kind == TOKEN_PLUS    ? QUID_NODE_ADD
               : kind == TOKEN_MINUS ? QUID_NODE_SUBTRACT
                                     : QUID_NODE_NONE;
    case LEVEL_MULTIPLY:
        return kind == TOKEN_STAR    ? QUID_NODE_MULTIPLY
               : kind == TOKEN_SLASH ? QUID_NODE_DIVIDE
                                     : QUID_NODE_NONE;
    case LEVEL_POWER:
        return kind == TOKEN_CARET ? QUID_NODE_POWER : QUID_NODE_NONE;
    default:
        return QUID_NODE_NONE;
    }
}

static void report_mixed(Parser *parser, const Token *first, const Token *second)
{
    quid__report(parser->context, QUID_E0210_MIXED_AND_OR, token_span(&parser->source, second),
                 "`and` and `or` stand side by side: which of them comes first?");
    quid__report_related(parser->context, token_span(&parser->source, first),
                         "the other one is here");
    quid__report_hint(parser->context, "put parentheses around the part that belongs together");
    parser->is_broken = true;
}

// and/or: one node with all its parts; mixing them is an error.
static uint32_t parse_junction(Parser *parser)
{
    const uint32_t base = parser->scratch->count;
    const Token *first = parser_token(parser); // the first of the words between the parts
    QuidNodeKind kind = QUID_NODE_NONE;
    for (;;) {
        const uint32_t part = parse_level(parser, LEVEL_NOT);
        uint32_t *slot = quid__vector_push(parser->scratch);
        if (slot == NULL || parser->is_broken)
            break;
        *slot = part;
        const Token *token = parser_token(parser);
        const QuidNodeKind next = operator_at(parser, token, LEVEL_OR);
        if (next == QUID_NODE_NONE)
            break;
        if (kind != QUID_NODE_NONE && next != kind) {
            report_mixed(parser, first, token);
            break;
        }
        first = kind == QUID_NODE_NONE ? token : first;
        kind = next;
        parser_next(parser);
    }
    const uint32_t *parts = (const uint32_t *)parser->scratch->items + base;
    const uint32_t count = parser->scratch->count - base;
    uint32_t result = 0;
    if (!parser->is_broken && count == 1)
        result = parts[0];
    else if (!parser->is_broken && count > 1)
        result = add_parent(parser, kind, token_span(&parser->source, first), parts, count);
    parser->scratch->count = base;
    return result;
}

static uint32_t parse_not(Parser *parser)
{
    const Token *token = parser_token(parser);
    if (!quid__is_word(parser, token, "not"))
        return parse_level(parser, LEVEL_COMPARE);
    parser_next(parser);
    if (++parser->depth > QUID_NESTING_MAX) {
        report_too_nested(parser, token);
        return 0;
    }
    const uint32_t operand = parse_not(parser);
    parser->depth -= 1;
    return add_parent(parser, QUID_NODE_NOT, token_span(&parser->source, token), &operand, 1);
}

static uint32_t parse_compare(Parser *parser)
{
    const uint32_t left = parse_level(parser, LEVEL_ADD);
    const Token *token = parser_token(parser);
    const QuidNodeKind kind = operator_at(parser, token, LEVEL_COMPARE);
    if (kind == QUID_NODE_NONE || parser->is_broken) {
        const bool is_name = node_at(parser, left)->kind == QUID_NODE_NAME;
        return parse_postfix(parser, left, is_name);
    }
    parser_next(parser);
    const uint32_t children[2] = {left, parse_level(parser, LEVEL_ADD)};
    const uint32_t comparison =
        add_parent(parser, kind, token_span(&parser->source, token), children, 2);
    return parse_postfix(parser, comparison, true);
}

static uint32_t parse_level(Parser *parser, uint32_t level)
{
    if (parser->is_broken)
        return 0;
    if (level == LEVEL_OR)
        return parse_junction(parser);
    if (level == LEVEL_NOT)
        return parse_not(parser);
    if (level == LEVEL_COMPARE)
        return parse_compare(parser);
    uint32_t left = level == LEVEL_POWER ? parse_postfix(parser, parse_unary(parser), false)
                                         : parse_level(parser, level + 1);
    for (uint32_t count = 0; !parser->is_broken; count++) {
        const Token *token = parser_token(parser);
        const QuidNodeKind kind = operator_at(parser, token, level);
        if (kind == QUID_NODE_NONE)
            break;
        if (count >= QUID_NESTING_MAX) {
            quid__report(parser->context, QUID_E0215_TOO_NESTED, token_span(&parser->source, token),
                         "more than %u operators in a row", QUID_NESTING_MAX);
            quid__report_hint(parser->context, "give a part of it a name with `let`");
            parser->is_broken = true;
            return 0;
        }
        parser_next(parser);
        const uint32_t right =
            level == LEVEL_POWER ? parse_unary(parser) : parse_level(parser, level + 1);
        const uint32_t children[2] = {left, right};
        left = add_parent(parser, kind, token_span(&parser->source, token), children, 2);
    }
    return left;
}

static uint32_t parse_gated(Parser *parser, bool leaves_lone_if)
{
    const Token *begin = parser_token(parser);
    if (++parser->depth > QUID_NESTING_MAX) {
        quid__report(parser->context, QUID_E0215_TOO_NESTED, token_span(&parser->source, begin),
                     "more than %u expressions inside one another", QUID_NESTING_MAX);
        quid__report_hint(parser->context, "give a part of it a name with `let`");
        parser->is_broken = true;
        return 0;
    }
    const uint32_t value = parse_level(parser, LEVEL_OR);
    const Token *word = parser_token(parser);
    uint32_t result = value;
    if (!parser->is_broken && quid__is_word(parser, word, "if")) {
        const uint32_t resume = parser->at;
        const uint32_t node_count = parser->text->nodes.count;
        parser_next(parser);
        const uint32_t condition = parse_level(parser, LEVEL_OR);
        if (!parser->is_broken && quid__accept_word(parser, "else")) {
            const uint32_t children[3] = {value, condition, parse_gated(parser, false)};
            result =
                add_parent(parser, QUID_NODE_IF, token_span(&parser->source, word), children, 3);
        } else if (!parser->is_broken && leaves_lone_if) {
            parser->at = resume; // the caller reads the condition again, as the clause's own
            parser->text->nodes.count = node_count;
        } else {
            quid__report_expected(parser, "`else` and another value");
        }
    }
    parser->depth -= 1;
    return result;
}

uint32_t quid__parse_expression(Parser *parser)
{
    return parse_gated(parser, false);
}

uint32_t quid__parse_ungated(Parser *parser)
{
    return parse_gated(parser, true);
}

uint32_t quid__parse_probability(Parser *parser)
{
    const Token *token = parser_token(parser);
    const uint32_t node = quid__parse_expression(parser);
    if (parser->is_broken)
        return 0;
    const QuidNode *read = node_at(parser, node);
    if (read->kind != QUID_NODE_NUMBER || read->is_percent || read->unit.id != 0)
        return node;
    const double value = quid_decimal_to_double(read->value);
    const QuidString bytes = quid__token_bytes(parser, token);
    parser->is_broken = true;
    quid__report(parser->context, QUID_E0209_PERCENT_WANTED, read->span,
                 "a probability is written as a percentage");
    QuidDecimal percent = read->value;
    char text[32];
    if (value >= 0 && value <= 1) {
        percent.exponent += 2;
        (void)quid_double_text(quid_decimal_to_double(percent), text);
        quid__report_hint(parser->context, "write `%s%%`", text);
    } else {
        quid__report_hint(parser->context, "write `%.*s%%`", QUID_PRINT(bytes));
    }
    return 0;
}
