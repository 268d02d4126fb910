/*
 * A regime as data: every part as it was compiled, held against JSON written out here.
 */
#include "lib/policy_describe.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "tests/unit/small_regime.h"

/* The small regime's description, with something more in it. */
static json_t *describe(const char *old, const char *new)
{
    struct small_world world;
    char *error = NULL;
    int line;
    char *text = small_bent(old, new, &line);
    struct policy *policy = small_compile(&world, text, &error);

    if (!policy)
        fail_msg("%s", error);
    json_t *described = policy_describe(policy);

    assert_non_null(described);
    policy_destroy(policy);
    small_world_finish(&world);
    free(text);
    return described;
}

/* The part of a list whose `kind` is called that, without its line, which moves when a regime is edited. */
static json_t *part_of(json_t *described, const char *list, const char *kind, const char *name)
{
    json_t *part;
    size_t i;

    json_array_foreach(json_object_get(described, list), i,
                       part) if (strcmp(json_string_value(json_object_get(part, kind)), name) == 0)
    {
        assert_true(json_integer_value(json_object_get(part, "line")) > 0);
        json_object_del(part, "line");
        return part;
    }
    fail_msg("no %s among %s", name, list);
    return NULL;
}

static void assert_json(const json_t *value, const char *expected)
{
    json_error_t error;
    json_t *wanted = json_loads(expected, JSON_DECODE_ANY, &error);

    if (!wanted)
        fail_msg("%s: %s", error.text, expected);
    if (!json_equal(value, wanted)) {
        char *came = json_dumps(value, JSON_ENCODE_ANY | JSON_SORT_KEYS);

        fail_msg("came     %s\nexpected %s", came, expected);
    }
    json_decref(wanted);
}

static void describes_limits(void **state)
{
    json_t *described =
        describe("remind = 50% 80%\n", "title = 首次联系 | First contact\nremind = 50% 2h before\n"
                                       "grace = 10m\ncancel = closed\nrestart = reopened\n");
    json_t *limit = part_of(described, "clocks", "clock", "limit");
    json_t *first = json_array_get(json_object_get(limit, "reminders"), 0);
    json_t *urgent = json_array_get(json_object_get(limit, "reminders"), 1);

    (void)state;
    assert_json(json_object_get(limit, "title"), "{\"zh\": \"首次联系\", \"en\": \"First contact\"}");
    assert_json(json_object_get(limit, "kind"), "\"limit\"");
    assert_json(json_object_get(limit, "when"), "{}");
    assert_json(json_object_get(limit, "start"), "\"received\"");
    assert_json(json_object_get(limit, "stop"), "\"contact\"");
    assert_json(json_object_get(limit, "cancel"), "\"closed\"");
    assert_json(json_object_get(limit, "restart"), "[\"reopened\"]");
    assert_json(json_object_get(limit, "within"), "{\"general\": \"24h\", \"urgent\": \"8h\"}");
    assert_json(json_object_get(limit, "grace"), "\"10m\"");
    assert_json(json_object_get(limit, "ladder"), "\"up\"");
    assert_json(json_object_get(limit, "calendar"), "\"always\"");
    assert_json(json_object_get(limit, "remind_to"),
                "[[{\"role\": \"handler\"}, {\"role\": \"department_head\"}]]");
    assert_json(json_object_get(first, "percent"), "[50]");
    assert_json(json_object_get(first, "before"), "[\"2h\"]");
    assert_json(json_object_get(urgent, "when"), "{\"urgencies\": [\"urgent\"]}");
    json_decref(described);
}

static void describes_every_kind_of_clock(void **state)
{
    json_t *described =
        describe("[clock silence]\n", "[clock call]\npromise = contact.next_at\nstop = contact\n"
                                      "calendar = department\nwhen = customer key, class complaint\n"
                                      "[clock silence]\n");
    json_t *daily = part_of(described, "clocks", "clock", "daily");
    json_t *call = part_of(described, "clocks", "clock", "call");
    json_t *silence = part_of(described, "clocks", "clock", "silence");

    (void)state;
    assert_json(json_object_get(daily, "quota"),
                "{\"minimum\": 1, \"target\": 2, \"window\": \"1d\", \"working_days_only\": false,"
                " \"owes_first\": false, \"owes_last\": false}");
    assert_null(json_object_get(daily, "within"));
    assert_null(json_object_get(daily, "ladder"));
    assert_json(json_object_get(call, "promise"), "\"contact.next_at\"");
    assert_json(json_object_get(call, "calendar"), "\"department\"");
    assert_json(json_object_get(call, "when"), "{\"classes\": [\"complaint\"], \"key_customers\": true}");
    assert_json(json_object_get(silence, "calendar"), "\"customer.staffed\"");
    assert_json(json_object_get(silence, "within"), "{\"general\": \"2h\", \"urgent\": \"2h\"}");
    json_decref(described);
}

/* A budget that only one urgency has is one; a type without a route is on no list. */
static void describes_what_is_there(void **state)
{
    json_t *described = describe("within = 8bh\n",
                                 "within = urgent 8bh\nwhen = urgency urgent\nreclassified = begins again\n");
    json_t *business = part_of(described, "clocks", "clock", "business");

    (void)state;
    assert_json(json_object_get(business, "within"), "{\"urgent\": \"8bh\"}");
    assert_json(json_object_get(business, "reclassified"), "\"begins again\"");
    json_decref(described);
    described = describe("[route advice]\ndepartment = office\n", "");
    assert_json(json_object_get(described, "routes"), "{\"repair\": \"workshop\"}");
    json_decref(described);
}

static void describes_ladders_and_reports(void **state)
{
    json_t *described = describe("when urgent = department_head\n",
                                 "on = solved\nwhen urgent = office.department_head person:li.na\n");
    json_t *up = part_of(described, "ladders", "ladder", "up");
    json_t *report = part_of(described, "reports", "report", "at_intake");
    json_t *urgent = json_array_get(json_object_get(up, "lists"), 1);
    json_t *rung = json_array_get(json_object_get(urgent, "rungs"), 0);

    (void)state;
    assert_json(json_object_get(up, "all_clear"), "true");
    assert_int_equal(json_array_size(json_object_get(up, "lists")), 4);
    assert_json(json_object_get(urgent, "when"), "{\"urgencies\": [\"urgent\"]}");
    assert_json(json_object_get(rung, "text"), "\"+0 department_head by mail\"");
    assert_json(json_object_get(rung, "rung"), "1");
    assert_json(json_object_get(rung, "to"), "[[{\"role\": \"department_head\"}]]");
    assert_json(
        report,
        "{\"report\": \"at_intake\", \"template\": \"report\", \"on\": \"solved\", \"to\": {\"urgent\":"
        " [[{\"role\": \"department_head\", \"department\": \"office\"}], [{\"person\": \"li.na\"}]]}}");
    json_decref(described);
}

static void describes_which_tickets_a_report_is_about(void **state)
{
    json_t *described =
        describe("when urgent = department_head\n", "when = urgency urgent\nwhen urgent = department_head\n");
    json_t *report = part_of(described, "reports", "report", "at_intake");

    (void)state;
    assert_json(json_object_get(report, "when"), "{\"urgencies\": [\"urgent\"]}");
    json_decref(described);
}

static void describes_the_head_and_its_words(void **state)
{
    json_t *described = describe("name = small\n", "name = small\ntitle = 小店 | Small shop\nlanguage = en\n"
                                                   "list first = urgent\n");

    (void)state;
    assert_json(json_object_get(described, "regime"), "\"small\"");
    assert_json(json_object_get(described, "title"), "{\"zh\": \"小店\", \"en\": \"Small shop\"}");
    assert_json(json_object_get(described, "language"), "\"en\"");
    assert_json(json_object_get(described, "list_first"), "[\"urgent\"]");
    assert_json(json_object_get(described, "zone"), "\"Asia/Shanghai\"");
    assert_json(json_object_get(described, "calendar"), "\"always\"");
    assert_json(json_object_get(described, "digest"), "\"0123456789abcdef\"");
    assert_json(json_object_get(json_object_get(described, "words"), "urgencies"),
                "[{\"name\": \"general\", \"zh\": \"general\", \"en\": \"general\"},"
                " {\"name\": \"urgent\", \"zh\": \"urgent\", \"en\": \"urgent\"}]");
    assert_json(json_object_get(json_object_get(described, "words"), "steps"), "[]");
    json_decref(described);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(describes_limits),
        cmocka_unit_test(describes_every_kind_of_clock),
        cmocka_unit_test(describes_what_is_there),
        cmocka_unit_test(describes_ladders_and_reports),
        cmocka_unit_test(describes_which_tickets_a_report_is_about),
        cmocka_unit_test(describes_the_head_and_its_words),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
