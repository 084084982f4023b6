// The standard normal distribution: its function by Mills' ratio, its quantile by rational
// functions (normal_lanes.h).
#include "maths.h"

// As quantile_tail for p from 2^-53 down to the smallest double: 6e-18.
static double quantile_far(double p)
{
    const double t = sqrt(-2.0 * quid__log(p));
    double over = t * 0x1.21de1da51fec2p-34 + 0x1.3d4f16dd97d27p-21;
    over = over * t + 0x1.90ea6d0a51a5bp-13;
    over = over * t + 0x1.f451aec5cfc58p-7;
    over = over * t + 0x1.9a0a920c8a377p-2;
    over = over * t + 0x1.c9ecfae3c7949p+1;
    over = over * t + 0x1.265846cf391a8p+3;
    over = over * t + 0x1.97eeeb8c47adcp+1;
    double under = t * 0x1.3ef1d5e7e8db0p-24 + 0x1.0510af9c57a39p-15;
    under = under * t + 0x1.95110a51cb99ep-9;
    under = under * t + 0x1.a30b25f35b354p-4;
    under = under * t + 0x1.3aaebdc53e841p+0;
    under = under * t + 0x1.4353458beabccp+2;
    under = under * t + 0x1.6073453b51ed7p+2;
    under = under * t + 1.0;
    return over / under - t;
}

// tail: min(p, 1 - p) with the sign of p - 1/2, not in the range above.
static double quantile_of_edge(double tail)
{
    const double size = fabs(tail);
    if (tail != tail)
        return tail;
    if (size == 0.0)
        return quid__bits_of_double(tail) >> 63 != 0 ? -(double)INFINITY : (double)INFINITY;
    return tail < 0.0 ? quantile_far(size) : -quantile_far(size);
}

#define QUID_WIDTH 1
#include "normal_lanes.h"
#undef QUID_WIDTH
#define QUID_WIDTH 2
#include "normal_lanes.h"
#undef QUID_WIDTH
#if QUID_HAS_CLONES || QUID_POLYNOMIAL_WIDTH == 4
#define QUID_WIDTH 4
#include "normal_lanes.h"
#undef QUID_WIDTH
#endif
#if QUID_HAS_CLONES
#define QUID_WIDTH 8
#include "normal_lanes.h"
#undef QUID_WIDTH
#endif

double quid__normal_quantile(double p)
{
    const double q = p - 0.5;
    if (fabs(q) <= CENTRE)
        return quantile_centre_1(q);
    const double tail = p < 0.5 ? p : 1.0 - p;
    if (!(tail >= 0.0))
        return (double)NAN;
    if (tail < TAIL_MIN)
        return quantile_of_edge(with_sign_1(tail, q));
    return with_sign_1(quantile_tail_1(tail), q);
}

QUID_CLONED_PLAIN(quid__normal_quantile_block, quantile_blocks, QUID_POLYNOMIAL_WIDTH,
                  (in, out, count), const double *in, double *out, uint32_t count)

// (cdf(x) - 1/2) / x with y = x^2 <= 0.49: 4e-18.
static double cdf_centre(double y)
{
    double p = 0x1.1816b0f4a8e0fp-29;
    p = p * y - 0x1.604ea70752cd9p-25;
    p = p * y + 0x1.657bc0d06ee09p-21;
    p = p * y - 0x1.3ce8b8890bb3bp-17;
    p = p * y + 0x1.e42b0beae4c1ap-14;
    p = p * y - 0x1.37403f697ce0ep-10;
    p = p * y + 0x1.46d0429765d63p-7;
    p = p * y - 0x1.1058377e2cec1p-4;
    return p * y + 0x1.9884533d43651p-2;
}

// What density(x) / cdf(-x) exceeds x by, for x in [0.69, 39.1]: 2e-17 of that quotient. It is
// small beside x, and so are its roundings.
static double mills_excess(double x)
{
    static const double over[9] = {
        0x1.9884533ddf516p-1,  0x1.e60238f9da5b0p-1,  0x1.260df14aa6032p-1,
        0x1.c976b111b7205p-3,  0x1.ede4a2e8a72a2p-5,  0x1.792bf82540330p-7,
        0x1.8eb68bfa45b99p-10, 0x1.0d3ef6a280910p-13, 0x1.6c9c6e46bb3b1p-18,
    };
    static const double under[10] = {
        1.0,
        0x1.a52697678ef52p+0,
        0x1.5519e5149d03ap+0,
        0x1.5f3b2c9be7a83p-1,
        0x1.f708917b30baap-3,
        0x1.0345d1ca2ca10p-4,
        0x1.8195f12944f11p-7,
        0x1.918fc49fb2b27p-10,
        0x1.0d3ef6a7f01fcp-13,
        0x1.6c9c6e45c52b9p-18,
    };
    double above = over[8];
    double below = under[9] * x + under[8];
    for (int i = 7; i >= 0; i--) {
        above = above * x + over[i];
        below = below * x + under[i];
    }
    return above / below;
}

// cdf(-x) for x >= 0.69. The square is taken apart, or its rounding would grow with x^2.
static double cdf_below(double x)
{
    if (x > 39.0)
        return 0.0;
    const double high = quid__double_of_bits(quid__bits_of_double(x) & ~UINT64_C(0x7ffffff));
    const double low = x - high;
    const double density = exp_kernel_1(-0.5 * high * high, -0.5 * low * (x + high));
    return 0x1.9884533d43651p-2 * density / (x + mills_excess(x));
}

double quid__normal_cdf(double x)
{
    if (fabs(x) <= 0.69)
        return 0.5 + x * cdf_centre(x * x);
    if (x != x)
        return x;
    return x < 0.0 ? cdf_below(-x) : 1.0 - cdf_below(x);
}
