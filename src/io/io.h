// io: files and standard streams for the command and the tests. The only place that touches the
// disk.
#ifndef QUID_IO_H
#define QUID_IO_H

#include "quid/base.h"

// Reads whole files; "-" is standard input.
QuidLoader quid_io_loader(void);

// Output to a file descriptor, in blocks. After the last write, quid_io_flush says whether all
// arrived.
typedef struct QuidIoStream {
    int descriptor;
    int error; // errno of the first failed write, 0 while all is well
    size_t used;
    char buffer[1 << 15];
} QuidIoStream;

void quid_io_open_stream(QuidIoStream *stream, int descriptor);
QuidOutput quid_io_output(QuidIoStream *stream);
bool quid_io_flush(QuidIoStream *stream);

// Collects output in memory (malloc'd; the caller frees bytes). has_failed: memory ran out.
typedef struct QuidIoBuffer {
    char *bytes;
    size_t size;
    size_t capacity;
    bool has_failed;
} QuidIoBuffer;

QuidOutput quid_io_buffer_output(QuidIoBuffer *buffer);

// Replaces a file: writes a new one beside it, syncs it, and renames it over the old one, whose
// mode it keeps. Whatever happens, path holds the old bytes or the new ones. false: *reason says
// why (errno's text).
bool quid_io_replace_file(const char *path, const char *bytes, size_t size, const char **reason);

// Waits until one of the files changes (is written, replaced or removed), or, where it is gone,
// comes back. false: waiting is not possible or was interrupted by a signal.
bool quid_io_wait_for_change(const char *const *paths, size_t count);

#endif
