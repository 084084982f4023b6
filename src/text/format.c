// The canonical layout: two spaces before a clause, one between words, and what trails the main
// part of neighbouring lines (an `if`, a label, a source, a comment) in columns. Words, their order
// and the lines stay as they were; the layout depends on nothing else, so that formatting twice
// changes nothing.
#include "parser.h"
#include "utf8.h"

#include <string.h>

#define CELL_COUNT 5u   // main part, `if` of a worth term, label, @source, comment
#define PADDING_MAX 24u // a column further away than this is not worth the white space
#define WIDTH_MAX 100u

typedef enum LineKind { LINE_BLANK, LINE_COMMENT, LINE_HEAD, LINE_CLAUSE, LINE_FACT } LineKind;

typedef struct Line {
    LineKind kind;
    bool is_indented;
    QuidString cells[CELL_COUNT];
} Line;

typedef struct Formatter {
    QuidText *text;
    Source source;
    QuidVector tokens;
    QuidVector lines; // Line
    QuidOutput output;
    bool has_failed;
} Formatter;

// ---- Words to cells ---------------------------------------------------------

static bool is_operator(TokenKind kind)
{
    return kind == TOKEN_OPEN || kind == TOKEN_COMMA ||
           (kind >= TOKEN_EQUAL && kind <= TOKEN_CARET);
}

// Whether the sign at index belongs to the number behind it, which it touches: behind an operator,
// or behind a word with a space between.
static bool is_sign_of_number(const Token *tokens, uint32_t index)
{
    const Token *sign = &tokens[index];
    const bool is_open = index > 0 && is_operator(tokens[index - 1].kind);
    return (is_open || sign->has_space_before) && !tokens[index + 1].has_space_before &&
           tokens[index + 1].kind == TOKEN_NUMBER;
}

// Whether the token at index > 0 stands right behind the one before it.
static bool is_glued(const Token *tokens, uint32_t index)
{
    const Token *before = &tokens[index - 1];
    const Token *token = &tokens[index];
    if (token->kind == TOKEN_COMMA || token->kind == TOKEN_CLOSE || token->kind == TOKEN_DOT ||
        before->kind == TOKEN_OPEN || before->kind == TOKEN_DOT || before->kind == TOKEN_AT)
        return true;
    if (token->kind == TOKEN_OPEN)
        return before->kind == TOKEN_NAME && !token->has_space_before;
    if (token->kind == TOKEN_SLASH || before->kind == TOKEN_SLASH)
        return !token->has_space_before; // USD/JPY, and a / b as they were written
    if (before->kind == TOKEN_MINUS)
        return is_sign_of_number(tokens, index - 1);
    return false;
}

static uint32_t put_token(const Formatter *formatter, const Token *token, char *bytes)
{
    const char *from = formatter->source.bytes + token->offset;
    uint32_t size = token->size;
    if (token->kind == TOKEN_EQUAL)
        size = 1; // == is written =
    if (token->kind == TOKEN_NUMBER && token->is_percent) {
        uint32_t digits = size - 1; // `55 %` is written 55%
        while (digits > 0 && from[digits - 1] == ' ')
            digits -= 1;
        memcpy(bytes, from, digits);
        bytes[digits] = '%';
        return digits + 1;
    }
    memcpy(bytes, from, size);
    return size;
}

static QuidString join_tokens(Formatter *formatter, uint32_t first, uint32_t end)
{
    const Token *tokens = formatter->tokens.items;
    if (first >= end)
        return (QuidString){"", 0};
    size_t room = 0;
    for (uint32_t i = first; i < end; i++)
        room += tokens[i].size + 1;
    char *bytes = quid__arena_push(&formatter->text->strings_arena, room);
    uint32_t used = 0;
    for (uint32_t i = first; bytes != NULL && i < end; i++) {
        if (i > first && !is_glued(tokens, i))
            bytes[used++] = ' ';
        used += put_token(formatter, &tokens[i], bytes + used);
    }
    return (QuidString){bytes == NULL ? "" : bytes, used};
}

static bool is_if(const Formatter *formatter, const Token *token)
{
    return token->kind == TOKEN_NAME && token->size == 2 &&
           memcmp(formatter->source.bytes + token->offset, "if", 2) == 0;
}

// Where each cell begins among the tokens: cell k is [starts[k], starts[k + 1]).
static void split(const Formatter *formatter, LineKind kind, uint32_t starts[CELL_COUNT])
{
    const Token *tokens = formatter->tokens.items;
    const uint32_t end = formatter->tokens.count - 1;
    uint32_t source = end;
    if (end >= 2 && tokens[end - 2].kind == TOKEN_AT)
        source = end - 2;
    uint32_t label = source;
    if (kind != LINE_HEAD && source >= 2 && tokens[source - 1].kind == TOKEN_TEXT)
        label = source - 1;
    uint32_t condition = label;
    const bool is_term =
        kind == LINE_CLAUSE && (tokens[0].kind == TOKEN_PLUS || tokens[0].kind == TOKEN_MINUS);
    for (uint32_t i = label; is_term && i-- > 1;) {
        if (is_if(formatter, &tokens[i]))
            condition = i;
    }
    starts[0] = 0;
    starts[1] = condition;
    starts[2] = label;
    starts[3] = source;
    starts[4] = end;
}

static QuidString comment_of(const Formatter *formatter, uint32_t offset, uint32_t end)
{
    while (end > offset &&
           (formatter->source.bytes[end - 1] == ' ' || formatter->source.bytes[end - 1] == '\t' ||
            formatter->source.bytes[end - 1] == '\r'))
        end -= 1;
    return (QuidString){formatter->source.bytes + offset, end - offset};
}

static void read_line(Formatter *formatter, uint32_t offset, uint32_t end)
{
    Line *line = quid__vector_push(&formatter->lines);
    if (line == NULL || !quid__lex_line(&formatter->source, offset, end, &formatter->tokens)) {
        formatter->has_failed = true;
        return;
    }
    const Token *tokens = formatter->tokens.items;
    const Token *last = &tokens[formatter->tokens.count - 1];
    line->cells[4] = comment_of(formatter, last->offset, end);
    line->is_indented = tokens[0].offset > offset;
    if (formatter->tokens.count == 1) {
        line->kind = line->cells[4].size > 0 ? LINE_COMMENT : LINE_BLANK;
        return;
    }
    line->kind = line->is_indented                                                ? LINE_CLAUSE
                 : tokens[0].kind == TOKEN_DATE || tokens[0].kind == TOKEN_NUMBER ? LINE_FACT
                                                                                  : LINE_HEAD;
    uint32_t starts[CELL_COUNT];
    split(formatter, line->kind, starts);
    for (uint32_t cell = 0; cell + 1 < CELL_COUNT; cell++)
        line->cells[cell] = join_tokens(formatter, starts[cell], starts[cell + 1]);
}

// ---- Cells to lines ---------------------------------------------------------

static void put(Formatter *formatter, const char *bytes, size_t size)
{
    if (!formatter->has_failed && size > 0 &&
        !formatter->output.write(formatter->output.user, bytes, size))
        formatter->has_failed = true;
}

static void put_spaces(Formatter *formatter, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        put(formatter, " ", 1);
}

static uint32_t indent_of(const Line *line)
{
    return line->kind == LINE_CLAUSE || (line->kind == LINE_COMMENT && line->is_indented) ? 2 : 0;
}

// The columns of a run of neighbouring lines: where cell k begins, 0 where it follows the text by a
// fixed gap.
static void align(const Line *lines, uint32_t count, uint32_t columns[CELL_COUNT])
{
    for (uint32_t cell = 1; cell < CELL_COUNT; cell++) {
        uint32_t widest = 0;
        uint32_t narrowest = UINT32_MAX;
        uint32_t longest = 0;
        for (uint32_t i = 0; i < count; i++) {
            if (lines[i].cells[cell].size == 0)
                continue;
            uint32_t width = indent_of(&lines[i]);
            for (uint32_t before = 0; before < cell; before++) {
                if (lines[i].cells[before].size == 0)
                    continue;
                if (before > 0)
                    width =
                        columns[before] > width ? columns[before] : width + (before == 1 ? 1 : 2);
                width += quid__text_width(lines[i].cells[before]);
            }
            widest = width > widest ? width : widest;
            narrowest = width < narrowest ? width : narrowest;
            const uint32_t own = cell == 4 ? 0 : quid__text_width(lines[i].cells[cell]);
            longest = own > longest ? own : longest;
        }
        const uint32_t column = widest + (cell == 1 ? 1 : 2);
        const bool is_worth_it =
            widest > 0 && widest - narrowest <= PADDING_MAX && column + longest <= WIDTH_MAX;
        columns[cell] = is_worth_it ? column : 0;
    }
}

static void write_line(Formatter *formatter, const Line *line, const uint32_t columns[CELL_COUNT])
{
    uint32_t width = indent_of(line);
    put_spaces(formatter, width);
    for (uint32_t cell = 0; cell < CELL_COUNT; cell++) {
        const QuidString text = line->cells[cell];
        if (text.size == 0)
            continue;
        const bool is_first = cell == 0 || line->kind == LINE_COMMENT;
        uint32_t gap = is_first ? 0 : cell == 1 ? 1 : 2;
        if (!is_first && columns[cell] > width)
            gap = columns[cell] - width;
        put_spaces(formatter, gap);
        put(formatter, text.bytes, text.size);
        width += gap + quid__text_width(text);
    }
    put(formatter, "\n", 1);
}

static bool is_run(LineKind kind)
{
    return kind == LINE_CLAUSE || kind == LINE_FACT;
}

static void write_lines(Formatter *formatter)
{
    const Line *lines = formatter->lines.items;
    const uint32_t count = formatter->lines.count;
    uint32_t written = 0;
    for (uint32_t at = 0; at < count && !formatter->has_failed;) {
        uint32_t end = at + 1;
        while (is_run(lines[at].kind) && end < count && lines[end].kind == lines[at].kind)
            end += 1;
        uint32_t columns[CELL_COUNT] = {0};
        if (is_run(lines[at].kind))
            align(lines + at, end - at, columns);
        if (lines[at].kind == LINE_BLANK) {
            uint32_t next = at;
            while (next < count && lines[next].kind == LINE_BLANK)
                next += 1;
            if (written > 0 && next < count)
                put(formatter, "\n", 1);
            at = next;
            continue;
        }
        for (; at < end; at++) {
            write_line(formatter, &lines[at], columns);
            written += 1;
        }
    }
}

static void format_lines(Formatter *formatter)
{
    const Source *source = &formatter->source;
    uint32_t offset = source->size >= 3 && memcmp(source->bytes, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
    while (offset < source->size && !formatter->has_failed) {
        const uint32_t end = quid__line_end(source, offset);
        read_line(formatter, offset, end);
        offset = end + 1;
    }
    if (!formatter->has_failed)
        write_lines(formatter);
}

QuidStatus quid_text_format(QuidContext *context, QuidFileId file, QuidOutput output)
{
    const uint32_t errors = quid__report_error_count(context);
    const QuidString bytes = quid_context_bytes(context, file);
    QuidText text;
    quid__init_text(&text, context);
    text.skips_includes = true;
    const IncludeChain chain = {.file = file};
    if (!quid__text_has_failed(&text))
        quid__parse_file(&text, &chain);
    bool has_failed = quid__text_has_failed(&text);
    QuidStatus status = has_failed ? QUID_NO_MEMORY : QUID_INVALID;
    if (!has_failed && quid__report_error_count(context) == errors) {
        Formatter formatter = {.text = &text, .output = output};
        formatter.source =
            (Source){context, &text.names, &text.strings_arena, file, bytes.bytes, bytes.size};
        quid__vector_init(&formatter.tokens, context, sizeof(Token));
        quid__vector_init(&formatter.lines, context, sizeof(Line));
        format_lines(&formatter);
        has_failed = formatter.tokens.has_failed || formatter.lines.has_failed ||
                     quid__text_has_failed(&text);
        status = has_failed ? QUID_NO_MEMORY : formatter.has_failed ? QUID_IO : QUID_OK;
        quid__vector_free(&formatter.tokens);
        quid__vector_free(&formatter.lines);
    }
    quid__clear_text(&text);
    return status;
}
