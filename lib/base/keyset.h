/* A set of 64-bit hashes, for "have we seen this key before" over millions of keys. False positives are
 * possible. */
#ifndef DUBAN_LIB_BASE_KEYSET_H
#define DUBAN_LIB_BASE_KEYSET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct keyset {
    uint64_t *slots; /* 0 is free */
    size_t size, count;
};

void keyset_init(struct keyset *set);
void keyset_finish(struct keyset *set);
void keyset_add(struct keyset *set, const char *key);
bool keyset_may_have(const struct keyset *set, const char *key);

#endif
