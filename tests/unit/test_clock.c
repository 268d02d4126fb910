/*
 * The arithmetic of one clock: limits, staffed hours, windows of a quota where the clocks are put forward and
 * back, reminders, rungs, and which of them comes first. In Berlin, 2026-03-29 has 23 hours and 2026-10-25
 * has 25; the desk of the small regime stands in Shanghai.
 */
#include "lib/clock.h"

#include "lib/base/instant.h"
#include "lib/quota_window.h"
#include "lib/reminder.h"
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include "tests/unit/small_regime.h"

enum { LIMIT, DAILY, SILENCE, BUSINESS };
enum { GENERAL, URGENT };

static struct small_world world;
static struct policy *policy;
static struct calendar *staffed;

static msec at(const char *text)
{
    msec instant = NEVER;

    assert_int_equal(instant_parse(text, &instant), INSTANT_OK);
    return instant;
}

static int begin(const char *zone)
{
    char *error = NULL;
    char *text = NULL;
    int line;

    text = small_bent("Asia/Shanghai", zone, &line);
    policy = small_compile(&world, text, &error);
    free(text);
    staffed = policy ? calendar_create_daily("staffed", world.zone, 8 * 60, 18 * 60) : NULL;
    return policy ? 0 : -1;
}

static int begin_in_shanghai(void **state)
{
    (void)state;
    return begin("Asia/Shanghai");
}

static int begin_in_berlin(void **state)
{
    (void)state;
    return begin("Europe/Berlin");
}

static int end(void **state)
{
    (void)state;
    calendar_destroy(staffed);
    policy_destroy(policy);
    small_world_finish(&world);
    return 0;
}

static struct clock_view view_of(uint8_t rule, const struct ticket *ticket, const struct clock *clock)
{
    const struct clock_policy *policy_of = &policy->clocks[rule];

    return (struct clock_view){.policy = policy,
                               .rule = policy_of,
                               .ticket = ticket,
                               .clock = clock,
                               .calendar = policy_of->customer_hours ? staffed : policy_of->calendar};
}

/* The percentage of the next reminder; -1 when none is left. */
static int next_percent(const struct clock_view *view, msec *ret_at)
{
    uint8_t number = reminder_next(view, ret_at);

    return number == REMINDER_NONE ? -1 : view->rule->remind[number].percent;
}

static void expect_due(uint8_t rule, uint8_t urgency, const char *anchor, const char *due)
{
    struct ticket ticket = {.urgency = urgency};
    struct clock clock = {.rule = rule};
    struct clock_view view = view_of(rule, &ticket, &clock);
    char came[INSTANT_TEXT];

    instant_format(clock_due_after(&view, at(anchor)), 8 * 3600, came);
    if (clock_due_after(&view, at(anchor)) != at(due))
        fail_msg("%s from %s is due at %s, not at %s", policy->clocks[rule].name, anchor, came, due);
}

static void limits_are_due(void **state)
{
    (void)state;
    expect_due(LIMIT, GENERAL, "2026-03-06T17:00:00.250+08:00", "2026-03-07T17:00:00.250+08:00");
    expect_due(LIMIT, URGENT, "2026-03-06T20:00:00+08:00", "2026-03-07T04:00:00+08:00");
    expect_due(BUSINESS, GENERAL, "2026-03-06T16:00:00+08:00", "2026-03-07T16:00:00+08:00");
    expect_due(BUSINESS, GENERAL, "2026-03-06T09:00:00+08:00", "2026-03-06T17:00:00+08:00"); /* at closing */
    expect_due(BUSINESS, GENERAL, "2026-03-06T03:00:00+08:00", "2026-03-06T17:00:00+08:00");
}

static void silence_stands_outside_the_customers_hours(void **state)
{
    (void)state;
    expect_due(SILENCE, GENERAL, "2026-03-06T10:00:00+08:00", "2026-03-06T12:00:00+08:00");
    expect_due(SILENCE, GENERAL, "2026-03-06T16:00:00+08:00", "2026-03-06T18:00:00+08:00");
    expect_due(SILENCE, GENERAL, "2026-03-06T17:00:00+08:00", "2026-03-07T09:00:00+08:00");
    expect_due(SILENCE, GENERAL, "2026-03-06T18:00:00+08:00", "2026-03-07T10:00:00+08:00");
    expect_due(SILENCE, GENERAL, "2026-03-06T03:00:00+08:00", "2026-03-06T10:00:00+08:00");
}

/* A day's limit is real time: where the clocks are put forward it ends at another time of day. */
static void elapsed_hours_cross_the_change(void **state)
{
    (void)state;
    expect_due(LIMIT, GENERAL, "2026-03-28T12:00:00+01:00", "2026-03-29T13:00:00+02:00");
    expect_due(LIMIT, GENERAL, "2026-10-24T12:00:00+02:00", "2026-10-25T11:00:00+01:00");
    expect_due(SILENCE, GENERAL, "2026-03-28T17:00:00+01:00", "2026-03-29T09:00:00+02:00");
}

static void expect_first_window(const char *by, const char *start, const char *finish, const char *warning)
{
    struct ticket ticket = {.urgency = URGENT};
    struct clock clock = {.rule = DAILY, .state = CLOCK_RUNNING, .cycle = 1};
    struct clock_view view = view_of(DAILY, &ticket, &clock);
    msec reminder_at;

    struct window window = quota_window_first(&view, at(by));

    clock.anchor_at = window.start_at;
    clock.due_at = window.end_at;
    assert_int_equal(clock.anchor_at, at(start));
    assert_int_equal(clock.due_at, at(finish));
    assert_int_equal(next_percent(&view, &reminder_at), 75);
    assert_int_equal(reminder_at, at(warning));
}

static void windows_are_civil_days(void **state)
{
    (void)state;
    expect_first_window("2026-03-02T10:00:00+08:00", "2026-03-03T00:00:00+08:00", "2026-03-04T00:00:00+08:00",
                        "2026-03-03T18:00:00+08:00");
    expect_first_window("2026-03-02T23:59:59.999+08:00", "2026-03-03T00:00:00+08:00",
                        "2026-03-04T00:00:00+08:00", "2026-03-03T18:00:00+08:00");
    expect_first_window("2026-03-03T00:00:00+08:00", "2026-03-04T00:00:00+08:00", "2026-03-05T00:00:00+08:00",
                        "2026-03-04T18:00:00+08:00");
}

static void windows_of_23_and_25_hours(void **state)
{
    (void)state;
    expect_first_window("2026-03-28T10:00:00+01:00", "2026-03-29T00:00:00+01:00", "2026-03-30T00:00:00+02:00",
                        "2026-03-29T18:15:00+02:00"); /* three quarters of 23 hours */
    expect_first_window("2026-10-24T10:00:00+02:00", "2026-10-25T00:00:00+02:00", "2026-10-26T00:00:00+01:00",
                        "2026-10-25T17:45:00+01:00"); /* of 25 hours */
    expect_first_window("2026-10-24T23:30:00+02:00", "2026-10-25T00:00:00+02:00", "2026-10-26T00:00:00+01:00",
                        "2026-10-25T17:45:00+01:00");
}

static void a_day_that_never_came_is_no_window(void **state)
{
    struct ticket ticket = {.urgency = URGENT};
    struct clock clock = {.rule = DAILY};
    struct clock_view view;

    (void)state;
    end(NULL);
    assert_int_equal(begin("Pacific/Apia"), 0); /* 2011-12-30 was left out */
    view = view_of(DAILY, &ticket, &clock);
    struct window window = quota_window_first(&view, at("2011-12-29T10:00:00-10:00"));

    assert_int_equal(window.start_at, at("2011-12-31T00:00:00+14:00"));
    assert_int_equal(window.end_at, at("2012-01-01T00:00:00+14:00"));
}

static void fractions_are_of_the_limits_own_time(void **state)
{
    struct ticket ticket = {.urgency = GENERAL};
    struct clock clock = {.rule = BUSINESS};
    struct clock_view view = view_of(BUSINESS, &ticket, &clock);

    (void)state;
    assert_int_equal(clock_fraction_after(&view, at("2026-03-06T16:00:00+08:00"), 50),
                     at("2026-03-07T12:00:00+08:00")); /* four hours of the office's */
    view = view_of(LIMIT, &ticket, &clock);
    assert_int_equal(clock_fraction_after(&view, at("2026-03-06T16:00:00+08:00"), 80),
                     at("2026-03-07T11:12:00+08:00"));
    assert_int_equal(clock_fraction_after(&view, at("2026-03-06T16:00:00+08:00"), 0),
                     at("2026-03-06T16:00:00+08:00"));
}

static void reminders_are_sent_once_and_only_while_running(void **state)
{
    struct ticket ticket = {.urgency = GENERAL};
    struct clock clock = {.rule = LIMIT, .state = CLOCK_RUNNING, .cycle = 1};
    struct clock_view view = view_of(LIMIT, &ticket, &clock);
    msec reminder_at;

    (void)state;
    clock.anchor_at = at("2026-03-02T09:00:00+08:00");
    clock.due_at = clock_due_after(&view, clock.anchor_at);
    assert_int_equal(next_percent(&view, &reminder_at), 50);
    assert_int_equal(reminder_at, at("2026-03-02T21:00:00+08:00"));
    clock.reminders = 1; /* 50% */
    assert_int_equal(next_percent(&view, &reminder_at), 80);
    clock.reminders = 3;
    assert_int_equal(next_percent(&view, &reminder_at), -1);
    assert_int_equal(reminder_at, NEVER);
    clock.reminders = 0;
    ticket.urgency = URGENT;
    assert_int_equal(next_percent(&view, &reminder_at), 0);
    assert_int_equal(reminder_at, clock.anchor_at);
    clock.state = CLOCK_BREACHED;
    assert_int_equal(next_percent(&view, &reminder_at), -1);
}

static void a_full_window_is_not_reminded_of(void **state)
{
    struct ticket ticket = {.urgency = URGENT};
    struct clock clock = {.rule = DAILY, .state = CLOCK_RUNNING, .cycle = 1, .credited = 1};
    struct clock_view view = view_of(DAILY, &ticket, &clock);
    msec reminder_at;

    (void)state;
    struct window window = quota_window_first(&view, at("2026-03-02T10:00:00+08:00"));

    clock.anchor_at = window.start_at;
    clock.due_at = window.end_at;
    assert_int_equal(next_percent(&view, &reminder_at), -1);
}

static void rungs_follow_the_breach(void **state)
{
    struct ticket ticket = {.urgency = GENERAL};
    struct clock clock = {.rule = LIMIT, .state = CLOCK_BREACHED, .cycle = 1, .ladder_running = true};
    struct clock_view view = view_of(LIMIT, &ticket, &clock);
    enum clock_timer timer;
    struct climb climb;

    (void)state;
    view.rungs = &policy->ladders[0].sets[0];
    clock.anchor_at = at("2026-03-02T09:00:00+08:00");
    clock.due_at = clock.breached_at = clock.fired_at = at("2026-03-03T09:00:00+08:00");
    clock.ended_at = NEVER;
    assert_true(clock_is_sound(&clock));
    assert_true(clock_next_climb(&view, &climb));
    assert_int_equal(climb.at, clock.fired_at);
    clock.rungs = 1;
    assert_int_equal(clock_next_at(&view, &timer), at("2026-03-03T21:00:00+08:00"));
    assert_int_equal(timer, TIMER_RUNG);
    clock.rungs = 2;
    assert_int_equal(clock_next_at(&view, &timer), at("2026-03-04T09:00:00+08:00"));
    clock.rungs = 3;
    assert_false(clock_next_climb(&view, &climb));
    assert_int_equal(clock_next_at(&view, &timer), NEVER);
    assert_int_equal(timer, TIMER_NONE);
    clock.rungs = 0;
    view.rungs = &policy->ladders[0].sets[3]; /* urgent complaint: two real hours after the breach */
    assert_true(clock_next_climb(&view, &climb));
    assert_int_equal(climb.at, clock.fired_at + 2 * MSEC_HOUR);
    clock.ladder_running = false;
    assert_false(clock_next_climb(&view, &climb));
}

/* "+2h leadership, again every 4h at most 3 times": the next rung ends it, and comes first at one instant. */
static void a_rung_repeats_until_the_next_one(void **state)
{
    struct rung rungs[] = {
        {.percent = -1, .every = {.unit = SPAN_REAL, .amount = 4 * MSEC_HOUR}, .times = 3},
        {.percent = -1, .delay = {.unit = SPAN_REAL, .amount = 8 * MSEC_HOUR}},
    };
    const struct rung_set set = {.rungs = rungs, .count = 2};
    struct ticket ticket = {.urgency = GENERAL};
    struct clock clock = {.rule = LIMIT, .state = CLOCK_BREACHED, .cycle = 1, .ladder_running = true};
    struct clock_view view = view_of(LIMIT, &ticket, &clock);
    struct climb climb;

    (void)state;
    view.rungs = &set;
    clock.fired_at = at("2026-03-03T09:00:00+08:00");
    clock.rungs = 1;
    assert_true(clock_next_climb(&view, &climb));
    assert_int_equal(climb.at, clock.fired_at + 4 * MSEC_HOUR);
    assert_int_equal(climb.place, 0);
    assert_int_equal(climb.repetition, 1);
    clock.repeats = 1; /* the second repetition and the next rung fall together */
    assert_true(clock_next_climb(&view, &climb));
    assert_int_equal(climb.at, clock.fired_at + 8 * MSEC_HOUR);
    assert_int_equal(climb.place, 1);
    assert_int_equal(climb.repetition, 0);
    rungs[1].delay.amount = 9 * MSEC_HOUR;
    assert_true(clock_next_climb(&view, &climb));
    assert_int_equal(climb.repetition, 2);
    clock.repeats = 3;
    assert_true(clock_next_climb(&view, &climb));
    assert_int_equal(climb.place, 1);
    clock.rungs = 2;
    clock.repeats = 0;
    assert_false(clock_next_climb(&view, &climb));
}

static void at_one_instant_rungs_come_before_deadlines(void **state)
{
    struct ticket ticket = {.urgency = URGENT};
    struct clock clock = {
        .rule = DAILY, .state = CLOCK_BREACHED, .cycle = 1, .ladder_running = true, .rungs = 2};
    struct clock_view view = view_of(DAILY, &ticket, &clock);
    enum clock_timer timer;

    (void)state;
    view.rungs = &policy->ladders[0].sets[0];
    clock.breached_at = clock.fired_at = clock.anchor_at = at("2026-03-03T00:00:00+08:00");
    clock.due_at = at("2026-03-04T00:00:00+08:00"); /* +100% of a day falls on it, too */
    assert_int_equal(clock_next_at(&view, &timer), clock.due_at);
    assert_int_equal(timer, TIMER_RUNG);
    clock.rungs = 3;
    assert_int_equal(clock_next_at(&view, &timer), clock.due_at);
    assert_int_equal(timer, TIMER_DUE);
}

static void unsound_fields_are_seen(void **state)
{
    const struct clock running = {.state = CLOCK_RUNNING,
                                  .cycle = 1,
                                  .anchor_at = 1,
                                  .due_at = 2,
                                  .breached_at = NEVER,
                                  .fired_at = NEVER,
                                  .ended_at = NEVER};
    struct clock clock = running;

    (void)state;
    assert_true(clock_is_sound(&clock));
    clock.due_at = NEVER;
    assert_false(clock_is_sound(&clock));
    clock = running;
    clock.cycle = 0;
    assert_false(clock_is_sound(&clock));
    clock = running;
    clock.ladder_running = true;
    assert_false(clock_is_sound(&clock));
    clock = running;
    clock.ended_at = 3;
    assert_false(clock_is_sound(&clock));
    clock = running;
    clock.state = CLOCK_BREACHED;
    assert_false(clock_is_sound(&clock));
    clock.breached_at = clock.fired_at = 2;
    assert_true(clock_is_sound(&clock));
    clock.state = CLOCK_MET;
    assert_false(clock_is_sound(&clock));
    clock.ended_at = 3;
    assert_true(clock_is_sound(&clock));
    clock.state = CLOCK_STATE_COUNT;
    assert_false(clock_is_sound(&clock));
}

#define IN_SHANGHAI(test) cmocka_unit_test_setup_teardown(test, begin_in_shanghai, end)
#define IN_BERLIN(test)   cmocka_unit_test_setup_teardown(test, begin_in_berlin, end)

/* What a mover or a restart must never leave behind: each state asks for some of a clock and forbids the
 * rest. */
static void only_sound_clocks_are_sound(void **state)
{
    static const struct clock waiting = {
        .state = CLOCK_WAITING, .anchor_at = NEVER, .due_at = NEVER, .ended_at = NEVER};
    static const struct clock paused = {
        .state = CLOCK_PAUSED, .anchor_at = 1, .due_at = NEVER, .ended_at = NEVER, .cycle = 1};
    static const struct clock running = {
        .state = CLOCK_RUNNING, .anchor_at = 1, .due_at = 2, .ended_at = NEVER, .cycle = 1};
    static const struct clock breached = {.state = CLOCK_BREACHED,
                                          .anchor_at = 1,
                                          .due_at = 2,
                                          .breached_at = 2,
                                          .fired_at = 2,
                                          .ended_at = NEVER,
                                          .cycle = 1,
                                          .ladder_running = true};
    static const struct clock met = {
        .state = CLOCK_MET, .anchor_at = 1, .due_at = 2, .ended_at = 2, .cycle = 1};
    struct clock cancelled = met, no_state = met;
    static const struct {
        const struct clock *of;
        msec anchor_at, due_at, ended_at, breached_at, fired_at;
        uint16_t cycle;
        bool ladder_running;
    } unsound[] = {
        {&waiting, NEVER, 2, NEVER, 0, 0, 0, false},
        {&waiting, NEVER, NEVER, 2, 0, 0, 0, false},
        {&waiting, NEVER, NEVER, NEVER, 0, 0, 0, true},
        {&paused, NEVER, NEVER, NEVER, 0, 0, 1, false},
        {&paused, 1, 2, NEVER, 0, 0, 1, false},
        {&paused, 1, NEVER, 2, 0, 0, 1, false},
        {&paused, 1, NEVER, NEVER, 0, 0, 0, false},
        {&paused, 1, NEVER, NEVER, 0, 0, 1, true},
        {&running, NEVER, 2, NEVER, 0, 0, 1, false},
        {&running, 1, NEVER, NEVER, 0, 0, 1, false},
        {&running, 1, 2, 2, 0, 0, 1, false},
        {&running, 1, 2, NEVER, 0, 0, 0, false},
        {&running, 1, 2, NEVER, 0, 0, 1, true},
        {&breached, NEVER, 2, NEVER, 2, 2, 1, true},
        {&breached, 1, 2, 2, 2, 2, 1, true},
        {&breached, 1, 2, NEVER, NEVER, 2, 1, true},
        {&breached, 1, 2, NEVER, 2, NEVER, 1, true},
        {&breached, 1, 2, NEVER, 2, 2, 0, true},
        {&met, 1, 2, NEVER, 0, 0, 1, false},
        {&met, 1, 2, 2, 0, 0, 1, true},
    };

    (void)state;
    cancelled.state = CLOCK_CANCELLED;
    no_state.state = CLOCK_STATE_COUNT;
    assert_true(clock_is_sound(&waiting));
    assert_true(clock_is_sound(&paused));
    assert_true(clock_is_sound(&running));
    assert_true(clock_is_sound(&breached));
    assert_true(clock_is_sound(&met));
    assert_true(clock_is_sound(&cancelled));
    assert_false(clock_is_sound(&no_state));
    for (size_t i = 0; i < sizeof(unsound) / sizeof(unsound[0]); i++) {
        struct clock clock = *unsound[i].of;

        clock.anchor_at = unsound[i].anchor_at;
        clock.due_at = unsound[i].due_at;
        clock.ended_at = unsound[i].ended_at;
        clock.breached_at = unsound[i].breached_at;
        clock.fired_at = unsound[i].fired_at;
        clock.cycle = unsound[i].cycle;
        clock.ladder_running = unsound[i].ladder_running;
        if (clock_is_sound(&clock))
            fail_msg("case %zu", i);
    }
    cancelled.ended_at = NEVER;
    assert_false(clock_is_sound(&cancelled));
    cancelled = met;
    cancelled.state = CLOCK_CANCELLED;
    cancelled.ladder_running = true;
    assert_false(clock_is_sound(&cancelled));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_sound_clocks_are_sound),
        IN_SHANGHAI(limits_are_due),
        IN_SHANGHAI(silence_stands_outside_the_customers_hours),
        IN_BERLIN(elapsed_hours_cross_the_change),
        IN_SHANGHAI(windows_are_civil_days),
        IN_BERLIN(windows_of_23_and_25_hours),
        IN_BERLIN(a_day_that_never_came_is_no_window),
        IN_SHANGHAI(fractions_are_of_the_limits_own_time),
        IN_SHANGHAI(reminders_are_sent_once_and_only_while_running),
        IN_SHANGHAI(a_full_window_is_not_reminded_of),
        IN_SHANGHAI(rungs_follow_the_breach),
        IN_SHANGHAI(a_rung_repeats_until_the_next_one),
        IN_SHANGHAI(at_one_instant_rungs_come_before_deadlines),
        cmocka_unit_test(unsound_fields_are_seen),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
