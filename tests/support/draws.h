// Helpers of the tests on numbers: a small generator of their own, errors in ulps, hashes of bits.
#ifndef QUID_TESTS_DRAWS_H
#define QUID_TESTS_DRAWS_H

#include "bits.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

typedef struct Draws {
    uint64_t state;
} Draws;

static inline uint64_t draw_bits(Draws *draws)
{
    draws->state += UINT64_C(0x9E3779B97F4A7C15);
    return quid__mix_bits(draws->state);
}

// Uniform in [low, high).
static inline double draw_between(Draws *draws, double low, double high)
{
    return low + (high - low) * ((double)(draw_bits(draws) >> 11) * 0x1p-53);
}

// |found - expected| in units of the spacing of doubles at expected.
static inline double ulps(double found, long double expected)
{
    if (isinf(found) && (double)expected == found)
        return 0.0;
    int exponent = 0;
    (void)frexpl(expected, &exponent);
    if (exponent < -1021)
        exponent = -1021;
    return (double)(fabsl((long double)found - expected) / ldexpl(1.0L, exponent - 53));
}

static inline uint64_t hash_double(uint64_t hash, double value)
{
    return (hash ^ quid__bits_of_double(value)) * UINT64_C(0x100000001B3) + (hash >> 32);
}

#define assert_close(found, expected, tolerance)                                                   \
    do {                                                                                           \
        const double found_value = (found);                                                        \
        const double expected_value = (expected);                                                  \
        if (!(fabs(found_value - expected_value) <= (tolerance)))                                  \
            fail_msg("%s is %.17g, expected %.17g within %g", #found, found_value, expected_value, \
                     (double)(tolerance));                                                         \
    } while (0)

#define assert_same_double(found, expected)                                                        \
    do {                                                                                           \
        const double found_bits = (found);                                                         \
        const double expected_bits = (expected);                                                   \
        if (memcmp(&found_bits, &expected_bits, sizeof found_bits) != 0)                           \
            fail_msg("%s is %.17g, expected %.17g", #found, found_bits, expected_bits);            \
    } while (0)

#endif
