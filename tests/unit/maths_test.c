// Base: elementary functions and special functions, against long double, and the same bits on every
// machine.
#include "draws.h"
#include "maths.h"

#define SAMPLE_COUNT 200000

typedef struct Range {
    double low;
    double high;
    bool is_exponent; // the argument is exp of a value between
} Range;

static double worst_ulps(double (*function)(double), long double (*exact)(long double), Range range)
{
    Draws draws = {7};
    double worst = 0.0;
    for (int i = 0; i < SAMPLE_COUNT; i++) {
        double x = draw_between(&draws, range.low, range.high);
        if (range.is_exponent)
            x = exp(x);
        const double error = ulps(function(x), exact((long double)x));
        worst = error > worst ? error : worst;
    }
    return worst;
}

#define assert_ulps(function, exact, limit, ...)                                                   \
    do {                                                                                           \
        const double worst = worst_ulps(function, exact, (Range){__VA_ARGS__});                    \
        if (!(worst <= (limit)))                                                                   \
            fail_msg("%s on %s: %.3f ulps", #function, #__VA_ARGS__, worst);                       \
    } while (0)

static long double exact_cdf(long double x)
{
    return 0.5L * erfcl(-x * 0.707106781186547524400844362104849039L);
}

static long double exact_logistic(long double x)
{
    return 1.0L / (1.0L + expl(-x));
}

static void errors_are_as_stated(void **state)
{
    (void)state;
    assert_ulps(quid__exp, expl, 0.7, -708, 709, false);
    assert_ulps(quid__exp, expl, 0.7, -1, 1, false);
    assert_ulps(quid__exp, expl, 1.0, -746, -708, false);
    assert_ulps(quid__log, logl, 0.9, -744, 709, true);
    assert_ulps(quid__log, logl, 0.9, 0.5, 2, false);
    assert_ulps(quid__log, logl, 0.9, 0.999, 1.001, false);
    assert_ulps(quid__expm1, expm1l, 1.2, -40, 709, false);
    assert_ulps(quid__expm1, expm1l, 1.2, -1.5, 1.5, false);
    assert_ulps(quid__expm1, expm1l, 1.2, -100, 0, true);
    assert_ulps(quid__log1p, log1pl, 0.9, -100, 709, true);
    assert_ulps(quid__log1p, log1pl, 0.9, -0.9999, 1, false);
    assert_ulps(quid__logistic, exact_logistic, 3.0, -700, 700, false);
    assert_ulps(quid__normal_cdf, exact_cdf, 4.0, -37.5, 0, false);
    assert_ulps(quid__normal_cdf, exact_cdf, 1.5, 0.7, 9, false);
    assert_ulps(quid__log_gamma, lgammal, 9.0, 0.5, 3, false);
    assert_ulps(quid__log_gamma, lgammal, 9.0, -300, 700, true);
}

static void powers_are_within_an_ulp(void **state)
{
    (void)state;
    Draws draws = {8};
    for (int i = 0; i < SAMPLE_COUNT; i++) {
        const double base = exp(draw_between(&draws, -20, 20) * draw_between(&draws, 0, 1));
        const double exponent = draw_between(&draws, -745, 709) / log(base);
        const long double exact = powl((long double)base, (long double)exponent);
        if (ulps(quid__pow(base, exponent), exact) > 1.0)
            fail_msg("%.17g to %.17g", base, exponent);
    }
    for (int base = 2; base <= 20; base++) {
        double product = 1.0;
        for (int exponent = 1; product * base < 0x1p53; exponent++) {
            product *= base;
            assert_same_double(quid__pow(base, exponent), product);
            assert_same_double(quid__pow(-base, exponent), exponent % 2 == 1 ? -product : product);
        }
    }
}

static void edges_are_as_in_annex_f(void **state)
{
    (void)state;
    static const double values[] = {
        0.0,    -0.0,       1.0,     -1.0,    0.5,      -0.5,      2.0,      -2.0,
        3.0,    -3.0,       5e-324,  -5e-324, 2.2e-308, 1.7e308,   -1.7e308, 1e300,
        0x1p53, 0x1p53 + 2, -0x1p60, 1e-300,  INFINITY, -INFINITY, NAN,
    };
    const size_t count = sizeof values / sizeof *values;
    for (size_t i = 0; i < count; i++) {
        const double x = values[i];
        if (isnan(x)) {
            assert_true(isnan(quid__exp(x)) && isnan(quid__log(x)) && isnan(quid__log1p(x)));
            assert_true(isnan(quid__expm1(x)) && isnan(quid__logistic(x)));
            assert_true(isnan(quid__normal_cdf(x)) && isnan(quid__normal_quantile(x)));
            assert_true(isnan(quid__log_gamma(x)) && isnan(quid__beta_cdf(1, 2, x)));
            assert_true(isnan(quid__beta_quantile(1, 2, x)));
            continue;
        }
        assert_true(ulps(quid__exp(x), (long double)exp(x)) <= 1.0);
        assert_true(ulps(quid__expm1(x), (long double)expm1(x)) <= 1.0);
        assert_true(x < 0 ? isnan(quid__log(x)) : ulps(quid__log(x), (long double)log(x)) <= 1.0);
        assert_true(x < -1 ? isnan(quid__log1p(x))
                           : ulps(quid__log1p(x), (long double)log1p(x)) <= 1.0);
        assert_true(x < 0 || x > 1 ? isnan(quid__normal_quantile(x)) : true);
    }
    for (size_t i = 0; i < count * count; i++) {
        const double base = values[i / count];
        const double exponent = values[i % count];
        const double expected = pow(base, exponent);
        const double found = quid__pow(base, exponent);
        if (isnan(expected)
                ? !isnan(found)
                : ulps(found, (long double)expected) > 1.0 || signbit(found) != signbit(expected))
            fail_msg("pow(%g, %g) is %g, expected %g", base, exponent, found, expected);
    }
    assert_same_double(quid__normal_quantile(0.0), -INFINITY);
    assert_same_double(quid__normal_quantile(1.0), INFINITY);
    assert_same_double(quid__normal_quantile(0.5), 0.0);
    assert_same_double(quid__normal_cdf(-INFINITY), 0.0);
    assert_same_double(quid__normal_cdf(INFINITY), 1.0);
    assert_same_double(quid__log_gamma(0.0), INFINITY);
    assert_same_double(quid__log_gamma(1.0), 0.0);
    assert_same_double(quid__log_gamma(2.0), 0.0);
    assert_true(isnan(quid__log_gamma(-1.5)));
}

// The error of a quantile z of p is the excess of the exact distribution at z over the density.
static double quantile_error(double p)
{
    const double z = quid__normal_quantile(p);
    const long double root = 0.707106781186547524400844362104849039L;
    const long double q = (long double)p - 0.5L;
    long double excess = 0.0L;
    if (fabsl(q) < 0.3L)
        excess = erfl((long double)z * root) / 2 - q;
    else if (p < 0.5)
        excess = exact_cdf((long double)z) - (long double)p;
    else
        excess = (1.0L - (long double)p) - exact_cdf(-(long double)z);
    const long double density =
        expl(-(long double)z * (long double)z / 2) * 0.398942280401432677939946059934L;
    return (double)fabsl(excess / density / (long double)z);
}

static void quantiles_are_exact_to_fifteen_digits(void **state)
{
    (void)state;
    Draws draws = {9};
    for (int i = 0; i < SAMPLE_COUNT; i++) {
        const double p[4] = {
            draw_between(&draws, 0x1p-53, 1), exp(-draw_between(&draws, 0, 700)),
            0.5 + draw_between(&draws, -1e-3, 1e-3) * draw_between(&draws, 0, 1),
            0.075 + draw_between(&draws, -1e-9, 1e-9), // where two formulas meet
        };
        for (int k = 0; k < 4; k++) {
            if (p[k] != 0.5 && quantile_error(p[k]) > 1e-15)
                fail_msg("quantile of %.17g is off by %g", p[k], quantile_error(p[k]));
        }
        const double u = ((double)(draw_bits(&draws) >> 12) + 0.5) * 0x1p-52;
        assert_same_double(quid__normal_quantile(1.0 - u), -quid__normal_quantile(u));
    }
    assert_same_double(quid__normal_quantile(0.95), 1.6448536269514722);
    assert_close(quid__normal_quantile(0.975), 1.959963984540054, 4e-16);
    assert_close(quid__normal_quantile(5e-324), -38.467405617144344, 1e-13);
}

static void fill_arguments(double *in, uint32_t count, uint32_t kind)
{
    static const double edges[] = {0.0,     -0.0,   1.0,      0.5,       0.075,     0.925, 0x1p-53,
                                   0x1p-54, 5e-324, INFINITY, -INFINITY, NAN,       -1.0,  2.0,
                                   710.0,   -746.0, 1e-310,   709.9,     0x1p-1022, 1e308, -1e308};
    Draws draws = {kind};
    for (uint32_t i = 0; i < count; i++) {
        in[i] = kind % 4 == 0   ? draw_between(&draws, 0, 1)
                : kind % 4 == 1 ? exp(draw_between(&draws, -745, 0))
                : kind % 4 == 2 ? draw_between(&draws, -800, 800)
                                : edges[draw_bits(&draws) % (sizeof edges / sizeof *edges)];
    }
}

static void assert_block(void (*block)(QuidLanes, const double *, double *, uint32_t),
                         double (*function)(double), const double *in, uint32_t count)
{
    for (QuidLanes lanes = QUID_LANES_BASELINE; lanes <= quid__lanes_best(); lanes++) {
        double apart[1024];
        double same[1024];
        memset(apart, 0x55, sizeof apart);
        memcpy(same, in, count * sizeof *in);
        block(lanes, in, apart, count);
        block(lanes, same, same, count);
        for (uint32_t i = 0; i < count; i++) {
            const double expected = function(in[i]);
            if (isnan(expected) && isnan(apart[i]) && isnan(same[i]))
                continue;
            assert_same_double(apart[i], expected);
            assert_same_double(same[i], expected);
        }
        assert_int_equal(quid__bits_of_double(apart[count]), UINT64_C(0x5555555555555555));
    }
}

static void blocks_give_the_bits_of_the_scalar_functions(void **state)
{
    (void)state;
    double in[1024];
    for (uint32_t round = 0; round < 400; round++) {
        const uint32_t count = round < 40 ? round : 1 + round * 37 % 1023;
        const uint32_t shift = round % 3; // blocks need not be aligned
        fill_arguments(in, 1024, round);
        assert_block(quid__exp_block_at, quid__exp, in + shift, count - (count > 3 ? shift : 0));
        assert_block(quid__log_block_at, quid__log, in + shift, count - (count > 3 ? shift : 0));
        assert_block(quid__normal_quantile_block_at, quid__normal_quantile, in + shift,
                     count - (count > 3 ? shift : 0));
    }
}

// Against sums of their density's series and closed forms: I_x(1, b), I_x(a, 1), binomial tails.
static void beta_has_its_closed_forms(void **state)
{
    (void)state;
    Draws draws = {10};
    for (int i = 0; i < 2000; i++) {
        const double x = draw_between(&draws, 0, 1);
        const double a = exp(draw_between(&draws, -5, 5));
        const double power = quid__pow(x, a);
        assert_close(quid__beta_cdf(a, 1, x), power, 1e-13 * power);
        assert_close(quid__beta_cdf(1, a, x), -quid__expm1(a * quid__log1p(-x)), 1e-13);
        assert_close(quid__beta_cdf(a, 3 * a, x) + quid__beta_cdf(3 * a, a, 1 - x), 1.0, 2e-13);
        const int n = 5 + i % 60;
        const int k = 1 + i % n;
        long double tail = 0.0L;
        for (int j = k; j <= n; j++)
            tail += expl(lgammal(n + 1) - lgammal(j + 1) - lgammal(n - j + 1) +
                         j * logl((long double)x) + (n - j) * log1pl(-(long double)x));
        assert_close(quid__beta_cdf(k, n - k + 1, x), (double)tail, 1e-13);
    }
    // Symmetric: 1/2 at the middle whatever the size; near the normal where it is large.
    for (double a = 0.01; a < 2e8; a *= 3.7)
        assert_close(quid__beta_cdf(a, a, 0.5), 0.5, 1e-13 + 1e-15 * sqrt(a));
    for (double z = -3; z <= 3; z += 0.5) {
        const double a = 1e8;
        const double x = 0.5 + 0.5 * z / sqrt(2 * a + 1);
        assert_close(quid__beta_cdf(a, a, x), quid__normal_cdf(z), 1e-8);
    }
}

static void beta_quantiles_go_back(void **state)
{
    (void)state;
    Draws draws = {11};
    for (int i = 0; i < 3000; i++) {
        const double a = exp(draw_between(&draws, -3, 8));
        const double b = exp(draw_between(&draws, -3, 8));
        const double p =
            i % 2 == 0 ? draw_between(&draws, 0, 1) : exp(draw_between(&draws, -80, 0));
        const double x = quid__beta_quantile(a, b, p);
        assert_true(x >= 0.0 && x <= 1.0);
        const double below = quid__beta_cdf(a, b, nextafter(x, 0.0));
        const double above = quid__beta_cdf(a, b, nextafter(x, 1.0));
        if (!(below <= p * (1 + 3e-13) && above >= p * (1 - 3e-13)))
            fail_msg("beta(%.17g, %.17g) at %.17g: %.17g has %.17g", a, b, p, x,
                     quid__beta_cdf(a, b, x));
    }
    assert_same_double(quid__beta_quantile(2, 3, 0.0), 0.0);
    assert_same_double(quid__beta_quantile(2, 3, 1.0), 1.0);
    assert_close(quid__beta_quantile(2, 2, 0.5), 0.5, 1e-15);
}

// One hash over every function: the same for gcc and clang, -O0 and -O3, every machine and
// WebAssembly. A change of any last bit is a change of the project's answers, and shows here.
static void bits_are_the_same_everywhere(void **state)
{
    (void)state;
    uint64_t hash = 0;
    Draws draws = {12};
    for (int i = 0; i < 20000; i++) {
        const double x = draw_between(&draws, -40, 40);
        const double u = draw_between(&draws, 0x1p-53, 1);
        hash = hash_double(hash, quid__exp(x));
        hash = hash_double(hash, quid__expm1(x));
        hash = hash_double(hash, quid__log(u));
        hash = hash_double(hash, quid__log1p(-u));
        hash = hash_double(hash, quid__pow(u * 50, x));
        hash = hash_double(hash, quid__logistic(x));
        hash = hash_double(hash, quid__normal_cdf(x));
        hash = hash_double(hash, quid__normal_quantile(u));
        hash = hash_double(hash, quid__log_gamma(u * 60));
        if (i % 20 == 0) {
            hash = hash_double(hash, quid__beta_cdf(u * 30, 3, 0.4));
            hash = hash_double(hash, quid__beta_quantile(2, 30 * u, u));
        }
    }
    assert_int_equal(hash, UINT64_C(0xd9dc3486e11c8d54));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(errors_are_as_stated),
        cmocka_unit_test(powers_are_within_an_ulp),
        cmocka_unit_test(edges_are_as_in_annex_f),
        cmocka_unit_test(quantiles_are_exact_to_fifteen_digits),
        cmocka_unit_test(blocks_give_the_bits_of_the_scalar_functions),
        cmocka_unit_test(beta_has_its_closed_forms),
        cmocka_unit_test(beta_quantiles_go_back),
        cmocka_unit_test(bits_are_the_same_everywhere),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
