/* Command-line options as rows: one row is the parser's rule, the line of the help and the daemon's
 * parameter. */
#ifndef DUBAN_CLIENT_OPTIONS_H
#define DUBAN_CLIENT_OPTIONS_H

#include "lib/base/msec.h"
#include "lib/base/text.h"
#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

enum option_kind {
    OPTION_FLAG,   /* takes no value */
    OPTION_TEXT,   /* a string */
    OPTION_NUMBER, /* an integer, not negative */
    OPTION_TIME,   /* see when.h; becomes RFC 3339 */
    OPTION_LIST,   /* may be given several times, or with commas; becomes an array of strings */
    OPTION_PAIR,   /* NAME=VALUE, may be given several times; becomes members of an object */
};

struct option_row {
    const char *name; /* "urgency": written --urgency; of an argument: its name, such as "TICKET" */
    char letter;      /* 's': also written -s; 0: none */
    enum option_kind kind;
    const char *value;     /* what the help calls its value, NULL for a flag */
    const char *help;      /* one line */
    const char *parameter; /* where it goes in the call's params, such as "customer.name"; NULL: nowhere */
    const char *literal;   /* the JSON value it puts there: a flag (NULL is true), a pair without a VALUE */
    bool is_required;
    bool is_argument; /* given by position, without a name; OPTION_LIST takes all that follow */
};

#define OPTIONS_TABLES 3

struct option_given {
    const struct option_row *row;
    const char *value;
};

/* What was given, in order. Values point into argv. */
struct options {
    const struct option_row
        *tables[OPTIONS_TABLES]; /* each ends with a row whose name is NULL; may be NULL */
    struct option_given *given;
    size_t count, capacity;
};

/* Reads `argv` (without the program and command names) against the tables. False: `error` is a sentence. With
   --help among the arguments nothing else is checked. */
bool options_read(struct options *options, int argc, char **argv, struct text *error)
    __attribute__((warn_unused_result));
void options_finish(struct options *options);

/* By the row's name. The last one given counts; NULL, false or `otherwise` when it was not given. */
const char *options_text(const struct options *options, const char *name);
bool options_flag(const struct options *options, const char *name);
long long options_number(const struct options *options, const char *name, long long otherwise);

/* The n-th value of a list, NULL behind the last. Commas are not split here. */
const char *options_nth(const struct options *options, const char *name, size_t index);

/* Puts every given option that has a `parameter` into `params`. False: `error` is a sentence. */
bool options_params(const struct options *options, msec now, bool in_utc, json_t *params, struct text *error)
    __attribute__((warn_unused_result));

/* The candidate nearest to a mistyped word, NULL when none is near. */
const char *options_nearest(const char *word, const char *const *candidates, size_t count);

#endif
