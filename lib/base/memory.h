/* Allocation that never returns NULL: the judge has no answer to an empty heap, so it stops (see memory.c).
 */
#ifndef DUBAN_LIB_BASE_MEMORY_H
#define DUBAN_LIB_BASE_MEMORY_H

#include <stddef.h>

/* Zeroed storage for `count` items of `size` bytes; aborts when there is none or when the product overflows.
 */
void *memory_new(size_t count, size_t size) __attribute__((malloc, returns_nonnull, warn_unused_result));

/* Grows or shrinks `old` (may be NULL) to `count` items of `size` bytes; new storage is not zeroed. */
void *memory_resize(void *old, size_t count, size_t size)
    __attribute__((returns_nonnull, warn_unused_result));

/* A heap copy of the NUL-terminated `text`. */
char *memory_text(const char *text) __attribute__((malloc, returns_nonnull, warn_unused_result));

/* Makes room for item number `needed - 1` in an array of `*capacity` items (doubling), and returns the array.
 */
void *memory_reserve(void *array, size_t *capacity, size_t needed, size_t size)
    __attribute__((warn_unused_result));

#endif
