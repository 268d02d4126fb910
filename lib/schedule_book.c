/*
 * Planning runs, and keeping the next of them at hand.
 *
 * Owned by the desk. Runs lie in an array and never leave it; a heap orders those that have something to come
 * by instant, then by the schedule's place in the regime, then by the record's id: an order that does not
 * depend on how they came into memory (domain rule 18). What is planned depends on three things that are
 * written down: when the schedule began (row of `schedule`), when its record was put (row of the record), and
 * which occurrence ran last (rows of `schedule_run`). Nothing before the latest of them runs, except that
 * `catch up` reaches back from a record's put. So a restart repeats nothing and forgets nothing, whatever was
 * changed in between.
 *
 * What running does is in schedule_run.c; rows, other regimes and the fingerprint are schedule_rows.c's.
 */
#include "lib/schedule_book_inside.h"

#include "lib/base/memory.h"
#include "lib/rpc.h"
#include "lib/schedule_run.h"
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

struct schedule_book *schedule_book_create(size_t schedules)
{
    struct schedule_book *book = memory_new(1, sizeof(*book));

    book->beginnings = memory_new(schedules + 1, sizeof(*book->beginnings));
    book->schedule_count = schedules;
    for (size_t i = 0; i < schedules; i++)
        book->beginnings[i] = (struct beginning){.since_at = NEVER, .own_run = NO_RUN};
    return book;
}

void schedule_book_destroy(struct schedule_book *book)
{
    if (!book)
        return;
    for (size_t i = 0; i < book->schedule_count; i++) {
        free(book->beginnings[i].rule);
        free(book->beginnings[i].runs);
    }
    for (size_t i = 0; i < book->retired_count; i++)
        free(book->retired[i].name);
    free(book->retired);
    free(book->beginnings);
    free(book->runs);
    free(book->heap);
    free(book);
}

size_t schedule_book_bytes(const struct schedule_book *book)
{
    size_t bytes = book->capacity * sizeof(*book->runs) + book->heap_capacity * sizeof(*book->heap);

    for (size_t i = 0; i < book->schedule_count; i++)
        bytes += book->beginnings[i].room * sizeof(uint32_t);
    return bytes;
}

/* ---- the heap ---- */

const char *schedule_record_id(const struct desk *desk, const struct schedule_run *run)
{
    return run->record == REGISTER_NONE
               ? ""
               : register_at(desk->registers, desk->policy->schedules[run->schedule].over, run->record)->id;
}

static bool is_before(const struct desk *desk, uint32_t a, uint32_t b)
{
    const struct schedule_run *one = &desk->schedules->runs[a], *other = &desk->schedules->runs[b];

    if (one->next_at != other->next_at)
        return one->next_at < other->next_at;
    if (one->schedule != other->schedule)
        return one->schedule < other->schedule;
    return strcmp(schedule_record_id(desk, one), schedule_record_id(desk, other)) < 0;
}

static void put_at(struct schedule_book *book, size_t place, uint32_t run)
{
    book->heap[place] = run;
    book->runs[run].place = (uint32_t)place + 1;
}

static void sift_up(const struct desk *desk, size_t place)
{
    struct schedule_book *book = desk->schedules;
    uint32_t run = book->heap[place];

    for (; place && is_before(desk, run, book->heap[(place - 1) / 2]); place = (place - 1) / 2)
        put_at(book, place, book->heap[(place - 1) / 2]);
    put_at(book, place, run);
}

static void sift_down(const struct desk *desk, size_t place)
{
    struct schedule_book *book = desk->schedules;
    uint32_t run = book->heap[place];

    for (size_t child; (child = 2 * place + 1) < book->heap_count; place = child) {
        if (child + 1 < book->heap_count && is_before(desk, book->heap[child + 1], book->heap[child]))
            child++;
        if (!is_before(desk, book->heap[child], run))
            break;
        put_at(book, place, book->heap[child]);
    }
    put_at(book, place, run);
}

static void take_out(const struct desk *desk, uint32_t run)
{
    struct schedule_book *book = desk->schedules;
    size_t place = book->runs[run].place;

    book->runs[run].place = 0;
    if (!place || --book->heap_count == place - 1)
        return;
    put_at(book, place - 1, book->heap[book->heap_count]);
    sift_down(desk, place - 1);
    sift_up(desk, book->runs[book->heap[place - 1]].place - 1);
}

static void arm(const struct desk *desk, uint32_t run, msec next_at)
{
    struct schedule_book *book = desk->schedules;

    take_out(desk, run);
    book->runs[run].next_at = next_at;
    if (next_at == NEVER)
        return;
    book->heap = memory_reserve(book->heap, &book->heap_capacity, book->heap_count + 1, sizeof(*book->heap));
    put_at(book, book->heap_count++, run);
    sift_up(desk, book->heap_count - 1);
}

/* ---- planning ---- */

static uint32_t *slot_of(struct schedule_book *book, uint8_t schedule, uint32_t record)
{
    struct beginning *beginning = &book->beginnings[schedule];
    size_t old = beginning->room;

    if (record == REGISTER_NONE)
        return &beginning->own_run;
    beginning->runs =
        memory_reserve(beginning->runs, &beginning->room, (size_t)record + 1, sizeof(*beginning->runs));
    for (size_t i = old; i < beginning->room; i++)
        beginning->runs[i] = NO_RUN;
    return &beginning->runs[record];
}

uint32_t schedule_find_or_add(struct schedule_book *book, uint8_t schedule, uint32_t record)
{
    uint32_t *slot = slot_of(book, schedule, record);

    if (*slot != NO_RUN)
        return *slot;
    book->runs = memory_reserve(book->runs, &book->capacity, book->count + 1, sizeof(*book->runs));
    book->runs[book->count] = (struct schedule_run){
        .next_at = NEVER, .last_at = SCHEDULE_NEVER_RAN, .record = record, .schedule = schedule};
    *slot = (uint32_t)book->count;
    return (uint32_t)book->count++;
}

static struct register_record *record_of(const struct desk *desk, const struct schedule_run *run)
{
    return run->record == REGISTER_NONE
               ? NULL
               : register_at(desk->registers, desk->policy->schedules[run->schedule].over, run->record);
}

struct schedule_view schedule_view_of(const struct desk *desk, const struct schedule_run *run)
{
    const struct register_record *record = record_of(desk, run);

    return (struct schedule_view){.policy = desk->policy,
                                  .schedule = &desk->policy->schedules[run->schedule],
                                  .values = record ? (const char *const *)record->values : NULL};
}

/* The instant behind which its occurrences are owed: see the head of this file. */
static msec owed_after(const struct desk *desk, const struct schedule_run *run)
{
    const struct schedule_policy *schedule = &desk->policy->schedules[run->schedule];
    const struct register_record *record = record_of(desk, run);
    const struct zone *zone = desk->policy->zone;
    msec after_at = desk->schedules->beginnings[run->schedule].since_at - 1;

    if (record && record->changed_at > after_at)
        after_at =
            schedule->catch_up_days
                ? zone_day_start(zone, zone_day(zone, record->changed_at) - schedule->catch_up_days) - 1
                : record->changed_at - 1;
    return run->last_at > after_at ? run->last_at : after_at;
}

static void plan_run(struct desk *desk, uint32_t index)
{
    const struct schedule_run *run = &desk->schedules->runs[index];
    const struct register_record *record = record_of(desk, run);
    bool is_gone = record && !register_is_live(record);
    struct schedule_view view = schedule_view_of(desk, run);

    arm(desk, index, is_gone ? NEVER : schedule_next(&view, owed_after(desk, run)));
}

void schedule_plan(struct desk *desk, struct register_place place)
{
    for (uint8_t i = 0; desk->schedules->is_live && i < desk->policy->schedule_count; i++)
        if (desk->policy->schedules[i].over == place.of)
            plan_run(desk, schedule_find_or_add(desk->schedules, i, place.index));
}

/* ---- beginning ---- */

static void begin_one(struct desk *desk, uint8_t index)
{
    struct beginning *beginning = &desk->schedules->beginnings[index];
    const char *rule = desk->policy->schedules[index].rule;

    if (beginning->rule && strcmp(beginning->rule, rule) == 0)
        return;
    free(beginning->rule);
    beginning->rule = memory_text(rule);
    beginning->since_at = desk->now;
    beginning->is_new = beginning->is_dirty = desk->schedules->has_begun = true;
}

void schedule_go_live(struct desk *desk)
{
    struct schedule_book *book = desk->schedules;

    book->is_live = true;
    for (uint8_t i = 0; i < desk->policy->schedule_count; i++) {
        uint8_t over = desk->policy->schedules[i].over;

        begin_one(desk, i);
        if (over == POLICY_NONE)
            plan_run(desk, schedule_find_or_add(book, i, REGISTER_NONE));
        for (uint32_t r = 0; over != POLICY_NONE && r < register_count(desk->registers, over); r++)
            if (register_is_live(register_at(desk->registers, over, r)))
                plan_run(desk, schedule_find_or_add(book, i, r));
    }
}

bool schedule_has_begun(const struct desk *desk)
{
    return desk->schedules->has_begun;
}

void schedule_record_beginnings(struct desk *desk)
{
    struct schedule_book *book = desk->schedules;
    struct arena *arena = &desk->out->arena;

    book->has_begun = false;
    for (size_t i = 0; i < book->schedule_count; i++) {
        struct text body = {0};

        if (!book->beginnings[i].is_new)
            continue;
        book->beginnings[i].is_new = false;
        text_printf(&body, "{\"policy\":\"%.12s\",\"rule\":", desk->policy->digest);
        rpc_write_string(&body, book->beginnings[i].rule);
        text_printf(&body, ",\"schedule\":\"%s\",\"since_at\":\"%s\"}", desk->policy->schedules[i].name,
                    desk_time(desk, book->beginnings[i].since_at, arena));
        desk_journal(desk, NULL, "schedule.began", arena_text(arena, text_get(&body)));
        text_finish(&body);
    }
}

void schedule_adopted(struct desk *desk)
{
    if (!desk->schedules->is_live)
        return;
    schedule_go_live(desk);
    schedule_record_beginnings(desk);
}

/* ---- running ---- */

msec schedule_wakes_at(const struct desk *desk)
{
    const struct schedule_book *book = desk->schedules;

    if (book->has_begun)
        return desk->now;
    return book->heap_count ? book->runs[book->heap[0]].next_at : NEVER;
}

static void run_one(struct desk *desk, uint32_t index)
{
    struct schedule_run *run = &desk->schedules->runs[index];
    struct schedule_view view = schedule_view_of(desk, run);
    struct schedule_firing firing = schedule_pick(desk, &view, run->next_at);

    run->last_at = firing.occurrence_at;
    run->count++;
    firing.run = *run;
    arm(desk, index, schedule_next(&view, run->last_at));
    schedule_fire(desk, &view, &firing);
}

void schedule_run_first(struct desk *desk)
{
    if (desk->schedules->heap_count && desk->schedules->runs[desk->schedules->heap[0]].next_at <= desk->now)
        run_one(desk, desk->schedules->heap[0]);
}

void schedule_catch_up(struct desk *desk, struct register_place place)
{
    for (uint8_t i = 0; i < desk->policy->schedule_count; i++) {
        if (desk->policy->schedules[i].over != place.of)
            continue;
        uint32_t run = schedule_find_or_add(desk->schedules, i, place.index);

        while (desk->schedules->runs[run].next_at < desk->now)
            run_one(desk, run);
    }
}
