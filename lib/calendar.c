/*
 * Calendar arithmetic: openings, closings, business time, working days.
 *
 * The policy judges with it and explain prints its segments; calendar_span.c adds spans of every unit with
 * it, calendar_file.c makes calendars from text. A calendar is constant once created and borrows its zone.
 *
 * Everything walks civil days and asks the zone for the instant of each opening and closing. Never adding
 * 86,400 seconds is the whole point: a day has 23, 25 or, on Lord Howe Island, 23.5 hours, and Samoa had one
 * with none. The zone's answers ascend with wall time, so walking days in order gives openings and closings
 * in order. Where clocks go back, two intervals may overlap; each walk therefore keeps a cursor and counts
 * only what lies beyond it, which makes the open time the union of the intervals.
 *
 * A table of openings for years ahead was not built: a walk of a few days costs tens of nanoseconds, and a
 * desk may hold a calendar for every customer.
 */
#include "lib/calendar.h"

#include "lib/base/memory.h"
#include "lib/calendar_days.h"
#include <stdlib.h>
#include <string.h>

#define IDLE_DAYS    (4 * 366)   /* a calendar without hours for so long has none */
#define FARTHEST_DAY (400 * 366) /* days from the start; no promise is that long */

struct calendar {
    char *name, *digest;
    const struct zone *zone; /* borrowed */
    struct calendar_days days;
    int64_t last_known_day; /* INT64_MAX when the facts have no end */
    bool is_always, is_imported;
};

/* Creation */

struct calendar *calendar_create(const char *name, const struct zone *zone, struct calendar_days *days,
                                 int64_t last_known_day)
{
    struct calendar *calendar = memory_new(1, sizeof(*calendar));

    calendar->name = memory_text(name);
    calendar->digest = memory_text("");
    calendar->zone = zone;
    calendar->days = *days;
    calendar->last_known_day = last_known_day;
    calendar->is_always = calendar_days_always(days);
    calendar_days_init(days);
    return calendar;
}

struct calendar *calendar_create_daily(const char *name, const struct zone *zone, int open_minute,
                                       int close_minute)
{
    struct calendar_days days;
    struct calendar_hours hours = {.count = 0};

    calendar_days_init(&days);
    if (close_minute <= open_minute) {
        calendar_days_add_interval(&hours, 0, close_minute);
        calendar_days_add_interval(&hours, open_minute, CALENDAR_DAYS_MIDNIGHT);
    } else {
        calendar_days_add_interval(&hours, open_minute, close_minute);
    }
    for (int weekday = 0; weekday < 7; weekday++)
        days.week[weekday] = hours;
    return calendar_create(name, zone, &days, INT64_MAX);
}

struct calendar *calendar_create_always(const struct zone *zone)
{
    return calendar_create_daily("always", zone, 0, CALENDAR_DAYS_MIDNIGHT);
}

void calendar_destroy(struct calendar *calendar)
{
    if (!calendar)
        return;
    free(calendar->name);
    free(calendar->digest);
    calendar_days_finish(&calendar->days);
    free(calendar);
}

/* Plain questions */

const char *calendar_name(const struct calendar *calendar)
{
    return calendar->name;
}

const struct zone *calendar_zone(const struct calendar *calendar)
{
    return calendar->zone;
}

const char *calendar_digest(const struct calendar *calendar)
{
    return calendar->digest;
}

bool calendar_is_imported(const struct calendar *calendar)
{
    return calendar->is_imported;
}

void calendar_set_version(struct calendar *calendar, const char *digest, bool is_imported)
{
    free(calendar->digest);
    calendar->digest = memory_text(digest);
    calendar->is_imported = is_imported;
}

int64_t calendar_last_known_day(const struct calendar *calendar)
{
    return calendar->last_known_day;
}

static bool is_same_hours(const struct calendar_hours *one, const struct calendar_hours *other)
{
    bool is_same = one->count == other->count;

    for (size_t i = 0; is_same && i < one->count; i++)
        is_same = one->intervals[i].open_minute == other->intervals[i].open_minute &&
                  one->intervals[i].close_minute == other->intervals[i].close_minute;
    return is_same;
}

bool calendar_is_same_day(const struct calendar *calendar, const struct calendar *other, int64_t day_number)
{
    return strcmp(zone_name(calendar->zone), zone_name(other->zone)) == 0 &&
           is_same_hours(calendar_days_hours(&calendar->days, day_number),
                         calendar_days_hours(&other->days, day_number));
}

const char *calendar_day_name(const struct calendar *calendar, int64_t day_number)
{
    const struct calendar_exception *exception = calendar_days_exception(&calendar->days, day_number);

    return exception ? exception->name : NULL;
}

bool calendar_is_provisional(const struct calendar *calendar, msec at)
{
    if (at == NEVER || calendar->last_known_day == INT64_MAX)
        return false;
    return zone_day(calendar->zone, at) > calendar->last_known_day;
}

bool calendar_is_working_day(const struct calendar *calendar, int64_t day_number)
{
    return calendar_days_hours(&calendar->days, day_number)->count > 0 &&
           zone_day_exists(calendar->zone, day_number);
}

/* Walking over intervals */

struct walk {
    const struct calendar *calendar;
    int64_t day_number, idle_days, days;
    const struct calendar_hours *hours;
    size_t next;            /* interval of the day, counted from the walk's own end of it */
    msec open_at, close_at; /* of the interval that the walk stands on */
};

/* A walk in either direction begins a day early: a closing may be pushed into the next day by the clocks. */
static struct walk begin(const struct calendar *calendar, msec at, int direction)
{
    int64_t day_number = zone_day(calendar->zone, at) - direction;

    return (struct walk){.calendar = calendar,
                         .day_number = day_number,
                         .hours = calendar_days_hours(&calendar->days, day_number)};
}

/* To the next interval of nonzero length in that direction (1 or -1). False: there is none within reason. */
static bool step(struct walk *walk, int direction)
{
    const struct calendar *calendar = walk->calendar;

    while (walk->idle_days <= IDLE_DAYS && walk->days <= FARTHEST_DAY) {
        if (walk->next == walk->hours->count) {
            walk->day_number += direction;
            walk->hours = calendar_days_hours(&calendar->days, walk->day_number);
            walk->next = 0;
            walk->days++;
            walk->idle_days++;
            continue;
        }
        size_t i = direction > 0 ? walk->next : walk->hours->count - 1 - walk->next;
        const struct calendar_interval *interval = &walk->hours->intervals[i];

        walk->next++;
        walk->open_at = zone_minute(calendar->zone, walk->day_number, interval->open_minute, ZONE_FIRST);
        walk->close_at = zone_minute(calendar->zone, walk->day_number, interval->close_minute, ZONE_LAST);
        if (walk->close_at <= walk->open_at) /* skipped by the clocks, as all of a lost day's are */
            continue;
        walk->idle_days = 0;
        return true;
    }
    return false;
}

static msec later(msec one_at, msec other_at)
{
    return one_at > other_at ? one_at : other_at;
}

static msec earlier(msec one_at, msec other_at)
{
    return one_at < other_at ? one_at : other_at;
}

static msec add_saturated(msec at, int64_t span_ms)
{
    msec sum_at;

    return __builtin_add_overflow(at, span_ms, &sum_at) ? NEVER : sum_at;
}

/* Openings and closings */

bool calendar_is_open(const struct calendar *calendar, msec at)
{
    return at != NEVER && calendar_next_open(calendar, at) == at;
}

msec calendar_next_open(const struct calendar *calendar, msec at)
{
    if (at == NEVER || calendar->is_always)
        return at;
    struct walk walk = begin(calendar, at, 1);

    while (step(&walk, 1))
        if (walk.close_at > at)
            return later(walk.open_at, at);
    return NEVER;
}

msec calendar_next_close(const struct calendar *calendar, msec at)
{
    if (at == NEVER || calendar->is_always)
        return NEVER;
    struct walk walk = begin(calendar, at, 1);
    msec close_at = NEVER;

    /* intervals that touch (24:00 and 00:00) are one, so a closing is final only when the next opening is
     * later */
    while (step(&walk, 1)) {
        if (walk.close_at <= at)
            continue;
        if (close_at != NEVER && walk.open_at > close_at)
            return close_at;
        close_at = walk.close_at;
        if (close_at - at > IDLE_DAYS * MSEC_DAY)
            return NEVER;
    }
    return close_at;
}

/* Business time */

static msec add_forward(const struct calendar *calendar, msec start_at, int64_t left_ms)
{
    struct walk walk = begin(calendar, start_at, 1);
    msec cursor_at = start_at;

    while (step(&walk, 1)) {
        if (walk.close_at < cursor_at)
            continue;
        msec from_at = later(walk.open_at, cursor_at);
        int64_t there_ms = walk.close_at - from_at;

        if (left_ms <= there_ms)
            return from_at + left_ms;
        left_ms -= there_ms;
        cursor_at = walk.close_at;
    }
    return NEVER;
}

static msec add_backward(const struct calendar *calendar, msec start_at, int64_t left_ms)
{
    struct walk walk = begin(calendar, start_at, -1);
    msec cursor_at = start_at;

    while (step(&walk, -1)) {
        if (walk.open_at > cursor_at)
            continue;
        msec to_at = earlier(walk.close_at, cursor_at);
        int64_t there_ms = to_at - walk.open_at;

        if (left_ms <= there_ms)
            return to_at - left_ms;
        left_ms -= there_ms;
        cursor_at = walk.open_at;
    }
    return NEVER;
}

msec calendar_add_ms(const struct calendar *calendar, msec start_at, int64_t span_ms)
{
    if (start_at == NEVER)
        return NEVER;
    if (calendar->is_always)
        return add_saturated(start_at, span_ms);
    return span_ms >= 0 ? add_forward(calendar, start_at, span_ms)
                        : add_backward(calendar, start_at, -span_ms);
}

int64_t calendar_between_ms(const struct calendar *calendar, msec from_at, msec to_at)
{
    if (from_at == NEVER || to_at == NEVER)
        return NEVER;
    if (calendar->is_always)
        return to_at - from_at;
    if (to_at < from_at)
        return -calendar_between_ms(calendar, to_at, from_at);
    struct walk walk = begin(calendar, from_at, 1);
    msec cursor_at = from_at;
    int64_t sum_ms = 0;

    while (step(&walk, 1) && walk.open_at < to_at) {
        msec open_at = later(walk.open_at, cursor_at), close_at = earlier(walk.close_at, to_at);

        if (close_at <= open_at)
            continue;
        sum_ms += close_at - open_at;
        cursor_at = close_at;
    }
    return sum_ms;
}

/* Working days */

/*
 * The `count`-th working day from `*day_number`, which is itself looked at (as the first when count is 1).
 * False: four years without one.
 */
static bool find_working_day(const struct calendar *calendar, int direction, int64_t count,
                             int64_t *day_number)
{
    for (int idle_days = 0; idle_days <= IDLE_DAYS; idle_days++, *day_number += direction) {
        if (!calendar_is_working_day(calendar, *day_number))
            continue;
        if (--count <= 0)
            return true;
        idle_days = 0;
    }
    return false;
}

/* The N-th strictly beyond a day; with 0 the day itself is looked at, and then those beyond it. */
static bool find_beyond(const struct calendar *calendar, int direction, int64_t count, int64_t *day_number)
{
    if (count > 0)
        *day_number += direction;
    return find_working_day(calendar, direction, count, day_number);
}

msec calendar_day_close(const struct calendar *calendar, int64_t day_number)
{
    const struct calendar_hours *hours = calendar_days_hours(&calendar->days, day_number);

    if (!calendar_is_working_day(calendar, day_number))
        return NEVER;
    return zone_minute(calendar->zone, day_number, hours->intervals[hours->count - 1].close_minute,
                       ZONE_LAST);
}

msec calendar_add_working_days(const struct calendar *calendar, msec anchor_at, int64_t count)
{
    if (anchor_at == NEVER)
        return NEVER;
    int64_t day_number = zone_day(calendar->zone, anchor_at);

    return find_beyond(calendar, 1, count, &day_number) ? calendar_day_close(calendar, day_number) : NEVER;
}

msec calendar_after_working_days(const struct calendar *calendar, int64_t day_number, int64_t count,
                                 int minute)
{
    if (!find_beyond(calendar, 1, count, &day_number))
        return NEVER;
    return zone_minute(calendar->zone, day_number, minute, ZONE_LAST);
}

msec calendar_before_working_days(const struct calendar *calendar, int64_t day_number, int64_t count,
                                  int minute)
{
    if (!find_beyond(calendar, -1, count, &day_number))
        return NEVER;
    return zone_minute(calendar->zone, day_number, minute, ZONE_FIRST);
}

msec calendar_roll_forward(const struct calendar *calendar, int64_t day_number, int minute)
{
    if (!find_beyond(calendar, 1, 0, &day_number))
        return NEVER;
    return zone_minute(calendar->zone, day_number, minute, ZONE_FIRST);
}
