/* The socket: connections, framing, limits, the order of replies, subscriptions. Knows calls, not tickets. */
#ifndef DUBAN_DAEMON_SERVER_H
#define DUBAN_DAEMON_SERVER_H

#include "lib/effect.h"
#include "lib/event.h"
#include "lib/methods.h"
#include <event2/event.h>
#include <stdint.h>

struct server;

struct server_options {
    const char *path;    /* where to listen when systemd handed us no socket */
    const char *group;   /* group of the socket file, NULL: unchanged */
    int listen_fd;       /* from socket activation, or -1 */
    struct peer_table *peers; /* uid and groups -> role; see peer.h */
};

/* What the server needs of the loop. All are called from libevent callbacks of the server. */
struct server_hooks {
    void *context;
    /* A call whose method, role and parameters are in order: for the judge or, with METHOD_HAND, for dispatch.
       `request` and all it points to stay valid until server_answer(request->token). */
    void (*on_request)(void *context, const struct request *request);
    uint64_t (*journal_sequence)(void *context); /* for event.subscribe */
};

int server_create(struct event_base *base, const struct server_options *options, const struct server_hooks *hooks,
                  struct server **ret_server) __attribute__((warn_unused_result));
void server_stop_accepting(struct server *server);
void server_destroy(struct server *server);

/* The answer to a request: a whole JSON-RPC response without the LF (copied). Tokens of connections that are gone
   are ignored. Each token is answered once; answers leave in the order of the requests. */
void server_answer(struct server *server, uint64_t token, const char *response);

/* Convenience for METHOD_HAND and for the loop's refusals. */
void server_answer_result(struct server *server, uint64_t token, const char *result);
void server_answer_error(struct server *server, uint64_t token, enum rpc_error error, const char *field,
                         const char *detail);

/* The request behind an unanswered token, NULL when its connection is gone. */
const struct request *server_request(struct server *server, uint64_t token);

/* event.subscribe and event.unsubscribe (they concern the connection). They answer the token themselves. */
void server_subscribe(struct server *server, const struct request *request);
void server_unsubscribe(struct server *server, const struct request *request);

/* A journal row that is committed: told to everyone who subscribed to it. */
void server_publish(struct server *server, const struct journal_row *row);

struct server_figures {
    uint64_t connections_open, connections_total, connections_refused, requests, notifications_ignored, bytes_in,
        bytes_out, dropped_slow, events_lost;
};
void server_figures(const struct server *server, struct server_figures *ret_figures);

#endif
