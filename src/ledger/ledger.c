// The ledger's entry: settle the full record to find its mistakes, then the view that was asked
// for.
#include "ledger_internal.h"

#define OPTIONS_COOKIE 0x6c656467u

QuidLedgerOptions quid_ledger_options(void)
{
    return (QuidLedgerOptions){.as_of = QUID_NO_DATE, .cookie = OPTIONS_COOKIE};
}

static void open_pledges(QuidLedger *ledger)
{
    const QuidDealTables *model = ledger->model;
    for (uint32_t i = 0; i < model->pledge_count; i++) {
        QuidPledgeBalance *balance = &ledger->balances[i];
        balance->unit = model->pledges[i].unit;
        balance->last_fact = UINT32_MAX;
        for (uint32_t stage = 0; stage < QUID_STAGE_COUNT; stage++)
            balance->stage_date[stage] = QUID_NO_DATE;
        balance->deadline = (QuidDeadline){.original = model->pledges[i].due.last,
                                           .current = model->pledges[i].due.last,
                                           .met = QUID_NO_DATE};
    }
    for (uint32_t i = 1; i < model->pledge_count; i++) {
        for (uint32_t at = model->pledges[i].parent.index; at != 0;
             at = model->pledges[at].parent.index) {
            ledger->balances[at].has_parts = true;
            ledger->books[i].depth += 1;
            const bool is_foreign = model->pledges[i].unit.index != model->pledges[at].unit.index;
            ledger->books[at].is_mixed =
                ledger->books[at].is_mixed || (is_foreign && model->pledges[at].unit.index != 0 &&
                                               model->pledges[i].unit.index != 0);
        }
    }
}

static void open_states(QuidLedger *ledger)
{
    const QuidDealTables *model = ledger->model;
    for (uint32_t i = 0; i < model->milestone_count; i++) {
        const QuidDate due = model->milestones[i].due.last;
        ledger->milestones[i] = (QuidMilestoneState){
            QUID_NO_DATE, UINT32_MAX, {.original = due, .current = due, .met = QUID_NO_DATE}};
    }
    for (uint32_t i = 0; i < model->event_count; i++)
        ledger->events[i] = (QuidEventState){.date = QUID_NO_DATE, .fact = UINT32_MAX};
    uint32_t choice = 0;
    for (uint32_t i = 1; i < model->move_count; i++) {
        ledger->moves[i].choice_first = choice;
        choice += model->moves[i].date_count;
    }
    for (uint32_t i = 0; i < model->move_date_count; i++)
        ledger->choices[i] = (QuidChoice){QUID_NO_CHOICE, UINT32_MAX};
}

static bool open_books(QuidLedger *ledger)
{
    const QuidDealTables *model = ledger->model;
    QuidArena *arena = &ledger->arena;
    ledger->balances =
        quid__arena_push(arena, (size_t)model->pledge_count * sizeof(QuidPledgeBalance));
    ledger->books = quid__arena_push(arena, (size_t)model->pledge_count * sizeof(Books));
    ledger->milestones =
        quid__arena_push(arena, (size_t)model->milestone_count * sizeof(QuidMilestoneState));
    ledger->events = quid__arena_push(arena, (size_t)model->event_count * sizeof(QuidEventState));
    ledger->moves = quid__arena_push(arena, (size_t)model->move_count * sizeof(QuidMoveState));
    ledger->choices =
        quid__arena_push(arena, ((size_t)model->move_date_count + 1) * sizeof(QuidChoice));
    if (arena->has_failed)
        return false;
    open_pledges(ledger);
    open_states(ledger);
    return quid__open_parts(ledger) && quid__open_rates(ledger) && quid__open_lapses(ledger);
}

static void init(QuidLedger *ledger, QuidContext *context, const QuidDeal *deal,
                 QuidLedgerOptions options)
{
    *ledger = (QuidLedger){
        .context = context, .deal = deal, .model = quid_deal_tables(deal), .options = options};
    ledger->through = QUID_DATE_MAX;
    quid__arena_init(&ledger->arena, context);
    quid__vector_init(&ledger->order, context, sizeof(uint32_t));
    quid__vector_init(&ledger->extensions, context, sizeof(QuidExtension));
    quid__vector_init(&ledger->exchanges, context, sizeof(QuidExchange));
    quid__vector_init(&ledger->pairs, context, sizeof(QuidStatementPair));
    quid__vector_init(&ledger->statements, context, sizeof(uint32_t));
    quid__vector_init(&ledger->conversions, context, sizeof(QuidConversion));
    quid__vector_init(&ledger->conversion_facts, context, sizeof(uint32_t));
    quid__init_lapses(ledger);
}

static void release(QuidLedger *ledger)
{
    quid__vector_free(&ledger->order);
    quid__vector_free(&ledger->extensions);
    quid__vector_free(&ledger->exchanges);
    quid__vector_free(&ledger->pairs);
    quid__vector_free(&ledger->statements);
    quid__vector_free(&ledger->conversions);
    quid__vector_free(&ledger->conversion_facts);
    quid__vector_free(&ledger->lapses);
    quid__vector_free(&ledger->wakes);
    quid__arena_free(&ledger->arena);
}

static bool has_failed(const QuidLedger *ledger)
{
    return ledger->arena.has_failed || ledger->order.has_failed || ledger->extensions.has_failed ||
           ledger->exchanges.has_failed || ledger->pairs.has_failed ||
           ledger->statements.has_failed || ledger->conversions.has_failed ||
           ledger->conversion_facts.has_failed || ledger->lapses.has_failed ||
           ledger->wakes.has_failed || quid__report_has_failed(ledger->context);
}

static void publish(QuidLedger *ledger)
{
    QuidLedgerTables *tables = &ledger->tables;
    tables->order = ledger->order.items;
    tables->order_count = ledger->order.count;
    tables->pledges = ledger->balances;
    tables->milestones = ledger->milestones;
    tables->events = ledger->events;
    tables->moves = ledger->moves;
    tables->choices = ledger->choices;
    tables->extensions = ledger->extensions.items;
    tables->extension_count = ledger->extensions.count;
    tables->exchanges = ledger->exchanges.items;
    tables->exchange_count = ledger->exchanges.count;
    tables->pairs = ledger->pairs.items;
    tables->pair_count = ledger->pairs.count;
    tables->statements = ledger->statements.items;
    tables->statement_count = ledger->statements.count;
    tables->conversions = ledger->conversions.items;
    tables->conversion_count = ledger->conversions.count;
    tables->conversion_facts = ledger->conversion_facts.items;
}

// One settlement. is_strict: mistakes are reported.
static void settle(QuidLedger *ledger, bool is_strict)
{
    ledger->is_strict = is_strict;
    quid__order_entries(ledger);
    if (ledger->arena.has_failed || !open_books(ledger))
        return;
    (void)quid__vector_reserve(&ledger->order, ledger->tables.fact_seen_count + 1);
    quid__replay(ledger);
    quid__finish_totals(ledger);
    quid__finish_answers(ledger);
    publish(ledger);
    ledger->is_settled = true;
}

static bool is_filtered(const QuidLedger *ledger, const QuidLedgerOptions *asked)
{
    return ledger->tables.fact_later_count > 0 || asked->min_trust > 0 ||
           asked->is_left_out != NULL ||
           (asked->as_of != QUID_NO_DATE && asked->as_of != ledger->tables.as_of);
}

QuidStatus quid_ledger_settle(QuidContext *context, const QuidDeal *deal,
                              const QuidLedgerOptions *options, QuidLedger **result)
{
    QUID_ASSERT(options->cookie == OPTIONS_COOKIE);
    const uint32_t errors = quid__report_error_count(context);
    QuidLedger *ledger = quid__allocate(context, sizeof *ledger);
    if (ledger == NULL)
        return QUID_NO_MEMORY;
    init(ledger, context, deal, quid_ledger_options());
    settle(ledger, true);
    bool is_failed = has_failed(ledger);
    if (!is_failed && quid__report_error_count(context) == errors && is_filtered(ledger, options)) {
        release(ledger);
        init(ledger, context, deal, *options);
        settle(ledger, false);
        is_failed = has_failed(ledger);
    }
    // What is past is past by the view's day, which may lie before the record's end or after it.
    if (!is_failed && quid__report_error_count(context) == errors && !options->is_replay) {
        quid__warn_missing(ledger);
        is_failed = has_failed(ledger);
    }
    if (is_failed || quid__report_error_count(context) > errors) {
        quid_ledger_free(ledger);
        return is_failed ? QUID_NO_MEMORY : QUID_INVALID;
    }
    *result = ledger;
    return QUID_OK;
}

QuidStatus quid_ledger_settle_through(QuidContext *context, const QuidLedger *ledger, QuidDate date,
                                      QuidLedger **result)
{
    QuidLedger *earlier = quid__allocate(context, sizeof *earlier);
    if (earlier == NULL)
        return QUID_NO_MEMORY;
    init(earlier, context, ledger->deal, ledger->options);
    earlier->through = date;
    settle(earlier, false);
    if (has_failed(earlier)) {
        quid_ledger_free(earlier);
        return QUID_NO_MEMORY;
    }
    *result = earlier;
    return QUID_OK;
}

void quid_ledger_free(QuidLedger *ledger)
{
    if (ledger == NULL)
        return;
    release(ledger);
    quid__release(ledger->context, ledger, sizeof *ledger);
}

const QuidLedgerTables *quid_ledger_tables(const QuidLedger *ledger)
{
    return &ledger->tables;
}

QuidTruth quid_ledger_truth(const QuidLedger *ledger, QuidTermId condition)
{
    QUID_ASSERT(ledger->is_settled);
    return quid__truth((QuidLedger *)(uintptr_t)ledger, condition); // only read, once settled
}
