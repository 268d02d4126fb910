/*
 * The least that a restart can cost: what the daemon reads at its start, read by a bare libpq program.
 *
 * Two connections, a thread each. Each streams half of the pages of every table it is told, by binary COPY of
 * the given query, walks over the fields of each row and throws them away. The benchmark makes the queries
 * from the daemon's own statements (sql/statements/load_*.sql); the condition on pages is added here. Prints
 * how many rows and bytes that were.
 *
 * Usage: copy_out CONNINFO TABLE QUERY [TABLE QUERY]...
 */
#include <arpa/inet.h>
#include <libpq-fe.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define READERS     2
#define HEADER      19 /* signature, flags, length of the extension */
#define QUERY_BYTES 8192

struct reader {
    int number, argc;
    char **argv;
    size_t rows, fields, bytes;
};

static void die(const char *what, PGconn *connection)
{
    fprintf(stderr, "copy_out: %s: %s", what, PQerrorMessage(connection));
    exit(EXIT_FAILURE);
}

static PGconn *open_connection(const char *conninfo)
{
    PGconn *connection = PQconnectdb(conninfo);

    if (PQstatus(connection) != CONNECTION_OK)
        die("connect", connection);
    PQclear(PQexec(connection, "SET enable_indexscan = off; SET enable_bitmapscan = off; SET jit = off"));
    return connection;
}

static unsigned long pages_of(PGconn *connection, const char *table)
{
    char query[256];

    snprintf(query, sizeof(query), "SELECT pg_relation_size('%s') / 8192", table);
    PGresult *result = PQexec(connection, query);

    if (PQresultStatus(result) != PGRES_TUPLES_OK)
        die(table, connection);
    unsigned long pages = strtoul(PQgetvalue(result, 0, 0), NULL, 10);

    PQclear(result);
    return pages;
}

static void take_row(struct reader *reader, const char *bytes, size_t length)
{
    const char *end = bytes + length;
    uint16_t count;

    memcpy(&count, bytes, sizeof(count));
    bytes += sizeof(count);
    for (int i = ntohs(count); i > 0 && bytes + 4 <= end; i--) {
        uint32_t size;

        memcpy(&size, bytes, sizeof(size));
        bytes += sizeof(size) + (ntohl(size) == UINT32_MAX ? 0 : ntohl(size));
        reader->fields++;
    }
    reader->rows++;
    reader->bytes += length;
}

static void read_table(struct reader *reader, PGconn *connection, const char *table, const char *query)
{
    unsigned long pages = pages_of(connection, table), half = pages / READERS;
    char command[QUERY_BYTES];
    char *bytes;
    int length;
    int first = 1;

    snprintf(command, sizeof(command),
             "COPY (%s AND ctid >= '(%lu,0)' AND ctid < '(%lu,0)') TO STDOUT (FORMAT binary)", query,
             reader->number * half,
             reader->number == READERS - 1 ? UINT32_MAX - 1UL : (reader->number + 1) * half);
    PGresult *result = PQexec(connection, command);

    if (PQresultStatus(result) != PGRES_COPY_OUT)
        die(table, connection);
    PQclear(result);
    while ((length = PQgetCopyData(connection, &bytes, 0)) > 0) {
        size_t skip = first ? HEADER : 0;

        if ((size_t)length >= skip + 2 && memcmp(bytes + skip, "\xff\xff", 2) != 0)
            take_row(reader, bytes + skip, (size_t)length - skip);
        first = 0;
        PQfreemem(bytes);
    }
    while ((result = PQgetResult(connection)) != NULL)
        PQclear(result);
}

static void *read_all(void *context)
{
    struct reader *reader = context;
    PGconn *connection = open_connection(reader->argv[1]);

    for (int i = 2; i + 1 < reader->argc; i += 2)
        read_table(reader, connection, reader->argv[i], reader->argv[i + 1]);
    PQfinish(connection);
    return NULL;
}

int main(int argc, char **argv)
{
    struct reader readers[READERS];
    pthread_t threads[READERS];
    size_t rows = 0, fields = 0, bytes = 0;

    if (argc < 4 || argc % 2 != 0) {
        fputs("Usage: copy_out CONNINFO TABLE QUERY [TABLE QUERY]...\n", stderr);
        return EXIT_FAILURE;
    }
    for (int i = 0; i < READERS; i++) {
        readers[i] = (struct reader){.number = i, .argc = argc, .argv = argv};
        if (pthread_create(&threads[i], NULL, read_all, &readers[i]) != 0)
            abort();
    }
    for (int i = 0; i < READERS; i++) {
        pthread_join(threads[i], NULL);
        rows += readers[i].rows;
        fields += readers[i].fields;
        bytes += readers[i].bytes;
    }
    printf("{\"rows\": %zu, \"fields\": %zu, \"bytes\": %zu}\n", rows, fields, bytes);
    return EXIT_SUCCESS;
}
