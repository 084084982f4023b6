// Sobol points and their scrambling.
//
// Point n of a coordinate is the sum, digit by digit modulo 2, of the direction numbers of n's
// binary digits. Everything is kept with the digits in reverse, first digit lowest: then a nested
// uniform scramble (Owen 1995: whether a digit flips depends on the digits before it, and on them
// alone) is any chain of steps in which a bit is changed by lower bits only, such as additions and
// multiplications (Laine and Karras 2011; Burley 2020, section 3).
#include "sobol.h"

#include "random.h"

#define DIGIT_COUNT 32u
#define GROUP_DIGITS 6u
#define GROUP_COUNT 64u

// A polynomial, then its starting numbers, for each dimension from 1 on.
static const uint16_t joe_kuo[] = {
#define X(...) __VA_ARGS__,
#include "sobol_joe_kuo.def"
#undef X
};

// Polynomials of degree 1, 2, …: all the primitive ones of a degree stand together.
static const uint16_t polynomial_counts[13] = {1, 1, 2, 2, 6, 6, 18, 16, 48, 60, 176, 144, 630};

static const uint16_t *find_record(uint32_t dimension, uint32_t *degree)
{
    uint32_t left = dimension - 1;
    uint32_t place = 0;
    *degree = 1;
    while (left >= polynomial_counts[*degree - 1]) {
        left -= polynomial_counts[*degree - 1];
        place += polynomial_counts[*degree - 1] * (1 + *degree);
        (*degree)++;
    }
    return &joe_kuo[place + left * (1 + *degree)];
}

static uint32_t reverse_bits(uint32_t x)
{
    x = (x >> 1 & 0x55555555u) | (x & 0x55555555u) << 1;
    x = (x >> 2 & 0x33333333u) | (x & 0x33333333u) << 2;
    x = (x >> 4 & 0x0F0F0F0Fu) | (x & 0x0F0F0F0Fu) << 4;
    x = (x >> 8 & 0x00FF00FFu) | (x & 0x00FF00FFu) << 8;
    return x >> 16 | x << 16;
}

// Direction numbers 0..count-1, first digit lowest. Recurrence: Joe and Kuo 2003, equation 2, with
// the polynomial's bit degree - k for the term k back.
static void find_directions(uint32_t dimension, uint32_t count, uint32_t direction[DIGIT_COUNT])
{
    uint32_t start[DIGIT_COUNT] = {0};
    if (dimension == 0) {
        for (uint32_t i = 0; i < count; i++)
            direction[i] = UINT32_C(1) << i;
        return;
    }
    uint32_t degree = 0;
    const uint16_t *record = find_record(dimension, &degree);
    for (uint32_t i = 0; i < count; i++) {
        if (i < degree) {
            start[i] = (uint32_t)record[1 + i] << (31 - i);
        } else {
            start[i] = start[i - degree] ^ start[i - degree] >> degree;
            for (uint32_t back = 1; back < degree; back++) {
                if ((record[0] >> (degree - back) & 1) != 0)
                    start[i] ^= start[i - back];
            }
        }
        direction[i] = reverse_bits(start[i]);
    }
}

uint32_t quid__sobol_raw(uint32_t dimension, uint32_t point)
{
    QUID_ASSERT(dimension < QUID_SOBOL_DIMENSION_COUNT);
    uint32_t direction[DIGIT_COUNT];
    find_directions(dimension, DIGIT_COUNT, direction);
    uint32_t sum = 0;
    for (uint32_t digit = 0; digit < DIGIT_COUNT; digit++)
        sum ^= (point >> digit & 1) != 0 ? direction[digit] : 0;
    return reverse_bits(sum);
}

// The even constants of the scramble: any will do whose bits are mixed.
#define SCRAMBLE_0 0x6C50B47Cu
#define SCRAMBLE_1 0xB82F1E52u
#define SCRAMBLE_2 0x8D22F6E6u

typedef struct Scramble {
    uint32_t add[2];
    uint32_t multiply[2];
} Scramble;

// key tells variables apart, dimension those that share a key.
static Scramble find_scramble(uint64_t key, uint32_t dimension)
{
    const uint64_t first = quid__mix_bits(key + UINT64_C(0x9E3779B97F4A7C15) * (dimension + 1));
    const uint64_t second = quid__mix_bits(first ^ UINT64_C(0xD1342543DE82EF95));
    return (Scramble){{(uint32_t)first, (uint32_t)second},
                      {(uint32_t)(first >> 32) | 1, (uint32_t)(second >> 32) | 1}};
}

#if defined(__wasm_simd128__)
typedef uint32_t GroupDigits; // four in a vector, see sobol_lanes.h
#else
typedef uint64_t GroupDigits;
#endif

// Sums of the first GROUP_DIGITS directions, by the point's place in its group.
static void fill_group(const uint32_t *direction, GroupDigits group[GROUP_COUNT])
{
    group[0] = 0;
    for (uint32_t digit = 0; digit < GROUP_DIGITS; digit++) {
        for (uint32_t i = 0; i < UINT32_C(1) << digit; i++)
            group[(UINT32_C(1) << digit) + i] = group[i] ^ direction[digit];
    }
}

static uint32_t sum_directions(const uint32_t *direction, uint32_t point)
{
    uint32_t sum = 0;
    for (uint32_t digit = GROUP_DIGITS; point >> digit != 0; digit++) {
        sum ^= (point >> digit & 1) != 0 ? direction[digit] : 0;
        if (digit == DIGIT_COUNT - 1)
            break;
    }
    return sum;
}

#define QUID_WIDTH 1
#include "sobol_lanes.h"
#undef QUID_WIDTH
#define QUID_WIDTH 2
#include "sobol_lanes.h"
#undef QUID_WIDTH
#if QUID_HAS_CLONES
#define QUID_WIDTH 4
#include "sobol_lanes.h"
#undef QUID_WIDTH
#define QUID_WIDTH 8
#include "sobol_lanes.h"
#undef QUID_WIDTH
#endif

QUID_CLONED_PLAIN(quid__sobol_block, sobol_blocks, 1, (dimension, key, point_first, count, out),
                  uint32_t dimension, uint64_t key, uint64_t point_first, uint32_t count,
                  double *out)
