/*
 * Reading what happened out of an incident log.
 *
 * Used by import.c and tested without any file. A log row is the state after an update; the protocol wants
 * events. So each incident goes through a small machine: rows in order of time, and what a row means depends
 * on the state before it.
 *
 *      first row ──create──▶ working ──solve──▶ solved ──close──▶ closed
 *                              ▲  │               │                 │
 *                              │  └─contact,progress,classify       └─ closed again: nothing
 *                              └────────reopen────┴─────────────────┘ (a working state follows)
 *
 * All rows are kept in memory (interned, about 80 bytes each) because the file need not be sorted and because
 * a progress bar should know the whole. Sorting is stable: within a minute the file's order counts.
 */
#include "client/import_map.h"

#include "client/import_map_internal.h"
#include "lib/base/civil.h"
#include "lib/base/memory.h"
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NOT_KEPT = -1, OPENED = -2, UPDATED = -3, PRIORITY = -4 };

/* Every column of the log. All must be there, and no others: a log that lacks one is of another kind. */
static const struct {
    const char *name;
    int kept_as;
} columns[] = {
    {"number", TEXT_NUMBER},
    {"incident_state", TEXT_STATE},
    {"active", NOT_KEPT},
    {"reassignment_count", NOT_KEPT},
    {"reopen_count", NOT_KEPT},
    {"sys_mod_count", NOT_KEPT},
    {"made_sla", NOT_KEPT},
    {"caller_id", TEXT_CALLER},
    {"opened_by", NOT_KEPT},
    {"opened_at", OPENED},
    {"sys_updated_at", UPDATED},
    {"contact_type", TEXT_CHANNEL},
    {"location", TEXT_LOCATION},
    {"category", TEXT_CATEGORY},
    {"subcategory", TEXT_SUBCATEGORY},
    {"u_symptom", TEXT_SYMPTOM},
    {"impact", NOT_KEPT},
    {"urgency", NOT_KEPT},
    {"priority", PRIORITY},
    {"assignment_group", TEXT_GROUP},
    {"assigned_to", TEXT_ASSIGNEE},
    {"resolved_by", TEXT_RESOLVER},
    {"resolved_at", NOT_KEPT},
    {"closed_at", NOT_KEPT},
};

#define COLUMNS (sizeof columns / sizeof *columns)

static const struct {
    const char *name;
    enum import_state state;
} states[] = {
    {"New", STATE_NEW},
    {"Active", STATE_ACTIVE},
    {"Awaiting User Info", STATE_AWAITING_USER},
    {"Awaiting Vendor", STATE_OTHER},
    {"Awaiting Problem", STATE_OTHER},
    {"Awaiting Evidence", STATE_OTHER},
    {"-100", STATE_OTHER},
    {"Resolved", STATE_RESOLVED},
    {"Closed", STATE_CLOSED},
};

struct import_map *import_map_create(const struct zone *zone, msec until_at)
{
    struct import_map *map = memory_new(1, sizeof *map);

    map->zone = zone;
    map->until_at = until_at;
    map->texts = intern_create();
    map->incidents = intern_create();
    return map;
}

void import_map_destroy(struct import_map *map)
{
    if (!map)
        return;
    intern_destroy(map->texts);
    intern_destroy(map->incidents);
    free(map->rows);
    free(map->steps);
    free(map);
}

static const char *wrong(struct import_map *map, const char *what, const char *value)
{
    snprintf(map->error, sizeof map->error, "%s: %.64s", what, *value ? value : "(empty)");
    return map->error;
}

static size_t find_column(const char *name)
{
    for (size_t i = 0; i < COLUMNS; i++)
        if (strcmp(columns[i].name, name) == 0)
            return i;
    return COLUMNS;
}

const char *import_map_heading(struct import_map *map, const char *const *fields, size_t count)
{
    bool is_seen[COLUMNS] = {false};

    for (size_t i = 0; i < count; i++) {
        size_t column = find_column(fields[i]);

        if (column == COLUMNS)
            return wrong(map, "unknown column", fields[i]);
        if (is_seen[column])
            return wrong(map, "column given twice", fields[i]);
        is_seen[column] = true;
        map->places[column] = i;
    }
    for (size_t i = 0; i < COLUMNS; i++)
        if (!is_seen[i])
            return wrong(map, "missing column", columns[i].name);
    return NULL;
}

/* `2016-02-29T01:16` or with seconds, also with a space instead of the T; on the clock of the log's zone. */
static bool read_time(const struct zone *zone, const char *text, msec *ret_at)
{
    int64_t day_number;
    int hour, minute, second = 0, end = 0;

    if (!civil_parse_date(text, &day_number) || (text[10] != 'T' && text[10] != ' '))
        return false;
    if (sscanf(text + 11, "%2d:%2d%n", &hour, &minute, &end) != 2 || (end != 5 && end != 0))
        return false;
    const char *rest = text + 11 + end;

    if (*rest == ':' && (sscanf(rest, ":%2d%n", &second, &end) != 1 || end != 3))
        return false;
    if (rest[*rest == ':' ? 3 : 0] != '\0' || hour < 0 || minute < 0 || second < 0 || hour > 23 ||
        minute > 59 || second > 59)
        return false;
    struct civil civil = civil_date(day_number);

    civil.hour = hour, civil.minute = minute, civil.second = second;
    *ret_at = zone_instant(zone, &civil, ZONE_FIRST);
    return *ret_at >= 0;
}

static bool read_state(const char *text, struct import_row *row)
{
    for (size_t i = 0; i < sizeof states / sizeof *states; i++)
        if (strcmp(states[i].name, text) == 0) {
            row->state = (uint8_t)states[i].state;
            return true;
        }
    return false;
}

/* `3 - Moderate`, or just the digit. */
static bool read_priority(const char *text, struct import_row *row)
{
    row->priority = (uint8_t)(text[0] - '0');
    return text[0] >= '1' && text[0] <= '4' && (text[1] == '\0' || text[1] == ' ');
}

const char *import_map_row(struct import_map *map, const char *const *fields, size_t line)
{
    struct import_row row = {.line = (uint32_t)line};

    for (size_t i = 0; i < COLUMNS; i++) {
        const char *text = fields[map->places[i]];
        int kept_as = columns[i].kept_as;

        if ((kept_as == OPENED && !read_time(map->zone, text, &row.opened_at)) ||
            (kept_as == UPDATED && !read_time(map->zone, text, &row.updated_at)) ||
            (kept_as == PRIORITY && !read_priority(text, &row)) ||
            (kept_as == TEXT_STATE && !read_state(text, &row)) || (kept_as == TEXT_NUMBER && !*text))
            return wrong(map, columns[i].name, text);
        if (kept_as >= 0)
            row.texts[kept_as] = intern_id(kept_as == TEXT_NUMBER ? map->incidents : map->texts, text);
    }
    if (row.updated_at > map->until_at) {
        map->left_out++;
        return NULL;
    }
    map->rows = memory_reserve(map->rows, &map->row_capacity, map->row_count + 1, sizeof *map->rows);
    map->rows[map->row_count++] = row;
    return NULL;
}

/* Where an incident stands while its rows go by. */
struct incident {
    bool is_known, is_solved, is_closed, was_active;
    uint8_t priority;
    uint32_t steps;
};

static void add_step(struct import_map *map, struct incident *incident, size_t row, enum import_verb verb,
                     msec at)
{
    map->steps = memory_reserve(map->steps, &map->step_capacity, map->step_count + 1, sizeof *map->steps);
    map->steps[map->step_count++] = (struct import_step){
        .at = at,
        .verb = verb,
        .row = (uint32_t)row,
        .incident = map->rows[row].texts[TEXT_NUMBER] - 1,
        .number = incident->steps++,
    };
}

/* A row in a state of work. The first row of an incident that is New says no more than the create did. */
static void work(struct import_map *map, struct incident *incident, size_t index, bool is_first)
{
    const struct import_row *row = &map->rows[index];
    bool is_first_active = row->state == STATE_ACTIVE && !incident->was_active;

    incident->was_active |= row->state == STATE_ACTIVE;
    if (row->state == STATE_AWAITING_USER || is_first_active)
        add_step(map, incident, index, IMPORT_CONTACT, row->updated_at);
    else if (!is_first || row->state != STATE_NEW)
        add_step(map, incident, index, IMPORT_PROGRESS, row->updated_at);
}

static void resolve(struct import_map *map, struct incident *incident, size_t index)
{
    msec at = map->rows[index].updated_at;

    add_step(map, incident, index, incident->is_solved ? IMPORT_PROGRESS : IMPORT_SOLVE, at);
    incident->is_solved = true;
}

static void close_incident(struct import_map *map, struct incident *incident, size_t index)
{
    msec at = map->rows[index].updated_at;

    if (!incident->is_solved)
        add_step(map, incident, index, IMPORT_SOLVE, at);
    add_step(map, incident, index, IMPORT_CLOSE, at);
    incident->is_solved = incident->is_closed = true;
}

/* What comes before the row's own meaning: the intake, the reopening, a new urgency. */
static void prepare(struct import_map *map, struct incident *incident, size_t index)
{
    const struct import_row *row = &map->rows[index];
    bool is_work = row->state != STATE_RESOLVED && row->state != STATE_CLOSED;

    if (!incident->is_known) {
        msec received_at = row->opened_at < row->updated_at ? row->opened_at : row->updated_at;

        add_step(map, incident, index, IMPORT_CREATE, received_at);
        incident->is_known = true;
        incident->priority = row->priority;
    }
    if (incident->is_solved && is_work) {
        add_step(map, incident, index, IMPORT_REOPEN, row->updated_at);
        incident->is_solved = incident->is_closed = false;
    }
    if (strcmp(import_map_urgency(row->priority), import_map_urgency(incident->priority)) != 0)
        add_step(map, incident, index, IMPORT_CLASSIFY, row->updated_at);
    incident->priority = row->priority;
}

static void interpret(struct import_map *map, struct incident *incident, size_t index)
{
    bool is_first = !incident->is_known;
    enum import_state state = (enum import_state)map->rows[index].state;

    /* A closed incident that is only touched again: nothing happened that a customer would notice. */
    if (incident->is_closed && (state == STATE_CLOSED || state == STATE_RESOLVED))
        return;
    prepare(map, incident, index);
    switch (state) {
    case STATE_NEW:
    case STATE_ACTIVE:
    case STATE_AWAITING_USER:
    case STATE_OTHER:
        work(map, incident, index, is_first);
        return;
    case STATE_RESOLVED:
        resolve(map, incident, index);
        return;
    case STATE_CLOSED:
        close_incident(map, incident, index);
        return;
    }
}

static int by_update(const void *one, const void *other)
{
    const struct import_row *a = one, *b = other;

    if (a->updated_at != b->updated_at)
        return a->updated_at < b->updated_at ? -1 : 1;
    return a->line < b->line ? -1 : a->line > b->line;
}

/* An incident's steps are made in order, so that row and number break the ties between them. */
static int by_time(const void *one, const void *other)
{
    const struct import_step *a = one, *b = other;

    if (a->at != b->at)
        return a->at < b->at ? -1 : 1;
    if (a->row != b->row)
        return a->row < b->row ? -1 : 1;
    return a->number < b->number ? -1 : a->number > b->number;
}

void import_map_finish(struct import_map *map)
{
    struct incident *incidents = memory_new(intern_count(map->incidents) + 1, sizeof *incidents);

    if (map->row_count > 0)
        qsort(map->rows, map->row_count, sizeof *map->rows, by_update);
    for (size_t i = 0; i < map->row_count; i++)
        interpret(map, &incidents[map->rows[i].texts[TEXT_NUMBER] - 1], i);
    if (map->step_count > 0)
        qsort(map->steps, map->step_count, sizeof *map->steps, by_time);
    free(incidents);
}

size_t import_map_rows(const struct import_map *map)
{
    return map->row_count;
}

size_t import_map_left_out(const struct import_map *map)
{
    return map->left_out;
}

size_t import_map_incidents(const struct import_map *map)
{
    size_t created = 0;

    for (size_t i = 0; i < map->step_count; i++)
        created += map->steps[i].verb == IMPORT_CREATE;
    return created;
}

size_t import_map_steps(const struct import_map *map)
{
    return map->step_count;
}

const struct import_step *import_map_step(const struct import_map *map, size_t index)
{
    return &map->steps[index];
}
