/*
 * One client's connection: bytes into lines, answers into bytes, and when to stop.
 *
 * server.c makes one per accepted socket. Everything happens in turn(), which the event loop runs when bytes
 * came, when the socket takes bytes again, or after connection_wake(). Whoever answers or publishes only
 * stores something and wakes; so hooks are never called from within server_answer(), the order of what a
 * client sees is decided in one place, and a connection is freed nowhere else than at the end of its own
 * turn.
 *
 *      reading ── end of input, line too long or too old ──> finishing ── all answered and sent ──> gone
 *         │                                                      │                                  ^
 *         └── broken, too much unsent, no byte left for 30 s ────┴──────────────────────────────────┘
 *
 * Reading pauses while 64 requests are in flight, 1 MiB is unsent or what was parsed is heavy; the kernel's
 * buffer then fills and the client blocks: that is the backpressure. A request counts as in flight until its
 * answer has left its place in the queue, so that answers that wait for an earlier one are bounded, too.
 *
 * Not a bufferevent: its watermarks don't bound output and it can't tell "paused" from "ended".
 */
#include "daemon/server_inside.h"

#include "lib/base/memory.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#define VECTORS 16

size_t connection_unsent(const struct connection *connection)
{
    return connection->held + evbuffer_get_length(connection->output);
}

void connection_account(struct connection *connection)
{
    size_t unsent = connection->is_dead ? 0 : connection_unsent(connection);

    connection->server->unsent += unsent - connection->accounted;
    connection->accounted = unsent;
}

void connection_wake(struct connection *connection)
{
    event_active(connection->work_event, EV_WRITE, 0);
}

static void kill_connection(struct connection *connection)
{
    connection->is_dead = true;
    connection_account(connection);
    connection_wake(connection);
}

static bool has_room(const struct connection *connection)
{
    const struct server_limits *limits = &connection->server->limits;

    return connection->in_flight < limits->in_flight &&
           connection_unsent(connection) < limits->unsent_pause && connection->weight < limits->weight_pause;
}

static bool fits(const struct connection *connection, const struct rpc_line *line)
{
    return connection->in_flight == 0 ||
           connection->in_flight + line->count <= connection->server->limits.in_flight;
}

/* Lines */

static void stop_reading(struct connection *connection)
{
    connection->is_finishing = true;
    line_buffer_clear(&connection->input);
}

static void refuse_long_line(struct connection *connection)
{
    connection->server->figures.lines_too_long++;
    stop_reading(connection);
    exchange_refuse(connection, RPC_LINE_TOO_LONG, "the connection is closed after this");
}

static bool read_line(struct connection *connection, struct rpc_line *ret_line)
{
    const struct server_limits *limits = &connection->server->limits;
    size_t limit =
        access_allows(ROLES_GATEWAY, connection->peer.role) ? limits->line_bytes_trusted : limits->line_bytes;
    const char *bytes;
    size_t length = 0;

    while (length == 0) {
        /* What stands unterminated at the end is a line, too: it is whole JSON or it will be refused. */
        if (!line_buffer_next(&connection->input, connection->is_finishing, &bytes, &length)) {
            if (line_buffer_waiting(&connection->input) > limit + 1)
                refuse_long_line(connection);
            return false;
        }
        event_del(connection->partial_event); /* a line's time begins with its own first byte */
    }
    if (length > limit) {
        refuse_long_line(connection);
        return false;
    }
    rpc_read(bytes, length, ret_line);
    return true;
}

static bool take_line(struct connection *connection)
{
    struct rpc_line line;

    if (connection->is_dead || !has_room(connection))
        return false;
    if (connection->is_parked)
        line = connection->parked;
    else if (!read_line(connection, &line))
        return false;
    connection->is_parked = !fits(connection, &line);
    if (connection->is_parked) {
        connection->parked = line;
        return false;
    }
    exchange_begin(connection, &line);
    return true;
}

/* Answers */

static void emit_answers(struct connection *connection)
{
    struct exchange *exchange;

    while ((exchange = TAILQ_FIRST(&connection->exchanges)) && exchange->unanswered == 0) {
        exchange_write(exchange, connection->output);
        subscription_released(connection, exchange);
        exchange_leave(exchange);
    }
}

/* Bytes that left; negative errno when the connection is broken. */
static ssize_t write_some(struct connection *connection)
{
    struct evbuffer_iovec vectors[VECTORS];
    int count = evbuffer_peek(connection->output, -1, NULL, vectors, VECTORS);
    struct msghdr message = {.msg_iov = vectors, .msg_iovlen = (size_t)(count < VECTORS ? count : VECTORS)};
    ssize_t sent = sendmsg(connection->fd, &message, MSG_NOSIGNAL | MSG_DONTWAIT);

    if (sent < 0)
        return errno == EAGAIN || errno == EINTR ? 0 : -errno;
    evbuffer_drain(connection->output, (size_t)sent);
    connection->server->figures.bytes_out += (uint64_t)sent;
    return sent;
}

static bool write_output(struct connection *connection)
{
    bool has_progress = false;

    while (evbuffer_get_length(connection->output) > 0) {
        ssize_t sent = write_some(connection);

        if (sent < 0)
            connection->is_dead = true;
        if (sent <= 0)
            break;
        has_progress = true;
    }
    return has_progress;
}

void connection_flush(struct connection *connection)
{
    emit_answers(connection);
    write_output(connection);
}

static void drop_fattest(struct server *server)
{
    struct connection *connection, *fattest = NULL;

    LIST_FOREACH(connection, &server->connections, link)
    {
        if (!fattest || connection->accounted > fattest->accounted)
            fattest = connection;
    }
    if (!fattest)
        return;
    server->figures.dropped_slow++;
    kill_connection(fattest);
}

static void bound_output(struct connection *connection)
{
    struct server *server = connection->server;

    connection_account(connection);
    if (!connection->is_dead && connection_unsent(connection) > server->limits.unsent_drop) {
        server->figures.dropped_slow++;
        kill_connection(connection);
    }
    if (server->unsent > server->limits.unsent_total)
        drop_fattest(server);
}

/* The turn */

static struct timeval span_of(msec span_ms)
{
    return (struct timeval){.tv_sec = span_ms / 1000, .tv_usec = span_ms % 1000 * 1000};
}

static void arm_input(struct connection *connection)
{
    bool reads = !connection->is_finishing && !connection->is_parked && has_room(connection);
    struct timeval limit = span_of(connection->server->limits.partial_line_ms);

    if (reads)
        event_add(connection->read_event, NULL);
    else
        event_del(connection->read_event);
    if (!reads || line_buffer_waiting(&connection->input) == 0)
        event_del(connection->partial_event);
    else if (!event_pending(connection->partial_event, EV_TIMEOUT, NULL))
        event_add(connection->partial_event, &limit);
    line_buffer_trim(&connection->input);
}

static void arm_output(struct connection *connection, bool has_progress)
{
    struct timeval limit = span_of(connection->server->limits.stall_ms);

    if (evbuffer_get_length(connection->output) == 0)
        event_del(connection->write_event);
    else if (has_progress || !event_pending(connection->write_event, EV_WRITE, NULL))
        event_add(connection->write_event, &limit);
}

static bool has_lines(const struct connection *connection)
{
    return connection->is_parked || line_buffer_has_line(&connection->input, connection->is_finishing);
}

static bool is_done(const struct connection *connection)
{
    return connection->is_finishing && !has_lines(connection) && TAILQ_EMPTY(&connection->exchanges) &&
           evbuffer_get_length(connection->output) == 0;
}

/* Whether another turn would get further, now that writing has made room. */
static bool has_work(const struct connection *connection)
{
    if (!has_room(connection))
        return false;
    if (connection->is_parked)
        return fits(connection, &connection->parked);
    return has_lines(connection) || subscription_is_behind(connection);
}

static void turn(struct connection *connection)
{
    do
        emit_answers(connection);
    while (take_line(connection));
    subscription_pump(connection);
    bool has_progress = !connection->is_dead && write_output(connection);

    bound_output(connection);
    if (connection->is_dead || is_done(connection)) {
        connection_destroy(connection);
        return;
    }
    arm_input(connection);
    arm_output(connection, has_progress);
    if (has_work(connection))
        connection_wake(connection);
}

static void read_some(struct connection *connection)
{
    ssize_t got = line_buffer_read(&connection->input, connection->fd);

    if (got > 0)
        connection->server->figures.bytes_in += (uint64_t)got;
    else if (got != -EAGAIN && got != -EINTR)
        connection->is_finishing = true; /* if it is broken, writing will tell */
}

/* Events */

static void on_readable(evutil_socket_t fd, short what, void *context)
{
    (void)fd;
    (void)what;
    read_some(context);
    turn(context);
}

static void on_writable(evutil_socket_t fd, short what, void *context)
{
    struct connection *connection = context;

    (void)fd;
    if (what & EV_TIMEOUT) {
        connection->server->figures.dropped_slow++;
        connection->is_dead = true;
    }
    turn(connection);
}

static void on_work(evutil_socket_t fd, short what, void *context)
{
    (void)fd;
    (void)what;
    turn(context);
}

static void on_partial_too_old(evutil_socket_t fd, short what, void *context)
{
    (void)fd;
    (void)what;
    stop_reading(context);
    turn(context);
}

static bool create_events(struct connection *connection)
{
    struct event_base *base = connection->server->base;

    connection->output = evbuffer_new();
    connection->read_event = event_new(base, connection->fd, EV_READ | EV_PERSIST, on_readable, connection);
    connection->write_event = event_new(base, connection->fd, EV_WRITE, on_writable, connection);
    connection->work_event = event_new(base, -1, 0, on_work, connection);
    connection->partial_event = event_new(base, -1, 0, on_partial_too_old, connection);
    return connection->output && connection->read_event && connection->write_event &&
           connection->work_event && connection->partial_event;
}

void connection_create(struct server *server, int fd, const struct peer_credentials *credentials)
{
    struct connection *connection = memory_new(1, sizeof(*connection));

    connection->server = server;
    connection->fd = fd;
    connection->gid = credentials->gid;
    connection->desk = NO_DESK;
    connection->actor = peer_table_actor(server->peers, credentials->uid);
    connection->peer = (struct peer){
        .uid = credentials->uid,
        .role = peer_table_role(server->peers, credentials),
        .actor = connection->actor,
    };
    TAILQ_INIT(&connection->exchanges);
    TAILQ_INIT(&connection->subscriptions);
    if (!create_events(connection))
        abort();
    LIST_INSERT_HEAD(&server->connections, connection, link);
    server->figures.connections_open++;
    server->figures.connections_total++;
    arm_input(connection);
}

static void free_event(struct event *event)
{
    if (event)
        event_free(event);
}

void connection_destroy(struct connection *connection)
{
    connection->is_dead = true;
    connection_account(connection);
    LIST_REMOVE(connection, link);
    connection->server->figures.connections_open--;
    subscription_destroy_all(connection);
    while (!TAILQ_EMPTY(&connection->exchanges))
        exchange_leave(TAILQ_FIRST(&connection->exchanges));
    if (connection->is_parked)
        rpc_line_finish(&connection->parked);
    free_event(connection->read_event);
    free_event(connection->write_event);
    free_event(connection->work_event);
    free_event(connection->partial_event);
    evbuffer_free(connection->output);
    close(connection->fd);
    line_buffer_finish(&connection->input);
    free(connection->actor);
    free(connection);
}
