// Base: the distributions of the language.
#include "distribution.h"
#include "draws.h"
#include "quid/deal.h"

#define SHAPE_COUNT 15

static void fill_shapes(QuidDistribution shapes[SHAPE_COUNT])
{
    const QuidDistribution list[SHAPE_COUNT] = {
        quid__distribution_of_interval(QUID_DISTRIBUTION_LOGNORMAL, 2, 9),
        quid__distribution_of_interval(QUID_DISTRIBUTION_LOGNORMAL, 4e11, 6e11),
        quid__distribution_of_interval(QUID_DISTRIBUTION_LOGNORMAL, -9, -2),
        quid__distribution_of_interval(QUID_DISTRIBUTION_NORMAL, -3, 11),
        quid__distribution_of_interval(QUID_DISTRIBUTION_NORMAL, 20513, 20727),
        quid__distribution_of_interval(QUID_DISTRIBUTION_LOGIT_NORMAL, 0.2, 0.9),
        quid__distribution_of_interval(QUID_DISTRIBUTION_LOGIT_NORMAL, 0.001, 0.02),
        quid__distribution_uniform(-3, 5),
        quid__distribution_normal(7, 2),
        quid__distribution_lognormal(50, 1.5),
        quid__distribution_lognormal(-50, 3),
        quid__distribution_triangular(1, 2, 6),
        quid__distribution_triangular(-1, -1, 6),
        quid__distribution_pert(1, 2, 6),
        quid__distribution_beta(0.7, 3.5),
    };
    memcpy(shapes, list, sizeof list);
}

static void ends_are_the_percentiles(void **state)
{
    (void)state;
    static const double ends[][2] = {{2, 9},           {1, 1.0001}, {1e-300, 1e300},
                                     {1e300, 1.7e308}, {-7, -0.01}, {4e11, 6e11}};
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        const QuidDistribution lognormal =
            quid__distribution_of_interval(QUID_DISTRIBUTION_LOGNORMAL, ends[i][0], ends[i][1]);
        for (int end = 0; end < 2; end++) {
            const double u = end == 0 ? 0.05 : 0.95;
            // The exponent's rounding counts where the ends are hundreds of powers apart.
            const double tolerance = (4e-16 + 8e-16 * lognormal.deviation) * fabs(ends[i][end]);
            assert_close(quid__distribution_quantile(&lognormal, u), ends[i][end], tolerance);
            assert_close(quid__distribution_cdf(&lognormal, ends[i][end]), u,
                         1e-15 + 1e-16 / lognormal.deviation);
        }
    }
    for (double low = 0.0001; low < 1; low += 0.0713) {
        const QuidDistribution share = quid__distribution_of_interval(
            QUID_DISTRIBUTION_LOGIT_NORMAL, low, low + (1 - low) * 0.7);
        assert_close(quid__distribution_quantile(&share, 0.05), low, 1e-15);
        assert_close(quid__distribution_quantile(&share, 0.95), low + (1 - low) * 0.7, 1e-15);
        const QuidDistribution normal =
            quid__distribution_of_interval(QUID_DISTRIBUTION_NORMAL, -low, 30 * low);
        assert_close(quid__distribution_quantile(&normal, 0.05), -low, 2e-15);
        assert_close(quid__distribution_quantile(&normal, 0.95), 30 * low, 2e-14);
    }
}

static void a_factor_is_one_deviation(void **state)
{
    (void)state;
    const QuidDistribution lognormal = quid__distribution_lognormal(50, 1.5);
    const double u = 0.84134474606854293; // the distribution function at 1
    assert_close(quid__distribution_quantile(&lognormal, u), 75, 1e-13);
    assert_close(quid__distribution_quantile(&lognormal, 0.5), 50, 0);
    const QuidDistribution loss = quid__distribution_lognormal(-50, 1.5);
    assert_close(quid__distribution_quantile(&loss, 1 - u), -75, 1e-13);
    assert_close(quid__distribution_quantile(&loss, u), -50 / 1.5, 1e-13);
}

static void quantile_and_cdf_undo_each_other(void **state)
{
    (void)state;
    QuidDistribution shapes[SHAPE_COUNT];
    fill_shapes(shapes);
    for (int i = 0; i < SHAPE_COUNT; i++) {
        double before = -INFINITY;
        for (double u = 0x1p-20; u < 1.0; u += 0.00137) {
            const double x = quid__distribution_quantile(&shapes[i], u);
            assert_true(x > before);
            before = x;
            assert_close(quid__distribution_cdf(&shapes[i], x), u, 1e-12);
        }
        assert_same_double(quid__distribution_cdf(&shapes[i], -INFINITY), 0.0);
        assert_same_double(quid__distribution_cdf(&shapes[i], INFINITY), 1.0);
        assert_true(isnan(quid__distribution_cdf(&shapes[i], NAN)));
    }
}

static void blocks_give_the_same_bits(void **state)
{
    (void)state;
    QuidDistribution shapes[SHAPE_COUNT];
    fill_shapes(shapes);
    Draws draws = {5};
    for (int i = 0; i < SHAPE_COUNT; i++) {
        double u[600];
        double x[600];
        for (int j = 0; j < 600; j++)
            u[j] = draw_between(&draws, 0x1p-53, 1);
        quid__distribution_quantile_block(&shapes[i], u, x, 600);
        for (int j = 0; j < 600; j++)
            assert_same_double(x[j], quid__distribution_quantile(&shapes[i], u[j]));
        quid__distribution_quantile_block(&shapes[i], u, u, 600);
        assert_memory_equal(u, x, sizeof u);
    }
}

// E[x^power] over u = (1 + tanh(t)) / 2 by the trapezoidal rule: the double exponential's simpler
// cousin, exact to many digits whatever the quantile does at the ends.
static double moment(const QuidDistribution *distribution, double centre, int power)
{
    double sum = 0.0;
    double weights = 0.0;
    for (int i = -9000; i <= 9000; i++) {
        const double t = i * 0.002;
        // u and 1 - u apart, or the upper end would be cut off.
        const double u = 1.0 / (1.0 + exp(-2.0 * t));
        const double weight = 1.0 / (cosh(t) * cosh(t));
        if (!(u > 0.0 && u < 1.0))
            continue;
        const double distance = quid__distribution_quantile(distribution, u) - centre;
        weights += weight;
        sum += weight * (power == 1 ? distance : distance * distance);
    }
    return sum / weights;
}

static void means_and_variances_are_those_of_the_draws(void **state)
{
    (void)state;
    QuidDistribution shapes[SHAPE_COUNT];
    fill_shapes(shapes);
    for (int i = 0; i < SHAPE_COUNT; i++) {
        const double mean = quid__distribution_mean(&shapes[i]);
        const double variance = quid__distribution_variance(&shapes[i]);
        assert_close(moment(&shapes[i], mean, 1), 0.0, 1e-9 * sqrt(variance));
        assert_close(moment(&shapes[i], mean, 2) / variance, 1.0, 1e-7);
    }
}

// The logit-normal's moments by a rule of another step and reach, in long double.
static void logit_normal_moments_are_exact(void **state)
{
    (void)state;
    for (double location = -9; location <= 9; location += 1.5) {
        for (double deviation = 0.01; deviation < 30; deviation *= 2.1) {
            const QuidDistribution share = {.shape = QUID_DISTRIBUTION_LOGIT_NORMAL,
                                            .location = location,
                                            .deviation = deviation};
            const double mean = quid__distribution_mean(&share);
            long double sum = 0.0L;
            long double squares = 0.0L;
            long double weights = 0.0L;
            for (int i = -20000; i <= 20000; i++) {
                const long double z = i * 0.0011L;
                const long double weight = expl(-z * z / 2);
                const long double x = 1.0L / (1.0L + expl(-(location + deviation * z)));
                weights += weight;
                sum += weight * x;
                squares += weight * (x - mean) * (x - mean);
            }
            const double exact = (double)(sum / weights);
            assert_close(mean, exact, 1e-13 * exact);
            const double exact_variance = (double)(squares / weights);
            assert_close(quid__distribution_variance(&share), exact_variance,
                         1e-13 * exact_variance);
        }
    }
}

static void a_range_of_no_width_is_its_value(void **state)
{
    (void)state;
    const QuidDistribution shapes[] = {
        quid__distribution_of_interval(QUID_DISTRIBUTION_LOGNORMAL, 3, 3),
        quid__distribution_of_interval(QUID_DISTRIBUTION_NORMAL, 3, 3),
        quid__distribution_uniform(3, 3),
        quid__distribution_normal(3, 0),
        quid__distribution_lognormal(3, 1),
        quid__distribution_triangular(3, 3, 3),
        quid__distribution_pert(3, 3, 3),
    };
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
        for (double u = 0.01; u < 1; u += 0.07)
            assert_same_double(quid__distribution_quantile(&shapes[i], u), 3.0);
        assert_same_double(quid__distribution_mean(&shapes[i]), 3.0);
        assert_same_double(quid__distribution_variance(&shapes[i]), 0.0);
        assert_same_double(quid__distribution_cdf(&shapes[i], 2.99), 0.0);
        assert_same_double(quid__distribution_cdf(&shapes[i], 3.0), 1.0);
    }
}

static void shapes_are_numbered_as_in_a_deal(void **state)
{
    (void)state;
    assert_int_equal((int)QUID_DISTRIBUTION_NONE, (int)QUID_SHAPE_NONE);
    assert_int_equal((int)QUID_DISTRIBUTION_LOGNORMAL, (int)QUID_SHAPE_LOGNORMAL);
    assert_int_equal((int)QUID_DISTRIBUTION_NORMAL, (int)QUID_SHAPE_NORMAL);
    assert_int_equal((int)QUID_DISTRIBUTION_LOGIT_NORMAL, (int)QUID_SHAPE_LOGIT_NORMAL);
    assert_int_equal((int)QUID_DISTRIBUTION_UNIFORM, (int)QUID_SHAPE_UNIFORM);
    assert_int_equal((int)QUID_DISTRIBUTION_TRIANGULAR, (int)QUID_SHAPE_TRIANGULAR);
    assert_int_equal((int)QUID_DISTRIBUTION_PERT, (int)QUID_SHAPE_PERT);
    assert_int_equal((int)QUID_DISTRIBUTION_BETA, (int)QUID_SHAPE_BETA);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ends_are_the_percentiles),
        cmocka_unit_test(a_factor_is_one_deviation),
        cmocka_unit_test(quantile_and_cdf_undo_each_other),
        cmocka_unit_test(blocks_give_the_same_bits),
        cmocka_unit_test(means_and_variances_are_those_of_the_draws),
        cmocka_unit_test(logit_normal_moments_are_exact),
        cmocka_unit_test(a_range_of_no_width_is_its_value),
        cmocka_unit_test(shapes_are_numbered_as_in_a_deal),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
