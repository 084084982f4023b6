// Promises that lapse, on the day on which their condition comes true. A condition can come true by
// what happens, by an amount that moves, by a rate, or by a day that passes: the days that matter
// are listed before the replay, so that each is met in its turn.
#include "ledger_internal.h"

// A day at whose end something is looked at: a lapse (pledge), or an amount `on DATE` (term).
typedef struct Wake {
    QuidDate date;
    uint32_t pledge;
    uint32_t term;
} Wake;

typedef struct Lapse {
    uint32_t pledge;
    bool is_of_amounts; // its condition names an amount
    bool is_fresh;      // not looked at since the promise was first heard of
} Lapse;

// ---- The days ---------------------------------------------------------------

typedef struct Walk {
    QuidLedger *ledger;
    uint32_t *seen_lets; // by let: the pledge whose condition led there last
    Lapse *lapse;
} Walk;

static void add_wake(QuidLedger *ledger, QuidDate date, uint32_t pledge, uint32_t term)
{
    if (date > ledger->options.as_of)
        return;
    Wake *wake = quid__vector_push(&ledger->wakes);
    if (wake != NULL)
        *wake = (Wake){date, pledge, term};
}

static void walk_term(Walk *walk, QuidTermId id)
{
    QuidLedger *ledger = walk->ledger;
    const QuidTerm *term = &ledger->model->terms[id.index];
    const uint32_t pledge = walk->lapse->pledge;
    if (term->kind == QUID_TERM_LET) {
        // A let may be named many times over: once is enough.
        if (walk->seen_lets[term->thing.index] == pledge)
            return;
        walk->seen_lets[term->thing.index] = pledge;
        walk_term(walk, ledger->model->lets[term->thing.index].value);
        return;
    }
    // `by D` fails when D is over, `before D` when D begins; an amount on D is known at D's end.
    if (term->kind == QUID_TERM_BY)
        add_wake(ledger, term->date.last + 1, pledge, 0);
    else if (term->kind == QUID_TERM_BEFORE && term->thing.kind == QUID_THING_NONE)
        add_wake(ledger, term->date.first, pledge, 0);
    else if (term->kind == QUID_TERM_STAGE && term->date.last != QUID_NO_DATE)
        add_wake(ledger, term->date.last, pledge, 0);
    else if (term->kind == QUID_TERM_STAGE || term->kind == QUID_TERM_CONVERT)
        walk->lapse->is_of_amounts = true;
    for (uint32_t i = 0; i < term->child_count; i++)
        walk_term(walk, ledger->model->term_childs[term->child_first + i]);
}

static void list_lapses(QuidLedger *ledger)
{
    const QuidDealTables *model = ledger->model;
    Walk walk = {ledger, NULL, NULL};
    for (uint32_t i = 1; i < model->pledge_count; i++) {
        if (model->pledges[i].lapses_if.index == 0)
            continue;
        if (walk.seen_lets == NULL)
            walk.seen_lets =
                quid__arena_push(&ledger->arena, (model->let_count + 1) * sizeof(uint32_t));
        walk.lapse = quid__vector_push(&ledger->lapses);
        if (walk.lapse == NULL || walk.seen_lets == NULL)
            return;
        *walk.lapse = (Lapse){i, false, true};
        walk_term(&walk, model->pledges[i].lapses_if);
    }
}

static void list_amounts(QuidLedger *ledger)
{
    for (uint32_t i = 1; i < ledger->model->term_count; i++) {
        const QuidTerm *term = &ledger->model->terms[i];
        if (term->kind == QUID_TERM_STAGE && term->date.last != QUID_NO_DATE)
            add_wake(ledger, term->date.last, 0, i);
    }
}

void quid__init_lapses(QuidLedger *ledger)
{
    quid__vector_init(&ledger->lapses, ledger->context, sizeof(Lapse));
    quid__vector_init(&ledger->wakes, ledger->context, sizeof(Wake));
}

bool quid__open_lapses(QuidLedger *ledger)
{
    list_amounts(ledger); // before the lapses: on one day, amounts are noted first
    list_lapses(ledger);
    const uint32_t count = ledger->wakes.count;
    ledger->wake_order = quid__arena_push(&ledger->arena, (count + 1) * sizeof(uint32_t));
    ledger->amounts = quid__arena_push(
        &ledger->arena, (count == 0 ? 1 : ledger->model->term_count) * sizeof(QuidAmountOnDate));
    int32_t *keys = quid__arena_push(&ledger->arena, (count + 1) * sizeof(int32_t));
    uint32_t *scratch = quid__arena_push(&ledger->arena, (count + 1) * sizeof(uint32_t));
    if (ledger->arena.has_failed || ledger->wakes.has_failed || ledger->lapses.has_failed)
        return false;
    for (uint32_t i = 0; i < count; i++) {
        ledger->wake_order[i] = i;
        keys[i] = QUID_AT(&ledger->wakes, Wake, i).date;
    }
    quid__sort_by_date(keys, ledger->wake_order, scratch, count);
    return true;
}

// ---- The replay -------------------------------------------------------------

static bool may_lapse(const QuidLedger *ledger, uint32_t pledge)
{
    const QuidPledgeBalance *balance = &ledger->balances[pledge];
    return balance->has_stage && balance->stage_date[QUID_STAGE_LAPSED] == QUID_NO_DATE;
}

static bool lapse(QuidLedger *ledger, uint32_t pledge)
{
    if (!may_lapse(ledger, pledge) ||
        quid__truth(ledger, ledger->model->pledges[pledge].lapses_if) != QUID_TRUE)
        return false;
    quid__take_out_all(ledger, pledge, QUID_STAGE_LAPSED);
    QuidPledgeBalance *balance = &ledger->balances[pledge];
    balance->stage = QUID_STAGE_LAPSED;
    balance->stage_date[QUID_STAGE_LAPSED] = ledger->now;
    return true;
}

void quid__lapse(QuidLedger *ledger, bool has_settled)
{
    bool looks_at_all = has_settled;
    bool has_lapsed = ledger->lapses.count > 0;
    // One promise's lapse moves amounts that another's condition may name.
    while (has_lapsed) {
        has_lapsed = false;
        for (uint32_t i = 0; i < ledger->lapses.count; i++) {
            Lapse *row = &QUID_AT(&ledger->lapses, Lapse, i);
            if (!looks_at_all && !row->is_of_amounts && !row->is_fresh)
                continue;
            row->is_fresh = row->is_fresh && !may_lapse(ledger, row->pledge);
            has_lapsed = lapse(ledger, row->pledge) || has_lapsed;
        }
        looks_at_all = false;
    }
}

static void note_amount(QuidLedger *ledger, uint32_t index)
{
    const QuidTerm *term = &ledger->model->terms[index];
    QuidStages stages;
    ledger->is_quiet = true;
    if (quid__sum_with_parts(ledger, term->thing.index, &stages))
        ledger->amounts[index] =
            (QuidAmountOnDate){quid_stages_at_least(&stages, term->stage), true};
    ledger->is_quiet = false;
}

void quid__pass_days(QuidLedger *ledger, QuidDate until)
{
    while (ledger->next_wake < ledger->wakes.count) {
        const Wake *wake = &QUID_AT(&ledger->wakes, Wake, ledger->wake_order[ledger->next_wake]);
        if (wake->date >= until)
            return;
        ledger->next_wake += 1;
        ledger->now = wake->date;
        if (wake->term != 0)
            note_amount(ledger, wake->term);
        else if (lapse(ledger, wake->pledge))
            quid__lapse(ledger, false);
    }
}
