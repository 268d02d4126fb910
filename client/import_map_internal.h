/* The log in memory: shared by import_map.c (rows to steps) and import_params.c (steps to params) only. */
#ifndef DUBAN_CLIENT_IMPORT_MAP_INTERNAL_H
#define DUBAN_CLIENT_IMPORT_MAP_INTERNAL_H

#include "client/import_map.h"
#include "lib/base/intern.h"

enum import_state {
    STATE_NEW,
    STATE_ACTIVE,
    STATE_AWAITING_USER,
    STATE_OTHER, /* waiting for somebody else, and the log's odd "-100" */
    STATE_RESOLVED,
    STATE_CLOSED,
};

/* The columns whose text goes into params. */
enum import_text {
    TEXT_NUMBER,
    TEXT_STATE,
    TEXT_CALLER,
    TEXT_CHANNEL,
    TEXT_LOCATION,
    TEXT_CATEGORY,
    TEXT_SUBCATEGORY,
    TEXT_SYMPTOM,
    TEXT_GROUP,
    TEXT_ASSIGNEE,
    TEXT_RESOLVER,
    TEXT_COUNT,
};

struct import_row {
    msec opened_at, updated_at;
    uint32_t line;
    uint32_t texts[TEXT_COUNT]; /* interned */
    uint8_t state, priority;    /* priority 1 to 4 */
};

#define COLUMNS_MAX 32

struct import_map {
    const struct zone *zone;
    msec until_at;
    struct intern *texts, *incidents; /* an incident's index is the number's id minus 1 */
    size_t places[COLUMNS_MAX];       /* where a known column stands in the file */
    struct import_row *rows;
    size_t row_count, row_capacity, left_out;
    struct import_step *steps;
    size_t step_count, step_capacity;
    char error[160];
};

/* "general" for 3 and 4, and so on. */
const char *import_map_urgency(uint8_t priority);

#endif
