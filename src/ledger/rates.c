// Exchange rates: the last known one of each pair of currencies, chains of them, and exact amounts
// across them, rounded once, half to even.
#include "ledger_internal.h"

#include <string.h>

static QuidRateTable *rates_of(QuidLedger *ledger)
{
    return &ledger->rates;
}

// Currencies are few (ISO 4217 lists about 180), so that pairs stand in a square.
bool quid__open_rates(QuidLedger *ledger)
{
    const QuidDealTables *model = ledger->model;
    QuidRateTable *rates = rates_of(ledger);
    *rates = (QuidRateTable){.generation = 1};
    for (uint32_t unit = 1; unit < model->unit_count; unit++)
        rates->count += model->units[unit].is_currency;
    QUID_ASSERT(rates->count < QUID_RATE_UNIT_MAX);
    const size_t count = rates->count + 1;
    rates->number = quid__arena_push(&ledger->arena, model->unit_count * sizeof(uint32_t));
    rates->unit = quid__arena_push(&ledger->arena, count * sizeof(uint32_t));
    rates->last = quid__arena_push(&ledger->arena, count * count * sizeof(uint32_t));
    rates->factors = quid__arena_push(&ledger->arena, count * count * sizeof(QuidFactor));
    if (ledger->arena.has_failed)
        return false;
    uint32_t number = 0;
    for (uint32_t unit = 1; unit < model->unit_count; unit++) {
        if (!model->units[unit].is_currency)
            continue;
        rates->number[unit] = ++number;
        rates->unit[number] = unit;
    }
    return true;
}

static size_t pair_index(const QuidRateTable *rates, uint32_t from, uint32_t to)
{
    return (size_t)rates->number[from] * (rates->count + 1) + rates->number[to];
}

void quid__note_rate(QuidLedger *ledger, uint32_t fact_index)
{
    QuidRateTable *rates = rates_of(ledger);
    const QuidFact *fact = &ledger->model->facts[fact_index];
    rates->last[pair_index(rates, fact->subject, fact->choice)] = fact_index + 1;
    rates->last[pair_index(rates, fact->choice, fact->subject)] = fact_index + 1;
    rates->generation += 1;
}

// ---- Chains -----------------------------------------------------------------

// Breadth first: the shortest chain of known rates, the currency named first in the deal among
// equals. Returns its length; 0: there is none.
static uint32_t find_chain(const QuidLedger *ledger, uint32_t from, uint32_t to,
                           uint32_t chain[QUID_RATE_CHAIN_MAX])
{
    const QuidRateTable *rates = &ledger->rates;
    const uint32_t source = rates->number[from];
    const uint32_t target = rates->number[to];
    uint32_t queue[QUID_RATE_UNIT_MAX];
    uint32_t before[QUID_RATE_UNIT_MAX] = {0};
    uint32_t depth[QUID_RATE_UNIT_MAX] = {0};
    if (source == 0 || target == 0 || source == target)
        return 0;
    const size_t stride = rates->count + 1;
    uint32_t count = 1;
    queue[0] = source;
    before[source] = source;
    for (uint32_t head = 0; head < count && before[target] == 0; head++) {
        const uint32_t at = queue[head];
        for (uint32_t next = 1; depth[at] < QUID_RATE_CHAIN_MAX && next <= rates->count; next++) {
            if (before[next] != 0 || rates->last[at * stride + next] == 0)
                continue;
            before[next] = at;
            depth[next] = depth[at] + 1;
            queue[count++] = next;
        }
    }
    if (before[target] == 0)
        return 0;
    uint32_t at = target;
    for (uint32_t i = depth[target]; i-- > 0; at = before[at])
        chain[i] = rates->last[before[at] * stride + at] - 1;
    return depth[target];
}

static void reduce(QuidFraction *fraction)
{
    const QuidInt128 common = quid__gcd128(fraction->numerator, fraction->denominator);
    fraction->numerator /= common;
    fraction->denominator /= common;
}

// One rate of a chain, as a factor on amounts in minor parts.
static bool multiply_rate(const QuidLedger *ledger, uint32_t rate, uint32_t *unit,
                          QuidFraction *factor)
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
    const bool is_fit = !__builtin_mul_overflow(factor->numerator, above, &factor->numerator) &&
                        !__builtin_mul_overflow(factor->denominator, below, &factor->denominator);
    if (is_fit)
        reduce(factor);
    return is_fit;
}

static QuidFactor make_factor(const QuidLedger *ledger, uint32_t from, uint32_t to)
{
    QuidFactor factor = {.generation = ledger->rates.generation};
    QuidFraction fraction = {1, 1};
    factor.count = find_chain(ledger, from, to, factor.chain);
    uint32_t unit = from;
    bool is_fit = factor.count > 0;
    for (uint32_t i = 0; is_fit && i < factor.count; i++)
        is_fit = multiply_rate(ledger, factor.chain[i], &unit, &fraction);
    memcpy(factor.fraction, &fraction, sizeof fraction);
    factor.count = is_fit ? factor.count : 0;
    return factor;
}

// The factor between two currencies by the rates known now; made again only after a new rate.
static QuidFactor *find_factor(QuidLedger *ledger, uint32_t from, uint32_t to)
{
    QuidRateTable *rates = rates_of(ledger);
    QuidFactor *factor = &rates->factors[pair_index(rates, from, to)];
    if (factor->generation != rates->generation)
        *factor = make_factor(ledger, from, to);
    return factor;
}

// ---- Conversion -------------------------------------------------------------

static bool scale(int64_t minor, const QuidFactor *factor, int64_t *converted)
{
    QuidFraction fraction;
    memcpy(&fraction, factor->fraction, sizeof fraction);
    return quid__scale_minor(minor, fraction.numerator, fraction.denominator, converted);
}

static void note_conversion(QuidLedger *ledger, QuidUnitId from, QuidUnitId to, QuidFactor *factor)
{
    factor->is_noted = true;
    double rate = 1;
    uint32_t unit = from.index;
    const uint32_t first = ledger->conversion_facts.count;
    for (uint32_t i = 0; i < factor->count; i++) {
        const QuidFact *fact = &ledger->model->facts[factor->chain[i]];
        const double value = quid_decimal_to_double((QuidDecimal){fact->amount, fact->exponent});
        rate = fact->subject == unit ? rate * value : rate / value;
        unit = fact->subject == unit ? fact->choice : fact->subject;
        uint32_t *added = quid__vector_push(&ledger->conversion_facts);
        if (added != NULL)
            *added = factor->chain[i];
    }
    QuidConversion *conversion = quid__vector_push(&ledger->conversions);
    if (conversion != NULL)
        *conversion = (QuidConversion){from, to, first, factor->count, rate};
}

QuidConverted quid__convert(QuidLedger *ledger, int64_t minor, QuidUnitId from, QuidUnitId to,
                            int64_t *converted)
{
    *converted = minor;
    if (minor == 0 || from.index == to.index)
        return QUID_CONVERTED;
    QuidFactor *factor = find_factor(ledger, from.index, to.index);
    if (factor->count == 0)
        return QUID_NO_RATE;
    if (!scale(minor, factor, converted))
        return QUID_TOO_LARGE;
    // Only what the totals stand on is listed: rates of the days on the way are not.
    if (ledger->is_finishing && !factor->is_noted)
        note_conversion(ledger, from, to, factor);
    return QUID_CONVERTED;
}

// A pair that is listed already, in either direction, is not listed again.
static void note_use(QuidLedger *ledger, QuidUnitId from, QuidUnitId to)
{
    if (from.index == 0 || to.index == 0 || from.index == to.index)
        return;
    QuidFactor *factor = find_factor(ledger, from.index, to.index);
    const QuidFactor *back = find_factor(ledger, to.index, from.index);
    if (factor->count > 0 && !factor->is_noted && !back->is_noted)
        note_conversion(ledger, from, to, factor);
}

// What the deal's expressions and payoffs convert, beside the totals.
void quid__note_expressions(QuidLedger *ledger)
{
    const QuidDealTables *model = ledger->model;
    for (uint32_t i = 1; i < model->term_count; i++) {
        const QuidTerm *term = &model->terms[i];
        if (term->kind == QUID_TERM_CONVERT)
            note_use(ledger, model->terms[model->term_childs[term->child_first].index].type.money,
                     term->type.money);
    }
    for (uint32_t i = 0; i < model->worth_count; i++) {
        const QuidWorth *worth = &model->worths[i];
        QuidUnitId unit = model->currency;
        for (uint32_t j = 0; unit.index == 0 && j <= i; j++) {
            if (model->worths[j].party.index == worth->party.index)
                unit = model->terms[model->worths[j].amount.index].type.money;
        }
        note_use(ledger, model->terms[worth->amount.index].type.money, unit);
    }
}

bool quid_ledger_convert(const QuidLedger *ledger, QuidMoney amount, QuidUnitId unit,
                         QuidMoney *converted)
{
    int64_t minor = amount.minor;
    if (amount.unit.index != unit.index) {
        // Not from the cache: a settled ledger is read by several threads and never written.
        const QuidFactor factor = make_factor(ledger, amount.unit.index, unit.index);
        if (factor.count == 0 || !scale(amount.minor, &factor, &minor))
            return false;
    }
    *converted = (QuidMoney){minor, unit};
    return true;
}

bool quid_ledger_rate(const QuidLedger *ledger, QuidUnitId from, QuidUnitId to, double *rate)
{
    *rate = 1;
    if (from.index == to.index)
        return true;
    const QuidFactor factor = make_factor(ledger, from.index, to.index);
    uint32_t unit = from.index;
    for (uint32_t i = 0; i < factor.count; i++) {
        const QuidFact *fact = &ledger->model->facts[factor.chain[i]];
        const double value = quid_decimal_to_double((QuidDecimal){fact->amount, fact->exponent});
        *rate = fact->subject == unit ? *rate * value : *rate / value;
        unit = fact->subject == unit ? fact->choice : fact->subject;
    }
    return factor.count > 0;
}
