/*
 * The sentences of explanations: every one is there in both languages, names the same members in both, and
 * uses only forms that exist; and the engine that fills them in.
 */
#include "lib/explain_words.h"

#include "lib/explain_sentences.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/small_regime.h"

static struct arena arena;
static struct zone *zone;

static struct wording wording_in(enum language language)
{
    return (struct wording){.arena = &arena, .language = language, .zone = zone};
}

static const char *say(enum language language, json_t *fact)
{
    struct wording wording = wording_in(language);
    const char *line = explain_words_sentence(&wording, fact);

    json_decref(fact);
    return line;
}

static int set_up(void **state)
{
    (void)state;
    arena_init(&arena);
    zone = small_zone("Asia/Shanghai");
    return zone ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    zone_destroy(zone);
    arena_finish(&arena);
    return 0;
}

/* The members of a sentence, sorted, as one text. */
static char *members_of(const char *sentence)
{
    char *names[32], *all = calloc(1, 2048);
    size_t count = 0;

    for (const char *at = sentence; (at = strchr(at, '{')); at++)
        names[count++] = strndup(at, strcspn(at, "}"));
    for (size_t i = 0; i < count; i++)
        for (size_t k = i + 1; k < count; k++)
            if (strcmp(names[k], names[i]) < 0) {
                char *swapped = names[i];

                names[i] = names[k];
                names[k] = swapped;
            }
    for (size_t i = 0; i < count; i++) {
        strncat(all, names[i], 2047 - strlen(all));
        free(names[i]);
    }
    return all;
}

static bool is_well_formed(const char *sentence)
{
    int depth = 0;

    for (; *sentence; sentence++) {
        depth += *sentence == '[';
        depth -= *sentence == ']';
        if (depth < 0 || depth > 1)
            return false;
        if (*sentence == '{' && !strchr(sentence, '}'))
            return false;
    }
    return depth == 0;
}

static void test_both_languages_say_the_same(void **state)
{
    const char *sentences[LANGUAGE_COUNT], *fact;
    size_t count = 0;

    (void)state;
    for (; (fact = explain_sentences_row(count, sentences)); count++) {
        char *zh = members_of(sentences[LANGUAGE_ZH]), *en = members_of(sentences[LANGUAGE_EN]);

        if (strcmp(zh, en) != 0)
            fail_msg("%s: %s and %s", fact, zh, en);
        if (!is_well_formed(sentences[LANGUAGE_ZH]) || !is_well_formed(sentences[LANGUAGE_EN]))
            fail_msg("%s: brackets", fact);
        if (strcmp(sentences[LANGUAGE_ZH], sentences[LANGUAGE_EN]) == 0 && strcmp(fact, "told_later") != 0)
            fail_msg("%s is not translated", fact);
        free(zh);
        free(en);
    }
    assert_true(count > 40);
}

/* A form that nobody knows would leave a gap: with a member of each kind every sentence closes its braces and
   shows a number or a word for each. */
static void test_every_form_exists(void **state)
{
    static const char *const forms[] = {"time",  "hour", "end",  "day",  "length",
                                        "about", "span", "word", "list", "people"};
    const char *sentences[LANGUAGE_COUNT];

    (void)state;
    for (size_t row = 0; explain_sentences_row(row, sentences); row++)
        for (const char *at = sentences[LANGUAGE_EN]; (at = strchr(at, '{')); at++) {
            const char *colon = memchr(at, ':', strcspn(at, "}"));
            bool is_known = !colon;

            for (size_t i = 0; colon && i < sizeof(forms) / sizeof(forms[0]); i++)
                is_known |=
                    strncmp(colon + 1, forms[i], strlen(forms[i])) == 0 && colon[1 + strlen(forms[i])] == '}';
            if (!is_known)
                fail_msg("%s: an unknown form", at);
        }
}

static json_t *segment(const char *from, const char *to)
{
    return json_pack("{s:s,s:s,s:s,s:s,s:I,s:I}", "fact", "segment_open", "day", "2026-03-06", "from", from,
                     "to", to, "counted_ms", (json_int_t)5400000, "sum_ms", (json_int_t)5400000);
}

static void test_time_and_length(void **state)
{
    (void)state;
    assert_string_equal(say(LANGUAGE_EN, json_pack("{s:s,s:s}", "fact", "due", "at", "2026-03-02T01:00:00Z")),
                        "  Due: 2026-03-02 09:00");
    assert_string_equal(
        say(LANGUAGE_ZH, json_pack("{s:s,s:s}", "fact", "due", "at", "2026-03-02T01:00:05.250Z")),
        "  到期：2026-03-02 09:00:05");
    assert_non_null(
        strstr(say(LANGUAGE_ZH, json_pack("{s:s,s:s,s:I}", "fact", "left", "at", "2026-03-02T01:00:00Z",
                                          "left_ms", (json_int_t)93784005)),
               "26小时3分"));
    assert_string_equal(say(LANGUAGE_ZH, segment("2026-03-06T14:00:00.250Z", "2026-03-06T15:30:01Z")),
                        "    2026-03-06 周五 22:00:00.250–23:30:01，计 1小时30分，累计 1小时30分");
    assert_non_null(strstr(say(LANGUAGE_EN, json_pack("{s:s,s:s,s:I}", "fact", "left", "at",
                                                      "2026-03-02T01:00:00Z", "left_ms", (json_int_t)0)),
                           "0 min"));
}

static void test_a_stretch_that_ends_at_midnight(void **state)
{
    (void)state;
    assert_string_equal(say(LANGUAGE_ZH, segment("2026-03-06T22:30:00+08:00", "2026-03-07T00:00:00+08:00")),
                        "    2026-03-06 周五 22:30–24:00，计 1小时30分，累计 1小时30分");
    assert_string_equal(say(LANGUAGE_EN, segment("2026-03-06T09:00:00+08:00", "2026-03-06T10:30:00+08:00")),
                        "    2026-03-06 Fri 09:00–10:30: 1 h 30 min, in all 1 h 30 min");
}

/* What is not known is not said, with all that belongs to it. */
static void test_absent_members(void **state)
{
    json_t *fact =
        json_pack("{s:s,s:s,s:s}", "fact", "anchor", "at", "2026-03-02T01:00:00Z", "what", "received");

    (void)state;
    json_object_set_new(fact, "who", json_null());
    assert_string_equal(say(LANGUAGE_EN, json_incref(fact)),
                        "  Began: 2026-03-02 09:00, receipt of the ticket");
    json_object_set_new(fact, "who", json_string("陈洁"));
    assert_string_equal(say(LANGUAGE_ZH, fact), "  起算：2026-03-02 09:00，受理，陈洁 登记");
}

static void test_people(void **state)
{
    json_t *fact = json_pack("{s:s,s:s,s:i,s:s,s:i,s:s,s:[{s:s,s:s},{s:s,s:s,s:s}]}", "fact", "rung", "file",
                             "a.ini", "line", 7, "at", "2026-03-02T01:00:00Z", "rung", 2, "status", "done",
                             "to", "name", "张伟", "role_title", "部门负责人", "name", "李雷", "role_title",
                             "公司主管领导", "stands_for_name", "孙丽");

    (void)state;
    assert_string_equal(say(LANGUAGE_ZH, fact),
                        "  上报第 2 级：2026-03-02 "
                        "09:00，已发：张伟（部门负责人）、李雷（公司主管领导，代不在的孙丽）（a.ini:7）");
}

static void test_titles_have_two_halves(void **state)
{
    struct wording zh = wording_in(LANGUAGE_ZH), en = wording_in(LANGUAGE_EN);

    (void)state;
    assert_string_equal(explain_words_half(&zh, "元旦 | New Year"), "元旦");
    assert_string_equal(explain_words_half(&en, "元旦 | New Year"), "New Year");
    assert_string_equal(explain_words_half(&en, "Easter"), "Easter");
    assert_string_equal(explain_words_of(&zh, "no such code"), "no such code");
    assert_null(say(LANGUAGE_ZH, json_pack("{s:s}", "fact", "no such fact")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_both_languages_say_the_same),
        cmocka_unit_test(test_every_form_exists),
        cmocka_unit_test(test_time_and_length),
        cmocka_unit_test(test_a_stretch_that_ends_at_midnight),
        cmocka_unit_test(test_absent_members),
        cmocka_unit_test(test_people),
        cmocka_unit_test(test_titles_have_two_halves),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
