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

// A pledge's books while they are kept.
typedef struct Books {
    int64_t sum[QUID_STAGE_COUNT]; // own and parts in the same unit, moved along with every posting
    int64_t drawn_foreign;         // from a parent in another unit, in this pledge's unit
    bool is_mixed;                 // a part, or a part of a part, is in another unit
    bool is_rate_missing;          // reported once
    uint32_t depth;
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
    QuidVector rates; // uint32_t: rate facts seen
    QuidDate now;     // the day being replayed
    bool is_strict;   // the full record: mistakes are reported
    bool has_lapses;
};

static inline bool ledger_is_seen(const QuidLedger *ledger, QuidDate date, QuidDate known,
                                  QuidSourceId source)
{
    const double trust = ledger->model->sources[source.index].trust;
    const bool is_weak = source.index != 0 && trust >= 0 && trust < ledger->options.min_trust;
    return !is_weak && date <= ledger->through && date <= ledger->options.as_of &&
           known <= ledger->options.as_of;
}

void quid__order_entries(QuidLedger *ledger);
void quid__replay(QuidLedger *ledger);
void quid__lapse(QuidLedger *ledger);
QuidTruth quid__truth(const QuidLedger *ledger, QuidTermId condition);
void quid__finish_totals(QuidLedger *ledger);
void quid__finish_answers(QuidLedger *ledger);
// with_parts of a pledge now, in its unit. false: a rate is missing (reported where is_strict).
bool quid__sum_with_parts(QuidLedger *ledger, uint32_t pledge, QuidStages *stages);
bool quid__convert(QuidLedger *ledger, int64_t minor, QuidUnitId from, QuidUnitId to,
                   int64_t *converted);
// Moves amount between stages of one pledge (QUID_STAGE_COUNT: from or to outside).
bool quid__post(QuidLedger *ledger, uint32_t pledge, QuidStage from, QuidStage to, int64_t amount);

#endif
