// Games: reading, tracing, judging. Usage: game_bench [NAME-PART]
#include "games.h"
#include "quid.h"

#include <time.h>

static double now(void)
{
    struct timespec time;
    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

static void run(const char *name, GameText *text, const char *part, double limit_nodes)
{
    if (part != NULL && strstr(name, part) == NULL)
        return;
    QuidContext *context = quid_context_create(NULL);
    QuidFileId file;
    QuidGame *game = NULL;
    double start = now();
    if (quid_context_add_file(context, (QuidString){name, (uint32_t)strlen(name)},
                              (QuidString){text->bytes, (uint32_t)text->size}, &file) != QUID_OK ||
        quid_game_read_efg(context, file, &game) != QUID_OK) {
        printf("%s: not read\n", name);
        exit(1);
    }
    const QuidGameTables *tables = quid_game_tables(game);
    printf("%-10s %8u nodes %7u sets %7u actions, read in %.3f s\n", name, tables->node_count,
           tables->set_count, tables->action_count, now() - start);
    const double goals[] = {10, 1000, 0};
    for (int i = 0; i < 3; i++) {
        if (i > 0 && tables->node_count > limit_nodes)
            continue;
        QuidSolveOptions options = quid_solve_options();
        options.lambda = goals[i];
        options.is_scaled = true;
        if (getenv("QUID_NO_MATRIX") != NULL)
            options.matrix_entry_count_max = 1;
        QuidSolution *solution = NULL;
        start = now();
        if (quid_game_solve(context, game, &options, &solution) != QUID_OK)
            exit(1);
        const double seconds = now() - start;
        const QuidSolutionTables *solved = quid_solution_tables(solution);
        printf(
            "   lambda %5g: %9.2f ms, %4u steps, end %d at %.3g, regret %.2g, residual %.2g, %s\n",
            goals[i], seconds * 1e3, solved->step_count, (int)solved->end, solved->lambda,
            solved->profile.certificate.fraction_max, solved->profile.certificate.residual,
            solved->profile.is_certified ? "certified" : "NOT certified");
        for (uint32_t k = 0; k < solved->point_count && k < 8; k++)
            printf("      %s at %g\n",
                   solved->points[k].kind == QUID_BRANCH_FOLD          ? "fold"
                   : solved->points[k].kind == QUID_BRANCH_BIFURCATION ? "bifurcation"
                                                                       : "crossing",
                   solved->points[k].lambda);
        quid_solution_free(solution);
    }
    quid_game_free(game);
    quid_context_free(context);
}

int main(int count, char **words)
{
    const char *part = count > 1 ? words[1] : NULL;
    GameText text = {.size = 0};
    write_leduc(&text);
    run("leduc", &text, part, 1e5);
    static const uint32_t twos[32] = {2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2,
                                      2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2};
    static const uint32_t mixed[8] = {3, 3, 2, 3, 2, 3, 2, 3};
    const struct {
        const char *name;
        Rounds rounds;
    } games[] = {
        {"flagship", {3, 2, 16, 5, mixed, 7, 0}}, {"r50", {2, 2, 1, 4, twos, 1, 0.25}},
        {"r500", {2, 2, 1, 7, twos, 2, 0}},       {"r5000", {2, 2, 2, 9, twos, 3, 0}},
        {"r5000w", {3, 3, 1, 6, mixed, 3, 0}},    {"r100k", {3, 2, 4, 13, twos, 4, 0}},
        {"r1m", {3, 2, 16, 14, twos, 5, 0}},
    };
    for (size_t i = 0; i < sizeof games / sizeof games[0]; i++) {
        text.size = 0;
        write_rounds(&text, &games[i].rounds);
        run(games[i].name, &text, part, 2e4);
    }
    free(text.bytes);
    return 0;
}
