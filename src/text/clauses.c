// Clauses: which keyword opens which clause, and one short reader a form.
#include "parser.h"

#include <string.h>

typedef struct ClauseRow {
    QuidStatementKind statement;
    const char *keyword;
    const char *form;
} ClauseRow;

static const ClauseRow clause_rows[] = {{QUID_STATEMENT_NONE, "", ""},
#define X(statement, name, keyword, form) {QUID_STATEMENT_##statement, keyword, form},
                                        QUID_CLAUSE_LIST(X)
#undef X
};

#define CLAUSE_ROW_COUNT (sizeof clause_rows / sizeof clause_rows[0])

const char *quid_clause_keyword(QuidClauseKind kind)
{
    return kind < CLAUSE_ROW_COUNT ? clause_rows[kind].keyword : "";
}

// The first word of a keyword of several ("lapses" of "lapses if").
static uint32_t first_word_size(const char *keyword)
{
    const char *space = strchr(keyword, ' ');
    return (uint32_t)(space == NULL ? strlen(keyword) : (size_t)(space - keyword));
}

static QuidClauseKind find_clause(const Parser *parser, const Token *token)
{
    if (token->kind != TOKEN_NAME)
        return QUID_CLAUSE_NONE;
    const QuidString word = quid__token_bytes(parser, token);
    for (size_t i = 1; i < CLAUSE_ROW_COUNT; i++) {
        const ClauseRow *row = &clause_rows[i];
        const uint32_t size = first_word_size(row->keyword);
        if (row->statement == parser->statement && size > 0 && size == word.size &&
            memcmp(row->keyword, word.bytes, size) == 0)
            return (QuidClauseKind)i;
    }
    return QUID_CLAUSE_NONE;
}

bool quid__is_clause_keyword(const Parser *parser, const Token *token)
{
    return find_clause(parser, token) != QUID_CLAUSE_NONE;
}

// ---- Operands ---------------------------------------------------------------

// Collects operands of one clause before they are appended in a row.
static void collect(Parser *parser, uint32_t node)
{
    uint32_t *slot = quid__vector_push(parser->scratch);
    if (slot != NULL)
        *slot = node;
}

static void collect_list(Parser *parser, const char *expected, bool allows_dates)
{
    do {
        const TokenKind kind = parser_token(parser)->kind;
        const bool is_date = allows_dates && (kind == TOKEN_DATE || kind == TOKEN_NUMBER);
        const bool is_only_date = allows_dates && expected == NULL;
        collect(parser, is_date || is_only_date ? quid__parse_date(parser)
                                                : quid__parse_name(parser, expected));
        if (parser->is_broken || parser_token(parser)->kind != TOKEN_COMMA)
            return;
        parser_next(parser);
    } while (true);
}

static void expect_word(Parser *parser, const char *word)
{
    char expected[40] = "`";
    strncat(expected, word, 30);
    strncat(expected, "`", 2);
    if (!parser->is_broken && !quid__accept_word(parser, word))
        quid__report_expected(parser, expected);
}

static void read_text_clause(Parser *parser, QuidClause *clause)
{
    const Token *token = parser_token(parser);
    if (token->kind != TOKEN_TEXT) {
        quid__report_expected(parser, "a text in double quotes");
        return;
    }
    clause->label = token->text;
    parser_next(parser);
}

static void skip_a_year(Parser *parser)
{
    if (quid__accept_word(parser, "a"))
        expect_word(parser, "year");
}

static void read_amount_clause(Parser *parser, QuidClause *clause)
{
    if (quid__accept_word(parser, "up")) {
        expect_word(parser, "to");
        clause->is_up_to = true;
    }
    if (!parser->is_broken)
        collect(parser, quid__parse_amount(parser, "an amount such as 550 bn USD"));
    if (!parser->is_broken && quid__accept_word(parser, "or")) {
        expect_word(parser, "more");
        clause->is_or_more = true;
    }
}

// every month | every 2 weeks … from DATE to DATE
static void read_every(Parser *parser, QuidClause *clause)
{
    (void)clause;
    const Token *token = parser_token(parser);
    if (token->kind == TOKEN_NAME) {
        parser_next(parser);
        collect(parser, quid__add_node(
                            parser, (QuidNode){.kind = QUID_NODE_NUMBER,
                                               .span = token_span(&parser->source, token),
                                               .operator_span = token_span(&parser->source, token),
                                               .unit = token->name,
                                               .value = {1, 0}}));
    } else {
        collect(parser, quid__parse_amount(parser, "`month` or a duration such as 2 weeks"));
    }
    expect_word(parser, "from");
    if (!parser->is_broken)
        collect(parser, quid__parse_date(parser));
    expect_word(parser, "to");
    if (!parser->is_broken)
        collect(parser, quid__parse_date(parser));
}

static void read_option(Parser *parser, QuidClause *clause)
{
    (void)clause;
    collect(parser, quid__parse_name(parser, "an option"));
    expect_word(parser, "if");
    if (!parser->is_broken)
        collect(parser, quid__parse_expression(parser));
}

static void read_break_even(Parser *parser, QuidClause *clause)
{
    (void)clause;
    expect_word(parser, "even");
    expect_word(parser, "of");
    if (parser->is_broken)
        return;
    const uint32_t node = quid__parse_expression(parser);
    if (!parser->is_broken && QUID_AT(&parser->text->nodes, QuidNode, node).kind != QUID_NODE_DOT) {
        parser->at -= 1;
        quid__report_expected(parser, "EVENT.OUTCOME, such as ruling.struck");
    }
    collect(parser, node);
    expect_word(parser, "for");
    if (!parser->is_broken)
        collect(parser, quid__parse_name(parser, "a move"));
}

static void read_set(Parser *parser, QuidClause *clause)
{
    (void)clause;
    const Token *token = parser_token(parser);
    uint32_t target = quid__parse_name(parser, "what is set: EVENT, EVENT.OUTCOME, MOVE, …");
    const Token *dot = parser_token(parser);
    if (!parser->is_broken && dot->kind == TOKEN_DOT) {
        parser_next(parser);
        const uint32_t children[2] = {target,
                                      quid__parse_name(parser, "an outcome after the point")};
        target = quid__add_node(
            parser, (QuidNode){.kind = QUID_NODE_DOT,
                               .span = quid__span_between(parser, token, quid__last_token(parser)),
                               .operator_span = token_span(&parser->source, dot),
                               .child_first = quid__add_operands(parser, children, 2),
                               .child_count = 2});
    }
    collect(parser, target);
    if (!parser->is_broken && parser_token(parser)->kind != TOKEN_EQUAL)
        quid__report_expected(parser, "`=`");
    parser_next(parser);
    if (!parser->is_broken)
        collect(parser, quid__parse_expression(parser));
}

static void read_disbursed(Parser *parser, QuidClause *clause)
{
    (void)clause;
    expect_word(parser, "over");
    if (!parser->is_broken)
        collect(parser, quid__parse_expression(parser));
    expect_word(parser, "from");
    if (!parser->is_broken)
        collect(parser, quid__parse_name(parser, "a milestone"));
}

static void read_between(Parser *parser, QuidClause *clause)
{
    (void)clause;
    collect(parser, quid__parse_date(parser));
    expect_word(parser, "and");
    if (parser->is_broken)
        return;
    collect(parser, quid__parse_date(parser));
    if (parser->is_broken)
        return;
    const uint32_t *operands =
        (const uint32_t *)parser->scratch->items + parser->scratch->count - 2;
    const QuidNode *low = &QUID_AT(&parser->text->nodes, QuidNode, operands[0]);
    const QuidNode *high = &QUID_AT(&parser->text->nodes, QuidNode, operands[1]);
    if (low->date.first > high->date.last) {
        quid__report(parser->context, QUID_E0207_REVERSED_RANGE,
                     (QuidSpan){low->span.file, low->span.offset,
                                high->span.offset + high->span.size - low->span.offset},
                     "this window ends before it begins");
        quid__report_hint(parser->context, "write the earlier date first");
        parser->is_broken = true;
    }
}

// ---- Forms: what follows a keyword's first word -----------------------------

typedef void (*ReadOperands)(Parser *parser, QuidClause *clause);

static void read_date(Parser *parser, QuidClause *clause)
{
    (void)clause;
    collect(parser, quid__parse_date(parser));
}

static void read_expression(Parser *parser, QuidClause *clause)
{
    (void)clause;
    collect(parser, quid__parse_expression(parser));
}

static void read_probability(Parser *parser, QuidClause *clause)
{
    (void)clause;
    collect(parser, quid__parse_probability(parser));
}

static void read_discount(Parser *parser, QuidClause *clause)
{
    read_probability(parser, clause);
    skip_a_year(parser);
}

static void read_from(Parser *parser, QuidClause *clause)
{
    (void)clause;
    collect(parser, quid__parse_name(parser, "the party that promises"));
    expect_word(parser, "to");
    if (!parser->is_broken)
        collect(parser, quid__parse_name(parser, "the party to which it is promised"));
}

static void read_move_dates(Parser *parser, QuidClause *clause)
{
    (void)clause;
    collect_list(parser, NULL, true);
}

static void read_predecessors(Parser *parser, QuidClause *clause)
{
    (void)clause;
    collect_list(parser, "a milestone, a move, an event or a date", true);
}

// One row a clause: the second word of its keyword, and either the name or the list of names that
// follows (what is expected there), or a reader of its own.
typedef struct FormRow {
    const char *second_word;
    const char *name;
    const char *list;
    ReadOperands read;
    bool ends_in_a_year;
} FormRow;

static const FormRow form_rows[CLAUSE_ROW_COUNT] = {
    [QUID_CLAUSE_CURRENCY] = {.name = "a currency code such as USD"},
    [QUID_CLAUSE_HORIZON] = {.read = read_date},
    [QUID_CLAUSE_PRECISION] = {.read = read_expression},
    [QUID_CLAUSE_DISCOUNT] = {.read = read_discount},
    [QUID_CLAUSE_CALENDAR] = {.name = "US or JP"},
    [QUID_CLAUSE_PUBLISHED] = {.read = read_date},
    [QUID_CLAUSE_URL] = {.read = read_text_clause},
    [QUID_CLAUSE_BY] = {.read = read_text_clause},
    [QUID_CLAUSE_TRUST] = {.read = read_probability},
    [QUID_CLAUSE_FROM] = {.read = read_from},
    [QUID_CLAUSE_AMOUNT] = {.read = read_amount_clause},
    [QUID_CLAUSE_IN] = {.name = "the pledge that this one is a part of"},
    [QUID_CLAUSE_MADE] = {.read = read_date},
    [QUID_CLAUSE_OFFERED] = {.read = read_date},
    [QUID_CLAUSE_DEMANDED] = {.read = read_date},
    [QUID_CLAUSE_DUE] = {.read = read_date},
    [QUID_CLAUSE_FOR] = {.list = "a pledge that is given in return"},
    [QUID_CLAUSE_LAPSES] = {.second_word = "if", .read = read_expression},
    [QUID_CLAUSE_COMMITTED] = {.second_word = "at", .name = "a milestone"},
    [QUID_CLAUSE_DISBURSED] = {.read = read_disbursed},
    [QUID_CLAUSE_ON] = {.read = read_date},
    [QUID_CLAUSE_BETWEEN] = {.read = read_between},
    [QUID_CLAUSE_WHEN] = {.read = read_expression},
    [QUID_CLAUSE_SEEN_BY] = {.second_word = "by", .list = "a party"},
    [QUID_CLAUSE_OF] = {.name = "a party"},
    [QUID_CLAUSE_VALUE] = {.read = read_expression},
    [QUID_CLAUSE_MOVE_BY] = {.name = "a party"},
    [QUID_CLAUSE_CHOOSE] = {.list = "an option"},
    [QUID_CLAUSE_OPTION] = {.read = read_option},
    [QUID_CLAUSE_MOVE_ON] = {.read = read_move_dates},
    [QUID_CLAUSE_EVERY] = {.read = read_every},
    [QUID_CLAUSE_UNTIL] = {.list = "an option"},
    [QUID_CLAUSE_IF] = {.read = read_expression},
    [QUID_CLAUSE_MOVE_AFTER] = {.name = "a name"},
    [QUID_CLAUSE_BLIND_TO] = {.second_word = "to", .list = "an event or a move"},
    [QUID_CLAUSE_AFTER] = {.read = read_predecessors},
    [QUID_CLAUSE_NEEDS] = {.read = read_expression},
    [QUID_CLAUSE_TAKES] = {.read = read_expression},
    [QUID_CLAUSE_MILESTONE_DUE] = {.read = read_date},
    [QUID_CLAUSE_SUPPLY_TO] = {.name = "a party"},
    [QUID_CLAUSE_SUPPLY_IN] = {.name = "a unit such as tonnes", .ends_in_a_year = true},
    [QUID_CLAUSE_CHANCE] = {.read = read_expression},
    [QUID_CLAUSE_ASK_WHEN] = {.name = "a name"},
    [QUID_CLAUSE_ASK_VALUE] = {.read = read_expression},
    [QUID_CLAUSE_CHOICE] = {.second_word = "of", .name = "a move"},
    [QUID_CLAUSE_BREAK_EVEN] = {.read = read_break_even},
    [QUID_CLAUSE_SET] = {.read = read_set},
};

// Clauses without a keyword (outcomes, suppliers, terms) have no row: read_bare reads them.
static void read_operands(Parser *parser, QuidClause *clause)
{
    const FormRow *row = &form_rows[clause->kind];
    if (row->second_word != NULL)
        expect_word(parser, row->second_word);
    if (parser->is_broken)
        return;
    if (row->name != NULL) {
        collect(parser, quid__parse_name(parser, row->name));
    } else if (row->list != NULL) {
        collect_list(parser, row->list, false);
    } else {
        QUID_ASSERT(row->read != NULL);
        row->read(parser, clause);
    }
    if (row->ends_in_a_year)
        skip_a_year(parser);
}

// ---- Clauses without a keyword ----------------------------------------------

static void read_outcome(Parser *parser, QuidClause *clause)
{
    const Token *token = parser_token(parser);
    clause->name = token->name;
    clause->name_span = token_span(&parser->source, token);
    parser_next(parser);
    if (quid__accept_word(parser, "otherwise")) {
        clause->is_otherwise = true;
        return;
    }
    collect(parser, quid__parse_probability(parser));
}

// PARTY believes OUTCOME PERCENT; the party is in the clause's name too, for the next ones after a
// comma.
static void read_belief(Parser *parser, const Token *party)
{
    collect(parser, quid__add_node(parser, (QuidNode){.kind = QUID_NODE_NAME,
                                                      .span = token_span(&parser->source, party),
                                                      .name = party->name}));
    collect(parser, quid__parse_name(parser, "an outcome"));
    if (!parser->is_broken)
        collect(parser, quid__parse_probability(parser));
}

static void read_supplier(Parser *parser, QuidClause *clause)
{
    const Token *token = parser_token(parser);
    clause->name = token->name;
    clause->name_span = token_span(&parser->source, token);
    parser_next(parser);
    collect(parser, quid__parse_expression(parser));
    uint32_t once = 0;
    if (!parser->is_broken && quid__accept_word(parser, "once"))
        once = quid__parse_name(parser, "a milestone");
    collect(parser, once);
}

static void read_term(Parser *parser, QuidClause *clause)
{
    clause->is_negative = parser_token(parser)->kind == TOKEN_MINUS;
    parser_next(parser);
    uint32_t condition = 0;
    uint32_t at = 0;
    collect(parser, quid__parse_ungated(parser));
    for (;;) {
        const Token *token = parser_token(parser);
        if (parser->is_broken)
            return;
        if (condition == 0 && quid__accept_word(parser, "if")) {
            condition = quid__parse_expression(parser);
        } else if (at == 0 && quid__accept_word(parser, "at")) {
            at = quid__parse_expression(parser);
        } else if (clause->label.size == 0 && token->kind == TOKEN_TEXT) {
            clause->label = token->text;
            parser_next(parser);
        } else {
            break;
        }
    }
    collect(parser, condition);
    collect(parser, at);
}

static QuidClauseKind bare_clause(const Parser *parser)
{
    const Token *token = parser_token(parser);
    const bool is_name = token->kind == TOKEN_NAME && !quid__is_connective(parser, token);
    const bool is_belief = quid__is_word(parser, parser_peek(parser, 1), "believes");
    const bool is_term = token->kind == TOKEN_PLUS || token->kind == TOKEN_MINUS;
    switch (parser->statement) {
    case QUID_STATEMENT_EVENT:
        return !is_name ? QUID_CLAUSE_NONE : is_belief ? QUID_CLAUSE_BELIEVES : QUID_CLAUSE_OUTCOME;
    case QUID_STATEMENT_SECRET:
        return !is_name    ? QUID_CLAUSE_NONE
               : is_belief ? QUID_CLAUSE_SECRET_BELIEVES
                           : QUID_CLAUSE_SECRET_OUTCOME;
    case QUID_STATEMENT_SUPPLY:
        return is_name ? QUID_CLAUSE_SUPPLIER : QUID_CLAUSE_NONE;
    case QUID_STATEMENT_WORTH:
        return is_term ? QUID_CLAUSE_TERM : QUID_CLAUSE_NONE;
    default:
        return QUID_CLAUSE_NONE;
    }
}

static void read_bare(Parser *parser, QuidClause *clause, const Token *party)
{
    switch (clause->kind) {
    case QUID_CLAUSE_OUTCOME:
    case QUID_CLAUSE_SECRET_OUTCOME:
        read_outcome(parser, clause);
        return;
    case QUID_CLAUSE_BELIEVES:
    case QUID_CLAUSE_SECRET_BELIEVES:
        read_belief(parser, party);
        return;
    case QUID_CLAUSE_SUPPLIER:
        read_supplier(parser, clause);
        return;
    default:
        read_term(parser, clause);
        return;
    }
}

// ---- One line's clauses -----------------------------------------------------

static void list_clauses(const Parser *parser, QuidString wanted, QuidString *best, char *list,
                         size_t size)
{
    QuidClosest closest = quid__closest(wanted);
    size_t used = 0;
    list[0] = '\0';
    for (size_t i = 1; i < CLAUSE_ROW_COUNT; i++) {
        const char *keyword = clause_rows[i].keyword;
        const size_t length = strlen(keyword);
        if (clause_rows[i].statement != parser->statement || length == 0 || keyword[0] == '=')
            continue;
        quid__closest_offer(&closest, (QuidString){keyword, first_word_size(keyword)});
        if (used + length + 3 < size) {
            used += (size_t)(used > 0 ? 2 : 0);
            memcpy(list + used - (used > 0 ? 2 : 0), ", ", used > 0 ? 2 : 0);
            memcpy(list + used, keyword, length + 1);
            used += length;
        }
    }
    *best = closest.best;
}

static void report_unknown_clause(Parser *parser)
{
    const Token *token = parser_token(parser);
    const QuidString word = quid__token_bytes(parser, token);
    char list[300];
    QuidString best;
    list_clauses(parser, word, &best, list, sizeof list);
    parser->is_broken = true;
    if (token->kind == TOKEN_BROKEN)
        return;
    const char *statement = quid_statement_keyword(parser->statement);
    quid__report(parser->context, QUID_E0203_UNKNOWN_CLAUSE, token_span(&parser->source, token),
                 "\"%.*s\" is no clause of %s %s", QUID_PRINT(word), quid__article(statement),
                 statement);
    if (best.size > 0) {
        quid__report_hint(parser->context, "did you mean `%.*s`?", QUID_PRINT(best));
        quid__report_fix(parser->context, best);
    } else if (list[0] != '\0') {
        quid__report_hint(parser->context, "%s %s has: %s", quid__article(statement), statement,
                          list);
    } else {
        quid__report_hint(parser->context, "nothing more was expected on this line");
    }
}

static void finish_clause(Parser *parser, QuidClause clause, const Token *first, uint32_t base)
{
    const uint32_t count = parser->scratch->count - base;
    clause.operand_first =
        quid__add_operands(parser, (const uint32_t *)parser->scratch->items + base, count);
    clause.operand_count = count;
    parser->scratch->count = base;
    clause.span = quid__span_between(parser, first, quid__last_token(parser));
    clause.is_broken = parser->is_broken;
    if (!parser->is_broken)
        clause.source = quid__parse_source(parser, &clause.source_span);
    clause.is_broken = clause.is_broken || parser->is_broken;
    QuidClause *added = quid__vector_push(&parser->text->clauses);
    if (added != NULL)
        *added = clause;
}

// Reads one clause. A comma after a belief opens the same party's next one.
static void parse_clause(Parser *parser)
{
    const Token *first = parser_token(parser);
    const uint32_t base = parser->scratch->count;
    QuidClause clause = {.kind = find_clause(parser, first),
                         .keyword_span = token_span(&parser->source, first)};
    const bool has_keyword = clause.kind != QUID_CLAUSE_NONE;
    const bool is_belief = quid__is_word(parser, parser_peek(parser, 1), "believes");
    if (!has_keyword || is_belief)
        clause.kind = bare_clause(parser);
    if (clause.kind == QUID_CLAUSE_NONE) {
        report_unknown_clause(parser);
        return;
    }
    if (has_keyword && !is_belief) {
        parser_next(parser);
        read_operands(parser, &clause);
        finish_clause(parser, clause, first, base);
        return;
    }
    if (is_belief) {
        parser_next(parser);
        parser_next(parser);
    }
    read_bare(parser, &clause, first);
    finish_clause(parser, clause, first, base);
    while (is_belief && !parser->is_broken && parser_token(parser)->kind == TOKEN_COMMA) {
        parser_next(parser);
        const Token *next = parser_token(parser);
        read_bare(parser, &clause, first);
        finish_clause(parser, clause, next, base);
    }
}

void quid__parse_setting(Parser *parser)
{
    const Token *first = parser_token(parser);
    const uint32_t base = parser->scratch->count;
    QuidClause clause = {.kind = QUID_CLAUSE_SET,
                         .keyword_span = token_span(&parser->source, first)};
    read_operands(parser, &clause);
    finish_clause(parser, clause, first, base);
    if (!parser->is_broken && parser_token(parser)->kind != TOKEN_END)
        quid__report_expected(parser, "the end of the setting");
}

void quid__parse_clauses(Parser *parser)
{
    while (!parser->is_broken && parser_token(parser)->kind != TOKEN_END)
        parse_clause(parser);
}
