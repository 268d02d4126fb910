/*
 * The windows of a quota.
 *
 * Called by the judge (quota.c, judge_moves.c) whenever a quota starts or one of its windows has ended, and
 * by nobody else: a clock keeps the window that runs (anchor_at, due_at), every other one is computed from
 * it. Pure arithmetic over the zone and the calendar of the view.
 *
 *     per day, per 7d    civil days of the desk's zone, from midnight to midnight: 23, 24 or 25 hours, and a
 *                        day that the zone skipped is none; `on = working days` leaves out rest days
 *     per 4h, per 8bh    so much real or business time after the window before; the first begins at the start
 *     per 5wd            from a closing of the calendar to the closing of the fifth working day after it
 *
 * Windows of days and of working days stand where the calendar puts them, so that a start falls into the
 * middle of one: that is the broken first window, which owes nothing unless the regime says so.
 */
#include "lib/quota_window.h"

#define IDLE_DAYS (4 * 366) /* a calendar without working days for so long has none: every day owes */

/* ---- civil days ---- */

static bool owes(const struct clock_view *view, int64_t day)
{
    return zone_day_exists(view->policy->zone, day) &&
           (!view->rule->working_days_only || calendar_is_working_day(view->calendar, day));
}

static struct window days_from(const struct clock_view *view, int64_t day)
{
    const struct zone *zone = view->policy->zone;
    int64_t first = day;

    while (first < day + IDLE_DAYS && !owes(view, first))
        first++;
    struct window window = {.start_at = zone_day_start(zone, first)};
    int64_t next = first + view->rule->window.amount;

    while (zone_day_start(zone, next) <= window.start_at) /* a day the zone skipped is no window */
        next++;
    window.end_at = zone_day_start(zone, next);
    return window;
}

static struct window first_days(const struct clock_view *view, msec at)
{
    int64_t day = zone_day(view->policy->zone, at);

    if (!view->rule->owes_first || !owes(view, day))
        return days_from(view, day + 1);
    return (struct window){.start_at = at, .end_at = days_from(view, day).end_at};
}

/* ---- working days ---- */

/* The closing of the `count`-th working day after the one that closes at `closing_at` (24:00 is the day
   before's). */
static msec closing_after(const struct clock_view *view, msec closing_at, int64_t count)
{
    return calendar_add_working_days(view->calendar, closing_at - 1, count);
}

/* The first closing of a working day after `at`. */
static msec next_closing(const struct clock_view *view, msec at)
{
    msec closing_at = calendar_add_working_days(view->calendar, at, 0);

    return closing_at > at ? closing_at : calendar_add_working_days(view->calendar, at, 1);
}

/* What began in the middle of a working day has that day's closing as its first; what began with a closing
 * has not. */
static msec closing_from(const struct clock_view *view, msec start_at)
{
    msec closing_at = next_closing(view, start_at);
    int64_t count = view->rule->window.amount;

    return count == 1 ? closing_at : closing_after(view, closing_at, count - 1);
}

static struct window first_working_days(const struct clock_view *view, msec at)
{
    msec closing_at = next_closing(view, at);
    int64_t count = view->rule->window.amount;

    if (!view->rule->owes_first)
        return (struct window){.start_at = closing_at, .end_at = closing_after(view, closing_at, count)};
    return (struct window){.start_at = at, .end_at = closing_from(view, at)};
}

/* ---- of any kind ---- */

static struct window span_from(const struct clock_view *view, msec at)
{
    return (struct window){.start_at = at,
                           .end_at = calendar_add_span(view->calendar, at, view->rule->window)};
}

struct window quota_window_first(const struct clock_view *view, msec at)
{
    switch (view->rule->window.unit) {
    case SPAN_DAYS:
        return first_days(view, at);
    case SPAN_WORKING_DAYS:
        return first_working_days(view, at);
    case SPAN_REAL:
    case SPAN_BUSINESS:
    case SPAN_MONTHS:
    case SPAN_WORKING_DAY_AT:
    case SPAN_DAY_AT:
    case SPAN_MONTH_DAY_AT:
        break;
    }
    return span_from(view, at);
}

struct window quota_window_next(const struct clock_view *view, msec end_at)
{
    switch (view->rule->window.unit) {
    case SPAN_DAYS:
        return days_from(view, zone_day(view->policy->zone, end_at));
    case SPAN_WORKING_DAYS:
        return (struct window){.start_at = end_at,
                               .end_at = closing_after(view, end_at, view->rule->window.amount)};
    case SPAN_REAL:
    case SPAN_BUSINESS:
    case SPAN_MONTHS:
    case SPAN_WORKING_DAY_AT:
    case SPAN_DAY_AT:
    case SPAN_MONTH_DAY_AT:
        break;
    }
    return span_from(view, end_at);
}

struct window quota_window_again(const struct clock_view *view, msec start_at)
{
    int64_t day = zone_day(view->policy->zone, start_at);

    switch (view->rule->window.unit) {
    case SPAN_DAYS:
        if (!owes(view, day))
            return days_from(view, day + 1);
        return (struct window){.start_at = start_at, .end_at = days_from(view, day).end_at};
    case SPAN_WORKING_DAYS:
        return (struct window){.start_at = start_at, .end_at = closing_from(view, start_at)};
    case SPAN_REAL:
    case SPAN_BUSINESS:
    case SPAN_MONTHS:
    case SPAN_WORKING_DAY_AT:
    case SPAN_DAY_AT:
    case SPAN_MONTH_DAY_AT:
        break;
    }
    return span_from(view, start_at);
}

bool quota_window_holds(const struct clock_policy *rule, struct window window, msec at)
{
    return at >= window.start_at &&
           (rule->window.unit == SPAN_DAYS ? at < window.end_at : at <= window.end_at);
}
