/*
 * The index against an array: random additions and removals in worlds whose keys collide little or much.
 */
#include "lib/base/index.h"

#include "lib/base/hash.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#define VALUES 600u

/* The owner: a key for each value. */
static uint64_t keys[VALUES];

static uint64_t key_of(const void *owner, uint32_t value)
{
    return ((const uint64_t *)owner)[value];
}

static void compare(const struct index *index, const bool *is_in)
{
    size_t count = 0;

    for (uint32_t i = 0; i < VALUES; i++) {
        assert_int_equal(index_find(index, keys[i]), is_in[i] ? i : INDEX_NONE);
        count += is_in[i];
    }
    assert_int_equal(index->count, count);
}

/* Distinct keys whose first slots lie within `spread`: runs are long, holes are in the middle of them. */
static void make_keys(uint64_t spread)
{
    uint64_t key = 0;

    for (uint32_t i = 0; i < VALUES; i++) {
        do
            key++;
        while ((hash_number(key) & 63) >= spread);
        keys[i] = key;
    }
}

static void live(uint64_t spread, uint64_t seed)
{
    struct index index;
    bool is_in[VALUES] = {0};
    uint64_t chance = seed;

    make_keys(spread);
    index_init(&index, key_of, keys);
    for (int i = 0; i < 6000; i++) {
        uint32_t value = (uint32_t)(hash_number(chance++) % VALUES);

        if (is_in[value])
            index_remove(&index, value);
        else
            index_add(&index, value);
        is_in[value] = !is_in[value];
        if (i % 500 == 0)
            compare(&index, is_in);
    }
    compare(&index, is_in);
    for (uint32_t value = 0; value < VALUES; value++)
        if (is_in[value])
            index_remove(&index, value);
    assert_int_equal(index.count, 0);
    index_finish(&index);
}

static void agrees_with_an_array(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 8; seed++) {
        live(64, seed << 20);
        live(2, seed << 24); /* almost one run */
        live(1, seed << 28);
    }
}

static void empties_itself_in_every_order(void **state)
{
    struct index index;

    (void)state;
    make_keys(3);
    for (uint32_t step = 1; step < 30; step += 2) { /* odd: every value of 32 comes once */
        index_init(&index, key_of, keys);
        for (uint32_t i = 0; i < 32; i++)
            index_add(&index, i);
        for (uint32_t i = 0; i < 32; i++) {
            index_remove(&index, i * step % 32);
            for (uint32_t left = i + 1; left < 32; left++)
                assert_int_equal(index_find(&index, keys[left * step % 32]), left * step % 32);
            assert_int_equal(index_find(&index, keys[i * step % 32]), INDEX_NONE);
        }
        index_finish(&index);
    }
}

static void removing_what_is_not_there_changes_nothing(void **state)
{
    struct index index;

    (void)state;
    make_keys(64);
    index_init(&index, key_of, keys);
    index_add(&index, 5);
    index_remove(&index, 6);
    assert_int_equal(index.count, 1);
    assert_int_equal(index_find(&index, keys[5]), 5);
    assert_true(index_bytes(&index) >= sizeof(uint32_t));
    index_finish(&index);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(agrees_with_an_array),
        cmocka_unit_test(empties_itself_in_every_order),
        cmocka_unit_test(removing_what_is_not_there_changes_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
