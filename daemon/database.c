/*
 * One connection and its life: away, connecting, preparing, ready, and away again.
 *
 *     AWAY --pause over--> CONNECTING --PQconnectPoll OK--> PREPARING --sync--> READY
 *      ^                        |                               |                 |
 *      +-------- lost, refused, or 5 s without progress --------+-----------------+
 *
 * The writer and the reader each own one. Nothing here blocks but name resolution, which libpq does before
 * its first poll: so the conninfo names a socket directory or a hostaddr. All results are taken as they come;
 * nothing is retried here, because only the owner knows what a lost answer means. The pause before a new
 * attempt doubles from 50 ms to 2 s until the owner says that its work went through: a server that lets us in
 * and then has no disk left must not be tried twenty times a second.
 *
 * A dead peer must not hold us for the hour that TCP would allow: keepalives after 3 s, three a second apart,
 * and unacknowledged data for 5 s at most, unless the conninfo says otherwise.
 */
#include "daemon/database.h"

#include "daemon/rows.h"

#include "daemon/log.h"
#include "daemon/rows.h"
#include "daemon/statements.h"
#include "lib/base/memory.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_PAUSE_MS   50
#define LONGEST_PAUSE_MS 2000
#define PATIENCE_MS      5000

enum phase { AWAY, CONNECTING, PREPARING, READY };

struct database {
    struct event_base *base;
    struct database_hooks hooks;
    const char *(*statement)(size_t index);
    char *conninfo, *application, *session;
    PGconn *connection; /* NULL: away */
    struct event *readable, *writable;
    struct event *timer; /* the pause while away, patience until ready */
    enum phase phase;
    int pause_ms;
    unsigned generation; /* counts connections, so that a loop over results sees that its own is gone */
    bool warned;
    bool send_failed;  /* then nothing more is queued: a batch with a hole must not reach its COMMIT */
    char *setup_error; /* first error while preparing */
};

static void start_timer(struct database *database, int wait_ms)
{
    struct timeval wait = {.tv_sec = wait_ms / 1000, .tv_usec = wait_ms % 1000 * 1000};

    evtimer_add(database->timer, &wait);
}

static void forget_events(struct database *database)
{
    if (database->readable)
        event_free(database->readable);
    if (database->writable)
        event_free(database->writable);
    database->readable = database->writable = NULL;
}

static void close_connection(struct database *database)
{
    forget_events(database);
    PQfinish(database->connection);
    database->connection = NULL;
    database->generation++;
    database->phase = AWAY;
    database->warned = database->send_failed = false;
    free(database->setup_error);
    database->setup_error = NULL;
}

void database_drop(struct database *database, const char *why)
{
    char *reason = memory_text(why && *why ? why : "connection lost");

    reason[strcspn(reason, "\n")] = '\0';
    close_connection(database);
    start_timer(database, database->pause_ms);
    if (database->pause_ms == FIRST_PAUSE_MS) /* once: an hour without a server is one line, not thousands */
        log_warning("event=database_away connection=%s why=%s", database->application, reason);
    database->pause_ms =
        database->pause_ms * 2 < LONGEST_PAUSE_MS ? database->pause_ms * 2 : LONGEST_PAUSE_MS;
    database->hooks.on_lost(database->hooks.context, reason);
    free(reason);
}

static void flush(struct database *database)
{
    int rc = PQflush(database->connection);

    if (rc < 0)
        database_drop(database, PQerrorMessage(database->connection));
    else if (rc > 0)
        event_add(database->writable, NULL);
}

/* While preparing: remembers the first error; at the sync the connection is ready or given up. */
static void take_setup_result(struct database *database, const PGresult *result)
{
    ExecStatusType status = PQresultStatus(result);

    if (status == PGRES_FATAL_ERROR && !database->setup_error)
        database->setup_error = memory_text(PQresultErrorMessage(result));
    if (status != PGRES_PIPELINE_SYNC)
        return;
    if (database->setup_error) {
        char *why = database->setup_error;

        database->setup_error = NULL;
        database_drop(database, why);
        free(why);
        return;
    }
    evtimer_del(database->timer);
    database->phase = READY;
    database->warned = false;
    log_info("event=database_ready connection=%s", database->application);
    database->hooks.on_ready(database->hooks.context);
}

/* Takes every result that is there. Between results libpq gives one NULL, at the end it gives NULL again. */
static void take_results(struct database *database)
{
    unsigned generation = database->generation;
    int nulls = 0;

    while (generation == database->generation && nulls < 2 && !PQisBusy(database->connection)) {
        PGresult *result = PQgetResult(database->connection);

        nulls = result ? 0 : nulls + 1;
        if (!result)
            continue;
        if (database->phase == READY)
            database->hooks.on_result(database->hooks.context, result);
        else
            take_setup_result(database, result);
        PQclear(result);
    }
}

static void when_readable(evutil_socket_t socket, short what, void *context)
{
    struct database *database = context;
    unsigned generation = database->generation;
    int alive = PQconsumeInput(database->connection);

    (void)socket;
    (void)what;
    take_results(database); /* also when the server said goodbye: it may have answered before */
    if (generation != database->generation)
        return;
    if (!alive || PQstatus(database->connection) == CONNECTION_BAD)
        database_drop(database, PQerrorMessage(database->connection));
    else
        flush(database);
}

static void when_writable(evutil_socket_t socket, short what, void *context)
{
    (void)socket;
    (void)what;
    flush(context);
}

static int watch(struct database *database, event_callback_fn on_readable, event_callback_fn on_writable,
                 short what)
{
    int socket = PQsocket(database->connection);

    forget_events(database);
    database->readable = event_new(database->base, socket, EV_READ | EV_PERSIST, on_readable, database);
    database->writable = event_new(database->base, socket, EV_WRITE, on_writable, database);
    if (!database->readable || !database->writable)
        return -ENOMEM;
    return event_add(what == EV_READ ? database->readable : database->writable, NULL);
}

/* Sends the session's settings and every statement in one go; the sync behind them says that all are in
 * place. */
static int send_setup(struct database *database)
{
    PGconn *connection = database->connection;
    const char *name;
    int ok = PQsetnonblocking(connection, 1) == 0 && PQenterPipelineMode(connection);

    ok =
        ok && PQsendQueryParams(connection, statements_text(database->session), 0, NULL, NULL, NULL, NULL, 0);
    for (size_t i = 0; ok && (name = database->statement(i)) != NULL; i++)
        ok = PQsendPrepare(connection, name, statements_text(name), 0, NULL);
    return ok && PQpipelineSync(connection) ? 0 : -EIO;
}

static void prepare(struct database *database)
{
    database->phase = PREPARING;
    if (send_setup(database) < 0 || watch(database, when_readable, when_writable, EV_READ) < 0)
        database_drop(database, PQerrorMessage(database->connection));
    else
        flush(database);
}

static void poll_connection(struct database *database);

static void when_connecting(evutil_socket_t socket, short what, void *context)
{
    (void)socket;
    (void)what;
    poll_connection(context);
}

/* libpq may change its socket between polls, so the events are made anew each time. */
static void poll_connection(struct database *database)
{
    PostgresPollingStatusType status = PQconnectPoll(database->connection);

    if (status == PGRES_POLLING_OK)
        prepare(database);
    else if (status == PGRES_POLLING_FAILED ||
             watch(database, when_connecting, when_connecting,
                   status == PGRES_POLLING_READING ? EV_READ : EV_WRITE) < 0)
        database_drop(database, PQerrorMessage(database->connection));
}

static void receive_notice(void *context, const PGresult *notice)
{
    struct database *database = context;
    const char *state = PQresultErrorField(notice, PG_DIAG_SQLSTATE);

    if (state && (strcmp(state, "01000") == 0 || strcmp(state, "57P01") == 0))
        database->warned = true;
    log_warning("event=database_notice connection=%s sqlstate=%s text=%s", database->application, state,
                PQresultErrorField(notice, PG_DIAG_MESSAGE_PRIMARY));
}

static void connect_now(struct database *database)
{
    const char *keywords[] = {"keepalives",       "keepalives_idle",  "keepalives_interval",
                              "keepalives_count", "tcp_user_timeout", "dbname",
                              "application_name", "client_encoding",  NULL};
    const char *values[] = {"1",    "3", "1", "3", "5000", database->conninfo, database->application,
                            "UTF8", NULL};

    database->phase = CONNECTING;
    database->generation++;
    database->connection =
        PQconnectStartParams(keywords, values, 1); /* what comes after dbname wins over it */
    if (!database->connection || PQstatus(database->connection) == CONNECTION_BAD ||
        watch(database, when_connecting, when_connecting, EV_WRITE) < 0) {
        database_drop(database, PQerrorMessage(database->connection));
        return;
    }
    PQsetNoticeReceiver(database->connection, receive_notice, database);
    start_timer(database, PATIENCE_MS);
}

static void when_time_is_over(evutil_socket_t socket, short what, void *context)
{
    struct database *database = context;

    (void)socket;
    (void)what;
    if (database->phase == AWAY)
        connect_now(database);
    else if (database->phase != READY)
        database_drop(database, "no answer while connecting");
}

int database_create(struct event_base *base, const struct database_options *options,
                    const struct database_hooks *hooks, struct database **ret_database)
{
    struct database *database = memory_new(1, sizeof(*database));

    database->base = base;
    database->hooks = *hooks;
    database->statement = options->statement;
    database->conninfo = memory_text(options->conninfo);
    database->application = memory_text(options->application);
    database->session = memory_text(options->session);
    database->pause_ms = FIRST_PAUSE_MS;
    database->timer = evtimer_new(base, when_time_is_over, database);
    if (!database->timer) {
        database_destroy(database);
        return -ENOMEM;
    }
    start_timer(database, 0);
    *ret_database = database;
    return 0;
}

void database_destroy(struct database *database)
{
    if (!database)
        return;
    close_connection(database);
    if (database->timer)
        event_free(database->timer);
    free(database->conninfo);
    free(database->application);
    free(database->session);
    free(database);
}

bool database_is_ready(const struct database *database)
{
    return database->phase == READY;
}

void database_run(struct database *database, const char *statement, int count, const char *const *values,
                  const int *lengths, bool binary_result)
{
    static const int all_binary[ROWS_PARAMETERS_MAX] = {[0 ... ROWS_PARAMETERS_MAX - 1] = 1};

    if (!database->send_failed)
        database->send_failed = !PQsendQueryPrepared(database->connection, statement, count, values, lengths,
                                                     lengths ? all_binary : NULL, binary_result);
}

void database_sync(struct database *database)
{
    if (database->send_failed || !PQpipelineSync(database->connection))
        database_drop(database, PQerrorMessage(database->connection));
    else
        flush(database);
}

bool database_was_warned(struct database *database)
{
    bool warned = database->warned;

    database->warned = false;
    return warned;
}

void database_worked(struct database *database)
{
    database->pause_ms = FIRST_PAUSE_MS;
}
