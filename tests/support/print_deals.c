// Prints random small deals, for what compares whole programs: games, and deals of quantities and
// milestones, in turns. Usage: print_deals FIRST COUNT: the seeds; a zero byte ends each deal.
#include "program_deal.h"
#include "slow_game.h"

// splitmix64
static uint64_t next_bits(uint64_t *state)
{
    *state += UINT64_C(0x9E3779B97F4A7C15);
    uint64_t bits = *state;
    bits = (bits ^ bits >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
    bits = (bits ^ bits >> 27) * UINT64_C(0x94D049BB133111EB);
    return bits ^ bits >> 31;
}

static double between(uint64_t *state, double low, double high)
{
    return low + (high - low) * ((double)(next_bits(state) >> 11) * 0x1p-53);
}

static void print_game(uint64_t *state)
{
    static SlowText text;
    uint8_t bytes[160];
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (uint8_t)next_bits(state);
    const SlowDeal deal = slow_deal(bytes, sizeof bytes);
    text = (SlowText){.size = 0};
    slow_write(&text, &deal);
    printf("%s", text.bytes);
    for (uint32_t i = 0; i < deal.move_count; i++)
        printf("ask \"m%u\" choice of m%u\n", i, i);
}

// Each distribution of the language, by odd numbers.
static void print_distributions(uint64_t *state)
{
    const double low = between(state, -20, 10);
    const double mode = low + between(state, 0, 9);
    const double high = mode + between(state, 0.1, 30);
    printf("let d0 = %.3f to %.3f\n", low, high);
    printf("let d1 = %.2f%% to %.2f%%\n", between(state, 0.1, 40), between(state, 41, 99.9));
    printf("let d2 = normal(%.4f, %.4f)\n", low, high - low);
    printf("let d3 = lognormal(%.4f, %.4f)\n", between(state, 0.001, 900), between(state, 1.01, 9));
    printf("let d4 = triangular(%.4f, %.4f, %.4f)\n", low, mode, high);
    printf("let d5 = pert(%.4f, %.4f, %.4f)\n", low, mode, high);
    printf("let d6 = beta(%.3f, %.3f)\n", between(state, 0.05, 30), between(state, 0.05, 30));
    for (uint32_t i = 0; i < 7; i++)
        printf("ask \"d%u\" value d%u\n", i, i);
}

int main(int count, char **words)
{
    if (count != 3) {
        fprintf(stderr, "usage: print_deals FIRST COUNT\n");
        return 2;
    }
    const uint64_t first = strtoull(words[1], NULL, 10);
    const uint64_t end = first + strtoull(words[2], NULL, 10);
    for (uint64_t seed = first; seed < end; seed++) {
        static Writer writer;
        uint64_t state = seed;
        if (seed % 2 == 0) {
            print_game(&state);
        } else {
            write_deal(&writer, seed);
            printf("%s", writer.text);
            print_distributions(&state);
        }
        putchar(0);
    }
    return fflush(stdout) == 0 ? 0 : 3;
}
