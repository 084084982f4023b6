// deal: the checked model. Names are resolved, units and dates checked, expressions typed; what is
// left is a set of flat, immutable tables that the ledger, the game and the forecast read.
#ifndef QUID_DEAL_H
#define QUID_DEAL_H

#include "quid/base.h"
#include "quid/text.h"

typedef struct QuidDeal QuidDeal;

#define QUID_CHOICE_COUNT_MAX 250u // options of a move, outcomes of an event

// ---- Typed ids: 1-based, 0 is none ------------------------------------------

typedef struct QuidPartyId {
    uint32_t index;
} QuidPartyId;
typedef struct QuidSourceId {
    uint32_t index;
} QuidSourceId;
typedef struct QuidPledgeId {
    uint32_t index;
} QuidPledgeId;
// An event or a secret: something with outcomes and chances.
typedef struct QuidEventId {
    uint32_t index;
} QuidEventId;
typedef struct QuidLetId {
    uint32_t index;
} QuidLetId;
typedef struct QuidMoveId {
    uint32_t index;
} QuidMoveId;
typedef struct QuidMilestoneId {
    uint32_t index;
} QuidMilestoneId;
typedef struct QuidSupplyId {
    uint32_t index;
} QuidSupplyId;
// A typed expression.
typedef struct QuidTermId {
    uint32_t index;
} QuidTermId;

// What a name of the deal may stand for.
typedef enum QuidThingKind {
    QUID_THING_NONE,
    QUID_THING_PARTY,
    QUID_THING_PLEDGE,
    QUID_THING_EVENT, // secrets too
    QUID_THING_LET,
    QUID_THING_MOVE,
    QUID_THING_MILESTONE,
    QUID_THING_SUPPLY,
} QuidThingKind;

typedef struct QuidThing {
    QuidThingKind kind;
    uint32_t index; // the typed id's index
} QuidThing;

// ---- Units and types --------------------------------------------------------

typedef struct QuidUnit {
    QuidString name; // USD, JPY, jobs
    int32_t digits;  // below the major unit: ISO 4217's for currencies, 3 for counted units
    bool is_currency;
} QuidUnit;

// What an expression is. A number may have dimensions: money^money_power * days^time_power *
// counted^power.
typedef enum QuidTypeKind {
    QUID_TYPE_BROKEN, // an error was reported inside: compatible with everything
    QUID_TYPE_NUMBER,
    QUID_TYPE_DATE,
    QUID_TYPE_CONDITION,
} QuidTypeKind;

typedef struct QuidType {
    QuidTypeKind kind;
    int8_t money_power;   // 1 for money
    int8_t time_power;    // 1 for durations, in days
    int8_t counted_power; // of counted
    QuidUnitId money;     // the currency the value is in, where money_power != 0
    QuidUnitId counted;   // the counted unit, where counted_power != 0
    bool is_business;     // a duration in business days (kind NUMBER, time_power 1)
    bool is_uncertain;    // depends on a range, a distribution, an event, a move, a milestone
} QuidType;

// ---- Expressions, typed -----------------------------------------------------
//
// Operators over typed children. Values are doubles in major units (money), days (durations, dates
// since 1970-01-01 with fraction) and plain numbers (55% is 0.55).

typedef enum QuidTermKind {
    QUID_TERM_NONE,
    QUID_TERM_CONSTANT,     // value; dates too (first); business days: count in value
    QUID_TERM_DATE,         // date literal: date.first, date.last
    QUID_TERM_INTERVAL,     // A to B, 90%: low, high; shape says which distribution
    QUID_TERM_DISTRIBUTION, // shape with children as parameters (constants)
    QUID_TERM_LET,          // thing
    QUID_TERM_IS,           // thing (event or move) = outcome/option number `choice` (0-based)
    QUID_TERM_REACHED,      // thing (milestone)
    QUID_TERM_BY,           // child: IS or REACHED; date (last day)
    QUID_TERM_BEFORE,       // child: IS or REACHED; thing or date
    QUID_TERM_STAGE,        // pledged/committed/disbursed (stage) of thing (pledge), on date or
                            // QUID_NO_DATE
    QUID_TERM_DATE_OF,      // date(thing)
    QUID_TERM_LATE,         // late(thing): milestone
    QUID_TERM_SHARE,   // share(thing: supply, supplier number `choice`), on date or QUID_NO_DATE
    QUID_TERM_HHI,     // hhi(thing: supply), on date or QUID_NO_DATE
    QUID_TERM_CONVERT, // child's money into type.money at the last known rate
    QUID_TERM_NEGATE,
    QUID_TERM_NOT,
    QUID_TERM_ADD,
    QUID_TERM_SUBTRACT,
    QUID_TERM_MULTIPLY,
    QUID_TERM_DIVIDE,
    QUID_TERM_POWER,
    QUID_TERM_EQUAL,
    QUID_TERM_NOT_EQUAL,
    QUID_TERM_LESS,
    QUID_TERM_LESS_EQUAL,
    QUID_TERM_GREATER,
    QUID_TERM_GREATER_EQUAL,
    QUID_TERM_AND, // two or more
    QUID_TERM_OR,  // two or more
    QUID_TERM_IF,  // value, condition, other value
    QUID_TERM_MIN, // one or more
    QUID_TERM_MAX, // one or more
    QUID_TERM_ABS,
    QUID_TERM_EXP,
    QUID_TERM_LOG,
    QUID_TERM_SQRT,
} QuidTermKind;

typedef enum QuidShape {
    QUID_SHAPE_NONE,
    QUID_SHAPE_LOGNORMAL,    // interval with ends of one sign; lognormal(median, factor)
    QUID_SHAPE_NORMAL,       // interval across zero, dates; normal(mean, sd)
    QUID_SHAPE_LOGIT_NORMAL, // interval of percentages
    QUID_SHAPE_UNIFORM,
    QUID_SHAPE_TRIANGULAR,
    QUID_SHAPE_PERT,
    QUID_SHAPE_BETA,
    QUID_SHAPE_CHOICE, // children: value, weight, value, weight, …
} QuidShape;

// The stages of a promise; pledge, commitment and disbursement are the OECD-DAC and IATI terms.
#define QUID_STAGE_LIST(X)                                                                         \
    X(OFFERED, "offered")                                                                          \
    X(DEMANDED, "demanded")                                                                        \
    X(PLEDGED, "pledged")                                                                          \
    X(COMMITTED, "committed")                                                                      \
    X(DISBURSED, "disbursed")                                                                      \
    X(COMPLETED, "completed")                                                                      \
    X(CANCELLED, "cancelled")                                                                      \
    X(LAPSED, "lapsed")

typedef enum QuidStage {
#define X(name, word) QUID_STAGE_##name,
    QUID_STAGE_LIST(X)
#undef X
        QUID_STAGE_COUNT,
} QuidStage;

QUID_API const char *quid_stage_word(QuidStage stage);

typedef struct QuidTerm {
    QuidTermKind kind;
    QuidShape shape;
    QuidType type;
    QuidSpan span;
    QuidThing thing;
    uint32_t choice;
    QuidStage stage; // STAGE: pledged, committed or disbursed
    double value;    // CONSTANT
    double low;      // INTERVAL: 5th percentile
    double high;     // INTERVAL: 95th percentile
    QuidDateRange date;
    uint32_t child_first; // into QuidDealTables.term_children
    uint32_t child_count;
} QuidTerm;

// ---- Things of the deal -----------------------------------------------------

// Where a statement or clause stands and what it rests on: the provenance of an assumption.
typedef struct QuidOrigin {
    QuidSpan span;
    QuidSourceId source; // none: the author's judgement
} QuidOrigin;

typedef struct QuidParty {
    QuidString id;
    QuidString label; // falls back to id
    QuidOrigin origin;
    double discount;     // a year, 0.04; 0 where none is given
    QuidString calendar; // US, JP; empty
    QuidOrigin discount_origin;
} QuidParty;

typedef struct QuidSource {
    QuidString id;
    QuidString title; // falls back to id
    QuidString url;
    QuidString publisher;
    QuidDateRange published; // QUID_NO_DATE where not given
    double trust;            // 0..1; -1 where not given
    QuidSpan span;
    uint32_t number; // 1.. in the order of first use by clauses and facts; 0 never used
} QuidSource;

typedef struct QuidPledge {
    QuidString id;
    QuidString label;
    QuidOrigin origin;
    QuidPartyId from;
    QuidPartyId to;
    QuidPledgeId parent; // in
    QuidUnitId unit;     // what it is kept in; none for a promise in kind
    int64_t amount;      // minor parts, where has_amount
    bool has_amount;
    bool is_or_more;
    bool is_up_to;
    QuidOrigin amount_origin;
    QuidDateRange made; // QUID_NO_DATE where not given; likewise below
    QuidOrigin made_origin;
    QuidDateRange offered;
    QuidOrigin offered_origin;
    QuidDateRange demanded;
    QuidOrigin demanded_origin;
    QuidDateRange due; // the last day counts
    QuidOrigin due_origin;
    uint32_t in_return_first; // into pledge_links: what it is given `for`
    uint32_t in_return_count;
    QuidOrigin in_return_origin;
    QuidTermId lapses_if;
    QuidMilestoneId committed_at;
    QuidTermId disbursed_over; // duration
    QuidMilestoneId disbursed_from;
} QuidPledge;

typedef struct QuidOutcome {
    QuidString id;
    QuidTermId chance; // none for `otherwise`, which takes the rest
    QuidOrigin origin;
} QuidOutcome;

// PARTY believes OUTCOME CHANCE.
typedef struct QuidBelief {
    QuidPartyId party;
    uint32_t outcome; // 0-based in its event
    QuidTermId chance;
    QuidOrigin origin;
} QuidBelief;

typedef enum QuidWhen {
    QUID_WHEN_ANY, // no date: a secret (from the start), or an event within the deal's whole time
    QUID_WHEN_ON,  // at the start of window.first … a month or year: some time in it
    QUID_WHEN_BETWEEN, // uniform over [window.first, window.last + 1)
    QUID_WHEN_TERM,    // when: an uncertain date
} QuidWhen;

typedef struct QuidEvent {
    QuidString id;
    QuidString label;
    QuidOrigin origin;
    bool is_secret;
    QuidPartyId owner;      // of a secret
    uint32_t outcome_first; // into outcomes
    uint32_t outcome_count;
    uint32_t belief_first; // into beliefs
    uint32_t belief_count;
    QuidWhen when_kind;
    QuidDateRange window;
    QuidTermId when;
    QuidOrigin when_origin;
    bool is_seen_by_all;
    uint32_t seen_first; // into party_lists
    uint32_t seen_count;
    // By quid_deal_apply: it comes out so (the parties do not know beforehand) …
    bool is_set;
    uint32_t set_outcome;
    // … or has this chance; the others keep their proportions. Parties with beliefs of their own
    // keep them.
    bool has_set_chance;
    uint32_t set_chance_outcome;
    double set_chance;
} QuidEvent;

typedef struct QuidLet {
    QuidString id;
    QuidString label;
    QuidOrigin origin;
    QuidTermId value;
} QuidLet;

typedef struct QuidOption {
    QuidString id;
    QuidTermId condition; // none: always open
    QuidOrigin origin;
    bool is_until; // choosing it ends a repeated move
} QuidOption;

typedef struct QuidMove {
    QuidString id;
    QuidString label;
    QuidOrigin origin;
    QuidPartyId party;
    uint32_t option_first; // into options
    uint32_t option_count;
    uint32_t date_first; // into move_dates, ascending
    uint32_t date_count;
    QuidOrigin date_origin;
    QuidOrigin choose_origin; // these by clause; no file where there is none
    QuidOrigin until_origin;
    QuidOrigin condition_origin;
    QuidOrigin after_origin;
    QuidOrigin blind_origin;
    QuidTermId condition; // none: always arises
    QuidMoveId after;
    uint32_t blind_first; // into things: what its party does not see
    uint32_t blind_count;
    bool is_bound; // by quid_deal_apply: it takes this option from the as-of date on, and everybody
                   // knows
    uint32_t bound_option;
} QuidMove;

typedef struct QuidMilestone {
    QuidString id;
    QuidString label;
    QuidOrigin origin;
    uint32_t after_first; // into predecessors
    uint32_t after_count;
    QuidTermId needs;
    QuidTermId takes;
    QuidDateRange due;
    QuidOrigin due_origin;
    QuidTermId set_date; // by quid_deal_apply: it is reached on this date, whatever it waits for
} QuidMilestone;

// A predecessor: a thing (milestone, move, event), or a date.
typedef struct QuidPredecessor {
    QuidThing thing;
    QuidDateRange date;
    QuidOrigin origin;
} QuidPredecessor;

typedef struct QuidSupplier {
    QuidString id;
    QuidPartyId party; // where a party has this name
    QuidTermId amount; // per year
    QuidMilestoneId once;
    QuidOrigin origin;
} QuidSupplier;

typedef struct QuidSupply {
    QuidString id;
    QuidString label;
    QuidOrigin origin;
    QuidPartyId to;
    QuidUnitId unit;
    uint32_t supplier_first; // into suppliers
    uint32_t supplier_count;
} QuidSupply;

typedef struct QuidWorth {
    QuidPartyId party;
    QuidTermId amount;    // money; the sign of the line applied
    QuidTermId condition; // none: always
    QuidTermId at;        // none: undiscounted at its natural date (see docs/language.md)
    QuidString why;
    QuidOrigin origin;
} QuidWorth;

typedef enum QuidAskKind {
    QUID_ASK_CHANCE,
    QUID_ASK_WHEN,
    QUID_ASK_VALUE,
    QUID_ASK_CHOICE,
    QUID_ASK_BREAK_EVEN,
} QuidAskKind;

typedef struct QuidAsk {
    QuidString question;
    QuidOrigin origin;
    QuidAskKind kind;
    QuidTermId term;           // CHANCE, VALUE
    QuidMilestoneId milestone; // WHEN
    QuidMoveId move;           // CHOICE, BREAK_EVEN
    QuidEventId event;         // BREAK_EVEN
    uint32_t outcome;          // BREAK_EVEN
} QuidAsk;

// One `set` of a what-if: an event's outcome or chance, a move's option, a milestone's date, a
// let's value. Or, by a host: one figure of the text, wherever it counts, as a plain number.
typedef struct QuidSetting {
    bool is_term;    // the term `term` is the constant `number`; nothing else is read
    QuidTermId term; // draws of other quantities stay as they were
    double number;
    QuidThing thing;
    bool is_choice; // thing = outcome/option `choice` for certain
    bool
        is_chance; // thing.outcome `choice` has the chance `value`, or `chance` where value is none
    uint32_t choice;
    QuidTermId value; // otherwise
    double chance;
    QuidOrigin origin;
} QuidSetting;

typedef struct QuidWhatIf {
    QuidString id;
    QuidString label;
    QuidOrigin origin;
    uint32_t setting_first; // into settings
    uint32_t setting_count;
} QuidWhatIf;

// A fact, resolved. Compact: there may be millions.
typedef struct QuidFact {
    int64_t amount; // minor parts of the subject's unit; of a rate: mantissa
    int32_t date;   // first day
    int32_t date_last;
    int32_t known;        // first day on which it was known
    int32_t until;        // extend: last day
    uint32_t subject;     // pledge, milestone, event, move, party index by verb; rate: unit index
    uint32_t choice;      // outcome or option number (0-based), stage, rate: second unit index
    uint32_t source;      // QuidSourceId.index
    uint32_t syntax;      // index into QuidTextTables.facts: place, texts
    uint8_t verb;         // QuidVerb
    uint8_t subject_kind; // QuidThingKind (extend: pledge or milestone; note, state: of about)
    bool has_amount;
    int8_t exponent; // rate: decimal exponent
    uint32_t about;  // state, note: index of the thing of kind subject_kind; 0 none
} QuidFact;

_Static_assert(sizeof(QuidFact) == 48, "facts are the hot table: keep them small");

// Read-only, valid as long as the QuidDeal (and its QuidText). Every table of things has an inert
// element 0; counts include it. Lists ((first, count) ranges) index plain arrays.
typedef struct QuidDealTables {
    QuidString title;
    QuidUnitId currency; // the deal's own; none where not given
    QuidDate first_date; // of everything that is dated, or QUID_NO_DATE
    QuidDate horizon;    // always a day
    double precision;    // λ; 0: the limit
    QuidOrigin precision_origin;
#define QUID_DEAL_TABLES(X)                                                                        \
    X(QuidUnit, unit)                                                                              \
    X(QuidParty, party)                                                                            \
    X(QuidSource, source)                                                                          \
    X(QuidPledge, pledge)                                                                          \
    X(QuidPledgeId, pledge_link)                                                                   \
    X(QuidEvent, event)                                                                            \
    X(QuidOutcome, outcome)                                                                        \
    X(QuidBelief, belief)                                                                          \
    X(QuidPartyId, party_list)                                                                     \
    X(QuidLet, let)                                                                                \
    X(QuidMove, move)                                                                              \
    X(QuidOption, option)                                                                          \
    X(QuidDate, move_date)                                                                         \
    X(QuidThing, thing_list)                                                                       \
    X(QuidMilestone, milestone)                                                                    \
    X(QuidPredecessor, predecessor)                                                                \
    X(QuidSupply, supply)                                                                          \
    X(QuidSupplier, supplier)                                                                      \
    X(QuidWorth, worth)                                                                            \
    X(QuidAsk, ask)                                                                                \
    X(QuidWhatIf, what_if)                                                                         \
    X(QuidSetting, setting)                                                                        \
    X(QuidTerm, term)                                                                              \
    X(QuidTermId, term_child)                                                                      \
    X(QuidFact, fact)
#define X(Type, name)                                                                              \
    const Type *name##s;                                                                           \
    uint32_t name##_count;
    QUID_DEAL_TABLES(X)
#undef X
} QuidDealTables;

// Checks what was read: OK, or INVALID with diagnostics; *deal only on OK. Warnings do not make a
// deal invalid. Meant to be called also after a parse that was INVALID, so that one run reports
// every mistake: it then reports no follow-ups of broken clauses, and returns INVALID. text must
// outlive the deal.
QUID_API QUID_MUST_USE QuidStatus quid_deal_check(QuidContext *context, const QuidText *text,
                                                  QuidDeal **deal);
QUID_API void quid_deal_free(QuidDeal *deal);

// A copy of the deal with settings (those of its what-ifs, see QuidSetting) applied to it, later
// ones over earlier ones. It shares the tables that stay as they are: deal must outlive it; free it
// as any deal. OK or NO_MEMORY.
QUID_API QUID_MUST_USE QuidStatus quid_deal_apply(QuidContext *context, const QuidDeal *deal,
                                                  const QuidSetting *settings, uint32_t count,
                                                  QuidDeal **changed);

QUID_API const QuidDealTables *quid_deal_tables(const QuidDeal *deal);
QUID_API const QuidText *quid_deal_text(const QuidDeal *deal);
// The id of a thing; empty for none.
QUID_API QuidString quid_deal_thing_id(const QuidDealTables *tables, QuidThing thing);
// The thing with this id; kind NONE where there is none.
QUID_API QuidThing quid_deal_find(const QuidDeal *deal, QuidString id);
// A fact's remark ("text"), empty where it has none, and its place.
QUID_API QuidString quid_deal_fact_text(const QuidDeal *deal, const QuidFact *fact);
QUID_API QuidSpan quid_deal_fact_span(const QuidDeal *deal, const QuidFact *fact);

// An amount for people: "33.3 bn USD", "13000 jobs"; scaled by k-less multipliers (m, bn, tn) and
// rounded half away from zero to at most `digits` digits behind the point (0..6), trailing zeros
// cut. text: QUID_AMOUNT_TEXT_SIZE bytes, NUL-terminated. Returns its size.
#define QUID_AMOUNT_TEXT_SIZE 64
QUID_API size_t quid_deal_amount_text(const QuidDeal *deal, int64_t minor, QuidUnitId unit,
                                      uint32_t digits, char text[QUID_AMOUNT_TEXT_SIZE]);

// The middle of a term where it depends on nothing that happens (constants, intervals by their
// median, lets of such): true and *value. Otherwise false. low, high: 5th and 95th percentile of a
// lone interval, else = value.
typedef struct QuidEstimate {
    double low;
    double middle;
    double high;
} QuidEstimate;
QUID_API QUID_MUST_USE bool quid_deal_estimate(const QuidDeal *deal, QuidTermId term,
                                               QuidEstimate *estimate);
// The same of an outcome's chance or a belief: a range is used half way between its ends.
QUID_API QUID_MUST_USE bool quid_deal_chance(const QuidDeal *deal, QuidTermId term,
                                             QuidEstimate *estimate);

// The model as text (`quid check --dump deal`): every table with names resolved, expressions in
// prefix form with the type of each statement's. As quid_text_dump.
QUID_API QUID_MUST_USE QuidStatus quid_deal_dump(const QuidDeal *deal, QuidOutput output);

#endif
