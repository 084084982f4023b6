// Nanoseconds a value of the ground floor's hot loops, each checked before its time counts, for
// every width of vectors that this machine has. The last lines are the bound for the forecast:
// uniform → normal quantile → exp.
#include "distribution.h"
#include "maths.h"
#include "random.h"
#include "sobol.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define COUNT 1024u
#define REPEAT_COUNT 2000
#define TRIAL_COUNT 7

typedef struct Bench {
    const char *name;
    // Fills out with COUNT values of block number `block`.
    void (*run)(QuidLanes lanes, uint32_t block, double *out);
    // The same value by another way.
    double (*check)(uint32_t block, uint32_t place);
} Bench;

static double input[COUNT]; // uniforms

// Of this thread: other programs on the machine take less from it.
static double now_ns(void)
{
    struct timespec time;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

static void run_exp(QuidLanes lanes, uint32_t block, double *out)
{
    (void)block;
    quid__exp_block_at(lanes, input, out, COUNT);
}

static double check_exp(uint32_t block, uint32_t place)
{
    (void)block;
    return quid__exp(input[place]);
}

static void run_log(QuidLanes lanes, uint32_t block, double *out)
{
    (void)block;
    quid__log_block_at(lanes, input, out, COUNT);
}

static double check_log(uint32_t block, uint32_t place)
{
    (void)block;
    return quid__log(input[place]);
}

static void run_quantile(QuidLanes lanes, uint32_t block, double *out)
{
    (void)block;
    quid__normal_quantile_block_at(lanes, input, out, COUNT);
}

static double check_quantile(uint32_t block, uint32_t place)
{
    (void)block;
    return quid__normal_quantile(input[place]);
}

static void run_philox(QuidLanes lanes, uint32_t block, double *out)
{
    quid__uniform_block_at(lanes, 1, 0, (uint64_t)block * COUNT, COUNT, out);
}

static double check_philox(uint32_t block, uint32_t place)
{
    return quid__uniform(1, 0, (uint64_t)block * COUNT + place);
}

static void run_sobol(QuidLanes lanes, uint32_t block, double *out)
{
    quid__sobol_block_at(lanes, 7, 1, (uint64_t)block * COUNT, COUNT, out);
}

static double check_sobol(uint32_t block, uint32_t place)
{
    double point = 0.0;
    quid__sobol_block(7, 1, (uint64_t)block * COUNT + place, 1, &point);
    return point;
}

static void run_bound(QuidLanes lanes, uint32_t block, double *out)
{
    quid__uniform_block_at(lanes, 1, 0, (uint64_t)block * COUNT, COUNT, out);
    quid__normal_quantile_block_at(lanes, out, out, COUNT);
    quid__exp_block_at(lanes, out, out, COUNT);
}

static double check_bound(uint32_t block, uint32_t place)
{
    return quid__exp(quid__normal_quantile(check_philox(block, place)));
}

static const Bench benches[] = {
    {"exp", run_exp, check_exp},
    {"log", run_log, check_log},
    {"normal quantile", run_quantile, check_quantile},
    {"uniform (Philox)", run_philox, check_philox},
    {"uniform (Sobol, scrambled)", run_sobol, check_sobol},
    {"raw bound", run_bound, check_bound},
};

static void check_bench(const Bench *bench, QuidLanes lanes)
{
    double out[COUNT];
    bench->run(lanes, 3, out);
    for (uint32_t place = 0; place < COUNT; place++) {
        const double expected = bench->check(3, place);
        if (memcmp(&expected, &out[place], sizeof expected) == 0)
            continue;
        printf("%s: value %u is %.17g, expected %.17g\n", bench->name, place, out[place], expected);
        exit(1);
    }
}

// The best of some trials: what the machine can do when nobody else runs.
static double time_bench(const Bench *bench, QuidLanes lanes)
{
    double out[COUNT];
    double best = INFINITY;
    for (int trial = 0; trial < TRIAL_COUNT; trial++) {
        const double begin = now_ns();
        for (uint32_t block = 0; block < REPEAT_COUNT; block++)
            bench->run(lanes, block, out);
        const double spent = (now_ns() - begin) / ((double)COUNT * REPEAT_COUNT);
        best = spent < best ? spent : best;
    }
    return best;
}

static double time_distribution(const QuidDistribution *distribution)
{
    double out[COUNT];
    double best = INFINITY;
    for (int trial = 0; trial < TRIAL_COUNT; trial++) {
        const double begin = now_ns();
        for (int i = 0; i < 4; i++)
            quid__distribution_quantile_block(distribution, input, out, COUNT);
        const double spent = (now_ns() - begin) / (4.0 * COUNT);
        best = spent < best ? spent : best;
    }
    for (uint32_t place = 0; place < COUNT; place++) {
        if (fabs(quid__distribution_cdf(distribution, out[place]) - input[place]) > 1e-11) {
            printf("quantile and cdf differ at %.17g\n", input[place]);
            exit(1);
        }
    }
    return best;
}

int main(void)
{
    static const char *const lane_names[] = {"baseline", "avx2", "avx512"};
    quid__uniform_block(0, 0, 0, COUNT, input);
    printf("quid %s, ns a value, best of %d\n%-28s", QUID_VERSION, TRIAL_COUNT, "");
    const QuidLanes best = quid__lanes_best();
    for (QuidLanes lanes = 0; lanes <= best; lanes++)
        printf("%10s", lane_names[lanes]);
    printf("\n");
    for (size_t i = 0; i < sizeof benches / sizeof *benches; i++) {
        printf("%-28s", benches[i].name);
        for (QuidLanes lanes = 0; lanes <= best; lanes++) {
            check_bench(&benches[i], lanes);
            printf("%10.2f", time_bench(&benches[i], lanes));
        }
        printf("\n");
    }
    const QuidDistribution shapes[] = {
        quid__distribution_of_interval(QUID_DISTRIBUTION_LOGNORMAL, 2, 9),
        quid__distribution_of_interval(QUID_DISTRIBUTION_NORMAL, 2, 9),
        quid__distribution_of_interval(QUID_DISTRIBUTION_LOGIT_NORMAL, 0.2, 0.9),
        quid__distribution_uniform(2, 9),
        quid__distribution_triangular(2, 5, 9),
        quid__distribution_pert(2, 5, 9),
        quid__distribution_beta(0.5, 0.7),
    };
    static const char *const shape_names[] = {"lognormal",  "normal", "logit-normal", "uniform",
                                              "triangular", "pert",   "beta"};
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++)
        printf("%-28s%10.2f\n", shape_names[i], time_distribution(&shapes[i]));
    return 0;
}
