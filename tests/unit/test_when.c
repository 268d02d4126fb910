/* Times as people type and read them: forms, zones, and the hours that are not or are twice. */
#include "client/when.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#define NOW INT64_C(1772434800000) /* 2026-03-02T07:00:00Z, 15:00 in Shanghai */

static void live_in(const char *zone)
{
    setenv("TZ", zone, 1);
    tzset();
}

static void assert_read(const char *text, msec wanted_at)
{
    msec at = 0;

    assert_null(when_parse(text, NOW, false, &at));
    assert_int_equal(at, wanted_at);
}

static void assert_wrong(const char *text, const char *part)
{
    msec at;
    const char *sentence = when_parse(text, NOW, false, &at);

    if (!sentence)
        fail_msg("%s was taken", text);
    if (!strstr(sentence, part))
        fail_msg("%s: %s", text, sentence);
}

static void instants_with_an_offset_mean_what_they_say(void **state)
{
    (void)state;
    live_in("America/New_York");
    assert_read("2026-03-02T15:00:00+08:00", NOW);
    assert_read("2026-03-02T07:00:00Z", NOW);
    assert_wrong("2026-03-02T07:00:00", "offset");
    assert_wrong("2026-02-30T07:00:00Z", "no such date");
}

static void spans_count_from_now(void **state)
{
    (void)state;
    live_in("Asia/Shanghai");
    assert_read("now", NOW);
    assert_read("-2h", NOW - 2 * MSEC_HOUR);
    assert_read("+30m", NOW + 30 * MSEC_MINUTE);
    assert_read("+1h30m", NOW + 90 * MSEC_MINUTE);
    assert_read("-1d", NOW - MSEC_DAY);
    assert_wrong("+-2h", "not a time");
    assert_wrong("-2", "unit");
    assert_wrong("-3wd", "only hours");
    assert_wrong("2h", "not a time");
}

static void wall_times_are_local(void **state)
{
    msec at = 0;

    (void)state;
    live_in("Asia/Shanghai");
    assert_read("2026-03-02 15:00", NOW);
    assert_read("2026-03-02 15:00:30", NOW + 30 * MSEC_SECOND);
    live_in("Europe/Berlin");
    assert_read("2026-03-02 08:00", NOW);
    assert_read("2026-07-01 08:00", INT64_C(1782885600000));
    assert_null(when_parse("2026-03-02 07:00", NOW, true, &at));
    assert_int_equal(at, NOW);
}

static void wall_times_that_are_none_are_refused(void **state)
{
    (void)state;
    live_in("Europe/Berlin");
    assert_wrong("2026-03-29 02:30", "skip");
    assert_wrong("2026-10-25 02:30", "twice");
    assert_read("2026-03-29 03:00", INT64_C(1774746000000));
    assert_read("2026-10-25 01:59", INT64_C(1792886340000));
    assert_read("2026-10-25 03:00", INT64_C(1792893600000));
    assert_wrong("2026-02-30 10:00", "not a time");
    assert_wrong("2026-03-02 24:00", "not a time");
    assert_wrong("2026-03-02 9:00", "not a time");
    assert_wrong("2026-03-02", "not a time");
    assert_wrong("2026-03-02 15:00 ", "not a time");
    assert_wrong("tomorrow", "not a time");
    assert_wrong("", "not a time");
}

static void a_day_back_keeps_the_wall_time(void **state)
{
    msec at = 0;

    (void)state;
    live_in("Europe/Berlin");
    /* 2026-03-29 12:00 in Berlin; the day before had an hour more between the two. */
    assert_null(when_parse("-1d", INT64_C(1774778400000), false, &at));
    assert_int_equal(at, INT64_C(1774778400000) - 23 * MSEC_HOUR);
}

static void times_are_shown_locally_or_in_utc(void **state)
{
    char text[WHEN_TEXT];

    (void)state;
    live_in("Asia/Shanghai");
    when_show(NOW, false, false, text);
    assert_string_equal(text, "2026-03-02 15:00");
    when_show(NOW, false, true, text);
    assert_string_equal(text, "2026-03-02 15:00:00");
    when_show(NOW, true, false, text);
    assert_string_equal(text, "2026-03-02 07:00Z");
    when_show(NEVER, false, false, text);
    assert_string_equal(text, "-");
    when_write(NOW, false, text);
    assert_string_equal(text, "2026-03-02T15:00:00+08:00");
}

static void assert_left(msec left_ms, const char *wanted)
{
    char text[WHEN_TEXT];

    when_left(NOW, NOW + left_ms, text);
    assert_string_equal(text, wanted);
}

static void time_left_is_told_in_two_units(void **state)
{
    char text[WHEN_TEXT];

    (void)state;
    assert_left(125 * MSEC_MINUTE, "2h05m left");
    assert_left(-35 * MSEC_MINUTE, "overdue 35m");
    assert_left(40 * MSEC_SECOND, "40s left");
    assert_left(0, "0s left");
    assert_left(-1, "overdue 0s");
    assert_left(47 * MSEC_HOUR, "47h00m left");
    assert_left(76 * MSEC_HOUR, "3d04h left");
    when_left(NOW, NEVER, text);
    assert_string_equal(text, "closed");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(instants_with_an_offset_mean_what_they_say),
        cmocka_unit_test(spans_count_from_now),
        cmocka_unit_test(wall_times_are_local),
        cmocka_unit_test(wall_times_that_are_none_are_refused),
        cmocka_unit_test(a_day_back_keeps_the_wall_time),
        cmocka_unit_test(times_are_shown_locally_or_in_utc),
        cmocka_unit_test(time_left_is_told_in_two_units),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
