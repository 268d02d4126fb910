/* The edges of the wheel; tests/property holds the random walk. */
#include "lib/wheel.h"

#include "lib/base/hash.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define START_AT INT64_C(1767225600000) /* 2026-01-01 */
#define YEAR     (365 * MSEC_DAY)

static int setup(void **state)
{
    *state = wheel_create(START_AT);
    return 0;
}

static int teardown(void **state)
{
    wheel_destroy(*state);
    return 0;
}

/* What is due at `now` are these ids in this order, and nothing else. */
#define assert_fires(wheel, now, ...)                                                                        \
    do {                                                                                                     \
        const uint32_t wanted_[] = {__VA_ARGS__};                                                            \
        uint32_t ids_[32];                                                                                   \
        size_t count_ = sizeof wanted_ / sizeof *wanted_;                                                    \
        assert_int_equal(wheel_advance(wheel, now, ids_, 32), count_);                                       \
        assert_memory_equal(ids_, wanted_, sizeof wanted_);                                                  \
    } while (0)

static void assert_silent(struct wheel *wheel, msec now)
{
    uint32_t ids[4];

    assert_int_equal(wheel_advance(wheel, now, ids, 4), 0);
}

static void an_empty_wheel_has_nothing(void **state)
{
    struct wheel *wheel = *state;

    assert_true(wheel_next(wheel) == NEVER);
    assert_int_equal(wheel_count(wheel), 0);
    assert_true(wheel_due_at(wheel, 0) == NEVER);
    assert_true(wheel_due_at(wheel, UINT32_MAX) == NEVER);
    wheel_cancel(wheel, 0);
    wheel_cancel(wheel, UINT32_MAX);
    wheel_set(wheel, UINT32_MAX, NEVER);
    assert_int_equal(wheel_count(wheel), 0);
    assert_silent(wheel, START_AT + YEAR);
    assert_silent(wheel, NEVER);
    wheel_destroy(NULL);
}

static void it_fires_on_the_millisecond_and_once(void **state)
{
    struct wheel *wheel = *state;

    wheel_set(wheel, 7, START_AT + MSEC_HOUR);
    assert_true(wheel_next(wheel) == START_AT + MSEC_HOUR);
    assert_silent(wheel, START_AT + MSEC_HOUR - 1);
    assert_fires(wheel, START_AT + MSEC_HOUR, 7);
    assert_silent(wheel, START_AT + MSEC_HOUR);
    assert_true(wheel_next(wheel) == NEVER);
    assert_true(wheel_due_at(wheel, 7) == NEVER);
}

static void the_same_instant_goes_by_id(void **state)
{
    struct wheel *wheel = *state;

    wheel_set(wheel, 9, START_AT + 5);
    wheel_set(wheel, 3, START_AT + 5);
    wheel_set(wheel, 2000, START_AT + 5);
    wheel_set(wheel, 4, START_AT + 4);
    assert_true(wheel_next(wheel) == START_AT + 4);
    wheel_set(wheel, 5, START_AT + 5); /* arrives after staging */
    assert_fires(wheel, START_AT + 5, 4, 3, 5, 9, 2000);
}

static void the_past_is_due_at_once_and_in_order(void **state)
{
    struct wheel *wheel = *state;

    wheel_set(wheel, 0, START_AT);
    wheel_set(wheel, 1, START_AT - 3 * YEAR);
    wheel_set(wheel, 2, 0);
    wheel_set(wheel, 3, -1);
    wheel_set(wheel, 4, INT64_MIN);
    assert_true(wheel_next(wheel) == INT64_MIN);
    assert_true(wheel_due_at(wheel, 1) == START_AT - 3 * YEAR);
    assert_fires(wheel, START_AT, 4, 3, 2, 1, 0);
}

static void cancelled_is_gone(void **state)
{
    struct wheel *wheel = *state;

    for (uint32_t id = 0; id < 4; id++)
        wheel_set(wheel, id, START_AT + id);
    wheel_cancel(wheel, 0); /* far */
    assert_true(wheel_next(wheel) == START_AT + 1);
    wheel_cancel(wheel, 1); /* staged */
    wheel_set(wheel, 2, NEVER);
    wheel_set(wheel, 2, NEVER);
    assert_int_equal(wheel_count(wheel), 1);
    assert_true(wheel_next(wheel) == START_AT + 3);
    assert_fires(wheel, START_AT + 9, 3);
}

static void moving_crosses_the_staged_window_both_ways(void **state)
{
    struct wheel *wheel = *state;

    wheel_set(wheel, 0, START_AT + MSEC_SECOND);
    wheel_set(wheel, 1, START_AT + 2 * MSEC_SECOND);
    wheel_set(wheel, 2, START_AT + 100 * MSEC_DAY);
    assert_true(wheel_next(wheel) == START_AT + MSEC_SECOND);
    wheel_set(wheel, 0, START_AT + 200 * MSEC_DAY); /* out of the window */
    wheel_set(wheel, 2, START_AT + 1500);           /* into it */
    assert_true(wheel_next(wheel) == START_AT + 1500);
    wheel_set(wheel, 2, START_AT + 90 * MSEC_DAY); /* out, in, and out again */
    wheel_set(wheel, 2, START_AT + 1500);
    wheel_set(wheel, 2, START_AT + 2 * MSEC_SECOND);
    assert_fires(wheel, START_AT + 50 * MSEC_DAY, 1, 2);
    assert_fires(wheel, START_AT + 200 * MSEC_DAY, 0);
}

static void setting_again_to_the_same_instant_fires_once(void **state)
{
    struct wheel *wheel = *state;

    wheel_set(wheel, 5, START_AT + 10);
    assert_true(wheel_next(wheel) == START_AT + 10);
    for (int i = 0; i < 1000; i++) {
        wheel_set(wheel, 5, START_AT + 11);
        wheel_set(wheel, 5, START_AT + 10);
    }
    assert_int_equal(wheel_count(wheel), 1);
    assert_fires(wheel, START_AT + 11, 5);
    assert_silent(wheel, START_AT + 11);
}

static void moving_to_and_fro_does_not_hoard_memory(void **state)
{
    struct wheel *wheel = *state;

    for (uint32_t id = 0; id < 100; id++)
        wheel_set(wheel, id, START_AT + id);
    assert_true(wheel_next(wheel) == START_AT);
    size_t bytes = wheel_bytes(wheel);

    for (uint32_t i = 0; i < 1000000; i++)
        wheel_set(wheel, i % 100, START_AT + i % 977);
    assert_true(wheel_bytes(wheel) < bytes + 16384);
    assert_int_equal(wheel_count(wheel), 100);
}

static void it_grows_and_keeps_all(void **state)
{
    struct wheel *wheel = *state;
    uint32_t id = 0, fired = 0;

    for (; id < 3000000; id = id * 3 / 2 + 1)
        wheel_set(wheel, id, START_AT + MSEC_DAY - id);
    assert_true(wheel_bytes(wheel) < 6 * (size_t)id);
    for (size_t left = wheel_count(wheel); left > 0; left--)
        assert_int_equal(wheel_advance(wheel, START_AT + MSEC_DAY, &fired, 1), 1);
    assert_int_equal(fired, 0);
}

static void near_and_far_order_holds_among_many(void **state)
{
    struct wheel *wheel = *state;
    msec last_at = 0;
    uint32_t ids[100];

    for (uint32_t id = 0; id < 100000; id++)
        wheel_set(wheel, id, START_AT + (msec)(hash_number(id) % (uint64_t)MSEC_HOUR));
    for (size_t given = 100; given == 100;) {
        given = wheel_advance(wheel, START_AT + MSEC_HOUR, ids, 100);
        for (size_t i = 0; i < given; i++) {
            msec due_at = START_AT + (msec)(hash_number(ids[i]) % (uint64_t)MSEC_HOUR);

            assert_true(due_at >= last_at);
            last_at = due_at;
        }
    }
    assert_int_equal(wheel_count(wheel), 0);
}

static void many_at_one_instant_go_by_id(void **state)
{
    struct wheel *wheel = *state;
    uint32_t fired;

    for (uint32_t id = 20000; id-- > 0;)
        wheel_set(wheel, id, START_AT + 1);
    for (uint32_t id = 0; id < 20000; id++) {
        assert_int_equal(wheel_advance(wheel, START_AT + 1, &fired, 1), 1);
        assert_int_equal(fired, id);
    }
    assert_silent(wheel, START_AT + 1);
}

/* Staging looks ahead to the only timer there is; what comes then is all nearer, and must not stay a heap. */
static void many_before_a_staged_one_are_given_back(void **state)
{
    struct wheel *wheel = *state;
    uint32_t fired;

    wheel_set(wheel, 0, START_AT + 30 * MSEC_DAY);
    assert_true(wheel_next(wheel) == START_AT + 30 * MSEC_DAY);
    for (uint32_t id = 1; id < 50000; id++)
        wheel_set(wheel, id, START_AT + 30 * MSEC_DAY - id * MSEC_SECOND);
    assert_true(wheel_bytes(wheel) < 50000 * 6 + 32768);
    for (uint32_t id = 50000; id-- > 0;) {
        assert_int_equal(wheel_advance(wheel, START_AT + 30 * MSEC_DAY, &fired, 1), 1);
        assert_int_equal(fired, id);
    }
}

static void beyond_the_compact_range_it_is_as_exact(void **state)
{
    struct wheel *wheel = *state;

    wheel_set(wheel, 1, START_AT + 30 * YEAR);
    size_t bytes = wheel_bytes(wheel);

    for (uint32_t id = 2; id < 12; id++) /* straight over the end of 5-byte ticks */
        wheel_set(wheel, id, START_AT - (INT64_C(1) << 37) + (INT64_C(1) << 40) - 262 + id);
    assert_true(wheel_bytes(wheel) > bytes);
    wheel_set(wheel, 12, START_AT + 100 * YEAR);
    wheel_set(wheel, 13, NEVER - 1);
    wheel_set(wheel, 14, START_AT + 100 * YEAR - 1);
    assert_true(wheel_next(wheel) == START_AT + 30 * YEAR);
    assert_true(wheel_due_at(wheel, 13) == NEVER - 1);
    assert_fires(wheel, START_AT + 31 * YEAR, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11);
    assert_true(wheel_next(wheel) == START_AT + 100 * YEAR - 1);
    assert_fires(wheel, START_AT + 100 * YEAR, 14, 12);
    assert_silent(wheel, NEVER - 2);
    assert_fires(wheel, NEVER - 1, 13);
    assert_true(wheel_next(wheel) == NEVER);
}

static void any_instant_of_birth_will_do(void **state)
{
    static const msec births[] = {INT64_MIN, -1, 0, START_AT, NEVER - 1, NEVER};

    (void)state;
    for (size_t i = 0; i < sizeof births / sizeof *births; i++) {
        struct wheel *wheel = wheel_create(births[i]);

        wheel_set(wheel, 1, NEVER - 1);
        wheel_set(wheel, 2, INT64_MIN);
        wheel_set(wheel, 3, 0);
        assert_fires(wheel, NEVER, 2, 3, 1);
        wheel_destroy(wheel);
    }
}

static void a_clock_going_back_fires_nothing_twice(void **state)
{
    struct wheel *wheel = *state;

    for (uint32_t id = 0; id < 3; id++)
        wheel_set(wheel, id, START_AT + id * MSEC_HOUR);
    assert_fires(wheel, START_AT + MSEC_HOUR, 0, 1);
    assert_silent(wheel, START_AT - YEAR);
    wheel_set(wheel, 0, START_AT - YEAR + 1);
    assert_true(wheel_next(wheel) == START_AT - YEAR + 1);
    assert_fires(wheel, START_AT - YEAR + 1, 0);
    assert_silent(wheel, START_AT + 2 * MSEC_HOUR - 1);
    assert_fires(wheel, START_AT + 2 * MSEC_HOUR, 2);
}

static void rearming_while_draining_is_seen_by_the_next_call(void **state)
{
    struct wheel *wheel = *state;
    uint32_t fired;

    for (uint32_t id = 0; id < 3; id++)
        wheel_set(wheel, id, START_AT + id);
    assert_int_equal(wheel_advance(wheel, START_AT + 2, &fired, 1), 1);
    assert_int_equal(fired, 0);
    wheel_set(wheel, 0, START_AT + 2);       /* due again, before id 2 */
    wheel_set(wheel, 5, START_AT - 1);       /* before all that is left */
    wheel_set(wheel, 1, START_AT + 1000000); /* not due any more */
    assert_fires(wheel, START_AT + 2, 5, 0, 2);
    assert_int_equal(wheel_count(wheel), 1);
}

static void no_room_takes_nothing(void **state)
{
    struct wheel *wheel = *state;

    wheel_set(wheel, 1, START_AT);
    assert_int_equal(wheel_advance(wheel, START_AT, NULL, 0), 0);
    assert_fires(wheel, START_AT, 1);
}

#define wheel_test(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        wheel_test(an_empty_wheel_has_nothing),
        wheel_test(it_fires_on_the_millisecond_and_once),
        wheel_test(the_same_instant_goes_by_id),
        wheel_test(the_past_is_due_at_once_and_in_order),
        wheel_test(cancelled_is_gone),
        wheel_test(moving_crosses_the_staged_window_both_ways),
        wheel_test(setting_again_to_the_same_instant_fires_once),
        wheel_test(moving_to_and_fro_does_not_hoard_memory),
        wheel_test(it_grows_and_keeps_all),
        wheel_test(near_and_far_order_holds_among_many),
        wheel_test(many_at_one_instant_go_by_id),
        wheel_test(many_before_a_staged_one_are_given_back),
        wheel_test(beyond_the_compact_range_it_is_as_exact),
        wheel_test(any_instant_of_birth_will_do),
        wheel_test(a_clock_going_back_fires_nothing_twice),
        wheel_test(rearming_while_draining_is_seen_by_the_next_call),
        wheel_test(no_room_takes_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
