/*
 * Reports: what the record adds up to, by whom and when. Pure: rows come in, one document comes out.
 *
 * A document is JSON that every rendering understands: {report, title, from?, to?, by, at, regime,
 * tables:[{name, title, columns:[{name, title, kind}], rows:[[…]]}], charts:[…], notes:[…]}. Kinds of
 * columns: text, time (RFC 3339), count, duration (seconds), percent and score (both in hundredths: the
 * protocol has no floats).
 */
#ifndef DUBAN_LIB_REPORT_H
#define DUBAN_LIB_REPORT_H

#include "lib/access.h"
#include "lib/desk.h"
#include <jansson.h>

#define REPORT_GROUPS_MAX 20000   /* groups of one report */
#define REPORT_ROWS_MAX   2000000 /* rows that one report reads */
#define REPORT_LINES_MAX  5000    /* lines of one table */
#define REPORT_DIMENSIONS 2
#define REPORT_NAME_BYTES 64

/* What rows are put together by. */
enum report_by {
    REPORT_BY_PERSON,
    REPORT_BY_DEPARTMENT,
    REPORT_BY_CUSTOMER,
    REPORT_BY_CLASS,
    REPORT_BY_TYPE,
    REPORT_BY_URGENCY,
    REPORT_BY_CHANNEL,
    REPORT_BY_CLOCK,
    REPORT_BY_MONTH,
    REPORT_BY_COUNT,
};

const char *report_by_name(enum report_by by); /* "person" */

enum report_period {
    REPORT_NOW,   /* as things stand; from and to mean nothing */
    REPORT_MONTH, /* without from and to: last month */
    REPORT_YEAR,  /* without from and to: the twelve months that ended last */
};

/* What is asked, checked and complete. */
struct report_question {
    char report[REPORT_NAME_BYTES];     /* "breaches" */
    char name[REPORT_NAME_BYTES];       /* of a list or an appraisal; "": the only one, or all */
    char class_name[REPORT_NAME_BYTES]; /* only tickets of this class; "": of all */
    msec from, to;                      /* NEVER with REPORT_NOW */
    enum report_by by[REPORT_DIMENSIONS];
    size_t by_count;
    enum language language;
    bool masks_contacts; /* phones and addresses of records */
};

/* Reads a question from the params of report.get ({report, name?, from?, to?, month?, by?, class?,
   language?}) as of `now`. False: `*ret_field` (static) is wrong, `*ret_why` (malloc'd) says how. */
bool report_ask(const struct desk *desk, const json_t *params, enum role role, msec now,
                struct report_question *ret_question, const char **ret_field, char **ret_why)
    __attribute__((warn_unused_result));

bool report_is_known(const char *name);
const char *report_known(struct arena *arena); /* their names, with commas between them */

/* {reports:[{report, title, by:[…], default_by, period, names?}]} */
json_t *report_list(const struct desk *desk);

struct report;

struct report *report_create(const struct report_question *question, msec now)
    __attribute__((returns_nonnull, warn_unused_result));
void report_destroy(struct report *report);

/* The statement that gives the next page, with its one parameter besides the desk (malloc'd JSON); NULL: all
   pages are there. Answers of these statements are {rows:[{…}], next}, `next` being null at the end. */
const char *report_wants(const struct report *report, const struct desk *desk, char **ret_parameter);

/* Takes a page. NULL, or why this report can't be made (static). */
const char *report_take(struct report *report, const struct desk *desk, const json_t *page)
    __attribute__((warn_unused_result));

/* The document; once, when report_wants() has said NULL. The caller owns it. */
json_t *report_document(struct report *report, const struct desk *desk) __attribute__((warn_unused_result));

#endif
