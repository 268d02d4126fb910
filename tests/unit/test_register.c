/*
 * The store of records: values are copies, places stay, what was removed is remembered, ids come in order.
 */
#include "lib/register.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static struct register_place put(struct registers *registers, uint8_t of, const char *id, const char *first,
                                 const char *second)
{
    struct register_place place = {.of = of, .index = register_find_or_add(registers, of, id)};
    const char *values[2] = {first, second};

    register_set(registers, place, values, 2);
    return place;
}

static void keeps_copies_of_values(void **state)
{
    struct registers *registers = registers_create(2);
    char text[] = "2026-05-01";

    (void)state;
    struct register_place place = put(registers, 1, "C-1", text, NULL);

    memset(text, 'x', sizeof(text) - 1);
    const struct register_record *record = register_at(registers, 1, place.index);

    assert_string_equal(record->id, "C-1");
    assert_string_equal(record->values[0], "2026-05-01");
    assert_null(record->values[1]);
    assert_int_equal(register_find(registers, 1, "C-1"), place.index);
    assert_int_equal(register_find(registers, 0, "C-1"), REGISTER_NONE);
    registers_destroy(registers);
}

static void remembers_what_was_removed(void **state)
{
    struct registers *registers = registers_create(1);
    struct register_place place = put(registers, 0, "C-1", "a", "b");
    size_t full = registers_bytes(registers);

    (void)state;
    register_at(registers, 0, place.index)->revision = 7;
    assert_int_equal(register_live_count(registers, 0), 1);
    register_set(registers, place, NULL, 2);
    assert_int_equal(register_live_count(registers, 0), 0);
    assert_true(registers_bytes(registers) < full);
    assert_false(register_is_live(register_at(registers, 0, place.index)));
    assert_int_equal(put(registers, 0, "C-1", "c", "d").index, place.index);
    assert_int_equal(register_at(registers, 0, place.index)->revision, 7);
    assert_int_equal(registers_bytes(registers), full);
    registers_destroy(registers);
}

static void sorts_by_id(void **state)
{
    struct registers *registers = registers_create(1);
    char id[16];
    size_t count;

    (void)state;
    for (unsigned i = 0; i < 500; i++) {
        snprintf(id, sizeof(id), "%03u", i * 317 % 500);
        put(registers, 0, id, id, NULL);
    }
    const uint32_t *sorted = register_sorted(registers, 0, &count);

    assert_int_equal(count, 500);
    for (unsigned i = 0; i < 500; i++) {
        snprintf(id, sizeof(id), "%03u", i);
        assert_string_equal(register_at(registers, 0, sorted[i])->id, id);
    }
    put(registers, 0, "000a", "x", NULL);
    sorted = register_sorted(registers, 0, &count);
    assert_int_equal(count, 501);
    assert_string_equal(register_at(registers, 0, sorted[1])->id, "000a");
    registers_destroy(registers);
}

static void lists_what_changed_once(void **state)
{
    struct registers *registers = registers_create(1);
    struct register_place first = put(registers, 0, "a", "1", NULL),
                          second = put(registers, 0, "b", "2", NULL);
    struct register_place place;

    (void)state;
    register_touch(registers, first);
    register_touch(registers, first);
    register_touch(registers, second);
    assert_true(register_take_dirty(registers, &place));
    assert_true(register_take_dirty(registers, &place));
    assert_false(register_take_dirty(registers, &place));
    register_touch(registers, first);
    assert_true(register_take_dirty(registers, &place));
    assert_int_equal(place.index, first.index);
    registers_destroy(registers);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keeps_copies_of_values),
        cmocka_unit_test(remembers_what_was_removed),
        cmocka_unit_test(sorts_by_id),
        cmocka_unit_test(lists_what_changed_once),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
