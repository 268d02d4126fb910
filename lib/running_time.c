/*
 * Budgets counted in running time.
 *
 * Called by clock.c for tickets that have pauses. A clock's deadline is a pure function of its anchor, its
 * budget, its calendar and the ticket's list of pauses; nothing here remembers anything. What a pause does
 * depends on the kind of time that was promised:
 *
 *     real, business time   only what passes between the pauses is used up
 *     working days          a day counts when its closing does not lie within a pause
 *     days, months          the deadline moves by the real time paused before it
 *     civil instants        do not move
 *
 * A pause that begins in the instant of the deadline comes before it (domain rule 2): the clock stands with
 * nothing left, and is due when it runs again. One that ends in an instant no longer holds in it.
 */
#include "lib/running_time.h"

#include "lib/pause.h"

#define IDLE_DAYS (4 * 366) /* a calendar without working days for so long has none */

bool running_time_matters(const struct clock_view *view)
{
    return view->rule->pauses && view->ticket->rare && view->ticket->rare->pause_count;
}

/* Everything a count needs. */
struct count {
    const struct clock_view *view;
    struct pause_walk walk;
    msec anchor_at;
    struct span budget, left;
};

/* ---- time ---- */

static int64_t time_between(const struct count *count, msec from_at, msec to_at)
{
    return count->budget.unit == SPAN_REAL ? to_at - from_at
                                           : calendar_between_ms(count->view->calendar, from_at, to_at);
}

static msec count_time(struct count *count)
{
    msec at = count->anchor_at, from_at, to_at;

    while (pause_walk_next(&count->walk, &from_at, &to_at)) {
        msec due_at = calendar_add_span(count->view->calendar, at, count->left);

        if (due_at < from_at)
            return due_at;
        count->left.amount -= time_between(count, at, from_at);
        if (to_at == NEVER)
            return NEVER;
        at = to_at;
    }
    return calendar_add_span(count->view->calendar, at, count->left);
}

/* ---- working days ---- */

static msec count_working_days(struct count *count)
{
    const struct calendar *calendar = count->view->calendar;
    int64_t day = zone_day(calendar_zone(calendar), count->anchor_at);
    msec from_at, to_at;
    bool has_pause = pause_walk_next(&count->walk, &from_at, &to_at);

    for (int idle_days = 0; idle_days <= IDLE_DAYS; idle_days++) {
        msec close_at = calendar_day_close(calendar, ++day);

        if (close_at == NEVER)
            continue;
        idle_days = 0;
        while (has_pause && to_at <= close_at)
            has_pause = pause_walk_next(&count->walk, &from_at, &to_at);
        if (!has_pause || close_at < from_at) {
            if (--count->left.amount <= 0)
                return close_at;
        } else if (to_at == NEVER) {
            return NEVER;
        }
    }
    return NEVER;
}

/* ---- civil days and months ---- */

static msec count_civil(struct count *count)
{
    msec due_at = calendar_add_span(count->view->calendar, count->anchor_at, count->budget), from_at, to_at;

    while (pause_walk_next(&count->walk, &from_at, &to_at)) {
        if (due_at < from_at)
            break;
        count->left = (struct span){.unit = SPAN_REAL, .amount = due_at - from_at};
        if (to_at == NEVER)
            return NEVER;
        due_at += to_at - from_at;
    }
    return due_at;
}

/* ---- of any kind ---- */

static msec run_down(struct count *count)
{
    switch (count->budget.unit) {
    case SPAN_REAL:
    case SPAN_BUSINESS:
        return count_time(count);
    case SPAN_WORKING_DAYS:
        return count_working_days(count);
    case SPAN_DAYS:
    case SPAN_MONTHS:
        return count_civil(count);
    case SPAN_WORKING_DAY_AT:
    case SPAN_DAY_AT:
    case SPAN_MONTH_DAY_AT:
        break;
    }
    return calendar_add_span(count->view->calendar, count->anchor_at, count->budget);
}

msec running_time_add(const struct clock_view *view, msec anchor_at, struct span budget,
                      struct span *ret_left)
{
    struct count count = {
        .view = view,
        .walk = pause_walk(view->ticket, view->rule->pauses, anchor_at),
        .anchor_at = anchor_at,
        .budget = budget,
        .left = budget,
    };
    msec due_at = run_down(&count);

    if (ret_left)
        *ret_left = count.left;
    return due_at;
}

msec running_time_between(const struct clock_view *view, msec from_at, msec to_at)
{
    struct pause_walk walk = pause_walk(view->ticket, view->rule->pauses, from_at);
    msec pause_at, end_at, sum_ms = to_at - from_at;

    while (pause_walk_next(&walk, &pause_at, &end_at) && pause_at < to_at)
        sum_ms -= (end_at < to_at ? end_at : to_at) - pause_at;
    return sum_ms;
}
