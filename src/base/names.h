// Interned names, and the hash map under them.
#ifndef QUID_NAMES_H
#define QUID_NAMES_H

#include "arena.h"
#include "vector.h"

// A map from 64-bit keys to 32-bit values; open addressing. Iteration is not offered: nothing may
// depend on the order of a hash table.
typedef struct QuidMapSlot {
    uint64_t key;
    uint32_t value;
    bool is_used;
} QuidMapSlot;

typedef struct QuidMap {
    QuidContext *context;
    QuidMapSlot *slots;
    uint32_t capacity; // a power of two, or 0
    uint32_t count;
    bool has_failed;
} QuidMap;

void quid__map_init(QuidMap *map, QuidContext *context);
void quid__map_free(QuidMap *map);
// Sets key's value. Does nothing when memory ran out.
void quid__map_put(QuidMap *map, uint64_t key, uint32_t value);
// 0 where the key is not there.
uint32_t quid__map_get(const QuidMap *map, uint64_t key);

uint64_t quid__hash_bytes(const char *bytes, size_t size);

typedef struct QuidNames {
    QuidContext *context;
    QuidArena bytes;
    QuidVector texts;    // QuidString by id; element 0 is empty
    QuidVector hashes;   // uint32_t by id
    uint32_t *slots;     // ids, 0 free
    uint32_t slot_count; // a power of two, or 0
    bool has_failed;
    bool is_full; // it failed at QUID_NAME_COUNT_MAX
} QuidNames;

void quid__names_init(QuidNames *names, QuidContext *context);
void quid__names_free(QuidNames *names);
// The id of a name, made where it is new. None when memory ran out or at QUID_NAME_COUNT_MAX
// (has_failed; is_full).
QuidName quid__names_intern(QuidNames *names, const char *bytes, uint32_t size);
// The id of a name that is there; none otherwise.
QuidName quid__names_find(const QuidNames *names, const char *bytes, uint32_t size);
QuidString quid__names_text(const QuidNames *names, QuidName name);
static inline uint32_t quid__names_count(const QuidNames *names)
{
    return names->texts.count == 0 ? 0 : names->texts.count - 1;
}

#endif
