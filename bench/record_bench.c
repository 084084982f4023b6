// Reads and balances the same record with quid, ledger and hledger, each as the command that a user
// would type, in one run. The balances must agree to the cent before a time counts.
// Usage: record_bench QUID FOLDER [--facts N]… [--runs N] [--slow] [--csv FILE]
#include <cjson/cJSON.h>

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define PLEDGE_COUNT 200
#define STAGE_COUNT 5
#define SIZE_COUNT_MAX 8
#define RUN_COUNT_MAX 99
#define HLEDGER_FACTS_MAX 100000 // beyond that only with --slow: a minute a run

static const char *const stage_words[STAGE_COUNT] = {"pledged", "committed", "disbursed",
                                                     "completed", "cancelled"};

typedef struct Options {
    const char *quid;
    const char *folder;
    const char *csv;
    uint32_t facts[SIZE_COUNT_MAX];
    uint32_t size_count;
    uint32_t run_count;
    bool is_slow;
} Options;

// Cents by pledge and stage.
typedef struct Balances {
    int64_t cents[PLEDGE_COUNT][STAGE_COUNT];
} Balances;

typedef struct Sample {
    double cpu_seconds;
    double wall_seconds;
    long peak_kib;
} Sample;

static void fail(const char *what, const char *detail)
{
    fprintf(stderr, "record_bench: %s: %s\n", what, detail);
    exit(1);
}

// ---- The record -------------------------------------------------------------

// A small generator of its own (xorshift64*): the record is the same on every machine.
static uint64_t next_random(uint64_t *state)
{
    *state ^= *state >> 12;
    *state ^= *state << 25;
    *state ^= *state >> 27;
    return *state * UINT64_C(2685821657736338717);
}

static FILE *open_output(const char *folder, const char *name)
{
    char path[512];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "w");
    if (file == NULL)
        fail(path, strerror(errno));
    return file;
}

static void write_heads(FILE *quid)
{
    fprintf(quid, "deal \"A generated record\"\n  currency USD\nparty A\nparty B\n");
    for (int i = 0; i < 50; i++)
        fprintf(quid, "source s%d \"Source %d\"\n", i, i);
    for (int i = 0; i < PLEDGE_COUNT; i++)
        fprintf(quid, "pledge p%d\n  from A to B\n  amount 0 USD or more\n", i);
}

// One fact in both languages: an amount goes from one stage to another.
static void write_fact(FILE *quid, FILE *peers, const char *date, const char *verb, uint32_t pledge,
                       int64_t cents, int from, int to, uint32_t source)
{
    const int64_t whole = cents / 100;
    const int rest = (int)(cents % 100);
    fprintf(quid, "%s %s p%u %" PRId64 ".%02d USD @s%u\n", date, verb, pledge, whole, rest, source);
    fprintf(peers, "%s %s\n    p%u:%s  %" PRId64 ".%02d USD\n    p%u:%s  -%" PRId64 ".%02d USD\n\n",
            date, verb, pledge, stage_words[to], whole, rest, pledge,
            from < 0 ? "outside" : stage_words[from], whole, rest);
}

// Random facts that never overdraw a stage, in the order of their dates, over ten years of 12
// months of 28 days.
static void write_record(const Options *options, uint32_t fact_count, Balances *expected)
{
    static const char *const verbs[STAGE_COUNT] = {"pledge", "commit", "disburse", "complete",
                                                   "cancel"};
    FILE *quid = open_output(options->folder, "record.quid");
    FILE *peers = open_output(options->folder, "record.journal");
    memset(expected, 0, sizeof *expected);
    write_heads(quid);
    uint64_t state = 20260211;
    for (uint32_t i = 0; i < fact_count; i++) {
        const uint32_t day = (uint32_t)((uint64_t)i * 3360 / fact_count);
        char date[40];
        snprintf(date, sizeof date, "%04u-%02u-%02u", 2010 + day / 336, day % 336 / 28 + 1,
                 day % 28 + 1);
        const uint32_t pledge = (uint32_t)(next_random(&state) % PLEDGE_COUNT);
        int64_t *cents = expected->cents[pledge];
        int to = (int)(next_random(&state) % STAGE_COUNT);
        int from = to == STAGE_COUNT - 1 ? 0 : to - 1;
        if (from >= 0 && cents[from] < 100) {
            from = -1;
            to = 0;
        }
        const uint64_t limit = from < 0 ? 100000000 : (uint64_t)cents[from];
        const int64_t amount = (int64_t)(next_random(&state) % limit) + 1;
        if (from >= 0)
            cents[from] -= amount;
        cents[to] += amount;
        write_fact(quid, peers, date, verbs[to], pledge, amount, from, to,
                   (uint32_t)(next_random(&state) % 50));
    }
    if (fclose(quid) != 0 || fclose(peers) != 0)
        fail("writing the record", strerror(errno));
}

// ---- Running a command ------------------------------------------------------

static double seconds(struct timeval time)
{
    return (double)time.tv_sec + (double)time.tv_usec * 1e-6;
}

static Sample run(const char *const arguments[], const char *output)
{
    struct timespec begin;
    struct timespec end;
    clock_gettime(CLOCK_MONOTONIC, &begin);
    const pid_t child = fork();
    if (child < 0)
        fail("fork", strerror(errno));
    if (child == 0) {
        const int descriptor = open(output, O_WRONLY | O_CREAT | O_TRUNC, 0600);
        if (descriptor < 0 || dup2(descriptor, STDOUT_FILENO) < 0)
            _exit(126);
        execvp(arguments[0], (char *const *)(uintptr_t)arguments); // it writes nothing
        _exit(127);
    }
    int status = 0;
    struct rusage usage;
    if (wait4(child, &status, 0, &usage) < 0)
        fail("wait4", strerror(errno));
    clock_gettime(CLOCK_MONOTONIC, &end);
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
        fail(arguments[0], "ended with an error");
    return (Sample){seconds(usage.ru_utime) + seconds(usage.ru_stime),
                    (double)(end.tv_sec - begin.tv_sec) +
                        (double)(end.tv_nsec - begin.tv_nsec) * 1e-9,
                    usage.ru_maxrss};
}

static char *read_file(const char *path)
{
    FILE *file = fopen(path, "r");
    if (file == NULL || fseek(file, 0, SEEK_END) != 0)
        fail(path, strerror(errno));
    const long size = ftell(file);
    rewind(file);
    char *text = calloc((size_t)size + 1, 1);
    if (text == NULL || fread(text, 1, (size_t)size, file) != (size_t)size)
        fail(path, "cannot be read");
    fclose(file);
    return text;
}

// ---- Answers ----------------------------------------------------------------

// "-12.34" in cents; digits may be fewer than two behind the point.
static int64_t parse_cents(const char *text)
{
    const bool is_negative = *text == '-';
    int64_t cents = 0;
    int behind = -1;
    for (text += is_negative; (*text >= '0' && *text <= '9') || *text == '.' || *text == ',';
         text++) {
        if (*text == '.') {
            behind = 0;
        } else if (*text != ',' && behind < 2) {
            cents = cents * 10 + (*text - '0');
            behind += behind >= 0;
        }
    }
    for (behind = behind < 0 ? 0 : behind; behind < 2; behind++)
        cents *= 10;
    return is_negative ? -cents : cents;
}

static void read_quid(const char *path, Balances *balances)
{
    char *text = read_file(path);
    cJSON *document = cJSON_Parse(text);
    const cJSON *pledge = NULL;
    cJSON_ArrayForEach(pledge, cJSON_GetObjectItem(document, "pledges"))
    {
        const char *id = cJSON_GetStringValue(cJSON_GetObjectItem(pledge, "id"));
        const cJSON *stages = cJSON_GetObjectItem(pledge, "stages");
        const long index = id == NULL ? -1 : strtol(id + 1, NULL, 10);
        if (index < 0 || index >= PLEDGE_COUNT)
            fail("quid", "names a pledge that is not in the record");
        for (int stage = 0; stage < STAGE_COUNT; stage++) {
            const char *amount =
                cJSON_GetStringValue(cJSON_GetObjectItem(stages, stage_words[stage]));
            balances->cents[index][stage] = amount == NULL ? 0 : parse_cents(amount);
        }
    }
    cJSON_Delete(document);
    free(text);
}

// Lines "    12.34 USD  p7:committed", as both peers print a flat balance.
static void read_peer(const char *path, Balances *balances)
{
    char *text = read_file(path);
    char *rest = NULL;
    for (char *line = strtok_r(text, "\n", &rest); line != NULL;
         line = strtok_r(NULL, "\n", &rest)) {
        const char *account = strstr(line, "USD");
        unsigned index = 0;
        char word[16] = "";
        if (account == NULL || sscanf(account, "USD p%u:%15s", &index, word) != 2)
            continue;
        for (int stage = 0; stage < STAGE_COUNT; stage++) {
            if (index < PLEDGE_COUNT && strcmp(word, stage_words[stage]) == 0)
                balances->cents[index][stage] = parse_cents(line + strspn(line, " "));
        }
    }
    free(text);
}

static void compare(const char *program, const Balances *found, const Balances *expected)
{
    for (int i = 0; i < PLEDGE_COUNT; i++) {
        for (int stage = 0; stage < STAGE_COUNT; stage++) {
            if (found->cents[i][stage] == expected->cents[i][stage])
                continue;
            fprintf(stderr, "record_bench: %s: p%d %s is %" PRId64 " cents, expected %" PRId64 "\n",
                    program, i, stage_words[stage], found->cents[i][stage],
                    expected->cents[i][stage]);
            exit(1);
        }
    }
}

// ---- The table --------------------------------------------------------------

typedef struct Row {
    const char *program;
    Sample samples[RUN_COUNT_MAX];
    uint32_t count;
} Row;

static int compare_cpu(const void *left, const void *right)
{
    const double a = ((const Sample *)left)->cpu_seconds;
    const double b = ((const Sample *)right)->cpu_seconds;
    return (a > b) - (a < b);
}

static Sample median(Row *row)
{
    qsort(row->samples, row->count, sizeof(Sample), compare_cpu);
    return row->samples[row->count / 2];
}

static void print_rows(uint32_t facts, Row *rows, size_t count, FILE *csv)
{
    double quid_seconds = 0;
    for (size_t i = 0; i < count; i++) {
        if (rows[i].count == 0)
            continue;
        const Sample middle = median(&rows[i]);
        quid_seconds = i == 0 ? middle.cpu_seconds : quid_seconds;
        printf("%9u  %-8s %9.3f s %9.3f s %8.1fx %9.0f k/s %8.1f MB %4u\n", facts, rows[i].program,
               middle.cpu_seconds, middle.wall_seconds, middle.cpu_seconds / quid_seconds,
               facts / middle.cpu_seconds / 1000, (double)middle.peak_kib / 1024, rows[i].count);
        if (csv != NULL)
            fprintf(csv, "%u,%s,%.6f,%.6f,%ld,%u\n", facts, rows[i].program, middle.cpu_seconds,
                    middle.wall_seconds, middle.peak_kib, rows[i].count);
    }
    fflush(stdout);
}

static void bench_size(const Options *options, uint32_t facts, FILE *csv)
{
    Balances expected;
    write_record(options, facts, &expected);
    char record[512];
    char journal[512];
    char output[512];
    snprintf(record, sizeof record, "%s/record.quid", options->folder);
    snprintf(journal, sizeof journal, "%s/record.journal", options->folder);
    snprintf(output, sizeof output, "%s/output", options->folder);
    const char *quid[] = {options->quid, "status", "--json", record, NULL};
    const char *ledger[] = {"ledger", "--args-only", "-f",         journal,
                            "bal",    "--flat",      "--no-total", NULL};
    const char *hledger[] = {"hledger", "-f", journal, "bal", "--flat", "--no-total", NULL};
    const char **commands[] = {quid, ledger, hledger};
    Row rows[] = {{.program = "quid"}, {.program = "ledger"}, {.program = "hledger"}};
    // Interleaved, so that a busy moment of the machine meets all alike.
    for (uint32_t turn = 0; turn < options->run_count; turn++) {
        for (size_t i = 0; i < 3; i++) {
            const bool is_long = i > 0 && facts > HLEDGER_FACTS_MAX;
            if ((i == 2 && is_long && !options->is_slow) || (is_long && turn >= 3) ||
                (i == 2 && is_long && turn > 0))
                continue;
            const Sample sample = run(commands[i], output);
            Balances found = {{{0}}};
            if (i == 0)
                read_quid(output, &found);
            else
                read_peer(output, &found);
            compare(rows[i].program, &found, &expected);
            rows[i].samples[rows[i].count++] = sample;
        }
    }
    print_rows(facts, rows, 3, csv);
}

// ---- Many promises ----------------------------------------------------------

// Parts of parts in four currencies under a hundred wholes, with deadlines, and rates that change:
// what is counted is that totals, deadlines and conversions grow with the record, not with its
// square.
static void write_promises(const Options *options, uint32_t pledge_count, uint32_t rate_count)
{
    static const char *const units[] = {"USD", "EUR", "JPY", "CHF"};
    static const char *const rates[] = {"USD/JPY 150", "EUR/USD 1.1", "CHF/EUR 1.05",
                                        "EUR/JPY 160"};
    FILE *file = open_output(options->folder, "promises.quid");
    fprintf(file, "deal \"Many promises\"\n  currency USD\nparty A\nparty B\n");
    for (uint32_t i = 0; i < pledge_count; i++) {
        fprintf(file, "pledge p%u\n  from A to B\n  due 2025-06-01\n", i);
        if (i < 100)
            fprintf(file, "  amount 1_000_000 %s or more\n  made 2020-01-01\n", units[i % 2]);
        else
            fprintf(file, "  in p%u\n", i < 5000 ? i % 100 : 100 + i % 4900);
    }
    for (uint32_t i = 0; i < rate_count; i++)
        fprintf(file, "%u-%02u-%02u rate %s\n", 2020 + i * 4 / rate_count, i % 12 + 1, i % 28 + 1,
                rates[i % 4]);
    for (uint32_t i = 100; i < pledge_count; i++)
        fprintf(file, "2021-02-%02u pledge p%u 10 %s\n2022-02-%02u commit p%u 5 %s\n", i % 28 + 1,
                i, units[i / 7 % 4], i % 28 + 1, i, units[i / 7 % 4]);
    if (fclose(file) != 0)
        fail("writing the promises", strerror(errno));
}

static void bench_promises(const Options *options)
{
    static const uint32_t counts[] = {25000, 50000, 100000};
    char path[512];
    char output[512];
    snprintf(path, sizeof path, "%s/promises.quid", options->folder);
    snprintf(output, sizeof output, "%s/output", options->folder);
    const char *quid[] = {options->quid, "check", path, "--dump", "ledger", NULL};
    printf("\n%9s %9s %11s %13s %11s %4s   promises in four currencies, settled and listed\n",
           "promises", "rates", "CPU", "promises", "peak", "runs");
    for (size_t i = 0; i < 3; i++) {
        Row row = {.program = "quid"};
        write_promises(options, counts[i], counts[i] / 10);
        while (row.count < options->run_count)
            row.samples[row.count++] = run(quid, output);
        const Sample middle = median(&row);
        printf("%9u %9u %9.3f s %9.0f k/s %8.1f MB %4u\n", counts[i], counts[i] / 10,
               middle.cpu_seconds, counts[i] / middle.cpu_seconds / 1000,
               (double)middle.peak_kib / 1024, row.count);
        fflush(stdout);
    }
}

static Options read_options(int count, char **arguments)
{
    Options options = {.run_count = 5};
    if (count < 3)
        fail("usage", "record_bench QUID FOLDER [--facts N]… [--runs N] [--slow] [--csv FILE]");
    options.quid = arguments[1];
    options.folder = arguments[2];
    for (int i = 3; i < count; i++) {
        const char *value = i + 1 < count ? arguments[i + 1] : "";
        if (strcmp(arguments[i], "--slow") == 0) {
            options.is_slow = true;
            continue;
        }
        if (strcmp(arguments[i], "--csv") == 0)
            options.csv = value;
        else if (strcmp(arguments[i], "--runs") == 0)
            options.run_count = (uint32_t)strtoul(value, NULL, 10);
        else if (strcmp(arguments[i], "--facts") == 0 && options.size_count < SIZE_COUNT_MAX)
            options.facts[options.size_count++] = (uint32_t)strtoul(value, NULL, 10);
        else
            fail("there is no such option", arguments[i]);
        i += 1;
    }
    if (options.run_count < 1 || options.run_count > RUN_COUNT_MAX)
        fail("--runs", "1 to 99");
    static const uint32_t sizes[] = {10000, 100000, 1000000};
    const bool is_default = options.size_count == 0;
    for (uint32_t i = 0; is_default && i < 3; i++)
        options.facts[options.size_count++] = sizes[i];
    return options;
}

int main(int count, char **arguments)
{
    const Options options = read_options(count, arguments);
    FILE *csv = options.csv == NULL ? NULL : fopen(options.csv, "w");
    if (options.csv != NULL && csv == NULL)
        fail(options.csv, strerror(errno));
    struct utsname machine;
    if (uname(&machine) == 0)
        printf("%s %s, one thread; the median of so many runs by CPU time (user and system)\n",
               machine.sysname, machine.machine);
    printf("%9s  %-8s %11s %11s %9s %13s %11s %4s\n", "facts", "program", "CPU", "wall", "ratio",
           "facts", "peak", "runs");
    if (csv != NULL)
        fprintf(csv, "facts,program,cpu_seconds,wall_seconds,peak_kib,runs\n");
    for (uint32_t i = 0; i < options.size_count; i++)
        bench_size(&options, options.facts[i], csv);
    bench_promises(&options);
    return csv != NULL && fclose(csv) != 0;
}
