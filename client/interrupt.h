/* Ctrl-C and SIGTERM as a question that loops ask, instead of sudden death. */
#ifndef DUBAN_CLIENT_INTERRUPT_H
#define DUBAN_CLIENT_INTERRUPT_H

#include <poll.h>
#include <stdbool.h>

/* From now on SIGINT and SIGTERM only make interrupt_pending() true; system calls end with EINTR. */
void interrupt_catch(void);

bool interrupt_pending(void);

/* poll() that a signal cannot slip past: with one pending it returns -1 and EINTR at once. `timeout_ms` of -1
   waits for ever. Without interrupt_catch() it is a plain poll(). */
int interrupt_poll(struct pollfd *descriptors, nfds_t count, int timeout_ms);

#endif
