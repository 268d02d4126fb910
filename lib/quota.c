/*
 * Quotas: so many contacts in each window.
 *
 * Called by judge.c with contacts that count and with what stops the quota, and by judge_time.c when a window
 * has ended. A clock holds the window that runs (anchor_at, due_at) and how many contacts it has; where
 * windows begin and end is quota_window.c's, and those that were missed are in the ledger (ledger.c), because
 * a contact may be recorded late. Invariant: a contact fills one slot of one window, and a window is judged
 * once. Windows that passed while nobody could call (downtime, a late filing) are missed like the first, but
 * people hear of them once.
 */
#include "lib/quota.h"

#include "lib/judge.h"
#include "lib/judge_moves.h"
#include "lib/ledger.h"
#include "lib/pause.h"
#include "lib/quota_window.h"

static struct window running_window(const struct clock_view *view)
{
    const struct clock *clock = view->clock;

    if (clock->state == CLOCK_PAUSED)
        return quota_window_again(view, clock->anchor_at);
    return (struct window){.start_at = clock->anchor_at, .end_at = clock->due_at};
}

/* ---- contacts ---- */

static void credit_slot(const struct desk *desk, json_t *list, const struct clock *clock, uint8_t slot,
                        msec window_at)
{
    struct credit credit = {.rule = clock->rule, .cycle = clock->cycle, .slot = slot, .window_at = window_at};

    judge_credited(desk, list, &credit);
}

/* A breach that goes on without the window that was filled: does it begin with a later one? */
static void shorten_breach(struct desk *desk, struct ticket *ticket, struct clock *clock,
                           const struct missed_window *filled, const struct missed_window *first)
{
    if (first->start_at > filled->start_at)
        move_first_missed(desk, ticket, clock, first->end_at);
    move_window_withdrawn(desk, ticket, clock, filled, false);
}

/* The missed window has its minimum: judged again by the true instants (domain rule 19). What remains of its
   breach decides: nothing, and there was no breach; only earlier windows, and this contact ended it. */
static void take_back(struct desk *desk, struct ticket *ticket, struct clock *clock,
                      const struct missed_window *filled)
{
    const struct missed_window *first, *last;
    bool goes_on = clock->state == CLOCK_BREACHED && clock->cycle == filled->cycle;
    bool is_whole = !ledger_of_cycle(ticket, clock->rule, filled->cycle, &first, &last);

    if (goes_on && is_whole)
        move_back_in_time(desk, ticket, clock);
    else if (goes_on && last->start_at < filled->start_at)
        move_from_breach(desk, ticket, clock);
    else if (goes_on)
        shorten_breach(desk, ticket, clock, filled, first);
    else {
        move_window_withdrawn(desk, ticket, clock, filled, is_whole);
        if (is_whole && clock->state == CLOCK_MET && clock->cycle == filled->cycle)
            move_met_withdrawn(desk, ticket, clock);
    }
    ledger_tidy(desk, ticket, clock);
}

static void credit_missed(struct desk *desk, struct ticket *ticket, struct clock *clock,
                          struct missed_window *missed, json_t *credited)
{
    struct credit credit = {.rule = clock->rule,
                            .cycle = missed->cycle,
                            .slot = ++missed->credited,
                            .window_at = missed->start_at};

    judge_credited(desk, credited, &credit);
    if (missed->credited < desk->policy->clocks[clock->rule].minimum) {
        ledger_fill(desk, ticket, missed);
        return;
    }
    const struct missed_window filled = *missed;

    ledger_withdraw(desk, ticket, clock, missed);
    take_back(desk, ticket, clock, &filled);
}

/* On a day that owes nothing, after the windows that were missed: too late for them, but in contact again. */
static bool is_between_windows(const struct ticket *ticket, const struct clock *clock, msec at)
{
    const struct missed_window *first, *last;

    return clock->state == CLOCK_BREACHED && at < clock->anchor_at &&
           ledger_of_cycle(ticket, clock->rule, clock->cycle, &first, &last) && at >= last->end_at;
}

static void credit_running(struct desk *desk, struct ticket *ticket, struct clock *clock, json_t *credited)
{
    const struct clock_policy *rule = &desk->policy->clocks[clock->rule];

    if (clock->state == CLOCK_BREACHED)
        move_from_breach(desk, ticket, clock);
    clock->credited++;
    credit_slot(desk, credited, clock, clock->credited, clock->anchor_at);
    desk_touch_clock(desk, ticket, clock);
    if (clock->credited >= rule->minimum)
        notice_withhold(desk, ticket, clock->rule, "a contact was made");
}

void quota_credit(struct desk *desk, struct ticket *ticket, struct clock *clock, msec at, json_t *credited)
{
    const struct clock_policy *rule = &desk->policy->clocks[clock->rule];
    struct missed_window *missed = ledger_find(desk, ticket, clock, at);
    struct clock_view view = desk_view(desk, ticket, clock);

    if (missed)
        credit_missed(desk, ticket, clock, missed, credited);
    else if (clock->state == CLOCK_MET)
        return;
    else if (is_between_windows(ticket, clock, at))
        move_from_breach(desk, ticket, clock);
    else if (quota_window_holds(rule, running_window(&view), at) && clock->credited < rule->target)
        credit_running(desk, ticket, clock, credited);
}

/* ---- the end of a window ---- */

/* What is breached does not stand, so its windows end while the ticket waits; those owe nothing. */
static bool is_broken_by_pause(const struct desk *desk, const struct ticket *ticket,
                               const struct clock *clock)
{
    return clock->state == CLOCK_BREACHED &&
           pause_touches(ticket, desk->policy->clocks[clock->rule].pauses, clock->anchor_at, clock->due_at);
}

/* In history every window is judged on its own day. */
static bool is_missed_too(const struct desk *desk, const struct ticket *ticket, const struct clock *clock)
{
    return ticket->history_until_at == NEVER && clock->due_at <= desk->now;
}

static void miss_window(struct desk *desk, struct ticket *ticket, struct clock *clock, msec fired_at)
{
    msec due_at = clock->due_at;
    unsigned missed = 0;

    notice_withhold_reminders(desk, ticket, clock->rule, "the window has ended");
    if (clock->state == CLOCK_BREACHED)
        move_missed_again(desk, ticket, clock, due_at);
    else
        move_to_breached(desk, ticket, clock, due_at, fired_at);
    do {
        struct clock_view view = desk_view(desk, ticket, clock);

        if (!is_broken_by_pause(desk, ticket, clock)) {
            ledger_miss(desk, ticket, clock, running_window(&view), clock->credited);
            missed++;
        }
        move_window(desk, ticket, clock);
    } while (is_missed_too(desk, ticket, clock));
    judge_verdict_of_windows(desk, ticket, clock, due_at, missed);
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

    if (is_broken_by_pause(desk, ticket, clock)) {
        move_window(desk, ticket, clock);
        return;
    }
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
    ledger_miss(desk, ticket, clock, (struct window){.start_at = clock->anchor_at, .end_at = at},
                clock->credited);
    judge_verdict(
        desk, ticket, clock, "clock.breached", at,
        arena_printf(&desk->out->arena, "%u of %u when it was stopped", clock->credited, rule->minimum));
}
