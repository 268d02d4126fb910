/*
 * Replacing a file by rename(2).
 *
 * Called for calendars that the daemon may load at any moment. The new text is written beside the old file,
 * put on disk, and renamed over it: a crash or a full disk leaves the old file whole, and nobody ever reads
 * half. Only the name of a symbolic link would be replaced, so the file it leads to is.
 */
#include "client/replace_file.h"

#include "lib/base/memory.h"
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define NEW_FILE_MODE 0644

static bool write_all(int fd, const char *bytes, size_t length)
{
    while (length > 0) {
        ssize_t written = write(fd, bytes, length);

        if (written < 0 && errno != EINTR)
            return false;
        if (written > 0) {
            bytes += written;
            length -= (size_t)written;
        }
    }
    return fsync(fd) == 0;
}

/* So that the new name survives a crash; a directory that can't be synced is no reason to call it failed. */
static void sync_directory(const char *path)
{
    char *copy = memory_text(path);
    int fd = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    if (fd >= 0) {
        (void)!fsync(fd);
        close(fd);
    }
    free(copy);
}

static bool replace(const char *path, const char *bytes, size_t length)
{
    struct stat old;
    char *beside;
    bool is_written, exists = stat(path, &old) == 0;

    if (asprintf(&beside, "%s.XXXXXX", path) < 0)
        abort();
    int fd = mkostemp(beside, O_CLOEXEC);

    is_written = fd >= 0 && fchmod(fd, exists ? old.st_mode & 07777 : NEW_FILE_MODE) == 0 &&
                 write_all(fd, bytes, length) && rename(beside, path) == 0;
    int error = errno;

    if (fd >= 0) {
        close(fd);
        if (!is_written)
            unlink(beside);
    }
    free(beside);
    errno = error;
    return is_written;
}

bool replace_file(const char *path, const char *bytes, size_t length)
{
    struct stat old;
    char *real = realpath(path, NULL);

    if (real && stat(real, &old) == 0 && !S_ISREG(old.st_mode)) {
        free(real);
        errno = EINVAL;
        return false;
    }
    bool is_replaced = replace(real ? real : path, bytes, length);

    if (is_replaced)
        sync_directory(real ? real : path);
    free(real);
    return is_replaced;
}
