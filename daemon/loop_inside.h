/*
 * What the files of the loop share, and nobody else includes.
 *
 *   loop.c        the turn: stepping, batches, time-outs
 *   loop_hooks.c  what the hands call, and how the loop is put together
 */
#ifndef DUBAN_DAEMON_LOOP_INSIDE_H
#define DUBAN_DAEMON_LOOP_INSIDE_H

#include "daemon/batch.h"
#include "daemon/clock.h"
#include "daemon/loop.h"
#include "daemon/mailbox.h"
#include "daemon/outward.h"

struct loop {
    struct event_base *base;
    struct desk *desk;
    uint32_t desk_id;
    struct loop_hands hands;
    struct outward *outward;
    struct mailbox mailbox;
    struct batch *gathering;
    struct batch *in_flight; /* NULL: the writer has nothing of ours */
    struct batch *committed; /* NULL: nothing to release */
    struct batch *spare;
    struct event *wake, *sweep, *drain_over;
    struct clock_watch *clock_watch;
    size_t idle_senders, owed_departures;
    size_t sends_out; /* SENDs whose outcome was not stepped yet */
    bool wants_proof; /* that the database answers: write a batch even without rows */
    bool is_touched;  /* memory changed without a row: settle even so */
    bool is_draining, is_drained, is_fatal;
    bool has_more;           /* turn again without waiting */
    bool was_lost;           /* it had been there before */
    int64_t away_since_ms;   /* 0: the database is there */
    int64_t clock_offset_ms; /* wall minus monotonic time in the last turn */
    int64_t woken_at_us;     /* when this turn's first event was posted, 0: none yet */
    uint64_t turns_at_signs; /* when the watchdog last looked */
    int64_t refusals_since_ms;
    uint64_t refusals_said, refusals_unsaid;
    struct loop_figures figures;
};

/* Rows that are not committed yet. */
size_t loop_rows_waiting(const struct loop *loop);

/* A turn is due; the first to say so is where its length is measured from. */
void loop_note_awake(struct loop *loop);

/* One turn; loop_run() and the tests call it. */
void loop_turn(struct loop *loop);

/* Callbacks of the timers. */
void loop_on_wake(evutil_socket_t none, short what, void *context);
void loop_on_sweep(evutil_socket_t none, short what, void *context);
void loop_on_drain_over(evutil_socket_t none, short what, void *context);

#endif
