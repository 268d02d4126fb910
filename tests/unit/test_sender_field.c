/*
 * The edge: which texts may reach a header, an SMTP command or a file name.
 */
#include "daemon/sender/field.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

struct sample {
    field_check *check;
    const char *text;
};

static const struct sample fine[] = {
    {field_header, ""},
    {field_header, "[督办] 客户联系已超时：NR510201A-000012"},
    {field_header, "100% \\ \" ; : = _ ? 'ä' 𠮷"},
    {field_address, "zhang@example.com"},
    {field_address, "o'hara+tag=x.y_z@sub.example.com"},
    {field_address, "root@localhost"},
    {field_address, "a@1.example"},
    {field_host, "mail.example.com"},
    {field_host, "127.0.0.1"},
    {field_host, "xn--fsqu00a.xn--0zwm56d"},
    {field_message_id, "<n123.1.main@example.com>"},
    {field_message_id, "<a@b>"},
    {field_token, "123"},
    {field_token, "contact_breach-2"},
    {field_language, "zh"},
    {field_language, "zh-Hans-CN"},
    {field_date, "2026-03-02T09:00:00+08:00"},
    {field_date, "2026-03-02T01:00:00.250Z"},
    {field_path, "/var/lib/duban/mail"},
    {field_body, "text\r\nof any kind\x01"},
};

static const struct sample bad[] = {
    {field_header, "a\nb"},
    {field_header, "a\rb"},
    {field_header, "a\tb"},
    {field_header, "a\x1b[2J"},
    {field_header, "a\x7f"},
    {field_header, "a\xc2\x85"
                   "b"},
    {field_header, "a\xe2\x80\xa8"
                   "b"},
    {field_header, "a\xe2\x80\xa9"
                   "b"},
    {field_header, "a<b"},
    {field_header, "a>b"},
    {field_address, ""},
    {field_address, "@"},
    {field_address, "zhang"},
    {field_address, "@example.com"},
    {field_address, "zhang@"},
    {field_address, "张@example.com"},
    {field_address, "zhang@例子.cn"},
    {field_address, "a b@example.com"},
    {field_address, ".a@example.com"},
    {field_address, "a.@example.com"},
    {field_address, "a..b@example.com"},
    {field_address, "\"a\"@example.com"},
    {field_address, "a@b@example.com"},
    {field_address, "a@example.com\r\nRCPT TO:<b@example.com>"},
    {field_address, "<a@example.com>"},
    {field_address, "a@example..com"},
    {field_address, "a@.example.com"},
    {field_address, "a@example.com."},
    {field_address, "a@-example.com"},
    {field_address, "a@[127.0.0.1]"},
    {field_address, "a,b@example.com"},
    {field_host, ""},
    {field_host, "::1"},
    {field_host, "a:25"},
    {field_host, "a b"},
    {field_message_id, ""},
    {field_message_id, "<>"},
    {field_message_id, "<a@>"},
    {field_message_id, "<@b>"},
    {field_message_id, "a@b"},
    {field_message_id, "<a@b> <c@d>"},
    {field_message_id, "<a@b\r\n>"},
    {field_message_id, "<a@b@c>"},
    {field_message_id, "<a b@c>"},
    {field_message_id, "<ä@c>"},
    {field_token, ""},
    {field_token, "../x"},
    {field_token, "a.b"},
    {field_token, "a b"},
    {field_token, "12345678901234567890123456789012345678901"},
    {field_language, "z"},
    {field_language, "zh_CN"},
    {field_language, "zh\" onload=\"x"},
    {field_date, "2026-03-02T09:00:00"},
    {field_date, "2026-02-30T09:00:00Z"},
    {field_date, "yesterday"},
    {field_path, ""},
    {field_path, "relative"},
    {field_path, "/a\nb"},
    {field_body, ""},
};

static void test_fine(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof fine / sizeof fine[0]; i++) {
        const char *wrong = fine[i].check(fine[i].text);

        if (wrong)
            fail_msg("\"%s\" %s", fine[i].text, wrong);
    }
}

static void test_bad(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        if (!bad[i].check(bad[i].text))
            fail_msg("sample %zu passed: \"%s\"", i, bad[i].text);
    }
}

/* Every control character, at the start, in the middle and at the end of every kind of header value. */
static void test_controls_anywhere(void **state)
{
    static field_check *const checks[] = {field_header,   field_address, field_message_id, field_token,
                                          field_language, field_host,    field_path};
    static const char *const shapes[] = {"%ca@example.com", "a%c@example.com", "a@example.com%c", "/%c",
                                         "<a@b%c>"};
    char text[64];

    (void)state;
    for (int byte = 1; byte < 0x80; byte = byte == 0x1f ? 0x7f : byte + 1) {
        for (size_t i = 0; i < sizeof checks / sizeof checks[0]; i++) {
            for (size_t j = 0; j < sizeof shapes / sizeof shapes[0]; j++) {
                size_t length = strcspn(shapes[j], "%");

                snprintf(text, sizeof text, "%.*s%c%s", (int)length, shapes[j], byte, shapes[j] + length + 2);
                assert_non_null(checks[i](text));
            }
        }
    }
}

static void test_limits(void **state)
{
    char text[1200];

    (void)state;
    memset(text, 'a', sizeof text);
    text[900] = '\0';
    assert_null(field_header(text));
    text[900] = 'a';
    text[901] = '\0';
    assert_non_null(field_header(text));

    memset(text, 'a', 64);
    strcpy(text + 64, "@example.com");
    assert_null(field_address(text));
    memset(text, 'a', 65);
    strcpy(text + 65, "@example.com");
    assert_non_null(field_address(text));

    memset(text, 'a', 63);
    strcpy(text + 63, ".com");
    assert_null(field_host(text));
    memset(text, 'a', 64);
    strcpy(text + 64, ".com");
    assert_non_null(field_host(text));
}

struct pair {
    const char *first, *second;
};

static void test_read(void **state)
{
    static const struct field_rule rules[] = {
        {"first", field_token, offsetof(struct pair, first), false},
        {"deep.second", field_token, offsetof(struct pair, second), true}};
    static const struct {
        const char *document, *error;
    } samples[] = {
        {"{\"first\":\"a\",\"deep\":{\"second\":\"b\"}}", NULL},
        {"{\"first\":\"a\"}", NULL},
        {"{\"first\":\"a\",\"deep\":null}", NULL},
        {"{}", "x.first: is missing"},
        {"{\"first\":null}", "x.first: is missing"},
        {"{\"first\":1}", "x.first: is not a string"},
        {"{\"first\":\"a\",\"deep\":{\"second\":\"<\"}}",
         "x.deep.second: is not 1 to 40 letters, digits, _ or -"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++) {
        json_t *document = json_loads(samples[i].document, 0, NULL);
        struct pair pair = {0};
        char error[FIELD_ERROR] = "";
        int outcome = field_read(document, rules, 2, "x.", &pair, error);

        assert_int_equal(outcome, samples[i].error ? FIELD_WRONG : FIELD_OK);
        if (samples[i].error)
            assert_string_equal(error, samples[i].error);
        else
            assert_string_equal(pair.first, "a");
        json_decref(document);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fine),   cmocka_unit_test(test_bad),  cmocka_unit_test(test_controls_anywhere),
        cmocka_unit_test(test_limits), cmocka_unit_test(test_read),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
