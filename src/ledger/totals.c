// Totals with parts, in the whole's unit, at the rates known on the day.
#include "ledger_internal.h"

// ---- The tree of parts ------------------------------------------------------

// Pledges in preorder: a whole and all its parts stand in one row, parts behind their whole.
bool quid__open_parts(QuidLedger *ledger)
{
    const QuidDealTables *model = ledger->model;
    const size_t count = model->pledge_count;
    QuidArena *arena = &ledger->arena;
    ledger->preorder = quid__arena_push(arena, count * sizeof(uint32_t));
    ledger->remaining = quid__arena_push(arena, count * sizeof(int64_t));
    ledger->excess = quid__arena_push(arena, count * sizeof(int64_t));
    uint32_t *next = quid__arena_push(arena, count * sizeof(uint32_t));
    if (arena->has_failed)
        return false;
    for (uint32_t i = 1; i < count; i++) {
        for (uint32_t at = i; at != 0; at = model->pledges[at].parent.index)
            ledger->books[at].size += 1;
    }
    // next: the place at which a pledge's next part begins; of 0, the next whole.
    for (uint32_t i = 1; i < count; i++) {
        if (model->pledges[i].parent.index != 0)
            continue;
        ledger->books[i].first = next[0];
        next[i] = next[0] + 1;
        next[0] += ledger->books[i].size;
    }
    // A part may be declared before its whole: pledges are placed depth by depth.
    for (uint32_t depth = 1, placed = 1; placed > 0; depth++) {
        placed = 0;
        for (uint32_t i = 1; i < count; i++) {
            if (ledger->books[i].depth != depth)
                continue;
            const uint32_t parent = model->pledges[i].parent.index;
            ledger->books[i].first = next[parent];
            next[i] = next[parent] + 1;
            next[parent] += ledger->books[i].size;
            placed += 1;
        }
    }
    for (uint32_t i = 1; i < count; i++)
        ledger->preorder[ledger->books[i].first] = i;
    return true;
}

// ---- Parts in other units ---------------------------------------------------

static void report_rate(QuidLedger *ledger, uint32_t part, uint32_t whole)
{
    const QuidDealTables *model = ledger->model;
    if (ledger->books[part].is_rate_missing || !ledger->is_strict || ledger->is_quiet)
        return;
    ledger->books[part].is_rate_missing = true;
    const QuidString from = model->units[ledger->balances[part].unit.index].name;
    const QuidString to = model->units[ledger->balances[whole].unit.index].name;
    char date[11];
    quid_date_text(ledger->now, date);
    quid__report(ledger->context, QUID_E0603_MISSING_RATE, model->pledges[part].origin.span,
                 "`%.*s` is in %.*s, a part of `%.*s` in %.*s, and no exchange rate is known by %s",
                 QUID_PRINT(model->pledges[part].id), QUID_PRINT(from),
                 QUID_PRINT(model->pledges[whole].id), QUID_PRINT(to), date);
    quid__report_hint(ledger->context, "add a fact: %s rate %.*s/%.*s 1.25 (one %.*s is 1.25 %.*s)",
                      date, QUID_PRINT(from), QUID_PRINT(to), QUID_PRINT(from), QUID_PRINT(to));
}

static void report_large(QuidLedger *ledger, uint32_t whole)
{
    if (ledger->books[whole].is_too_large || !ledger->is_strict || ledger->is_quiet)
        return;
    ledger->books[whole].is_too_large = true;
    quid__report(ledger->context, QUID_E0608_TOO_LARGE, ledger->model->pledges[whole].origin.span,
                 "with its parts, `%.*s` is more than Quid counts exactly",
                 QUID_PRINT(ledger->model->pledges[whole].id));
}

// What a part drew in another unit, and what its own parts drew beyond what it held, taken off its
// parent. false: it cannot be counted in the parent's unit, and is left out.
static bool take_off_parent(QuidLedger *ledger, uint32_t part, uint32_t whole)
{
    const uint32_t parent = ledger->model->pledges[part].parent.index;
    const QuidUnitId unit = ledger->balances[parent].unit;
    int64_t drawn;
    int64_t taken = 0;
    if (unit.index == 0)
        return true;
    if (!quid_minor_add(ledger->books[part].drawn_foreign, ledger->excess[part], &drawn)) {
        report_large(ledger, whole);
        return false;
    }
    const QuidConverted how =
        quid__convert(ledger, drawn, ledger->balances[part].unit, unit, &taken);
    const int64_t held = ledger->remaining[parent] > 0 ? ledger->remaining[parent] : 0;
    const int64_t within = taken < held ? taken : held;
    if (how == QUID_NO_RATE)
        report_rate(ledger, part, parent);
    else if (how == QUID_TOO_LARGE ||
             !quid_minor_add(ledger->excess[parent], taken - within, &ledger->excess[parent]))
        report_large(ledger, whole);
    else {
        ledger->remaining[parent] -= within;
        return true;
    }
    return false;
}

// Parts before their wholes: what is more than a part holds goes on to its parent.
static bool settle_foreign(QuidLedger *ledger, uint32_t whole)
{
    const Books *books = &ledger->books[whole];
    bool is_good = true;
    for (uint32_t at = books->first; at < books->first + books->size; at++) {
        const uint32_t part = ledger->preorder[at];
        ledger->remaining[part] = ledger->balances[part].own.minor[QUID_STAGE_PLEDGED];
        ledger->excess[part] = 0;
    }
    for (uint32_t at = books->first + books->size - 1; at > books->first; at--)
        is_good = take_off_parent(ledger, ledger->preorder[at], whole) && is_good;
    return is_good;
}

static bool add_part(QuidLedger *ledger, uint32_t part, uint32_t whole, QuidStages *stages)
{
    for (uint32_t stage = 0; stage < QUID_STAGE_COUNT; stage++) {
        const int64_t own = stage == QUID_STAGE_PLEDGED ? ledger->remaining[part]
                                                        : ledger->balances[part].own.minor[stage];
        int64_t amount;
        const QuidConverted how = quid__convert(ledger, own, ledger->balances[part].unit,
                                                ledger->balances[whole].unit, &amount);
        if (how == QUID_NO_RATE) {
            report_rate(ledger, part, whole);
            return false;
        }
        if (how == QUID_TOO_LARGE ||
            !quid_minor_add(stages->minor[stage], amount, &stages->minor[stage])) {
            report_large(ledger, whole);
            return false;
        }
    }
    return true;
}

// Parts whose rate is not known are left out, and false says so.
static bool sum_mixed(QuidLedger *ledger, uint32_t whole, QuidStages *stages)
{
    const Books *books = &ledger->books[whole];
    bool is_whole = settle_foreign(ledger, whole);
    *stages = (QuidStages){{0}};
    for (uint32_t at = books->first; at < books->first + books->size; at++) {
        const uint32_t part = ledger->preorder[at];
        if (ledger->balances[part].unit.index != 0)
            is_whole = add_part(ledger, part, whole, stages) && is_whole;
    }
    return is_whole;
}

bool quid__sum_with_parts(QuidLedger *ledger, uint32_t pledge, QuidStages *stages)
{
    if (ledger->books[pledge].is_mixed)
        return sum_mixed(ledger, pledge, stages);
    for (uint32_t stage = 0; stage < QUID_STAGE_COUNT; stage++)
        stages->minor[stage] = ledger->books[pledge].sum[stage];
    return true;
}

int64_t quid_stages_at_least(const QuidStages *stages, QuidStage stage)
{
    int64_t sum = 0;
    QUID_ASSERT(stage >= QUID_STAGE_PLEDGED && stage <= QUID_STAGE_COMPLETED);
    for (uint32_t s = stage; s <= QUID_STAGE_COMPLETED; s++) {
        if (!quid_minor_add(sum, stages->minor[s], &sum))
            return INT64_MAX;
    }
    return sum;
}

// ---- The end of a settlement ------------------------------------------------

static void warn_above(QuidLedger *ledger, uint32_t pledge, int64_t above)
{
    const QuidPledge *row = &ledger->model->pledges[pledge];
    if (above <= 0 || !row->has_amount || row->is_or_more || !ledger->is_strict)
        return;
    char text[QUID_AMOUNT_TEXT_SIZE];
    (void)quid_deal_amount_text(ledger->deal, above, row->unit, 3, text);
    quid__report(ledger->context, QUID_W0611_ABOVE_WHOLE, row->amount_origin.span,
                 "at the last known rates, the parts of `%.*s` come to %s more than the whole",
                 QUID_PRINT(row->id), text);
}

// Double entry: what stands in all stages is what was put in and drawn, less what parts drew.
static void check_conservation(const QuidPledgeBalance *balance)
{
    int64_t own = 0;
    for (uint32_t stage = 0; stage < QUID_STAGE_COUNT; stage++)
        own += balance->own.minor[stage];
    QUID_ASSERT(own == balance->put_in + balance->drawn_in - balance->drawn_out);
}

void quid__finish_totals(QuidLedger *ledger)
{
    ledger->is_finishing = true;
    for (uint32_t i = 1; i < ledger->model->pledge_count; i++) {
        QuidPledgeBalance *balance = &ledger->balances[i];
        const bool is_mixed = ledger->books[i].is_mixed;
        balance->is_converted = is_mixed;
        balance->is_rate_missing = !quid__sum_with_parts(ledger, i, &balance->with_parts);
        balance->unallocated = !balance->has_parts ? 0
                               : is_mixed          ? ledger->remaining[i]
                                                   : balance->own.minor[QUID_STAGE_PLEDGED];
        if (is_mixed && !balance->is_rate_missing)
            warn_above(ledger, i, ledger->excess[i]);
        check_conservation(balance);
    }
    quid__note_expressions(ledger);
}
