/* The RFC 5322 message of a notice. */
#ifndef DUBAN_DAEMON_SENDER_MESSAGE_H
#define DUBAN_DAEMON_SENDER_MESSAGE_H

#include "daemon/sender/job.h"
#include "lib/base/text.h"

#define MESSAGE_LIMIT ((size_t)256 * 1024)

enum message_outcome { MESSAGE_OK = 0, MESSAGE_TOO_BIG = 1 };

/* Once per process, before message_compose(). */
void message_init(void);

/*
 * Puts the message into `ret_message`, with CRLF line ends, 7-bit throughout. The HTML part is left out when
 * the message would be too big with it, and MESSAGE_TOO_BIG means that it is without. The bytes depend on
 * `from` and on the job's strings and on nothing else: not on the attempt, the clock, the host or the locale.
 */
int message_compose(const struct person *from, const struct job *job, struct text *ret_message)
    __attribute__((warn_unused_result));

/* The length of the header block of a composed message, its empty line included. */
size_t message_header_length(const struct text *message);

#endif
