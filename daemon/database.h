/*
 * A connection to PostgreSQL that keeps itself alive: non-blocking, in pipeline mode, its statements
 * prepared, tried again with growing pauses after it is lost. Knows no tickets; the writer and the reader sit
 * on it.
 */
#ifndef DUBAN_DAEMON_DATABASE_H
#define DUBAN_DAEMON_DATABASE_H

#include <event2/event.h>
#include <libpq-fe.h>
#include <stdbool.h>
#include <stddef.h>

struct database;

struct database_options {
    const char *conninfo;
    const char *application;                /* how the connection is called in pg_stat_activity */
    const char *session;                    /* the statement that sets the session up */
    const char *(*statement)(size_t index); /* names of what to prepare, NULL after the last */
};

/* None of the hooks may destroy the database. */
struct database_hooks {
    void *context;
    void (*on_ready)(void *context);                 /* connected, everything prepared, nothing in flight */
    void (*on_lost)(void *context, const char *why); /* whatever was in flight has no answer */
    void (*on_result)(void *context, const PGresult *result); /* each result, PGRES_PIPELINE_SYNC included */
};

/* Starts connecting at once; the first hook comes from the loop. */
int database_create(struct event_base *base, const struct database_options *options,
                    const struct database_hooks *hooks, struct database **ret_database)
    __attribute__((warn_unused_result));
void database_destroy(struct database *database);

bool database_is_ready(const struct database *database);

/* Queues a prepared statement. Texts are given with NULL `lengths`; with lengths all parameters are binary.
   `binary_result` asks for the result in binary. The connection must be ready. */
void database_run(struct database *database, const char *statement, int count, const char *const *values,
                  const int *lengths, bool binary_result);

/* Ends what was queued since the last one with a sync, and sends as much as the socket takes; the rest
 * follows. */
void database_sync(struct database *database);

/* Gives the connection up and begins another after a pause; on_lost is called before this returns. */
void database_drop(struct database *database, const char *why);

/* The work went through: the next loss is followed by a short pause again. */
void database_worked(struct database *database);

/* Whether the server warned, with SQLSTATE 01000 or 57P01, since this was asked last. A COMMIT with such a
   warning was not waited for by a synchronous standby: it is no acknowledgement. */
bool database_was_warned(struct database *database);

#endif
