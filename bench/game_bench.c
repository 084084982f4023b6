// Games: the regret of a profile, the way along the branch to a given lambda, the limit, and regret
// minimisation. A solution counts when its certificate, and a plain loop of this file's own, find
// it good; what gambit-logit and OpenSpiel find is held against the same.
#include "bench.h"
#include "certificate.h"
#include "games.h"
#include "minimise.h"
#include "plain.h"

#define REGRET "regret"
#define TRACE "trace to a precision"
#define LIMIT "limit"
#define MINIMISE "regret minimisation"
#define EXPLOITABILITY 1e-4 // half the sum of both regrets, in the game's own payoffs
#define ITERATION_COUNT 50
#define PEER_SECONDS_MAX 10u
#define PEER_TOLERANCE 1e-6 // of probabilities; gambit-logit is asked for ten digits

typedef struct Game {
    const Bench *bench;
    const char *name;
    const GameText *text;
    QuidContext *context;
    QuidGame *game;
    const QuidGameTables *tables;
    double pass_seconds;      // a plain loop's for the regrets of all players
    const char *regret_label; // of a row that a point of the path is still to be put beside
} Game;

static void print(const Game *game, const BenchRow *what, const char *role, const char *program,
                  BenchTime time)
{
    BenchRow row = *what;
    row.unit = "nodes";
    row.size = game->tables->node_count;
    row.role = role;
    row.program = program;
    row.time = time;
    bench_print(&row);
}

static void open_game(Game *game, const Bench *bench, const char *name, const GameText *text)
{
    QuidFileId file;
    *game =
        (Game){.bench = bench, .name = name, .text = text, .context = quid_context_create(NULL)};
    if (game->context == NULL ||
        quid_context_add_file(game->context, (QuidString){name, (uint32_t)strlen(name)},
                              (QuidString){text->bytes, (uint32_t)text->size}, &file) != QUID_OK ||
        quid_game_read_efg(game->context, file, &game->game) != QUID_OK)
        bench_fail(name, "is not read");
    game->tables = quid_game_tables(game->game);
}

static void close_game(Game *game)
{
    quid_game_free(game->game);
    quid_context_free(game->context);
}

// ---- Regret -----------------------------------------------------------------

typedef struct Judging {
    Game *game;
    double *probability;
    double *log_probability;
    double regret[QUID_GAME_PLAYER_COUNT_MAX];
} Judging;

static void judge(void *user)
{
    Judging *judging = user;
    QuidArena arena;
    QuidCertificate certificate;
    const double *payoff;
    const Judged judged = {.probability = judging->probability,
                           .log_probability = judging->log_probability,
                           .chance = judging->game->tables->chance,
                           .is_scaled = true,
                           .lambda = 1};
    quid__arena_init(&arena, judging->game->context);
    if (quid__certify(judging->game->game, &judged, &arena, &certificate, &payoff) != QUID_OK)
        bench_fail(judging->game->name, "no memory");
    memcpy(judging->regret, certificate.regret,
           judging->game->tables->player_count * sizeof(double));
    quid__arena_free(&arena);
}

// Uniform play, which every peer knows.
static void fill_uniform(Judging *judging)
{
    const QuidGameTables *tables = judging->game->tables;
    judging->probability = malloc(tables->action_count * sizeof(double));
    judging->log_probability = malloc(tables->action_count * sizeof(double));
    if (judging->probability == NULL || judging->log_probability == NULL)
        bench_fail(judging->game->name, "no memory");
    for (uint32_t i = 0; i < tables->action_count; i++) {
        const uint32_t set = tables->action_set[i];
        const double count = tables->set_action_first[set + 1] - tables->set_action_first[set];
        judging->probability[i] = 1 / count;
        judging->log_probability[i] = -log(count);
    }
}

// OpenSpiel's example prints the exploitability (half the sum of both players' regrets) of the
// average policy after the first iteration of CFR, after each so many, and after the last; the
// first is of uniform play. Two runs that differ in how often it is printed differ by the time of
// so many evaluations.
typedef struct Spiel {
    const char *name; // of the game there; NULL: not compared
    int iteration_count;
} Spiel;

static void time_openspiel(const Game *game, const BenchRow *what, const Spiel *spiel,
                           double exploitability)
{
    char name[64];
    char count[64];
    char often[64];
    BenchTime times[2];
    char *output = bench_path(game->bench, "output");
    snprintf(name, sizeof name, "--game_name=%s", spiel->name);
    snprintf(count, sizeof count, "--num_iters=%d", spiel->iteration_count);
    for (int i = 0; i < 2; i++) {
        snprintf(often, sizeof often, "--report_every=%d", i == 0 ? 1 : spiel->iteration_count);
        const char *words[] = {
            "sh", "-c", "exec \"$@\" 2>&1", "sh", game->bench->openspiel, name, count, often, NULL};
        times[i] = bench_command(words, output, 0);
        char *text = bench_read(output, NULL);
        const char *found = strstr(text, "exploitability=");
        if (found == NULL || fabs(strtod(found + 15, NULL) - exploitability) > 1e-5)
            bench_fail("OpenSpiel", "another exploitability of uniform play");
        free(text);
    }
    const int more = spiel->iteration_count - 2;
    print(game, what, "peer", "OpenSpiel",
          bench_of_seconds((times[0].cpu_seconds - times[1].cpu_seconds) / more));
    free(output);
}

static void bench_regret(Game *game, const char *label, Spiel spiel)
{
    const BenchRow row = {.path = REGRET,
                          .label = label,
                          .check = "each player's regret equals a plain loop's within 1e-10"};
    Judging judging = {.game = game};
    Plain plain;
    fill_uniform(&judging);
    plain_open(&plain, game->tables, judging.probability);
    judge(&judging);
    plain_work(&plain);
    for (uint32_t i = 0; i < game->tables->player_count; i++) {
        const double range = game->tables->payoff_high[i] - game->tables->payoff_low[i];
        if (!(fabs(judging.regret[i] - plain.regret[i]) <= 1e-10 * range))
            bench_fail(game->name, "the certificate's regret and a plain loop's differ");
    }
    print(game, &row, "quid", "quid", bench_time(game->bench, judge, &judging));
    game->regret_label = label;
    const BenchTime pass = bench_time(game->bench, plain_work, &plain);
    game->pass_seconds = pass.cpu_seconds;
    print(game, &row, "bound", "plain loop", pass);
    if (spiel.name != NULL && game->bench->openspiel != NULL)
        time_openspiel(game, &row, &spiel, (judging.regret[0] + judging.regret[1]) / 2);
    plain_close(&plain);
    free(judging.probability);
    free(judging.log_probability);
}

// ---- Solving ----------------------------------------------------------------

typedef struct Solving {
    Game *game;
    QuidSolveOptions options;
    QuidSolution *solution;
} Solving;

static void solve(void *user)
{
    Solving *solving = user;
    quid_solution_free(solving->solution);
    if (quid_game_solve(solving->game->context, solving->game->game, &solving->options,
                        &solving->solution) != QUID_OK)
        bench_fail(solving->game->name, "no memory");
}

// The numbers behind the first comma of the last line that begins with `begin`: probabilities by
// player, then set, then action.
static void read_gambit(const Game *game, const char *path, const char *begin, double *probability)
{
    char *text = bench_read(path, NULL);
    const char *line = NULL;
    for (char *at = text; at != NULL; at = strchr(at, '\n')) {
        at += *at == '\n';
        line = strncmp(at, begin, strlen(begin)) == 0 && *at != '\0' ? at : line;
    }
    const char *rest = line == NULL ? NULL : strchr(line, ',');
    for (uint32_t i = 0; i < game->tables->action_count; i++) {
        if (rest == NULL)
            bench_fail(game->name, "gambit-logit printed too few probabilities");
        probability[i] = strtod(rest + 1, NULL);
        rest = strchr(rest + 1, ',');
    }
    free(text);
}

// lambda: by the file's own payoffs; 0: the limit.
static void time_gambit(const Game *game, const BenchRow *what, double lambda, const double *wanted)
{
    char *path = bench_path(game->bench, "game.efg");
    char *output = bench_path(game->bench, "output");
    FILE *file = fopen(path, "w");
    if (file == NULL || fwrite(game->text->bytes, 1, game->text->size, file) != game->text->size ||
        fclose(file) != 0)
        bench_fail(path, "cannot be written");
    char number[32];
    snprintf(number, sizeof number, "%.17g", lambda);
    const char *traced[] = {game->bench->gambit, "-q", "-d", "10", "-l", number, path, NULL};
    const char *to_limit[] = {game->bench->gambit, "-q", "-d", "10", "-e", path, NULL};
    const BenchTime time = bench_command(lambda > 0 ? traced : to_limit, output, PEER_SECONDS_MAX);
    double *found = malloc(game->tables->action_count * sizeof(double));
    if (found == NULL)
        bench_fail(game->name, "no memory");
    if (!time.is_unfinished) {
        read_gambit(game, output, lambda > 0 ? "" : "NE", found);
        for (uint32_t i = 0; lambda > 0 && i < game->tables->action_count; i++) {
            if (!(fabs(found[i] - wanted[i]) <= PEER_TOLERANCE))
                bench_fail(game->name, "gambit-logit found other probabilities");
        }
        // What it prints as an equilibrium need not be quid's, but must be one.
        if (lambda == 0 && !(plain_regret(game->tables, found) <= 1e-4))
            bench_fail(game->name, "what gambit-logit printed is no equilibrium");
    }
    print(game, what, "peer", "gambit-logit", time);
    free(found);
    free(path);
    free(output);
}

// An iteration of the solver beside the regret, which should cost no more.
static void print_point(Game *game, double seconds)
{
    const BenchRow row = {.path = REGRET, .label = game->regret_label, .check = "certified"};
    if (row.label != NULL)
        print(game, &row, "peer", "a trace point", bench_of_seconds(seconds));
    game->regret_label = NULL;
}

// lambda: of the range, or by the file's payoffs; 0: the limit.
static void bench_solving(Game *game, const char *label, double lambda, bool is_scaled,
                          bool has_gambit)
{
    const BenchRow row = {.path = lambda > 0 ? TRACE : LIMIT,
                          .label = label,
                          .check = lambda > 0 ? TRACE_CHECK : LIMIT_CHECK};
    Solving solving = {.game = game, .options = quid_solve_options()};
    solving.options.lambda = lambda;
    solving.options.is_scaled = is_scaled;
    solve(&solving);
    const QuidSolutionTables *solved = quid_solution_tables(solving.solution);
    if (!solved->profile.is_certified)
        bench_fail(label, "not certified");
    if (lambda == 0 && !(plain_regret(game->tables, solved->profile.probability) <= 1e-6))
        bench_fail(label, "a plain loop finds more regret");
    const BenchTime time = bench_time(game->bench, solve, &solving);
    print(game, &row, "quid", "quid", time);
    solved = quid_solution_tables(solving.solution);
    print_point(game, time.cpu_seconds / solved->step_count);
    print(game, &row, "bound", "1 pass a point",
          bench_of_seconds(solved->step_count * game->pass_seconds));
    const double range = game->tables->payoff_high[0] - game->tables->payoff_low[0];
    if (has_gambit && game->bench->gambit != NULL)
        time_gambit(game, &row, is_scaled ? lambda / range : lambda, solved->profile.probability);
    quid_solution_free(solving.solution);
}

// ---- Regret minimisation ----------------------------------------------------

typedef struct Iterating {
    Minimiser minimiser;
    double regret[2];
    double sum;
} Iterating;

static void iterate(void *user)
{
    Iterating *iterating = user;
    iterating->minimiser.iteration_count = 1000; // a discounted one, however often this is called
    for (uint32_t i = 0; i < ITERATION_COUNT; i++)
        quid__minimiser_iterate(&iterating->minimiser);
}

static void look(void *user)
{
    Iterating *iterating = user;
    quid__minimiser_regret(&iterating->minimiser, iterating->regret);
}

// What no iteration can do without: each player's payoffs times the other's plan.
static void multiply(void *user)
{
    Iterating *iterating = user;
    for (uint32_t side = 0; side < 2; side++) {
        const Sequences *sequences = &iterating->minimiser.players[side].sequences;
        const double *plan = iterating->minimiser.players[1 - side].plan;
        double sum[QUID_TILE_WIDTH] = {0};
        for (uint32_t i = 0; i < sequences->entry_first[sequences->place_count / QUID_TILE_WIDTH];
             i++) {
            for (uint32_t lane = 0; lane < QUID_TILE_WIDTH; lane++)
                sum[lane] += sequences->entry_payoff[i * (size_t)QUID_TILE_WIDTH + lane] *
                             plan[sequences->entry_place[i]];
        }
        iterating->sum += sum[0] + sum[1] + sum[2] + sum[3];
    }
}

// After some iterations, the regret that ends them is a plain loop's.
static void check_regret(const Game *game, Iterating *iterating)
{
    double *probability = malloc(game->tables->action_count * sizeof(double));
    Plain plain;
    if (probability == NULL)
        bench_fail(game->name, "no memory");
    iterate(iterating);
    look(iterating);
    quid__minimiser_average(&iterating->minimiser, game->game, probability);
    plain_open(&plain, game->tables, probability);
    plain_work(&plain);
    for (uint32_t i = 0; i < 2; i++) {
        const double range = game->tables->payoff_high[i] - game->tables->payoff_low[i];
        if (!(fabs(iterating->regret[i] - plain.regret[i] / range) <= 1e-10))
            bench_fail(game->name, "the regret by sequences and a plain loop's differ");
    }
    plain_close(&plain);
    free(probability);
}

// OpenSpiel's example again, for the time of an iteration of counterfactual regret minimisation.
static void time_spiel_iteration(const Game *game, const BenchRow *what, const Spiel *spiel)
{
    char name[64];
    BenchTime times[2];
    char *output = bench_path(game->bench, "output");
    snprintf(name, sizeof name, "--game_name=%s", spiel->name);
    for (int i = 0; i < 2; i++) {
        char count[64];
        char often[64];
        const int iterations = i == 0 ? 3 : 3 + spiel->iteration_count;
        snprintf(count, sizeof count, "--num_iters=%d", iterations);
        snprintf(often, sizeof often, "--report_every=%d", iterations);
        const char *words[] = {
            "sh", "-c", "exec \"$@\" 2>&1", "sh", game->bench->openspiel, name, count, often, NULL};
        times[i] = bench_command(words, output, 0);
    }
    print(game, what, "peer", "OpenSpiel",
          bench_of_seconds((times[1].cpu_seconds - times[0].cpu_seconds) / spiel->iteration_count));
    free(output);
}

static void bench_iterating(const Game *game, const char *iteration, const char *regret,
                            Spiel spiel)
{
    const BenchRow row = {
        .path = MINIMISE, .label = iteration, .check = "the regret equals a plain loop's"};
    const BenchRow look_row = {.path = MINIMISE, .label = regret, .check = row.check};
    const QuidSolveOptions options = quid_solve_options();
    Iterating iterating = {.sum = 0};
    QuidArena arena;
    quid__arena_init(&arena, game->context);
    if (!quid__minimiser_create(game->game, &options, &arena, &iterating.minimiser))
        bench_fail(game->name, "no memory");
    check_regret(game, &iterating);
    const double seconds =
        bench_time(game->bench, iterate, &iterating).cpu_seconds / ITERATION_COUNT;
    print(game, &row, "quid", "quid", bench_of_seconds(seconds));
    print(game, &row, "bound", "products alone", bench_time(game->bench, multiply, &iterating));
    if (spiel.name != NULL && game->bench->openspiel != NULL)
        time_spiel_iteration(game, &row, &spiel);
    print(game, &look_row, "quid", "quid", bench_time(game->bench, look, &iterating));
    print(game, &look_row, "peer", "an iteration", bench_of_seconds(seconds));
    quid__arena_free(&arena);
}

static void bench_minimising(Game *game, const char *label)
{
    const double range = game->tables->payoff_high[0] - game->tables->payoff_low[0];
    const BenchRow row = {
        .path = MINIMISE, .label = label, .check = "certified; once more by a plain loop"};
    Solving solving = {.game = game, .options = quid_solve_options()};
    solving.options.method = QUID_METHOD_REGRET;
    solving.options.tolerance = EXPLOITABILITY / range;
    solve(&solving);
    const QuidSolutionTables *solved = quid_solution_tables(solving.solution);
    if (!solved->profile.is_certified ||
        !(plain_regret(game->tables, solved->profile.probability) <= solving.options.tolerance))
        bench_fail(label, "not certified");
    print(game, &row, "quid", "quid", bench_time(game->bench, solve, &solving));
    quid_solution_free(solving.solution);
}

// ---- Two cores --------------------------------------------------------------

// One trace by the clock on the wall, with one thread and with two.
static void bench_threads(Game *game, const char *label, double lambda, bool is_scaled)
{
    const BenchRow row = {.path = "two cores",
                          .label = label,
                          .clock = BENCH_WALL,
                          .check = "the same bits with one thread and two"};
    BenchTime runs[2][BENCH_RUN_COUNT_MAX];
    Solving solving[2];
    for (uint32_t i = 0; i < 2; i++) {
        solving[i] = (Solving){.game = game, .options = quid_solve_options()};
        solving[i].options.lambda = lambda;
        solving[i].options.is_scaled = is_scaled;
        solving[i].options.thread_count = i + 1;
    }
    uint32_t count = 0;
    while (!bench_has_enough(game->bench, runs[0], count)) {
        for (uint32_t i = 0; i < 2; i++)
            runs[i][count] = bench_repeat(solve, &solving[i], 1);
        count += 1;
    }
    if (memcmp(quid_solution_tables(solving[0].solution)->profile.log_probability,
               quid_solution_tables(solving[1].solution)->profile.log_probability,
               game->tables->action_count * sizeof(double)) != 0)
        bench_fail(label, "other bits with two threads");
    print(game, &row, "quid", "quid", bench_median(runs[1], count, BENCH_WALL));
    print(game, &row, "peer", "one thread", bench_median(runs[0], count, BENCH_WALL));
    for (uint32_t i = 0; i < 2; i++)
        quid_solution_free(solving[i].solution);
}

// ---- Which games ------------------------------------------------------------

static void read_kuhn(GameText *text)
{
    text->bytes = bench_read("tests/games/kuhn.efg", &text->size);
    text->capacity = text->size;
}

static void bench_poker(const Bench *bench)
{
    Game game;
    GameText text = {.size = 0};
    read_kuhn(&text);
    open_game(&game, bench, "kuhn", &text);
    bench_regret(&game, "Kuhn poker", (Spiel){NULL, 0});
    bench_solving(&game, "Kuhn poker λ·range 390", 390, true, true);
    bench_solving(&game, "Kuhn poker λ 1000", 1000, false, true);
    bench_solving(&game, "Kuhn poker", 0, false, true);
    bench_iterating(&game, "Kuhn poker iteration", "Kuhn poker regret",
                    (Spiel){"kuhn_poker", 10000});
    bench_minimising(&game, "Kuhn poker to 1e-4");
    close_game(&game);
    if (!bench->is_quick) {
        text.size = 0;
        write_leduc(&text);
        open_game(&game, bench, "leduc", &text);
        bench_regret(&game, "Leduc poker", (Spiel){"leduc_poker", 11});
        bench_solving(&game, "Leduc poker λ·range 390", 390, true, true);
        bench_solving(&game, "Leduc poker λ·range 1000", 1000, true, false);
        bench_solving(&game, "Leduc poker", 0, true, false);
        bench_iterating(&game, "Leduc poker iteration", "Leduc poker regret",
                        (Spiel){"leduc_poker", 100});
        bench_minimising(&game, "Leduc poker to 1e-4");
        bench_threads(&game, "a trace: Leduc poker", 390, true);
        close_game(&game);
    }
    free(text.bytes);
}

static void bench_dice(const Bench *bench)
{
    Game game;
    GameText text = {.size = 0};
    write_liars_dice(&text);
    open_game(&game, bench, "liar's dice", &text);
    bench_regret(&game, "liar's dice 6", (Spiel){bench->is_slow ? "liars_dice" : NULL, 3});
    bench_iterating(&game, "liar's dice 6 iteration", "liar's dice 6 regret",
                    (Spiel){bench->is_slow ? "liars_dice" : NULL, 10});
    bench_minimising(&game, "liar's dice 6 to 1e-4");
    if (bench->is_slow)
        bench_solving(&game, "liar's dice 6 λ 1", 1, false, false);
    close_game(&game);
    free(text.bytes);
}

// Payoffs are random, which makes branches wind more than a deal's do; hence no limit of the large
// ones.
static void bench_trees(const Bench *bench)
{
    static const uint32_t twos[] = {2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2};
    static const Rounds trees[] = {{2, 2, 1, 3, twos, 1, 0},
                                   {2, 2, 1, 6, twos, 2, 0},
                                   {2, 2, 4, 8, twos, 9, 0.3},
                                   {3, 2, 3, 12, twos, 4, 0},
                                   {3, 2, 16, 13, twos, 5, 0}};
    GameText text = {.size = 0};
    for (size_t i = 0; i < (bench->is_quick ? 1 : sizeof trees / sizeof trees[0]); i++) {
        Game game;
        text.size = 0;
        write_rounds(&text, &trees[i]);
        open_game(&game, bench, "random tree", &text);
        bench_regret(&game, "random trees", (Spiel){NULL, 0});
        bench_solving(&game, "random trees λ 10", 10, false, i < 2);
        if (i < 3)
            bench_solving(&game, "random trees", 0, true, i < 2);
        else
            bench_threads(&game, "a trace: random trees", 10, false);
        close_game(&game);
    }
    free(text.bytes);
}

int main(int count, char **words)
{
    const Bench bench = bench_open(count, words, "game_bench");
    bench_poker(&bench);
    bench_trees(&bench);
    if (!bench.is_quick)
        bench_dice(&bench);
    return 0;
}
