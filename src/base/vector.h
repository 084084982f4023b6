// A growable array of equal items in one block. Like an arena, it fails once and for all: a failed
// push writes nothing, and the stage looks at has_failed at its end.
#ifndef QUID_VECTOR_H
#define QUID_VECTOR_H

#include "base_internal.h"

typedef struct QuidVector {
    void *items;
    uint32_t count;
    uint32_t capacity;
    uint32_t item_size; // bytes
    bool has_failed;
    QuidContext *context;
} QuidVector;

void quid__vector_init(QuidVector *vector, QuidContext *context, size_t item_size);
void quid__vector_free(QuidVector *vector);
// Room for capacity items in all.
bool quid__vector_reserve(QuidVector *vector, uint32_t capacity);
// Gives back what is not used.
void quid__vector_trim(QuidVector *vector);
bool quid__vector_grow(QuidVector *vector);

// A zeroed item at the end; NULL when memory ran out, now or before. Valid until the next push.
void *quid__vector_push(QuidVector *vector);

// Item index of a vector of Type.
#define QUID_AT(vector, Type, index) (((Type *)(vector)->items)[index])

#endif
