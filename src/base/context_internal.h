// The context's insides, for the files of base that share them.
#ifndef QUID_CONTEXT_INTERNAL_H
#define QUID_CONTEXT_INTERNAL_H

#include "arena.h"
#include "vector.h"

typedef struct QuidFile {
    QuidString path;
    char *bytes;
    size_t size;
    uint32_t *lines; // offset of each line's first byte, made when a place is first asked for
    uint32_t line_count;
} QuidFile;

struct QuidContext {
    QuidAllocator allocator;
    QuidLoader loader;
    QuidArena arena;
    QuidVector files; // QuidFile; element 0 is no file
    QuidArena report_arena;
    QuidVector diagnostics; // QuidDiagnostic
    QuidVector related;     // QuidRelated
    uint32_t error_count;
    uint32_t warning_count;
    uint32_t dropped_count;
    bool is_last_kept; // the last diagnostic was kept, so that it can be amended
    bool is_unsorted;  // diagnostics were added since they were sorted
};

const QuidFile *quid__context_file(const QuidContext *context, QuidFileId file);
// Offset of the first byte of the line that holds offset, and its size without the line end. NULL
// lines (no memory) are found by looking.
QuidString quid__context_line(QuidContext *context, QuidFileId file, uint32_t offset,
                              uint32_t *number, uint32_t *begin);

#endif
