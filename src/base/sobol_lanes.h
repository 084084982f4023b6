// The loops over Sobol points, for one QUID_WIDTH; see lanes.h and sobol.c.
#include "lanes.h"

#if defined(__wasm_simd128__)

// WebAssembly multiplies 32-bit words four at a time, and 64-bit ones hardly: the digits of four
// points in a vector, whatever QUID_WIDTH is. The same bits as below: every step is exact.
#ifndef QUID_SOBOL_WORDS
#define QUID_SOBOL_WORDS
typedef uint32_t Words __attribute__((vector_size(16)));

static inline Words scramble_words(Words x, const Scramble *scramble)
{
    x += scramble->add[0];
    x ^= x * SCRAMBLE_0;
    x *= scramble->multiply[0];
    x ^= x * SCRAMBLE_1;
    x += scramble->add[1];
    x *= scramble->multiply[1];
    x ^= x * SCRAMBLE_2;
    return x;
}

static inline v128_t middle_of(v128_t whole)
{
    return wasm_f64x2_mul(wasm_f64x2_add(whole, wasm_f64x2_splat(0.5)), wasm_f64x2_splat(0x1p-32));
}

// Each half of a byte by a table, then the bytes of each word.
static inline v128_t reverse_words(v128_t x)
{
    const v128_t reversed = wasm_u8x16_const(0, 8, 4, 12, 2, 10, 6, 14, 1, 9, 5, 13, 3, 11, 7, 15);
    const v128_t low = wasm_v128_and(x, wasm_u8x16_const_splat(15));
    const v128_t high = wasm_v128_and(wasm_u32x4_shr(x, 4), wasm_u8x16_const_splat(15));
    const v128_t bytes = wasm_v128_or(wasm_i32x4_shl(wasm_i8x16_swizzle(reversed, low), 4),
                                      wasm_i8x16_swizzle(reversed, high));
    return wasm_i8x16_shuffle(bytes, bytes, 3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12);
}

static inline void store_uniforms(Words digits, double out[4])
{
    const v128_t x = reverse_words((v128_t)digits);
    const v128_t high = wasm_i32x4_shuffle(x, x, 2, 3, 2, 3);
    wasm_v128_store(out, middle_of(wasm_f64x2_convert_low_u32x4(x)));
    wasm_v128_store(out + 2, middle_of(wasm_f64x2_convert_low_u32x4(high)));
}
#endif

LANED_INLINE void LANED(sobol_group)(const GroupDigits group[GROUP_COUNT], uint32_t base,
                                     const Scramble *scramble, double out[GROUP_COUNT])
{
    // Two vectors a round: constants are made anew in each.
    for (uint32_t i = 0; i < GROUP_COUNT; i += 8) {
        Words digits[2];
        memcpy(digits, &group[i], sizeof digits);
        store_uniforms(scramble_words(digits[0] ^ base, scramble), out + i);
        store_uniforms(scramble_words(digits[1] ^ base, scramble), out + i + 4);
    }
}

#else

// 32 digits in the low half of 64 bits, first digit lowest; what stands above is never used. Bits
// depend on lower bits alone: a product with an even number ends above the bit.
LANED_INLINE BITS LANED(scramble_bits)(BITS x, const Scramble *scramble)
{
    const BITS zero = LANED(bits_of)(LANED(splat)(0.0));
    x += scramble->add[0];
    x ^= LANED(multiply_low)(x, zero + SCRAMBLE_0);
    x = LANED(multiply_low)(x, zero + scramble->multiply[0]);
    x ^= LANED(multiply_low)(x, zero + SCRAMBLE_1);
    x += scramble->add[1];
    x = LANED(multiply_low)(x, zero + scramble->multiply[1]);
    x ^= LANED(multiply_low)(x, zero + SCRAMBLE_2);
    return x;
}

// The middle of the interval of length 2^-32 that the digits name. The last step of the reversal
// puts the first 16 digits above the last 16 by way of the double's own bits.
LANED_INLINE REAL LANED(uniform_of_digits)(BITS x)
{
    x = (x >> 1 & 0x55555555u) | (x & 0x55555555u) << 1;
    x = (x >> 2 & 0x33333333u) | (x & 0x33333333u) << 2;
    x = (x >> 4 & 0x0F0F0F0Fu) | (x & 0x0F0F0F0Fu) << 4;
    x = (x >> 8 & 0x00FF00FFu) | (x & 0x00FF00FFu) << 8;
    x = x >> 16 | (x & 0xFFFFu) << 16;
    const REAL whole = LANED(real_of)(x | UINT64_C(0x4330000000000000));
    return (whole - (0x1p52 - 0.5)) * 0x1p-32;
}

// The points of a group, whose higher digits' directions sum to base.
LANED_INLINE void LANED(sobol_group)(const GroupDigits group[GROUP_COUNT], uint32_t base,
                                     const Scramble *scramble, double out[GROUP_COUNT])
{
    for (uint32_t i = 0; i < GROUP_COUNT; i += QUID_WIDTH) {
        BITS digits;
        memcpy(&digits, &group[i], sizeof digits);
        digits = LANED(scramble_bits)(digits ^ base, scramble);
        LANED(store)(out + i, LANED(uniform_of_digits)(digits));
    }
}

#endif

// Points [point_first, point_first + count), count > 0.
LANED_INLINE void LANED(sobol_points)(uint32_t dimension, uint64_t key, uint32_t point_first,
                                      uint32_t count, double *out)
{
    uint32_t direction[DIGIT_COUNT];
    GroupDigits group[GROUP_COUNT];
    double piece[GROUP_COUNT];
    const uint32_t last = point_first + (count - 1);
    uint32_t digits = GROUP_DIGITS;
    while (digits < DIGIT_COUNT && last >> digits != 0)
        digits++;
    find_directions(dimension, digits, direction);
    fill_group(direction, group);
    const Scramble scramble = find_scramble(key, dimension);
    uint32_t done = 0;
    while (done < count) {
        const uint32_t point = point_first + done;
        const uint32_t skip = point % GROUP_COUNT;
        const uint32_t rest = GROUP_COUNT - skip;
        const uint32_t part = count - done < rest ? count - done : rest;
        LANED(sobol_group)(group, sum_directions(direction, point), &scramble, piece);
        memcpy(out + done, piece + skip, part * sizeof *out);
        done += part;
    }
}

LANED_TARGET static inline void LANED(sobol_blocks)(uint32_t dimension, uint64_t key,
                                                    uint64_t point_first, uint32_t count,
                                                    double *out)
{
    QUID_ASSERT(point_first <= QUID_SOBOL_POINT_COUNT);
    QUID_ASSERT(count <= QUID_SOBOL_POINT_COUNT - point_first);
    if (dimension >= QUID_SOBOL_DIMENSION_COUNT)
        quid__uniform_block(key, dimension, point_first, count, out);
    else if (count > 0)
        LANED(sobol_points)(dimension, key, (uint32_t)point_first, count, out);
}
