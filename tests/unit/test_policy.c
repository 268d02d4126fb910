/*
 * The regime compiler's complaints, each with file, line and hint; which rungs and reminders
 * a ticket gets.
 */
#include "lib/policy.h"

#include "lib/ticket.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "tests/unit/small_regime.h"

static void complains_with_file_line_and_hint(void **state)
{
    static const struct {
        const char *old, *new;
        int below; /* the complaint's line, counted from the one that was bent */
        const char *complaint;
    } cases[] = {
        /* words */
        {"late entry = 30d", "late entri = 30d", 0,
         "unknown key 'late entri' in [regime] (known: name, title"},
        {"[contact]", "[contacts]", 0, "unknown section [contacts]"},
        {"zone = Asia/Shanghai", "zone = Asia/Shangai", 0, "zone: unknown time zone 'Asia/Shangai'"},
        {"calendar = always", "calendar = allways", 0, "calendar: there is no calendar 'allways'"},
        {"of = ticket", "of = person", 0, "of: a role is 'of' desk, department or ticket, not 'person'"},
        {"create = received", "create = accepted", 0, "unknown stage 'accepted' (known: received, closed)"},
        {"create = received", "invent = received", 0, "unknown action 'invent' (known: create, assign"},
        {"types = repair advice", "types = repair music", 0, "unknown type 'music' (known: repair, advice)"},
        {"[class request]", "[class reqest]", 1, "unknown class 'reqest' (known: request, complaint)"},
        {"channels = phone", "channels = smoke", 0, "unknown channel 'smoke' (known: phone, web)"},
        /* notices */
        {"[contact]\n", "[notices]\ndomains = example.com a..b\n[contact]\n", 1,
         "domains: 'a..b' is no domain of mail addresses (such as example.cn)"},
        {"[contact]\n", "[notices]\ndomains =\n[contact]\n", 1, "at least one domain is needed"},
        {"of = ticket\n", "of = ticket\nsees = number phone\n", 1,
         "sees: mails show no 'phone' (known: everything, number, class"},
        {"of = ticket\n", "of = ticket\nsees =\n", 1, "sees: what do their mails show?"},
        /* routes */
        {"[route advice]", "[route advice repair]", 1, "department: type 'repair' has a route already"},
        {"department = office", "department = attic", 0,
         "unknown department 'attic' (known: workshop, office)"},
        /* clocks */
        {"stop = contact\n", "", -2, "[clock limit] needs a stop"},
        {"start = received\n", "", -1, "[clock limit] needs a start"},
        {"within = general 24h, urgent 8h", "within = general 24h", -3,
         "[clock limit] has no budget for urgency 'urgent'"},
        {"within = general 24h, urgent 8h\n", "", -3, "has no budget for urgency 'general'"},
        {"within = general 24h", "within type mending = 3h\nwithin = general 24h", 0,
         "unknown type 'mending'"},
        {"within = general 24h", "within urgent = 3h\nwithin = general 24h", 0,
         "urgencies stand behind the '='"},
        {"within = general 24h", "within = general 24x", 0, "within: '24x' is no span"},
        {"within = general 24h", "within = general 24", 0, "within: '24' is no span"},
        {"within = general 24h", "within = general -24h", 0, "within: '-24h' must not be negative"},
        {"within = general 24h", "within = genral 24h", 0,
         "unknown urgency 'genral' (known: general, urgent)"},
        {"within = general 24h", "within = general 24h 3h", 0,
         "a budget is written 24h, or general 24h, urgent 8h"},
        {"within = general 24h", "within = general next wd", 0,
         "a budget is written 24h, or general 24h, urgent 8h"},
        {"within = general 24h", "within = general next wd 25:00", 0, "within: 'next wd 25:00' is no span"},
        {"within = general 24h", "within = general 0wd 16:00", 0, "an instant lies at least a day ahead"},
        {"within = general 24h, urgent 8h", "within = next h 16:00", 0, "a time of day stands behind a day"},
        {"stop = contact\n", "stop = contact:apologies\n", 0,
         "unknown contact kind 'apologies' (known: apology, other)"},
        {"stop = contact\n", "stop = contact by\n", 0, "'by' needs a role after it"},
        {"stop = contact\n", "stop = contact over\n", 0, "'over' needs a channel after it"},
        {"stop = contact\n", "stop = contact over pigeon\n", 0,
         "unknown channel 'pigeon' (known: phone, web)"},
        {"stop = solved\n", "stop = solved over phone\n", 0, "only a contact comes over a channel"},
        {"within = 8bh", "within = 8bh\ncounts = contact over phone", -3,
         "only quotas and silences count contacts"},
        {"silence = 2h", "silence = 2h\ncounts = solved", 1, "only contacts count"},
        {"silence = 2h", "silence = 2h\nreclassified = begins again", -2, "only a limit begins again"},
        {"silence = 2h", "silence = 2h\nreclassified = maybe", 1, "keeps its beginning, or begins again"},
        {"channels = phone\n", "channels = phone\nby = boss\n", 1, "unknown role 'boss'"},
        {"stop = contact\n", "stop = contact from intake\n", 0,
         "'from' is not understood here (perhaps: by ROLE)"},
        {"stop = contact\n", "stop = called\n", 0, "unknown happening 'called' (known: received, assigned"},
        {"stop = solved\n", "stop = solved:well\n", 0, "there are no kinds of solved: 'solved:well'"},
        {"stop = contact\n", "stop = contact:apology or\n", 0, "'or' stands between two kinds"},
        {"stop = contact\n", "stop = contact:apology or anger\n", 0, "unknown contact kind 'anger'"},
        {"stop = contact\n", "stop = contact\ncontinue = reopened\nrestart = reopened\n", -2,
         "[clock limit]: it either begins again or continues, not both"},
        {"stop = contact\n", "stop = contact\ncontinue = reopning\n", 1, "unknown happening 'reopning'"},
        {"remind = 50% 80%", "remind = 80% 50%", 0, "reminders rise and stay below 100%"},
        {"remind = 50% 80%", "remind = 50% 100%", 0, "reminders rise and stay below 100%"},
        {"remind = 50% 80%", "remind = 50% 2h", 0, "'2h' is no percentage (such as 50%)"},
        {"remind = 50% 80%", "remind = 50% 2x before", 0, "'2x' is no span"},
        {"remind = 50% 80%", "remind = 1mo before", 0, "'1mo' can't be counted back"},
        {"remind = 50% 80%", "remind = 2h before 2h before", 0, "reminders rise"},
        {"remind = 50% 80%",
         "remind = 1% 2% 3% 4% 5% 6%\nremind urgent complaint = 11% 12% 13% 14% 15% 16%\nremind complaint = "
         "99%",
         2, "at most 12 different reminders"},
        {"quota = 1..2 contacts per day", "quota = 1..2 contacts per day\ngrace = 10m", -2, "has no grace"},
        {"within = 8bh", "within = 8bh\ngrace = 1wd", 1, "grace is real or business time"},
        {"remind = 50% 80%", "remind = half", 0, "'half' is no percentage (such as 50%)"},
        {"remind urgent", "remind asap", 0, "'asap' is neither an urgency (general, urgent) nor a class"},
        {"remind to = handler or department_head\n", "", -6,
         "[clock limit] reminds, but 'remind to' is missing"},
        {"remind to = handler or department_head", "remind to = handler or", 0, "a role is missing"},
        {"remind to = handler or department_head", "remind to = or handler", 0,
         "'or' stands between two roles"},
        {"remind to = handler or department_head", "remind to = boss", 0,
         "unknown role 'boss' (known: intake, handler"},
        {"breach = ladder up", "breach = ladder down", 0, "breach: there is no [ladder down]"},
        {"breach = ladder up", "breach = stairs", 0, "on breach: ladder NAME"},
        {"breach template = late", "breach template = nothing", 0,
         "there is no template 'nothing' (looked for zh/nothing.txt and en/nothing.txt)"},
        {"breach template = late", "breach template = misspelt", 0,
         "template en/misspelt: line 1: unknown variable {numbr}"},
        {"breach template = late", "breach template = fielded", -8,
         "template fielded: {field.floor}: the regime has no [field floor]"},
        {"when = urgency urgent", "when = weather bad", 0,
         "'when' knows urgency, class, type, stage, customer and field:NAME, not 'weather'"},
        {"when = urgency urgent", "when = type shoes", 0, "unknown type 'shoes' (known: repair, advice)"},
        {"when = urgency urgent", "when = stage", 0, "at least one stage is needed"},
        {"when = urgency urgent", "when = customer good", 0, "unknown customer 'good' (known: key)"},
        {"rung urgent = +0", "rung repair = +0", 0,
         "other words follow what they are: type, stage or customer"},
        {"rung urgent = +0", "rung urgent type = +0", 0, "at least one type is needed"},
        {"quota = 1..2 contacts per day", "quota = 1..2 contacts a day", 0,
         "a quota is written 1..2 contacts per day"},
        {"quota = 1..2 contacts per day", "quota = 3..2 contacts per day", 0, "the smaller number first"},
        {"quota = 1..2 contacts per day", "quota = 1..2 contacts per 3mo", 0, "a quota's window is a day"},
        {"quota = 1..2 contacts per day", "quota = some contacts per day", 0, "no number of contacts"},
        {"quota = 1..2 contacts per day", "quota = 1 contact per 4h\nfirst window = owed", -2,
         "the first is never broken"},
        {"quota = 1..2 contacts per day", "quota = 1 contact per 5wd\non = working days", -2,
         "belongs to a quota per day"},
        {"quota = 1..2 contacts per day", "quota = 1 contact per day\non = mondays", 1, "not on 'mondays'"},
        {"within = 8bh", "within = 8bh\nlast window = owed", -3, "only quotas have windows"},
        {"within = 8bh", "promise = handler.mood", 0, "a promise is plan.expected_at"},
        {"within = 8bh", "promise = contact.next_at\nrestart = reopened", -3,
         "a promise begins again when another is given"},
        {"quota = 1..2 contacts per day", "quota = 0..2 contacts per day", 0, "at least 1"},
        {"hours = customer.staffed", "hours = office", 0, "hours are customer.staffed"},
        {"calendar = office", "calendar = beach", 0, "there is no calendar 'beach'"},
        {"hours = customer.staffed", "hours = customer.staffed\ncalendar = office", -3,
         "either the customer's hours count or a calendar"},
        {"[departments]", "[calendars]\nbeach =\n[departments]", 1, "there is no calendar 'beach'"},
        {"[departments]", "[calendars]\ndepartment =\n[departments]", 1, "means the department's calendar"},
        {"[departments]", "[calendars]\n24h =\n[departments]", 1, "there is no calendar '24h'"},
        {"[route repair]", "[department attic]\ncalendar = office\n[route repair]", 1,
         "unknown department 'attic'"},
        {"[route repair]", "[department office]\ncalendar = beach\n[route repair]", 1,
         "calendar: there is no calendar 'beach'"},
        {"of = ticket\n", "of = ticket\ncalendar = beach\n", 1, "there is no calendar 'beach'"},
        /* ladders, gates, reports */
        {"rung = +0 department_head by mail", "rung = +0 boss by mail", 0, "unknown role 'boss'"},
        {"rung = +0 department_head by mail", "rung = +0 department_head by mail if not closed", 0,
         "a rung's condition is 'if not met' or 'if not acknowledged'"},
        {"rung = +0 department_head by mail", "rung = +0 department_head by mail again", 0,
         "a rung is repeated 'again every 4h'"},
        {"rung = +0 department_head by mail", "rung = +0 department_head by mail again every 0s", 0,
         "'again every 0s' would never end"},
        {"rung = +0 department_head by mail", "rung = +0 department_head by mail again every 4x", 0,
         "'4x' is no span"},
        {"rung = +0 department_head by mail", "rung = +0 department_head by mail again every 4h at most", 0,
         "'at most' needs a number from 1 to 250"},
        {"rung = +0 department_head by mail",
         "rung = +0 department_head by mail again every 4h at most 251 times", 0,
         "'at most' needs a number from 1 to 250"},
        {"rung = +0 department_head by mail", "rung = +0 department_head by mail or so", 0,
         "'or so' is not understood here"},
        {"rung = +0 department_head by mail", "rung = +0 workshop.boss by mail", 0, "unknown role 'boss'"},
        {"rung = +0 department_head by mail", "rung = +0 attic.handler by mail", 0,
         "unknown department 'attic'"},
        {"rung = +0 department_head by mail", "rung = +0 person: by mail", 0, "'person:' needs a person"},
        {"rung = +0 department_head by mail", "rung = +0 department:office by mail", 0,
         "whom of the department? (write office.ROLE"},
        {"rung = +0 department_head by mail", "rung = 0 department_head by mail", 0,
         "a rung begins with its delay"},
        {"rung = +0 department_head by mail", "rung = +0 department_head", 0,
         "a rung ends with how people are told: by mail"},
        {"rung = +0 department_head by mail", "rung = +0 department_head by pigeon", 0,
         "unknown way 'pigeon'"},
        {"rung = +50% service_head", "rung = +150% service_head", 1,
         "rungs are written in the order they are climbed"},
        {"rung urgent = +0", "rung soon = +0", 0, "'soon' is neither an urgency"},
        {"gate close = clock:limit met", "gate close = clock:nothing met", 0, "there is no clock 'nothing'"},
        {"gate close = clock:limit met", "gate close = clock:limit over", 0,
         "a clock's condition is written clock:NAME met"},
        {"gate close", "gate open", 0,
         "unknown 'gate open' (known: gate contact counts, gate solve, gate close)"},
        {"template = report", "template = nothing", 0, "there is no template 'nothing'"},
        {"template = report\n", "", -1, "[report at_intake] needs a template"},
        {"when urgent = department_head", "when asap = department_head", 0, "unknown urgency 'asap'"},
        /* numbers */
        {"number = T-{seq:04}", "number = T-1", 0, "a number contains {seq} or {seq:06} exactly once"},
        {"number = T-{seq:04}", "number = {seq:04}", 0, "a number begins with letters"},
        {"number = T-{seq:04}", "number = T-{seq:04}-{day}", 0, "a number knows only {seq}"},
        {"number = T-{seq:04}", "number = T-{seq:x}", 0, "write {seq} or {seq:06}"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct small_world world;
        char *error = NULL, where[64];
        int line;
        char *text = small_bent(cases[i].old, cases[i].new, &line);
        struct policy *policy = small_compile(&world, text, &error);

        snprintf(where, sizeof(where), "small.ini:%d: ", line + cases[i].below);
        if (policy || !error || strncmp(error, where, strlen(where)) != 0 ||
            !strstr(error, cases[i].complaint))
            fail_msg("'%s' for '%s':\n  came     %s\n  expected %s… %s", cases[i].new, cases[i].old,
                     error ? error : "no complaint", where, cases[i].complaint);
        free(error);
        free(text);
        small_world_finish(&world);
    }
}

static void needs_rungs_for_everybody(void **state)
{
    struct small_world world;
    char *error = NULL;
    int line;
    char *text = small_bent("rung = +0 department_head by mail\n"
                            "rung = +50% service_head by mail\n"
                            "rung = +100% service_head intake by mail\n",
                            "", &line);

    (void)state;
    assert_null(small_compile(&world, text, &error));
    assert_non_null(strstr(error, "[ladder up] needs rungs for the tickets that no qualified rung names"));
    free(error);
    free(text);
    small_world_finish(&world);
}

static void reads_the_small_regime(void **state)
{
    struct small_world world;
    char *error = NULL;
    struct policy *policy = small_compile(&world, small_regime, &error);

    (void)state;
    if (!policy)
        fail_msg("%s", error);
    assert_int_equal(policy->clock_count, 4);
    assert_int_equal(policy->clocks[0].kind, CLOCK_LIMIT);
    assert_int_equal(policy->clocks[1].kind, CLOCK_QUOTA);
    assert_int_equal(policy->clocks[2].kind, CLOCK_SILENCE);
    assert_true(policy->clocks[2].customer_hours);
    assert_int_equal(policy->clocks[0].within[1].amount, 8 * MSEC_HOUR);
    assert_int_equal(policy->routes[0].department, 0);
    assert_int_equal(policy->routes[1].department, 1);
    assert_int_equal(policy->routes[0].when.types, 1);
    assert_int_equal(policy->routes[1].when.types, 2);
    assert_int_equal(policy->late_entry_ms, 30 * MSEC_DAY);
    assert_int_equal(policy->fact_count, 2);
    assert_int_equal(policy_find_fact(policy, "contact"), 1);
    assert_int_equal(policy_find_fact(policy, "contact:other"), POLICY_NONE);
    policy_destroy(policy);
    small_world_finish(&world);
}

static const struct ticket general_request = {.class_index = 0, .urgency = 0};
static const struct ticket urgent_request = {.class_index = 0, .urgency = 1};
static const struct ticket general_complaint = {.class_index = 1, .urgency = 0};
static const struct ticket urgent_complaint = {.class_index = 1, .urgency = 1};

static void chooses_the_rungs_that_fit_best(void **state)
{
    struct small_world world;
    char *error = NULL;
    struct policy *policy = small_compile(&world, small_regime, &error);
    const struct ladder_policy *up = &policy->ladders[0];

    (void)state;
    assert_int_equal(up->sets[policy_rung_set(up, &general_request)].count, 3);
    assert_int_equal(policy_rung_set(up, &urgent_request), 1);
    assert_int_equal(policy_rung_set(up, &general_complaint), 2);
    assert_int_equal(policy_rung_set(up, &urgent_complaint), 3);
    assert_int_equal(up->sets[3].rungs[0].percent, -1);
    assert_int_equal(up->sets[3].rungs[0].delay.amount, 2 * MSEC_HOUR);
    assert_int_equal(policy_reminders(&policy->clocks[0], &general_request)->percent[0], 50);
    assert_int_equal(policy_reminders(&policy->clocks[0], &urgent_request)->percent[0], 0);
    assert_null(policy_reminders(&policy->clocks[2], &urgent_request));
    policy_destroy(policy);
    small_world_finish(&world);
}

static void urgency_decides_before_class(void **state)
{
    struct small_world world;
    char *error = NULL;
    int line;
    char *text = small_bent("rung urgent complaint = +2h intake by mail\n", "", &line);
    struct policy *policy = small_compile(&world, text, &error);

    (void)state;
    assert_int_equal(policy_rung_set(&policy->ladders[0], &urgent_complaint), 1); /* urgent, not complaint */
    policy_destroy(policy);
    free(text);
    small_world_finish(&world);
}

static void conditions_of_every_kind_decide(void **state)
{
    struct small_world world;
    char *error = NULL;
    int line;
    char *text = small_bent("when = urgency urgent\n",
                            "when = urgency urgent, type advice, stage received, customer key\n", &line);
    struct policy *policy = small_compile(&world, text, &error);
    const struct ticket all = {.urgency = 1, .types = 2, .stage = 0, .is_key_customer = true};
    struct ticket others[] = {all, all, all, all};

    (void)state;
    if (!policy)
        fail_msg("%s", error);
    others[0].urgency = 0;
    others[1].types = 1;
    others[2].stage = 1;
    others[3].is_key_customer = false;
    assert_true(policy_applies(&policy->clocks[1].when, &all));
    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
        assert_false(policy_applies(&policy->clocks[1].when, &others[i]));
    policy_destroy(policy);
    free(text);
    small_world_finish(&world);
}

static void customer_decides_before_type_class_and_stage(void **state)
{
    struct small_world world;
    char *error = NULL;
    int line;
    char *text = small_bent("rung urgent complaint = +2h intake by mail\n",
                            "rung complaint type repair stage received = +0 intake by mail\n"
                            "rung customer key = +0 service_head by mail\n",
                            &line);
    struct policy *policy = small_compile(&world, text, &error);
    struct ticket ticket = {.class_index = 1, .types = 1};

    (void)state;
    if (!policy)
        fail_msg("%s", error);
    assert_int_equal(policy_rung_set(&policy->ladders[0], &ticket), 3);
    ticket.is_key_customer = true;
    assert_int_equal(policy_rung_set(&policy->ladders[0], &ticket), 4);
    ticket.urgency = 1;
    assert_int_equal(policy_rung_set(&policy->ladders[0], &ticket), 1);
    policy_destroy(policy);
    free(text);
    small_world_finish(&world);
}

static void names_are_for_those_who_handle(void **state)
{
    static const uint32_t number = UINT32_C(1) << VARIABLE_NUMBER, due = UINT32_C(1) << VARIABLE_DUE,
                          always = NOTICE_ALWAYS;
    struct small_world world;
    char *error;
    int line;
    char *text = small_bent(
        "[role handler]\n",
        "[role service_head]\nsees = number due\n[role intake]\nsees = everything\n[role handler]\n", &line);
    struct policy *policy = small_compile(&world, text, &error);

    (void)state;
    assert_non_null(policy);
    assert_int_equal(policy_sees(policy, vocabulary_find(&policy->roles, "handler")), NOTICE_ALL);
    assert_int_equal(policy_sees(policy, vocabulary_find(&policy->roles, "department_head")), NOTICE_ALL);
    assert_int_equal(policy_sees(policy, vocabulary_find(&policy->roles, "service_head")),
                     number | due | always);
    assert_int_equal(policy_sees(policy, vocabulary_find(&policy->roles, "intake")), NOTICE_ALL);
    assert_int_equal(policy_sees(policy, POLICY_NONE), NOTICE_ALL & ~NOTICE_PRIVATE);
    policy_destroy(policy);
    small_world_finish(&world);
    policy = small_compile(&world, small_regime, &error);
    assert_int_equal(policy_sees(policy, vocabulary_find(&policy->roles, "intake")),
                     NOTICE_ALL & ~NOTICE_PRIVATE);
    policy_destroy(policy);
    small_world_finish(&world);
    free(text);
}

static void domains_are_whole_domains(void **state)
{
    static const struct {
        const char *address;
        bool allowed;
    } cases[] = {
        {"li@example.com", true},
        {"li@EXAMPLE.com", true},
        {"li@example.com.invalid", false},
        {"li@mail.example.com", false},
        {"li@ample.com", false},
        {"li@notexample.com", false},
        {"li@b.example", true},
        {"li", false},
        {"", false},
        {"li@example.com@b.invalid", false},
    };
    struct small_world world;
    char *error;
    int line;
    char *text = small_bent("[contact]\n", "[notices]\ndomains = Example.com b.example\n[contact]\n", &line);
    struct policy *policy = small_compile(&world, text, &error);

    (void)state;
    assert_non_null(policy);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        if (policy_allows_address(policy, cases[i].address) != cases[i].allowed)
            fail_msg("%s", cases[i].address);
    policy_destroy(policy);
    small_world_finish(&world);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(complains_with_file_line_and_hint),
        cmocka_unit_test(needs_rungs_for_everybody),
        cmocka_unit_test(reads_the_small_regime),
        cmocka_unit_test(chooses_the_rungs_that_fit_best),
        cmocka_unit_test(urgency_decides_before_class),
        cmocka_unit_test(names_are_for_those_who_handle),
        cmocka_unit_test(domains_are_whole_domains),
        cmocka_unit_test(conditions_of_every_kind_decide),
        cmocka_unit_test(customer_decides_before_type_class_and_stage),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
