/*
 * A server on a temporary path and its clients inside one process and one event loop, for test_server.c,
 * test_connection.c and test_subscription.c. The methods are made up (server_fixture.c fakes the table), so
 * that these tests speak about the socket and about nothing else.
 *
 *   test.now {value?}     answered from within on_request with {"value":…}
 *   test.late {value?}    kept; the test answers it with fixture_answer()
 *   test.secret           for ROLE_AUDITOR only
 */
#ifndef DUBAN_TESTS_UNIT_SERVER_FIXTURE_H
#define DUBAN_TESTS_UNIT_SERVER_FIXTURE_H

#include "daemon/peer.h"
#include "daemon/server.h"
#include "lib/base/text.h"

#define HEARD_MAX 4096

struct fixture {
    struct event_base *base;
    struct server *server;
    struct peer_table *peers;
    char directory[64], path[96];
    uint64_t heard[HEARD_MAX]; /* tokens of test.late */
    size_t heard_count;
    size_t refused_count;
    enum role refused_role;
    char hello_actor[64];
    uint64_t sequence; /* of the journal */
};

/* Everybody of this test's user has `role`. `limits` may be NULL: the defaults. */
struct fixture *fixture_create(enum role role, const struct server_limits *limits);
void fixture_destroy(struct fixture *fixture);

int fixture_dial(struct fixture *fixture, int fd); /* what connect() gives */
int fixture_connect(struct fixture *fixture);      /* a non-blocking client */
void fixture_run(struct fixture *fixture);         /* turns the loop until nothing is left to do */
void fixture_wait(struct fixture *fixture, int span_ms);

/* Sends all of it, turning the loop as needed; false: the connection is closed. */
bool fixture_send(struct fixture *fixture, int fd, const char *bytes, size_t length);
bool fixture_say(struct fixture *fixture, int fd, const char *line); /* adds the LF */
void fixture_call(struct fixture *fixture, int fd, const char *method, int id, const char *params);

/* Everything that has come since; the storage is the fixture's and lives until the next call. */
const char *fixture_hear(struct fixture *fixture, int fd);
bool fixture_is_closed(struct fixture *fixture, int fd); /* reads what is left, too */

void fixture_answer(struct fixture *fixture, size_t heard, const char *value); /* with {"value":VALUE} */
void fixture_publish(struct fixture *fixture, const char *type, uint64_t ticket, const char *body);
struct server_figures fixture_figures(struct fixture *fixture);
size_t fixture_count(const char *text, const char *needle);

#endif
