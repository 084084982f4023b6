// Forecast: order statistics of several lists together, against those of one list that holds them
// all.
#include "draws.h"
#include "forecast_internal.h"

#define LIST_COUNT 12u
#define LIST_SIZE_MAX 400u

// Lists of all sizes, some empty; few values differ where `kinds` is small, and each list has its
// own shift, so that the lists' quantiles lie apart.
static uint32_t draw_lists(Draws *draws, double size_max, double kinds, double shift,
                           double values[LIST_COUNT][LIST_SIZE_MAX], uint32_t *counts)
{
    uint32_t all = 0;
    for (uint32_t i = 0; i < LIST_COUNT; i++) {
        const double size = draw_between(draws, -0.1, 1) * size_max;
        counts[i] = size < 0 ? 0 : (uint32_t)size;
        const double own = floor(draw_between(draws, 0, shift));
        for (uint32_t n = 0; n < counts[i]; n++)
            values[i][n] = own + floor(draw_between(draws, 0, kinds));
        all += counts[i];
    }
    return all;
}

static void test_quantiles_together(void **state)
{
    (void)state;
    static double values[LIST_COUNT][LIST_SIZE_MAX];
    static double together[LIST_COUNT * LIST_SIZE_MAX];
    QuidContext *context = quid_context_create(&(QuidContextOptions){0});
    Draws draws = {11};
    for (uint32_t trial = 0; trial < 600; trial++) {
        uint32_t counts[LIST_COUNT];
        Selected lists[LIST_COUNT];
        double expected[QUANTILE_COUNT];
        const double kinds = trial % 3 == 0 ? 1 : trial % 3 == 1 ? 9 : 1e9;
        const uint32_t all = draw_lists(&draws, trial % 2 == 0 ? 6 : LIST_SIZE_MAX, kinds,
                                        trial % 5 * kinds + 1, values, counts);
        for (uint32_t i = 0, used = 0; i < LIST_COUNT; used += counts[i++])
            memcpy(together + used, values[i], counts[i] * sizeof(double));
        quid__select(together, all, expected);
        for (uint32_t i = 0; i < LIST_COUNT; i++) {
            lists[i] = (Selected){.values = values[i], .count = counts[i]};
            quid__select(values[i], counts[i], lists[i].quantiles);
        }
        for (uint32_t level = 0; level < QUANTILE_COUNT; level++) {
            double found = 0;
            assert_true(quid__select_together(context, lists, LIST_COUNT, level, &found));
            assert_same_double(found, expected[level]);
        }
    }
    Selected none = {.count = 0};
    quid__select(values[0], 0, none.quantiles);
    double found = 0;
    assert_true(quid__select_together(context, &none, 1, 0, &found));
    assert_true(isnan(found));
    quid_context_free(context);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_quantiles_together)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
