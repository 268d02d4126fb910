/* Interned strings: one number a string, stable addresses, the empty string is 0. */
#include "lib/base/intern.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define STRINGS 5000u

static void gives_each_string_one_number(void **state)
{
    static const char *addresses[STRINGS + 1];
    struct intern *intern = intern_create();
    char text[32];

    (void)state;
    assert_int_equal(intern_id(intern, NULL), 0);
    assert_int_equal(intern_id(intern, ""), 0);
    assert_string_equal(intern_text(intern, 0), "");
    for (uint32_t i = 1; i <= STRINGS; i++) {
        snprintf(text, sizeof(text), "客户 %u", i * 7919 % STRINGS);
        assert_int_equal(intern_id(intern, text), i);
        addresses[i] = intern_text(intern, i);
    }
    for (uint32_t i = 1; i <= STRINGS; i++) {
        snprintf(text, sizeof(text), "客户 %u", i * 7919 % STRINGS);
        assert_int_equal(intern_id(intern, text), i);
        assert_ptr_equal(intern_text(intern, i), addresses[i]);
        assert_string_equal(addresses[i], text);
    }
    assert_int_equal(intern_count(intern), STRINGS + 1);
    assert_string_equal(intern_text(intern, STRINGS + 1), "");
    intern_destroy(intern);
}

static void keeps_a_copy(void **state)
{
    struct intern *intern = intern_create();
    char text[] = "Huaxin";

    (void)state;
    uint32_t id = intern_id(intern, text);

    memset(text, 'x', sizeof(text) - 1);
    assert_string_equal(intern_text(intern, id), "Huaxin");
    assert_int_not_equal(intern_id(intern, text), id);
    intern_destroy(intern);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gives_each_string_one_number),
        cmocka_unit_test(keeps_a_copy),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
