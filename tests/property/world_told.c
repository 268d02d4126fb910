/*
 * Who comes back as told of which breach: sql/statements/load_told.sql, and recall_told.sql for one ticket.
 *
 * Their own notices say it of most; whoever was told under the number of a ticket that was merged in stands
 * in the record of the merger.
 */
#include "tests/property/world_parts.h"
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

/* Is somebody owed word of this breach? The statement's `owed`; of one ticket that is recalled, without its
   windows, which are not recalled either. */
static bool is_owed(const struct rows *rows, uint64_t only, uint64_t ticket, const char *clock_name,
                    unsigned cycle)
{
    const struct clock_row *clock = rows_clock(rows, ticket, clock_name);
    bool is_wanted = only ? ticket == only : rows_known_ticket(rows, ticket)->row.open;

    if (clock && is_wanted && clock->told_since && cycle >= clock->told_since && cycle <= clock->cycle)
        return true;
    for (size_t i = 0; !only && i < rows->window_count;
         i++) /* over, but a late record may yet fill a window */
        if (rows->windows[i].is_remembered && rows->windows[i].ticket == ticket &&
            rows->windows[i].cycle == cycle && strcmp(rows->windows[i].clock, clock_name) == 0)
            return true;
    return false;
}

static void restore_own(struct world *world, uint64_t only)
{
    for (size_t i = 0; i < world->rows.notice_count; i++) {
        const struct kept_notice *kept = &world->rows.notices[i];
        bool tells = kept->row.rung > 0 && strcmp(kept->state, "suppressed") != 0 &&
                     strcmp(kept->state, "failed") != 0;

        if (tells && is_owed(&world->rows, only, kept->row.ticket, kept->row.clock, kept->row.cycle))
            desk_restore_told(world->desk, kept->row.ticket, kept->row.clock, (uint16_t)kept->row.cycle,
                              kept->row.recipient, kept->row.role);
    }
}

static void restore_brought(struct world *world, uint64_t only, const struct record_row *merged)
{
    json_t *value = json_loads(merged->value, 0, NULL);
    const json_t *told;
    size_t i;

    json_array_foreach(json_object_get(value, "told"), i, told)
    {
        const char *clock = json_string_value(json_object_get(told, "clock"));
        uint16_t cycle = (uint16_t)json_integer_value(json_object_get(told, "cycle"));

        if (is_owed(&world->rows, only, merged->other, clock, cycle))
            desk_restore_told(world->desk, merged->other, clock, cycle,
                              json_string_value(json_object_get(told, "person")),
                              json_string_value(json_object_get(told, "role")));
    }
    json_decref(value);
}

void world_restore_told(struct world *world, uint64_t only)
{
    restore_own(world, only);
    for (size_t i = 0; i < world->rows.record_count; i++)
        if (strcmp(world->rows.records[i].kind, "merge") == 0 && world->rows.records[i].value)
            restore_brought(world, only, &world->rows.records[i]);
}
