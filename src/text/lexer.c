// Characters to tokens. Errors are reported here once and leave an inert BROKEN token, so that the
// parser can pass over them without a second message.
#include "lexer.h"

#include "utf8.h"

#include <string.h>

uint32_t quid__line_end(const Source *source, uint32_t offset)
{
    const char *end = memchr(source->bytes + offset, '\n', source->size - offset);
    return end == NULL ? source->size : (uint32_t)(end - source->bytes);
}

static bool is_digit(char byte)
{
    return byte >= '0' && byte <= '9';
}

uint32_t quid__read_decimal(const char *bytes, uint32_t size, QuidDecimal *value, bool *is_fit)
{
    uint32_t at = 0;
    int64_t mantissa = 0;
    int32_t exponent = 0;
    bool has_point = false;
    *is_fit = true;
    while (at < size) {
        const bool is_followed = at + 1 < size && is_digit(bytes[at + 1]);
        if (is_digit(bytes[at])) {
            if (__builtin_mul_overflow(mantissa, INT64_C(10), &mantissa) ||
                __builtin_add_overflow(mantissa, (int64_t)(bytes[at] - '0'), &mantissa))
                *is_fit = false;
            exponent -= has_point;
        } else if (bytes[at] == '.' && !has_point && is_followed) {
            has_point = true;
        } else if (bytes[at] != '_' || !is_followed || at == 0) {
            break;
        }
        at += 1;
    }
    *value = (QuidDecimal){*is_fit ? mantissa : 0, exponent};
    return at;
}

int32_t quid__multiplier(QuidString word)
{
    if (word.size == 1)
        return word.bytes[0] == 'k' ? 3 : word.bytes[0] == 'm' ? 6 : -1;
    if (word.size == 2 && word.bytes[1] == 'n')
        return word.bytes[0] == 'b' ? 9 : word.bytes[0] == 't' ? 12 : -1;
    return -1;
}

// Bytes of one more character of a name; 0 where the name ends.
static uint32_t name_character(const char *bytes, uint32_t size)
{
    if (size == 0)
        return 0;
    const char byte = bytes[0];
    if ((byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || is_digit(byte) ||
        byte == '_')
        return 1;
    if ((unsigned char)byte < 0x80)
        return 0;
    uint32_t scalar;
    const uint32_t length = quid__utf8_decode(bytes, size, &scalar);
    return length > 0 && quid__is_letter(scalar) ? length : 0;
}

static uint32_t name_size(const char *bytes, uint32_t size)
{
    uint32_t at = 0;
    for (;;) {
        const uint32_t length = name_character(bytes + at, size - at);
        if (length > 0)
            at += length;
        else if (at > 0 && at < size && bytes[at] == '-' &&
                 name_character(bytes + at + 1, size - at - 1) > 0)
            at += 1;
        else
            return at;
    }
}

typedef struct Lexer {
    const Source *source;
    QuidVector *tokens;
    uint32_t at;
    uint32_t end;
    bool is_good;
} Lexer;

static void read_name(Lexer *lexer, Token *token)
{
    const char *bytes = lexer->source->bytes + lexer->at;
    token->size = name_size(bytes, lexer->end - lexer->at);
    token->kind = TOKEN_NAME;
    if (token->size > QUID_NAME_SIZE_MAX) {
        quid__report(lexer->source->context, QUID_E0214_BAD_NAME, token_span(lexer->source, token),
                     "this name is longer than %u bytes", QUID_NAME_SIZE_MAX);
        token->kind = TOKEN_BROKEN;
        lexer->is_good = false;
        return;
    }
    token->name = quid__names_intern(lexer->source->names, bytes, token->size);
}

static const char *month_names[12] = {"January",   "February", "March",    "April",
                                      "May",       "June",     "July",     "August",
                                      "September", "October",  "November", "December"};

static void report_no_date(Lexer *lexer, Token *token)
{
    const char *bytes = lexer->source->bytes + token->offset;
    const QuidSpan span = token_span(lexer->source, token);
    token->kind = TOKEN_BROKEN;
    lexer->is_good = false;
    quid__report(lexer->source->context, QUID_E0206_NO_SUCH_DATE, span, "there is no date %.*s",
                 (int)token->size, bytes);
    const int32_t month = (bytes[5] - '0') * 10 + (bytes[6] - '0');
    QuidDateRange range;
    if (month < 1 || month > 12)
        quid__report_hint(lexer->source->context, "a date is year-month-day, with months 01 to 12");
    else if (quid_date_parse((QuidString){bytes, 7}, &range))
        quid__report_hint(lexer->source->context, "%s %.*s has %d days", month_names[month - 1], 4,
                          bytes, range.last - range.first + 1);
}

// 2026-02-28 or 2026-02 (a year alone is read as a number).
static bool read_date(Lexer *lexer, Token *token)
{
    const char *bytes = lexer->source->bytes + lexer->at;
    const uint32_t left = lexer->end - lexer->at;
    if (left < 7 || bytes[4] != '-' || !is_digit(bytes[5]) || !is_digit(bytes[6]))
        return false;
    for (uint32_t i = 1; i < 4; i++) {
        if (!is_digit(bytes[i]))
            return false;
    }
    const bool has_day = left >= 10 && bytes[7] == '-' && is_digit(bytes[8]) && is_digit(bytes[9]);
    token->size = has_day ? 10 : 7;
    token->kind = TOKEN_DATE;
    if (!quid_date_parse((QuidString){bytes, token->size}, &token->date))
        report_no_date(lexer, token);
    return true;
}

// 1,000 or 02/28/2026: what people write elsewhere.
static bool read_foreign_number(Lexer *lexer, Token *token)
{
    const char *bytes = lexer->source->bytes + lexer->at;
    const uint32_t left = lexer->end - lexer->at;
    uint32_t at = 0;
    uint32_t slashes = 0;
    uint32_t commas = 0;
    while (at < left && (is_digit(bytes[at]) ||
                         ((bytes[at] == '/' || bytes[at] == ',') && at + 1 < left && at > 0 &&
                          is_digit(bytes[at - 1]) && is_digit(bytes[at + 1])))) {
        slashes += bytes[at] == '/';
        commas += bytes[at] == ',';
        at += 1;
    }
    const QuidSpan span = source_span(lexer->source, lexer->at, at);
    QuidContext *context = lexer->source->context;
    if (slashes == 2) {
        quid__report(context, QUID_E0216_DATE_FORM, span,
                     "%.*s is no date that everybody reads alike", (int)at, bytes);
        quid__report_hint(context, "write year-month-day, such as 2026-02-28");
    } else if (commas > 0) {
        quid__report(context, QUID_E0213_BAD_NUMBER, span, "a comma inside a number");
        quid__report_hint(context,
                          "group digits with _ (1_000) and write fractions with a point (2.5)");
    } else {
        return false;
    }
    token->kind = TOKEN_BROKEN;
    token->size = at;
    lexer->is_good = false;
    return true;
}

static void read_number(Lexer *lexer, Token *token)
{
    if (read_date(lexer, token) || read_foreign_number(lexer, token))
        return;
    const char *bytes = lexer->source->bytes + lexer->at;
    const uint32_t left = lexer->end - lexer->at;
    bool is_fit;
    token->kind = TOKEN_NUMBER;
    token->size = quid__read_decimal(bytes, left, &token->value, &is_fit);
    const uint32_t glued = name_size(bytes + token->size, left - token->size);
    QuidContext *context = lexer->source->context;
    if (glued > 0) {
        const QuidSpan span = source_span(lexer->source, lexer->at, token->size + glued);
        quid__report(context, QUID_E0213_BAD_NUMBER, span,
                     "\"%.*s\" is neither a number nor a name", (int)span.size, bytes);
        quid__report_hint(
            context,
            "write `%.*s %.*s`: a space between number and unit; names begin with a letter",
            (int)token->size, bytes, (int)glued, bytes + token->size);
        token->kind = TOKEN_BROKEN;
        token->size += glued;
        lexer->is_good = false;
        return;
    }
    if (!is_fit) {
        quid__report(context, QUID_E0213_BAD_NUMBER, token_span(lexer->source, token),
                     "this number has more digits than Quid counts exactly (18)");
        token->kind = TOKEN_BROKEN;
        lexer->is_good = false;
    }
    uint32_t at = token->size;
    while (at < left && bytes[at] == ' ')
        at += 1;
    if (at < left && bytes[at] == '%') {
        token->is_percent = true;
        token->size = at + 1;
    }
}

// The text between quotes, \" and \\ read as " and \.
static QuidString unescape(const Source *source, const char *bytes, uint32_t size)
{
    if (memchr(bytes, '\\', size) == NULL)
        return (QuidString){bytes, size};
    char *text = quid__arena_push(source->strings, size);
    uint32_t used = 0;
    for (uint32_t i = 0; text != NULL && i < size; i++) {
        if (bytes[i] == '\\' && i + 1 < size && (bytes[i + 1] == '"' || bytes[i + 1] == '\\'))
            i += 1;
        text[used++] = bytes[i];
    }
    return (QuidString){text == NULL ? "" : text, used};
}

static void read_text(Lexer *lexer, Token *token)
{
    const char *bytes = lexer->source->bytes + lexer->at;
    const uint32_t left = lexer->end - lexer->at;
    uint32_t at = 1;
    while (at < left && bytes[at] != '"')
        at += bytes[at] == '\\' && at + 1 < left ? 2 : 1;
    token->kind = TOKEN_TEXT;
    if (at >= left) {
        at = left;
        while (at > 1 && (bytes[at - 1] == ' ' || bytes[at - 1] == '\t'))
            at -= 1;
        token->size = at;
        quid__report(lexer->source->context, QUID_E0205_UNCLOSED_QUOTE,
                     source_span(lexer->source, lexer->at, 1),
                     "this quote is not closed on its line");
        quid__report_hint(lexer->source->context,
                          "add \" where the text ends; a text stands on one line");
        lexer->is_good = false;
        token->text = unescape(lexer->source, bytes + 1, at - 1);
        return;
    }
    token->size = at + 1;
    token->text = unescape(lexer->source, bytes + 1, at - 1);
}

static TokenKind single(char byte)
{
    switch (byte) {
    case ',':
        return TOKEN_COMMA;
    case '(':
        return TOKEN_OPEN;
    case ')':
        return TOKEN_CLOSE;
    case '+':
        return TOKEN_PLUS;
    case '-':
        return TOKEN_MINUS;
    case '*':
        return TOKEN_STAR;
    case '/':
        return TOKEN_SLASH;
    case '^':
        return TOKEN_CARET;
    case '.':
        return TOKEN_DOT;
    case '@':
        return TOKEN_AT;
    case '=':
        return TOKEN_EQUAL;
    case '<':
        return TOKEN_LESS;
    case '>':
        return TOKEN_GREATER;
    default:
        return TOKEN_BROKEN;
    }
}

typedef struct Sign {
    const char *text;
    const char *code;
} Sign;

// A currency sign before an amount: the whole amount is marked, so that the fix replaces it.
static bool read_currency_sign(Lexer *lexer, Token *token)
{
    static const Sign signs[] = {{"$", "USD"},  {"€", "EUR"}, {"£", "GBP"}, {"¥", "JPY"},
                                 {"￥", "JPY"}, {"₩", "KRW"}, {"₹", "INR"}};
    const char *bytes = lexer->source->bytes + lexer->at;
    const uint32_t left = lexer->end - lexer->at;
    const Sign *sign = NULL;
    for (size_t i = 0; i < sizeof signs / sizeof signs[0]; i++) {
        const size_t size = strlen(signs[i].text);
        if (left >= size && memcmp(bytes, signs[i].text, size) == 0)
            sign = &signs[i];
    }
    if (sign == NULL)
        return false;
    const uint32_t sign_size = (uint32_t)strlen(sign->text);
    uint32_t at = sign_size;
    while (at < left &&
           (is_digit(bytes[at]) || bytes[at] == '.' || bytes[at] == '_' || bytes[at] == ','))
        at += 1;
    const uint32_t number_end = at;
    uint32_t word_begin = at;
    while (word_begin < left && bytes[word_begin] == ' ')
        word_begin += 1;
    const uint32_t word_size = name_size(bytes + word_begin, left - word_begin);
    const bool has_multiplier = quid__multiplier((QuidString){bytes + word_begin, word_size}) > 0;
    if (has_multiplier)
        at = word_begin + word_size;
    QuidContext *context = lexer->source->context;
    token->kind = TOKEN_BROKEN;
    token->size = at;
    lexer->is_good = false;
    quid__report(context, QUID_E0208_CURRENCY_SIGN, token_span(lexer->source, token),
                 "amounts name their currency by its code, behind the number");
    quid__report_hint(context, "write `%.*s%s%.*s %s`", (int)(number_end - sign_size),
                      bytes + sign_size, has_multiplier ? " " : "",
                      has_multiplier ? (int)word_size : 0, bytes + word_begin, sign->code);
    return true;
}

static void read_odd(Lexer *lexer, Token *token)
{
    const char *bytes = lexer->source->bytes + lexer->at;
    QuidContext *context = lexer->source->context;
    uint32_t scalar = 0;
    const uint32_t length = quid__utf8_decode(bytes, lexer->end - lexer->at, &scalar);
    token->kind = TOKEN_BROKEN;
    token->size = length;
    lexer->is_good = false;
    const QuidSpan span = token_span(lexer->source, token);
    QUID_ASSERT(length > 0); // lines that are not UTF-8 do not come here
    if (scalar == 0x201C || scalar == 0x201D || scalar == 0x201E || scalar == '\'') {
        quid__report(context, QUID_E0106_ODD_CHARACTER, span,
                     "text stands between straight double quotes: \"…\"");
        lexer->at = lexer->end;
    } else if (scalar < 32 || scalar == 127) {
        quid__report(context, QUID_E0106_ODD_CHARACTER, span, "a control character (U+%04X)",
                     scalar);
        quid__report_hint(context, "delete it; is this really a text file?");
        lexer->at = lexer->end;
    } else {
        quid__report(context, QUID_E0106_ODD_CHARACTER, span, "\"%.*s\" has no meaning here",
                     (int)length, bytes);
    }
}

static void read_sign(Lexer *lexer, Token *token)
{
    const char *bytes = lexer->source->bytes + lexer->at;
    const bool has_equal = lexer->at + 1 < lexer->end && bytes[1] == '=';
    token->kind = single(bytes[0]);
    token->size = 1;
    if (bytes[0] == '!' && has_equal)
        token->kind = TOKEN_NOT_EQUAL;
    else if (bytes[0] == '<' && has_equal)
        token->kind = TOKEN_LESS_EQUAL;
    else if (bytes[0] == '>' && has_equal)
        token->kind = TOKEN_GREATER_EQUAL;
    else if (bytes[0] == '=' && has_equal)
        token->size = 2; // == is read as =
    else if (token->kind == TOKEN_BROKEN && !read_currency_sign(lexer, token))
        read_odd(lexer, token);
    if (token->kind == TOKEN_NOT_EQUAL || token->kind == TOKEN_LESS_EQUAL ||
        token->kind == TOKEN_GREATER_EQUAL)
        token->size = 2;
}

// Blanks: space, tab, a carriage return at the end, a no-break space.
static uint32_t blank_size(const Lexer *lexer)
{
    const char *bytes = lexer->source->bytes + lexer->at;
    if (bytes[0] == ' ' || bytes[0] == '\t' || bytes[0] == '\r')
        return 1;
    if (lexer->end - lexer->at >= 2 && memcmp(bytes, "\xC2\xA0", 2) == 0)
        return 2;
    return 0;
}

bool quid__lex_line(const Source *source, uint32_t offset, uint32_t end, QuidVector *tokens)
{
    Lexer lexer = {source, tokens, offset, end, true};
    tokens->count = 0;
    if (end - offset > QUID_LINE_SIZE_MAX) {
        quid__report(source->context, QUID_E0104_LINE_TOO_LONG, source_span(source, offset, 1),
                     "this line has %u bytes; a line has at most %u", end - offset,
                     QUID_LINE_SIZE_MAX);
        lexer.at = end;
        lexer.is_good = false;
    }
    bool has_space = true;
    for (;;) {
        uint32_t blank;
        while (lexer.at < end && (blank = blank_size(&lexer)) > 0) {
            lexer.at += blank;
            has_space = true;
        }
        Token *token = quid__vector_push(tokens);
        if (token == NULL)
            return false;
        if (tokens->count > 1)
            QUID_AT(tokens, Token, tokens->count - 2).has_space_after = has_space;
        token->offset = lexer.at;
        token->has_space_before = has_space;
        if (lexer.at >= end || source->bytes[lexer.at] == '#')
            return lexer.is_good;
        const char byte = source->bytes[lexer.at];
        if (is_digit(byte))
            read_number(&lexer, token);
        else if (byte == '"')
            read_text(&lexer, token);
        else if (name_character(source->bytes + lexer.at, end - lexer.at) > 0 && byte != '_')
            read_name(&lexer, token);
        else
            read_sign(&lexer, token);
        // An odd character may have given up the whole line.
        lexer.at = lexer.at == end ? end : token->offset + token->size;
        has_space = false;
    }
}
