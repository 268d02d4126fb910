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

static bool holds(const struct ticket *ticket, const struct requirement *requirement)
{
    const struct clock *clock;

    switch (requirement->kind) {
    case REQUIRE_FACT:
        return (ticket->facts >> requirement->fact & 1) != 0;
    case REQUIRE_CLOCK_MET:
        clock = ticket_clock(ticket, requirement->clock);
        return clock && clock->state == CLOCK_MET;
    }
    return false;
}

const struct requirement *gate_first_missing(const struct ticket *ticket, const struct requirements *needs)
{
    for (uint8_t i = 0; i < needs->count; i++)
        if (!holds(ticket, &needs->items[i]))
            return &needs->items[i];
    return NULL;
}

const struct requirement *gate_missing(const struct desk *desk, const struct ticket *ticket,
                                       enum gate_action action)
{
    const struct class_policy *class_policy = &desk->policy->class_policies[ticket->class_index];

    return gate_first_missing(ticket, &class_policy->gates[action]);
}

bool gate_is_open(struct desk *desk, const struct request *request, const struct ticket *ticket,
                  enum gate_action action)
{
    const struct requirement *missing = gate_missing(desk, ticket, action);

    if (missing)
        request_refuse(desk, request, RPC_GATE_CLOSED, "ticket",
                       arena_printf(&desk->out->arena, "missing: %s", missing->text));
    return !missing;
}
