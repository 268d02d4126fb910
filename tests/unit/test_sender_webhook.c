/*
 * What is posted to a web service, and what its answers mean.
 */
#include "daemon/sender/webhook.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const struct job job = {
    .notice = "123",
    .attempt = 2,
    .channel = "sms",
    .message_id = "<n123.main@example.com>",
    .date = "2026-03-02T01:00:00Z",
    .to = {.name = "张伟", .address = "+8613800000000"},
    .subject = "超时",
    .text = "请联系客户。",
    .lang = "zh",
    .ticket = "45",
    .template_name = "contact_breach",
};

static json_t *body_of(enum webhook_format format, const char *secret)
{
    struct webhook_settings settings = {.format = format};

    strcpy(settings.secret, secret);
    char *text = webhook_body(&settings, &job, 1700000000);
    json_t *body = json_loads(text, 0, NULL);

    assert_non_null(body);
    free(text);
    return body;
}

static const char *text_at(const json_t *body, const char *object, const char *name)
{
    return json_string_value(json_object_get(object ? json_object_get(body, object) : body, name));
}

static void the_standard_body_says_all(void **state)
{
    json_t *body = body_of(WEBHOOK_STANDARD, "");
    const json_t *data = json_object_get(body, "data");

    (void)state;
    assert_string_equal(text_at(body, NULL, "type"), "duban.notice");
    assert_string_equal(text_at(body, NULL, "timestamp"), job.date);
    assert_string_equal(text_at(data, NULL, "notice"), "123");
    assert_string_equal(text_at(data, NULL, "subject"), job.subject);
    assert_string_equal(text_at(data, "to", "address"), job.to.address);
    assert_null(json_object_get(data, "attempt")); /* every attempt is the same bytes */
    json_decref(body);
}

static void robots_get_text_and_whom_to_call(void **state)
{
    json_t *dingtalk = body_of(WEBHOOK_DINGTALK, "secret"), *wecom = body_of(WEBHOOK_WECOM, "");

    (void)state;
    assert_string_equal(text_at(dingtalk, "text", "content"), "超时\n请联系客户。");
    assert_string_equal(
        json_string_value(json_array_get(json_object_get(json_object_get(dingtalk, "at"), "atMobiles"), 0)),
        job.to.address);
    assert_string_equal(text_at(wecom, "text", "content"), "超时\n请联系客户。");
    json_decref(dingtalk);
    json_decref(wecom);
}

/* The expected value was computed with Python's hmac: key b"1700000000\\nsecret", no message. */
static void feishu_is_signed_in_the_body(void **state)
{
    json_t *with = body_of(WEBHOOK_FEISHU, "secret"), *without = body_of(WEBHOOK_FEISHU, "");

    (void)state;
    assert_string_equal(text_at(with, NULL, "timestamp"), "1700000000");
    assert_string_equal(text_at(with, NULL, "sign"), "fiWS2+gh28DOydAv7hzONH/mDn9+b1Y4Y5ivXWXy8vA=");
    assert_null(json_object_get(without, "sign"));
    json_decref(with);
    json_decref(without);
}

static void answers_are_judged(void **state)
{
    static const struct {
        enum webhook_format format;
        long status;
        const char *body;
        enum verdict verdict;
    } cases[] = {
        {WEBHOOK_STANDARD, 200, "", VERDICT_ACCEPTED},
        {WEBHOOK_STANDARD, 204, "", VERDICT_ACCEPTED},
        {WEBHOOK_STANDARD, 302, "", VERDICT_REFUSED}, /* nothing is followed */
        {WEBHOOK_STANDARD, 400, "", VERDICT_REFUSED},
        {WEBHOOK_STANDARD, 410, "", VERDICT_REFUSED},
        {WEBHOOK_STANDARD, 408, "", VERDICT_DEFERRED},
        {WEBHOOK_STANDARD, 429, "", VERDICT_DEFERRED},
        {WEBHOOK_STANDARD, 503, "", VERDICT_DEFERRED},
        {WEBHOOK_STANDARD, 0, "", VERDICT_DEFERRED},
        {WEBHOOK_DINGTALK, 200, "{\"errcode\":0,\"errmsg\":\"ok\"}", VERDICT_ACCEPTED},
        {WEBHOOK_DINGTALK, 200, "{\"errcode\":310000,\"errmsg\":\"sign not match\"}", VERDICT_REFUSED},
        {WEBHOOK_DINGTALK, 200, "{\"errcode\":130101,\"errmsg\":\"too fast\"}", VERDICT_DEFERRED},
        {WEBHOOK_WECOM, 200, "{\"errcode\":45009,\"errmsg\":\"api freq out of limit\"}", VERDICT_DEFERRED},
        {WEBHOOK_FEISHU, 200, "{\"code\":0,\"msg\":\"success\"}", VERDICT_ACCEPTED},
        {WEBHOOK_FEISHU, 200, "{\"StatusCode\":0,\"StatusMessage\":\"success\"}", VERDICT_ACCEPTED},
        {WEBHOOK_FEISHU, 200, "{\"code\":19021,\"msg\":\"sign match fail\"}", VERDICT_REFUSED},
        {WEBHOOK_WECOM, 200, "<html>", VERDICT_DEFERRED},
        {WEBHOOK_WECOM, 200, "{\"errcode\":\"0\"}", VERDICT_DEFERRED},
        {WEBHOOK_WECOM, 500, "{\"errcode\":0}", VERDICT_DEFERRED},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct answer answer = {0};

        webhook_judge(cases[i].format, cases[i].status, cases[i].body, &answer);
        if (answer.verdict != cases[i].verdict)
            fail_msg("case %zu (%ld %s): %s", i, cases[i].status, cases[i].body,
                     answer_verdict_name(answer.verdict));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_standard_body_says_all),
        cmocka_unit_test(robots_get_text_and_whom_to_call),
        cmocka_unit_test(feishu_is_signed_in_the_body),
        cmocka_unit_test(answers_are_judged),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
