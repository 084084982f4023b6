// Memory that runs out at every place in turn: allocators with a budget, and runs that must end in
// a status and leave nothing behind. Both ways to memory are counted: the context's, and cJSON's
// global one.
#ifndef QUID_TESTS_STARVE_H
#define QUID_TESTS_STARVE_H

#include "pipeline.h"

#include <cjson/cJSON.h>
#include <stdio.h>

typedef struct Budget {
    size_t left;
    int64_t held; // blocks
    int64_t size; // bytes, of the context's
} Budget;

static Budget budget;

static inline bool spend(void)
{
    if (budget.left == 0)
        return false;
    budget.left -= 1;
    return true;
}

static inline void *reallocate(void *user, void *pointer, size_t old_size, size_t new_size)
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

static inline void *json_allocate(size_t size)
{
    void *block = spend() ? malloc(size) : NULL;
    budget.held += block != NULL;
    return block;
}

static inline void json_free(void *pointer)
{
    budget.held -= pointer != NULL;
    free(pointer);
}

static inline bool discard(void *user, const char *bytes, size_t size)
{
    (void)bytes;
    *(size_t *)user += size;
    return true;
}

typedef QuidStatus (*Answer)(const Pipeline *run, QuidOutput output);

// One run with so many allocations. Returns whether they sufficed.
static inline bool run_once(const char *path, const char *as_of, Answer answer, QuidStatus wanted)
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

// Every step-th allocation: for answers that come to the same stages again and again.
static inline void starve_by(const char *path, Answer answer, size_t step)
{
    bool is_done = false;
    size_t allowed = 0;
    for (; !is_done; allowed += step) {
        budget = (Budget){.left = allowed};
        is_done = run_once(path, NULL, answer, QUID_OK);
        assert_true(allowed < 1000000);
    }
    assert_true(allowed > 30 * step);
}

static inline void starve(const char *path, const char *as_of, Answer answer, QuidStatus wanted)
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

#endif
