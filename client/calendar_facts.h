/* Days that don't keep their weekday's hours, from several files, and which file's word counts. */
#ifndef DUBAN_CLIENT_CALENDAR_FACTS_H
#define DUBAN_CLIENT_CALENDAR_FACTS_H

#include "lib/base/text.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum calendar_kind {
    CALENDAR_HOLIDAY,
    CALENDAR_WORKING, /* a make-up working day */
    CALENDAR_SHORT,   /* a day with hours of its own */
};

#define CALENDAR_KINDS (CALENDAR_SHORT + 1)

struct calendar_fact {
    int64_t day_number;
    enum calendar_kind kind;
    char *title;      /* 春节, as the file has it; NULL when `value` is all there is; owned */
    char *value;      /* what stands behind the day in our files: "春节 | Spring Festival"; owned */
    const char *file; /* borrowed */
    int line;
};

/* Zeroed: none. Ascending by day, each day once. */
struct calendar_facts {
    struct calendar_fact *facts;
    size_t count, capacity;
    struct text notes; /* a line for each fact that another file's replaced */
};

void calendar_facts_finish(struct calendar_facts *facts);

/*
 * Adds a holiday or make-up day by its title; or with `value` a fact that stands in our file already. A file
 * that comes later wins over those before it, with a line in `notes` when that changes anything; within one
 * file two names of a day are joined. NULL, or what is wrong as "file:line: …" (malloc'd): one file says that
 * the day is free and worked. `file` must outlive the facts.
 */
char *calendar_facts_add(struct calendar_facts *facts, int64_t day_number, enum calendar_kind kind,
                         const char *title, const char *value, const char *file, int line)
    __attribute__((warn_unused_result));

/* The fact of a day, NULL when it is an ordinary one. */
const struct calendar_fact *calendar_facts_find(const struct calendar_facts *facts, int64_t day_number);

/* "holiday", "make-up day", "short day" */
const char *calendar_kind_text(enum calendar_kind kind);

/* A value without its English, and without `as friday`: "春节". malloc'd. */
char *calendar_facts_title(const char *value) __attribute__((warn_unused_result));

#endif
