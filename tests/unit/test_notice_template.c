/* Templates of notices: what is refused at compile time, and what a value can not do at render time. */
#include "lib/notice_template.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static struct arena arena;
static struct notice_templates *templates;

static int set_up(void **state)
{
    (void)state;
    arena_init(&arena);
    templates = notice_templates_create(&arena);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    arena_finish(&arena);
    return 0;
}

static void refuses_with_the_line(void **state)
{
    static const struct {
        const char *text, *complaint;
    } cases[] = {
        {"", "line 1: a template begins with `Subject: …`"},
        {"Betreff: x\n\nbody\n", "line 1: a template begins"},
        {"Subject: x", "line 1: a template begins"},
        {"Subject: x\nbody\n", "line 2: an empty line stands between subject and body"},
        {"Subject: {numbr}\n\nbody\n", "line 1: unknown variable {numbr} (known: {number} {class}"},
        {"Subject: {number\n\nbody\n", "line 1: '{' without '}'"},
        {"Subject: x\n\nfirst\nsecond {due}\n", "line 4: unknown variable {due}"},
        {"Subject: x\n\nfirst\n\n{number\n}\n", "line 5: '{' without '}'"},
        {"Subject: {stages}\n\nbody\n", "line 1: {stages} are lines, a subject is one"},
        {"Subject: {customer.tickets}\n\nbody\n", "line 1: {customer.tickets} are lines, a subject is one"},
        {"Subject: x\n\n{field.}\n", "line 3: unknown variable {field.}"},
        {"Subject: x\n\n{}\n", "line 3: unknown variable {}"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const char *wrong = notice_templates_add(templates, "t", LANGUAGE_EN, cases[i].text);

        if (!wrong || strncmp(wrong, cases[i].complaint, strlen(cases[i].complaint)) != 0)
            fail_msg("%s\n  came     %s\n  expected %s", cases[i].text, wrong ? wrong : "no complaint",
                     cases[i].complaint);
        assert_false(notice_templates_have(templates, "t", LANGUAGE_EN));
    }
}

static void render(const char *name, enum language language, const struct notice_values *values,
                   const char *subject, const char *body)
{
    const char *came_subject, *came_body;

    notice_template_render(templates, name, language, values, &arena, &came_subject, &came_body);
    assert_string_equal(came_subject, subject);
    assert_string_equal(came_body, body);
}

static void puts_values_in_their_places(void **state)
{
    struct notice_values values = {
        {[VARIABLE_NUMBER] = "N-1", [VARIABLE_REASON] = "late", [VARIABLE_NOW] = ""}};

    (void)state;
    assert_null(
        notice_templates_add(templates, "one", LANGUAGE_EN,
                             "Subject: {number}: {reason}{number}\n\n{number}\n{customer}|{now}|}\n"));
    assert_true(notice_templates_have(templates, "one", LANGUAGE_EN));
    render("one", LANGUAGE_EN, &values, "N-1: lateN-1", "N-1\n||}\n");
    assert_null(
        notice_templates_add(templates, "one", LANGUAGE_EN, "Subject: other\n\nother\n")); /* ignored */
    render("one", LANGUAGE_EN, &values, "N-1: lateN-1", "N-1\n||}\n");
}

static void falls_back_to_the_other_language(void **state)
{
    struct notice_values values = {{NULL}};

    (void)state;
    assert_null(notice_templates_add(templates, "two", LANGUAGE_ZH, "Subject: 督办\n\n正文\n"));
    render("two", LANGUAGE_EN, &values, "督办", "正文\n");
    render("nothing", LANGUAGE_EN, &values, "nothing", "");
}

static void a_value_opens_no_line_and_no_header(void **state)
{
    struct notice_values values = {{
        [VARIABLE_CUSTOMER] = "Evil\r\nBcc: all@example.com\n\n<b>\x7f\t{number}",
        [VARIABLE_NUMBER] = "N-1",
    }};

    (void)state;
    assert_null(notice_templates_add(templates, "three", LANGUAGE_EN, "Subject: {customer}\n\n{customer}\n"));
    render("three", LANGUAGE_EN, &values, "Evil  Bcc: all@example.com  (b)  {number}",
           "Evil  Bcc: all@example.com  <b>  {number}\n");
}

static void fields_by_their_names(void **state)
{
    const struct notice_fact fields[] = {{.name = "floor", .value = "3\nBcc: x"},
                                         {.name = "room", .value = "<12>"}};
    struct notice_values values = {
        {[VARIABLE_STAGES] = "one: 1 h\ntwo: 2 h"}, .fields = fields, .field_count = 2};

    (void)state;
    assert_null(notice_templates_add(templates, "four", LANGUAGE_EN,
                                     "Subject: {field.room}\n\n{field.floor}|{field.colour}\n{stages}\n"));
    render("four", LANGUAGE_EN, &values, "(12)", "3 Bcc: x|—\none: 1 h\ntwo: 2 h\n");
    assert_int_equal(notice_template_uses(templates, "four"),
                     UINT32_C(1) << VARIABLE_FIELD | UINT32_C(1) << VARIABLE_STAGES);
    values.of[VARIABLE_FIELD] = "hidden"; /* from somebody who is not shown fields */
    render("four", LANGUAGE_EN, &values, "hidden", "hidden|hidden\none: 1 h\ntwo: 2 h\n");
}

static void knows_its_languages(void **state)
{
    enum language language;

    (void)state;
    assert_true(language_find("zh", &language) && language == LANGUAGE_ZH);
    assert_true(language_find("en", &language) && language == LANGUAGE_EN);
    assert_false(language_find("ZH", &language));
    assert_string_equal(language_name(LANGUAGE_EN), "en");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(refuses_with_the_line, set_up, tear_down),
        cmocka_unit_test_setup_teardown(puts_values_in_their_places, set_up, tear_down),
        cmocka_unit_test_setup_teardown(falls_back_to_the_other_language, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_value_opens_no_line_and_no_header, set_up, tear_down),
        cmocka_unit_test_setup_teardown(fields_by_their_names, set_up, tear_down),
        cmocka_unit_test(knows_its_languages),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
