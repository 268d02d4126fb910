/*
 * daemon/server.c: who is let in, what becomes of tokens whose connection is gone, and the ends of a server.
 */
#include "daemon/token.h"
#include "tests/unit/server_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

static void check_connections(const struct server_limits *limits, size_t allowed, const char *why)
{
    struct fixture *fixture = fixture_create(ROLE_ADMIN, limits);
    int fds[128];

    for (size_t index = 0; index < allowed; index++) {
        fds[index] = fixture_connect(fixture);
        assert_false(fixture_is_closed(fixture, fds[index]));
    }
    int refused = fixture_connect(fixture);
    const char *heard = fixture_hear(fixture, refused);

    assert_non_null(strstr(heard, "\"code\":1007"));
    assert_non_null(strstr(heard, why));
    assert_true(fixture_is_closed(fixture, refused));
    close(refused);
    close(fds[0]);
    fixture_run(fixture);
    fds[0] = fixture_connect(fixture);
    assert_false(fixture_is_closed(fixture, fds[0]));
    assert_int_equal(fixture_figures(fixture).connections_open, allowed);
    assert_int_equal(fixture_figures(fixture).connections_total, allowed + 1);
    assert_int_equal(fixture_figures(fixture).connections_refused, 1);
    for (size_t index = 0; index < allowed; index++)
        close(fds[index]);
    fixture_destroy(fixture);
}

static void test_limits_of_connections(void **state)
{
    (void)state;
    check_connections(NULL, 64, "too many connections of this user"); /* an admin's */
    check_connections(&(struct server_limits){.connections = 5}, 5, "too many connections\"");
}

static void test_limit_of_a_plain_user(void **state)
{
    struct fixture *fixture = fixture_create(ROLE_HANDLER, NULL);
    size_t allowed = geteuid() == 0 ? 64 : 32; /* root's are always as many as an admin's */
    int fds[65];

    (void)state;
    for (size_t index = 0; index <= allowed; index++)
        fds[index] = fixture_connect(fixture);
    assert_int_equal(fixture_figures(fixture).connections_open, allowed);
    for (size_t index = 0; index <= allowed; index++)
        close(fds[index]);
    fixture_destroy(fixture);
}

static void test_a_stale_token_is_ignored(void **state)
{
    struct fixture *fixture = fixture_create(ROLE_HANDLER, NULL);
    int first = fixture_connect(fixture);

    (void)state;
    fixture_call(fixture, first, "test.late", 1, "{}");
    fixture_answer(fixture, 0, "1");
    int second = fixture_connect(fixture);

    fixture_call(fixture, second, "test.late", 2, "{}"); /* has the slot now */
    assert_int_equal((uint32_t)fixture->heard[0], (uint32_t)fixture->heard[1]);
    fixture_answer(fixture, 0, "666");
    server_answer(fixture->server, 0, "{}");
    server_answer(fixture->server, UINT64_MAX, "{}");
    server_answer_error(fixture->server, fixture->heard[0], RPC_INTERNAL_ERROR, NULL, NULL);
    assert_null(server_request(fixture->server, fixture->heard[0]));
    assert_string_equal(fixture_hear(fixture, second), "");
    fixture_answer(fixture, 1, "2");
    assert_int_equal(fixture_count(fixture_hear(fixture, second), "\"value\":2}"), 1);
    assert_int_equal(fixture_count(fixture_hear(fixture, first), "\n"), 1);
    close(first);
    close(second);
    fixture_destroy(fixture);
}

/* A client that went away in a way the server notices although it waits for the loop. */
static void hang_up(struct fixture *fixture, int fd)
{
    fixture_call(fixture, fd, "test.now", 99, "{}");
    close(fd);
    fixture_run(fixture);
}

static void test_a_request_outlives_its_connection(void **state)
{
    struct fixture *fixture = fixture_create(ROLE_HANDLER, NULL);
    int fd = fixture_connect(fixture), other = fixture_connect(fixture);

    (void)state;
    fixture_call(fixture, other, "test.late", 1, "{\"value\":5}");
    fixture_call(fixture, fd, "test.late", 1, "{\"value\":6}");
    fixture_call(fixture, fd, "test.late", 2, "{\"value\":7}");
    fixture_call(fixture, fd, "test.late", 3, "{\"value\":8}");
    const struct request *request = server_request(fixture->server, fixture->heard[2]);

    assert_non_null(request);
    assert_true(server_peer_gid(fixture->server, fixture->heard[2]) == getegid());
    hang_up(fixture, fd);
    fixture_answer(fixture, 1, "6"); /* writing it tells that nobody reads */
    assert_int_equal(fixture_figures(fixture).connections_open, 1);
    assert_true(fixture_figures(fixture).weight_bytes > 0);
    assert_int_equal(json_integer_value(json_object_get(request->params, "value")), 7);
    assert_string_equal(request->id, "2");
    assert_non_null(request->peer.actor);
    server_answer(fixture->server, fixture->heard[2], "{}");
    assert_true(server_peer_gid(fixture->server, fixture->heard[3]) == UINT32_MAX);
    assert_null(server_request(fixture->server, fixture->heard[3])); /* gone, and over with this question */
    fixture_answer(fixture, 3, "1");
    fixture_answer(fixture, 0, "5");
    assert_int_equal(fixture_figures(fixture).weight_bytes, 0);
    close(other);
    fixture_destroy(fixture);
}

static void test_destroy_with_requests_left(void **state)
{
    struct fixture *fixture = fixture_create(ROLE_HANDLER, NULL);
    int gone = fixture_connect(fixture), here = fixture_connect(fixture);

    (void)state;
    fixture_call(fixture, gone, "test.late", 1, "{}");
    fixture_say(fixture, gone,
                "[{\"jsonrpc\":\"2.0\",\"method\":\"test.late\",\"id\":2},"
                "{\"jsonrpc\":\"2.0\",\"method\":\"test.late\",\"id\":3}]");
    hang_up(fixture, gone);
    fixture_answer(fixture, 0, "1");
    fixture_call(fixture, here, "test.late", 1, "{}");
    fixture_call(fixture, here, "test.late", 2, "{}");
    server_answer_result(fixture->server, fixture->heard[3], "{\"last\":true}");
    server_destroy(fixture->server); /* what is ready is still sent */
    fixture->server = NULL;
    assert_int_equal(fixture_count(fixture_hear(fixture, here), "\"last\":true"), 1);
    assert_true(fixture_is_closed(fixture, here));
    close(here);
    fixture_destroy(fixture);
}

static void test_stop_accepting(void **state)
{
    struct fixture *fixture = fixture_create(ROLE_HANDLER, NULL);
    int fd = fixture_connect(fixture);

    (void)state;
    server_stop_accepting(fixture->server);
    assert_int_equal(access(fixture->path, F_OK), -1);
    fixture_call(fixture, fd, "test.now", 1, "{\"value\":3}");
    assert_int_equal(fixture_count(fixture_hear(fixture, fd), "\"value\":3"), 1);
    close(fd);
    fixture_destroy(fixture);
}

/* A waiting connection that can't be accepted must neither spin nor be forgotten. */
static void test_out_of_descriptors(void **state)
{
    struct fixture *fixture = fixture_create(ROLE_HANDLER, NULL);
    struct rlimit before, tight;
    int waiting = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);
    int next_free = dup(waiting);

    (void)state;
    close(next_free);
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
    tight = before;
    tight.rlim_cur = (rlim_t)next_free;
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &tight), 0);
    assert_int_equal(fixture_dial(fixture, waiting), 0);
    assert_int_equal(fixture_figures(fixture).connections_open, 0);
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
    fixture_run(fixture);
    assert_int_equal(fixture_figures(fixture).connections_open, 0); /* it rests for a moment */
    fixture_wait(fixture, 150);
    if (!fixture_is_closed(fixture, waiting)) /* valgrind acts the limit: it accepts and closes */
        assert_int_equal(fixture_figures(fixture).connections_open, 1);
    close(waiting);
    fixture_destroy(fixture);
}

static void test_tokens(void **state)
{
    struct token_table table;
    int things[3];

    (void)state;
    token_table_init(&table);
    uint64_t first = token_issue(&table, &things[0]), second = token_issue(&table, &things[1]);

    assert_true(first != 0 && second != 0 && first != second);
    assert_ptr_equal(token_find(&table, first), &things[0]);
    token_retire(&table, first);
    assert_null(token_find(&table, first));
    token_retire(&table, first);
    uint64_t third = token_issue(&table, &things[2]);

    assert_true(third != first);
    assert_ptr_equal(token_find(&table, third), &things[2]);
    assert_ptr_equal(token_find(&table, second), &things[1]);
    assert_null(token_find(&table, 0));
    assert_null(token_find(&table, UINT64_MAX));
    assert_ptr_equal(token_at(&table, 0), &things[2]);
    assert_null(token_at(&table, 2));
    token_table_finish(&table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_limits_of_connections),
        cmocka_unit_test(test_limit_of_a_plain_user),
        cmocka_unit_test(test_a_stale_token_is_ignored),
        cmocka_unit_test(test_a_request_outlives_its_connection),
        cmocka_unit_test(test_destroy_with_requests_left),
        cmocka_unit_test(test_stop_accepting),
        cmocka_unit_test(test_out_of_descriptors),
        cmocka_unit_test(test_tokens),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
