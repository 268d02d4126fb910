/* Budgets: windows that roll, held against a list of every instant. */
#include "lib/budget.h"

#include "lib/base/hash.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define NOON INT64_C(1772424000000)

static void the_hour_rolls(void **state)
{
    const struct budget_limits limits = {.per_hour = 2};
    struct budget budget = {0};

    (void)state;
    assert_false(budget_is_used_up(&budget, limits, NOON));
    budget_note(&budget, limits, NOON);
    assert_false(budget_is_used_up(&budget, limits, NOON));
    budget_note(&budget, limits, NOON + 10);
    assert_true(budget_is_used_up(&budget, limits, NOON + 10));
    assert_true(budget_is_used_up(&budget, limits, NOON + MSEC_HOUR - 1));
    assert_false(budget_is_used_up(&budget, limits, NOON + MSEC_HOUR));
    budget_note(&budget, limits, NOON + MSEC_HOUR);
    assert_true(budget_is_used_up(&budget, limits, NOON + MSEC_HOUR + 9));
    assert_false(budget_is_used_up(&budget, limits, NOON + MSEC_HOUR + 10));
    budget_finish(&budget);
}

static void without_limits_nothing_is_kept(void **state)
{
    struct budget budget = {0};

    (void)state;
    for (int i = 0; i < 1000; i++)
        budget_note(&budget, (struct budget_limits){0}, NOON + i);
    assert_null(budget.instants);
    assert_false(budget_is_used_up(&budget, (struct budget_limits){0}, NOON));
    budget_finish(&budget);
}

static size_t count_since(const msec *instants, size_t count, msec since_at)
{
    size_t found = 0;

    for (size_t i = 0; i < count; i++)
        found += instants[i] > since_at;
    return found;
}

static void both_windows_hold_against_every_instant(void **state)
{
    const struct budget_limits limits = {.per_hour = 5, .per_day = 17};
    struct budget budget = {0};
    static msec instants[4000];
    size_t count = 0, refused = 0;
    msec now = NOON;

    (void)state;
    for (uint64_t i = 0; i < 4000; i++) {
        now += (msec)(hash_number(i) % (20 * MSEC_MINUTE));
        bool is_full = count_since(instants, count, now - MSEC_HOUR) >= limits.per_hour ||
                       count_since(instants, count, now - MSEC_DAY) >= limits.per_day;

        assert_int_equal(budget_is_used_up(&budget, limits, now), is_full);
        refused += is_full;
        if (is_full)
            continue;
        budget_note(&budget, limits, now);
        instants[count++] = now;
    }
    assert_in_range(refused, 100, 3900);
    budget_finish(&budget);
}

static void other_limits_keep_the_newest(void **state)
{
    struct budget budget = {0};

    (void)state;
    for (int i = 0; i < 7; i++)
        budget_note(&budget, (struct budget_limits){.per_hour = 4}, NOON + i);
    budget_note(&budget, (struct budget_limits){.per_hour = 6}, NOON + 7);
    assert_int_equal(budget.count, 5);
    assert_true(budget_is_used_up(&budget, (struct budget_limits){.per_hour = 5}, NOON + 7));
    assert_false(budget_is_used_up(&budget, (struct budget_limits){.per_hour = 6}, NOON + 7));
    budget_note(&budget, (struct budget_limits){.per_hour = 2}, NOON + 8);
    assert_int_equal(budget.count, 2);
    assert_true(budget_is_used_up(&budget, (struct budget_limits){.per_hour = 2}, NOON + 6 + MSEC_HOUR));
    assert_false(budget_is_used_up(&budget, (struct budget_limits){.per_hour = 2}, NOON + 7 + MSEC_HOUR));
    budget_finish(&budget);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_hour_rolls),
        cmocka_unit_test(without_limits_nothing_is_kept),
        cmocka_unit_test(both_windows_hold_against_every_instant),
        cmocka_unit_test(other_limits_keep_the_newest),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
