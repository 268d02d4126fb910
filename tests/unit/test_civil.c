/*
 * Civil dates: known days, the inverse over a whole Gregorian cycle, month ends and written dates.
 */
#include "lib/base/civil.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void knows_days(void **state)
{
    (void)state;
    assert_int_equal(civil_day(1970, 1, 1), 0);
    assert_int_equal(civil_day(1969, 12, 31), -1);
    assert_int_equal(civil_day(2026, 3, 2), 20514);
    assert_int_equal(civil_day(0, 3, 1), -719468);
    assert_int_equal(civil_day(2026, 2, 29), civil_day(2026, 3, 1));
    assert_int_equal(civil_weekday(0), CIVIL_THURSDAY);
    assert_int_equal(civil_weekday(-1), CIVIL_WEDNESDAY);
    assert_int_equal(civil_weekday(-4), CIVIL_SUNDAY);
    assert_int_equal(civil_weekday(civil_day(2026, 3, 2)), CIVIL_MONDAY);
}

static void goes_there_and_back_over_four_centuries(void **state)
{
    (void)state;
    struct civil expected = {.year = 1899, .month = 12, .day = 31};

    for (int64_t day = civil_day(1899, 12, 31); day <= civil_day(2300, 1, 1); day++) {
        struct civil date = civil_date(day);

        assert_int_equal(date.year, expected.year);
        assert_int_equal(date.month, expected.month);
        assert_int_equal(date.day, expected.day);
        assert_int_equal(civil_day(date.year, date.month, date.day), day);
        if (++expected.day > civil_days_in_month(expected.year, expected.month)) {
            expected.day = 1;
            expected.month = expected.month % 12 + 1;
            expected.year += expected.month == 1;
        }
    }
}

static void knows_leap_years(void **state)
{
    (void)state;
    assert_int_equal(civil_days_in_month(2024, 2), 29);
    assert_int_equal(civil_days_in_month(2100, 2), 28);
    assert_int_equal(civil_days_in_month(2000, 2), 29);
    assert_true(civil_date_exists(2024, 2, 29));
    assert_false(civil_date_exists(2026, 2, 29));
    assert_false(civil_date_exists(2026, 0, 1));
    assert_false(civil_date_exists(2026, 13, 1));
    assert_false(civil_date_exists(2026, 4, 31));
    assert_false(civil_date_exists(2026, 4, 0));
}

static void counts_seconds_before_1970_downward(void **state)
{
    (void)state;
    struct civil civil = civil_from_seconds(-1);

    assert_int_equal(civil.year, 1969);
    assert_int_equal(civil.hour, 23);
    assert_int_equal(civil.second, 59);
    assert_int_equal(civil_seconds(&civil), -1);
    assert_int_equal(civil_floor(-1, 1000), -1);
    assert_int_equal(civil_floor(-1000, 1000), -1);
    assert_int_equal(civil_floor(1999, 1000), 1);
}

static void takes_hour_24_as_the_next_midnight(void **state)
{
    (void)state;
    struct civil civil = {.year = 2026, .month = 12, .day = 31, .hour = 24};

    assert_int_equal(civil_seconds(&civil), civil_day(2027, 1, 1) * 86400);
}

static void clips_months_to_their_end(void **state)
{
    (void)state;
    assert_int_equal(civil_add_months(civil_day(2026, 1, 31), 1), civil_day(2026, 2, 28));
    assert_int_equal(civil_add_months(civil_day(2027, 12, 31), 2), civil_day(2028, 2, 29));
    assert_int_equal(civil_add_months(civil_day(2026, 3, 31), -1), civil_day(2026, 2, 28));
    assert_int_equal(civil_add_months(civil_day(2026, 1, 15), -13), civil_day(2024, 12, 15));
}

static void reads_dates(void **state)
{
    (void)state;
    int64_t day;

    assert_true(civil_parse_date("2026-03-02", &day));
    assert_int_equal(day, civil_day(2026, 3, 2));
    assert_true(civil_parse_date("2026-03-02..", &day));
    assert_false(civil_parse_date("2026-02-30", &day));
    assert_false(civil_parse_date("2026-13-01", &day));
    assert_false(civil_parse_date("2026/03/02", &day));
    assert_false(civil_parse_date("2026-3-02", &day));
    assert_false(civil_parse_date("2026-03-0", &day));
    assert_false(civil_parse_date("202", &day));
    assert_false(civil_parse_date("", &day));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(knows_days),
        cmocka_unit_test(goes_there_and_back_over_four_centuries),
        cmocka_unit_test(knows_leap_years),
        cmocka_unit_test(counts_seconds_before_1970_downward),
        cmocka_unit_test(takes_hour_24_as_the_next_midnight),
        cmocka_unit_test(clips_months_to_their_end),
        cmocka_unit_test(reads_dates),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
