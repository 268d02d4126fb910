/*
 * Which route a ticket takes.
 *
 * Called by ticket.create, ticket.classify and schedules; lint asks it, too. The same question has always the
 * same answer: what a ticket is decides, not what came before it. What names the urgency goes before what
 * names the customer, then come types that must all be there, a type, a class: the order of qualified keys.
 * Two routes that are equally exact differ in their types only (the compiler sees to that); a ticket of
 * several types goes by the one that stands first in [types], because a ticket keeps no order of its own.
 */
#include "lib/route.h"

#include "lib/ticket.h"

#define HOLDERS_MAX 64

static bool names(uint32_t set, uint8_t index)
{
    return !set || (set >> index & 1);
}

static bool fits(const struct route *route, const struct route_question *question)
{
    uint32_t types = route->when.types;
    bool has_types =
        !types || (route->together ? (types & ~question->types) == 0 : (types & question->types) != 0);

    return has_types && names(route->when.classes, question->class_index) &&
           names(route->when.urgencies, question->urgency) &&
           (!route->when.key_customers || question->is_key_customer);
}

int route_types(uint32_t bits)
{
    int count = 0;

    for (; bits; bits &= bits - 1)
        count++;
    return count;
}

int route_weight(const struct route *route)
{
    return (route->when.urgencies ? 16 : 0) + (route->when.key_customers ? 8 : 0) +
           (route->together ? 4 : 0) + (route->when.types ? ROUTE_BY_TYPE : 0) +
           (route->when.classes ? 1 : 0);
}

bool route_meets(const struct route *one, const struct route *other)
{
    uint32_t types = one->when.types & other->when.types, classes = one->when.classes & other->when.classes;
    uint32_t urgencies = one->when.urgencies & other->when.urgencies;
    bool same_types = one->together ? one->when.types == other->when.types : !one->when.types || types;

    return route_weight(one) == route_weight(other) && same_types && (!one->when.classes || classes) &&
           (!one->when.urgencies || urgencies);
}

/* Of those that are equally exact: more types together, then the type that stands first. */
static bool goes_before(const struct route *route, const struct route *other,
                        const struct route_question *question)
{
    uint32_t types = route->when.types & question->types, others = other->when.types & question->types;
    int more = route_types(types) - route_types(others);

    if (route_weight(route) != route_weight(other))
        return route_weight(route) > route_weight(other);
    if (route->together && more)
        return more > 0;
    return types && others && __builtin_ctz(types) < __builtin_ctz(others);
}

const struct route *route_of(const struct policy *policy, const struct route_question *question)
{
    const struct route *best = NULL;

    for (size_t i = 0; i < policy->route_count; i++)
        if (fits(&policy->routes[i], question) && (!best || goes_before(&policy->routes[i], best, question)))
            best = &policy->routes[i];
    return best;
}

uint16_t route_handler(const struct roster *roster, const struct policy *policy, const struct route *route,
                       int64_t day, uint16_t *ret_stands_for)
{
    uint16_t people[HOLDERS_MAX];
    size_t count = route->handler == POLICY_NONE ? 0
                                                 : roster_holders(roster, policy, route->handler,
                                                                  route->department, people, HOLDERS_MAX);

    *ret_stands_for = TICKET_NOBODY;
    for (size_t i = 0; i < count; i++) {
        uint16_t person = roster_reachable(roster, people[i], day);

        if (person == ROSTER_NOBODY)
            continue;
        *ret_stands_for = person == people[i] ? TICKET_NOBODY : people[i];
        return person;
    }
    return TICKET_NOBODY;
}
