/* The socket file: taking it over from the service manager or making it, and removing it. */
#ifndef DUBAN_DAEMON_LISTENER_H
#define DUBAN_DAEMON_LISTENER_H

#include <sys/types.h>

struct listener {
    int fd;
    int lock_fd; /* held while the file is ours, else -1 */
    char *path;  /* NULL when the socket was handed to us */
    dev_t device;
    ino_t inode; /* of the file we made: somebody else's is never removed */
};

enum listener_outcome {
    LISTENER_OK,
    LISTENER_IN_USE, /* another daemon answers at the path, or is just starting there */
    LISTENER_NO_SUCH_GROUP,
    LISTENER_NOT_A_SOCKET, /* the path is taken by another kind of file, or the descriptor is no listening
                              socket */
};

/* Uses `activated_fd` when it is not -1 (owned from LISTENER_OK on), else listens at `path` with mode 0660
   and `group` (a name or number; NULL: unchanged). 0 or a listener_outcome; negative errno when the system
   refuses. May ask the group database; for the start only. */
int listener_open(const char *path, const char *group, int activated_fd, struct listener *ret_listener)
    __attribute__((warn_unused_result));

/* Stops listening and removes the file if it is the one that listener_open() made. */
void listener_close(struct listener *listener);

#endif
