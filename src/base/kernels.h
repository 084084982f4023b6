// The branch-free insides of exp and log, shared by the scalar functions, the blocks and the normal
// distribution. Coefficients: own minimax fits (Remez exchange in 50 digits); their errors stand
// beside them.
#ifndef QUID_KERNELS_H
#define QUID_KERNELS_H

#include "bits.h"

#define QUID_LN2_HIGH 0x1.62e42fefa3800p-1 // 42 bits: times a whole number of 11 bits it is exact
#define QUID_LN2_LOW 0x1.ef35793c76730p-45 // ln 2 less that
#define QUID_ROUND 0x1.8p52                // added and taken away: to the nearest whole number

// An unevaluated sum high + low, |low| at most half an ulp of high.
typedef struct QuidPair {
    double high;
    double low;
} QuidPair;

// The exact sum (Knuth 1969).
QUID_INLINE QuidPair quid__two_sum(double left, double right)
{
    const double sum = left + right;
    const double part = sum - left;
    return (QuidPair){sum, (left - (sum - part)) + (right - part)};
}

// The same for |left| >= |right| or left = 0 (Dekker 1971).
QUID_INLINE QuidPair quid__fast_two_sum(double left, double right)
{
    const double sum = left + right;
    return (QuidPair){sum, right - (sum - left)};
}

// The exact product, for factors below 2^995 (Dekker 1971, Veltkamp's splitting).
QUID_INLINE QuidPair quid__two_product(double left, double right)
{
    const double left_scaled = left * 0x1.0000002p27;
    const double left_high = left_scaled - (left_scaled - left);
    const double left_low = left - left_high;
    const double right_scaled = right * 0x1.0000002p27;
    const double right_high = right_scaled - (right_scaled - right);
    const double right_low = right - right_high;
    const double product = left * right;
    const double error =
        ((left_high * right_high - product) + left_high * right_low + left_low * right_high) +
        left_low * right_low;
    return (QuidPair){product, error};
}

// (exp(r) - 1 - r) / r^2 for |r| <= ln 2 / 2: 6e-20 absolute in exp(r).
QUID_INLINE double quid__exp_polynomial(double r)
{
    double p = 0x1.1f9e2921cd796p-29;
    p = p * r + 0x1.af6ccc87aea53p-26;
    p = p * r + 0x1.27e4bf0c81455p-22;
    p = p * r + 0x1.71ddef9415c7dp-19;
    p = p * r + 0x1.a01a01b4649ecp-16;
    p = p * r + 0x1.a01a01b3bb024p-13;
    p = p * r + 0x1.6c16c16c13568p-10;
    p = p * r + 0x1.111111110ebb3p-7;
    p = p * r + 0x1.555555555555ep-5;
    p = p * r + 0x1.555555555555cp-3;
    return p * r + 0.5;
}

// exp(x + low) for |low| < 2^-14, below 0.6 ulp: x = k ln 2 + r, and exp(r) is summed from its
// largest term down, with what each sum loses (as in Tang 1989, without his table). 2^k is applied
// in two halves, so that results below the normal range are rounded once and those above become
// infinity.
QUID_INLINE double quid__exp_kernel(double x, double low)
{
    x = x > 710.0 ? 710.0 : x;
    x = x < -746.0 ? -746.0 : x;
    const double rounded = x * 0x1.71547652b82fep+0 + QUID_ROUND;
    const double k = rounded - QUID_ROUND;
    const double r_high = x - k * QUID_LN2_HIGH;
    const double r_low = k * QUID_LN2_LOW - low;
    const double r = r_high - r_low;
    const double sum = 1.0 + r_high;
    const double lost = r_high - (sum - 1.0);
    const double result = sum + (lost + (r * r * quid__exp_polynomial(r) - r_low));
    // The whole number stands in the last bits; the shift leaves it, with the bias, as exponent.
    const double half = k * 0.5 + (QUID_ROUND + 1023.0);
    const double rest = (k - (half - (QUID_ROUND + 1023.0))) + (QUID_ROUND + 1023.0);
    const double scale = quid__double_of_bits(quid__bits_of_double(half) << 52);
    const double scale_rest = quid__double_of_bits(quid__bits_of_double(rest) << 52);
    return result * scale * scale_rest;
}

// x = 2^exponent (1 + fraction), fraction in [sqrt(1/2) - 1, sqrt(2) - 1), for normal x > 0. The
// exponent comes as a double.
typedef struct QuidLogParts {
    double exponent;
    double fraction;
} QuidLogParts;

QUID_INLINE QuidLogParts quid__log_parts(double x)
{
    const uint64_t root_half = UINT64_C(0x3fe6a09e667f3bcd);
    // Biased so that it stays positive; then the exponent is put into the last bits of 2^52.
    const uint64_t shifted = quid__bits_of_double(x) - root_half + (UINT64_C(1023) << 52);
    const double exponent =
        quid__double_of_bits((shifted >> 52) | UINT64_C(0x4330000000000000)) - (0x1p52 + 1023.0);
    const double mantissa =
        quid__double_of_bits((shifted & UINT64_C(0x000fffffffffffff)) + root_half);
    return (QuidLogParts){exponent, mantissa - 1.0};
}

// (log((1 + s) / (1 - s)) - 2 s) / s with z = s^2 <= 0.02945: 3e-18 absolute.
QUID_INLINE double quid__log_polynomial(double z)
{
    double p = 0x1.2e510def10f56p-3;
    p = p * z + 0x1.39b51fbef79c6p-3;
    p = p * z + 0x1.74656b6af65cfp-3;
    p = p * z + 0x1.c71c568cb7cffp-3;
    p = p * z + 0x1.2492493b89736p-2;
    p = p * z + 0x1.999999998897cp-2;
    return (p * z + 0x1.5555555555570p-1) * z;
}

// exponent ln 2 + log(1 + fraction) + low, with s = f / (2 + f), log(1 + f) = f - f^2/2 + s (f^2/2
// + R(s^2)) (Ng's arrangement; see Tang 1990 for its error), and the sum of the two large terms
// kept exact.
QUID_INLINE double quid__log_of_parts(QuidLogParts parts, double low)
{
    const double f = parts.fraction;
    const double s = f / (2.0 + f);
    const double half_square = 0.5 * f * f;
    const double small =
        s * (half_square + quid__log_polynomial(s * s)) + (parts.exponent * QUID_LN2_LOW + low);
    const double large = parts.exponent * QUID_LN2_HIGH;
    const double sum = large + f;
    const double lost = parts.exponent == 0.0 ? 0.0 : f - (sum - large);
    return sum + (lost - (half_square - small));
}

// log x for normal x > 0.
QUID_INLINE double quid__log_normal_kernel(double x)
{
    return quid__log_of_parts(quid__log_parts(x), 0.0);
}

// log x for every x.
QUID_INLINE double quid__log_kernel(double x)
{
    const bool is_small = x < 0x1p-1022;
    QuidLogParts parts = quid__log_parts(is_small ? x * 0x1p54 : x);
    parts.exponent -= is_small ? 54.0 : 0.0;
    double result = quid__log_of_parts(parts, 0.0);
    result = x < (double)INFINITY ? result : x;
    const double edge = x == 0.0 ? -(double)INFINITY : (double)NAN;
    return x > 0.0 ? result : edge;
}

#endif
