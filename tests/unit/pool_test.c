// Base: the pool of threads.
#include "pool.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { BLOCK_COUNT_MAX = 5000 };

typedef struct Job {
    QuidPool *pool;
    uint32_t block_count;
    uint32_t inner_count;
    atomic_uint calls[BLOCK_COUNT_MAX];
    uint64_t
        worker_calls[QUID_POOL_THREAD_COUNT_MAX]; // no lock: a worker's calls follow one another
    double results[BLOCK_COUNT_MAX];
    double inner[BLOCK_COUNT_MAX];
    atomic_uint wrong_count; // threads must not call cmocka
} Job;

static void count_block(void *user, uint32_t block, uint32_t worker)
{
    Job *job = user;
    atomic_fetch_add(&job->calls[block], 1);
    job->worker_calls[worker]++;
    double sum = 0.0;
    for (uint32_t i = 1; i < 200; i++)
        sum += 1.0 / ((double)block + i);
    job->results[block] = sum;
}

static void every_block_runs_once(void **state)
{
    (void)state;
    QuidContext *context = quid_context_create(NULL);
    static Job job;
    double expected = -1.0;
    const uint32_t thread_counts[] = {0, 1, 2, 3, 8, 32};
    for (size_t t = 0; t < sizeof thread_counts / sizeof *thread_counts; t++) {
        QuidPool *pool = quid__pool_create(context, thread_counts[t]);
        assert_non_null(pool);
        assert_in_range(quid__pool_thread_count(pool), 1,
                        thread_counts[t] == 0 ? 1 : thread_counts[t]);
        for (uint32_t run = 0; run < 60; run++) {
            memset(&job, 0, sizeof job);
            job.block_count = run == 59 ? BLOCK_COUNT_MAX : run * 7 % 90;
            quid__pool_run(pool, job.block_count, count_block, &job);
            uint64_t call_count = 0;
            for (uint32_t i = 0; i < QUID_POOL_THREAD_COUNT_MAX; i++) {
                assert_true(i < quid__pool_thread_count(pool) || job.worker_calls[i] == 0);
                call_count += job.worker_calls[i];
            }
            assert_int_equal(call_count, job.block_count);
            for (uint32_t i = 0; i < BLOCK_COUNT_MAX; i++)
                assert_int_equal(atomic_load(&job.calls[i]), i < job.block_count ? 1 : 0);
        }
        double sum = 0.0; // in the order of blocks: the same for any number of threads
        for (uint32_t i = 0; i < BLOCK_COUNT_MAX; i++)
            sum += job.results[i];
        assert_true(expected < 0.0 || memcmp(&sum, &expected, sizeof sum) == 0);
        expected = sum;
        quid__pool_free(pool);
    }
    quid_context_free(context);
}

static void no_pool_is_a_pool_of_one(void **state)
{
    (void)state;
    static Job job;
    quid__pool_run(NULL, 100, count_block, &job);
    assert_int_equal(job.worker_calls[0], 100);
    assert_int_equal(quid__pool_thread_count(NULL), 1);
    quid__pool_free(NULL);
}

typedef struct Inner {
    Job *job;
    uint32_t block;
    uint32_t worker;
    uint32_t next; // blocks of a serial run come in order
} Inner;

static void add_inner(void *user, uint32_t block, uint32_t worker)
{
    Inner *inner = user;
    if (worker != inner->worker || block != inner->next++)
        atomic_fetch_add(&inner->job->wrong_count, 1);
    inner->job->inner[inner->block] += block;
}

static void run_inner(void *user, uint32_t block, uint32_t worker)
{
    Job *job = user;
    Inner inner = {job, block, worker, 0};
    job->worker_calls[worker]++;
    quid__pool_run(job->pool, job->inner_count, add_inner, &inner);
}

static void a_run_inside_a_run_is_serial(void **state)
{
    (void)state;
    QuidContext *context = quid_context_create(NULL);
    static Job job;
    job.pool = quid__pool_create(context, 4);
    job.inner_count = 50;
    quid__pool_run(job.pool, 200, run_inner, &job);
    assert_int_equal(atomic_load(&job.wrong_count), 0);
    for (uint32_t block = 0; block < 200; block++)
        assert_true(job.inner[block] == 49.0 * 50.0 / 2.0);
    quid__pool_free(job.pool);
    quid_context_free(context);
}

typedef struct Ration {
    size_t left;
} Ration;

static void *reallocate_until_spent(void *user, void *pointer, size_t old_size, size_t new_size)
{
    Ration *ration = user;
    (void)old_size;
    if (new_size == 0) {
        free(pointer);
        return NULL;
    }
    if (ration->left == 0)
        return NULL;
    ration->left--;
    return realloc(pointer, new_size);
}

static void without_memory_there_is_no_pool(void **state)
{
    (void)state;
    Ration ration = {1000};
    const QuidContextOptions options = {.allocator = {reallocate_until_spent, &ration}};
    QuidContext *context = quid_context_create(&options);
    ration.left = 0;
    assert_null(quid__pool_create(context, 4));
    ration.left = 1;
    QuidPool *pool = quid__pool_create(context, 2);
    assert_non_null(pool);
    static Job job;
    quid__pool_run(pool, 10, count_block, &job); // takes no memory
    quid__pool_free(pool);
    quid_context_free(context);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_block_runs_once),
        cmocka_unit_test(no_pool_is_a_pool_of_one),
        cmocka_unit_test(a_run_inside_a_run_is_serial),
        cmocka_unit_test(without_memory_there_is_no_pool),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
