/* Small incident logs, and the calls they must become. */
#include "client/import_map.h"

#include "client/csv.h"
#include "lib/base/instant.h"
#include "lib/base/text.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define HEADING                                                                                              \
    "number,incident_state,active,reassignment_count,reopen_count,sys_mod_count,made_sla,caller_id,"         \
    "opened_by,opened_at,sys_updated_at,contact_type,location,category,subcategory,u_symptom,impact,"        \
    "urgency,priority,assignment_group,assigned_to,resolved_by,resolved_at,closed_at\n"

#define OPENED "2016-03-01T08:00"

/* A row of incident `number`: opened at 08:00, updated at `updated` of the same day. */
#define ROW(number, state, updated, priority)                                                                \
    number "," state ",true,0,0,0,true,Caller 7,Opened by 1," OPENED ",2016-03-01T" updated                  \
           ",Phone,Location 3,Category 5,Subcategory 6,,2 - Medium,2 - Medium," priority                     \
           ",Group 9,Resolver 4,Resolved by 2,,2016-03-09T10:00\n"
#define NORMAL "3 - Moderate"

struct source {
    const char *text;
};

static ssize_t give(void *context, char *bytes, size_t size)
{
    struct source *source = context;
    size_t length = strnlen(source->text, size);

    memcpy(bytes, source->text, length);
    source->text += length;
    return (ssize_t)length;
}

static const char *fill(struct import_map *map, struct csv *csv)
{
    const char *const *fields;
    const char *wrong;
    size_t count;

    if (csv_next(csv, &fields, &count) != CSV_RECORD)
        return csv_error(csv);
    wrong = import_map_heading(map, fields, count);
    while (!wrong && csv_next(csv, &fields, &count) == CSV_RECORD)
        wrong = import_map_row(map, fields, csv_line(csv));
    return wrong ? wrong : *csv_error(csv) ? csv_error(csv) : NULL;
}

/* A map of `log`; `ret_wrong` (storage of 200) is "" when it was fine. */
static struct import_map *read_log(const char *log, const struct zone *zone, msec until_at, char *ret_wrong)
{
    struct source source = {log};
    struct import_map *map = import_map_create(zone, until_at);
    struct csv *csv = csv_create(give, &source);
    const char *wrong = fill(map, csv);

    snprintf(ret_wrong, 200, "%s", wrong ? wrong : "");
    csv_destroy(csv);
    import_map_finish(map);
    return map;
}

/* The steps as "08:00 T1 ticket.create 0" lines, times in UTC. */
static void list(const struct import_map *map, struct text *out)
{
    for (size_t i = 0; i < import_map_steps(map); i++) {
        const struct import_step *step = import_map_step(map, i);
        char at[INSTANT_TEXT];

        instant_format(step->at, 0, at);
        text_printf(out, "%.5s %s %s %u\n", at + 11, import_map_reference(map, step->incident),
                    import_map_method(step->verb), step->number);
    }
}

static void assert_steps(const char *log, const char *wanted)
{
    struct zone *zone = zone_create_utc();
    char wrong[200];
    struct import_map *map = read_log(log, zone, NEVER, wrong);
    struct text out = {0};

    assert_string_equal(wrong, "");
    list(map, &out);
    assert_string_equal(text_get(&out), wanted);
    text_finish(&out);
    import_map_destroy(map);
    zone_destroy(zone);
}

static void assert_refused(const char *log, const char *wanted)
{
    struct zone *zone = zone_create_utc();
    char wrong[200];
    struct import_map *map = read_log(log, zone, NEVER, wrong);

    assert_string_equal(wrong, wanted);
    import_map_destroy(map);
    zone_destroy(zone);
}

static void an_ordinary_life(void **state)
{
    (void)state;
    assert_steps(HEADING ROW("T1", "New", "08:05", NORMAL) ROW("T1", "New", "08:10", NORMAL)
                     ROW("T1", "Active", "08:20", NORMAL) ROW("T1", "Active", "08:30", NORMAL)
                         ROW("T1", "Awaiting User Info", "08:40", NORMAL)
                             ROW("T1", "Awaiting Vendor", "08:50", NORMAL) ROW("T1", "-100", "08:55", NORMAL)
                                 ROW("T1", "Resolved", "09:00", NORMAL) ROW("T1", "Closed", "10:00", NORMAL),
                 "08:00 T1 ticket.create 0\n"
                 "08:10 T1 progress.add 1\n"
                 "08:20 T1 contact.record 2\n"
                 "08:30 T1 progress.add 3\n"
                 "08:40 T1 contact.record 4\n"
                 "08:50 T1 progress.add 5\n"
                 "08:55 T1 progress.add 6\n"
                 "09:00 T1 ticket.solve 7\n"
                 "10:00 T1 ticket.close 8\n");
}

static void a_first_row_that_is_further_on_says_more(void **state)
{
    (void)state;
    assert_steps(HEADING ROW("T1", "Active", "08:05", NORMAL), "08:00 T1 ticket.create 0\n"
                                                               "08:05 T1 contact.record 1\n");
    assert_steps(HEADING ROW("T1", "Closed", "08:05", NORMAL), "08:00 T1 ticket.create 0\n"
                                                               "08:05 T1 ticket.solve 1\n"
                                                               "08:05 T1 ticket.close 2\n");
}

static void leaving_resolved_or_closed_reopens(void **state)
{
    (void)state;
    assert_steps(HEADING ROW("T1", "New", "08:05", NORMAL) ROW("T1", "Resolved", "09:00", NORMAL)
                     ROW("T1", "Active", "09:10", NORMAL) ROW("T1", "Resolved", "09:20", NORMAL)
                         ROW("T1", "Closed", "09:30", NORMAL) ROW("T1", "Active", "09:40", NORMAL)
                             ROW("T1", "Closed", "09:50", NORMAL),
                 "08:00 T1 ticket.create 0\n"
                 "09:00 T1 ticket.solve 1\n"
                 "09:10 T1 ticket.reopen 2\n"
                 "09:10 T1 contact.record 3\n"
                 "09:20 T1 ticket.solve 4\n"
                 "09:30 T1 ticket.close 5\n"
                 "09:40 T1 ticket.reopen 6\n"
                 "09:40 T1 progress.add 7\n"
                 "09:50 T1 ticket.solve 8\n"
                 "09:50 T1 ticket.close 9\n");
}

static void resolved_again_is_progress_and_closed_again_is_nothing(void **state)
{
    (void)state;
    assert_steps(HEADING ROW("T1", "Resolved", "09:00", NORMAL) ROW("T1", "Resolved", "09:10", NORMAL)
                     ROW("T1", "Closed", "09:20", NORMAL) ROW("T1", "Closed", "09:30", "1 - Critical"),
                 "08:00 T1 ticket.create 0\n"
                 "09:00 T1 ticket.solve 1\n"
                 "09:10 T1 progress.add 2\n"
                 "09:20 T1 ticket.close 3\n");
}

static void another_urgency_classifies(void **state)
{
    (void)state;
    assert_steps(HEADING ROW("T1", "New", "08:05", NORMAL) ROW("T1", "New", "08:10", "4 - Low")
                     ROW("T1", "Active", "08:20", "1 - Critical") ROW("T1", "Active", "08:30", "2 - High"),
                 "08:00 T1 ticket.create 0\n"
                 "08:10 T1 progress.add 1\n"
                 "08:20 T1 ticket.classify 2\n"
                 "08:20 T1 contact.record 3\n"
                 "08:30 T1 ticket.classify 4\n"
                 "08:30 T1 progress.add 5\n");
}

static void an_intake_is_never_after_its_first_update(void **state)
{
    (void)state;
    assert_steps(HEADING ROW("T1", "New", "07:30", NORMAL) ROW("T1", "Active", "09:00", NORMAL),
                 "07:30 T1 ticket.create 0\n"
                 "09:00 T1 contact.record 1\n");
}

static void rows_go_by_time_and_within_a_minute_by_place(void **state)
{
    (void)state;
    assert_steps(HEADING ROW("T1", "Resolved", "09:00", NORMAL) ROW("T2", "New", "08:30", NORMAL)
                     ROW("T1", "Closed", "09:00", NORMAL) ROW("T1", "Active", "08:10", NORMAL),
                 "08:00 T1 ticket.create 0\n"
                 "08:00 T2 ticket.create 0\n"
                 "08:10 T1 contact.record 1\n"
                 "09:00 T1 ticket.solve 2\n"
                 "09:00 T1 ticket.close 3\n");
}

static void later_rows_can_be_left_out_and_keys_stay(void **state)
{
    struct zone *zone = zone_create_utc();
    char wrong[200];
    msec until_at;
    struct text out = {0};

    (void)state;
    assert_int_equal(instant_parse("2016-03-01T08:20:00Z", &until_at), INSTANT_OK);
    struct import_map *map =
        read_log(HEADING ROW("T1", "New", "08:05", NORMAL) ROW("T1", "Active", "08:20", NORMAL)
                     ROW("T1", "Closed", "08:21", NORMAL),
                 zone, until_at, wrong);

    list(map, &out);
    assert_string_equal(text_get(&out), "08:00 T1 ticket.create 0\n08:20 T1 contact.record 1\n");
    assert_int_equal(import_map_rows(map), 2);
    assert_int_equal(import_map_left_out(map), 1);
    assert_int_equal(import_map_incidents(map), 1);
    text_finish(&out);
    import_map_destroy(map);
    zone_destroy(zone);
}

static void files_of_another_kind_are_refused(void **state)
{
    (void)state;
    assert_refused("number,colour\n", "unknown column: colour");
    assert_refused("number,number\n", "column given twice: number");
    assert_refused("number,incident_state\n", "missing column: active");
    assert_refused(HEADING ROW("T1", "Sleeping", "08:05", NORMAL), "incident_state: Sleeping");
    assert_refused(HEADING ROW("T1", "New", "08:05", "5 - Planning"), "priority: 5 - Planning");
    assert_refused(HEADING ROW("T1", "New", "8:05", NORMAL), "sys_updated_at: 2016-03-01T8:05");
    assert_refused(HEADING ROW("T1", "New", "08:05Z", NORMAL), "sys_updated_at: 2016-03-01T08:05Z");
    assert_refused(HEADING ROW("T1", "New", "24:05", NORMAL), "sys_updated_at: 2016-03-01T24:05");
    assert_refused(HEADING ROW("", "New", "08:05", NORMAL), "number: (empty)");
}

static void assert_params(const struct import_map *map, size_t index, int is_live, const char *wanted)
{
    json_t *params = import_map_params(map, import_map_step(map, index), "42", is_live);
    char *text = json_dumps(params, JSON_COMPACT);

    assert_string_equal(text, wanted);
    free(text);
    json_decref(params);
}

static void calls_say_what_the_log_says(void **state)
{
    struct zone *zone = zone_create_utc();
    char wrong[200];
    struct import_map *map =
        read_log(HEADING ROW("INC1", "Active", "08:05", "1 - Critical")
                     ROW("INC1", "Active", "08:10", "2 - High") ROW("INC1", "Closed", "08:15", "2 - High"),
                 zone, NEVER, wrong);

    (void)state;
    assert_params(
        map, 0, 0,
        "{\"ref\":\"INC1\",\"class\":\"request\",\"type\":\"technical_service\",\"urgency\":\"very_urgent\","
        "\"channel\":\"phone\",\"customer\":{\"name\":\"Location 3\"},\"contact\":{\"name\":\"Caller 7\","
        "\"phone\":\"caller 7\"},\"subject\":\"Category 5 / Subcategory 6\","
        "\"received_at\":\"2016-03-01T08:00:00+00:00\",\"history\":true}");
    assert_params(map, 1, 0,
                  "{\"ticket\":\"42\",\"channel\":\"phone\",\"direction\":\"out\",\"reached\":true,\"kind\":"
                  "\"progress\","
                  "\"at\":\"2016-03-01T08:05:00+00:00\",\"history\":true}");
    assert_params(map, 2, 1,
                  "{\"ticket\":\"42\",\"urgency\":\"urgent\",\"at\":\"2016-03-01T08:10:00+00:00\"}");
    assert_params(map, 3, 1,
                  "{\"ticket\":\"42\",\"note\":\"state Active, group Group 9, assignee Resolver 4\","
                  "\"at\":\"2016-03-01T08:10:00+00:00\"}");
    assert_params(map, 4, 1,
                  "{\"ticket\":\"42\",\"result\":\"Resolved by 2\",\"at\":\"2016-03-01T08:15:00+00:00\"}");
    assert_params(map, 5, 1, "{\"ticket\":\"42\",\"at\":\"2016-03-01T08:15:00+00:00\"}");
    assert_int_equal(import_map_line(map, import_map_step(map, 5)), 4);
    import_map_destroy(map);
    zone_destroy(zone);
}

static void what_is_unknown_gets_a_word(void **state)
{
    struct zone *zone = zone_create_utc();
    char wrong[200];
    struct import_map *map = read_log(HEADING "INC2,New,true,0,0,0,true,,," OPENED "," OPENED
                                              ",,,,,,2 - Medium,2 - Medium,4,,,,,\n",
                                      zone, NEVER, wrong);

    (void)state;
    assert_string_equal(wrong, "");
    assert_params(
        map, 0, 1,
        "{\"ref\":\"INC2\",\"class\":\"request\",\"type\":\"technical_service\",\"urgency\":\"general\","
        "\"channel\":\"web\",\"customer\":{\"name\":\"unknown\"},\"contact\":{\"name\":\"unknown\","
        "\"phone\":\"caller unknown\"},\"subject\":\"incident INC2\","
        "\"received_at\":\"2016-03-01T08:00:00+00:00\"}");
    import_map_destroy(map);
    zone_destroy(zone);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_ordinary_life),
        cmocka_unit_test(a_first_row_that_is_further_on_says_more),
        cmocka_unit_test(leaving_resolved_or_closed_reopens),
        cmocka_unit_test(resolved_again_is_progress_and_closed_again_is_nothing),
        cmocka_unit_test(another_urgency_classifies),
        cmocka_unit_test(an_intake_is_never_after_its_first_update),
        cmocka_unit_test(rows_go_by_time_and_within_a_minute_by_place),
        cmocka_unit_test(later_rows_can_be_left_out_and_keys_stay),
        cmocka_unit_test(files_of_another_kind_are_refused),
        cmocka_unit_test(calls_say_what_the_log_says),
        cmocka_unit_test(what_is_unknown_gets_a_word),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
