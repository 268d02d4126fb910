/* Which tickets stand first in lists: [regime] list first. */
#ifndef DUBAN_LIB_LIST_ORDER_H
#define DUBAN_LIB_LIST_ORDER_H

#include "lib/policy.h"

/* The place of an urgency: 0 stands first. Every urgency has 0 where the regime names no order; those that it
   does not name, and POLICY_NONE, stand behind all that it names. */
uint8_t list_order_rank(const struct policy *policy, uint8_t urgency);
uint8_t list_order_last(const struct policy *policy); /* the greatest rank that there is */

/* Where a page ended: the ticket that was its last, and the rank that it had then. {0, 0}: the beginning. */
struct list_place {
    uint64_t ticket;
    uint8_t rank;
};

/* `ID`, or `URGENCY:ID` where the regime names an order. False: it is none of them. */
bool list_place_parse(const struct policy *policy, const char *text, struct list_place *ret_place);
const char *list_place_text(const struct policy *policy, const struct ticket *last, struct arena *arena);

#endif
