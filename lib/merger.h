/* Merging: two tickets about the same thing become one (domain rule 7). */
#ifndef DUBAN_LIB_MERGER_H
#define DUBAN_LIB_MERGER_H

#include "lib/desk_parts.h"

/*
 * Ends `from` and lets `into` answer for both: the earliest anchor, the union of contacts, whoever was told
 * of a breach that goes on. Both must be open and judged up to `at`. The caller journals it.
 */
void merger_unite(struct desk *desk, struct ticket *from, struct ticket *into, msec at);

/* The ticket that this one was merged into; 0: none. */
uint64_t merger_target(const struct ticket *ticket);

#endif
