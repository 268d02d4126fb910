/* The facts of a calendar: which hours a civil day has. No zone, no instants. */
#ifndef DUBAN_LIB_CALENDAR_DAYS_H
#define DUBAN_LIB_CALENDAR_DAYS_H

#include "lib/base/civil.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CALENDAR_DAYS_INTERVALS 8 /* most intervals in one day */
#define CALENDAR_DAYS_MIDNIGHT  1440

struct calendar_interval {
    int16_t open_minute, close_minute; /* 0 <= open < close <= 1440 */
};

/* Ascending; none overlaps another. No intervals: the day is closed. */
struct calendar_hours {
    size_t count;
    struct calendar_interval intervals[CALENDAR_DAYS_INTERVALS];
};

/* A day that does not keep its weekday's hours. */
struct calendar_exception {
    int64_t day_number;
    struct calendar_hours hours;
    char *name; /* "元旦 | New Year"; "" when it has none; owned */
};

struct calendar_days {
    struct calendar_hours week[7];         /* by enum civil_weekday */
    struct calendar_exception *exceptions; /* ascending by day, each day once */
    size_t exception_count, exception_capacity;
};

void calendar_days_init(struct calendar_days *days); /* closed on every day */
void calendar_days_finish(struct calendar_days *days);

/* False: there is an exception on that day already, and nothing was added. */
bool calendar_days_add(struct calendar_days *days, int64_t day_number, const struct calendar_hours *hours,
                       const char *name);

/* Number of the first exception on or after a day; exception_count when there is none. */
size_t calendar_days_find(const struct calendar_days *days, int64_t day_number);

/* The exception on a day, or NULL when the week decides. */
const struct calendar_exception *calendar_days_exception(const struct calendar_days *days,
                                                         int64_t day_number);

/* The hours of a day. */
const struct calendar_hours *calendar_days_hours(const struct calendar_days *days, int64_t day_number);

/* Whether every day is open from midnight to midnight. */
bool calendar_days_always(const struct calendar_days *days);

/*
 * Adds one interval behind those that are there; touching ones are joined. False: it is empty or does not end
 * by midnight, it begins before the last one ends, or the day is full.
 */
bool calendar_days_add_interval(struct calendar_hours *hours, int open_minute, int close_minute);

#endif
