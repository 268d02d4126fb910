/* Names for things that may be gone by the time somebody names them: a slot and how often it was used before.
 */
#ifndef DUBAN_DAEMON_TOKEN_H
#define DUBAN_DAEMON_TOKEN_H

#include <stddef.h>
#include <stdint.h>

struct token_table {
    struct token_slot *slots;
    size_t count, capacity;
    uint32_t first_free; /* index + 1 of a slot that is free, 0: none */
};

void token_table_init(struct token_table *table);
void token_table_finish(struct token_table *table);

/* A token for `thing` (not NULL); never 0. */
uint64_t token_issue(struct token_table *table, void *thing);
void *token_find(const struct token_table *table, uint64_t token); /* NULL: not one of ours, or retired */
void token_retire(struct token_table *table, uint64_t token);      /* unknown tokens are ignored */

/* What stands in a slot, for walking over all of them; NULL: free. */
void *token_at(const struct token_table *table, size_t index);

#endif
