/* The courier: forks and supervises duban-sender processes, hands them notices one at a time, with a
 * deadline. */
#ifndef DUBAN_DAEMON_COURIER_H
#define DUBAN_DAEMON_COURIER_H

#include "lib/effect.h"
#include "lib/event.h"
#include <event2/event.h>
#include <stdbool.h>
#include <stdint.h>

struct courier;

struct courier_options {
    const char *program;         /* path of duban-sender */
    const char *configure;       /* the first line it is given (JSON) */
    int senders;                 /* how many processes, 1 to 16 */
    int deadline_s;              /* a job older than this: the process is killed, the notice deferred */
    const char *webhook_channel; /* notices of this channel go to a web service; NULL or "": none do */
    int webhook_rate;            /* so many a minute; more are deferred */
};

struct courier_hooks {
    void *context;
    void (*on_idle)(void *context);                          /* a sender became idle */
    void (*on_gone)(void *context);                          /* an idle sender is gone */
    void (*on_sent)(void *context, const struct sent *sent); /* then on_idle follows */
};

int courier_create(struct event_base *base, const struct courier_options *options,
                   const struct courier_hooks *hooks, struct courier **ret_courier)
    __attribute__((warn_unused_result));
void courier_destroy(struct courier *courier); /* closes the senders' input, waits briefly, kills */

/* Hands a notice (its row as stored) to an idle sender. */
void courier_send(struct courier *courier, const struct notice_row *row, uint16_t attempt);

/* The notice could not be read after all: its sender is idle again (on_sent with SEND_DEFERRED, then
 * on_idle). */
void courier_skip(struct courier *courier, uint64_t notice, const char *why);

/* The same for a notice that must not go where it is addressed to: on_sent with SEND_REFUSED. */
void courier_refuse(struct courier *courier, uint64_t notice, const char *why);

struct courier_figures {
    uint64_t jobs, accepted, deferred, refused, killed, restarts;
    int64_t last_accepted_at_ms;
};
void courier_figures(const struct courier *courier, struct courier_figures *ret_figures);

#endif
