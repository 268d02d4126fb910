/*
 * The socket server as the loop sees it: who may come in, and whose answer goes where.
 *
 * main makes one, the loop answers through it, dispatch asks it for figures. It knows calls and not tickets:
 * the method table says what may be called, the hooks do it. What one connection does stands in connection.c
 * and exchange.c; events in subscription.c.
 *
 * Invariant: every request handed to on_request has a token that finds its call until it is answered, and
 * never finds another one. All hooks are called from libevent callbacks, never from within the functions of
 * server.h.
 *
 * Strangers are told why before they are closed: a client that is refused for its number can wait, one that
 * is just cut off would try again at once. When the process is out of descriptors accepting pauses for a
 * moment, because the waiting connection would make the listening socket readable for ever.
 */
#include "daemon/server_inside.h"

#include "lib/base/memory.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define ACCEPTS_PER_TURN 16

static const struct server_limits default_limits = {
    .line_bytes = 64 * 1024,
    .line_bytes_trusted = 1024 * 1024,
    .connections = 256,
    .connections_per_user = 32,
    .connections_trusted = 64,
    .in_flight = 64,
    .subscriptions = 16,
    .unsent_pause = 1024 * 1024,
    .unsent_drop = 8 * 1024 * 1024,
    .unsent_total = 32 * 1024 * 1024,
    .weight_pause = 4 * 1024 * 1024,
    .weight_total = 32 * 1024 * 1024,
    .partial_line_ms = 30 * MSEC_SECOND,
    .stall_ms = 30 * MSEC_SECOND,
};

#define OR_DEFAULT(member) (chosen->member ? chosen->member : default_limits.member)

static struct server_limits fill_limits(const struct server_limits *chosen)
{
    return (struct server_limits){
        .line_bytes = OR_DEFAULT(line_bytes),
        .line_bytes_trusted = OR_DEFAULT(line_bytes_trusted),
        .connections = OR_DEFAULT(connections),
        .connections_per_user = OR_DEFAULT(connections_per_user),
        .connections_trusted = OR_DEFAULT(connections_trusted),
        .in_flight = OR_DEFAULT(in_flight),
        .subscriptions = OR_DEFAULT(subscriptions),
        .unsent_pause = OR_DEFAULT(unsent_pause),
        .unsent_drop = OR_DEFAULT(unsent_drop),
        .unsent_total = OR_DEFAULT(unsent_total),
        .weight_pause = OR_DEFAULT(weight_pause),
        .weight_total = OR_DEFAULT(weight_total),
        .partial_line_ms = OR_DEFAULT(partial_line_ms),
        .stall_ms = OR_DEFAULT(stall_ms),
    };
}

/* Coming in */

static size_t count_of_user(const struct server *server, uint32_t uid)
{
    const struct connection *connection;
    size_t count = 0;

    LIST_FOREACH(connection, &server->connections, link)
    {
        if (connection->peer.uid == uid)
            count++;
    }
    return count;
}

/* NULL: welcome. */
static const char *refusal(const struct server *server, const struct peer_credentials *credentials)
{
    const struct server_limits *limits = &server->limits;
    bool is_trusted = credentials->uid == 0 || peer_table_role(server->peers, credentials) == ROLE_ADMIN;

    if (server->figures.connections_open >= limits->connections)
        return "too many connections";
    if (count_of_user(server, credentials->uid) >=
        (is_trusted ? limits->connections_trusted : limits->connections_per_user))
        return "too many connections of this user";
    return NULL;
}

static void turn_away(struct server *server, int fd, const char *why)
{
    struct text text;

    text_init(&text);
    rpc_write_error(&text, NULL, RPC_OVERLOADED, NULL, why);
    text_add(&text, "\n");
    /* A fresh socket has room for a line; when it has not, the client is not told. */
    if (send(fd, text_get(&text), text.length, MSG_NOSIGNAL | MSG_DONTWAIT) > 0)
        server->figures.bytes_out += text.length;
    text_finish(&text);
    close(fd);
    server->figures.connections_refused++;
}

static void welcome(struct server *server, int fd)
{
    struct peer_credentials credentials;

    if (peer_credentials_read(fd, &credentials) < 0) { /* without credentials there is nobody to talk to */
        close(fd);
        server->figures.connections_refused++;
        return;
    }
    const char *why = refusal(server, &credentials);

    if (why)
        turn_away(server, fd, why);
    else
        connection_create(server, fd, &credentials);
    peer_credentials_finish(&credentials);
}

static void on_acceptable(evutil_socket_t listen_fd, short what, void *context)
{
    static const struct timeval a_moment = {.tv_usec = 100000};
    struct server *server = context;

    (void)what;
    for (int count = 0; count < ACCEPTS_PER_TURN; count++) {
        int fd = accept4(listen_fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);

        if (fd >= 0) {
            welcome(server, fd);
            continue;
        }
        if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
            event_del(server->accept_event);
            event_add(server->accept_again_event, &a_moment);
        }
        return;
    }
}

static void on_accept_again(evutil_socket_t fd, short what, void *context)
{
    struct server *server = context;

    (void)fd;
    (void)what;
    event_add(server->accept_event, NULL);
}

/* Life */

static int outcome_of(int listener_outcome)
{
    static const enum server_outcome outcomes[] = {
        [LISTENER_OK] = SERVER_CREATED,
        [LISTENER_IN_USE] = SERVER_PATH_IN_USE,
        [LISTENER_NO_SUCH_GROUP] = SERVER_NO_SUCH_GROUP,
        [LISTENER_NOT_A_SOCKET] = SERVER_NOT_A_SOCKET,
    };

    return listener_outcome < 0 ? listener_outcome : (int)outcomes[listener_outcome];
}

static bool watch_listener(struct server *server)
{
    int fd = server->listener.fd;

    server->accept_event = event_new(server->base, fd, EV_READ | EV_PERSIST, on_acceptable, server);
    server->accept_again_event = event_new(server->base, -1, 0, on_accept_again, server);
    return server->accept_event && server->accept_again_event && event_add(server->accept_event, NULL) == 0;
}

static void add_desks(struct server *server, const struct server_desk *desks, size_t count)
{
    server->desks = memory_new(count, sizeof(*server->desks));
    server->desk_count = count;
    for (size_t i = 0; i < count; i++)
        server->desks[i] = (struct desk_line){memory_text(desks[i].name), desks[i].hooks, history_create()};
}

static void free_desks(struct server *server)
{
    for (size_t i = 0; i < server->desk_count; i++) {
        history_destroy(server->desks[i].history);
        free(server->desks[i].name);
    }
    free(server->desks);
}

int server_create(struct event_base *base, const struct server_options *options,
                  const struct server_desk *desks, size_t desk_count, struct server **ret_server)
{
    struct server *server = memory_new(1, sizeof(*server));
    int outcome = listener_open(options->path, options->group, options->listen_fd, &server->listener);

    if (outcome != LISTENER_OK) {
        free(server);
        return outcome_of(outcome);
    }
    server->base = base;
    add_desks(server, desks, desk_count);
    server->limits = fill_limits(&options->limits);
    server->peers = options->peers;
    token_table_init(&server->tokens);
    LIST_INIT(&server->connections);
    if (!watch_listener(server)) {
        server_destroy(server);
        return -ENOMEM;
    }
    *ret_server = server;
    return SERVER_CREATED;
}

void server_stop_accepting(struct server *server)
{
    if (server->accept_event)
        event_free(server->accept_event);
    if (server->accept_again_event)
        event_free(server->accept_again_event);
    server->accept_event = server->accept_again_event = NULL;
    listener_close(&server->listener);
}

/* Exchanges whose connection is gone and whose answers will not come any more. */
static void free_orphans(struct server *server)
{
    for (size_t index = 0; index < server->tokens.count; index++) {
        struct call *call = token_at(&server->tokens, index);

        if (call)
            exchange_destroy(call->exchange); /* retires the tokens of its other calls, too */
    }
}

void server_destroy(struct server *server)
{
    if (!server)
        return;
    server_stop_accepting(server);
    while (!LIST_EMPTY(&server->connections)) {
        struct connection *connection = LIST_FIRST(&server->connections);

        connection_flush(connection);
        connection_destroy(connection);
    }
    free_orphans(server);
    token_table_finish(&server->tokens);
    free_desks(server);
    free(server);
}

/* Answering */

void server_answer(struct server *server, uint64_t token, const char *response)
{
    struct call *call = token_find(&server->tokens, token);

    if (call)
        exchange_answer(call, response);
}

void server_answer_result(struct server *server, uint64_t token, const char *result)
{
    struct call *call = token_find(&server->tokens, token);
    struct text text;

    if (!call)
        return;
    text_init(&text);
    rpc_write_result(&text, call->id, result);
    exchange_answer(call, text_get(&text));
    text_finish(&text);
}

void server_answer_error(struct server *server, uint64_t token, enum rpc_error error, const char *field,
                         const char *detail)
{
    struct call *call = token_find(&server->tokens, token);
    struct text text;

    if (!call)
        return;
    text_init(&text);
    rpc_write_error(&text, call->id, error, field, detail);
    exchange_answer(call, text_get(&text));
    text_finish(&text);
}

const struct request *server_request(struct server *server, uint64_t token)
{
    struct call *call = token_find(&server->tokens, token);

    if (!call)
        return NULL;
    if (call->exchange->connection)
        return &call->request;
    exchange_answer(call, ""); /* nobody waits for it: it is over */
    return NULL;
}

uint32_t server_peer_gid(const struct server *server, uint64_t token)
{
    const struct call *call = token_find(&server->tokens, token);

    return call && call->exchange->connection ? call->exchange->connection->gid : UINT32_MAX;
}

const struct server_limits *server_limits(const struct server *server)
{
    return &server->limits;
}

void server_figures(const struct server *server, struct server_figures *ret_figures)
{
    *ret_figures = server->figures;
    ret_figures->unsent_bytes = server->unsent;
    ret_figures->weight_bytes = server->weight;
}
