// Exponentials and logarithms; see kernels.h for how they are computed.
#include "maths.h"

#include "pairs.h"

#define QUID_WIDTH 1
#include "exp_log_lanes.h"
#undef QUID_WIDTH
#define QUID_WIDTH 2
#include "exp_log_lanes.h"
#undef QUID_WIDTH
#if QUID_HAS_CLONES || QUID_POLYNOMIAL_WIDTH == 4
#define QUID_WIDTH 4
#include "exp_log_lanes.h"
#undef QUID_WIDTH
#endif
#if QUID_HAS_CLONES
#define QUID_WIDTH 8
#include "exp_log_lanes.h"
#undef QUID_WIDTH
#endif

double quid__exp(double x)
{
    return exp_kernel_1(x, 0.0);
}

double quid__log(double x)
{
    return log_kernel_1(x);
}

// 2^k (1 + m) - 1 with m = exp(r) - 1: the large terms are summed exactly.
double quid__expm1(double x)
{
    if (!(x > -38.0))
        return x != x ? x : -1.0; // exp(-38) is below half an ulp of 1
    if (x > 40.0)
        return quid__exp(x); // 1 is below half an ulp
    if (fabs(x) < 0x1p-54)
        return x;
    const double k = (x * 0x1.71547652b82fep+0 + QUID_ROUND) - QUID_ROUND;
    const double r_high = x - k * QUID_LN2_HIGH;
    const double r_low = k * QUID_LN2_LOW;
    const double r = r_high - r_low;
    const double small = r * r * exp_polynomial_1(r) - r_low;
    if (k == 0.0)
        return r_high + small;
    const double scale = quid__double_of_bits((uint64_t)((int64_t)k + 1023) << 52);
    // 2^k - 1 is exact up to k = 53; above, 1 counts among the small terms.
    const double large = k > 53.0 ? scale : scale - 1.0;
    const QuidPair sum = quid__two_sum(large, scale * r_high);
    return sum.high + (sum.low + (scale * small - (k > 53.0 ? 1.0 : 0.0)));
}

double quid__log1p(double x)
{
    if (!(x > -1.0))
        return x == -1.0 ? -(double)INFINITY : (double)NAN;
    if (x == (double)INFINITY || fabs(x) < 0x1p-54)
        return x;
    if (x > -0.29 && x < 0.41)
        return log_of_parts_1(0.0, x, 0.0);
    // What the sum 1 + x lost enters as a derivative.
    const QuidPair sum = quid__two_sum(1.0, x);
    double exponent;
    double fraction;
    log_parts_1(sum.high, &exponent, &fraction);
    return log_of_parts_1(exponent, fraction, sum.low / sum.high);
}

// log((1 + s) / (1 - s)) from its term s^5 on, over s^5; z = s^2 <= 0.02945: 2e-18.
static double log_far_polynomial(double z)
{
    double p = 0x1.e03b05f725c6cp-4;
    p = p * z + 0x1.df7b7fae9e035p-4;
    p = p * z + 0x1.1118ce8039d1dp-3;
    p = p * z + 0x1.3b1395b06ce51p-3;
    p = p * z + 0x1.745d177aee206p-3;
    p = p * z + 0x1.c71c71c6ea333p-3;
    p = p * z + 0x1.2492492492523p-2;
    return p * z + 0x1.999999999999ap-2;
}

static QuidPair multiply_pairs(QuidPair left, QuidPair right)
{
    const QuidPair product = quid__two_product(left.high, right.high);
    return quid__fast_two_sum(product.high,
                              product.low + (left.high * right.low + left.low * right.high));
}

// log x to about 2^-66 of itself, for normal x > 0: s = f / (2 + f), its square and its cube as
// pairs; from s^5 on a double is enough.
static QuidPair log_pair(double x, double exponent_shift)
{
    double exponent;
    double f;
    log_parts_1(x, &exponent, &f);
    exponent += exponent_shift;
    const QuidPair divisor = quid__fast_two_sum(2.0, f);
    QuidPair s = {f / divisor.high, 0.0};
    const QuidPair back = quid__two_product(s.high, divisor.high);
    s.low = (((f - back.high) - back.low) - s.high * divisor.low) / divisor.high;
    const QuidPair square = multiply_pairs(s, s);
    const QuidPair two_thirds = {0x1.5555555555555p-1, 0x1.5555555555555p-55};
    const QuidPair cube = multiply_pairs(two_thirds, multiply_pairs(s, square));
    const double far = s.high * square.high * square.high * log_far_polynomial(square.high);
    const QuidPair large = quid__two_sum(exponent * QUID_LN2_HIGH, 2.0 * s.high);
    const QuidPair sum = quid__two_sum(large.high, cube.high);
    const double low =
        ((large.low + sum.low) + (cube.low + 2.0 * s.low)) + (far + exponent * QUID_LN2_LOW);
    return quid__fast_two_sum(sum.high, low);
}

// 0: x is no whole number; 1: odd; 2: even.
static int whole_parity(double x)
{
    const double size = fabs(x);
    if (size >= 0x1p53)
        return 2;
    if (size != floor(size))
        return 0;
    return (uint64_t)size % 2 == 1 ? 1 : 2;
}

// base is 0 or infinite, exponent neither 0 nor NaN.
static double power_of_edge(double base, double exponent)
{
    const bool is_large = (fabs(base) > 1.0) == (exponent > 0.0);
    const double size = is_large ? (double)INFINITY : 0.0;
    const bool is_negative = (quid__bits_of_double(base) >> 63) != 0;
    return is_negative && whole_parity(exponent) == 1 ? -size : size;
}

// exponent is infinite, base neither NaN nor 1.
static double power_to_infinity(double base, double exponent)
{
    const double size = fabs(base);
    if (size == 1.0)
        return 1.0;
    return (size > 1.0) == (exponent > 0.0) ? (double)INFINITY : 0.0;
}

double quid__pow(double base, double exponent)
{
    if (exponent == 0.0 || base == 1.0)
        return 1.0;
    if (base != base || exponent != exponent)
        return base + exponent;
    if (fabs(exponent) == (double)INFINITY)
        return power_to_infinity(base, exponent);
    double size = fabs(base);
    if (size == 0.0 || size == (double)INFINITY)
        return power_of_edge(base, exponent);
    const int parity = whole_parity(exponent);
    if (base < 0.0 && parity == 0)
        return (double)NAN;
    const bool is_small = size < 0x1p-1022;
    size = is_small ? size * 0x1p54 : size;
    const QuidPair log = log_pair(size, is_small ? -54.0 : 0.0);
    // Beyond 2^64 the result is 0, 1 or infinity all the same, and the product below stays exact.
    double power = exponent > 0x1p64 ? 0x1p64 : exponent;
    power = power < -0x1p64 ? -0x1p64 : power;
    const QuidPair product = quid__two_product(power, log.high);
    const bool is_far = fabs(product.high) > 800.0;
    const double low = is_far ? 0.0 : product.low + power * log.low;
    const double result = exp_kernel_1(product.high, low);
    return base < 0.0 && parity == 1 ? -result : result;
}

double quid__logistic(double x)
{
    const double e = quid__exp(-fabs(x));
    return (x < 0.0 ? e : 1.0) / (1.0 + e);
}

QUID_CLONED_PLAIN(quid__exp_block, exp_blocks, QUID_POLYNOMIAL_WIDTH, (in, out, count),
                  const double *in, double *out, uint32_t count)
QUID_CLONED_PLAIN(quid__log_block, log_blocks, QUID_POLYNOMIAL_WIDTH, (in, out, count),
                  const double *in, double *out, uint32_t count)
