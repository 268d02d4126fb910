/*
 * Events: what a client asked to be told, drawn from the history at the client's pace.
 *
 * A subscription is a sequence number, the first row it has not been offered yet, and two filters.
 * server_publish() adds the row to the history and wakes the connections that listen; each then draws as many
 * rows as its output has room for (1 MiB). A reader that pauses costs nothing and misses nothing while its
 * rows are still in the history; when they no longer are it gets one event.lost with the range, once it has
 * room, and goes on behind it. Beginning with from_seq, catching up and following are thus the same thing.
 *
 * No event leaves before the answer that names its `sub` has left: answers keep the order of their requests,
 * so this one may have to wait, and rows that are published meanwhile wait in the history.
 */
#include "daemon/server_inside.h"

#include "lib/base/memory.h"
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define TYPES_MAX      64
#define TYPE_BYTES_MAX 64

/* What the client asks */

struct wish {
    json_t *types;
    uint64_t ticket, from;
    const char *field, *detail; /* what is wrong with it; NULL: nothing */
};

static bool is_bad_type(const json_t *type)
{
    return !json_is_string(type) || json_string_length(type) > TYPE_BYTES_MAX;
}

static void read_types(struct wish *wish, json_t *types)
{
    size_t index;
    json_t *type;

    if (!types)
        return;
    wish->types = types;
    if (!json_is_array(types) || json_array_size(types) > TYPES_MAX)
        wish->field = "types";
    json_array_foreach(types, index, type) if (is_bad_type(type)) wish->field = "types";
    if (wish->field)
        wish->detail = "at most 64 names of event types, such as clock.breached";
}

static bool read_ticket(const char *string, uint64_t *ret_ticket)
{
    size_t length = string ? strlen(string) : 0;

    if (length == 0 || length > 19 || strspn(string, "0123456789") != length)
        return false;
    *ret_ticket = strtoull(string, NULL, 10);
    return *ret_ticket > 0;
}

static void read_filter(struct wish *wish, const json_t *filter)
{
    const json_t *ticket = json_object_get(filter, "ticket");

    if (!filter || (json_is_object(filter) && json_object_size(filter) == 0))
        return;
    if (ticket && json_object_size(filter) == 1 && read_ticket(json_string_value(ticket), &wish->ticket))
        return;
    wish->field = "filter";
    wish->detail = "an object whose only member is `ticket`, a ticket id";
}

static void read_from(struct wish *wish, const json_t *from)
{
    if (!from)
        return;
    if (json_is_integer(from) && json_integer_value(from) > 0) {
        wish->from = (uint64_t)json_integer_value(from);
        return;
    }
    wish->field = "from_seq";
    wish->detail = "a journal sequence, 1 or higher";
}

static struct wish read_wish(const json_t *params)
{
    struct wish wish = {0};

    read_types(&wish, json_object_get(params, "types"));
    if (!wish.field)
        read_filter(&wish, json_object_get(params, "filter"));
    if (!wish.field)
        read_from(&wish, json_object_get(params, "from_seq"));
    return wish;
}

/* Without from_seq the next row that is published; the history may not have seen all that came before. */
static uint64_t first_sequence(const struct desk_line *desk, const struct wish *wish)
{
    uint64_t latest = desk->hooks.journal_sequence(desk->hooks.context);

    history_begin(desk->history, latest);
    return wish->from ? wish->from : latest + 1;
}

static void subscribe(struct connection *connection, struct call *call, const struct wish *wish)
{
    struct subscription *subscription = memory_new(1, sizeof(*subscription));
    char result[96];

    subscription->name = ++connection->last_subscription;
    subscription->desk = call->desk;
    subscription->next = first_sequence(&connection->server->desks[call->desk], wish);
    subscription->awaited = call->exchange;
    subscription->types = json_incref(wish->types);
    subscription->ticket = wish->ticket;
    TAILQ_INSERT_TAIL(&connection->subscriptions, subscription, link);
    connection->subscription_count++;
    connection->server->figures.subscriptions_open++;
    snprintf(result, sizeof(result), "{\"sub\":\"%" PRIu64 "\",\"seq\":%" PRIu64 "}", subscription->name,
             subscription->next - 1);
    server_answer_result(connection->server, call->request.token, result);
}

void server_subscribe(struct server *server, const struct request *request)
{
    struct call *call = token_find(&server->tokens, request->token);
    struct connection *connection = call ? call->exchange->connection : NULL;

    if (!connection) {
        server_answer_error(server, request->token, RPC_GONE, NULL, NULL);
        return;
    }
    struct wish wish = read_wish(request->params);

    if (wish.field)
        server_answer_error(server, request->token, RPC_INVALID_PARAMS, wish.field, wish.detail);
    else if (connection->subscription_count >= server->limits.subscriptions)
        server_answer_error(server, request->token, RPC_INVALID_STATE, NULL,
                            "this connection has as many subscriptions as it may");
    else
        subscribe(connection, call, &wish);
}

static void subscription_destroy(struct connection *connection, struct subscription *subscription)
{
    TAILQ_REMOVE(&connection->subscriptions, subscription, link);
    connection->subscription_count--;
    connection->server->figures.subscriptions_open--;
    json_decref(subscription->types);
    free(subscription);
}

static struct subscription *find_subscription(const struct connection *connection, const char *name)
{
    struct subscription *subscription;
    char own_name[24];

    TAILQ_FOREACH(subscription, &connection->subscriptions, link)
    {
        snprintf(own_name, sizeof(own_name), "%" PRIu64, subscription->name);
        if (name && strcmp(own_name, name) == 0)
            return subscription;
    }
    return NULL;
}

void server_unsubscribe(struct server *server, const struct request *request)
{
    struct call *call = token_find(&server->tokens, request->token);
    struct connection *connection = call ? call->exchange->connection : NULL;
    const char *name = json_string_value(json_object_get(request->params, "sub"));
    struct subscription *subscription = connection ? find_subscription(connection, name) : NULL;

    if (!subscription) {
        server_answer_error(server, request->token, RPC_NOT_FOUND, "sub",
                            "this connection has no such subscription");
        return;
    }
    subscription_destroy(connection, subscription);
    server_answer_result(server, request->token, "{}");
}

/* What the client is told */

static bool is_wanted(const struct subscription *subscription, const struct history_row *row)
{
    size_t index;
    const json_t *type;

    if (subscription->ticket && subscription->ticket != row->ticket)
        return false;
    if (!subscription->types)
        return true;
    json_array_foreach(subscription->types, index,
                       type) if (strcmp(json_string_value(type), row->type) == 0) return true;
    return false;
}

static struct history *history_of(const struct connection *connection,
                                  const struct subscription *subscription)
{
    return connection->server->desks[subscription->desk].history;
}

static bool is_hidden(const struct connection *connection, const struct subscription *subscription,
                      const struct history_row *row)
{
    const struct server_hooks *hooks = &connection->server->desks[subscription->desk].hooks;

    return hooks->hides_row &&
           hooks->hides_row(hooks->context, &connection->peer, row->type, row->text + row->data);
}

static void tell(struct connection *connection, const struct subscription *subscription,
                 struct history_row *row)
{
    const char *text = access_sees_contact_data(connection->peer.role)
                           ? row->text
                           : history_masked(history_of(connection, subscription), row);

    evbuffer_add_printf(connection->output,
                        "{\"jsonrpc\":\"2.0\",\"method\":\"event\",\"params\":{\"sub\":\"%" PRIu64 "\",",
                        subscription->name);
    if (is_hidden(connection, subscription, row)) {
        evbuffer_add(connection->output, row->text, row->data);
        evbuffer_add_printf(connection->output, "{\"hidden\":true}");
    } else {
        evbuffer_add(connection->output, text, strlen(text));
    }
    evbuffer_add(connection->output, "}}\n", 3);
}

static void tell_lost(struct connection *connection, const struct subscription *subscription, uint64_t up_to)
{
    evbuffer_add_printf(connection->output,
                        "{\"jsonrpc\":\"2.0\",\"method\":\"event.lost\",\"params\":{\"sub\":\"%" PRIu64
                        "\",\"from\":%" PRIu64 ",\"to\":%" PRIu64 "}}\n",
                        subscription->name, subscription->next, up_to);
    connection->server->figures.events_lost += up_to - subscription->next + 1;
}

static bool has_room(const struct connection *connection)
{
    return connection_unsent(connection) < connection->server->limits.unsent_pause;
}

static void pump(struct connection *connection, struct subscription *subscription)
{
    struct history *history = history_of(connection, subscription);
    uint64_t lost_up_to = history_lost_up_to(history);
    struct history_row *row;

    if (has_room(connection) && subscription->next <= lost_up_to) {
        tell_lost(connection, subscription, lost_up_to);
        subscription->next = lost_up_to + 1;
    }
    while (has_room(connection) && (row = history_from(history, subscription->next))) {
        if (is_wanted(subscription, row))
            tell(connection, subscription, row);
        subscription->next = row->sequence + 1;
    }
}

void subscription_pump(struct connection *connection)
{
    struct subscription *subscription;

    if (connection->is_dead || connection->is_finishing)
        return;
    TAILQ_FOREACH(subscription, &connection->subscriptions, link)
    {
        if (!subscription->awaited)
            pump(connection, subscription);
    }
}

bool subscription_is_behind(const struct connection *connection)
{
    const struct subscription *subscription;

    if (connection->is_finishing)
        return false;
    TAILQ_FOREACH(subscription, &connection->subscriptions, link)
    {
        struct history *history = history_of(connection, subscription);

        if (!subscription->awaited &&
            (subscription->next <= history_lost_up_to(history) || history_from(history, subscription->next)))
            return true;
    }
    return false;
}

void subscription_released(struct connection *connection, const struct exchange *exchange)
{
    struct subscription *subscription;

    TAILQ_FOREACH(subscription, &connection->subscriptions, link)
    {
        if (subscription->awaited == exchange)
            subscription->awaited = NULL;
    }
}

void subscription_destroy_all(struct connection *connection)
{
    while (!TAILQ_EMPTY(&connection->subscriptions))
        subscription_destroy(connection, TAILQ_FIRST(&connection->subscriptions));
}

void server_publish(struct server *server, size_t desk, const struct journal_row *row)
{
    struct connection *connection;

    history_add(server->desks[desk].history, row);
    LIST_FOREACH(connection, &server->connections, link)
    {
        if (connection->subscription_count > 0)
            connection_wake(connection);
    }
}
