/*
 * Events as a client sees them (daemon/subscription.c, daemon/history.c): what is told, in which order, what
 * is said when something can't be told any more, and what roles without contact data get to see.
 */
#include "daemon/history.h"
#include "tests/unit/server_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

static void test_event_text(void **state)
{
    struct fixture *fixture = fixture_create(ROLE_HANDLER, NULL);
    int fd = fixture_connect(fixture);

    (void)state;
    fixture->sequence = 7;
    fixture_call(fixture, fd, "event.subscribe", 1, "{}");
    assert_string_equal(fixture_hear(fixture, fd),
                        "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{\"sub\":\"1\",\"seq\":7}}\n");
    fixture_publish(fixture, "clock.breached", 4711, "{\"clock\":\"response\"}");
    fixture_publish(fixture, "policy.loaded", 0, NULL);
    assert_string_equal(
        fixture_hear(fixture, fd),
        "{\"jsonrpc\":\"2.0\",\"method\":\"event\",\"params\":{\"sub\":\"1\",\"seq\":8,\"type\":"
        "\"clock.breached\",\"at\":\"2026-03-02T01:00:00+00:00\",\"ticket\":\"4711\",\"data\":{"
        "\"clock\":\"response\"}}}\n"
        "{\"jsonrpc\":\"2.0\",\"method\":\"event\",\"params\":{\"sub\":\"1\",\"seq\":9,\"type\":"
        "\"policy.loaded\",\"at\":\"2026-03-02T01:00:00+00:00\",\"ticket\":null,\"data\":{}}}\n");
    close(fd);
    fixture_destroy(fixture);
}

static void test_filters(void **state)
{
    struct fixture *fixture = fixture_create(ROLE_HANDLER, NULL);
    int fd = fixture_connect(fixture);
    const char *heard;

    (void)state;
    fixture_call(fixture, fd, "event.subscribe", 1, "{\"types\":[\"a\",\"b\"]}");
    fixture_call(fixture, fd, "event.subscribe", 2, "{\"filter\":{\"ticket\":\"5\"}}");
    fixture_call(fixture, fd, "event.subscribe", 3, "{\"types\":[]}");
    fixture_hear(fixture, fd);
    fixture_publish(fixture, "a", 4, "{}");
    fixture_publish(fixture, "c", 5, "{}");
    fixture_publish(fixture, "b", 5, "{}");
    heard = fixture_hear(fixture, fd);
    assert_int_equal(fixture_count(heard, "\"sub\":\"1\",\"seq\":1,"), 1);
    assert_int_equal(fixture_count(heard, "\"sub\":\"1\",\"seq\":3,"), 1);
    assert_int_equal(fixture_count(heard, "\"sub\":\"2\",\"seq\":2,"), 1);
    assert_int_equal(fixture_count(heard, "\"sub\":\"2\",\"seq\":3,"), 1);
    assert_int_equal(fixture_count(heard, "\n"), 4);
    close(fd);
    fixture_destroy(fixture);
}

static void test_bad_wishes(void **state)
{
    static const char *const wishes[][2] = {
        {"{\"types\":\"a\"}", "types"},
        {"{\"types\":[1]}", "types"},
        {"{\"types\":[\"0123456789012345678901234567890123456789012345678901234567890123456789\"]}", "types"},
        {"{\"filter\":{\"ticket\":5}}", "filter"},
        {"{\"filter\":{\"ticket\":\"KF-5\"}}", "filter"},
        {"{\"filter\":{\"ticket\":\"99999999999999999999\"}}", "filter"},
        {"{\"filter\":{\"desk\":\"main\"}}", "filter"},
        {"{\"from_seq\":0}", "from_seq"},
        {"{\"from_seq\":-1}", "from_seq"},
    };
    struct fixture *fixture = fixture_create(ROLE_HANDLER, NULL);
    int fd = fixture_connect(fixture);

    (void)state;
    for (size_t index = 0; index < sizeof(wishes) / sizeof(*wishes); index++) {
        char field[64];

        fixture_call(fixture, fd, "event.subscribe", 1, wishes[index][0]);
        snprintf(field, sizeof(field), "\"field\":\"%s\"", wishes[index][1]);
        assert_non_null(strstr(fixture_hear(fixture, fd), field));
    }
    assert_int_equal(fixture_figures(fixture).subscriptions_open, 0);
    close(fd);
    fixture_destroy(fixture);
}

static void test_unsubscribe_and_limit(void **state)
{
    struct fixture *fixture = fixture_create(ROLE_HANDLER, NULL);
    int fd = fixture_connect(fixture);

    (void)state;
    for (int count = 1; count <= 16; count++)
        fixture_call(fixture, fd, "event.subscribe", count, "{}");
    fixture_hear(fixture, fd);
    fixture_call(fixture, fd, "event.subscribe", 17, "{}");
    assert_non_null(strstr(fixture_hear(fixture, fd), "invalid_state"));
    fixture_call(fixture, fd, "event.unsubscribe", 18, "{\"sub\":\"3\"}");
    assert_non_null(strstr(fixture_hear(fixture, fd), "\"id\":18,\"result\":{}"));
    fixture_call(fixture, fd, "event.unsubscribe", 19, "{\"sub\":\"3\"}");
    assert_non_null(strstr(fixture_hear(fixture, fd), "not_found"));
    fixture_publish(fixture, "a", 1, "{}");
    assert_int_equal(fixture_count(fixture_hear(fixture, fd), "\n"), 15);
    close(fd);
    fixture_run(fixture);
    assert_int_equal(fixture_figures(fixture).subscriptions_open, 0);
    fixture_destroy(fixture);
}

static void test_no_event_before_its_subscription_is_known(void **state)
{
    struct fixture *fixture = fixture_create(ROLE_HANDLER, NULL);
    int fd = fixture_connect(fixture);
    const char *heard;

    (void)state;
    fixture_call(fixture, fd, "test.late", 1, "{}");
    fixture_call(fixture, fd, "event.subscribe", 2, "{}");
    fixture_publish(fixture, "a", 1, "{}");
    assert_string_equal(fixture_hear(fixture, fd), "");
    fixture_answer(fixture, 0, "11");
    heard = fixture_hear(fixture, fd);
    assert_true(strstr(heard, "\"id\":2") < strstr(heard, "\"seq\":1,"));
    assert_int_equal(fixture_count(heard, "\n"), 3);
    close(fd);
    fixture_destroy(fixture);
}

static void test_catching_up(void **state)
{
    struct fixture *fixture = fixture_create(ROLE_HANDLER, NULL);
    int fd = fixture_connect(fixture);
    const char *heard;

    (void)state;
    fixture->sequence = 100; /* from before the start */
    fixture_call(fixture, fd, "event.subscribe", 1, "{\"from_seq\":98}");
    assert_non_null(strstr(fixture_hear(fixture, fd),
                           "\"seq\":97}}\n{\"jsonrpc\":\"2.0\",\"method\":\"event.lost\",\"params\":{"
                           "\"sub\":\"1\",\"from\":98,\"to\":100}}\n"));
    for (int count = 0; count < 10; count++)
        fixture_publish(fixture, "a", 1, "{}");
    assert_int_equal(fixture_count(fixture_hear(fixture, fd), "\n"), 10);
    fixture_call(fixture, fd, "event.subscribe", 2, "{\"from_seq\":105}");
    heard = fixture_hear(fixture, fd);
    assert_int_equal(fixture_count(heard, "\"sub\":\"2\",\"seq\":"), 6 + 1);
    assert_int_equal(fixture_count(heard, "event.lost"), 0);
    fixture_call(fixture, fd, "event.subscribe", 3, "{\"from_seq\":90}");
    heard = fixture_hear(fixture, fd);
    assert_non_null(strstr(heard, "\"from\":90,\"to\":100}"));
    assert_int_equal(fixture_count(heard, "\"sub\":\"3\",\"seq\":"), 10 + 1);
    fixture_call(fixture, fd, "event.subscribe", 4, "{\"from_seq\":112}");
    fixture_publish(fixture, "a", 1, "{}");
    fixture_publish(fixture, "a", 1, "{}");
    assert_int_equal(fixture_count(fixture_hear(fixture, fd), "\"sub\":\"4\",\"seq\":112,"), 1);
    assert_int_equal(fixture_figures(fixture).events_lost, 3 + 11);
    close(fd);
    fixture_destroy(fixture);
}

static void publish_many(struct fixture *fixture, size_t count, size_t bytes)
{
    char *body = malloc(bytes + 16);

    memset(body, 'x', bytes);
    memcpy(body, "{\"a\":\"", 6);
    memcpy(body + bytes - 2, "\"}", 3);
    for (size_t index = 0; index < count; index++) {
        fixture_publish(fixture, "a", 1, body);
        if (index % 64 == 0)
            fixture_run(fixture);
    }
    free(body);
    fixture_run(fixture);
}

static void test_a_pause_loses_nothing(void **state)
{
    struct fixture *fixture = fixture_create(ROLE_HANDLER, NULL);
    int fd = fixture_connect(fixture);

    (void)state;
    fixture_call(fixture, fd, "event.subscribe", 1, "{}");
    publish_many(fixture, 3000, 1024);
    assert_true(fixture_figures(fixture).unsent_bytes < 1100 * 1024);
    const char *heard = fixture_hear(fixture, fd);

    assert_int_equal(fixture_count(heard, "\"seq\":") - 1, 3000);
    assert_int_equal(fixture_count(heard, "event.lost"), 0);
    close(fd);
    fixture_destroy(fixture);
}

static void check_overflow(size_t count, size_t bytes)
{
    struct fixture *fixture = fixture_create(ROLE_HANDLER, NULL);
    int fd = fixture_connect(fixture);

    fixture_call(fixture, fd, "event.subscribe", 1, "{}");
    publish_many(fixture, count, bytes);
    const char *heard = fixture_hear(fixture, fd);
    const char *lost = strstr(heard, "event.lost");
    size_t told = fixture_count(heard, "\"type\":");
    unsigned long from = 0, to = 0;

    assert_int_equal(fixture_count(heard, "event.lost"), 1);
    assert_int_equal(
        sscanf(lost, "event.lost\",\"params\":{\"sub\":\"1\",\"from\":%lu,\"to\":%lu}", &from, &to), 2);
    assert_int_equal(told + (to - from + 1), count);
    assert_int_equal(fixture_figures(fixture).events_lost, to - from + 1);
    publish_many(fixture, 1, 100);
    assert_int_equal(fixture_count(fixture_hear(fixture, fd), "\"seq\":"), 1);
    close(fd);
    fixture_destroy(fixture);
}

static void test_overflow_is_told_once(void **state)
{
    (void)state;
    check_overflow(8000, 1024);      /* beyond the history's rows */
    check_overflow(400, 100 * 1024); /* beyond its bytes */
}

static void test_contact_data_are_masked(void **state)
{
    struct fixture *fixture = fixture_create(ROLE_AUDITOR, NULL);
    int fd = fixture_connect(fixture);
    const char *heard;

    (void)state;
    fixture_call(fixture, fd, "event.subscribe", 1, "{}");
    fixture_hear(fixture, fd);
    fixture_publish(fixture, "ticket.create", 1,
                    "{\"contact\":{\"name\":\"Zhang\",\"phone\":\"138\"},\"subject\":\"pump\",\"to\":[{"
                    "\"email\":\"z@x\"}]}");
    heard = fixture_hear(fixture, fd);
    assert_non_null(strstr(heard,
                           "\"data\":{\"contact\":{\"name\":\"***\",\"phone\":\"***\"},\"subject\":\"pump\","
                           "\"to\":[{\"email\":\"***\"}]}}}\n"));
    close(fd);
    fixture_destroy(fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_event_text),
        cmocka_unit_test(test_filters),
        cmocka_unit_test(test_bad_wishes),
        cmocka_unit_test(test_unsubscribe_and_limit),
        cmocka_unit_test(test_no_event_before_its_subscription_is_known),
        cmocka_unit_test(test_catching_up),
        cmocka_unit_test(test_a_pause_loses_nothing),
        cmocka_unit_test(test_overflow_is_told_once),
        cmocka_unit_test(test_contact_data_are_masked),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
