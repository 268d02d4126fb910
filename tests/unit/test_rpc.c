/*
 * What lib/rpc.c takes for a call, what it refuses and how it words answers. The lines are those a client
 * library, a person with socat, or somebody unfriendly would send.
 */
#include "lib/rpc.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct rpc_line read_text(const char *text)
{
    struct rpc_line line;

    rpc_read(text, strlen(text), &line);
    return line;
}

struct refusal {
    const char *text;
    enum rpc_error error;
    const char *id; /* NULL: a notification */
    const char *field;
};

static void check_refusal(const struct refusal *refusal)
{
    struct rpc_line line = read_text(refusal->text);

    assert_int_equal(line.count, 1);
    assert_int_equal(line.calls[0].error, refusal->error);
    if (refusal->id)
        assert_string_equal(line.calls[0].id, refusal->id);
    else
        assert_null(line.calls[0].id);
    if (refusal->field)
        assert_string_equal(line.calls[0].field, refusal->field);
    assert_non_null(line.calls[0].detail);
    rpc_line_finish(&line);
}

static void test_refusals(void **state)
{
    static const struct refusal refusals[] = {
        {"", RPC_PARSE_ERROR, "null", NULL},
        {"{", RPC_PARSE_ERROR, "null", NULL},
        {"{}x", RPC_PARSE_ERROR, "null", NULL},
        {"\xef\xbb\xbf{}", RPC_PARSE_ERROR, "null", NULL},
        {"{\"jsonrpc\":\"2.0\",\"method\":\"\xc0\xaf\",\"id\":1}", RPC_PARSE_ERROR, "null", NULL},
        {"{\"jsonrpc\":\"2.0\",\"method\":\"\xed\xa0\x80\",\"id\":1}", RPC_PARSE_ERROR, "null", NULL},
        {"{\"jsonrpc\":\"2.0\",\"method\":\"a\\u0000b\",\"id\":1}", RPC_PARSE_ERROR, "null", NULL},
        {"{\"jsonrpc\":\"2.0\",\"method\":\"a\",\"id\":NaN}", RPC_PARSE_ERROR, "null", NULL},
        {"{'jsonrpc':'2.0'}", RPC_PARSE_ERROR, "null", NULL},
        {"{\"jsonrpc\":\"2.0\",\"method\":\"a\",\"id\":1,\"id\":2}", RPC_PARSE_ERROR, "null", NULL},
        {"{\"jsonrpc\":\"2.0\",\"method\":\"a\",\"id\":1,\"params\":{\"b\":1,\"b\":2}}", RPC_PARSE_ERROR,
         "null", NULL},
        {"1", RPC_INVALID_REQUEST, "null", NULL},
        {"\"ping\"", RPC_INVALID_REQUEST, "null", NULL},
        {"null", RPC_INVALID_REQUEST, "null", NULL},
        {"[]", RPC_INVALID_REQUEST, "null", NULL},
        {"{}", RPC_INVALID_REQUEST, "null", "jsonrpc"},
        {"{\"jsonrpc\":\"1.0\",\"method\":\"a\",\"id\":1}", RPC_INVALID_REQUEST, "1", "jsonrpc"},
        {"{\"jsonrpc\":2.0,\"method\":\"a\",\"id\":1}", RPC_INVALID_REQUEST, "1", "jsonrpc"},
        {"{\"jsonrpc\":\"2.0\",\"id\":\"x\"}", RPC_INVALID_REQUEST, "\"x\"", "method"},
        {"{\"jsonrpc\":\"2.0\",\"method\":1,\"params\":\"bar\"}", RPC_INVALID_REQUEST, "null", "method"},
        {"{\"jsonrpc\":\"2.0\",\"method\":\"a\",\"id\":true}", RPC_INVALID_REQUEST, "null", "id"},
        {"{\"jsonrpc\":\"2.0\",\"method\":\"a\",\"id\":[1]}", RPC_INVALID_REQUEST, "null", "id"},
        {"{\"jsonrpc\":\"2.0\",\"method\":\"a\",\"id\":{}}", RPC_INVALID_REQUEST, "null", "id"},
        {"{\"jsonrpc\":\"2.0\",\"method\":\"a\",\"id\":7,\"params\":[1]}", RPC_INVALID_PARAMS, "7", "params"},
        {"{\"jsonrpc\":\"2.0\",\"method\":\"a\",\"id\":7,\"params\":null}", RPC_INVALID_PARAMS, "7",
         "params"},
        {"{\"jsonrpc\":\"2.0\",\"method\":\"a\",\"params\":[1]}", RPC_INVALID_PARAMS, NULL, "params"},
    };

    (void)state;
    for (size_t index = 0; index < sizeof(refusals) / sizeof(*refusals); index++)
        check_refusal(&refusals[index]);
}

static void test_a_nul_byte_hides_nothing(void **state)
{
    static const char text[] = "{\"jsonrpc\":\"2.0\",\"method\":\"a\",\"id\":1}\0{";
    struct rpc_line line;

    (void)state;
    rpc_read(text, sizeof(text) - 1, &line);
    assert_int_equal(line.calls[0].error, RPC_PARSE_ERROR);
    rpc_line_finish(&line);
}

static void check_id(const char *id, const char *kept)
{
    char text[1024];

    snprintf(text, sizeof(text), "{\"jsonrpc\":\"2.0\",\"method\":\"system.ping\",\"id\":%s}", id);
    struct rpc_line line = read_text(text);

    assert_int_equal(line.count, 1);
    if (kept) {
        assert_int_equal(line.calls[0].error, RPC_OK);
        assert_string_equal(line.calls[0].id, kept);
        assert_string_equal(line.calls[0].method, "system.ping");
        assert_true(json_is_object(line.calls[0].params));
    } else {
        assert_int_equal(line.calls[0].error, RPC_INVALID_REQUEST);
    }
    rpc_line_finish(&line);
}

static void test_ids(void **state)
{
    char longest[200];

    (void)state;
    check_id("7", "7");
    check_id("-1", "-1");
    check_id("9007199254740993", "9007199254740993");
    check_id("9223372036854775807", "9223372036854775807");
    check_id("1.5", "1.5");
    check_id("null", "null");
    check_id("\"a\\n\\\"b\"", "\"a\\n\\\"b\"");
    check_id("\"\\u0041\"", "\"A\"");
    check_id("\"督办\"", "\"督办\"");
    snprintf(longest, sizeof(longest), "\"%0128d\"", 0);
    check_id(longest, longest);
    snprintf(longest, sizeof(longest), "\"%0129d\"", 0);
    check_id(longest, NULL);
}

static void test_notification_and_params(void **state)
{
    struct rpc_line line =
        read_text("{\"jsonrpc\":\"2.0\",\"method\":\"m\",\"params\":{\"n\":9007199254740993,\"r\":1.5}}");

    (void)state;
    assert_int_equal(line.calls[0].error, RPC_OK);
    assert_null(line.calls[0].id);
    assert_false(line.is_batch);
    assert_int_equal(json_integer_value(json_object_get(line.calls[0].params, "n")),
                     INT64_C(9007199254740993));
    assert_true(json_is_real(json_object_get(line.calls[0].params, "r")));
    rpc_line_finish(&line);
    rpc_line_finish(NULL);
}

static void test_batch(void **state)
{
    struct rpc_line line = read_text("[{\"jsonrpc\":\"2.0\",\"method\":\"a\",\"id\":1}, 1, [],"
                                     "{\"jsonrpc\":\"2.0\",\"method\":\"b\"}]");

    (void)state;
    assert_true(line.is_batch);
    assert_int_equal(line.count, 4);
    assert_int_equal(line.calls[0].error, RPC_OK);
    assert_int_equal(line.calls[1].error, RPC_INVALID_REQUEST);
    assert_string_equal(line.calls[1].id, "null");
    assert_int_equal(line.calls[2].error, RPC_INVALID_REQUEST);
    assert_int_equal(line.calls[3].error, RPC_OK);
    assert_null(line.calls[3].id);
    rpc_line_finish(&line);
}

static void check_batch_of(size_t count, enum rpc_error error)
{
    struct text text;

    text_init(&text);
    for (size_t index = 0; index < count; index++)
        text_printf(&text, "%c{\"jsonrpc\":\"2.0\",\"method\":\"a\",\"id\":%zu}", index ? ',' : '[', index);
    text_add(&text, "]");
    struct rpc_line line = read_text(text_get(&text));

    assert_int_equal(line.calls[0].error, error);
    assert_int_equal(line.count, error == RPC_OK ? count : 1);
    assert_int_equal(line.is_batch, error == RPC_OK);
    rpc_line_finish(&line);
    text_finish(&text);
}

static void test_batch_limit(void **state)
{
    (void)state;
    check_batch_of(RPC_BATCH_MAX, RPC_OK);
    check_batch_of(RPC_BATCH_MAX + 1, RPC_INVALID_REQUEST);
}

static void check_depth(size_t depth, enum rpc_error error)
{
    struct text text;

    text_init(&text);
    text_add(&text, "{\"jsonrpc\":\"2.0\",\"method\":\"a\",\"id\":1,\"params\":{\"]}[[\\\"[[\":");
    for (size_t index = 2; index < depth; index++)
        text_add(&text, "[");
    for (size_t index = 2; index < depth; index++)
        text_add(&text, "]");
    text_add(&text, "}}");
    struct rpc_line line = read_text(text_get(&text));

    assert_int_equal(line.calls[0].error, error);
    rpc_line_finish(&line);
    text_finish(&text);
}

static void test_depth(void **state)
{
    (void)state;
    check_depth(3, RPC_OK);
    check_depth(RPC_NESTING_MAX, RPC_OK);
    check_depth(RPC_NESTING_MAX + 1, RPC_PARSE_ERROR);
    check_depth(30000, RPC_PARSE_ERROR);
}

static void test_a_million_small_objects_are_not_built(void **state)
{
    struct text text;

    (void)state;
    text_init(&text);
    text_add(&text, "[{}");
    while (text.length < 1024 * 1024)
        text_add(&text, ",{}");
    text_add(&text, "]");
    struct rpc_line line = read_text(text_get(&text));

    assert_int_equal(line.count, 1);
    assert_int_equal(line.calls[0].error, RPC_PARSE_ERROR);
    assert_true(line.weight > 64 * 1024 * 1024);
    rpc_line_finish(&line);
    text_finish(&text);
}

static void test_the_input_is_not_repeated(void **state)
{
    struct rpc_line line = read_text("{\"jsonrpc\":\"2.0\",\"phone\":13800138000x}");

    (void)state;
    assert_int_equal(line.calls[0].error, RPC_PARSE_ERROR);
    assert_null(strstr(line.calls[0].detail, "13800138000"));
    assert_non_null(strstr(line.calls[0].detail, "at byte"));
    rpc_line_finish(&line);
}

static void test_answers(void **state)
{
    struct text out;

    (void)state;
    text_init(&out);
    rpc_write_result(&out, "\"a\"", "{\"now\":1}");
    assert_string_equal(text_get(&out), "{\"jsonrpc\":\"2.0\",\"id\":\"a\",\"result\":{\"now\":1}}");
    text_clear(&out);
    rpc_write_error(&out, NULL, RPC_OVERLOADED, NULL, NULL);
    assert_string_equal(text_get(&out),
                        "{\"jsonrpc\":\"2.0\",\"id\":null,\"error\":{\"code\":1007,\"message\":"
                        "\"Overloaded\",\"data\":{\"name\":\"overloaded\",\"retryable\":true}}}");
    text_clear(&out);
    rpc_write_error(&out, "7", RPC_INVALID_PARAMS, "contact.phone", "say \"when\"");
    assert_string_equal(text_get(&out),
                        "{\"jsonrpc\":\"2.0\",\"id\":7,\"error\":{\"code\":-32602,\"message\":"
                        "\"Invalid params\",\"data\":{\"name\":\"invalid_params\",\"field\":"
                        "\"contact.phone\",\"detail\":\"say \\\"when\\\"\",\"retryable\":false}}}");
    text_finish(&out);
}

static void test_every_error_has_a_row(void **state)
{
    (void)state;
    for (enum rpc_error error = RPC_OK; error < RPC_ERROR_COUNT; error++)
        assert_non_null(rpc_error_name(error));
    assert_int_equal(rpc_error_code(RPC_GATE_CLOSED), 1011);
    assert_int_equal(rpc_error_code(RPC_LINE_TOO_LONG), -32600);
    assert_string_equal(rpc_error_name(RPC_LINE_TOO_LONG), "line_too_long");
    assert_true(rpc_error_retryable(RPC_STORAGE_UNAVAILABLE));
    assert_false(rpc_error_retryable(RPC_REVISION_CONFLICT));
}

static void check_string(const char *string, const char *literal)
{
    struct text out;

    text_init(&out);
    rpc_write_string(&out, string);
    assert_string_equal(text_get(&out), literal);
    json_t *back = json_loads(text_get(&out), JSON_DECODE_ANY, NULL);

    assert_true(json_is_string(back));
    json_decref(back);
    text_finish(&out);
}

#define FFFD "\xef\xbf\xbd"

static void test_strings(void **state)
{
    (void)state;
    check_string("", "\"\"");
    check_string("plain / 督办 \xf0\x9f\x93\x9e \x7f", "\"plain / 督办 \xf0\x9f\x93\x9e \x7f\"");
    check_string("a\"b\\c\n\r\t\b\f\x01\x1f", "\"a\\\"b\\\\c\\n\\r\\t\\b\\f\\u0001\\u001f\"");
    check_string("\x80x\xff", "\"" FFFD "x" FFFD "\"");
    check_string("\xc0\xaf", "\"" FFFD FFFD "\"");
    check_string("\xed\xa0\x80", "\"" FFFD FFFD FFFD "\"");
    check_string("\xf4\x90\x80\x80", "\"" FFFD FFFD FFFD FFFD "\"");
    check_string("cut \xe7\x9d", "\"cut " FFFD FFFD "\"");
    check_string("\xf4\x8f\xbf\xbf\xee\x80\x80", "\"\xf4\x8f\xbf\xbf\xee\x80\x80\"");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_a_nul_byte_hides_nothing),
        cmocka_unit_test(test_ids),
        cmocka_unit_test(test_notification_and_params),
        cmocka_unit_test(test_batch),
        cmocka_unit_test(test_batch_limit),
        cmocka_unit_test(test_depth),
        cmocka_unit_test(test_a_million_small_objects_are_not_built),
        cmocka_unit_test(test_the_input_is_not_repeated),
        cmocka_unit_test(test_answers),
        cmocka_unit_test(test_every_error_has_a_row),
        cmocka_unit_test(test_strings),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
