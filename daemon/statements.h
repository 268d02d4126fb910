/* The SQL of sql/, compiled in: one text for each file, found by the file's name without .sql. */
#ifndef DUBAN_DAEMON_STATEMENTS_H
#define DUBAN_DAEMON_STATEMENTS_H

struct statement {
    const char *name, *text;
};

/* Both sorted by name, both end with a row of NULLs. Written by sql/embed.sh. */
extern const struct statement statements_embedded[];   /* sql/statements */
extern const struct statement statements_migrations[]; /* sql/migrations, in the order they are applied */

const char *statements_text(const char *name); /* NULL: there is no such file */

/* The number a migration's name begins with, and the newest one: the schema this program was built for. */
int statements_migration_number(const struct statement *migration);
int statements_newest_migration(void);

#endif
