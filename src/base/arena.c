// Arena blocks: each at least twice the last one's size, up to a megabyte.
#include "arena.h"

#include <stdio.h>
#include <string.h>

struct QuidArenaBlock {
    QuidArenaBlock *before;
    size_t size; // of the whole block
    size_t used; // with this header
};

#define BLOCK_SIZE_FIRST 4096u
#define BLOCK_SIZE_LARGE (1u << 20)

void quid__arena_init(QuidArena *arena, QuidContext *context)
{
    *arena = (QuidArena){.context = context};
}

void quid__arena_free(QuidArena *arena)
{
    QuidArenaBlock *block = arena->last;
    while (block != NULL) {
        QuidArenaBlock *before = block->before;
        quid__release(arena->context, block, block->size);
        block = before;
    }
    arena->last = NULL;
}

static bool add_block(QuidArena *arena, size_t size)
{
    size_t next = arena->last == NULL ? BLOCK_SIZE_FIRST : arena->last->size * 2;
    if (next > BLOCK_SIZE_LARGE)
        next = BLOCK_SIZE_LARGE;
    const size_t needed = sizeof(QuidArenaBlock) + size;
    if (next < needed)
        next = needed;
    QuidArenaBlock *block = quid__allocate(arena->context, next);
    if (block == NULL) {
        arena->has_failed = true;
        return false;
    }
    *block = (QuidArenaBlock){arena->last, next, sizeof(QuidArenaBlock)};
    arena->last = block;
    return true;
}

void *quid__arena_push_bare(QuidArena *arena, size_t size)
{
    if (arena->has_failed)
        return NULL;
    if (size > SIZE_MAX / 2) {
        arena->has_failed = true;
        return NULL;
    }
    size = (size + 7) & ~(size_t)7;
    if (arena->last == NULL || arena->last->size - arena->last->used < size) {
        if (!add_block(arena, size))
            return NULL;
    }
    unsigned char *piece = (unsigned char *)arena->last + arena->last->used;
    arena->last->used += size;
    return piece;
}

void *quid__arena_push(QuidArena *arena, size_t size)
{
    void *piece = quid__arena_push_bare(arena, size);
    if (piece != NULL)
        memset(piece, 0, size);
    return piece;
}

QuidString quid__arena_copy(QuidArena *arena, QuidString text)
{
    if (text.size == 0)
        return (QuidString){"", 0};
    char *copy = quid__arena_push(arena, text.size);
    if (copy == NULL)
        return (QuidString){"", 0};
    memcpy(copy, text.bytes, text.size);
    return (QuidString){copy, text.size};
}

QuidString quid__arena_format_list(QuidArena *arena, const char *format, va_list arguments)
{
    va_list again;
    va_copy(again, arguments);
    const int size = vsnprintf(NULL, 0, format, arguments);
    QUID_ASSERT(size >= 0);
    QuidString text = {"", 0};
    char *bytes = quid__arena_push(arena, (size_t)size + 1);
    if (bytes != NULL) {
        (void)vsnprintf(bytes, (size_t)size + 1, format, again);
        text = (QuidString){bytes, (uint32_t)size};
    }
    va_end(again);
    return text;
}

QuidString quid__arena_format(QuidArena *arena, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    const QuidString text = quid__arena_format_list(arena, format, arguments);
    va_end(arguments);
    return text;
}
