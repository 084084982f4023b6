// An arena: many small pieces, freed together. The first failed push makes it fail for good, so
// that code may push on harmlessly and look once at has_failed.
#ifndef QUID_ARENA_H
#define QUID_ARENA_H

#include "base_internal.h"

#include <stdarg.h>

typedef struct QuidArenaBlock QuidArenaBlock;

typedef struct QuidArena {
    QuidContext *context;
    QuidArenaBlock *last;
    bool has_failed;
} QuidArena;

void quid__arena_init(QuidArena *arena, QuidContext *context);
void quid__arena_free(QuidArena *arena);

// size zeroed bytes, 8-byte aligned; NULL when memory ran out, now or before.
void *quid__arena_push(QuidArena *arena, size_t size);
// As above, but what is in the bytes is not said: for large pieces that whoever uses them fills.
void *quid__arena_push_bare(QuidArena *arena, size_t size);
// A copy of the text; empty when memory ran out.
QuidString quid__arena_copy(QuidArena *arena, QuidString text);
// printf's %s %.*s %c %d %u %lld %% only: nothing that depends on the locale.
QuidString quid__arena_format(QuidArena *arena, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
QuidString quid__arena_format_list(QuidArena *arena, const char *format, va_list arguments)
    __attribute__((format(printf, 2, 0)));

#endif
