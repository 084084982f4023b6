// The settlement's state and parts: order.c, replay.c, condition.c, totals.c, answers.c.
#ifndef QUID_LEDGER_INTERNAL_H
#define QUID_LEDGER_INTERNAL_H

#include "arena.h"
#include "exact.h"
#include "quid/ledger.h"
#include "report.h"
#include "vector.h"

// What happens on a day: a fact, or a made/offered/demanded clause (before the facts of its day).
typedef struct ClauseEntry {
    QuidPledgeId pledge;
    QuidVerb verb;
    QuidDate date;
    QuidDate known;
    QuidOrigin origin;
} ClauseEntry;

#define QUID_RATE_UNIT_MAX 256u // currencies of ISO 4217, with room
#define QUID_RATE_CHAIN_MAX 8u  // rates in a row: beyond that a conversion means nothing

typedef struct QuidFraction {
    QuidInt128 numerator;
    QuidInt128 denominator;
} QuidFraction;

// What an amount in minor parts is multiplied by from one currency to another.
_Static_assert(sizeof(QuidFraction) == 4 * sizeof(uint64_t), "two numbers of 128 bits");

typedef struct QuidFactor {
    uint64_t fraction[4]; // the bytes of a QuidFraction, whose alignment an arena does not give
    uint32_t generation;  // of the rates it was made from
    uint32_t count;       // of the chain; 0: there is none
    uint32_t chain[QUID_RATE_CHAIN_MAX]; // rate facts
    bool is_noted;                       // among the conversions
} QuidFactor;

typedef struct QuidRateTable {
    uint32_t count;      // currencies, numbered from 1
    uint32_t *number;    // by unit; 0: no currency
    uint32_t *unit;      // by number
    uint32_t *last;      // by pair: the last rate fact + 1; 0: none
    QuidFactor *factors; // by pair
    uint32_t generation; // grows with every rate
} QuidRateTable;

// pledged(P) on D and its like, as it stood at the end of D.
typedef struct QuidAmountOnDate {
    int64_t minor;
    bool is_known;
} QuidAmountOnDate;

// A pledge's books while they are kept.
typedef struct Books {
    int64_t sum[QUID_STAGE_COUNT]; // own and parts in the same unit, moved along with every posting
    int64_t drawn_foreign;         // from a parent in another unit, in this pledge's unit
    bool is_mixed;                 // a part, or a part of a part, is in another unit
    bool is_rate_missing;          // reported once
    bool is_too_large;             // likewise
    uint32_t depth;
    uint32_t first; // place in preorder; its parts follow
    uint32_t size;  // the pledge and all its parts
} Books;

struct QuidLedger {
    QuidContext *context;
    const QuidDeal *deal;
    const QuidDealTables *model;
    QuidLedgerOptions options;
    QuidDate through; // facts dated later do not count; QUID_DATE_MAX: none is left out
    QuidArena arena;
    QuidLedgerTables tables;
    QuidPledgeBalance *balances;
    QuidMilestoneState *milestones;
    QuidEventState *events;
    QuidMoveState *moves;
    QuidChoice *choices;
    Books *books;
    ClauseEntry *clauses;
    uint32_t clause_count;
    uint32_t *entries; // below clause_count: a clause; else a fact + clause_count
    uint32_t entry_count;
    QuidVector order;       // uint32_t: facts seen
    QuidVector extensions;  // QuidExtension
    QuidVector exchanges;   // QuidExchange
    QuidVector pairs;       // QuidStatementPair
    QuidVector statements;  // uint32_t
    QuidVector conversions; // QuidConversion
    QuidVector conversion_facts;
    QuidRateTable rates;
    uint32_t *preorder;        // pledges, each whole before its parts
    int64_t *remaining;        // by pledge: pledged, less what parts in other units drew
    int64_t *excess;           // by pledge: what its parts drew beyond that
    QuidVector lapses;         // Lapse, of lapse.c
    QuidVector wakes;          // Wake, of lapse.c
    uint32_t *wake_order;      // by date
    uint32_t next_wake;        // into wake_order
    QuidAmountOnDate *amounts; // by term
    QuidDate now;              // the day being replayed
    bool is_strict;            // the full record: mistakes are reported
    bool is_quiet;             // a look on the way, of which nothing is reported
    bool is_finishing;         // totals are made: the conversions used are listed
    bool is_settled;           // nothing changes any more
};

static inline bool ledger_is_seen(const QuidLedger *ledger, QuidDate date, QuidDate known,
                                  QuidSourceId source)
{
    const double trust = ledger->model->sources[source.index].trust;
    const bool is_weak = source.index != 0 && trust >= 0 && trust < ledger->options.min_trust;
    return !is_weak && date <= ledger->through && date <= ledger->options.as_of &&
           known <= ledger->options.as_of;
}

static inline bool ledger_is_left_out(const QuidLedger *ledger, uint32_t fact)
{
    return ledger->options.is_left_out != NULL && ledger->options.is_left_out[fact];
}

void quid__order_entries(QuidLedger *ledger);
void quid__replay(QuidLedger *ledger);
// What the facts say by now. A settled ledger is only read.
QuidTruth quid__truth(QuidLedger *ledger, QuidTermId condition);
void quid__finish_totals(QuidLedger *ledger);
void quid__finish_answers(QuidLedger *ledger);
void quid__finish_pairs(QuidLedger *ledger);
// Warns of moves that are past in the view that was asked for, and whose choice nobody recorded.
void quid__warn_missing(QuidLedger *ledger);

void quid__init_lapses(QuidLedger *ledger);
// Lists the days on which a promise may lapse by the calendar alone.
bool quid__open_lapses(QuidLedger *ledger);
// Promises whose condition is true now lapse. has_settled: an event, a move or a milestone was
// settled; otherwise only conditions on amounts can have changed.
void quid__lapse(QuidLedger *ledger, bool has_settled);
// The days before `until` pass, with what lapses on them.
void quid__pass_days(QuidLedger *ledger, QuidDate until);
// Moves all that is not disbursed yet to a stage.
void quid__take_out_all(QuidLedger *ledger, uint32_t pledge, QuidStage to);

bool quid__open_parts(QuidLedger *ledger);
// with_parts of a pledge now, in its unit. false: a part could not be counted in it (reported where
// is_strict and not is_quiet), and is left out.
bool quid__sum_with_parts(QuidLedger *ledger, uint32_t pledge, QuidStages *stages);

typedef enum QuidConverted { QUID_CONVERTED, QUID_NO_RATE, QUID_TOO_LARGE } QuidConverted;
bool quid__open_rates(QuidLedger *ledger);
void quid__note_rate(QuidLedger *ledger, uint32_t fact_index);
QuidConverted quid__convert(QuidLedger *ledger, int64_t minor, QuidUnitId from, QuidUnitId to,
                            int64_t *converted);
void quid__note_expressions(QuidLedger *ledger);
// Moves amount between stages of one pledge (QUID_STAGE_COUNT: from or to outside).
bool quid__post(QuidLedger *ledger, uint32_t pledge, QuidStage from, QuidStage to, int64_t amount);

#endif
