// Loaded before a program (LD_PRELOAD): from the allocation on whose number STARVE_AT names, there
// is no memory any more. Counts what the program and every library of it ask for, after loading.
#include <stdatomic.h>
#include <stddef.h>
#include <stdlib.h>

// glibc's own, under their other names.
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *block, size_t size);

static atomic_long left = -1; // negative: all there is

__attribute__((constructor)) static void begin(void)
{
    const char *at = getenv("STARVE_AT");
    if (at != NULL)
        left = strtol(at, NULL, 10);
}

static int is_there(void)
{
    long now = left;
    while (now > 0 && !atomic_compare_exchange_weak(&left, &now, now - 1))
        continue;
    return now != 0;
}

__attribute__((visibility("default"))) void *malloc(size_t size)
{
    return is_there() ? __libc_malloc(size) : NULL;
}

__attribute__((visibility("default"))) void *calloc(size_t count, size_t size)
{
    return is_there() ? __libc_calloc(count, size) : NULL;
}

__attribute__((visibility("default"))) void *realloc(void *block, size_t size)
{
    return is_there() ? __libc_realloc(block, size) : NULL;
}
