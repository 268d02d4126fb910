/* One notice to send, as the daemon wrote it on one line. */
#ifndef DUBAN_DAEMON_SENDER_JOB_H
#define DUBAN_DAEMON_SENDER_JOB_H

#include "daemon/sender/field.h"

/* The strings belong to `document`. `notice` and `attempt` are set whenever they could be read, even in a bad
 * job. */
struct job {
    json_t *document;
    const char *notice; /* its number in the outbox */
    json_int_t attempt; /* from 1; 0 when unknown */
    json_int_t
        posted_at_s;     /* when this attempt was handed over, seconds of UTC: a web service wants it fresh */
    const char *channel; /* "mail" unless the job says otherwise */
    const char *message_id, *thread;
    const char *date; /* RFC 3339: when the notice was made, so that every attempt says the same */
    struct person to;
    const char *subject, *text, *lang; /* lang is "zh" unless the job says otherwise */
    const char *ticket, *template_name;
    const char *attachment, *attachment_name; /* a table as CSV and its file's name; NULL: none */
    const char *reply_to;                     /* not of the line: whoever sends it fills it in; NULL: none */
    const char *customer; /* NULL: to our own people; else "service" or "courtesy", which may be declined */
};

enum job_outcome { JOB_OK = 0, JOB_MALFORMED = 1 };

/* Reads one line. `ret_job` must be given to job_finish() whatever the outcome; `ret_error` only when
 * malformed. */
int job_read(const char *line, size_t length, struct job *ret_job, char ret_error[FIELD_ERROR])
    __attribute__((warn_unused_result));
void job_finish(struct job *job);

bool job_is_mail(const struct job *job);
bool job_is_courtesy(const struct job *job);

#endif
