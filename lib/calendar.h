/*
 * A calendar: when an organisation, a department or a customer is at work, and what a span of business time
 * or of working days comes to. Pure arithmetic over a zone and a table of days.
 */
#ifndef DUBAN_LIB_CALENDAR_H
#define DUBAN_LIB_CALENDAR_H

#include "lib/base/msec.h"
#include "lib/base/span.h"
#include "lib/zone.h"
#include <stdbool.h>

struct calendar;
struct calendar_days;

/*
 * A calendar from INI text (see calendar_file.c for the format). `find_zone` gives the zone of a name or
 * NULL; it is borrowed and must outlive the calendar. NULL: the text was refused and `*ret_error` is
 * "file:line: what is wrong (hint)", to be freed; `file_name` only appears there.
 */
struct calendar *calendar_compile(const char *file_name, const char *ini_text,
                                  struct zone *(*find_zone)(void *context, const char *name), void *context,
                                  char **ret_error) __attribute__((warn_unused_result));

/*
 * Open every day from one minute of the day to another, 0..1440 each: 08:30-20:00 is 510, 1200. A close at or
 * before the open lies past midnight (1320, 360 is 22:00-06:00), so 0, 1440 and 480, 480 are around the
 * clock.
 */
struct calendar *calendar_create_daily(const char *name, const struct zone *zone, int open_minute,
                                       int close_minute) __attribute__((returns_nonnull, warn_unused_result));

/* Around the clock; its name is "always". */
struct calendar *calendar_create_always(const struct zone *zone)
    __attribute__((returns_nonnull, warn_unused_result));

/* From facts, which the calendar takes over (`*days` is empty afterwards). For calendar_file.c. */
struct calendar *calendar_create(const char *name, const struct zone *zone, struct calendar_days *days,
                                 int64_t last_known_day) __attribute__((returns_nonnull, warn_unused_result));

void calendar_destroy(struct calendar *calendar); /* NULL is fine */

/* Reads `08:30-20:00`, as a customer's staffed hours are typed. False: not such hours. */
bool calendar_parse_hours(const char *text, int *ret_open_minute, int *ret_close_minute);

const char *calendar_name(const struct calendar *calendar);
const struct zone *calendar_zone(const struct calendar *calendar);

/* SHA-256 of the text it was read from, as hex ("" for one that was made), and whether that text was imported
   and stands in no file. Whoever read the text sets both. */
const char *calendar_digest(const struct calendar *calendar);
bool calendar_is_imported(const struct calendar *calendar);
void calendar_set_version(struct calendar *calendar, const char *digest, bool is_imported);

/* The last day that the facts cover; INT64_MAX when they have no end. */
int64_t calendar_last_known_day(const struct calendar *calendar);

/* Whether two calendars say the same of a day: the zone and the hours. */
bool calendar_is_same_day(const struct calendar *calendar, const struct calendar *other, int64_t day_number);

/* "元旦 | New Year": the name of the holiday, make-up day or short day; NULL on an ordinary day. */
const char *calendar_day_name(const struct calendar *calendar, int64_t day_number);

/* Whether the civil day of an instant lies behind the last day that the holiday facts cover. */
bool calendar_is_provisional(const struct calendar *calendar, msec at);

/* Whether the day has any hours (and was not skipped by its zone). */
bool calendar_is_working_day(const struct calendar *calendar, int64_t day_number);

/*
 * Openings belong to the open time, closings do not. An opening in an hour that comes twice is the first, a
 * closing the last; a skipped one moves forward (domain rule 16).
 */
bool calendar_is_open(const struct calendar *calendar, msec at);

/* The first instant at or after `at` that is open; NEVER when none is for four years. */
msec calendar_next_open(const struct calendar *calendar, msec at);

/* The first closing after `at`: of the hours running at `at`, or of the next ones. NEVER as above. */
msec calendar_next_close(const struct calendar *calendar, msec at);

/*
 * `Nbh`: the instant at which `span_ms` of open time have passed. Begins at the next opening when `start_at`
 * is closed; a budget used up exactly at closing is due at that closing; a span of 0 is `start_at` when that
 * is open or a closing, else the next opening. A negative span counts backward in the same way: the latest
 * instant with that much open time between it and `start_at`. NEVER when four years go by without hours, or
 * four hundred in all.
 */
msec calendar_add_ms(const struct calendar *calendar, msec start_at, int64_t span_ms);

/* Open time between two instants; negative when `to_at` is earlier. NEVER when an end is NEVER. */
int64_t calendar_between_ms(const struct calendar *calendar, msec from_at, msec to_at);

/*
 * `Nwd`: the closing of the N-th working day strictly after the civil day of `anchor_at` (24:00 around the
 * clock). `count` 0 is the closing of that day itself or, when it is a rest day, of the next working day; it
 * may lie before the anchor. NEVER when four years go by without a working day.
 */
msec calendar_add_working_days(const struct calendar *calendar, msec anchor_at, int64_t count);

/* The same of a day, at that minute of it, or its last when it comes twice: `next wd 16:00`. */
msec calendar_after_working_days(const struct calendar *calendar, int64_t day_number, int64_t count,
                                 int minute);

/* When the last hours of a day end; NEVER on a rest day. */
msec calendar_day_close(const struct calendar *calendar, int64_t day_number);

/*
 * `-Nwd` before a date: the N-th working day strictly before it, at that minute of the day. `count` 0 is the
 * day itself or, when it is a rest day, the working day before it.
 */
msec calendar_before_working_days(const struct calendar *calendar, int64_t day_number, int64_t count,
                                  int minute);

/* That minute of the day, or of the next working day when it is a rest day. */
msec calendar_roll_forward(const struct calendar *calendar, int64_t day_number, int minute);

/*
 * `anchor_at` plus a span of any unit. Days and months keep the local time; where that comes twice the last
 * is taken, because the result is an end. Negative working days end at 09:00 of the day unless the span says
 * when. NEVER stays NEVER.
 */
msec calendar_add_span(const struct calendar *calendar, msec anchor_at, struct span span);

/*
 * How much time of a kind lies between two instants, counted as calendar_add_span() adds it: the largest span
 * of the unit that leads from the one no further than to the other. `Nwd` are working days that have closed.
 * `*ret_rest_ms` is the real time left over (0 for real and business time, which leave none). Counted from
 * the earlier and negative when `to_at` is it; of a civil instant, its days. NEVER when an end is.
 */
struct span calendar_between(const struct calendar *calendar, msec from_at, msec to_at, enum span_unit unit,
                             int64_t *ret_rest_ms);

#endif
