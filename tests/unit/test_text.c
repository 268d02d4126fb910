/* Growing strings: always terminated, however they grow. */
#include "lib/base/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void grows_and_stays_terminated(void **state)
{
    struct text text;

    (void)state;
    text_init(&text);
    assert_string_equal(text_get(&text), "");
    text_add(&text, "");
    assert_string_equal(text_get(&text), "");
    for (int i = 0; i < 3000; i++) {
        text_append(&text, "abc", 3);
        assert_int_equal(text.length, (size_t)(i + 1) * 3);
        assert_int_equal(text.bytes[text.length], '\0');
    }
    text_clear(&text);
    assert_string_equal(text_get(&text), "");
    assert_int_equal(text.length, 0);
    text_printf(&text, "%s %d", "中文", 7);
    text_printf(&text, "%s", "");
    text_printf(&text, "|%5000d|", 1);
    assert_int_equal(text.length, strlen(text_get(&text)));
    assert_int_equal(strncmp(text_get(&text), "中文 7|", strlen("中文 7|")), 0);
    text_finish(&text);
    text_finish(&text);
    text_finish(NULL);
}

static void keeps_bytes_that_are_no_text(void **state)
{
    struct text text = {0};

    (void)state;
    text_append(&text, "a\0b", 3);
    text_append(&text, "", 0);
    assert_int_equal(text.length, 3);
    assert_memory_equal(text.bytes, "a\0b", 4);
    text_finish(&text);
}

static void gives_its_storage_away(void **state)
{
    struct text text = {0};

    (void)state;
    text_add(&text, "mine");
    char *taken = text_take(&text);

    assert_string_equal(taken, "mine");
    assert_string_equal(text_get(&text), "");
    free(taken);
    taken = text_take(&text); /* also from one that never grew */
    assert_string_equal(taken, "");
    free(taken);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(grows_and_stays_terminated),
        cmocka_unit_test(keeps_bytes_that_are_no_text),
        cmocka_unit_test(gives_its_storage_away),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
