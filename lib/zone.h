/* A time zone: what wall clocks of a place show at an instant, and which instant a wall time means. */
#ifndef DUBAN_LIB_ZONE_H
#define DUBAN_LIB_ZONE_H

#include "lib/base/civil.h"
#include "lib/base/msec.h"
#include <stdbool.h>
#include <stddef.h>

struct zone;

/* Which instant a wall time means that the clocks show twice. A start takes the first, an end the last. */
enum zone_choice {
    ZONE_FIRST,
    ZONE_LAST,
};

/*
 * A zone from the bytes of a TZif file, version 2 or later (RFC 9636). The bytes are copied and not trusted.
 * NULL when they are no such file; then `*ret_error` is a sentence about it (static storage). Files that
 * count leap seconds ("right/…") are refused.
 */
struct zone *zone_create(const char *name, const void *tzif, size_t length, const char **ret_error)
    __attribute__((warn_unused_result));

/* The zone "UTC", without a file. */
struct zone *zone_create_utc(void) __attribute__((returns_nonnull, warn_unused_result));

void zone_destroy(struct zone *zone); /* NULL is fine */

const char *zone_name(const struct zone *zone);

/* Seconds east of UTC at an instant. */
int zone_offset_s(const struct zone *zone, msec at);

/* The wall time at an instant; milliseconds are cut off downward. `at` may not be NEVER. */
struct civil zone_civil(const struct zone *zone, msec at);

/* Day number of the wall date at an instant. */
int64_t zone_day(const struct zone *zone, msec at);

/*
 * The instant of a wall time; hour 24 is the next midnight. A time that the clocks skip becomes the first
 * instant after it that they show, so that a later wall time never gives an earlier instant (domain rule 16).
 */
msec zone_instant(const struct zone *zone, const struct civil *civil, enum zone_choice choice);

/* The same for a minute (0..1440, or more) of the day with that number: 02:30 is minute 150. */
msec zone_minute(const struct zone *zone, int64_t day_number, int minute, enum zone_choice choice);

/* Whether the wall clocks ever show this time: the date exists, the time exists, and it is not skipped. */
bool zone_civil_exists(const struct zone *zone, const struct civil *civil);

/*
 * The first instant of a civil day: [zone_day_start(d), zone_day_start(d + 1)) is the civil day d. A day that
 * the zone skipped (Apia, 2011-12-30) is empty: it starts where the next one does.
 */
msec zone_day_start(const struct zone *zone, int64_t day_number);

/* False only for a day that the zone skipped whole. */
bool zone_day_exists(const struct zone *zone, int64_t day_number);

#endif
