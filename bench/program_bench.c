// Scenarios a second of a compiled program: ten lognormal quantities, their sum, and the latest of
// three uncertain dates, on one core; beside it the raw bound, the same draws and transforms with
// nothing around them. Answers are checked against closed forms before times count.
#include "maths.h"
#include "quid.h"
#include "random.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define LOGNORMAL_COUNT 10u
#define DATE_COUNT 3u
#define BLOCK_COUNT 2048u
#define TRIAL_COUNT 7

static const char *const head = "deal \"Ten quantities, three dates\"\n"
                                "  horizon 2036-12-31\n"
                                "party A\n"
                                "party B\n"
                                "pledge p \"p\"\n"
                                "  from A to B\n"
                                "  made 2026-01-01\n";

typedef struct Bench {
    QuidContext *context;
    QuidText *text;
    QuidDeal *deal;
    QuidLedger *ledger;
    QuidProgram *program;
    QuidProgramRun *run;
} Bench;

static double now_ns(void)
{
    struct timespec time;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time); // others may use the machine too
    return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

static void fail(const char *what)
{
    fprintf(stderr, "program_bench: %s\n", what);
    exit(1);
}

static void compile(Bench *bench, bool is_sobol)
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
    bench->context = quid_context_create(NULL);
    if (bench->context == NULL ||
        quid_context_add_file(bench->context, (QuidString){"bench", 5}, bytes, &file) != QUID_OK ||
        quid_text_parse(bench->context, file, &bench->text) != QUID_OK ||
        quid_deal_check(bench->context, bench->text, &bench->deal) != QUID_OK ||
        quid_ledger_settle(bench->context, bench->deal, &ledger_options, &bench->ledger) != QUID_OK)
        fail("the deal does not pass");
    const QuidDealTables *model = quid_deal_tables(bench->deal);
    const QuidWant wants[2] = {{.kind = QUID_WANT_TERM, .term = model->asks[0].term},
                               {.kind = QUID_WANT_TERM, .term = model->asks[1].term}};
    QuidProgramOptions options = quid_program_options();
    options.is_sobol = is_sobol;
    if (quid_program_compile(bench->context, bench->deal, bench->ledger, &options, wants, 2,
                             &bench->program) != QUID_OK ||
        quid_program_run_create(bench->context, bench->program, &bench->run) != QUID_OK)
        fail("the program does not compile");
}

static void release(Bench *bench)
{
    quid_program_run_free(bench->run);
    quid_program_free(bench->program);
    quid_ledger_free(bench->ledger);
    quid_deal_free(bench->deal);
    quid_text_free(bench->text);
    quid_context_free(bench->context);
}

// The mean of the sum, and the chance that all three dates lie before the middle of the first: a
// half and a little less than a half twice.
static void check(const Bench *bench)
{
    const double deviation = -2 * quid__normal_quantile(0.05);
    const double middle = (double)(20819 + 21185) / 2; // of 2027-01-01 to the end of 2028-01-01
    double sum = 0;
    double share = 0;
    for (uint32_t block = 0; block < BLOCK_COUNT; block++) {
        quid_program_draw(bench->run, (uint64_t)block * QUID_PROGRAM_BLOCK, QUID_PROGRAM_BLOCK);
        quid_program_finish(bench->run);
        for (uint32_t i = 0; i < QUID_PROGRAM_BLOCK; i++) {
            sum += quid_program_column(bench->run, 0)[i];
            share += quid_program_column(bench->run, 1)[i] < middle;
        }
    }
    const double count = (double)BLOCK_COUNT * QUID_PROGRAM_BLOCK;
    double mean = 0;
    for (uint32_t i = 0; i < LOGNORMAL_COUNT; i++) {
        const double low = i + 1;
        const double high = 2 * i + 3;
        const double log_deviation = quid__log(high / low) / deviation;
        mean += sqrt(low * high) * quid__exp(log_deviation * log_deviation / 2);
    }
    const double step = deviation / 366; // days in deviations
    const double wanted = 0.5 * quid__normal_cdf(-step) * quid__normal_cdf(-2 * step);
    if (fabs(sum / count / mean - 1) > 1e-3)
        fail("the mean of the sum is wrong");
    if (fabs(share / count - wanted) > 2e-3)
        fail("the share of early dates is wrong");
}

static double time_program(const Bench *bench)
{
    double best = INFINITY;
    for (int trial = 0; trial < TRIAL_COUNT; trial++) {
        const double begin = now_ns();
        for (uint32_t block = 0; block < BLOCK_COUNT; block++) {
            quid_program_draw(bench->run, (uint64_t)block * QUID_PROGRAM_BLOCK, QUID_PROGRAM_BLOCK);
            quid_program_finish(bench->run);
        }
        const double spent = (now_ns() - begin) / ((double)BLOCK_COUNT * QUID_PROGRAM_BLOCK);
        best = spent < best ? spent : best;
    }
    return best;
}

// Uniforms, normal quantiles and exponentials, as many as the model has.
static double time_bound(void)
{
    static double columns[LOGNORMAL_COUNT + DATE_COUNT][QUID_PROGRAM_BLOCK];
    double best = INFINITY;
    for (int trial = 0; trial < TRIAL_COUNT; trial++) {
        const double begin = now_ns();
        for (uint32_t block = 0; block < BLOCK_COUNT; block++) {
            for (uint32_t i = 0; i < LOGNORMAL_COUNT + DATE_COUNT; i++) {
                quid__uniform_block(i, 0, (uint64_t)block * QUID_PROGRAM_BLOCK, QUID_PROGRAM_BLOCK,
                                    columns[i]);
                quid__normal_quantile_block(columns[i], columns[i], QUID_PROGRAM_BLOCK);
                if (i < LOGNORMAL_COUNT)
                    quid__exp_block(columns[i], columns[i], QUID_PROGRAM_BLOCK);
            }
        }
        const double spent = (now_ns() - begin) / ((double)BLOCK_COUNT * QUID_PROGRAM_BLOCK);
        best = spent < best ? spent : best;
    }
    return best;
}

int main(void)
{
    printf(
        "quid %s, ten lognormals and the latest of three dates, CPU time on one core, best of %d\n",
        QUID_VERSION, TRIAL_COUNT);
    for (uint32_t sobol = 0; sobol < 2; sobol++) {
        Bench bench = {0};
        compile(&bench, sobol == 1);
        check(&bench);
        const double spent = time_program(&bench);
        printf("%-24s %8.1f ns a scenario  %8.2f million scenarios a second\n",
               sobol == 1 ? "program (Sobol)" : "program (Philox)", spent, 1e3 / spent);
        release(&bench);
    }
    const double bound = time_bound();
    printf("%-24s %8.1f ns a scenario  %8.2f million scenarios a second\n", "raw bound (Philox)",
           bound, 1e3 / bound);
    return 0;
}
