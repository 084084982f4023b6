// Changed games: what is taken from the game that they are a change of must leave them as they are.
#include "pipeline.h"

static QuidAnswers *answer_changed(const Pipeline *run, const QuidDeal *deal,
                                   const QuidAnswers *base)
{
    QuidAnswers *answers;
    QuidAnswerOptions options = quid_answer_options();
    options.solve.method = QUID_METHOD_SWEEPS;
    options.has_values = false;
    options.has_asked_break_evens = false;
    options.base = base;
    assert_int_equal(quid_game_answer(run->context, deal, run->ledger, &options, &answers),
                     QUID_OK);
    return answers;
}

static void assert_same_game(const QuidGame *left, const QuidGame *right)
{
    const QuidGameTables *a = quid_game_tables(left);
    const QuidGameTables *b = quid_game_tables(right);
    const QuidDealGameTables *deal_a = quid_game_deal_tables(left);
    const QuidDealGameTables *deal_b = quid_game_deal_tables(right);
    const size_t nodes = a->node_count;
    const size_t terminals = a->terminal_count;
    assert_int_equal(a->node_count, b->node_count);
    assert_int_equal(a->set_count, b->set_count);
    assert_int_equal(a->belief_count, b->belief_count);
    assert_memory_equal(a->end, b->end, nodes * sizeof(uint32_t));
    assert_memory_equal(a->set, b->set, nodes * sizeof(uint32_t));
    assert_memory_equal(a->edge, b->edge, nodes * sizeof(uint32_t));
    assert_memory_equal(a->chance, b->chance, nodes * a->belief_count * sizeof(double));
    assert_memory_equal(a->payoff, b->payoff, terminals * a->player_count * sizeof(double));
    assert_memory_equal(a->payoff_low, b->payoff_low, a->player_count * sizeof(double));
    assert_memory_equal(deal_a->slots, deal_b->slots,
                        terminals * deal_a->step_count * sizeof(int16_t));
    assert_int_equal(deal_a->exact_count, deal_b->exact_count);
    assert_int_equal(deal_a->sampled_count, deal_b->sampled_count);
}

// Whether a base leaves the answers of a changed deal as they are without, bit by bit.
static void compare_change(const Pipeline *run, const QuidAnswers *base,
                           const QuidSetting *settings, uint32_t count, bool *has_base_tree)
{
    QuidDeal *changed;
    assert_int_equal(quid_deal_apply(run->context, run->deal, settings, count, &changed), QUID_OK);
    QuidAnswers *with = answer_changed(run, changed, base);
    QuidAnswers *without = answer_changed(run, changed, NULL);
    const QuidAnswerTables *left = quid_answer_tables(with);
    const QuidAnswerTables *right = quid_answer_tables(without);
    assert_same_game(left->game, right->game);
    assert_memory_equal(left->payoff, right->payoff,
                        quid_game_tables(left->game)->player_count * sizeof(double));
    *has_base_tree =
        quid_game_tables(left->game)->end == quid_game_tables(quid_answer_tables(base)->game)->end;
    quid_answers_free(with);
    quid_answers_free(without);
    quid_deal_free(changed);
}

static void a_base_saves_work_and_changes_nothing(void **state)
{
    static const char *const paths[] = {
        "deals/foxconn-wisconsin/deal.quid", "deals/us-china-phase-one/deal.quid",
        "deals/us-eu-600/deal.quid", "deals/us-korea-350/deal.quid", "deals/us-japan/deal.quid"};
    (void)state;
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
        Pipeline run = pipeline_of_file(paths[i], NULL);
        QuidAnswers *base = answer_changed(&run, run.deal, NULL);
        QuidSensitivity *list;
        assert_int_equal(quid_sensitivity_list(run.context, run.deal, &list), QUID_OK);
        const QuidSensitivityTables *inputs = quid_sensitivity_tables(list);
        for (uint32_t n = 0; n < inputs->input_count; n++) {
            QuidSetting settings[QUID_INPUT_SETTING_COUNT_MAX] = {{0}};
            const QuidInput *input = &inputs->inputs[n];
            const uint32_t count = quid_input_settings(run.deal, input, input->low, settings);
            bool has_base_tree;
            if (input->changes_game)
                compare_change(&run, base, settings, count, &has_base_tree);
        }
        quid_sensitivity_free(list);
        quid_answers_free(base);
        pipeline_free(&run);
    }
}

// The second move comes up only where the level is high. One what-if moves that line; the others
// leave the tree as it is, with another payoff, and with chances that the payoff rests on.
static const char *const shape = "deal \"Shape\"\n"
                                 "  currency USD\n"
                                 "let level = 3 USD\n"
                                 "let stake = 2 to 5 USD\n"
                                 "party Buyer\n"
                                 "event price\n"
                                 "  high 40%\n  low otherwise\n"
                                 "  between 2026-01-05 and 2026-03-20\n"
                                 "move first by Buyer\n"
                                 "  choose buy, wait\n  on 2026-01-01\n"
                                 "move second by Buyer\n"
                                 "  choose buy, wait\n  on 2026-02-01\n"
                                 "  if level > 2 USD\n"
                                 "worth Buyer\n"
                                 "  + stake if second = buy and price = high\n"
                                 "  + 1 USD if first = buy\n"
                                 "what-if flat \"No second time\"\n  set level = 1 USD\n"
                                 "what-if dear \"More at stake\"\n  set stake = 4 to 6 USD\n"
                                 "what-if likely \"High prices\"\n  set price.high = 90%\n";

static void a_base_of_another_shape_is_not_taken(void **state)
{
    (void)state;
    Pipeline run = pipeline_of_text(shape, "2025-12-01");
    assert_int_equal(run.status, QUID_OK);
    const QuidDealTables *model = quid_deal_tables(run.deal);
    QuidAnswers *base = answer_changed(&run, run.deal, NULL);
    assert_int_equal(model->what_if_count, 3);
    for (uint32_t i = 0; i < model->what_if_count; i++) {
        const QuidWhatIf *change = &model->what_ifs[i];
        bool has_base_tree;
        compare_change(&run, base, model->settings + change->setting_first, change->setting_count,
                       &has_base_tree);
        assert_int_equal(has_base_tree, i > 0);
    }
    quid_answers_free(base);
    pipeline_free(&run);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_base_saves_work_and_changes_nothing),
        cmocka_unit_test(a_base_of_another_shape_is_not_taken),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
