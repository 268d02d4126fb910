/*
 * The writer: takes one batch at a time and says when it is durable.
 *
 * The loop submits a settled batch and hears back exactly once: on_committed, or on_fatal. What it may
 * believe in between, and what must be found out after a broken connection, is the state of the batch:
 *
 *     NONE --submit--> WAITING --connected, sent--> SENT --sync without error or warning--> NONE
 *                        ^  ^                        |  \
 *                        |  +-- error that passes ---+   +-- connection lost, commit warned --> UNSURE
 *                        |                                                                       |
 *                        +----- last_batch is the one before -- ASKED <--connected, desk_confirm-+
 *                                                                |
 *                               last_batch is this one --------> NONE (committed)
 *
 * Batches are numbered, and the first statement of each moves the desk's last_batch from the number before to
 * its own, under our epoch. So a batch cannot be written twice nor by a deposed leader, whatever we believe.
 * Asking is itself a commit: it waits for an orphaned server process that still runs our batch, and its
 * flush, to a standby too, covers the batch. All statements are sent without waiting; the acknowledgement is
 * the sync behind COMMIT and nothing before it, because a row reported as written can still be rolled back.
 *
 * An error that will come again for the same rows stops the daemon: the truth is in the database, and a
 * daemon that cannot write it down must not go on judging from memory.
 */
#include "daemon/writer.h"

#include "daemon/clock.h"
#include "daemon/database.h"
#include "daemon/journal.h"
#include "daemon/log.h"
#include "daemon/rows.h"
#include "lib/base/memory.h"
#include <assert.h>
#include <endian.h>
#include <errno.h>
#include <inttypes.h>
#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum batch_state { BATCH_NONE, BATCH_WAITING, BATCH_SENT, BATCH_UNSURE, BATCH_ASKED, BATCH_FATAL };

struct writer {
    struct writer_hooks hooks;
    struct database *database;
    struct rows *rows;
    struct effects *batch; /* the loop's; lent until it is committed */
    enum batch_state state;
    uint32_t desk;
    uint64_t epoch, last_batch;
    unsigned char head[JOURNAL_HASH];
    bool reopening; /* the batch writes to tickets that had been closed */
    bool in_ruins;  /* the connection is inside a transaction that failed */
    bool connected_once;
    char sqlstate[6];   /* of the first error since the last sync, "" for none */
    char *error;        /* its message */
    bool committed;     /* COMMIT was answered */
    bool answered;      /* desk_confirm gave a row */
    uint64_t confirmed; /* and this number */
    int64_t submitted_us;
    struct writer_figures figures;
};

/* Our own errors, raised by duban.insist(). */
#define LED_BY_ANOTHER "DU001"
#define ROWS_MISSED    "DU002"

/* What passes by itself: classes, or whole codes. Source: PostgreSQL's Appendix A. */
static const char *const passing[] = {
    "08",    /* connection */
    "25006", /* read-only: a standby, until it is promoted */
    "26000", /* a prepared statement is gone: somebody pools connections */
    "40",    /* serialization failure, deadlock */
    "53",    /* no disk, no memory, no connection left */
    "55P03", /* a lock was not to be had */
    "57",    /* cancelled, shutting down, starting up */
    "58",    /* the server's system failed it */
};

static bool passes(const char *sqlstate)
{
    for (size_t i = 0; i < sizeof(passing) / sizeof(*passing); i++)
        if (strncmp(sqlstate, passing[i], strlen(passing[i])) == 0)
            return true;
    return !*sqlstate; /* the connection itself */
}

static void stop(struct writer *writer, const char *sqlstate, const char *why)
{
    char *text;

    writer->state = BATCH_FATAL;
    if (asprintf(&text, "SQLSTATE %s: %s", sqlstate, why) < 0)
        abort();
    text[strcspn(text, "\n")] = '\0';
    log_error("event=writer_stopped batch=%" PRIu64 " why=%s", writer->last_batch + 1, text);
    writer->hooks.on_fatal(writer->hooks.context, text);
    free(text);
}

static void forget_answers(struct writer *writer)
{
    writer->sqlstate[0] = '\0';
    free(writer->error);
    writer->error = NULL;
    writer->committed = writer->answered = false;
}

static void begin(struct writer *writer)
{
    forget_answers(writer);
    if (writer->in_ruins)
        database_run(writer->database, "rollback", 0, NULL, NULL, false);
    writer->in_ruins = false;
    database_run(writer->database, "begin", 0, NULL, NULL, false);
}

static void commit(struct writer *writer)
{
    database_run(writer->database, "commit", 0, NULL, NULL, false);
    database_sync(writer->database);
}

static void send_batch(struct writer *writer)
{
    struct rows_statement statement;

    writer->state = BATCH_SENT;
    begin(writer);
    for (size_t i = 0; rows_statement(writer->rows, i, writer->reopening, &statement); i++)
        if (statement.name)
            database_run(writer->database, statement.name, statement.count, statement.values,
                         statement.lengths, true);
    commit(writer);
}

static void ask(struct writer *writer)
{
    char desk[12], epoch[24];
    const char *values[] = {desk, epoch};

    snprintf(desk, sizeof(desk), "%" PRIu32, writer->desk);
    snprintf(epoch, sizeof(epoch), "%" PRIu64, writer->epoch);
    writer->state = BATCH_ASKED;
    writer->figures.retries++;
    begin(writer);
    database_run(writer->database, "desk_confirm", 2, values, NULL, true);
    commit(writer);
}

/* Whatever can be done for the batch now. */
static void go_on(struct writer *writer)
{
    if (!database_is_ready(writer->database))
        return;
    if (writer->state == BATCH_WAITING)
        send_batch(writer);
    else if (writer->state == BATCH_UNSURE)
        ask(writer);
}

static void finish_batch(struct writer *writer)
{
    struct effects *batch = writer->batch;
    struct writer_figures *figures = &writer->figures;

    figures->batches++;
    figures->rows += batch->rows;
    if (batch->rows > figures->largest_batch)
        figures->largest_batch = batch->rows;
    figures->last_commit_at_ms = clock_monotonic_ms();
    figures->last_commit_us = clock_monotonic_us() - writer->submitted_us;
    writer->last_batch++;
    memcpy(writer->head, rows_head(writer->rows), JOURNAL_HASH);
    writer->batch = NULL;
    writer->state = BATCH_NONE;
    database_worked(writer->database);
    writer->hooks.on_committed(writer->hooks.context, batch);
}

/* The commit may or may not stand; only the database can say, over a fresh connection. */
static void doubt(struct writer *writer, const char *why)
{
    writer->state = BATCH_UNSURE;
    database_drop(writer->database, why);
}

static void settle_error(struct writer *writer)
{
    writer->in_ruins = true;
    if (strcmp(writer->sqlstate, LED_BY_ANOTHER) == 0 && writer->state == BATCH_SENT) {
        writer->state = BATCH_UNSURE;
        go_on(writer);
    } else if (strcmp(writer->sqlstate, ROWS_MISSED) == 0 && !writer->reopening) {
        writer->reopening = true; /* a ticket that had been closed, most likely: bring it back first */
        writer->state = BATCH_WAITING;
        go_on(writer);
    } else if (passes(writer->sqlstate)) {
        doubt(writer, writer->error);
    } else {
        stop(writer, writer->sqlstate, writer->error);
    }
}

static void settle_answer(struct writer *writer)
{
    if (!writer->answered)
        stop(writer, LED_BY_ANOTHER, "another daemon leads this desk");
    else if (writer->confirmed == writer->last_batch + 1)
        finish_batch(writer);
    else if (writer->confirmed == writer->last_batch) {
        writer->state = BATCH_WAITING;
        go_on(writer);
    } else {
        stop(writer, LED_BY_ANOTHER,
             "the database stands at another batch: acknowledged writes are missing from it");
    }
}

static void settle(struct writer *writer)
{
    bool warned = database_was_warned(writer->database);

    if (writer->sqlstate[0] || writer->error)
        settle_error(writer);
    else if (warned || !writer->committed)
        doubt(writer, "the commit was not confirmed");
    else if (writer->state == BATCH_ASKED)
        settle_answer(writer);
    else
        finish_batch(writer);
}

static void take_error(struct writer *writer, const PGresult *result)
{
    const char *sqlstate = PQresultErrorField(result, PG_DIAG_SQLSTATE);

    if (writer->error)
        return;
    writer->error = memory_text(PQresultErrorMessage(result));
    snprintf(writer->sqlstate, sizeof(writer->sqlstate), "%s", sqlstate ? sqlstate : "");
}

static void when_result(void *context, const PGresult *result)
{
    struct writer *writer = context;

    switch (PQresultStatus(result)) {
    case PGRES_COMMAND_OK:
        if (strcmp(PQcmdStatus((PGresult *)(uintptr_t)result), "COMMIT") == 0)
            writer->committed = true;
        break;
    case PGRES_TUPLES_OK:
        if (writer->state == BATCH_ASKED && PQntuples(result) == 1) {
            uint64_t big;

            memcpy(&big, PQgetvalue(result, 0, 0), sizeof(big));
            writer->confirmed = be64toh(big);
            writer->answered = true;
        }
        break;
    case PGRES_PIPELINE_SYNC:
        settle(writer);
        break;
    case PGRES_PIPELINE_ABORTED: /* skipped after the error that counts */
        break;
    case PGRES_FATAL_ERROR:
    case PGRES_BAD_RESPONSE:
    case PGRES_NONFATAL_ERROR:
    case PGRES_EMPTY_QUERY:
    case PGRES_COPY_OUT:
    case PGRES_COPY_IN:
    case PGRES_COPY_BOTH:
    case PGRES_SINGLE_TUPLE:
        take_error(writer, result);
        break;
    }
}

static void when_ready(void *context)
{
    struct writer *writer = context;

    writer->in_ruins = false;
    writer->figures.reconnects += writer->connected_once;
    writer->connected_once = true;
    writer->hooks.on_state(writer->hooks.context, true);
    go_on(writer);
}

static void when_lost(void *context, const char *why)
{
    struct writer *writer = context;

    (void)why;
    if (writer->state == BATCH_SENT || writer->state == BATCH_ASKED)
        writer->state = BATCH_UNSURE;
    writer->hooks.on_state(writer->hooks.context, false);
}

static const char *statement_at(size_t index)
{
    static const char *const own[] = {"begin", "commit", "rollback", "desk_confirm"};
    size_t count = sizeof(own) / sizeof(*own);

    if (index < count)
        return own[index];
    return index - count < rows_statement_count() ? rows_statement_name(index - count) : NULL;
}

int writer_create(struct event_base *base, const struct writer_options *options,
                  const struct writer_hooks *hooks, struct writer **ret_writer)
{
    struct database_options where = {options->conninfo, "duban-writer", "session", statement_at};
    struct writer *writer = memory_new(1, sizeof(*writer));
    struct database_hooks ours = {writer, when_ready, when_lost, when_result};

    writer->hooks = *hooks;
    writer->desk = options->desk;
    writer->epoch = options->epoch;
    writer->last_batch = options->last_batch;
    memcpy(writer->head, options->journal_head, JOURNAL_HASH);
    writer->rows = rows_create(options->desk, options->epoch);
    int rc = database_create(base, &where, &ours, &writer->database);

    if (rc < 0) {
        writer_destroy(writer);
        return rc;
    }
    *ret_writer = writer;
    return 0;
}

void writer_destroy(struct writer *writer)
{
    if (!writer)
        return;
    database_destroy(writer->database);
    rows_destroy(writer->rows);
    free(writer->error);
    free(writer);
}

bool writer_is_idle(const struct writer *writer)
{
    return writer->state == BATCH_NONE;
}

bool writer_is_connected(const struct writer *writer)
{
    return database_is_ready(writer->database);
}

void writer_submit(struct writer *writer, struct effects *batch)
{
    assert(writer->state == BATCH_NONE);
    writer->batch = batch;
    writer->reopening = false;
    writer->submitted_us = clock_monotonic_us();
    rows_build(writer->rows, batch, writer->last_batch + 1, writer->head);
    writer->state = BATCH_WAITING;
    go_on(writer);
}

void writer_figures(const struct writer *writer, struct writer_figures *ret_figures)
{
    *ret_figures = writer->figures;
}

const unsigned char *writer_journal_head(const struct writer *writer)
{
    return writer->head;
}
