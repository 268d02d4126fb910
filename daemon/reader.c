/*
 * Reading cold data without blocking the loop.
 *
 * The loop asks for what memory does not keep; answers come back in the order of the questions, through
 * callbacks. A call waits until it can be sent, then flies; both queues are in order, and the front of the
 * flying one is whose results arrive next:
 *
 *     reader_run --> waiting --sent, then a sync--> flying --sync--> answered
 *                       ^                             |
 *                       +------- connection lost -----+         5 s after it was asked: unavailable
 *
 * Reads change nothing, so a call whose connection broke is simply asked again. Each is followed by its own
 * sync, so that one that fails takes no other with it. The connection is not the writer's: a slow read must
 * not stand in front of a commit. What was read may be a moment old, never unborn: reads are handed out after
 * the commit of the batch that asked for them.
 */
#include "daemon/reader.h"

#include "daemon/database.h"
#include "daemon/fields.h"
#include "lib/base/memory.h"
#include <errno.h>
#include <inttypes.h>
#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#define FLYING_MAX        32
#define WAITING_MAX       2048
#define PATIENCE_S        5
#define REPORT_PATIENCE_S 35 /* longer than a statement of session_report may take */
#define PARAMETERS_MAX    8
#define STATEMENTS_MAX    4

TAILQ_HEAD(call_list, call);

struct call;
typedef void answer_function(struct call *call, enum read_outcome outcome);

struct call {
    TAILQ_ENTRY(call) link;
    struct reader *reader;
    struct event *timer;
    bool flies;
    bool failed, unreadable;                /* unreadable: a parameter had no meaning */
    const char *statements[STATEMENTS_MAX]; /* in one implicit transaction; all but the first may be NULL */
    char *parameters[PARAMETERS_MAX];
    int parameter_count;
    bool binary;
    PGresult *results[STATEMENTS_MAX];
    int result_count;
    answer_function *answer;
    union {
        reader_callback *callback;
        recall_callback *recall;
        notice_callback *notice;
    };
    void *context;
};

/* What a reader is for: its statements, and how long it waits for one. */
struct reading_kind {
    const char *application, *session;
    const char *(*statement_at)(size_t index);
    int patience_s;
};

struct reader {
    const struct reading_kind *kind;
    struct event_base *base;
    struct database *database;
    struct call_list waiting, flying;
    struct reader_figures figures;
    size_t flying_count;
};

static const char *statement_at(size_t index)
{
    static const char *const names[] = {
        "ticket_full",   "ticket_closed",    "ticket_subjects", "ticket_list",   "ticket_list_urgent",
        "ticket_search", "customer_tickets", "notice_list",     "notice_get",    "journal_read",
        "request_key",   "recall_ticket",    "recall_clocks",   "recall_pauses", "recall_told",
        "recall_notice", "explain_ticket",   "explain_notice",  "version_list",  "version_get",
        "optout_list",   "mailing_get",      "mailing_list",
    };

    return index < sizeof(names) / sizeof(*names) ? names[index] : NULL;
}

static const char *report_statement_at(size_t index)
{
    static const char *const names[] = {
        "report_overdue",      "report_breaches", "report_tickets",
        "report_satisfaction", "report_worklog",  "report_open",
    };

    return index < sizeof(names) / sizeof(*names) ? names[index] : NULL;
}

static const struct reading_kind ordinary = {"duban-reader", "session_reader", statement_at, PATIENCE_S};
static const struct reading_kind of_reports = {"duban-reports", "session_report", report_statement_at,
                                               REPORT_PATIENCE_S};

static void free_results(struct call *call)
{
    for (int i = 0; i < STATEMENTS_MAX; i++) {
        PQclear(call->results[i]);
        call->results[i] = NULL;
    }
    call->result_count = 0;
    call->failed = call->unreadable = false;
}

/* Takes the call out of its queue, answers it and frees it. */
static void finish(struct call *call, enum read_outcome outcome)
{
    struct reader *reader = call->reader;

    if (call->flies) {
        TAILQ_REMOVE(&reader->flying, call, link);
        reader->flying_count--;
    } else {
        TAILQ_REMOVE(&reader->waiting, call, link);
        reader->figures.waiting--;
    }
    reader->figures.reads++;
    reader->figures.unavailable += outcome == READ_UNAVAILABLE;
    call->answer(call, outcome);
    free_results(call);
    for (int i = 0; i < call->parameter_count; i++)
        free(call->parameters[i]);
    event_free(call->timer);
    free(call);
}

static void send_call(struct reader *reader, struct call *call)
{
    TAILQ_REMOVE(&reader->waiting, call, link);
    TAILQ_INSERT_TAIL(&reader->flying, call, link);
    reader->figures.waiting--;
    reader->flying_count++;
    call->flies = true;
    for (int i = 0; i < STATEMENTS_MAX && call->statements[i]; i++)
        database_run(reader->database, call->statements[i], call->parameter_count,
                     (const char *const *)call->parameters, NULL, call->binary);
    database_sync(reader->database); /* may lose the connection, and with it move the call back */
}

static void send_what_fits(struct reader *reader)
{
    struct call *call;

    while (database_is_ready(reader->database) && reader->flying_count < FLYING_MAX &&
           (call = TAILQ_FIRST(&reader->waiting)) != NULL)
        send_call(reader, call);
}

static void when_late(evutil_socket_t socket, short what, void *context)
{
    struct call *call = context;
    struct reader *reader = call->reader;

    (void)socket;
    (void)what;
    if (call->flies) /* its answer would be taken for the next one's */
        database_drop(reader->database, "a read was not answered in time");
    finish(call, READ_UNAVAILABLE);
    send_what_fits(reader);
}

/* ---- what comes back ---- */

static void take_answer(struct call *call, const PGresult *result)
{
    const char *sqlstate = PQresultErrorField(result, PG_DIAG_SQLSTATE);

    if (PQresultStatus(result) == PGRES_TUPLES_OK && call->result_count < STATEMENTS_MAX) {
        call->results[call->result_count++] = PQcopyResult(result, PG_COPYRES_ATTRS | PG_COPYRES_TUPLES);
    } else if (PQresultStatus(result) != PGRES_PIPELINE_ABORTED) {
        call->failed = true;
        call->unreadable = sqlstate && strncmp(sqlstate, "22", 2) == 0; /* data exceptions */
    }
}

static enum read_outcome outcome_of(const struct call *call)
{
    int wanted = 1;

    while (wanted < STATEMENTS_MAX && call->statements[wanted])
        wanted++;
    if (call->failed)
        return call->unreadable ? READ_NOTHING : READ_UNAVAILABLE;
    if (call->result_count != wanted || !call->results[wanted - 1])
        return READ_UNAVAILABLE;
    return PQntuples(call->results[0]) > 0 ? READ_FOUND : READ_NOTHING;
}

static void when_result(void *context, const PGresult *result)
{
    struct reader *reader = context;
    struct call *call = TAILQ_FIRST(&reader->flying);

    if (!call)
        return;
    if (PQresultStatus(result) != PGRES_PIPELINE_SYNC) {
        take_answer(call, result);
        return;
    }
    database_worked(reader->database);
    finish(call, outcome_of(call));
    send_what_fits(reader);
}

static void when_ready(void *context)
{
    send_what_fits(context);
}

/* Everything that flew waits again, in its order, before what waited already. */
static void when_lost(void *context, const char *why)
{
    struct reader *reader = context;
    struct call *call;

    (void)why;
    while ((call = TAILQ_LAST(&reader->flying, call_list)) != NULL) {
        TAILQ_REMOVE(&reader->flying, call, link);
        TAILQ_INSERT_HEAD(&reader->waiting, call, link);
        reader->flying_count--;
        reader->figures.waiting++;
        call->flies = false;
        free_results(call);
    }
}

/* ---- asking ---- */

static struct call *add_call(struct reader *reader, answer_function *answer, void *context,
                             const char *const *parameters, size_t count)
{
    struct call *call = memory_new(1, sizeof(*call));
    bool too_many = reader->figures.waiting >= WAITING_MAX;
    struct timeval patience = {.tv_sec = too_many ? 0 : reader->kind->patience_s};

    call->reader = reader;
    call->answer = answer;
    call->context = context;
    call->parameter_count = (int)(count < PARAMETERS_MAX ? count : PARAMETERS_MAX);
    for (int i = 0; i < call->parameter_count; i++)
        call->parameters[i] = parameters[i] ? memory_text(parameters[i]) : NULL;
    call->timer = evtimer_new(reader->base, when_late, call);
    if (!call->timer)
        abort();
    evtimer_add(call->timer, &patience);
    TAILQ_INSERT_TAIL(&reader->waiting, call, link);
    reader->figures.waiting++;
    return call;
}

static void answer_json(struct call *call, enum read_outcome outcome)
{
    const char *json = outcome == READ_FOUND ? PQgetvalue(call->results[0], 0, 0) : NULL;

    call->callback(call->context, outcome, json);
}

void reader_run(struct reader *reader, const char *statement, const char *const *parameters,
                size_t parameter_count, reader_callback *callback, void *context)
{
    struct call *call = add_call(reader, answer_json, context, parameters, parameter_count);

    call->callback = callback;
    call->statements[0] = "no_such_statement";             /* fails there, and is unavailable here */
    for (size_t i = 0; reader->kind->statement_at(i); i++) /* ours lives as long as we do */
        if (strcmp(reader->kind->statement_at(i), statement) == 0)
            call->statements[0] = reader->kind->statement_at(i);
    send_what_fits(reader);
}

static struct clock_row *clocks_of(const PGresult *result, size_t *ret_count)
{
    struct field fields[FIELDS_MAX];
    size_t count = (size_t)PQntuples(result);
    struct clock_row *clocks = memory_new(count, sizeof(*clocks));

    for (size_t i = 0; i < count; i++) {
        fields_from_result(result, (int)i, fields, FIELDS_CLOCK);
        fields_clock(fields, &clocks[i]);
    }
    *ret_count = count;
    return clocks;
}

static struct pause_row *pauses_of(const PGresult *result, size_t *ret_count)
{
    struct field fields[FIELDS_MAX];
    size_t count = (size_t)PQntuples(result);
    struct pause_row *pauses = memory_new(count, sizeof(*pauses));

    for (size_t i = 0; i < count; i++) {
        fields_from_result(result, (int)i, fields, FIELDS_PAUSE);
        fields_pause(fields, &pauses[i]);
    }
    *ret_count = count;
    return pauses;
}

static struct recalled_told *told_of(const PGresult *result, size_t *ret_count)
{
    struct field fields[FIELDS_MAX];
    size_t count = (size_t)PQntuples(result);
    struct recalled_told *told = memory_new(count, sizeof(*told));

    for (size_t i = 0; i < count; i++) {
        fields_from_result(result, (int)i, fields, FIELDS_TOLD);
        told[i] = (struct recalled_told){
            .clock = fields_text(&fields[1]),
            .person = fields_text(&fields[2]),
            .role = fields_text(&fields[3]),
            .cycle = (uint16_t)fields_number(&fields[4]),
        };
    }
    *ret_count = count;
    return told;
}

static void answer_recall(struct call *call, enum read_outcome outcome)
{
    struct recalled recalled = {0};
    struct field fields[FIELDS_MAX];
    struct ticket_counts counts;
    struct ticket_row ticket;
    struct clock_row *clocks = NULL;
    struct pause_row *pauses = NULL;
    struct recalled_told *told = NULL;

    if (outcome == READ_FOUND) {
        fields_from_result(call->results[0], 0, fields, FIELDS_TICKET);
        fields_ticket(fields, &ticket, &counts);
        recalled.ticket = &ticket;
        recalled.contacts = counts.contacts;
        recalled.progress = counts.progress;
        recalled.plans = counts.plans;
        recalled.clocks = clocks = clocks_of(call->results[1], &recalled.clock_count);
        recalled.pauses = pauses = pauses_of(call->results[2], &recalled.pause_count);
        recalled.told = told = told_of(call->results[3], &recalled.told_count);
    }
    call->recall(call->context, outcome, &recalled);
    free(clocks);
    free(pauses);
    free(told);
}

void reader_recall(struct reader *reader, uint32_t desk, const char *ticket_id_or_number,
                   recall_callback *callback, void *context)
{
    char desk_text[12];
    const char *parameters[] = {desk_text, ticket_id_or_number};

    snprintf(desk_text, sizeof(desk_text), "%" PRIu32, desk);
    struct call *call = add_call(reader, answer_recall, context, parameters, 2);

    call->recall = callback;
    call->statements[0] = "recall_ticket";
    call->statements[1] = "recall_clocks";
    call->statements[2] = "recall_pauses";
    call->statements[3] = "recall_told";
    call->binary = true;
    send_what_fits(reader);
}

static void answer_notice(struct call *call, enum read_outcome outcome)
{
    struct field fields[FIELDS_MAX];
    struct notice_row row;
    uint16_t attempts;
    msec ready_at;

    if (outcome != READ_FOUND) {
        call->notice(call->context, outcome, NULL);
        return;
    }
    fields_from_result(call->results[0], 0, fields, FIELDS_NOTICE);
    fields_notice(fields, &row, &attempts, &ready_at);
    call->notice(call->context, outcome, &row);
}

void reader_notice(struct reader *reader, uint32_t desk, uint64_t notice, notice_callback *callback,
                   void *context)
{
    char desk_text[12], notice_text[24];
    const char *parameters[] = {desk_text, notice_text};

    snprintf(desk_text, sizeof(desk_text), "%" PRIu32, desk);
    snprintf(notice_text, sizeof(notice_text), "%" PRIu64, notice);
    struct call *call = add_call(reader, answer_notice, context, parameters, 2);

    call->notice = callback;
    call->statements[0] = "recall_notice";
    call->binary = true;
    send_what_fits(reader);
}

/* ---- life ---- */

static int create(struct event_base *base, const char *conninfo, const struct reading_kind *kind,
                  struct reader **ret_reader)
{
    struct database_options where = {conninfo, kind->application, kind->session, kind->statement_at};
    struct reader *reader = memory_new(1, sizeof(*reader));
    struct database_hooks ours = {reader, when_ready, when_lost, when_result};

    reader->kind = kind;
    reader->base = base;
    TAILQ_INIT(&reader->waiting);
    TAILQ_INIT(&reader->flying);
    int rc = database_create(base, &where, &ours, &reader->database);

    if (rc < 0) {
        free(reader);
        return rc;
    }
    *ret_reader = reader;
    return 0;
}

int reader_create(struct event_base *base, const char *conninfo, struct reader **ret_reader)
{
    return create(base, conninfo, &ordinary, ret_reader);
}

int reader_create_for_reports(struct event_base *base, const char *conninfo, struct reader **ret_reader)
{
    return create(base, conninfo, &of_reports, ret_reader);
}

void reader_destroy(struct reader *reader)
{
    struct call *call;

    if (!reader)
        return;
    when_lost(reader, NULL);
    while ((call = TAILQ_FIRST(&reader->waiting)) != NULL)
        finish(call, READ_UNAVAILABLE);
    database_destroy(reader->database);
    free(reader);
}

void reader_figures(const struct reader *reader, struct reader_figures *ret_figures)
{
    *ret_figures = reader->figures;
}
