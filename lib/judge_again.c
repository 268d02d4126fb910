/*
 * Clocks that rest on what a ticket says.
 *
 * Called when a field is filled in, or a record changes that a field names. A clock that has ended stays as
 * it is unless it applies only now; that is why the rules that applied before are remembered for the length
 * of the change, which a change of urgency (judge_reclassified) does not ask.
 */
#include "lib/judge_again.h"

#include "lib/judge_moves.h"

uint32_t judge_applicable(const struct desk *desk, const struct ticket *ticket)
{
    uint32_t applicable = 0;

    for (uint8_t rule = 0; rule < desk->policy->clock_count; rule++)
        if (judge_rule_applies(desk, ticket, rule))
            applicable |= UINT32_C(1) << rule;
    return applicable;
}

/* What rests on a field, as the journal names it; NULL: the clock rests on none. */
static const char *basis_of(const struct desk *desk, const struct clock_policy *rule)
{
    struct arena *arena = &desk->out->arena;

    if (rule->due.text)
        return field_path_name(desk->policy, rule->due.path, arena);
    return rule->within_unit ? field_path_name(desk->policy, rule->within_path, arena) : NULL;
}

static void follow(struct desk *desk, struct ticket *ticket, struct clock *clock, msec at)
{
    const char *basis = basis_of(desk, &desk->policy->clocks[clock->rule]);
    msec due_at = clock->due_at;

    if (!basis)
        return;
    judge_again(desk, ticket, clock, at);
    if (clock->due_at != due_at && clock->state == CLOCK_RUNNING)
        judge_verdict(desk, ticket, clock, "clock.moved", clock->due_at, basis);
}

void judge_follow(struct desk *desk, struct ticket *ticket, msec at, uint32_t applicable)
{
    uint32_t now = judge_applicable(desk, ticket);

    for (uint8_t rule = 0; rule < desk->policy->clock_count; rule++) {
        struct clock *clock = ticket_clock(ticket, rule);
        bool is_live = clock && clock_is_live(clock);

        if (!(now >> rule & 1) && is_live)
            move_to_cancelled(desk, ticket, clock, at, ENDING_INAPPLICABLE, "no longer applies");
        else if ((now >> rule & 1) && is_live)
            follow(desk, ticket, clock, at);
        else if (now & ~applicable & UINT32_C(1) << rule)
            judge_start_if_due(desk, ticket, rule, at);
    }
    desk_arm(desk, ticket);
}
