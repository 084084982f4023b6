// Growth by half: millions of facts should not cost twice their memory.
#include "vector.h"

#include <string.h>

void quid__vector_init(QuidVector *vector, QuidContext *context, size_t item_size)
{
    QUID_ASSERT(item_size > 0 && item_size < UINT32_MAX);
    *vector = (QuidVector){.item_size = (uint32_t)item_size, .context = context};
}

void quid__vector_free(QuidVector *vector)
{
    quid__release(vector->context, vector->items, (size_t)vector->capacity * vector->item_size);
    vector->items = NULL;
    vector->count = 0;
    vector->capacity = 0;
}

static bool set_capacity(QuidVector *vector, uint32_t capacity)
{
    void *items = quid__reallocate(vector->context, vector->items,
                                   (size_t)vector->capacity * vector->item_size,
                                   (size_t)capacity * vector->item_size);
    if (items == NULL) {
        vector->has_failed = true;
        return false;
    }
    vector->items = items;
    vector->capacity = capacity;
    return true;
}

bool quid__vector_reserve(QuidVector *vector, uint32_t capacity)
{
    if (vector->has_failed)
        return false;
    return capacity <= vector->capacity || set_capacity(vector, capacity);
}

void quid__vector_trim(QuidVector *vector)
{
    if (vector->count > 0 && vector->count < vector->capacity && !vector->has_failed) {
        // Shrinking may fail too; the block is then as it was.
        (void)set_capacity(vector, vector->count);
        vector->has_failed = false;
    }
}

bool quid__vector_grow(QuidVector *vector)
{
    if (vector->has_failed)
        return false;
    uint64_t next = vector->capacity + (uint64_t)vector->capacity / 2;
    if (next < 16)
        next = 16;
    if (next > UINT32_MAX) {
        vector->has_failed = true;
        return false;
    }
    return set_capacity(vector, (uint32_t)next);
}

void *quid__vector_push(QuidVector *vector)
{
    if (vector->count == vector->capacity || vector->has_failed) {
        if (!quid__vector_grow(vector))
            return NULL;
    }
    unsigned char *item =
        (unsigned char *)vector->items + (size_t)vector->count * vector->item_size;
    memset(item, 0, vector->item_size);
    vector->count += 1;
    return item;
}
