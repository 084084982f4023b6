// How libFuzzer changes inputs that are made of lines and words, beside its own changes of bytes: a
// run of lines, or a word, is dropped, copied elsewhere, or put in the place of another, from the
// same input or from another one. A deal that reads well is seldom one byte away from the next that
// does. Linked by tools/fuzz only.
#include <ctype.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t size_max);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t size_max, unsigned int seed);
size_t LLVMFuzzerCustomCrossOver(const uint8_t *left, size_t left_size, const uint8_t *right,
                                 size_t right_size, uint8_t *out, size_t size_max,
                                 unsigned int seed);

typedef struct Bytes {
    const uint8_t *first;
    size_t size;
} Bytes;

static size_t draw(uint64_t *state, size_t count)
{
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return count == 0 ? 0 : (size_t)(*state >> 33) % count;
}

// One to eight whole lines.
static Bytes draw_lines(uint64_t *state, Bytes all)
{
    size_t begin = draw(state, all.size + 1);
    while (begin > 0 && all.first[begin - 1] != '\n')
        begin -= 1;
    size_t end = begin;
    for (size_t left = 1 + (draw(state, 2) == 0 ? 0 : draw(state, 8)); left > 0; left--) {
        while (end < all.size && all.first[end] != '\n')
            end += 1;
        end += end < all.size;
    }
    return (Bytes){all.first + begin, end - begin};
}

static bool is_of_word(uint8_t byte)
{
    return isalnum(byte) || byte == '_' || byte == '.' || byte == '-' || byte >= 0x80;
}

static Bytes draw_word(uint64_t *state, Bytes all)
{
    size_t begin = draw(state, all.size + 1);
    while (begin < all.size && !is_of_word(all.first[begin]))
        begin += 1;
    size_t end = begin;
    while (begin > 0 && is_of_word(all.first[begin - 1]))
        begin -= 1;
    while (end < all.size && is_of_word(all.first[end]))
        end += 1;
    return (Bytes){all.first + begin, end - begin};
}

// What is written is `left`, with something of `right` in the place of, or before, something of its
// own; 0: no room.
static size_t splice(uint64_t *state, Bytes left, Bytes right, uint8_t *out, size_t size_max)
{
    const bool is_word = draw(state, 3) == 0;
    const Bytes old = is_word ? draw_word(state, left) : draw_lines(state, left);
    Bytes new = is_word ? draw_word(state, right) : draw_lines(state, right);
    const size_t kind = draw(state, 4);
    new.size = kind == 0 ? 0 : new.size;
    const size_t before = (size_t)(old.first - left.first);
    const size_t dropped = kind == 1 && !is_word ? 0 : old.size;
    const size_t after = left.size - before - dropped;
    if (before + new.size + after > size_max)
        return 0;
    memcpy(out, left.first, before);
    memcpy(out + before, new.first, new.size);
    memcpy(out + before + new.size, left.first + before + dropped, after);
    return before + new.size + after;
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t size_max, unsigned int seed)
{
    uint64_t state = seed;
    uint8_t *out = draw(&state, 2) == 0 || size == 0 ? NULL : malloc(size_max);
    if (out == NULL)
        return LLVMFuzzerMutate(data, size, size_max);
    const size_t written = splice(&state, (Bytes){data, size}, (Bytes){data, size}, out, size_max);
    memcpy(data, out, written);
    free(out);
    return written > 0 ? written : LLVMFuzzerMutate(data, size, size_max);
}

size_t LLVMFuzzerCustomCrossOver(const uint8_t *left, size_t left_size, const uint8_t *right,
                                 size_t right_size, uint8_t *out, size_t size_max,
                                 unsigned int seed)
{
    uint64_t state = seed;
    return splice(&state, (Bytes){left, left_size}, (Bytes){right, right_size}, out, size_max);
}
