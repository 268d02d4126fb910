/* Values as JSON text: the very bytes that jansson would write, and keys sorted where the journal wants them.
 */
#include "lib/rpc.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

static const char *const values[] = {
    "{}",
    "[]",
    "[null,true,false,0,-1,7,9223372036854775807,-9223372036854775808]",
    "{\"b\":1,\"a\":{\"d\":[1,[2,{\"z\":3,\"y\":4}]],\"c\":\"x\"},\"aa\":[],\"B\":{}}",
    "[1.5,-0.25,1e300]",
    "[\"\",\"plain\",\"\\\"\\\\\\/\\b\\f\\n\\r\\t\",\"客户\",\"\\u00e9\\ud83d\\ude00\",\"\\u007f\\u0080\"]",
    "{\"\":0,\"key with \\\" and \\\\\":1,\"客\":2}",
};

static void check(const char *text, size_t flags, void (*write)(struct text *, const json_t *))
{
    json_t *value = json_loads(text, JSON_DECODE_ANY, NULL);
    struct text out = {0};

    assert_non_null(value);
    char *wanted = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY | flags);

    write(&out, value);
    assert_string_equal(text_get(&out), wanted);
    free(wanted);
    text_finish(&out);
    json_decref(value);
}

static void writes_what_jansson_writes(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(values) / sizeof(*values); i++)
        check(values[i], 0, rpc_write_value);
}

static void canonical_is_sorted_at_every_depth(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(values) / sizeof(*values); i++)
        check(values[i], JSON_SORT_KEYS, rpc_write_canonical);
}

static void sorts_more_keys_than_usual(void **state)
{
    json_t *object = json_object();
    struct text out = {0}, key = {0};

    (void)state;
    for (int i = 0; i < 500; i++) {
        text_clear(&key);
        text_printf(&key, "%d", i * 7919 % 1000);
        json_object_set_new(object, text_get(&key), json_integer(i));
    }
    char *wanted = json_dumps(object, JSON_COMPACT | JSON_SORT_KEYS);

    rpc_write_canonical(&out, object);
    assert_string_equal(text_get(&out), wanted);
    free(wanted);
    text_finish(&out);
    text_finish(&key);
    json_decref(object);
}

static void escapes_control_characters_in_lower_case(void **state)
{
    json_t *value = json_string("\x1f\x01");
    struct text out = {0};

    (void)state;
    rpc_write_value(&out, value);
    assert_string_equal(text_get(&out), "\"\\u001f\\u0001\"");
    text_finish(&out);
    json_decref(value);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(writes_what_jansson_writes),
        cmocka_unit_test(canonical_is_sorted_at_every_depth),
        cmocka_unit_test(sorts_more_keys_than_usual),
        cmocka_unit_test(escapes_control_characters_in_lower_case),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
