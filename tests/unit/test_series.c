/*
 * The counters of numbers by themselves: rows there and back, what ends and what goes on with a reload, and
 * days that are too long ago. That numbers are unique and have no gaps is property_numbers' matter.
 */
#include "lib/series.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "tests/unit/small_regime.h"

#define DAY MSEC_DAY
#define AT  INT64_C(1767225600000) /* 2026-01-01T08:00 in Shanghai */

struct fixture {
    struct small_world world;
    struct policy *policy;
    struct series_book book;
};

static void set_up(struct fixture *fixture, const char *number)
{
    int line;
    char *error, *text = small_bent("T-{seq:04}", number, &line);

    *fixture = (struct fixture){0};
    fixture->policy = small_compile(&fixture->world, text, &error);
    if (!fixture->policy)
        fail_msg("%s", error);
    free(text);
    series_init(&fixture->book);
}

static void tear_down(struct fixture *fixture)
{
    series_finish(&fixture->book);
    policy_destroy(fixture->policy);
    small_world_finish(&fixture->world);
}

/* The number that a ticket accepted at `at` gets. */
static void assert_next(struct fixture *fixture, msec at, const char *number)
{
    uint16_t series = series_of(&fixture->book, fixture->policy, 0, at), found;
    uint32_t serial;
    char text[NUMBER_TEXT];

    assert_int_not_equal(series, SERIES_NONE);
    serial = series_next(&fixture->book, series);
    series_text(&fixture->book, fixture->policy, series, serial, text, sizeof(text));
    assert_string_equal(text, number);
    assert_true(series_read(&fixture->book, fixture->policy, number, &found, &serial));
    assert_int_equal(found, series);
}

static void each_day_begins_at_one(void **state)
{
    struct fixture fixture;

    (void)state;
    set_up(&fixture, "CS{date}{seq:04}");
    assert_next(&fixture, AT, "CS202601010001");
    assert_next(&fixture, AT, "CS202601010002");
    assert_next(&fixture, AT + DAY, "CS202601020001");
    assert_next(&fixture, AT, "CS202601010003"); /* the clock was set back */
    assert_next(&fixture, AT + DAY, "CS202601020002");
    tear_down(&fixture);
}

static void only_what_moved_is_written(void **state)
{
    struct fixture fixture;
    struct effects out;

    (void)state;
    set_up(&fixture, "CS{date}{seq:04}");
    effects_init(&out);
    series_restore(&fixture.book, fixture.policy, "number.default 20260101", 41);
    series_restore(&fixture.book, fixture.policy, "number.gone 20260101", 5);
    series_restore(&fixture.book, fixture.policy, "elsewhere", 5);
    series_settle(&fixture.book, &out);
    assert_int_equal(out.count, 0);
    assert_next(&fixture, AT, "CS202601010042");
    assert_next(&fixture, AT, "CS202601010043");
    series_settle(&fixture.book, &out);
    assert_int_equal(out.count, 1);
    assert_string_equal(out.list[0].sequence->name, "number.default 20260101");
    assert_int_equal(out.list[0].sequence->last, 43);
    effects_finish(&out);
    tear_down(&fixture);
}

/* Written otherwise, a kind of number goes on counting; what it gave out before has no text any more. */
static void a_reload_goes_on_counting(void **state)
{
    static const uint8_t same[] = {0}, gone[] = {POLICY_NONE};
    struct fixture fixture;
    char text[NUMBER_TEXT];

    (void)state;
    set_up(&fixture, "CS{date}{seq:04}");
    assert_next(&fixture, AT, "CS202601010001");
    series_rename(&fixture.book, same);
    assert_next(&fixture, AT, "CS202601010002");
    series_rename(&fixture.book, gone);
    series_text(&fixture.book, fixture.policy, 0, 1, text, sizeof(text));
    assert_string_equal(text, "");
    assert_next(&fixture, AT, "CS202601010003");
    series_text(&fixture.book, fixture.policy, SERIES_NONE, 1, text, sizeof(text));
    assert_string_equal(text, "");
    tear_down(&fixture);
}

/* A start reads the newest thousand days; a number of a day before them might have been given already. */
static void days_that_are_forgotten_give_no_numbers(void **state)
{
    struct fixture fixture;
    uint16_t series;
    uint32_t serial;
    char name[SERIES_NAME];

    (void)state;
    set_up(&fixture, "CS{date}{seq:04}");
    for (msec day = 0; day < SERIES_KEPT; day++) {
        series_name("number.default",
                    number_format_period(&fixture.policy->numbers[0], fixture.policy->zone, AT + day * DAY),
                    name);
        series_restore(&fixture.book, fixture.policy, name, 9);
    }
    assert_int_equal(series_of(&fixture.book, fixture.policy, 0, AT - DAY), SERIES_NONE);
    assert_next(&fixture, AT, "CS202601010010");
    assert_next(&fixture, AT + SERIES_KEPT * DAY, "CS202809270001");
    /* a ticket of such a day can come back all the same */
    assert_true(series_recall(&fixture.book, fixture.policy, "CS202512310007", &series, &serial));
    assert_int_equal(serial, 7);
    assert_int_equal(series_of(&fixture.book, fixture.policy, 0, AT - DAY), SERIES_NONE);
    assert_false(series_recall(&fixture.book, fixture.policy, "KF202512310007", &series, &serial));
    tear_down(&fixture);
}

static void a_copy_is_its_own(void **state)
{
    struct fixture fixture;
    struct series_book copy;
    char text[NUMBER_TEXT];

    (void)state;
    set_up(&fixture, "CS{date}{seq:04}");
    assert_next(&fixture, AT, "CS202601010001");
    series_init(&copy);
    series_copy(&copy, &fixture.book);
    assert_int_equal(series_next(&copy, series_of(&copy, fixture.policy, 0, AT)), 2);
    series_text(&copy, fixture.policy, 0, 1, text, sizeof(text));
    assert_string_equal(text, "CS202601010001");
    series_finish(&copy);
    assert_next(&fixture, AT, "CS202601010002");
    tear_down(&fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_day_begins_at_one),
        cmocka_unit_test(only_what_moved_is_written),
        cmocka_unit_test(a_reload_goes_on_counting),
        cmocka_unit_test(days_that_are_forgotten_give_no_numbers),
        cmocka_unit_test(a_copy_is_its_own),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
