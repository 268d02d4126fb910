/* Whom we write to about a ticket or a record: the customer's person, with what is known of how to reach
 * them. */
#ifndef DUBAN_LIB_CUSTOMER_H
#define DUBAN_LIB_CUSTOMER_H

#include "lib/desk_parts.h"
#include <jansson.h>

/* Texts are "" when nothing is known; they live as long as the arena they were read into. */
struct customer_reach {
    const char *id; /* of the record in the register of customers */
    const char *name, *mail, *phone;
    enum language language;
};

/* What intake or an amendment says (`customer` and `contact` of the request; either may be NULL), laid over
   what the ticket has. */
void customer_keep(struct desk *desk, struct ticket *ticket, const json_t *customer, const json_t *contact);

/* Who is written to about the ticket: as intake said; what it left open is looked up in the register. */
struct customer_reach customer_of_ticket(const struct desk *desk, const struct ticket *ticket,
                                         struct arena *arena);

/* The same of a record: a customer's, or of whatever has the usual fields. */
struct customer_reach customer_of_record(const struct desk *desk, const struct register_policy *of,
                                         const struct register_record *record);

/* The record of that id in the register of customers; NULL: there is none. */
const struct register_record *customer_record(const struct desk *desk, const char *id,
                                              const struct register_policy **ret_of);

#endif
