/*
 * Where the windows of a quota begin and end, and what falls into them. The office is open 09:00 to 17:00 on
 * every day; windows over weekends and holidays are shown by stories (DOM-4).
 */
#include "lib/quota_window.h"

#include "lib/base/instant.h"
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include "tests/unit/small_regime.h"

static struct small_world world;

static msec at(const char *text)
{
    msec instant = NEVER;

    assert_int_equal(instant_parse(text, &instant), INSTANT_OK);
    return instant;
}

static int begin(void **state)
{
    (void)state;
    return small_find_zone(&world, "Asia/Shanghai") ? 0 : -1;
}

static int end(void **state)
{
    (void)state;
    small_world_finish(&world);
    return 0;
}

static struct clock_policy quota(enum span_unit unit, int64_t amount)
{
    return (struct clock_policy){
        .kind = CLOCK_QUOTA, .minimum = 1, .target = 1, .window = {.unit = unit, .amount = amount}};
}

static void expect_windows(const struct clock_policy *rule, const struct calendar *calendar,
                           const char *start, const char *const *ends)
{
    struct policy policy = {.zone = world.zone};
    struct clock_view view = {.policy = &policy, .rule = rule, .calendar = calendar};
    struct window window = quota_window_first(&view, at(start));

    assert_int_equal(window.start_at, at(ends[0]));
    for (const char *const *finish = ends + 1;; window = quota_window_next(&view, window.end_at)) {
        assert_int_equal(window.end_at, at(*finish));
        if (!*++finish)
            return;
    }
}

#define EXPECT_WINDOWS(rule, calendar, start, ...)                                                           \
    expect_windows(rule, calendar, start, (const char *const[]){__VA_ARGS__, NULL})

static void days_stand_at_midnight(void **state)
{
    struct clock_policy rule = quota(SPAN_DAYS, 1);

    (void)state;
    EXPECT_WINDOWS(&rule, world.always, "2026-03-02T10:00:00+08:00", "2026-03-03T00:00:00+08:00",
                   "2026-03-04T00:00:00+08:00", "2026-03-05T00:00:00+08:00");
    rule.owes_first = true;
    EXPECT_WINDOWS(&rule, world.always, "2026-03-02T10:00:00+08:00", "2026-03-02T10:00:00+08:00",
                   "2026-03-03T00:00:00+08:00", "2026-03-04T00:00:00+08:00");
    rule = quota(SPAN_DAYS, 7);
    EXPECT_WINDOWS(&rule, world.always, "2026-03-02T10:00:00+08:00", "2026-03-03T00:00:00+08:00",
                   "2026-03-10T00:00:00+08:00", "2026-03-17T00:00:00+08:00");
    rule.owes_first = true;
    EXPECT_WINDOWS(&rule, world.always, "2026-03-02T10:00:00+08:00", "2026-03-02T10:00:00+08:00",
                   "2026-03-09T00:00:00+08:00", "2026-03-16T00:00:00+08:00");
}

static void hours_follow_the_start(void **state)
{
    struct clock_policy rule = quota(SPAN_REAL, 4 * MSEC_HOUR);

    (void)state;
    EXPECT_WINDOWS(&rule, world.always, "2026-03-02T21:30:00+08:00", "2026-03-02T21:30:00+08:00",
                   "2026-03-03T01:30:00+08:00", "2026-03-03T05:30:00+08:00");
    rule = quota(SPAN_BUSINESS, 6 * MSEC_HOUR);
    EXPECT_WINDOWS(&rule, world.office, "2026-03-02T15:00:00+08:00", "2026-03-02T15:00:00+08:00",
                   "2026-03-03T13:00:00+08:00", "2026-03-04T11:00:00+08:00");
}

static void working_days_stand_at_closings(void **state)
{
    struct clock_policy rule = quota(SPAN_WORKING_DAYS, 2);

    (void)state;
    EXPECT_WINDOWS(&rule, world.office, "2026-03-02T10:00:00+08:00", "2026-03-02T17:00:00+08:00",
                   "2026-03-04T17:00:00+08:00", "2026-03-06T17:00:00+08:00");
    EXPECT_WINDOWS(&rule, world.office, "2026-03-02T17:00:00+08:00", "2026-03-03T17:00:00+08:00",
                   "2026-03-05T17:00:00+08:00");
    rule.owes_first = true;
    EXPECT_WINDOWS(&rule, world.office, "2026-03-02T10:00:00+08:00", "2026-03-02T10:00:00+08:00",
                   "2026-03-03T17:00:00+08:00", "2026-03-05T17:00:00+08:00");
    EXPECT_WINDOWS(&rule, world.office, "2026-03-02T19:00:00+08:00", "2026-03-02T19:00:00+08:00",
                   "2026-03-04T17:00:00+08:00");
    rule.window.amount = 1;
    EXPECT_WINDOWS(&rule, world.office, "2026-03-02T10:00:00+08:00", "2026-03-02T10:00:00+08:00",
                   "2026-03-02T17:00:00+08:00", "2026-03-03T17:00:00+08:00");
}

/* A closing at 24:00 is that of the day before, not of the one whose first instant it is. */
static void working_days_that_close_at_midnight(void **state)
{
    struct clock_policy rule = quota(SPAN_WORKING_DAYS, 1);

    (void)state;
    EXPECT_WINDOWS(&rule, world.always, "2026-03-02T10:00:00+08:00", "2026-03-03T00:00:00+08:00",
                   "2026-03-04T00:00:00+08:00", "2026-03-05T00:00:00+08:00");
}

static void the_last_instant(void **state)
{
    struct window window = {.start_at = 1000, .end_at = 2000};
    struct clock_policy rule = quota(SPAN_DAYS, 1);

    (void)state;
    assert_false(quota_window_holds(&rule, window, 999));
    assert_true(quota_window_holds(&rule, window, 1000));
    assert_true(quota_window_holds(&rule, window, 1999));
    assert_false(quota_window_holds(&rule, window, 2000)); /* the next day's first */
    rule = quota(SPAN_REAL, 1000);
    assert_true(quota_window_holds(&rule, window, 2000)); /* in time (domain rule 2) */
    assert_false(quota_window_holds(&rule, window, 2001));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(days_stand_at_midnight),
        cmocka_unit_test(hours_follow_the_start),
        cmocka_unit_test(working_days_stand_at_closings),
        cmocka_unit_test(working_days_that_close_at_midnight),
        cmocka_unit_test(the_last_instant),
    };

    return cmocka_run_group_tests(tests, begin, end);
}
