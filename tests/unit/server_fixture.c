/*
 * See server_fixture.h. Client and server share one thread: fixture_run() turns the server's loop without
 * waiting, and clients use non-blocking sockets, so a test decides exactly what has happened when.
 */
#include "tests/unit/server_fixture.h"

#include "lib/base/memory.h"
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

static const struct parameter no_parameters[] = {{NULL, PARAMETER_STRING, false, NULL, NULL}};

static const struct method methods[] = {
    {"system.hello", METHOD_HAND, ROLES_ANY, no_parameters, "", "", NULL},
    {"system.ping", METHOD_HAND, ROLES_ANY, no_parameters, "", "", NULL},
    {"test.now", METHOD_READ, ROLES_ANY, no_parameters, "", "", NULL},
    {"test.late", METHOD_WRITE, ROLES_ANY, no_parameters, "", "", NULL},
    {"test.secret", METHOD_READ, ROLES(ROLE_AUDITOR), no_parameters, "", "", NULL},
    {"event.subscribe", METHOD_HAND, ROLES_ANY, no_parameters, "", "", NULL},
    {"event.unsubscribe", METHOD_HAND, ROLES_ANY, no_parameters, "", "", NULL},
};

const struct method *methods_find(const char *name)
{
    for (size_t index = 0; index < sizeof(methods) / sizeof(*methods); index++)
        if (strcmp(methods[index].name, name) == 0)
            return &methods[index];
    return NULL;
}

enum rpc_error methods_check(const struct method *method, const json_t *params, char ret_field[96],
                             const char **ret_detail)
{
    (void)method;
    if (!json_object_get(params, "bad"))
        return RPC_OK;
    strcpy(ret_field, "bad");
    *ret_detail = "no such parameter";
    return RPC_INVALID_PARAMS;
}

static void answer_value(struct fixture *fixture, const struct request *request)
{
    char result[64];

    snprintf(result, sizeof(result), "{\"value\":%d}",
             (int)json_integer_value(json_object_get(request->params, "value")));
    server_answer_result(fixture->server, request->token, result);
}

static void on_request(void *context, const struct request *request)
{
    struct fixture *fixture = context;
    const char *name = request->method->name;

    snprintf(fixture->hello_actor, sizeof(fixture->hello_actor), "%s", request->peer.actor);
    if (strcmp(name, "event.subscribe") == 0)
        server_subscribe(fixture->server, request);
    else if (strcmp(name, "event.unsubscribe") == 0)
        server_unsubscribe(fixture->server, request);
    else if (strcmp(name, "test.late") == 0 && fixture->heard_count < HEARD_MAX)
        fixture->heard[fixture->heard_count++] = request->token;
    else
        answer_value(fixture, request);
}

static void on_refused(void *context, const struct peer *peer, const struct method *method)
{
    struct fixture *fixture = context;

    (void)method;
    fixture->refused_count++;
    fixture->refused_role = peer->role;
}

static uint64_t journal_sequence(void *context)
{
    return ((struct fixture *)context)->sequence;
}

static void add_own_role(struct fixture *fixture, enum role role)
{
    char own[16], *why;

    snprintf(own, sizeof(own), "%u", (unsigned)geteuid());
    assert_int_equal(peer_table_add(fixture->peers, role, own, NULL, &why), PEER_OK);
}

struct fixture *fixture_create(enum role role, const struct server_limits *limits)
{
    struct fixture *fixture = memory_new(1, sizeof(*fixture));
    struct server_options options = {.listen_fd = -1, .path = fixture->path};
    const struct server_desk desk = {"main", {fixture, on_request, journal_sequence, on_refused}};

    if (limits)
        options.limits = *limits;
    strcpy(fixture->directory, "/tmp/duban-server-XXXXXX");
    assert_non_null(mkdtemp(fixture->directory));
    snprintf(fixture->path, sizeof(fixture->path), "%s/socket", fixture->directory);
    fixture->base = event_base_new();
    fixture->peers = peer_table_create();
    add_own_role(fixture, role);
    options.peers = fixture->peers;
    assert_int_equal(server_create(fixture->base, &options, &desk, 1, &fixture->server), SERVER_CREATED);
    return fixture;
}

void fixture_destroy(struct fixture *fixture)
{
    char lock[112];

    server_destroy(fixture->server);
    peer_table_destroy(fixture->peers);
    event_base_free(fixture->base);
    assert_int_equal(access(fixture->path, F_OK), -1);
    snprintf(lock, sizeof(lock), "%s.lock", fixture->path);
    unlink(lock);
    rmdir(fixture->directory);
    free(fixture);
}

int fixture_dial(struct fixture *fixture, int fd)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};

    strcpy(address.sun_path, fixture->path);
    int outcome = connect(fd, (struct sockaddr *)&address, sizeof(address));

    fixture_run(fixture);
    return outcome;
}

int fixture_connect(struct fixture *fixture)
{
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

    assert_int_equal(fixture_dial(fixture, fd), 0);
    return fd;
}

void fixture_run(struct fixture *fixture)
{
    for (int count = 0; count < 8; count++)
        event_base_loop(fixture->base, EVLOOP_NONBLOCK);
}

void fixture_wait(struct fixture *fixture, int span_ms)
{
    for (int waited = 0; waited < span_ms; waited += 5) {
        usleep(5000);
        fixture_run(fixture);
    }
}

bool fixture_send(struct fixture *fixture, int fd, const char *bytes, size_t length)
{
    for (int patience = 0; length > 0 && patience < 1000; patience++) {
        ssize_t sent = send(fd, bytes, length, MSG_NOSIGNAL);

        if (sent < 0 && errno != EAGAIN)
            return false;
        if (sent > 0) {
            bytes += sent;
            length -= (size_t)sent;
            patience = 0;
        }
        fixture_run(fixture);
    }
    return length == 0;
}

bool fixture_say(struct fixture *fixture, int fd, const char *line)
{
    return fixture_send(fixture, fd, line, strlen(line)) && fixture_send(fixture, fd, "\n", 1);
}

void fixture_call(struct fixture *fixture, int fd, const char *method, int id, const char *params)
{
    char line[512];

    snprintf(line, sizeof(line), "{\"jsonrpc\":\"2.0\",\"method\":\"%s\",\"id\":%d,\"params\":%s}", method,
             id, params);
    assert_true(fixture_say(fixture, fd, line));
}

static struct text heard_text;

/* Whether the end of the stream was reached. */
static bool drain(struct fixture *fixture, int fd)
{
    char bytes[65536];
    ssize_t got;

    do {
        fixture_run(fixture);
        got = recv(fd, bytes, sizeof(bytes), 0);
        if (got > 0)
            text_append(&heard_text, bytes, (size_t)got);
    } while (got > 0);
    return got == 0 || errno != EAGAIN;
}

const char *fixture_hear(struct fixture *fixture, int fd)
{
    text_finish(&heard_text);
    drain(fixture, fd);
    return text_get(&heard_text);
}

bool fixture_is_closed(struct fixture *fixture, int fd)
{
    text_finish(&heard_text);
    bool is_closed = drain(fixture, fd);

    text_finish(&heard_text);
    return is_closed;
}

void fixture_answer(struct fixture *fixture, size_t heard, const char *value)
{
    struct text result;

    text_init(&result);
    text_printf(&result, "{\"value\":%s}", value);
    server_answer_result(fixture->server, fixture->heard[heard], text_get(&result));
    text_finish(&result);
    fixture_run(fixture);
}

void fixture_publish(struct fixture *fixture, const char *type, uint64_t ticket, const char *body)
{
    struct journal_row row = {
        .sequence = ++fixture->sequence,
        .at = INT64_C(1772413200000),
        .ticket = ticket,
        .type = type,
        .body = body,
    };

    server_publish(fixture->server, 0, &row);
}

struct server_figures fixture_figures(struct fixture *fixture)
{
    struct server_figures figures;

    server_figures(fixture->server, &figures);
    return figures;
}

size_t fixture_count(const char *text, const char *needle)
{
    size_t count = 0;

    while ((text = strstr(text, needle))) {
        count++;
        text += strlen(needle);
    }
    return count;
}
