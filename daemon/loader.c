/*
 * Taking over a desk, and bringing back what memory must hold.
 *
 * Called by main before the loop runs; everything here blocks. The order makes it safe: the advisory lock
 * says that no other live daemon leads, then the epoch is raised in a transaction that waits for a batch of a
 * dying leader still being written. From that commit on nothing can change under us, so the tables may be
 * read over two connections and in several transactions without a common snapshot.
 *
 * Only what is open is read (its own partitions), from end to end, without a sort or an index. A row that the
 * desk refuses is poisonous for it, not for the others: it stays in the database, is counted and logged, and
 * the daemon serves the rest. The advisory lock is for liveness only; what keeps a deposed leader from
 * writing is the epoch.
 */
#include "daemon/loader.h"

#include "daemon/clock.h"
#include "daemon/copy.h"
#include "daemon/log.h"
#include "daemon/migrate.h"
#include <errno.h>
#include <inttypes.h>
#include <libpq-fe.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LOCK_RETRY_MS     200
#define QUARANTINE_LOGGED 100 /* so many refused rows get a line of their own */

/* ---- leadership ---- */

static int say(char **ret_why, int outcome, const char *format, ...) __attribute__((format(printf, 3, 4)));

static int say(char **ret_why, int outcome, const char *format, ...)
{
    va_list list;

    va_start(list, format);
    free(*ret_why);
    if (vasprintf(ret_why, format, list) < 0)
        abort();
    va_end(list);
    (*ret_why)[strcspn(*ret_why, "\n")] = '\0';
    return outcome;
}

/* The first value of the first row as a number; -1 and `ret_why` when the statement fails or gives none. */
static int64_t ask_number(PGconn *connection, const char *statement, const char *value, char **ret_why)
{
    PGresult *result = copy_query(connection, statement, 1, &value, ret_why);
    int64_t number = -1;

    if (result && PQntuples(result) == 1)
        number = strcmp(PQgetvalue(result, 0, 0), "t") == 0 ? 1 : atoll(PQgetvalue(result, 0, 0));
    PQclear(result);
    return number;
}

static int find_desk(PGconn *connection, const char *name, struct leadership *leadership, char **ret_why)
{
    int64_t desk = ask_number(connection, "desk_find", name, ret_why);

    if (desk < 0 && !*ret_why) { /* new: create it, and look again in case another did */
        PQclear(copy_query(connection, "desk_create", 1, &name, ret_why));
        desk = ask_number(connection, "desk_find", name, ret_why);
    }
    if (desk <= 0)
        return LOADER_REFUSED;
    leadership->desk = (uint32_t)desk;
    return LOADER_DONE;
}

static int take_lock(PGconn *connection, const char *name, uint32_t desk, int wait_s, char **ret_why)
{
    int64_t until_ms = clock_monotonic_ms() + wait_s * INT64_C(1000);
    char key[12];

    snprintf(key, sizeof(key), "%" PRIu32, desk);
    for (;;) {
        int64_t taken = ask_number(connection, "desk_lock", key, ret_why);

        if (taken == 1)
            return LOADER_DONE;
        if (taken < 0)
            return LOADER_UNREACHABLE;
        if (clock_monotonic_ms() >= until_ms)
            return say(ret_why, LOADER_LED_BY_ANOTHER, "another daemon leads the desk %s", name);
        poll(NULL, 0, LOCK_RETRY_MS);
    }
}

static int raise_epoch(PGconn *connection, struct leadership *leadership, char **ret_why)
{
    char desk[12];

    snprintf(desk, sizeof(desk), "%" PRIu32, leadership->desk);
    PGresult *row = copy_query(connection, "desk_lead", 1, (const char *const[]){desk}, ret_why);

    if (!row || PQntuples(row) != 1) {
        PQclear(row);
        return *ret_why ? LOADER_UNREACHABLE
                        : say(ret_why, LOADER_REFUSED, "the row of desk %s is gone", desk);
    }
    size_t length;
    unsigned char *head = PQunescapeBytea((const unsigned char *)PQgetvalue(row, 0, 3), &length);

    leadership->epoch = strtoull(PQgetvalue(row, 0, 0), NULL, 10);
    leadership->last_batch = strtoull(PQgetvalue(row, 0, 1), NULL, 10);
    leadership->journal_sequence = strtoull(PQgetvalue(row, 0, 2), NULL, 10);
    if (head && length == JOURNAL_HASH)
        memcpy(leadership->journal_head, head, JOURNAL_HASH);
    PQfreemem(head);
    PQclear(row);
    return LOADER_DONE;
}

/* A commit that a synchronous standby did not confirm gives a warning. The epoch must not get lost with a
   failover: the next leader would raise it to the same number. */
static void receive_notice(void *context, const PGresult *notice)
{
    const char *state = PQresultErrorField(notice, PG_DIAG_SQLSTATE);
    bool *warned = context;

    if (warned && state && (strcmp(state, "01000") == 0 || strcmp(state, "57P01") == 0))
        *warned = true;
}

int loader_lead(const char *conninfo, const char *desk_name, int wait_s, struct leadership *ret_leadership,
                char **ret_why)
{
    PGconn *connection = copy_connect(conninfo, "duban-leader");
    bool warned = false;
    int rc = LOADER_DONE;

    PQsetNoticeReceiver(connection, receive_notice, &warned);
    *ret_why = NULL;
    *ret_leadership = (struct leadership){.lock = connection};
    if (PQstatus(connection) != CONNECTION_OK)
        rc = say(ret_why, LOADER_UNREACHABLE, "%s", PQerrorMessage(connection));
    if (rc == LOADER_DONE && migrate_check(connection, ret_why) < 0)
        rc = LOADER_REFUSED;
    if (rc == LOADER_DONE)
        rc = find_desk(connection, desk_name, ret_leadership, ret_why);
    if (rc == LOADER_DONE)
        rc = take_lock(connection, desk_name, ret_leadership->desk, wait_s, ret_why);
    if (rc == LOADER_DONE)
        rc = raise_epoch(connection, ret_leadership, ret_why);
    if (rc == LOADER_DONE && warned)
        rc = say(ret_why, LOADER_UNREACHABLE, "no standby confirmed that we lead");
    PQsetNoticeReceiver(connection, receive_notice, NULL);
    if (rc != LOADER_DONE)
        loader_resign(ret_leadership);
    return rc;
}

void loader_resign(struct leadership *leadership)
{
    PQfinish(leadership->lock);
    *leadership = (struct leadership){0};
}

bool loader_still_leads(const struct leadership *leadership)
{
    return leadership->lock && PQconsumeInput(leadership->lock) &&
           PQstatus(leadership->lock) == CONNECTION_OK;
}

int loader_store_version(const struct leadership *leadership, const char *kind, const char *name,
                         const char *digest, const char *body)
{
    char desk[12], *why = NULL;

    snprintf(desk, sizeof(desk), "%" PRIu32, leadership->desk);
    PGresult *result = copy_query(leadership->lock, "version_insert", 5,
                                  (const char *const[]){desk, kind, name, digest, body}, &why);

    if (!result)
        log_error("event=version_not_stored kind=%s name=%s why=%s", kind, name, why);
    PQclear(result);
    free(why);
    return result ? 0 : -EIO;
}

/* ---- loading ---- */

struct loading {
    struct desk *desk;
    struct load_report *report;
    size_t owed; /* clocks of which somebody was told and must hear more */
};

static void quarantine(struct loading *loading, uint64_t ticket, const char *clock, const char *why)
{
    if (loading->report->quarantined++ < QUARANTINE_LOGGED)
        log_error("event=quarantined ticket=%" PRIu64 " clock=%s why=%s", ticket, clock, why);
}

static void take_ticket(void *context, const struct field *fields)
{
    struct loading *loading = context;
    struct ticket_counts counts;
    struct ticket_row row;

    fields_ticket(fields, &row, &counts);
    const char *why =
        desk_restore_ticket(loading->desk, &row, counts.contacts, counts.progress, counts.plans);

    if (why)
        quarantine(loading, row.ticket, "", why);
    else
        loading->report->tickets++;
}

static void take_clock(void *context, const struct field *fields)
{
    struct loading *loading = context;
    struct clock_row row;

    fields_clock(fields, &row);
    const char *why = desk_restore_clock(loading->desk, &row);

    loading->owed += row.told_since > 0;
    if (why)
        quarantine(loading, row.ticket, row.clock, why);
    else
        loading->report->clocks++;
}

static void take_pause(void *context, const struct field *fields)
{
    struct loading *loading = context;
    struct pause_row row;

    fields_pause(fields, &row);
    const char *why = desk_restore_pause(loading->desk, &row);

    if (why)
        quarantine(loading, row.ticket, "", why);
    else
        loading->report->pauses++;
}

static void take_told(void *context, const struct field *fields)
{
    struct loading *loading = context;

    desk_restore_told(loading->desk, (uint64_t)fields_number(&fields[0]), fields_text(&fields[1]),
                      (uint16_t)fields_number(&fields[4]), fields_text(&fields[2]), fields_text(&fields[3]));
    loading->report->told++;
}

static void take_approval(void *context, const struct field *fields)
{
    struct loading *loading = context;
    struct approval_row row;

    fields_approval(fields, &row);
    desk_restore_approval(loading->desk, &row);
}

static void take_window(void *context, const struct field *fields)
{
    struct loading *loading = context;
    struct window_row row;

    fields_window(fields, &row);
    desk_restore_window(loading->desk, &row);
    loading->owed++; /* its breach may be withdrawn */
}

static void take_notice(void *context, const struct field *fields)
{
    struct loading *loading = context;
    struct notice_row row;
    uint16_t attempts;
    msec ready_at;

    fields_notice(fields, &row, &attempts, &ready_at);
    desk_restore_notice(loading->desk, &row, attempts, ready_at);
    loading->report->notices++;
}

static void take_register(void *context, const struct field *fields)
{
    struct loading *loading = context;
    struct register_row row;

    fields_register(fields, &row);
    const char *why = desk_restore_register(loading->desk, &row);

    loading->report->records += !why && !row.removed;
    if (why && loading->report->quarantined++ < QUARANTINE_LOGGED)
        log_error("event=quarantined register=%s record=%s why=%s", row.of, row.record, why);
}

static void take_let_go(void *context, const struct field *fields)
{
    struct loading *loading = context;

    desk_restore_let_go(loading->desk, fields_text(&fields[0]), fields_instant(&fields[1]));
}

static void take_schedule(void *context, const struct field *fields)
{
    struct loading *loading = context;
    struct schedule_row row;

    fields_schedule(fields, &row);
    desk_restore_schedule(loading->desk, &row);
}

static void take_run(void *context, const struct field *fields)
{
    struct loading *loading = context;
    struct schedule_run_row row;
    uint32_t count;

    fields_run(fields, &row, &count);
    desk_restore_schedule_run(loading->desk, &row, count);
}

static void take_optout(void *context, const struct field *fields)
{
    struct loading *loading = context;

    desk_restore_optout(loading->desk, fields_text(&fields[0]), fields_instant(&fields[1]));
}

static void take_mailing(void *context, const struct field *fields)
{
    struct loading *loading = context;
    struct mailing_row row;

    fields_mailing(fields, &row);
    desk_restore_mailing(loading->desk, &row);
}

static void take_key(void *context, const struct field *fields)
{
    struct loading *loading = context;

    desk_restore_key(loading->desk, fields_text(&fields[0]));
    loading->report->keys++;
}

static void take_sequence(void *context, const struct field *fields)
{
    struct loading *loading = context;

    desk_restore_sequence(loading->desk, fields_text(&fields[0]), (uint64_t)fields_number(&fields[1]));
}

static void take_ladder(void *context, const struct field *fields)
{
    struct loading *loading = context;

    desk_restore_ladder(loading->desk, (uint64_t)fields_number(&fields[0]), fields_text(&fields[1]));
}

static int begin_session(PGconn *connection, const char *session, char **ret_why)
{
    PGresult *result = copy_query(connection, session, 0, NULL, ret_why);

    PQclear(result);
    return result ? 0 : -EIO;
}

/* How many pages the open tickets and their clocks have. */
static int count_pages(PGconn *connection, uint64_t ret_pages[2], char **ret_why)
{
    PGresult *result = copy_query(connection, "load_pages", 0, NULL, ret_why);

    if (!result)
        return -EIO;
    for (int i = 0; i < 2; i++)
        ret_pages[i] = strtoull(PQgetvalue(result, 0, i), NULL, 10);
    PQclear(result);
    return 0;
}

/* Tickets before their clocks, because a clock belongs to a ticket that is there. */
static int load_open(PGconn *const connections[2], uint32_t desk, struct loading *loading, char **ret_why)
{
    const struct copy_source tickets = {"load_tickets", desk, FIELDS_TICKET};
    const struct copy_source clocks = {"load_clocks", desk, FIELDS_CLOCK};
    uint64_t pages[2];
    int rc = count_pages(connections[0], pages, ret_why);

    for (int i = 0; rc == 0 && i < 2; i++)
        rc = begin_session(connections[i], "session_scan", ret_why);
    if (rc == 0)
        rc = copy_pages(connections, &tickets, pages[0], take_ticket, loading, ret_why);
    if (rc == 0)
        rc = copy_pages(connections, &clocks, pages[1], take_clock, loading, ret_why);
    return rc;
}

static int load_before(PGconn *connection, uint32_t desk, struct loading *loading, char **ret_why)
{
    const struct copy_source sequences = {"load_sequences", desk, 2};
    const struct copy_source keys = {"load_keys", desk, 1};
    const struct copy_source registers = {"load_registers", desk, FIELDS_REGISTER};
    const struct copy_source schedules = {"load_schedules", desk, FIELDS_SCHEDULE};
    const struct copy_source runs = {"load_schedule_runs", desk, FIELDS_RUN};
    const struct copy_source ladders = {"load_ladders", desk, 2};
    const struct copy_source optouts = {"load_optouts", desk, 2};
    const struct copy_source mailings = {"load_mailings", desk, FIELDS_MAILING};
    int rc = begin_session(connection, "session_load", ret_why);

    if (rc == 0)
        rc = copy_rows(connection, &sequences, take_sequence, loading, ret_why);
    if (rc == 0)
        rc = copy_rows(connection, &keys, take_key, loading, ret_why);
    if (rc == 0)
        rc = copy_rows(connection, &registers, take_register, loading, ret_why);
    if (rc == 0)
        rc = copy_rows(connection, &schedules, take_schedule, loading, ret_why);
    if (rc == 0)
        rc = copy_rows(connection, &runs, take_run, loading, ret_why);
    if (rc == 0)
        rc = copy_rows(connection, &ladders, take_ladder, loading, ret_why);
    if (rc == 0)
        rc = copy_rows(connection, &optouts, take_optout, loading, ret_why);
    if (rc == 0)
        rc = copy_rows(connection, &mailings, take_mailing, loading, ret_why);
    return rc;
}

static int load_after(PGconn *connection, uint32_t desk, struct loading *loading, char **ret_why)
{
    const struct copy_source windows = {"load_windows", desk, FIELDS_WINDOW};
    const struct copy_source pauses = {"load_pauses", desk, FIELDS_PAUSE};
    const struct copy_source told = {"load_told", desk, FIELDS_TOLD};
    const struct copy_source approvals = {"load_approvals", desk, FIELDS_APPROVAL};
    const struct copy_source notices = {"load_notices", desk, FIELDS_NOTICE};
    const struct copy_source let_go = {"load_let_go", desk, 2};
    const struct budget_limits budget = desk_policy(loading->desk)->notices.budget;
    int rc = begin_session(connection, "session_load", ret_why);

    if (rc == 0)
        rc = copy_rows(connection, &windows, take_window, loading, ret_why);
    if (rc == 0)
        rc = copy_rows(connection, &pauses, take_pause, loading, ret_why);
    if (rc == 0 && loading->owed > 0)
        rc = copy_rows(connection, &told, take_told, loading, ret_why);
    if (rc == 0)
        rc = copy_rows(connection, &approvals, take_approval, loading, ret_why);
    if (rc == 0)
        rc = copy_rows(connection, &notices, take_notice, loading, ret_why);
    if (rc == 0 && (budget.per_hour || budget.per_day))
        rc = copy_rows(connection, &let_go, take_let_go, loading, ret_why);
    return rc;
}

static int open_two(const char *conninfo, PGconn *ret_connections[2], char **ret_why)
{
    for (int i = 0; i < 2; i++) {
        ret_connections[i] = copy_connect(conninfo, "duban-loader");
        if (PQstatus(ret_connections[i]) != CONNECTION_OK)
            return say(ret_why, -ENOTCONN, "%s", PQerrorMessage(ret_connections[i]));
    }
    return 0;
}

int loader_load(const struct leadership *leadership, const char *conninfo, struct desk *desk,
                struct load_report *ret_report, char **ret_why)
{
    struct loading loading = {.desk = desk, .report = ret_report};
    PGconn *connections[2] = {NULL, NULL};
    int64_t began_ms = clock_monotonic_ms();

    *ret_report = (struct load_report){0};
    *ret_why = NULL;
    desk_restore_sequence(desk, "journal",
                          leadership->journal_sequence); /* it stands with the desk, not with the rest */
    int rc = open_two(conninfo, connections, ret_why);

    if (rc == 0)
        rc = load_before(connections[0], leadership->desk, &loading, ret_why);
    if (rc == 0)
        rc = load_open(connections, leadership->desk, &loading, ret_why);
    if (rc == 0)
        rc = load_after(connections[0], leadership->desk, &loading, ret_why);
    for (int i = 0; i < 2; i++)
        PQfinish(connections[i]);
    ret_report->took_ms = clock_monotonic_ms() - began_ms;
    return rc == 0 ? LOADER_DONE : LOADER_UNREACHABLE;
}

/* ---- the journal ---- */

struct verifying {
    struct journal_chain *chain;
    struct journal_check *check;
    enum journal_verdict verdict;
};

static void take_journal(void *context, const struct field *fields)
{
    struct verifying *verifying = context;
    const unsigned char *hash;
    struct journal_row row;

    if (verifying->verdict != JOURNAL_GOOD)
        return;
    fields_journal(fields, &row, &hash);
    verifying->verdict = journal_verify(verifying->chain, verifying->check, &row, hash);
}

int loader_verify(const struct leadership *leadership, const char *conninfo,
                  enum journal_verdict *ret_verdict, struct journal_check *ret_check, char **ret_why)
{
    const struct copy_source journal = {"load_journal", leadership->desk, FIELDS_JOURNAL};
    struct verifying verifying = {.check = ret_check, .verdict = JOURNAL_GOOD};
    PGconn *connection = copy_connect(conninfo, "duban-verify");

    *ret_check = (struct journal_check){0};
    *ret_why = NULL;
    verifying.chain = journal_chain_create(leadership->desk);
    int rc = PQstatus(connection) == CONNECTION_OK
                 ? begin_session(connection, "session_load", ret_why)
                 : say(ret_why, -ENOTCONN, "%s", PQerrorMessage(connection));

    if (rc == 0)
        rc = copy_rows(connection, &journal, take_journal, &verifying, ret_why);
    if (rc == 0 && verifying.verdict == JOURNAL_GOOD)
        verifying.verdict =
            journal_verify_head(ret_check, leadership->journal_sequence, leadership->journal_head);
    *ret_verdict = verifying.verdict;
    PQfinish(connection);
    journal_chain_destroy(verifying.chain);
    return rc == 0 ? LOADER_DONE : LOADER_UNREACHABLE;
}
