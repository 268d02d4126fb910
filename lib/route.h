/* Where new tickets go: by type, class, urgency and customer, the most exact route that fits. */
#ifndef DUBAN_LIB_ROUTE_H
#define DUBAN_LIB_ROUTE_H

#include "lib/policy.h"
#include "lib/roster.h"

/* What routes ask of a ticket. */
struct route_question {
    uint32_t types; /* bits */
    uint8_t class_index, urgency;
    bool is_key_customer;
};

/* NULL: none leads anywhere. */
const struct route *route_of(const struct policy *policy, const struct route_question *question);

/* How exact a route is; of two that fit, the higher one is taken. */
#define ROUTE_BY_TYPE 2 /* by nothing else */
int route_weight(const struct route *route);

int route_types(uint32_t bits); /* how many */

/* Are there tickets for which both are equally exact? */
bool route_meets(const struct route *one, const struct route *other);

/* Who holds the route's role in `department` and is there on `day`, or whoever stands in for them; the first
   in the people file. TICKET_NOBODY: nobody is. `*ret_stands_for`: whom they stand in for, TICKET_NOBODY. */
uint16_t route_handler(const struct roster *roster, const struct policy *policy, const struct route *route,
                       int64_t day, uint16_t *ret_stands_for);

#endif
