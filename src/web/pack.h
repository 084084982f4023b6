// web: gzip and base64 over an output, for what a page carries: a tenth of its size as text.
#ifndef QUID_WEB_PACK_H
#define QUID_WEB_PACK_H

#include "quid/base.h"

#include <zlib.h>

typedef struct QuidPack {
    QuidOutput output;
    z_stream stream;
    unsigned char rest[3]; // bytes that make no whole group of base64 yet
    uint32_t rest_count;
    bool has_failed;
} QuidPack;

// NO_MEMORY. Every pack that was begun is ended.
QUID_MUST_USE QuidStatus quid_pack_begin(QuidPack *pack, QuidOutput output);
QuidOutput quid_pack_output(QuidPack *pack);
QUID_MUST_USE QuidStatus quid_pack_end(QuidPack *pack);

#endif
