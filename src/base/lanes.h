// Values side by side: REAL is QUID_WIDTH doubles, BITS as many 64-bit words, and LANED(name) the
// name of a function for that width. Included once for each width by what is written in these words
// (kernels.h and the block loops), so that one text gives the scalar function and those for every
// vector: the same operations in the same order, hence the same bits. Written with the vector types
// of gcc and clang rather than left to their vectorisers, which find some of these loops and miss
// others.
//
// QUID_WIDTH 1 is the scalar; 2 what every machine has; 4 and 8 need AVX2 and AVX-512 on x86-64.

#ifndef QUID_LANES_H
#define QUID_LANES_H
#include "bits.h"

#if QUID_HAS_CLONES
#include <immintrin.h>
#elif defined(__wasm_simd128__)
#include <wasm_simd128.h>
#endif

#define LANED(name) QUID_JOIN(name, QUID_WIDTH)
#define REAL LANED(Real)
#define BITS LANED(Bits)
#endif

#undef LANED_INLINE
#undef LANED_TARGET
#undef LANED_MASK
#if QUID_WIDTH == 4 && QUID_HAS_CLONES
#define LANED_TARGET __attribute__((target("avx2")))
#elif QUID_WIDTH == 8 && QUID_HAS_CLONES
#define LANED_TARGET __attribute__((target("avx512f,avx512dq,avx512bw,avx512vl")))
#else
#define LANED_TARGET
#endif
#define LANED_INLINE LANED_TARGET static inline __attribute__((always_inline, unused))

#if QUID_WIDTH == 1
typedef double REAL;
typedef uint64_t BITS;
#else
typedef double REAL __attribute__((vector_size(8 * QUID_WIDTH)));
typedef uint64_t BITS __attribute__((vector_size(8 * QUID_WIDTH)));
#endif

LANED_INLINE BITS LANED(bits_of)(REAL x)
{
    BITS bits;
    memcpy(&bits, &x, sizeof bits);
    return bits;
}

LANED_INLINE REAL LANED(real_of)(BITS bits)
{
    REAL x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

LANED_INLINE REAL LANED(load)(const double *in)
{
    REAL x;
    memcpy(&x, in, sizeof x);
    return x;
}

LANED_INLINE void LANED(store)(double *out, REAL x)
{
    memcpy(out, &x, sizeof x);
}

LANED_INLINE REAL LANED(splat)(double value)
{
#if QUID_WIDTH == 1
    return value;
#else
    return (REAL){0} + value;
#endif
}

// Comparisons give all bits where true, none where false or NaN.
#if QUID_WIDTH == 1
#define LANED_MASK(condition) ((condition) ? ~UINT64_C(0) : UINT64_C(0))
#else
#define LANED_MASK(condition) ((BITS)(condition))
#endif

LANED_INLINE BITS LANED(is_less)(REAL left, REAL right)
{
    return LANED_MASK(left < right);
}

LANED_INLINE BITS LANED(is_most)(REAL left, REAL right) // <=
{
    return LANED_MASK(left <= right);
}

// Written with exclusive or: on (mask & yes) | (~mask & no) clang 14 does not end for WebAssembly.
LANED_INLINE REAL LANED(select)(BITS mask, REAL yes, REAL no)
{
    const BITS bits = LANED(bits_of)(no);
    return LANED(real_of)(bits ^ ((bits ^ LANED(bits_of)(yes)) & mask));
}

// The lesser of both; left where they do not compare.
LANED_INLINE REAL LANED(least)(REAL left, REAL right)
{
#if defined(__wasm_simd128__) && QUID_WIDTH == 4
    v128_t halves[2];
    v128_t others[2];
    memcpy(halves, &left, sizeof left);
    memcpy(others, &right, sizeof right);
    halves[0] = wasm_f64x2_pmin(halves[0], others[0]);
    halves[1] = wasm_f64x2_pmin(halves[1], others[1]);
    memcpy(&left, halves, sizeof left);
    return left;
#else
    return LANED(select)(LANED(is_less)(right, left), right, left);
#endif
}

// The greater of both; left where they do not compare.
LANED_INLINE REAL LANED(greatest)(REAL left, REAL right)
{
#if defined(__wasm_simd128__) && QUID_WIDTH == 4
    v128_t halves[2];
    v128_t others[2];
    memcpy(halves, &left, sizeof left);
    memcpy(others, &right, sizeof right);
    halves[0] = wasm_f64x2_pmax(halves[0], others[0]);
    halves[1] = wasm_f64x2_pmax(halves[1], others[1]);
    memcpy(&left, halves, sizeof left);
    return left;
#else
    return LANED(select)(LANED(is_less)(left, right), right, left);
#endif
}

LANED_INLINE REAL LANED(size)(REAL x) // without sign
{
    return LANED(real_of)(LANED(bits_of)(x) & ~(UINT64_C(1) << 63));
}

LANED_INLINE REAL LANED(with_sign)(REAL size, REAL sign)
{
    return LANED(real_of)((LANED(bits_of)(size) & ~(UINT64_C(1) << 63)) |
                          (LANED(bits_of)(sign) & (UINT64_C(1) << 63)));
}

LANED_INLINE REAL LANED(root)(REAL x)
{
#if QUID_WIDTH == 1
    return sqrt(x);
#elif QUID_HAS_CLONES && QUID_WIDTH == 2
    return _mm_sqrt_pd(x);
#elif QUID_HAS_CLONES && QUID_WIDTH == 4
    return _mm256_sqrt_pd(x);
#elif QUID_HAS_CLONES && QUID_WIDTH == 8
    return _mm512_sqrt_pd(x);
#elif defined(__wasm_simd128__) && QUID_WIDTH == 2
    return (REAL)wasm_f64x2_sqrt((v128_t)x);
#elif defined(__wasm_simd128__) && QUID_WIDTH == 4
    v128_t halves[2];
    memcpy(halves, &x, sizeof x);
    halves[0] = wasm_f64x2_sqrt(halves[0]);
    halves[1] = wasm_f64x2_sqrt(halves[1]);
    memcpy(&x, halves, sizeof x);
    return x;
#else
    for (uint32_t i = 0; i < QUID_WIDTH; i++)
        x[i] = sqrt(x[i]);
    return x;
#endif
}

// The products of the low 32 bits.
LANED_INLINE BITS LANED(multiply_low)(BITS left, BITS right)
{
#if QUID_HAS_CLONES && QUID_WIDTH == 2
    return (BITS)_mm_mul_epu32((__m128i)left, (__m128i)right);
#elif QUID_HAS_CLONES && QUID_WIDTH == 4
    return (BITS)_mm256_mul_epu32((__m256i)left, (__m256i)right);
#elif QUID_HAS_CLONES && QUID_WIDTH == 8
    return (BITS)_mm512_mul_epu32((__m512i)left, (__m512i)right);
#else
    return (left & UINT32_MAX) * (right & UINT32_MAX);
#endif
}
