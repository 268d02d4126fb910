/*
 * [decision X], line by line: every complaint, with its line; and the first and the last day on which a
 * condition of it holds.
 */
#include "lib/decision_policy.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "lib/schedule.h"
#include "tests/unit/small_refusals.h"

#define FIELDS                                                                                               \
    "[register assets]\n"                                                                                    \
    "fields = name text, damage natural|human, applied_on date\n"                                            \
    "[field asset]\n"                                                                                        \
    "kind = register:assets\n"                                                                               \
    "[field mine]\n"                                                                                         \
    "kind = yes/no\n"                                                                                        \
    "classes = request\n"
#define KEY "[decision key]\nword free =\nword paid =\n" /* rules begin on line 3 */

static struct policy *compile(struct small_world *world, const char *lines, char **ret_error, int *ret_line)
{
    return small_compile_with(world, FIELDS, lines, ret_error, ret_line);
}

static void refuses_decisions(void **state)
{
    static const struct refused cases[] = {
        {"[decision Key]\n", 0, "a decision's name is one word of small letters"},
        {"[decision key]\n", 0, "[decision key] needs a last rule: rule = else -> WORD"},
        {"[decision key]\nwords = free\n", 1, "unknown key 'words' in [decision key] (known: title, classes"},
        {"[decision key]\nword = free\n", 1, "a word is written: word NAME"},
        {"[decision key]\nword Free = free\n", 1, "a word is written: word NAME"},
        {"[decision key]\nword else = free\n", 1, "no word can be called 'else'"},
        {"[decision key]\nclasses = order\n", 1, "unknown class 'order'"},
        {KEY "rule = else -> gone\n", 3, "unknown word 'gone' (known: free, paid; write word gone ="},
        {"[decision key]\nrule = else -> gone\n", 1, "unknown word 'gone' (known: none;"},
        {KEY "rule = else\n", 3, "a rule is written CONDITION, CONDITION -> WORD"},
        {KEY "rule = else -> free paid\n", 3, "a rule is written CONDITION, CONDITION -> WORD"},
        {KEY "rule = -> free\n", 3, "before -> stands a condition, or else"},
        {KEY "rule = else otherwise -> free\n", 3, "a condition is written field.NAME WORD"},
        {KEY "rule = damage human -> free\n", 3, "a condition is written field.NAME WORD"},
        {KEY "rule = field.mine -> free\n", 3, "a condition is written field.NAME WORD"},
        {KEY "rule = field.mine maybe -> free\n", 3, "the field 'mine' is never 'maybe'"},
        {KEY "rule = field.yours yes -> free\n", 3, "there is no [field yours]"},
        {KEY "rule = field.asset.colour red -> free\n", 3, "the register assets has no field 'colour'"},
        {KEY "rule = field.asset.name A -> free\n", 3,
         "field.asset.name is of the kind text; here it must be"},
        {KEY "rule = field.asset.damage since 3mo -> free\n", 3,
         "is of the kind words; here it must be date"},
        {KEY "rule = field.asset.damage broken -> free\n", 3, "the field 'damage' is never 'broken'"},
        {KEY "rule = field.asset.applied_on since 3wd -> free\n", 3, "a span of days or months behind it"},
        {KEY "rule = field.asset.applied_on since -> free\n", 3, "a span of days or months behind it"},
        {KEY
         "rule = field.mine yes, field.mine yes, field.mine yes, field.mine yes, field.mine yes -> free\n",
         3, "at most 4 conditions"},
        {KEY "rule = else -> free\nrule = field.asset.damage human -> paid\n", 4,
         "no rule behind else is ever asked: else is the last"},
        {KEY "rule = field.asset.damage human -> paid\n", 0, "[decision key] needs a last rule"},
        {KEY "rule = else -> free\n", 0, "[decision key]: no rule says 'paid'"},
        {KEY "rule = field.mine yes -> paid\nrule = else -> free\n", 3,
         "[decision key]: class complaint has no field 'mine' (say classes ="},
        {KEY "word free =\n", 3, "free"},
    };

    (void)state;
    ASSERT_REFUSED(cases);
}

static void knows_its_rules(void **state)
{
    struct small_world world;
    char *error = NULL;
    int line;
    struct policy *policy = compile(&world,
                                    "[decision key]\ntitle = 钥匙 | Key\nclasses = request\n"
                                    "word free = 免费 | Free\nword paid =\n"
                                    "rule = field.mine yes, field.asset.applied_on since 36mo -> free\n"
                                    "rule = else -> paid\n",
                                    &error, &line);

    (void)state;
    if (!policy)
        fail_msg("%s", error);
    const struct decision_policy *key = &policy->decisions[0];

    assert_int_equal(policy->decision_count, 1);
    assert_string_equal(key->title[LANGUAGE_EN], "Key");
    assert_int_equal(key->classes, 1);
    assert_string_equal(key->words[0].title[LANGUAGE_ZH], "免费");
    assert_string_equal(key->words[1].title[LANGUAGE_ZH], "paid");
    assert_int_equal(key->rule_count, 2);
    assert_int_equal(key->rules[0].condition_count, 2);
    assert_int_equal(key->rules[0].line, line + 5);
    assert_int_equal(key->rules[1].condition_count, 0);
    assert_int_equal(key->rules[1].word, 1);
    assert_true(policy->decides_by_days);
    assert_true(policy->fields[0].is_watched && policy->fields[1].is_watched);
    policy_destroy(policy);
    small_world_finish(&world);
}

static void holds_from_the_first_day_to_the_last(void **state)
{
    static const struct schedule_when since = {.kind = WHEN_SINCE,
                                               .span = {.unit = SPAN_MONTHS, .amount = 36}},
                                      within = {.kind = WHEN_WITHIN,
                                                .span = {.unit = SPAN_DAYS, .amount = 14}};
    static const struct {
        const struct schedule_when *when;
        const char *value;
        int year, month, day;
        bool holds;
    } cases[] = {
        {&since, "2023-03-02", 2023, 3, 1, false},
        {&since, "2023-03-02", 2023, 3, 2, true},
        {&since, "2023-03-02", 2026, 3, 2, true},
        {&since, "2023-03-02", 2026, 3, 3, false},
        {&since, "2024-02-29", 2027, 2, 28, true},
        {&since, "2024-02-29", 2027, 3, 1, false},
        {&since, "2021-02-28", 2024, 2, 28, true},
        {&since, "2021-02-28", 2024, 2, 29, false},
        {&within, "2026-03-15", 2026, 2, 28, false},
        {&within, "2026-03-15", 2026, 3, 1, true},
        {&within, "2026-03-15", 2026, 3, 15, true},
        {&within, "2026-03-15", 2026, 3, 16, false},
        {&since, "2023-03-01T16:00:00Z", 2023, 3, 1, false},
        {&since, "2023-03-01T16:00:00Z", 2023, 3, 2, true},
        {&since, "soon", 2023, 3, 2, false},
    };
    struct zone *zone = small_zone("Asia/Shanghai");

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
        if (schedule_when_holds(zone, cases[i].when, cases[i].value,
                                civil_day(cases[i].year, cases[i].month, cases[i].day)) != cases[i].holds)
            fail_msg("%s on %d-%02d-%02d", cases[i].value, cases[i].year, cases[i].month, cases[i].day);
    zone_destroy(zone);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(refuses_decisions),
        cmocka_unit_test(knows_its_rules),
        cmocka_unit_test(holds_from_the_first_day_to_the_last),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
