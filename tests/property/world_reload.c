/*
 * A reload, as daemon/reload.c carries it out: compiled, held against what is open, and taken whole or not.
 */
#include "lib/adoption.h"
#include "tests/property/world_parts.h"
#include <stdlib.h>

/* sql/statements/closed_clocks.sql: what the adoption may judge otherwise, newest tickets first. */
static void review_closed(const struct world *world, struct adoption *adoption)
{
    msec from_at, to_at;

    if (!adoption_changes_past(adoption, &from_at, &to_at))
        return;
    for (size_t t = world->rows.ticket_count; t-- > 0;) {
        const struct ticket_row *ticket = &world->rows.tickets[t].row;

        for (size_t i = 0; !ticket->open && i < world->rows.clock_count; i++) {
            const struct clock_row *row = &world->rows.clocks[i];

            if (row->ticket != ticket->ticket || row->ended_at == NEVER || row->ended_at < from_at ||
                row->anchor_at >= to_at || row->due_at == NEVER)
                continue;
            adoption_review(adoption, &(struct closed_clock){
                                          .ticket = row->ticket,
                                          .number = ticket->number,
                                          .class_name = ticket->class_name,
                                          .urgency = ticket->urgency,
                                          .department = ticket->department,
                                          .staffed = ticket->staffed,
                                          .clock = row->clock,
                                          .state = row->state,
                                          .cycle = row->cycle,
                                          .was_late = row->was_late,
                                          .withdrawn = row->withdrawn,
                                          .anchor_at = row->anchor_at,
                                          .due_at = row->due_at,
                                          .breached_at = row->breached_at,
                                          .ended_at = row->ended_at,
                                      });
        }
    }
}

static void take(struct world *world, struct adoption *adoption, struct policy_files *files, unsigned variant)
{
    review_closed(world, adoption);
    desk_adopt(world->desk, adoption, "SIGHUP", "", &world->effects);
    adoption_destroy(adoption);
    policy_files_destroy(world->files);
    world->files = files;
    world->variant = variant;
}

void world_reload(struct world *world, unsigned variant)
{
    struct policy_files *files;
    struct policy *policy;
    struct roster *roster;
    char *why;

    edition_load(world->edition, variant, &files, &policy, &roster);
    struct adoption *adoption = adoption_create(world->desk, policy, roster, world->now, &why);

    if (adoption) {
        take(world, adoption, files, variant);
        return;
    }
    text_printf(&world->log, "reload refused: %s\n", why);
    free(why);
    roster_destroy(roster);
    policy_destroy(policy);
    policy_files_destroy(files);
}
