/*
 * Tokens: how the judge names a request whose connection may have hung up meanwhile.
 *
 * The server gives one to every request. A pointer in its place would dangle, a plain number would need a
 * search; a slot index with a generation is found at once and never mistaken for a later tenant of the slot.
 *
 * Invariant: a slot's generation is at least 1, so no token is 0, and it grows with every tenant. After 2^32
 * tenants of one slot a token could come back; its first owner was answered long before.
 */
#include "daemon/token.h"

#include "lib/base/memory.h"
#include <stdlib.h>

struct token_slot {
    void *thing; /* NULL: free */
    uint32_t generation;
    uint32_t next_free; /* as first_free */
};

void token_table_init(struct token_table *table)
{
    *table = (struct token_table){0};
}

void token_table_finish(struct token_table *table)
{
    if (!table)
        return;
    free(table->slots);
    token_table_init(table);
}

static uint32_t take_slot(struct token_table *table)
{
    uint32_t index;

    if (table->first_free) {
        index = table->first_free - 1;
        table->first_free = table->slots[index].next_free;
        return index;
    }
    table->slots = memory_reserve(table->slots, &table->capacity, table->count + 1, sizeof(*table->slots));
    index = (uint32_t)table->count++;
    table->slots[index] = (struct token_slot){NULL, 1, 0};
    return index;
}

uint64_t token_issue(struct token_table *table, void *thing)
{
    uint32_t index = take_slot(table);

    table->slots[index].thing = thing;
    return (uint64_t)table->slots[index].generation << 32 | index;
}

static struct token_slot *find_slot(const struct token_table *table, uint64_t token)
{
    uint32_t index = (uint32_t)token, generation = (uint32_t)(token >> 32);

    if (index >= table->count || table->slots[index].generation != generation || !table->slots[index].thing)
        return NULL;
    return &table->slots[index];
}

void *token_find(const struct token_table *table, uint64_t token)
{
    const struct token_slot *slot = find_slot(table, token);

    return slot ? slot->thing : NULL;
}

void token_retire(struct token_table *table, uint64_t token)
{
    struct token_slot *slot = find_slot(table, token);

    if (!slot)
        return;
    slot->thing = NULL;
    slot->generation = slot->generation == UINT32_MAX ? 1 : slot->generation + 1;
    slot->next_free = table->first_free;
    table->first_free = (uint32_t)token + 1;
}

void *token_at(const struct token_table *table, size_t index)
{
    return index < table->count ? table->slots[index].thing : NULL;
}
