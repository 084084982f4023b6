// ledger: the facts up to a date, as balances of promises by stage, deadlines and their extensions,
// what was given for what, and what was said. Double entry: every fact moves an amount from one
// stage to another, so that what stands in all stages is what was ever put in; checked after every
// settlement.
#ifndef QUID_LEDGER_H
#define QUID_LEDGER_H

#include "quid/base.h"
#include "quid/deal.h"

typedef struct QuidLedger QuidLedger;

typedef struct QuidLedgerOptions {
    QuidDate as_of;          // QUID_NO_DATE: the latest date on which a fact became known
    double min_trust;        // 0..1; facts whose source states less are left out; 0: all
    const bool *is_left_out; // by fact: as if it had never been reported; outlives the ledger;
                             // NULL: none
    bool is_replay;  // one of many views of a record: a past move without a choice is no warning
    uint32_t cookie; // set by quid_ledger_options
} QuidLedgerOptions;

QUID_API QuidLedgerOptions quid_ledger_options(void);

// What a promise holds by stage, in minor parts of one unit.
typedef struct QuidStages {
    int64_t minor[QUID_STAGE_COUNT];
} QuidStages;

// What has come at least so far as to a stage from pledged to completed: what was paid was
// committed. What was cancelled or lapsed does not count. Never beyond 64 bits.
QUID_API int64_t quid_stages_at_least(const QuidStages *stages, QuidStage stage);

typedef struct QuidDeadline {
    QuidDate original; // QUID_NO_DATE: no deadline
    QuidDate current;
    uint32_t extension_count;
    int32_t days_slipped;     // current − original
    bool is_past_due;         // as_of is after current, and it is not met
    QuidDate met;             // the day on which it was met; QUID_NO_DATE: not yet
    uint32_t extension_first; // into extensions
} QuidDeadline;

typedef struct QuidExtension {
    QuidDate from;
    QuidDate to;
    uint32_t fact; // index into QuidDealTables.facts
} QuidExtension;

typedef struct QuidPledgeBalance {
    QuidStages own;        // in the pledge's unit
    QuidStages with_parts; // own and all parts, converted; what other-currency parts drew taken off
                           // `pledged`
    int64_t unallocated;   // of its own amount, what no part names yet; 0 without parts
    int64_t put_in;        // what was ever put in here: own sums to put_in + drawn_in − drawn_out
    int64_t drawn_in;      // from its parent (in this pledge's unit)
    int64_t drawn_out;     // by its parts in the same unit
    int64_t implied;       // of put_in: by facts that an as-of date or --min-trust leaves out
    QuidUnitId unit;       // none: in kind, all amounts 0
    bool has_parts;
    bool is_converted;    // with_parts needed an exchange rate
    bool is_rate_missing; // … of which one is not known: parts in that currency are left out
    bool has_stage;       // whether anything was said of it by as_of
    QuidStage stage; // the furthest stage reached that it stands in (in kind: by the last fact)
    QuidDate
        stage_date[QUID_STAGE_COUNT]; // first day on which it entered a stage; QUID_NO_DATE: never
    QuidDeadline deadline;
    uint32_t last_fact; // latest fact that moved it, index into facts; UINT32_MAX: the clause
} QuidPledgeBalance;

typedef struct QuidMilestoneState {
    QuidDate reached; // QUID_NO_DATE: not yet
    uint32_t fact;    // which says so; UINT32_MAX
    QuidDeadline deadline;
} QuidMilestoneState;

typedef struct QuidEventState {
    bool is_known;
    uint32_t outcome;
    QuidDate date;
    uint32_t fact;
} QuidEventState;

typedef struct QuidMoveState {
    bool is_final; // an until option was chosen, or every date has passed with a recorded choice
    uint32_t next_date; // position of the first date after as_of in the move's dates; its count:
                        // none left
    uint32_t missing_count; // past dates without a recorded choice (0 for those after the end)
    uint32_t choice_first;  // into choices: one per date of the move
} QuidMoveState;

#define QUID_NO_CHOICE UINT32_MAX
typedef struct QuidChoice {
    uint32_t option; // 0-based, or QUID_NO_CHOICE: none recorded
    uint32_t fact;
} QuidChoice;

// One line of the quid-pro-quo balance: a promise between parties of a `for` link, by stage.
typedef struct QuidExchange {
    QuidPartyId party;
    bool is_gave; // the party gives; else it gets
    QuidPledgeId pledge;
    QuidStage stage;
    bool has_amount;
    int64_t amount;
    QuidUnitId unit;
} QuidExchange;

// What one party said of one subject in public and in private. Facts by index; UINT32_MAX: none.
typedef struct QuidStatementPair {
    QuidPartyId party;
    QuidThing about;
    uint32_t public_fact;
    uint32_t private_fact;
} QuidStatementPair;

// A rate used for a conversion: one unit of `from` is numerator/denominator of `to` (major units).
typedef struct QuidConversion {
    QuidUnitId from;
    QuidUnitId to;
    uint32_t fact_first; // into conversion_facts: the rates of the chain
    uint32_t fact_count;
    double rate;
} QuidConversion;

// Read-only, valid as long as the QuidLedger (and its QuidDeal). pledges, milestones, events and
// moves are indexed by their ids (element 0 inert).
typedef struct QuidLedgerTables {
    QuidDate as_of;
    uint32_t fact_seen_count;
    uint32_t fact_later_count;     // left out by as_of
    uint32_t fact_weaker_count;    // left out by min_trust
    uint32_t fact_untrusted_count; // kept by min_trust though no trust is stated
    const uint32_t *order;         // seen facts, by event date then order of reading
    uint32_t order_count;
    const QuidPledgeBalance *pledges;
    const QuidMilestoneState *milestones;
    const QuidEventState *events;
    const QuidMoveState *moves;
    const QuidChoice *choices;
    const QuidExtension *extensions;
    uint32_t extension_count;
    const QuidExchange *exchanges; // party by party, gave before got, by pledge and stage
    uint32_t exchange_count;
    const QuidStatementPair *pairs;
    uint32_t pair_count;
    const uint32_t *statements; // every `state` fact seen, in order
    uint32_t statement_count;
    const QuidConversion *conversions; // of the totals, the deal's expressions and payoffs
    uint32_t conversion_count;
    const uint32_t *conversion_facts;
} QuidLedgerTables;

// Settles the facts. OK, or INVALID with diagnostics at the facts' lines; *ledger only on OK.
// Warnings (a past move date without a choice, parts above a whole by exchange rate) do not make it
// invalid. deal must outlive it.
QUID_API QUID_MUST_USE QuidStatus quid_ledger_settle(QuidContext *context, const QuidDeal *deal,
                                                     const QuidLedgerOptions *options,
                                                     QuidLedger **ledger);
QUID_API void quid_ledger_free(QuidLedger *ledger);

QUID_API const QuidLedgerTables *quid_ledger_tables(const QuidLedger *ledger);

// amount in another unit at the last rate known by the ledger's as-of date: exact to the minor
// part, half to even. false: no rate is known, or overflow.
QUID_API QUID_MUST_USE bool quid_ledger_convert(const QuidLedger *ledger, QuidMoney amount,
                                                QuidUnitId unit, QuidMoney *converted);

// One unit of `from` in units of `to` (major units) at the last rates known, as a double. false: no
// rate is known.
QUID_API QUID_MUST_USE bool quid_ledger_rate(const QuidLedger *ledger, QuidUnitId from,
                                             QuidUnitId to, double *rate);

// The same facts, known by the same day, less those dated after `date`: what the books held at that
// day's end as far as is known now. Reports nothing. OK or NO_MEMORY.
QUID_API QUID_MUST_USE QuidStatus quid_ledger_settle_through(QuidContext *context,
                                                             const QuidLedger *ledger,
                                                             QuidDate date, QuidLedger **earlier);

// What the facts say of a condition by the as-of date.
typedef enum QuidTruth { QUID_UNKNOWN, QUID_FALSE, QUID_TRUE } QuidTruth;
QUID_API QuidTruth quid_ledger_truth(const QuidLedger *ledger, QuidTermId condition);

// The balances as text (`quid check --dump ledger`): every table, amounts in minor parts. As
// quid_text_dump.
QUID_API QUID_MUST_USE QuidStatus quid_ledger_dump(const QuidLedger *ledger, QuidOutput output);

#endif
