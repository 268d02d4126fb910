/*
 * Written spans: every unit, every refusal, and the way back.
 */
#include "lib/base/span.h"

#include "lib/base/msec.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void reads_spans(void **state)
{
    static const struct {
        const char *text;
        enum span_unit unit;
        int64_t amount;
    } cases[] = {
        {"24h", SPAN_REAL, 24 * MSEC_HOUR},
        {"90m", SPAN_REAL, 90 * MSEC_MINUTE},
        {"10s", SPAN_REAL, 10 * MSEC_SECOND},
        {"250ms", SPAN_REAL, 250},
        {"0s", SPAN_REAL, 0},
        {"2h30m", SPAN_REAL, 150 * MSEC_MINUTE},
        {"1h1m1s1ms", SPAN_REAL, 3661001},
        {"8bh", SPAN_BUSINESS, 8 * MSEC_HOUR},
        {"1bh30bm", SPAN_BUSINESS, 90 * MSEC_MINUTE},
        {"3wd", SPAN_WORKING_DAYS, 3},
        {"14d", SPAN_DAYS, 14},
        {"3mo", SPAN_MONTHS, 3},
        {"-5wd", SPAN_WORKING_DAYS, -5},
        {"-1h30m", SPAN_REAL, -90 * MSEC_MINUTE},
        {"1200mo", SPAN_MONTHS, 1200},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct span span;

        assert_int_equal(span_parse(cases[i].text, &span), SPAN_OK);
        assert_int_equal(span.unit, cases[i].unit);
        assert_int_equal(span.amount, cases[i].amount);
    }
}

/* A day and a time of day name an instant; the way back writes what a lead would. */
static void reads_civil_instants(void **state)
{
    static const struct {
        const char *text;
        struct span span;
        const char *written;
    } cases[] = {
        {"next wd 16:00", {.unit = SPAN_WORKING_DAY_AT, .minute = 960, .amount = 1}, NULL},
        {"1wd 16:00", {.unit = SPAN_WORKING_DAY_AT, .minute = 960, .amount = 1}, "next wd 16:00"},
        {"3wd 00:00", {.unit = SPAN_WORKING_DAY_AT, .minute = 0, .amount = 3}, NULL},
        {"-2wd 09:30", {.unit = SPAN_WORKING_DAY_AT, .minute = 570, .amount = -2}, NULL},
        {"next d 24:00", {.unit = SPAN_DAY_AT, .minute = 1440, .amount = 1}, NULL},
        {"same day", {.unit = SPAN_DAY_AT, .amount = 1}, NULL},
        {"next d 00:00", {.unit = SPAN_DAY_AT, .amount = 1}, "same day"},
        {"1st 00:00", {.unit = SPAN_MONTH_DAY_AT, .amount = 1}, NULL},
        {"2nd 09:00", {.unit = SPAN_MONTH_DAY_AT, .minute = 540, .amount = 2}, NULL},
        {"12th 09:00", {.unit = SPAN_MONTH_DAY_AT, .minute = 540, .amount = 12}, NULL},
        {"23rd 09:00", {.unit = SPAN_MONTH_DAY_AT, .minute = 540, .amount = 23}, NULL},
        {"25th 17:00 roll forward",
         {.unit = SPAN_MONTH_DAY_AT, .minute = 1020, .roll = 1, .amount = 25},
         NULL},
        {"31st 24:00 roll back", {.unit = SPAN_MONTH_DAY_AT, .minute = 1440, .roll = -1, .amount = 31}, NULL},
        {"36600d 12:00", {.unit = SPAN_DAY_AT, .minute = 720, .amount = 36600}, NULL},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char text[SPAN_TEXT];
        struct span span;

        assert_int_equal(span_parse(cases[i].text, &span), SPAN_OK);
        assert_int_equal(span.unit, cases[i].span.unit);
        assert_int_equal(span.amount, cases[i].span.amount);
        assert_int_equal(span.minute, cases[i].span.minute);
        assert_int_equal(span.roll, cases[i].span.roll);
        assert_true(span_is_instant(span));
        span_format(span, text);
        assert_string_equal(text, cases[i].written ? cases[i].written : cases[i].text);
    }
    assert_false(span_is_instant((struct span){.unit = SPAN_WORKING_DAYS, .amount = 1}));
}

static void refuses_with_a_reason(void **state)
{
    static const struct {
        const char *text;
        enum span_outcome outcome;
    } cases[] = {
        {"", SPAN_BAD_FORM},
        {"h", SPAN_BAD_FORM},
        {"-", SPAN_BAD_FORM},
        {"+3h", SPAN_BAD_FORM},
        {"1.5h", SPAN_BAD_FORM},
        {"1h ", SPAN_BAD_FORM},
        {"next", SPAN_BAD_FORM},
        {"next ", SPAN_BAD_FORM},
        {"next wd", SPAN_BAD_FORM},
        {"next wd 16", SPAN_BAD_FORM},
        {"next wd 16:00 ", SPAN_BAD_FORM},
        {"next wd  16:00", SPAN_BAD_FORM},
        {"next wd 24:01", SPAN_BAD_FORM},
        {"next wd 09:60", SPAN_BAD_FORM},
        {"-next wd 16:00", SPAN_BAD_FORM},
        {"next 3wd 16:00", SPAN_BAD_FORM},
        {"next day 16:00", SPAN_UNKNOWN_UNIT},
        {"next h 16:00", SPAN_NOT_A_DAY},
        {"3bh 16:00", SPAN_NOT_A_DAY},
        {"1mo 16:00", SPAN_NOT_A_DAY},
        {"0wd 16:00", SPAN_SAME_DAY},
        {"0wd 24:00", SPAN_SAME_DAY},
        {"same", SPAN_BAD_FORM},
        {"same days", SPAN_BAD_FORM},
        {"same day 16:00", SPAN_BAD_FORM},
        {"25th", SPAN_UNKNOWN_UNIT},
        {"25st 16:00", SPAN_UNKNOWN_UNIT},
        {"0th 16:00", SPAN_UNKNOWN_UNIT},
        {"32nd 16:00", SPAN_UNKNOWN_UNIT},
        {"-25th 16:00", SPAN_UNKNOWN_UNIT},
        {"25th 16:00 roll", SPAN_UNKNOWN_UNIT},
        {"25th 16:00 roll forward ", SPAN_UNKNOWN_UNIT},
        {"next wd 16:00 roll forward", SPAN_BAD_FORM},
        {"3 16:00", SPAN_BAD_FORM},
        {"1 h", SPAN_BAD_FORM},
        {"1h-1m", SPAN_BAD_FORM},
        {"24", SPAN_BARE_NUMBER},
        {"0", SPAN_BARE_NUMBER},
        {"2h30", SPAN_BARE_NUMBER},
        {"1day", SPAN_UNKNOWN_UNIT},
        {"1w", SPAN_UNKNOWN_UNIT},
        {"1H", SPAN_BAD_FORM},
        {"1{", SPAN_BAD_FORM},
        {"next wd 0a:00", SPAN_BAD_FORM},
        {"1d12h", SPAN_MIXED_UNITS},
        {"30m2h", SPAN_MIXED_UNITS},
        {"1h1h", SPAN_MIXED_UNITS},
        {"1h30bm", SPAN_MIXED_UNITS},
        {"1mo1d", SPAN_MIXED_UNITS},
        {"36601d", SPAN_TOO_LONG},
        {"1201mo", SPAN_TOO_LONG},
        {"9999999h", SPAN_TOO_LONG},
        {"9999999999999h", SPAN_TOO_LONG},
        {"99999999999999999999h", SPAN_TOO_LONG},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct span span;
        enum span_outcome outcome = span_parse(cases[i].text, &span);

        if (outcome != cases[i].outcome)
            fail_msg("%s gave %d", cases[i].text, (int)outcome);
        assert_true(span_outcome_text(outcome)[0] != '\0');
    }
}

static void assert_written(enum span_unit unit, int64_t amount, const char *expected)
{
    char text[SPAN_TEXT];
    struct span span = {.unit = unit, .amount = amount}, again;

    span_format(span, text);
    assert_string_equal(text, expected);
    assert_int_equal(span_parse(text, &again), SPAN_OK);
    assert_int_equal(again.unit, unit);
    assert_int_equal(again.amount, amount);
}

static void writes_spans(void **state)
{
    (void)state;
    assert_written(SPAN_REAL, 36 * MSEC_HOUR, "36h");
    assert_written(SPAN_REAL, 150 * MSEC_MINUTE, "2h30m");
    assert_written(SPAN_REAL, 3661001, "1h1m1s1ms");
    assert_written(SPAN_REAL, 0, "0s");
    assert_written(SPAN_REAL, -90 * MSEC_MINUTE, "-1h30m");
    assert_written(SPAN_BUSINESS, 8 * MSEC_HOUR, "8bh");
    assert_written(SPAN_BUSINESS, 1, "1bms");
    assert_written(SPAN_BUSINESS, 0, "0bs");
    assert_written(SPAN_WORKING_DAYS, 3, "3wd");
    assert_written(SPAN_WORKING_DAYS, 0, "0wd");
    assert_written(SPAN_DAYS, -14, "-14d");
    assert_written(SPAN_MONTHS, 0, "0mo");
}

static void writes_absurd_spans_within_bounds(void **state)
{
    char text[SPAN_TEXT];

    (void)state;
    span_format((struct span){.unit = SPAN_BUSINESS, .amount = INT64_MIN}, text);
    span_format((struct span){.unit = SPAN_DAYS, .amount = INT64_MIN}, text);
    assert_string_equal(text, "-9223372036854775808d");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_spans),
        cmocka_unit_test(reads_civil_instants),
        cmocka_unit_test(refuses_with_a_reason),
        cmocka_unit_test(writes_spans),
        cmocka_unit_test(writes_absurd_spans_within_bounds),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
