/* Rows of the journal as events: what becomes what, what is left out, and what is damage. */
#include "client/journal_event.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define WHO "\"actor\":\"zhou.tao\",\"role\":\"handler\",\"uid\":7,\"policy\":\"abc\""

static json_t *make_row(const char *type, const char *ticket, const char *body)
{
    return json_pack("{s:i, s:s, s:s*, s:s, s:s, s:s}", "seq", 17, "at", "2026-03-02T01:00:00.250Z", "ticket",
                     ticket, "type", type, "body", body, "hash", "00");
}

static enum journal_event_outcome read_row(const char *type, const char *ticket, const char *body,
                                           struct journal_event *ret_event)
{
    json_t *row = make_row(type, ticket, body);
    enum journal_event_outcome outcome = journal_event_read(row, ret_event);

    json_decref(row);
    return outcome;
}

static void check_object(struct journal_event *event, const char *wanted)
{
    json_t *object = json_loads(wanted, 0, NULL);
    char *text = json_dumps(event->object, JSON_COMPACT);

    assert_non_null(object);
    if (!json_equal(event->object, object))
        fail_msg("got %s", text);
    free(text);
    json_decref(object);
    json_decref(event->object);
}

static void a_schedules_ticket_is_named(void **state)
{
    struct journal_event event;

    (void)state;
    assert_int_equal(read_row("schedule.opened", "42",
                              "{\"schedule\":\"renewal_call\",\"record\":\"C-17\",\"register\":\"contracts\","
                              "\"number\":\"N-42\",\"policy\":\"abc\",\"params\":{}}",
                              &event),
                     JOURNAL_EVENT);
    assert_true(event.files_it);
    assert_string_equal(event.number, "N-42");
    check_object(&event, "{\"at\":\"2026-03-02T01:00:00.250Z\",\"method\":\"schedule.opened\",\"params\":"
                         "{\"ref\":\"42\",\"schedule\":\"renewal_call\",\"record\":\"C-17\"}}");
    assert_int_equal(read_row("schedule.opened", "42", "{\"record\":\"\"}", &event), JOURNAL_DAMAGED);
    assert_int_equal(read_row("schedule.told", NULL, "{\"schedule\":\"s\",\"record\":\"\"}", &event),
                     JOURNAL_OTHER);
}

static void a_create_gets_its_id_as_ref(void **state)
{
    struct journal_event event;

    (void)state;
    assert_int_equal(read_row("ticket.create", "42",
                              "{\"method\":\"ticket.create\",\"number\":\"N-42\"," WHO
                              ",\"params\":{\"ref\":\"mine\","
                              "\"desk\":\"south\",\"idempotency_key\":\"k\",\"subject\":\"x\"}}",
                              &event),
                     JOURNAL_EVENT);
    assert_int_equal(event.sequence, 17);
    assert_int_equal(event.at, 1772413200250);
    assert_int_equal(event.ticket, 42);
    assert_true(event.files_it);
    check_object(&event, "{\"at\":\"2026-03-02T01:00:00.250Z\",\"actor\":\"zhou.tao\",\"role\":\"handler\","
                         "\"method\":\"ticket.create\",\"params\":{\"ref\":\"42\",\"subject\":\"x\"}}");
}

/* The client had named the ticket by its number; the row knows its id. */
static void a_later_request_names_the_ref(void **state)
{
    struct journal_event event;

    (void)state;
    assert_int_equal(read_row("contact.record", "42",
                              "{\"method\":\"contact.record\"," WHO
                              ",\"params\":{\"ticket\":\"N-42\",\"channel\":"
                              "\"phone\",\"if_revision\":3,\"on_behalf_of\":\"zhou.tao\"}}",
                              &event),
                     JOURNAL_EVENT);
    assert_false(event.files_it);
    check_object(&event,
                 "{\"at\":\"2026-03-02T01:00:00.250Z\",\"actor\":\"zhou.tao\",\"role\":\"handler\","
                 "\"method\":\"contact.record\",\"params\":{\"ticket\":\"42\",\"channel\":\"phone\"}}");
}

static void history_for_somebody_is_a_gateways(void **state)
{
    struct journal_event event;

    (void)state;
    assert_int_equal(read_row("contact.record", "42",
                              "{\"method\":\"contact.record\"," WHO
                              ",\"params\":{\"ticket\":\"42\",\"history\":true,"
                              "\"on_behalf_of\":\"zhou.tao\"}}",
                              &event),
                     JOURNAL_EVENT);
    check_object(&event, "{\"at\":\"2026-03-02T01:00:00.250Z\",\"actor\":\"zhou.tao\",\"role\":\"gateway\","
                         "\"method\":\"contact.record\",\"params\":{\"ticket\":\"42\",\"history\":true,"
                         "\"on_behalf_of\":\"zhou.tao\"}}");
}

static void verdicts_are_no_events(void **state)
{
    static const char *const types[] = {"clock.breached", "ladder.rung", "access.denied", "system.reload",
                                        "something.new"};
    struct journal_event event;

    (void)state;
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        assert_int_equal(read_row(types[i], "42",
                                  "{\"clock\":\"plan\",\"method\":\"ticket.close\",\"params\":{}}", &event),
                         JOURNAL_OTHER);
        assert_null(event.object);
        assert_int_equal(event.sequence, 17);
    }
}

static void damage_is_named(void **state)
{
    static const struct {
        const char *type, *ticket, *body, *wrong;
    } rows[] = {
        {"ticket.close", "42", "{\"method\":", "no JSON object"},
        {"clock.breached", "42", "7", "no JSON object"},
        {"ticket.close", "42", "{\"clock\":\"plan\"}", "names another one, or none"},
        {"ticket.close", "42", "{\"method\":\"ticket.solve\"," WHO ",\"params\":{}}", "names another one"},
        {"ticket.close", "42", "{\"method\":\"ticket.close\",\"params\":{}}", "who asked"},
        {"ticket.close", "42", "{\"method\":\"ticket.close\"," WHO "}", "no params"},
        {"ticket.create", NULL, "{\"method\":\"ticket.create\"," WHO ",\"params\":{}}", "which"},
        {"ticket.close", "4x", "{\"method\":\"ticket.close\"," WHO ",\"params\":{}}", "no number"},
        {"ticket.fold", "42", "{\"method\":\"ticket.fold\"," WHO ",\"params\":{}}",
         "does not know its method"},
    };
    struct journal_event event;

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        assert_int_equal(read_row(rows[i].type, rows[i].ticket, rows[i].body, &event), JOURNAL_DAMAGED);
        if (!strstr(event.wrong, rows[i].wrong))
            fail_msg("row %zu: %s", i, event.wrong);
        assert_null(event.object);
    }
}

static void columns_are_needed(void **state)
{
    static const char *const rows[] = {
        "{}",
        "{\"seq\":0,\"at\":\"2026-03-02T01:00:00Z\",\"type\":\"x\",\"body\":\"{}\"}",
        "{\"seq\":1,\"at\":\"2026-03-02T01:00:00\",\"type\":\"x\",\"body\":\"{}\"}",
        "{\"seq\":1,\"at\":\"2026-03-02T01:00:00Z\",\"body\":\"{}\"}",
        "{\"seq\":1,\"at\":\"2026-03-02T01:00:00Z\",\"type\":\"x\",\"body\":{}}",
    };
    struct journal_event event;

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        json_t *row = json_loads(rows[i], 0, NULL);

        assert_non_null(row);
        assert_int_equal(journal_event_read(row, &event), JOURNAL_DAMAGED);
        assert_non_null(event.wrong);
        json_decref(row);
    }
}

static void time_alone_is_an_event_too(void **state)
{
    struct journal_event event = {.object = journal_event_advance(1772413200250)};

    (void)state;
    check_object(&event, "{\"at\":\"2026-03-02T01:00:00.250+00:00\",\"method\":\"clock.advance\"}");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_create_gets_its_id_as_ref),
        cmocka_unit_test(a_schedules_ticket_is_named),
        cmocka_unit_test(a_later_request_names_the_ref),
        cmocka_unit_test(history_for_somebody_is_a_gateways),
        cmocka_unit_test(verdicts_are_no_events),
        cmocka_unit_test(damage_is_named),
        cmocka_unit_test(columns_are_needed),
        cmocka_unit_test(time_alone_is_an_event_too),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
