/*
 * The client library: one connection to the daemon's socket, calls with answers in order, pushed events.
 *
 * Shared by dubanctl, duban-board and duban-mailgate. Blocking, single-threaded, no output of its own: what
 * went wrong is a sentence from connection_error().
 */
#ifndef DUBAN_CLIENT_CONNECTION_H
#define DUBAN_CLIENT_CONNECTION_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CONNECTION_SOCKET      "/run/duban/duban.sock"
#define CONNECTION_GROUP       "duban-clients" /* named when the socket's own group can't be seen */
#define CONNECTION_OUTSTANDING 32 /* calls on their way, unless connection_pipeline() says otherwise */
#define CONNECTION_TIMEOUT_MS  30000

enum connection_outcome {
    CONNECTION_OK,
    CONNECTION_UNREACHABLE, /* no socket, nobody listens, no permission */
    CONNECTION_LOST,        /* the daemon hung up */
    CONNECTION_TIMEOUT,     /* it did not answer in time */
    CONNECTION_GARBLED,     /* it answered something that is not the protocol */
    CONNECTION_INTERRUPTED, /* Ctrl-C; see interrupt.h */
};

struct connection;

/* One of the two is NULL. `error` is the JSON-RPC error object {code, message, data}. Borrowed. */
struct connection_answer {
    const json_t *result, *error;
};

/* Called in the order of the calls. Must not use the connection. */
typedef void (*connection_callback)(void *context, uint64_t tag, const struct connection_answer *answer);

/* Called for every notification of the daemon, such as "event". Must not use the connection. */
typedef void (*connection_listener)(void *context, const char *method, const json_t *params);

/* Always gives a connection, so that connection_error() can be asked; close it whatever the outcome. `path`
   NULL is $DUBAN_SOCKET or CONNECTION_SOCKET. `timeout_ms` is the longest wait for any answer. */
enum connection_outcome connection_open(const char *path, int timeout_ms, struct connection **ret_connection)
    __attribute__((warn_unused_result));
void connection_close(struct connection *connection); /* NULL is fine */

/* Up to `outstanding` calls on their way, sent as batch lines of up to `batch` calls (1: no batches). Only
   while nothing is on its way. More than the daemon's 64 only makes it stop reading. */
void connection_pipeline(struct connection *connection, size_t batch, size_t outstanding);

void connection_listen(struct connection *connection, connection_listener listener, void *context);

/* Asks for system.hello as `client` ("dubanctl/0.1.0") and checks that the daemon speaks protocol 1. `desk`
   is the one that later calls are for, unless they name another; NULL: the daemon's only one. `ret_answer`
   (may be NULL) gets the whole response object, to be released with json_decref(). */
enum connection_outcome connection_hello(struct connection *connection, const char *client, const char *desk,
                                         json_t **ret_answer) __attribute__((warn_unused_result));

/* One call and its answer: `ret_answer` gets the response object with "result" or "error"; release it with
   json_decref(). `params` is taken; NULL is {}. */
enum connection_outcome connection_call(struct connection *connection, const char *method, json_t *params,
                                        json_t **ret_answer) __attribute__((warn_unused_result));

/* Queues a call; waits first when too many are on their way. `params` is taken; NULL is {}. */
enum connection_outcome connection_send(struct connection *connection, const char *method, json_t *params,
                                        connection_callback callback, void *context, uint64_t tag)
    __attribute__((warn_unused_result));

/* Waits for at least one more answer; for all of them; for notifications until the connection ends. */
enum connection_outcome connection_wait(struct connection *connection) __attribute__((warn_unused_result));
enum connection_outcome connection_drain(struct connection *connection) __attribute__((warn_unused_result));
enum connection_outcome connection_follow(struct connection *connection) __attribute__((warn_unused_result));

const char *connection_error(const struct connection *connection); /* one sentence without a full stop */

/* A daemon's error object as one sentence: the field, the missing condition of a closed gate, the name.
   malloc'd. */
char *connection_explain(const json_t *error);

#endif
