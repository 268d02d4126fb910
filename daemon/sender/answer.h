/* What became of a job, and the lines that tell the parent. */
#ifndef DUBAN_DAEMON_SENDER_ANSWER_H
#define DUBAN_DAEMON_SENDER_ANSWER_H

#include "daemon/sender/job.h"

enum verdict {
    VERDICT_ACCEPTED, /* the relay, or the disk, has taken responsibility */
    VERDICT_DEFERRED, /* not delivered as far as known; the same bytes may be tried again */
    VERDICT_REFUSED,  /* trying again cannot help */
};

struct answer {
    enum verdict verdict;
    char detail[600];   /* for people: the server's last word, or ours; always printable UTF-8 */
    char queue_id[128]; /* "" when there is none */
};

/* Sets the detail from formatted text of any origin: controls become spaces, bad UTF-8 is replaced, length
 * cut. */
void answer_detail(struct answer *answer, const char *format, ...) __attribute__((format(printf, 2, 3)));
const char *answer_verdict_name(enum verdict verdict);

/*
 * Each writes one line to `fd`. 0, or a negative errno when the parent is gone.
 * A malformed job whose notice and attempt are known is a refused job with an `error`.
 * `last` says that the worker exits after this line.
 */
int answer_ready(int fd, const char *transport) __attribute__((warn_unused_result));
int answer_error(int fd, const struct job *job, const char *error) __attribute__((warn_unused_result));
int answer_result(int fd, const struct job *job, const struct answer *answer, bool last)
    __attribute__((warn_unused_result));

#endif
