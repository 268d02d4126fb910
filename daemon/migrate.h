/* Bringing a database to the schema this program was built for: `duband --migrate`, as the owner or a
 * superuser. */
#ifndef DUBAN_DAEMON_MIGRATE_H
#define DUBAN_DAEMON_MIGRATE_H

#include <libpq-fe.h>
#include <stdbool.h>
#include <stdio.h>

/* Applies what is missing, each migration in a transaction of its own, and says so on `out`, a line each. 0:
   the schema is as it should be. Negative errno: `ret_why` (malloc'd) says what is wrong; migrations before
   it stay applied. A schema newer than this program, or one whose applied migrations read otherwise, is
   refused. */
int migrate_run(const char *conninfo, FILE *out, char **ret_why) __attribute__((warn_unused_result));

/* Whether the schema behind `connection` is exactly ours. 0, or negative errno and `ret_why` with what to do.
 */
int migrate_check(PGconn *connection, char **ret_why) __attribute__((warn_unused_result));

#endif
