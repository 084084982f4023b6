// A program while it is compiled and when it is done. The way of the data: variables.c names what
// is drawn; terms.c, things.c and amounts.c turn the deal into nodes of a graph (graph.c), each
// value once; schedule.c puts the nodes that are needed in order and gives them registers; run.c
// and execute.c run the result.
#ifndef QUID_PROGRAM_INTERNAL_H
#define QUID_PROGRAM_INTERNAL_H

#include "arena.h"
#include "bits.h"
#include "distribution.h"
#include "holidays.h"
#include "names.h"
#include "quid/program.h"
#include "report.h"
#include "vector.h"

#include <math.h>

// ---- Nodes: values, each computed once. Operands come before their users; node 0 is inert.

typedef enum Op {
    OP_NONE,
    OP_CONSTANT, // value
    OP_UNIFORM,  // index: variable
    OP_QUANTILE, // a: uniform; index: distribution
    OP_TABLE,    // a: uniform; index: table of quantiles
    OP_ABOVE,    // a: uniform, b: low end; index: distribution, given that it is at least b
    OP_PICK,     // a: uniform; index: list of values with their shares
    OP_HAPPENED, // date of event `index`, as the run's setting says; a: uniform
    OP_OUTCOME,  // outcome of event `index`, likewise; a: as its chances draw it
    OP_STATE, // last choice of move `index` at its first `count` dates; a: before that moment, or 0
    OP_CHOSEN, // date of that choice, likewise
    OP_ADD,    // from here on functions of a, b and c alone
    OP_SUBTRACT,
    OP_MULTIPLY,
    OP_DIVIDE,
    OP_POWER,
    OP_MIN,
    OP_MAX,
    OP_EQUAL,
    OP_NOT_EQUAL,
    OP_LESS,
    OP_LESS_EQUAL,
    OP_ABS,
    OP_EXP,
    OP_LOG,
    OP_SQRT,
    OP_SELECT,         // a: condition; b where it holds, else c
    OP_FLOW,           // share of [b, c) that lies before a, 0..1
    OP_BUSINESS,       // b (rounded) business days after a
    OP_BUSINESS_COUNT, // whole business days after a's day up to b's day
} Op;

typedef struct Node {
    double value; // CONSTANT
    uint32_t a;
    uint32_t b;
    uint32_t c;
    uint32_t index;
    uint32_t count; // STATE, CHOSEN
    uint8_t op;
} Node;

_Static_assert(sizeof(Node) == 32, "nodes are hashed and compared member by member");

// ---- What is drawn

typedef struct Variable {
    QuidString name; // "let/savings/0"
    uint32_t dimension;
    bool is_used; // by an instruction, or by whoever plays the moves
} Variable;

typedef enum SpreadKind {
    SPREAD_POINT,        // low, for certain
    SPREAD_DISTRIBUTION, // distribution
    SPREAD_LIST,         // list
} SpreadKind;

// Values with their shares of the probability.
typedef struct ValueList {
    const double *values;
    const double *cumulative; // up to and with each; the last is 1
    uint32_t count;
} ValueList;

// How a lone quantity, or an event's date, is spread.
typedef struct Spread {
    SpreadKind kind;
    double low; // POINT
    QuidDistribution distribution;
    ValueList list;
} Spread;

// Quantiles of a distribution at normal deviates z in even steps, one step beyond either end. As a
// function of z they are smooth down both tails, so that cubics between them are right to 1e-8 of
// the range, at a hundredth of the cost.
#define TABLE_STEP_COUNT 1024u
#define TABLE_Z_MAX 6.0
typedef struct QuantileTable {
    const double *values; // TABLE_STEP_COUNT + 3
    QuidDistribution distribution;
} QuantileTable;

typedef struct EventWindow {
    Spread spread;
    double length_days; // of the window, at least 1: how long an overdue event is waited for
    QuidTermId drawn;   // the lone range that `when` comes down to (lets followed), or none
} EventWindow;

// ---- The program

typedef struct Instruction {
    double value; // an operand that is constant, see mode
    uint32_t out; // registers
    uint32_t a;
    uint32_t b;
    uint32_t c;
    uint32_t index;
    uint32_t count;
    uint8_t op;
    uint8_t mode; // MODE_…
} Instruction;

enum {
    MODE_COLUMNS,    // a and b are registers
    MODE_A_CONSTANT, // a is `value`
    MODE_B_CONSTANT, // b is `value`
    MODE_TIMED,      // STATE, CHOSEN: a holds the moments before which they count
};

typedef struct Filling { // a register that holds a constant
    double value;
    uint32_t out;
} Filling;

typedef struct WantDependencies {
    uint32_t event_first; // into dependency_things
    uint32_t event_count;
    uint32_t move_first;
    uint32_t move_count;
    bool is_drawn;
} WantDependencies;

// Business days of the parties' calendars around the deal's time.
typedef struct BusinessDays {
    QuidCalendarSet calendars;
    QuidDate first;        // day of ranks[0]
    uint32_t day_count;    // 0: no table
    const uint32_t *ranks; // by day: business days of the table up to and with it
    const QuidDate *days;  // the table's business days
    uint32_t business_count;
} BusinessDays;

struct QuidProgram {
    QuidContext *context;
    QuidArena arena;
    const QuidDeal *deal;
    const QuidDealTables *model;
    QuidProgramOptions options;
    const QuidLedgerTables *facts; // NULL: the game's view
    double after;                  // first moment after the as-of day; -infinity in the game's view
    double end;                    // the horizon's end
    EventWindow *windows;          // by event
    double *move_times;            // by position in the deal's move dates
    BusinessDays business;
    QuidVector variables;     // Variable; element 0 inert
    QuidVector distributions; // QuidDistribution
    QuidVector lists;         // ValueList
    QuidVector tables;        // QuantileTable
    QuidMap variable_of_name; // by hash of its name path
    // What is run.
    Instruction *instructions;
    uint32_t draw_count; // those of the first pass
    uint32_t instruction_count;
    Filling *fillings;
    uint32_t filling_count;
    uint32_t register_count;
    uint32_t *happened_register; // by event; UINT32_MAX: not used. Likewise below
    uint32_t *outcome_register;
    uint32_t *choice_register; // by position in the deal's move dates
    uint32_t *want_registers;
    uint32_t want_count;
    WantDependencies *dependencies; // by want; NULL where not asked for
    QuidVector dependency_things;   // uint32_t
};

// ---- The graph while it is built

typedef struct Builder {
    QuidContext *context;
    QuidProgram *program;
    const QuidDealTables *model;
    const QuidLedger *ledger; // the facts; NULL: the game's view
    const QuidLedger *rates;
    QuidVector nodes; // Node
    QuidMap node_of_hash;
    uint32_t *term_nodes;      // by term: its value's node
    uint32_t *since_nodes;     // by term: the moment from which it holds
    uint32_t *term_variables;  // by term: the variable it draws
    uint32_t *milestone_nodes; // by milestone: its date
    uint32_t *outcome_nodes;   // by event
    uint32_t *event_variables; // by event: of its date
    uint32_t *outcome_variables;
    QuidVector pending;         // uint32_t: milestones to build, a stack
    uint8_t *milestone_states;  // 0 new, 1 on the way, 2 built
    QuidVector settlements;     // QuidLedger *: the facts up to earlier days
    QuidVector settlement_days; // QuidDate
    uint32_t lapsing;           // the promise whose `lapses if` is being built, or 0
    bool is_rate_missing;
    bool has_failed;
} Builder;

static inline const Node *node_at(const Builder *builder, uint32_t node)
{
    return &QUID_AT(&builder->nodes, Node, node);
}

static inline bool is_constant(const Builder *builder, uint32_t node, double *value)
{
    *value = node_at(builder, node)->value;
    return node_at(builder, node)->op == OP_CONSTANT;
}

static inline const QuidTerm *term_at(const Builder *builder, QuidTermId id)
{
    return &builder->model->terms[id.index];
}

static inline QuidTermId term_child(const Builder *builder, const QuidTerm *term, uint32_t n)
{
    return builder->model->term_childs[term->child_first + n];
}

// graph.c. Every function returns a node that is there already where the same value is.
uint32_t quid__node_constant(Builder *builder, double value);
uint32_t quid__node(Builder *builder, Op op, uint32_t a, uint32_t b, uint32_t c);
uint32_t quid__node_indexed(Builder *builder, Op op, uint32_t index, uint32_t a, uint32_t b);
uint32_t quid__node_counted(Builder *builder, Op op, uint32_t index, uint32_t count, uint32_t a);
uint32_t quid__node_and(Builder *builder, uint32_t a, uint32_t b); // conditions
uint32_t quid__node_or(Builder *builder, uint32_t a, uint32_t b);
uint32_t quid__node_not(Builder *builder, uint32_t a);
uint32_t quid__node_before(Builder *builder, uint32_t moment, double limit); // moment < limit
uint32_t quid__node_fill(Builder *builder, double low, uint32_t high);       // the later of the two
// The result of an operation on constants, the same bits as quid__execute's.
double quid__apply(Op op, double a, double b, double c);

// variables.c
void quid__name_variables(Builder *builder);
uint64_t quid__name_hash(QuidString name);

// spreads.c
// Where the values of a choice(…) go: into the arena, or without one to 2 * CHOICE_COUNT_MAX
// values.
#define CHOICE_COUNT_MAX 100u
typedef struct SpreadRoom {
    QuidArena *arena;
    double *values;
} SpreadRoom;
// How a lone range or distribution is spread, lets followed. false: it is none, or there is no
// memory.
bool quid__lone_spread(const QuidDealTables *model, SpreadRoom room, QuidTermId term,
                       Spread *spread, QuidTermId *drawn);
bool quid__event_window(const QuidDealTables *model, SpreadRoom room, uint32_t event,
                        EventWindow *window);
double quid__spread_cdf(const Spread *spread, double value);
// A distribution's part in [low, high).
typedef struct Truncation {
    QuidDistribution distribution; // mirrored where that keeps the digits
    double first;                  // its probabilities run from here
    double share;                  // so far
    double low;
    double high;
    bool is_mirrored;
    bool is_empty;
} Truncation;
Truncation quid__truncate(const QuidDistribution *distribution, double low, double high);
void quid__truncated_block(const Truncation *part, const double *u, double *out, uint32_t count);
// Quantiles at the shares u of the part of a spread in [low, high); false where nothing lies there.
bool quid__spread_block(const Spread *spread, double low, double high, const double *u, double *out,
                        uint32_t count);
// false: no memory.
bool quid__tabulate(QuidArena *arena, const QuidDistribution *distribution, QuantileTable *table);
void quid__table_block(const QuantileTable *table, const double *u, double *out, uint32_t count);
// The mean of a lone distribution; false where the term is none.
bool quid__spread_mean(const Spread *spread, double *mean);

// terms.c
uint32_t quid__build_term(Builder *builder, QuidTermId id);
uint32_t quid__build_since(Builder *builder, QuidTermId id); // when it holds; only then
// When a promise lapses by a condition that holds at the horizon's end.
uint32_t quid__build_lapse_since(Builder *builder, QuidTermId id);
uint32_t quid__build_duration(Builder *builder, QuidTermId id, uint32_t low); // given at least low

// things.c
uint32_t quid__build_happened(Builder *builder, uint32_t event);
uint32_t quid__build_outcome(Builder *builder, uint32_t event);
// moment 0: at the horizon's end.
uint32_t quid__build_state(Builder *builder, uint32_t move, uint32_t moment);
uint32_t quid__build_chosen(Builder *builder, uint32_t move, uint32_t moment);
uint32_t quid__build_date(Builder *builder, QuidThing thing);
// chances.c
uint32_t quid__build_drawn_outcome(Builder *builder, uint32_t event);
// milestones.c
uint32_t quid__build_milestone(Builder *builder, uint32_t milestone);
uint32_t quid__build_critical(Builder *builder, uint32_t milestone);
QuidDate quid__due_date(const Builder *builder, uint32_t milestone);

// amounts.c, supplies.c
uint32_t quid__build_amount(Builder *builder, uint32_t pledge, QuidStage stage, QuidDate date);
uint32_t quid__build_supplied(Builder *builder, uint32_t supplier, QuidDate date);
uint32_t quid__build_share(Builder *builder, uint32_t supply, uint32_t supplier, QuidDate date);
uint32_t quid__build_hhi(Builder *builder, uint32_t supply, QuidDate date);
uint32_t quid__build_converted(Builder *builder, QuidTermId id);

// schedule.c, dependencies.c. false: no memory.
bool quid__schedule(Builder *builder, const uint32_t *want_nodes, uint32_t want_count);
bool quid__find_dependencies(Builder *builder, const uint32_t *want_nodes, uint32_t want_count);

// business.c
bool quid__init_business(QuidProgram *program);
double quid__business_after(const BusinessDays *business, double start, double count);
double quid__business_between(const BusinessDays *business, double from, double to);

// execute.c
struct QuidProgramRun {
    QuidContext *context;
    const QuidProgram *program;
    double *columns; // register_count columns, aligned
    size_t size;     // bytes, of this block of memory
    uint64_t *keys;  // by variable that is used
    uint64_t seed;   // of the scrambling …
    bool has_seed;   // … and the keys are made of it
    QuidEventSetting *settings;
    uint64_t first;
    uint32_t count;
};

static inline double *run_column(const QuidProgramRun *run, uint32_t index)
{
    return run->columns + (size_t)index * QUID_PROGRAM_BLOCK;
}

void quid__execute(const QuidProgramRun *run, uint32_t first, uint32_t end);
void quid__execute_at(QuidLanes lanes, const QuidProgramRun *run, uint32_t first, uint32_t end);
// A variable's uniforms; key: run->keys[variable], or that of its name.
void quid__draw_uniform(const QuidProgramRun *run, uint32_t variable, uint64_t key, double *out);

#endif
