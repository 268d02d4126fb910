/* The lists of rungs that ladders climb, as they were when the ladders began: a reload changes none of them.
 */
#ifndef DUBAN_LIB_LADDER_BOOK_H
#define DUBAN_LIB_LADDER_BOOK_H

#include "lib/effect.h"
#include "lib/policy.h"

struct ladder_list {
    char *body; /* NULL: there is no such list */
    char digest[33];
    struct rung_set set; /* compiled under the words of today; rungs that lost words say so */
    bool all_clear;
    bool is_written;
};

/* Numbered from 1, without gaps but those of a damaged table. */
struct ladder_book {
    struct ladder_list *lists;
    size_t count, capacity;
};

void ladder_book_finish(struct ladder_book *book);

/* The number of this list of the policy; a new one when it was never frozen before. */
uint16_t ladder_book_freeze(struct ladder_book *book, struct policy *policy,
                            const struct ladder_policy *ladder, uint8_t set);

/* A list as it was written. False: it can't be one. */
bool ladder_book_restore(struct ladder_book *book, struct policy *policy, uint64_t number, const char *body);

/* Another policy holds: every list is compiled again from its text. */
void ladder_book_compile(struct ladder_book *book, struct policy *policy);

const struct ladder_list *ladder_book_list(const struct ladder_book *book, uint16_t number); /* NULL: none */

/* Rows for the lists that have none yet. */
void ladder_book_settle(struct ladder_book *book, struct effects *out);

#endif
