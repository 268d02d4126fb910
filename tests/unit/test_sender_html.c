/*
 * The HTML rendering: paragraphs, tables, and that nothing of the text becomes markup.
 */
#include "daemon/sender/html.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* The document without its style attributes, from <body> to </body>, for comparing. */
static char *body_of(const char *plain)
{
    struct text html = {0}, bare = {0};

    html_render(plain, "zh", "t", &html);

    const char *at = strstr(html.bytes, "<body"), *end = strstr(html.bytes, "</body>");

    assert_non_null(at);
    assert_non_null(end);
    at = strchr(at, '\n') + 1;
    while (at < end) {
        if (strncmp(at, " style=\"", 8) == 0) {
            at = strchr(at + 8, '"') + 1;
            continue;
        }
        text_append(&bare, at++, 1);
    }
    text_finish(&html);
    return text_take(&bare);
}

#define TABLE     "<table role=\"presentation\" cellpadding=\"4\">\n"
#define ROW(l, v) "<tr><th scope=\"row\">" l "</th><td>" v "</td></tr>\n"

static void test_blocks(void **state)
{
    static const struct {
        const char *plain, *html;
    } samples[] = {
        {"", ""},
        {"\n\n", ""},
        {"one", "<p>one</p>\n"},
        {"one\ntwo\n", "<p>one<br>\ntwo</p>\n"},
        {"one\n\n\ntwo\n", "<p>one</p>\n<p>two</p>\n"},
        {"a: 1\nb: 2\n", TABLE ROW("a", "1") ROW("b", "2") "</table>\n"},
        {"客户：甲\n期限: 明天", TABLE ROW("客户", "甲") ROW("期限", "明天") "</table>\n"},
        {"before\na: 1\nb: 2\nafter",
         "<p>before</p>\n" TABLE ROW("a", "1") ROW("b", "2") "</table>\n<p>after</p>\n"},
        {"alone: 1\n\ntext", "<p>alone: 1</p>\n<p>text</p>\n"},
        {"时间：10:30\nurl: http://x", TABLE ROW("时间", "10:30") ROW("url", "http://x") "</table>\n"},
        {"  a : 1 \nb:  2", TABLE ROW("a", "1") ROW("b", "2") "</table>\n"},
        {"您好：\n请处理：", "<p>您好：<br>\n请处理：</p>\n"},
        {"请注意，以下：a\n好的。那么：b", "<p>请注意，以下：a<br>\n好的。那么：b</p>\n"},
        {"http://x\nhttp://y", "<p>http://x<br>\nhttp://y</p>\n"},
        {"this label is far too long to be one: 1\nthis label is far too long to be one: 2",
         "<p>this label is far too long to be one: 1<br>\nthis label is far too long to be one: 2</p>\n"},
        {"一二三四五六七八九十一二三四五六七八九十一二三四：1\nb：2",
         TABLE ROW("一二三四五六七八九十一二三四五六七八九十一二三四", "1") ROW("b", "2") "</table>\n"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++) {
        char *html = body_of(samples[i].plain);

        assert_string_equal(html, samples[i].html);
        free(html);
    }
}

static void test_escaping(void **state)
{
    struct text html = {0};
    char *body = body_of("<script>alert('1')</script> & \"x\"\n\n<b>: <i>\n&amp: '");

    (void)state;
    assert_string_equal(
        body, "<p>&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt; &amp; &quot;x&quot;</p>\n" TABLE ROW(
                  "&lt;b&gt;", "&lt;i&gt;") ROW("&amp;amp", "&#39;") "</table>\n");
    free(body);
    html_render("x", "zh\"><script>", "</title><script>", &html);
    assert_null(strstr(html.bytes, "<script>"));
    assert_null(strstr(html.bytes, "</title><"));
    text_finish(&html);
}

static void test_document(void **state)
{
    struct text html = {0};

    (void)state;
    html_render("x\n", "zh-CN", "督办", &html);
    assert_ptr_equal(strstr(html.bytes, "<!DOCTYPE html>\n<html lang=\"zh-CN\">"), html.bytes);
    assert_non_null(strstr(html.bytes, "<meta charset=\"utf-8\">"));
    assert_non_null(strstr(html.bytes, "<title>督办</title>"));
    assert_non_null(strstr(html.bytes, "PingFang SC"));
    assert_non_null(strstr(html.bytes, "</body>\n</html>\n"));
    text_finish(&html);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_blocks),
        cmocka_unit_test(test_escaping),
        cmocka_unit_test(test_document),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
