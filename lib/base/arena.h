/* A bump allocator: everything of one batch is allocated here and freed whole. */
#ifndef DUBAN_LIB_BASE_ARENA_H
#define DUBAN_LIB_BASE_ARENA_H

#include <stddef.h>

struct arena {
    struct arena_block *blocks; /* newest first */
    size_t bytes;               /* handed out since the last reset */
};

void arena_init(struct arena *arena);
void arena_finish(struct arena *arena);

/* Forgets everything handed out; keeps one block for the next use. */
void arena_reset(struct arena *arena);

/* Zeroed storage aligned for any type. */
void *arena_new(struct arena *arena, size_t bytes) __attribute__((returns_nonnull, warn_unused_result));

/* A copy of `text` (NULL gives NULL), of `length` bytes plus a NUL, or of formatted text. */
char *arena_text(struct arena *arena, const char *text);
char *arena_bytes(struct arena *arena, const void *bytes, size_t length);
char *arena_printf(struct arena *arena, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
