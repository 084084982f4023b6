// What figures mean: which exchange rates count, which chance a range stands for, what is answered
// of a date.
#include "forecasts.h"

#include <math.h>

// A part in another currency counts inside its whole, and not at all before a rate is known; what
// an expression converts is an error by then.
static void test_rates_known_by_then(void **state)
{
    (void)state;
    static const char part[] = "pledge part \"in yen\"\n"
                               "  from A to B\n"
                               "  in base\n"
                               "  amount 3000 JPY\n"
                               "  made 2026-01-02\n"
                               "ask \"a\" value pledged(base)\n"
                               "2026-01-10 note \"n\"\n"
                               "2026-03-01 rate USD/JPY 150\n";
    static const char *const days[] = {"2026-01-10", "2026-02-28", "2026-03-01"};
    for (size_t i = 0; i < sizeof days / sizeof days[0]; i++) {
        Pipeline run = pipeline_of(part, days[i]);
        QuidForecastOptions options = quid_forecast_options();
        QuidForecast *forecast = forecast_of(&run, &options);
        assert_true(quid_forecast_tables(forecast)->asks[0].value.value == 100);
        quid_forecast_free(forecast);
        pipeline_free(&run);
    }
    static char sum[2048];
    (void)snprintf(sum, sizeof sum, "%sask \"b\" value 1 USD + 300 JPY\n", part);
    Pipeline run = pipeline_of(sum, "2026-02-28");
    QuidForecastOptions options = quid_forecast_options();
    QuidForecast *forecast = NULL;
    assert_int_equal(quid_forecast_run(run.context, run.deal, run.ledger, &options, &forecast),
                     QUID_INVALID);
    const QuidDiagnosticList list = quid_context_diagnostics(run.context);
    assert_int_equal(list.count, 1);
    assert_int_equal(list.items[0].code, QUID_E0603_MISSING_RATE);
    assert_int_equal(list.items[0].related_count, 1);
    pipeline_free(&run);
    run = pipeline_of(sum, "2026-03-01");
    assert_int_equal(quid_ledger_tables(run.ledger)->conversion_count, 1);
    forecast = forecast_of(&run, &options);
    assert_true(quid_forecast_tables(forecast)->asks[1].value.value == 3);
    quid_forecast_free(forecast);
    pipeline_free(&run);
}

// A chance or a belief given as a range is used half way between its ends, as its sum is checked.
static void test_middle_of_a_range(void **state)
{
    (void)state;
    Pipeline run = pipeline_of("event e \"e\"\n"
                               "  yes 5% to 65%\n"
                               "  no 65%\n"
                               "  A believes yes 10% to 80%, no 30% to 80%\n"
                               "  on 2026-06-01\n"
                               "ask \"q\" chance e = yes\n"
                               "2026-01-10 note \"n\"\n",
                               NULL);
    QuidForecastOptions options = quid_forecast_options();
    QuidForecast *forecast = forecast_of(&run, &options);
    assert_true(fabs(quid_forecast_tables(forecast)->asks[0].value.value - 0.35) < 0.001);
    quid_forecast_free(forecast);
    const QuidDealTables *model = quid_deal_tables(run.deal);
    QuidEstimate belief;
    assert_true(quid_deal_chance(run.deal, model->beliefs[0].chance, &belief));
    assert_true(fabs(belief.middle - 0.45) < 1e-12);
    pipeline_free(&run);
    static const char *const wrong = "deal \"D\"\nparty A\nevent e \"e\"\n"
                                     "  yes 5% to 65%\n  no 76%\n  on 2026-06-01\n";
    run = pipeline_of_text(wrong, NULL); // 24% by the middle of the logits: 100%
    assert_int_equal(run.status, QUID_INVALID);
    pipeline_free(&run);
}

// Of a date the answer is the middle one, "never" having no mean.
static void test_value_of_a_date(void **state)
{
    (void)state;
    Pipeline run = pipeline_of("ask \"d\" value choice(2026-03-01 60%, 2026-05-01 40%)\n"
                               "ask \"n\" value choice(1 60%, 3 40%)\n"
                               "2026-01-10 note \"n\"\n",
                               NULL);
    QuidForecastOptions options = quid_forecast_options();
    QuidForecast *forecast = forecast_of(&run, &options);
    const QuidAskAnswer *asks = quid_forecast_tables(forecast)->asks;
    assert_true(asks[0].is_date && !asks[1].is_date);
    assert_int_equal((int)asks[0].quantiles.p50.value, day("2026-03-01"));
    assert_true(fabs(asks[1].value.value - 1.8) < 0.01);
    quid_forecast_free(forecast);
    pipeline_free(&run);
}

// A sure win where e = yes: what A expects of it is the chance that it counts with.
static void check_payoff(const char *chances, double chance, double tolerance)
{
    static char clauses[2048];
    (void)snprintf(clauses, sizeof clauses,
                   "%s  on 2026-06-01\n"
                   "move m by A \"m\"\n  choose go, stay\n  on 2026-03-01\n"
                   "move k by A \"k\"\n  choose up, down\n  on 2026-07-01\n" // it sees e
                   "worth A\n  + 1 USD if m = go and k = up and e = yes\n"
                   "2026-01-10 note \"n\"\n",
                   chances);
    Pipeline run = pipeline_of(clauses, NULL);
    const QuidAnswerOptions options = quid_answer_options();
    QuidAnswers *answers = NULL;
    assert_int_equal(quid_game_answer(run.context, run.deal, run.ledger, &options, &answers),
                     QUID_OK);
    const double payoff = quid_answer_tables(answers)->payoff[0];
    if (!(fabs(payoff - chance) < tolerance))
        fail_msg("%.10g is not %.10g", payoff, chance);
    quid_answers_free(answers);
    pipeline_free(&run);
}

// The game counts with the same chances as the forecast.
static void test_chances_of_the_game(void **state)
{
    (void)state;
    check_payoff("event e \"e\"\n  yes 5% to 65%\n  no otherwise\n", 0.35, 1e-6);
    check_payoff("event e \"e\"\n  yes 50%\n  no otherwise\n  A believes yes 5% to 65%\n", 0.35,
                 1e-6);
    // A quantity is drawn: its mean counts, not its middle (23.8%).
    check_payoff("let odds = 5% to 65% \"o\"\n"
                 "event e \"e\"\n  yes odds\n  no otherwise\n",
                 0.2798587, 0.001);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rates_known_by_then),
        cmocka_unit_test(test_middle_of_a_range),
        cmocka_unit_test(test_value_of_a_date),
        cmocka_unit_test(test_chances_of_the_game),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
