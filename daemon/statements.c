/*
 * Finding SQL by name.
 *
 * SQL lives in sql/ only, one statement a file, so that it can be read, tested and explained without reading
 * C. sql/embed.sh turns the files into the two tables at build time: an installed daemon has no SQL files to
 * lose or to have edited under it. Statements are looked up by name a few times for each connection, so a
 * walk over some fifty rows is all this needs.
 */
#include "daemon/statements.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

const char *statements_text(const char *name)
{
    for (const struct statement *statement = statements_embedded; statement->name; statement++)
        if (strcmp(statement->name, name) == 0)
            return statement->text;
    return NULL;
}

int statements_migration_number(const struct statement *migration)
{
    return atoi(migration->name);
}

int statements_newest_migration(void)
{
    int newest = 0;

    for (const struct statement *migration = statements_migrations; migration->name; migration++)
        newest = statements_migration_number(migration);
    return newest;
}
