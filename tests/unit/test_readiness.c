/*
 * What the service manager hears and when the watchdog starves. The manager is a datagram socket of the
 * test's own.
 */
#include "daemon/readiness.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

static int listen_as_manager(const char *name)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

    assert_true(fd >= 0);
    snprintf(address.sun_path + 1, sizeof(address.sun_path) - 1, "%s", name);
    socklen_t length = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + strlen(name));

    assert_int_equal(bind(fd, (struct sockaddr *)&address, length), 0);
    return fd;
}

static void assert_heard(int manager, const char *expected)
{
    char message[512] = "";
    ssize_t got = recv(manager, message, sizeof(message) - 1, 0);

    assert_true(got > 0);
    assert_string_equal(message, expected);
}

static void test_messages(void **state)
{
    char name[64], variable[80];

    (void)state;
    snprintf(name, sizeof(name), "duban-test-readiness-%d", (int)getpid());
    snprintf(variable, sizeof(variable), "@%s", name);
    int manager = listen_as_manager(name);

    setenv("NOTIFY_SOCKET", variable, 1);
    readiness_open();
    assert_null(getenv("NOTIFY_SOCKET"));
    readiness_extend_start(30);
    assert_heard(manager, "EXTEND_TIMEOUT_USEC=30000000");
    readiness_ready("3 open tickets");
    assert_heard(manager, "READY=1\nSTATUS=3 open tickets");
    readiness_reloading();
    assert_heard(manager, "RELOADING=1\nSTATUS=Reading the regime again");
    readiness_stopping("Bye");
    assert_heard(manager, "STOPPING=1\nSTATUS=Bye");
    readiness_close();
    readiness_ready("nobody listens");
    close(manager);
}

static void test_sockets_of_another_process(void **state)
{
    (void)state;
    setenv("LISTEN_FDS", "1", 1);
    setenv("LISTEN_PID", "1", 1);
    readiness_open();
    assert_int_equal(readiness_listen_fd(), -1);
    assert_null(getenv("LISTEN_FDS"));
    assert_null(getenv("LISTEN_PID"));
    readiness_close();
}

static void test_starving(void **state)
{
    struct readiness_signs signs = {.turns = 1, .database_connected = true};

    (void)state;
    assert_null(readiness_stuck(&signs));
    signs.unanswered_ms = READINESS_UNANSWERED_MAX_MS + 1;
    assert_non_null(readiness_stuck(&signs));
    signs.database_connected = false; /* away and known to be */
    assert_null(readiness_stuck(&signs));
    signs.behind_ms = READINESS_BEHIND_MAX_MS + 1;
    assert_non_null(readiness_stuck(&signs));
    signs.behind_ms = 0;
    signs.turns = 0;
    assert_non_null(readiness_stuck(&signs));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_messages),
        cmocka_unit_test(test_sockets_of_another_process),
        cmocka_unit_test(test_starving),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
