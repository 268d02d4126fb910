/*
 * What a client sees of daemon/connection.c and daemon/exchange.c: lines, order, batches, the ends of a
 * connection, and every limit that a client can run into.
 */
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

#define RESULT(id, value) "{\"jsonrpc\":\"2.0\",\"id\":" #id ",\"result\":{\"value\":" #value "}}\n"

static void test_lines(void **state)
{
    struct fixture *fixture = fixture_create(ROLE_HANDLER, NULL);
    int fd = fixture_connect(fixture);

    (void)state;
    fixture_say(fixture, fd, "\r\n\n{\"jsonrpc\":\"2.0\",\"method\":\"test.now\",\"id\":1}\r");
    assert_string_equal(fixture_hear(fixture, fd), RESULT(1, 0));
    fixture_send(fixture, fd, "{\"jsonrpc\":\"2.0\",\"meth", 22);
    assert_string_equal(fixture_hear(fixture, fd), "");
    fixture_say(fixture, fd,
                "od\":\"test.now\",\"id\":2}\n{\"jsonrpc\":\"2.0\",\"method\":\"test.now\",\"id\":3}");
    assert_string_equal(fixture_hear(fixture, fd), RESULT(2, 0) RESULT(3, 0));
    fixture_say(fixture, fd, "nonsense");
    assert_non_null(strstr(fixture_hear(fixture, fd), "\"id\":null,\"error\":{\"code\":-32700"));
    close(fd);
    fixture_run(fixture);
    assert_int_equal(fixture_figures(fixture).connections_open, 0);
    fixture_destroy(fixture);
}

static void test_answers_keep_the_order_of_requests(void **state)
{
    struct fixture *fixture = fixture_create(ROLE_HANDLER, NULL);
    int fd = fixture_connect(fixture);

    (void)state;
    fixture_call(fixture, fd, "test.late", 1, "{}");
    fixture_call(fixture, fd, "test.now", 2, "{\"value\":5}");
    fixture_call(fixture, fd, "test.late", 3, "{}");
    assert_string_equal(fixture_hear(fixture, fd), "");
    fixture_answer(fixture, 1, "33");
    assert_string_equal(fixture_hear(fixture, fd), "");
    fixture_answer(fixture, 0, "11");
    assert_string_equal(fixture_hear(fixture, fd), RESULT(1, 11) RESULT(2, 5) RESULT(3, 33));
    close(fd);
    fixture_destroy(fixture);
}

static void test_a_batch_is_one_answer(void **state)
{
    struct fixture *fixture = fixture_create(ROLE_HANDLER, NULL);
    int fd = fixture_connect(fixture);
    const char *heard;

    (void)state;
    fixture_say(fixture, fd,
                "[{\"jsonrpc\":\"2.0\",\"method\":\"test.late\",\"id\":1},7,"
                "{\"jsonrpc\":\"2.0\",\"method\":\"test.now\"},"
                "{\"jsonrpc\":\"2.0\",\"method\":\"test.now\",\"id\":2}]");
    fixture_call(fixture, fd, "test.now", 3, "{}");
    assert_string_equal(fixture_hear(fixture, fd), "");
    fixture_answer(fixture, 0, "11");
    heard = fixture_hear(fixture, fd);
    assert_int_equal(fixture_count(heard, "\n"), 2);
    assert_ptr_equal(strstr(heard, "[{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{\"value\":11}},"), heard);
    assert_non_null(strstr(heard, "{\"jsonrpc\":\"2.0\",\"id\":2,\"result\":{\"value\":0}}]\n" RESULT(3, 0)));
    assert_int_equal(fixture_count(heard, "-32600"), 1);
    close(fd);
    fixture_destroy(fixture);
}

static void test_notifications(void **state)
{
    struct fixture *fixture = fixture_create(ROLE_HANDLER, NULL);
    int fd = fixture_connect(fixture);

    (void)state;
    fixture_say(fixture, fd, "{\"jsonrpc\":\"2.0\",\"method\":\"system.ping\"}");
    assert_int_equal(fixture_figures(fixture).notifications_ignored, 0);
    fixture_say(fixture, fd, "{\"jsonrpc\":\"2.0\",\"method\":\"test.late\"}");
    fixture_say(fixture, fd,
                "[{\"jsonrpc\":\"2.0\",\"method\":\"test.late\"},{\"jsonrpc\":\"2.0\",\"method\":\"x\"}]");
    assert_string_equal(fixture_hear(fixture, fd), "");
    assert_int_equal(fixture->heard_count, 0);
    assert_int_equal(fixture_figures(fixture).notifications_ignored, 3);
    close(fd);
    fixture_destroy(fixture);
}

static void test_refusals(void **state)
{
    struct fixture *fixture = fixture_create(ROLE_HANDLER, NULL);
    int fd = fixture_connect(fixture);
    const char *heard;

    (void)state;
    fixture_call(fixture, fd, "test.nothing", 1, "{}");
    assert_non_null(strstr(fixture_hear(fixture, fd), "-32601"));
    fixture_call(fixture, fd, "test.now", 2, "{\"bad\":1}");
    assert_non_null(strstr(fixture_hear(fixture, fd), "\"field\":\"bad\",\"detail\":\"no such parameter\""));
    fixture_call(fixture, fd, "test.secret", 3, "{}");
    heard = fixture_hear(fixture, fd);
    assert_non_null(strstr(heard, "1005"));
    assert_non_null(strstr(heard, "\"detail\":\"role handler may not call test.secret\""));
    assert_int_equal(fixture->refused_count, 1);
    assert_int_equal(fixture->refused_role, ROLE_HANDLER);
    close(fd);
    fixture_destroy(fixture);
}

static void test_strangers_may_only_say_hello(void **state)
{
    struct fixture *fixture = fixture_create(ROLE_NONE, NULL);
    int fd = fixture_connect(fixture);

    (void)state;
    fixture_call(fixture, fd, "system.hello", 1, "{}");
    assert_string_equal(fixture_hear(fixture, fd), RESULT(1, 0));
    fixture_call(fixture, fd, "system.ping", 2, "{}");
    assert_string_equal(fixture_hear(fixture, fd), RESULT(2, 0));
    fixture_call(fixture, fd, "test.now", 3, "{}");
    assert_non_null(strstr(fixture_hear(fixture, fd), "role none may not call test.now"));
    close(fd);
    fixture_destroy(fixture);
}

static void test_half_close_finishes_what_was_asked(void **state)
{
    struct fixture *fixture = fixture_create(ROLE_HANDLER, NULL);
    int fd = fixture_connect(fixture);
    static const char unterminated[] = "{\"jsonrpc\":\"2.0\",\"method\":\"test.now\",\"id\":3}";

    (void)state;
    fixture_call(fixture, fd, "test.late", 1, "{}");
    fixture_call(fixture, fd, "test.now", 2, "{}");
    fixture_send(fixture, fd, unterminated, sizeof(unterminated) - 1);
    shutdown(fd, SHUT_WR);
    assert_string_equal(fixture_hear(fixture, fd), "");
    assert_int_equal(fixture_figures(fixture).connections_open, 1);
    fixture_answer(fixture, 0, "11");
    assert_string_equal(fixture_hear(fixture, fd), RESULT(1, 11) RESULT(2, 0) RESULT(3, 0));
    assert_true(fixture_is_closed(fixture, fd));
    assert_int_equal(fixture_figures(fixture).connections_open, 0);
    close(fd);
    fixture_destroy(fixture);
}

static void check_long_line(enum role role, size_t length, bool is_fine, bool is_terminated)
{
    struct fixture *fixture = fixture_create(role, NULL);
    int fd = fixture_connect(fixture);
    char *line = malloc(length + 1);
    int written = snprintf(line, length, "{\"jsonrpc\":\"2.0\",\"method\":\"test.now\",\"id\":2}");

    memset(line + written, ' ', length - (size_t)written);
    line[length] = is_terminated ? '\n' : ' ';
    fixture_call(fixture, fd, "test.late", 1, "{}");
    bool is_sent = fixture_send(fixture, fd, line, length + 1);

    assert_true(is_sent || !is_fine);
    fixture_answer(fixture, 0, "11");
    const char *heard = fixture_hear(fixture, fd);

    assert_ptr_equal(strstr(heard, RESULT(1, 11)), heard);
    assert_int_equal(fixture_count(heard, RESULT(2, 0)), is_fine && is_terminated);
    assert_int_equal(
        fixture_count(heard,
                      "\"code\":-32600,\"message\":\"Line too long\",\"data\":{\"name\":\"line_too_long\""),
        !is_fine);
    assert_int_equal(fixture_is_closed(fixture, fd), !is_fine);
    close(fd);
    free(line);
    fixture_destroy(fixture);
}

static void test_long_lines(void **state)
{
    (void)state;
    check_long_line(ROLE_HANDLER, 64 * 1024, true, true);
    check_long_line(ROLE_HANDLER, 64 * 1024, true, false);
    check_long_line(ROLE_HANDLER, 64 * 1024 + 1, false, true);
    check_long_line(ROLE_HANDLER, 64 * 1024 + 8, false, false);
    check_long_line(ROLE_GATEWAY, 64 * 1024 + 1, true, true);
    check_long_line(ROLE_GATEWAY, 1024 * 1024, true, true);
    check_long_line(ROLE_ADMIN, 1024 * 1024 + 1, false, true);
}

static void test_a_line_must_arrive_in_time(void **state)
{
    struct fixture *fixture = fixture_create(ROLE_HANDLER, &(struct server_limits){.partial_line_ms = 400});
    int slow = fixture_connect(fixture), idle = fixture_connect(fixture), steady = fixture_connect(fixture);

    (void)state;
    fixture_call(fixture, slow, "test.late", 1, "{}");
    fixture_call(fixture, idle, "test.now", 1, "{}");
    for (int count = 0; count < 12; count++) {
        fixture_send(fixture, slow, "{", 1);
        fixture_send(fixture, steady, "\n ", 2); /* a whole line each time, and the start of another */
        fixture_wait(fixture, 50);               /* far from the limit, however busy the machine is */
    }
    fixture_answer(fixture, 0, "11");
    assert_string_equal(fixture_hear(fixture, slow), RESULT(1, 11));
    assert_true(fixture_is_closed(fixture, slow));
    assert_false(fixture_is_closed(fixture, idle));
    assert_false(fixture_is_closed(fixture, steady));
    close(slow);
    close(idle);
    close(steady);
    fixture_destroy(fixture);
}

static void test_reading_stops_at_64_in_flight(void **state)
{
    struct fixture *fixture = fixture_create(ROLE_HANDLER, NULL);
    int fd = fixture_connect(fixture);

    (void)state;
    for (int count = 1; count <= 200; count++)
        fixture_call(fixture, fd, "test.late", count, "{}");
    assert_int_equal(fixture->heard_count, 64);
    fixture_answer(fixture, 1, "2"); /* not the oldest: it still holds its place */
    assert_int_equal(fixture->heard_count, 64);
    fixture_answer(fixture, 0, "1");
    assert_int_equal(fixture->heard_count, 66);
    for (size_t index = 2; index < 200; index++)
        fixture_answer(fixture, index, "0");
    assert_int_equal(fixture->heard_count, 200);
    assert_int_equal(fixture_count(fixture_hear(fixture, fd), "\n"), 200);
    assert_int_equal(fixture_figures(fixture).weight_bytes, 0);
    assert_int_equal(fixture_figures(fixture).unsent_bytes, 0);
    close(fd);
    fixture_destroy(fixture);
}

static void test_a_batch_waits_for_its_room(void **state)
{
    struct fixture *fixture = fixture_create(ROLE_HANDLER, &(struct server_limits){.in_flight = 4});
    int fd = fixture_connect(fixture);

    (void)state;
    for (int count = 1; count <= 3; count++)
        fixture_call(fixture, fd, "test.late", count, "{}");
    fixture_say(fixture, fd,
                "[{\"jsonrpc\":\"2.0\",\"method\":\"test.late\",\"id\":4},"
                "{\"jsonrpc\":\"2.0\",\"method\":\"test.late\",\"id\":5}]");
    fixture_call(fixture, fd, "test.late", 6, "{}");
    assert_int_equal(fixture->heard_count, 3);
    shutdown(fd, SHUT_WR);
    fixture_answer(fixture, 0, "1");
    assert_int_equal(fixture->heard_count, 5);
    for (size_t index = 1; index < 6; index++)
        fixture_answer(fixture, index, "0");
    assert_int_equal(fixture_count(fixture_hear(fixture, fd), "\n"), 5);
    assert_true(fixture_is_closed(fixture, fd));
    close(fd);
    fixture_destroy(fixture);
}

static char *long_value(size_t length)
{
    char *value = malloc(length + 3);

    memset(value, 'x', length + 2);
    value[0] = value[length + 1] = '"';
    value[length + 2] = '\0';
    return value;
}

static void test_reading_stops_at_1_mib_unsent(void **state)
{
    struct fixture *fixture = fixture_create(ROLE_HANDLER, NULL);
    int fd = fixture_connect(fixture);
    char *value = long_value(512 * 1024);

    (void)state;
    for (int count = 1; count <= 4; count++)
        fixture_call(fixture, fd, "test.late", count, "{}");
    for (size_t index = 0; index < 4; index++)
        fixture_answer(fixture, index, value);
    fixture_call(fixture, fd, "test.late", 5, "{}");
    assert_int_equal(fixture->heard_count, 4);
    assert_true(strlen(fixture_hear(fixture, fd)) > 2 * 1024 * 1024);
    assert_int_equal(fixture->heard_count, 5);
    free(value);
    close(fd);
    fixture_destroy(fixture);
}

static void test_8_mib_unsent_is_too_much(void **state)
{
    struct fixture *fixture = fixture_create(ROLE_HANDLER, NULL);
    int fd = fixture_connect(fixture);
    char *value = long_value(1024 * 1024);

    (void)state;
    for (int count = 1; count <= 9; count++)
        fixture_call(fixture, fd, "test.late", count, "{}");
    for (size_t index = 1; index < 8; index++) /* answers that wait for the first one count, too */
        fixture_answer(fixture, index, value);
    assert_int_equal(fixture_figures(fixture).connections_open, 1);
    fixture_answer(fixture, 8, value);
    assert_int_equal(fixture_figures(fixture).connections_open, 0);
    assert_int_equal(fixture_figures(fixture).dropped_slow, 1);
    assert_int_equal(fixture_figures(fixture).unsent_bytes, 0);
    free(value);
    close(fd);
    fixture_destroy(fixture);
}

static void test_the_fattest_goes_first(void **state)
{
    struct fixture *fixture =
        fixture_create(ROLE_HANDLER, &(struct server_limits){.unsent_total = 3 * 1024 * 1024});
    int lean = fixture_connect(fixture), fat = fixture_connect(fixture);
    char *value = long_value(1024 * 1024);

    (void)state;
    fixture_call(fixture, fat, "test.late", 1, "{}");
    fixture_call(fixture, fat, "test.late", 2, "{}");
    fixture_call(fixture, lean, "test.late", 1, "{}");
    for (size_t index = 0; index < 3; index++)
        fixture_answer(fixture, index, value);
    assert_int_equal(fixture_figures(fixture).connections_open, 2);
    fixture_call(fixture, lean, "test.late", 2, "{}");
    fixture_hear(fixture, lean);
    assert_int_equal(fixture->heard_count, 4);
    fixture_call(fixture, fat, "test.late", 3, "{}"); /* isn't read: 1 MiB is unsent */
    free(value);
    value = long_value(2 * 1024 * 1024);
    fixture_answer(fixture, 3, value);
    assert_int_equal(fixture_figures(fixture).dropped_slow, 1);
    assert_int_equal(fixture_figures(fixture).connections_open, 1);
    free(value);
    close(lean);
    close(fat);
    fixture_destroy(fixture);
}

static void test_a_reader_that_stopped_is_dropped(void **state)
{
    struct fixture *fixture = fixture_create(ROLE_HANDLER, &(struct server_limits){.stall_ms = 300});
    int fd = fixture_connect(fixture), good = fixture_connect(fixture);
    char *value = long_value(2 * 1024 * 1024);

    (void)state;
    fixture_call(fixture, good, "test.late", 1, "{}");
    fixture_call(fixture, fd, "test.late", 1, "{}");
    fixture_answer(fixture, 1, value);
    for (int count = 0; count < 20; count++) { /* slow, but it reads */
        char bytes[64 * 1024]; /* the kernel says "writable" only when three quarters are empty */

        fixture_wait(fixture, 20);
        assert_true(recv(fd, bytes, sizeof(bytes), 0) > 0);
    }
    assert_int_equal(fixture_figures(fixture).connections_open, 2);
    fixture_wait(fixture, 400);
    assert_int_equal(fixture_figures(fixture).connections_open, 1);
    assert_int_equal(fixture_figures(fixture).dropped_slow, 1);
    free(value);
    close(fd);
    close(good);
    fixture_destroy(fixture);
}

static void test_heavy_requests_are_refused_together(void **state)
{
    struct fixture *fixture = fixture_create(ROLE_HANDLER, &(struct server_limits){.weight_total = 8000});
    int first = fixture_connect(fixture), second = fixture_connect(fixture);

    (void)state;
    fixture_call(fixture, first, "test.late", 1, "{\"a\":[{},{},{},{},{},{},{},{},{},{}]}");
    assert_int_equal(fixture->heard_count, 1);
    fixture_call(fixture, second, "test.late", 1, "{\"a\":[{},{},{},{},{},{},{},{},{},{}]}");
    assert_int_equal(fixture->heard_count, 1);
    assert_non_null(strstr(fixture_hear(fixture, second), "1007"));
    fixture_answer(fixture, 0, "1");
    fixture_call(fixture, second, "test.late", 2, "{}");
    assert_int_equal(fixture->heard_count, 2);
    close(first);
    close(second);
    fixture_destroy(fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lines),
        cmocka_unit_test(test_answers_keep_the_order_of_requests),
        cmocka_unit_test(test_a_batch_is_one_answer),
        cmocka_unit_test(test_notifications),
        cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_strangers_may_only_say_hello),
        cmocka_unit_test(test_half_close_finishes_what_was_asked),
        cmocka_unit_test(test_long_lines),
        cmocka_unit_test(test_a_line_must_arrive_in_time),
        cmocka_unit_test(test_reading_stops_at_64_in_flight),
        cmocka_unit_test(test_a_batch_waits_for_its_room),
        cmocka_unit_test(test_reading_stops_at_1_mib_unsent),
        cmocka_unit_test(test_8_mib_unsent_is_too_much),
        cmocka_unit_test(test_the_fattest_goes_first),
        cmocka_unit_test(test_a_reader_that_stopped_is_dropped),
        cmocka_unit_test(test_heavy_requests_are_refused_together),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
