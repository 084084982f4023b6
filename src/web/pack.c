// zlib's deflate, and base64 (RFC 4648, section 4).
#include "pack.h"

#include <string.h>

#define BLOCK_SIZE 4096u
#define GZIP_WINDOW (15 + 16) // the largest window, and a gzip header

static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

static bool write_group(QuidPack *pack, const unsigned char bytes[3], uint32_t count)
{
    const uint32_t bits = (uint32_t)bytes[0] << 16 | (uint32_t)bytes[1] << 8 | bytes[2];
    const char text[4] = {letters[bits >> 18], letters[bits >> 12 & 63],
                          count > 1 ? letters[bits >> 6 & 63] : '=',
                          count > 2 ? letters[bits & 63] : '='};
    return pack->output.write(pack->output.user, text, sizeof text);
}

static bool encode(QuidPack *pack, const unsigned char *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        pack->rest[pack->rest_count++] = bytes[i];
        if (pack->rest_count < 3)
            continue;
        if (!write_group(pack, pack->rest, 3))
            return false;
        pack->rest_count = 0;
    }
    return true;
}

static bool deflate_all(QuidPack *pack, int flush)
{
    unsigned char block[BLOCK_SIZE];
    do {
        pack->stream.next_out = block;
        pack->stream.avail_out = BLOCK_SIZE;
        if (deflate(&pack->stream, flush) == Z_STREAM_ERROR ||
            !encode(pack, block, BLOCK_SIZE - pack->stream.avail_out))
            return false;
    } while (pack->stream.avail_out == 0);
    return true;
}

static bool write_packed(void *user, const char *bytes, size_t size)
{
    QuidPack *pack = user;
    // zlib reads through a pointer to bytes that are not const unless asked to.
    unsigned char block[BLOCK_SIZE];
    for (size_t at = 0; at < size && !pack->has_failed; at += BLOCK_SIZE) {
        const size_t count = size - at < BLOCK_SIZE ? size - at : BLOCK_SIZE;
        memcpy(block, bytes + at, count);
        pack->stream.next_in = block;
        pack->stream.avail_in = (unsigned)count;
        pack->has_failed = !deflate_all(pack, Z_NO_FLUSH);
    }
    return !pack->has_failed;
}

QuidStatus quid_pack_begin(QuidPack *pack, QuidOutput output)
{
    *pack = (QuidPack){.output = output};
    const int status = deflateInit2(&pack->stream, Z_BEST_COMPRESSION, Z_DEFLATED, GZIP_WINDOW, 8,
                                    Z_DEFAULT_STRATEGY);
    return status == Z_OK ? QUID_OK : QUID_NO_MEMORY;
}

QuidOutput quid_pack_output(QuidPack *pack)
{
    return (QuidOutput){write_packed, pack};
}

QuidStatus quid_pack_end(QuidPack *pack)
{
    pack->stream.avail_in = 0;
    bool is_good = !pack->has_failed && deflate_all(pack, Z_FINISH);
    (void)deflateEnd(&pack->stream);
    if (is_good && pack->rest_count > 0) {
        const unsigned char bytes[3] = {pack->rest[0], pack->rest_count > 1 ? pack->rest[1] : 0, 0};
        is_good = write_group(pack, bytes, pack->rest_count);
    }
    return is_good ? QUID_OK : QUID_IO;
}
