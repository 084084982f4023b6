// The context: memory, files and diagnostics of one deal.
#include "context_internal.h"
#include "report.h"
#include "utf8.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void quid__assert_failed(const char *condition, const char *file, int line)
{
    (void)fprintf(stderr, "%s:%d: quid is wrong here: %s\n", file, line, condition);
    abort();
}

static void *reallocate_from_system(void *user, void *pointer, size_t old_size, size_t new_size)
{
    (void)user;
    (void)old_size;
    if (new_size == 0) {
        free(pointer);
        return NULL;
    }
    return realloc(pointer, new_size);
}

void *quid__reallocate(QuidContext *context, void *pointer, size_t old_size, size_t new_size)
{
    return context->allocator.reallocate(context->allocator.user, pointer, old_size, new_size);
}

void *quid_context_allocate(QuidContext *context, size_t size)
{
    QUID_ASSERT(size > 0);
    return quid__allocate(context, size);
}

void quid_context_release(QuidContext *context, void *pointer, size_t size)
{
    quid__release(context, pointer, size);
}

QuidContext *quid_context_create(const QuidContextOptions *options)
{
    QuidAllocator allocator = {reallocate_from_system, NULL};
    if (options != NULL && options->allocator.reallocate != NULL)
        allocator = options->allocator;
    QuidContext *context = allocator.reallocate(allocator.user, NULL, 0, sizeof *context);
    if (context == NULL)
        return NULL;
    *context = (QuidContext){.allocator = allocator};
    if (options != NULL)
        context->loader = options->loader;
    quid__arena_init(&context->arena, context);
    quid__arena_init(&context->report_arena, context);
    quid__vector_init(&context->files, context, sizeof(QuidFile));
    quid__vector_init(&context->diagnostics, context, sizeof(QuidDiagnostic));
    quid__vector_init(&context->related, context, sizeof(QuidRelated));
    if (quid__vector_push(&context->files) == NULL) {
        quid_context_free(context);
        return NULL;
    }
    return context;
}

void quid_context_free(QuidContext *context)
{
    if (context == NULL)
        return;
    for (uint32_t i = 0; i < context->files.count; i++) {
        QuidFile *file = &QUID_AT(&context->files, QuidFile, i);
        quid__release(context, file->bytes, file->size == 0 ? 1 : file->size);
        quid__release(context, file->lines, (size_t)file->line_count * sizeof(uint32_t));
    }
    quid__vector_free(&context->files);
    quid__vector_free(&context->diagnostics);
    quid__vector_free(&context->related);
    quid__arena_free(&context->report_arena);
    quid__arena_free(&context->arena);
    const QuidAllocator allocator = context->allocator;
    (void)allocator.reallocate(allocator.user, context, sizeof *context, 0);
}

// ---- Files ------------------------------------------------------------------

const QuidFile *quid__context_file(const QuidContext *context, QuidFileId file)
{
    QUID_ASSERT(file.index < context->files.count);
    return &QUID_AT(&context->files, QuidFile, file.index);
}

// Takes over bytes (a block of max(size, 1) bytes) on OK.
static bool is_within_limits(const QuidContext *context, size_t size)
{
    return size <= QUID_FILE_SIZE_MAX && context->files.count <= QUID_FILE_COUNT_MAX;
}

static QuidStatus keep_file(QuidContext *context, QuidString path, char *bytes, size_t size,
                            QuidFileId *file)
{
    if (!is_within_limits(context, size))
        return QUID_LIMIT;
    const QuidString copy = quid__arena_copy(&context->arena, path);
    QuidFile *kept = context->arena.has_failed ? NULL : quid__vector_push(&context->files);
    if (kept == NULL)
        return QUID_NO_MEMORY;
    kept->path = copy;
    kept->bytes = bytes;
    kept->size = size;
    *file = (QuidFileId){context->files.count - 1};
    return QUID_OK;
}

QuidStatus quid_context_add_file(QuidContext *context, QuidString path, QuidString bytes,
                                 QuidFileId *file)
{
    const size_t block = bytes.size == 0 ? 1 : bytes.size;
    if (!is_within_limits(context, bytes.size))
        return QUID_LIMIT;
    char *copy = quid__allocate(context, block);
    if (copy == NULL)
        return QUID_NO_MEMORY;
    if (bytes.size > 0)
        memcpy(copy, bytes.bytes, bytes.size);
    const QuidStatus status = keep_file(context, path, copy, bytes.size, file);
    if (status != QUID_OK)
        quid__release(context, copy, block);
    return status;
}

QuidStatus quid_context_load_file(QuidContext *context, QuidString path, QuidFileId *file,
                                  const char **reason)
{
    for (uint32_t i = 1; i < context->files.count; i++) {
        if (quid__string_equal(QUID_AT(&context->files, QuidFile, i).path, path)) {
            *file = (QuidFileId){i};
            return QUID_OK;
        }
    }
    *reason = "files cannot be read here";
    if (context->loader.load == NULL)
        return QUID_IO;
    const QuidString name =
        quid__arena_format(&context->arena, "%.*s", QUID_PRINT(path)); // NUL-terminated
    if (context->arena.has_failed)
        return QUID_NO_MEMORY;
    char *bytes = NULL;
    size_t size = 0;
    QuidStatus status =
        context->loader.load(context->loader.user, context, name.bytes, &bytes, &size, reason);
    if (status != QUID_OK)
        return status;
    *reason =
        size > QUID_FILE_SIZE_MAX ? "it is larger than 1 GiB" : "a deal has at most 1000 files";
    status = keep_file(context, path, bytes, size, file);
    if (status != QUID_OK)
        quid__release(context, bytes, size == 0 ? 1 : size);
    return status;
}

QuidString quid_context_path(const QuidContext *context, QuidFileId file)
{
    return quid__context_file(context, file)->path;
}

QuidString quid_context_bytes(const QuidContext *context, QuidFileId file)
{
    const QuidFile *kept = quid__context_file(context, file);
    return (QuidString){kept->bytes, (uint32_t)kept->size};
}

uint32_t quid_context_file_count(const QuidContext *context)
{
    return context->files.count;
}

// ---- Places -----------------------------------------------------------------

// Offset behind the next line end at or after offset; the file's size + 1 where there is none.
static size_t next_line(const QuidFile *file, size_t offset)
{
    const char *end = memchr(file->bytes + offset, '\n', file->size - offset);
    return end == NULL ? file->size + 1 : (size_t)(end - file->bytes) + 1;
}

static void index_lines(QuidContext *context, QuidFile *file)
{
    uint32_t count = 1;
    for (size_t at = next_line(file, 0); at <= file->size; at = next_line(file, at))
        count += 1;
    file->lines = quid__allocate(context, (size_t)count * sizeof(uint32_t));
    if (file->lines == NULL)
        return;
    file->lines[file->line_count++] = 0;
    for (size_t at = next_line(file, 0); at <= file->size; at = next_line(file, at))
        file->lines[file->line_count++] = (uint32_t)at;
}

QuidString quid__context_line(QuidContext *context, QuidFileId id, uint32_t offset,
                              uint32_t *number, uint32_t *begin)
{
    QuidFile *file = &QUID_AT(&context->files, QuidFile, id.index);
    if (file->lines == NULL)
        index_lines(context, file);
    uint32_t low = 0;
    if (file->lines != NULL) {
        uint32_t high = file->line_count;
        while (high - low > 1) {
            const uint32_t middle = low + (high - low) / 2;
            if (file->lines[middle] <= offset)
                low = middle;
            else
                high = middle;
        }
        *begin = file->lines[low];
    } else {
        *begin = 0;
        for (uint32_t i = 0; i < offset && i < file->size; i++) {
            if (file->bytes[i] == '\n') {
                low += 1;
                *begin = i + 1;
            }
        }
    }
    *number = low + 1;
    uint32_t end = *begin;
    while (end < file->size && file->bytes[end] != '\n')
        end += 1;
    if (end > *begin && file->bytes[end - 1] == '\r')
        end -= 1;
    return (QuidString){file->bytes + *begin, end - *begin};
}

static uint32_t count_characters(const char *bytes, uint32_t size)
{
    uint32_t count = 0;
    for (uint32_t offset = 0; offset < size; count++) {
        uint32_t scalar;
        const uint32_t length = quid__utf8_decode(bytes + offset, size - offset, &scalar);
        offset += length == 0 ? 1 : length;
    }
    return count;
}

QuidPlace quid_context_place(QuidContext *context, QuidSpan span)
{
    if (span.file.index == 0)
        return (QuidPlace){0, 0, 0};
    uint32_t number;
    uint32_t begin;
    const QuidString line = quid__context_line(context, span.file, span.offset, &number, &begin);
    // A byte order mark is no character of the first line.
    const bool has_mark =
        begin == 0 && line.size >= 3 && memcmp(line.bytes, "\xEF\xBB\xBF", 3) == 0;
    const uint32_t skip = has_mark ? 3 : 0;
    uint32_t before = span.offset - begin;
    before = before > line.size ? line.size : before < skip ? skip : before;
    uint32_t size = span.size;
    if (size > line.size - before)
        size = line.size - before;
    const uint32_t length = count_characters(line.bytes + before, size);
    return (QuidPlace){number, count_characters(line.bytes + skip, before - skip) + 1,
                       length == 0 ? 1 : length};
}
