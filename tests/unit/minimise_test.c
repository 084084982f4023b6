// Regret minimisation: against values that are known, the limit of the branch, and regrets found by
// trying.
#include "judge.h"
#include "made.h"
#include "minimise.h"
#include "random_game.h"

static QuidSolveOptions regret_options(double tolerance)
{
    QuidSolveOptions options = quid_solve_options();
    options.method = QUID_METHOD_REGRET;
    options.tolerance = tolerance;
    return options;
}

static Made make_opposed(uint64_t seed)
{
    GameText text = {.size = 0};
    const RandomGame game = {.seed = seed,
                             .player_count = 2,
                             .depth = 4 + (uint32_t)(seed % 3),
                             .is_opposed = true,
                             .scale = 1,
                             .shift = (double)(seed % 5)};
    write_random_game(&text, &game);
    return make_from_text(&text);
}

static void check_minimised(const Made *made, double tolerance)
{
    const QuidProfile *profile = &made->solved->profile;
    assert_int_equal(made->solved->end, QUID_TRACE_EQUILIBRIUM);
    assert_int_equal(made->solved->method, QUID_METHOD_REGRET);
    assert_true(profile->is_certified);
    assert_true(made->solved->lambda > 1e300);
    const Judge judge = {made->tables, profile->probability};
    for (uint32_t player = 0; player < 2; player++) {
        const double range = made->tables->payoff_high[player] - made->tables->payoff_low[player];
        const double regret = regret_by_trying(&judge, player);
        assert_true(profile->certificate.fraction[player] <= tolerance);
        assert_near(profile->payoff[player], value_at(&judge, 0, player), 1e-12 * range);
        if (regret >= 0)
            assert_near(profile->certificate.regret[player], regret, 1e-12 * range);
    }
    for (uint32_t i = 0; i < made->tables->action_count; i++)
        assert_true(profile->log_probability[i] <= 0 && profile->log_probability[i] >= -1e6);
}

static void minimised_regret_finds_known_values(void **state)
{
    (void)state;
    Made made = make_from_file("kuhn");
    QuidSolveOptions options = regret_options(1e-6);
    solve_with(&made, &options);
    check_minimised(&made, 1e-6);
    assert_near(made.solved->profile.payoff[0], -1.0 / 18, 4e-6); // Kuhn 1950
    assert_near(made.solved->profile.payoff[1], 1.0 / 18, 4e-6);
    free_made(&made);
    GameText text = {.size = 0};
    write_leduc(&text);
    made = make_from_text(&text);
    solve_with(&made, &options);
    check_minimised(&made, 1e-6);
    assert_near(made.solved->profile.payoff[0], -0.085606424, 26e-6);
    free_made(&made);
}

// So large that the limit is left to regret minimisation without being asked. Its value: Neller and
// Lanctot 2013.
static void a_large_opposed_game_is_solved_by_itself(void **state)
{
    (void)state;
    GameText text = {.size = 0};
    write_liars_dice(&text);
    Made made = make_from_text(&text);
    assert_int_equal(made.tables->node_count, 294883);
    QuidSolveOptions options = quid_solve_options();
    options.tolerance = 1e-4;
    options.start_count = 3;
    solve_with(&made, &options);
    check_minimised(&made, 1e-4);
    assert_int_equal(made.solved->other_count, 0);
    assert_near(made.solved->profile.payoff[0], -7.0 / 258, 2e-4);
    free_made(&made);
}

// The value of such a game is the same in every equilibrium, so also in the branch's limit. Some
// of them take more iterations than are discounted.
static void random_opposed_games_have_the_branchs_value(void **state)
{
    (void)state;
    uint32_t most = 0;
    for (uint64_t seed = 1; seed <= 60; seed++) {
        Made made = make_opposed(seed);
        solve_at(&made, 0);
        const double value = made.solved->profile.payoff[0];
        const double range = made.tables->payoff_high[0] - made.tables->payoff_low[0];
        assert_true(made.solved->profile.is_certified);
        const QuidSolveOptions options = regret_options(1e-6);
        solve_with(&made, &options);
        check_minimised(&made, 1e-6);
        assert_near(made.solved->profile.payoff[0], value, 2.1e-6 * range);
        most = made.solved->step_count > most ? made.solved->step_count : most;
        free_made(&made);
    }
    assert_true(most > 8192 && most < 30000);
}

// A strategy that is given stays as it is, and chances may be others; what is left of the game is
// solved.
static void minimised_regret_respects_what_is_given(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 30; seed++) {
        Made made = make_opposed(seed);
        const QuidGameTables *tables = made.tables;
        bool *is_fixed = calloc(tables->set_count, sizeof *is_fixed);
        double *probability = calloc(tables->action_count, sizeof *probability);
        double *chance = malloc(tables->node_count * sizeof *chance);
        for (uint32_t set = 0; set < tables->set_count; set += 3) {
            is_fixed[set] = true;
            probability[tables->set_action_first[set]] = 0.75;
            probability[tables->set_action_first[set] + 1] = 0.25;
        }
        memcpy(chance, tables->chance, tables->node_count * sizeof *chance);
        for (uint32_t node = 1; node < tables->node_count; node++) {
            if (tables->set[tables->parent[node]] == QUID_CHANCE)
                chance[node] = node == tables->parent[node] + 1 ? 1 : 0;
        }
        QuidSolveOptions options = regret_options(1e-5);
        options.fixed = (QuidFixed){is_fixed, probability};
        options.chance = chance;
        solve_with(&made, &options);
        assert_true(made.solved->profile.is_certified);
        for (uint32_t i = 0; i < tables->action_count; i++) {
            if (is_fixed[tables->action_set[i]])
                assert_near(made.solved->profile.probability[i], probability[i], 1e-12);
        }
        const double value = made.solved->profile.payoff[0];
        options.method = QUID_METHOD_BRANCH;
        solve_with(&made, &options);
        assert_true(made.solved->profile.is_certified);
        assert_near(made.solved->profile.payoff[0], value,
                    2.1e-5 * (tables->payoff_high[0] - tables->payoff_low[0]));
        free(is_fixed);
        free(probability);
        free(chance);
        free_made(&made);
    }
}

static void too_few_iterations_certify_nothing(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 20; seed++) {
        Made made = make_opposed(seed);
        QuidSolveOptions options = regret_options(0);
        options.iteration_count_max = 5;
        solve_with(&made, &options);
        const QuidProfile *profile = &made.solved->profile;
        assert_int_equal(made.solved->step_count, 5);
        assert_int_equal(made.solved->end, profile->certificate.fraction_max > 0
                                               ? QUID_TRACE_UNFINISHED
                                               : QUID_TRACE_EQUILIBRIUM);
        assert_int_equal(profile->is_certified, !(profile->certificate.fraction_max > 0));
        const Judge judge = {made.tables, profile->probability};
        for (uint32_t player = 0; player < 2; player++) {
            const double regret = regret_by_trying(&judge, player);
            if (regret >= 0)
                assert_near(profile->certificate.regret[player], regret, 1e-12);
        }
        free_made(&made);
    }
    Made made = make_from_file("kuhn");
    QuidSolveOptions options = regret_options(1e-6);
    options.iteration_count_max = 100;
    solve_with(&made, &options);
    assert_int_equal(made.solved->end, QUID_TRACE_UNFINISHED);
    assert_false(made.solved->profile.is_certified);
    Patience patience = {2, false};
    options.progress = (QuidProgress){lose_patience, &patience};
    solve_with(&made, &options);
    assert_int_equal(made.solved->end, QUID_TRACE_CANCELLED);
    assert_false(made.solved->profile.is_certified);
    free_made(&made);
}

// The regret that ends the iterations is the certificate's, and the same bits come from vectors of
// any width.
static void the_quick_regret_is_the_certificates(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 20; seed++) {
        Made made = make_opposed(seed);
        const QuidSolveOptions options = regret_options(1e-6);
        const size_t size = made.tables->action_count * sizeof(double);
        double *probability = malloc(size);
        double *other = malloc(size);
        QuidArena arena;
        quid__arena_init(&arena, made.context);
        Minimiser wide;
        Minimiser narrow;
        assert_true(quid__minimiser_create(made.game, &options, &arena, &wide));
        assert_true(quid__minimiser_create(made.game, &options, &arena, &narrow));
        narrow.lanes = QUID_LANES_BASELINE;
        for (uint32_t i = 0; i < 50; i++) {
            double regret[2];
            double again[2];
            quid__minimiser_iterate(&wide);
            quid__minimiser_iterate(&narrow);
            quid__minimiser_regret(&wide, regret);
            quid__minimiser_regret(&narrow, again);
            assert_memory_equal(regret, again, sizeof regret);
            quid__minimiser_average(&wide, made.game, probability);
            quid__minimiser_average(&narrow, made.game, other);
            assert_memory_equal(probability, other, size);
            // Discounted, then with predictions.
            for (uint32_t more = 0; i == 25 && more < 8192; more++) {
                quid__minimiser_iterate(&wide);
                quid__minimiser_iterate(&narrow);
            }
            const Judge judge = {made.tables, probability};
            for (uint32_t player = 0; player < 2; player++) {
                const double range =
                    made.tables->payoff_high[player] - made.tables->payoff_low[player];
                const double tried = regret_by_trying(&judge, player);
                if (tried >= 0)
                    assert_near(regret[player], tried / range, 1e-12);
            }
        }
        quid__arena_free(&arena);
        free(probability);
        free(other);
        free_made(&made);
    }
}

static void check_refused(const char *text)
{
    Made made = make_from_bytes(string_of(text));
    const QuidSolveOptions options = regret_options(1e-6);
    assert_int_equal(quid_game_solve(made.context, made.game, &options, &made.solution),
                     QUID_INVALID);
    assert_null(made.solution);
    const QuidDiagnosticList list = quid_context_diagnostics(made.context);
    assert_int_equal(list.count, 1);
    assert_int_equal(list.items[0].code, QUID_E0812_NOT_OPPOSED);
    free_made(&made);
}

static void minimised_regret_refuses_other_games(void **state)
{
    (void)state;
    check_refused("EFG 2 R \"\" { \"A\" \"B\" } p \"\" 1 1 \"\" { \"x\" \"y\" } 0 "
                  "t \"\" 1 \"\" { 1 0 } t \"\" 2 \"\" { 0 0 }");
    check_refused("EFG 2 R \"\" { \"A\" \"B\" } p \"\" 1 1 \"\" { \"x\" \"y\" \"z\" } 0 "
                  "t \"\" 1 \"\" { 1 -1 } t \"\" 2 \"\" { 0 -0.1 } t \"\" 3 \"\" { -1 1 }");
    check_refused("EFG 2 R \"\" { \"A\" \"B\" \"C\" } p \"\" 1 1 \"\" { \"x\" \"y\" } 0 "
                  "t \"\" 1 \"\" { 1 -1 0 } t \"\" 2 \"\" { 0 0 0 }");
    // Nothing at stake is no quarrel.
    Made made =
        make_from_bytes(string_of("EFG 2 R \"\" { \"A\" \"B\" } p \"\" 1 1 \"\" { \"x\" \"y\" } 0 "
                                  "t \"\" 1 \"\" { 1 2 } t \"\" 2 \"\" { 1 2 }"));
    const QuidSolveOptions options = regret_options(1e-6);
    solve_with(&made, &options);
    assert_true(made.solved->profile.is_certified);
    free_made(&made);
}

static void every_allocation_of_regret_minimisation_may_fail(void **state)
{
    (void)state;
    GameText text = {.size = 0};
    const RandomGame game = {
        .seed = 3, .player_count = 2, .depth = 5, .is_opposed = true, .scale = 1};
    write_random_game(&text, &game);
    QuidStatus status = QUID_NO_MEMORY;
    int limit = 0;
    for (; status != QUID_OK; limit++) {
        assert_true(limit < 1000);
        Countdown countdown = {limit};
        const QuidContextOptions options = {.allocator = {reallocate_or_fail, &countdown}};
        QuidContext *context = quid_context_create(&options);
        if (context == NULL)
            continue;
        const QuidSolveOptions how = regret_options(1e-3);
        QuidGame *read = NULL;
        QuidSolution *solution = NULL;
        status = read_game(context, &text, &read);
        if (status == QUID_OK)
            status = quid_game_solve(context, read, &how, &solution);
        quid_solution_free(solution);
        quid_game_free(read);
        assert_true(status == QUID_OK || status == QUID_NO_MEMORY);
        quid_context_free(context);
    }
    assert_true(limit > 20);
    free(text.bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(minimised_regret_finds_known_values),
        cmocka_unit_test(a_large_opposed_game_is_solved_by_itself),
        cmocka_unit_test(random_opposed_games_have_the_branchs_value),
        cmocka_unit_test(minimised_regret_respects_what_is_given),
        cmocka_unit_test(too_few_iterations_certify_nothing),
        cmocka_unit_test(the_quick_regret_is_the_certificates),
        cmocka_unit_test(minimised_regret_refuses_other_games),
        cmocka_unit_test(every_allocation_of_regret_minimisation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
