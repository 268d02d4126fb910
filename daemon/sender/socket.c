/*
 * Interposes socket(), so that the SMTP library's connections get what the library does not give them.
 *
 * The linker lets the library's call end here because the executable defines the symbol. TCP_NODELAY: without
 * it a mail above 2 KiB waits 44 ms for a delayed acknowledgement. SO_SNDTIMEO bounds connect(), for which
 * the library has no timeout. CLOEXEC for hygiene. The alternative, a patched copy of the library, would be
 * ours to maintain.
 *
 * One session at a time: the newest socket is the session's.
 */
#include "daemon/sender/socket.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

static int limit_ms;
static int newest = -1;

void socket_limit(int timeout_ms)
{
    limit_ms = timeout_ms;
}

void socket_cut(void)
{
    if (newest >= 0)
        shutdown(newest, SHUT_RDWR);
}

static bool is_tcp(int domain, int type)
{
    int kind = type & ~(SOCK_NONBLOCK | SOCK_CLOEXEC);

    return (domain == AF_INET || domain == AF_INET6) && kind == SOCK_STREAM;
}

/* Failure of an option costs time, not mail: it is not an error. */
static void prepare(int fd)
{
    struct timeval limit = {.tv_sec = limit_ms / 1000, .tv_usec = limit_ms % 1000 * 1000};
    int on = 1;

    (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (limit_ms > 0) {
        (void)setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
        (void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    }
}

int socket(int domain, int type, int protocol)
{
    int fd = (int)syscall(SYS_socket, domain, type | SOCK_CLOEXEC, protocol);

    if (fd >= 0 && is_tcp(domain, type)) {
        prepare(fd);
        newest = fd;
    }
    return fd;
}
