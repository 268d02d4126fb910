/*
 * Sections of a regime file that lead tickets somewhere: [route …].
 *
 * The header says which tickets: words of [types], and behind `class`, `urgency`, `type` and `customer` other
 * words, in any order; types joined by `and` must all be there. The words may stand behind it in the file, so
 * a route is known by its header's text until they are all read.
 */
#include "lib/base/memory.h"
#include "lib/policy_sections.h"
#include "lib/route.h"
#include <stdlib.h>
#include <string.h>

const char *section_open_route(struct compiler *compiler, const struct entry *entry)
{
    struct policy *policy = compiler->policy;

    if (policy->route_count >= ROUTES_MAX)
        return value_wrong(compiler, "at most %d routes", ROUTES_MAX);
    policy->routes = memory_reserve(policy->routes, &policy->route_capacity, policy->route_count + 1,
                                    sizeof(*policy->routes));
    policy->routes[policy->route_count++] = (struct route){
        .text = entry->subject, .line = entry->line, .department = POLICY_NONE, .handler = POLICY_NONE};
    return NULL;
}

/* The route was made when its section opened. */
static struct route *route_named(struct compiler *compiler, const char *text)
{
    struct route *route = compiler->policy->routes;

    while (strcmp(route->text, text) != 0)
        route++;
    return route;
}

const char *read_route_handler(struct compiler *compiler, const struct entry *entry)
{
    return value_term(compiler, &compiler->policy->roles, "role", entry->value,
                      &route_named(compiler, entry->subject)->handler);
}

const char *read_route_supporting(struct compiler *compiler, const struct entry *entry)
{
    return value_terms(compiler, &compiler->policy->departments, "department", entry->value,
                       &route_named(compiler, entry->subject)->supporting);
}

/* ---- the header ---- */

static bool is_question(const char *word)
{
    return strcmp(word, "type") == 0 || strcmp(word, "class") == 0 || strcmp(word, "urgency") == 0 ||
           strcmp(word, "customer") == 0 || strcmp(word, "stage") == 0;
}

/* Without the `and`s, which are counted; words that stand without their question are types. */
static const char *unjoin(struct compiler *compiler, const char *header, const char **ret_plain,
                          size_t *ret_joins)
{
    struct text plain = {0};
    const char *before = NULL;
    bool is_joined = false, is_odd = false;

    *ret_joins = 0;
    for (char *word; (word = value_word(compiler, &header)); before = word) {
        bool joins = strcmp(word, "and") == 0;

        is_odd |= joins && (is_joined || !before || is_question(before));
        is_odd |= is_joined && is_question(word);
        *ret_joins += joins;
        is_joined = joins;
        if (!joins)
            text_printf(&plain, "%s%s", !before && !is_question(word) ? "type " : " ", word);
    }
    *ret_plain = arena_text(&compiler->policy->arena, text_get(&plain));
    text_finish(&plain);
    return is_odd || is_joined ? value_wrong(compiler, "'and' stands between two types") : NULL;
}

static const char *read_header(struct compiler *compiler, struct route *route)
{
    const char *plain;
    size_t joins;
    const char *wrong = unjoin(compiler, route->text, &plain, &joins);

    if (!wrong)
        wrong = value_applies(compiler, plain, &route->when);
    if (wrong)
        return wrong;
    if (route->when.stages)
        return value_wrong(compiler, "a route is for tickets that are new: it asks for no stage");
    if (!route_weight(route))
        return value_wrong(compiler, "a route says for which tickets it is");
    if (joins && (size_t)route_types(route->when.types) != joins + 1)
        return value_wrong(compiler, "either all types of a route are joined by 'and', or none");
    route->together = joins > 0;
    return NULL;
}

static const char *check_parts(struct compiler *compiler, const struct route *route)
{
    const struct policy *policy = compiler->policy;

    if (route->department == POLICY_NONE)
        return value_wrong(compiler, "[route %s] needs a department", route->text);
    if (route->handler != POLICY_NONE && policy->role_scope[route->handler] == SCOPE_TICKET)
        return value_wrong(compiler,
                           "handler: '%s' is whoever has the ticket; a role of the desk or of a "
                           "department is needed",
                           policy->roles.terms[route->handler].name);
    if (route->supporting >> route->department & 1)
        return value_wrong(compiler, "supporting: '%s' is the department that handles the ticket",
                           policy->departments.terms[route->department].name);
    return NULL;
}

static const char *check_alone(struct compiler *compiler, const struct route *route)
{
    const struct policy *policy = compiler->policy;

    for (const struct route *other = policy->routes; other < policy->routes + policy->route_count; other++)
        if (other != route && other->department != POLICY_NONE && route_meets(other, route)) {
            uint32_t both = other->when.types & route->when.types;

            if (route_weight(route) == ROUTE_BY_TYPE)
                return value_wrong(compiler, "type '%s' has a route already",
                                   policy->types.terms[__builtin_ctz(both)].name);
            return value_wrong(compiler, "[route %s] in line %d is for the same tickets", other->text,
                               other->line);
        }
    return NULL;
}

/* The one key that every route has, so its header is read with it. */
const char *read_route_department(struct compiler *compiler, const struct entry *entry)
{
    struct route *route = route_named(compiler, entry->subject);
    uint8_t department;
    const char *wrong = read_header(compiler, route);

    if (!wrong)
        wrong = value_term(compiler, &compiler->policy->departments, "department", entry->value, &department);
    if (!wrong)
        wrong = check_alone(compiler, route);
    if (!wrong)
        route->department = department;
    return wrong;
}

const char *section_check_routes(struct compiler *compiler, int *ret_line)
{
    const char *wrong = NULL;

    for (size_t i = 0; !wrong && i < compiler->policy->route_count; i++) {
        struct route *route = &compiler->policy->routes[i];

        *ret_line = route->line;
        wrong = check_parts(compiler, route);
    }
    return wrong;
}
