// Philox's loops over blocks, for one QUID_WIDTH; see lanes.h and random.c.
#include "lanes.h"

#ifndef QUID_RANDOM_LANES_H
#define QUID_RANDOM_LANES_H
#define MULTIPLIER_0 UINT64_C(0xD2511F53)
#define MULTIPLIER_1 UINT64_C(0xCD9E8D57)
#define WEYL_0 0x9E3779B9u
#define WEYL_1 0xBB67AE85u
#define ROUND_COUNT 10

// One call of the generator serves two scenarios, half a group apart: so the calls of neighbouring
// lanes fill neighbouring places, whatever the width.
#define GROUP_COUNT 32u
#define CALL_COUNT (GROUP_COUNT / 2)

// The keys of the rounds: sums of the key and multiples of the Weyl constants.
typedef struct RoundKeys {
    uint64_t first[ROUND_COUNT];
    uint64_t second[ROUND_COUNT];
} RoundKeys;

static inline RoundKeys round_keys_of(uint64_t key)
{
    RoundKeys keys;
    for (uint32_t round = 0; round < ROUND_COUNT; round++) {
        keys.first[round] = (uint32_t)key + round * WEYL_0;
        keys.second[round] = (uint32_t)(key >> 32) + round * WEYL_1;
    }
    return keys;
}
#endif

// Four 32-bit words, each in the low half of 64 bits; what stands above is never used, since a
// round reads it by products of the low halves alone.
typedef struct LANED(Words) {
    BITS word[4];
} LANED(Words);

LANED_INLINE LANED(Words) LANED(philox)(LANED(Words) x, const RoundKeys *keys)
{
    const BITS zero = LANED(bits_of)(LANED(splat)(0.0));
    BITS word_0 = x.word[0];
    BITS word_1 = x.word[1];
    BITS word_2 = x.word[2];
    BITS word_3 = x.word[3];
    _Pragma("GCC unroll 10") for (int round = 0; round < ROUND_COUNT; round++)
    {
        const BITS product_0 = LANED(multiply_low)(word_0, zero + MULTIPLIER_0);
        const BITS product_1 = LANED(multiply_low)(word_2, zero + MULTIPLIER_1);
        word_0 = (product_1 >> 32) ^ word_1 ^ keys->first[round];
        word_1 = product_1;
        word_2 = (product_0 >> 32) ^ word_3 ^ keys->second[round];
        word_3 = product_0;
    }
    return (LANED(Words)){{word_0, word_1, word_2, word_3}};
}

// 52 random bits as the mantissa of [1, 2), less 1 - 2^-53: exact, an odd multiple of 2^-53.
LANED_INLINE REAL LANED(uniform_of_words)(BITS high, BITS low)
{
    const BITS mantissa = ((high << 32) | (low & UINT32_MAX)) >> 12;
    return LANED(real_of)(mantissa | UINT64_C(0x3FF0000000000000)) - (1.0 - 0x1p-53);
}

// The uniforms of calls [call, call + QUID_WIDTH) of one draw.
LANED_INLINE void LANED(uniform_pair)(const RoundKeys *keys, uint32_t draw, uint64_t call,
                                      REAL *first, REAL *second)
{
    static const uint64_t steps[8] = {0, 1, 2, 3, 4, 5, 6, 7};
    const BITS zero = LANED(bits_of)(LANED(splat)(0.0));
    BITS counter;
    memcpy(&counter, steps, sizeof counter);
    counter += call;
    const LANED(Words) words =
        LANED(philox)((LANED(Words)){{counter, counter >> 32, zero + draw, zero}}, keys);
    *first = LANED(uniform_of_words)(words.word[0], words.word[1]);
    *second = LANED(uniform_of_words)(words.word[2], words.word[3]);
}

LANED_INLINE void LANED(uniform_group)(const RoundKeys *keys, uint32_t draw, uint64_t group,
                                       double *out)
{
    for (uint32_t i = 0; i < CALL_COUNT; i += QUID_WIDTH) {
        REAL first;
        REAL second;
        LANED(uniform_pair)(keys, draw, group * CALL_COUNT + i, &first, &second);
        LANED(store)(out + i, first);
        LANED(store)(out + CALL_COUNT + i, second);
    }
}

LANED_TARGET static inline void LANED(uniform_blocks)(uint64_t key, uint32_t draw,
                                                      uint64_t scenario_first, uint32_t count,
                                                      double *out)
{
    const RoundKeys keys = round_keys_of(key);
    double group[GROUP_COUNT];
    uint32_t done = 0;
    while (done < count) {
        const uint64_t scenario = scenario_first + done;
        const uint32_t skip = (uint32_t)(scenario % GROUP_COUNT);
        const uint32_t rest = GROUP_COUNT - skip;
        const uint32_t part = count - done < rest ? count - done : rest;
        if (part == GROUP_COUNT) {
            LANED(uniform_group)(&keys, draw, scenario / GROUP_COUNT, out + done);
        } else {
            LANED(uniform_group)(&keys, draw, scenario / GROUP_COUNT, group);
            memcpy(out + done, group + skip, part * sizeof *out);
        }
        done += part;
    }
}
