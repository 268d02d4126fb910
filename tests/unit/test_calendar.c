/*
 * Calendars: the shipped cn_office against dates checked by hand, clocks that change, the file format and its
 * complaints. Random calendars are compared with an independent oracle in tests/property.
 */
#include "lib/calendar.h"

#include "lib/base/instant.h"
#include "lib/base/memory.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define MOST_BYTES  65536
#define WEEKDAYS    "monday..friday = 09:00-12:00 13:00-18:00\n"
#define WEEK        "[hours]\n" WEEKDAYS "saturday..sunday = closed\n"
#define HEAD        "[calendar]\nname = tried\nzone = Asia/Shanghai\n"
#define OFFICE_PATH "etc/calendars/cn_office.ini" /* tests run in the source's top folder */

static struct zone *shanghai, *new_york, *apia;

static char *read_file(const char *path, size_t *ret_length)
{
    char *bytes = memory_new(MOST_BYTES + 1, 1);
    FILE *file = fopen(path, "rb");

    if (!file)
        fail_msg("%s is not there", path);
    *ret_length = fread(bytes, 1, MOST_BYTES, file);
    fclose(file);
    return bytes;
}

static struct zone *load_zone(const char *name)
{
    char path[256];
    size_t length;
    const char *error = NULL;

    snprintf(path, sizeof(path), "/usr/share/zoneinfo/%s", name);
    char *bytes = read_file(path, &length);
    struct zone *zone = zone_create(name, bytes, length, &error);

    free(bytes);
    assert_non_null(zone);
    return zone;
}

static int load_zones(void **state)
{
    (void)state;
    shanghai = load_zone("Asia/Shanghai");
    new_york = load_zone("America/New_York");
    apia = load_zone("Pacific/Apia");
    return 0;
}

static int drop_zones(void **state)
{
    (void)state;
    zone_destroy(shanghai);
    zone_destroy(new_york);
    zone_destroy(apia);
    return 0;
}

static struct zone *find_zone(void *context, const char *name)
{
    struct zone *const zones[] = {shanghai, new_york, apia};

    (void)context;
    for (size_t i = 0; i < sizeof(zones) / sizeof(zones[0]); i++)
        if (strcmp(zone_name(zones[i]), name) == 0)
            return zones[i];
    return NULL;
}

static struct calendar *compile(const char *text)
{
    char *error;
    struct calendar *calendar = calendar_compile("a.ini", text, find_zone, NULL, &error);

    if (!calendar)
        fail_msg("%s", error);
    return calendar;
}

static struct calendar *load_office(void)
{
    size_t length;
    char *text = read_file(OFFICE_PATH, &length);
    struct calendar *calendar = compile(text);

    free(text);
    return calendar;
}

static msec instant(const char *text)
{
    msec at = NEVER;

    if (instant_parse(text, &at) != INSTANT_OK)
        fail_msg("%s", text);
    return at;
}

static void assert_at(const struct calendar *calendar, msec at, const char *expected)
{
    char text[INSTANT_TEXT];

    instant_format(at, at == NEVER ? 0 : zone_offset_s(calendar_zone(calendar), at), text);
    assert_string_equal(text, expected);
}

static void assert_span(const struct calendar *calendar, const char *anchor, const char *text,
                        const char *expected)
{
    struct span span;

    assert_int_equal(span_parse(text, &span), SPAN_OK);
    assert_at(calendar, calendar_add_span(calendar, instant(anchor), span), expected);
}

static void assert_refused(const char *text, const char *expected)
{
    char *error;

    assert_null(calendar_compile("a.ini", text, find_zone, NULL, &error));
    if (strcmp(error, expected) != 0)
        fail_msg("%s", error);
    free(error);
}

static void counts_working_days(void **state)
{
    (void)state;
    struct calendar *office = load_office();

    assert_span(office, "2026-03-06T10:00:00+08:00", "1wd", "2026-03-09T18:00:00+08:00"); /* Friday */
    assert_span(office, "2026-03-07T10:00:00+08:00", "1wd", "2026-03-09T18:00:00+08:00"); /* Saturday */
    assert_span(office, "2026-03-06T23:59:59+08:00", "1wd", "2026-03-09T18:00:00+08:00");
    assert_span(office, "2026-03-02T09:00:00+08:00", "3wd", "2026-03-05T18:00:00+08:00");
    assert_span(office, "2026-02-13T10:00:00+08:00", "1wd",
                "2026-02-14T18:00:00+08:00"); /* a make-up Saturday */
    assert_span(office, "2026-02-13T10:00:00+08:00", "2wd", "2026-02-24T18:00:00+08:00");
    assert_span(office, "2026-09-30T10:00:00+08:00", "3wd", "2026-10-10T18:00:00+08:00");
    assert_span(office, "2026-03-06T10:00:00+08:00", "0wd", "2026-03-06T18:00:00+08:00");
    assert_span(office, "2026-03-07T10:00:00+08:00", "0wd", "2026-03-09T18:00:00+08:00");
    calendar_destroy(office);
}

static void counts_working_days_backward(void **state)
{
    (void)state;
    struct calendar *office = load_office();
    int64_t national_day = civil_day(2026, 10, 1);

    assert_at(office, calendar_before_working_days(office, national_day, 3, 540),
              "2026-09-28T09:00:00+08:00");
    assert_at(office, calendar_before_working_days(office, national_day, 4, 540),
              "2026-09-24T09:00:00+08:00");
    assert_at(office, calendar_before_working_days(office, national_day, 0, 540),
              "2026-09-30T09:00:00+08:00");
    assert_at(office, calendar_before_working_days(office, civil_day(2026, 3, 2), 0, 600),
              "2026-03-02T10:00:00+08:00");
    assert_span(office, "2026-10-01T15:00:00+08:00", "-3wd", "2026-09-28T09:00:00+08:00");
    assert_at(office, calendar_roll_forward(office, national_day, 960), "2026-10-08T16:00:00+08:00");
    assert_at(office, calendar_roll_forward(office, civil_day(2026, 3, 2), 960), "2026-03-02T16:00:00+08:00");
    calendar_destroy(office);
}

static void counts_business_time(void **state)
{
    (void)state;
    struct calendar *office = load_office();

    assert_span(office, "2026-03-02T09:00:00+08:00", "8bh",
                "2026-03-02T18:00:00+08:00"); /* exactly at closing */
    assert_span(office, "2026-03-02T09:00:00+08:00", "3bh", "2026-03-02T12:00:00+08:00");
    assert_span(office, "2026-03-02T09:00:00+08:00", "3bh1bm", "2026-03-02T13:01:00+08:00");
    assert_span(office, "2026-03-02T12:30:00+08:00", "8bh", "2026-03-03T12:00:00+08:00");
    assert_span(office, "2026-03-06T17:59:59+08:00", "1bh", "2026-03-09T09:59:59+08:00");
    assert_span(office, "2026-03-07T03:00:00+08:00", "8bh", "2026-03-09T18:00:00+08:00");
    assert_span(office, "2026-03-02T12:00:00+08:00", "0bh",
                "2026-03-02T12:00:00+08:00"); /* a closing counts */
    assert_span(office, "2026-03-02T12:00:01+08:00", "0bh", "2026-03-02T13:00:00+08:00");
    assert_span(office, "2026-03-02T18:00:00+08:00", "1bh", "2026-03-03T10:00:00+08:00");
    assert_span(office, "2026-02-14T17:00:00+08:00", "2bh", "2026-02-24T10:00:00+08:00");
    assert_span(office, "2026-03-03T10:00:00+08:00", "-2bh", "2026-03-02T17:00:00+08:00");
    assert_span(office, "2026-03-03T10:00:00+08:00", "-1bh", "2026-03-03T09:00:00+08:00");
    calendar_destroy(office);
}

static void measures_business_time(void **state)
{
    (void)state;
    struct calendar *office = load_office();
    msec friday_at = instant("2026-03-06T17:00:00+08:00"), monday_at = instant("2026-03-09T10:30:00+08:00");

    assert_int_equal(calendar_between_ms(office, friday_at, monday_at), 150 * MSEC_MINUTE);
    assert_int_equal(calendar_between_ms(office, monday_at, friday_at), -150 * MSEC_MINUTE);
    assert_int_equal(calendar_between_ms(office, friday_at, friday_at), 0);
    assert_int_equal(calendar_between_ms(office, friday_at, NEVER), NEVER);
    assert_int_equal(calendar_between_ms(office, instant("2026-01-01T00:00:00+08:00"),
                                         instant("2027-01-01T00:00:00+08:00")),
                     248 * 8 * MSEC_HOUR); /* working days of 2026 */
    calendar_destroy(office);
}

static void adds_civil_days_and_months(void **state)
{
    (void)state;
    struct calendar *office = load_office();

    assert_span(office, "2026-03-02T09:00:00.250+08:00", "14d", "2026-03-16T09:00:00.250+08:00");
    assert_span(office, "2026-01-31T23:59:59+08:00", "1mo", "2026-02-28T23:59:59+08:00");
    assert_span(office, "2026-03-31T09:00:00+08:00", "-1mo", "2026-02-28T09:00:00+08:00");
    assert_span(office, "2026-03-02T09:00:00+08:00", "24h", "2026-03-03T09:00:00+08:00");
    assert_at(office, calendar_add_span(office, NEVER, (struct span){.unit = SPAN_DAYS, .amount = 1}),
              "never");
    assert_at(office, calendar_add_span(office, NEVER - 1, (struct span){.unit = SPAN_REAL, .amount = 5}),
              "never");
    calendar_destroy(office);
}

/* A day and a time of day, whatever the hours of that day are; in the hour that comes twice the second. */
static void adds_civil_instants(void **state)
{
    (void)state;
    struct calendar *office = load_office(), *always = calendar_create_always(new_york);

    assert_span(office, "2026-03-02T00:00:00+08:00", "next wd 16:00", "2026-03-03T16:00:00+08:00");
    assert_span(office, "2026-03-02T23:59:59.999+08:00", "next wd 16:00", "2026-03-03T16:00:00+08:00");
    assert_span(office, "2026-03-06T10:00:00+08:00", "next wd 16:00",
                "2026-03-09T16:00:00+08:00"); /* Friday */
    assert_span(office, "2026-03-07T10:00:00+08:00", "next wd 16:00", "2026-03-09T16:00:00+08:00");
    assert_span(office, "2026-02-13T10:00:00+08:00", "2wd 12:30", "2026-02-24T12:30:00+08:00");
    assert_span(office, "2026-03-06T10:00:00+08:00", "next wd 24:00", "2026-03-10T00:00:00+08:00");
    assert_span(office, "2026-03-06T10:00:00+08:00", "next d 24:00", "2026-03-08T00:00:00+08:00");
    assert_span(office, "2026-03-06T10:00:00+08:00", "3d 00:00", "2026-03-09T00:00:00+08:00");
    assert_span(office, "2026-10-01T15:00:00+08:00", "-3wd 16:00", "2026-09-28T16:00:00+08:00");
    assert_span(office, "2026-10-01T15:00:00+08:00", "-1d 16:00", "2026-09-30T16:00:00+08:00");
    assert_span(always, "2026-03-07T12:00:00-05:00", "next d 02:30", "2026-03-08T03:00:00-04:00");
    assert_span(always, "2026-10-31T12:00:00-04:00", "next wd 01:30", "2026-11-01T01:30:00-05:00");
    assert_at(office,
              calendar_add_span(office, NEVER, (struct span){.unit = SPAN_WORKING_DAY_AT, .amount = 1}),
              "never");
    calendar_destroy(office);
    calendar_destroy(always);
}

static void assert_between(const struct calendar *calendar, const char *from, const char *to,
                           const char *expected, int64_t expected_rest_ms)
{
    struct span wanted;
    int64_t rest_ms;

    assert_int_equal(span_parse(expected, &wanted), SPAN_OK);
    struct span span = calendar_between(calendar, instant(from), instant(to), wanted.unit, &rest_ms);

    assert_int_equal(span.unit, wanted.unit);
    assert_int_equal(span.amount, wanted.amount);
    assert_int_equal(rest_ms, expected_rest_ms);
}

static void measures_every_unit(void **state)
{
    (void)state;
    struct calendar *office = load_office();
    int64_t rest_ms;

    assert_between(office, "2026-03-02T09:00:00+08:00", "2026-03-03T09:00:00+08:00", "24h", 0);
    assert_between(office, "2026-03-06T17:00:00+08:00", "2026-03-09T10:30:00+08:00", "2bh30bm", 0);
    /* a working day has passed when it has closed, as `1wd` is due then */
    assert_between(office, "2026-03-06T10:00:00+08:00", "2026-03-09T17:59:59+08:00", "0wd",
                   79 * MSEC_HOUR + 3599 * MSEC_SECOND);
    assert_between(office, "2026-03-06T10:00:00+08:00", "2026-03-09T18:00:00+08:00", "1wd", 0);
    assert_between(office, "2026-03-06T10:00:00+08:00", "2026-03-10T09:00:00+08:00", "1wd", 15 * MSEC_HOUR);
    assert_between(office, "2026-02-13T10:00:00+08:00", "2026-02-24T18:00:00+08:00", "2wd", 0);
    assert_between(office, "2026-03-02T09:00:00+08:00", "2026-03-16T08:59:59+08:00", "13d",
                   MSEC_DAY - MSEC_SECOND);
    assert_between(office, "2026-01-31T10:00:00+08:00", "2026-02-28T10:00:00+08:00", "1mo", 0);
    assert_between(office, "2026-01-31T10:00:00+08:00", "2026-03-01T11:00:00+08:00", "1mo",
                   MSEC_DAY + MSEC_HOUR);
    assert_between(office, "2026-02-28T10:00:00+08:00", "2026-01-31T10:00:00+08:00", "-1mo", 0);
    assert_between(office, "2026-03-09T18:30:00+08:00", "2026-03-06T10:00:00+08:00", "-1wd",
                   -30 * MSEC_MINUTE);
    assert_int_equal(calendar_between(office, 0, NEVER, SPAN_DAYS, &rest_ms).amount, NEVER);
    calendar_destroy(office);
}

static void opens_and_closes(void **state)
{
    (void)state;
    struct calendar *office = load_office();

    assert_true(calendar_is_open(office, instant("2026-03-02T09:00:00+08:00")));
    assert_false(calendar_is_open(office, instant("2026-03-02T12:00:00+08:00")));
    assert_true(calendar_is_open(office, instant("2026-03-02T11:59:59.999+08:00")));
    assert_false(calendar_is_open(office, instant("2026-10-01T10:00:00+08:00")));
    assert_true(calendar_is_open(office, instant("2026-02-14T10:00:00+08:00")));
    assert_false(calendar_is_open(office, NEVER));
    assert_at(office, calendar_next_open(office, instant("2026-09-30T18:00:00+08:00")),
              "2026-10-08T09:00:00+08:00");
    assert_at(office, calendar_next_close(office, instant("2026-09-30T18:00:00+08:00")),
              "2026-10-08T12:00:00+08:00");
    assert_at(office, calendar_next_close(office, instant("2026-03-02T13:00:00+08:00")),
              "2026-03-02T18:00:00+08:00");
    assert_at(office, calendar_next_open(office, NEVER), "never");
    calendar_destroy(office);
}

static void knows_what_it_does_not_know(void **state)
{
    (void)state;
    struct calendar *office = load_office(), *always = calendar_create_always(shanghai);

    assert_string_equal(calendar_name(office), "cn_office");
    assert_ptr_equal(calendar_zone(office), shanghai);
    assert_false(calendar_is_provisional(office, instant("2026-12-31T23:59:59+08:00")));
    assert_true(calendar_is_provisional(office, instant("2027-01-01T00:00:00+08:00")));
    assert_false(calendar_is_provisional(office, NEVER));
    assert_false(calendar_is_provisional(always, instant("2199-01-01T00:00:00+08:00")));
    assert_string_equal(calendar_day_name(office, civil_day(2026, 2, 17)), "春节 | Spring Festival");
    assert_null(calendar_day_name(office, civil_day(2026, 3, 2)));
    calendar_destroy(office);
    calendar_destroy(always);
    calendar_destroy(NULL);
}

static void is_always_open_around_the_clock(void **state)
{
    (void)state;
    struct calendar *always = calendar_create_always(shanghai);
    msec at = instant("2026-03-07T03:00:00+08:00");

    assert_string_equal(calendar_name(always), "always");
    assert_true(calendar_is_open(always, at));
    assert_int_equal(calendar_next_open(always, at), at);
    assert_int_equal(calendar_next_close(always, at), NEVER);
    assert_span(always, "2026-03-07T03:00:00+08:00", "8bh", "2026-03-07T11:00:00+08:00");
    assert_span(always, "2026-03-07T03:00:00+08:00", "1wd", "2026-03-09T00:00:00+08:00"); /* Sunday 24:00 */
    assert_int_equal(calendar_between_ms(always, at, at + MSEC_DAY), MSEC_DAY);
    calendar_destroy(always);
}

static void keeps_a_customers_hours(void **state)
{
    (void)state;
    struct calendar *day = calendar_create_daily("staffed", shanghai, 510, 1200);
    struct calendar *night = calendar_create_daily("night", shanghai, 1320, 360);
    struct calendar *clock = calendar_create_daily("clock", shanghai, 480, 480);

    assert_span(day, "2026-03-07T19:00:00+08:00", "2bh", "2026-03-08T09:30:00+08:00");
    assert_span(day, "2026-03-07T19:00:00+08:00", "1wd", "2026-03-08T20:00:00+08:00");
    assert_span(night, "2026-03-07T21:00:00+08:00", "4bh", "2026-03-08T02:00:00+08:00");
    assert_at(night, calendar_next_close(night, instant("2026-03-07T23:00:00+08:00")),
              "2026-03-08T06:00:00+08:00");
    assert_true(calendar_is_open(clock, instant("2026-03-07T08:00:00+08:00")));
    assert_int_equal(calendar_next_close(clock, 0), NEVER);
    calendar_destroy(day);
    calendar_destroy(night);
    calendar_destroy(clock);
}

static void reads_staffed_hours(void **state)
{
    int open_minute, close_minute;

    (void)state;
    assert_true(calendar_parse_hours("08:30-20:00", &open_minute, &close_minute));
    assert_int_equal(open_minute, 510);
    assert_int_equal(close_minute, 1200);
    assert_true(calendar_parse_hours("00:00-24:00", &open_minute, &close_minute));
    assert_false(calendar_parse_hours("08:30-24:01", &open_minute, &close_minute));
    assert_false(calendar_parse_hours("08:60-20:00", &open_minute, &close_minute));
    assert_false(calendar_parse_hours("8:30-20:00", &open_minute, &close_minute));
    assert_false(calendar_parse_hours("08:30-20:00 ", &open_minute, &close_minute));
    assert_false(calendar_parse_hours("08:30", &open_minute, &close_minute));
    assert_false(calendar_parse_hours("", &open_minute, &close_minute));
}

static void follows_clocks_that_change(void **state)
{
    (void)state;
    struct calendar *whole = compile("[calendar]\nname = whole\nzone = America/New_York\n[hours]\n"
                                     "monday..sunday = 00:00-24:00\n[holidays]\n2020-01-01 = once\n");
    struct calendar *night = compile("[calendar]\nname = night\nzone = America/New_York\n[hours]\n"
                                     "monday..saturday = closed\nsunday = 00:30-02:30\n");

    assert_span(whole, "2026-03-08T00:00:00-05:00", "23bh", "2026-03-09T00:00:00-04:00");
    assert_span(whole, "2026-11-01T00:00:00-04:00", "25bh", "2026-11-02T00:00:00-05:00");
    assert_span(whole, "2026-03-07T12:00:00-05:00", "1d", "2026-03-08T12:00:00-04:00");
    assert_span(whole, "2026-03-07T12:00:00-05:00", "24h", "2026-03-08T13:00:00-04:00");
    assert_span(whole, "2026-03-07T02:30:00.5-05:00", "1d", "2026-03-08T03:00:00-04:00"); /* skipped */
    assert_span(whole, "2026-10-31T01:30:00-04:00", "1d", "2026-11-01T01:30:00-05:00"); /* twice: the last */
    assert_int_equal(calendar_between_ms(night, instant("2026-03-08T00:00:00-05:00"),
                                         instant("2026-03-09T00:00:00-04:00")),
                     90 * MSEC_MINUTE);
    assert_int_equal(calendar_between_ms(night, instant("2026-11-01T00:00:00-04:00"),
                                         instant("2026-11-02T00:00:00-05:00")),
                     180 * MSEC_MINUTE);
    calendar_destroy(whole);
    calendar_destroy(night);
}

static void skips_the_day_apia_lost(void **state)
{
    (void)state;
    struct calendar *calendar = compile("[calendar]\nname = samoa\nzone = Pacific/Apia\n" WEEK);

    assert_false(calendar_is_working_day(calendar, civil_day(2011, 12, 30)));
    assert_span(calendar, "2011-12-29T10:00:00-10:00", "1wd", "2012-01-02T18:00:00+14:00");
    assert_span(calendar, "2011-12-29T17:00:00-10:00", "2bh", "2012-01-02T10:00:00+14:00");
    calendar_destroy(calendar);
}

static void finds_nothing_in_a_calendar_without_hours(void **state)
{
    (void)state;
    struct calendar *closed =
        compile(HEAD "[hours]\nmonday..sunday = closed\n[short_days]\n2026-03-02 = 09:00-10:00\n");
    msec at = instant("2026-03-02T09:30:00+08:00");

    assert_span(closed, "2026-01-02T09:00:00+08:00", "30bm", "2026-03-02T09:30:00+08:00");
    assert_span(closed, "2026-01-02T09:00:00+08:00", "2bh", "never");
    assert_span(closed, "2026-03-02T09:00:00+08:00", "1wd", "never");
    assert_span(closed, "2026-03-02T09:00:00+08:00", "-1wd", "never");
    assert_span(closed, "2026-03-02T09:30:00+08:00", "-1bh", "never");
    assert_at(closed, calendar_next_open(closed, at + MSEC_HOUR), "never");
    assert_at(closed, calendar_next_close(closed, at), "2026-03-02T10:00:00+08:00");
    assert_at(closed, calendar_next_close(closed, at + MSEC_HOUR), "never");
    assert_at(closed, calendar_roll_forward(closed, civil_day(2026, 3, 3), 0), "never");
    calendar_destroy(closed);
}

static void reads_every_kind_of_entry(void **state)
{
    (void)state;
    struct calendar *calendar = compile(
        HEAD
        "until = 2026-12-31 ; known\n[working_days]\n2026-02-14 = 调休 | make-up as saturday\n2026-02-28 =\n"
        "2026-03-14 = as friday\n2026-03-15 = known as New Year\n"
        "[short_days]\n2026-12-31 = 09:00-12:00 New Year's Eve\n2026-12-30 = 09:00-10:00 10:00-11:00\n"
        "[holidays]\n2026-02-15..2026-02-23 = 春节\n[hours]\nmonday..thursday = 09:00-12:00 13:00-18:00\n"
        "friday = 09:00-17:00\nsaturday = 22:00-24:00\nsunday = closed\n");

    assert_span(calendar, "2026-02-13T09:00:00+08:00", "1wd", "2026-02-15T00:00:00+08:00");
    assert_span(calendar, "2026-02-27T09:00:00+08:00", "1wd", "2026-02-28T18:00:00+08:00");
    assert_span(calendar, "2026-03-13T09:00:00+08:00", "1wd", "2026-03-14T17:00:00+08:00");
    assert_span(calendar, "2026-12-30T09:00:00+08:00", "1wd", "2026-12-31T12:00:00+08:00");
    assert_span(calendar, "2026-12-30T09:00:00+08:00", "2bh", "2026-12-30T11:00:00+08:00");
    assert_string_equal(calendar_day_name(calendar, civil_day(2026, 2, 14)), "调休 | make-up");
    assert_string_equal(calendar_day_name(calendar, civil_day(2026, 2, 28)), "");
    assert_string_equal(calendar_day_name(calendar, civil_day(2026, 3, 14)), "");
    assert_string_equal(calendar_day_name(calendar, civil_day(2026, 3, 15)), "known as New Year");
    assert_string_equal(calendar_day_name(calendar, civil_day(2026, 12, 31)), "New Year's Eve");
    assert_false(calendar_is_working_day(calendar, civil_day(2026, 2, 23)));
    assert_true(calendar_is_working_day(calendar, civil_day(2026, 2, 24)));
    calendar_destroy(calendar);
}

static void refuses_heads(void **state)
{
    (void)state;
    assert_refused("", "a.ini:1: the calendar has no name (write name = cn_office under [calendar])");
    assert_refused("[calendar]\nname = a b\n", "a.ini:2: the name must be one word (cn_office)");
    assert_refused("[calendar]\nname = a\n" WEEK,
                   "a.ini:5: the calendar has no zone (write zone = Asia/Shanghai under [calendar])");
    assert_refused("[calendar]\nzone = Asia/Peking\n",
                   "a.ini:2: there is no time zone `Asia/Peking` (names are like Asia/Shanghai)");
    assert_refused("[calendar]\nuntil = 2026-02-30\n", "a.ini:2: `2026-02-30` is no date (write 2026-12-31)");
    assert_refused("[calendar]\nhours = 3\n",
                   "a.ini:2: unknown key `hours` (there are name, zone and until)");
    assert_refused("[calender]\n",
                   "a.ini:1: unknown section [calender] (there are calendar, hours, holidays, "
                   "working_days, short_days)");
    assert_refused("[calendar]\nname = a\nname = b\n",
                   "a.ini:3: `name` is set already, at line 2 of the same section");
}

static void refuses_hours(void **state)
{
    (void)state;
    assert_refused("[hours]\nmon = closed\n",
                   "a.ini:2: `mon` is no day of the week (write monday, or monday..friday)");
    assert_refused("[hours]\nfriday..monday = closed\n",
                   "a.ini:2: `friday..monday` is no day of the week (write monday, or monday..friday)");
    assert_refused("[hours]\nmonday = 9:00-12:00\n",
                   "a.ini:2: `9:00-12:00` are no hours (write 09:00-12:00, at the latest until 24:00)");
    assert_refused("[hours]\nmonday = 09:00-24:30\n",
                   "a.ini:2: `09:00-24:30` are no hours (write 09:00-12:00, at the latest until 24:00)");
    assert_refused(
        "[hours]\nmonday = 22:00-06:00\n",
        "a.ini:2: `22:00-06:00` ends before it begins (past midnight, write 22:00-24:00 on this day and "
        "00:00-06:00 on the next)");
    assert_refused("[hours]\nmonday = 09:00-12:00 11:00-13:00\n",
                   "a.ini:2: `11:00-13:00` overlaps the hours before it, or there are more than 8");
    assert_refused("[hours]\nmonday =\n",
                   "a.ini:2: `` are no hours (write 09:00-12:00 13:00-18:00, or closed)");
    assert_refused("[hours]\nmonday = 09:00-12:00 or so\n",
                   "a.ini:2: `or so` are no hours (write 09:00-12:00 13:00-18:00, or closed)");
    assert_refused("[hours]\nmonday = closed\nmonday..friday = closed\n",
                   "a.ini:3: monday has hours already");
    assert_refused(
        HEAD "[hours]\n" WEEKDAYS "sunday = closed\n",
        "a.ini:6: saturday has no hours (write saturday = closed under [hours] if it is a rest day)");
}

static void refuses_days(void **state)
{
    (void)state;
    assert_refused("[holidays]\n2026-02-30 = x\n",
                   "a.ini:2: `2026-02-30` is no date (write 2026-02-14, or 2026-02-15..2026-02-23)");
    assert_refused(
        "[holidays]\n2026-02-15...2026-02-23 = x\n",
        "a.ini:2: `2026-02-15...2026-02-23` is no date (write 2026-02-14, or 2026-02-15..2026-02-23)");
    assert_refused("[holidays]\n2026-02-15..2026-02-14 = x\n",
                   "a.ini:2: `2026-02-15..2026-02-14` ends before it begins, or is longer than a year");
    assert_refused("[holidays]\n2026-02-15..2027-02-16 = x\n",
                   "a.ini:2: `2026-02-15..2027-02-16` ends before it begins, or is longer than a year");
    assert_refused("[holidays]\n2026-10-01 =\n",
                   "a.ini:2: the holiday has no name (write 2026-10-01 = 春节 | Spring Festival)");
    assert_refused("[holidays]\n2026-10-01..2026-10-07 = 国庆节\n[working_days]\n2026-10-05 = x\n",
                   "a.ini:4: 2026-10-05 has an entry already, \"国庆节\" (keep one of the two)");
    assert_refused("[working_days]\n2026-02-14 = x as fryday\n",
                   "a.ini:2: `as` wants a day of the week, at the end (as friday)");
    assert_refused(HEAD "[working_days]\n2026-02-14 = x as sunday\n" WEEK,
                   "a.ini:5: sunday is closed, so this day would have no hours (add `as` and an open day)");
    assert_refused(
        "[short_days]\n2026-12-31 = closed\n",
        "a.ini:2: a short day needs hours (write 2026-12-31 = 09:00-12:00; closed days are [holidays])");
}

static struct calendar *open_on_weekdays(const char *name, const char *hours)
{
    char text[256];

    snprintf(text, sizeof(text),
             "[calendar]\nname = %s\nzone = Asia/Shanghai\n[hours]\nmonday..sunday = %s\n", name, hours);
    return compile(text);
}

/* Two editions of a calendar say the same of a day when its hours are the same, to the minute. */
static void compares_days(void **state)
{
    struct calendar *office = load_office(), *same = load_office();
    struct calendar *early = open_on_weekdays("early", "08:00-12:00 13:00-18:00"),
                    *late = open_on_weekdays("late", "09:00-12:00 13:00-18:30"),
                    *whole = open_on_weekdays("whole", "09:00-18:00"),
                    *abroad = compile("[calendar]\nname = abroad\nzone = America/New_York\n" WEEK);
    int64_t monday = civil_day(2026, 3, 2), holiday = civil_day(2026, 10, 1);

    (void)state;
    assert_true(calendar_is_same_day(office, same, monday));
    assert_false(calendar_is_same_day(office, early, monday));
    assert_false(calendar_is_same_day(office, late, monday));
    assert_false(calendar_is_same_day(office, whole, monday));
    assert_false(calendar_is_same_day(office, abroad, monday));
    assert_true(calendar_is_same_day(office, same, holiday));
    assert_false(calendar_is_same_day(office, late, holiday));
    calendar_destroy(office);
    calendar_destroy(same);
    calendar_destroy(early);
    calendar_destroy(late);
    calendar_destroy(whole);
    calendar_destroy(abroad);
}

/* An instant that does not come has nothing after it and nothing before it. */
static void never_is_never(void **state)
{
    struct calendar *office = load_office();
    static const char *const spans[] = {"1h", "1bh", "1wd", "1d", "1mo", "next wd 09:00", "next d 09:00"};
    int64_t rest_ms;

    (void)state;
    for (size_t i = 0; i < sizeof(spans) / sizeof(spans[0]); i++) {
        struct span span;

        assert_int_equal(span_parse(spans[i], &span), SPAN_OK);
        assert_at(office, calendar_add_span(office, NEVER, span), "never");
        assert_int_equal(calendar_between(office, NEVER, 0, span.unit, &rest_ms).amount, NEVER);
        assert_int_equal(calendar_between(office, 0, NEVER, span.unit, &rest_ms).amount, NEVER);
        assert_int_equal(rest_ms, 0);
    }
    assert_int_equal(calendar_add_ms(office, NEVER, MSEC_HOUR), NEVER);
    assert_int_equal(calendar_add_working_days(office, NEVER, 1), NEVER);
    assert_int_equal(calendar_between_ms(office, NEVER, 0), NEVER);
    assert_int_equal(calendar_next_close(office, NEVER), NEVER);
    calendar_destroy(office);
}

/* What is open for ever never closes, also when an exception makes its days be walked. */
static void does_not_close(void **state)
{
    struct calendar *calendar = compile(HEAD "[hours]\nmonday..sunday = 00:00-24:00\n[short_days]\n"
                                             "2020-01-01 = 09:00-10:00\n");
    struct calendar *always = calendar_create_always(shanghai);
    msec at = instant("2026-03-02T09:00:00+08:00");

    (void)state;
    assert_at(calendar, calendar_next_close(calendar, at), "never");
    assert_at(calendar, calendar_next_close(calendar, instant("2019-12-31T09:00:00+08:00")),
              "2020-01-01T00:00:00+08:00");
    assert_int_equal(calendar_between_ms(calendar, at, at + MSEC_DAY), MSEC_DAY);
    assert_int_equal(calendar_between_ms(always, at, at + MSEC_DAY), MSEC_DAY);
    assert_at(always, calendar_add_ms(always, NEVER - 1, MSEC_DAY), "never");
    calendar_destroy(calendar);
    calendar_destroy(always);
}

/* A budget that no calendar could hold ends the walk. */
static void gives_up_after_centuries(void **state)
{
    struct calendar *day = open_on_weekdays("brief", "09:00-09:01");

    (void)state;
    assert_at(day, calendar_add_ms(day, 0, INT64_C(200000) * MSEC_MINUTE), "never");
    assert_at(day, calendar_add_ms(day, 0, INT64_C(200000) * -MSEC_MINUTE), "never");
    calendar_destroy(day);
}

/* Exactly eight intervals fit a day. */
static void has_room_for_eight_intervals(void **state)
{
#define SEVEN "00:00-01:00 02:00-03:00 04:00-05:00 06:00-07:00 08:00-09:00 10:00-11:00 12:00-13:00 "
    struct calendar *eight = open_on_weekdays("eight", SEVEN "14:00-15:00");

    (void)state;
    assert_span(eight, "2026-03-02T00:00:00+08:00", "8bh", "2026-03-02T15:00:00+08:00");
    calendar_destroy(eight);
    assert_refused("[hours]\nmonday = " SEVEN "14:00-15:00 16:00-17:00\n",
                   "a.ini:2: `16:00-17:00` overlaps the hours before it, or there are more than 8");
}

static void refuses_more(void **state)
{
    (void)state;
    assert_refused("[calendar]\nname =\n", "a.ini:2: the name must be one word (cn_office)");
    assert_refused("[calendar]\nuntil = 2026-12-31..\n",
                   "a.ini:2: `2026-12-31..` is no date (write 2026-12-31)");
    assert_refused(
        "[holidays]\n2026-02-15..2026-02-30 = x\n",
        "a.ini:2: `2026-02-15..2026-02-30` is no date (write 2026-02-14, or 2026-02-15..2026-02-23)");
    assert_refused(
        "[holidays]\n2026/02/15..2026/02/16 = x\n",
        "a.ini:2: `2026/02/15..2026/02/16` is no date (write 2026-02-14, or 2026-02-15..2026-02-23)");
    assert_refused("[holidays]\n1969-12-31 = x\n",
                   "a.ini:2: `1969-12-31` is no date (write 2026-02-14, or 2026-02-15..2026-02-23)");
    assert_refused("[holidays]\n2200-01-01 = x\n",
                   "a.ini:2: `2200-01-01` is no date (write 2026-02-14, or 2026-02-15..2026-02-23)");
    assert_refused("[holidays]\n2026-0a-01 = x\n",
                   "a.ini:2: `2026-0a-01` is no date (write 2026-02-14, or 2026-02-15..2026-02-23)");
    assert_refused("[working_days]\n2026-02-1 = x\n",
                   "a.ini:2: `2026-02-1` is no date (write 2026-02-14, or 2026-02-15..2026-02-23)");
    assert_refused("[short_days]\n2026-02-1 = x\n",
                   "a.ini:2: `2026-02-1` is no date (write 2026-02-14, or 2026-02-15..2026-02-23)");
    assert_refused("[short_days]\n2026-02-14 = 09:00-12:00x\n",
                   "a.ini:2: `09:00-12:00x` are no hours (write 09:00-12:00, at the latest until 24:00)");
}

static void walks_decades_day_by_day(void **state)
{
    (void)state;
    struct calendar *office = load_office();
    msec start_at = instant("2027-03-01T09:00:00+08:00");

    for (int64_t hours = 0; hours < 20000; hours += 777) {
        msec due_at = calendar_add_ms(office, start_at, hours * MSEC_HOUR);

        assert_int_equal(calendar_between_ms(office, start_at, due_at), hours * MSEC_HOUR);
        assert_true(calendar_add_ms(office, due_at, -hours * MSEC_HOUR) <= due_at);
    }
    calendar_destroy(office);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counts_working_days),
        cmocka_unit_test(counts_working_days_backward),
        cmocka_unit_test(counts_business_time),
        cmocka_unit_test(measures_business_time),
        cmocka_unit_test(adds_civil_days_and_months),
        cmocka_unit_test(adds_civil_instants),
        cmocka_unit_test(measures_every_unit),
        cmocka_unit_test(opens_and_closes),
        cmocka_unit_test(knows_what_it_does_not_know),
        cmocka_unit_test(is_always_open_around_the_clock),
        cmocka_unit_test(keeps_a_customers_hours),
        cmocka_unit_test(reads_staffed_hours),
        cmocka_unit_test(follows_clocks_that_change),
        cmocka_unit_test(skips_the_day_apia_lost),
        cmocka_unit_test(finds_nothing_in_a_calendar_without_hours),
        cmocka_unit_test(reads_every_kind_of_entry),
        cmocka_unit_test(refuses_heads),
        cmocka_unit_test(refuses_hours),
        cmocka_unit_test(refuses_days),
        cmocka_unit_test(compares_days),
        cmocka_unit_test(never_is_never),
        cmocka_unit_test(does_not_close),
        cmocka_unit_test(gives_up_after_centuries),
        cmocka_unit_test(has_room_for_eight_intervals),
        cmocka_unit_test(refuses_more),
        cmocka_unit_test(walks_decades_day_by_day),
    };

    return cmocka_run_group_tests(tests, load_zones, drop_zones);
}
