/*
 * Readiness: sd_notify datagrams, the watchdog, and the socket that systemd listens on for us.
 *
 * Called by main.c, which knows when the daemon is ready, reloading or stopping. The protocol is a few
 * datagrams and three environment variables, so libsystemd is not needed. Started without a service manager,
 * everything here does nothing.
 *
 * The invariant: the watchdog is fed only when work gets done. A loop that turns proves little: the timer
 * that feeds would run in the very loop whose writer hangs. So the signs are asked for each time (turns since
 * the last time, the age of the oldest unanswered batch, how far the judge is behind) and one bad sign
 * starves the watchdog. A database that is away is no bad sign: it is known, retried and answered for, and a
 * restart would not bring it back. A database that is connected and does not answer is one.
 */
#include "daemon/readiness.h"

#include "daemon/log.h"
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define FIRST_PASSED_FD 3

static struct {
    int socket; /* connected to the service manager, -1: none */
    int64_t watchdog_ms;
    int passed_fds;
    struct event *timer;
    readiness_callback *callback;
    void *context;
} readiness = {.socket = -1};

/* A number from the environment; 0 when there is none. */
static int64_t take_number(const char *name)
{
    const char *value = getenv(name);
    int64_t number = value ? strtoll(value, NULL, 10) : 0;

    unsetenv(name);
    return number > 0 ? number : 0;
}

/* The variables come with the pid they are meant for; a parent's would do harm. */
static bool is_ours(const char *name, bool may_be_absent)
{
    bool absent = getenv(name) == NULL;
    int64_t pid = take_number(name);

    return absent ? may_be_absent : pid == getpid();
}

static int connect_manager(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    size_t length = strlen(path);

    if ((path[0] != '/' && path[0] != '@') || length >= sizeof(address.sun_path))
        return -1;
    memcpy(address.sun_path, path, length);
    if (path[0] == '@')
        address.sun_path[0] = '\0'; /* the abstract name space */
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

    if (fd < 0)
        return -1;
    if (connect(fd, (struct sockaddr *)&address,
                (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length)) < 0) {
        close(fd);
        return -1;
    }
    return fd;
}

void readiness_open(void)
{
    const char *path = getenv("NOTIFY_SOCKET");

    if (path && *path)
        readiness.socket = connect_manager(path);
    unsetenv("NOTIFY_SOCKET");
    int64_t watchdog_us = take_number("WATCHDOG_USEC");

    if (is_ours("WATCHDOG_PID", true))
        readiness.watchdog_ms = watchdog_us / 1000;
    int64_t passed = take_number("LISTEN_FDS");

    unsetenv("LISTEN_FDNAMES");
    if (is_ours("LISTEN_PID", false))
        readiness.passed_fds = passed < 16 ? (int)passed : 16;
}

void readiness_close(void)
{
    if (readiness.timer)
        event_free(readiness.timer);
    readiness.timer = NULL;
    if (readiness.socket >= 0)
        close(readiness.socket);
    readiness.socket = -1;
}

static bool is_listening_stream(int fd)
{
    int type, listening, domain;
    socklen_t room = sizeof(int);

    return getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &room) == 0 && type == SOCK_STREAM &&
           getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listening, &room) == 0 && listening == 1 &&
           getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &room) == 0 && domain == AF_UNIX;
}

int readiness_listen_fd(void)
{
    int chosen = -1;

    for (int fd = FIRST_PASSED_FD; fd < FIRST_PASSED_FD + readiness.passed_fds; fd++) {
        if (chosen < 0 && is_listening_stream(fd)) {
            fcntl(fd, F_SETFD, FD_CLOEXEC);
            fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
            chosen = fd;
        } else {
            log_warning("event=passed_socket_unused fd=%d", fd);
            close(fd);
        }
    }
    readiness.passed_fds = 0;
    return chosen;
}

static void notify(const char *what, const char *value)
{
    char message[512];

    if (readiness.socket < 0)
        return;
    int length = snprintf(message, sizeof(message), "%s%s", what, value);

    if (length <= 0)
        return;
    if ((size_t)length >= sizeof(message))
        length = sizeof(message) - 1;
    if (send(readiness.socket, message, (size_t)length, MSG_NOSIGNAL | MSG_DONTWAIT) < 0)
        log_debug("event=notify_failed reason=%s", strerror(errno));
}

void readiness_ready(const char *status)
{
    notify("READY=1\nSTATUS=", status);
}

void readiness_reloading(void)
{
    notify("RELOADING=1\nSTATUS=", "Reading the regime again");
}

void readiness_stopping(const char *status)
{
    notify("STOPPING=1\nSTATUS=", status);
}

void readiness_status(const char *status)
{
    notify("STATUS=", status);
}

void readiness_extend_start(int seconds)
{
    char microseconds[32];

    snprintf(microseconds, sizeof(microseconds), "%" PRId64, (int64_t)seconds * 1000000);
    notify("EXTEND_TIMEOUT_USEC=", microseconds);
}

const char *readiness_stuck(const struct readiness_signs *signs)
{
    if (signs->turns == 0)
        return "the loop does not turn";
    if (signs->database_connected && signs->unanswered_ms > READINESS_UNANSWERED_MAX_MS)
        return "the database does not answer";
    if (signs->behind_ms > READINESS_BEHIND_MAX_MS)
        return "deadlines are waiting to be judged";
    return NULL;
}

static void on_feeding_time(evutil_socket_t none, short what, void *context)
{
    struct readiness_signs signs = {0};

    (void)none;
    (void)what;
    (void)context;
    readiness.callback(readiness.context, &signs);
    const char *stuck = readiness_stuck(&signs);

    if (!stuck) {
        notify("WATCHDOG=", "1");
        return;
    }
    log_error("event=stuck reason=%s turns=%" PRIu64 " unanswered_ms=%" PRId64 " behind_ms=%" PRId64, stuck,
              signs.turns, signs.unanswered_ms, signs.behind_ms);
    notify("STATUS=Stuck: ", stuck);
}

int readiness_watch(struct event_base *base, readiness_callback *callback, void *context)
{
    if (readiness.watchdog_ms == 0)
        return 0;
    int64_t every_ms = readiness.watchdog_ms / 3;
    struct timeval every = {.tv_sec = every_ms / 1000, .tv_usec = every_ms % 1000 * 1000};

    readiness.callback = callback;
    readiness.context = context;
    readiness.timer = event_new(base, -1, EV_PERSIST, on_feeding_time, NULL);
    if (!readiness.timer || event_add(readiness.timer, &every) < 0)
        return -ENOMEM;
    notify("WATCHDOG=", "1");
    return 0;
}
