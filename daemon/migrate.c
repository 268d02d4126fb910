/*
 * Migrations: forward only, numbered, each applied once, each remembered with the digest of its text.
 *
 * Called by `duband --migrate` before there is a daemon, and by the loader, which refuses to lead over a
 * schema that is not exactly the one it was built for: an older daemon on a newer schema would write rows
 * that lie. Everything here blocks; there is no loop yet. A migration and its row in schema_migration are one
 * transaction, so an interrupted run continues where it stopped. The daemon never migrates by itself: its
 * role may not, and an operator should know when a schema changes.
 */
#include "daemon/migrate.h"

#include "daemon/statements.h"
#include <errno.h>
#include <openssl/sha.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#define SHA256_HEX 65

static void digest(const char *text, char ret_hex[SHA256_HEX])
{
    unsigned char bytes[SHA256_DIGEST_LENGTH];

    SHA256((const unsigned char *)text, strlen(text), bytes);
    for (size_t i = 0; i < sizeof(bytes); i++)
        snprintf(ret_hex + 2 * i, 3, "%02x", bytes[i]);
}

static int refuse(char **ret_why, int error, const char *format, ...) __attribute__((format(printf, 3, 4)));

static int refuse(char **ret_why, int error, const char *format, ...)
{
    va_list list;

    va_start(list, format);
    if (vasprintf(ret_why, format, list) < 0)
        *ret_why = NULL;
    va_end(list);
    return error;
}

/* Runs a statement of sql/statements; NULL and `ret_why` when it fails. */
static PGresult *run(PGconn *connection, const char *name, int count, const char *const *values,
                     char **ret_why)
{
    PGresult *result = PQexecParams(connection, statements_text(name), count, NULL, values, NULL, NULL, 0);
    ExecStatusType status = PQresultStatus(result);

    if (status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK)
        return result;
    refuse(ret_why, 0, "%s: %s", name, PQerrorMessage(connection));
    PQclear(result);
    return NULL;
}

static int run_quietly(PGconn *connection, const char *name, char **ret_why)
{
    PGresult *result = run(connection, name, 0, NULL, ret_why);

    PQclear(result);
    return result ? 0 : -EIO;
}

static const struct statement *find_migration(int number)
{
    for (const struct statement *migration = statements_migrations; migration->name; migration++)
        if (statements_migration_number(migration) == number)
            return migration;
    return NULL;
}

/* Every applied migration must be one of ours and read as ours does. `ret_newest` is the last one applied. */
static int compare_applied(PGconn *connection, int *ret_newest, char **ret_why)
{
    PGresult *applied = run(connection, "migration_list", 0, NULL, ret_why);
    int rc = applied ? 0 : -EIO;

    *ret_newest = 0;
    for (int i = 0; rc == 0 && i < PQntuples(applied); i++) {
        int number = atoi(PQgetvalue(applied, i, 0));
        const struct statement *ours = find_migration(number);
        char hex[SHA256_HEX];

        *ret_newest = number;
        if (!ours) {
            rc = refuse(
                ret_why, -EPROTO,
                "the schema has migration %s, which this duband (built for %d) does not know: use a newer "
                "duband",
                PQgetvalue(applied, i, 1), statements_newest_migration());
            break;
        }
        digest(ours->text, hex);
        if (strcmp(hex, PQgetvalue(applied, i, 2)) != 0)
            rc = refuse(ret_why, -EPROTO, "migration %s was applied with another text than this duband has",
                        ours->name);
    }
    PQclear(applied);
    return rc;
}

/* `ret_newest` is 0 in a database that was never migrated. */
static int read_state(PGconn *connection, int *ret_newest, char **ret_why)
{
    PGresult *state = run(connection, "migration_state", 0, NULL, ret_why);
    int rc = 0;

    *ret_newest = 0;
    if (!state)
        return -EIO;
    if (strcmp(PQgetvalue(state, 0, 1), "UTF8") != 0)
        rc = refuse(ret_why, -EPROTO, "the database is encoded in %s; it must be UTF8",
                    PQgetvalue(state, 0, 1));
    else if (atoi(PQgetvalue(state, 0, 2)) < 150000)
        rc = refuse(ret_why, -EPROTO, "the server is older than PostgreSQL 15");
    else if (!PQgetisnull(state, 0, 0))
        rc = compare_applied(connection, ret_newest, ret_why);
    PQclear(state);
    return rc;
}

int migrate_check(PGconn *connection, char **ret_why)
{
    int newest;
    int rc = read_state(connection, &newest, ret_why);

    if (rc == 0 && newest < statements_newest_migration())
        rc = refuse(
            ret_why, -EPROTO,
            "the schema stands at migration %d, this duband needs %d: run duband --migrate as its owner",
            newest, statements_newest_migration());
    return rc;
}

static int record(PGconn *connection, const struct statement *migration, char **ret_why)
{
    char number[12], hex[SHA256_HEX];

    snprintf(number, sizeof(number), "%d", statements_migration_number(migration));
    digest(migration->text, hex);
    PGresult *result =
        run(connection, "migration_record", 3, (const char *const[]){number, migration->name, hex}, ret_why);

    PQclear(result);
    return result ? 0 : -EIO;
}

static int apply_text(PGconn *connection, const struct statement *migration, char **ret_why)
{
    PGresult *result = PQexec(connection, migration->text);
    ExecStatusType status = PQresultStatus(result);

    PQclear(result);
    if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK)
        return record(connection, migration, ret_why);
    return refuse(ret_why, -EIO, "%s: %s", migration->name, PQerrorMessage(connection));
}

/* In one transaction, and only when nobody else got there first. `ret_applied` tells whether it was needed.
 */
static int apply(PGconn *connection, const struct statement *migration, bool *ret_applied, char **ret_why)
{
    int newest;
    int rc = run_quietly(connection, "begin", ret_why);

    *ret_applied = false;
    if (rc == 0)
        rc = run_quietly(connection, "migration_lock", ret_why);
    if (rc == 0)
        rc = read_state(connection, &newest, ret_why);
    if (rc == 0 && statements_migration_number(migration) > newest) {
        rc = apply_text(connection, migration, ret_why);
        *ret_applied = rc == 0;
    }
    if (rc == 0)
        return run_quietly(connection, "commit", ret_why);
    PQclear(PQexec(connection, statements_text("rollback")));
    return rc;
}

static void ignore_notice(void *context, const PGresult *notice)
{
    (void)context;
    (void)notice;
}

int migrate_run(const char *conninfo, FILE *out, char **ret_why)
{
    PGconn *connection = PQconnectdb(conninfo);
    int newest, rc = 0;
    bool applied;

    *ret_why = NULL;
    PQsetNoticeReceiver(connection, ignore_notice, NULL);
    if (PQstatus(connection) != CONNECTION_OK)
        rc = refuse(ret_why, -ENOTCONN, "%s", PQerrorMessage(connection));
    if (rc == 0)
        rc = read_state(connection, &newest, ret_why);
    for (const struct statement *each = statements_migrations; rc == 0 && each->name; each++) {
        rc = apply(connection, each, &applied, ret_why);
        if (rc == 0 && applied)
            fprintf(out, "applied %s\n", each->name);
    }
    if (rc == 0)
        fprintf(out, "schema is at %d\n", statements_newest_migration());
    PQfinish(connection);
    return rc;
}
