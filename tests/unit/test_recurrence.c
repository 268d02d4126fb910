/*
 * Recurrence rules: what is refused and why, and days that people know. Random rules are compared with
 * another implementation by tests/property/recurrence_oracle.py.
 */
#include "files/recurrence.h"

#include "lib/base/civil.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static struct recurrences *recurrences;

static int create(void **state)
{
    (void)state;
    recurrences = recurrences_create();
    return 0;
}

static int destroy(void **state)
{
    (void)state;
    recurrences_destroy(recurrences);
    recurrences_destroy(NULL);
    return 0;
}

static const struct recurrence *find(const char *rule)
{
    const char *wrong = NULL;
    const struct recurrence *recurrence = recurrences_find(recurrences, rule, &wrong);

    if (!recurrence)
        fail_msg("%s: %s", rule, wrong);
    return recurrence;
}

static void expect_refused(const char *rule, const char *why)
{
    const char *wrong = NULL;

    if (recurrences_find(recurrences, rule, &wrong))
        fail_msg("'%s' was taken", rule);
    if (!strstr(wrong, why))
        fail_msg("'%s': '%s' instead of '%s'", rule, wrong, why);
}

static void refuses_what_it_would_bend(void **state)
{
    (void)state;
    expect_refused("", "PART=VALUE");
    expect_refused("MONTHLY", "PART=VALUE");
    expect_refused("FREQ=MONTHLY;", "PART=VALUE");
    expect_refused("FREQ=MONTHLY;;COUNT=2", "PART=VALUE");
    expect_refused("FREQ=HOURLY", "HOURLY");
    expect_refused("freq=MONTHLY", "freq");
    expect_refused("BYMONTHDAY=10", "FREQ is missing");
    expect_refused("FREQ=MONTHLY;FREQ=DAILY", "twice");
    expect_refused("FREQ=MONTHLY;BYHOUR=9", "BYHOUR");
    expect_refused("FREQ=MONTHLY;BYMONTHDAY=32", "32");
    expect_refused("FREQ=MONTHLY;BYMONTHDAY=0", "'0'");
    expect_refused("FREQ=MONTHLY;BYMONTHDAY=010", "010");
    expect_refused("FREQ=MONTHLY;BYMONTHDAY=1,,2", "BYMONTHDAY");
    expect_refused("FREQ=MONTHLY;BYMONTHDAY=", "BYMONTHDAY");
    expect_refused("FREQ=MONTHLY;INTERVAL=1,2", "INTERVAL");
    expect_refused("FREQ=YEARLY;BYMONTH=-1;BYMONTHDAY=1", "-1");
    expect_refused("FREQ=WEEKLY;BYDAY=XX", "XX");
    expect_refused("FREQ=WEEKLY;BYDAY=1MO", "a day with a number");
    expect_refused("FREQ=WEEKLY;BYMONTHDAY=1", "BYMONTHDAY");
    expect_refused("FREQ=DAILY;BYDAY=MO", "every day");
    expect_refused("FREQ=MONTHLY;UNTIL=20260231", "20260231");
    expect_refused("FREQ=MONTHLY;UNTIL=20260201;COUNT=2", "together");
    expect_refused("FREQ=YEARLY;BYMONTHDAY=1", "needs BYMONTH");
    expect_refused("FREQ=YEARLY;BYYEARDAY=1;BYMONTH=1", "BYYEARDAY");
    expect_refused("FREQ=MONTHLY;BYSETPOS=1", "BYSETPOS");
    expect_refused("FREQ=MONTHLY;INTERVAL=2;BYMONTH=1", "INTERVAL and BYMONTH");
    expect_refused("FREQ=YEARLY;BYYEARDAY=1;BYMONTHDAY=1;BYMONTH=1", "BYYEARDAY");
    expect_refused("FREQ=YEARLY;BYYEARDAY=1;BYDAY=MO", "BYYEARDAY");
    expect_refused("FREQ=MONTHLY;BYYEARDAY=1", "BYYEARDAY");
    expect_refused("FREQ=DAILY;BYMONTHDAY=1", "every day");
    expect_refused("FREQ=DAILY;BYDAY=1MO", "a day with a number");
    expect_refused("FREQ=MONTHLY;BYMONTHDAY=,1", "BYMONTHDAY has no right value");
    expect_refused("FREQ=MONTHLY;BYMONTHDAY=1,", "BYMONTHDAY has no right value");
    expect_refused("FREQ=MONTHLY;BYMONTHDAY=-", "'-' is no value");
    expect_refused("FREQ=MONTHLY;BYMONTHDAY=1x", "'1x' is no value");
    expect_refused("FREQ=MONTHLY;INTERVAL=1000", "'1000' is no value");
    expect_refused("FREQ=MONTHLY;BYDAY=M", "'M' is no value");
    expect_refused("FREQ=MONTHLY;BYDAY=1234MO", "'1234MO' is no value");
    expect_refused("FREQ=MONTHLY;BYDAY=0MO", "'0MO' is no value");
    expect_refused("FREQ=MONTHLY;UNTIL=2026", "'2026' is no value");
    expect_refused(";FREQ=MONTHLY", "PART=VALUE");
    expect_refused(
        "FREQ=MONTHLY;BYMONTHDAY=1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,"
        "26,27,28,29,30,31,-1,-2,-3,-4,-5,-6,-7,-8,-9,-10,-11,-12,-13,-14,-15",
        "longer than 150 bytes");
    expect_refused("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "no day ever fits");
}

static void expect_days(const char *rule, const char *first, const char *after, const char *const *days)
{
    const struct recurrence *recurrence = find(rule);
    int64_t first_day, day;

    assert_true(civil_parse_date(first, &first_day) && civil_parse_date(after, &day));
    for (; *days; days++) {
        char text[32];

        assert_true(recurrence->next(recurrence, first_day, day, &day));
        struct civil civil = civil_date(day);

        snprintf(text, sizeof(text), "%04d-%02d-%02d", civil.year, civil.month, civil.day);
        assert_string_equal(text, *days);
    }
}

#define DAYS(...) ((const char *const[]){__VA_ARGS__, NULL})

static void names_days_that_people_know(void **state)
{
    (void)state;
    expect_days("FREQ=MONTHLY;BYMONTHDAY=10", "2026-01-01", "2026-03-09", DAYS("2026-03-10", "2026-04-10"));
    expect_days("FREQ=MONTHLY;BYMONTHDAY=-1", "2026-01-01", "2026-02-27", DAYS("2026-02-28", "2026-03-31"));
    expect_days("FREQ=MONTHLY;BYMONTH=1,4,7,10;BYMONTHDAY=25", "2026-01-01", "2026-01-25",
                DAYS("2026-04-25", "2026-07-25", "2026-10-25", "2027-01-25"));
    expect_days("FREQ=WEEKLY;INTERVAL=2;BYDAY=FR", "2026-03-02", "2026-03-01",
                DAYS("2026-03-06", "2026-03-20"));
    expect_days("FREQ=MONTHLY", "2026-01-31", "2026-01-31", DAYS("2026-03-31", "2026-05-31"));
    expect_days("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29", "2026-01-01", "2026-01-01",
                DAYS("2028-02-29", "2032-02-29"));
}

static void counts_from_its_beginning(void **state)
{
    int64_t first_day, day;
    const struct recurrence *recurrence = find("FREQ=MONTHLY;BYMONTHDAY=1,15;COUNT=3");

    (void)state;
    assert_true(recurrence->needs_first_day);
    assert_true(civil_parse_date("2026-01-10", &first_day));
    assert_true(recurrence->next(recurrence, first_day, civil_day(2026, 2, 1), &day));
    assert_int_equal(day, civil_day(2026, 2, 15));
    assert_false(recurrence->next(recurrence, first_day, day, &day));
}

/* A rule that has an end has no day after it, and no rule is followed for centuries. */
static void ends(void **state)
{
    const struct recurrence *until = find("FREQ=YEARLY;BYYEARDAY=1,-1;BYSETPOS=-1;UNTIL=20271231");
    const struct recurrence *daily = find("FREQ=DAILY");
    int64_t day = 0;

    (void)state;
    assert_true(until->next(until, civil_day(2026, 1, 1), civil_day(2026, 12, 31), &day));
    assert_int_equal(day, civil_day(2027, 12, 31));
    assert_false(until->next(until, civil_day(2026, 1, 1), day, &day));
    assert_true(daily->next(daily, civil_day(2026, 1, 1), civil_day(2226, 1, 1), &day));
    assert_int_equal(day, civil_day(2226, 1, 2));
    assert_false(daily->next(daily, civil_day(1926, 1, 1), civil_day(2226, 1, 1), &day));
}

static void knows_which_rules_need_a_beginning(void **state)
{
    (void)state;
    assert_false(find("FREQ=MONTHLY;BYMONTHDAY=10")->needs_first_day);
    assert_false(find("FREQ=DAILY")->needs_first_day);
    assert_false(find("FREQ=WEEKLY;BYDAY=MO")->needs_first_day);
    assert_true(find("FREQ=WEEKLY")->needs_first_day);
    assert_true(find("FREQ=MONTHLY")->needs_first_day);
    assert_true(find("FREQ=DAILY;INTERVAL=2")->needs_first_day);
    assert_ptr_equal(find("FREQ=DAILY"), find("FREQ=DAILY"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(refuses_what_it_would_bend),         cmocka_unit_test(names_days_that_people_know),
        cmocka_unit_test(counts_from_its_beginning),          cmocka_unit_test(ends),
        cmocka_unit_test(knows_which_rules_need_a_beginning),
    };

    return cmocka_run_group_tests(tests, create, destroy);
}
