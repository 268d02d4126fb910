/*
 * People: what a people file may say, who holds which role where, and stand-ins for replay.
 */
#include "lib/roster.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "tests/unit/small_regime.h"

#define HEAD                                                                                                 \
    "[person a.head]\nname = Head\nmail = head@example.com\nroles = department_head\ndepartment = "          \
    "workshop\n"

static struct small_world world;
static struct policy *policy;

static int set_up(void **state)
{
    char *error = NULL;

    (void)state;
    policy = small_compile(&world, small_regime, &error);
    return policy ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    policy_destroy(policy);
    small_world_finish(&world);
    return 0;
}

static void complains_with_file_line_and_hint(void **state)
{
    static const struct {
        const char *text, *complaint;
    } cases[] = {
        {"[staff a]\nname = A\n", "people.ini:1: unknown section [staff a] (known: [person ID])"},
        {"[person a b]\nname = A\n", "people.ini:1: unknown section [person a b]"},
        {"[person a]\nphone = 1\n",
         "people.ini:2: unknown key 'phone' (known: name, mail, roles, department"},
        {"[person a]\nroles = handler boss\n", "people.ini:2: the regime knows no role 'boss'"},
        {"[person a]\ndepartment = attic\n", "people.ini:2: the regime knows no department 'attic'"},
        {"[person a]\nname = A <a>\n", "people.ini:2: a name has no angle brackets"},
        {"[person a]\nname = \n", "people.ini:2: a person needs a name"},
        {"[person a]\nmail = nowhere\n", "people.ini:2: 'nowhere' is no mail address"},
        {"[person a]\nmail = a@b@c\n", "is no mail address"},
        {"[person a]\nmail = a b@c\n", "is no mail address: character 2"},
        {"[person a]\nmail = @c\n", "is no mail address"},
        {"[person a]\nsms = 12\n", "people.ini:2: '12' is no number (such as +8613800000000)"},
        {"[person a]\nsms = +86 138\n", "is no number"},
        {"[person a]\nsms = ++8613800000000\n", "is no number"},
        {"[person a]\nchat = two words\n", "people.ini:2: what a chat calls somebody is one word"},
        {"[person a]\nlanguage = fr\n", "people.ini:2: unknown language 'fr' (known: zh, en)"},
        {"[person a]\nleft company = perhaps\n", "people.ini:2: 'perhaps' is neither yes nor no"},
        {"[person a]\nname = A\n", "people.ini:1: [person a] needs mail"},
        {"[person a]\ncalendar = beach\n", "people.ini:2: the regime names no calendar 'beach'"},
        {"[person a]\nmail = a@b\nroles = department_head\n", "people.ini:1: [person a] needs department"},
        {HEAD HEAD, "people.ini:6: "},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char *error = NULL;
        struct roster *roster = roster_compile(policy, "people.ini", cases[i].text, "", &error);

        if (roster || !error || !strstr(error, cases[i].complaint))
            fail_msg("%s\n  came     %s\n  expected %s", cases[i].text, error ? error : "no complaint",
                     cases[i].complaint);
        free(error);
    }
}

static void finds_who_holds_a_role_where(void **state)
{
    static const char text[] =
        HEAD "[person b.head]\nmail = b@example.com\nroles = department_head intake\n"
             "department = office\n"
             "[person c.gone]\nmail = c@example.com\nroles = department_head service_head\n"
             "department = workshop\nleft company = yes\n"
             "[person d.chief]\nname = 主管 | Chief\nmail = d@example.com\nroles = service_head\n"
             "language = en\n";
    uint8_t head = vocabulary_find(&policy->roles, "department_head");
    uint8_t chief = vocabulary_find(&policy->roles, "service_head");
    uint8_t workshop = vocabulary_find(&policy->departments, "workshop");
    uint8_t office = vocabulary_find(&policy->departments, "office");
    uint16_t people[8];
    char *error = NULL;
    struct roster *roster = roster_compile(policy, "people.ini", text, "d1", &error);

    (void)state;
    if (!roster)
        fail_msg("%s", error);
    assert_int_equal(roster_count(roster), 4);
    assert_string_equal(roster_digest(roster), "d1");
    assert_int_equal(roster_holders(roster, policy, head, workshop, people, 8), 1); /* who left is nobody */
    assert_string_equal(roster_person(roster, people[0])->id, "a.head");
    assert_int_equal(roster_holders(roster, policy, head, office, people, 8), 1);
    assert_string_equal(roster_person(roster, people[0])->id, "b.head");
    assert_int_equal(roster_holders(roster, policy, chief, workshop, people, 8), 1); /* of the whole desk */
    const struct person *person = roster_person(roster, people[0]);

    assert_string_equal(person->id, "d.chief");
    assert_string_equal(person->name[LANGUAGE_ZH], "主管");
    assert_string_equal(person->name[LANGUAGE_EN], "Chief");
    assert_int_equal(person->language, LANGUAGE_EN);
    assert_int_equal(roster_find(roster, "nobody"), ROSTER_NOBODY);
    assert_null(roster_person(roster, ROSTER_NOBODY));
    assert_int_equal(roster_holders(roster, policy, head, workshop, people, 0), 0);
    roster_destroy(roster);
}

/* Quiet hours go by a person's own calendar, else by the role's that they are told as, else by the regime's.
 */
static void knows_when_people_are_at_work(void **state)
{
    static const char people[] = HEAD "[person b.head]\nname = B\nmail = b@example.com\nroles = service_head "
                                      "handler\ncalendar = always\n";
    struct small_world own_world;
    char *error = NULL;
    int line;
    char *text = small_bent("of = department\n", "of = department\ncalendar = office\n", &line);
    struct policy *own_policy = small_compile(&own_world, text, &error);
    struct roster *roster = roster_compile(own_policy, "people.ini", people, "", &error);
    uint8_t head = vocabulary_find(&own_policy->roles, "department_head");
    uint8_t handler = vocabulary_find(&own_policy->roles, "handler");

    (void)state;
    assert_non_null(roster);
    assert_ptr_equal(roster_calendar(roster, own_policy, 0, head), own_world.office);
    assert_ptr_equal(roster_calendar(roster, own_policy, 0, handler), own_world.always);
    assert_ptr_equal(roster_calendar(roster, own_policy, 0, POLICY_NONE), own_world.always);
    assert_ptr_equal(roster_calendar(roster, own_policy, 1, head), own_world.always);
    roster_destroy(roster);
    policy_destroy(own_policy);
    small_world_finish(&own_world);
    free(text);
}

static void stands_in_for_everybody(void **state)
{
    struct roster *roster = roster_create_stand_in(policy);
    uint8_t head = vocabulary_find(&policy->roles, "department_head");
    uint16_t people[8];
    size_t before = roster_count(roster);

    (void)state;
    assert_int_equal(before,
                     1 + 2 + 1); /* intake, a head for each department, service_head; handlers are named */
    assert_int_equal(roster_holders(roster, policy, head, 1, people, 8), 1);
    assert_string_equal(roster_person(roster, people[0])->id, "department_head.office");
    assert_string_equal(roster_person(roster, people[0])->mail, "department_head.office@replay.invalid");
    uint16_t handler = roster_find(roster, "zhou.tao");

    assert_int_equal(roster_count(roster), before + 1);
    assert_int_equal(roster_find(roster, "zhou.tao"), handler);
    assert_int_equal(roster_find(roster, ""), ROSTER_NOBODY);
    roster_destroy(roster);
}

static void remembers_who_is_in_the_file_no_longer(void **state)
{
    char *error = NULL;
    struct roster *roster = roster_compile(policy, "people.ini", HEAD, "", &error);
    uint16_t gone = roster_remember(roster, "who.left");

    (void)state;
    assert_int_equal(roster_remember(roster, "a.head"), roster_find(roster, "a.head"));
    assert_string_equal(roster_person(roster, gone)->id, "who.left");
    assert_true(roster_person(roster, gone)->is_off);
    assert_int_equal(roster_remember(roster, "who.left"), gone);
    assert_int_equal(roster_find(roster, "who.left"), ROSTER_NOBODY); /* nobody can be named any more */
    roster_destroy(roster);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(complains_with_file_line_and_hint),
        cmocka_unit_test(finds_who_holds_a_role_where),
        cmocka_unit_test(knows_when_people_are_at_work),
        cmocka_unit_test(stands_in_for_everybody),
        cmocka_unit_test(remembers_who_is_in_the_file_no_longer),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
