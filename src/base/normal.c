// The standard normal distribution: its function by Mills' ratio, its quantile by rational
// functions in the manner of Wichura 1988 (AS 241), with fits of our own (Remez exchange in 50
// digits).
#include "maths.h"

#include "kernels.h"

#define CENTRE 0.425 // |p - 1/2| up to here is the centre
#define CENTRE_SQUARE 0.180625

// Both polynomials, from the highest power down.
QUID_INLINE double quotient_7(const double over[8], const double under[8], double x)
{
    double above = over[7];
    double below = under[7];
    for (int i = 6; i >= 0; i--) {
        above = above * x + over[i];
        below = below * x + under[i];
    }
    return above / below;
}

// The quantile for q = p - 1/2, |q| <= 0.425: 8e-17.
QUID_INLINE double quantile_centre(double q)
{
    static const double over[8] = {
        0x1.b18d91e9eef75p+1,  0x1.0a488ccfc4541p+7,  0x1.ece5dbb1734fcp+10, 0x1.ad1d8dc320dc1p+13,
        0x1.66c3d5e7b38f8p+15, 0x1.06c19a37ca79ep+16, 0x1.052cc7a9138afp+15, 0x1.39a1c16618028p+11,
    };
    static const double under[8] = {
        1.0,
        0x1.5281b863bd7e4p+5,
        0x1.5797f66bf6348p+9,
        0x1.512325145ef68p+12,
        0x1.4b77218705577p+14,
        0x1.3317a43e948b3p+15,
        0x1.c0e3d83dc1440p+14,
        0x1.46a73d6427c37p+12,
    };
    return q * quotient_7(over, under, CENTRE_SQUARE - q * q);
}

// With t = sqrt(-2 log p) the quantile is -(t - D(t)), where D is small and smooth. For p from
// 0.075 down to 2^-53: 9e-17.
QUID_INLINE double quantile_tail(double t)
{
    static const double over[8] = {
        0x1.b7fc6617e933ap+1, 0x1.42f4266b67669p+4, 0x1.accf5b925ec6cp+4, 0x1.fe38ed4482e4ep+3,
        0x1.e833a8ca7bb42p+1, 0x1.2352df4e1762cp-2, 0x1.401c25480bfdfp-8, 0x1.bdde614358f58p-19,
    };
    static const double under[8] = {
        1.0,
        0x1.32d437a694142p+3,
        0x1.3bdfc4ec66a16p+4,
        0x1.0de8d1b56b694p+4,
        0x1.c262ff98be705p+2,
        0x1.2cbd4b81da37dp+0,
        0x1.036fc25c0b6cdp-4,
        0x1.92e47f6f984cep-11,
    };
    return quotient_7(over, under, t) - t;
}

// For p from 2^-53 down to the smallest double: 6e-18.
static double quantile_far(double t)
{
    static const double over[8] = {
        0x1.97eeeb8c47adcp+1, 0x1.265846cf391a8p+3,  0x1.c9ecfae3c7949p+1,  0x1.9a0a920c8a377p-2,
        0x1.f451aec5cfc58p-7, 0x1.90ea6d0a51a5bp-13, 0x1.3d4f16dd97d27p-21, 0x1.21de1da51fec2p-34,
    };
    static const double under[8] = {
        1.0,
        0x1.6073453b51ed7p+2,
        0x1.4353458beabccp+2,
        0x1.3aaebdc53e841p+0,
        0x1.a30b25f35b354p-4,
        0x1.95110a51cb99ep-9,
        0x1.0510af9c57a39p-15,
        0x1.3ef1d5e7e8db0p-24,
    };
    return quotient_7(over, under, t) - t;
}

// The quantile of tail = min(p, 1 - p) in [2^-53, 0.075], not positive.
QUID_INLINE double quantile_of_tail(double tail)
{
    return quantile_tail(sqrt(-2.0 * quid__log_normal_kernel(tail)));
}

#define TAIL_MIN 0x1p-53

static double quantile_of_edge(double p, double tail)
{
    if (!(tail >= 0.0))
        return (double)NAN;
    if (tail == 0.0)
        return p == 0.0 ? -(double)INFINITY : (double)INFINITY;
    const double size = quantile_far(sqrt(-2.0 * quid__log(tail)));
    return p < 0.5 ? size : -size;
}

double quid__normal_quantile(double p)
{
    const double q = p - 0.5;
    if (fabs(q) <= CENTRE)
        return quantile_centre(q);
    const double tail = p < 0.5 ? p : 1.0 - p;
    if (!(tail >= TAIL_MIN))
        return quantile_of_edge(p, tail);
    const double size = quantile_of_tail(tail);
    return p < 0.5 ? size : -size;
}

// The quantiles of one piece, in place. Every value takes the centre's way; the 15 % that lie
// outside it are then gathered, computed together, and put back.
QUID_INLINE void quantile_piece(double *piece, uint32_t count)
{
    double tail[QUID_PIECE_COUNT + QUID_LANE_GROUP];
    double p[QUID_PIECE_COUNT];
    uint32_t place[QUID_PIECE_COUNT];
    uint32_t tail_count = 0;
    memcpy(p, piece, (count + QUID_LANE_GROUP - 1) / QUID_LANE_GROUP * QUID_LANE_GROUP * sizeof *p);
    for (uint32_t first = 0; first < count; first += QUID_LANE_GROUP) {
        for (uint32_t i = first; i < first + QUID_LANE_GROUP; i++)
            piece[i] = quantile_centre(p[i] - 0.5);
    }
    for (uint32_t i = 0; i < count; i++) {
        place[tail_count] = i;
        tail_count += fabs(p[i] - 0.5) <= CENTRE ? 0 : 1; // NaN goes with the tails
    }
    for (uint32_t j = 0; j < tail_count; j++) {
        const double value = p[place[j]];
        tail[j] = value < 0.5 ? value : 1.0 - value;
    }
    for (uint32_t j = tail_count; j < tail_count + QUID_LANE_GROUP; j++)
        tail[j] = 0x1p-5;
    double size[QUID_PIECE_COUNT + QUID_LANE_GROUP];
    for (uint32_t first = 0; first < tail_count; first += QUID_LANE_GROUP) {
        for (uint32_t j = first; j < first + QUID_LANE_GROUP; j++)
            size[j] = quantile_of_tail(tail[j]);
    }
    for (uint32_t j = 0; j < tail_count; j++) {
        const double value = p[place[j]];
        piece[place[j]] = value < 0.5 ? size[j] : -size[j];
    }
    for (uint32_t j = 0; j < tail_count; j++) {
        if (!(tail[j] >= TAIL_MIN))
            piece[place[j]] = quantile_of_edge(p[place[j]], tail[j]);
    }
}

QUID_INLINE void quantile_blocks(const double *in, double *out, uint32_t count)
{
    double piece[QUID_PIECE_COUNT];
    for (uint32_t first = 0; first < count; first += QUID_PIECE_COUNT) {
        const uint32_t part = quid__piece_count(first, count);
        quid__load_piece(piece, in + first, part, 0.5);
        quantile_piece(piece, part);
        memcpy(out + first, piece, part * sizeof *out);
    }
}

QUID_CLONED(quid__normal_quantile_block, quantile_blocks, (in, out, count), const double *in,
            double *out, uint32_t count)

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
    const double density = quid__exp_kernel(-0.5 * high * high, -0.5 * low * (x + high));
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
