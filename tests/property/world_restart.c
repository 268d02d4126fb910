/*
 * Coming back from rows: what daemon/loader.c reads, and in its order.
 *
 * Each choice of rows mirrors the WHERE of a statement, which is named above it.
 */
#include "tests/property/world.h"

#include "lib/adoption.h"
#include "lib/base/memory.h"
#include "tests/property/world_parts.h"
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void restore_pauses(struct world *world, bool only_open, uint64_t only)
{
    for (size_t i = 0; i < world->rows.pause_count; i++) {
        const struct kept_pause *kept = &world->rows.pauses[i];
        struct pause_row row = {
            .ticket = kept->ticket,
            .pause = kept->pause,
            .reason = kept->reason,
            .from_at = kept->from_at,
            .to_at = kept->to_at,
        };

        if ((only_open && !rows_known_ticket(&world->rows, row.ticket)->row.open) ||
            (only && row.ticket != only))
            continue;
        const char *wrong = desk_restore_pause(world->desk, &row);

        if (wrong)
            fail_msg("ticket %" PRIu64 " pause %u: %s", row.ticket, row.pause, wrong);
    }
}

void world_restore_tickets(struct world *world, bool only_open, uint64_t only)
{
    for (size_t i = 0; i < world->rows.ticket_count; i++) {
        const struct kept_ticket *kept = &world->rows.tickets[i];

        if ((only_open && !kept->row.open) || (only && kept->row.ticket != only))
            continue;
        const char *wrong =
            desk_restore_ticket(world->desk, &kept->row, kept->contacts, kept->progress, kept->plans);

        if (wrong && !only)
            fail_msg("ticket %" PRIu64 ": %s", kept->row.ticket, wrong);
        if (wrong)
            return; /* another recall of the batch has brought it back */
    }
    for (size_t i = 0; i < world->rows.clock_count; i++) {
        const struct clock_row *row = &world->rows.clocks[i];

        if ((only_open && !rows_known_ticket(&world->rows, row->ticket)->row.open) ||
            (only && row->ticket != only))
            continue;
        const char *wrong = desk_restore_clock(world->desk, row);

        if (wrong)
            fail_msg("ticket %" PRIu64 " clock %s: %s", row->ticket, row->clock, wrong);
    }
    restore_pauses(world, only_open, only);
    if (only)
        world_restore_told(world, only);
}

/* sql/statements/load_windows.sql */
static int by_time(const void *a, const void *b)
{
    const struct window_row *one = a, *other = b;

    if (one->ticket != other->ticket)
        return one->ticket < other->ticket ? -1 : 1;
    int by_clock = strcmp(one->clock, other->clock);

    return by_clock ? by_clock : (one->start_at > other->start_at) - (one->start_at < other->start_at);
}

static void restore_windows(struct world *world)
{
    struct rows *rows = &world->rows;

    qsort(rows->windows, rows->window_count, sizeof(*rows->windows), by_time);
    for (size_t i = 0; i < rows->window_count; i++)
        if (rows->windows[i].is_remembered)
            desk_restore_window(world->desk, &rows->windows[i]);
}

/* sql/statements/load_notices.sql */
static bool is_unsent(const struct kept_notice *notice)
{
    return strcmp(notice->state, "queued") == 0 || strcmp(notice->state, "attempting") == 0 ||
           strcmp(notice->state, "deferred") == 0 || strcmp(notice->state, "held") == 0;
}

static void restore_notice(struct world *world, const struct kept_notice *kept)
{
    const struct kept_ticket *ticket = rows_ticket(&world->rows, kept->row.ticket);
    struct notice_row row = kept->row;

    row.state = kept->state;
    if (ticket && !ticket->row.open) {
        row.number = ticket->row.number;
        row.department = ticket->row.department;
    }
    desk_restore_notice(world->desk, &row, kept->attempts, kept->ready_at);
}

/* sql/statements/load_let_go.sql */
static int by_let_go(const void *a, const void *b)
{
    const struct notice_row *one = *(const struct notice_row *const *)a,
                            *other = *(const struct notice_row *const *)b;

    if (one->let_go_at != other->let_go_at)
        return one->let_go_at < other->let_go_at ? -1 : 1;
    return (one->notice > other->notice) - (one->notice < other->notice);
}

static void restore_let_go(struct world *world)
{
    const struct rows *rows = &world->rows;
    const struct notice_row **list = memory_new(rows->notice_count + 1, sizeof(*list));
    size_t count = 0;

    for (size_t i = 0; i < rows->notice_count; i++)
        if (rows->notices[i].row.let_go_at != NEVER && rows->notices[i].row.let_go_at > world->now - MSEC_DAY)
            list[count++] = &rows->notices[i].row;
    qsort(list, count, sizeof(*list), by_let_go);
    for (size_t i = 0; i < count; i++)
        desk_restore_let_go(world->desk, list[i]->recipient, list[i]->let_go_at);
    free(list);
}

/* sql/statements/load_registers.sql, load_schedules.sql, load_schedule_runs.sql */
static void restore_registers(struct world *world)
{
    const struct rows *rows = &world->rows;

    for (size_t i = 0; i < rows->register_count; i++) {
        const char *wrong = desk_restore_register(world->desk, &rows->registers[i]);

        if (wrong)
            fail_msg("register %s %s: %s", rows->registers[i].of, rows->registers[i].record, wrong);
    }
    for (size_t i = 0; i < rows->schedule_count; i++)
        desk_restore_schedule(world->desk, &rows->schedules[i]);
    for (size_t i = 0; i < rows->run_count; i++)
        desk_restore_schedule_run(world->desk, &rows->runs[i].row, rows->runs[i].count);
}

struct world *world_restart(const struct world *original)
{
    struct world *world =
        world_create_empty(original->edition, original->variant, original->now, original->outcomes);
    const struct rows *rows = &world->rows;

    rows_copy(&original->rows, &world->rows);
    for (size_t i = 0; i < rows->sequence_count; i++)
        desk_restore_sequence(world->desk, rows->sequences[i].name, rows->sequences[i].last);
    desk_restore_sequence(world->desk, "journal", rows->journal_sequence);
    for (size_t i = 0; i < rows->key_count; i++)
        desk_restore_key(world->desk, rows->keys[i]);
    for (size_t i = 0; i < rows->ladder_count; i++)
        desk_restore_ladder(world->desk, rows->ladders[i].ladder, rows->ladders[i].body);
    restore_registers(world);
    world_restore_tickets(world, true, 0);
    restore_windows(world);
    world_restore_told(world, 0);
    world_restore_approvals(world);
    for (size_t i = 0; i < rows->notice_count; i++)
        if (is_unsent(&rows->notices[i]))
            restore_notice(world, &rows->notices[i]);
    restore_let_go(world);
    desk_restore_done(world->desk, world->now);
    if (desk_catch_up(world->desk, world->now, &world->effects)) /* daemon/reload.c, after a start */
        fail_msg("seed %" PRIu64 ": a restart moves deadlines", world->outcomes);
    world->has_sender = original->has_sender;
    if (world->has_sender)
        world_step(world, &(struct event){.kind = EVENT_SENDER_IDLE});
    return world;
}
