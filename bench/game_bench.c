// Games: reading, tracing to lambda 10 and 1000 times the range and to the limit, judging. An
// answer that is not certified ends the run. Usage: game_bench [--gambit PATH] [NAME-PART]: with
// the path of gambit-logit, also its time to lambda 10 on the same file.
#include "certificate.h"
#include "games.h"
#include "quid.h"

#include <time.h>
#include <unistd.h>

#define LARGE_NODE_COUNT 20000u // above, the way to lambda 10 alone is timed

typedef struct Bench {
    const char *part;
    const char *gambit;
} Bench;

static double seconds(clockid_t clock)
{
    struct timespec time;
    (void)clock_gettime(clock, &time);
    return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

static void fail(const char *name, const char *what)
{
    printf("%s: %s\n", name, what);
    exit(1);
}

static void time_gambit(const Bench *bench, const char *name, const GameText *text, double lambda)
{
    char path[] = "/tmp/game_bench_XXXXXX";
    const int descriptor = mkstemp(path);
    FILE *file = descriptor < 0 ? NULL : fdopen(descriptor, "w");
    if (file == NULL || fwrite(text->bytes, 1, text->size, file) != text->size)
        fail(name, "no file for gambit-logit");
    (void)fclose(file);
    char command[1024];
    (void)snprintf(command, sizeof command, "timeout 120 '%s' -q -l %.17g %s >/dev/null 2>&1",
                   bench->gambit, lambda, path);
    const double start = seconds(CLOCK_MONOTONIC);
    const int code = system(command);
    printf("   gambit-logit to lambda %g: %.3f s%s\n", lambda, seconds(CLOCK_MONOTONIC) - start,
           code == 0 ? "" : " (did not get there)");
    (void)unlink(path);
}

static void time_regret(QuidContext *context, const QuidGame *game, const QuidProfile *profile)
{
    const QuidGameTables *tables = quid_game_tables(game);
    const Judged judged = {.probability = profile->probability,
                           .log_probability = profile->log_probability,
                           .chance = tables->chance,
                           .is_scaled = true,
                           .lambda = 10};
    const int rounds = tables->node_count > LARGE_NODE_COUNT ? 3 : 100;
    double best = 1e9;
    for (int i = 0; i < rounds; i++) {
        QuidArena arena;
        QuidCertificate certificate;
        const double *payoff;
        quid__arena_init(&arena, context);
        const double start = seconds(CLOCK_PROCESS_CPUTIME_ID);
        if (quid__certify(game, &judged, &arena, &certificate, &payoff) != QUID_OK)
            exit(1);
        const double spent = seconds(CLOCK_PROCESS_CPUTIME_ID) - start;
        best = spent < best ? spent : best;
        quid__arena_free(&arena);
    }
    printf("   certificate, all players: %.1f ns a node\n", best * 1e9 / tables->node_count);
}

static void time_solving(QuidContext *context, const QuidGame *game, const char *name,
                         double lambda)
{
    QuidSolveOptions options = quid_solve_options();
    options.lambda = lambda;
    options.is_scaled = true;
    QuidSolution *solution = NULL;
    const double start = seconds(CLOCK_PROCESS_CPUTIME_ID);
    if (quid_game_solve(context, game, &options, &solution) != QUID_OK)
        fail(name, "no memory");
    const double spent = seconds(CLOCK_PROCESS_CPUTIME_ID) - start;
    const QuidSolutionTables *solved = quid_solution_tables(solution);
    if (!solved->profile.is_certified)
        fail(name, "not certified");
    printf("   lambda %5g: %9.2f ms, %4u points, regret %.2g, residual %.2g, %u events\n", lambda,
           spent * 1e3, solved->step_count, solved->profile.certificate.fraction_max,
           solved->profile.certificate.residual, solved->point_count);
    if (lambda > 0 && lambda <= 10)
        time_regret(context, game, &solved->profile);
    quid_solution_free(solution);
}

static void run(const Bench *bench, const char *name, const GameText *text)
{
    if (bench->part != NULL && strstr(name, bench->part) == NULL)
        return;
    QuidContext *context = quid_context_create(NULL);
    QuidFileId file;
    QuidGame *game = NULL;
    if (quid_context_add_file(context, (QuidString){name, (uint32_t)strlen(name)},
                              (QuidString){text->bytes, (uint32_t)text->size}, &file) != QUID_OK)
        fail(name, "no memory");
    const double start = seconds(CLOCK_PROCESS_CPUTIME_ID);
    if (quid_game_read_efg(context, file, &game) != QUID_OK)
        fail(name, "not read");
    const QuidGameTables *tables = quid_game_tables(game);
    printf("%s: %u nodes, %u sets, %u actions, %u players; read in %.3f s\n", name,
           tables->node_count, tables->set_count, tables->action_count, tables->player_count,
           seconds(CLOCK_PROCESS_CPUTIME_ID) - start);
    time_solving(context, game, name, 10);
    if (tables->node_count <= LARGE_NODE_COUNT) {
        time_solving(context, game, name, 1000);
        time_solving(context, game, name, 0);
    }
    if (bench->gambit != NULL)
        time_gambit(bench, name, text, 10 / (tables->payoff_high[0] - tables->payoff_low[0]));
    quid_game_free(game);
    quid_context_free(context);
}

int main(int count, char **words)
{
    Bench bench = {NULL, NULL};
    for (int i = 1; i < count; i++) {
        if (strcmp(words[i], "--gambit") == 0 && i + 1 < count)
            bench.gambit = words[++i];
        else
            bench.part = words[i];
    }
    GameText text = {.size = 0};
    write_leduc(&text);
    run(&bench, "leduc", &text);
    static const uint32_t twos[] = {2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2};
    static const uint32_t mixed[] = {3, 3, 2, 3, 2, 3, 2, 3};
    // Payoffs are random, which makes branches wind more than a deal's do.
    const struct {
        const char *name;
        Rounds rounds;
    } games[] = {
        {"secrets-12k", {3, 2, 16, 5, mixed, 7, 0}}, {"tree-50", {2, 2, 1, 3, twos, 1, 0}},
        {"tree-500", {2, 2, 1, 6, twos, 2, 0}},      {"tree-5k", {2, 2, 4, 8, twos, 9, 0.3}},
        {"tree-100k", {3, 2, 3, 12, twos, 4, 0}},    {"tree-1m", {3, 2, 16, 13, twos, 5, 0}},
    };
    for (size_t i = 0; i < sizeof games / sizeof games[0]; i++) {
        text.size = 0;
        write_rounds(&text, &games[i].rounds);
        run(&bench, games[i].name, &text);
    }
    free(text.bytes);
    return 0;
}
