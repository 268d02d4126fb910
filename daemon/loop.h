/* The loop: what happened goes to the judge, what must be done goes to the hands, in this order and no other.
 */
#ifndef DUBAN_DAEMON_LOOP_H
#define DUBAN_DAEMON_LOOP_H

#include "daemon/courier.h"
#include "daemon/readiness.h"
#include "daemon/server.h"
#include "daemon/stall.h"
#include "daemon/writer.h"
#include "lib/desk.h"
#include <event2/event.h>

struct loop;
struct reader;

struct loop *loop_create(struct event_base *base, struct desk *desk, uint32_t desk_id);
void loop_destroy(struct loop *loop); /* after the hands, before the desk */

/* What the hands call; make them with these, then attach them. */
struct server_hooks loop_server_hooks(struct loop *loop);
struct writer_hooks loop_writer_hooks(struct loop *loop);
struct courier_hooks loop_courier_hooks(struct loop *loop);

struct loop_hands {
    struct server *server;
    size_t place; /* of the desk among the server's */
    struct writer *writer;
    struct reader *reader;
    struct courier *courier;
    struct reports *reports;
    /* METHOD_HAND calls, answered by whoever this is. */
    void (*on_hand)(void *context, const struct request *request);
    void *context;
};
void loop_attach(struct loop *loop, const struct loop_hands *hands);

/* Turns loops that share an event base, until all are drained (0) or one can't be written any more
   (LOOP_FATAL, logged). */
enum loop_outcome { LOOP_DRAINED, LOOP_FATAL };
int loop_run(struct loop *const loops[], size_t count) __attribute__((warn_unused_result));

/* From now on nobody is let in and nothing new begins; what was begun is finished, for 10 s at most. */
void loop_drain(struct loop *loop);

/* Turns what was judged so far into rows of the batch that gathers, before the desk's words change (a
 * reload). */
void loop_settle(struct loop *loop);

/* Where effects go that come of no step: of a reload. */
struct effects *loop_gathering(struct loop *loop);

/* The desk was changed outside a step (a reload): what moved is written and its wake-up judged anew. */
void loop_touched(struct loop *loop);

struct loop_figures {
    uint64_t turns, events, refused_unavailable, timed_out, clock_steps;
    size_t waiting_rows;             /* not committed yet */
    msec wakes_at;                   /* the desk's next deadline, or NEVER */
    int64_t last_lag_ms, max_lag_ms; /* from a deadline to its judgement */
    struct stall_figures stalls;
};
void loop_figures(const struct loop *loop, struct loop_figures *ret_figures);

/* For the watchdog: counts turns since the last call, and has an empty batch written when the writer is idle,
   so that the next call knows whether the database answers. */
void loop_signs(void *loop, struct readiness_signs *ret_signs);

#endif
