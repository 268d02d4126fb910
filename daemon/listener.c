/*
 * The listening socket.
 *
 * Opened once by server_create(), closed by server_stop_accepting(). With socket activation the service
 * manager owns file, mode and group, and keeps clients waiting in the queue while we start; else we make the
 * file.
 *
 * A file may be left behind by a daemon that was killed. It is removed only when it is a socket and connect()
 * says ECONNREFUSED, that is, when nobody has it open. Between that answer and unlink() another daemon could
 * make its own file and lose it to us, so both hold a lock on `<path>.lock` from before the question until
 * they stop. The lock file stays: removing it would open the same race for the lock.
 *
 * Nobody can connect before listen(), so mode and group are set between bind() and listen() and no moment is
 * left in which the umask decides who gets in.
 */
#include "daemon/listener.h"

#include "lib/base/memory.h"
#include "lib/base/text.h"
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define BACKLOG 128

static int adopt(int fd, struct listener *listener)
{
    int is_listening = 0, domain = 0, type = 0;
    socklen_t bytes = sizeof(int);

    if (getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &is_listening, &bytes) < 0 ||
        getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &bytes) < 0 ||
        getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &bytes) < 0)
        return errno == ENOTSOCK ? LISTENER_NOT_A_SOCKET : -errno;
    if (!is_listening || domain != AF_UNIX || type != SOCK_STREAM)
        return LISTENER_NOT_A_SOCKET;
    int flags = fcntl(fd, F_GETFL);

    if (flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) < 0 || fcntl(fd, F_SETFD, FD_CLOEXEC) < 0)
        return -errno;
    listener->fd = fd;
    return LISTENER_OK;
}

static int take_lock(const char *path, struct listener *listener)
{
    struct text name;

    text_init(&name);
    text_printf(&name, "%s.lock", path);
    listener->lock_fd = open(text_get(&name), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    int error = errno;

    text_finish(&name);
    if (listener->lock_fd < 0)
        return -error;
    if (flock(listener->lock_fd, LOCK_EX | LOCK_NB) < 0)
        return errno == EWOULDBLOCK ? LISTENER_IN_USE : -errno;
    return LISTENER_OK;
}

static int open_socket(void)
{
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

    return fd < 0 ? -errno : fd;
}

/* 0 when nobody answers at the address, else why nobody should listen there. */
static int ask_who_is_there(const struct sockaddr_un *address)
{
    int fd = open_socket();

    if (fd < 0)
        return fd;
    int error = connect(fd, (const struct sockaddr *)address, sizeof(*address)) < 0 ? errno : 0;

    close(fd);
    if (error == ECONNREFUSED)
        return LISTENER_OK;
    return error == 0 || error == EAGAIN ? LISTENER_IN_USE
                                         : -error; /* EAGAIN: its queue is full, so it lives */
}

static int remove_stale(const struct sockaddr_un *address)
{
    struct stat status;

    if (lstat(address->sun_path, &status) < 0)
        return errno == ENOENT ? LISTENER_OK : -errno;
    if (!S_ISSOCK(status.st_mode)) /* connect() answers ECONNREFUSED for a plain file, too */
        return LISTENER_NOT_A_SOCKET;
    int outcome = ask_who_is_there(address);

    if (outcome != LISTENER_OK)
        return outcome;
    return unlink(address->sun_path) < 0 && errno != ENOENT ? -errno : LISTENER_OK;
}

static int find_group(const char *name, gid_t *ret_gid)
{
    char *end;
    unsigned long number = strtoul(name, &end, 10);

    if (*name >= '0' && *name <= '9' && *end == '\0' && number < UINT32_MAX) {
        *ret_gid = (gid_t)number;
        return LISTENER_OK;
    }
    const struct group *entry = getgrnam(name);

    if (!entry)
        return LISTENER_NO_SUCH_GROUP;
    *ret_gid = entry->gr_gid;
    return LISTENER_OK;
}

static int remember_file(const char *path, struct listener *listener)
{
    struct stat status;

    if (lstat(path, &status) < 0)
        return -errno;
    listener->path = memory_text(path);
    listener->device = status.st_dev;
    listener->inode = status.st_ino;
    return LISTENER_OK;
}

static int open_up(const char *path, const char *group)
{
    gid_t gid;

    if (group) {
        int outcome = find_group(group, &gid);

        if (outcome != LISTENER_OK)
            return outcome;
        if (chown(path, (uid_t)-1, gid) < 0)
            return -errno;
    }
    return chmod(path, 0660) < 0 ? -errno : LISTENER_OK;
}

static int bind_and_listen(const struct sockaddr_un *address, const char *group, struct listener *listener)
{
    listener->fd = open_socket();
    if (listener->fd < 0)
        return listener->fd;
    if (bind(listener->fd, (const struct sockaddr *)address, sizeof(*address)) < 0)
        return errno == EADDRINUSE ? LISTENER_IN_USE : -errno;
    int outcome = remember_file(address->sun_path, listener);

    if (outcome == LISTENER_OK)
        outcome = open_up(address->sun_path, group);
    if (outcome == LISTENER_OK && listen(listener->fd, BACKLOG) < 0)
        outcome = -errno;
    return outcome;
}

int listener_open(const char *path, const char *group, int activated_fd, struct listener *ret_listener)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};

    *ret_listener = (struct listener){.fd = -1, .lock_fd = -1};
    if (activated_fd >= 0)
        return adopt(activated_fd, ret_listener);
    if (strlen(path) >= sizeof(address.sun_path))
        return -ENAMETOOLONG;
    memcpy(address.sun_path, path, strlen(path));
    int outcome = take_lock(path, ret_listener);

    if (outcome == LISTENER_OK)
        outcome = remove_stale(&address);
    if (outcome == LISTENER_OK)
        outcome = bind_and_listen(&address, group, ret_listener);
    if (outcome != LISTENER_OK)
        listener_close(ret_listener);
    return outcome;
}

void listener_close(struct listener *listener)
{
    struct stat status;

    if (listener->path && lstat(listener->path, &status) == 0 && status.st_dev == listener->device &&
        status.st_ino == listener->inode)
        unlink(listener->path);
    if (listener->fd >= 0)
        close(listener->fd);
    if (listener->lock_fd >= 0)
        close(listener->lock_fd);
    free(listener->path);
    *listener = (struct listener){.fd = -1, .lock_fd = -1};
}
