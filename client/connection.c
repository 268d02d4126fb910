/*
 * The client library's connection to the daemon.
 *
 * Owns the socket and the calls that are on their way. Everything blocking happens in pump(): it writes what
 * is queued and reads what has come, both at once, because a daemon that stops reading (64 calls in flight)
 * would otherwise face a client that stops reading too. Answers are matched by id and handed out in the order
 * of the calls, also within a batch, where JSON-RPC promises no order.
 *
 * Invariant: calls `first_id` up to, not including, `next_id` are on their way; call n lives in slot
 * n % outstanding. The first failure is kept and every later use gives it again, so that callers may check
 * once, at the end of a run of calls.
 *
 * Not libevent: a client waits for one thing, and duban-mailgate runs for milliseconds.
 */
#include "client/connection.h"

#include "client/connection_open.h"
#include "client/interrupt.h"
#include "lib/base/memory.h"
#include "lib/base/msec.h"
#include "lib/base/text.h"
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define LINE_MAX_BYTES  (64u << 20) /* what no sane answer reaches */
#define BATCH_MAX_BYTES (48u << 10) /* a batch line stays under the daemon's 64 KiB */
#define FOR_EVER        (-1)

struct pending {
    connection_callback callback;
    void *context;
    uint64_t tag;
    json_t *response; /* NULL until it has come */
};

struct connection {
    int fd, timeout_ms;
    char *path;
    enum connection_outcome failure;
    struct text error;
    struct pending *slots;
    size_t outstanding, batch;
    uint64_t first_id, next_id;
    struct text gathering; /* calls of the batch line that is being filled */
    size_t gathered;
    struct text out, in;
    size_t out_done, in_scanned;
    connection_listener listener;
    void *listener_context;
};

static enum connection_outcome fail(struct connection *connection, enum connection_outcome outcome,
                                    const char *sentence)
{
    if (connection->failure == CONNECTION_OK) {
        connection->failure = outcome;
        text_add(&connection->error, sentence);
    }
    return connection->failure;
}

enum connection_outcome connection_open(const char *path, int timeout_ms, struct connection **ret_connection)
{
    struct connection *connection = memory_new(1, sizeof *connection);

    if (!path)
        path = getenv("DUBAN_SOCKET");
    connection->path = memory_text(path && *path ? path : CONNECTION_SOCKET);
    connection->timeout_ms = timeout_ms;
    connection->first_id = connection->next_id = 1;
    connection_pipeline(connection, 1, CONNECTION_OUTSTANDING);
    *ret_connection = connection;
    connection->fd = connection_open_socket(connection->path, timeout_ms, &connection->error);
    if (connection->fd < 0)
        connection->failure = CONNECTION_UNREACHABLE;
    return connection->failure;
}

void connection_close(struct connection *connection)
{
    if (!connection)
        return;
    for (uint64_t id = connection->first_id; id < connection->next_id; id++)
        json_decref(connection->slots[id % connection->outstanding].response);
    if (connection->fd >= 0)
        close(connection->fd);
    text_finish(&connection->error);
    text_finish(&connection->gathering);
    text_finish(&connection->out);
    text_finish(&connection->in);
    free(connection->slots);
    free(connection->path);
    free(connection);
}

void connection_pipeline(struct connection *connection, size_t batch, size_t outstanding)
{
    free(connection->slots);
    connection->slots = memory_new(outstanding, sizeof *connection->slots);
    connection->outstanding = outstanding;
    connection->batch = batch < outstanding ? batch : outstanding;
}

void connection_listen(struct connection *connection, connection_listener listener, void *context)
{
    connection->listener = listener;
    connection->listener_context = context;
}

const char *connection_error(const struct connection *connection)
{
    return text_get(&connection->error);
}

/* Ends the batch line that is being filled. */
static void end_batch(struct connection *connection)
{
    if (connection->gathered == 0)
        return;
    if (connection->batch > 1)
        text_add(&connection->out, "[");
    text_append(&connection->out, connection->gathering.bytes, connection->gathering.length);
    text_add(&connection->out, connection->batch > 1 ? "]\n" : "\n");
    text_clear(&connection->gathering);
    connection->gathered = 0;
}

static void deliver(struct connection *connection)
{
    while (connection->first_id < connection->next_id) {
        struct pending *slot = &connection->slots[connection->first_id % connection->outstanding];
        struct pending done = *slot;

        if (!done.response)
            return;
        slot->response = NULL;
        connection->first_id++;
        struct connection_answer answer = {json_object_get(done.response, "result"),
                                           json_object_get(done.response, "error")};

        done.callback(done.context, done.tag, &answer);
        json_decref(done.response);
    }
}

/* A response goes to its call's slot. An error without an id means a line of ours could not be read. */
static void take_response(struct connection *connection, json_t *response)
{
    const json_t *id = json_object_get(response, "id"), *error = json_object_get(response, "error");
    uint64_t number = json_is_integer(id) ? (uint64_t)json_integer_value(id) : 0;

    if (number >= connection->first_id && number < connection->next_id &&
        !connection->slots[number % connection->outstanding].response &&
        (error || json_object_get(response, "result"))) {
        connection->slots[number % connection->outstanding].response = json_incref(response);
        return;
    }
    char *sentence = error ? connection_explain(error) : NULL;

    fail(connection, CONNECTION_GARBLED,
         sentence ? sentence : "the daemon answered a call that was not made");
    free(sentence);
}

static void take_message(struct connection *connection, json_t *message)
{
    const char *method = json_string_value(json_object_get(message, "method"));

    if (!json_is_object(message))
        fail(connection, CONNECTION_GARBLED, "the daemon's answer is not a JSON-RPC object");
    else if (!method)
        take_response(connection, message);
    else if (connection->listener)
        connection->listener(connection->listener_context, method, json_object_get(message, "params"));
}

static void take_line(struct connection *connection, const char *line, size_t length)
{
    json_t *message = json_loadb(line, length, JSON_REJECT_DUPLICATES, NULL);

    if (json_is_array(message))
        for (size_t i = 0; i < json_array_size(message); i++)
            take_message(connection, json_array_get(message, i));
    else
        take_message(connection, message);
    json_decref(message);
}

/* Handles the whole lines in `in` and keeps the rest. */
static void take_lines(struct connection *connection)
{
    struct text *in = &connection->in;
    size_t start = 0;
    char *end;

    while (connection->failure == CONNECTION_OK &&
           (end = memchr(in->bytes + connection->in_scanned, '\n', in->length - connection->in_scanned))) {
        size_t length = (size_t)(end - in->bytes) - start;

        if (length > 0)
            take_line(connection, in->bytes + start, length);
        start += length + 1;
        connection->in_scanned = start;
    }
    memmove(in->bytes, in->bytes + start, in->length - start);
    in->length -= start;
    connection->in_scanned = in->length;
    if (in->length > LINE_MAX_BYTES)
        fail(connection, CONNECTION_GARBLED, "the daemon's answer is longer than 64 MiB");
}

static void hung_up(struct connection *connection)
{
    fail(connection, CONNECTION_LOST, "the daemon closed the connection");
}

static void read_some(struct connection *connection)
{
    char bytes[65536];
    ssize_t got = recv(connection->fd, bytes, sizeof bytes, MSG_DONTWAIT);

    if (got > 0) {
        text_append(&connection->in, bytes, (size_t)got);
        take_lines(connection);
        deliver(connection);
    } else if (got == 0 || (errno != EAGAIN && errno != EINTR)) {
        hung_up(connection);
    }
}

static void write_some(struct connection *connection)
{
    struct text *out = &connection->out;

    while (connection->out_done < out->length) {
        ssize_t put = send(connection->fd, out->bytes + connection->out_done,
                           out->length - connection->out_done, MSG_DONTWAIT | MSG_NOSIGNAL);

        /* A broken pipe is not reported here: what the daemon said before it hung up is still to be read. */
        if (put < 0)
            return;
        connection->out_done += (size_t)put;
    }
    text_clear(out);
    connection->out_done = 0;
}

static int64_t monotonic_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * MSEC_SECOND + now.tv_nsec / 1000000;
}

/* Milliseconds until `deadline_ms`, FOR_EVER without one. */
static int left_until(int64_t deadline_ms)
{
    int64_t left = deadline_ms - monotonic_ms();

    if (deadline_ms == NEVER)
        return FOR_EVER;
    return left > 0 ? (int)left : 0;
}

/* One wait: writes what is queued, reads what comes. */
static void pump(struct connection *connection, int64_t deadline_ms)
{
    if (connection->failure != CONNECTION_OK)
        return;
    write_some(connection);
    struct pollfd descriptor = {.fd = connection->fd, .events = POLLIN};

    if (connection->out.length > 0)
        descriptor.events |= POLLOUT;
    int ready = interrupt_poll(&descriptor, 1, left_until(deadline_ms));

    if (ready == 0)
        fail(connection, CONNECTION_TIMEOUT, "the daemon did not answer in time");
    else if (ready < 0 && interrupt_pending())
        fail(connection, CONNECTION_INTERRUPTED, "interrupted");
    else if (ready > 0 && descriptor.revents & POLLOUT)
        write_some(connection);
    if (ready > 0 && descriptor.revents & ~POLLOUT)
        read_some(connection);
}

/* Until the next answer is handed out, or a failure. */
static void await_answer(struct connection *connection)
{
    int64_t deadline_ms = monotonic_ms() + connection->timeout_ms;
    uint64_t first_id = connection->first_id;

    end_batch(connection);
    while (connection->failure == CONNECTION_OK && connection->first_id == first_id &&
           first_id < connection->next_id)
        pump(connection, deadline_ms);
}

enum connection_outcome connection_wait(struct connection *connection)
{
    await_answer(connection);
    return connection->failure;
}

enum connection_outcome connection_drain(struct connection *connection)
{
    while (connection->failure == CONNECTION_OK && connection->first_id < connection->next_id)
        await_answer(connection);
    return connection->failure;
}

enum connection_outcome connection_follow(struct connection *connection)
{
    end_batch(connection);
    while (connection->failure == CONNECTION_OK)
        pump(connection, NEVER);
    return connection->failure;
}

static void gather(struct connection *connection, const char *method, json_t *params, uint64_t id)
{
    json_t *call = json_pack("{s:s, s:s, s:o, s:I}", "jsonrpc", "2.0", "method", method, "params",
                             params ? params : json_object(), "id", (json_int_t)id);
    char *line = json_dumps(call, JSON_COMPACT);

    if (!line)
        abort();
    if (connection->gathered && connection->gathering.length + strlen(line) > BATCH_MAX_BYTES)
        end_batch(connection);
    if (connection->gathered)
        text_add(&connection->gathering, ",");
    text_add(&connection->gathering, line);
    connection->gathered++;
    free(line);
    json_decref(call);
}

enum connection_outcome connection_send(struct connection *connection, const char *method, json_t *params,
                                        connection_callback callback, void *context, uint64_t tag)
{
    while (connection->failure == CONNECTION_OK &&
           connection->next_id - connection->first_id >= connection->outstanding)
        await_answer(connection);
    if (connection->failure != CONNECTION_OK) {
        json_decref(params);
        return connection->failure;
    }
    uint64_t id = connection->next_id++;

    connection->slots[id % connection->outstanding] = (struct pending){callback, context, tag, NULL};
    gather(connection, method, params, id);
    if (connection->gathered >= connection->batch) {
        end_batch(connection);
        write_some(connection);
    }
    return CONNECTION_OK;
}

static bool speaks_protocol_1(const json_t *hello)
{
    const json_t *protocol = json_object_get(json_object_get(hello, "result"), "protocol");

    for (size_t i = 0; i < json_array_size(protocol); i++)
        if (json_integer_value(json_array_get(protocol, i)) == 1)
            return true;
    return !protocol || json_integer_value(protocol) == 1;
}

enum connection_outcome connection_hello(struct connection *connection, const char *client, const char *desk,
                                         json_t **ret_answer)
{
    json_t *answer = NULL, *params = json_pack("{s:s, s:[i]}", "client", client, "protocol", 1);

    if (desk)
        json_object_set_new(params, "desk", json_string(desk));
    enum connection_outcome outcome = connection_call(connection, "system.hello", params, &answer);

    if (outcome == CONNECTION_OK && json_object_get(answer, "result") && !speaks_protocol_1(answer))
        outcome = fail(connection, CONNECTION_GARBLED, "the daemon does not speak protocol 1");
    if (ret_answer)
        *ret_answer = answer;
    else
        json_decref(answer);
    return outcome;
}
