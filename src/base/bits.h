// Bits of doubles, and loops compiled once for each width of the machine's vectors. The clones of a
// loop give the same bits: every operation in them is one of IEEE 754's exactly rounded ones, in
// the same order for each element, and never contracted.
#ifndef QUID_BITS_H
#define QUID_BITS_H

#include "base_internal.h"

#include <float.h>
#include <math.h> // INFINITY, NAN, and fabs, sqrt, floor, which are exact
#include <string.h>

#if defined(FLT_EVAL_METHOD) && FLT_EVAL_METHOD != 0
#error "Quid needs doubles that are evaluated as doubles (not the x87 unit)"
#endif

static inline uint64_t quid__bits_of_double(double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

static inline double quid__double_of_bits(uint64_t bits)
{
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

// A 64-bit finaliser with full avalanche: Stafford's variant 13 of MurmurHash3's, as in Steele, Lea
// and Flood 2014 (SplitMix), section 3.
static inline uint64_t quid__mix_bits(uint64_t bits)
{
    bits = (bits ^ (bits >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    bits = (bits ^ (bits >> 27)) * UINT64_C(0x94D049BB133111EB);
    return bits ^ (bits >> 31);
}

// How wide the vectors are that a block function uses.
typedef enum QuidLanes {
    QUID_LANES_BASELINE, // what every machine of this architecture has
    QUID_LANES_AVX2,
    QUID_LANES_AVX512,
} QuidLanes;

#if defined(__x86_64__) && defined(__GNUC__)
#define QUID_HAS_CLONES 1
#else
#define QUID_HAS_CLONES 0
#endif

// The widest that this machine has.
static inline QuidLanes quid__lanes_best(void)
{
#if QUID_HAS_CLONES
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
        __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl"))
        return QUID_LANES_AVX512;
    if (__builtin_cpu_supports("avx2"))
        return QUID_LANES_AVX2;
#endif
    return QUID_LANES_BASELINE;
}

#define QUID_INLINE static inline __attribute__((always_inline))

#define QUID_JOIN_AGAIN(name, width) name##_##width
#define QUID_JOIN(name, width) QUID_JOIN_AGAIN(name, width)

// Defines void name(parameters), which runs the loop for the machine's vectors, and void
// name_at(lanes, parameters) for tests: body_2, body_4 and body_8 are the loops on x86-64, one for
// each width, and body_plain that of other machines. The choice is made at the call rather than by
// the linker (target_clones): that needs no ifunc, so that the sanitizers and static linking work.
#if QUID_HAS_CLONES
#define QUID_CLONED_PLAIN(name, body, plain, arguments, ...)                                       \
    void name##_at(QuidLanes lanes, __VA_ARGS__)                                                   \
    {                                                                                              \
        if (lanes == QUID_LANES_AVX512)                                                            \
            body##_8 arguments;                                                                    \
        else if (lanes == QUID_LANES_AVX2)                                                         \
            body##_4 arguments;                                                                    \
        else                                                                                       \
            body##_2 arguments;                                                                    \
    }                                                                                              \
    void name(__VA_ARGS__)                                                                         \
    {                                                                                              \
        const QuidLanes best = quid__lanes_best();                                                 \
        if (best == QUID_LANES_AVX512)                                                             \
            body##_8 arguments;                                                                    \
        else if (best == QUID_LANES_AVX2)                                                          \
            body##_4 arguments;                                                                    \
        else                                                                                       \
            body##_2 arguments;                                                                    \
    }
#else
#define QUID_CLONED_PLAIN(name, body, plain, arguments, ...)                                       \
    void name##_at(QuidLanes lanes, __VA_ARGS__)                                                   \
    {                                                                                              \
        (void)lanes;                                                                               \
        QUID_JOIN(body, plain) arguments;                                                          \
    }                                                                                              \
    void name(__VA_ARGS__)                                                                         \
    {                                                                                              \
        QUID_JOIN(body, plain) arguments;                                                          \
    }
#endif

// The usual plain width is two; loops of products of 32-bit words have one, since scalar registers
// do those best where there is no instruction for them.
#define QUID_CLONED(name, body, arguments, ...)                                                    \
    QUID_CLONED_PLAIN(name, body, 2, arguments, __VA_ARGS__)

// That of long polynomials: where WebAssembly runs, their many constants are made anew in each
// round, so that two vectors a round are a tenth faster.
#if defined(__wasm_simd128__)
#define QUID_POLYNOMIAL_WIDTH 4
#else
#define QUID_POLYNOMIAL_WIDTH 2
#endif

#endif
