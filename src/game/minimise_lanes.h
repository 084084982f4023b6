// The passes of regret minimisation, for one QUID_WIDTH of at most QUID_TILE_WIDTH; see lanes.h and
// minimise.c. A tile whose lanes do not fit into one vector is worked on in strips; no lane's sums
// rest on another's.
#include "lanes.h"

#ifndef QUID_MINIMISE_LANES_H
#define QUID_MINIMISE_LANES_H
// From the last tile to the first; within a tile the lanes always in the same order, in which what
// they hand to one sequence is added up.
// NOLINTBEGIN(bugprone-macro-parentheses): names that are declared
#define LANED_STRIPS_UP(sequences, tile, strip)                                                    \
    for (uint32_t tile = (sequences)->tile_count; tile-- > 0;)                                     \
        for (uint32_t strip = 0; strip < QUID_TILE_WIDTH; strip += QUID_WIDTH)
// NOLINTEND(bugprone-macro-parentheses)
#endif

// What the row's sequences pay against the other's plan.
LANED_INLINE REAL LANED(row_payoff)(const Sequences *sequences, const double *other, uint32_t row,
                                    uint32_t strip)
{
    const double *payoff = sequences->entry_payoff + strip;
    REAL sum = LANED(splat)(0.0);
    for (uint32_t i = sequences->entry_first[row]; i < sequences->entry_first[row + 1]; i++)
        sum = sum +
              LANED(load)(payoff + (size_t)i * QUID_TILE_WIDTH) * other[sequences->entry_place[i]];
    return sum;
}

LANED_INLINE void LANED(hand_up)(const uint32_t *before, REAL sums, double *value)
{
    for (uint32_t lane = 0; lane < QUID_WIDTH; lane++)
        value[before[lane]] += sums[lane];
}

LANED_INLINE REAL LANED(plan_before)(const uint32_t *before, const double *plan)
{
    REAL result = LANED(splat)(0.0);
    for (uint32_t lane = 0; lane < QUID_WIDTH; lane++)
        result[lane] = plan[before[lane]];
    return result;
}

// numbers over their sum; other where the sum is nothing to go by.
LANED_INLINE REAL LANED(share)(REAL number, REAL sum, REAL other)
{
    const BITS is_nothing = LANED(is_most)(sum, LANED(splat)(QUID_LEAST_SUM));
    const REAL part = number / LANED(select)(is_nothing, LANED(splat)(1.0), sum);
    return LANED(select)(is_nothing, other, part);
}

// Up: new regrets and strategies against the other's plan. keep: what old regrets count for.
// predicts: strategies are those that would be right if the values came once more, with the new
// strategies below.
LANED_INLINE void LANED(respond_by)(const Minimising *player, const double *other, double keep,
                                    bool predicts)
{
    const Sequences *sequences = &player->sequences;
    const REAL zero = LANED(splat)(0.0);
    LANED_STRIPS_UP(sequences, tile, strip)
    {
        const uint32_t *before = sequences->before + (size_t)tile * QUID_TILE_WIDTH + strip;
        const uint32_t first = sequences->tile_first[tile] + strip;
        const uint32_t end = sequences->tile_first[tile + 1];
        REAL mean = zero;
        REAL hoped = zero;
        for (uint32_t i = first; i < end; i += QUID_TILE_WIDTH) {
            const REAL payoff = LANED(row_payoff)(sequences, other, i / QUID_TILE_WIDTH, strip);
            const REAL strategy = LANED(load)(player->strategy + i);
            const REAL value = LANED(load)(player->value + i) + payoff;
            const REAL hope = LANED(load)(player->hope + i) + payoff;
            LANED(store)(player->value + i, value);
            mean = mean + strategy * value;
            if (predicts) {
                LANED(store)(player->hope + i, hope);
                hoped = hoped + strategy * hope;
            }
        }
        LANED(hand_up)(before, mean, player->value);
        REAL sum = zero;
        for (uint32_t i = first; i < end; i += QUID_TILE_WIDTH) {
            const REAL gain = LANED(load)(player->value + i) - mean;
            const REAL regret =
                LANED(greatest)(LANED(load)(player->regret + i) * keep + gain, zero);
            const REAL hope = predicts ? LANED(load)(player->hope + i) - hoped : zero;
            const REAL pull = predicts ? LANED(greatest)(regret + hope, zero) : regret;
            LANED(store)(player->regret + i, regret);
            LANED(store)(player->value + i, pull);
            sum = sum + pull;
        }
        const bool is_fixed = sequences->tile_is_fixed[tile];
        const REAL even = LANED(splat)((double)QUID_TILE_WIDTH / (end - first + strip));
        hoped = zero;
        for (uint32_t i = first; i < end; i += QUID_TILE_WIDTH) {
            const REAL share = LANED(share)(LANED(load)(player->value + i), sum, even);
            const REAL strategy = is_fixed ? LANED(load)(player->strategy + i) : share;
            LANED(store)(player->strategy + i, strategy);
            LANED(store)(player->value + i, zero);
            if (predicts) {
                hoped = hoped + strategy * LANED(load)(player->hope + i);
                LANED(store)(player->hope + i, zero);
            }
        }
        if (predicts)
            LANED(hand_up)(before, hoped, player->hope);
    }
}

LANED_TARGET static void LANED(respond)(const Minimising *player, const double *other, double keep)
{
    LANED(respond_by)(player, other, keep, false);
}

LANED_TARGET static void LANED(predict)(const Minimising *player, const double *other)
{
    LANED(respond_by)(player, other, 1, true);
}

// Down: the plan of the strategies, and its share in the average.
LANED_TARGET static void LANED(spread)(const Minimising *player, double weight)
{
    const Sequences *sequences = &player->sequences;
    for (uint32_t tile = 0; tile < sequences->tile_count; tile++) {
        const uint32_t *before = sequences->before + (size_t)tile * QUID_TILE_WIDTH;
        for (uint32_t strip = 0; strip < QUID_TILE_WIDTH; strip += QUID_WIDTH) {
            const REAL above = LANED(plan_before)(before + strip, player->plan);
            for (uint32_t i = sequences->tile_first[tile] + strip;
                 i < sequences->tile_first[tile + 1]; i += QUID_TILE_WIDTH) {
                const REAL plan = above * LANED(load)(player->strategy + i);
                LANED(store)(player->plan + i, plan);
                LANED(store)(player->total + i, LANED(load)(player->total + i) + plan * weight);
            }
        }
    }
}

LANED_TARGET static void LANED(fill_average)(const Minimising *player)
{
    const Sequences *sequences = &player->sequences;
    for (uint32_t tile = 0; tile < sequences->tile_count; tile++) {
        const uint32_t *before = sequences->before + (size_t)tile * QUID_TILE_WIDTH;
        const uint32_t end = sequences->tile_first[tile + 1];
        for (uint32_t strip = 0; strip < QUID_TILE_WIDTH; strip += QUID_WIDTH) {
            const uint32_t first = sequences->tile_first[tile] + strip;
            const REAL above = LANED(plan_before)(before + strip, player->average);
            REAL sum = LANED(splat)(0.0);
            for (uint32_t i = first; i < end; i += QUID_TILE_WIDTH)
                sum = sum + LANED(load)(player->total + i);
            for (uint32_t i = first; i < end; i += QUID_TILE_WIDTH) {
                const REAL strategy = LANED(load)(player->strategy + i);
                const REAL average = LANED(share)(LANED(load)(player->total + i), sum, strategy);
                LANED(store)(player->average + i, above * average);
            }
        }
    }
}

// own: by lane, what the player's average pays against the other's plan.
LANED_TARGET static void LANED(find_best)(const Minimising *player, const double *other,
                                          double own[QUID_TILE_WIDTH])
{
    const Sequences *sequences = &player->sequences;
    const REAL zero = LANED(splat)(0.0);
    LANED_STRIPS_UP(sequences, tile, strip)
    {
        const bool is_fixed = sequences->tile_is_fixed[tile];
        const uint32_t *before = sequences->before + (size_t)tile * QUID_TILE_WIDTH + strip;
        REAL best = is_fixed ? zero : LANED(splat)(-HUGE_VAL);
        REAL mean = LANED(load)(own + strip);
        for (uint32_t i = sequences->tile_first[tile] + strip; i < sequences->tile_first[tile + 1];
             i += QUID_TILE_WIDTH) {
            const REAL payoff = LANED(row_payoff)(sequences, other, i / QUID_TILE_WIDTH, strip);
            const REAL value = LANED(load)(player->value + i) + payoff;
            LANED(store)(player->value + i, zero);
            mean = mean + LANED(load)(player->average + i) * payoff;
            best = is_fixed ? best + LANED(load)(player->strategy + i) * value
                            : LANED(greatest)(best, value);
        }
        LANED(store)(own + strip, mean);
        LANED(hand_up)(before, best, player->value);
    }
}
