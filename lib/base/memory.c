/*
 * The one place where storage is asked for.
 *
 * Owned by nobody and used by everything in lib/. The judge has outcomes, not failures: half a step
 * applied because an allocation failed would be a lie about what is owed to a customer. So running out of
 * memory aborts, systemd starts the daemon again, and PostgreSQL still has every acknowledged word.
 */
#include "lib/base/memory.h"

#include <stdlib.h>
#include <string.h>

void *memory_new(size_t count, size_t size)
{
    void *fresh = calloc(count ? count : 1, size ? size : 1);

    if (!fresh)
        abort();
    return fresh;
}

void *memory_resize(void *old, size_t count, size_t size)
{
    size_t bytes;

    if (__builtin_mul_overflow(count ? count : 1, size ? size : 1, &bytes))
        abort();
    void *moved = realloc(old, bytes);

    if (!moved)
        abort();
    return moved;
}

char *memory_text(const char *text)
{
    char *copy = strdup(text);

    if (!copy)
        abort();
    return copy;
}

void *memory_reserve(void *array, size_t *capacity, size_t needed, size_t size)
{
    if (needed <= *capacity)
        return array;
    size_t grown = *capacity ? *capacity : 8;

    while (grown < needed)
        grown *= 2;
    *capacity = grown;
    return memory_resize(array, grown, size);
}
