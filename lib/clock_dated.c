/*
 * `due = 5wd before field.expires_on 17:00`: when a date says so.
 *
 * Called by clock.c for the rules that have such a line. The date is looked up whenever the deadline is
 * counted (field_path.c), so that it moves with what the ticket or its record says; nothing of it is
 * remembered but the deadline itself. Days are counted as those of schedules are; without a time the day's
 * closing counts, since what is owed by a day may be done in all of it.
 */
#include "lib/clock_dated.h"

#include "lib/base/civil.h"
#include "lib/base/instant.h"

#define NOON (12 * 60)

bool clock_is_dated(const struct clock_policy *rule)
{
    return rule->due.text != NULL;
}

struct span clock_dated_budget(const struct clock_policy *rule)
{
    bool by_calendar = rule->due.offset.unit == SPAN_WORKING_DAYS || rule->due.minute < 0;

    return (struct span){.unit = by_calendar ? SPAN_WORKING_DAY_AT : SPAN_DAY_AT};
}

/* The day so long before or after; `*ret_day` is unchanged without an offset. */
static void shift(const struct clock_view *view, int64_t *day)
{
    const struct due_policy *due = &view->rule->due;
    int64_t amount = due->is_before ? -due->offset.amount : due->offset.amount;

    if (due->offset.unit == SPAN_MONTHS)
        *day = civil_add_months(*day, amount);
    else if (due->offset.unit == SPAN_DAYS)
        *day += amount;
    else if (due->offset.unit == SPAN_WORKING_DAYS && amount)
        *day = zone_day(calendar_zone(view->calendar),
                        due->is_before
                            ? calendar_before_working_days(view->calendar, *day, due->offset.amount, NOON)
                            : calendar_after_working_days(view->calendar, *day, amount, NOON));
}

static msec at_time(const struct clock_view *view, int64_t day, int minute)
{
    msec close_at = minute < 0 ? calendar_day_close(view->calendar, day) : NEVER;

    if (close_at != NEVER)
        return close_at;
    return zone_minute(view->policy->zone, day, minute < 0 ? 24 * 60 : minute, ZONE_LAST);
}

static msec around_instant(const struct clock_view *view, msec at)
{
    const struct due_policy *due = &view->rule->due;
    struct span offset = due->offset;
    struct civil civil = zone_civil(view->policy->zone, at);
    int64_t day = zone_day(view->policy->zone, at);

    if (offset.unit == SPAN_REAL || offset.unit == SPAN_BUSINESS) {
        offset.amount = due->is_before ? -offset.amount : offset.amount;
        at = calendar_add_span(view->calendar, at, offset);
        return due->minute < 0 || at == NEVER ? at
                                              : at_time(view, zone_day(view->policy->zone, at), due->minute);
    }
    shift(view, &day);
    return at_time(view, day, due->minute < 0 ? civil.hour * 60 + civil.minute : due->minute);
}

msec clock_dated_at(const struct clock_view *view)
{
    const char *text = field_path_text(&view->records, view->policy, view->ticket, view->rule->due.path);
    int64_t day;
    msec at;

    if (!text)
        return NEVER;
    if (field_path_field(view->policy, view->rule->due.path)->kind == FIELD_INSTANT)
        return instant_parse(text, &at) == INSTANT_OK ? around_instant(view, at) : NEVER;
    if (!civil_parse_date(text, &day))
        return NEVER;
    shift(view, &day);
    return at_time(view, day, view->rule->due.minute);
}
