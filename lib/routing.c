/*
 * Routes carried out.
 *
 * route.c says which route a ticket takes; here it takes it. Called by ticket.create and ticket.classify,
 * and, for the departments that help, by ticket.assign. A route's role is looked up when the ticket comes by,
 * with absences and deputies as they are on that day; if nobody is there the ticket goes to the department
 * alone. The journal has a row of its own for it (ticket.routed), because the request did not say so.
 */
#include "lib/routing.h"

#include "lib/base/memory.h"
#include "lib/policy_describe.h"
#include "lib/rpc.h"
#include <string.h>

struct route_question routing_question(const struct ticket *ticket)
{
    return (struct route_question){
        .types = ticket->types,
        .class_index = ticket->class_index,
        .urgency = ticket->urgency,
        .is_key_customer = ticket->is_key_customer,
    };
}

bool routing_find(const struct desk *desk, const struct route_question *question, uint8_t department,
                  struct routing *ret_routing)
{
    const struct route *route = route_of(desk->policy, question);
    int64_t day = zone_day(desk->policy->zone, desk->now);

    *ret_routing = (struct routing){.handler = TICKET_NOBODY, .stands_for = TICKET_NOBODY};
    if (!route || (department != POLICY_NONE && department != route->department))
        return false;
    ret_routing->route = route;
    ret_routing->handler = route_handler(desk->roster, desk->policy, route, day, &ret_routing->stands_for);
    return true;
}

void routing_lead(struct ticket *ticket)
{
    if (ticket->rare && ticket->department != POLICY_NONE)
        ticket->rare->supporting &= ~(UINT32_C(1) << ticket->department);
}

void routing_take(struct ticket *ticket, const struct routing *routing)
{
    const struct route *route = routing->route;

    ticket->department = route->department;
    if (route->handler != POLICY_NONE)
        ticket->handler = routing->handler;
    if (route->supporting)
        ticket_own_rare(ticket)->supporting = route->supporting;
    routing_lead(ticket);
}

static void set_person(const struct desk *desk, json_t *object, const char *name, uint16_t person)
{
    if (person != TICKET_NOBODY)
        json_object_set_new(object, name, json_string(roster_person(desk->roster, person)->id));
}

/* Where nothing but the department was decided, the route says nothing that the ticket does not. */
void routing_note(struct desk *desk, const struct ticket *ticket, const struct routing *routing)
{
    const struct policy *policy = desk->policy;
    const struct route *route = routing->route;
    struct arena *arena = &desk->out->arena;
    struct text text = {0};

    if (!route || (route->handler == POLICY_NONE && !route->supporting))
        return;
    json_t *body =
        json_pack("{s:s,s:s,s:s}", "route", route->text, "number", desk_number(desk, ticket, arena),
                  "department", policy->departments.terms[route->department].name);

    if (route->handler != POLICY_NONE)
        json_object_set_new(body, "role", json_string(policy->roles.terms[route->handler].name));
    set_person(desk, body, "handler", routing->handler);
    set_person(desk, body, "stands_for", routing->stands_for);
    if (route->supporting)
        json_object_set_new(body, "supporting",
                            policy_describe_names(&policy->departments, route->supporting));
    rpc_write_canonical(&text, body);
    desk_journal(desk, ticket, "ticket.routed", arena_bytes(arena, text_get(&text), text.length));
    text_finish(&text);
    json_decref(body);
}

bool routing_supporting(struct desk *desk, const struct request *request, uint32_t *ret_departments)
{
    const json_t *list = json_object_get(request->params, "supporting"), *item;
    const struct vocabulary *departments = &desk->policy->departments;
    size_t i;

    *ret_departments = 0;
    json_array_foreach(list, i, item)
    {
        const char *name = json_string_value(item);
        uint8_t department = vocabulary_find(departments, name);

        if (department == POLICY_NONE) {
            request_refuse(
                desk, request, RPC_INVALID_PARAMS, "supporting",
                arena_printf(&desk->out->arena, "'%s' is not one of: %s", name,
                             vocabulary_list(departments, VOCABULARY_ALL, ", ", &desk->out->arena)));
            return false;
        }
        *ret_departments |= UINT32_C(1) << department;
    }
    return true;
}
