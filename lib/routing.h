/* A ticket takes its route: department, handler, supporting departments. */
#ifndef DUBAN_LIB_ROUTING_H
#define DUBAN_LIB_ROUTING_H

#include "lib/request.h"
#include "lib/route.h"

struct routing {
    const struct route *route;    /* NULL: none, or whoever files it sends it elsewhere */
    uint16_t handler, stands_for; /* of the route's role; TICKET_NOBODY */
};

struct route_question routing_question(const struct ticket *ticket);

/* The route of such a ticket, and who would get it now. False: none fits, or only one to another department
   than `department` (POLICY_NONE: any will do). */
bool routing_find(const struct desk *desk, const struct route_question *question, uint8_t department,
                  struct routing *ret_routing);

/* What is known already and takes another way now. */
void routing_take(struct ticket *ticket, const struct routing *routing);

/* Whoever handles it does not support it. */
void routing_lead(struct ticket *ticket);

/* What the regime decided is journaled: nobody asked for it. Call when the request is done. */
void routing_note(struct desk *desk, const struct ticket *ticket, const struct routing *routing);

/* The parameter `supporting`. False: it is refused. */
bool routing_supporting(struct desk *desk, const struct request *request, uint32_t *ret_departments);

#endif
