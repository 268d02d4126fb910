/*
 * Calendars in the database, by the loader's blocking connection.
 *
 * Called by reload.c and, at the start, by service.c. An import is two rows: the text as a version, and a
 * line that says which version holds; the newest line of a name counts, so nothing is ever changed or
 * deleted. It is guarded by the epoch like every write: a leader that was replaced can't say which calendar
 * holds.
 *
 * The review of closed tickets is bounded twice, by rows and by time, because it runs while the desk waits.
 * It takes the newest tickets first: they are the ones that somebody can still be called about.
 */
#include "daemon/calendars.h"

#include "daemon/copy.h"
#include "daemon/log.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define REVIEWED_MAX    20000 /* clocks; a fifth of a second */
#define REVIEW_PATIENCE "3s"

#define TEXT_OF(number) #number
#define LIMIT_TEXT(max) TEXT_OF(max)

static PGresult *ask(const struct leadership *leadership, const char *statement, int count,
                     const char *const *values, char **ret_why)
{
    return copy_query(leadership->lock, statement, count, values, ret_why);
}

char *calendars_load(const struct leadership *leadership, struct imported_calendars *ret_imported)
{
    char desk[12], *why = NULL;

    snprintf(desk, sizeof(desk), "%" PRIu32, leadership->desk);
    PGresult *rows = ask(leadership, "load_calendars", 1, (const char *const[]){desk}, &why);

    for (int i = 0; rows && i < PQntuples(rows); i++) {
        imported_calendars_set(ret_imported, PQgetvalue(rows, i, 0), PQgetvalue(rows, i, 2));
        log_info("event=calendar_imported calendar=%s digest=%s", PQgetvalue(rows, i, 0),
                 PQgetvalue(rows, i, 1));
    }
    PQclear(rows);
    return why;
}

char *calendars_record(const struct leadership *leadership, const char *name, const char *digest,
                       const char *actor)
{
    char desk[12], epoch[24], *why = NULL;

    snprintf(desk, sizeof(desk), "%" PRIu32, leadership->desk);
    snprintf(epoch, sizeof(epoch), "%" PRIu64, leadership->epoch);
    PGresult *row =
        ask(leadership, "calendar_import", 5, (const char *const[]){desk, name, digest, actor, epoch}, &why);

    if (row && PQntuples(row) != 1 && asprintf(&why, "another daemon leads the desk") < 0)
        abort();
    PQclear(row);
    return why;
}

/* ---- closed tickets ---- */

static msec instant_of(const PGresult *rows, int row, int column)
{
    return PQgetisnull(rows, row, column) ? NEVER : strtoll(PQgetvalue(rows, row, column), NULL, 10);
}

static void review_row(const PGresult *rows, int row, struct adoption *adoption)
{
    const struct closed_clock clock = {
        .ticket = strtoull(PQgetvalue(rows, row, 0), NULL, 10),
        .number = PQgetvalue(rows, row, 1),
        .class_name = PQgetvalue(rows, row, 2),
        .urgency = PQgetvalue(rows, row, 3),
        .department = PQgetvalue(rows, row, 4),
        .staffed = PQgetvalue(rows, row, 5),
        .clock = PQgetvalue(rows, row, 6),
        .state = PQgetvalue(rows, row, 7),
        .cycle = (uint16_t)strtoul(PQgetvalue(rows, row, 8), NULL, 10),
        .was_late = PQgetvalue(rows, row, 9)[0] == 't',
        .withdrawn = PQgetvalue(rows, row, 10)[0] == 't',
        .anchor_at = instant_of(rows, row, 11),
        .due_at = instant_of(rows, row, 12),
        .breached_at = instant_of(rows, row, 13),
        .ended_at = instant_of(rows, row, 14),
    };

    adoption_review(adoption, &clock);
}

static PGresult *ask_patiently(const struct leadership *leadership, const char *from, const char *to,
                               char **ret_why)
{
    char desk[12], *unused = NULL;

    snprintf(desk, sizeof(desk), "%" PRIu32, leadership->desk);
    PQclear(ask(leadership, "session_patience", 1, (const char *const[]){REVIEW_PATIENCE}, &unused));
    PGresult *rows = ask(leadership, "closed_clocks", 4,
                         (const char *const[]){desk, from, to, LIMIT_TEXT(REVIEWED_MAX)}, ret_why);

    PQclear(ask(leadership, "session_patience", 1, (const char *const[]){"0"}, &unused));
    free(unused);
    return rows;
}

void calendars_review_closed(const struct leadership *leadership, struct adoption *adoption)
{
    msec from_at, to_at;
    char from[24], to[24], *why = NULL;

    if (!adoption_changes_past(adoption, &from_at, &to_at))
        return;
    snprintf(from, sizeof(from), "%" PRId64, from_at);
    snprintf(to, sizeof(to), "%" PRId64, to_at);
    PGresult *rows = ask_patiently(leadership, from, to, &why);

    for (int i = 0; rows && i < PQntuples(rows); i++)
        review_row(rows, i, adoption);
    if (!rows) {
        log_warning("event=closed_not_reviewed reason=%s", why);
        adoption_cut(adoption, "closed tickets were not looked at: the database took too long");
    } else if (PQntuples(rows) >= REVIEWED_MAX) {
        adoption_cut(adoption, "older closed tickets were not looked at: there are too many");
    }
    PQclear(rows);
    free(why);
}
