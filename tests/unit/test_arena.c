/* The arena: zeroed, aligned, apart from each other, and whole again after a reset. */
#include "lib/base/arena.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void hands_out_zeroed_and_aligned(void **state)
{
    static const size_t sizes[] = {1, 7, 16, 17, 1000, 64 * 1024 - 8, 64 * 1024, 3000000, 5};
    char *parts[sizeof(sizes) / sizeof(sizes[0])];
    struct arena arena;

    (void)state;
    arena_init(&arena);
    for (int round = 0; round < 3; round++) {
        for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
            parts[i] = arena_new(&arena, sizes[i]);
            assert_int_equal((uintptr_t)parts[i] % 16, 0);
            for (size_t byte = 0; byte < sizes[i]; byte++)
                assert_int_equal(parts[i][byte], 0);
            memset(parts[i], (int)i + 1, sizes[i]);
        }
        for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++)
            assert_true(parts[i][0] == (char)(i + 1) && parts[i][sizes[i] - 1] == (char)(i + 1));
        assert_true(arena.bytes >= 3000000);
        arena_reset(&arena);
        assert_int_equal(arena.bytes, 0);
    }
    arena_finish(&arena);
    arena_finish(&arena); /* twice is fine */
    arena_finish(NULL);
}

static void copies_texts(void **state)
{
    struct arena arena;

    (void)state;
    arena_init(&arena);
    assert_null(arena_text(&arena, NULL));
    assert_string_equal(arena_text(&arena, ""), "");
    assert_string_equal(arena_text(&arena, "首次联系"), "首次联系");
    assert_string_equal(arena_bytes(&arena, "abcdef", 3), "abc");
    assert_string_equal(arena_bytes(&arena, NULL, 0), "");
    assert_memory_equal(arena_bytes(&arena, "a\0b", 3), "a\0b", 4);
    assert_string_equal(arena_printf(&arena, "%s-%d", "x", 5), "x-5");
    assert_int_equal(strlen(arena_printf(&arena, "%0*d", 100000, 1)), 100000);
    arena_finish(&arena);
}

static void many_small_ones_do_not_touch(void **state)
{
    struct arena arena;
    char *texts[20000];

    (void)state;
    arena_init(&arena);
    for (int i = 0; i < 20000; i++)
        texts[i] = arena_printf(&arena, "%d", i);
    for (int i = 0; i < 20000; i++)
        assert_string_equal(texts[i], arena_printf(&arena, "%d", i));
    arena_finish(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hands_out_zeroed_and_aligned),
        cmocka_unit_test(copies_texts),
        cmocka_unit_test(many_small_ones_do_not_touch),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
