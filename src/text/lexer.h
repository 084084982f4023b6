// One line of a deal file as tokens.
#ifndef QUID_LEXER_H
#define QUID_LEXER_H

#include "names.h"
#include "report.h"

typedef enum TokenKind {
    TOKEN_END, // of the line; also where a comment begins
    TOKEN_NAME,
    TOKEN_NUMBER, // value; is_percent
    TOKEN_DATE,   // date; a bare year is a NUMBER
    TOKEN_TEXT,   // text
    TOKEN_COMMA,
    TOKEN_OPEN,
    TOKEN_CLOSE,
    TOKEN_EQUAL,
    TOKEN_NOT_EQUAL,
    TOKEN_LESS,
    TOKEN_LESS_EQUAL,
    TOKEN_GREATER,
    TOKEN_GREATER_EQUAL,
    TOKEN_PLUS,
    TOKEN_MINUS,
    TOKEN_STAR,
    TOKEN_SLASH,
    TOKEN_CARET,
    TOKEN_DOT,
    TOKEN_AT,
    TOKEN_BROKEN, // an error was reported for it
} TokenKind;

typedef struct Token {
    TokenKind kind;
    uint32_t offset; // in the file
    uint32_t size;
    QuidName name;
    QuidDecimal value;
    QuidDateRange date;
    QuidString text; // unescaped
    bool is_percent;
    bool has_space_before;
    bool has_space_after;
} Token;

// What the parts of the text stage share while they read one file.
typedef struct Source {
    QuidContext *context;
    QuidNames *names;
    QuidArena *strings; // unescaped text
    QuidFileId file;
    const char *bytes;
    uint32_t size;
} Source;

static inline QuidSpan source_span(const Source *source, uint32_t offset, uint32_t size)
{
    return (QuidSpan){source->file, offset, size};
}

static inline QuidSpan token_span(const Source *source, const Token *token)
{
    return source_span(source, token->offset, token->size);
}

// Offset of the line end (its '\n', or the file's end) of the line that begins at offset.
uint32_t quid__line_end(const Source *source, uint32_t offset);

// Reads the line [offset, end) into tokens (of Token, emptied first), the last of kind END. Reports
// what is no token. Returns whether all went well.
bool quid__lex_line(const Source *source, uint32_t offset, uint32_t end, QuidVector *tokens);

// Reads digits (with _ between them) and a fraction at the front of bytes. Returns the bytes read;
// *is_fit false where the number has more digits than 64 bits hold.
uint32_t quid__read_decimal(const char *bytes, uint32_t size, QuidDecimal *value, bool *is_fit);

// 10^exponent of k m bn tn, or -1.
int32_t quid__multiplier(QuidString word);

#endif
