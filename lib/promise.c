/*
 * Promises.
 *
 * Called by judge.c for clocks that are promises. Whoever plans, acknowledges a breach or speaks to the
 * customer may name an instant; a clock whose source that is then runs until that instant. The instant is
 * kept by the clock alone (due_at), so that one ticket can hold several promises of several sources.
 *
 *   - no promise yet, met, cancelled: a new cycle;
 *   - running: the deadline moves;
 *   - broken: a new cycle; who was told of the broken one stays told, and hears of the end when this one is
 *     met (domain rule 10);
 *   - broken, but this promise was given before and recorded late: there was no breach (domain rule 19).
 *
 * What was said before the promise that holds now, and recorded after it, changes nothing.
 */
#include "lib/promise.h"

#include "lib/judge_moves.h"

static bool is_given(const struct clock_policy *rule, const struct occurrence *occurrence)
{
    struct occurrence given = *occurrence;

    given.counts =
        true; /* "I will call back by three" is a promise also when it was the customer who called */
    return occurrence->has_promise && judge_matches(&rule->start, &given);
}

static void replace(struct desk *desk, struct ticket *ticket, struct clock *clock,
                    const struct occurrence *occurrence)
{
    const struct clock_view view = desk_view(desk, ticket, clock);

    if (occurrence->at <= clock_declared_at(&view, clock->breached_at))
        move_promise_in_time(desk, ticket, clock, occurrence->promised_at);
    else
        move_to_promised(desk, ticket, clock, occurrence->at, occurrence->promised_at);
}

void promise_happen(struct desk *desk, struct ticket *ticket, uint8_t index,
                    const struct occurrence *occurrence)
{
    const struct clock_policy *rule = &desk->policy->clocks[index];
    struct clock *clock = ticket_clock(ticket, index);
    bool is_over = rule->stop.what == HAPPENING_SOLVED && ticket->is_solved;

    if (!is_given(rule, occurrence) || is_over || !judge_rule_applies(desk, ticket, index))
        return;
    if (!clock)
        clock = store_add_clock(desk->store, ticket, index);
    switch ((enum clock_state)clock->state) {
    case CLOCK_RUNNING:
        if (occurrence->at >= clock->anchor_at && occurrence->promised_at != clock->due_at)
            move_deadline(desk, ticket, clock, occurrence->promised_at, "the stated time was changed");
        break;
    case CLOCK_BREACHED:
        if (occurrence->at >= clock->anchor_at)
            replace(desk, ticket, clock, occurrence);
        break;
    case CLOCK_MET:
    case CLOCK_CANCELLED:
        if (occurrence->at >= clock->ended_at)
            move_to_promised(desk, ticket, clock, occurrence->at, occurrence->promised_at);
        break;
    case CLOCK_WAITING:
        move_to_promised(desk, ticket, clock, occurrence->at, occurrence->promised_at);
        break;
    case CLOCK_PAUSED: /* instants do not move with pauses: a promise has none */
    case CLOCK_STATE_COUNT:
        break;
    }
}

/* The latest instant that the rule lets anybody promise at `at`; NEVER: as far as they like. */
static msec furthest(const struct desk *desk, const struct ticket *ticket, uint8_t index, msec at)
{
    const struct clock trial = {.rule = index};
    struct clock_view view = desk_view(desk, ticket, &trial);
    struct span within = policy_within(view.rule, ticket);

    return within.amount ? calendar_add_span(view.calendar, at, within) : NEVER;
}

bool promise_is_allowed(struct desk *desk, const struct request *request, const struct ticket *ticket,
                        const struct occurrence *occurrence, const char *field)
{
    struct arena *arena = &desk->out->arena;

    if (request_flag(request, "history", false))
        return true; /* it was given */
    for (uint8_t i = 0; i < desk->policy->clock_count; i++) {
        const struct clock_policy *rule = &desk->policy->clocks[i];
        bool concerns =
            rule->kind == CLOCK_PROMISE && is_given(rule, occurrence) && judge_rule_applies(desk, ticket, i);
        msec latest_at = concerns ? furthest(desk, ticket, i, occurrence->at) : NEVER;

        if (latest_at == NEVER || occurrence->promised_at <= latest_at)
            continue;
        request_refuse(desk, request, RPC_INVALID_PARAMS, field,
                       arena_printf(arena, "at most until %s (clock %s)", desk_time(desk, latest_at, arena),
                                    rule->name));
        return false;
    }
    return true;
}

msec promise_known(const struct ticket *ticket, const struct clock_policy *rule, const struct clock *clock)
{
    if (rule->start.what == HAPPENING_PLAN)
        return ticket->has_plan ? ticket->expected_at : NEVER;
    return clock ? clock->due_at : NEVER; /* given while the rule applied before */
}
