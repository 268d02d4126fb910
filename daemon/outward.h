/* What speaks outward, once its batch is committed: answers, reads, recalls, notices, events. */
#ifndef DUBAN_DAEMON_OUTWARD_H
#define DUBAN_DAEMON_OUTWARD_H

#include "daemon/batch.h"
#include "daemon/courier.h"
#include "daemon/reader.h"
#include "daemon/server.h"
#include "lib/desk.h"
#include <stdbool.h>

struct outward;

struct outward_options {
    struct desk *desk;
    uint32_t desk_id;
    struct server *server;
    size_t place; /* of the desk among the server's */
    struct reader *reader;
    struct courier *courier;
    struct reports *reports;
    void *context;
    /* Step this request again, before anything else. */
    void (*again)(void *context, uint64_t token, bool key_is_new, int recalls, char *cold);
    /* The desk's memory changed outside a step. */
    void (*touched)(void *context);
};

struct outward *outward_create(const struct outward_options *options);
void outward_destroy(struct outward *outward); /* after the reader */

/* A RECALL was emitted just now; how many tickets had been brought back by then. */
uint64_t outward_expect_recall(struct outward *outward);

/* Carries out everything in the batch that waited for its COMMIT. The batch may be reset afterwards. */
void outward_release(struct outward *outward, const struct batch *batch);

#endif
