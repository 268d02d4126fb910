/* Delivery to a web service: a text message gateway, or a robot in a chat. */
#ifndef DUBAN_DAEMON_SENDER_WEBHOOK_H
#define DUBAN_DAEMON_SENDER_WEBHOOK_H

#include "daemon/sender/answer.h"
#include "daemon/sender/configure.h"

/* Reads the URL and the secret from their files. FIELD_WRONG with `ret_error` when one can't be used. */
int webhook_prepare(struct webhook_settings *settings, char ret_error[FIELD_ERROR])
    __attribute__((warn_unused_result));

/*
 * Posts one notice and judges the outcome. May block for the configured time (15 s at the most), plus
 * whatever resolving a name takes: the caller's process must be one that can be killed.
 */
void webhook_deliver(const struct webhook_settings *settings, const struct job *job,
                     struct answer *ret_answer);

/* The body as it is posted, to be freed; `timestamp_s` only matters to formats that carry it in the body. */
char *webhook_body(const struct webhook_settings *settings, const struct job *job, long long timestamp_s);

/* What a service's answer means. `status` 0: there was none. */
void webhook_judge(enum webhook_format format, long status, const char *body, struct answer *ret_answer);

#endif
