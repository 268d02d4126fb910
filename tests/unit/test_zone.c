/*
 * Time zones: real ones against known instants, rules of every kind in files made up here, and bytes that no
 * zone file may have. What zones say over decades is compared with Python's zoneinfo in tests/property.
 */
#include "lib/zone.h"

#include "lib/base/instant.h"
#include "lib/base/memory.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define MOST_BYTES 65536

/* The bytes of a zone of this machine. */
static unsigned char *read_zone(const char *name, size_t *ret_length)
{
    char path[256];
    unsigned char *bytes = memory_new(MOST_BYTES, 1);

    snprintf(path, sizeof(path), "/usr/share/zoneinfo/%s", name);
    FILE *file = fopen(path, "rb");

    if (!file)
        fail_msg("%s is not there (install tzdata)", path);
    *ret_length = fread(bytes, 1, MOST_BYTES, file);
    fclose(file);
    return bytes;
}

static struct zone *load(const char *name)
{
    size_t length;
    const char *error = NULL;
    unsigned char *bytes = read_zone(name, &length);
    struct zone *zone = zone_create(name, bytes, length, &error);

    free(bytes);
    if (!zone)
        fail_msg("%s: %s", name, error);
    return zone;
}

/* A file without changes and with one type, UTC, whose footer is `rule`; returns its length. */
static size_t make_file(const char *rule, unsigned char *ret_bytes)
{
    static const unsigned char header[44] = {'T', 'Z', 'i', 'f', '2', [39] = 1, [43] = 4};
    static const unsigned char body[10] = {0, 0, 0, 0, 0, 0, 'U', 'T', 'C', 0};
    size_t length = 0;

    for (int block = 0; block < 2; block++) {
        memcpy(ret_bytes + length, header, sizeof(header));
        length += sizeof(header);
        memcpy(ret_bytes + length, body, sizeof(body));
        length += sizeof(body);
    }
    return length + (size_t)sprintf((char *)ret_bytes + length, "\n%s\n", rule);
}

static struct zone *from_rule(const char *rule)
{
    unsigned char bytes[256];
    const char *error;

    return zone_create("ruled", bytes, make_file(rule, bytes), &error);
}

static msec instant(const char *text)
{
    msec at = NEVER;

    if (instant_parse(text, &at) != INSTANT_OK)
        fail_msg("%s", text);
    return at;
}

static void assert_offset(const struct zone *zone, const char *text, int hours, int minutes)
{
    int expected = hours * 3600 + minutes * 60;

    if (zone_offset_s(zone, instant(text)) != expected)
        fail_msg("%s at %s: %d", zone_name(zone), text, zone_offset_s(zone, instant(text)));
}

static struct civil wall(int year, int month, int day, int hour, int minute)
{
    return (struct civil){.year = year, .month = month, .day = day, .hour = hour, .minute = minute};
}

static void assert_instant(const struct zone *zone, struct civil civil, enum zone_choice choice,
                           const char *text)
{
    char found[INSTANT_TEXT];

    instant_format(zone_instant(zone, &civil, choice), 0, found);
    assert_string_equal(found, text);
}

static void knows_utc(void **state)
{
    (void)state;
    struct zone *zone = zone_create_utc();
    struct civil civil = zone_civil(zone, -1);

    assert_string_equal(zone_name(zone), "UTC");
    assert_int_equal(zone_offset_s(zone, 0), 0);
    assert_int_equal(civil.year, 1969);
    assert_int_equal(civil.second, 59);
    assert_int_equal(zone_day(zone, -1), -1);
    assert_int_equal(zone_day_start(zone, 20514), 20514 * MSEC_DAY);
    zone_destroy(zone);
    zone_destroy(NULL);
}

static void knows_shanghai(void **state)
{
    (void)state;
    struct zone *zone = load("Asia/Shanghai");

    assert_offset(zone, "2026-07-01T00:00:00Z", 8, 0);
    assert_offset(zone, "1988-07-01T00:00:00Z", 9, 0);
    assert_offset(zone, "2199-07-01T00:00:00Z", 8, 0);
    assert_instant(zone, wall(2026, 3, 2, 9, 0), ZONE_FIRST, "2026-03-02T01:00:00+00:00");
    assert_instant(zone, wall(2026, 3, 2, 24, 0), ZONE_LAST, "2026-03-02T16:00:00+00:00");
    zone_destroy(zone);
}

static void moves_skipped_times_forward(void **state)
{
    (void)state;
    struct zone *zone = load("America/New_York");
    struct civil skipped = wall(2026, 3, 8, 2, 30), shown = wall(2026, 3, 8, 3, 0);

    assert_instant(zone, skipped, ZONE_FIRST, "2026-03-08T07:00:00+00:00");
    assert_instant(zone, skipped, ZONE_LAST, "2026-03-08T07:00:00+00:00");
    assert_false(zone_civil_exists(zone, &skipped));
    assert_true(zone_civil_exists(zone, &shown));
    assert_offset(zone, "2026-03-08T06:59:59Z", -5, 0);
    assert_offset(zone, "2026-03-08T07:00:00Z", -4, 0);
    zone_destroy(zone);
}

static void chooses_among_times_that_come_twice(void **state)
{
    (void)state;
    struct zone *zone = load("America/New_York");

    assert_instant(zone, wall(2026, 11, 1, 1, 30), ZONE_FIRST, "2026-11-01T05:30:00+00:00");
    assert_instant(zone, wall(2026, 11, 1, 1, 30), ZONE_LAST, "2026-11-01T06:30:00+00:00");
    assert_instant(zone, wall(2026, 11, 1, 2, 0), ZONE_FIRST, "2026-11-01T07:00:00+00:00");
    assert_instant(zone, wall(2026, 11, 1, 0, 59), ZONE_LAST, "2026-11-01T04:59:00+00:00");
    zone_destroy(zone);
}

static void knows_half_an_hour_on_lord_howe(void **state)
{
    (void)state;
    struct zone *zone = load("Australia/Lord_Howe");
    struct civil skipped = wall(2026, 10, 4, 2, 15);

    assert_offset(zone, "2026-01-01T00:00:00Z", 11, 0);
    assert_offset(zone, "2026-07-01T00:00:00Z", 10, 30);
    assert_offset(zone, "2099-07-01T00:00:00Z", 10, 30);
    assert_false(zone_civil_exists(zone, &skipped));
    assert_instant(zone, skipped, ZONE_FIRST, "2026-10-03T15:30:00+00:00");
    assert_instant(zone, wall(2026, 4, 5, 1, 45), ZONE_FIRST, "2026-04-04T14:45:00+00:00");
    assert_instant(zone, wall(2026, 4, 5, 1, 45), ZONE_LAST, "2026-04-04T15:15:00+00:00");
    assert_int_equal(zone_day_start(zone, civil_day(2026, 10, 5)) -
                         zone_day_start(zone, civil_day(2026, 10, 4)),
                     23 * MSEC_HOUR + 30 * MSEC_MINUTE);
    zone_destroy(zone);
}

static void knows_the_day_apia_lost(void **state)
{
    (void)state;
    struct zone *zone = load("Pacific/Apia");
    int64_t lost = civil_day(2011, 12, 30);

    assert_false(zone_day_exists(zone, lost));
    assert_true(zone_day_exists(zone, lost - 1));
    assert_true(zone_day_exists(zone, lost + 1));
    assert_int_equal(zone_day_start(zone, lost), instant("2011-12-30T10:00:00Z"));
    assert_int_equal(zone_day_start(zone, lost + 1), zone_day_start(zone, lost));
    assert_int_equal(zone_day(zone, zone_day_start(zone, lost)), lost + 1);
    assert_int_equal(zone_day_start(zone, lost) - zone_day_start(zone, lost - 1), MSEC_DAY);
    assert_instant(zone, wall(2011, 12, 30, 12, 0), ZONE_LAST, "2011-12-30T10:00:00+00:00");
    zone_destroy(zone);
}

/* What a person typed is asked of every field, before the zone is. */
static void knows_which_civil_times_exist(void **state)
{
    static const struct {
        struct civil civil;
        bool exists;
    } cases[] = {
        {{.year = 2026, .month = 2, .day = 28, .hour = 23, .minute = 59, .second = 59}, true},
        {{.year = 2026, .month = 2, .day = 29}, false},
        {{.year = 2026, .month = 13, .day = 1}, false},
        {{.year = 2026, .month = 2, .day = 28, .hour = 24}, false},
        {{.year = 2026, .month = 2, .day = 28, .hour = -1}, false},
        {{.year = 2026, .month = 2, .day = 28, .minute = 60}, false},
        {{.year = 2026, .month = 2, .day = 28, .minute = -1}, false},
        {{.year = 2026, .month = 2, .day = 28, .second = 60}, false},
        {{.year = 2026, .month = 2, .day = 28, .second = -1}, false},
        {{.year = 2026, .month = 3, .day = 29, .hour = 2, .minute = 30}, false}, /* skipped */
        {{.year = 2026, .month = 3, .day = 29, .hour = 3}, true},
        {{.year = 2026, .month = 10, .day = 25, .hour = 2, .minute = 30}, true}, /* twice */
    };
    struct zone *berlin = load("Europe/Berlin");

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        if (zone_civil_exists(berlin, &cases[i].civil) != cases[i].exists)
            fail_msg("case %zu", i);
    zone_destroy(berlin);
}

static void cuts_time_into_civil_days(void **state)
{
    static const char *const names[] = {"America/Sao_Paulo", "America/Havana", "Europe/Berlin",
                                        "Pacific/Apia", "America/Santiago"};

    (void)state;
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        struct zone *zone = load(names[i]);

        for (int64_t day = civil_day(2009, 1, 1); day < civil_day(2045, 1, 1); day++) {
            msec start_at = zone_day_start(zone, day);

            if (!zone_day_exists(zone, day))
                continue;
            assert_int_equal(zone_day(zone, start_at), day);
            assert_true(zone_day(zone, start_at - 1) < day);
        }
        zone_destroy(zone);
    }
}

static void reads_rules_of_every_kind(void **state)
{
    (void)state;
    struct zone *zone = from_rule("AAA-2BBB,J60,J300/26:30");

    assert_offset(zone, "2028-02-29T23:59:59Z", 2, 0); /* J60 is March 1st in every year */
    assert_offset(zone, "2028-03-01T00:00:00Z", 3, 0);
    assert_offset(zone, "2027-03-01T00:00:00Z", 3, 0);
    assert_offset(zone, "2027-10-27T23:29:59Z", 3, 0); /* 02:30 of the day after October 27th */
    assert_offset(zone, "2027-10-27T23:30:00Z", 2, 0);
    zone_destroy(zone);

    zone = from_rule("<-0330>3:30<+00>0,59/-1,300/0:0:1");
    assert_offset(zone, "2028-02-29T02:29:59Z", -3,
                  -30); /* 59 is the 60th day: February 29th in a leap year */
    assert_offset(zone, "2028-02-29T02:30:00Z", 0, 0);
    assert_offset(zone, "2027-03-01T02:29:59Z", -3, -30);
    assert_offset(zone, "2027-03-01T02:30:00Z", 0, 0);
    assert_offset(zone, "2027-10-28T00:00:00Z", 0, 0);
    assert_offset(zone, "2027-10-28T00:00:01Z", -3, -30);
    zone_destroy(zone);

    zone = from_rule("<-02>2<-01>,M3.4.4/50,M10.4.4/50"); /* Nuuk: the Saturday after the fourth Thursday */
    assert_offset(zone, "2026-03-28T03:59:59Z", -2, 0);
    assert_offset(zone, "2026-03-28T04:00:00Z", -1, 0);
    zone_destroy(zone);
}

static void reads_summer_all_year_round(void **state)
{
    (void)state;
    struct zone *zone = from_rule("XXX3EDT4,0/0,J365/23");

    for (msec at = instant("2000-01-01T00:00:00Z"); at < instant("2100-01-01T00:00:00Z"); at += 5 * MSEC_HOUR)
        assert_int_equal(zone_offset_s(zone, at), -4 * 3600);
    zone_destroy(zone);
    zone = from_rule("IST-1GMT0,M10.5.0,M3.5.0/1"); /* Dublin's winter time as the exception */
    assert_offset(zone, "2026-07-01T00:00:00Z", 1, 0);
    assert_offset(zone, "2026-01-01T00:00:00Z", 0, 0);
    zone_destroy(zone);
}

static void follows_the_rule_for_ever(void **state)
{
    (void)state;
    struct zone *zone = load("Europe/Berlin");
    const msec cycle_ms = 146097 * MSEC_DAY;

    for (msec at = instant("2040-01-01T00:00:00Z"); at < instant("2050-01-01T00:00:00Z"); at += 7 * MSEC_HOUR)
        for (int cycles = 1; cycles < 20; cycles += 6)
            assert_int_equal(zone_offset_s(zone, at), zone_offset_s(zone, at + cycles * cycle_ms));
    struct civil civil = wall(2950, 6, 15, 12, 0);

    assert_int_equal(zone_instant(zone, &civil, ZONE_FIRST),
                     (civil_seconds(&civil) - 2 * 3600) * MSEC_SECOND);
    zone_destroy(zone);
}

static void refuses_rules(void **state)
{
    static const char *const rules[] = {
        "A",
        "AB3",
        "ABC",
        "ABC25",
        "ABC3DEF",
        "ABC3DEF,M3.2.0",
        "ABC3DEF,M3.2.0,M11.1",
        "ABC3DEF,M13.2.0,M11.1.0",
        "ABC3DEF,M3.6.0,M11.1.0",
        "ABC3DEF,M3.2.7,M11.1.0",
        "ABC3DEF,J0,J1",
        "ABC3DEF,J366,J1",
        "ABC3DEF,366,1",
        "ABC3DEF,1/168,2",
        "ABC3DEF,1/2:60,2",
        "ABC3DEF,1,2,3",
        "ABC3 ",
        "<ABC3",
        "<A>3",
        ":ABC3",
        "ABC3:60",
        "ABC3:00:61",
        "ABC99999999999",
        "ABC3DEF,99999999999,1",
        "\n",
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
        struct zone *zone = from_rule(rules[i]);

        if (zone)
            fail_msg("%s was accepted", rules[i]);
    }
    zone_destroy(from_rule(""));
}

/* Changes one byte of the second header, or of the type, of a good file and says what the reader thinks. */
static const char *damaged(size_t at, unsigned char byte)
{
    unsigned char bytes[256];
    const char *error = "accepted";
    size_t length = make_file("UTC0", bytes);

    bytes[at] = byte;
    zone_destroy(zone_create("damaged", bytes, length, &error));
    return error;
}

static void refuses_damaged_files(void **state)
{
    (void)state;
    assert_string_equal(damaged(0, 'T'), "accepted");
    assert_string_equal(damaged(0, 'X'), "this is not a zone file of version 2 or later");
    assert_string_equal(damaged(4, 0), "this is not a zone file of version 2 or later");
    assert_string_equal(damaged(36, 255), "this is not a zone file of version 2 or later");
    assert_string_equal(damaged(54, 'X'), "the zone file ends after its first block");
    assert_string_equal(damaged(54 + 31, 1), "the zone file counts leap seconds");
    assert_string_equal(damaged(54 + 39, 0), "the zone file has no local time types");
    assert_string_equal(damaged(54 + 32, 255), "the zone file is cut short");
    assert_string_equal(damaged(54 + 23, 2), "the zone file's indicators do not fit its types");
    assert_string_equal(damaged(98, 1), "the zone file has an offset of more than a day");
    assert_string_equal(damaged(98 + 4, 2), "the zone file has a damaged local time type");
    assert_string_equal(damaged(98 + 5, 4), "the zone file has a damaged local time type");
    assert_string_equal(damaged(98 + 9, 'x'), "the zone file has a name without an end");
    assert_string_equal(damaged(108, 'x'), "the zone file has no footer, or something behind it");
}

static void ask_everything(const struct zone *zone)
{
    for (msec at = -3 * MSEC_DAY * 365; at < INT64_C(16725225600000); at += 4001 * MSEC_DAY + 7) {
        struct civil civil = zone_civil(zone, at);

        zone_instant(zone, &civil, ZONE_LAST);
        zone_civil_exists(zone, &civil);
        zone_day_start(zone, zone_day(zone, at));
    }
}

/* Every cut and thousands of changed bytes: refused or answered, never a fault (run it under the sanitizers).
 */
static void survives_any_bytes(void **state)
{
    size_t length;
    unsigned char *bytes = read_zone("Australia/Lord_Howe", &length);
    unsigned int seed = 1;
    const char *error;

    (void)state;
    for (size_t cut = 0; cut < length; cut++) {
        unsigned char *copy = memory_new(cut, 1);

        memcpy(copy, bytes, cut);
        assert_null(zone_create("cut", copy, cut, &error));
        free(copy);
    }
    for (int round = 0; round < 4000; round++) {
        unsigned char *copy = memory_new(length, 1);

        memcpy(copy, bytes, length);
        for (int change = 0; change <= round % 3; change++)
            copy[(size_t)rand_r(&seed) % length] = (unsigned char)rand_r(&seed);
        struct zone *zone = zone_create("changed", copy, length, &error);

        if (zone)
            ask_everything(zone);
        zone_destroy(zone);
        free(copy);
    }
    free(bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(knows_utc),
        cmocka_unit_test(knows_shanghai),
        cmocka_unit_test(moves_skipped_times_forward),
        cmocka_unit_test(chooses_among_times_that_come_twice),
        cmocka_unit_test(knows_half_an_hour_on_lord_howe),
        cmocka_unit_test(knows_the_day_apia_lost),
        cmocka_unit_test(knows_which_civil_times_exist),
        cmocka_unit_test(cuts_time_into_civil_days),
        cmocka_unit_test(reads_rules_of_every_kind),
        cmocka_unit_test(reads_summer_all_year_round),
        cmocka_unit_test(follows_the_rule_for_ever),
        cmocka_unit_test(refuses_rules),
        cmocka_unit_test(refuses_damaged_files),
        cmocka_unit_test(survives_any_bytes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
