// Totals with parts, in one currency: exact rates, chains of rates, rounding half to even.
#include "ledger_internal.h"

#define CHAIN_MAX 4u // rates in a row

// The last seen rate between two units, either way round; UINT32_MAX: none.
static uint32_t last_rate(const QuidLedger *ledger, uint32_t from, uint32_t to, uint32_t limit)
{
    for (uint32_t i = limit; i-- > 0;) {
        const uint32_t index = QUID_AT(&ledger->rates, uint32_t, i);
        const QuidFact *fact = &ledger->model->facts[index];
        if ((fact->subject == from && fact->choice == to) ||
            (fact->subject == to && fact->choice == from))
            return index;
    }
    return UINT32_MAX;
}

// Breadth first over the units: the shortest chain of known rates, the lower unit first among
// equals.
static uint32_t find_chain(const QuidLedger *ledger, uint32_t from, uint32_t to,
                           uint32_t chain[CHAIN_MAX])
{
    uint32_t paths[64][CHAIN_MAX + 1];
    uint32_t count = 1;
    paths[0][0] = from;
    uint32_t depths[64] = {0};
    for (uint32_t head = 0; head < count; head++) {
        const uint32_t depth = depths[head];
        if (paths[head][depth] == to) {
            for (uint32_t i = 0; i < depth; i++)
                chain[i] =
                    last_rate(ledger, paths[head][i], paths[head][i + 1], ledger->rates.count);
            return depth;
        }
        for (uint32_t unit = 1; depth < CHAIN_MAX && unit < ledger->model->unit_count && count < 64;
             unit++) {
            if (last_rate(ledger, paths[head][depth], unit, ledger->rates.count) == UINT32_MAX)
                continue;
            for (uint32_t i = 0; i <= depth; i++)
                paths[count][i] = paths[head][i];
            paths[count][depth + 1] = unit;
            depths[count++] = depth + 1;
        }
    }
    return 0;
}

typedef struct Fraction {
    QuidInt128 numerator;
    QuidInt128 denominator;
} Fraction;

static bool reduce(Fraction *fraction)
{
    const QuidInt128 common = quid__gcd128(fraction->numerator, fraction->denominator);
    fraction->numerator /= common;
    fraction->denominator /= common;
    return true;
}

// One rate of a chain, as a factor on amounts in minor parts.
static bool multiply_rate(const QuidLedger *ledger, uint32_t rate, uint32_t *unit, Fraction *factor)
{
    const QuidFact *fact = &ledger->model->facts[rate];
    const bool is_forward = fact->subject == *unit;
    const uint32_t next = is_forward ? fact->choice : fact->subject;
    QuidInt128 above = fact->amount;
    QuidInt128 below = 1;
    if (fact->exponent > 18 || fact->exponent < -18)
        return false;
    if (fact->exponent >= 0)
        above *= quid__power_of_ten((uint32_t)fact->exponent);
    else
        below = quid__power_of_ten((uint32_t)-fact->exponent);
    if (!is_forward) {
        const QuidInt128 kept = above;
        above = below;
        below = kept;
    }
    const int32_t shift = ledger->model->units[next].digits - ledger->model->units[*unit].digits;
    if (shift >= 0)
        above *= quid__power_of_ten((uint32_t)shift);
    else
        below *= quid__power_of_ten((uint32_t)-shift);
    *unit = next;
    return !__builtin_mul_overflow(factor->numerator, above, &factor->numerator) &&
           !__builtin_mul_overflow(factor->denominator, below, &factor->denominator) &&
           reduce(factor);
}

static void note_conversion(QuidLedger *ledger, QuidUnitId from, QuidUnitId to,
                            const uint32_t *chain, uint32_t count)
{
    for (uint32_t i = 0; i < ledger->conversions.count; i++) {
        const QuidConversion *used = &QUID_AT(&ledger->conversions, QuidConversion, i);
        if (used->from.index == from.index && used->to.index == to.index)
            return;
    }
    double rate = 1;
    uint32_t unit = from.index;
    const uint32_t first = ledger->conversion_facts.count;
    for (uint32_t i = 0; i < count; i++) {
        const QuidFact *fact = &ledger->model->facts[chain[i]];
        const double value = quid_decimal_to_double((QuidDecimal){fact->amount, fact->exponent});
        rate = fact->subject == unit ? rate * value : rate / value;
        unit = fact->subject == unit ? fact->choice : fact->subject;
        uint32_t *added = quid__vector_push(&ledger->conversion_facts);
        if (added != NULL)
            *added = chain[i];
    }
    QuidConversion *conversion = quid__vector_push(&ledger->conversions);
    if (conversion != NULL)
        *conversion = (QuidConversion){from, to, first, count, rate};
}

bool quid__convert(QuidLedger *ledger, int64_t minor, QuidUnitId from, QuidUnitId to,
                   int64_t *converted)
{
    *converted = minor;
    if (minor == 0 || from.index == to.index)
        return true;
    uint32_t chain[CHAIN_MAX];
    const uint32_t count = find_chain(ledger, from.index, to.index, chain);
    if (count == 0)
        return false;
    Fraction factor = {1, 1};
    uint32_t unit = from.index;
    for (uint32_t i = 0; i < count; i++) {
        if (!multiply_rate(ledger, chain[i], &unit, &factor))
            return false;
    }
    if (!quid__scale_minor(minor, factor.numerator, factor.denominator, converted))
        return false;
    note_conversion(ledger, from, to, chain, count);
    return true;
}

// ---- Parts in other units ---------------------------------------------------

static void report_rate(QuidLedger *ledger, uint32_t part, uint32_t whole)
{
    const QuidDealTables *model = ledger->model;
    if (ledger->books[part].is_rate_missing)
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

static bool is_part_of(const QuidLedger *ledger, uint32_t part, uint32_t whole)
{
    while (part != 0 && part != whole)
        part = ledger->model->pledges[part].parent.index;
    return part == whole && whole != 0;
}

// What parts in other units take off a pledge's own pledged amount, deepest first: what is more
// than it holds goes on to its parent. remaining: what is left, by pledge, in its unit.
static bool settle_foreign(QuidLedger *ledger, int64_t *remaining, int64_t *excess, uint32_t whole)
{
    const QuidDealTables *model = ledger->model;
    uint32_t deepest = 0;
    for (uint32_t i = 1; i < model->pledge_count; i++) {
        deepest = ledger->books[i].depth > deepest ? ledger->books[i].depth : deepest;
        remaining[i] = ledger->balances[i].own.minor[QUID_STAGE_PLEDGED];
        excess[i] = 0;
    }
    for (uint32_t depth = deepest; depth > 0; depth--) {
        for (uint32_t i = 1; i < model->pledge_count; i++) {
            const uint32_t parent = model->pledges[i].parent.index;
            if (ledger->books[i].depth != depth || parent == 0 || !is_part_of(ledger, i, whole))
                continue;
            int64_t taken = 0;
            int64_t drawn;
            if (!quid_minor_add(ledger->books[i].drawn_foreign, excess[i], &drawn))
                return false;
            if (!quid__convert(ledger, drawn, ledger->balances[i].unit,
                               ledger->balances[parent].unit, &taken)) {
                if (ledger->is_strict)
                    report_rate(ledger, i, parent);
                return false;
            }
            const int64_t held = remaining[parent] > 0 ? remaining[parent] : 0;
            const int64_t within = taken < held ? taken : held;
            remaining[parent] -= within;
            excess[parent] += taken - within;
        }
    }
    return true;
}

static bool add_part(QuidLedger *ledger, uint32_t part, uint32_t whole, int64_t pledged,
                     QuidStages *stages)
{
    for (uint32_t stage = 0; stage < QUID_STAGE_COUNT; stage++) {
        const int64_t own =
            stage == QUID_STAGE_PLEDGED ? pledged : ledger->balances[part].own.minor[stage];
        int64_t amount;
        if (!quid__convert(ledger, own, ledger->balances[part].unit, ledger->balances[whole].unit,
                           &amount)) {
            if (ledger->is_strict)
                report_rate(ledger, part, whole);
            return false;
        }
        if (!quid_minor_add(stages->minor[stage], amount, &stages->minor[stage]))
            return false;
    }
    return true;
}

static bool sum_mixed(QuidLedger *ledger, uint32_t whole, QuidStages *stages, int64_t *unallocated,
                      int64_t *above)
{
    const uint32_t count = ledger->model->pledge_count;
    int64_t *remaining = quid__allocate(ledger->context, (size_t)count * 2 * sizeof(int64_t));
    if (remaining == NULL) {
        ledger->arena.has_failed = true;
        return false;
    }
    bool is_good = settle_foreign(ledger, remaining, remaining + count, whole);
    *stages = (QuidStages){{0}};
    for (uint32_t i = 1; is_good && i < count; i++) {
        if (ledger->balances[i].unit.index != 0 && is_part_of(ledger, i, whole))
            is_good = add_part(ledger, i, whole, remaining[i], stages);
    }
    *unallocated = is_good ? remaining[whole] : 0;
    *above = is_good ? remaining[count + whole] : 0;
    quid__release(ledger->context, remaining, (size_t)count * 2 * sizeof(int64_t));
    return is_good;
}

bool quid__sum_with_parts(QuidLedger *ledger, uint32_t pledge, QuidStages *stages)
{
    if (ledger->books[pledge].is_mixed) {
        int64_t unallocated;
        int64_t above;
        return sum_mixed(ledger, pledge, stages, &unallocated, &above);
    }
    for (uint32_t stage = 0; stage < QUID_STAGE_COUNT; stage++)
        stages->minor[stage] = ledger->books[pledge].sum[stage];
    return true;
}

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

void quid__finish_totals(QuidLedger *ledger)
{
    for (uint32_t i = 1; i < ledger->model->pledge_count; i++) {
        QuidPledgeBalance *balance = &ledger->balances[i];
        balance->is_converted = ledger->books[i].is_mixed;
        balance->unallocated = balance->has_parts ? balance->own.minor[QUID_STAGE_PLEDGED] : 0;
        if (!ledger->books[i].is_mixed) {
            (void)quid__sum_with_parts(ledger, i, &balance->with_parts);
        } else {
            int64_t above = 0;
            if (sum_mixed(ledger, i, &balance->with_parts, &balance->unallocated, &above))
                warn_above(ledger, i, above);
        }
        int64_t own = 0;
        for (uint32_t stage = 0; stage < QUID_STAGE_COUNT; stage++)
            own += balance->own.minor[stage];
        // Double entry: what stands in all stages is what was put in and drawn, less what parts
        // drew.
        QUID_ASSERT(own == balance->put_in + balance->drawn_in - balance->drawn_out);
    }
}

bool quid_ledger_convert(const QuidLedger *ledger, QuidMoney amount, QuidUnitId unit,
                         QuidMoney *converted)
{
    uint32_t chain[CHAIN_MAX];
    const uint32_t count = amount.unit.index == unit.index
                               ? 0
                               : find_chain(ledger, amount.unit.index, unit.index, chain);
    if (count == 0 && amount.unit.index != unit.index)
        return false;
    Fraction factor = {1, 1};
    uint32_t at = amount.unit.index;
    for (uint32_t i = 0; i < count; i++) {
        if (!multiply_rate(ledger, chain[i], &at, &factor))
            return false;
    }
    converted->unit = unit;
    return quid__scale_minor(amount.minor, factor.numerator, factor.denominator, &converted->minor);
}
