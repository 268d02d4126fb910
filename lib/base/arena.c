/*
 * Bump allocation for everything that lives exactly as long as one batch of effects.
 *
 * Effects point into their arena and nowhere else, so a batch can wait for its COMMIT, be handed between
 * hands, and be freed with one call. Blocks double from 1 KiB (an arena for one line of a client must not
 * cost a page, nor make malloc tidy its heap each time) to 1 MiB (an arena for a full batch); an oversized
 * request gets a block of its own. Nothing is ever freed alone: that is the point.
 */
#include "lib/base/arena.h"

#include "lib/base/memory.h"
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK_LEAST ((size_t)1024)
#define BLOCK_MOST  ((size_t)1024 * 1024)
#define ALIGNMENT   ((size_t)16)

struct arena_block {
    struct arena_block *older;
    size_t used, size;
    _Alignas(16) char bytes[];
};

void arena_init(struct arena *arena)
{
    *arena = (struct arena){0};
}

static void free_blocks(struct arena_block *block)
{
    while (block) {
        struct arena_block *older = block->older;

        free(block);
        block = older;
    }
}

void arena_finish(struct arena *arena)
{
    if (!arena)
        return;
    free_blocks(arena->blocks);
    arena_init(arena);
}

void arena_reset(struct arena *arena)
{
    struct arena_block *kept = arena->blocks;

    arena->bytes = 0;
    if (!kept)
        return;
    free_blocks(kept->older);
    if (kept->size > BLOCK_MOST) { /* an oversized block is not worth keeping */
        free(kept);
        arena->blocks = NULL;
        return;
    }
    kept->older = NULL;
    kept->used = 0;
}

static struct arena_block *add_block(struct arena *arena, size_t bytes)
{
    size_t size = arena->blocks ? arena->blocks->size * 2 : BLOCK_LEAST;

    if (size > BLOCK_MOST)
        size = BLOCK_MOST;
    if (size < bytes)
        size = bytes;
    struct arena_block *block = memory_resize(NULL, 1, sizeof(*block) + size);

    block->older = arena->blocks;
    block->used = 0;
    block->size = size;
    arena->blocks = block;
    return block;
}

static void *take(struct arena *arena, size_t bytes)
{
    size_t rounded = (bytes + ALIGNMENT - 1) & ~(ALIGNMENT - 1);
    struct arena_block *block = arena->blocks;

    if (!block || block->size - block->used < rounded)
        block = add_block(arena, rounded);
    void *storage = block->bytes + block->used;

    block->used += rounded;
    arena->bytes += rounded;
    return storage;
}

void *arena_new(struct arena *arena, size_t bytes)
{
    return memset(take(arena, bytes), 0, bytes);
}

char *arena_bytes(struct arena *arena, const void *bytes, size_t length)
{
    char *copy = take(arena, length + 1);

    if (length)
        memcpy(copy, bytes, length);
    copy[length] = '\0';
    return copy;
}

char *arena_text(struct arena *arena, const char *text)
{
    return text ? arena_bytes(arena, text, strlen(text)) : NULL;
}

char *arena_printf(struct arena *arena, const char *format, ...)
{
    va_list list;
    char *text;

    va_start(list, format);
    int length = vasprintf(&text, format, list);

    va_end(list);
    if (length < 0)
        abort();
    char *copy = arena_bytes(arena, text, (size_t)length);

    free(text);
    return copy;
}
