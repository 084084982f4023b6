// What the parts of the brief share: the deal, the ledger, the page, and the numbers that sources
// get here.
#ifndef QUID_BRIEF_INTERNAL_H
#define QUID_BRIEF_INTERNAL_H

#include "page.h"

typedef struct Brief {
    Page page;
    const QuidDeal *deal;
    const QuidDealTables *model;
    const QuidLedger *record;
    const QuidLedgerTables *ledger;     // the record's
    const QuidOutlookTables *outlook;   // NULL: nothing was computed
    const QuidAnswerTables *answers;    // NULL: the game was not solved
    const QuidForecastTables *forecast; // NULL: not forecast
    const uint32_t *likeliest; // by ask: the option of a choice that is followed; NULL: none
    bool is_short;             // long tables end early
    uint32_t *numbers; // by source index: its number in this brief, in order of first mention; 0:
                       // not mentioned
    uint32_t *sources; // mentioned, in that order
    uint32_t source_count;
} Brief;

// What stands at a place in the file, spaces that lay it out and its source left out.
QuidString quid__brief_excerpt(Brief *brief, QuidSpan span);
// "[3]" for a source, "(l.41)" for an assumption's line, "=" for a computed figure.
QuidString quid__brief_mark(Brief *brief, QuidOrigin origin);
QuidString quid__brief_fact_mark(Brief *brief, uint32_t fact);
// "33.3 bn USD", rounded to three digits behind the point.
QuidString quid__brief_amount(Brief *brief, int64_t minor, QuidUnitId unit);
QuidString quid__brief_percent(Brief *brief, double value);
// Whether a part of a promise is left out of its amounts: no exchange rate is known by the as-of
// day.
bool quid__brief_is_left_out(const Brief *brief, uint32_t part, uint32_t whole);
// "wait for 2025-12-31 [6], …": what is on record of a move; empty where nothing is.
QuidString quid__brief_choices(Brief *brief, uint32_t move);
QuidString quid__brief_thing(const Brief *brief, QuidThing thing);
// Shares of a supply at the middle of its lines; after: with every `once` milestone reached.
typedef struct SupplyShare {
    QuidEstimate amount; // a year
    double share;        // at the middles; with the bounds below
    double low;          // this supplier at its low end, the others at their high ends
    double high;
    bool is_open; // supplies in this view
} SupplyShare;
bool quid__brief_supply(const Brief *brief, const QuidSupply *supply, bool is_after,
                        SupplyShare *shares, double *hhi);

// Shares of the supplies over time, into tables that live in the arena.
QuidStatus quid__forecast_supplies(QuidContext *context, const QuidForecastOptions *options,
                                   QuidArena *arena, QuidOutlookTables *tables);
// Hands the forecast over to the caller, who frees it; NULL where there is none.
QuidForecast *quid__outlook_take_forecast(QuidOutlook *outlook);

void quid__brief_headline(Brief *brief);
void quid__brief_asks(Brief *brief);
// The answer to one of them, without its mark.
// A share of a supply, or a sum of such: shown as a percentage.
bool quid__term_is_share(const Brief *brief, QuidTermId id);
QuidString quid__brief_answer(Brief *brief, uint32_t ask);
void quid__brief_stages(Brief *brief);
void quid__brief_exchange(Brief *brief);
void quid__brief_deadlines(Brief *brief);
void quid__brief_open(Brief *brief);
void quid__brief_supplies(Brief *brief);
void quid__brief_statements(Brief *brief);
void quid__brief_basis(Brief *brief);
void quid__brief_sources(Brief *brief);

// Makes a brief tell of another outlook of the same deal.
void quid__brief_look_at(Brief *brief, const QuidOutlook *outlook);
// Ties a brief to what it tells of.
void quid__brief_begin(Brief *brief, QuidContext *context, const QuidLedger *ledger,
                       const QuidDeal *deal, const QuidBriefOptions *options);

QuidStatus quid__brief_json(QuidContext *context, const QuidLedger *ledger, const QuidDeal *deal,
                            const QuidBriefOptions *options, bool is_whole, QuidOutput output);
QuidStatus quid__forecast_json(QuidContext *context, const QuidLedger *ledger, const QuidDeal *deal,
                               const QuidBriefOptions *options, QuidOutput output);
QuidStatus quid__what_if_json(QuidContext *context, const QuidLedger *ledger, const QuidDeal *deal,
                              const QuidBriefOptions *options, const QuidBriefCase *cases,
                              uint32_t count, QuidOutput output);
QuidStatus quid__backtest_json(QuidContext *context, const QuidLedger *ledger, const QuidDeal *deal,
                               const QuidBacktest *backtest, const QuidBriefOptions *options,
                               QuidOutput output);
QuidStatus quid__sensitivity_json(QuidContext *context, const QuidLedger *ledger,
                                  const QuidDeal *deal, const QuidBriefOptions *options,
                                  QuidOutput output);
QuidStatus quid__solution_json(QuidContext *context, const QuidLedger *ledger, const QuidDeal *deal,
                               const QuidBriefOptions *options, QuidOutput output);

#endif
