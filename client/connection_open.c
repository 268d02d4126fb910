/*
 * Reaching the daemon's socket.
 *
 * Used by connection.c only. Apart from it because most of the work is in the words: "permission denied" must
 * name the group to join, and "no such file" must say what to look at. connect() is left blocking, with a
 * send timeout, because for local sockets the kernel then waits for room in the listener's queue; a
 * non-blocking connect() would give EAGAIN with nothing to poll for.
 */
#include "client/connection_open.h"

#include "client/connection.h"
#include <errno.h>
#include <grp.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

static const char *socket_group(const char *path)
{
    struct stat status;
    /* Joining a group helps only when the group may write, and root's is not one to join. */
    bool helps = stat(path, &status) == 0 && (status.st_mode & S_IWGRP) && status.st_gid != 0;
    const struct group *group = helps ? getgrgid(status.st_gid) : NULL;

    return group ? group->gr_name : CONNECTION_GROUP;
}

static void explain(int reason, const char *path, struct text *error)
{
    if (reason == ENOENT || reason == ENOTDIR)
        text_printf(error, "there is no socket %s (is duband running? see: systemctl status duband)", path);
    else if (reason == ECONNREFUSED || reason == ENOTSOCK || reason == EPROTOTYPE)
        text_printf(error, "nobody listens on %s (is duband running? see: systemctl status duband)", path);
    else if (reason == EACCES || reason == EPERM)
        text_printf(error,
                    "permission denied on %s: join the group %s (usermod -aG %s USER) and log in again", path,
                    socket_group(path), socket_group(path));
    else if (reason == EAGAIN)
        text_printf(error, "duband is too busy to accept a connection on %s", path);
    else
        text_printf(error, "can't reach %s: %s", path, strerror(reason));
}

int connection_open_socket(const char *path, int timeout_ms, struct text *error)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    struct timeval timeout = {.tv_sec = timeout_ms / 1000, .tv_usec = timeout_ms % 1000 * 1000};

    if (strlen(path) >= sizeof address.sun_path) {
        text_printf(error, "the socket's path is too long (at most %zu bytes)", sizeof address.sun_path - 1);
        return -1;
    }
    strcpy(address.sun_path, path);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    if (fd >= 0 && setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &timeout, sizeof timeout) == 0 &&
        connect(fd, (const struct sockaddr *)&address, sizeof address) == 0)
        return fd;
    explain(errno, path, error);
    if (fd >= 0)
        close(fd);
    return -1;
}
