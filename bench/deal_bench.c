// Deals: reading the flagship, compiling deals to games, solving the flagship as the brief and as
// `quid solve` do, its tornado and its whole brief, and what a second core brings to each command.
#include "bench.h"
#include "io.h"
#include "plain.h"

#include <cjson/cJSON.h>

#define FLAGSHIP "deals/us-japan/deal.quid"
#define GOLDEN "tests/golden/output/us-japan.latest."

// A deal as far as its ledger.
typedef struct Loaded {
    const Bench *bench;
    const char *path; // of a file, or a name
    const char *text; // NULL: the file's
    QuidContext *context;
    QuidText *parsed;
    QuidDeal *deal;
    QuidLedger *ledger;
} Loaded;

static QuidString string_of(const char *text)
{
    return (QuidString){text, (uint32_t)strlen(text)};
}

static void unload(Loaded *loaded)
{
    quid_ledger_free(loaded->ledger);
    quid_deal_free(loaded->deal);
    quid_text_free(loaded->parsed);
    quid_context_free(loaded->context);
    loaded->context = NULL;
    loaded->parsed = NULL;
    loaded->deal = NULL;
    loaded->ledger = NULL;
}

static void load(void *user)
{
    Loaded *loaded = user;
    unload(loaded);
    const QuidContextOptions options = {.loader = quid_io_loader()};
    const QuidLedgerOptions ledger_options = quid_ledger_options();
    const char *reason = "";
    QuidFileId file;
    loaded->context = quid_context_create(&options);
    if (loaded->context == NULL)
        bench_fail(loaded->path, "no memory");
    const QuidStatus opened =
        loaded->text != NULL
            ? quid_context_add_file(loaded->context, string_of(loaded->path),
                                    string_of(loaded->text), &file)
            : quid_context_load_file(loaded->context, string_of(loaded->path), &file, &reason);
    if (opened != QUID_OK || quid_text_parse(loaded->context, file, &loaded->parsed) != QUID_OK ||
        quid_deal_check(loaded->context, loaded->parsed, &loaded->deal) != QUID_OK ||
        quid_ledger_settle(loaded->context, loaded->deal, &ledger_options, &loaded->ledger) !=
            QUID_OK)
        bench_fail(loaded->path, "does not pass");
}

static void print(const BenchRow *what, const char *role, const char *program, double size,
                  BenchTime time)
{
    BenchRow row = *what;
    row.role = role;
    row.program = program;
    row.size = size;
    row.time = time;
    bench_print(&row);
}

// What a command prints is what the tests hold golden.
static void check_golden(const char *what, const char *output, const char *golden)
{
    char *found = bench_read(output, NULL);
    char *wanted = bench_read(golden, NULL);
    if (strcmp(found, wanted) != 0)
        bench_fail(what, "prints something else than tests/golden holds");
    free(found);
    free(wanted);
}

static void bench_loading(const Bench *bench)
{
    const BenchRow row = {.path = "read and balance",
                          .label = "us-japan",
                          .unit = "facts",
                          .check = "`quid status` prints the golden bytes"};
    char *output = bench_path(bench, "output");
    const char *words[] = {bench->quid, "status", FLAGSHIP, "--width=100", "--color=never", NULL};
    (void)bench_command(words, output, 0);
    check_golden("quid status", output, GOLDEN "status.txt");
    Loaded loaded = {.bench = bench, .path = FLAGSHIP};
    const BenchTime time = bench_time(bench, load, &loaded);
    print(&row, "quid", "quid", quid_deal_tables(loaded.deal)->fact_count, time);
    unload(&loaded);
    free(output);
}

// ---- Compiling --------------------------------------------------------------

typedef struct Compiling {
    const Loaded *loaded;
    QuidGame *game;
} Compiling;

static void compile(void *user)
{
    Compiling *compiling = user;
    const QuidGameOptions options = quid_game_options();
    quid_game_free(compiling->game);
    if (quid_game_compile(compiling->loaded->context, compiling->loaded->deal,
                          compiling->loaded->ledger, &options, &compiling->game) != QUID_OK)
        bench_fail(compiling->loaded->path, "does not compile");
}

static size_t table_size(const QuidGame *game)
{
    const QuidGameTables *tables = quid_game_tables(game);
    const QuidDealGameTables *deal = quid_game_deal_tables(game);
    const size_t by_node = 6 * sizeof(uint32_t) + sizeof(int16_t);
    const size_t by_terminal =
        tables->player_count * sizeof(double) + deal->step_count * sizeof(int16_t);
    return tables->node_count * (by_node + tables->belief_count * sizeof(double)) +
           tables->terminal_count * by_terminal;
}

// The bound: as many bytes as the tables have, in memory that is as fresh.
static void write_tables(void *user)
{
    const size_t size = table_size(((Compiling *)user)->game);
    uint64_t *words = malloc(size + sizeof *words);
    if (words == NULL)
        bench_fail("compile", "no memory");
    for (size_t i = 0; i < size / sizeof *words; i++)
        words[i] = i;
    __asm__ volatile("" : : "r"(words) : "memory"); // or the compiler would leave them out
    free(words);
}

static void time_compiling(const Bench *bench, Compiling *compiling, const BenchRow *row)
{
    const BenchTime time = bench_time(bench, compile, compiling);
    const double size = quid_game_tables(compiling->game)->node_count;
    print(row, "quid", "quid", size, time);
    print(row, "bound", "tables written", size, bench_time(bench, write_tables, compiling));
}

// Moves in turn, each seen by all, one secret: 1 + 2 (2^(n + 1) - 1) nodes. Each move pays its
// number's power of two to both, so payoffs can be told from the way to a terminal.
static void write_moves(char *text, size_t size, uint32_t move_count)
{
    int used = snprintf(text, size,
                        "deal \"Moves in turn\"\n  currency USD\n  horizon 2030-12-31\n"
                        "party P0\nparty P1\nsecret need of P0\n  urgent 40%%\n"
                        "  calm otherwise\n");
    for (uint32_t i = 0; i < move_count; i++)
        used += snprintf(text + used, size - (size_t)used,
                         "move m%u by P%u\n  choose a, b\n  on 2026-%02u-%02u\n", i, i % 2,
                         i / 28 + 1, i % 28 + 1);
    for (uint32_t party = 0; party < 2; party++) {
        used += snprintf(text + used, size - (size_t)used, "worth P%u\n", party);
        for (uint32_t i = 0; i < move_count; i++)
            used +=
                snprintf(text + used, size - (size_t)used, "  + %u USD if m%u = b\n", 1u << i, i);
    }
}

static void check_moves(const QuidGame *game, uint32_t move_count)
{
    const QuidGameTables *tables = quid_game_tables(game);
    const QuidDealGameTables *deal = quid_game_deal_tables(game);
    const uint32_t terminal_count = 2u << move_count;
    if (tables->terminal_count != terminal_count || tables->node_count != 2 * terminal_count - 1)
        bench_fail("moves in turn", "another number of nodes");
    for (uint32_t terminal = 0; terminal < terminal_count; terminal++) {
        double wanted = 0;
        for (uint32_t step = 0; step < deal->step_count; step++) {
            if (deal->steps[step].kind == QUID_STEP_MOVE &&
                deal->slots[terminal * deal->step_count + step] == 1)
                wanted += 1u << (deal->steps[step].thing - 1);
        }
        for (uint32_t player = 0; player < tables->player_count; player++) {
            if (tables->payoff[player * terminal_count + terminal] != wanted)
                bench_fail("moves in turn", "a wrong payoff");
        }
    }
}

static void bench_compiling(const Bench *bench)
{
    static const uint32_t counts[] = {4, 7, 11, 14, 17};
    const BenchRow row = {.path = "compile",
                          .label = "moves in turn",
                          .unit = "nodes",
                          .check = "nodes counted and every payoff by closed form"};
    for (size_t i = 0; i < (bench->is_quick ? 1 : sizeof counts / sizeof counts[0]); i++) {
        char text[8192];
        write_moves(text, sizeof text, counts[i]);
        Loaded loaded = {.bench = bench, .path = "moves", .text = text};
        load(&loaded);
        Compiling compiling = {.loaded = &loaded};
        compile(&compiling);
        check_moves(compiling.game, counts[i]);
        time_compiling(bench, &compiling, &row);
        quid_game_free(compiling.game);
        unload(&loaded);
    }
}

// ---- The flagship solved ----------------------------------------------------

typedef struct Solving {
    Compiling *compiling;
    QuidSolveOptions options;
    QuidSolution *solution;
} Solving;

static void solve(void *user)
{
    Solving *solving = user;
    quid_solution_free(solving->solution);
    if (quid_game_solve(solving->compiling->loaded->context, solving->compiling->game,
                        &solving->options, &solving->solution) != QUID_OK)
        bench_fail(FLAGSHIP, "no memory");
}

static void bench_solving(const Bench *bench, Compiling *compiling, const char *label,
                          double lambda, QuidSolveMethod method)
{
    const BenchRow row = {.path = lambda > 0 ? "trace to a precision" : "limit",
                          .label = label,
                          .unit = "nodes",
                          .check = lambda > 0 ? TRACE_CHECK : LIMIT_CHECK};
    Solving solving = {.compiling = compiling, .options = quid_solve_options()};
    solving.options.lambda = lambda;
    solving.options.is_scaled = true;
    solving.options.method = method;
    solve(&solving);
    const QuidGameTables *tables = quid_game_tables(compiling->game);
    const QuidSolutionTables *solved = quid_solution_tables(solving.solution);
    if (!solved->profile.is_certified)
        bench_fail(label, "not certified");
    if (lambda == 0 && !(plain_regret(tables, solved->profile.probability) <= 1e-6))
        bench_fail(label, "a plain loop finds more regret");
    print(&row, "quid", "quid", tables->node_count, bench_time(bench, solve, &solving));
    solved = quid_solution_tables(solving.solution);
    // Sweeps count no points of a path.
    const double pass = plain_seconds(bench, tables, solved->profile.probability);
    if (solved->step_count > 0)
        print(&row, "bound", "1 pass a point", tables->node_count,
              bench_of_seconds(solved->step_count * pass));
    quid_solution_free(solving.solution);
}

static void bench_flagship(const Bench *bench)
{
    const BenchRow row = {
        .path = "compile", .label = "us-japan", .unit = "nodes", .check = "solved and certified"};
    Loaded loaded = {.bench = bench, .path = FLAGSHIP};
    load(&loaded);
    Compiling compiling = {.loaded = &loaded};
    compile(&compiling);
    const double precision = quid_deal_tables(loaded.deal)->precision;
    char swept[64];
    char traced[64];
    snprintf(swept, sizeof swept, "us-japan λ %g swept", precision);
    snprintf(traced, sizeof traced, "us-japan λ %g traced", precision);
    bench_solving(bench, &compiling, swept, precision, QUID_METHOD_SWEEPS);
    bench_solving(bench, &compiling, traced, precision, QUID_METHOD_BRANCH);
    bench_solving(bench, &compiling, "us-japan swept", 0, QUID_METHOD_SWEEPS);
    bench_solving(bench, &compiling, "us-japan traced", 0, QUID_METHOD_BRANCH);
    time_compiling(bench, &compiling, &row);
    quid_game_free(compiling.game);
    unload(&loaded);
}

// ---- Sensitivity ------------------------------------------------------------

typedef struct Weighing {
    const Loaded *loaded;
    QuidOutlookOptions options;
    QuidSensitivity *sensitivity;
} Weighing;

static void weigh(void *user)
{
    Weighing *weighing = user;
    quid_sensitivity_free(weighing->sensitivity);
    if (quid_outlook_sensitivity(weighing->loaded->context, weighing->loaded->deal,
                                 weighing->loaded->ledger, &weighing->options,
                                 (QuidForecastProgress){NULL, NULL},
                                 &weighing->sensitivity) != QUID_OK)
        bench_fail(FLAGSHIP, "no sensitivity");
}

// An input's row once more, by an outlook of its own with the input's settings.
static void check_row(const Weighing *weighing, uint32_t number)
{
    const QuidSensitivityTables *tables = quid_sensitivity_tables(weighing->sensitivity);
    const QuidSensitivityRow *row = &tables->rows[number];
    const QuidInput *input = &tables->inputs[row->input];
    QuidSetting settings[QUID_INPUT_SETTING_COUNT_MAX];
    QuidOutlookOptions options = weighing->options;
    QuidOutlook *base = NULL;
    QuidOutlook *changed = NULL;
    if (quid_outlook_create(weighing->loaded->context, weighing->loaded->deal,
                            weighing->loaded->ledger, &options, &base) != QUID_OK)
        bench_fail(FLAGSHIP, "no outlook");
    options.settings = settings;
    options.setting_count =
        quid_input_settings(weighing->loaded->deal, input, input->high, settings);
    if (quid_outlook_create(weighing->loaded->context, weighing->loaded->deal,
                            weighing->loaded->ledger, &options, &changed) != QUID_OK)
        bench_fail(FLAGSHIP, "no changed outlook");
    const uint32_t option = quid_outlook_likeliest(base, row->ask);
    const double found = quid_outlook_answer(changed, row->ask, option);
    if (!(fabs(found - row->high) <= 1e-6 * (1 + fabs(found))) &&
        !(isnan(found) && isnan(row->high)))
        bench_fail("sensitivity", "an input tried by itself gives another answer");
    quid_outlook_free(base);
    quid_outlook_free(changed);
}

static void bench_sensitivity(const Bench *bench)
{
    static const uint32_t counts[] = {100, 1000, 10000};
    const BenchRow row = {.path = "sensitivity",
                          .label = "us-japan tornado",
                          .unit = "scenarios",
                          .check = "rows equal an outlook with that input alone changed"};
    Loaded loaded = {.bench = bench, .path = FLAGSHIP};
    load(&loaded);
    for (size_t i = 0; i < (bench->is_quick ? 1 : 3); i++) {
        Weighing weighing = {.loaded = &loaded, .options = quid_outlook_options()};
        weighing.options.answer.solve.method = QUID_METHOD_SWEEPS;
        weighing.options.answer.has_values = false;
        weighing.options.answer.has_break_evens = false;
        weighing.options.forecast.scenario_count = counts[i];
        weigh(&weighing);
        const QuidSensitivityTables *tables = quid_sensitivity_tables(weighing.sensitivity);
        for (uint32_t number = 0; number < tables->row_count; number += tables->row_count / 5 + 1)
            check_row(&weighing, number);
        const double answer_count = 2.0 * tables->input_count + 1;
        print(&row, "quid", "quid", counts[i] * answer_count, bench_time(bench, weigh, &weighing));
        quid_sensitivity_free(weighing.sensitivity);
    }
    unload(&loaded);
}

// ---- The whole brief, as a user types it ------------------------------------

static char *forecast_of(const char *path)
{
    char *text = bench_read(path, NULL);
    cJSON *document = cJSON_Parse(text);
    char *forecast = cJSON_PrintUnformatted(cJSON_GetObjectItem(document, "forecast"));
    cJSON_Delete(document);
    free(text);
    return forecast;
}

// The whole brief is golden; of what --quick leaves, the forecast stands in its JSON.
static void check_brief(const Bench *bench, const char *output, bool is_whole)
{
    if (is_whole) {
        check_golden("quid brief", output, GOLDEN "brief.txt");
        return;
    }
    char *quick = bench_path(bench, "quick.json");
    const char *words[] = {bench->quid, "brief", FLAGSHIP, "--quick", "--json", NULL};
    (void)bench_command(words, quick, 0);
    char *found = forecast_of(quick);
    char *wanted = forecast_of(GOLDEN "brief.json");
    if (found == NULL || wanted == NULL || strcmp(found, wanted) != 0)
        bench_fail("quid brief --quick", "another forecast than tests/golden holds");
    free(found);
    free(wanted);
    free(quick);
}

static void bench_brief(const Bench *bench, bool is_whole)
{
    static const char *const counts[] = {"1000", "10000", "100000", "1000000"};
    const BenchRow row = {.path = "whole brief",
                          .label = is_whole ? "us-japan" : "us-japan --quick",
                          .unit = "scenarios",
                          .check = is_whole ? "at 100000 scenarios the golden bytes"
                                            : "at 100000 scenarios the golden forecast"};
    char *output = bench_path(bench, "output");
    for (size_t i = 0; i < (bench->is_quick ? 1 : 4); i++) {
        const char *words[] = {bench->quid,   "brief",       FLAGSHIP,
                               "--threads=1", "--width=100", "--color=never",
                               "--scenarios", counts[i],     is_whole ? NULL : "--quick",
                               NULL};
        BenchTime runs[BENCH_RUN_COUNT_MAX];
        uint32_t count = 0;
        while (!bench_has_enough(bench, runs, count))
            runs[count++] = bench_command(words, output, 0);
        if (strcmp(counts[i], "100000") == 0)
            check_brief(bench, output, is_whole);
        print(&row, "quid", "quid", strtod(counts[i], NULL), bench_median(runs, count, BENCH_CPU));
    }
    free(output);
}

// ---- Two cores --------------------------------------------------------------

// One and two of what shares the work: threads, or processes that mpirun starts.
typedef struct Sharers {
    const char *before[8]; // words before the command; "1" stands for how many
    const char *behind[2]; // last words, with one and with two
    const char *peer;
    const char *check;
} Sharers;

static const Sharers threads = {
    {NULL}, {"--threads=1", "--threads=2"}, "one thread", "the same bytes with one thread and two"};
static const Sharers processes = {
    {"mpirun", "--allow-run-as-root", "--oversubscribe", "--bind-to", "none", "-n", "1", NULL},
    {"--threads=1", "--threads=1"},
    "one process",
    "the same bytes from one process and two"};

static void list_words(const Sharers *sharers, uint32_t number, const char *quid,
                       const char *const *arguments, const char **words)
{
    uint32_t count = 0;
    for (uint32_t i = 0; sharers->before[i] != NULL; i++)
        words[count++] =
            number == 1 && strcmp(sharers->before[i], "1") == 0 ? "2" : sharers->before[i];
    words[count++] = quid;
    for (uint32_t i = 0; arguments[i] != NULL; i++)
        words[count++] = arguments[i];
    words[count++] = sharers->behind[number];
    words[count] = NULL;
}

static void bench_sharing(const Bench *bench, const char *label, double size, const char *unit,
                          const char *const *arguments, const Sharers *sharers)
{
    const BenchRow row = {.path = "two cores",
                          .label = label,
                          .unit = unit,
                          .clock = BENCH_WALL,
                          .check = sharers->check};
    const char *quid = sharers == &processes ? bench->mpi : bench->quid;
    char *outputs[] = {bench_path(bench, "output"), bench_path(bench, "output2")};
    BenchTime runs[2][BENCH_RUN_COUNT_MAX];
    uint32_t count = 0;
    const char *words[24];
    while (!bench_has_enough(bench, runs[0], count)) {
        for (uint32_t i = 0; i < 2; i++) {
            list_words(sharers, i, quid, arguments, words);
            runs[i][count] = bench_command(words, outputs[i], 0);
        }
        check_golden(label, outputs[1], outputs[0]);
        count += 1;
    }
    print(&row, "quid", "quid", size, bench_median(runs[1], count, BENCH_WALL));
    print(&row, "peer", sharers->peer, size, bench_median(runs[0], count, BENCH_WALL));
    free(outputs[0]);
    free(outputs[1]);
}

static void bench_cores(const Bench *bench)
{
    const char *const solving[] = {"solve", FLAGSHIP, "--json", "--starts", "16", NULL};
    const char *const sampling[] = {"forecast",    FLAGSHIP,  "--color=never",
                                    "--scenarios", "1000000", NULL};
    const char *const larger[] = {"forecast",    FLAGSHIP,   "--color=never",
                                  "--scenarios", "10000000", NULL};
    const char *const largest[] = {"forecast",    FLAGSHIP,    "--color=never",
                                   "--scenarios", "100000000", NULL};
    const char *const sweep[] = {"sweep", FLAGSHIP, "--as-of=2026-02-11",       "--scenarios",
                                 "10000", "--vary", "ruling.struck=0..100%:21", NULL};
    const char *const finer[] = {"sweep", FLAGSHIP, "--as-of=2026-02-11",        "--scenarios",
                                 "10000", "--vary", "ruling.struck=0..100%:201", NULL};
    const char *const tornado[] = {"sensitivity", FLAGSHIP, NULL};
    const char *const brief[] = {"brief", FLAGSHIP, NULL};
    if (bench->is_quick)
        return;
    bench_sharing(bench, "quid solve --starts", 16, "starts", solving, &threads);
    bench_sharing(bench, "quid forecast", 1e6, "scenarios", sampling, &threads);
    bench_sharing(bench, "quid forecast", 1e7, "scenarios", larger, &threads);
    bench_sharing(bench, "quid sweep", 21, "points", sweep, &threads);
    bench_sharing(bench, "quid sensitivity", 1, "runs", tornado, &threads);
    bench_sharing(bench, "quid brief", 1, "runs", brief, &threads);
    if (bench->mpi == NULL)
        return;
    bench_sharing(bench, "quid forecast over MPI", 1e8, "scenarios", largest, &processes);
    bench_sharing(bench, "quid sweep over MPI", 201, "points", finer, &processes);
}

int main(int count, char **words)
{
    const Bench bench = bench_open(count, words, "deal_bench");
    bench_loading(&bench);
    bench_compiling(&bench);
    bench_flagship(&bench);
    bench_sensitivity(&bench);
    bench_brief(&bench, true);
    bench_brief(&bench, false);
    bench_cores(&bench);
    return 0;
}
