/* A table of text for people: columns as wide as what stands in them, Chinese counted as it is drawn. */
#ifndef DUBAN_CLIENT_TABLE_H
#define DUBAN_CLIENT_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#define TABLE_ENDLESS 0 /* a width without a limit */

enum table_tone {
    TABLE_PLAIN,
    TABLE_GOOD,
    TABLE_SOON,
    TABLE_BAD,
    TABLE_FAINT,
};

struct table;

/* Chooses a UTF-8 locale for widths: the user's, or C.UTF-8. Once per process, before any table. */
void table_locale(void);

/* `titles` NULL: no heading line. They are copied. */
struct table *table_create(size_t columns, const char *const *titles);
void table_destroy(struct table *table);

/* Fills the next cell, row by row. Control characters are shown as U+FFFD, line ends as a space. */
void table_add(struct table *table, const char *cell, enum table_tone tone);

/* Cuts the widest columns (with …) until a line fits into `width` screen columns. */
void table_print(const struct table *table, FILE *out, int width, bool in_colour);

size_t table_rows(const struct table *table);

/* Screen columns that `text` takes; a text safe to show, cut to `width` columns (TABLE_ENDLESS: not cut).
   table_clean() gives malloc'd text. */
int table_width(const char *text);
char *table_clean(const char *text, int width) __attribute__((warn_unused_result));

#endif
