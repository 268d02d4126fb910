/* Readiness: what the service manager is told, and what it hands us. Does nothing when there is no manager.
 */
#ifndef DUBAN_DAEMON_READINESS_H
#define DUBAN_DAEMON_READINESS_H

#include "lib/base/msec.h"
#include <event2/event.h>
#include <stdbool.h>
#include <stdint.h>

/* Takes NOTIFY_SOCKET, WATCHDOG_… and LISTEN_… out of the environment, so that no child inherits them. First
 * of all. */
void readiness_open(void);
void readiness_close(void);

/* The one listening AF_UNIX stream socket of socket activation, or -1. */
int readiness_listen_fd(void);

void readiness_ready(const char *status);
void readiness_reloading(void); /* followed by readiness_ready() */
void readiness_stopping(const char *status);
void readiness_status(const char *status);
void readiness_extend_start(int seconds); /* the start takes that much longer */

/* What shows that work gets done, gathered when the watchdog is to be fed. */
struct readiness_signs {
    uint64_t turns;          /* of the loop, since the last time */
    bool database_connected; /* false: away, and being tried again */
    int64_t unanswered_ms;   /* age of the oldest batch that the database has not answered, 0 for none */
    int64_t behind_ms;       /* how long the earliest deadline has been waiting to be judged, 0 for none */
};

#define READINESS_UNANSWERED_MAX_MS (30 * MSEC_SECOND)
#define READINESS_BEHIND_MAX_MS     (10 * MSEC_SECOND)

/* NULL, or what does not move. */
const char *readiness_stuck(const struct readiness_signs *signs);

/* Feeds the watchdog at a third of its interval, as long as nothing is stuck. */
typedef void readiness_callback(void *context, struct readiness_signs *ret_signs);
int readiness_watch(struct event_base *base, readiness_callback *callback, void *context)
    __attribute__((warn_unused_result));

#endif
