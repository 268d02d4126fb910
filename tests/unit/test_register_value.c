/*
 * Values of register fields: what each kind takes and refuses, from JSON and as JSON, and what is masked.
 */
#include "lib/register_value.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "tests/unit/small_regime.h"

static struct small_world world;
static struct policy *policy;
static struct roster *roster;
static struct registers *registers;
static struct register_policy *items;
static struct arena arena;

static int set_up(void **state)
{
    static const char people[] = "[person li.na]\nname = Li\nmail = li@example.com\nroles = handler\n"
                                 "department = workshop\n";
    char *error = NULL;
    int line;
    char *text =
        small_bent("[contact]\n",
                   "[register customers]\nfields = name text\n[register items]\n"
                   "fields = text text, day date, instant instant, number number, key yes/no, hours hours\n"
                   "fields = phone phone, mail mail, person person, words active|ended\n"
                   "fields = department department, customer register:customers\n[contact]\n",
                   &line);

    (void)state;
    arena_init(&arena);
    policy = small_compile(&world, text, &error);
    free(text);
    if (!policy)
        fail_msg("%s", error);
    roster = roster_compile(policy, "people.ini", people, "", &error);
    if (!roster)
        fail_msg("%s", error);
    items = &policy->registers[1];
    registers = registers_create(2);
    struct register_place place = {.of = 0, .index = register_find_or_add(registers, 0, "K-1")};

    register_set(registers, place, (const char *[]){"Huaxin"}, 1);
    place.index = register_find_or_add(registers, 0, "K-2"); /* was removed */
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    registers_destroy(registers);
    roster_destroy(roster);
    policy_destroy(policy);
    small_world_finish(&world);
    arena_finish(&arena);
    return 0;
}

static const struct register_field *field_called(const char *name)
{
    return &items->fields[register_policy_field(items, name)];
}

static const char *read(const char *field, const char *json, const char **ret_wrong)
{
    const struct register_scope scope = {.policy = policy, .roster = roster, .registers = registers};
    json_t *value = json_loads(json, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);

    assert_non_null(value);
    const char *text = register_value_read(&scope, field_called(field), value, &arena, ret_wrong);

    json_decref(value);
    return text;
}

static void takes_what_fits(void **state)
{
    static const struct {
        const char *field, *json, *text;
    } cases[] = {
        {"text", "\"Huaxin\"", "Huaxin"},
        {"text", "\" x \"", " x "},
        {"day", "\"2028-02-29\"", "2028-02-29"},
        {"instant", "\"2026-03-02T09:00:00+08:00\"", "2026-03-02T09:00:00+08:00"},
        {"number", "12", "12"},
        {"number", "-3", "-3"},
        {"number", "\"0\"", "0"},
        {"number", "\"-12\"", "-12"},
        {"number", "\"999999999999999999\"", "999999999999999999"},
        {"key", "true", "yes"},
        {"key", "false", "no"},
        {"key", "\"yes\"", "yes"},
        {"key", "\"no\"", "no"},
        {"hours", "\"24h\"", "24h"},
        {"hours", "\"08:30-20:00\"", "08:30-20:00"},
        {"phone", "\"010-5550100\"", "010-5550100"},
        {"mail", "\"li@example.com\"", "li@example.com"},
        {"person", "\"li.na\"", "li.na"},
        {"words", "\"ended\"", "ended"},
        {"department", "\"office\"", "office"},
        {"customer", "\"K-1\"", "K-1"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const char *wrong, *text = read(cases[i].field, cases[i].json, &wrong);

        if (!text || wrong || strcmp(text, cases[i].text) != 0)
            fail_msg("%s %s: %s", cases[i].field, cases[i].json, text ? text : wrong);
    }
}

static void refuses_what_does_not(void **state)
{
    static const struct {
        const char *field, *json, *complaint;
    } cases[] = {
        {"text", "1", "must be a string"},
        {"text", "true", "must be a string"},
        {"text", "null", "must be a string"},
        {"text", "\"a\\u0000b\"", "must be a string"},
        {"text", "\"\"", "must not be empty (leave it out instead)"},
        {"text", "\"  \"", "must not be empty (leave it out instead)"},
        {"text", "\"a\\nb\"", "must be one line without control characters"},
        {"text", "\"a\\u007fb\"", "must be one line without control characters"},
        {"day", "\"2026-02-29\"", "a date is written 2026-05-01"},
        {"day", "\"2026-05-01x\"", "a date is written 2026-05-01"},
        {"instant", "\"2026-03-02\"", "instant"},
        {"number", "1.5", "must be a whole number"},
        {"number", "true", "must be a whole number"},
        {"number", "\"\"", "must not be empty"},
        {"number", "\"-\"", "a whole number of at most 18 digits"},
        {"number", "\"1x\"", "a whole number of at most 18 digits"},
        {"number", "\"01\"", "a whole number of at most 18 digits"},
        {"number", "\"1000000000000000000\"", "a whole number of at most 18 digits"},
        {"key", "1", "must be true or false"},
        {"key", "\"maybe\"", "yes or no"},
        {"hours", "\"24\"", "hours are 24h or HH:MM-HH:MM"},
        {"mail", "\"li\"", "a mail address is written name@example.com"},
        {"mail", "\"@example.com\"", "a mail address is written"},
        {"mail", "\"li@example\"", "a mail address is written"},
        {"mail", "\"li@na@example.com\"", "a mail address is written"},
        {"mail", "\"li na@example.com\"", "a mail address is written"},
        {"mail", "\"li@.com\"", "a mail address is written"},
        {"mail", "\"li@example.\"", "a mail address is written"},
        {"person", "\"boss\"", "nobody in the people file is called 'boss'"},
        {"words", "\"lost\"", "'lost' is not one of: active, ended"},
        {"department", "\"attic\"", "'attic' is not one of: workshop, office"},
        {"customer", "\"K-2\"", "there is no 'K-2' in the register customers"},
        {"customer", "\"K-3\"", "there is no 'K-3' in the register customers"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const char *wrong, *text = read(cases[i].field, cases[i].json, &wrong);
        bool is_instant = strcmp(cases[i].complaint, "instant") == 0; /* in the words of instants */

        if (text || !wrong ||
            (!is_instant && strncmp(wrong, cases[i].complaint, strlen(cases[i].complaint)) != 0))
            fail_msg("%s %s: %s", cases[i].field, cases[i].json, text ? text : wrong);
    }
}

static void has_a_longest_value(void **state)
{
    char json[REGISTER_VALUE_BYTES + 4] = "\"";
    const char *wrong;

    (void)state;
    memset(json + 1, 'x', REGISTER_VALUE_BYTES);
    strcpy(json + 1 + REGISTER_VALUE_BYTES, "\"");
    assert_non_null(read("text", json, &wrong));
    memset(json + 1, 'x', REGISTER_VALUE_BYTES + 1);
    strcpy(json + 2 + REGISTER_VALUE_BYTES, "\"");
    assert_null(read("text", json, &wrong));
    assert_string_equal(wrong, "at most 2000 bytes");
}

/* Whoever does not look into the registers does not ask whether a record is there. */
static void asks_for_records_only_where_they_are(void **state)
{
    const struct register_scope scope = {.policy = policy, .roster = roster};
    json_t *value = json_string("K-3");
    const char *wrong;

    (void)state;
    assert_non_null(register_value_read(&scope, field_called("customer"), value, &arena, &wrong));
    json_decref(value);
}

static void assert_json(const char *field, const char *text, bool masked, const char *expected)
{
    json_t *json = register_value_json(field_called(field), text, masked);
    char *came = json_dumps(json, JSON_ENCODE_ANY);

    assert_string_equal(came, expected);
    free(came);
    json_decref(json);
}

/* As the database masks them in its views. */
static void shows_values_and_masks_them(void **state)
{
    (void)state;
    assert_json("number", "-12", false, "-12");
    assert_json("key", "yes", false, "true");
    assert_json("key", "no", true, "false");
    assert_json("day", "2026-05-01", true, "\"2026-05-01\"");
    assert_json("phone", "13800000000", false, "\"13800000000\"");
    assert_json("phone", "13812345678", true, "\"138****5678\"");
    assert_json("phone", "5550100", true, "\"****00\"");
    assert_json("phone", "12", true, "\"****\"");
    assert_json("mail", "li@example.com", false, "\"li@example.com\"");
    assert_json("mail", "li@example.com", true, "\"l***@example.com\"");
    assert_json("mail", "李@example.com", true, "\"****\""); /* half a character is none */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_what_fits),
        cmocka_unit_test(refuses_what_does_not),
        cmocka_unit_test(has_a_longest_value),
        cmocka_unit_test(asks_for_records_only_where_they_are),
        cmocka_unit_test(shows_values_and_masks_them),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
