// web: libquid for a page. A deal's files are handed in as text, and the answers come out as JSON,
// the same bytes as the command prints. The WebAssembly module (exports.c) is this and nothing
// else.
#ifndef QUID_WEB_ENGINE_H
#define QUID_WEB_ENGINE_H

#include "quid/forecast.h"

typedef struct QuidEngine QuidEngine;

// What an engine prints.
typedef enum QuidEngineDocument {
    QUID_ENGINE_DIAGNOSTICS, // as `quid check --json`
    QUID_ENGINE_BRIEF,       // as `quid brief --json`; empty where the deal has errors
    QUID_ENGINE_MODEL,       // what can be changed and where it stands (docs/page.md)
    QUID_ENGINE_PART,        // of the forecast or the tornado, for quid_engine_take_part
    QUID_ENGINE_DOCUMENT_COUNT,
} QuidEngineDocument;

// How much is computed.
typedef enum QuidEngineDepth {
    QUID_ENGINE_QUICK,   // as `--quick`: while a slider moves
    QUID_ENGINE_ANSWERS, // values and break-evens too: each solves the game anew
    QUID_ENGINE_CHECK,   // mistakes alone: while somebody types
    QUID_ENGINE_WHOLE,   // the tornado too: solves the game twice for each input
} QuidEngineDepth;

typedef struct QuidEngineRequest {
    QuidString path;     // of the deal's first file
    QuidString settings; // lines of NAME = VALUE, as behind --set
    QuidString what_ifs; // ids of the file's what-ifs, one a line, as behind --what-if
    QuidDate as_of;      // QUID_NO_DATE: the latest fact
    double min_trust;    // 0..1, as behind --min-trust
    double precision;    // as behind --precision, 0: the limit; negative: the deal's own
    uint64_t seed;
    uint64_t scenario_count;     // 0: as many as the command
    uint32_t fan_scenario_count; // likewise: for amounts by date
    uint32_t point_count;        // likewise: for the stakes of the game
    QuidEngineDepth depth;
    bool has_model;  // print it; default true
    uint32_t cookie; // set by quid_engine_request
} QuidEngineRequest;

QuidEngineRequest quid_engine_request(void);

// NULL: no memory. One thread at a time.
QuidEngine *quid_engine_create(void);
void quid_engine_free(QuidEngine *engine);

// Keeps a copy of a file under its path; one that is there already is replaced.
QUID_MUST_USE QuidStatus quid_engine_add_file(QuidEngine *engine, QuidString path,
                                              QuidString bytes);
void quid_engine_forget_files(QuidEngine *engine);

// Runs the stages and prints the documents. OK, INVALID (see the diagnostics), NO_MEMORY, LIMIT.
QUID_MUST_USE QuidStatus quid_engine_answer(QuidEngine *engine, const QuidEngineRequest *request);

// The same by several engines that know the same files, each on a thread or page worker of its own:
// quid_engine_part in each with its number; then that of part 0 takes the parts of all, in the
// order of their numbers, and finishes what it began. It prints the bytes that quid_engine_answer
// prints.
//
// depth WHOLE: the part is one of the tornado alone, for an engine whose last answer of the same
// request was finished with less; others: of the forecast.
QUID_MUST_USE QuidStatus quid_engine_part(QuidEngine *engine, const QuidEngineRequest *request,
                                          QuidPart part);
// Keeps a copy. LIMIT: more than QUID_ENGINE_PART_COUNT_MAX.
QUID_MUST_USE QuidStatus quid_engine_take_part(QuidEngine *engine, QuidString bytes);
// IO: parts that do not belong together. LIMIT: nothing was begun, or not part 0.
QUID_MUST_USE QuidStatus quid_engine_finish(QuidEngine *engine, QuidEngineDepth depth);
#define QUID_ENGINE_PART_COUNT_MAX 64u

// What the last call printed; valid until the next.
QuidString quid_engine_text(const QuidEngine *engine, QuidEngineDocument document);

#endif
