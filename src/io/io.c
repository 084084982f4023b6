// POSIX files and streams.
#include "io.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

// ---- Reading ----------------------------------------------------------------

static const char *reason_for(int error)
{
    switch (error) {
    case ENOENT:
        return "there is no such file";
    case EISDIR:
        return "it is a directory";
    case EACCES:
        return "permission is denied";
    case ENOTDIR:
        return "a part of its path is not a directory";
    default:
        return strerror(error);
    }
}

// Fills a block that grows where the size is not known before (pipes). The block is exactly
// max(size, 1) bytes in the end: that is what the context gives back.
static QuidStatus read_all(QuidContext *context, int descriptor, size_t expected, char **bytes,
                           size_t *size, int *error)
{
    size_t capacity = expected + 1;
    char *block = malloc(capacity);
    size_t used = 0;
    while (block != NULL) {
        const ssize_t got = read(descriptor, block + used, capacity - used);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0) {
            *error = errno;
            free(block);
            return QUID_IO;
        }
        if (got == 0)
            break;
        used += (size_t)got;
        if (used > QUID_FILE_SIZE_MAX) {
            free(block);
            *error = EFBIG;
            return QUID_LIMIT;
        }
        if (used == capacity) {
            capacity *= 2;
            char *larger = realloc(block, capacity);
            if (larger == NULL)
                free(block);
            block = larger;
        }
    }
    char *kept = block == NULL ? NULL : quid_context_allocate(context, used == 0 ? 1 : used);
    if (kept != NULL && used > 0)
        memcpy(kept, block, used);
    free(block);
    *bytes = kept;
    *size = used;
    return kept == NULL ? QUID_NO_MEMORY : QUID_OK;
}

// A regular file of known size goes straight into the context's block: no second copy of a large
// record.
static QuidStatus read_exactly(QuidContext *context, int descriptor, size_t expected, char **bytes,
                               size_t *size, int *error)
{
    char *block = quid_context_allocate(context, expected);
    if (block == NULL)
        return QUID_NO_MEMORY;
    size_t used = 0;
    while (used < expected) {
        const ssize_t got = read(descriptor, block + used, expected - used);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0) {
            // The file was cut or failed while it was read: what is missing must not pass for text.
            *error = got < 0 ? errno : EIO;
            quid_context_release(context, block, expected);
            return QUID_IO;
        }
        used += (size_t)got;
    }
    *bytes = block;
    *size = expected;
    return QUID_OK;
}

static QuidStatus load(void *user, QuidContext *context, const char *path, char **bytes,
                       size_t *size, const char **reason)
{
    (void)user;
    const bool is_stdin = strcmp(path, "-") == 0;
    const int descriptor = is_stdin ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) {
        *reason = reason_for(errno);
        return QUID_IO;
    }
    struct stat info = {0};
    int error = 0;
    QuidStatus status = QUID_IO;
    if (fstat(descriptor, &info) != 0)
        error = errno;
    else if (S_ISDIR(info.st_mode))
        error = EISDIR;
    else if (S_ISREG(info.st_mode) && info.st_size > (off_t)QUID_FILE_SIZE_MAX)
        error = EFBIG;
    else if (S_ISREG(info.st_mode) && info.st_size > 0 && !is_stdin)
        status = read_exactly(context, descriptor, (size_t)info.st_size, bytes, size, &error);
    else
        status = read_all(context, descriptor, 1 << 16, bytes, size, &error);
    if (!is_stdin)
        (void)close(descriptor);
    *reason = error == EFBIG ? "it is larger than 1 GiB" : reason_for(error);
    return status;
}

QuidLoader quid_io_loader(void)
{
    return (QuidLoader){load, NULL};
}

// ---- Writing ----------------------------------------------------------------

static bool write_all(int descriptor, const char *bytes, size_t size, int *error)
{
    while (size > 0) {
        const ssize_t written = write(descriptor, bytes, size);
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0) {
            *error = errno;
            return false;
        }
        bytes += written;
        size -= (size_t)written;
    }
    return true;
}

void quid_io_open_stream(QuidIoStream *stream, int descriptor)
{
    stream->descriptor = descriptor;
    stream->error = 0;
    stream->used = 0;
}

bool quid_io_flush(QuidIoStream *stream)
{
    if (stream->error == 0)
        (void)write_all(stream->descriptor, stream->buffer, stream->used, &stream->error);
    stream->used = 0;
    return stream->error == 0;
}

static bool write_stream(void *user, const char *bytes, size_t size)
{
    QuidIoStream *stream = user;
    if (size > sizeof stream->buffer - stream->used && !quid_io_flush(stream))
        return false;
    if (size > sizeof stream->buffer)
        return write_all(stream->descriptor, bytes, size, &stream->error);
    memcpy(stream->buffer + stream->used, bytes, size);
    stream->used += size;
    return stream->error == 0;
}

QuidOutput quid_io_output(QuidIoStream *stream)
{
    return (QuidOutput){write_stream, stream};
}

static bool write_buffer(void *user, const char *bytes, size_t size)
{
    QuidIoBuffer *buffer = user;
    if (buffer->has_failed)
        return false;
    if (size > buffer->capacity - buffer->size) {
        size_t capacity = buffer->capacity < 4096 ? 4096 : buffer->capacity * 2;
        while (capacity - buffer->size < size)
            capacity *= 2;
        char *larger = realloc(buffer->bytes, capacity);
        if (larger == NULL) {
            buffer->has_failed = true;
            return false;
        }
        buffer->bytes = larger;
        buffer->capacity = capacity;
    }
    memcpy(buffer->bytes + buffer->size, bytes, size);
    buffer->size += size;
    return true;
}

QuidOutput quid_io_buffer_output(QuidIoBuffer *buffer)
{
    return (QuidOutput){write_buffer, buffer};
}

static bool finish_file(int descriptor, const char *bytes, size_t size, mode_t mode, int *error)
{
    bool is_done = write_all(descriptor, bytes, size, error);
    if (is_done && (fchmod(descriptor, mode) != 0 || fsync(descriptor) != 0)) {
        *error = errno;
        is_done = false;
    }
    if (close(descriptor) != 0 && is_done) {
        *error = errno;
        is_done = false;
    }
    return is_done;
}

bool quid_io_replace_file(const char *path, const char *bytes, size_t size, const char **reason)
{
    // A link is followed, so that the file it names is replaced, not the link.
    char *target = realpath(path, NULL);
    const char *name = target != NULL ? target : path;
    struct stat info = {0};
    const mode_t mode = stat(name, &info) == 0 ? info.st_mode & 07777 : 0644;
    const size_t name_size = strlen(name);
    char *temporary = malloc(name_size + sizeof ".XXXXXX");
    int error = ENOMEM;
    bool is_done = false;
    if (temporary != NULL) {
        memcpy(temporary, name, name_size);
        memcpy(temporary + name_size, ".XXXXXX", sizeof ".XXXXXX");
        const int descriptor = mkstemp(temporary);
        error = errno;
        if (descriptor >= 0) {
            is_done = finish_file(descriptor, bytes, size, mode, &error);
            if (is_done && rename(temporary, name) != 0) {
                error = errno;
                is_done = false;
            }
            if (!is_done)
                (void)unlink(temporary);
        }
    }
    *reason = is_done ? "" : reason_for(error);
    free(temporary);
    free(target);
    return is_done;
}

// ---- Waiting ----------------------------------------------------------------

// What tells one state of a file from another. Polling serves every file system and every editor's
// way of saving; five looks a second cost nothing that anybody could measure.
static uint64_t fingerprint(const char *path)
{
    struct stat info = {0};
    if (stat(path, &info) != 0)
        return 0;
    uint64_t print = (uint64_t)info.st_ino * 1000003u + (uint64_t)info.st_size;
    print = print * 1000003u + (uint64_t)info.st_mtim.tv_sec;
    return print * 1000003u + (uint64_t)info.st_mtim.tv_nsec + 1;
}

bool quid_io_wait_for_change(const char *const *paths, size_t count)
{
    uint64_t *before = calloc(count == 0 ? 1 : count, sizeof *before);
    if (before == NULL)
        return false;
    for (size_t i = 0; i < count; i++)
        before[i] = fingerprint(paths[i]);
    bool has_changed = false;
    while (!has_changed) {
        const struct timespec pause = {0, 200 * 1000 * 1000};
        if (nanosleep(&pause, NULL) != 0)
            break;
        for (size_t i = 0; i < count && !has_changed; i++) {
            const uint64_t now = fingerprint(paths[i]);
            has_changed = now != before[i] && now != 0;
            before[i] = now;
        }
    }
    free(before);
    return has_changed;
}
