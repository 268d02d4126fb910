/*
 * Numbers as a regime writes them: into their parts, there and back, and which of them could be the same. The
 * compiler's complaints about them are in test_policy_compile.c.
 */
#include "lib/number_format.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/small_regime.h"

static struct number_format parse(struct arena *arena, const char *text)
{
    struct number_format format = {.name = "n"};
    const char *wrong = number_format_parse(text, arena, &format);

    if (wrong)
        fail_msg("%s: %s", text, wrong);
    return format;
}

static void numbers_there_and_back(void **state)
{
    const struct number_format format = {
        .name = "n", .prefix = "NR5-", .between = "", .suffix = "/A", .width = 4};
    static const char *const others[] = {
        "NR5-7/A", "NR5-00007/A", "NR5-0007",    "NR5-0007/B",  "XR5-0007/A", "NR5-000a/A", "NR5-/A",
        "",        "NR5-",        "NR5-0007/A ", "NR5--0007/A", "nr5-0007/A", "NR5-+007/A"};
    static const uint64_t sequences[] = {0, 1, 7, 9999, 10000, UINT32_MAX, UINT64_C(9999999999999999999)};
    uint64_t sequence;
    uint32_t period;
    char text[96];

    (void)state;
    number_format_text(&format, 0, 7, text, sizeof(text));
    assert_string_equal(text, "NR5-0007/A");
    number_format_text(&format, 0, 12345, text, sizeof(text));
    assert_string_equal(text, "NR5-12345/A");
    for (size_t i = 0; i < sizeof(sequences) / sizeof(sequences[0]); i++) {
        number_format_text(&format, 0, sequences[i], text, sizeof(text));
        assert_true(number_format_read(&format, text, &period, &sequence));
        assert_true(sequence == sequences[i]);
    }
    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
        if (number_format_read(&format, others[i], &period, &sequence))
            fail_msg("'%s' was taken for number %lu", others[i], (unsigned long)sequence);
}

static void the_period_has_its_digits(void **state)
{
    static const struct {
        const char *format;
        uint32_t period;
        uint64_t serial;
        const char *number;
    } cases[] = {
        {"CS{date}{seq:04}", 20240520, 1, "CS202405200001"},
        {"CS{date}{seq:04}", 20240520, 12345, "CS2024052012345"}, /* more than fit the width widen */
        {"CS-{month}/{seq}", 202405, 7, "CS-202405/7"},
        {"CS{year}{seq:02}号", 2024, 31, "CS202431号"},
    };
    struct arena arena;
    char text[NUMBER_TEXT];

    (void)state;
    arena_init(&arena);
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct number_format format = parse(&arena, cases[i].format);
        uint64_t serial = 0;
        uint32_t period = 0;

        number_format_text(&format, cases[i].period, cases[i].serial, text, sizeof(text));
        assert_string_equal(text, cases[i].number);
        assert_true(number_format_read(&format, text, &period, &serial));
        assert_int_equal(period, cases[i].period);
        assert_int_equal(serial, cases[i].serial);
    }
    struct number_format daily = parse(&arena, "CS{date}{seq:04}");
    static const char *const others[] = {"CS2024052001",   "CS20240520",      "CS2024052000001", "CS",
                                         "KF202405200001", "CS20240520-0001", "CS202405200001 "};
    uint64_t serial;
    uint32_t period;

    for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++)
        if (number_format_read(&daily, others[i], &period, &serial))
            fail_msg("'%s' was taken for %u %lu", others[i], period, (unsigned long)serial);
    arena_finish(&arena);
}

/* Midnight is that of the zone. */
static void the_day_is_the_zones(void **state)
{
    struct zone *zone = small_zone("Asia/Shanghai");
    msec midnight = INT64_C(1767196800000); /* 2026-01-01T00:00 there, 16:00 of the year before in UTC */
    struct arena arena;

    (void)state;
    arena_init(&arena);
    struct number_format day = parse(&arena, "A{date}{seq}"), month = parse(&arena, "A{month}{seq}"),
                         year = parse(&arena, "A{year}{seq}"), ever = parse(&arena, "A{seq}");

    assert_int_equal(number_format_period(&day, zone, midnight - 1), 20251231);
    assert_int_equal(number_format_period(&day, zone, midnight), 20260101);
    assert_int_equal(number_format_period(&month, zone, midnight - 1), 202512);
    assert_int_equal(number_format_period(&month, zone, midnight), 202601);
    assert_int_equal(number_format_period(&year, zone, midnight - 1), 2025);
    assert_int_equal(number_format_period(&year, zone, midnight), 2026);
    assert_int_equal(number_format_period(&ever, zone, midnight), 0);
    arena_finish(&arena);
    zone_destroy(zone);
}

static void two_formats_may_meet(void **state)
{
    static const struct {
        const char *one, *other;
        bool meet;
    } cases[] = {
        {"NR510201A-{seq:06}", "NR510202A-{seq:06}", false},
        {"NR{seq}", "NR{seq:06}", true},
        {"NR{seq}", "NRX{seq}", false},
        {"NR{seq}", "NR{seq}X", false},
        {"NR{seq}", "NR1{seq}", true},
        {"NR{seq}", "NR{date}{seq:04}", true}, /* some day */
        {"NR-{seq:04}", "NR-{year}-{seq:04}", false},
        {"A{seq}B7", "A1B{seq}", true},
        {"A{seq}B7", "A1B{seq:02}", false},
        {"A{seq:03}", "A12{seq}", true},
        {"A{seq:05}X", "A12{seq}X", true},
        {"A{year}{seq:02}", "A{month}{seq}", true},
        {"A{year}-{seq}", "A{month}-{seq}", false},
        {"A20{seq}", "A21{seq}", false},
        {"A20{seq}", "A{year}{seq}", true},
        {"A3{seq}Z", "A{date}Y{seq}", false},
    };
    struct arena arena;

    (void)state;
    arena_init(&arena);
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct number_format one = parse(&arena, cases[i].one), other = parse(&arena, cases[i].other);

        if (number_format_overlaps(&one, &other) != cases[i].meet ||
            number_format_overlaps(&other, &one) != cases[i].meet)
            fail_msg("%s and %s", cases[i].one, cases[i].other);
        assert_true(number_format_overlaps(&one, &one));
    }
    arena_finish(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_there_and_back),
        cmocka_unit_test(the_period_has_its_digits),
        cmocka_unit_test(the_day_is_the_zones),
        cmocka_unit_test(two_formats_may_meet),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
