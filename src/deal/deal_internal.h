// The checker's state, and its passes: declare.c, things.c, terms.c, settings.c, facts.c, cycles.c.
#ifndef QUID_DEAL_INTERNAL_H
#define QUID_DEAL_INTERNAL_H

#include "names.h"
#include "quid/deal.h"
#include "report.h"

struct QuidDeal {
    QuidContext *context;
    const QuidText *text;
    QuidArena arena;
    QuidDealTables tables;
#define X(Type, name) QuidVector name;
    QUID_DEAL_TABLES(X)
#undef X
    bool is_copy;       // by quid_deal_apply: owns only the tables of QUID_DEAL_CHANGEABLE
    bool has_own_terms; // a copy whose terms were changed too
};

// The tables that a what-if may change.
#define QUID_DEAL_CHANGEABLE(X)                                                                    \
    X(QuidEvent, event)                                                                            \
    X(QuidLet, let)                                                                                \
    X(QuidMove, move)                                                                              \
    X(QuidMilestone, milestone)

// Points the public tables at the vectors.
void quid__publish_deal(QuidDeal *deal);

typedef struct Declared {
    QuidThing thing;
    QuidSpan span;      // of the name
    uint32_t statement; // its statement + 1; 0: not declared
} Declared;

// A name that could not be found, reported once at its first use.
typedef struct Unknown {
    uint32_t name;
    QuidThingKind wanted; // NONE: several kinds fit
    bool is_source;
    QuidSpan first;
    QuidSpan more[3];
    uint32_t count;
} Unknown;

// A let within its bounds, in an expression within its own, with conversions between.
#define QUID_TERM_DEPTH_MAX (QUID_LET_DEPTH_MAX + 4 * QUID_HEIGHT_MAX)

// How much there is to an expression when the lets that it names are written out.
typedef struct Extent {
    uint32_t size;      // operators and operands; saturates
    uint16_t depth;     // one upon another
    uint16_t let_depth; // lets inside one another
} Extent;

typedef struct Checker {
    QuidContext *context;
    const QuidText *text;
    const QuidTextTables *tables;
    QuidDeal *deal;
    Declared *things;        // by name id
    Declared *sources;       // by name id; thing.index is the source
    uint32_t *units;         // by name id: unit index
    uint8_t *let_states;     // by let index: 0 new, 1 being checked, 2 done
    uint32_t *let_nodes;     // by let index: the value's node
    QuidVector unknowns;     // Unknown
    QuidVector scratch;      // QuidTermId, a stack
    QuidVector extents;      // Extent, by term
    uint32_t open_let_count; // lets being checked
    uint32_t source_number;  // last one given
    uint32_t name_count;
    bool has_failed;
} Checker;

#define DEAL_AT(checker, Type, table, i) QUID_AT(&(checker)->deal->table, Type, i)

static inline const QuidNode *checker_node(const Checker *checker, uint32_t index)
{
    return &checker->tables->nodes[index];
}

// The n-th operand of a clause: a node index, 0 where there is none.
static inline uint32_t clause_operand(const Checker *checker, const QuidClause *clause, uint32_t n)
{
    return n < clause->operand_count ? checker->tables->operands[clause->operand_first + n] : 0;
}

static inline uint32_t node_child(const Checker *checker, const QuidNode *node, uint32_t n)
{
    return n < node->child_count ? checker->tables->operands[node->child_first + n] : 0;
}

// names.c
QuidString quid__name_text(const Checker *checker, QuidName name);
const char *quid__thing_word(QuidThingKind kind); // "pledge"
// The thing a name stands for. kind NONE, with a message, where it is unknown or (wanted != NONE)
// of another kind.
QuidThing quid__find_thing(Checker *checker, QuidName name, QuidSpan span, QuidThingKind wanted);
QuidThing quid__find_node(Checker *checker, uint32_t node, QuidThingKind wanted);
QuidSourceId quid__find_source(Checker *checker, QuidName name, QuidSpan span);
QuidOrigin quid__clause_origin(Checker *checker, const QuidClause *clause);
// The unit of a name; made where it is new (a currency, or a counted unit).
QuidUnitId quid__unit_of(Checker *checker, QuidName name);
// The number of an outcome of an event, or an option of a move; UINT32_MAX, with a message, where
// there is none.
uint32_t quid__find_choice(Checker *checker, QuidThing thing, QuidName name, QuidSpan span);
void quid__report_unknowns(Checker *checker);
void quid__declare_all(Checker *checker);
// The label of a thing's declaration.
QuidSpan quid__thing_span(const Checker *checker, QuidName name);

// terms.c. 0: broken, and reported.
QuidTermId quid__check_term(Checker *checker, uint32_t node);
QuidTermId quid__check_condition(Checker *checker, uint32_t node);
QuidTermId quid__check_duration(Checker *checker, uint32_t node);
QuidTermId quid__check_probability(Checker *checker, uint32_t node);
QuidTermId quid__check_date(Checker *checker, uint32_t node);
// Notes the extent of the term about to be added.
void quid__measure_term(Checker *checker, const QuidTerm *term, const QuidTermId *children,
                        uint32_t count);
QuidTermId quid__check_let(Checker *checker, uint32_t let, QuidSpan span);
QuidTermId quid__add_term(Checker *checker, QuidTerm term, const QuidTermId *children,
                          uint32_t count);
const QuidTerm *quid__term(const Checker *checker, QuidTermId id);
// "an amount of money (USD)": what a type is, in words, into text (80 bytes).
void quid__type_words(const Checker *checker, QuidType type, char text[80]);
bool quid__is_same_dimension(QuidType left, QuidType right);
// Exact minor parts of an amount literal in a unit; false, with a message.
bool quid__exact_amount(Checker *checker, QuidDecimal value, QuidUnitId unit, QuidSpan span,
                        int64_t *minor);
double quid__unit_days(QuidString unit); // 7 for week(s); 0: no unit of time

// calls.c
QuidTermId quid__check_call(Checker *checker, uint32_t node);

// things.c and the rest
void quid__check_statements(Checker *checker);
void quid__check_event(Checker *checker, const QuidStatement *statement, uint32_t index);
void quid__check_move(Checker *checker, const QuidStatement *statement, uint32_t index);
QuidThing quid__statement_thing(const Checker *checker, uint32_t statement);
void quid__check_shapes(Checker *checker);
void quid__check_ask(Checker *checker, const QuidStatement *statement);
void quid__check_what_if(Checker *checker, const QuidStatement *statement);
void quid__check_chances(Checker *checker);
void quid__check_cycles(Checker *checker);
void quid__check_facts(Checker *checker);
void quid__check_first_date(Checker *checker);

// The clause of a kind, which may stand once; NULL where it is not there.
const QuidClause *quid__find_clause(Checker *checker, const QuidStatement *statement,
                                    QuidClauseKind kind);
QuidDateRange quid__clause_date(const Checker *checker, const QuidClause *clause, uint32_t n);
void quid__report_missing(Checker *checker, const QuidStatement *statement, QuidClauseKind kind,
                          const char *form);

#endif
