/*
 * Who comes back as told of which breach: sql/statements/load_told.sql, word for word.
 *
 * The statement is a recursion over mergers: a breach that began before another ticket was merged in was
 * perhaps that ticket's, and whoever was told under its number is owed the same word.
 */
#include "lib/base/memory.h"
#include "tests/property/world_parts.h"
#include <stdlib.h>
#include <string.h>

struct owed {
    uint64_t notice, ticket;
    uint16_t cycle;
};

struct list {
    const struct rows *rows;
    struct owed *owed;
    size_t count, room;
};

/* A line of the statement's `breach`. */
struct breach {
    uint64_t ticket, told_of;
    const char *clock;
    uint16_t cycle, told_since, told_until;
    msec breached_at;
};

/* UNION leaves out what is there already. */
static void add(struct list *list, const struct owed *owed)
{
    for (size_t i = 0; i < list->count; i++)
        if (list->owed[i].notice == owed->notice && list->owed[i].ticket == owed->ticket &&
            list->owed[i].cycle == owed->cycle)
            return;
    list->owed = memory_reserve(list->owed, &list->room, list->count + 1, sizeof(*list->owed));
    list->owed[list->count++] = *owed;
}

static bool tells(const struct kept_notice *kept)
{
    return kept->row.rung > 0 && strcmp(kept->state, "suppressed") != 0 && strcmp(kept->state, "failed") != 0;
}

static void add_notices(struct list *list, const struct breach *breach)
{
    for (size_t i = 0; i < list->rows->notice_count; i++) {
        const struct kept_notice *kept = &list->rows->notices[i];

        if (kept->row.ticket == breach->told_of && strcmp(kept->row.clock, breach->clock) == 0 &&
            kept->row.cycle >= breach->told_since && kept->row.cycle <= breach->told_until && tells(kept))
            add(list,
                &(struct owed){
                    .notice = kept->row.notice,
                    .ticket = breach->ticket,
                    .cycle = breach->told_of == breach->ticket ? (uint16_t)kept->row.cycle : breach->cycle,
                });
    }
}

static void follow(struct list *list, const struct breach *breach)
{
    add_notices(list, breach);
    for (size_t i = 0; i < list->rows->record_count; i++) {
        const struct record_row *merged = &list->rows->records[i];

        if (merged->other != breach->told_of || strcmp(merged->kind, "merge") != 0)
            continue;
        const struct clock_row *clock = rows_clock(list->rows, merged->ticket, breach->clock);

        if (!clock || !clock->was_late || rows_known_ticket(list->rows, merged->ticket)->row.open)
            continue;
        bool is_since = breach->breached_at != NEVER && merged->at >= breach->breached_at;
        bool is_replaced = breach->told_since < breach->cycle && strcmp(clock->state, "cancelled") == 0;

        if (!is_since && !is_replaced)
            continue;
        struct breach theirs = *breach;

        theirs.cycle = is_since ? breach->cycle : breach->told_since;

        theirs.told_of = merged->ticket;
        theirs.told_since = theirs.told_until = clock->cycle;
        follow(list, &theirs);
    }
}

/* The second half: breaches that are over, but whose windows a late record may yet fill. */
static void add_missed(struct list *list)
{
    for (size_t w = 0; w < list->rows->window_count; w++) {
        const struct window_row *missed = &list->rows->windows[w];

        for (size_t i = 0; missed->is_remembered && i < list->rows->notice_count; i++) {
            const struct kept_notice *kept = &list->rows->notices[i];

            if (kept->row.ticket == missed->ticket && kept->row.cycle == missed->cycle &&
                strcmp(kept->row.clock, missed->clock) == 0 && tells(kept))
                add(list, &(struct owed){kept->row.notice, missed->ticket, missed->cycle});
        }
    }
}

static int by_notice(const void *a, const void *b)
{
    const struct owed *one = a, *other = b;

    return (one->notice > other->notice) - (one->notice < other->notice);
}

void world_restore_told(struct world *world)
{
    struct list list = {.rows = &world->rows};

    for (size_t i = 0; i < world->rows.clock_count; i++) {
        const struct clock_row *clock = &world->rows.clocks[i];

        if (rows_known_ticket(&world->rows, clock->ticket)->row.open && clock->told_since)
            follow(&list, &(struct breach){.ticket = clock->ticket,
                                           .told_of = clock->ticket,
                                           .clock = clock->clock,
                                           .cycle = clock->cycle,
                                           .told_since = clock->told_since,
                                           .told_until = clock->cycle,
                                           .breached_at = clock->breached_at});
    }
    add_missed(&list);
    if (list.count)
        qsort(list.owed, list.count, sizeof(*list.owed), by_notice);
    for (size_t i = 0; i < list.count; i++) {
        const struct notice_row *row = &world->rows.notices[list.owed[i].notice - 1].row;

        desk_restore_told(world->desk, list.owed[i].ticket, row->clock, list.owed[i].cycle, row->recipient,
                          row->role);
    }
    free(list.owed);
}
