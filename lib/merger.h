/* Merging: two tickets about the same thing become one (domain rule 7). */
#ifndef DUBAN_LIB_MERGER_H
#define DUBAN_LIB_MERGER_H

#include "lib/desk_parts.h"

/*
 * Ends `from` and lets `into` answer for both: the earliest anchor, the union of contacts, whoever was told
 * of a breach that goes on. Both must be open and judged up to `at`. The caller journals it. Returns the
 * value of the merger's record, a JSON object of the batch's arena: {"told": [{clock, cycle, person, role}]},
 * who was told under the number of `from` and is owed word of those clocks of `into` from now on; NULL when
 * there is nobody.
 */
const char *merger_unite(struct desk *desk, struct ticket *from, struct ticket *into, msec at)
    __attribute__((warn_unused_result));

/* The ticket that this one was merged into; 0: none. */
uint64_t merger_target(const struct ticket *ticket);

#endif
