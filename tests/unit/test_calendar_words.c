/*
 * The words of foreign calendars: every convention that is understood, and those that look like one and are
 * not.
 */
#include "client/calendar_words.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const struct {
    const char *summary;
    enum calendar_words kind;
    const char *title;
} known[] = {
    {"春节（休）", CALENDAR_WORDS_HOLIDAY, "春节"},
    {"春节(休)", CALENDAR_WORDS_HOLIDAY, "春节"},
    {"春节 休", CALENDAR_WORDS_HOLIDAY, "春节"},
    {"休 春节", CALENDAR_WORDS_HOLIDAY, "春节"},
    {"【休】春节", CALENDAR_WORDS_HOLIDAY, "春节"},
    {"休：春节", CALENDAR_WORDS_HOLIDAY, "春节"},
    {"春节 - 休", CALENDAR_WORDS_HOLIDAY, "春节"},
    {"休", CALENDAR_WORDS_HOLIDAY, ""},
    {"春节放假", CALENDAR_WORDS_HOLIDAY, "春节"},
    {"放假: 春节", CALENDAR_WORDS_HOLIDAY, "春节"},
    {"元旦假期", CALENDAR_WORDS_HOLIDAY, "元旦"},
    {"清明节补休", CALENDAR_WORDS_HOLIDAY, "清明节"},
    {"“五一”假期", CALENDAR_WORDS_HOLIDAY, "五一"},
    {"“五一”国际劳动节假期", CALENDAR_WORDS_HOLIDAY, "五一国际劳动节"},
    {"国庆节、中秋节假期", CALENDAR_WORDS_HOLIDAY, "国庆节、中秋节"},
    {"春节假期（休）", CALENDAR_WORDS_HOLIDAY, "春节"},
    {"Company outing 休", CALENDAR_WORDS_HOLIDAY, "Company outing"},
    {"春节（班）", CALENDAR_WORDS_WORKING, "春节"},
    {"春节 班", CALENDAR_WORDS_WORKING, "春节"},
    {"班", CALENDAR_WORDS_WORKING, ""},
    {"上班(补春节假期)", CALENDAR_WORDS_WORKING, "春节"},
    {"上班（补国庆节、中秋节假期）", CALENDAR_WORDS_WORKING, "国庆节、中秋节"},
    {"上班(补“五一”假期)", CALENDAR_WORDS_WORKING, "五一"},
    {"补春节假期（上班）", CALENDAR_WORDS_WORKING, "春节"},
    {"国庆节补班", CALENDAR_WORDS_WORKING, "国庆节"},
    {"补班 国庆节", CALENDAR_WORDS_WORKING, "国庆节"},
    {"国庆节假期补班", CALENDAR_WORDS_WORKING, "国庆节"},
    {"春节调休上班", CALENDAR_WORDS_WORKING, "春节"},
    {"上班（调休）", CALENDAR_WORDS_WORKING, ""},
    {"春节（调休）", CALENDAR_WORDS_NEITHER, "春节"},
    {"春节调休", CALENDAR_WORDS_NEITHER, "春节调休"},
    {"元宵节", CALENDAR_WORDS_NEITHER, "元宵节"},
    {"春节值班", CALENDAR_WORDS_NEITHER, "春节值班"},
    {"加班", CALENDAR_WORDS_NEITHER, "加班"},
    {"春节不上班", CALENDAR_WORDS_NEITHER, "春节不"},
    {"无需补班", CALENDAR_WORDS_NEITHER, "无需"},
    {"不放假", CALENDAR_WORDS_NEITHER, "不"},
    {"", CALENDAR_WORDS_NEITHER, ""},
    {"清明节放假，周日上班", CALENDAR_WORDS_BOTH, "清明节 周日"},
    {"春节（休）（班）", CALENDAR_WORDS_BOTH, "春节"},
};

static void understands_the_conventions(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        struct text title = {0};
        enum calendar_words kind = calendar_words_read(known[i].summary, &title);

        if (kind != known[i].kind || strcmp(text_get(&title), known[i].title) != 0)
            fail_msg("%s: %d %s", known[i].summary, (int)kind, text_get(&title));
        text_finish(&title);
    }
}

static void names_days_in_both_languages(void **state)
{
    static const struct {
        const char *title;
        bool is_working;
        const char *name;
    } rows[] = {
        {"元旦", false, "元旦 | New Year"},
        {"春节", true, "春节调休 | make-up day for Spring Festival"},
        {"国庆节、中秋节", false, "国庆节、中秋节 | National Day and Mid-Autumn Festival"},
        {"国庆节、厂庆", false, "国庆节、厂庆"},
        {"厂庆", true, "厂庆调休"},
        {"", false, "放假 | day off"},
        {"", true, "补班 | make-up day"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct text name = {0};

        calendar_words_name(rows[i].title, rows[i].is_working, &name);
        assert_string_equal(text_get(&name), rows[i].name);
        text_finish(&name);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(understands_the_conventions),
        cmocka_unit_test(names_days_in_both_languages),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
