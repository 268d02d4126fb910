/* Reading whole tables over one or two blocking connections, by binary COPY. For the loader. */
#ifndef DUBAN_DAEMON_COPY_H
#define DUBAN_DAEMON_COPY_H

#include "daemon/fields.h"
#include <libpq-fe.h>
#include <stdbool.h>
#include <stdint.h>

/* Called for each row; the fields are its own until it returns. */
typedef void copy_function(void *context, const struct field *fields);

/* A statement of sql/statements whose $1 is the desk; `columns` is how many it gives. */
struct copy_source {
    const char *statement;
    uint32_t desk;
    int columns;
};

/* Opens a connection for loading, in UTF-8. The caller closes it; look at PQstatus(). */
PGconn *copy_connect(const char *conninfo, const char *application);

/* Runs a statement of sql/statements with text parameters; the result is the caller's. NULL: it failed, and
   `ret_why` (malloc'd) says how. */
PGresult *copy_query(PGconn *connection, const char *statement, int count, const char *const *values,
                     char **ret_why) __attribute__((warn_unused_result));

/* Each row of the statement, in its order. 0 or -EIO with `ret_why`. */
int copy_rows(PGconn *connection, const struct copy_source *source, copy_function *take, void *context,
              char **ret_why) __attribute__((warn_unused_result));

/* Each row of a statement whose $2 and $3 are a range of pages, in no order: half of `pages` over each
   connection, so that two server processes read at once. */
int copy_pages(PGconn *const connections[2], const struct copy_source *source, uint64_t pages,
               copy_function *take, void *context, char **ret_why) __attribute__((warn_unused_result));

#endif
