/* The list of those who want no courtesy mail. */
#include "lib/optout.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static void upper_and_lower_case_are_one(void **state)
{
    struct optouts *optouts = optouts_create();

    (void)state;
    assert_true(optouts_add(optouts, "Wang@Example.org", 10));
    assert_false(optouts_add(optouts, "wang@example.ORG", 20));
    assert_int_equal(optouts_since(optouts, "WANG@EXAMPLE.ORG"), 10);
    assert_int_equal(optouts_since(optouts, "wang@example.or"), NEVER);
    assert_true(optouts_remove(optouts, "wang@EXAMPLE.org"));
    assert_false(optouts_remove(optouts, "Wang@Example.org"));
    assert_int_equal(optouts_since(optouts, "Wang@Example.org"), NEVER);
    optouts_destroy(optouts);
    optouts_destroy(NULL);
}

/* Whatever the order in which they came, the list is the same, and rising. */
static void the_order_is_that_of_addresses(void **state)
{
    struct optouts *optouts = optouts_create();
    char address[24], before[24] = "";
    msec since_at;

    (void)state;
    for (unsigned i = 0; i < 500; i++) {
        snprintf(address, sizeof(address), "a%03u@example.org", i * 7919 % 500);
        assert_true(optouts_add(optouts, address, i));
    }
    for (unsigned i = 0; i < 500; i += 2) {
        snprintf(address, sizeof(address), "a%03u@example.org", i);
        assert_true(optouts_remove(optouts, address));
    }
    assert_int_equal(optouts_count(optouts), 250);
    for (size_t i = 0; i < optouts_count(optouts); i++) {
        const char *one = optouts_at(optouts, i, &since_at);

        assert_true(strcmp(before, one) < 0);
        assert_int_equal(optouts_since(optouts, one), since_at);
        snprintf(before, sizeof(before), "%s", one);
    }
    optouts_destroy(optouts);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(upper_and_lower_case_are_one),
        cmocka_unit_test(the_order_is_that_of_addresses),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
