// What the WebAssembly module exports: the engine, with numbers for arguments. The host writes
// texts into memory that quid_web_allocate gave, and reads documents where quid_web_text says.
#include "engine.h"

#include <stdlib.h>

#define QUID_EXPORT(name) __attribute__((export_name(name)))

QUID_EXPORT("quid_web_allocate") void *quid_web_allocate(uint32_t size);
QUID_EXPORT("quid_web_release") void quid_web_release(void *pointer);
QUID_EXPORT("quid_web_open") QuidEngine *quid_web_open(void);
QUID_EXPORT("quid_web_close") void quid_web_close(QuidEngine *engine);
QUID_EXPORT("quid_web_forget_files") void quid_web_forget_files(QuidEngine *engine);
QUID_EXPORT("quid_web_add_file")
QuidStatus quid_web_add_file(QuidEngine *engine, const char *path, uint32_t path_size,
                             const char *bytes, uint32_t size);
QUID_EXPORT("quid_web_request") QuidEngineRequest *quid_web_request(QuidEngine *engine);
