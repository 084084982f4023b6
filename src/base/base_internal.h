// What the stages share inside libquid: assertions, the context's memory.
#ifndef QUID_BASE_INTERNAL_H
#define QUID_BASE_INTERNAL_H

#include "quid/base.h"

// Our own mistakes end the program, in release builds and WebAssembly too. Never for what a user
// can type.
#define QUID_ASSERT(condition)                                                                     \
    ((condition) ? (void)0 : quid__assert_failed(#condition, __FILE__, __LINE__))

_Noreturn void quid__assert_failed(const char *condition, const char *file, int line);

// Memory of the context. new_size 0 frees. NULL: there is none (the old block stays).
void *quid__reallocate(QuidContext *context, void *pointer, size_t old_size, size_t new_size);

static inline void *quid__allocate(QuidContext *context, size_t size)
{
    return quid__reallocate(context, NULL, 0, size);
}

static inline void quid__release(QuidContext *context, void *pointer, size_t size)
{
    if (pointer != NULL)
        (void)quid__reallocate(context, pointer, size, 0);
}

#endif
