// Threads wait for the number of the next run, at first awake, for runs that follow each other,
// then at a condition; each then claims blocks from a shared counter until none is left.
#include "pool.h"

#if defined(__wasm__)

struct QuidPool {
    QuidContext *context;
};

QuidPool *quid__pool_create(QuidContext *context, uint32_t thread_count)
{
    (void)thread_count;
    QuidPool *pool = quid__allocate(context, sizeof *pool);
    if (pool != NULL)
        pool->context = context;
    return pool;
}

void quid__pool_free(QuidPool *pool)
{
    if (pool != NULL)
        quid__release(pool->context, pool, sizeof *pool);
}

uint32_t quid__pool_thread_count(const QuidPool *pool)
{
    (void)pool;
    return 1;
}

void quid__pool_run(QuidPool *pool, uint32_t block_count,
                    void (*work)(void *user, uint32_t block, uint32_t worker), void *user)
{
    (void)pool;
    for (uint32_t block = 0; block < block_count; block++)
        work(user, block, 0);
}

#else

#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

#define AWAKE_COUNT 500u // looks for a next run: some 20 us, less than it takes to be woken

typedef struct Member {
    QuidPool *pool;
    pthread_t thread;
    uint32_t worker;
} Member;

struct QuidPool {
    QuidContext *context;
    pthread_mutex_t lock;
    pthread_cond_t run_begins;
    pthread_cond_t run_ends;
    // Written under the lock, and read without it by who is still awake:
    atomic_uint_least64_t run; // number of the latest run
    atomic_uint busy_count;    // threads in it, besides the caller
    // Written under the lock:
    bool is_open; // the latest run has blocks that nobody has claimed: who comes now takes part
    bool is_running;
    bool is_ending;
    // The run's, written before it begins:
    void (*work)(void *user, uint32_t block, uint32_t worker);
    void *user;
    uint32_t block_count;
    pthread_t caller;
    atomic_uint_least64_t next_block;
    uint32_t member_count; // threads besides the caller's: workers 1..member_count
    uint32_t member_room;
    Member members[];
};

static size_t pool_size(uint32_t member_room)
{
    return sizeof(QuidPool) + member_room * sizeof(Member);
}

static void claim_blocks(QuidPool *pool, uint32_t worker)
{
    for (;;) {
        // 64 bits: late claims beyond the last block cannot wrap.
        const uint64_t block =
            atomic_fetch_add_explicit(&pool->next_block, 1, memory_order_relaxed);
        if (block >= pool->block_count)
            return;
        pool->work(pool->user, (uint32_t)block, worker);
    }
}

// Lets the other thread of the core go on.
static void relax(void)
{
#if defined(__x86_64__)
    __builtin_ia32_pause();
#endif
}

static void *run_member(void *argument)
{
    const Member *member = argument;
    QuidPool *pool = member->pool;
    uint64_t run = 0;
    for (;;) {
        for (uint32_t i = 0; i < AWAKE_COUNT && atomic_load(&pool->run) == run; i++)
            relax();
        pthread_mutex_lock(&pool->lock);
        while (atomic_load(&pool->run) == run && !pool->is_ending)
            pthread_cond_wait(&pool->run_begins, &pool->lock);
        const bool is_ending = pool->is_ending;
        const bool takes_part = pool->is_open && !is_ending;
        run = atomic_load(&pool->run);
        atomic_fetch_add(&pool->busy_count, takes_part ? 1 : 0);
        pthread_mutex_unlock(&pool->lock);
        if (is_ending)
            return NULL;
        if (!takes_part)
            continue;
        claim_blocks(pool, member->worker);
        pthread_mutex_lock(&pool->lock);
        if (atomic_fetch_sub(&pool->busy_count, 1) == 1)
            pthread_cond_signal(&pool->run_ends);
        pthread_mutex_unlock(&pool->lock);
    }
}

static bool init_locks(QuidPool *pool)
{
    if (pthread_mutex_init(&pool->lock, NULL) != 0)
        return false;
    if (pthread_cond_init(&pool->run_begins, NULL) == 0) {
        if (pthread_cond_init(&pool->run_ends, NULL) == 0)
            return true;
        pthread_cond_destroy(&pool->run_begins);
    }
    pthread_mutex_destroy(&pool->lock);
    return false;
}

QuidPool *quid__pool_create(QuidContext *context, uint32_t thread_count)
{
    if (thread_count > QUID_POOL_THREAD_COUNT_MAX)
        thread_count = QUID_POOL_THREAD_COUNT_MAX;
    const uint32_t member_room = thread_count > 1 ? thread_count - 1 : 0;
    QuidPool *pool = quid__allocate(context, pool_size(member_room));
    if (pool == NULL)
        return NULL;
    memset(pool, 0, pool_size(member_room));
    pool->context = context;
    pool->member_room = member_room;
    atomic_init(&pool->next_block, 0);
    atomic_init(&pool->run, 0);
    atomic_init(&pool->busy_count, 0);
    if (!init_locks(pool)) {
        quid__release(context, pool, pool_size(member_room));
        return NULL;
    }
    for (uint32_t i = 0; i < member_room; i++) {
        Member *member = &pool->members[i];
        member->pool = pool;
        member->worker = i + 1;
        if (pthread_create(&member->thread, NULL, run_member, member) != 0)
            break; // fewer threads do the same work
        pool->member_count++;
    }
    return pool;
}

void quid__pool_free(QuidPool *pool)
{
    if (pool == NULL)
        return;
    pthread_mutex_lock(&pool->lock);
    pool->is_ending = true;
    pthread_cond_broadcast(&pool->run_begins);
    pthread_mutex_unlock(&pool->lock);
    for (uint32_t i = 0; i < pool->member_count; i++)
        pthread_join(pool->members[i].thread, NULL);
    pthread_cond_destroy(&pool->run_ends);
    pthread_cond_destroy(&pool->run_begins);
    pthread_mutex_destroy(&pool->lock);
    quid__release(pool->context, pool, pool_size(pool->member_room));
}

uint32_t quid__pool_thread_count(const QuidPool *pool)
{
    return pool == NULL ? 1 : pool->member_count + 1;
}

// The number that the calling thread has in the run under way.
static uint32_t current_worker(const QuidPool *pool)
{
    const pthread_t self = pthread_self();
    for (uint32_t i = 0; i < pool->member_count; i++) {
        if (pthread_equal(self, pool->members[i].thread))
            return pool->members[i].worker;
    }
    QUID_ASSERT(pthread_equal(self, pool->caller)); // else two threads run one pool
    return 0;
}

void quid__pool_run(QuidPool *pool, uint32_t block_count,
                    void (*work)(void *user, uint32_t block, uint32_t worker), void *user)
{
    bool is_nested = false;
    if (pool != NULL) {
        pthread_mutex_lock(&pool->lock);
        is_nested = pool->is_running;
        if (!is_nested) {
            pool->is_running = true;
            pool->caller = pthread_self();
        }
        pthread_mutex_unlock(&pool->lock);
    }
    if (pool == NULL || is_nested) {
        const uint32_t worker = is_nested ? current_worker(pool) : 0;
        for (uint32_t block = 0; block < block_count; block++)
            work(user, block, worker);
        return;
    }
    pthread_mutex_lock(&pool->lock);
    pool->work = work;
    pool->user = user;
    pool->block_count = block_count;
    atomic_store_explicit(&pool->next_block, 0, memory_order_relaxed);
    pool->is_open = true;
    atomic_fetch_add(&pool->run, 1);
    pthread_cond_broadcast(&pool->run_begins);
    pthread_mutex_unlock(&pool->lock);
    claim_blocks(pool, 0);
    for (uint32_t i = 0; i < AWAKE_COUNT && atomic_load(&pool->busy_count) > 0; i++)
        relax();
    pthread_mutex_lock(&pool->lock);
    pool->is_open = false; // nobody waits for a thread that is not there yet
    while (atomic_load(&pool->busy_count) > 0)
        pthread_cond_wait(&pool->run_ends, &pool->lock);
    pool->is_running = false;
    pthread_mutex_unlock(&pool->lock);
}

#endif
