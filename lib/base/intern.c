/*
 * Strings that many tickets share (customers, mostly), kept once.
 *
 * The store names a customer by number, so that a ticket in memory stays small and comparing customers is
 * comparing integers. Strings are never removed: a desk meets far fewer customers than tickets. The bytes
 * live in an arena (stable addresses); the hash table holds ids only.
 */
#include "lib/base/intern.h"

#include "lib/base/arena.h"
#include "lib/base/hash.h"
#include "lib/base/memory.h"
#include <stdlib.h>
#include <string.h>

struct intern {
    struct arena bytes;
    const char **strings; /* by id */
    size_t count, capacity;
    uint32_t *slots;   /* open addressing, 0 is free */
    size_t slot_count; /* a power of two */
};

struct intern *intern_create(void)
{
    struct intern *intern = memory_new(1, sizeof(*intern));

    arena_init(&intern->bytes);
    intern->strings = memory_reserve(intern->strings, &intern->capacity, 1, sizeof(*intern->strings));
    intern->strings[0] = "";
    intern->count = 1;
    intern->slot_count = 64;
    intern->slots = memory_new(intern->slot_count, sizeof(*intern->slots));
    return intern;
}

void intern_destroy(struct intern *intern)
{
    if (!intern)
        return;
    arena_finish(&intern->bytes);
    free(intern->strings);
    free(intern->slots);
    free(intern);
}

static uint32_t *find_slot(const struct intern *intern, const char *string)
{
    size_t mask = intern->slot_count - 1;
    size_t at = hash_text(string) & mask;

    while (intern->slots[at] && strcmp(intern->strings[intern->slots[at]], string) != 0)
        at = (at + 1) & mask;
    return &intern->slots[at];
}

static void grow(struct intern *intern)
{
    free(intern->slots);
    intern->slot_count *= 2;
    intern->slots = memory_new(intern->slot_count, sizeof(*intern->slots));
    for (uint32_t id = 1; id < intern->count; id++)
        *find_slot(intern, intern->strings[id]) = id;
}

uint32_t intern_id(struct intern *intern, const char *string)
{
    if (!string || !string[0])
        return 0;
    uint32_t *slot = find_slot(intern, string);

    if (*slot)
        return *slot;
    if (intern->count * 4 > intern->slot_count * 3) {
        grow(intern);
        slot = find_slot(intern, string);
    }
    intern->strings =
        memory_reserve(intern->strings, &intern->capacity, intern->count + 1, sizeof(*intern->strings));
    intern->strings[intern->count] = arena_text(&intern->bytes, string);
    *slot = (uint32_t)intern->count;
    return (uint32_t)intern->count++;
}

uint32_t intern_find(const struct intern *intern, const char *string)
{
    return string ? *find_slot(intern, string) : 0;
}

const char *intern_text(const struct intern *intern, uint32_t id)
{
    return id < intern->count ? intern->strings[id] : "";
}

size_t intern_count(const struct intern *intern)
{
    return intern->count;
}
