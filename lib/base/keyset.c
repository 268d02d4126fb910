/*
 * Idempotency keys seen so far, as hashes.
 *
 * The truth about a key is its row in PostgreSQL; this set only spares the database a question for every new
 * key. "Perhaps seen" makes the hands look; "never seen" is certain, because every committed key is loaded at
 * start and every accepted one is added here. Open addressing, at most 3/4 full, nothing is ever removed.
 */
#include "lib/base/keyset.h"

#include "lib/base/hash.h"
#include "lib/base/memory.h"
#include <stdlib.h>

void keyset_init(struct keyset *set)
{
    *set = (struct keyset){.size = 64};
    set->slots = memory_new(set->size, sizeof(*set->slots));
}

void keyset_finish(struct keyset *set)
{
    free(set->slots);
    set->slots = NULL;
}

static uint64_t hash_of(const char *key)
{
    uint64_t hash = hash_number(hash_text(key));

    return hash ? hash : 1;
}

static uint64_t *slot_of(const struct keyset *set, uint64_t hash)
{
    size_t at = hash & (set->size - 1);

    while (set->slots[at] && set->slots[at] != hash)
        at = (at + 1) & (set->size - 1);
    return &set->slots[at];
}

static void grow(struct keyset *set)
{
    struct keyset larger = {.size = set->size * 2, .count = set->count};

    larger.slots = memory_new(larger.size, sizeof(*larger.slots));
    for (size_t i = 0; i < set->size; i++)
        if (set->slots[i])
            *slot_of(&larger, set->slots[i]) = set->slots[i];
    free(set->slots);
    *set = larger;
}

void keyset_add(struct keyset *set, const char *key)
{
    if ((set->count + 1) * 4 > set->size * 3)
        grow(set);
    uint64_t hash = hash_of(key);
    uint64_t *slot = slot_of(set, hash);

    set->count += !*slot;
    *slot = hash;
}

bool keyset_may_have(const struct keyset *set, const char *key)
{
    return *slot_of(set, hash_of(key)) != 0;
}
