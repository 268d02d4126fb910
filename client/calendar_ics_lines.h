/* The lines of an ICS file: whether they are whole, and in which its events begin. */
#ifndef DUBAN_CLIENT_CALENDAR_ICS_LINES_H
#define DUBAN_CLIENT_CALENDAR_ICS_LINES_H

#include "client/calendar_source.h"

/* Zeroed: none. */
struct calendar_ics_lines {
    int *events; /* the line of each BEGIN:VEVENT, in order; owned */
    size_t count, capacity;
};

/* NULL, or "file:line: what is wrong" (malloc'd). */
char *calendar_ics_lines_read(const struct calendar_source *source, struct calendar_ics_lines *ret_lines)
    __attribute__((warn_unused_result));
void calendar_ics_lines_finish(struct calendar_ics_lines *lines);

#endif
