/*
 * One line of a client, from its calls to its answer.
 *
 * connection.c hands over each line it has read and later writes the answers in the order of the lines;
 * server.c brings the answers, in any order. In between stands the exchange, which owns the requests: the
 * loop may hold on to a request over several turns, for a COMMIT or for a row from PostgreSQL, while the
 * client hangs up. Therefore an exchange outlives its connection until its last call is answered.
 *
 * Every gate a call must pass stands in judge(), in this order: it can be read, there is such a method, the
 * role may call it, we have room, its parameters fit, its desk is known. Only then the loop hears of it.
 *
 * Invariant: `unanswered` counts the calls without an answer, plus one while the line is still being judged,
 * because hooks may answer at once and the exchange must not look complete before its last call was heard.
 */
#include "daemon/server_inside.h"

#include "lib/base/memory.h"
#include <stdlib.h>
#include <string.h>

static struct exchange *exchange_create(struct connection *connection, size_t count, size_t weight)
{
    struct exchange *exchange = memory_new(1, sizeof(*exchange) + count * sizeof(*exchange->calls));

    exchange->server = connection->server;
    exchange->connection = connection;
    exchange->actor = memory_text(connection->actor);
    exchange->weight = weight;
    exchange->count = count;
    exchange->unanswered = count + 1;
    for (size_t index = 0; index < count; index++)
        exchange->calls[index].exchange = exchange;
    TAILQ_INSERT_TAIL(&connection->exchanges, exchange, link);
    connection->in_flight += count;
    connection->weight += weight;
    connection->server->weight += weight;
    return exchange;
}

static void forget_request(struct call *call)
{
    token_retire(&call->exchange->server->tokens, call->request.token);
    json_decref(call->params);
    free(call->id);
    call->params = NULL;
    call->id = NULL;
    call->request = (struct request){0};
}

void exchange_destroy(struct exchange *exchange)
{
    for (size_t index = 0; index < exchange->count; index++) {
        forget_request(&exchange->calls[index]);
        free(exchange->calls[index].answer);
    }
    exchange->server->weight -= exchange->weight;
    free(exchange->actor);
    free(exchange);
}

void exchange_leave(struct exchange *exchange)
{
    struct connection *connection = exchange->connection;

    TAILQ_REMOVE(&connection->exchanges, exchange, link);
    connection->in_flight -= exchange->count;
    connection->weight -= exchange->weight;
    connection->held -= exchange->answer_bytes;
    exchange->connection = NULL;
    if (exchange->unanswered == 0)
        exchange_destroy(exchange);
}

void exchange_answer(struct call *call, const char *response)
{
    struct exchange *exchange = call->exchange;
    struct connection *connection = exchange->connection;

    if (connection) {
        size_t length = strlen(response);

        call->answer = memory_text(response); /* before the request goes: the response may quote it */
        exchange->answer_bytes += length;
        connection->held += length;
        connection_account(connection);
        connection_wake(connection);
    }
    forget_request(call);
    exchange->unanswered--;
    if (!connection && exchange->unanswered == 0)
        exchange_destroy(exchange);
}

void exchange_write(const struct exchange *exchange, struct evbuffer *output)
{
    if (exchange->is_batch)
        evbuffer_add(output, "[", 1);
    for (size_t index = 0; index < exchange->count; index++) {
        if (index > 0)
            evbuffer_add(output, ",", 1);
        evbuffer_add(output, exchange->calls[index].answer, strlen(exchange->calls[index].answer));
    }
    evbuffer_add(output, exchange->is_batch ? "]\n" : "\n", exchange->is_batch ? 2 : 1);
}

static void answer_error(struct call *call, enum rpc_error error, const char *field, const char *detail)
{
    struct text text;

    text_init(&text);
    rpc_write_error(&text, call->id, error, field, detail);
    exchange_answer(call, text_get(&text));
    text_finish(&text);
}

static void refuse_unknown(struct call *call, const char *name)
{
    char detail[96];

    snprintf(detail, sizeof(detail), "no method %s; rpc.discover lists them",
             strlen(name) <= 48 ? name : "of that name");
    answer_error(call, RPC_METHOD_NOT_FOUND, NULL, detail);
}

/* ---- which desk a call is for ---- */

static size_t desk_named(const struct server *server, const char *name)
{
    for (size_t index = 0; index < server->desk_count; index++)
        if (strcmp(server->desks[index].name, name) == 0)
            return index;
    return NO_DESK;
}

/* What a connection hears of the daemon itself does not depend on a desk. */
static bool is_about_the_daemon(const struct method *method)
{
    return strncmp(method->name, "system.", strlen("system.")) == 0 ||
           strncmp(method->name, "rpc.", strlen("rpc.")) == 0;
}

/* The desk that the call names, else the one the connection named when it said hello, else the only one. A
   ticket must never land on a desk that nobody chose. */
static size_t desk_of(const struct call *call, const struct method *method)
{
    const struct server *server = call->exchange->server;
    const char *name = json_string_value(json_object_get(call->params, "desk"));

    if (name)
        return desk_named(server, name);
    if (call->exchange->connection->desk != NO_DESK)
        return call->exchange->connection->desk;
    return server->desk_count == 1 || is_about_the_daemon(method) ? 0 : NO_DESK;
}

static void refuse_desk(struct call *call)
{
    const struct server *server = call->exchange->server;
    struct text detail;

    text_init(&detail);
    for (size_t index = 0; index < server->desk_count; index++)
        text_printf(&detail, "%s%s",
                    index ? ", " : "must name one of this daemon's desks: ", server->desks[index].name);
    answer_error(call, RPC_INVALID_PARAMS, "desk", text_get(&detail));
    text_finish(&detail);
}

/* ---- the gates ---- */

/* Strangers may ask who they are, so that somebody without a role can be told what is missing. */
static bool may_call(enum role role, const struct method *method)
{
    return access_allows(method->roles, role) || strcmp(method->name, "system.hello") == 0 ||
           strcmp(method->name, "system.ping") == 0;
}

static void refuse_role(struct call *call, const struct method *method)
{
    const struct connection *connection = call->exchange->connection;
    struct server *server = connection->server;
    size_t desk = desk_of(call, method);
    const struct server_hooks *hooks = &server->desks[desk == NO_DESK ? 0 : desk].hooks;
    char detail[128];

    snprintf(detail, sizeof(detail), "role %s may not call %s", access_role_name(connection->peer.role),
             method->name);
    answer_error(call, RPC_PERMISSION_DENIED, NULL, detail);
    server->figures.permission_denied++;
    if (hooks->on_refused)
        hooks->on_refused(hooks->context, &connection->peer, method);
}

static void refuse_overload(struct call *call)
{
    call->exchange->server->figures.overloaded++;
    answer_error(call, RPC_OVERLOADED, NULL, "too many requests are waiting");
}

static void hand_over(struct call *call, const struct method *method, size_t desk)
{
    struct server *server = call->exchange->server;
    const struct server_hooks *hooks = &server->desks[desk].hooks;

    call->desk = desk;
    if (strcmp(method->name, "system.hello") == 0 && json_object_get(call->params, "desk"))
        call->exchange->connection->desk = desk;
    call->request = (struct request){
        .token = token_issue(&server->tokens, call),
        .peer = call->exchange->connection->peer,
        .method = method,
        .params = call->params,
        .id = call->id,
    };
    call->request.peer.actor = call->exchange->actor;
    server->figures.requests++;
    hooks->on_request(hooks->context, &call->request);
}

static void judge(struct call *call, const struct rpc_call *heard)
{
    const struct server *server = call->exchange->server;
    const struct method *method = heard->error == RPC_OK ? methods_find(heard->method) : NULL;
    char field[96] = "";
    const char *detail = NULL;

    if (heard->error != RPC_OK)
        answer_error(call, heard->error, heard->field, heard->detail);
    else if (!method)
        refuse_unknown(call, heard->method);
    else if (!may_call(call->exchange->connection->peer.role, method))
        refuse_role(call, method);
    else if (server->weight > server->limits.weight_total)
        refuse_overload(call);
    else if (methods_check(method, call->params, field, &detail) != RPC_OK)
        answer_error(call, RPC_INVALID_PARAMS, *field ? field : NULL, detail);
    else if (desk_of(call, method) == NO_DESK)
        refuse_desk(call);
    else
        hand_over(call, method, desk_of(call, method));
}

/* Notifications have no answer that could say "committed", so none is obeyed; a ping asks for nothing anyway.
 */
static size_t count_answerable(struct server *server, const struct rpc_line *line)
{
    size_t count = 0;

    for (size_t index = 0; index < line->count; index++) {
        const struct rpc_call *heard = &line->calls[index];

        if (heard->id)
            count++;
        else if (heard->error != RPC_OK || strcmp(heard->method, "system.ping") != 0)
            server->figures.notifications_ignored++;
    }
    return count;
}

static void judge_all(struct exchange *exchange, struct rpc_line *line)
{
    struct call *call = exchange->calls;

    for (size_t index = 0; index < line->count; index++) {
        struct rpc_call *heard = &line->calls[index];

        if (!heard->id)
            continue;
        call->id = memory_text(heard->id);
        call->params = heard->params;
        heard->params = NULL;
        judge(call++, heard);
    }
    exchange->unanswered--;
}

void exchange_begin(struct connection *connection, struct rpc_line *line)
{
    size_t count = count_answerable(connection->server, line);

    if (count > 0) {
        struct exchange *exchange = exchange_create(connection, count, line->weight);

        exchange->is_batch = line->is_batch;
        judge_all(exchange, line);
    }
    rpc_line_finish(line);
}

void exchange_refuse(struct connection *connection, enum rpc_error error, const char *detail)
{
    struct exchange *exchange = exchange_create(connection, 1, 0);

    answer_error(&exchange->calls[0], error, NULL, detail);
    exchange->unanswered--;
}
