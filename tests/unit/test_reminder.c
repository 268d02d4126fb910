/*
 * Reminders of one clock: their names in rows and notices, and what a deadline that moves owes again. When
 * they fall is shown by stories (INT-21).
 */
#include "lib/reminder.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include "tests/unit/small_regime.h"

#define START  INT64_C(1772413200000) /* 2026-03-02T09:00+08:00 */
#define BEFORE REMINDER_BEFORE

static const struct clock_policy rule = {
    .kind = CLOCK_PROMISE,
    .remind = {{.percent = 50},
               {BEFORE, {.unit = SPAN_REAL, .amount = 2 * MSEC_HOUR}},
               {BEFORE, {.unit = SPAN_WORKING_DAYS, .amount = 1}}},
    .remind_count = 3,
};

static struct small_world world;

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

static void rows_name_what_was_sent(void **state)
{
    struct clock clock = {.reminders = 6};
    struct arena arena;

    (void)state;
    arena_init(&arena);
    assert_string_equal(reminder_list(&rule, &clock, &arena), "2h before,1wd before");
    clock.reminders = 0;
    assert_string_equal(reminder_list(&rule, &clock, &arena), "");
    arena_finish(&arena);
    assert_true(reminder_read(&rule, "2h before,1wd before", &clock));
    assert_int_equal(clock.reminders, 6);
    assert_true(reminder_read(&rule, "50%", &clock));
    assert_int_equal(clock.reminders, 1);
    assert_true(reminder_read(&rule, "", &clock));
    assert_int_equal(clock.reminders, 0);
    assert_int_equal(clock.rearmed, 0);
}

static void what_has_no_name_any_more_is_owed_by_another_number(void **state)
{
    struct clock clock = {0};

    (void)state;
    assert_false(reminder_read(&rule, "5%,12h before,2h", &clock)); /* no part of a name is a name */
    assert_int_equal(clock.reminders, 0);
    assert_int_equal(clock.rearmed, 1);
    clock.rearmed = 15; /* there is no other number left */
    assert_false(reminder_read(&rule, "80%", &clock));
    assert_int_equal(clock.reminders, 7);
    assert_int_equal(clock.rearmed, 15);
}

static void another_version_keeps_what_it_knows(void **state)
{
    const struct clock_policy other = {
        .remind = {{.percent = 80}, {BEFORE, {.unit = SPAN_REAL, .amount = 2 * MSEC_HOUR}}, {.percent = 50}},
        .remind_count = 3,
    };

    struct clock clock = {.reminders = 3};

    (void)state;
    assert_true(reminder_translate(&rule, &other, &clock));
    assert_int_equal(clock.reminders, 6);
    assert_int_equal(clock.rearmed, 0);
    clock.reminders = 7; /* the third has no like there */
    assert_false(reminder_translate(&rule, &other, &clock));
    assert_int_equal(clock.reminders, 6);
    assert_int_equal(clock.rearmed, 1);
}

static void notices_tell_them_apart(void **state)
{
    struct clock clock = {.rearmed = 0};
    struct clock_view view = {.rule = &rule, .clock = &clock};
    int16_t first = reminder_rung(&view, 0), second = reminder_rung(&view, 1),
            third = reminder_rung(&view, 2);

    (void)state;
    assert_int_equal(first, -51);
    assert_true(second <= -1000 && third <= -1000 && second != third);
    clock.rearmed = 15;
    assert_true(reminder_rung(&view, 0) <= -1000 && reminder_rung(&view, 1) == second - 15);
    assert_true(reminder_is_rung(first) && reminder_is_rung(second) && reminder_is_rung(-1));
    assert_false(reminder_is_rung(0) || reminder_is_rung(1) || reminder_is_rung(-150) ||
                 reminder_is_rung(-200));
}

static void a_deadline_that_moves_far_owes_again(void **state)
{
    struct clock clock = {.state = CLOCK_RUNNING, .anchor_at = START, .due_at = START + 10 * MSEC_HOUR};
    struct ticket ticket = {.urgency = 0};
    struct clock_view view = {.rule = &rule, .ticket = &ticket, .clock = &clock, .calendar = world.office};

    (void)state;
    clock.reminders = 3;
    reminder_rearm(&view, &clock, clock.due_at + 2 * MSEC_HOUR, START + 9 * MSEC_HOUR);
    assert_int_equal(clock.reminders, 3); /* by no more than what was left */
    reminder_rearm(&view, &clock, clock.due_at + 3 * MSEC_HOUR, START + 9 * MSEC_HOUR);
    assert_int_equal(clock.reminders, 1);
    assert_int_equal(clock.rearmed, 1);
    clock.reminders = 3;
    reminder_rearm(&view, &clock, clock.due_at + 20 * MSEC_HOUR, START + 9 * MSEC_HOUR);
    assert_int_equal(clock.reminders, 0);
    clock.reminders = 3;
    reminder_rearm(&view, &clock, clock.due_at - MSEC_HOUR, START + 7 * MSEC_HOUR);
    assert_int_equal(clock.reminders, 3); /* earlier: nothing is owed twice */
    clock.rearmed = 15;
    reminder_rearm(&view, &clock, clock.due_at + 20 * MSEC_HOUR, START + 9 * MSEC_HOUR);
    assert_int_equal(clock.reminders, 3); /* enough is enough */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_name_what_was_sent),
        cmocka_unit_test(what_has_no_name_any_more_is_owed_by_another_number),
        cmocka_unit_test(another_version_keeps_what_it_knows),
        cmocka_unit_test(notices_tell_them_apart),
        cmocka_unit_test(a_deadline_that_moves_far_owes_again),
    };

    return cmocka_run_group_tests(tests, begin, end);
}
