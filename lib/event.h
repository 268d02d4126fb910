/* What happened: the events the hands post to the judge. Pointers are only read during the step. */
#ifndef DUBAN_LIB_EVENT_H
#define DUBAN_LIB_EVENT_H

#include "lib/access.h"
#include "lib/base/msec.h"
#include <jansson.h>
#include <stdint.h>

enum event_kind {
    EVENT_TICK,          /* time has come to desk_wakes_at() */
    EVENT_REQUEST,       /* a client asks for something */
    EVENT_SENDER_IDLE,   /* a sender can take a notice */
    EVENT_SENDER_GONE,   /* an idle sender is no longer there */
    EVENT_NOTICE_SENT,   /* a sender says what became of a notice */
    EVENT_CLOCK_STEPPED, /* the wall clock was set: it did not get here by going */
    EVENT_DENIED,        /* the hands refused a call because of its role: to be journaled, nothing else */
};

/* A JSON-RPC call after parsing. `id` is the id as JSON text, NULL for a notification. */
struct request {
    uint64_t token; /* the hands' name for where the answer goes */
    struct peer peer;
    const struct method *method;
    const json_t *params; /* an object, never NULL */
    const char *id;
    const char *
        *own_answer;  /* the judge's own request: where its answer goes, instead of to a client; or NULL */
    bool key_is_new;  /* the hands looked the idempotency key up in the database and did not find it */
    const char *cold; /* JSON that it asked to be read before it is answered (read_effect.again), or NULL */
};

enum send_outcome {
    SEND_ACCEPTED, /* the relay (or the Maildir) has it */
    SEND_DEFERRED, /* try again later */
    SEND_REFUSED,  /* it will never take it */
};

struct sent {
    uint64_t notice;
    enum send_outcome outcome;
    const char *detail, *queue_id; /* may be NULL */
};

struct denied {
    struct peer peer;
    const struct method *method;
};

/* What the clock would show had it gone on, and what it shows. */
struct clock_step {
    msec from_at, to_at;
};

struct event {
    enum event_kind kind;
    union {
        const struct request *request;
        struct sent sent;
        struct denied denied;
        struct clock_step clock_step;
    };
};

#endif
