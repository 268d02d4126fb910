/*
 * The Chinese calendar, for festivals that move: `3 working days before 中秋` needs to know when that is.
 *
 * Asked by schedules and by the import of calendars. A month begins on the day of the new moon, the solstice
 * of winter lies in the 11th, and of thirteen months between two solstices the first in which the sun enters
 * no new sign is the leap month; so one would have to compute the moon to the second. Twice in these two
 * centuries a new moon comes within a minute of midnight, and libraries that compute it are a day off here
 * and there (ICU: 春节 of 2027 and 2030). So the outcome stands here as facts, a row a year.
 *
 * Before 1929 the days are those of Beijing's local time, as they were kept then (the 4th month of 1906 began
 * on 04-24); afterwards of UTC+8. Where time tables disagree we follow the Purple Mountain Observatory, whose
 * word is the law: 中秋 of 1978 is 09-17, the 9th month of 2057 begins on 09-29.
 *
 * Qingming is no lunar date but the sun at 15°, and needs no table: mean tropical years counted from
 * 1900-04-05 give the right day in each of these years. Tests compare all of it with others' work.
 */
#include "lib/lunar.h"

#include "lib/base/civil.h"
#include <stddef.h>
#include <string.h>

#define TABLE_YEAR 1900 /* the first row: only for January and February of 1901 */

/* Bits 0..12: that month of the year, in order of time, has 30 days instead of 29. Bits 13..16: the month
 * that is doubled, or 0. Bits 17 and up: days from January 1 to the first day of the year. */
static const uint32_t years[] = {
    0x3d16d2, 0x620752, 0x4c0ea5, 0x38b64a, 0x5c064b, /* 1900 */
    0x440a9b, 0x309556, 0x56056a, 0x400b59, 0x2a5752, /* 1905 */
    0x500752, 0x3adb25, 0x600b25, 0x480a4b, 0x32b4ab, /* 1910 */
    0x5802ad, 0x42056b, 0x2c4b69, 0x520da9, 0x3efd92, /* 1915 */
    0x640e92, 0x4c0d25, 0x36ba4d, 0x5c0a56, 0x4602b6, /* 1920 */
    0x2e95b5, 0x5606d4, 0x400ea9, 0x2c5e92, 0x500e92, /* 1925 */
    0x3acd26, 0x5e052b, 0x480a57, 0x32b2b6, 0x580b5a, /* 1930 */
    0x4406d4, 0x2e6ec9, 0x520749, 0x3cf693, 0x620a93, /* 1935 */
    0x4c052b, 0x34ca5b, 0x5a0aad, 0x46056a, 0x309b55, /* 1940 */
    0x560ba4, 0x400b49, 0x2a5a93, 0x500a95, 0x38f52d, /* 1945 */
    0x5e0536, 0x480aad, 0x34b5aa, 0x5805b2, 0x420da5, /* 1950 */
    0x2e7d4a, 0x540d4a, 0x3d0a95, 0x600a97, 0x4c0556, /* 1955 */
    0x36cab5, 0x5a0ad5, 0x4606d2, 0x308ea5, 0x560ea5, /* 1960 */
    0x40064a, 0x286c97, 0x4e0a9b, 0x3af55a, 0x5e056a, /* 1965 */
    0x480b69, 0x34b752, 0x5a0b52, 0x420b25, 0x2c964b, /* 1970 */
    0x520a4b, 0x3d14ab, 0x6002ad, 0x4a056d, 0x36cb69, /* 1975 */
    0x5c0da9, 0x460d92, 0x309d25, 0x560d25, 0x415a4d, /* 1980 */
    0x640a56, 0x4e02b6, 0x38c5b5, 0x5e06d5, 0x480ea9, /* 1985 */
    0x34be92, 0x5a0e92, 0x440d26, 0x2c6a56, 0x500a57, /* 1990 */
    0x3d14d6, 0x62035a, 0x4a06d5, 0x36b6c9, 0x5c0749, /* 1995 */
    0x460693, 0x2e952b, 0x54052b, 0x3e0a5b, 0x2a555a, /* 2000 */
    0x4e056a, 0x38fb55, 0x600ba4, 0x4a0b49, 0x32ba93, /* 2005 */
    0x580a95, 0x42052d, 0x2c8aad, 0x500ab5, 0x3d35aa, /* 2010 */
    0x6205d2, 0x4c0da5, 0x36dd4a, 0x5c0d4a, 0x460c95, /* 2015 */
    0x30952e, 0x540556, 0x3e0ab5, 0x2a55b2, 0x5006d2, /* 2020 */
    0x38cea5, 0x5e0725, 0x48064b, 0x32ac97, 0x560cab, /* 2025 */
    0x42055a, 0x2c6ad6, 0x520b69, 0x3d7752, 0x620b52, /* 2030 */
    0x4c0b25, 0x36da4b, 0x5a0a4b, 0x4404ab, 0x2ea55b, /* 2035 */
    0x5405ad, 0x3e0b6a, 0x2a5b52, 0x500d92, 0x3afd25, /* 2040 */
    0x5e0d25, 0x480a55, 0x32b4ad, 0x5804b6, 0x4005b5, /* 2045 */
    0x2c6daa, 0x520ec9, 0x3f1e92, 0x620e92, 0x4c0d26, /* 2050 */
    0x36ca56, 0x5a0a57, 0x4404d6, 0x2e86d5, 0x540755, /* 2055 */
    0x400749, 0x286e93, 0x4e0693, 0x38f52b, 0x5e052b, /* 2060 */
    0x460a5b, 0x32b55a, 0x58056a, 0x420b65, 0x2c974a, /* 2065 */
    0x520b4a, 0x3d1a95, 0x620a95, 0x4a052d, 0x34caad, /* 2070 */
    0x5a0ab5, 0x4605aa, 0x2e8ba5, 0x540da5, 0x400d4a, /* 2075 */
    0x2a7c95, 0x4e0c96, 0x38f94e, 0x5e0556, 0x480ab5, /* 2080 */
    0x32b5b2, 0x5806d2, 0x420ea5, 0x2e8e4a, 0x50068b, /* 2085 */
    0x3b0c97, 0x6004ab, 0x4a055b, 0x34cad6, 0x5a0b6a, /* 2090 */
    0x460752, 0x309725, 0x540b45, 0x3e0a8b, 0x28549b, /* 2095 */
    0x4e04ab,                                         /* 2100 */
};

static const struct {
    const char *name, *title;
    int month, day; /* 0: no lunar date */
} festivals[] = {
    [LUNAR_SPRING_FESTIVAL] = {"spring_festival", "春节", 1, 1},
    [LUNAR_LANTERN] = {"lantern", "元宵", 1, 15},
    [LUNAR_QINGMING] = {"qingming", "清明", 0, 0},
    [LUNAR_DRAGON_BOAT] = {"dragon_boat", "端午", 5, 5},
    [LUNAR_QIXI] = {"qixi", "七夕", 7, 7},
    [LUNAR_MID_AUTUMN] = {"mid_autumn", "中秋", 8, 15},
    [LUNAR_DOUBLE_NINTH] = {"double_ninth", "重阳", 9, 9},
    [LUNAR_NEW_YEARS_EVE] = {"new_years_eve", "除夕", 0, 0},
};

/* Rows */

static bool has_row(int year)
{
    return year >= TABLE_YEAR && year <= LUNAR_LAST_YEAR;
}

static int leap_of(int year)
{
    return (int)(years[year - TABLE_YEAR] >> 13 & 15);
}

/* Days in a year's month number `index` in order of time, counted from 0. */
static int length_of(int year, int index)
{
    return 29 + (int)(years[year - TABLE_YEAR] >> index & 1);
}

static int64_t first_day(int year)
{
    return civil_day(year, 1, 1) + (int64_t)(years[year - TABLE_YEAR] >> 17);
}

static int months_in(int year)
{
    return leap_of(year) ? 13 : 12;
}

/* The place of a month in its year, from 0; -1 when the year has no such month. */
static int index_of(int year, int month, bool is_leap)
{
    int leap = leap_of(year);

    if (month < 1 || month > 12 || (is_leap && month != leap))
        return -1;
    return month - 1 + (is_leap || (leap && month > leap));
}

/* Dates */

bool lunar_date(int64_t day_number, struct lunar *ret_lunar)
{
    if (day_number < civil_day(LUNAR_FIRST_YEAR, 1, 1) || day_number >= civil_day(LUNAR_LAST_YEAR + 1, 2, 1))
        return false;
    int year = civil_date(day_number).year, index = 0;

    if (year > LUNAR_LAST_YEAR || day_number < first_day(year))
        year--;
    int64_t left = day_number - first_day(year);

    for (; index < months_in(year) && left >= length_of(year, index); index++)
        left -= length_of(year, index);
    if (index == months_in(year))
        return false;
    int leap = leap_of(year);

    *ret_lunar = (struct lunar){
        .year = year,
        .month = index + 1 - (leap && index >= leap),
        .day = (int)left + 1,
        .is_leap = leap && index == leap,
    };
    return true;
}

bool lunar_day(const struct lunar *lunar, int64_t *ret_day_number)
{
    int index = has_row(lunar->year) ? index_of(lunar->year, lunar->month, lunar->is_leap) : -1;

    if (index < 0 || lunar->day < 1 || lunar->day > length_of(lunar->year, index))
        return false;
    int64_t day_number = first_day(lunar->year) + lunar->day - 1;

    for (int i = 0; i < index; i++)
        day_number += length_of(lunar->year, i);
    if (day_number < civil_day(LUNAR_FIRST_YEAR, 1, 1))
        return false;
    *ret_day_number = day_number;
    return true;
}

int lunar_leap_month(int lunar_year)
{
    return lunar_year >= LUNAR_FIRST_YEAR && has_row(lunar_year) ? leap_of(lunar_year) : 0;
}

int lunar_days_in_month(int lunar_year, int month, bool is_leap)
{
    int index = -1;

    if (lunar_year >= LUNAR_FIRST_YEAR && has_row(lunar_year))
        index = index_of(lunar_year, month, is_leap);
    return index < 0 ? 0 : length_of(lunar_year, index);
}

/* Festivals */

/* A tropical year has 365.2423 days here; the rest that 1900 began with is fitted to 1901..2100. */
static int64_t qingming(int civil_year)
{
    return civil_day(1900, 4, 5) + ((int64_t)(civil_year - 1900) * 3652423 + 5830) / 10000;
}

bool lunar_festival(enum lunar_festival festival, int civil_year, int64_t *ret_day_number)
{
    struct lunar lunar = {civil_year, festivals[festival].month, festivals[festival].day, false};

    if (civil_year < LUNAR_FIRST_YEAR || civil_year > LUNAR_LAST_YEAR)
        return false;
    if (festival == LUNAR_QINGMING)
        *ret_day_number = qingming(civil_year);
    else if (festival == LUNAR_NEW_YEARS_EVE)
        *ret_day_number = first_day(civil_year) - 1;
    else
        return lunar_day(&lunar, ret_day_number);
    return true;
}

const char *lunar_festival_name(enum lunar_festival festival)
{
    return festivals[festival].name;
}

const char *lunar_festival_title(enum lunar_festival festival)
{
    return festivals[festival].title;
}

bool lunar_festival_parse(const char *name, enum lunar_festival *ret_festival)
{
    for (size_t i = 0; i < LUNAR_FESTIVALS; i++)
        if (strcmp(festivals[i].name, name) == 0) {
            *ret_festival = (enum lunar_festival)i;
            return true;
        }
    return false;
}
