/* A file that a calendar is imported from, and the readers of the forms that it may have. */
#ifndef DUBAN_CLIENT_CALENDAR_SOURCE_H
#define DUBAN_CLIENT_CALENDAR_SOURCE_H

#include "client/calendar_facts.h"
#include "files/zone_files.h"

/* What to do with an event that says neither 休 nor 班. */
enum calendar_unmarked {
    CALENDAR_UNMARKED_REFUSED,
    CALENDAR_UNMARKED_SKIPPED,
    CALENDAR_UNMARKED_HOLIDAYS,
};

struct calendar_source {
    const char *file;
    const char *text; /* NUL-terminated, and no NUL within */
    size_t length;
    const struct zone *zone; /* whose civil days are meant */
    struct zone_files *zones;
    enum calendar_unmarked unmarked;
};

/*
 * Each adds what the file says to `facts`. NULL, or what is not understood as "file:line: what (hint)"
 * (malloc'd); facts may have been added by then.
 *
 * ICS (RFC 5545): events of whole days, or of hours when they are make-up days, in UTC, in a named zone or in
 * none; their summaries follow calendar_words.h. JSON: {"year":2026,"days":[{"name":"元旦","date":
 * "2026-01-01","isOffDay":true}]}.
 */
char *calendar_ics_read(const struct calendar_source *source, struct calendar_facts *facts)
    __attribute__((warn_unused_result));
char *calendar_json_read(const struct calendar_source *source, struct calendar_facts *facts)
    __attribute__((warn_unused_result));

/* "file:line: …" from a format. */
char *calendar_source_complain(const struct calendar_source *source, int line, const char *format, ...)
    __attribute__((format(printf, 3, 4), returns_nonnull, warn_unused_result));

/* Whether a name can stand in a calendar file of ours; NULL, or a complaint. */
char *calendar_source_check_title(const struct calendar_source *source, int line, const char *title)
    __attribute__((warn_unused_result));

/* Whether a calendar can have that day: 1970-01-01 to 2199-12-31. */
bool calendar_source_has_day(int64_t day_number);

#endif
