/* A notice as a line for a sender, and a sender's lines as answers. */
#ifndef DUBAN_DAEMON_COURIER_JOB_H
#define DUBAN_DAEMON_COURIER_JOB_H

#include "lib/effect.h"
#include "lib/event.h"
#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

struct courier_job {
    struct courier_job *next;
    uint64_t notice;
    uint16_t attempt;
    char *line;             /* with its LF */
    int64_t deadline_at_ms; /* monotonic */
    int handings;           /* to how many processes it was given */
};

struct courier_job *courier_job_create(const struct notice_row *row, uint16_t attempt,
                                       int64_t deadline_at_ms);
void courier_job_destroy(struct courier_job *job);

/* What a line of a sender says. Texts live in `document`; a line that is nothing of all this says nothing. */
struct courier_answer {
    json_t *document;
    bool is_ready;
    bool has_outcome;
    bool is_last; /* the sender exits after this line */
    uint64_t notice;
    uint16_t attempt;
    enum send_outcome outcome;
    const char *detail, *queue_id; /* may be NULL */
};

void courier_answer_read(const char *line, struct courier_answer *ret_answer);
void courier_answer_finish(struct courier_answer *answer);

#endif
