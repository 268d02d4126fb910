/* Civil dates (proleptic Gregorian) as day numbers: days since 1970-01-01, which is day 0. No zones here. */
#ifndef DUBAN_LIB_BASE_CIVIL_H
#define DUBAN_LIB_BASE_CIVIL_H

#include <stdbool.h>
#include <stdint.h>

enum civil_weekday {
    CIVIL_MONDAY,
    CIVIL_TUESDAY,
    CIVIL_WEDNESDAY,
    CIVIL_THURSDAY,
    CIVIL_FRIDAY,
    CIVIL_SATURDAY,
    CIVIL_SUNDAY,
};

/* What a wall clock and the calendar beside it show. `hour` is 0..23, and 24 only where a function says so.
 */
struct civil {
    int year, month, day; /* month 1..12, day 1..31 */
    int hour, minute, second;
};

/* Day number of a date. `month` must be 1..12; `day` may lie outside its month and then counts on from it. */
int64_t civil_day(int year, int month, int day);

/* The date of a day number; hour, minute and second are 0. */
struct civil civil_date(int64_t day_number);

/* Monday is 0. */
enum civil_weekday civil_weekday(int64_t day_number);

/* `month` must be 1..12. */
int civil_days_in_month(int year, int month);

/* Whether the calendar has this date: month 1..12, day within its month. Any year. */
bool civil_date_exists(int year, int month, int day);

/* Seconds since 1970-01-01T00:00:00 on a clock that knows no zone, and back. Hour 24 is the next midnight. */
int64_t civil_seconds(const struct civil *civil);
struct civil civil_from_seconds(int64_t seconds);

/* The same day of the month `months` later (or earlier), clipped to the end of that month. */
int64_t civil_add_months(int64_t day_number, int64_t months);

/* Reads exactly `2026-03-02` (ten characters; what follows is the caller's). False: no such form or date. */
bool civil_parse_date(const char *text, int64_t *ret_day_number);

/* Division that rounds down, for instants before 1970. `divisor` is positive. */
int64_t civil_floor(int64_t dividend, int64_t divisor);

#endif
