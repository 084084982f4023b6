// Names are looked up once per word of the deal: a fact of a large record costs about three
// look-ups, so the table compares a stored 32-bit hash before it touches a name's bytes.
#include "names.h"

#include <string.h>

// Up to eight bytes as a number, by loads of fixed size: a copy of a varying size would be a call.
static uint64_t load_word(const char *bytes, size_t size)
{
    uint64_t word = 0;
    uint32_t low = 0;
    uint32_t high = 0;
    if (size >= 8) {
        memcpy(&word, bytes, 8);
    } else if (size >= 4) {
        memcpy(&low, bytes, 4);
        memcpy(&high, bytes + size - 4, 4);
        word = low | (uint64_t)high << 32;
    } else {
        for (size_t i = 0; i < size; i++)
            word |= (uint64_t)(unsigned char)bytes[i] << (8 * i);
    }
    return word;
}

// Multiply and fold (as wyhash and its kin do): good spread, eight bytes a step. Byte order does
// not matter to any answer: ids are given in order of first use, never in order of hashes.
uint64_t quid__hash_bytes(const char *bytes, size_t size)
{
    uint64_t hash = UINT64_C(0x9E3779B97F4A7C15) ^ (size * UINT64_C(0xD1B54A32D192ED03));
    while (size > 0) {
        const size_t step = size < 8 ? size : 8;
        hash ^= load_word(bytes, step);
        __extension__ const unsigned __int128 product =
            (unsigned __int128)hash * UINT64_C(0xA0761D6478BD642F);
        hash = (uint64_t)product ^ (uint64_t)(product >> 64);
        bytes += step;
        size -= step;
    }
    return hash ^ (hash >> 29);
}

void quid__map_init(QuidMap *map, QuidContext *context)
{
    *map = (QuidMap){.context = context};
}

void quid__map_free(QuidMap *map)
{
    quid__release(map->context, map->slots, (size_t)map->capacity * sizeof(QuidMapSlot));
    map->slots = NULL;
    map->capacity = 0;
    map->count = 0;
}

static QuidMapSlot *find_slot(const QuidMap *map, uint64_t key)
{
    const uint32_t mask = map->capacity - 1;
    uint32_t index = (uint32_t)quid__hash_bytes((const char *)&key, sizeof key) & mask;
    while (map->slots[index].is_used && map->slots[index].key != key)
        index = (index + 1) & mask;
    return &map->slots[index];
}

static bool grow_map(QuidMap *map)
{
    QuidMap larger = {.context = map->context};
    larger.capacity = map->capacity == 0 ? 64 : map->capacity * 2;
    const size_t size = (size_t)larger.capacity * sizeof(QuidMapSlot);
    larger.slots = quid__allocate(map->context, size);
    if (larger.slots == NULL) {
        map->has_failed = true;
        return false;
    }
    memset(larger.slots, 0, size);
    for (uint32_t i = 0; i < map->capacity; i++) {
        if (map->slots[i].is_used)
            *find_slot(&larger, map->slots[i].key) = map->slots[i];
    }
    larger.count = map->count;
    quid__map_free(map);
    *map = larger;
    return true;
}

void quid__map_put(QuidMap *map, uint64_t key, uint32_t value)
{
    if (map->has_failed)
        return;
    if (map->count >= map->capacity / 2 && !grow_map(map))
        return;
    QuidMapSlot *slot = find_slot(map, key);
    if (!slot->is_used)
        map->count += 1;
    *slot = (QuidMapSlot){key, value, true};
}

uint32_t quid__map_get(const QuidMap *map, uint64_t key)
{
    if (map->capacity == 0)
        return 0;
    const QuidMapSlot *slot = find_slot(map, key);
    return slot->is_used ? slot->value : 0;
}

void quid__names_init(QuidNames *names, QuidContext *context)
{
    *names = (QuidNames){.context = context};
    quid__arena_init(&names->bytes, context);
    quid__vector_init(&names->texts, context, sizeof(QuidString));
    quid__vector_init(&names->hashes, context, sizeof(uint32_t));
    names->has_failed =
        quid__vector_push(&names->texts) == NULL || quid__vector_push(&names->hashes) == NULL;
}

void quid__names_free(QuidNames *names)
{
    quid__arena_free(&names->bytes);
    quid__vector_free(&names->texts);
    quid__vector_free(&names->hashes);
    quid__release(names->context, names->slots, (size_t)names->slot_count * sizeof(uint32_t));
    names->slots = NULL;
    names->slot_count = 0;
}

// Names are short: eight bytes a step without a call.
static bool is_same(const char *left, const char *right, size_t size)
{
    while (size > 8) {
        if (load_word(left, 8) != load_word(right, 8))
            return false;
        left += 8;
        right += 8;
        size -= 8;
    }
    return load_word(left, size) == load_word(right, size);
}

// The slot that holds the name, or the free one where it would go.
static uint32_t *find_name(const QuidNames *names, const char *bytes, uint32_t size, uint32_t hash)
{
    const uint32_t mask = names->slot_count - 1;
    uint32_t index = hash & mask;
    for (;;) {
        const uint32_t id = names->slots[index];
        if (id == 0)
            return &names->slots[index];
        if (QUID_AT(&names->hashes, uint32_t, id) == hash) {
            const QuidString text = QUID_AT(&names->texts, QuidString, id);
            if (text.size == size && is_same(text.bytes, bytes, size))
                return &names->slots[index];
        }
        index = (index + 1) & mask;
    }
}

static bool grow_names(QuidNames *names)
{
    const uint32_t count = names->slot_count == 0 ? 256 : names->slot_count * 2;
    uint32_t *slots = quid__allocate(names->context, (size_t)count * sizeof(uint32_t));
    if (slots == NULL) {
        names->has_failed = true;
        return false;
    }
    memset(slots, 0, (size_t)count * sizeof(uint32_t));
    for (uint32_t id = 1; id < names->texts.count; id++) {
        uint32_t index = QUID_AT(&names->hashes, uint32_t, id) & (count - 1);
        while (slots[index] != 0)
            index = (index + 1) & (count - 1);
        slots[index] = id;
    }
    quid__release(names->context, names->slots, (size_t)names->slot_count * sizeof(uint32_t));
    names->slots = slots;
    names->slot_count = count;
    return true;
}

QuidName quid__names_intern(QuidNames *names, const char *bytes, uint32_t size)
{
    if (names->has_failed || size == 0)
        return (QuidName){0};
    if (names->texts.count * 2 >= names->slot_count && !grow_names(names))
        return (QuidName){0};
    const uint32_t hash = (uint32_t)quid__hash_bytes(bytes, size);
    uint32_t *slot = find_name(names, bytes, size, hash);
    if (*slot != 0)
        return (QuidName){*slot};
    if (names->texts.count > QUID_NAME_COUNT_MAX) {
        names->has_failed = true;
        names->is_full = true;
        return (QuidName){0};
    }
    const QuidString copy = quid__arena_copy(&names->bytes, (QuidString){bytes, size});
    QuidString *text = copy.size == 0 ? NULL : quid__vector_push(&names->texts);
    uint32_t *stored = text == NULL ? NULL : quid__vector_push(&names->hashes);
    if (stored == NULL) {
        names->has_failed = true;
        return (QuidName){0};
    }
    *text = copy;
    *stored = hash;
    *slot = names->texts.count - 1;
    return (QuidName){*slot};
}

QuidName quid__names_find(const QuidNames *names, const char *bytes, uint32_t size)
{
    if (names->slot_count == 0 || size == 0)
        return (QuidName){0};
    return (QuidName){*find_name(names, bytes, size, (uint32_t)quid__hash_bytes(bytes, size))};
}

QuidString quid__names_text(const QuidNames *names, QuidName name)
{
    if (name.id >= names->texts.count)
        return (QuidString){"", 0};
    return QUID_AT(&names->texts, QuidString, name.id);
}
