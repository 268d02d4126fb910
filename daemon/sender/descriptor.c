/*
 * The one write loop of the mail worker: result lines, Maildir files and composed messages go through it.
 *
 * A descriptor may take less than it is offered (a full pipe, a nearly full disk, a signal); callers are only
 * interested in all or nothing.
 */
#include "daemon/sender/descriptor.h"

#include <errno.h>
#include <unistd.h>

int descriptor_write(int fd, const char *bytes, size_t length)
{
    while (length > 0) {
        ssize_t written = write(fd, bytes, length);

        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return -errno;
        bytes += written;
        length -= (size_t)written;
    }
    return 0;
}
