// Reads and balances the same record with quid, ledger and hledger, each as the command that a user
// would type, beside a bare scanner that knows the generated file's form. Balances must agree to
// the cent.
#include "bench.h"

#include <cjson/cJSON.h>

#include <inttypes.h>

#define PATH "read and balance"
#define PLEDGE_COUNT 200
#define STAGE_COUNT 5
#define PEER_FACTS_MAX 100000 // hledger beyond that only when slow: a minute a run
#define PROMISE_LABEL "promises in 4 currencies"

static const char *const stage_words[STAGE_COUNT] = {"pledged", "committed", "disbursed",
                                                     "completed", "cancelled"};

// Cents by pledge and stage.
typedef struct Balances {
    int64_t cents[PLEDGE_COUNT][STAGE_COUNT];
} Balances;

// ---- The record -------------------------------------------------------------

// A small generator of its own (xorshift64*): the record is the same on every machine.
static uint64_t next_random(uint64_t *state)
{
    *state ^= *state >> 12;
    *state ^= *state << 25;
    *state ^= *state >> 27;
    return *state * UINT64_C(2685821657736338717);
}

static FILE *open_output(const Bench *bench, const char *name)
{
    char *path = bench_path(bench, name);
    FILE *file = fopen(path, "w");
    if (file == NULL)
        bench_fail(path, strerror(errno));
    free(path);
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
static void write_record(const Bench *bench, uint32_t fact_count, Balances *expected)
{
    static const char *const verbs[STAGE_COUNT] = {"pledge", "commit", "disburse", "complete",
                                                   "cancel"};
    FILE *quid = open_output(bench, "record.quid");
    FILE *peers = open_output(bench, "record.journal");
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
        bench_fail("writing the record", strerror(errno));
}

// ---- The bound: a scanner that knows the file's form and checks nothing -----

static int64_t scan_digits(const char **at)
{
    int64_t number = 0;
    for (; **at >= '0' && **at <= '9'; *at += 1)
        number = number * 10 + (**at - '0');
    return number;
}

// "2010-01-01 commit p7 12.34 USD @s3"
static void scan_fact(const char *line, Balances *balances)
{
    const char *at = line + 11;
    // The third letter tells the verbs apart: pledge, commit, disburse, complete, cancel.
    const int to = at[0] == 'p' ? 0 : at[0] == 'd' ? 2 : at[1] == 'a' ? 4 : at[3] == 'm' ? 1 : 3;
    while (*at != ' ')
        at++;
    at += 2;
    int64_t *cents = balances->cents[scan_digits(&at) % PLEDGE_COUNT];
    at++;
    int64_t amount = scan_digits(&at) * 100;
    at++;
    amount += scan_digits(&at);
    const int from = to == STAGE_COUNT - 1 ? 0 : to - 1;
    if (from >= 0)
        cents[from] -= amount;
    cents[to] += amount;
}

static int scan(const char *path)
{
    static Balances balances;
    size_t size = 0;
    char *text = bench_read(path, &size);
    for (char *line = text; line < text + size;) {
        char *end = memchr(line, '\n', (size_t)(text + size - line));
        if (*line >= '0' && *line <= '9')
            scan_fact(line, &balances);
        line = end == NULL ? text + size : end + 1;
    }
    free(text);
    for (int i = 0; i < PLEDGE_COUNT; i++) {
        for (int stage = 0; stage < STAGE_COUNT; stage++)
            printf("%.2f USD  p%d:%s\n", (double)balances.cents[i][stage] / 100, i,
                   stage_words[stage]);
    }
    return 0;
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
    char *text = bench_read(path, NULL);
    cJSON *document = cJSON_Parse(text);
    const cJSON *pledge = NULL;
    cJSON_ArrayForEach(pledge, cJSON_GetObjectItem(document, "pledges"))
    {
        const char *id = cJSON_GetStringValue(cJSON_GetObjectItem(pledge, "id"));
        const cJSON *stages = cJSON_GetObjectItem(pledge, "stages");
        const long index = id == NULL ? -1 : strtol(id + 1, NULL, 10);
        if (index < 0 || index >= PLEDGE_COUNT)
            bench_fail("quid", "names a pledge that is not in the record");
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
    char *text = bench_read(path, NULL);
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
            char what[160];
            snprintf(what, sizeof what, "p%d %s is %" PRId64 " cents, expected %" PRId64, i,
                     stage_words[stage], found->cents[i][stage], expected->cents[i][stage]);
            bench_fail(program, what);
        }
    }
}

// ---- Runs -------------------------------------------------------------------

typedef struct Program {
    const char *role;
    const char *name;
    const char *words[9];
    BenchTime runs[BENCH_RUN_COUNT_MAX];
    uint32_t count;
    bool is_left_out;
} Program;

static void run_program(Program *program, const char *output, const Balances *expected)
{
    Balances found = {{{0}}};
    program->runs[program->count++] = bench_command(program->words, output, 0);
    if (strcmp(program->role, "quid") == 0)
        read_quid(output, &found);
    else
        read_peer(output, &found);
    compare(program->name, &found, expected);
}

static void bench_record(const Bench *bench, const char *self, uint32_t facts)
{
    Balances expected;
    write_record(bench, facts, &expected);
    char *record = bench_path(bench, "record.quid");
    char *journal = bench_path(bench, "record.journal");
    char *output = bench_path(bench, "output");
    Program programs[] = {
        {.role = "quid", .name = "quid", .words = {bench->quid, "status", "--json", record}},
        {.role = "peer",
         .name = "ledger",
         .words = {"ledger", "--args-only", "-f", journal, "bal", "--flat", "--no-total"}},
        {.role = "peer",
         .name = "hledger",
         .words = {"hledger", "-f", journal, "bal", "--flat", "--no-total"}},
        {.role = "bound", .name = "C scanner", .words = {self, "--scan", record}}};
    for (size_t i = 1; i < 3; i++)
        programs[i].is_left_out = bench->is_quick || !bench_has_command(programs[i].name);
    programs[2].is_left_out |= facts > PEER_FACTS_MAX && !bench->is_slow;
    // Interleaved, so that a busy moment of the machine meets all alike.
    for (uint32_t turn = 0; turn < BENCH_RUN_COUNT_MAX; turn++) {
        for (size_t i = 0; i < 4; i++) {
            if (!programs[i].is_left_out &&
                !bench_has_enough(bench, programs[i].runs, programs[i].count))
                run_program(&programs[i], output, &expected);
        }
    }
    for (size_t i = 0; i < 4; i++) {
        if (programs[i].is_left_out)
            continue;
        const BenchRow row = {PATH,
                              "a record",
                              "facts",
                              programs[i].role,
                              programs[i].name,
                              "1000 balances to the cent",
                              facts,
                              BENCH_CPU,
                              bench_median(programs[i].runs, programs[i].count, BENCH_CPU)};
        bench_print(&row);
    }
    free(record);
    free(journal);
    free(output);
}

// ---- Many promises ----------------------------------------------------------

// Parts of parts in four currencies under a hundred wholes, with deadlines, and rates that change:
// what is counted is that totals, deadlines and conversions grow with the record, not with its
// square.
static void write_promises(const Bench *bench, uint32_t pledge_count, uint32_t rate_count)
{
    static const char *const units[] = {"USD", "EUR", "JPY", "CHF"};
    static const char *const rates[] = {"USD/JPY 150", "EUR/USD 1.1", "CHF/EUR 1.05",
                                        "EUR/JPY 160"};
    FILE *file = open_output(bench, "promises.quid");
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
        bench_fail("writing the promises", strerror(errno));
}

// What each part itself was given: 5 of 10 committed.
static void check_promises(const char *path, uint32_t pledge_count)
{
    char *text = bench_read(path, NULL);
    cJSON *document = cJSON_Parse(text);
    const cJSON *pledge = NULL;
    uint32_t count = 0;
    cJSON_ArrayForEach(pledge, cJSON_GetObjectItem(document, "pledges"))
    {
        const cJSON *stages = cJSON_GetObjectItem(pledge, "stages");
        const char *amount = cJSON_GetStringValue(cJSON_GetObjectItem(stages, "committed"));
        if (count++ >= 5000 && (amount == NULL || parse_cents(amount) != 500))
            bench_fail(PROMISE_LABEL, "a part has not 5 committed");
    }
    if (count != pledge_count)
        bench_fail(PROMISE_LABEL, "some are missing");
    cJSON_Delete(document);
    free(text);
}

static void bench_promises(const Bench *bench, uint32_t pledge_count)
{
    char *record = bench_path(bench, "promises.quid");
    char *output = bench_path(bench, "output");
    const char *words[] = {bench->quid, "status", "--json", record, NULL};
    BenchTime runs[BENCH_RUN_COUNT_MAX];
    uint32_t count = 0;
    write_promises(bench, pledge_count, pledge_count / 10);
    while (!bench_has_enough(bench, runs, count))
        runs[count++] = bench_command(words, output, 0);
    check_promises(output, pledge_count);
    const BenchRow row = {PATH,         PROMISE_LABEL, "promises",
                          "quid",       "quid",        "what each part has committed",
                          pledge_count, BENCH_CPU,     bench_median(runs, count, BENCH_CPU)};
    bench_print(&row);
    free(record);
    free(output);
}

int main(int count, char **words)
{
    if (count == 3 && strcmp(words[1], "--scan") == 0)
        return scan(words[2]);
    const Bench bench = bench_open(count, words, "record_bench");
    static const uint32_t sizes[] = {1000, 10000, 100000, 1000000};
    for (size_t i = 0; i < (bench.is_quick ? 1 : 4); i++)
        bench_record(&bench, words[0], sizes[i]);
    for (size_t i = 0; i < (bench.is_quick ? 1 : 3); i++)
        bench_promises(&bench, sizes[i]);
    return 0;
}
