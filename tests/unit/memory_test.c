// Memory that runs out at every place in turn: each run ends in a status, and leaves nothing
// behind. The deals use every statement, clause, verb and expression there is.
#include "pipeline.h"

#include <cjson/cJSON.h>
#include <stdio.h>

// One count for both ways to memory: the context's allocator, and cJSON's global one.
typedef struct Budget {
    size_t left;
    int64_t held; // blocks
    int64_t size; // bytes, of the context's
} Budget;

static Budget budget;

static bool spend(void)
{
    if (budget.left == 0)
        return false;
    budget.left -= 1;
    return true;
}

static void *reallocate(void *user, void *pointer, size_t old_size, size_t new_size)
{
    (void)user;
    if (new_size == 0) {
        budget.size -= (int64_t)old_size;
        budget.held -= pointer != NULL;
        free(pointer);
        return NULL;
    }
    void *block = spend() ? realloc(pointer, new_size) : NULL;
    if (block != NULL) {
        budget.size += (int64_t)new_size - (int64_t)old_size;
        budget.held += pointer == NULL;
    }
    return block;
}

#ifndef QUID_WITHOUT_JSON
static void *json_allocate(size_t size)
{
    void *block = spend() ? malloc(size) : NULL;
    budget.held += block != NULL;
    return block;
}

static void json_free(void *pointer)
{
    budget.held -= pointer != NULL;
    free(pointer);
}
#endif

static bool discard(void *user, const char *bytes, size_t size)
{
    (void)bytes;
    *(size_t *)user += size;
    return true;
}

typedef QuidStatus (*Answer)(const Pipeline *run, QuidOutput output);

static QuidStatus brief_text(const Pipeline *run, QuidOutput output)
{
    const QuidBriefOptions how = quid_brief_options();
    return quid_brief_write(run->context, run->ledger, run->deal, &how, output);
}

#ifndef QUID_WITHOUT_JSON
static QuidStatus brief_json(const Pipeline *run, QuidOutput output)
{
    QuidBriefOptions how = quid_brief_options();
    how.is_json = true;
    return quid_brief_write(run->context, run->ledger, run->deal, &how, output);
}
#endif

static QuidStatus dumps(const Pipeline *run, QuidOutput output)
{
    QuidStatus status = quid_text_dump(run->text, output);
    if (status == QUID_OK)
        status = quid_deal_dump(run->deal, output);
    return status == QUID_OK ? quid_ledger_dump(run->ledger, output) : status;
}

static QuidStatus formatted(const Pipeline *run, QuidOutput output)
{
    return quid_text_format(run->context, run->file, output);
}

static QuidStatus diagnostics(const Pipeline *run, QuidOutput output)
{
    const QuidStatus status = quid_diagnostics_print(run->context, true, output);
#ifdef QUID_WITHOUT_JSON
    return status;
#else
    return status == QUID_OK ? quid_brief_diagnostics(run->context, output) : status;
#endif
}

// One run with so many allocations. Returns whether they sufficed.
static bool run_once(const char *path, const char *as_of, Answer answer, QuidStatus wanted)
{
    const QuidContextOptions options = {.allocator = {reallocate, NULL},
                                        .loader = quid_io_loader()};
    Pipeline run = {.context = quid_context_create(&options), .status = QUID_NO_MEMORY};
    bool is_done = false;
    if (run.context != NULL) {
        const char *reason = "";
        run.status = quid_context_load_file(run.context, string_of(path), &run.file, &reason);
        if (run.status == QUID_OK)
            pipeline_settle(&run, as_of);
        size_t written = 0;
        QuidStatus answered = run.status;
        if (run.status == wanted)
            answered = answer(&run, (QuidOutput){discard, &written});
        is_done = run.status == wanted && answered == QUID_OK;
        // Includes that could not be read for want of memory must not be said to be missing.
        assert_true(is_done || answered == QUID_NO_MEMORY);
        assert_true(!is_done || written > 0);
        pipeline_free(&run);
    }
    assert_int_equal(budget.held, 0);
    assert_int_equal(budget.size, 0);
    return is_done;
}

static void starve(const char *path, const char *as_of, Answer answer, QuidStatus wanted)
{
    bool is_done = false;
    size_t allowed = 0;
    for (; !is_done; allowed++) {
        budget = (Budget){.left = allowed};
        is_done = run_once(path, as_of, answer, wanted);
        assert_true(allowed < 100000);
    }
    assert_true(allowed > 30);
}

static void every_answer_of_a_deal_that_uses_everything(void **state)
{
    (void)state;
    static const char *const paths[] = {"tests/golden/text/good/statements.quid",
                                        "tests/golden/deal/good/expressions.quid",
                                        "tests/golden/ledger/good/facts.quid"};
    static const Answer answers[] = {brief_text, dumps, formatted};
    for (size_t path = 0; path < 3; path++) {
        for (size_t answer = 0; answer < 3; answer++)
            starve(paths[path], NULL, answers[answer], QUID_OK);
    }
    // A view settles twice.
    starve(paths[2], "2026-01-15", brief_text, QUID_OK);
}

#ifndef QUID_WITHOUT_JSON
static void answers_as_json(void **state)
{
    (void)state;
    cJSON_Hooks hooks = {json_allocate, json_free};
    cJSON_InitHooks(&hooks);
    starve("tests/golden/ledger/good/facts.quid", NULL, brief_json, QUID_OK);
    starve("tests/golden/ledger/bad/overdrawn.quid", NULL, diagnostics, QUID_INVALID);
    cJSON_InitHooks(NULL);
}
#endif

static void deals_with_mistakes(void **state)
{
    (void)state;
    static const char *const paths[] = {"tests/golden/text/bad/many_mistakes_in_one_run.quid",
                                        "tests/golden/text/bad/mixed_and_or.quid",
                                        "tests/golden/text/bad/include_cycle.quid",
                                        "tests/golden/deal/bad/misspelt_name.quid",
                                        "tests/golden/deal/bad/waiting_cycle.quid",
                                        "tests/golden/ledger/bad/failed_balance.quid",
                                        "tests/golden/ledger/bad/missing_rate.quid",
                                        "tests/golden/text/bad/csv_ragged_record.quid"};
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++)
        starve(paths[i], NULL, diagnostics, QUID_INVALID);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_answer_of_a_deal_that_uses_everything),
#ifndef QUID_WITHOUT_JSON
        cmocka_unit_test(answers_as_json),
#endif
        cmocka_unit_test(deals_with_mistakes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
