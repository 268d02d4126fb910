/* Delivery into a Maildir: the transport that needs no server. */
#ifndef DUBAN_DAEMON_SENDER_MAILDIR_H
#define DUBAN_DAEMON_SENDER_MAILDIR_H

#include "daemon/sender/answer.h"
#include "lib/base/text.h"

/* Makes `path` (its parent must exist) with tmp, new and cur. FIELD_WRONG with a sentence when that is
 * impossible. */
int maildir_prepare(const char *path, char ret_error[FIELD_ERROR]) __attribute__((warn_unused_result));

/* Files the composed message; the queue id is the file's name. Every trouble with the disk is a deferral. */
void maildir_deliver(const char *path, const struct job *job, const struct text *message,
                     struct answer *ret_answer);

#endif
