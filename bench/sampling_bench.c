// What the machine streams; exp, log, the normal quantile and random numbers by the block; and a
// compiled program: ten lognormal quantities, their sum, and the latest of three uncertain dates,
// beside the raw bound, the same draws and transforms with nothing around them.
#include "bench.h"
#include "maths.h"
#include "quid.h"
#include "random.h"
#include "sobol.h"

#define LOGNORMAL_COUNT 10u
#define DATE_COUNT 3u
#define VALUE_COUNT 1024u
#define SAMPLING "sampling"
#define LABEL "the model"

static void print(const BenchRow *what, const char *role, const char *program, BenchTime time)
{
    BenchRow row = *what;
    row.role = role;
    row.program = program;
    row.time = time;
    bench_print(&row);
}

// ---- The machine: a[i] = b[i] + 3 c[i] --------------------------------------

typedef struct Triad {
    double *numbers[3];
    size_t count;
} Triad;

static void triad(void *user)
{
    const Triad *triad = user;
    double *restrict a = triad->numbers[0];
    const double *restrict b = triad->numbers[1];
    const double *restrict c = triad->numbers[2];
    for (size_t i = 0; i < triad->count; i++)
        a[i] = b[i] + 3 * c[i];
    __asm__ volatile("" : : "r"(a) : "memory"); // or the compiler would do it once
}

static void bench_machine(const Bench *bench, size_t size)
{
    Triad streams = {.count = size / sizeof(double) / 3};
    for (int i = 0; i < 3; i++) {
        streams.numbers[i] = malloc(streams.count * sizeof(double));
        if (streams.numbers[i] == NULL)
            bench_fail("triad", "no memory");
        for (size_t k = 0; k < streams.count; k++)
            streams.numbers[i][k] = (double)(k % 1000);
    }
    const BenchTime time = bench_time(bench, triad, &streams);
    for (size_t k = 0; k < streams.count; k++) {
        if (streams.numbers[0][k] != 4.0 * (double)(k % 1000))
            bench_fail("triad", "a wrong sum");
    }
    const BenchRow row = {.path = "the machine",
                          .label = "triad",
                          .unit = "bytes",
                          .size = (double)size,
                          .check = "every sum"};
    print(&row, "bound", "triad", time);
    for (int i = 0; i < 3; i++)
        free(streams.numbers[i]);
}

// ---- Blocks of values -------------------------------------------------------

typedef struct Block {
    const char *name;
    void (*run)(QuidLanes lanes, uint32_t block, double *out);
    double (*check)(uint32_t block, uint32_t place); // the same value by the scalar function
    double (*peer)(double value);                    // the C library's; NULL: none
} Block;

static double uniforms[VALUE_COUNT];

static void run_exp(QuidLanes lanes, uint32_t block, double *out)
{
    (void)block;
    quid__exp_block_at(lanes, uniforms, out, VALUE_COUNT);
}

static double check_exp(uint32_t block, uint32_t place)
{
    (void)block;
    return quid__exp(uniforms[place]);
}

static void run_log(QuidLanes lanes, uint32_t block, double *out)
{
    (void)block;
    quid__log_block_at(lanes, uniforms, out, VALUE_COUNT);
}

static double check_log(uint32_t block, uint32_t place)
{
    (void)block;
    return quid__log(uniforms[place]);
}

static void run_quantile(QuidLanes lanes, uint32_t block, double *out)
{
    (void)block;
    quid__normal_quantile_block_at(lanes, uniforms, out, VALUE_COUNT);
}

static double check_quantile(uint32_t block, uint32_t place)
{
    (void)block;
    return quid__normal_quantile(uniforms[place]);
}

static void run_philox(QuidLanes lanes, uint32_t block, double *out)
{
    quid__uniform_block_at(lanes, 1, 0, (uint64_t)block * VALUE_COUNT, VALUE_COUNT, out);
}

static double check_philox(uint32_t block, uint32_t place)
{
    return quid__uniform(1, 0, (uint64_t)block * VALUE_COUNT + place);
}

static void run_sobol(QuidLanes lanes, uint32_t block, double *out)
{
    quid__sobol_block_at(lanes, 7, 1, (uint64_t)block * VALUE_COUNT, VALUE_COUNT, out);
}

static double check_sobol(uint32_t block, uint32_t place)
{
    double point = 0.0;
    quid__sobol_block(7, 1, (uint64_t)block * VALUE_COUNT + place, 1, &point);
    return point;
}

static void run_lognormal(QuidLanes lanes, uint32_t block, double *out)
{
    run_philox(lanes, block, out);
    quid__normal_quantile_block_at(lanes, out, out, VALUE_COUNT);
    quid__exp_block_at(lanes, out, out, VALUE_COUNT);
}

static double check_lognormal(uint32_t block, uint32_t place)
{
    return quid__exp(quid__normal_quantile(check_philox(block, place)));
}

static const Block blocks[] = {
    {"exp", run_exp, check_exp, exp},
    {"log", run_log, check_log, log},
    {"quantile", run_quantile, check_quantile, NULL},
    {"Philox", run_philox, check_philox, NULL},
    {"Sobol", run_sobol, check_sobol, NULL},
    {"lognormal", run_lognormal, check_lognormal, NULL},
};

typedef struct BlockWork {
    const Block *block;
    QuidLanes lanes;
    uint32_t number;
    double out[VALUE_COUNT];
} BlockWork;

static void run_block(void *user)
{
    BlockWork *work = user;
    work->block->run(work->lanes, work->number++, work->out);
}

static void run_peer(void *user)
{
    BlockWork *work = user;
    for (uint32_t i = 0; i < VALUE_COUNT; i++)
        work->out[i] = work->block->peer(uniforms[i]);
}

static void bench_block(const Bench *bench, const Block *block, QuidLanes lanes)
{
    static const char *const names[] = {"baseline", "AVX2", "AVX-512"};
    char label[64];
    BlockWork work = {.block = block, .lanes = lanes};
    snprintf(label, sizeof label, "%s (%s)", block->name, names[lanes]);
    const BenchRow row = {.path = "draws and transforms",
                          .label = label,
                          .unit = "values",
                          .size = VALUE_COUNT,
                          .check = "the scalar function's bits; within 1e-15 of the C library's"};
    run_block(&work);
    for (uint32_t i = 0; i < VALUE_COUNT; i++) {
        const double wanted = block->check(0, i);
        if (memcmp(&wanted, &work.out[i], sizeof wanted) != 0)
            bench_fail(label, "not the scalar function's bits");
        if (block->peer != NULL) {
            const double theirs = block->peer(uniforms[i]);
            if (!(fabs(theirs - wanted) <= 1e-15 * fmax(1, fabs(theirs))))
                bench_fail(label, "not the C library's value");
        }
    }
    print(&row, "quid", "quid", bench_time(bench, run_block, &work));
    if (block->peer != NULL)
        print(&row, "peer", "libm", bench_time(bench, run_peer, &work));
}

// ---- The compiled program ---------------------------------------------------

typedef struct Program {
    QuidContext *context;
    QuidText *text;
    QuidDeal *deal;
    QuidLedger *ledger;
    QuidProgram *program;
    QuidProgramRun *run;
    uint64_t scenario_count;
    double sum; // of all scenarios' sums
    double early_count;
} Program;

static const char *const head = "deal \"Ten quantities, three dates\"\n"
                                "  horizon 2036-12-31\n"
                                "party A\n"
                                "party B\n"
                                "pledge p \"p\"\n"
                                "  from A to B\n"
                                "  made 2026-01-01\n";

static void compile(Program *program, bool is_sobol)
{
    char text[2048];
    int used = snprintf(text, sizeof text, "%s", head);
    for (uint32_t i = 0; i < LOGNORMAL_COUNT; i++)
        used += snprintf(text + used, sizeof text - (size_t)used, "let x%u = %u to %u\n", i, i + 1,
                         2 * i + 3);
    for (uint32_t i = 0; i < DATE_COUNT; i++)
        used += snprintf(text + used, sizeof text - (size_t)used,
                         "let d%u = 2027-01-0%u to 2028-01-0%u\n", i, i + 1, i + 1);
    used += snprintf(text + used, sizeof text - (size_t)used,
                     "ask \"sum\" value x0 + x1 + x2 + x3 + x4 + x5 + x6 + x7 + x8 + x9\n"
                     "ask \"latest\" value max(d0, d1, d2)\n");
    const QuidString bytes = {text, (uint32_t)used};
    const QuidLedgerOptions ledger_options = quid_ledger_options();
    QuidFileId file;
    program->context = quid_context_create(NULL);
    if (program->context == NULL ||
        quid_context_add_file(program->context, (QuidString){"bench", 5}, bytes, &file) !=
            QUID_OK ||
        quid_text_parse(program->context, file, &program->text) != QUID_OK ||
        quid_deal_check(program->context, program->text, &program->deal) != QUID_OK ||
        quid_ledger_settle(program->context, program->deal, &ledger_options, &program->ledger) !=
            QUID_OK)
        bench_fail(LABEL, "the deal does not pass");
    const QuidDealTables *model = quid_deal_tables(program->deal);
    const QuidWant wants[2] = {{.kind = QUID_WANT_TERM, .term = model->asks[0].term},
                               {.kind = QUID_WANT_TERM, .term = model->asks[1].term}};
    QuidProgramOptions options = quid_program_options();
    options.is_sobol = is_sobol;
    if (quid_program_compile(program->context, program->deal, program->ledger, &options, wants, 2,
                             &program->program) != QUID_OK ||
        quid_program_run_create(program->context, program->program, &program->run) != QUID_OK)
        bench_fail(LABEL, "the program does not compile");
}

static void release(Program *program)
{
    quid_program_run_free(program->run);
    quid_program_free(program->program);
    quid_ledger_free(program->ledger);
    quid_deal_free(program->deal);
    quid_text_free(program->text);
    quid_context_free(program->context);
}

static void run_program(void *user)
{
    const Program *program = user;
    for (uint64_t at = 0; at < program->scenario_count; at += QUID_PROGRAM_BLOCK) {
        const uint64_t left = program->scenario_count - at;
        quid_program_draw(program->run, at,
                          left < QUID_PROGRAM_BLOCK ? (uint32_t)left : QUID_PROGRAM_BLOCK);
        quid_program_finish(program->run);
    }
}

// The mean of the sum, within six of its standard errors.
static void check_sum(double found, double count)
{
    const double deviation = -2 * quid__normal_quantile(0.05);
    double mean = 0;
    double variance = 0;
    for (uint32_t i = 0; i < LOGNORMAL_COUNT; i++) {
        const double low = i + 1;
        const double high = 2 * i + 3;
        const double spread = log(high / low) / deviation;
        const double own = sqrt(low * high) * exp(spread * spread / 2);
        mean += own;
        variance += own * own * (exp(spread * spread) - 1);
    }
    if (!(fabs(found / count - mean) <= 6 * sqrt(variance / count)))
        bench_fail(LABEL, "the mean of the sum is wrong");
}

// The chance that all three dates lie before the middle of the first, from 2027-01-01 to the end of
// 2028-01-01: a half, and a little less than a half twice.
static void check_share(double found, double count)
{
    const double step = -2 * quid__normal_quantile(0.05) / 366; // days in deviations
    const double share = 0.5 * quid__normal_cdf(-step) * quid__normal_cdf(-2 * step);
    if (!(fabs(found / count - share) <= 6 * sqrt(share * (1 - share) / count)))
        bench_fail(LABEL, "the share of early dates is wrong");
}

static void check_program(const Program *program)
{
    const double middle = (double)(20819 + 21185) / 2;
    double sum = 0;
    double early = 0;
    for (uint64_t at = 0; at < program->scenario_count; at += QUID_PROGRAM_BLOCK) {
        const uint64_t left = program->scenario_count - at;
        const uint32_t count = left < QUID_PROGRAM_BLOCK ? (uint32_t)left : QUID_PROGRAM_BLOCK;
        quid_program_draw(program->run, at, count);
        quid_program_finish(program->run);
        for (uint32_t i = 0; i < count; i++) {
            sum += quid_program_column(program->run, 0)[i];
            early += quid_program_column(program->run, 1)[i] < middle;
        }
    }
    check_sum(sum, (double)program->scenario_count);
    check_share(early, (double)program->scenario_count);
}

// Uniforms, normal quantiles and exponentials, as many as the model has.
static void run_raw(void *user)
{
    static double columns[LOGNORMAL_COUNT + DATE_COUNT][QUID_PROGRAM_BLOCK];
    const Program *program = user;
    for (uint64_t at = 0; at < program->scenario_count; at += QUID_PROGRAM_BLOCK) {
        const uint64_t left = program->scenario_count - at;
        const uint32_t count = left < QUID_PROGRAM_BLOCK ? (uint32_t)left : QUID_PROGRAM_BLOCK;
        for (uint32_t i = 0; i < LOGNORMAL_COUNT + DATE_COUNT; i++) {
            quid__uniform_block(i, 0, at, count, columns[i]);
            quid__normal_quantile_block(columns[i], columns[i], count);
            if (i < LOGNORMAL_COUNT)
                quid__exp_block(columns[i], columns[i], count);
        }
    }
}

static void bench_program(const Bench *bench, bool is_sobol)
{
    static const uint64_t counts[] = {1000, 10000, 100000, 1000000, 10000000};
    Program program = {.scenario_count = 0};
    compile(&program, is_sobol);
    for (size_t i = 0; i < (bench->is_quick ? 1 : sizeof counts / sizeof counts[0]); i++) {
        program.scenario_count = counts[i];
        const BenchRow row = {.path = SAMPLING,
                              .label = is_sobol ? LABEL " (Sobol)" : LABEL " (Philox)",
                              .unit = "scenarios",
                              .size = (double)counts[i],
                              .check = "mean of the sum and share of early dates by closed form"};
        check_program(&program);
        print(&row, "quid", "quid", bench_time(bench, run_program, &program));
        print(&row, "bound", "raw draws", bench_time(bench, run_raw, &program));
    }
    release(&program);
}

// ---- Two cores --------------------------------------------------------------

// What a second core of this machine brings to work that shares nothing.
static BenchTime run_processes(Program *program, int process_count)
{
    const double begin = bench_seconds(CLOCK_MONOTONIC);
    for (int i = 0; i < process_count; i++) {
        const pid_t child = fork();
        if (child < 0)
            bench_fail("fork", strerror(errno));
        if (child == 0) {
            run_raw(program);
            _exit(0);
        }
    }
    int failed = 0;
    for (int i = 0; i < process_count; i++) {
        int status = 1;
        failed |= wait(&status) < 0 || status != 0;
    }
    if (failed)
        bench_fail("raw draws", "a process ended with an error");
    return bench_of_seconds(bench_seconds(CLOCK_MONOTONIC) - begin);
}

static void bench_cores(const Bench *bench)
{
    const BenchRow row = {.path = "two cores",
                          .label = "raw draws",
                          .unit = "scenarios",
                          .size = 1e7,
                          .clock = BENCH_WALL,
                          .check = "no answer: two processes that share nothing"};
    BenchTime runs[2][BENCH_RUN_COUNT_MAX];
    for (int i = 0; i < BENCH_RUN_COUNT_MAX && !bench->is_quick; i++) {
        Program program = {.scenario_count = 10000000};
        runs[0][i] = run_processes(&program, 1);
        program.scenario_count /= 2;
        runs[1][i] = run_processes(&program, 2);
    }
    if (bench->is_quick)
        return;
    print(&row, "quid", "no quid", bench_median(runs[1], BENCH_RUN_COUNT_MAX, BENCH_WALL));
    print(&row, "peer", "one thread", bench_median(runs[0], BENCH_RUN_COUNT_MAX, BENCH_WALL));
}

int main(int count, char **words)
{
    const Bench bench = bench_open(count, words, "sampling_bench");
    static const size_t sizes[] = {10000, 100000, 1000000, 10000000, 100000000};
    for (size_t i = 0; i < (bench.is_quick ? 1 : sizeof sizes / sizeof sizes[0]); i++)
        bench_machine(&bench, sizes[i]);
    quid__uniform_block(0, 0, 0, VALUE_COUNT, uniforms);
    for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++) {
        // The last stands for what each width of vectors brings.
        const QuidLanes best = quid__lanes_best();
        const bool is_each = bench.is_quick || i + 1 == sizeof blocks / sizeof *blocks;
        for (QuidLanes lanes = is_each ? 0 : best; lanes <= best; lanes++)
            bench_block(&bench, &blocks[i], lanes);
    }
    bench_program(&bench, false);
    bench_program(&bench, true);
    bench_cores(&bench);
    return 0;
}
