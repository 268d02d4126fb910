/*
 * The strict INI reader: what reaches the callback, and every refusal with its line.
 */
#include "lib/ini.h"

#include "lib/base/text.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const char *note(void *context, const char *section, const char *key, const char *value, int line)
{
    text_printf(context, "%d[%s]%s=%s\n", line, section, key ? key : "", value ? value : "");
    return key && strcmp(key, "bad") == 0 ? "bad is not allowed (write good)" : NULL;
}

static void assert_read(const char *text, const char *repeating, const char *expected)
{
    struct text noted = {0};
    char *error;

    assert_true(ini_read("a.ini", text, strlen(text), repeating, note, &noted, &error));
    assert_null(error);
    assert_string_equal(text_get(&noted), expected);
    text_finish(&noted);
}

static void assert_refused_bytes(const char *text, size_t length, const char *expected)
{
    struct text noted = {0};
    char *error;

    assert_false(ini_read("a.ini", text, length, "rung", note, &noted, &error));
    if (strncmp(error, expected, strlen(expected)) != 0)
        fail_msg("%s", error);
    free(error);
    text_finish(&noted);
}

static void assert_refused(const char *text, const char *expected)
{
    assert_refused_bytes(text, strlen(text), expected);
}

static void reads_sections_and_keys(void **state)
{
    (void)state;
    assert_read("", NULL, "");
    assert_read("; only\n\n   # comments\n", NULL, "");
    assert_read("[a]\nx = 1\n", NULL, "1[a]=\n2[a]x=1\n");
    assert_read("\xef\xbb\xbf[a]\r\nx=1\r\n", NULL, "1[a]=\n2[a]x=1\n");
    assert_read("[clock  first_contact] ; why\nremind   very_urgent=0% 50%   ; and why\nempty =", NULL,
                "1[clock first_contact]=\n2[clock first_contact]remind very_urgent=0% 50%\n"
                "3[clock first_contact]empty=\n");
    assert_read("[a]\ngate = contact:apology=yes;no\n", NULL, "1[a]=\n2[a]gate=contact:apology=yes;no\n");
    assert_read("[a]\n元旦 = 春节 | 节\n", NULL, "1[a]=\n2[a]元旦=春节 | 节\n");
    assert_read("[a]\nx=1\n[b]\nx=1\n", NULL, "1[a]=\n2[a]x=1\n3[b]=\n4[b]x=1\n");
}

static void lets_named_keys_repeat(void **state)
{
    (void)state;
    assert_read("[a]\nrung=1\nrung=2\nwhen x=3\nwhen x=4\n", "rung when",
                "1[a]=\n2[a]rung=1\n3[a]rung=2\n4[a]when x=3\n5[a]when x=4\n");
    assert_refused("[a]\nrun=1\nrun=2\n", "a.ini:3: `run` is set already, at line 2");
    assert_refused("[a]\nrungs=1\nrungs=2\n", "a.ini:3: `rungs` is set already");
}

static void refuses_with_a_line(void **state)
{
    (void)state;
    assert_refused("x=1\n", "a.ini:1: this line stands before the first [section]");
    assert_refused("\n[a\n", "a.ini:2: the section has no closing bracket");
    assert_refused("[a] x=1\n", "a.ini:1: something stands behind the section's bracket");
    assert_refused("[ ]\n", "a.ini:1: this is no name for a section");
    assert_refused("[a;b]\n", "a.ini:1: this is no name for a section");
    assert_refused("[a]\n[b]\n[a]\n", "a.ini:3: the section [a] is there already, at line 1");
    assert_refused("[a]\n[ a ]\n", "a.ini:2: the section [a] is there already, at line 1");
    assert_refused("[a]\nx=1\n  y=2\n", "a.ini:3: the line is indented");
    assert_refused("[a]\nx\n", "a.ini:2: this is not a line of the form: key = value");
    assert_refused("[a]\nx: 1\n", "a.ini:2: this is not a line of the form: key = value");
    assert_refused("[a]\nx: y = 1\n", "a.ini:2: this is not a line of the form: key = value");
    assert_refused("[a]\nx ; y = 1\n", "a.ini:2: this is not a line of the form: key = value");
    assert_refused("[a]\n= 1\n", "a.ini:2: there is no key before the '='");
    assert_refused("[a]\nx y=1\nx  y=2\n", "a.ini:3: `x y` is set already, at line 2");
    assert_refused("[a]\nbad=1\nx\n", "a.ini:2: bad is not allowed (write good)");
}

static void refuses_bytes_that_are_no_text(void **state)
{
    (void)state;
    assert_refused_bytes("[a]\nx=1\0y\n", 10, "a.ini:2: a control byte 0x00");
    assert_refused("[a]\nx=\x1b[1m\n", "a.ini:2: a control byte 0x1b");
    assert_refused("[a]\nx=\r1\n", "a.ini:2: a control byte 0x0d");
    assert_refused("[a]\nx=\xb4\xba\xbd\xda\n", "a.ini:2: this is not UTF-8");
    assert_refused("[a]\nx=\xc0\xaf\n", "a.ini:2: this is not UTF-8");
    assert_refused("[a]\nx=\xed\xa0\x80\n", "a.ini:2: this is not UTF-8");
    assert_refused("[a]\nx=\xe6\x98", "a.ini:2: this is not UTF-8");
}

static void refuses_what_is_too_long(void **state)
{
    char text[400];

    (void)state;
    snprintf(text, sizeof(text), "[a]\nx=%0*d\n", INI_LINE_BYTES - 2, 1);
    struct text noted = {0};
    char *error;

    assert_true(ini_read("a.ini", text, strlen(text), NULL, note, &noted, &error));
    text_finish(&noted);
    snprintf(text, sizeof(text), "[a]\nx=%0*d\n", INI_LINE_BYTES - 1, 1);
    assert_refused(text, "a.ini:2: the line is 191 bytes long");
    snprintf(text, sizeof(text), "[a]\nx%0*d=1\n", INI_KEY_BYTES, 1);
    assert_refused(text, "a.ini:2: the key is longer than 48 bytes");
    snprintf(text, sizeof(text), "[x%0*d]\n", INI_SECTION_BYTES, 1);
    assert_refused(text, "a.ini:1: the section's name is longer than 120 bytes");
}

static void keeps_apart_sections_longer_than_inih_holds(void **state)
{
    char text[400], expected[800], name[INI_SECTION_BYTES + 1];

    (void)state;
    snprintf(name, sizeof(name), "%0*d", INI_SECTION_BYTES - 1, 0);
    snprintf(text, sizeof(text), "[%s1]\nx=1\n[%s2]\nx=1\n", name, name);
    snprintf(expected, sizeof(expected), "1[%s1]=\n2[%s1]x=1\n3[%s2]=\n4[%s2]x=1\n", name, name, name, name);
    assert_read(text, NULL, expected);
}

/* Random bytes of the characters that mean something, for the sanitizers. */
static void survives_noise(void **state)
{
    static const char alphabet[] = "[]=;:# \t\r\nxy\xe6\x98\xa5\x01";
    unsigned int seed = 1;

    (void)state;
    for (int round = 0; round < 20000; round++) {
        char text[64];
        struct text noted = {0};
        char *error;
        size_t length = (size_t)rand_r(&seed) % sizeof(text);

        for (size_t i = 0; i < length; i++)
            text[i] = alphabet[(size_t)rand_r(&seed) % sizeof(alphabet)];
        bool is_read = ini_read("a.ini", text, length, NULL, note, &noted, &error);

        assert_int_equal(is_read, error == NULL);
        free(error);
        text_finish(&noted);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_sections_and_keys),
        cmocka_unit_test(lets_named_keys_repeat),
        cmocka_unit_test(refuses_with_a_line),
        cmocka_unit_test(refuses_bytes_that_are_no_text),
        cmocka_unit_test(refuses_what_is_too_long),
        cmocka_unit_test(keeps_apart_sections_longer_than_inih_holds),
        cmocka_unit_test(survives_noise),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
