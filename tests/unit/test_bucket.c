/*
 * The token bucket: full at first, empty after a burst, filled evenly, never fuller than a minute's worth.
 */
#include "daemon/bucket.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static int take_all(struct bucket *bucket, int64_t now_ms)
{
    int taken = 0;

    while (bucket_take(bucket, now_ms))
        taken++;
    return taken;
}

static void a_burst_empties_it(void **state)
{
    struct bucket bucket;

    (void)state;
    bucket_init(&bucket, 20, 1000);
    assert_int_equal(take_all(&bucket, 1000), 20);
    assert_false(bucket_take(&bucket, 1000));
}

static void it_fills_evenly(void **state)
{
    struct bucket bucket;

    (void)state;
    bucket_init(&bucket, 20, 0);
    take_all(&bucket, 0);
    assert_false(bucket_take(&bucket, 2999));
    assert_true(bucket_take(&bucket, 3000)); /* one every three seconds */
    assert_false(bucket_take(&bucket, 3000));
    assert_int_equal(take_all(&bucket, 33000), 10);
}

static void looking_often_loses_nothing(void **state)
{
    struct bucket bucket;
    int taken = 0;

    (void)state;
    bucket_init(&bucket, 1, 0);
    take_all(&bucket, 0);
    for (int64_t now_ms = 1; now_ms <= 10 * 60000; now_ms += 7)
        taken += bucket_take(&bucket, now_ms);
    assert_in_range(taken, 9, 10);
}

static void it_never_holds_more_than_a_minute(void **state)
{
    struct bucket bucket;

    (void)state;
    bucket_init(&bucket, 5, 0);
    assert_int_equal(take_all(&bucket, 3600 * 1000), 5);
    assert_int_equal(take_all(&bucket, 3600 * 1000 + 59999), 4);
}

static void a_clock_that_goes_back_gives_nothing(void **state)
{
    struct bucket bucket;

    (void)state;
    bucket_init(&bucket, 5, 100000);
    take_all(&bucket, 100000);
    assert_int_equal(take_all(&bucket, 1000), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_burst_empties_it),
        cmocka_unit_test(it_fills_evenly),
        cmocka_unit_test(looking_often_loses_nothing),
        cmocka_unit_test(it_never_holds_more_than_a_minute),
        cmocka_unit_test(a_clock_that_goes_back_gives_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
