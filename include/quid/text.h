// text: characters to syntax tree. Reads a deal file and everything that it includes (.quid and
// .csv), reports every mistake of form, and gives flat tables: statements with clauses, expression
// nodes, and facts. Names are interned but not resolved: that is the deal stage.
#ifndef QUID_TEXT_H
#define QUID_TEXT_H

#include "quid/base.h"

typedef struct QuidText QuidText;

// ---- Statements and clauses -------------------------------------------------
//
// X(NAME, "keyword", "what a person writes after it")

#define QUID_STATEMENT_LIST(X)                                                                     \
    X(DEAL, "deal", "\"title\"")                                                                   \
    X(INCLUDE, "include", "\"path\"")                                                              \
    X(PARTY, "party", "ID \"name\"")                                                               \
    X(SOURCE, "source", "ID \"title\"")                                                            \
    X(PLEDGE, "pledge", "ID \"what\"")                                                             \
    X(EVENT, "event", "ID \"what\"")                                                               \
    X(SECRET, "secret", "ID of PARTY \"what\"")                                                    \
    X(LET, "let", "ID = EXPRESSION \"what\"")                                                      \
    X(MOVE, "move", "ID by PARTY \"what\"")                                                        \
    X(MILESTONE, "milestone", "ID \"what\"")                                                       \
    X(SUPPLY, "supply", "ID \"good\" to PARTY in UNIT a year")                                     \
    X(WORTH, "worth", "PARTY")                                                                     \
    X(ASK, "ask", "\"question\"")                                                                  \
    X(WHAT_IF, "what-if", "ID \"label\"")

typedef enum QuidStatementKind {
    QUID_STATEMENT_NONE,
#define X(name, keyword, form) QUID_STATEMENT_##name,
    QUID_STATEMENT_LIST(X)
#undef X
} QuidStatementKind;

// X(STATEMENT, CLAUSE, "keyword", "form"). The operands that each clause leaves in QuidClause
// (nodes by index into QuidTextTables.nodes, 0 = not given) are in the comment beside it. A keyword
// "" is a clause without one.
#define QUID_CLAUSE_LIST(X)                                                                        \
    X(DEAL, CURRENCY, "currency", "CODE")                             /* NAME */                   \
    X(DEAL, HORIZON, "horizon", "DATE")                               /* DATE */                   \
    X(DEAL, PRECISION, "precision", "NUMBER")                         /* expression */             \
    X(PARTY, DISCOUNT, "discount", "PERCENT a year")                  /* expression */             \
    X(PARTY, CALENDAR, "calendar", "COUNTRY")                         /* NAME */                   \
    X(SOURCE, PUBLISHED, "published", "DATE")                         /* DATE */                   \
    X(SOURCE, URL, "url", "\"address\"")                              /* label */                  \
    X(SOURCE, BY, "by", "\"publisher\"")                              /* label */                  \
    X(SOURCE, TRUST, "trust", "PERCENT")                              /* expression */             \
    X(PLEDGE, FROM, "from", "PARTY to PARTY")                         /* NAME, NAME */             \
    X(PLEDGE, AMOUNT, "amount", "AMOUNT [or more]")                   /* NUMBER; or_more, up_to */ \
    X(PLEDGE, IN, "in", "PLEDGE")                                     /* NAME */                   \
    X(PLEDGE, MADE, "made", "DATE")                                   /* DATE */                   \
    X(PLEDGE, OFFERED, "offered", "DATE")                             /* DATE */                   \
    X(PLEDGE, DEMANDED, "demanded", "DATE")                           /* DATE */                   \
    X(PLEDGE, DUE, "due", "DATE")                                     /* DATE */                   \
    X(PLEDGE, FOR, "for", "PLEDGE, …")                                /* NAME… */                \
    X(PLEDGE, LAPSES, "lapses if", "CONDITION")                       /* expression */             \
    X(PLEDGE, COMMITTED, "committed at", "MILESTONE")                 /* NAME */                   \
    X(PLEDGE, DISBURSED, "disbursed over", "DURATION from MILESTONE") /* expression, NAME */       \
    X(EVENT, OUTCOME, "", "OUTCOME PERCENT") /* name; expression or is_otherwise */                \
    X(EVENT, BELIEVES, "", "PARTY believes OUTCOME PERCENT")         /* NAME, NAME, expression */  \
    X(EVENT, ON, "on", "DATE")                                       /* DATE */                    \
    X(EVENT, BETWEEN, "between", "DATE and DATE")                    /* DATE, DATE */              \
    X(EVENT, WHEN, "when", "UNCERTAIN-DATE")                         /* expression */              \
    X(EVENT, SEEN_BY, "seen by", "PARTY, …")                         /* NAME… */                 \
    X(SECRET, OF, "of", "PARTY")                                     /* NAME */                    \
    X(SECRET, SECRET_OUTCOME, "", "OUTCOME PERCENT")                 /* as OUTCOME */              \
    X(SECRET, SECRET_BELIEVES, "", "PARTY believes OUTCOME PERCENT") /* as BELIEVES */             \
    X(LET, VALUE, "=", "EXPRESSION")                                 /* expression */              \
    X(MOVE, MOVE_BY, "by", "PARTY")                                  /* NAME */                    \
    X(MOVE, CHOOSE, "choose", "OPTION, …")                           /* NAME… */                 \
    X(MOVE, OPTION, "option", "OPTION if CONDITION")                 /* NAME, expression */        \
    X(MOVE, MOVE_ON, "on", "DATE, …")                                /* DATE… */                 \
    X(MOVE, EVERY, "every", "month from DATE to DATE") /* NUMBER (duration), DATE, DATE */         \
    X(MOVE, UNTIL, "until", "OPTION, …")               /* NAME… */                               \
    X(MOVE, IF, "if", "CONDITION")                     /* expression */                            \
    X(MOVE, MOVE_AFTER, "after", "MOVE")               /* NAME */                                  \
    X(MOVE, BLIND_TO, "blind to", "NAME, …")           /* NAME… */                               \
    X(MILESTONE, AFTER, "after", "MILESTONE, DATE, …") /* NAME or DATE… */                       \
    X(MILESTONE, NEEDS, "needs", "CONDITION")          /* expression */                            \
    X(MILESTONE, TAKES, "takes", "DURATION")           /* expression */                            \
    X(MILESTONE, MILESTONE_DUE, "due", "DATE")         /* DATE */                                  \
    X(SUPPLY, SUPPLY_TO, "to", "PARTY")                /* NAME */                                  \
    X(SUPPLY, SUPPLY_IN, "in", "UNIT a year")          /* NAME */                                  \
    X(SUPPLY, SUPPLIER, "", "SUPPLIER AMOUNT [once MILESTONE]") /* name; expression, NAME or 0 */  \
    X(WORTH, TERM, "",                                                                             \
      "+ AMOUNT [if CONDITION] [at DATE] \"why\"") /* expression, condition or 0, date expression  \
                                                      or 0; is_negative; label */                  \
    X(ASK, CHANCE, "chance", "CONDITION")          /* expression */                                \
    X(ASK, ASK_WHEN, "when", "MILESTONE")          /* NAME */                                      \
    X(ASK, ASK_VALUE, "value", "EXPRESSION")       /* expression */                                \
    X(ASK, CHOICE, "choice of", "MOVE")            /* NAME */                                      \
    X(ASK, BREAK_EVEN, "break even of", "EVENT.OUTCOME for MOVE") /* DOT, NAME */                  \
    X(WHAT_IF, SET, "set", "NAME = VALUE")                        /* NAME or DOT, expression */

typedef enum QuidClauseKind {
    QUID_CLAUSE_NONE,
#define X(statement, name, keyword, form) QUID_CLAUSE_##name,
    QUID_CLAUSE_LIST(X)
#undef X
} QuidClauseKind;

typedef struct QuidClause {
    QuidClauseKind kind;
    QuidSpan span;         // from its first to its last character, without @source
    QuidSpan keyword_span; // the keyword, or the first word where there is none
    QuidName name;         // outcome, supplier; else none
    QuidSpan name_span;
    uint32_t operand_first; // into QuidTextTables.operands
    uint32_t operand_count; // may be less than the form says where the clause is_broken
    QuidString label;       // "why" of a worth term; text of url, by; unescaped
    QuidName source;        // @source, or none
    QuidSpan source_span;
    bool is_or_more;   // amount … or more
    bool is_up_to;     // amount up to …
    bool is_otherwise; // outcome otherwise
    bool is_negative;  // worth: - …
    bool is_broken;    // an error was reported inside: check no further
} QuidClause;

typedef struct QuidStatement {
    QuidStatementKind kind;
    QuidSpan span; // head line
    QuidSpan keyword_span;
    QuidName name; // ID, or the party of a worth; none for deal, include, ask
    QuidSpan name_span;
    QuidString label; // "title", "name", "what", "question", path; unescaped
    QuidSpan label_span;
    uint32_t clause_first; // into QuidTextTables.clauses
    uint32_t clause_count;
    QuidName source; // @source at the end of the head
    QuidSpan source_span;
    bool is_broken; // an error was reported in its head
} QuidStatement;

// ---- Expressions ------------------------------------------------------------

typedef enum QuidNodeKind {
    QUID_NODE_NONE,   // element 0, and what could not be read: inert
    QUID_NODE_NUMBER, // value, unit (name or none), is_percent
    QUID_NODE_DATE,   // date
    QUID_NODE_TEXT,   // quoted text where an expression stood: always reported by the checker
    QUID_NODE_NAME,   // name
    QUID_NODE_DOT,    // name . member (struck in ruling.struck): children: NAME, NAME
    QUID_NODE_RANGE,  // A to B: children: two NUMBER or two DATE, units made equal
    QUID_NODE_CALL,   // name(children…): functions, distributions, pledged(P), share(S, X)…
    QUID_NODE_WEIGHT, // x 30% inside choice(…): children: value, weight
    QUID_NODE_NEGATE, // - a
    QUID_NODE_NOT,    // not a
    QUID_NODE_ADD,
    QUID_NODE_SUBTRACT,
    QUID_NODE_MULTIPLY,
    QUID_NODE_DIVIDE,
    QUID_NODE_POWER,
    QUID_NODE_EQUAL,
    QUID_NODE_NOT_EQUAL,
    QUID_NODE_LESS,
    QUID_NODE_LESS_EQUAL,
    QUID_NODE_GREATER,
    QUID_NODE_GREATER_EQUAL,
    QUID_NODE_AND,    // 2 or more children
    QUID_NODE_OR,     // 2 or more children
    QUID_NODE_IF,     // A if C else B: children: A, C, B
    QUID_NODE_BY,     // condition by date: children: condition, DATE
    QUID_NODE_BEFORE, // condition before X: children: condition, NAME or DATE
    QUID_NODE_ON,     // amount on date: children: CALL, DATE
} QuidNodeKind;

typedef struct QuidNode {
    QuidNodeKind kind;
    QuidSpan span;
    QuidSpan
        operator_span; // of operators: the sign or word; of a call: its name; of a number: its unit
    QuidName name;     // NAME, CALL
    QuidName unit;     // NUMBER: unit as written (USD, days, tonnes), none for plain numbers
    QuidDecimal value; // NUMBER: multiplier applied; a percentage is stored as written (55% = 55)
    QuidDateRange date;   // DATE
    uint32_t child_first; // into QuidTextTables.operands
    uint32_t child_count;
    bool is_percent;  // NUMBER
    bool is_business; // NUMBER with unit days: business days
    uint16_t height;  // of the tree below: 1 without children, at most QUID_HEIGHT_MAX
} QuidNode;

// ---- Facts ------------------------------------------------------------------

// X(NAME, "verb", "form")
#define QUID_VERB_LIST(X)                                                                          \
    X(OFFER, "offer", "PLEDGE [AMOUNT]")                                                           \
    X(DEMAND, "demand", "PLEDGE [AMOUNT]")                                                         \
    X(PLEDGE, "pledge", "PLEDGE [AMOUNT]")                                                         \
    X(AMEND, "amend", "PLEDGE AMOUNT")                                                             \
    X(COMMIT, "commit", "PLEDGE [AMOUNT]")                                                         \
    X(DISBURSE, "disburse", "PLEDGE [AMOUNT]")                                                     \
    X(COMPLETE, "complete", "PLEDGE [AMOUNT]")                                                     \
    X(CANCEL, "cancel", "PLEDGE [AMOUNT]")                                                         \
    X(EXTEND, "extend", "PLEDGE-OR-MILESTONE to DATE")                                             \
    X(OBSERVE, "observe", "EVENT OUTCOME")                                                         \
    X(CHOOSE, "choose", "MOVE OPTION")                                                             \
    X(REACH, "reach", "MILESTONE")                                                                 \
    X(STATE, "state", "PARTY public|private \"text\" [about NAME]")                                \
    X(BALANCE, "balance", "PLEDGE STAGE AMOUNT")                                                   \
    X(RATE, "rate", "USD/JPY NUMBER")                                                              \
    X(NOTE, "note", "\"text\" [about NAME]")

typedef enum QuidVerb {
    QUID_VERB_NONE,
#define X(name, verb, form) QUID_VERB_##name,
    QUID_VERB_LIST(X)
#undef X
} QuidVerb;

// What a fact says, unresolved. Compact: there may be millions. Offsets of operands are from span
// begin.
typedef struct QuidFactSyntax {
    uint32_t offset; // of the fact in its file
    uint16_t size;   // bytes
    uint16_t file;   // QuidFileId.index
    int32_t date;    // first day
    int32_t date_last;
    int32_t reported; // first day of `reported`, or QUID_NO_DATE
    int32_t until;    // extend … to: last day; else QUID_NO_DATE
    uint32_t subject; // QuidName.id: pledge, milestone, event, move, party; of a rate: the first
                      // currency
    uint32_t object;  // outcome, option, stage; of a rate: the second currency
    uint32_t about;   // about NAME
    uint32_t source;  // @source
    uint32_t unit;    // of the amount; none for a rate
    uint32_t text;    // index into QuidTextTables.strings; 0 none
    int64_t mantissa; // amount = mantissa * 10^exponent, where has_amount
    int8_t exponent;
    uint8_t verb; // QuidVerb
    bool has_amount;
    bool is_private;         // state: private
    uint16_t subject_offset; // place of each operand in the fact; their sizes follow from the names
    uint16_t object_offset;
    uint16_t amount_offset;
    uint16_t amount_size;
    uint16_t about_offset;
    uint16_t source_offset; // of the name, behind the @
    uint16_t until_offset;
    uint16_t reported_offset;
} QuidFactSyntax;

_Static_assert(sizeof(QuidFactSyntax) == 80, "facts are the hot table: keep them small");

// ---- The result -------------------------------------------------------------

// Read-only tables, valid as long as the QuidText. Element 0 of nodes and strings is inert.
typedef struct QuidTextTables {
    const QuidStatement
        *statements; // in the order of reading, includes where they stand; no INCLUDE among them
    uint32_t statement_count;
    const QuidClause *clauses;
    uint32_t clause_count;
    const QuidNode *nodes;
    uint32_t node_count;
    const uint32_t *operands; // node indices: clauses' operands and nodes' children
    uint32_t operand_count;
    const QuidFactSyntax *facts; // in the order of reading
    uint32_t fact_count;
    const QuidString *strings;
    uint32_t string_count;
    uint32_t name_count; // names are 1..name_count
} QuidTextTables;

// Loads the file that a deal starts in through the context's loader. INVALID: a diagnostic says why
// it cannot be read.
QUID_API QUID_MUST_USE QuidStatus quid_text_load(QuidContext *context, QuidString path,
                                                 QuidFileId *file);

// Reads the deal that starts in file, with its includes (paths are relative to the including file;
// the context's loader reads them). OK or INVALID (diagnostics say why): *text is written in both
// cases, and in INVALID's holds what could be read, so that the next stage can report its own
// mistakes in the same run.
QUID_API QUID_MUST_USE QuidStatus quid_text_parse(QuidContext *context, QuidFileId file,
                                                  QuidText **text);
// The same with settings from outside the deal: files whose lines are `NAME = VALUE`, as behind
// `set` in a what-if (a command line's `--set`). They become the deal's last what-ifs, one a file,
// the only ones without a name.
QUID_API QUID_MUST_USE QuidStatus quid_text_parse_with(QuidContext *context, QuidFileId file,
                                                       const QuidFileId *settings,
                                                       uint32_t settings_count, QuidText **text);
QUID_API void quid_text_free(QuidText *text);

QUID_API const QuidTextTables *quid_text_tables(const QuidText *text);
QUID_API QuidString quid_text_name(const QuidText *text, QuidName name);
// The id of a name that occurs in the text; none where it does not.
QUID_API QuidName quid_text_find_name(const QuidText *text, QuidString name);

QUID_API const char *quid_statement_keyword(QuidStatementKind kind);
QUID_API const char *quid_clause_keyword(QuidClauseKind kind);
QUID_API const char *quid_verb_word(QuidVerb verb);

// Writes one .quid file in the canonical layout: comments, order and line structure kept;
// idempotent. INVALID (and nothing written) where the file has errors of form; its includes are not
// read.
QUID_API QUID_MUST_USE QuidStatus quid_text_format(QuidContext *context, QuidFileId file,
                                                   QuidOutput output);

// The result as text, for people and golden tests (`quid check --dump text`): statements with their
// clauses, expressions in prefix form, facts. Not stable: it shows what the tables hold. IO where
// the output stopped.
QUID_API QUID_MUST_USE QuidStatus quid_text_dump(const QuidText *text, QuidOutput output);

#endif
