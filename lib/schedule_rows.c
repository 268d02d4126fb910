/*
 * The book of runs on its way to the database and back, into another regime, and into the desk's fingerprint.
 *
 * Called by settle.c, the loader and adopt.c. Beginnings are rows that are replaced, runs rows that are only
 * added; of a run the loader brings the latest occurrence and the count. A schedule that a regime no longer
 * has is retired: its row says that no rule is, so that one of the same name begins anew some day, and does
 * not take the time in between for time that it missed.
 */
#include "lib/base/memory.h"
#include "lib/schedule_book_inside.h"
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

void schedule_settle(struct desk *desk, struct effects *out)
{
    struct schedule_book *book = desk->schedules;

    for (size_t i = 0; i < book->schedule_count; i++) {
        struct beginning *beginning = &book->beginnings[i];

        if (!beginning->is_dirty)
            continue;
        struct schedule_row *row = effects_add(out, EFFECT_SCHEDULE);

        beginning->is_dirty = false;
        row->schedule = arena_text(&out->arena, desk->policy->schedules[i].name);
        row->rule = arena_text(&out->arena, beginning->rule);
        row->since_at = beginning->since_at;
    }
    for (size_t i = 0; i < book->retired_count; i++) {
        if (!book->retired[i].is_dirty)
            continue;
        struct schedule_row *row = effects_add(out, EFFECT_SCHEDULE);

        book->retired[i].is_dirty = false;
        row->schedule = arena_text(&out->arena, book->retired[i].name);
        row->rule = ""; /* no rule is: whatever comes under this name begins then */
        row->since_at = desk->now;
    }
}

/* ---- coming back ---- */

static void retire(struct schedule_book *book, const char *name, bool is_dirty)
{
    book->retired = memory_reserve(book->retired, &book->retired_capacity, book->retired_count + 1,
                                   sizeof(*book->retired));
    book->retired[book->retired_count++] = (struct retired){.name = memory_text(name), .is_dirty = is_dirty};
}

void desk_restore_schedule(struct desk *desk, const struct schedule_row *row)
{
    uint8_t index = policy_find_schedule(desk->policy, row->schedule);

    if (index == POLICY_NONE) {
        if (row->rule[0])
            retire(desk->schedules, row->schedule, true);
        return;
    }
    free(desk->schedules->beginnings[index].rule);
    desk->schedules->beginnings[index].rule = memory_text(row->rule);
    desk->schedules->beginnings[index].since_at = row->since_at;
}

void desk_restore_schedule_run(struct desk *desk, const struct schedule_run_row *row, uint32_t count)
{
    uint8_t index = policy_find_schedule(desk->policy, row->schedule);
    uint8_t over = index == POLICY_NONE ? POLICY_NONE : desk->policy->schedules[index].over;
    uint32_t record = REGISTER_NONE;

    if (index == POLICY_NONE ||
        strcmp(row->of, over == POLICY_NONE ? "" : desk->policy->registers[over].name) != 0)
        return; /* a schedule that is gone, or runs over something else now */
    if (over != POLICY_NONE && (record = register_find(desk->registers, over, row->record)) == REGISTER_NONE)
        return;
    uint32_t place = schedule_find_or_add(desk->schedules, index, record); /* may move the runs */
    struct schedule_run *run = &desk->schedules->runs[place];

    run->last_at = row->occurrence_at;
    run->count = count;
}

/* ---- another regime ---- */

static void rename_runs(const struct desk *desk, uint8_t from, struct schedule_book *renamed, uint8_t to)
{
    for (size_t i = 0; i < desk->schedules->count; i++) {
        const struct schedule_run *run = &desk->schedules->runs[i];

        if (run->schedule != from || !run->count)
            continue;
        uint32_t place = schedule_find_or_add(renamed, to, run->record);
        struct schedule_run *other = &renamed->runs[place];

        other->last_at = run->last_at;
        other->count = run->count;
    }
}

static bool is_over_same(const struct policy *from, uint8_t one, const struct policy *to, uint8_t other)
{
    if ((one == POLICY_NONE) != (other == POLICY_NONE))
        return false;
    return one == POLICY_NONE || strcmp(from->registers[one].name, to->registers[other].name) == 0;
}

/* Places of records stay the same under another regime (register_rename). */
struct schedule_book *schedule_book_renamed(const struct desk *desk, const struct policy *policy)
{
    const struct schedule_book *book = desk->schedules;
    struct schedule_book *renamed = schedule_book_create(policy->schedule_count);

    renamed->is_live = book->is_live;
    for (uint8_t i = 0; i < book->schedule_count; i++) {
        const struct schedule_policy *schedule = &desk->policy->schedules[i];
        uint8_t to = policy_find_schedule(policy, schedule->name);

        if (to == POLICY_NONE) {
            retire(renamed, schedule->name, true);
            continue;
        }
        renamed->beginnings[to].rule =
            book->beginnings[i].rule ? memory_text(book->beginnings[i].rule) : NULL;
        renamed->beginnings[to].since_at = book->beginnings[i].since_at;
        renamed->beginnings[to].is_dirty = book->beginnings[i].is_dirty;
        if (is_over_same(desk->policy, schedule->over, policy, policy->schedules[to].over))
            rename_runs(desk, i, renamed, to);
    }
    for (size_t i = 0; i < book->retired_count; i++)
        if (policy_find_schedule(policy, book->retired[i].name) == POLICY_NONE)
            retire(renamed, book->retired[i].name, book->retired[i].is_dirty);
    return renamed;
}

/* ---- asking ---- */

const struct schedule_run *schedule_find_run(const struct desk *desk, uint8_t schedule, uint32_t record)
{
    const struct beginning *beginning = &desk->schedules->beginnings[schedule];
    uint32_t run = record == REGISTER_NONE    ? beginning->own_run
                   : record < beginning->room ? beginning->runs[record]
                                              : NO_RUN;

    return run == NO_RUN ? NULL : &desk->schedules->runs[run];
}

size_t schedule_run_count(const struct desk *desk)
{
    return desk->schedules->count;
}

const struct schedule_run *schedule_run_at(const struct desk *desk, size_t index)
{
    return &desk->schedules->runs[index];
}

static void print_run(const struct desk *desk, const struct schedule_run *run, struct fingerprint *print)
{
    struct text line = {0};

    if (run && (run->count || run->next_at != NEVER)) {
        text_printf(&line, "run %s %s %" PRIu32 " %" PRId64 " %" PRId64,
                    desk->policy->schedules[run->schedule].name, schedule_record_id(desk, run), run->count,
                    run->last_at, run->next_at);
        fingerprint_add(print, line.bytes, line.length);
    }
    text_finish(&line);
}

void schedule_fingerprint(const struct desk *desk, struct fingerprint *print)
{
    for (uint8_t i = 0; i < desk->policy->schedule_count; i++) {
        uint8_t over = desk->policy->schedules[i].over;
        size_t count = 0;
        const uint32_t *places = over == POLICY_NONE ? NULL : register_sorted(desk->registers, over, &count);

        if (over == POLICY_NONE)
            print_run(desk, schedule_find_run(desk, i, REGISTER_NONE), print);
        for (size_t r = 0; r < count; r++)
            print_run(desk, schedule_find_run(desk, i, places[r]), print);
    }
}
