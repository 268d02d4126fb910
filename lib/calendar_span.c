/*
 * Spans of every unit, added to an instant and found again between two.
 *
 * Used by clocks (what is due), schedules (how long before) and reports (how long it took). What one function
 * adds the other must find: a report that counts working days otherwise than the deadline did would say
 * "3 working days" of what was due after 2. So calendar_between() is defined by calendar_add_span(), as the
 * largest span that does not lead too far, and the property test holds them together in every zone.
 */
#include "lib/calendar.h"

#define NOON    (12 * 60)
#define MORNING (9 * 60) /* when "before" is due unless somebody says otherwise */

/* The local time of `at` on another day. Milliseconds stay, unless the clocks skip the time. */
static msec same_time(const struct zone *zone, msec at, int64_t day_number)
{
    struct civil civil = zone_civil(zone, at), date = civil_date(day_number);

    civil.year = date.year;
    civil.month = date.month;
    civil.day = date.day;
    msec moved_at = zone_instant(zone, &civil, ZONE_LAST);

    return zone_civil_exists(zone, &civil) ? moved_at + at - civil_floor(at, MSEC_SECOND) * MSEC_SECOND
                                           : moved_at;
}

static msec add_days(const struct zone *zone, msec anchor_at, int64_t days)
{
    return days ? same_time(zone, anchor_at, zone_day(zone, anchor_at) + days) : anchor_at;
}

static msec add_months(const struct zone *zone, msec anchor_at, int64_t months)
{
    return months ? same_time(zone, anchor_at, civil_add_months(zone_day(zone, anchor_at), months))
                  : anchor_at;
}

/* `minute` is when a day before the anchor's is meant. */
static msec add_working_days(const struct calendar *calendar, msec anchor_at, int64_t count, int minute)
{
    if (count >= 0)
        return calendar_add_working_days(calendar, anchor_at, count);
    return calendar_before_working_days(calendar, zone_day(calendar_zone(calendar), anchor_at), -count,
                                        minute);
}

static msec add_working_day_at(const struct calendar *calendar, msec anchor_at, struct span span)
{
    if (span.amount < 0)
        return add_working_days(calendar, anchor_at, span.amount, span.minute);
    return calendar_after_working_days(calendar, zone_day(calendar_zone(calendar), anchor_at), span.amount,
                                       span.minute);
}

static msec add_real(msec at, int64_t span_ms)
{
    msec sum_at;

    return __builtin_add_overflow(at, span_ms, &sum_at) ? NEVER : sum_at;
}

/* `day`th of the month that begins with `first_day`, or the month's last. */
static int64_t day_of_month(int64_t first_day, int64_t day)
{
    int64_t length = civil_add_months(first_day, 1) - first_day;

    return first_day + (day < length ? day : length) - 1;
}

static msec on_rolled_day(const struct calendar *calendar, int64_t day, struct span span)
{
    const struct zone *zone = calendar_zone(calendar);
    msec noon_at = span.roll < 0 ? calendar_before_working_days(calendar, day, 0, NOON) : 0;

    if (span.roll > 0)
        return calendar_after_working_days(calendar, day - 1, 1, span.minute);
    if (noon_at == NEVER)
        return NEVER;
    return zone_minute(zone, span.roll < 0 ? zone_day(zone, noon_at) : day, span.minute, ZONE_LAST);
}

/* The first after the anchor, beginning with last month's, which may have rolled into this one. */
static msec add_month_day_at(const struct calendar *calendar, msec anchor_at, struct span span)
{
    const struct zone *zone = calendar_zone(calendar);
    int64_t today = zone_day(zone, anchor_at);
    int64_t first_day = today - civil_date(today).day + 1;
    msec at = anchor_at;

    for (int64_t month = -1; at != NEVER && at <= anchor_at; month++) {
        int64_t day = day_of_month(civil_add_months(first_day, month), span.amount);

        at = on_rolled_day(calendar, day, span);
    }
    return at;
}

msec calendar_add_span(const struct calendar *calendar, msec anchor_at, struct span span)
{
    const struct zone *zone = calendar_zone(calendar);

    if (anchor_at == NEVER)
        return NEVER;
    switch (span.unit) {
    case SPAN_REAL:
        return add_real(anchor_at, span.amount);
    case SPAN_BUSINESS:
        return calendar_add_ms(calendar, anchor_at, span.amount);
    case SPAN_WORKING_DAYS:
        return add_working_days(calendar, anchor_at, span.amount, MORNING);
    case SPAN_DAYS:
        return add_days(zone, anchor_at, span.amount);
    case SPAN_MONTHS:
        return add_months(zone, anchor_at, span.amount);
    case SPAN_WORKING_DAY_AT:
        return add_working_day_at(calendar, anchor_at, span);
    case SPAN_MONTH_DAY_AT:
        return add_month_day_at(calendar, anchor_at, span);
    case SPAN_DAY_AT:
        break;
    }
    return zone_minute(zone, zone_day(zone, anchor_at) + span.amount, span.minute, ZONE_LAST);
}

/* ---- between ---- */

static int64_t count_working_days(const struct calendar *calendar, msec from_at, msec to_at)
{
    const struct zone *zone = calendar_zone(calendar);
    int64_t last_day = zone_day(zone, to_at), count = 0;

    for (int64_t day = zone_day(zone, from_at) + 1; day <= last_day; day++)
        count += calendar_day_close(calendar, day) <= to_at; /* NEVER on rest days */
    return count;
}

/* A first guess at how many days or months: right but for one, or two where the clocks change at midnight. */
static int64_t guess(const struct zone *zone, msec from_at, msec to_at, enum span_unit unit)
{
    int64_t from_day = zone_day(zone, from_at), to_day = zone_day(zone, to_at);
    struct civil from = civil_date(from_day), to = civil_date(to_day);

    return unit == SPAN_DAYS ? to_day - from_day : (to.year - from.year) * 12 + to.month - from.month;
}

static int64_t count_civil(const struct calendar *calendar, msec from_at, msec to_at, enum span_unit unit)
{
    struct span span = {.unit = unit, .amount = guess(calendar_zone(calendar), from_at, to_at, unit)};

    while (span.amount > 0 && calendar_add_span(calendar, from_at, span) > to_at)
        span.amount--;
    for (span.amount++; calendar_add_span(calendar, from_at, span) <= to_at;)
        span.amount++;
    return span.amount - 1;
}

static int64_t count(const struct calendar *calendar, msec from_at, msec to_at, enum span_unit unit)
{
    switch (unit) {
    case SPAN_REAL:
        return to_at - from_at;
    case SPAN_BUSINESS:
        return calendar_between_ms(calendar, from_at, to_at);
    case SPAN_WORKING_DAYS:
    case SPAN_WORKING_DAY_AT:
        return count_working_days(calendar, from_at, to_at);
    case SPAN_DAYS:
    case SPAN_DAY_AT:
    case SPAN_MONTH_DAY_AT:
        return count_civil(calendar, from_at, to_at, SPAN_DAYS);
    case SPAN_MONTHS:
        break;
    }
    return count_civil(calendar, from_at, to_at, SPAN_MONTHS);
}

static enum span_unit unit_counted(enum span_unit unit)
{
    return unit == SPAN_WORKING_DAY_AT                        ? SPAN_WORKING_DAYS
           : unit == SPAN_DAY_AT || unit == SPAN_MONTH_DAY_AT ? SPAN_DAYS
                                                              : unit;
}

struct span calendar_between(const struct calendar *calendar, msec from_at, msec to_at, enum span_unit unit,
                             int64_t *ret_rest_ms)
{
    struct span span = {.unit = unit_counted(unit), .amount = NEVER};

    *ret_rest_ms = 0;
    if (from_at == NEVER || to_at == NEVER)
        return span;
    if (to_at < from_at) {
        span = calendar_between(calendar, to_at, from_at, unit, ret_rest_ms);
        span.amount = -span.amount;
        *ret_rest_ms = -*ret_rest_ms;
        return span;
    }
    span.amount = count(calendar, from_at, to_at, span.unit);
    bool leaves_none = span.unit == SPAN_REAL || span.unit == SPAN_BUSINESS;

    if (!leaves_none)
        *ret_rest_ms = to_at - (span.amount ? calendar_add_span(calendar, from_at, span) : from_at);
    return span;
}
