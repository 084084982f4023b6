// Which facts are seen, and in which order they are replayed: by event date, clauses before facts,
// then in the order of reading.
#include "ledger_internal.h"

static void add_clause(QuidLedger *ledger, uint32_t pledge, QuidVerb verb, QuidDateRange date,
                       QuidOrigin origin)
{
    if (date.first == QUID_NO_DATE)
        return;
    const QuidDate published = ledger->model->sources[origin.source.index].published.first;
    const bool is_later =
        origin.source.index != 0 && published != QUID_NO_DATE && published > date.first;
    ledger->clauses[ledger->clause_count++] =
        (ClauseEntry){{pledge}, verb, date.first, is_later ? published : date.first, origin};
}

static void list_clauses(QuidLedger *ledger)
{
    const QuidDealTables *model = ledger->model;
    ledger->clauses =
        quid__arena_push(&ledger->arena, (size_t)model->pledge_count * 3 * sizeof(ClauseEntry));
    for (uint32_t i = 1; ledger->clauses != NULL && i < model->pledge_count; i++) {
        const QuidPledge *pledge = &model->pledges[i];
        add_clause(ledger, i, QUID_VERB_OFFER, pledge->offered, pledge->offered_origin);
        add_clause(ledger, i, QUID_VERB_DEMAND, pledge->demanded, pledge->demanded_origin);
        add_clause(ledger, i, QUID_VERB_PLEDGE, pledge->made, pledge->made_origin);
    }
}

static void earliest(QuidDate *first, QuidDate date)
{
    if (date != QUID_NO_DATE && (*first == QUID_NO_DATE || date < *first))
        *first = date;
}

// The first day on which something is to be decided, to happen or to be done.
static QuidDate first_to_come(const QuidDealTables *model)
{
    QuidDate first = QUID_NO_DATE;
    for (uint32_t i = 0; i < model->move_date_count; i++)
        earliest(&first, model->move_dates[i]);
    for (uint32_t i = 1; i < model->event_count; i++)
        earliest(&first, model->events[i].window.first);
    for (uint32_t i = 1; i < model->pledge_count; i++)
        earliest(&first, model->pledges[i].due.last);
    for (uint32_t i = 1; i < model->milestone_count; i++)
        earliest(&first, model->milestones[i].due.last);
    return first;
}

// The latest date on which something became known; clauses count where there are no facts. Where
// nothing is known yet, the deal's first date, but before anything that is still to come: else a
// fresh deal's first move would be over.
static QuidDate latest_known(const QuidLedger *ledger)
{
    const QuidDealTables *model = ledger->model;
    QuidDate latest = QUID_NO_DATE;
    for (uint32_t i = 0; i < model->fact_count; i++) {
        if (model->facts[i].known > latest)
            latest = model->facts[i].known;
    }
    for (uint32_t i = 0; model->fact_count == 0 && i < ledger->clause_count; i++) {
        if (ledger->clauses[i].known > latest)
            latest = ledger->clauses[i].known;
    }
    if (latest != QUID_NO_DATE)
        return latest;
    const QuidDate begin = model->first_date != QUID_NO_DATE ? model->first_date : 0;
    const QuidDate coming = first_to_come(model);
    return coming != QUID_NO_DATE && coming <= begin ? coming - 1 : begin;
}

static void count_seen(QuidLedger *ledger, const QuidFact *fact)
{
    const QuidSource *source = &ledger->model->sources[fact->source];
    const bool is_later = fact->date > ledger->options.as_of ||
                          fact->known > ledger->options.as_of ||
                          ledger_is_left_out(ledger, (uint32_t)(fact - ledger->model->facts));
    if (is_later)
        ledger->tables.fact_later_count += 1;
    else if (!ledger_is_seen(ledger, fact->date, fact->known, (QuidSourceId){fact->source}))
        ledger->tables.fact_weaker_count += 1;
    else {
        ledger->tables.fact_seen_count += 1;
        ledger->tables.fact_untrusted_count +=
            ledger->options.min_trust > 0 && (fact->source == 0 || source->trust < 0);
    }
}

static void sort_entries(QuidLedger *ledger)
{
    const QuidDealTables *model = ledger->model;
    const uint32_t count = ledger->clause_count + model->fact_count;
    int32_t *keys = quid__allocate(ledger->context, ((size_t)count + 1) * sizeof(int32_t));
    uint32_t *scratch = quid__allocate(ledger->context, ((size_t)count + 1) * sizeof(uint32_t));
    ledger->entries = quid__arena_push(&ledger->arena, ((size_t)count + 1) * sizeof(uint32_t));
    if (keys != NULL && scratch != NULL && ledger->entries != NULL) {
        for (uint32_t i = 0; i < count; i++) {
            ledger->entries[i] = i;
            keys[i] = i < ledger->clause_count ? ledger->clauses[i].date
                                               : model->facts[i - ledger->clause_count].date;
        }
        quid__sort_by_date(keys, ledger->entries, scratch, count);
        ledger->entry_count = count;
    } else {
        ledger->arena.has_failed = true;
    }
    quid__release(ledger->context, keys, ((size_t)count + 1) * sizeof(int32_t));
    quid__release(ledger->context, scratch, ((size_t)count + 1) * sizeof(uint32_t));
}

void quid__order_entries(QuidLedger *ledger)
{
    list_clauses(ledger);
    if (ledger->options.as_of == QUID_NO_DATE)
        ledger->options.as_of = latest_known(ledger);
    ledger->tables.as_of = ledger->options.as_of;
    for (uint32_t i = 0; i < ledger->model->fact_count; i++)
        count_seen(ledger, &ledger->model->facts[i]);
    sort_entries(ledger);
}
