/*
 * Arithmetic on civil dates: day numbers, months, weekdays.
 *
 * Everything that must step over dates (calendars, zones, schedules) does it here and in whole days, because
 * a civil day is not 86,400 seconds and a month is not thirty days. Owns nothing, knows no zone.
 *
 * Invariant: civil_date() and civil_day() are inverse over every day number whose year fits an int.
 *
 * A year is taken to begin in March, so that the leap day is the last of it: then the day of the year is a
 * straight line over the months (153 days in five) and no table of month lengths is searched. mktime() and
 * gmtime() were not used: they touch process-wide state and know one zone.
 */
#include "lib/base/civil.h"

#include <assert.h>

#define DAYS_IN_ERA     INT64_C(146097) /* 400 years */
#define DAYS_BEFORE_ERA INT64_C(719468) /* 0000-03-01 to 1970-01-01 */
#define SECONDS_IN_DAY  INT64_C(86400)

int64_t civil_floor(int64_t dividend, int64_t divisor)
{
    int64_t quotient = dividend / divisor;

    return quotient - (dividend % divisor < 0);
}

int64_t civil_day(int year, int month, int day)
{
    assert(month >= 1 && month <= 12);
    int64_t march_year = (int64_t)year - (month <= 2);
    int64_t era = civil_floor(march_year, 400);
    int64_t year_of_era = march_year - era * 400;
    int64_t day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;

    return era * DAYS_IN_ERA + day_of_era - DAYS_BEFORE_ERA;
}

struct civil civil_date(int64_t day_number)
{
    int64_t shifted = day_number + DAYS_BEFORE_ERA;
    int64_t era = civil_floor(shifted, DAYS_IN_ERA);
    int day_of_era = (int)(shifted - era * DAYS_IN_ERA);
    int year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int march_month = (5 * day_of_year + 2) / 153;
    int month = march_month < 10 ? march_month + 3 : march_month - 9;

    return (struct civil){
        .year = (int)(era * 400) + year_of_era + (month <= 2),
        .month = month,
        .day = day_of_year - (153 * march_month + 2) / 5 + 1,
    };
}

enum civil_weekday civil_weekday(int64_t day_number)
{
    int64_t since_monday = (day_number + CIVIL_THURSDAY) % 7; /* 1970-01-01 was a Thursday */

    return (enum civil_weekday)(since_monday < 0 ? since_monday + 7 : since_monday);
}

static bool is_leap_year(int year)
{
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

int civil_days_in_month(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

    assert(month >= 1 && month <= 12);
    return days[month - 1] + (month == 2 && is_leap_year(year));
}

bool civil_date_exists(int year, int month, int day)
{
    return month >= 1 && month <= 12 && day >= 1 && day <= civil_days_in_month(year, month);
}

int64_t civil_seconds(const struct civil *civil)
{
    return civil_day(civil->year, civil->month, civil->day) * SECONDS_IN_DAY + (int64_t)civil->hour * 3600 +
           (int64_t)civil->minute * 60 + civil->second;
}

struct civil civil_from_seconds(int64_t seconds)
{
    int64_t day_number = civil_floor(seconds, SECONDS_IN_DAY);
    int second_of_day = (int)(seconds - day_number * SECONDS_IN_DAY);
    struct civil civil = civil_date(day_number);

    civil.hour = second_of_day / 3600;
    civil.minute = second_of_day / 60 % 60;
    civil.second = second_of_day % 60;
    return civil;
}

int64_t civil_add_months(int64_t day_number, int64_t months)
{
    struct civil date = civil_date(day_number);
    int64_t month_count = (int64_t)date.year * 12 + date.month - 1 + months;
    int year = (int)civil_floor(month_count, 12);
    int month = (int)(month_count - (int64_t)year * 12) + 1;
    int last = civil_days_in_month(year, month);

    return civil_day(year, month, date.day < last ? date.day : last);
}

/* A number of exactly `count` digits, or -1. */
static int read_digits(const char *text, int count)
{
    int number = 0;

    for (int i = 0; i < count; i++) {
        if (text[i] < '0' || text[i] > '9')
            return -1;
        number = number * 10 + (text[i] - '0');
    }
    return number;
}

bool civil_parse_date(const char *text, int64_t *ret_day_number)
{
    int year = read_digits(text, 4);

    if (year < 0 || text[4] != '-')
        return false;
    int month = read_digits(text + 5, 2);

    if (month < 0 || text[7] != '-')
        return false;
    int day = read_digits(text + 8, 2);

    if (!civil_date_exists(year, month, day))
        return false;
    *ret_day_number = civil_day(year, month, day);
    return true;
}
