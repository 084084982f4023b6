// 128-bit scaling of amounts; a radix sort that keeps the order of equals.
#include "exact.h"

#include <string.h>

QuidInt128 quid__power_of_ten(uint32_t exponent)
{
    QUID_ASSERT(exponent <= 38);
    QuidInt128 power = 1;
    for (uint32_t i = 0; i < exponent; i++)
        power *= 10;
    return power;
}

QuidInt128 quid__gcd128(QuidInt128 left, QuidInt128 right)
{
    left = left < 0 ? -left : left;
    right = right < 0 ? -right : right;
    while (right != 0) {
        const QuidInt128 rest = left % right;
        left = right;
        right = rest;
    }
    return left;
}

// Cancelling amount against denominator too keeps every product that fits in the end inside 128
// bits in practice; one that does not is reported, never wrapped.
bool quid__scale_minor(int64_t amount, QuidInt128 numerator, QuidInt128 denominator,
                       int64_t *scaled)
{
    QUID_ASSERT(denominator > 0);
    const QuidInt128 common = quid__gcd128(numerator, denominator);
    if (common > 1) {
        numerator /= common;
        denominator /= common;
    }
    QuidInt128 value = amount;
    const QuidInt128 shared = quid__gcd128(value, denominator);
    if (shared > 1) {
        value /= shared;
        denominator /= shared;
    }
    QuidInt128 product;
    if (__builtin_mul_overflow(value, numerator, &product))
        return false;
    // NOLINTNEXTLINE(clang-analyzer-core.DivideZero): above 0, and divided by a divisor of its own
    QuidInt128 quotient = product / denominator;
    QuidInt128 rest = product % denominator;
    const int sign = product < 0 ? -1 : 1;
    rest = rest < 0 ? -rest : rest;
    const QuidInt128 other = denominator - rest;
    if (rest > other || (rest == other && quotient % 2 != 0))
        quotient += sign;
    if (quotient > INT64_MAX || quotient < INT64_MIN)
        return false;
    *scaled = (int64_t)quotient;
    return true;
}

static uint32_t biased(int32_t key)
{
    return (uint32_t)key ^ 0x80000000u;
}

void quid__sort_by_date(const int32_t *keys, uint32_t *order, uint32_t *scratch, uint32_t count)
{
    uint32_t differing = 0;
    bool is_sorted = true;
    for (uint32_t i = 1; i < count; i++) {
        differing |= biased(keys[order[i]]) ^ biased(keys[order[0]]);
        is_sorted = is_sorted && keys[order[i - 1]] <= keys[order[i]];
    }
    if (is_sorted)
        return;
    for (uint32_t shift = 0; shift < 32; shift += 8) {
        if (((differing >> shift) & 0xFF) == 0)
            continue;
        uint32_t starts[257] = {0};
        for (uint32_t i = 0; i < count; i++)
            starts[((biased(keys[order[i]]) >> shift) & 0xFF) + 1] += 1;
        for (uint32_t i = 1; i < 257; i++)
            starts[i] += starts[i - 1];
        for (uint32_t i = 0; i < count; i++)
            scratch[starts[(biased(keys[order[i]]) >> shift) & 0xFF]++] = order[i];
        memcpy(order, scratch, (size_t)count * sizeof *order);
    }
}
