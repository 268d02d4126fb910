/*
 * Quotas: so many contacts in each window.
 *
 * Called by judge.c with contacts that count and with what stops the quota, and by judge_time.c when a window
 * has ended. A clock holds the window that runs (anchor_at, due_at) and how many contacts it has; where
 * windows begin and end is quota_window.c's. Invariant: every instant is judged by one window, and a window
 * is judged once. Windows that passed while nobody could call (downtime, a late filing) are missed like the
 * first, but people hear of them once.
 */
#include "lib/quota.h"

#include "lib/judge.h"
#include "lib/judge_moves.h"
#include "lib/quota_window.h"

static struct window running_window(const struct clock *clock)
{
    return (struct window){.start_at = clock->anchor_at, .end_at = clock->due_at};
}

/* ---- contacts ---- */

static void credit_slot(const struct desk *desk, json_t *list, const struct clock *clock, uint8_t slot,
                        msec window_at)
{
    struct credit credit = {.rule = clock->rule, .cycle = clock->cycle, .slot = slot, .window_at = window_at};

    judge_credited(desk, list, &credit);
}

/* The window before the one that runs: the one whose breach a late record can take back. */
static bool was_in_missed_window(const struct clock_view *view, msec at)
{
    const struct zone *zone = view->policy->zone;
    int64_t day = zone_day(zone, view->clock->anchor_at - 1);

    return view->clock->state == CLOCK_BREACHED && at < view->clock->anchor_at &&
           at >= zone_day_start(zone, day);
}

void quota_credit(struct desk *desk, struct ticket *ticket, struct clock *clock, msec at, json_t *credited)
{
    struct clock_view view = desk_view(desk, ticket, clock);

    if (at < clock->anchor_at) {
        /* Only a minimum of one is known to be met by it; larger ones wait for the ledger of past windows. */
        if (view.rule->minimum != 1 || !was_in_missed_window(&view, at))
            return;
        credit_slot(desk, credited, clock, 1, clock->anchor_at);
        if (clock->anchor_at == clock->breached_at)
            move_back_in_time(desk, ticket, clock);
        else /* windows before it were missed all the same */
            move_from_breach(desk, ticket, clock);
        return;
    }
    if (!quota_window_holds(view.rule, running_window(clock), at) || clock->credited >= view.rule->target)
        return;
    if (clock->state == CLOCK_BREACHED)
        move_from_breach(desk, ticket, clock);
    clock->credited++;
    credit_slot(desk, credited, clock, clock->credited, clock->anchor_at);
    desk_touch_clock(desk, ticket, clock);
    if (clock->credited >= view.rule->minimum)
        notice_withhold(desk, ticket, clock->rule, "a contact was made");
}

/* ---- the end of a window ---- */

static unsigned skip_missed_windows(struct desk *desk, struct ticket *ticket, struct clock *clock)
{
    unsigned missed = 1;

    /* In history every window is judged on its own day. */
    while (ticket->history_until_at == NEVER && clock->due_at <= desk->now) {
        missed++;
        move_window(desk, ticket, clock);
    }
    return missed;
}

static void miss_window(struct desk *desk, struct ticket *ticket, struct clock *clock, msec fired_at)
{
    msec due_at = clock->due_at;

    notice_withhold_reminders(desk, ticket, clock->rule, "the window has ended");
    move_window(desk, ticket, clock);
    unsigned missed = skip_missed_windows(desk, ticket, clock);

    if (clock->state == CLOCK_BREACHED)
        move_missed_again(desk, ticket, clock, due_at);
    else
        move_to_breached(desk, ticket, clock, due_at, fired_at);
    judge_verdict(desk, ticket, clock, "clock.breached", due_at,
                  arena_printf(&desk->out->arena, "%u missed", missed));
}

/* Below the target and not below the minimum: recorded and told to nobody. */
static void fall_short(struct desk *desk, struct ticket *ticket, struct clock *clock, msec at)
{
    const struct clock_policy *rule = &desk->policy->clocks[clock->rule];

    move_told(desk, ticket, clock, at, "shortfall");
    judge_verdict(desk, ticket, clock, "clock.shortfall", at,
                  arena_printf(&desk->out->arena, "%u of %u", clock->credited, rule->target));
}

void quota_close_window(struct desk *desk, struct ticket *ticket, struct clock *clock, msec fired_at)
{
    const struct clock_policy *rule = &desk->policy->clocks[clock->rule];

    if (clock->credited < rule->minimum) {
        miss_window(desk, ticket, clock, fired_at);
        return;
    }
    if (clock->credited < rule->target)
        fall_short(desk, ticket, clock, clock->due_at);
    move_window(desk, ticket, clock);
    clock->cycle++;
}

void quota_break_off(struct desk *desk, struct ticket *ticket, struct clock *clock, msec at)
{
    const struct clock_policy *rule = &desk->policy->clocks[clock->rule];

    if (!rule->owes_last || at <= clock->anchor_at || clock->credited >= rule->target)
        return;
    if (clock->credited >= rule->minimum) {
        fall_short(desk, ticket, clock, at);
        return;
    }
    if (clock->state == CLOCK_BREACHED)
        move_missed_again(desk, ticket, clock, at);
    else
        move_to_breached_quietly(desk, ticket, clock, at);
    judge_verdict(
        desk, ticket, clock, "clock.breached", at,
        arena_printf(&desk->out->arena, "%u of %u when it was stopped", clock->credited, rule->minimum));
}
