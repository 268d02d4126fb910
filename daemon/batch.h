/* A batch of effects on its way to its COMMIT, and the requests that wait for it. */
#ifndef DUBAN_DAEMON_BATCH_H
#define DUBAN_DAEMON_BATCH_H

#include "lib/effect.h"
#include <stddef.h>
#include <stdint.h>

/* A request that was stepped and whose answer is in the batch, in the order of the effects that answer. */
struct waiting {
    uint64_t token;
    int64_t since_ms;  /* monotonic */
    uint64_t restores; /* how many tickets had been brought back when it was stepped */
    int recalls;       /* how often it asked for a ticket to be brought back */
    char *cold;        /* what was read for it already; the batch's until a recall takes it; or NULL */
};

struct batch {
    struct effects effects; /* first: the writer hands back a pointer to it */
    size_t scanned;         /* effects before this one were looked at */
    struct waiting *waiting;
    size_t waiting_count, waiting_capacity;
    size_t expired; /* of `waiting`, from the front: answered with a timeout */
    int64_t submitted_at_ms;
};

struct batch *batch_create(void);
void batch_destroy(struct batch *batch);
void batch_reset(struct batch *batch); /* empty again, storage kept */
void batch_wait(struct batch *batch, const struct waiting *waiting);

#endif
