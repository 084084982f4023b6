// Agent logit equilibria computed by another program, where they are at hand: games and numbers in
// ../shared. Says that it skips where they are not.
#include "pipeline.h"

#include <cjson/cJSON.h>
#include <dirent.h>
#include <math.h>
#include <stdio.h>

#define FOLDER "../shared/oracles/gambit" // from the project's root; QUID_ORACLES names another
#define PROBABILITY_TOLERANCE 1e-8

typedef struct Case {
    QuidContext *context;
    QuidGame *game;
    cJSON *oracle;
    const char *name;
} Case;

static const char *folder(void)
{
    const char *named = getenv("QUID_ORACLES");
    return named != NULL ? named : FOLDER;
}

static char *read_whole(const char *path)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL)
        return NULL;
    (void)fseek(file, 0, SEEK_END);
    const long size = ftell(file);
    rewind(file);
    char *text = calloc((size_t)size + 1, 1);
    assert_non_null(text);
    assert_int_equal(fread(text, 1, (size_t)size, file), size);
    (void)fclose(file);
    return text;
}

static Case open_case(const char *name)
{
    char path[512];
    Case opened = {.name = name};
    (void)snprintf(path, sizeof path, "%s/%s.json", folder(), name);
    char *text = read_whole(path);
    assert_non_null(text);
    opened.oracle = cJSON_Parse(text);
    assert_non_null(opened.oracle);
    free(text);
    const QuidContextOptions options = {.loader = quid_io_loader()};
    opened.context = quid_context_create(&options);
    (void)snprintf(path, sizeof path, "%s/%s.efg", folder(), name);
    QuidFileId file;
    const char *reason = "";
    assert_int_equal(quid_context_load_file(opened.context, string_of(path), &file, &reason),
                     QUID_OK);
    assert_int_equal(quid_game_read_efg(opened.context, file, &opened.game), QUID_OK);
    return opened;
}

static void close_case(Case *opened)
{
    quid_game_free(opened->game);
    quid_context_free(opened->context);
    cJSON_Delete(opened->oracle);
}

static QuidSolution *solve(const Case *opened, double lambda)
{
    QuidSolveOptions options = quid_solve_options();
    options.lambda = lambda;
    QuidSolution *solution = NULL;
    assert_int_equal(quid_game_solve(opened->context, opened->game, &options, &solution), QUID_OK);
    return solution;
}

static double number_of(const cJSON *object, const char *key)
{
    const cJSON *item = cJSON_GetObjectItem(object, key);
    assert_true(cJSON_IsNumber(item));
    return item->valuedouble;
}

// The largest difference between the oracle's lists of probabilities and the profile's.
static double difference(const Case *opened, const cJSON *lists, const double *probability)
{
    const QuidGameTables *tables = quid_game_tables(opened->game);
    double largest = 0;
    uint32_t set = 0;
    for (const cJSON *list = lists->child; list != NULL; list = list->next) {
        uint32_t action = tables->set_action_first[set++];
        for (const cJSON *item = list->child; item != NULL; item = item->next)
            largest = fmax(largest, fabs(item->valuedouble - probability[action++]));
        assert_int_equal(action, tables->set_action_first[set]);
    }
    assert_int_equal(set, tables->set_count);
    return largest;
}

static double largest_of(const cJSON *list)
{
    double largest = 0;
    for (const cJSON *item = list->child; item != NULL; item = item->next)
        largest = fmax(largest, item->valuedouble);
    return largest;
}

static void check_lambda(const Case *opened, const cJSON *entry)
{
    if (cJSON_GetObjectItem(entry, "status") != NULL)
        return;
    const double lambda = number_of(entry, "lam");
    QuidSolution *solution = solve(opened, lambda);
    const QuidSolutionTables *tables = quid_solution_tables(solution);
    const QuidGameTables *game = quid_game_tables(opened->game);
    const double off =
        difference(opened, cJSON_GetObjectItem(entry, "probs"), tables->profile.probability);
    if (off > PROBABILITY_TOLERANCE || tables->end != QUID_TRACE_REACHED)
        printf("%s at lambda %g: %g off, end %d at %g after %u steps\n", opened->name, lambda, off,
               (int)tables->end, tables->lambda, tables->step_count);
    assert_int_equal(tables->end, QUID_TRACE_REACHED);
    assert_true(off <= PROBABILITY_TOLERANCE);
    assert_true(tables->profile.is_certified);
    uint32_t player = 0;
    const cJSON *payoffs = cJSON_GetObjectItem(entry, "expected_payoffs");
    for (const cJSON *item = payoffs->child; item != NULL; item = item->next, player++) {
        const double range = game->payoff_high[player] - game->payoff_low[player];
        assert_true(fabs(item->valuedouble - tables->profile.payoff[player]) <= 1e-8 * range);
    }
    const cJSON *gains = cJSON_GetObjectItem(entry, "best_response_gain");
    double regret = 0;
    for (player = 0; player < game->player_count; player++)
        regret = fmax(regret, tables->profile.certificate.regret[player]);
    if (gains != NULL)
        assert_true(fabs(largest_of(gains) - regret) <= 1e-8 * (1 + regret));
    quid_solution_free(solution);
}

static void check_crossings(const Case *opened)
{
    const cJSON *crossings = cJSON_GetObjectItem(opened->oracle, "branch_crossings");
    if (crossings == NULL)
        return;
    const double lambda = number_of(crossings->child, "lam");
    QuidSolution *solution = solve(opened, lambda);
    const QuidSolutionTables *tables = quid_solution_tables(solution);
    const cJSON *expected = crossings->child->next;
    uint32_t folds = 0;
    double fold_lambda[2] = {0, 0};
    for (uint32_t i = 0; i < tables->point_count; i++) {
        const QuidBranchPoint *point = &tables->points[i];
        if (point->kind == QUID_BRANCH_FOLD && folds < 2)
            fold_lambda[folds++] = point->lambda;
        if (point->kind != QUID_BRANCH_CROSSING)
            continue;
        assert_non_null(expected);
        assert_true(difference(opened, cJSON_GetObjectItem(expected, "probs"),
                               tables->branch_probabilities + point->probability_first) <=
                    PROBABILITY_TOLERANCE);
        expected = expected->next;
    }
    assert_null(expected);
    const cJSON *fold = cJSON_GetObjectItem(opened->oracle, "fold");
    assert_int_equal(folds, 2);
    assert_true(fabs(fold_lambda[0] - number_of(fold, "first_turn_lambda")) <= 1e-6);
    assert_true(fabs(fold_lambda[1] - number_of(fold, "last_turn_lambda")) <= 1e-6);
    quid_solution_free(solution);
}

static void check_limit(const Case *opened)
{
    QuidSolution *solution = solve(opened, 0);
    const QuidSolutionTables *tables = quid_solution_tables(solution);
    const cJSON *nash = cJSON_GetObjectItem(opened->oracle, "terminal_nash");
    double off = -1;
    if (nash != NULL && cJSON_GetObjectItem(nash, "warning") == NULL &&
        cJSON_GetObjectItem(nash, "status") == NULL && cJSON_GetObjectItem(nash, "probs") != NULL)
        off = difference(opened, cJSON_GetObjectItem(nash, "probs"), tables->profile.probability);
    printf("%-24s limit: %s at lambda %.3g, %u steps, regret %.2g, one-shot %.2g, off %.2g\n",
           opened->name, tables->end == QUID_TRACE_LIMIT ? "reached" : "NOT reached",
           tables->lambda, tables->step_count, tables->profile.certificate.fraction_max,
           tables->profile.certificate.one_shot, off);
    assert_true(tables->profile.is_certified);
    quid_solution_free(solution);
}

static void check_case(const char *name)
{
    Case opened = open_case(name);
    const cJSON *aqre = cJSON_GetObjectItem(opened.oracle, "aqre");
    for (const cJSON *entry = aqre->child; entry != NULL; entry = entry->next)
        check_lambda(&opened, entry);
    check_crossings(&opened);
    check_limit(&opened);
    close_case(&opened);
}

static int is_case(const struct dirent *entry)
{
    const size_t size = strlen(entry->d_name);
    return size > 5 && strcmp(entry->d_name + size - 5, ".json") == 0 &&
           strcmp(entry->d_name, "zero_sum_values.json") != 0;
}

static void every_case_agrees(void **state)
{
    (void)state;
    struct dirent **entries = NULL;
    const int count = scandir(folder(), &entries, is_case, alphasort);
    if (count <= 0) {
        printf("skipped: there is no folder %s\n", folder());
        skip();
        return;
    }
    for (int i = 0; i < count; i++) {
        entries[i]->d_name[strlen(entries[i]->d_name) - 5] = '\0';
        check_case(entries[i]->d_name);
        free(entries[i]);
    }
    free(entries);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_case_agrees)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
