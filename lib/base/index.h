/* A hash table that holds 32-bit numbers only; their keys are asked for. 6-12 bytes an entry. */
#ifndef DUBAN_LIB_BASE_INDEX_H
#define DUBAN_LIB_BASE_INDEX_H

#include <stddef.h>
#include <stdint.h>

#define INDEX_NONE UINT32_MAX

typedef uint64_t index_key(const void *owner, uint32_t value);

struct index {
    uint32_t *slots; /* INDEX_NONE is free */
    size_t size, count;
    index_key *key_of;
    const void *owner;
};

void index_init(struct index *index, index_key *key_of, const void *owner);
void index_finish(struct index *index);
void index_add(struct index *index, uint32_t value); /* its key must not be in yet */
void index_remove(struct index *index, uint32_t value);
uint32_t index_find(const struct index *index, uint64_t key); /* INDEX_NONE when absent */
size_t index_bytes(const struct index *index);

#endif
