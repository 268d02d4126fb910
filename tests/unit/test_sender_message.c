/*
 * The composed message: its headers, its sameness over attempts, its form on the wire, and encoded words.
 */
#include "daemon/sender/message.h"
#include "daemon/sender/words.h"

#include <gmime/gmime.h>
#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

static const struct person from = {"督办 duban", "duban@example.com"};

static struct job sample(void)
{
    return (struct job){
        .notice = "123",
        .attempt = 1,
        .message_id = "<n123.1.main@example.com>",
        .thread = "<t45.main@example.com>",
        .date = "2026-03-02T09:00:00+08:00",
        .to = {"张伟", "zhang@example.com"},
        .subject = "[督办] 客户联系已超时：NR510201A-000012 请尽快联系客户并记录结果，逾期将升级",
        .text = "张伟，您好：\n\n客户：甲\n期限：今天\n.\nFrom 督办\n",
        .lang = "zh",
        .ticket = "NR510201A-000012",
        .template_name = "contact_breach",
    };
}

static struct text composed(const struct job *job)
{
    struct text message = {0};

    assert_int_equal(message_compose(&from, job, &message), MESSAGE_OK);
    return message;
}

static GMimeMessage *parsed(const struct text *message)
{
    GMimeStream *stream = g_mime_stream_mem_new_with_buffer(message->bytes, message->length);
    GMimeParser *parser = g_mime_parser_new_with_stream(stream);
    GMimeMessage *result = g_mime_parser_construct_message(parser, NULL);

    g_object_unref(parser);
    g_object_unref(stream);
    assert_non_null(result);
    return result;
}

static void assert_header(GMimeMessage *message, const char *name, const char *value)
{
    const char *got = g_mime_object_get_header(GMIME_OBJECT(message), name);

    if (!value) {
        assert_null(got);
        return;
    }
    assert_non_null(got);
    assert_string_equal(got, value);
}

static void test_headers(void **state)
{
    struct job job = sample();
    struct text bytes = composed(&job);
    GMimeMessage *message = parsed(&bytes);

    (void)state;
    assert_string_equal(g_mime_message_get_subject(message), job.subject);
    assert_header(message, "Date", "Mon, 02 Mar 2026 09:00:00 +0800");
    assert_header(message, "From", "督办 duban <duban@example.com>");
    assert_header(message, "To", "张伟 <zhang@example.com>");
    assert_header(message, "Message-ID", job.message_id);
    assert_header(message, "In-Reply-To", job.thread);
    assert_header(message, "References", job.thread);
    assert_header(message, "Auto-Submitted", "auto-generated");
    assert_header(message, "X-Duban-Notice", "123");
    assert_header(message, "X-Duban-Ticket", "NR510201A-000012");
    assert_header(message, "X-Duban-Template", "contact_breach");
    assert_header(message, "MIME-Version", "1.0");
    assert_header(message, "Precedence", NULL);
    assert_header(message, "Reply-To", NULL);
    assert_header(message, "Bcc", NULL);
    assert_non_null(strstr(bytes.bytes, "Content-Language: zh\r\n"));
    assert_non_null(strstr(bytes.bytes, "boundary=\"=_duban_123\""));
    g_object_unref(message);
    text_finish(&bytes);
}

static void test_optional_headers(void **state)
{
    struct job job = sample();

    (void)state;
    job.thread = job.ticket = job.template_name = job.to.name = NULL;

    struct text bytes = composed(&job);
    GMimeMessage *message = parsed(&bytes);

    assert_header(message, "To", "zhang@example.com");
    assert_header(message, "In-Reply-To", NULL);
    assert_header(message, "References", NULL);
    assert_header(message, "X-Duban-Ticket", NULL);
    assert_header(message, "X-Duban-Template", NULL);
    g_object_unref(message);
    text_finish(&bytes);

    job.thread = job.message_id; /* a message does not answer itself */
    bytes = composed(&job);
    assert_null(strstr(bytes.bytes, "In-Reply-To"));
    text_finish(&bytes);
}

static void test_same_bytes_every_time(void **state)
{
    static const char *const zones[] = {"UTC", "Asia/Shanghai", "America/New_York"};
    struct job job = sample();
    struct text first = composed(&job);

    (void)state;
    for (int attempt = 2; attempt < 5; attempt++) {
        job.attempt = attempt;
        setenv("TZ", zones[attempt - 2], 1);
        tzset();
        setlocale(LC_ALL, attempt % 2 ? "C" : "C.UTF-8");

        struct text again = composed(&job);

        assert_int_equal(again.length, first.length);
        assert_memory_equal(again.bytes, first.bytes, first.length);
        text_finish(&again);
    }
    text_finish(&first);
}

/* Lines of at most 76 characters, CRLF only, ASCII only, none that a transport would have to change. */
static void assert_wire_form(const struct text *message)
{
    const char *line = message->bytes, *end = message->bytes + message->length;

    while (line < end) {
        const char *newline = memmem(line, (size_t)(end - line), "\r\n", 2);

        assert_non_null(newline);
        assert_in_range(newline - line, 0, 76);
        for (const char *at = line; at < newline; at++)
            assert_true(*at == '\t' || (*at >= ' ' && *at <= '~'));
        assert_true(*line != '.' || newline - line > 1);
        line = newline + 2;
    }
}

static void test_wire_form(void **state)
{
    struct job job = sample();

    (void)state;
    job.subject = "督办督办督办督办督办督办督办督办督办督办督办督办督办督办督办督办督办督办督办督办督办督办督"
                  "办督办督办";
    job.to.name = "深圳市某某科技有限公司客户服务部值班经理办公室主任助理兼客户联系督办员";
    job.ticket = "单据编号单据编号单据编号单据编号单据编号单据编号";

    struct text bytes = composed(&job);
    GMimeMessage *message = parsed(&bytes);

    assert_wire_form(&bytes);
    assert_string_equal(g_mime_message_get_subject(message), job.subject);
    assert_header(message, "X-Duban-Ticket", job.ticket);
    g_object_unref(message);
    text_finish(&bytes);
}

static char *part_text(GMimeMessage *message, int index)
{
    GMimeMultipart *alternative = GMIME_MULTIPART(g_mime_message_get_mime_part(message));

    return g_mime_text_part_get_text(GMIME_TEXT_PART(g_mime_multipart_get_part(alternative, index)));
}

static void test_bodies(void **state)
{
    struct job job = sample();

    (void)state;
    job.text = "a\r\nb\rc\nd\x01\x7f\xc2\x85"
               "督\n";

    struct text bytes = composed(&job);
    GMimeMessage *message = parsed(&bytes);
    char *plain = part_text(message, 0), *html = part_text(message, 1);

    assert_string_equal(plain, "a\r\nb\r\nc\r\nd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd督\r\n");
    assert_non_null(strstr(html, "<html lang=\"zh\">"));
    g_free(plain);
    g_free(html);
    g_object_unref(message);
    text_finish(&bytes);
}

static void test_ascii_stays_readable(void **state)
{
    struct job job = sample();

    (void)state;
    job.text = "Call Mr Li before 18:00.\n";
    job.subject = "Contact overdue";

    struct text bytes = composed(&job);

    assert_non_null(strstr(bytes.bytes, "\r\nSubject: Contact overdue\r\n"));
    assert_non_null(strstr(bytes.bytes, "\r\n\r\nCall Mr Li before 18:00.\r\n"));
    assert_wire_form(&bytes);
    text_finish(&bytes);
}

/* What looks like an encoded word must reach the reader as it was written, not as what it decodes to. */
static void test_false_words(void **state)
{
    struct job job = sample();

    (void)state;
    job.subject = "=?utf-8?Q?all=20is=20well?=";
    job.to.name = "=?utf-8?B?5byg5Lyf?=";

    struct text bytes = composed(&job);
    GMimeMessage *message = parsed(&bytes);

    assert_string_equal(g_mime_message_get_subject(message), job.subject);
    assert_null(strstr(bytes.bytes, "=?utf-8?"));
    g_object_unref(message);
    text_finish(&bytes);
}

static void test_size(void **state)
{
    struct job job = sample();
    size_t length = 400 * 1024;
    char *text = malloc(length + 1);
    struct text bytes = {0};

    (void)state;
    memset(text, 'a', length);
    for (size_t i = 60; i < length; i += 60)
        text[i] = '\n';
    text[length] = '\0';
    job.text = text;
    assert_int_equal(message_compose(&from, &job, &bytes), MESSAGE_TOO_BIG);
    text[200 * 1024] = '\0'; /* fits without its HTML */
    assert_int_equal(message_compose(&from, &job, &bytes), MESSAGE_OK);
    assert_null(strstr(bytes.bytes, "text/html"));
    assert_in_range(bytes.length, 1, MESSAGE_LIMIT);
    text[100 * 1024] = '\0';
    assert_int_equal(message_compose(&from, &job, &bytes), MESSAGE_OK);
    assert_non_null(strstr(bytes.bytes, "text/html"));
    text_finish(&bytes);
    free(text);
}

static void test_header_length(void **state)
{
    struct job job = sample();
    struct text bytes = composed(&job);
    size_t length = message_header_length(&bytes);

    (void)state;
    assert_memory_equal(bytes.bytes + length - 4, "\r\n\r\n", 4);
    assert_memory_equal(bytes.bytes + length, "--=_duban_123\r\n", 15);
    text_finish(&bytes);
}

static void test_words(void **state)
{
    struct text words = {0};

    (void)state;
    assert_false(words_needed("plain ASCII ="));
    assert_true(words_needed("督办"));
    assert_true(words_needed("a =?x"));
    words_encode("a b_c=督!", &words);
    assert_string_equal(words.bytes, " =?UTF-8?Q?a_b=5Fc=3D=E7=9D=A3!?=\n");
    text_clear(&words);
    words_encode("督督督督督ab督", &words); /* cut before a character, never inside */
    assert_string_equal(words.bytes, " =?UTF-8?Q?=E7=9D=A3=E7=9D=A3=E7=9D=A3=E7=9D=A3=E7=9D=A3ab?=\n"
                                     " =?UTF-8?Q?=E7=9D=A3?=\n");
    text_clear(&words);
    words_encode("", &words);
    assert_int_equal(words.length, 0);
    text_finish(&words);
}

static int start(void **state)
{
    (void)state;
    message_init();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_headers),
        cmocka_unit_test(test_optional_headers),
        cmocka_unit_test(test_same_bytes_every_time),
        cmocka_unit_test(test_wire_form),
        cmocka_unit_test(test_bodies),
        cmocka_unit_test(test_ascii_stays_readable),
        cmocka_unit_test(test_false_words),
        cmocka_unit_test(test_size),
        cmocka_unit_test(test_header_length),
        cmocka_unit_test(test_words),
    };

    return cmocka_run_group_tests(tests, start, NULL);
}
