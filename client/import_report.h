/* What became of an import: counts, and the refusals with their reasons. */
#ifndef DUBAN_CLIENT_IMPORT_REPORT_H
#define DUBAN_CLIENT_IMPORT_REPORT_H

#include "client/import_map.h"
#include "client/screen.h"
#include <stdbool.h>

struct import_report {
    size_t calls, refused;
    size_t accepted;               /* done now, or done by an earlier import with the same keys */
    size_t skipped;                /* not sent: their ticket's intake was refused */
    size_t created, already_there; /* tickets */
    json_t *reasons;               /* "ticket.close: gate_closed" -> {count, line, detail} */
    double seconds;
    bool is_dry;
};

void import_report_init(struct import_report *report);
void import_report_finish(struct import_report *report);

/* Counts an answer; `error` is NULL for a result. */
void import_report_answer(struct import_report *report, const struct import_map *map,
                          const struct import_step *step, const json_t *result, const json_t *error);

/* Prints the summary, as an object with --json. */
void import_report_print(const struct import_report *report, const struct import_map *map,
                         const struct screen *screen);

#endif
