/*
 * Lint's checks of routes: those that no ticket takes, and those that name people who are not there.
 *
 * Rows of the table in lint.c. Whether a route is ever taken is not reasoned out but tried: every class,
 * urgency and type that a ticket may have is asked for its route, as ticket.create asks.
 */
#include "lib/lint_checks.h"
#include "lib/route.h"

/* Is it what some ticket with these types gets? */
static bool is_taken(const struct policy *policy, const struct route *route, uint32_t types)
{
    struct route_question question = {.types = types};

    for (; question.class_index < policy->classes.count; question.class_index++)
        for (question.urgency = 0; question.urgency < policy->urgencies.count; question.urgency++)
            for (int is_key = 0; is_key < 2; is_key++) {
                bool may_be = (types & ~policy->class_policies[question.class_index].types) == 0;

                question.is_key_customer = is_key;
                if (may_be && route_of(policy, &question) == route)
                    return true;
            }
    return false;
}

static bool is_ever_taken(const struct policy *policy, const struct route *route)
{
    if (route->together)
        return is_taken(policy, route, route->when.types);
    for (uint8_t type = 0; type < policy->types.count; type++)
        if (is_taken(policy, route, UINT32_C(1) << type))
            return true;
    return !route->when.types && is_taken(policy, route, 0);
}

void lint_check_route_never(const struct linting *linting)
{
    const struct policy *policy = linting->policy;

    for (size_t i = 0; i < policy->route_count; i++)
        if (!is_ever_taken(policy, &policy->routes[i]))
            lint_find(
                linting, policy->routes[i].line,
                "route %s: no ticket takes it: no class has such tickets, or other routes fit them better",
                policy->routes[i].text);
}

void lint_check_route_nobody(const struct linting *linting)
{
    const struct policy *policy = linting->policy;

    for (size_t i = 0; i < policy->route_count; i++) {
        const struct route *route = &policy->routes[i];

        if (route->handler != POLICY_NONE && !lint_is_held(linting, route->handler, route->department))
            lint_find(linting, route->line, "route %s: nobody holds the role %s in department %s",
                      route->text, policy->roles.terms[route->handler].name,
                      policy->departments.terms[route->department].name);
    }
}

static bool has_supporters(const struct audience *audience)
{
    for (uint8_t place = 0; place < audience->count; place++)
        for (size_t choice = 0; choice < AUDIENCE_CHOICES; choice++)
            if (audience->to[place][choice].department == AUDIENCE_SUPPORTING)
                return true;
    return false;
}

static bool tells_supporters(const struct policy *policy)
{
    bool is_told = false;

    for (size_t i = 0; i < policy->report_count; i++)
        for (uint8_t urgency = 0; urgency < policy->urgencies.count; urgency++)
            is_told |= has_supporters(&policy->reports[i].to[urgency]);
    for (size_t i = 0; i < policy->clock_count; i++)
        is_told |= has_supporters(&policy->clocks[i].remind_to);
    for (size_t l = 0; l < policy->ladder_count; l++)
        for (size_t s = 0; s < policy->ladders[l].count; s++)
            for (size_t r = 0; r < policy->ladders[l].sets[s].count; r++)
                is_told |= has_supporters(&policy->ladders[l].sets[s].rungs[r].to);
    return is_told;
}

void lint_check_supporting_untold(const struct linting *linting)
{
    const struct policy *policy = linting->policy;

    for (size_t i = 0; i < policy->route_count && !tells_supporters(policy); i++)
        if (policy->routes[i].supporting)
            lint_find(linting, policy->routes[i].line,
                      "route %s: nobody tells the supporting departments (to = supporting.ROLE)",
                      policy->routes[i].text);
}
