/* The Chinese lunisolar calendar (农历) of 1901-2100: lunar dates, and the civil days of the festivals. */
#ifndef DUBAN_LIB_LUNAR_H
#define DUBAN_LIB_LUNAR_H

#include <stdbool.h>
#include <stdint.h>

#define LUNAR_FIRST_YEAR 1901 /* civil years for festivals, lunar years for dates */
#define LUNAR_LAST_YEAR  2100

/* The lunar year bears the number of the civil year in which it begins. */
struct lunar {
    int year, month, day; /* month 1..12, day 1..30 */
    bool is_leap;         /* 闰: the second month of that number */
};

enum lunar_festival {
    LUNAR_SPRING_FESTIVAL, /* 春节, 1st of the 1st month */
    LUNAR_LANTERN,         /* 元宵, 15th of the 1st */
    LUNAR_QINGMING,        /* 清明, a solar term: the sun at 15° */
    LUNAR_DRAGON_BOAT,     /* 端午, 5th of the 5th */
    LUNAR_QIXI,            /* 七夕, 7th of the 7th */
    LUNAR_MID_AUTUMN,      /* 中秋, 15th of the 8th */
    LUNAR_DOUBLE_NINTH,    /* 重阳, 9th of the 9th */
    LUNAR_NEW_YEARS_EVE,   /* 除夕, the day before 春节 */
};

#define LUNAR_FESTIVALS (LUNAR_NEW_YEARS_EVE + 1)

/*
 * The civil day (day number) of a festival in a civil year; 除夕 is the eve that falls in that year, so it
 * ends the lunar year before. Never a leap month's day. False: the year is not 1901..2100.
 */
bool lunar_festival(enum lunar_festival festival, int civil_year, int64_t *ret_day_number)
    __attribute__((warn_unused_result));

const char *lunar_festival_name(enum lunar_festival festival);  /* "spring_festival" */
const char *lunar_festival_title(enum lunar_festival festival); /* "春节" */

/* The festival of a name as above. False: there is none. */
bool lunar_festival_parse(const char *name, enum lunar_festival *ret_festival)
    __attribute__((warn_unused_result));

/* The lunar date of a civil day from 1901-01-01 to the end of the lunar year 2100 (2101-01-28); else false.
 */
bool lunar_date(int64_t day_number, struct lunar *ret_lunar) __attribute__((warn_unused_result));

/* The civil day of a lunar date. False: there is no such date, or it lies outside of what lunar_date() knows.
 */
bool lunar_day(const struct lunar *lunar, int64_t *ret_day_number) __attribute__((warn_unused_result));

/* The month after which a leap month of the same number stands; 0: none in that year, or the year is unknown.
 */
int lunar_leap_month(int lunar_year);

/* 29 or 30; 0 when there is no such month, or the year is unknown. */
int lunar_days_in_month(int lunar_year, int month, bool is_leap);

#endif
