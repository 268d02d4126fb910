/*
 * The maildir transport. Called by main.c; one Maildir takes the mail of all recipients, each file beginning
 * with `Delivered-To:`.
 *
 * Invariant: a notice has at most one file, however often it is delivered and wherever a crash cut in. The
 * file's name comes from the notice and its Message-ID instead of clock and process (the usual Maildir name),
 * so link() into new/ is the test-and-set: EEXIST means delivered earlier. A mail reader may have moved the
 * file to cur/ and added flags, so cur/ is searched too. `accepted` is answered only after the file and the
 * directory are on the disk.
 *
 * Files in tmp/ carry the process id, so that a worker left dying in a slow fsync and its successor do not
 * write into the same file. What a crash leaves in tmp/ is removed by Maildir readers after 36 hours, as the
 * format says.
 */
#include "daemon/sender/maildir.h"

#include "daemon/sender/descriptor.h"
#include "lib/base/hash.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define NAME_SIZE 96

enum filing { FILED = 0, FILED_BEFORE = 1 };

static int sync_directory(int parent, const char *name)
{
    int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    if (fd < 0)
        return -errno;

    int outcome = fsync(fd) < 0 ? -errno : 0;

    close(fd);
    return outcome;
}

static int make_directories(const char *path)
{
    static const char *const names[] = {"tmp", "new", "cur"};

    if (mkdir(path, 0700) < 0 && errno != EEXIST)
        return -errno;

    int root = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    if (root < 0)
        return -errno;

    int outcome = 0;

    for (size_t i = 0; outcome == 0 && i < sizeof names / sizeof names[0]; i++) {
        if (mkdirat(root, names[i], 0700) < 0 && errno != EEXIST)
            outcome = -errno;
    }
    if (outcome == 0)
        outcome = sync_directory(root, ".");
    if (outcome == 0)
        outcome = sync_directory(root, "..");
    close(root);
    return outcome;
}

int maildir_prepare(const char *path, char ret_error[FIELD_ERROR])
{
    int outcome = make_directories(path);

    if (outcome == 0)
        return FIELD_OK;
    snprintf(ret_error, FIELD_ERROR, "configure.maildir: %s", strerror(-outcome));
    return FIELD_WRONG;
}

static void name_file(const struct job *job, char ret_name[NAME_SIZE])
{
    snprintf(ret_name, NAME_SIZE, "notice-%s.%016" PRIx64 ".duban", job->notice, hash_text(job->message_id));
}

/* Whether a reader has moved `name` to cur/, where flags follow after a colon. */
static bool was_read(int root, const char *name)
{
    size_t length = strlen(name);
    int fd = openat(root, "cur", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *directory = fd < 0 ? NULL : fdopendir(fd);
    bool found = false;

    if (!directory) {
        if (fd >= 0)
            close(fd);
        return false;
    }
    for (struct dirent *entry = readdir(directory); entry && !found; entry = readdir(directory)) {
        char end = strncmp(entry->d_name, name, length) == 0 ? entry->d_name[length] : '?';

        found = end == '\0' || end == ':';
    }
    closedir(directory);
    return found;
}

/* Files end their lines in LF, as every Maildir reader expects. */
static void localise(const struct job *job, const struct text *message, struct text *ret_bytes)
{
    text_printf(ret_bytes, "Delivered-To: %s\n", job->to.address);
    for (const char *at = text_get(message), *end = at + message->length; at < end;) {
        const char *stop = memmem(at, (size_t)(end - at), "\r\n", 2);

        text_append(ret_bytes, at, (size_t)((stop ? stop : end) - at));
        if (stop)
            text_add(ret_bytes, "\n");
        at = stop ? stop + 2 : end;
    }
}

static int write_temporary(int root, const char *path, const struct text *bytes)
{
    int fd = openat(root, path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);

    if (fd < 0)
        return -errno;

    int outcome = descriptor_write(fd, bytes->bytes, bytes->length);

    if (outcome == 0 && fsync(fd) < 0)
        outcome = -errno;
    if (close(fd) < 0 && outcome == 0)
        outcome = -errno;
    return outcome;
}

static int move_to_new(int root, const char *temporary, const char *name)
{
    char path[NAME_SIZE + 8];

    snprintf(path, sizeof path, "new/%s", name);

    int outcome = linkat(root, temporary, root, path, 0) < 0 ? -errno : FILED;

    return outcome == -EEXIST ? FILED_BEFORE : outcome;
}

/* Also after FILED_BEFORE: whoever filed it may have died before its own fsync of new/. */
static int file_message(int root, const char *name, const struct text *bytes)
{
    char temporary[NAME_SIZE + 24];

    snprintf(temporary, sizeof temporary, "tmp/%s.%d", name, (int)getpid());

    int outcome = was_read(root, name) ? FILED_BEFORE : write_temporary(root, temporary, bytes);

    if (outcome == 0)
        outcome = move_to_new(root, temporary, name);
    unlinkat(root, temporary, 0);
    if (outcome < 0)
        return outcome;

    int synced = sync_directory(root, "new");

    return synced < 0 ? synced : outcome;
}

static void tell(int outcome, const char *name, struct answer *ret_answer)
{
    if (outcome < 0) {
        ret_answer->verdict = VERDICT_DEFERRED;
        answer_detail(ret_answer, "maildir: %s", strerror(-outcome));
        return;
    }
    ret_answer->verdict = VERDICT_ACCEPTED;
    answer_detail(ret_answer, outcome == FILED_BEFORE ? "maildir: was there already" : "maildir: filed");
    snprintf(ret_answer->queue_id, sizeof ret_answer->queue_id, "%s", name);
}

void maildir_deliver(const char *path, const struct job *job, const struct text *message,
                     struct answer *ret_answer)
{
    char name[NAME_SIZE];
    struct text bytes = {0};
    int root = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int outcome = root < 0 ? -errno : 0;

    *ret_answer = (struct answer){0};
    name_file(job, name);
    localise(job, message, &bytes);
    if (outcome == 0)
        outcome = file_message(root, name, &bytes);
    if (root >= 0)
        close(root);
    text_finish(&bytes);
    tell(outcome, name, ret_answer);
}
