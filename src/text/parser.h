// The parser's state and parts: statements (parser.c), clauses (clauses.c), expressions
// (expressions.c), facts (facts.c) and CSV (csv.c) fill the tables of one QuidText.
#ifndef QUID_PARSER_H
#define QUID_PARSER_H

#include "lexer.h"
#include "quid/text.h"

struct QuidText {
    QuidContext *context;
    QuidNames names;
    QuidArena strings_arena;
    QuidVector statements;
    QuidVector clauses;
    QuidVector nodes;
    QuidVector operands;
    QuidVector facts;
    QuidVector strings;
    QuidTextTables tables;
    bool skips_includes; // the formatter reads one file
    bool is_full;        // the limit of facts was reported
};

typedef struct Parser {
    QuidText *text;
    QuidContext *context;
    Source source;
    QuidVector *tokens;          // of the line being read
    QuidVector *scratch;         // uint32_t: children being collected, a stack
    uint32_t at;                 // next token
    QuidStatementKind statement; // being read: its clause keywords are no units
    uint32_t statement_index;
    uint32_t depth;          // of nesting
    bool is_broken;          // an error was reported in this clause or fact: read no further
    char last_date_text[10]; // of the last quick fact, and the day that it is
    QuidDate last_date;
    QuidString last_unit_text; // likewise
    uint32_t last_unit;
} Parser;

static inline const Token *parser_token(const Parser *parser)
{
    return &QUID_AT(parser->tokens, Token, parser->at);
}

static inline const Token *parser_peek(const Parser *parser, uint32_t ahead)
{
    const uint32_t last = parser->tokens->count - 1;
    const uint32_t index = parser->at + ahead;
    return &QUID_AT(parser->tokens, Token, index > last ? last : index);
}

// Moves on; stays at the line's end.
static inline void parser_next(Parser *parser)
{
    parser->at += parser->at + 1 < parser->tokens->count;
}

QuidString quid__token_bytes(const Parser *parser, const Token *token);
bool quid__is_word(const Parser *parser, const Token *token, const char *word);
// Whether the token behind a number is a word for what has a sign (`billion`); it is reported.
bool quid__is_number_word(Parser *parser, const Token *token);
// Passes over the word where it is next.
bool quid__accept_word(Parser *parser, const char *word);
// "X was expected, found Y": reports once per clause; the clause is broken from then on.
void quid__report_expected(Parser *parser, const char *expected);
// A place from one token to another (both included).
QuidSpan quid__span_between(const Parser *parser, const Token *first, const Token *last);
const Token *quid__last_token(const Parser *parser);

// A word that joins what stands around it, so that it is never a unit or an outcome.
bool quid__is_connective(const Parser *parser, const Token *token);
// Whether the token is a keyword of a clause of the statement being read.
bool quid__is_clause_keyword(const Parser *parser, const Token *token);

// Node index 0 is inert: returned after an error.
uint32_t quid__add_node(Parser *parser, QuidNode node);
uint32_t quid__parse_expression(Parser *parser);
uint32_t
quid__parse_ungated(Parser *parser); // an expression whose `if` without `else` is left alone
uint32_t quid__parse_date(Parser *parser);
uint32_t quid__parse_name(Parser *parser, const char *expected);
uint32_t quid__parse_amount(Parser *parser, const char *expected); // one literal, no range
uint32_t quid__parse_probability(Parser *parser);
// Appends node indices to operands; returns the first's place.
uint32_t quid__add_operands(Parser *parser, const uint32_t *nodes, uint32_t count);

// Reads the clauses of the current line for the statement.
void quid__parse_clauses(Parser *parser);
// A line that is not UTF-8 is reported once and passed over: what else is wrong with it follows
// from that.
bool quid__is_valid_line(Parser *parser, uint32_t begin, uint32_t end);
// Reads the current line as what stands behind `set` in a what-if.
void quid__parse_setting(Parser *parser);
// Reads a line that begins with a date.
void quid__parse_fact(Parser *parser);
// Reads a line that is a fact of the commonest form, without tokens. Returns the offset of its end,
// or 0 where it is not of that form: the line is then to be read by tokens.
uint32_t quid__parse_quick_fact(Parser *parser, uint32_t offset);
// Appends a fact. date: where an excess over the limit is reported.
void quid__add_fact(Parser *parser, const QuidFactSyntax *fact, QuidSpan date);
QuidVerb quid__find_verb(QuidString word);
uint32_t quid__add_string(QuidText *text, QuidString string);
// @NAME at the current token; none where there is none.
QuidName quid__parse_source(Parser *parser, QuidSpan *span);

// Reads a file and its includes. chain: the files being read, outermost first.
typedef struct IncludeChain {
    const struct IncludeChain *outer;
    QuidFileId file;
    QuidSpan span; // of the include that led here
    uint32_t depth;
} IncludeChain;
void quid__parse_file(QuidText *text, const IncludeChain *chain);
// Frees what a text holds, not the text itself.
void quid__init_text(QuidText *text, QuidContext *context);
void quid__clear_text(QuidText *text);
bool quid__text_has_failed(const QuidText *text);
void quid__parse_csv(QuidText *text, QuidFileId file);
// Reads a file of settings as a last what-if without a name.
void quid__parse_settings(QuidText *text, QuidFileId file);

#endif
