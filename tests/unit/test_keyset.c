/* The set of idempotency keys: what was added is always found; what was not is found almost never. */
#include "lib/base/keyset.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#define KEYS 20000u

static void finds_what_was_added(void **state)
{
    struct keyset set;
    char key[32];
    unsigned strangers = 0;

    (void)state;
    keyset_init(&set);
    assert_false(keyset_may_have(&set, "key-0"));
    for (unsigned i = 0; i < KEYS; i++) {
        snprintf(key, sizeof(key), "key-%u", i);
        strangers += keyset_may_have(&set, key);
        keyset_add(&set, key);
        assert_true(keyset_may_have(&set, key));
    }
    for (unsigned i = 0; i < KEYS; i++) {
        snprintf(key, sizeof(key), "key-%u", i);
        assert_true(keyset_may_have(&set, key));
        snprintf(key, sizeof(key), "other-%u", i);
        strangers += keyset_may_have(&set, key);
    }
    assert_int_equal(strangers, 0); /* sixty-four bits: a stranger would be a wonder */
    assert_int_equal(set.count, KEYS);
    keyset_finish(&set);
}

static void counts_a_key_once(void **state)
{
    struct keyset set;

    (void)state;
    keyset_init(&set);
    keyset_add(&set, "a");
    keyset_add(&set, "a");
    keyset_add(&set, "");
    assert_int_equal(set.count, 2);
    assert_true(keyset_may_have(&set, ""));
    keyset_finish(&set);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_what_was_added),
        cmocka_unit_test(counts_a_key_once),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
