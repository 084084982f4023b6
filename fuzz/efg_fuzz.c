// Any bytes as a game in Gambit's format: what is written reads back as the same game, and where it
// is small, its solutions are what plain recomputation makes of them.
#include "fuzz.h"
#include "judge.h"

#include <stdio.h>

static void check(bool holds, const char *what)
{
    if (holds)
        return;
    fprintf(stderr, "%s\n", what);
    abort();
}

// ---- Written and read back

static bool is_same_text(QuidString left, QuidString right)
{
    return left.size == right.size &&
           (left.size == 0 || memcmp(left.bytes, right.bytes, left.size) == 0);
}

static void check_same(const QuidGameTables *left, const QuidGameTables *right)
{
    check(left->player_count == right->player_count && left->node_count == right->node_count &&
              left->set_count == right->set_count && left->action_count == right->action_count,
          "as many of everything are read back");
    for (uint32_t node = 0; node < left->node_count; node++)
        check(left->end[node] == right->end[node] && left->set[node] == right->set[node] &&
                  left->edge[node] == right->edge[node] &&
                  memcmp(&left->chance[node], &right->chance[node], sizeof(double)) == 0,
              "every node is read back");
    for (size_t i = 0; i < (size_t)left->player_count * left->terminal_count; i++)
        check(memcmp(&left->payoff[i], &right->payoff[i], sizeof(double)) == 0,
              "every payoff is read back");
    for (uint32_t i = 0; i < left->set_count; i++)
        check(left->set_player[i] == right->set_player[i] &&
                  left->set_number[i] == right->set_number[i] &&
                  is_same_text(left->set_label[i], right->set_label[i]),
              "every set is read back");
    for (uint32_t i = 0; i < left->action_count; i++)
        check(is_same_text(left->action_label[i], right->action_label[i]),
              "every action is read back");
}

static void check_writing(const QuidGame *game)
{
    QuidIoBuffer written = {NULL, 0, 0, false};
    QuidContext *context = quid_context_create(NULL);
    QuidGame *again = NULL;
    QuidFileId file;
    check(quid_game_write_efg(game, QUID_FUZZ_NAME("a \"title\""),
                              quid_io_buffer_output(&written)) == QUID_OK,
          "a game is written");
    const QuidString bytes = {written.bytes, (uint32_t)written.size};
    check(context != NULL &&
              quid_context_add_file(context, QUID_FUZZ_NAME("again.efg"), bytes, &file) ==
                  QUID_OK &&
              quid_game_read_efg(context, file, &again) == QUID_OK,
          "what is written is read");
    check_same(quid_game_tables(game), quid_game_tables(again));
    quid_game_free(again);
    quid_context_free(context);
    free(written.bytes);
}

// ---- Solved

static void check_profile(const QuidGameTables *tables, const QuidProfile *profile)
{
    const Judge judge = {tables, profile->probability};
    for (uint32_t player = 0; player < tables->player_count; player++) {
        const double scale =
            fmax(fabs(tables->payoff_low[player]), fabs(tables->payoff_high[player]));
        const double tolerance = 1e-9 * scale + 1e-300;
        const double regret = scale < 1e200 ? regret_by_trying(&judge, player) : -1;
        check(!(scale < 1e200) ||
                  fabs(profile->payoff[player] - value_at(&judge, 0, player)) <= tolerance,
              "payoffs are what the tree makes of the strategies");
        check(regret < 0 || fabs(profile->certificate.regret[player] - regret) <= tolerance,
              "a regret is what the best of all strategies gains");
    }
}

static void check_printing(QuidContext *context, const QuidGame *game, const QuidSolution *solution,
                           double lambda)
{
    const QuidOutput output = {fuzz_discard, NULL};
    QuidBriefOptions how = quid_brief_options();
    how.has_strategy = true;
    check(quid_brief_game(context, game, solution, lambda, &how, output) == QUID_OK,
          "an answer is printed");
    how.is_json = true;
    check(quid_brief_game(context, game, solution, lambda, &how, output) == QUID_OK,
          "an answer is printed as JSON");
}

// By the branch with a matrix; without one and from several starts; by minimising regret: in turns.
static void try_solving(QuidContext *context, const QuidGame *game, double lambda, size_t turn)
{
    const bool is_lean = turn == 1;
    uint32_t left = 300;
    QuidSolveOptions options = quid_solve_options();
    QuidSolution *solution = NULL;
    options.lambda = lambda;
    options.progress = (QuidProgress){fuzz_be_patient, &left};
    options.method = turn == 2 ? QUID_METHOD_REGRET : options.method;
    options.start_count = is_lean ? 2 : 0;
    options.matrix_entry_count_max = is_lean ? 1 : options.matrix_entry_count_max;
    if (quid_game_solve(context, game, &options, &solution) != QUID_OK)
        return;
    const QuidSolutionTables *tables = quid_solution_tables(solution);
    if (quid_game_tables(game)->node_count < 300) {
        check_profile(quid_game_tables(game), &tables->profile);
        for (uint32_t i = 0; i < tables->other_count; i++)
            check_profile(quid_game_tables(game), &tables->others[i]);
    }
    check_printing(context, game, solution, lambda);
    quid_solution_free(solution);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    QuidContext *context = quid_context_create(NULL);
    QuidFileId file = {0};
    QuidGame *game = NULL;
    const QuidString bytes = {(const char *)data, (uint32_t)size};
    if (context != NULL &&
        quid_context_add_file(context, QUID_FUZZ_NAME("fuzz.efg"), bytes, &file) == QUID_OK) {
        fuzz_check_status(context, quid_game_read_efg(context, file, &game));
        if (game != NULL)
            check_writing(game);
        if (game != NULL && quid_game_tables(game)->node_count < 2000) {
            try_solving(context, game, 1, size % 3);
            try_solving(context, game, 0, size % 3);
        }
    }
    quid_game_free(game);
    quid_context_free(context);
    return 0;
}
