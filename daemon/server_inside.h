/*
 * What the files of the server share, and nobody else includes.
 *
 *   server.c        accepts, counts, and speaks for all of them (server.h)
 *   connection.c    lines in, answers in their order, bytes out; when to read and when to give up
 *   exchange.c      one line from its calls to its answer
 *   subscription.c  events, drawn from the history at the reader's pace
 */
#ifndef DUBAN_DAEMON_SERVER_INSIDE_H
#define DUBAN_DAEMON_SERVER_INSIDE_H

#include "daemon/history.h"
#include "daemon/line_buffer.h"
#include "daemon/listener.h"
#include "daemon/peer.h"
#include "daemon/server.h"
#include "daemon/token.h"
#include "lib/base/text.h"
#include <event2/buffer.h>
#include <event2/event.h>
#include <sys/queue.h>

struct connection;
struct exchange;

/* A call that gets an answer. */
struct call {
    struct request request; /* what the hooks see; valid while the call is unanswered */
    struct exchange *exchange;
    size_t desk; /* the one it is for */
    json_t *params;
    char *id;
    char *answer; /* NULL: not answered yet */
};

/* One line of a client. It leaves its connection's queue when all its calls are answered and it is the
   oldest; when the connection dies first it stays, so that requests stay valid, and is freed with its last
   answer. */
struct exchange {
    TAILQ_ENTRY(exchange) link;
    struct server *server;
    struct connection *connection; /* NULL: gone */
    char *actor;
    size_t weight;       /* bytes its requests take */
    size_t answer_bytes; /* bytes of answers that wait here */
    size_t unanswered;
    bool is_batch;
    size_t count;
    struct call calls[];
};

TAILQ_HEAD(exchanges, exchange);

struct subscription {
    TAILQ_ENTRY(subscription) link;
    uint64_t name;                  /* "1", "2", … within the connection */
    size_t desk;                    /* whose journal it follows */
    uint64_t next;                  /* the first sequence it has not been offered */
    const struct exchange *awaited; /* no events before this one, which says `sub`, has left; NULL: it has */
    json_t *types;                  /* array of strings; NULL: all */
    uint64_t ticket;                /* 0: all */
};

TAILQ_HEAD(subscriptions, subscription);

struct connection {
    LIST_ENTRY(connection) link;
    struct server *server;
    int fd;
    struct peer peer;
    char *actor;
    uint32_t gid;
    size_t desk; /* for calls that name none; NO_DESK: nothing was said */

    struct line_buffer input;
    struct rpc_line parked; /* a batch that has no room yet */
    bool is_parked;

    struct exchanges exchanges; /* in the order of their lines */
    size_t in_flight, weight, held;
    struct evbuffer *output;
    size_t accounted; /* what of `held` and `output` is in the server's total */

    struct subscriptions subscriptions;
    size_t subscription_count;
    uint64_t last_subscription;

    struct event *read_event, *write_event, *work_event, *partial_event;
    bool is_finishing; /* nothing more is read: close when what has come is answered and sent */
    bool is_dead;      /* close at the next turn, whatever is left */
};

LIST_HEAD(connections, connection);

#define NO_DESK SIZE_MAX

struct desk_line {
    char *name;
    struct server_hooks hooks;
    struct history *history;
};

struct server {
    struct event_base *base;
    struct desk_line *desks;
    size_t desk_count;
    struct server_limits limits;
    struct peer_table *peers;
    struct listener listener;
    struct event *accept_event, *accept_again_event;
    struct connections connections;
    struct token_table tokens; /* of struct call */
    size_t unsent, weight;
    struct server_figures figures;
};

/* connection.c. Owns `fd`. */
void connection_create(struct server *server, int fd, const struct peer_credentials *credentials);
void connection_destroy(struct connection *connection);
void connection_wake(struct connection *connection); /* look after it soon, from the event loop */
void connection_account(struct connection *connection);
size_t connection_unsent(const struct connection *connection);
void connection_flush(struct connection *connection); /* what goes without waiting */

/* exchange.c. Takes the calls out of `line` and finishes it. */
void exchange_begin(struct connection *connection, struct rpc_line *line);
void exchange_refuse(struct connection *connection, enum rpc_error error, const char *detail);
void exchange_answer(struct call *call, const char *response);
void exchange_write(const struct exchange *exchange, struct evbuffer *output);
void exchange_leave(
    struct exchange *exchange); /* out of its connection's queue: written, or the connection dies */
void exchange_destroy(struct exchange *exchange);

/* subscription.c */
void subscription_released(struct connection *connection, const struct exchange *exchange);
void subscription_pump(struct connection *connection);
bool subscription_is_behind(const struct connection *connection); /* has more to tell */
void subscription_destroy_all(struct connection *connection);

#endif
