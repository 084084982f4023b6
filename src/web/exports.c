// What the WebAssembly module exports: the engine, with numbers for arguments. The host writes
// texts into memory that quid_web_allocate gave, and reads documents where quid_web_text says.
#include "engine.h"

#include <stdlib.h>

#define QUID_EXPORT(name) __attribute__((export_name(name)))

QUID_EXPORT("quid_web_allocate") void *quid_web_allocate(uint32_t size)
{
    return malloc(size == 0 ? 1 : size);
}

QUID_EXPORT("quid_web_release") void quid_web_release(void *pointer)
{
    free(pointer);
}

QUID_EXPORT("quid_web_open") QuidEngine *quid_web_open(void)
{
    return quid_engine_create();
}

QUID_EXPORT("quid_web_forget_files") void quid_web_forget_files(QuidEngine *engine)
{
    quid_engine_forget_files(engine);
}

QUID_EXPORT("quid_web_add_file")
QuidStatus quid_web_add_file(QuidEngine *engine, const char *path, uint32_t path_size,
                             const char *bytes, uint32_t size)
{
    return quid_engine_add_file(engine, (QuidString){path, path_size}, (QuidString){bytes, size});
}

// count 0: the whole answer; else part `number` of so many.
QUID_EXPORT("quid_web_answer")
QuidStatus quid_web_answer(QuidEngine *engine, const char *path, uint32_t path_size,
                           const char *settings, uint32_t settings_size, const char *what_ifs,
                           uint32_t what_ifs_size, QuidDate as_of, double min_trust,
                           double precision, uint64_t seed, uint32_t scenario_count,
                           uint32_t fan_scenario_count, uint32_t point_count, QuidEngineDepth depth,
                           uint32_t has_model, uint32_t number, uint32_t count)
{
    QuidEngineRequest request = quid_engine_request();
    request.path = (QuidString){path, path_size};
    request.settings = (QuidString){settings, settings_size};
    request.what_ifs = (QuidString){what_ifs, what_ifs_size};
    request.as_of = as_of;
    request.min_trust = min_trust;
    request.precision = precision;
    request.seed = seed;
    request.scenario_count = scenario_count;
    request.fan_scenario_count = fan_scenario_count;
    request.point_count = point_count;
    request.depth = depth;
    request.has_model = has_model != 0;
    return count == 0 ? quid_engine_answer(engine, &request)
                      : quid_engine_part(engine, &request, (QuidPart){number, count});
}

QUID_EXPORT("quid_web_take_part")
QuidStatus quid_web_take_part(QuidEngine *engine, const char *bytes, uint32_t size)
{
    return quid_engine_take_part(engine, (QuidString){bytes, size});
}

QUID_EXPORT("quid_web_finish")
QuidStatus quid_web_finish(QuidEngine *engine, QuidEngineDepth depth)
{
    return quid_engine_finish(engine, depth);
}

QUID_EXPORT("quid_web_text")
const char *quid_web_text(const QuidEngine *engine, QuidEngineDocument document)
{
    return quid_engine_text(engine, document).bytes;
}

QUID_EXPORT("quid_web_text_size")
uint32_t quid_web_text_size(const QuidEngine *engine, QuidEngineDocument document)
{
    return quid_engine_text(engine, document).size;
}
