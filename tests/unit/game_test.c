// Games: reading, writing, solving, certificates. Against closed forms, the literature, and plain
// recomputation.
#include "game_internal.h"
#include "judge.h"
#include "made.h"
#include "random_game.h"

static Made make_random(uint64_t seed)
{
    GameText text = {.size = 0};
    const RandomGame game = {.seed = seed,
                             .player_count = 2 + (uint32_t)(seed % 2),
                             .depth = 4 + (uint32_t)(seed % 3),
                             .scale = 1};
    write_random_game(&text, &game);
    return make_from_text(&text);
}

// ---- The literature

static double probability_of(const Made *made, uint32_t player, uint32_t number, uint32_t action)
{
    for (uint32_t set = 0; set < made->tables->set_count; set++) {
        if (made->tables->set_player[set] == player && made->tables->set_number[set] == number)
            return made->solved->profile.probability[made->tables->set_action_first[set] + action];
    }
    fail();
    return 0;
}

static void kuhn_poker_is_worth_an_eighteenth(void **state)
{
    (void)state;
    Made made = make_from_file("kuhn");
    solve_at(&made, 0);
    assert_int_equal(made.solved->end, QUID_TRACE_LIMIT);
    assert_true(made.solved->profile.is_certified);
    assert_near(made.solved->profile.payoff[0], -1.0 / 18, 1e-7);
    assert_near(made.solved->profile.payoff[1], 1.0 / 18, 1e-7);
    // Queen calls a bet a third more often than jack bluffs; king bets three times as often (Kuhn
    // 1950).
    const double bluff = probability_of(&made, 1, 1, 1);
    assert_near(probability_of(&made, 1, 3, 1), 3 * bluff, 1e-5);
    assert_near(probability_of(&made, 1, 5, 1), bluff + 1.0 / 3, 1e-5);
    solve_at(&made, 4000);
    assert_true(made.solved->profile.is_certified);
    free_made(&made);
}

static void leduc_poker_has_its_value(void **state)
{
    (void)state;
    GameText text = {.size = 0};
    write_leduc(&text);
    Made made = make_from_text(&text);
    assert_int_equal(made.tables->node_count, 9457);
    assert_int_equal(made.tables->set_count, 936);
    solve_at(&made, 0);
    assert_int_equal(made.solved->end, QUID_TRACE_LIMIT);
    assert_true(made.solved->profile.is_certified);
    assert_near(made.solved->profile.payoff[0], -0.0856064, 1e-6);
    // One of a continuum, which indifference alone does not single out, is polished all the same.
    assert_true(made.solved->profile.certificate.fraction_max < 1e-8);
    assert_true(made.solved->lambda * 26 < 1e7);
    free_made(&made);
}

static void equilibria_of_the_literature(void **state)
{
    (void)state;
    Made made = make_from_file("beer_quiche");
    solve_at(&made, 0);
    // Both drink beer, and only quiche is met by a duel (Cho and Kreps 1987).
    assert_true(made.solved->profile.is_certified);
    assert_near(probability_of(&made, 1, 1, 0), 1, 1e-6);
    assert_near(probability_of(&made, 1, 2, 0), 1, 1e-6);
    assert_near(probability_of(&made, 2, 2, 1), 1, 1e-6);
    assert_near(made.solved->profile.payoff[0], 2.9, 1e-5);
    free_made(&made);
    made = make_from_file("horse");
    solve_at(&made, 0);
    // The reasonable one: across, across, right (Selten 1975).
    assert_near(probability_of(&made, 1, 1, 0), 1, 1e-6);
    assert_near(probability_of(&made, 2, 1, 0), 1, 1e-6);
    assert_true(made.solved->profile.is_certified);
    free_made(&made);
    made = make_from_file("centipede");
    solve_at(&made, 0);
    assert_near(made.solved->profile.payoff[0], 0.4, 1e-7);
    assert_true(made.solved->profile.log_probability[1] < -1e4);
    free_made(&made);
}

// ---- Closed forms

// Asymmetric matching pennies: each side's odds as a function of the other's, one increasing and
// one decreasing, so that bisection finds where they meet.
static void pennies_agree_with_bisection(void **state)
{
    (void)state;
    Made made = make_from_file("pennies");
    for (double lambda = 0.25; lambda <= 64; lambda *= 2) {
        double low = 0;
        double high = 1;
        double top = 0;
        for (int i = 0; i < 200; i++) {
            const double left = (low + high) / 2;
            top = 1 / (1 + exp(-lambda * (9 * left - (1 - left))));
            const double wanted = 1 / (1 + exp(-lambda * ((1 - top) - top)));
            if (wanted > left)
                low = left;
            else
                high = left;
        }
        solve_at(&made, lambda);
        assert_near(made.solved->profile.probability[0], top, 1e-10);
        assert_near(made.solved->profile.probability[2], low, 1e-10);
        assert_true(made.solved->profile.certificate.residual < 1e-10);
    }
    free_made(&made);
}

// Two players weigh the same event differently: each one's odds follow from its own prior, in
// closed form.
static void players_weigh_chance_each_by_its_own_prior(void **state)
{
    (void)state;
    // Chance, then A chooses not knowing; then B chooses not knowing either.
    static const uint32_t parent[] = {0, 0, 1, 2, 2, 1, 5, 5, 0, 8, 9, 9, 8, 12, 12};
    static const uint32_t set[] = {
        QUID_CHANCE,   0, 1, QUID_TERMINAL, QUID_TERMINAL, 1, QUID_TERMINAL,
        QUID_TERMINAL, 0, 1, QUID_TERMINAL, QUID_TERMINAL, 1, QUID_TERMINAL,
        QUID_TERMINAL};
    static const uint32_t edge[] = {QUID_NO_INDEX, 0, 0, 2, 3, 1, 2, 3, 1, 0, 2, 3, 1, 2, 3};
    static const double chance[] = {1, 0.5, 1, 1, 1, 1, 1, 1, 0.5, 1, 1, 1, 1, 1, 1,  // the author
                                    1, 0.9, 1, 1, 1, 1, 1, 1, 0.1, 1, 1, 1, 1, 1, 1,  // A
                                    1, 0.2, 1, 1, 1, 1, 1, 1, 0.8, 1, 1, 1, 1, 1, 1}; // B
    // A's second action pays 3 where chance went left, else -1; B's likewise; plus 0.5 if both.
    static const double payoff[] = {0, 0, 3, 3.5, 0, 0, -1, -0.5, 0, 3, 0, 3.5, 0, -1, 0, -0.5};
    static const QuidString labels[4] = {{"a", 1}, {"b", 1}, {"c", 1}, {"d", 1}};
    static const uint32_t belief[] = {1, 2};
    static const uint32_t players[] = {1, 2};
    static const uint32_t numbers[] = {1, 1};
    Made made = {.context = quid_context_create(NULL)};
    made.game = quid__game_create(made.context);
    assert_non_null(made.game);
    made.game->tables = (QuidGameTables){.player_count = 2,
                                         .node_count = 15,
                                         .terminal_count = 8,
                                         .set_count = 2,
                                         .action_count = 4,
                                         .belief_count = 3,
                                         .parent = parent,
                                         .set = set,
                                         .edge = edge,
                                         .chance = chance,
                                         .payoff = payoff,
                                         .player_label = labels,
                                         .player_belief = belief,
                                         .set_player = players,
                                         .set_number = numbers,
                                         .set_label = labels,
                                         .action_label = labels};
    assert_int_equal(quid__game_finish(made.game, NULL), QUID_OK);
    made.tables = quid_game_tables(made.game);
    for (double lambda = 0.5; lambda <= 4; lambda *= 2) {
        solve_at(&made, lambda);
        double a = 0.5;
        double b = 0.5;
        for (int i = 0; i < 500; i++) {
            a = a / 2 + 0.5 / (1 + exp(-lambda * (0.9 * 3 - 0.1 + 0.5 * b)));
            b = b / 2 + 0.5 / (1 + exp(-lambda * (0.2 * 3 - 0.8 + 0.5 * a)));
        }
        assert_near(made.solved->profile.probability[1], a, 1e-10);
        assert_near(made.solved->profile.probability[3], b, 1e-10);
        assert_near(made.solved->profile.payoff[0], a * (0.9 * 3 - 0.1 + 0.5 * b), 1e-10);
        assert_near(made.solved->profile.payoff[1], b * (0.2 * 3 - 0.8 + 0.5 * a), 1e-10);
        assert_near(made.solved->node_belief[1], 0.9, 1e-12);
        assert_near(made.solved->node_belief[2], 0.2 * (1 - a), 1e-12);
        const Judge judge = {made.tables, made.solved->profile.probability};
        for (uint32_t player = 0; player < 2; player++)
            assert_near(made.solved->profile.certificate.regret[player],
                        regret_by_trying(&judge, player), 1e-12);
        assert_true(made.solved->profile.is_certified);
    }
    free_made(&made);
}

// ---- Random games, judged again

static void check_meaning(const Made *made, double lambda)
{
    const QuidGameTables *tables = made->tables;
    const QuidProfile *profile = &made->solved->profile;
    const Judge judge = {tables, profile->probability};
    assert_true(residual_of(&judge, lambda) < 1e-8);
    assert_true(profile->certificate.residual < 1e-8);
    for (uint32_t player = 0; player < tables->player_count; player++) {
        const double regret = regret_by_trying(&judge, player);
        assert_near(profile->payoff[player], value_at(&judge, 0, player), 1e-10);
        if (regret >= 0)
            assert_near(profile->certificate.regret[player], regret, 1e-10);
    }
    for (uint32_t i = 0; i < tables->action_count; i++)
        assert_near(made->solved->action_value[i], value_of_action(&judge, i), 1e-9);
    for (uint32_t set = 0; set < tables->set_count; set++) {
        double total = 0;
        double believed = 0;
        for (uint32_t i = tables->set_node_first[set]; i < tables->set_node_first[set + 1]; i++)
            total += reach_of(&judge, tables->set_nodes[i], 0);
        for (uint32_t i = tables->set_node_first[set]; i < tables->set_node_first[set + 1]; i++) {
            const uint32_t node = tables->set_nodes[i];
            assert_near(made->solved->node_belief[node], reach_of(&judge, node, 0) / total, 1e-9);
            believed += made->solved->node_belief[node];
        }
        assert_near(believed, 1, 1e-12);
        assert_near(made->solved->set_log_reach[set], log(total), 1e-9);
    }
}

static void random_games_mean_what_they_say(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 60; seed++) {
        Made made = make_random(seed);
        for (double lambda = 0.5; lambda <= 2; lambda *= 2) {
            solve_at(&made, lambda);
            if (made.solved->end == QUID_TRACE_REACHED)
                check_meaning(&made, lambda);
            else
                printf("seed %u: lambda %g not reached\n", (unsigned)seed, lambda);
            assert_int_equal(made.solved->end, QUID_TRACE_REACHED);
        }
        solve_at(&made, 0);
        assert_int_equal(made.solved->end, QUID_TRACE_LIMIT);
        assert_true(made.solved->profile.is_certified);
        const Judge judge = {made.tables, made.solved->profile.probability};
        for (uint32_t player = 0; player < made.tables->player_count; player++) {
            const double regret = regret_by_trying(&judge, player);
            if (regret >= 0)
                assert_near(made.solved->profile.certificate.regret[player], regret, 1e-12);
        }
        free_made(&made);
    }
}

// ---- Invariances

static uint32_t find_set(const QuidGameTables *tables, QuidString label)
{
    for (uint32_t set = 0; set < tables->set_count; set++) {
        if (tables->set_label[set].size == label.size &&
            memcmp(tables->set_label[set].bytes, label.bytes, label.size) == 0)
            return set;
    }
    fail();
    return 0;
}

// The two games' strategies, sets matched by label and actions by name.
static void assert_same_play(const Made *left, const Made *right, double tolerance)
{
    for (uint32_t set = 0; set < left->tables->set_count; set++) {
        const uint32_t other = find_set(right->tables, left->tables->set_label[set]);
        const uint32_t first = left->tables->set_action_first[set];
        const uint32_t count = left->tables->set_action_first[set + 1] - first;
        const uint32_t other_first = right->tables->set_action_first[other];
        for (uint32_t i = 0; i < count; i++) {
            uint32_t match = other_first;
            while (right->tables->action_label[match].bytes[0] !=
                   left->tables->action_label[first + i].bytes[0])
                match += 1;
            assert_true(match < right->tables->set_action_first[other + 1]);
            assert_near(right->solved->profile.probability[match],
                        left->solved->profile.probability[first + i], tolerance);
        }
    }
}

static void the_same_game_written_otherwise(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 25; seed++) {
        const RandomGame plain = {.seed = seed,
                                  .player_count = 2 + (uint32_t)(seed % 2),
                                  .depth = 4 + (uint32_t)(seed % 2),
                                  .scale = 1};
        RandomGame others[6];
        for (int i = 0; i < 6; i++)
            others[i] = plain;
        others[0].is_reversed = true;
        others[1].is_exchanged = true;
        others[2].is_split = true;
        others[3].has_coin = true;
        others[4].shift = 1000;
        others[5].scale = 0.125;
        GameText text = {.size = 0};
        write_random_game(&text, &plain);
        Made made = make_from_text(&text);
        solve_at(&made, 1);
        for (int i = 0; i < 6; i++) {
            write_random_game(&text, &others[i]);
            Made other = make_from_text(&text);
            solve_at(&other, 1 / others[i].scale);
            assert_same_play(&made, &other, 1e-9);
            free_made(&other);
        }
        free_made(&made);
    }
}

static void scaled_lambda_is_a_pure_number(void **state)
{
    (void)state;
    const double scales[] = {1, 1e-6, 1e9};
    Made first = {.context = NULL};
    for (int i = 0; i < 3; i++) {
        GameText text = {.size = 0};
        const RandomGame game = {.seed = 5, .player_count = 3, .depth = 5, .scale = scales[i]};
        write_random_game(&text, &game);
        Made made = make_from_text(&text);
        QuidSolveOptions options = quid_solve_options();
        options.lambda = 10;
        options.is_scaled = true;
        solve_with(&made, &options);
        assert_true(made.solved->profile.is_certified);
        if (i == 0) {
            first = made;
            continue;
        }
        assert_same_play(&first, &made, 1e-9);
        free_made(&made);
    }
    free_made(&first);
}

// ---- Two ways to solve the systems; threads

static void without_a_matrix_the_answer_is_the_same(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 10; seed++) {
        Made made = make_random(seed);
        Made other = make_random(seed);
        QuidSolveOptions options = quid_solve_options();
        options.lambda = 1;
        solve_with(&made, &options);
        options.matrix_entry_count_max = 0;
        solve_with(&other, &options);
        assert_int_equal(other.solved->end, QUID_TRACE_REACHED);
        assert_same_play(&made, &other, 1e-9);
        assert_true(other.solved->profile.is_certified);
        free_made(&made);
        free_made(&other);
    }
}

static void threads_change_no_bit(void **state)
{
    (void)state;
    Made first = make_random(8);
    QuidSolveOptions options = quid_solve_options();
    options.start_count = 12;
    solve_with(&first, &options);
    for (uint32_t threads = 2; threads <= 8; threads *= 2) {
        Made made = make_random(8);
        options.thread_count = threads;
        solve_with(&made, &options);
        assert_int_equal(made.solved->other_count, first.solved->other_count);
        const size_t size = made.tables->action_count * sizeof(double);
        assert_memory_equal(made.solved->profile.probability, first.solved->profile.probability,
                            size);
        for (uint32_t i = 0; i < made.solved->other_count; i++)
            assert_memory_equal(made.solved->others[i].probability,
                                first.solved->others[i].probability, size);
        free_made(&made);
    }
    free_made(&first);
}

static void one_trace_s_threads_change_no_bit(void **state)
{
    static const uint32_t counts[] = {2, 3, 8};
    static const uint32_t twos[] = {2, 2, 2, 2, 2, 2, 2, 2, 2};
    // Three players, and sets of several nodes all over the tree.
    const Rounds rounds = {3, 2, 3, 9, twos, 11, 0};
    (void)state;
    for (int i = 0; i < 3; i++) {
        GameText text = {.size = 0};
        if (i == 0)
            write_leduc(&text);
        else
            write_rounds(&text, &rounds);
        Made made = make_from_text(&text);
        QuidSolveOptions options = quid_solve_options();
        options.lambda = i == 0 ? 20 : 2;
        if (i == 2)
            options.matrix_entry_count_max = 0;
        // Enough for threads to share.
        assert_true(made.tables->node_count - made.tables->terminal_count > 3000);
        solve_with(&made, &options);
        assert_true(made.solved->profile.is_certified);
        const size_t size = made.tables->action_count * sizeof(double);
        double *first = malloc(size);
        assert_non_null(first);
        memcpy(first, made.solved->profile.log_probability, size);
        const uint32_t step_count = made.solved->step_count;
        for (size_t k = 0; k < sizeof counts / sizeof counts[0]; k++) {
            options.thread_count = counts[k];
            solve_with(&made, &options);
            assert_int_equal(made.solved->step_count, step_count);
            assert_memory_equal(made.solved->profile.log_probability, first, size);
        }
        free(first);
        free_made(&made);
    }
}

static void other_equilibria_are_found(void **state)
{
    (void)state;
    // Two players who want to meet: two pure equilibria, and one in between.
    Made made = make_from_bytes(string_of("EFG 2 R \"meet\" { \"A\" \"B\" } \"\"\n"
                                          "p \"\" 1 1 \"\" { \"x\" \"y\" } 0\n"
                                          "p \"\" 2 1 \"\" { \"x\" \"y\" } 0\n"
                                          "t \"\" 1 \"\" { 2 1 }\nt \"\" 2 \"\" { 0 0 }\n"
                                          "p \"\" 2 1 0\nt \"\" 2\nt \"\" 3 \"\" { 1 2 }\n"));
    QuidSolveOptions options = quid_solve_options();
    options.start_count = 40;
    solve_with(&made, &options);
    assert_true(made.solved->profile.is_certified);
    assert_true(made.solved->other_count >= 1);
    for (uint32_t i = 0; i < made.solved->other_count; i++) {
        assert_true(made.solved->others[i].is_certified);
        assert_true(made.solved->others[i].certificate.fraction_max <= 1e-6);
    }
    free_made(&made);
}

// ---- What is hardly or never reached

// Two histories of probability 1e-320 and 3e-320 each lead into the second player's set.
static void beliefs_hold_where_reach_underflows(void **state)
{
    (void)state;
    Made made = make_from_bytes(string_of(
        "EFG 2 R \"rare\" { \"A\" \"B\" } \"\"\n"
        "c \"\" 1 \"\" { \"a\" 1e-160 \"b\" 1 } 0\n"
        "c \"\" 2 \"\" { \"a\" 1e-160 \"b\" 3e-160 \"c\" 1 } 0\n"
        "p \"\" 2 1 \"\" { \"l\" \"r\" } 0\nt \"\" 1 \"\" { 0 4 }\nt \"\" 2 \"\" { 0 0 }\n"
        "p \"\" 2 1 0\nt \"\" 3 \"\" { 0 0 }\nt \"\" 4 \"\" { 0 1 }\n"
        "t \"\" 5 \"\" { 1 2 }\n"
        "t \"\" 6 \"\" { 1 2 }\n"));
    solve_at(&made, 1);
    assert_near(made.solved->node_belief[2], 0.25, 1e-12);
    assert_near(made.solved->node_belief[5], 0.75, 1e-12);
    assert_near(made.solved->action_value[0], 1, 1e-12);
    assert_near(made.solved->action_value[1], 0.75, 1e-12);
    assert_near(made.solved->profile.probability[0], 1 / (1 + exp(-0.25)), 1e-12);
    assert_near(made.solved->set_log_reach[0], log(4) - 320 * log(10), 1e-9);
    assert_true(made.solved->profile.certificate.residual < 1e-12);
    free_made(&made);
}

// A given strategy that says 0 counts as a tremble: play below it is as if the step were hardly
// ever taken.
static void given_zeros_are_trembles(void **state)
{
    (void)state;
    Made made = make_from_file("beer_quiche");
    bool is_fixed[4] = {true, true, false, false};
    double probability[8] = {1, 0, 1, 0, 0, 0, 0, 0}; // both drink beer
    QuidSolveOptions options = quid_solve_options();
    options.lambda = 3;
    options.fixed = (QuidFixed){is_fixed, probability};
    solve_with(&made, &options);
    assert_int_equal(made.solved->end, QUID_TRACE_REACHED);
    // After quiche, one tremble from each type: beliefs are the prior's, 0.9 strong.
    const double leave = 1 / (1 + exp(-3 * (0.9 - 0.1)));
    assert_near(made.solved->profile.probability[6], leave, 1e-10);
    assert_near(made.solved->profile.probability[4], leave, 1e-10);
    assert_true(made.solved->set_log_reach[3] < -1e300);
    assert_true(made.solved->profile.certificate.residual < 1e-10);
    // The same as with steps that are merely very rare.
    probability[0] = probability[2] = 1;
    probability[1] = probability[3] = 1e-12;
    Made rare = make_from_file("beer_quiche");
    solve_with(&rare, &options);
    assert_same_play(&made, &made, 0);
    for (uint32_t i = 4; i < 8; i++)
        assert_near(rare.solved->profile.probability[i], made.solved->profile.probability[i], 1e-9);
    free_made(&rare);
    free_made(&made);
}

static void chance_can_be_replaced(void **state)
{
    (void)state;
    Made made = make_from_file("beer_quiche");
    double *chance = malloc(made.tables->node_count * sizeof *chance);
    memcpy(chance, made.tables->chance, made.tables->node_count * sizeof *chance);
    chance[1] = 0;
    chance[8] = 1;
    assert_int_equal(made.tables->parent[8], 0);
    QuidSolveOptions options = quid_solve_options();
    options.lambda = 2;
    options.chance = chance;
    solve_with(&made, &options);
    assert_int_equal(made.solved->end, QUID_TRACE_REACHED);
    assert_near(made.solved->node_belief[9], 1, 1e-12); // after beer: surely the weak
    assert_near(made.solved->node_belief[2], 0, 1e-12);
    assert_near(made.solved->profile.probability[4], 1 / (1 + exp(2.0)), 1e-10);
    free(chance);
    free_made(&made);
}

// ---- Hostile input and machines

static void a_deep_game_is_read_and_solved(void **state)
{
    (void)state;
    GameText text = {.size = 0};
    const uint32_t depth = 20000;
    game_add(&text, "EFG 2 R \"long\" { \"A\" \"B\" } \"\"\n");
    for (uint32_t i = 0; i < depth; i++)
        game_add(&text, "p \"\" %u %u \"\" { \"take\" \"pass\" } 0\nt \"\" %u \"\" { %u %u }\n",
                 i % 2 + 1, i / 2 + 1, i + 1, i + (i % 2 == 0 ? 2 : 0), i + (i % 2 == 1 ? 2 : 0));
    game_add(&text, "t \"\" %u \"\" { %u %u }\n", depth + 1, depth, depth);
    Made made = make_from_text(&text);
    solve_at(&made, 1e-5);
    assert_int_equal(made.solved->end, QUID_TRACE_REACHED);
    assert_true(made.solved->profile.is_certified);
    // Half the way to the twenty-thousandth move, one chance in 2^10000: beliefs and logs stand.
    assert_true(made.solved->set_log_reach[5000] < -6000);
    free_made(&made);
}

static QuidStatus read_and_solve(QuidContext *context, const GameText *text)
{
    QuidGame *game = NULL;
    QuidSolution *solution = NULL;
    QuidStatus status = read_game(context, text, &game);
    QuidSolveOptions options = quid_solve_options();
    options.lambda = 1;
    options.start_count = 2;
    if (status == QUID_OK)
        status = quid_game_solve(context, game, &options, &solution);
    if (status == QUID_OK) {
        options.lambda = 0;
        options.start_count = 0;
        options.matrix_entry_count_max = 100;
        quid_solution_free(solution);
        solution = NULL;
        status = quid_game_solve(context, game, &options, &solution);
    }
    quid_solution_free(solution);
    quid_game_free(game);
    return status;
}

static void every_allocation_may_fail(void **state)
{
    (void)state;
    GameText text = {.size = 0};
    // Large enough for sparse factors.
    const uint32_t twos[6] = {2, 2, 2, 2, 2, 2};
    const Rounds rounds = {2, 2, 1, 6, twos, 2, 0};
    write_rounds(&text, &rounds);
    QuidStatus status = QUID_NO_MEMORY;
    int limit = 0;
    for (; status != QUID_OK; limit++) {
        assert_true(limit < 5000);
        Countdown countdown = {limit};
        const QuidContextOptions options = {.allocator = {reallocate_or_fail, &countdown}};
        QuidContext *context = quid_context_create(&options);
        if (context == NULL)
            continue;
        status = read_and_solve(context, &text);
        assert_true(status == QUID_OK || status == QUID_NO_MEMORY);
        quid_context_free(context);
    }
    assert_true(limit > 20);
    free(text.bytes);
}

static void a_stopped_search_says_where_it_is(void **state)
{
    (void)state;
    for (uint32_t calls = 0; calls < 60; calls += 7) {
        Made made = make_random(9);
        Patience patience = {calls, false};
        QuidSolveOptions options = quid_solve_options();
        options.progress = (QuidProgress){lose_patience, &patience};
        solve_with(&made, &options);
        assert_int_equal(made.solved->end,
                         patience.is_lost ? QUID_TRACE_CANCELLED : QUID_TRACE_LIMIT);
        assert_true(patience.is_lost || calls > 10);
        for (uint32_t set = 0; set < made.tables->set_count; set++) {
            double sum = 0;
            for (uint32_t i = made.tables->set_action_first[set];
                 i < made.tables->set_action_first[set + 1]; i++)
                sum += made.solved->profile.probability[i];
            assert_near(sum, 1, 1e-12);
        }
        const Judge judge = {made.tables, made.solved->profile.probability};
        const double regret = regret_by_trying(&judge, 0);
        if (regret >= 0)
            assert_near(made.solved->profile.certificate.regret[0], regret, 1e-10);
        free_made(&made);
    }
}

// ---- Reading and writing

static void what_is_written_reads_back(void **state)
{
    (void)state;
    const char *names[] = {"kuhn", "pennies", "beer_quiche", "horse", "centipede", "three_offices"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        Made made = make_from_file(names[i]);
        QuidIoBuffer first = {NULL, 0, 0, false};
        assert_int_equal(
            quid_game_write_efg(made.game, string_of("A \"title\""), quid_io_buffer_output(&first)),
            QUID_OK);
        Made again = make_from_bytes((QuidString){first.bytes, (uint32_t)first.size});
        QuidIoBuffer second = {NULL, 0, 0, false};
        assert_int_equal(quid_game_write_efg(again.game, string_of("A \"title\""),
                                             quid_io_buffer_output(&second)),
                         QUID_OK);
        assert_int_equal(first.size, second.size);
        assert_memory_equal(first.bytes, second.bytes, first.size);
        const QuidGameTables *left = made.tables;
        const QuidGameTables *right = again.tables;
        assert_int_equal(left->node_count, right->node_count);
        assert_memory_equal(left->set, right->set, left->node_count * sizeof(uint32_t));
        assert_memory_equal(left->chance, right->chance, left->node_count * sizeof(double));
        assert_memory_equal(left->payoff, right->payoff,
                            (size_t)left->terminal_count * left->player_count * sizeof(double));
        free(first.bytes);
        free(second.bytes);
        free_made(&made);
        free_made(&again);
    }
}

static void outcomes_add_up_along_a_history(void **state)
{
    (void)state;
    Made made = make_from_file("three_offices");
    const QuidGameTables *tables = made.tables;
    assert_int_equal(tables->set_number[0], 7);
    assert_int_equal(tables->set_label[0].size, strlen("a \"quoted\" name"));
    assert_near(tables->payoff[0], 0.1, 1e-15);
    assert_near(tables->payoff[tables->terminal_count], -0.1, 1e-15);
    assert_near(tables->payoff[2 * tables->terminal_count + 1], 5, 1e-15);
    assert_near(tables->payoff[4], 0.1, 1e-15); // the terminal node without an outcome of its own
    free_made(&made);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(kuhn_poker_is_worth_an_eighteenth),
        cmocka_unit_test(leduc_poker_has_its_value),
        cmocka_unit_test(equilibria_of_the_literature),
        cmocka_unit_test(pennies_agree_with_bisection),
        cmocka_unit_test(players_weigh_chance_each_by_its_own_prior),
        cmocka_unit_test(random_games_mean_what_they_say),
        cmocka_unit_test(the_same_game_written_otherwise),
        cmocka_unit_test(scaled_lambda_is_a_pure_number),
        cmocka_unit_test(without_a_matrix_the_answer_is_the_same),
        cmocka_unit_test(threads_change_no_bit),
        cmocka_unit_test(one_trace_s_threads_change_no_bit),
        cmocka_unit_test(other_equilibria_are_found),
        cmocka_unit_test(beliefs_hold_where_reach_underflows),
        cmocka_unit_test(given_zeros_are_trembles),
        cmocka_unit_test(chance_can_be_replaced),
        cmocka_unit_test(a_deep_game_is_read_and_solved),
        cmocka_unit_test(every_allocation_may_fail),
        cmocka_unit_test(a_stopped_search_says_where_it_is),
        cmocka_unit_test(what_is_written_reads_back),
        cmocka_unit_test(outcomes_add_up_along_a_history),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
