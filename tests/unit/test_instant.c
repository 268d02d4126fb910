/*
 * Written instants: what is read, what is refused and with which outcome, and what is written.
 */
#include "lib/base/instant.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

static void reads_instants(void **state)
{
    static const struct {
        const char *text;
        msec at;
    } cases[] = {
        {"2026-03-02T09:00:00+08:00", 1772413200000},
        {"2026-03-02T01:00:00Z", 1772413200000},
        {"2026-03-02T01:00:00-00:00", 1772413200000},
        {"2026-03-01T21:30:00-03:30", 1772413200000},
        {"2026-03-02T01:00:00.25Z", 1772413200250},
        {"2026-03-02T01:00:00.007Z", 1772413200007},
        {"2026-03-02T01:00:00.123999Z", 1772413200123},
        {"1970-01-01T00:00:00Z", 0},
        {"1970-01-01T08:00:00+08:00", 0},
        {"2199-12-31T23:59:59.999Z", 7258118399999},
        {"2200-01-01T07:59:59+08:00", 7258118399000},
        {"2028-02-29T00:00:00Z", 1835395200000},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        msec at = -1;

        assert_int_equal(instant_parse(cases[i].text, &at), INSTANT_OK);
        assert_int_equal(at, cases[i].at);
    }
}

static void refuses_with_a_reason(void **state)
{
    static const struct {
        const char *text;
        enum instant_outcome outcome;
    } cases[] = {
        {"", INSTANT_BAD_FORM},
        {"tomorrow", INSTANT_BAD_FORM},
        {"2026-03-02", INSTANT_BAD_FORM},
        {"2026-03-02 09:00:00+08:00", INSTANT_BAD_FORM},
        {"2026-03-02t09:00:00+08:00", INSTANT_BAD_FORM},
        {"2026-03-02T09:00:00z", INSTANT_BAD_FORM},
        {"2026-03-02T09:00+08:00", INSTANT_BAD_FORM},
        {"2026-03-02T09:00:00+08", INSTANT_BAD_FORM},
        {"2026-03-02T09:00:00+0800", INSTANT_BAD_FORM},
        {"2026-03-02T09:00:00.+08:00", INSTANT_BAD_FORM},
        {"2026-03-02T09:00:00.1234567890Z", INSTANT_BAD_FORM},
        {"2026-03-02T09:00:00Z ", INSTANT_BAD_FORM},
        {"2026-03-02T09:00:00+08:00x", INSTANT_BAD_FORM},
        {"+026-03-02T09:00:00Z", INSTANT_BAD_FORM},
        {"2026-03-02T09:00:00", INSTANT_NO_OFFSET},
        {"2026-03-02T09:00:00.5", INSTANT_NO_OFFSET},
        {"2026-02-29T09:00:00Z", INSTANT_NO_SUCH_DATE},
        {"2026-13-01T09:00:00Z", INSTANT_NO_SUCH_DATE},
        {"2026-00-01T09:00:00Z", INSTANT_NO_SUCH_DATE},
        {"2026-03-02T24:00:00Z", INSTANT_NO_SUCH_TIME},
        {"2026-03-02T23:60:00Z", INSTANT_NO_SUCH_TIME},
        {"2016-12-31T23:59:60Z", INSTANT_NO_SUCH_TIME},
        {"2026-03-02T09:00:00+24:00", INSTANT_NO_SUCH_TIME},
        {"2026-03-02T09:00:00+08:60", INSTANT_NO_SUCH_TIME},
        {"1969-12-31T23:59:59Z", INSTANT_OUT_OF_RANGE},
        {"1970-01-01T00:00:00+08:00", INSTANT_OUT_OF_RANGE},
        {"2200-01-01T00:00:00Z", INSTANT_OUT_OF_RANGE},
        {"0000-01-01T00:00:00Z", INSTANT_OUT_OF_RANGE},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        msec at = -1;
        enum instant_outcome outcome = instant_parse(cases[i].text, &at);

        if (outcome != cases[i].outcome)
            fail_msg("%s gave %d", cases[i].text, (int)outcome);
        assert_int_equal(at, -1);
        assert_true(instant_outcome_text(outcome)[0] != '\0');
    }
}

static void assert_written(msec at, int offset_seconds, const char *expected)
{
    char text[INSTANT_TEXT];

    instant_format(at, offset_seconds, text);
    assert_string_equal(text, expected);
}

static void writes_instants(void **state)
{
    (void)state;
    assert_written(1772413200000, 8 * 3600, "2026-03-02T09:00:00+08:00");
    assert_written(1772413200000, 0, "2026-03-02T01:00:00+00:00");
    assert_written(1772413200123, -(3 * 3600 + 1800), "2026-03-01T21:30:00.123-03:30");
    assert_written(0, -1800, "1969-12-31T23:30:00-00:30");
    assert_written(-1, 0, "1969-12-31T23:59:59.999+00:00");
    assert_written(0, -2670, "1969-12-31T23:16:00-00:44"); /* Monrovia had 44 minutes and a half */
    assert_written(NEVER, 0, "never");
}

static void writes_absurd_instants_within_bounds(void **state)
{
    char text[INSTANT_TEXT];

    (void)state;
    instant_format(NEVER - 1, -93599, text);
    instant_format(INT64_MIN, 93599, text);
}

static void reads_what_it_writes(void **state)
{
    char text[INSTANT_TEXT];

    (void)state;
    for (msec at = 0; at < 7258118400000; at += 86399999 * 7 + 12345) {
        msec again_at;

        instant_format(at, (int)(at % 1600) * 60 - 48000, text);
        if (instant_parse(text, &again_at) != INSTANT_OK)
            fail_msg("%s", text);
        assert_int_equal(again_at, at);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_instants),       cmocka_unit_test(refuses_with_a_reason),
        cmocka_unit_test(writes_instants),      cmocka_unit_test(writes_absurd_instants_within_bounds),
        cmocka_unit_test(reads_what_it_writes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
