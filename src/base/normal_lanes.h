// The normal quantile's loops over blocks, for one QUID_WIDTH; see lanes.h and normal.c. Rational
// functions in the manner of Wichura 1988 (AS 241), with fits of our own (Remez exchange in 50
// digits).
#include "lanes.h"

#include "kernels.h"

#ifndef QUID_NORMAL_LANES_H
#define QUID_NORMAL_LANES_H
#define CENTRE 0.425 // |p - 1/2| up to here is the centre
#define CENTRE_SQUARE 0.180625
#define TAIL_MIN 0x1p-53 // min(p, 1 - p) below the centre and down to here is a tail
#define PIECE_COUNT 256u // values that are sorted into centre and tails at a time
#define WIDTH_MAX 8u
#endif

// The quantile for q = p - 1/2, |q| <= 0.425: 8e-17.
LANED_INLINE REAL LANED(quantile_centre)(REAL q)
{
    const REAL r = CENTRE_SQUARE - q * q;
    const REAL square = r * r;
    REAL over_even = square * 0x1.052cc7a9138afp+15 + 0x1.66c3d5e7b38f8p+15;
    over_even = over_even * square + 0x1.ece5dbb1734fcp+10;
    over_even = over_even * square + 0x1.b18d91e9eef75p+1;
    REAL over_odd = square * 0x1.39a1c16618028p+11 + 0x1.06c19a37ca79ep+16;
    over_odd = over_odd * square + 0x1.ad1d8dc320dc1p+13;
    over_odd = over_odd * square + 0x1.0a488ccfc4541p+7;
    const REAL over = over_even + r * over_odd;
    REAL under_even = square * 0x1.c0e3d83dc1440p+14 + 0x1.4b77218705577p+14;
    under_even = under_even * square + 0x1.5797f66bf6348p+9;
    under_even = under_even * square + 1.0;
    REAL under_odd = square * 0x1.46a73d6427c37p+12 + 0x1.3317a43e948b3p+15;
    under_odd = under_odd * square + 0x1.512325145ef68p+12;
    under_odd = under_odd * square + 0x1.5281b863bd7e4p+5;
    const REAL under = under_even + r * under_odd;
    return q * (over / under);
}

// With t = sqrt(-2 log p) the quantile is D(t) - t, where D is small and smooth. For p from 0.075
// down to 2^-53: 9e-17.
LANED_INLINE REAL LANED(quantile_tail)(REAL p)
{
    const REAL t = LANED(root)(-2.0 * LANED(log_normal_kernel)(p));
    const REAL square = t * t;
    REAL over_even = square * 0x1.401c25480bfdfp-8 + 0x1.e833a8ca7bb42p+1;
    over_even = over_even * square + 0x1.accf5b925ec6cp+4;
    over_even = over_even * square + 0x1.b7fc6617e933ap+1;
    REAL over_odd = square * 0x1.bdde614358f58p-19 + 0x1.2352df4e1762cp-2;
    over_odd = over_odd * square + 0x1.fe38ed4482e4ep+3;
    over_odd = over_odd * square + 0x1.42f4266b67669p+4;
    const REAL over = over_even + t * over_odd;
    REAL under_even = square * 0x1.036fc25c0b6cdp-4 + 0x1.c262ff98be705p+2;
    under_even = under_even * square + 0x1.3bdfc4ec66a16p+4;
    under_even = under_even * square + 1.0;
    REAL under_odd = square * 0x1.92e47f6f984cep-11 + 0x1.2cbd4b81da37dp+0;
    under_odd = under_odd * square + 0x1.0de8d1b56b694p+4;
    under_odd = under_odd * square + 0x1.32d437a694142p+3;
    const REAL under = under_even + t * under_odd;
    return over / under - t;
}

// What waits for the tails' way, one after the other.
typedef struct LANED(Tails) {
    double tail[PIECE_COUNT + WIDTH_MAX]; // min(p, 1 - p) with the sign of p - 1/2
    uint32_t place[PIECE_COUNT + WIDTH_MAX];
    uint32_t count;
} LANED(Tails);

// Every value of a vector takes the centre's way; those outside it are put on the list. The list's
// end is written for each value and moves on for the tails only: no branch to mispredict.
LANED_INLINE REAL LANED(sort_tails)(REAL p, uint32_t place, LANED(Tails) * tails)
{
    const REAL q = p - 0.5;
    const REAL size = LANED(least)(1.0 - p, p);
    const BITS is_valid = LANED(is_most)(LANED(splat)(0.0), size);
    const REAL tail = LANED(with_sign)(size, q);
    const BITS is_centre = LANED(is_most)(LANED(size)(q), LANED(splat)(CENTRE));
    double tail_list[QUID_WIDTH];
    uint64_t is_centre_list[QUID_WIDTH];
    LANED(store)(tail_list, LANED(select)(is_valid, tail, LANED(splat)((double)NAN)));
    memcpy(is_centre_list, &is_centre, sizeof is_centre);
    uint32_t count = tails->count;
    for (uint32_t i = 0; i < QUID_WIDTH; i++) {
        tails->tail[count] = tail_list[i];
        tails->place[count] = place + i;
        count += 1 + (uint32_t)is_centre_list[i]; // + 2^32 - 1 where it is of the centre
    }
    tails->count = count;
    return LANED(quantile_centre)(q);
}

// The list's values in place, a vector at a time; those below TAIL_MIN one by one.
LANED_INLINE void LANED(quantile_tails)(LANED(Tails) * tails)
{
    for (uint32_t i = 0; i < QUID_WIDTH; i++)
        tails->tail[tails->count + i] = 0x1p-5;
    for (uint32_t j = 0; j < tails->count; j += QUID_WIDTH) {
        const REAL tail = LANED(load)(&tails->tail[j]);
        const BITS is_usual = LANED(is_most)(LANED(splat)(TAIL_MIN), LANED(size)(tail));
        const REAL size = LANED(quantile_tail)(LANED(size)(tail));
        LANED(store)(&tails->tail[j], LANED(with_sign)(size, tail));
        double before[QUID_WIDTH];
        uint64_t is_usual_list[QUID_WIDTH];
        uint64_t are_usual = ~UINT64_C(0);
        LANED(store)(before, tail);
        memcpy(is_usual_list, &is_usual, sizeof is_usual);
        for (uint32_t i = 0; i < QUID_WIDTH; i++)
            are_usual &= is_usual_list[i];
        for (uint32_t i = 0; are_usual == 0 && i < QUID_WIDTH; i++) {
            if (is_usual_list[i] == 0)
                tails->tail[j + i] = quantile_of_edge(before[i]);
        }
    }
}

// in and out may be the same.
LANED_TARGET static inline void LANED(quantile_blocks)(const double *in, double *out,
                                                       uint32_t count)
{
    LANED(Tails) tails;
    for (uint32_t first = 0; first < count; first += PIECE_COUNT) {
        const uint32_t end = count - first < PIECE_COUNT ? count : first + PIECE_COUNT;
        tails.count = 0;
        uint32_t i = first;
        for (; end - i >= QUID_WIDTH; i += QUID_WIDTH)
            LANED(store)(out + i, LANED(sort_tails)(LANED(load)(in + i), i, &tails));
        for (; i < end; i++)
            out[i] = quid__normal_quantile(in[i]);
        LANED(quantile_tails)(&tails);
        for (uint32_t j = 0; j < tails.count; j++)
            out[tails.place[j]] = tails.tail[j];
    }
}
