/* Delivery to a mail relay over SMTP. */
#ifndef DUBAN_DAEMON_SENDER_RELAY_H
#define DUBAN_DAEMON_SENDER_RELAY_H

#include "daemon/sender/answer.h"
#include "daemon/sender/configure.h"
#include "daemon/sender/tls.h"
#include "lib/base/text.h"

/*
 * Hands the composed message to the relay in a session of its own and judges the outcome. May block for as
 * long as the server likes: the caller's process must be one that can be killed. `tls` is NULL for a session
 * in clear text; with it, STARTTLS is required, and the process must not deliver again (see relay.c).
 */
void relay_deliver(struct configure *configure, struct tls *tls, const struct job *job,
                   const struct text *message, struct answer *ret_answer);

/* Finds the relay's queue id in the text after its 250; "" when no known form matches. */
void relay_queue_id(const char *text, char *ret_id, size_t size);

#endif
