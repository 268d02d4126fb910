/*
 * Prints the whole Chinese calendar, so that lunar_oracle.py can compare it with what others say. Knows
 * nothing about what is right. Lines, with dates as 2026-02-17:
 *
 *     festival NAME TITLE CIVIL_YEAR DATE
 *     month LUNAR_YEAR MONTH 0|1 FIRST_DATE DAYS     1: a leap month
 */
#include "lib/base/civil.h"
#include "lib/lunar.h"
#include <stdio.h>

static void print_date(int64_t day_number)
{
    struct civil date = civil_date(day_number);

    printf(" %04d-%02d-%02d", date.year, date.month, date.day);
}

static void print_festivals(int year)
{
    int64_t day_number;

    for (enum lunar_festival festival = 0; festival < LUNAR_FESTIVALS; festival++)
        if (lunar_festival(festival, year, &day_number)) {
            printf("festival %s %s %d", lunar_festival_name(festival), lunar_festival_title(festival), year);
            print_date(day_number);
            putchar('\n');
        }
}

static void print_months(int year)
{
    for (int month = 1; month <= 12; month++)
        for (int leap = 0; leap <= 1; leap++) {
            struct lunar first = {year, month, 1, leap};
            int64_t day_number;

            if (!lunar_day(&first, &day_number))
                continue;
            printf("month %d %d %d", year, month, leap);
            print_date(day_number);
            printf(" %d\n", lunar_days_in_month(year, month, leap));
        }
}

int main(void)
{
    for (int year = LUNAR_FIRST_YEAR; year <= LUNAR_LAST_YEAR; year++) {
        print_festivals(year);
        print_months(year);
    }
    return 0;
}
