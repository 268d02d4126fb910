/*
 * [field X] and what a class needs, line by line: every complaint, with its line; what a good one comes to.
 */
#include "lib/field_policy.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "lib/base/text.h"
#include "tests/unit/small_refusals.h"

#define REGISTERS                                                                                            \
    "[register assets]\n"                                                                                    \
    "fields = name text, days number optional, since date\n"

/* The small regime with a register and these sections; the line where they begin. */
static struct policy *compile(struct small_world *world, const char *lines, char **ret_error, int *ret_line)
{
    return small_compile_with(world, REGISTERS, lines, ret_error, ret_line);
}

static void refuses_fields(void **state)
{
    static const struct refused cases[] = {
        {"[field Days]\n", 0, "a field's name is one word of small letters"},
        {"[field a.b]\n", 0, "a field's name is one word of small letters"},
        {"[field]\n", 0, "unknown section [field]"},
        {"[field days]\ntitle = Days\n", 0, "[field days] needs a kind (such as text, date, yes/no)"},
        {"[field days]\nkind =\n", 1, "a kind is one word"},
        {"[field days]\nkind = number optional\n", 1, "a kind is one word"},
        {"[field days]\nkind = count\n", 1, "unknown kind 'count' (known: text, date"},
        {"[field days]\nkind = few||many\n", 1, "between bars stand words"},
        {"[field days]\nkind = register:people\n", 0, "[field days]: there is no [register people]"},
        {"[field days]\nkind = number\nclasses = order\n", 2,
         "unknown class 'order' (known: request, complaint)"},
        {"[field days]\nkind = number\nclasses =\n", 2, "at least one class is needed"},
        {"[field days]\nkind = number\nby = boss\n", 2, "unknown role 'boss'"},
        {"[field days]\nkind = number\nneeded = yes\n", 2, "a field is needed on intake, or no"},
        {"[field days]\nkind = number\ndefault =\n", 2, "a default is missing"},
        {"[field days]\nkind = number\ndefault = many\n", 0, "[field days]: default: a whole number"},
        {"[field days]\nkind = few|many\ndefault = some\n", 0, "default: 'some' is not one of: few, many"},
        {"[field who]\nkind = person\ndefault = li\n", 0, "a field of the kind person has no default"},
        {"[field what]\nkind = register:assets\ndefault = A\n", 0,
         "a field of the kind register has no default"},
        {"[field days]\nkind = number\nlength = 3\n", 2,
         "unknown key 'length' in [field days] (known: title, kind"},
        {"[field floor]\nkind = text\nclasses = complaint\n[report r]\ntemplate = fielded\nwhen = class "
         "request\n"
         "to = intake\n",
         3, "template fielded: {field.floor}: none of the classes that it is about has this field"},
        {"[report r]\ntemplate = past\non = solved\nto = intake\n", 0,
         "template past: {customer.tickets} is only for reports at intake"},
        {"[clock late]\nstart = received\nstop = solved\nwithin = 1h\nbreach template = past\n", 0,
         "template past: {customer.tickets} is only for reports at intake"},
        {"[report r]\ntemplate = past\nto = intake\n[schedule tried]\nover = assets\nat = on since\n"
         "opens = class request, type repair, urgency general\nsubject = {name}\n",
         3, "it opens class request, whose report at intake names {customer.tickets}"},
        {"[field days]\nkind = number\n[field days]\n", 2, "the section [field days] is there already"},
    };

    (void)state;
    ASSERT_REFUSED(cases);
}

static void refuses_needs(void **state)
{
    static const struct {
        const char *line, *complaint;
    } cases[] = {
        {"needs =\n", "at least one name is needed"},
        {"needs = details floor\n", "a class can't need 'floor' (known: details, occurred_at, ref"},
        {"needs = customer\n", "a class can't need 'customer'"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct small_world world;
        char *error = NULL, *bent;
        int line;

        if (asprintf(&bent, "types = repair advice\n%s", cases[i].line) < 0)
            abort();
        char *text = small_bent("types = repair advice\n", bent, &line);

        assert_null(small_compile(&world, text, &error));
        assert_non_null(strstr(error, cases[i].complaint));
        free(bent);
        free(text);
        free(error);
        small_world_finish(&world);
    }
}

#define OPENS                                                                                                \
    "[schedule tried]\nover = assets\nat = on since\n"                                                       \
    "opens = class request, type repair, urgency general\nsubject = {name}\n"
#define NEEDED "[field days]\nkind = number\nclasses = request\nneeded = on intake\n"

static void refuses_fillings(void **state)
{
    static const struct refused cases[] = {
        {OPENS "fields = days\n", 5, "FIELD {RECORD'S FIELD}"},
        {OPENS "fields = days {weeks}\n", 0, "{weeks}: the register has no such field"},
        {NEEDED OPENS, 4, "class request needs the field 'days': say what it is (fields = days"},
        {NEEDED OPENS "fields = days {days}, floor 3\n", 4, "class request has no field 'floor'"},
        {"[field floor]\nkind = number\nclasses = complaint\n" NEEDED OPENS "fields = days {days}, floor 3\n",
         7, "class request has no field 'floor'"},
        {"[schedule tried]\nover = assets\nat = on since\nsends = template plain to intake\nfields = days "
         "3\n",
         0, "fields are a ticket's: 'opens' is missing"},
    };

    (void)state;
    ASSERT_REFUSED(cases);
}

static void knows_whose_fields_are_whose(void **state)
{
    struct small_world world;
    char *error = NULL;
    int line;
    struct policy *policy =
        compile(&world,
                "[field days]\ntitle = 天数 | Days\nkind = number\nclasses = request\ndefault = 7\n"
                "by = handler\n[field asset]\nkind = register:assets\nclasses = request\n",
                &error, &line);

    (void)state;
    if (!policy)
        fail_msg("%s", error);
    assert_int_equal(policy->field_count, 2);
    assert_string_equal(policy->fields[0].title[LANGUAGE_EN], "Days");
    assert_string_equal(policy->fields[1].title[LANGUAGE_ZH], "asset");
    assert_string_equal(policy->fields[0].preset, "7");
    assert_int_equal(policy->fields[1].value.other, 0);
    assert_true(policy_declares_fields(policy, 0));
    assert_false(policy_declares_fields(policy, 1));
    assert_true(policy_has_field(policy, 0, policy_find_field(policy, "asset")));
    assert_false(policy_has_field(policy, 1, policy_find_field(policy, "asset")));
    assert_int_equal(policy_find_field(policy, "floor"), POLICY_NONE);
    policy_destroy(policy);
    small_world_finish(&world);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(refuses_fields),
        cmocka_unit_test(refuses_needs),
        cmocka_unit_test(refuses_fillings),
        cmocka_unit_test(knows_whose_fields_are_whose),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
