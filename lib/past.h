/* A customer's earlier tickets, for the letters of intake that list them ({customer.tickets}). */
#ifndef DUBAN_LIB_PAST_H
#define DUBAN_LIB_PAST_H

#include "lib/request.h"

#define PAST_MAX 20 /* tickets that are listed */

struct past_question {
    const char *id, *name; /* of the customer; the id may be NULL */
    uint64_t but;          /* a ticket that is not listed; 0: none */
    uint8_t class_index;   /* of the ticket that letters will be about */
};

/* What letters about a ticket of this class will list: NULL when none of them does, else rows, the newest
   first, which the caller owns. False: they are being read, and the request is over for now. */
bool past_read(struct desk *desk, const struct request *request, const struct past_question *question,
               json_t **ret_past) __attribute__((warn_unused_result));

/* A line for each of desk->past, or that there are none. */
const char *past_lines(const struct desk *desk, enum language language, struct arena *arena);

#endif
