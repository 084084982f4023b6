// Base: random draws and Sobol points.
#include "draws.h"
#include "maths.h"
#include "random.h"
#include "sobol.h"

static QuidString text_of(const char *text)
{
    return (QuidString){text, (uint32_t)strlen(text)};
}

// The known answers that Random123 publishes for philox4x32, ten rounds: zeros, ones, digits of π.
static void philox_gives_its_known_answers(void **state)
{
    (void)state;
    static const uint32_t cases[3][10] = {
        {0, 0, 0, 0, 0, 0, 0x6627e8d5u, 0xe169c58du, 0xbc57ac4cu, 0x9b00dbd8u},
        {0xffffffffu, 0xffffffffu, 0xffffffffu, 0xffffffffu, 0xffffffffu, 0xffffffffu, 0x408f276du,
         0x41c83b0eu, 0xa20bc7c6u, 0x6d5451fdu},
        {0x243f6a88u, 0x85a308d3u, 0x13198a2eu, 0x03707344u, 0xa4093822u, 0x299f31d0u, 0xd16cfe09u,
         0x94fdccebu, 0x5001e420u, 0x24126ea1u},
    };
    for (int i = 0; i < 3; i++) {
        uint32_t found[4];
        quid__philox(cases[i], cases[i] + 4, found);
        assert_memory_equal(found, cases[i] + 6, sizeof found);
    }
}

static void draws_do_not_depend_on_the_block(void **state)
{
    (void)state;
    const uint64_t starts[] = {
        0, 1, 15, 16, 31, 32, 33, 1000, UINT64_C(0x1FFFFFFFE0), UINT64_MAX - 90};
    for (size_t s = 0; s < sizeof starts / sizeof *starts; s++) {
        for (uint32_t count = 0; count < 90; count += 1 + count / 7) {
            for (QuidLanes lanes = 0; lanes <= quid__lanes_best(); lanes++) {
                double out[91];
                out[count] = -1.0;
                quid__uniform_block_at(lanes, 77, 3, starts[s], count, out);
                for (uint32_t i = 0; i < count; i++)
                    assert_same_double(out[i], quid__uniform(77, 3, starts[s] + i));
                assert_same_double(out[count], -1.0);
            }
        }
    }
}

static void uniforms_are_odd_multiples_and_even(void **state)
{
    (void)state;
    static double u[1 << 20];
    const uint32_t count = 1u << 20;
    quid__uniform_block(quid__draw_key(1, text_of("x")), 0, 0, count, u);
    uint32_t bins[256] = {0};
    double sum = 0.0;
    double squares = 0.0;
    double neighbours = 0.0;
    for (uint32_t i = 0; i < count; i++) {
        const double scaled = u[i] * 0x1p53;
        assert_true(u[i] > 0.0 && u[i] < 1.0);
        assert_true(scaled == floor(scaled) && (uint64_t)scaled % 2 == 1);
        bins[(uint32_t)(u[i] * 256.0)]++;
        sum += u[i] - 0.5;
        squares += (u[i] - 0.5) * (u[i] - 0.5);
        neighbours += i > 0 ? (u[i] - 0.5) * (u[i - 1] - 0.5) : 0.0;
    }
    double chi_square = 0.0;
    for (int i = 0; i < 256; i++)
        chi_square += (bins[i] - 4096.0) * (bins[i] - 4096.0) / 4096.0;
    assert_close(chi_square, 255.0, 4.5 * sqrt(2 * 255.0));
    assert_close(sum / count, 0.0, 4.5 * sqrt(1.0 / 12.0 / count));
    assert_close(squares / count, 1.0 / 12.0, 4.5 * sqrt(1.0 / 180.0 / count));
    assert_close(neighbours / count, 0.0, 4.5 / 12.0 / sqrt(count));
}

static double correlation(uint64_t key, uint32_t draw, uint64_t other_key, uint32_t other_draw)
{
    static double left[100000];
    static double right[100000];
    quid__uniform_block(key, draw, 0, 100000, left);
    quid__uniform_block(other_key, other_draw, 0, 100000, right);
    double sum = 0.0;
    for (int i = 0; i < 100000; i++)
        sum += (left[i] - 0.5) * (right[i] - 0.5);
    return sum / 100000 * 12.0;
}

static void variables_draws_and_seeds_are_independent(void **state)
{
    (void)state;
    const double limit = 4.5 / sqrt(100000.0);
    const uint64_t key = quid__draw_key(1, text_of("gas-power"));
    assert_close(correlation(key, 0, key, 1), 0.0, limit);
    assert_close(correlation(key, 0, quid__draw_key(2, text_of("gas-power")), 0), 0.0, limit);
    assert_close(correlation(key, 0, quid__draw_key(1, text_of("gas-powes")), 0), 0.0, limit);
    assert_close(correlation(key, 0, key, 0), 1.0, 0.05);
    // Names and seeds do not collide, and a key does not depend on anything else.
    uint64_t keys[4000];
    for (uint32_t i = 0; i < 4000; i++) {
        char name[16];
        (void)snprintf(name, sizeof name, "v%u", i / 4);
        keys[i] = quid__draw_key(i % 4, text_of(name));
        for (uint32_t j = 0; j < i; j++)
            assert_int_not_equal(keys[i], keys[j]);
    }
    assert_int_not_equal(quid__draw_key(0, text_of("")), 0);
}

// The first points of Joe and Kuo's own program; it goes through them in Gray code's order.
static void sobol_begins_as_published(void **state)
{
    (void)state;
    static const double published[10][3] = {
        {0, 0, 0},
        {0.5, 0.5, 0.5},
        {0.75, 0.25, 0.25},
        {0.25, 0.75, 0.75},
        {0.375, 0.375, 0.625},
        {0.875, 0.875, 0.125},
        {0.625, 0.125, 0.875},
        {0.125, 0.625, 0.375},
        {0.1875, 0.3125, 0.9375},
        {0.6875, 0.8125, 0.4375},
    };
    for (uint32_t point = 0; point < 10; point++) {
        for (uint32_t dimension = 0; dimension < 3; dimension++)
            assert_same_double(quid__sobol_raw(dimension, point ^ point >> 1) * 0x1p-32,
                               published[point][dimension]);
    }
}

// Of 2^k points every dyadic interval of length 2^-k holds one, in each dimension.
static void every_interval_holds_one_point(void **state)
{
    (void)state;
    static const uint32_t counts[] = {1, 8, 64, 256, 4096};
    for (uint32_t dimension = 0; dimension < QUID_SOBOL_DIMENSION_COUNT;
         dimension += dimension < 40 ? 1 : 41) {
        for (size_t k = 0; k < sizeof counts / sizeof *counts; k++) {
            double points[4096];
            bool is_hit[4096] = {false};
            const uint32_t count = counts[k];
            // Any aligned run of points will do, not the first one only.
            quid__sobol_block(dimension, dimension + 5, (uint64_t)count * (dimension % 9), count,
                              points);
            for (uint32_t i = 0; i < count; i++) {
                const uint32_t interval = (uint32_t)(points[i] * count);
                assert_false(is_hit[interval]);
                is_hit[interval] = true;
            }
        }
    }
    // All starting numbers of the table are odd and below their powers of two: else a column of the
    // highest dimensions would not be hit above.
    uint32_t seen = 0;
    for (uint32_t i = 0; i < 32; i++)
        seen |= quid__sobol_raw(QUID_SOBOL_DIMENSION_COUNT - 1, UINT32_C(1) << i);
    assert_int_equal(seen, UINT32_MAX);
}

// Dimensions 0 and 1 are a (0, 2)-sequence: every box of area 2^-k holds one of 2^k points, and a
// nested scramble keeps that.
static void boxes_hold_one_point(void **state)
{
    (void)state;
    double x[1024];
    double y[1024];
    quid__sobol_block(0, 11, 3 * 1024, 1024, x);
    quid__sobol_block(1, 12, 3 * 1024, 1024, y);
    for (uint32_t split = 0; split <= 10; split++) {
        bool is_hit[1024] = {false};
        for (uint32_t i = 0; i < 1024; i++) {
            const uint32_t column = (uint32_t)(x[i] * (1u << split));
            const uint32_t row = (uint32_t)(y[i] * (1u << (10 - split)));
            const uint32_t box = column << (10 - split) | row;
            assert_false(is_hit[box]);
            is_hit[box] = true;
        }
    }
}

static void sobol_does_not_depend_on_the_block(void **state)
{
    (void)state;
    const uint64_t starts[] = {0, 1, 63, 64, 1000, QUID_SOBOL_POINT_COUNT - 200};
    for (size_t s = 0; s < sizeof starts / sizeof *starts; s++) {
        for (uint32_t dimension = 0; dimension < 1100; dimension += 109) {
            double whole[200];
            quid__sobol_block_at(QUID_LANES_BASELINE, dimension, 9, starts[s], 200, whole);
            for (QuidLanes lanes = 0; lanes <= quid__lanes_best(); lanes++) {
                double parts[200];
                for (uint32_t first = 0; first < 200; first += 40)
                    quid__sobol_block_at(lanes, dimension, 9, starts[s] + first, 40, parts + first);
                assert_memory_equal(parts, whole, sizeof whole);
            }
            for (uint32_t i = 0; i < 200; i++)
                assert_true(whole[i] > 0.0 && whole[i] < 1.0);
        }
    }
    double fallback[3];
    quid__sobol_block(QUID_SOBOL_DIMENSION_COUNT, 9, 5, 3, fallback);
    for (uint32_t i = 0; i < 3; i++)
        assert_same_double(fallback[i], quid__uniform(9, QUID_SOBOL_DIMENSION_COUNT, 5 + i));
}

static uint32_t digits_of(double u)
{
    return (uint32_t)(u * 0x1p32);
}

// A scramble is a tree of flips: whether a digit flips depends on the raw digits before it alone,
// and over keys each node flips half of the time, and every two nodes flip independently.
static void flips_of_the_scramble_are_fair(void **state)
{
    (void)state;
    enum { DEPTH = 6, NODES = 63, KEYS = 4000 };
    static int8_t flips[KEYS][NODES];
    for (uint32_t k = 0; k < KEYS; k++) {
        double points[64];
        quid__sobol_block(0, quid__draw_key(k, text_of("flip")), 0, 64, points);
        memset(flips[k], 0, NODES);
        for (uint32_t i = 0; i < 64; i++) {
            const uint32_t raw = quid__sobol_raw(0, i);
            for (uint32_t depth = 0; depth < DEPTH; depth++) {
                const uint32_t prefix = depth == 0 ? 0 : raw >> (32 - depth);
                const uint32_t node = (1u << depth) - 1 + prefix;
                const uint32_t flip = (raw ^ digits_of(points[i])) >> (31 - depth) & 1;
                const int8_t sign = flip != 0 ? 1 : -1;
                assert_true(flips[k][node] == 0 || flips[k][node] == sign);
                flips[k][node] = sign;
            }
        }
    }
    double worst = 0.0;
    for (int node = 0; node < NODES; node++) {
        for (int other = -1; other < node; other++) {
            double sum = 0.0;
            for (uint32_t k = 0; k < KEYS; k++)
                sum += other < 0 ? flips[k][node] : flips[k][node] * flips[k][other];
            worst = fmax(worst, fabs(sum) / sqrt(KEYS));
        }
    }
    if (worst > 5.0) // the largest of 2 016 normals is near 3.5
        fail_msg("a pair of nodes of the scramble is %.2f deviations from independence", worst);
}

// exp of the mean of six coordinates: its integral is (6 (exp(1/6) - 1))^6.
static double integral_error(bool is_sobol, uint64_t seed, uint32_t count)
{
    double sum = 0.0;
    for (uint32_t first = 0; first < count; first += 256) {
        double means[256] = {0.0};
        double u[256];
        for (uint32_t dimension = 0; dimension < 6; dimension++) {
            const uint64_t key = quid__mix_bits(seed * 6 + dimension + 1);
            if (is_sobol)
                quid__sobol_block(dimension, key, first, 256, u);
            else
                quid__uniform_block(key, 0, first, 256, u);
            for (int i = 0; i < 256; i++)
                means[i] += u[i] / 6.0;
        }
        for (int i = 0; i < 256; i++)
            sum += exp(means[i]);
    }
    return sum / count - pow(6.0 * expm1(1.0 / 6.0), 6.0);
}

static double root_mean_square_error(bool is_sobol, uint32_t count)
{
    double squares = 0.0;
    for (uint64_t seed = 0; seed < 40; seed++) {
        const double error = integral_error(is_sobol, seed, count);
        squares += error * error;
    }
    return sqrt(squares / 40.0);
}

static void sobol_integrates_better_than_random(void **state)
{
    (void)state;
    const double random = root_mean_square_error(false, 4096);
    const double sobol = root_mean_square_error(true, 4096);
    // By the variance of the function, and by Owen 1997: nearly 1 / count^1.5.
    const double expected = sqrt(expm1(1.0 / 72.0)) * exp(0.5) / sqrt(4096.0);
    assert_close(random, expected, 0.4 * expected);
    if (!(sobol < random / 100.0))
        fail_msg("Sobol %g, random %g", sobol, random);
    const double sobol_quarter = root_mean_square_error(true, 1024);
    if (!(sobol < sobol_quarter / 4.0))
        fail_msg("Sobol %g with 1024 points, %g with 4096", sobol_quarter, sobol);
}

static void bits_are_the_same_everywhere(void **state)
{
    (void)state;
    uint64_t hash = 0;
    double out[700];
    quid__uniform_block(quid__draw_key(42, text_of("rare-earths.share")), 5, 12345, 700, out);
    for (int i = 0; i < 700; i++)
        hash = hash_double(hash, out[i]);
    quid__sobol_block(1000, quid__draw_key(42, text_of("summit")), 77, 700, out);
    for (int i = 0; i < 700; i++)
        hash = hash_double(hash, out[i]);
    assert_int_equal(hash, UINT64_C(0x23fc4ec1d20e8eff));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(philox_gives_its_known_answers),
        cmocka_unit_test(draws_do_not_depend_on_the_block),
        cmocka_unit_test(uniforms_are_odd_multiples_and_even),
        cmocka_unit_test(variables_draws_and_seeds_are_independent),
        cmocka_unit_test(sobol_begins_as_published),
        cmocka_unit_test(every_interval_holds_one_point),
        cmocka_unit_test(boxes_hold_one_point),
        cmocka_unit_test(sobol_does_not_depend_on_the_block),
        cmocka_unit_test(flips_of_the_scramble_are_fair),
        cmocka_unit_test(sobol_integrates_better_than_random),
        cmocka_unit_test(bits_are_the_same_everywhere),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
