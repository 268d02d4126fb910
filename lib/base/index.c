/*
 * Open addressing over numbers whose keys live elsewhere.
 *
 * The store finds tickets by id and by number; keeping only the 32-bit slot and asking for the key costs one
 * cache miss at a hit and saves two thirds of the memory. Linear probing with backward-shift deletion: no
 * tombstones, so a desk that opens and closes tickets for years does not slow down. Load at most 3/4.
 */
#include "lib/base/index.h"

#include "lib/base/hash.h"
#include "lib/base/memory.h"
#include <stdlib.h>
#include <string.h>

#define FIRST_SIZE ((size_t)64)

static void allocate(struct index *index, size_t size)
{
    index->size = size;
    index->slots = memory_resize(NULL, size, sizeof(*index->slots));
    memset(index->slots, 0xff, size * sizeof(*index->slots));
}

void index_init(struct index *index, index_key *key_of, const void *owner)
{
    *index = (struct index){.key_of = key_of, .owner = owner};
    allocate(index, FIRST_SIZE);
}

void index_finish(struct index *index)
{
    free(index->slots);
    index->slots = NULL;
}

static size_t home_of(const struct index *index, uint32_t value)
{
    return hash_number(index->key_of(index->owner, value)) & (index->size - 1);
}

static void place(struct index *index, uint32_t value)
{
    size_t at = home_of(index, value);

    while (index->slots[at] != INDEX_NONE)
        at = (at + 1) & (index->size - 1);
    index->slots[at] = value;
}

static void grow(struct index *index)
{
    uint32_t *old = index->slots;
    size_t size = index->size;

    allocate(index, size * 2);
    for (size_t i = 0; i < size; i++)
        if (old[i] != INDEX_NONE)
            place(index, old[i]);
    free(old);
}

void index_add(struct index *index, uint32_t value)
{
    if ((index->count + 1) * 4 > index->size * 3)
        grow(index);
    place(index, value);
    index->count++;
}

/* Moves later entries of the run back into the hole, so that no probe ends too early. */
static void close_hole(struct index *index, size_t hole)
{
    size_t mask = index->size - 1;

    for (size_t at = (hole + 1) & mask; index->slots[at] != INDEX_NONE; at = (at + 1) & mask) {
        size_t home = home_of(index, index->slots[at]);

        if (((at - home) & mask) < ((at - hole) & mask))
            continue;
        index->slots[hole] = index->slots[at];
        hole = at;
    }
    index->slots[hole] = INDEX_NONE;
}

void index_remove(struct index *index, uint32_t value)
{
    size_t at = home_of(index, value);

    while (index->slots[at] != value) {
        if (index->slots[at] == INDEX_NONE)
            return;
        at = (at + 1) & (index->size - 1);
    }
    close_hole(index, at);
    index->count--;
}

uint32_t index_find(const struct index *index, uint64_t key)
{
    size_t at = hash_number(key) & (index->size - 1);

    while (index->slots[at] != INDEX_NONE && index->key_of(index->owner, index->slots[at]) != key)
        at = (at + 1) & (index->size - 1);
    return index->slots[at];
}

size_t index_bytes(const struct index *index)
{
    return index->size * sizeof(*index->slots);
}
