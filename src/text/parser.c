// Files to statements. A line in column one starts a statement or a fact and is where reading
// resumes after an error; an indented line adds clauses to the statement above.
#include "parser.h"

#include "utf8.h"

#include <string.h>

static const char *const statement_rows[][2] = {{"", ""},
#define X(name, keyword, form) {keyword, form},
                                                QUID_STATEMENT_LIST(X)
#undef X
};

#define STATEMENT_ROW_COUNT (sizeof statement_rows / sizeof statement_rows[0])

const char *quid_statement_keyword(QuidStatementKind kind)
{
    return kind < STATEMENT_ROW_COUNT ? statement_rows[kind][0] : "";
}

// ---- Small helpers of all the parser's files --------------------------------

QuidString quid__token_bytes(const Parser *parser, const Token *token)
{
    return (QuidString){parser->source.bytes + token->offset, token->size};
}

bool quid__is_word(const Parser *parser, const Token *token, const char *word)
{
    // The first letter settles it nearly always, before anything is called.
    if (token->kind != TOKEN_NAME || parser->source.bytes[token->offset] != word[0])
        return false;
    const size_t size = strlen(word);
    return token->size == size && memcmp(parser->source.bytes + token->offset, word, size) == 0;
}

bool quid__accept_word(Parser *parser, const char *word)
{
    if (!quid__is_word(parser, parser_token(parser), word))
        return false;
    parser_next(parser);
    return true;
}

void quid__report_expected(Parser *parser, const char *expected)
{
    const Token *token = parser_token(parser);
    if (parser->is_broken)
        return;
    parser->is_broken = true;
    if (token->kind == TOKEN_BROKEN)
        return; // the lexer said what is wrong with it
    if (token->kind == TOKEN_END) {
        const Token *last = quid__last_token(parser);
        const QuidSpan span = source_span(&parser->source, last->offset + last->size, 0);
        quid__report(parser->context, QUID_E0211_UNEXPECTED, span,
                     "the line ends where something is missing: %s", expected);
        return;
    }
    const QuidString bytes = quid__token_bytes(parser, token);
    quid__report(parser->context, QUID_E0211_UNEXPECTED, token_span(&parser->source, token),
                 "found %s%.*s%s, expected %s", bytes.bytes[0] == '"' ? "" : "`", QUID_PRINT(bytes),
                 bytes.bytes[0] == '"' ? "" : "`", expected);
}

QuidSpan quid__span_between(const Parser *parser, const Token *first, const Token *last)
{
    const uint32_t end = last->offset + last->size;
    return source_span(&parser->source, first->offset,
                       end > first->offset ? end - first->offset : 0);
}

const Token *quid__last_token(const Parser *parser)
{
    return &QUID_AT(parser->tokens, Token, parser->at == 0 ? 0 : parser->at - 1);
}

bool quid__is_connective(const Parser *parser, const Token *token)
{
    static const char *const words[] = {"to",   "if",     "else",  "and",  "or",    "not",
                                        "by",   "before", "on",    "from", "in",    "at",
                                        "once", "for",    "about", "over", "after", "otherwise"};
    const char first = parser->source.bytes[token->offset];
    if (first < 'a' || first > 't')
        return false; // currency codes, for one: none of the words begins so
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (quid__is_word(parser, token, words[i]))
            return true;
    }
    return false;
}

QuidName quid__parse_source(Parser *parser, QuidSpan *span)
{
    if (parser_token(parser)->kind != TOKEN_AT)
        return (QuidName){0};
    parser_next(parser);
    const Token *token = parser_token(parser);
    if (token->kind != TOKEN_NAME || token->has_space_before) {
        quid__report_expected(parser, "the name of a source right behind the @");
        return (QuidName){0};
    }
    *span = token_span(&parser->source, token);
    parser_next(parser);
    return token->name;
}

// ---- Statements -------------------------------------------------------------

static QuidStatement *current_statement(Parser *parser)
{
    return &QUID_AT(&parser->text->statements, QuidStatement, parser->statement_index);
}

static QuidStatementKind find_statement(const Parser *parser, const Token *token)
{
    for (size_t i = 1; i < STATEMENT_ROW_COUNT; i++) {
        if (quid__is_word(parser, token, statement_rows[i][0]))
            return (QuidStatementKind)i;
    }
    return QUID_STATEMENT_NONE;
}

static void read_label(Parser *parser, QuidStatement *statement)
{
    const Token *token = parser_token(parser);
    if (token->kind != TOKEN_TEXT || statement->label_span.file.index != 0)
        return;
    statement->label = token->text;
    statement->label_span = token_span(&parser->source, token);
    parser_next(parser);
}

static bool has_name(QuidStatementKind kind)
{
    return kind != QUID_STATEMENT_DEAL && kind != QUID_STATEMENT_INCLUDE &&
           kind != QUID_STATEMENT_ASK;
}

static void read_head(Parser *parser, QuidStatement *statement)
{
    parser_next(parser);
    if (has_name(statement->kind)) {
        const Token *token = parser_token(parser);
        if (token->kind != TOKEN_NAME) {
            quid__report_expected(parser, statement->kind == QUID_STATEMENT_WORTH
                                              ? "the party whose stakes these are"
                                              : "a name: letters, digits, _ and single hyphens");
            return;
        }
        statement->name = token->name;
        statement->name_span = token_span(&parser->source, token);
        parser_next(parser);
        if (parser_token(parser)->kind == TOKEN_MINUS && !parser_token(parser)->has_space_before) {
            quid__report(parser->context, QUID_E0214_BAD_NAME,
                         token_span(&parser->source, parser_token(parser)),
                         "a name has single hyphens, and none at its end");
            parser->is_broken = true;
            return;
        }
    } else if (parser_token(parser)->kind != TOKEN_TEXT) {
        quid__report_expected(parser, "a text in double quotes");
        return;
    }
    read_label(parser, statement);
}

// A let's value, then its label: `let ID = EXPRESSION "what"`.
static void read_let(Parser *parser)
{
    const Token *sign = parser_token(parser);
    if (sign->kind != TOKEN_EQUAL) {
        quid__report_expected(parser, "`=` and a value");
        return;
    }
    parser_next(parser);
    const Token *first = parser_token(parser);
    const uint32_t node = quid__parse_expression(parser);
    QuidClause clause = {.kind = QUID_CLAUSE_VALUE,
                         .keyword_span = token_span(&parser->source, sign),
                         .span = quid__span_between(parser, first, quid__last_token(parser)),
                         .operand_first = quid__add_operands(parser, &node, 1),
                         .operand_count = 1,
                         .is_broken = parser->is_broken};
    QuidStatement *statement = current_statement(parser);
    if (!parser->is_broken)
        read_label(parser, statement);
    if (!parser->is_broken)
        clause.source = quid__parse_source(parser, &clause.source_span);
    QuidClause *added = quid__vector_push(&parser->text->clauses);
    if (added != NULL)
        *added = clause;
    if (!parser->is_broken && parser_token(parser)->kind != TOKEN_END)
        quid__report_expected(parser, "the end of the line");
}

static void count_clauses(Parser *parser)
{
    QuidStatement *statement = current_statement(parser);
    statement->clause_count = parser->text->clauses.count - statement->clause_first;
}

// A label may also follow the head's clauses: `move wave by Japan "The first wave"`.
static void read_head_clauses(Parser *parser)
{
    while (!parser->is_broken && parser_token(parser)->kind != TOKEN_END) {
        QuidStatement *statement = current_statement(parser);
        if (parser_token(parser)->kind == TOKEN_TEXT && statement->label_span.file.index == 0) {
            read_label(parser, statement);
            continue;
        }
        if (parser_token(parser)->kind == TOKEN_AT && statement->source.id == 0) {
            QuidSpan span = {{0}, 0, 0};
            const QuidName source = quid__parse_source(parser, &span);
            statement->source = source;
            statement->source_span = span;
            continue;
        }
        const uint32_t count = parser->tokens->count;
        // Clauses end where a label may stand; hide what is behind it for a moment.
        uint32_t stop = parser->at;
        while (stop + 1 < count && QUID_AT(parser->tokens, Token, stop).kind != TOKEN_TEXT)
            stop += 1;
        const bool is_term =
            statement->kind == QUID_STATEMENT_SOURCE || statement->kind == QUID_STATEMENT_WORTH;
        if (is_term || stop + 1 >= count || statement->label_span.file.index != 0) {
            quid__parse_clauses(parser);
            continue;
        }
        const Token text = QUID_AT(parser->tokens, Token, stop);
        QUID_AT(parser->tokens, Token, stop).kind = TOKEN_END;
        parser->tokens->count = stop + 1;
        quid__parse_clauses(parser);
        parser->tokens->count = count;
        QUID_AT(parser->tokens, Token, stop) = text;
    }
}

static void report_unknown_statement(Parser *parser, const Token *token)
{
    const QuidString word = quid__token_bytes(parser, token);
    // The clause keyword of the statement above in column one: it only wants indenting.
    if (parser->statement != QUID_STATEMENT_NONE && quid__is_clause_keyword(parser, token)) {
        const QuidStatement *above = current_statement(parser);
        quid__report(parser->context, QUID_E0202_NOT_INDENTED, token_span(&parser->source, token),
                     "\"%.*s\" stands in column one, where statements begin", QUID_PRINT(word));
        quid__report_related(parser->context, above->keyword_span,
                             "it reads like a clause of this %s",
                             quid_statement_keyword(above->kind));
        quid__report_hint(parser->context, "indent the line by two spaces");
        quid__parse_clauses(parser);
        count_clauses(parser);
        return;
    }
    QuidClosest closest = quid__closest(word);
    for (size_t i = 1; i < STATEMENT_ROW_COUNT; i++)
        quid__closest_offer(
            &closest, (QuidString){statement_rows[i][0], (uint32_t)strlen(statement_rows[i][0])});
    parser->statement = QUID_STATEMENT_NONE;
    parser->is_broken = true;
    quid__report(parser->context, QUID_E0201_UNKNOWN_STATEMENT, token_span(&parser->source, token),
                 "no statement begins with \"%.*s\"", QUID_PRINT(word));
    if (closest.best.size > 0) {
        quid__report_hint(parser->context, "did you mean `%.*s`?", QUID_PRINT(closest.best));
        quid__report_fix(parser->context, closest.best);
        // Its clauses are read as those of the likely statement, so that their mistakes are found
        // too.
        for (size_t i = 1; i < STATEMENT_ROW_COUNT; i++) {
            if (statement_rows[i][0] == closest.best.bytes)
                parser->statement = (QuidStatementKind)i;
        }
    } else {
        quid__report_hint(
            parser->context,
            "a line in column one begins with a date (a fact) or one of: deal include party source "
            "pledge event secret let move milestone supply worth ask what-if");
    }
}

static void start_statement(Parser *parser, QuidStatementKind kind, const Token *token)
{
    QuidStatement statement = {.kind = kind,
                               .keyword_span = token_span(&parser->source, token),
                               .clause_first = parser->text->clauses.count};
    parser->statement = kind;
    read_head(parser, &statement);
    statement.span = quid__span_between(parser, token,
                                        &QUID_AT(parser->tokens, Token, parser->tokens->count - 1));
    statement.is_broken = parser->is_broken;
    parser->statement_index = parser->text->statements.count;
    QuidStatement *added = quid__vector_push(&parser->text->statements);
    if (added == NULL)
        return;
    *added = statement;
    const bool is_head_broken = parser->is_broken;
    if (kind == QUID_STATEMENT_LET && !is_head_broken)
        read_let(parser);
    else if (!is_head_broken)
        read_head_clauses(parser);
    count_clauses(parser);
    if (parser->is_broken && kind != QUID_STATEMENT_LET)
        current_statement(parser)->is_broken = true;
}

// A misspelt statement still collects its clauses, under an inert statement.
static void start_inert_statement(Parser *parser, QuidStatementKind kind, const Token *token)
{
    const Token *name = parser_peek(parser, 1);
    QuidStatement *added = quid__vector_push(&parser->text->statements);
    if (added == NULL)
        return;
    *added = (QuidStatement){.kind = kind,
                             .keyword_span = token_span(&parser->source, token),
                             .span = token_span(&parser->source, token),
                             .name = name->kind == TOKEN_NAME ? name->name : (QuidName){0},
                             .name_span = token_span(&parser->source, name),
                             .clause_first = parser->text->clauses.count,
                             .is_broken = true};
    parser->statement_index = parser->text->statements.count - 1;
}

// ---- Includes ---------------------------------------------------------------

static QuidString include_path(QuidText *text, QuidString from, QuidString path)
{
    uint32_t folder = from.size;
    while (folder > 0 && from.bytes[folder - 1] != '/')
        folder -= 1;
    if (path.size > 0 && path.bytes[0] == '/')
        folder = 0;
    while (path.size > 2 && path.bytes[0] == '.' && path.bytes[1] == '/') {
        path.bytes += 2;
        path.size -= 2;
    }
    return quid__arena_format(&text->strings_arena, "%.*s%.*s", (int)folder, from.bytes,
                              QUID_PRINT(path));
}

static bool ends_with(QuidString text, const char *end)
{
    const size_t size = strlen(end);
    return text.size >= size && memcmp(text.bytes + text.size - size, end, size) == 0;
}

static void report_circle(QuidText *text, const IncludeChain *chain, QuidFileId file, QuidSpan span)
{
    const QuidString path = quid_context_path(text->context, file);
    quid__report(text->context, QUID_E0102_INCLUDE_CYCLE, span, "%.*s includes itself in the end",
                 QUID_PRINT(path));
    for (const IncludeChain *link = chain; link != NULL && link->file.index != file.index;
         link = link->outer) {
        if (link->span.file.index != 0)
            quid__report_related(text->context, link->span, "by way of this include");
    }
    quid__report_hint(text->context, "take one of the includes out");
}

QuidStatus quid_text_load(QuidContext *context, QuidString path, QuidFileId *file)
{
    const char *reason = "";
    const QuidStatus status = quid_context_load_file(context, path, file, &reason);
    if (status != QUID_IO && status != QUID_LIMIT)
        return status;
    quid__report(context, QUID_E0101_CANNOT_READ, (QuidSpan){{0}, 0, 0}, "%.*s cannot be read: %s",
                 QUID_PRINT(path), reason);
    return QUID_INVALID;
}

static void read_include(QuidText *text, const IncludeChain *chain, const QuidStatement *statement)
{
    const QuidSpan span = statement->label_span;
    if (statement->label.size == 0) {
        quid__report(text->context, QUID_E0101_CANNOT_READ, span,
                     "the name of the included file is empty");
        return;
    }
    const QuidString from = quid_context_path(text->context, chain->file);
    const QuidString path = include_path(text, from, statement->label);
    QuidFileId file = {0};
    const char *reason = "";
    const QuidStatus status = quid_context_load_file(text->context, path, &file, &reason);
    if (status == QUID_NO_MEMORY) {
        text->statements.has_failed = true;
        return;
    }
    if (status != QUID_OK) {
        quid__report(text->context, QUID_E0101_CANNOT_READ, span, "%.*s cannot be read: %s",
                     QUID_PRINT(path), reason);
        quid__report_hint(text->context, "the path is relative to the file that includes it");
        return;
    }
    for (const IncludeChain *link = chain; link != NULL; link = link->outer) {
        if (link->file.index == file.index) {
            report_circle(text, chain, file, span);
            return;
        }
    }
    if (chain->depth >= QUID_NESTING_MAX) {
        quid__report(text->context, QUID_E0105_INCLUDES_TOO_DEEP, span,
                     "more than %u files include one another", QUID_NESTING_MAX);
        return;
    }
    if (ends_with(path, ".csv")) {
        quid__parse_csv(text, file);
        return;
    }
    const IncludeChain inner = {chain, file, span, chain->depth + 1};
    quid__parse_file(text, &inner);
}

// ---- Lines ------------------------------------------------------------------

static void parse_head_line(Parser *parser, const IncludeChain *chain)
{
    const Token token = *parser_token(parser);
    // A year alone is a number; a date that does not exist was reported, and its fact is passed
    // over.
    if (token.kind == TOKEN_DATE || token.kind == TOKEN_NUMBER) {
        quid__parse_fact(parser);
        return;
    }
    if (token.kind == TOKEN_BROKEN) {
        parser->is_broken = true;
        return;
    }
    const QuidStatementKind kind = find_statement(parser, &token);
    if (kind == QUID_STATEMENT_NONE) {
        const QuidStatementKind above = parser->statement;
        report_unknown_statement(parser, &token);
        if (parser->statement != QUID_STATEMENT_NONE && parser->statement != above)
            start_inert_statement(parser, parser->statement, &token);
        return;
    }
    start_statement(parser, kind, &token);
    if (kind == QUID_STATEMENT_INCLUDE && !parser->is_broken &&
        !parser->text->statements.has_failed) {
        const QuidStatement statement = *current_statement(parser);
        parser->text->statements.count -= 1;
        parser->statement = QUID_STATEMENT_NONE;
        if (!parser->text->skips_includes)
            read_include(parser->text, chain, &statement);
    }
}

static void parse_indented_line(Parser *parser)
{
    if (parser->statement != QUID_STATEMENT_NONE) {
        quid__parse_clauses(parser);
        count_clauses(parser);
        return;
    }
    if (parser_token(parser)->kind != TOKEN_BROKEN) {
        quid__report(parser->context, QUID_E0204_NO_STATEMENT,
                     token_span(&parser->source, parser_token(parser)),
                     "this line is indented, but no statement stands above it");
        quid__report_hint(parser->context, "facts and statements begin in column one");
    }
}

bool quid__is_valid_line(Parser *parser, uint32_t begin, uint32_t end)
{
    const char *bytes = parser->source.bytes + begin;
    const size_t valid = quid__utf8_valid_size(bytes, end - begin);
    if (valid == end - begin)
        return true;
    quid__report(parser->context, QUID_E0103_NOT_UTF8,
                 source_span(&parser->source, begin + (uint32_t)valid, 1),
                 "byte 0x%02X (byte %u of the file) is not UTF-8",
                 (unsigned)(unsigned char)bytes[valid], begin + (uint32_t)valid);
    quid__report_hint(parser->context, "save the file as UTF-8");
    return false;
}

static void parse_line(Parser *parser, uint32_t begin, const IncludeChain *chain, bool *is_passing)
{
    if (parser_token(parser)->kind == TOKEN_END)
        return;
    const bool is_indented = parser_token(parser)->offset > begin;
    if (is_indented && *is_passing)
        return; // clauses below a line that could not be made out
    *is_passing = false;
    parser->at = 0;
    parser->depth = 0;
    parser->is_broken = false;
    parser->scratch->count = 0;
    if (is_indented) {
        parse_indented_line(parser);
        return;
    }
    const TokenKind kind = parser_token(parser)->kind;
    parse_head_line(parser, chain);
    // Clauses cannot belong to a fact, nor to what could not be made out: those are passed over
    // silently.
    if (kind == TOKEN_DATE || kind == TOKEN_NUMBER || kind == TOKEN_BROKEN)
        parser->statement = QUID_STATEMENT_NONE;
    *is_passing = parser->is_broken && parser->statement == QUID_STATEMENT_NONE;
}

// Room for a large record's facts at once, so that the table does not grow (and copy) on the way.
static void reserve_facts(QuidText *text, const Source *source)
{
    uint32_t count = 0;
    for (uint32_t offset = 0; offset < source->size; offset = quid__line_end(source, offset) + 1)
        count += source->bytes[offset] >= '0' && source->bytes[offset] <= '9';
    if (count > 1000)
        (void)quid__vector_reserve(&text->facts, text->facts.count + count);
}

void quid__parse_file(QuidText *text, const IncludeChain *chain)
{
    const QuidString bytes = quid_context_bytes(text->context, chain->file);
    QuidVector tokens;
    QuidVector scratch;
    quid__vector_init(&tokens, text->context, sizeof(Token));
    quid__vector_init(&scratch, text->context, sizeof(uint32_t));
    Parser parser = {.text = text,
                     .context = text->context,
                     .source = {.context = text->context,
                                .names = &text->names,
                                .strings = &text->strings_arena,
                                .file = chain->file,
                                .bytes = bytes.bytes,
                                .size = bytes.size},
                     .tokens = &tokens,
                     .scratch = &scratch};
    reserve_facts(text, &parser.source);
    // The stack of operands is never empty memory: expressions take addresses in it.
    text->statements.has_failed =
        !quid__vector_reserve(&scratch, 64) || text->statements.has_failed;
    const bool is_valid = quid__utf8_valid_size(bytes.bytes, bytes.size) == bytes.size;
    bool is_passing = false;
    uint32_t offset = bytes.size >= 3 && memcmp(bytes.bytes, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
    while (offset < bytes.size && !text->statements.has_failed) {
        const uint32_t quick_end =
            is_valid && bytes.bytes[offset] >= '0' && bytes.bytes[offset] <= '9'
                ? quid__parse_quick_fact(&parser, offset)
                : 0;
        if (quick_end > 0) {
            parser.statement = QUID_STATEMENT_NONE;
            is_passing = false;
            offset = quick_end + 1;
            continue;
        }
        const uint32_t end = quid__line_end(&parser.source, offset);
        if (is_valid || quid__is_valid_line(&parser, offset, end)) {
            (void)quid__lex_line(&parser.source, offset, end, &tokens);
            if (tokens.has_failed)
                break;
            parser.at = 0;
            parse_line(&parser, offset, chain, &is_passing);
        }
        offset = end + 1;
    }
    text->statements.has_failed =
        text->statements.has_failed || tokens.has_failed || scratch.has_failed;
    quid__vector_free(&tokens);
    quid__vector_free(&scratch);
}
