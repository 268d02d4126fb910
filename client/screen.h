/* The daemon's answers for people: rows of columns that say which member is shown how. */
#ifndef DUBAN_CLIENT_SCREEN_H
#define DUBAN_CLIENT_SCREEN_H

#include "lib/base/msec.h"
#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

/* Where answers go and how. */
struct screen {
    FILE *out;
    bool in_json, in_utc, in_colour;
    int width; /* screen columns, TABLE_ENDLESS when `out` is no terminal */
    msec now;
};

enum screen_kind {
    SCREEN_TEXT,   /* strings, numbers, true and false as they are; arrays with commas; objects as k=v */
    SCREEN_TIME,   /* local time to the minute */
    SCREEN_SECOND, /* local time to the second */
    SCREEN_LEFT,   /* time left of the clock or ticket that the row is */
    SCREEN_STATE,  /* a word, coloured by what it means */
};

struct screen_column {
    const char *title;
    const char
        *member; /* a path such as "customer.name"; NULL for SCREEN_LEFT, which looks at the whole row */
    enum screen_kind kind;
};

void screen_init(struct screen *screen, bool in_json, bool in_utc);

/* A table of the objects in `rows`; columns end with a NULL title. A column whose member no row has is left
   out. `empty` is printed when there is no row. */
void screen_table(const struct screen *screen, const json_t *rows, const struct screen_column *columns,
                  const char *empty);

/* "Title  value" lines of one object; members that it doesn't have are left out. */
void screen_fields(const struct screen *screen, const json_t *object, const struct screen_column *columns);

/* Every member of an object (one level of objects inside it too) as lines. */
void screen_members(const struct screen *screen, const json_t *object);

/* The table of a result's `clocks`, with an empty line and a heading before it; nothing when it has none. */
void screen_clocks(const struct screen *screen, const json_t *result);

/* A line of text, made safe for the terminal. */
void screen_line(const struct screen *screen, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The result as it came: one line, or indented on a terminal. */
void screen_json(const struct screen *screen, const json_t *value);

/* A member as text, "" when missing. `ret_text` points into it or into `storage`. malloc'd. */
char *screen_text(const json_t *value) __attribute__((warn_unused_result));

#endif
