/*
 * Reading the files that configure us.
 *
 * Used by the daemon for its settings and its regime, and by dubanctl for replay, explain and lint: both must
 * see the same bytes. Only regular files are read, because a directory reads as an empty configuration in
 * some libraries, and a pipe or a device would block whoever reads it; the file is opened without waiting and
 * looked at before a byte is read. Sizes are bounded: nobody's regime has a hundred megabytes.
 */
#include "files/files.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/sha.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int read_all(int fd, size_t limit, struct text *ret_text)
{
    char bytes[16384];
    ssize_t got;

    text_append(ret_text, "", 0);
    while ((got = read(fd, bytes, sizeof(bytes))) != 0) {
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return -errno;
        text_append(ret_text, bytes, (size_t)got);
        if (ret_text->length > limit)
            return FILES_TOO_LARGE;
    }
    return FILES_READ;
}

int files_read(const char *path, size_t limit, struct text *ret_text)
{
    struct stat status;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

    if (fd < 0)
        return -errno;
    int outcome = fstat(fd, &status) < 0 ? -errno : S_ISREG(status.st_mode) ? FILES_READ : FILES_NOT_REGULAR;

    if (outcome == FILES_READ)
        outcome = read_all(fd, limit, ret_text);
    close(fd);
    return outcome;
}

const char *files_outcome_text(int outcome)
{
    static const char *const texts[] = {
        [FILES_READ] = "ok",
        [FILES_NOT_REGULAR] = "not a regular file",
        [FILES_TOO_LARGE] = "too large",
    };

    return outcome < 0 ? strerror(-outcome) : texts[outcome];
}

char *files_read_or_say(const char *path, size_t limit, struct text *ret_text)
{
    int outcome = files_read(path, limit, ret_text);
    char *complaint = NULL;

    if (outcome != FILES_READ && asprintf(&complaint, "%s: %s", path, files_outcome_text(outcome)) < 0)
        abort();
    return complaint;
}

void files_digest(const char *bytes, size_t length, char ret_hex[FILES_DIGEST_TEXT])
{
    unsigned char digest[SHA256_DIGEST_LENGTH];

    SHA256((const unsigned char *)bytes, length, digest);
    for (size_t i = 0; i < sizeof(digest); i++)
        snprintf(ret_hex + 2 * i, 3, "%02x", digest[i]);
}
