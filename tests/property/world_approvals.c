/*
 * What was asked for about open tickets and not refused: sql/statements/load_approvals.sql, word for word.
 */
#include "lib/base/instant.h"
#include "tests/property/world_parts.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The decision about what was asked in `asked`; NULL: none yet. */
static const struct record_row *decision_about(const struct rows *rows, const struct record_row *asked)
{
    char id[24];

    snprintf(id, sizeof(id), "%" PRIu64, asked->record);
    for (size_t i = 0; i < rows->record_count; i++) {
        const struct record_row *row = &rows->records[i];

        if (row->ticket != asked->ticket || strcmp(row->kind, "decided") != 0 || !row->value)
            continue;
        json_t *value = json_loads(row->value, 0, NULL);
        const char *about = json_string_value(json_object_get(value, "approval"));
        bool is_it = about && strcmp(about, id) == 0;

        json_decref(value);
        if (is_it)
            return row;
    }
    return NULL;
}

/* coalesce(decided.value ->> name, asked.value ->> name) */
static const char *text_of(const json_t *decided, const json_t *asked, const char *name)
{
    const char *text = json_string_value(json_object_get(decided, name));

    return text ? text : json_string_value(json_object_get(asked, name));
}

static const char *or_nothing(const char *text)
{
    return text ? text : "";
}

static void restore(struct world *world, const struct record_row *asked, const struct record_row *decided)
{
    json_t *asked_value = json_loads(or_nothing(asked->value), 0, NULL);
    json_t *decided_value = decided ? json_loads(or_nothing(decided->value), 0, NULL) : NULL;
    const char *until = text_of(decided_value, asked_value, "until");
    msec until_at = NEVER;

    if (until && instant_parse(until, &until_at) != INSTANT_OK)
        abort();
    desk_restore_approval(world->desk,
                          &(struct approval_row){
                              .approval = asked->record,
                              .ticket = asked->ticket,
                              .kind = asked->subject,
                              .clock = or_nothing(json_string_value(json_object_get(asked_value, "clock"))),
                              .department = or_nothing(text_of(decided_value, asked_value, "department")),
                              .handler = or_nothing(text_of(decided_value, asked_value, "handler")),
                              .asker = asked->actor,
                              .cycle = (uint16_t)json_integer_value(json_object_get(asked_value, "cycle")),
                              .approved = decided != NULL,
                              .until_at = until_at,
                          });
    json_decref(asked_value);
    json_decref(decided_value);
}

void world_restore_approvals(struct world *world)
{
    for (size_t i = 0; i < world->rows.record_count; i++) {
        const struct record_row *asked = &world->rows.records[i];

        if (strcmp(asked->kind, "asked") != 0 || !rows_known_ticket(&world->rows, asked->ticket)->row.open)
            continue;
        const struct record_row *decided = decision_about(&world->rows, asked);

        if (!decided || strcmp(decided->subject, "refused") != 0)
            restore(world, asked, decided);
    }
}
