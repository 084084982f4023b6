// A pool of threads that share the blocks of one computation. Which worker takes which block is
// left to chance, so work writes to its block's place only and the caller adds up in the order of
// blocks: then the answer does not depend on the number of threads.
#ifndef QUID_POOL_H
#define QUID_POOL_H

#include "base_internal.h"

typedef struct QuidPool QuidPool;

#define QUID_POOL_THREAD_COUNT_MAX 256u

// thread_count threads in all, the caller's included, at most QUID_POOL_THREAD_COUNT_MAX; 0 counts
// as
// 1. Where the machine gives fewer, the pool has fewer. NULL: no memory; a NULL pool works too, one
// thread strong. The context must outlive the pool.
QuidPool *quid__pool_create(QuidContext *context, uint32_t thread_count);
void quid__pool_free(QuidPool *pool);

// Threads, the caller's included: workers are numbered 0 (the caller) to this less one.
uint32_t quid__pool_thread_count(const QuidPool *pool);

// Calls work(user, block, worker) once for each block < block_count, on any of the pool's threads,
// and returns when all are done; what work wrote is then visible. A worker's calls follow one
// another, so arrays by worker need no locks. A run inside a run of the same pool is serial, as
// worker 0 of a pool of one: its work must not share arrays by worker with the outer one. Not for
// two threads at once.
void quid__pool_run(QuidPool *pool, uint32_t block_count,
                    void (*work)(void *user, uint32_t block, uint32_t worker), void *user);

#endif
