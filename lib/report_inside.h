/* The inside of reports, shared by the rooms that each hold a few kinds of them; nobody else includes this.
 */
#ifndef DUBAN_LIB_REPORT_INSIDE_H
#define DUBAN_LIB_REPORT_INSIDE_H

#include "lib/desk_parts.h"
#include "lib/report.h"

#define REPORT_COUNTS  20
#define REPORT_SAMPLES 4
#define REPORT_SOURCES 3
#define REPORT_HOURS   32
#define BY(dimension)  (1u << REPORT_BY_##dimension)

/* Numbers of which a median is wanted. */
struct samples {
    int64_t *values;
    size_t count, capacity;
};

void samples_add(struct samples *samples, int64_t value);

/* The value that so many percent of them do not exceed (nearest rank); -1: there are none. Reorders them. */
int64_t samples_percentile(struct samples *samples, int percent);
int64_t samples_sum(const struct samples *samples);

/* What rows with the same words in every dimension come to. */
struct group {
    char *words[REPORT_DIMENSIONS];
    int64_t counts[REPORT_COUNTS];
    struct samples samples[REPORT_SAMPLES];
};

struct groups {
    struct group *list;
    size_t count, capacity;
    uint32_t *slots; /* open addressing over `list`; 0 is free */
    size_t size;
};

void groups_finish(struct groups *groups);

/* NULL: there are too many. `words` are copied; as many as `count`. */
struct group *groups_of(struct groups *groups, const char *const *words, size_t count);

/* Hours of customers, made while a page is taken: they borrow the policy's zone. */
struct report_hours {
    char text[64];
    struct calendar *calendar;
};

struct report_kind;

struct report {
    struct report_question question;
    const struct report_kind *kind;
    msec now;
    size_t source; /* of the kind's statements */
    int64_t after; /* where its next page begins; -1: at its beginning */
    size_t rows;
    struct groups groups;
    struct groups others[2]; /* what a kind adds up besides */
    json_t *lines;           /* what a kind keeps of single rows */
    struct report_hours hours[REPORT_HOURS];
    size_t hour_count;
    const char *wrong; /* it can't be made */
};

struct report_kind {
    const char *name;
    const char *title[LANGUAGE_COUNT];
    unsigned by; /* bits; 0: it is a list, or has its own order */
    enum report_by usual;
    bool has_usual;
    enum report_period period;
    const char *sources[REPORT_SOURCES]; /* statements, one after the other */
    /* Adds what the source's page needs besides the period; may be NULL. */
    void (*ask)(const struct report *report, const struct desk *desk, json_t *parameter);
    void (*take)(struct report *report, const struct desk *desk, const json_t *row);
    void (*write)(struct report *report, const struct desk *desk, json_t *document);
    /* Names that the regime has for it (lists, appraisals); NULL: it takes none. */
    const char *(*name_at)(const struct policy *policy, size_t index);
};

extern const struct report_kind report_overdue, report_breaches, report_times, report_outcome,
    report_bottlenecks, report_satisfaction, report_trend, report_complaints, report_attitude, report_lists,
    report_appraisal, report_worklog, report_open;

const struct report_kind *report_kind_at(size_t index); /* NULL behind the last */
const struct report_kind *report_kind_find(const char *name);

/* ---- rows ---- */

const char *row_text(const json_t *row, const char *member); /* "" when missing */
msec row_instant(const json_t *row, const char *member);     /* milliseconds since 1970; NEVER when missing */
int64_t row_count(const json_t *row, const char *member);

/* Where a row belongs, which happened at `at`; NULL: too many groups (said in report->wrong). */
struct group *report_group(struct report *report, const struct desk *desk, const json_t *row, msec at);
void report_month(const struct desk *desk, msec at, char ret_month[8]); /* "2026-03" in the desk's zone */

/* By whose hours a clock of this row's ticket counts; `clock` POLICY_NONE: the department's. */
const struct calendar *report_calendar(struct report *report, const struct desk *desk, uint8_t clock,
                                       const json_t *row);

/* What report_tickets is asked for besides the period: the class, and which contacts count. */
void report_ask_tickets(const struct report *report, const struct desk *desk, json_t *parameter);
json_t *report_words(const struct vocabulary *words, uint32_t bits); /* their names as an array */

/* ---- documents ---- */

enum column_kind { COLUMN_TEXT, COLUMN_TIME, COLUMN_COUNT, COLUMN_DURATION, COLUMN_PERCENT, COLUMN_SCORE };

const char *column_kind_name(enum column_kind kind);

struct column {
    const char *name;
    const char *title[LANGUAGE_COUNT];
    enum column_kind kind;
};

/* A new table at the end of the document; `columns` end with a NULL name. Borrowed from the document. */
json_t *document_table(json_t *document, const struct report *report, const char *name,
                       const char *const title[LANGUAGE_COUNT], const struct column *columns);
/* One column more, before any row. */
void table_column(json_t *table, const char *name, const char *title, enum column_kind kind);
/* The same for the dimensions, and then for these columns. */
json_t *document_groups(json_t *document, const struct report *report, const char *name,
                        const char *const title[LANGUAGE_COUNT], const struct column *columns);
void table_row(json_t *table, json_t *row); /* an array, consumed */
size_t table_length(const json_t *table);
void document_note(json_t *document, const char *text);

/* The columns of the dimensions, and their cells of a group. */
void table_dimensions(json_t *table, const struct report *report);
json_t *row_of_group(const struct report *report, const struct desk *desk, const struct group *group);

/* A word's title in the report's language: `by` says of which of the regime's words. */
const char *report_title(const struct report *report, const struct desk *desk, enum report_by by,
                         const char *word);

/* The groups in the order of a table: by months when those are the first dimension, else by the count that is
   greatest first. */
void report_sort(struct report *report, struct groups *groups, size_t by_count);

/* Bars (or with `is_line` a line) over a table: one for each row, of these columns (NULL-ended). */
void document_chart(json_t *document, const json_t *table, const char *title, bool is_line,
                    const char *const *columns);

/* Appends to a row: a title of one of the regime's words, a number or null. */
void row_title(json_t *row, const struct report *report, const struct desk *desk, enum report_by by,
               const char *word);
void row_number(json_t *row, int64_t value); /* null for negative ones */

json_t *json_number_or_null(int64_t value);      /* null for negative ones */
json_t *json_share(int64_t part, int64_t whole); /* hundredths of a percent; null of nothing */

#endif
