/* The socket: connections, framing, limits, the order of replies, subscriptions. Knows calls and which desk
 * they are for, not tickets. */
#ifndef DUBAN_DAEMON_SERVER_H
#define DUBAN_DAEMON_SERVER_H

#include "lib/effect.h"
#include "lib/event.h"
#include "lib/methods.h"
#include <event2/event.h>
#include <stdint.h>

struct server;

/* What one client, or all together, can make us hold. A member that is 0 has its default. */
struct server_limits {
    size_t line_bytes;           /* 64 KiB */
    size_t line_bytes_trusted;   /* 1 MiB: for ROLE_GATEWAY and ROLE_ADMIN, who import */
    size_t connections;          /* 256 */
    size_t connections_per_user; /* 32 */
    size_t connections_trusted;  /* 64: per user, for ROLE_ADMIN and root */
    size_t in_flight;            /* 64 requests whose answers have not left; then reading stops */
    size_t subscriptions;        /* 16 per connection */
    size_t unsent_pause;         /* 1 MiB of output per connection; then reading and events stop */
    size_t unsent_drop;          /* 8 MiB of output per connection; then it is dropped */
    size_t unsent_total;         /* 32 MiB of output; then the connection with the most is dropped */
    size_t weight_pause;         /* 4 MiB of parsed requests per connection; then reading stops */
    size_t weight_total;         /* 32 MiB of parsed requests; then calls are refused as overloaded */
    msec partial_line_ms;        /* 30 s: how long a line may take to arrive */
    msec stall_ms;               /* 30 s: how long output may wait without a byte leaving */
};

struct server_options {
    const char *path;         /* where to listen when systemd handed us no socket */
    const char *group;        /* group of the socket file, NULL: unchanged */
    int listen_fd;            /* from socket activation, or -1 */
    struct peer_table *peers; /* uid and groups -> role; see peer.h; must outlive the server */
    struct server_limits limits;
};

/* What the server needs of the loop. All are called from libevent callbacks of the server. */
struct server_hooks {
    void *context;
    /* A call whose method, role and parameters are in order: for the judge or, with METHOD_HAND, for
       dispatch. `request` and all it points to stay valid until server_answer(request->token). */
    void (*on_request)(void *context, const struct request *request);
    uint64_t (*journal_sequence)(void *context); /* for event.subscribe */
    /* A call that the peer's role does not allow; it was answered. May be NULL. A client can cause as many of
       these as it likes: whoever journals them must bound them. */
    void (*on_refused)(void *context, const struct peer *peer, const struct method *method);
    /* Is the body of this row hidden from the peer? May be NULL: nothing is. */
    bool (*hides_row)(void *context, const struct peer *peer, const char *type, const char *body);
};

enum server_outcome {
    SERVER_CREATED,
    SERVER_PATH_IN_USE, /* another daemon answers there */
    SERVER_NO_SUCH_GROUP,
    SERVER_NOT_A_SOCKET, /* what was handed to us, or what stands at the path */
};

/* A desk as the server knows it: clients call it by name, and its hooks get what is said to it. */
struct server_desk {
    const char *name;
    struct server_hooks hooks;
};

/* 0, a server_outcome or a negative errno. `desks` are at least one; what speaks of a desk later gives its
   index among them. Strings of `options` are not kept; `desks` are copied. */
int server_create(struct event_base *base, const struct server_options *options,
                  const struct server_desk *desks, size_t desk_count, struct server **ret_server)
    __attribute__((warn_unused_result));
void server_stop_accepting(struct server *server);

/* Sends what can be sent without waiting, then closes everything. Not from within a hook. */
void server_destroy(struct server *server);

/* The answer to a request: a whole JSON-RPC response without the LF (copied). Tokens of connections that are
   gone are ignored. Each token is answered once; answers leave in the order of the requests. */
void server_answer(struct server *server, uint64_t token, const char *response);

/* Convenience for METHOD_HAND and for the loop's refusals. */
void server_answer_result(struct server *server, uint64_t token, const char *result);
void server_answer_error(struct server *server, uint64_t token, enum rpc_error error, const char *field,
                         const char *detail);

/* The request behind an unanswered token. NULL when its connection is gone: the token is then over, and what
   its request pointed to is freed. (Without this question a request stays valid until it is answered, also
   when the connection is gone; whoever neither asks nor answers keeps it for ever.) */
const struct request *server_request(struct server *server, uint64_t token);

/* For system.hello. */
uint32_t server_peer_gid(const struct server *server, uint64_t token); /* UINT32_MAX: gone */
const struct server_limits *server_limits(const struct server *server);

/* event.subscribe and event.unsubscribe (they concern the connection). They answer the token themselves. */
void server_subscribe(struct server *server, const struct request *request);
void server_unsubscribe(struct server *server, const struct request *request);

/* A journal row of this desk that is committed: told to everyone who subscribed to it. */
void server_publish(struct server *server, size_t desk, const struct journal_row *row);

struct server_figures {
    uint64_t connections_open, connections_total, connections_refused, requests, notifications_ignored,
        bytes_in, bytes_out, dropped_slow, events_lost, permission_denied, overloaded, lines_too_long,
        subscriptions_open, unsent_bytes, weight_bytes;
};
void server_figures(const struct server *server, struct server_figures *ret_figures);

#endif
