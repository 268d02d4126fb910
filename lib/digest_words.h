/* The lines of a digest. */
#ifndef DUBAN_LIB_DIGEST_WORDS_H
#define DUBAN_LIB_DIGEST_WORDS_H

#include "lib/desk_parts.h"

#define DIGEST_LINES_MAX 100 /* the rest is only counted: a mail stays small */

/* What a digest tells of, in the order in which it tells it. */
struct digest_item {
    const struct outbox_entry *entry;
    const struct held *held;
    uint8_t department; /* POLICY_NONE: unknown */
    bool is_red;
    uint8_t rank; /* by its urgency (list_order.h) */
};

void digest_sort(struct digest_item *items, size_t count);

/* Subject and body of the digest's row. */
void digest_words(const struct desk *desk, const struct person *reader, const struct digest_item *items,
                  size_t count, struct notice_row *row);

#endif
