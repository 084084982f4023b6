// What the benchmarks share: their options, clocks, commands that are run and measured, and the one
// form in which all of them print, a row of CSV for each thing measured (no field holds a comma).
// bench/table.py makes the table of it. A wrong answer ends a benchmark before its row is printed.
#ifndef QUID_BENCH_H
#define QUID_BENCH_H

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define BENCH_RUN_COUNT_MAX 7
#define BENCH_SECONDS_MAX 1.0   // no further run once so much was spent on one
#define BENCH_SECONDS_MIN 0.002 // shorter work is repeated within a run

typedef struct Bench {
    const char *quid;      // path of the command
    const char *folder;    // for files; empty at the start
    const char *gambit;    // path of gambit-logit; NULL: not measured
    const char *openspiel; // path of OpenSpiel's cfr_example; NULL: not measured
    const char *mpi;       // path of a quid built with MPI; NULL: not measured
    bool is_quick;         // the smallest size of everything, one run each: do the answers hold?
    bool is_slow;          // also what takes a peer a minute
} Bench;

// Of the work once.
typedef struct BenchTime {
    double cpu_seconds; // user and system, all threads
    double wall_seconds;
    long peak_kib; // of a command; else 0
    uint32_t run_count;
    bool is_unfinished; // it was ended after that time
} BenchTime;

typedef enum BenchClock { BENCH_CPU, BENCH_WALL } BenchClock;

typedef struct BenchRow {
    const char *path;    // the hot path: "sampling"
    const char *label;   // what was done: "ten lognormals, Philox"
    const char *unit;    // what the size counts: "scenarios"
    const char *role;    // "quid", "peer", or "bound": what the machine itself can do
    const char *program; // "quid", "ledger", "C scanner"
    const char *check;   // how the answer was checked
    double size;
    BenchClock clock; // that counts
    BenchTime time;
} BenchRow;

__attribute__((noreturn)) static inline void bench_fail(const char *what, const char *detail)
{
    fflush(stdout);
    fprintf(stderr, "bench: %s: %s\n", what, detail);
    exit(1);
}

static inline Bench bench_open(int count, char **words, const char *name)
{
    Bench bench = {.quid = "quid", .folder = "."};
    for (int i = 1; i < count; i++) {
        const char **value = strcmp(words[i], "--quid") == 0        ? &bench.quid
                             : strcmp(words[i], "--folder") == 0    ? &bench.folder
                             : strcmp(words[i], "--gambit") == 0    ? &bench.gambit
                             : strcmp(words[i], "--openspiel") == 0 ? &bench.openspiel
                             : strcmp(words[i], "--mpi") == 0       ? &bench.mpi
                                                                    : NULL;
        if (value != NULL && i + 1 < count)
            *value = words[++i];
        else if (value == NULL && strcmp(words[i], "--quick") == 0)
            bench.is_quick = true;
        else if (value == NULL && strcmp(words[i], "--slow") == 0)
            bench.is_slow = true;
        else
            bench_fail(name, "[--quick] [--slow] [--quid PATH] [--folder PATH] [--gambit PATH] "
                             "[--openspiel PATH] [--mpi PATH]");
    }
    return bench;
}

static inline void bench_print(const BenchRow *row)
{
    printf("%s,%s,%s,%.0f,%s,%s,%s,%.9f,%.9f,%ld,%u,%s,%s\n", row->path, row->label, row->unit,
           row->size, row->role, row->program, row->clock == BENCH_CPU ? "cpu" : "wall",
           row->time.cpu_seconds, row->time.wall_seconds, row->time.peak_kib, row->time.run_count,
           row->time.is_unfinished ? "no" : "yes", row->check);
    fflush(stdout);
}

// ---- Time -------------------------------------------------------------------

static inline double bench_seconds(clockid_t clock)
{
    struct timespec time;
    clock_gettime(clock, &time);
    return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

static inline BenchTime bench_now(void)
{
    return (BenchTime){.cpu_seconds = bench_seconds(CLOCK_PROCESS_CPUTIME_ID),
                       .wall_seconds = bench_seconds(CLOCK_MONOTONIC)};
}

// A time that was worked out from others.
static inline BenchTime bench_of_seconds(double seconds)
{
    return (BenchTime){.cpu_seconds = seconds, .wall_seconds = seconds, .run_count = 1};
}

static inline int bench_compare(const void *left, const void *right)
{
    const double a = ((const BenchTime *)left)->cpu_seconds;
    const double b = ((const BenchTime *)right)->cpu_seconds;
    return (a > b) - (a < b);
}

static inline int bench_compare_wall(const void *left, const void *right)
{
    const double a = ((const BenchTime *)left)->wall_seconds;
    const double b = ((const BenchTime *)right)->wall_seconds;
    return (a > b) - (a < b);
}

// The run in the middle, by the clock that counts.
static inline BenchTime bench_median(BenchTime *runs, uint32_t count, BenchClock clock)
{
    qsort(runs, count, sizeof *runs, clock == BENCH_CPU ? bench_compare : bench_compare_wall);
    BenchTime middle = runs[count / 2];
    middle.run_count = count;
    return middle;
}

static inline bool bench_has_enough(const Bench *bench, const BenchTime *runs, uint32_t count)
{
    double spent = 0;
    for (uint32_t i = 0; i < count; i++)
        spent += runs[i].cpu_seconds;
    return count > 0 &&
           (bench->is_quick || count == BENCH_RUN_COUNT_MAX || spent > BENCH_SECONDS_MAX);
}

static inline BenchTime bench_repeat(void (*work)(void *user), void *user, uint32_t count)
{
    const BenchTime begin = bench_now();
    for (uint32_t i = 0; i < count; i++)
        work(user);
    const BenchTime end = bench_now();
    return (BenchTime){.cpu_seconds = (end.cpu_seconds - begin.cpu_seconds) / count,
                       .wall_seconds = (end.wall_seconds - begin.wall_seconds) / count};
}

// The median of several runs of the work, which may be done any number of times. It ends the
// benchmark itself where it fails.
static inline BenchTime bench_time(const Bench *bench, void (*work)(void *user), void *user)
{
    uint32_t repeats = 1;
    BenchTime runs[BENCH_RUN_COUNT_MAX];
    runs[0] = bench_repeat(work, user, repeats);
    while (!bench->is_quick && runs[0].cpu_seconds * repeats < BENCH_SECONDS_MIN) {
        repeats *= 4;
        runs[0] = bench_repeat(work, user, repeats);
    }
    uint32_t count = 1;
    while (!bench_has_enough(bench, runs, count))
        runs[count++] = bench_repeat(work, user, repeats);
    return bench_median(runs, count, BENCH_CPU);
}

// ---- Commands ---------------------------------------------------------------

static inline double bench_timeval(struct timeval time)
{
    return (double)time.tv_sec + (double)time.tv_usec * 1e-6;
}

// Runs a command, its output into a file. limit_seconds: of CPU time, after which it is ended and
// is_unfinished; 0: none. One that cannot be run or fails ends the benchmark.
static inline BenchTime bench_command(const char *const *words, const char *output,
                                      unsigned limit_seconds)
{
    const double begin = bench_seconds(CLOCK_MONOTONIC);
    const pid_t child = fork();
    if (child < 0)
        bench_fail("fork", strerror(errno));
    if (child == 0) {
        const struct rlimit limit = {limit_seconds, limit_seconds};
        const int descriptor = open(output, O_WRONLY | O_CREAT | O_TRUNC, 0600);
        if (descriptor < 0 || dup2(descriptor, STDOUT_FILENO) < 0 ||
            (limit_seconds > 0 && setrlimit(RLIMIT_CPU, &limit) != 0))
            _exit(126);
        execvp(words[0], (char *const *)(uintptr_t)words); // it writes nothing
        _exit(127);
    }
    int status = 0;
    struct rusage usage;
    if (wait4(child, &status, 0, &usage) < 0)
        bench_fail("wait4", strerror(errno));
    const bool is_over = limit_seconds > 0 && WIFSIGNALED(status) &&
                         (WTERMSIG(status) == SIGXCPU || WTERMSIG(status) == SIGKILL);
    if (!is_over && (!WIFEXITED(status) || WEXITSTATUS(status) != 0))
        bench_fail(words[0], "ended with an error");
    return (BenchTime){.cpu_seconds = bench_timeval(usage.ru_utime) + bench_timeval(usage.ru_stime),
                       .wall_seconds = bench_seconds(CLOCK_MONOTONIC) - begin,
                       .peak_kib = usage.ru_maxrss,
                       .run_count = 1,
                       .is_unfinished = is_over};
}

static inline bool bench_has_command(const char *name)
{
    char command[256];
    snprintf(command, sizeof command, "command -v %s >/dev/null 2>&1", name);
    return system(command) == 0;
}

// The path of a file in the benchmark's folder; valid until the program ends.
static inline char *bench_path(const Bench *bench, const char *name)
{
    const size_t size = strlen(bench->folder) + strlen(name) + 2;
    char *path = malloc(size);
    if (path == NULL)
        bench_fail(name, "no memory");
    snprintf(path, size, "%s/%s", bench->folder, name);
    return path;
}

// All of a file and a NUL behind; to be freed. size: may be NULL.
static inline char *bench_read(const char *path, size_t *size)
{
    FILE *file = fopen(path, "r");
    if (file == NULL || fseek(file, 0, SEEK_END) != 0)
        bench_fail(path, strerror(errno));
    const long length = ftell(file);
    rewind(file);
    char *text = calloc((size_t)length + 1, 1);
    if (text == NULL || fread(text, 1, (size_t)length, file) != (size_t)length)
        bench_fail(path, "cannot be read");
    fclose(file);
    if (size != NULL)
        *size = (size_t)length;
    return text;
}

#endif
