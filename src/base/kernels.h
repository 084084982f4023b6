// The branch-free insides of exp and log, for the width of the last lanes.h. Coefficients: own
// minimax fits (Remez exchange in 50 digits); their errors stand beside them.

#ifndef QUID_KERNELS_H
#define QUID_KERNELS_H
#define QUID_LN2_HIGH 0x1.62e42fefa3800p-1 // 42 bits: times a whole number of 11 bits it is exact
#define QUID_LN2_LOW 0x1.ef35793c76730p-45 // ln 2 less that
#define QUID_ROUND 0x1.8p52                // added and taken away: to the nearest whole number
#endif

// (exp(r) - 1 - r) / r^2 for |r| <= ln 2 / 2: 6e-20 absolute in exp(r).
LANED_INLINE REAL LANED(exp_polynomial)(REAL r)
{
    const REAL square = r * r;
    REAL even = square * 0x1.1f9e2921cd796p-29 + 0x1.27e4bf0c81455p-22;
    even = even * square + 0x1.a01a01b4649ecp-16;
    even = even * square + 0x1.6c16c16c13568p-10;
    even = even * square + 0x1.555555555555ep-5;
    even = even * square + 0.5;
    REAL odd = square * 0x1.af6ccc87aea53p-26 + 0x1.71ddef9415c7dp-19;
    odd = odd * square + 0x1.a01a01b3bb024p-13;
    odd = odd * square + 0x1.111111110ebb3p-7;
    odd = odd * square + 0x1.555555555555cp-3;
    return even + r * odd;
}

// exp(x + low) for |low| < 2^-14, below 0.7 ulp: x = k ln 2 + r, and exp(r) is summed from its
// largest term down, with what each sum loses (as in Tang 1989, without his table). 2^k is applied
// in two halves, so that results below the normal range are rounded once and those above become
// infinity.
LANED_INLINE REAL LANED(exp_kernel)(REAL x, REAL low)
{
    x = LANED(greatest)(LANED(least)(x, LANED(splat)(710.0)), LANED(splat)(-746.0));
    const REAL k = (x * 0x1.71547652b82fep+0 + QUID_ROUND) - QUID_ROUND;
    const REAL r_high = x - k * QUID_LN2_HIGH;
    const REAL r_low = k * QUID_LN2_LOW - low;
    const REAL r = r_high - r_low;
    const REAL sum = 1.0 + r_high;
    const REAL lost = r_high - (sum - 1.0);
    const REAL result = sum + (lost + (r * r * LANED(exp_polynomial)(r) - r_low));
    // The whole number stands in the last bits; the shift leaves it, with the bias, as exponent.
    const REAL half = k * 0.5 + (QUID_ROUND + 1023.0);
    const REAL rest = (k - (half - (QUID_ROUND + 1023.0))) + (QUID_ROUND + 1023.0);
    const REAL scale = LANED(real_of)(LANED(bits_of)(half) << 52);
    const REAL scale_rest = LANED(real_of)(LANED(bits_of)(rest) << 52);
    return result * scale * scale_rest;
}

// x = 2^exponent (1 + fraction), fraction in [sqrt(1/2) - 1, sqrt(2) - 1), for normal x > 0. The
// exponent is a double.
LANED_INLINE void LANED(log_parts)(REAL x, REAL *exponent, REAL *fraction)
{
    const uint64_t root_half = UINT64_C(0x3fe6a09e667f3bcd);
    // Biased so that it stays positive; then the exponent is put into the last bits of 2^52.
    const BITS shifted = LANED(bits_of)(x) + ((UINT64_C(1023) << 52) - root_half);
    *exponent = LANED(real_of)((shifted >> 52) | UINT64_C(0x4330000000000000)) - (0x1p52 + 1023.0);
    *fraction = LANED(real_of)((shifted & UINT64_C(0x000fffffffffffff)) + root_half) - 1.0;
}

// (log((1 + s) / (1 - s)) - 2 s) / s with z = s^2 <= 0.02945: 3e-18 absolute.
LANED_INLINE REAL LANED(log_polynomial)(REAL z)
{
    const REAL square = z * z;
    REAL even = square * 0x1.2e510def10f56p-3 + 0x1.74656b6af65cfp-3;
    even = even * square + 0x1.2492493b89736p-2;
    even = even * square + 0x1.5555555555570p-1;
    REAL odd = square * 0x1.39b51fbef79c6p-3 + 0x1.c71c568cb7cffp-3;
    odd = odd * square + 0x1.999999998897cp-2;
    return (even + z * odd) * z;
}

// exponent ln 2 + log(1 + f) + low, with s = f / (2 + f), log(1 + f) = f - f^2/2 + s (f^2/2 +
// R(s^2)) (Ng's arrangement; see Tang 1990 for its error), and the sum of the two large terms kept
// exact: either the exponent is 0, or its term is the larger one.
LANED_INLINE REAL LANED(log_of_parts)(REAL exponent, REAL f, REAL low)
{
    const REAL s = f / (2.0 + f);
    const REAL half_square = 0.5 * f * f;
    const REAL small =
        s * (half_square + LANED(log_polynomial)(s * s)) + (exponent * QUID_LN2_LOW + low);
    const REAL large = exponent * QUID_LN2_HIGH;
    const REAL sum = large + f;
    const REAL lost = f - (sum - large);
    return sum + (lost - (half_square - small));
}

// log x for normal x > 0.
LANED_INLINE REAL LANED(log_normal_kernel)(REAL x)
{
    REAL exponent;
    REAL fraction;
    LANED(log_parts)(x, &exponent, &fraction);
    return LANED(log_of_parts)(exponent, fraction, LANED(splat)(0.0));
}

// log x for every x.
LANED_INLINE REAL LANED(log_kernel)(REAL x)
{
    const REAL zero = LANED(splat)(0.0);
    const BITS is_small = LANED(is_less)(x, LANED(splat)(0x1p-1022));
    REAL exponent;
    REAL fraction;
    LANED(log_parts)(LANED(select)(is_small, x * 0x1p54, x), &exponent, &fraction);
    exponent = exponent - LANED(select)(is_small, LANED(splat)(54.0), zero);
    REAL result = LANED(log_of_parts)(exponent, fraction, zero);
    const REAL infinite = LANED(splat)((double)INFINITY);
    result = LANED(select)(LANED(is_less)(x, infinite), result, x); // infinity and NaN stay
    const BITS is_zero = LANED(is_most)(LANED(size)(x), zero);
    result = LANED(select)(is_zero, -infinite, result);
    return LANED(select)(LANED(is_less)(x, zero), LANED(splat)((double)NAN), result);
}
