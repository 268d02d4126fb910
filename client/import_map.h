/* From the rows of an incident log to the calls that file it: what happened, read out of states. No I/O. */
#ifndef DUBAN_CLIENT_IMPORT_MAP_H
#define DUBAN_CLIENT_IMPORT_MAP_H

#include "lib/base/msec.h"
#include "lib/zone.h"
#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

enum import_verb {
    IMPORT_CREATE,
    IMPORT_CLASSIFY,
    IMPORT_CONTACT,
    IMPORT_PROGRESS,
    IMPORT_SOLVE,
    IMPORT_CLOSE,
    IMPORT_REOPEN,
    IMPORT_VERB_COUNT,
};

/* One call. `number` counts the calls of its incident from 0; with the incident's number it makes the
   idempotency key, so that the same file always gives the same keys. */
struct import_step {
    msec at;
    enum import_verb verb;
    uint32_t row, incident, number;
};

struct import_map;

/* `zone` (borrowed) is where the log's times are at home. Rows updated after `until_at` are left out; NEVER:
 * none. */
struct import_map *import_map_create(const struct zone *zone, msec until_at);
void import_map_destroy(struct import_map *map);

/* Learns the order of the columns from the heading; then one row after the other. NULL, or a sentence about
   what is wrong (in the map's storage). */
const char *import_map_heading(struct import_map *map, const char *const *fields, size_t count)
    __attribute__((warn_unused_result));
const char *import_map_row(struct import_map *map, const char *const *fields, size_t line)
    __attribute__((warn_unused_result));

/* After the last row: puts the calls in order of time. */
void import_map_finish(struct import_map *map);

size_t import_map_rows(const struct import_map *map);     /* taken */
size_t import_map_left_out(const struct import_map *map); /* updated later than `until_at` */
size_t import_map_incidents(const struct import_map *map);
size_t import_map_steps(const struct import_map *map);
const struct import_step *import_map_step(const struct import_map *map, size_t index);

size_t import_map_numbers(const struct import_map *map); /* every step's `incident` is below this */
const char *import_map_reference(const struct import_map *map, uint32_t incident); /* "INC0000045" */
size_t import_map_line(const struct import_map *map, const struct import_step *step);

const char *import_map_method(enum import_verb verb); /* "ticket.create" */

/* The step's params. `ticket` names the ticket in all but create. With `is_live` they lack "history". The
   caller adds an idempotency key when it wants one. */
json_t *import_map_params(const struct import_map *map, const struct import_step *step, const char *ticket,
                          int is_live);

#endif
