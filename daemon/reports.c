/*
 * Reports on their way.
 *
 * Called by dispatch (report.get) and by whoever sends one by mail. A report is a value of the judge
 * (lib/report.h) that wants pages; here they are read, over a connection of their own, one page at a time and
 * few reports at once:
 *
 *     asked --> waiting --a place is free--> reading <--page--+--> answered
 *                                               +------------+
 *
 * Between two pages the loop turns, so a year's report slows nobody down. The database reads each page as it
 * is then; a ticket that is filed while a report is made may be in it or not, none is in it twice (pages go
 * by number). A client that hangs up ends its report at the next page.
 */
#include "daemon/reports.h"

#include "daemon/clock.h"
#include "daemon/log.h"
#include "daemon/reader.h"
#include "lib/base/memory.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/queue.h>

#define AT_ONCE     2
#define WAITING_MAX 16

struct job {
    TAILQ_ENTRY(job) link;
    struct reports *reports;
    struct report *report;
    uint64_t token; /* of a client's; 0: it is for `callback` */
    reports_callback *callback;
    void *context;
    int64_t began_at_ms; /* monotonic */
    unsigned pages;
    bool is_reading;
};

TAILQ_HEAD(job_list, job);

struct reports {
    struct desk *desk;
    uint32_t desk_id;
    struct server *server;
    struct reader *reader;
    struct job_list jobs; /* in the order in which they were asked for */
    size_t reading, count;
    bool is_ending;
};

static void start_what_fits(struct reports *reports);

/* ---- ends ---- */

static void remove_job(struct job *job)
{
    struct reports *reports = job->reports;

    TAILQ_REMOVE(&reports->jobs, job, link);
    reports->count--;
    reports->reading -= job->is_reading;
    report_destroy(job->report);
    free(job);
}

static void answer_client(struct job *job, json_t *document, enum rpc_error error, const char *why)
{
    struct server *server = job->reports->server;
    char *text = document ? json_dumps(document, JSON_COMPACT) : NULL;

    if (!server_request(server, job->token)) { /* hung up meanwhile */
        free(text);
        return;
    }
    if (text)
        server_answer_result(server, job->token, text);
    else
        server_answer_error(server, job->token, error, NULL,
                            why ? why : "the report can't be written as JSON");
    free(text);
}

/* `document` is consumed. */
static void finish(struct job *job, json_t *document, enum rpc_error error, const char *why)
{
    struct reports *reports = job->reports;

    log_debug("event=report pages=%u took_ms=%" PRId64 " outcome=%s", job->pages,
              clock_monotonic_ms() - job->began_at_ms, document ? "made" : why);
    if (job->token)
        answer_client(job, document, error, why);
    else
        job->callback(job->context, document, why);
    json_decref(document);
    remove_job(job);
    if (!reports->is_ending)
        start_what_fits(reports);
}

/* ---- pages ---- */

static void read_page(struct job *job);

static void on_page(void *context, enum read_outcome outcome, const char *json)
{
    struct job *job = context;
    struct reports *reports = job->reports;
    json_t *page = outcome == READ_FOUND ? json_loads(json, 0, NULL) : NULL;

    if (!page) {
        finish(job, NULL, RPC_STORAGE_UNAVAILABLE,
               outcome == READ_UNAVAILABLE
                   ? "the database can't be reached, or takes too long for this report"
                   : "the database gave no page");
        return;
    }
    job->pages++;
    const char *why = report_take(job->report, reports->desk, page);

    json_decref(page);
    if (why)
        finish(job, NULL, RPC_INVALID_STATE, why);
    else
        read_page(job);
}

static void read_page(struct job *job)
{
    struct reports *reports = job->reports;
    char desk_id[16], *parameter = NULL;
    const char *statement = report_wants(job->report, reports->desk, &parameter);

    if (job->token && !server_request(reports->server, job->token)) {
        free(parameter);
        finish(job, NULL, RPC_TIMEOUT, "nobody waits for it any more");
        return;
    }
    if (!statement) {
        finish(job, report_document(job->report, reports->desk), RPC_INTERNAL_ERROR, NULL);
        return;
    }
    snprintf(desk_id, sizeof(desk_id), "%" PRIu32, reports->desk_id);
    reader_run(reports->reader, statement, (const char *const[]){desk_id, parameter}, 2, on_page, job);
    free(parameter);
}

static struct job *next_waiting(struct reports *reports)
{
    struct job *job;

    TAILQ_FOREACH(job, &reports->jobs, link)
    if (!job->is_reading)
        return job;
    return NULL;
}

static void start_what_fits(struct reports *reports)
{
    struct job *job;

    while (reports->reading < AT_ONCE && (job = next_waiting(reports))) {
        job->is_reading = true;
        reports->reading++;
        read_page(job);
    }
}

/* ---- asking ---- */

static struct job *add_job(struct reports *reports, const struct report_question *question)
{
    struct job *job = memory_new(1, sizeof(*job));

    job->reports = reports;
    job->report = report_create(question, clock_wall());
    job->began_at_ms = clock_monotonic_ms();
    TAILQ_INSERT_TAIL(&reports->jobs, job, link);
    reports->count++;
    return job;
}

void reports_answer(struct reports *reports, const struct request *request)
{
    struct report_question question;
    const char *field;
    char *why = NULL;

    if (reports->count >= WAITING_MAX) {
        server_answer_error(reports->server, request->token, RPC_OVERLOADED, NULL,
                            "so many reports are being made already: try again in a moment");
        return;
    }
    if (!report_ask(reports->desk, request->params, request->peer.role, clock_wall(), &question, &field,
                    &why)) {
        server_answer_error(reports->server, request->token, RPC_INVALID_PARAMS, field, why);
        free(why);
        return;
    }
    add_job(reports, &question)->token = request->token;
    start_what_fits(reports);
}

void reports_make(struct reports *reports, const struct report_question *question, reports_callback *callback,
                  void *context)
{
    struct job *job = add_job(reports, question);

    job->callback = callback;
    job->context = context;
    start_what_fits(reports);
}

/* ---- life ---- */

int reports_create(struct event_base *base, const char *conninfo, struct desk *desk, uint32_t desk_id,
                   struct reports **ret_reports)
{
    struct reports *reports = memory_new(1, sizeof(*reports));
    int outcome = reader_create_for_reports(base, conninfo, &reports->reader);

    if (outcome < 0) {
        free(reports);
        return outcome;
    }
    reports->desk = desk;
    reports->desk_id = desk_id;
    TAILQ_INIT(&reports->jobs);
    *ret_reports = reports;
    return 0;
}

void reports_attach(struct reports *reports, struct server *server)
{
    reports->server = server;
}

void reports_destroy(struct reports *reports)
{
    struct job *job;

    if (!reports)
        return;
    reports->is_ending = true;
    reader_destroy(reports->reader); /* pages under way come back as unavailable, and end their reports */
    while ((job = TAILQ_FIRST(&reports->jobs)))
        finish(job, NULL, RPC_OVERLOADED, "the daemon is stopping");
    free(reports);
}
