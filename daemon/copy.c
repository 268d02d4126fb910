/*
 * Bulk reading for the loader.
 *
 * Blocks, because there is nothing to serve before everything open is back in memory. Binary COPY is the
 * cheapest way out of PostgreSQL: no result object for each row, no text to parse. A server process spends
 * more on a row than we do, so big tables are read by two of them, each half of the pages, while one thread
 * here takes rows from whichever has some. COPY takes no parameters, so they are put into its text; they are
 * numbers of ours only.
 */
#include "daemon/copy.h"

#include "daemon/statements.h"
#include "lib/base/memory.h"
#include "lib/base/text.h"
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct stream {
    PGconn *connection;
    bool ended;
};

static int fail(char **ret_why, const char *what, const char *how)
{
    if (asprintf(ret_why, "%s: %s", what, how) < 0)
        abort();
    (*ret_why)[strcspn(*ret_why, "\n")] = '\0';
    return -EIO;
}

PGconn *copy_connect(const char *conninfo, const char *application)
{
    const char *keywords[] = {"keepalives_idle",  "keepalives_interval", "keepalives_count",
                              "tcp_user_timeout", "connect_timeout",     "dbname",
                              "application_name", "client_encoding",     NULL};
    const char *values[] = {"3", "1", "3", "5000", "10", conninfo, application, "UTF8", NULL};

    return PQconnectdbParams(keywords, values, 1);
}

PGresult *copy_query(PGconn *connection, const char *statement, int count, const char *const *values,
                     char **ret_why)
{
    PGresult *result =
        PQexecParams(connection, statements_text(statement), count, NULL, values, NULL, NULL, 0);
    ExecStatusType status = PQresultStatus(result);

    if (status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK)
        return result;
    fail(ret_why, statement, PQerrorMessage(connection));
    PQclear(result);
    return NULL;
}

/* The statement as a COPY, with $1 … replaced by `values`. */
static char *copy_text(const char *statement, const char *const *values, int count)
{
    const char *sql = statements_text(statement);
    struct text text;

    text_init(&text);
    text_add(&text, "COPY (");
    for (; *sql; sql++) {
        if (*sql == '$' && sql[1] >= '1' && sql[1] < '1' + count)
            text_add(&text, values[*++sql - '1']);
        else
            text_append(&text, sql, 1);
    }
    text_add(&text, ") TO STDOUT (FORMAT binary)");
    return text_take(&text);
}

static int begin(struct stream *stream, const struct copy_source *source, uint64_t first, uint64_t last,
                 char **ret_why)
{
    char desk[12], from[32], to[32];

    snprintf(desk, sizeof(desk), "%" PRIu32, source->desk);
    snprintf(from, sizeof(from), "'(%" PRIu64 ",0)'", first);
    snprintf(to, sizeof(to), "'(%" PRIu64 ",0)'", last);
    char *sql = copy_text(source->statement, (const char *const[]){desk, from, to}, 3);
    PGresult *result = PQexec(stream->connection, sql);
    int rc = PQresultStatus(result) == PGRES_COPY_OUT
                 ? 0
                 : fail(ret_why, source->statement, PQerrorMessage(stream->connection));

    stream->ended = false;
    PQclear(result);
    free(sql);
    return rc;
}

/* After the last row: did the server mean it? */
static int end(struct stream *stream, const struct copy_source *source, char **ret_why)
{
    PGresult *result;
    int rc = 0;

    stream->ended = true;
    while ((result = PQgetResult(stream->connection)) != NULL) {
        if (PQresultStatus(result) != PGRES_COMMAND_OK && rc == 0)
            rc = fail(ret_why, source->statement, PQresultErrorMessage(result));
        PQclear(result);
    }
    return rc;
}

/* Takes the rows that are there. */
static int drain(struct stream *stream, const struct copy_source *source, copy_function *take, void *context,
                 char **ret_why)
{
    struct field fields[FIELDS_MAX];
    char *bytes;
    int length;

    while ((length = PQgetCopyData(stream->connection, &bytes, 1)) > 0) {
        int rc = fields_from_copy(bytes, (size_t)length, fields, source->columns);

        if (rc == 0)
            take(context, fields);
        PQfreemem(bytes);
        if (rc < 0)
            return fail(ret_why, source->statement, "a row of another form than expected");
    }
    if (length == -1)
        return end(stream, source, ret_why);
    return length == 0 ? 0 : fail(ret_why, source->statement, PQerrorMessage(stream->connection));
}

static int wait_for_rows(struct stream *streams, size_t count, const char *statement, char **ret_why)
{
    struct pollfd waits[2];

    for (size_t i = 0; i < count; i++)
        waits[i] = (struct pollfd){
            .fd = streams[i].ended ? -1 : PQsocket(streams[i].connection),
            .events = POLLIN,
        };
    if (poll(waits, count, -1) < 0 && errno != EINTR)
        return fail(ret_why, statement, strerror(errno));
    for (size_t i = 0; i < count; i++)
        if (waits[i].revents && !PQconsumeInput(streams[i].connection))
            return fail(ret_why, statement, PQerrorMessage(streams[i].connection));
    return 0;
}

static int drain_all(struct stream *streams, size_t count, const struct copy_source *source,
                     copy_function *take, void *context, char **ret_why)
{
    size_t running = count;
    int rc = 0;

    while (rc == 0 && running > 0) {
        running = 0;
        for (size_t i = 0; rc == 0 && i < count; i++) {
            if (!streams[i].ended)
                rc = drain(&streams[i], source, take, context, ret_why);
            running += !streams[i].ended;
        }
        if (rc == 0 && running > 0)
            rc = wait_for_rows(streams, count, source->statement, ret_why);
    }
    return rc;
}

int copy_rows(PGconn *connection, const struct copy_source *source, copy_function *take, void *context,
              char **ret_why)
{
    struct stream stream = {.connection = connection};
    int rc = begin(&stream, source, 0, 0, ret_why);

    return rc == 0 ? drain_all(&stream, 1, source, take, context, ret_why) : rc;
}

int copy_pages(PGconn *const connections[2], const struct copy_source *source, uint64_t pages,
               copy_function *take, void *context, char **ret_why)
{
    struct stream streams[2] = {{.connection = connections[0]}, {.connection = connections[1]}};
    int rc = begin(&streams[0], source, 0, pages / 2, ret_why);

    if (rc == 0)
        rc = begin(&streams[1], source, pages / 2, UINT32_MAX, ret_why);
    return rc == 0 ? drain_all(streams, 2, source, take, context, ret_why) : rc;
}
