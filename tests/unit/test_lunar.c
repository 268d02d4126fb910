/*
 * The Chinese calendar: known dates over two centuries, every day there and back, and the edges. Equality
 * with others' tables and with the published holidays is tests/property/lunar_oracle.py's.
 */
#include "lib/lunar.h"

#include "lib/base/civil.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define LENGTH(array) (sizeof(array) / sizeof(array)[0])

static const struct {
    enum lunar_festival festival;
    int year, month, day;
} known[] = {
    {LUNAR_SPRING_FESTIVAL, 1901, 2, 19},
    {LUNAR_SPRING_FESTIVAL, 1949, 1, 29},
    {LUNAR_SPRING_FESTIVAL, 1950, 2, 17},
    {LUNAR_SPRING_FESTIVAL, 1985, 2, 20},
    {LUNAR_SPRING_FESTIVAL, 2000, 2, 5},
    {LUNAR_SPRING_FESTIVAL, 2020, 1, 25},
    {LUNAR_SPRING_FESTIVAL, 2024, 2, 10},
    {LUNAR_SPRING_FESTIVAL, 2025, 1, 29},
    {LUNAR_SPRING_FESTIVAL, 2026, 2, 17},
    {LUNAR_SPRING_FESTIVAL, 2027, 2, 6},
    {LUNAR_SPRING_FESTIVAL, 2030, 2, 3},
    {LUNAR_SPRING_FESTIVAL, 2033, 1, 31},
    {LUNAR_SPRING_FESTIVAL, 2034, 2, 19},
    {LUNAR_SPRING_FESTIVAL, 2100, 2, 9},
    {LUNAR_NEW_YEARS_EVE, 2024, 2, 9},
    {LUNAR_NEW_YEARS_EVE, 2025, 1, 28},
    {LUNAR_NEW_YEARS_EVE, 1901, 2, 18},
    {LUNAR_LANTERN, 2024, 2, 24},
    {LUNAR_LANTERN, 2026, 3, 3},
    {LUNAR_DRAGON_BOAT, 2024, 6, 10},
    {LUNAR_DRAGON_BOAT, 2025, 5, 31},
    {LUNAR_DRAGON_BOAT, 2026, 6, 19},
    {LUNAR_QIXI, 2024, 8, 10},
    {LUNAR_QIXI, 2025, 8, 29},
    {LUNAR_MID_AUTUMN, 1978, 9, 17},
    {LUNAR_MID_AUTUMN, 2020, 10, 1},
    {LUNAR_MID_AUTUMN, 2024, 9, 17},
    {LUNAR_MID_AUTUMN, 2025, 10, 6},
    {LUNAR_MID_AUTUMN, 2026, 9, 25},
    {LUNAR_DOUBLE_NINTH, 2024, 10, 11},
    {LUNAR_DOUBLE_NINTH, 2025, 10, 29},
    {LUNAR_QINGMING, 1901, 4, 5},
    {LUNAR_QINGMING, 1910, 4, 6},
    {LUNAR_QINGMING, 1943, 4, 6},
    {LUNAR_QINGMING, 1976, 4, 4},
    {LUNAR_QINGMING, 2009, 4, 4},
    {LUNAR_QINGMING, 2023, 4, 5},
    {LUNAR_QINGMING, 2024, 4, 4},
    {LUNAR_QINGMING, 2042, 4, 4},
    {LUNAR_QINGMING, 2071, 4, 5},
    {LUNAR_QINGMING, 2100, 4, 5},
};

static void knows_festivals(void **state)
{
    int64_t day;

    (void)state;
    for (size_t i = 0; i < LENGTH(known); i++) {
        assert_true(lunar_festival(known[i].festival, known[i].year, &day));
        struct civil date = civil_date(day);

        assert_int_equal(date.year, known[i].year);
        assert_int_equal(date.month, known[i].month);
        assert_int_equal(date.day, known[i].day);
    }
}

/* Round, and no day in between that another date claims: the date moves on by one, or to a new month's first.
 */
static void goes_there_and_back_on_every_day(void **state)
{
    struct lunar before, now;
    int64_t back;

    (void)state;
    assert_true(lunar_date(civil_day(1901, 1, 1), &before));
    assert_int_equal(before.year, 1900);
    assert_int_equal(before.month, 11);
    assert_int_equal(before.day, 11);
    for (int64_t day = civil_day(1901, 1, 1) + 1; day <= civil_day(2101, 1, 28); day++) {
        assert_true(lunar_date(day, &now));
        assert_true(lunar_day(&now, &back));
        assert_int_equal(back, day);
        if (now.day == 1)
            assert_in_range(before.day, 29, 30);
        else
            assert_int_equal(now.day, before.day + 1);
        if (now.day == 1 && now.year > 1900 && before.year > 1900)
            assert_int_equal(before.day, lunar_days_in_month(before.year, before.month, before.is_leap));
        before = now;
    }
    assert_int_equal(before.year, 2100);
    assert_int_equal(before.month, 12);
}

static void knows_leap_months(void **state)
{
    static const struct {
        int year, month;
    } leaps[] = {
        {1903, 5}, {1984, 10}, {2017, 6}, {2020, 4},  {2023, 2}, {2025, 6},
        {2026, 0}, {2028, 5},  {2031, 3}, {2033, 11}, {2034, 0}, {2099, 2},
    };
    int count = 0;

    (void)state;
    for (size_t i = 0; i < LENGTH(leaps); i++)
        assert_int_equal(lunar_leap_month(leaps[i].year), leaps[i].month);
    for (int year = LUNAR_FIRST_YEAR; year <= LUNAR_LAST_YEAR; year++)
        count += lunar_leap_month(year) != 0;
    assert_in_range(count, 200 * 7 / 19, 200 * 7 / 19 + 1); /* seven in nineteen years */
}

static void puts_the_leap_month_of_2033_behind_the_eleventh(void **state)
{
    struct lunar lunar;

    (void)state;
    assert_true(lunar_date(civil_day(2033, 12, 22), &lunar));
    assert_int_equal(lunar.year, 2033);
    assert_int_equal(lunar.month, 11);
    assert_int_equal(lunar.day, 1);
    assert_true(lunar.is_leap);
    assert_true(lunar_date(civil_day(2034, 1, 20), &lunar));
    assert_int_equal(lunar.month, 12);
    assert_int_equal(lunar.day, 1);
    assert_false(lunar.is_leap);
}

/* What two centuries of tables are told apart by. */
static void keeps_what_was_kept(void **state)
{
    static const struct {
        int year, month, day, lunar_month;
    } firsts[] = {
        {1906, 4, 24, 4},
        {1978, 9, 3, 8},
        {2057, 9, 29, 9},
        {2097, 8, 7, 7},
    };
    struct lunar lunar;

    (void)state;
    for (size_t i = 0; i < LENGTH(firsts); i++) {
        assert_true(lunar_date(civil_day(firsts[i].year, firsts[i].month, firsts[i].day), &lunar));
        assert_int_equal(lunar.month, firsts[i].lunar_month);
        assert_int_equal(lunar.day, 1);
    }
}

static void has_years_of_a_fitting_length(void **state)
{
    int64_t first, next;

    (void)state;
    for (int year = LUNAR_FIRST_YEAR; year < LUNAR_LAST_YEAR; year++) {
        assert_true(lunar_festival(LUNAR_SPRING_FESTIVAL, year, &first));
        assert_true(lunar_festival(LUNAR_SPRING_FESTIVAL, year + 1, &next));
        int64_t sum = 0;

        for (int month = 1; month <= 12; month++)
            sum += lunar_days_in_month(year, month, false) + lunar_days_in_month(year, month, true);
        assert_int_equal(next - first, sum);
    }
}

static void refuses_what_lies_outside(void **state)
{
    int64_t day = 7;
    struct lunar lunar;

    (void)state;
    assert_false(lunar_date(civil_day(1900, 12, 31), &lunar));
    assert_false(lunar_date(civil_day(2101, 1, 29), &lunar));
    assert_false(lunar_date(INT64_MIN, &lunar));
    assert_false(lunar_date(INT64_MAX, &lunar));
    for (int festival = 0; festival < LUNAR_FESTIVALS; festival++) {
        assert_false(lunar_festival((enum lunar_festival)festival, 1900, &day));
        assert_false(lunar_festival((enum lunar_festival)festival, 2101, &day));
        assert_true(lunar_festival((enum lunar_festival)festival, 1901, &day));
        assert_true(lunar_festival((enum lunar_festival)festival, 2100, &day));
    }
    assert_int_equal(lunar_leap_month(1900), 0);
    assert_int_equal(lunar_leap_month(2101), 0);
    assert_int_equal(lunar_days_in_month(1900, 1, false), 0);
    assert_int_equal(lunar_days_in_month(2101, 1, false), 0);
}

static void refuses_dates_that_do_not_exist(void **state)
{
    static const struct lunar wrong[] = {
        {2026, 0, 1, false},  {2026, 13, 1, false}, {2026, 1, 0, false},  {2026, 1, 31, false},
        {2026, 6, 1, true},   {2025, 5, 1, true},   {2025, 6, 30, true},  {1900, 11, 10, false},
        {1899, 12, 1, false}, {2101, 1, 1, false},  {INT32_MIN, 1, 1, 0}, {INT32_MAX, 1, 1, 0},
    };
    int64_t day;

    (void)state;
    for (size_t i = 0; i < LENGTH(wrong); i++)
        assert_false(lunar_day(&wrong[i], &day));
    assert_int_equal(lunar_days_in_month(2025, 6, true), 29);
    assert_int_equal(lunar_days_in_month(2026, 6, true), 0);
    assert_int_equal(lunar_days_in_month(2026, 0, false), 0);
    assert_int_equal(lunar_days_in_month(2026, 13, false), 0);
}

static void finds_festivals_by_name(void **state)
{
    enum lunar_festival found = LUNAR_QIXI;

    (void)state;
    for (int festival = 0; festival < LUNAR_FESTIVALS; festival++) {
        assert_true(lunar_festival_parse(lunar_festival_name((enum lunar_festival)festival), &found));
        assert_int_equal(found, festival);
    }
    assert_string_equal(lunar_festival_name(LUNAR_DOUBLE_NINTH), "double_ninth");
    assert_string_equal(lunar_festival_title(LUNAR_NEW_YEARS_EVE), "除夕");
    assert_false(lunar_festival_parse("spring", &found));
    assert_false(lunar_festival_parse("", &found));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(knows_festivals),
        cmocka_unit_test(goes_there_and_back_on_every_day),
        cmocka_unit_test(knows_leap_months),
        cmocka_unit_test(puts_the_leap_month_of_2033_behind_the_eleventh),
        cmocka_unit_test(keeps_what_was_kept),
        cmocka_unit_test(has_years_of_a_fitting_length),
        cmocka_unit_test(refuses_what_lies_outside),
        cmocka_unit_test(refuses_dates_that_do_not_exist),
        cmocka_unit_test(finds_festivals_by_name),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
