/*
 * Gates of a class: named conditions before an action.
 *
 * Conditions about contacts are remembered as facts (bits of the ticket, by their text in the database),
 * because a contact itself is cold as soon as it is written. Conditions about clocks look at the clock. Used
 * by the methods.
 */
#include "lib/gate.h"

#include "lib/store.h"

void gate_learn(struct desk *desk, struct ticket *ticket, const struct occurrence *occurrence)
{
    struct occurrence counted = *occurrence;

    for (size_t i = 0; i < desk->policy->fact_count; i++)
        if (judge_matches(&desk->policy->facts[i], &counted))
            ticket->facts |= UINT64_C(1) << i;
}

/* The first step of the ticket's class that was not done; POLICY_NONE when all were. */
static uint8_t step_missing(const struct policy *policy, const struct ticket *ticket)
{
    uint32_t steps = policy->class_policies[ticket->class_index].steps;

    for (uint8_t step = 0; step < policy->steps.count; step++)
        if ((steps >> step & 1) && !ticket_knows(ticket, policy->step_policies[step].fact))
            return step;
    return POLICY_NONE;
}

static bool holds(const struct policy *policy, const struct ticket *ticket,
                  const struct requirement *requirement)
{
    const struct clock *clock;

    if (requirement->when != POLICY_NONE && !ticket_knows(ticket, requirement->when))
        return true;
    switch (requirement->kind) {
    case REQUIRE_FACT:
        return ticket_knows(ticket, requirement->fact);
    case REQUIRE_CLOCK_MET:
        clock = ticket_clock(ticket, requirement->clock);
        return clock && clock->state == CLOCK_MET;
    case REQUIRE_STEPS_DONE:
        return step_missing(policy, ticket) == POLICY_NONE;
    }
    return false;
}

const struct requirement *gate_first_missing(const struct policy *policy, const struct ticket *ticket,
                                             const struct requirements *needs)
{
    for (uint8_t i = 0; i < needs->count; i++)
        if (!holds(policy, ticket, &needs->items[i]))
            return &needs->items[i];
    return NULL;
}

const struct requirement *gate_missing(const struct desk *desk, const struct ticket *ticket,
                                       enum gate_action action)
{
    const struct class_policy *class_policy = &desk->policy->class_policies[ticket->class_index];

    return gate_first_missing(desk->policy, ticket, &class_policy->gates[action]);
}

/* Is everything that `fact` stands for among what is forgotten? */
static bool covers(const struct condition *what, const struct condition *fact)
{
    return what->what == fact->what && what->of == fact->of &&
           (!what->kinds || (fact->kinds && !(fact->kinds & ~what->kinds))) &&
           (!what->roles || (fact->roles && !(fact->roles & ~what->roles)));
}

void gate_forget(const struct policy *policy, struct ticket *ticket, const struct condition *what)
{
    for (size_t i = 0; i < policy->fact_count; i++)
        if (covers(what, &policy->facts[i]))
            ticket->facts &= ~(UINT64_C(1) << i);
}

static const char *missing_words(struct desk *desk, const struct ticket *ticket,
                                 const struct requirement *missing)
{
    struct arena *arena = &desk->out->arena;

    if (missing->kind != REQUIRE_STEPS_DONE)
        return arena_printf(arena, "missing: %s", missing->text);
    return arena_printf(arena, "missing: %s (next: %s)", missing->text,
                        desk->policy->steps.terms[step_missing(desk->policy, ticket)].name);
}

bool gate_allows(struct desk *desk, const struct request *request, const struct ticket *ticket,
                 const struct requirements *needs)
{
    const struct requirement *missing = gate_first_missing(desk->policy, ticket, needs);

    if (missing)
        request_refuse(desk, request, RPC_GATE_CLOSED, "ticket", missing_words(desk, ticket, missing));
    return !missing;
}

bool gate_is_open(struct desk *desk, const struct request *request, const struct ticket *ticket,
                  enum gate_action action)
{
    return gate_allows(desk, request, ticket,
                       &desk->policy->class_policies[ticket->class_index].gates[action]);
}
