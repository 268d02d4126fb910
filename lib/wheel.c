/*
 * The timer wheel: who is due next, among millions, to the millisecond and in the order (due_at, id).
 *
 * Tickets have dense ids, so a timer is a place in an array. `desk` moves timers all day and drains what is
 * due: so moving costs one store, and order is made late, for the few timers that come near.
 *
 *   far     lines        |ssssssssssss rrr|ssssssssssss rrr|...   a cache line for the instants of 12 ids:
 *                                                       4 bytes s of steps of 256 ms, 1 byte r of rest each
 *           bounds[0]    |       b        |       b        |...   no far timer of the line is in a step
 *           bounds[1..5] |       b of 64 bounds below      |...   before b; up to one root
 *           strays       a hash of the instants that lie too far off for a line
 *   staged  run          the next minutes, sorted by (due_at, id), taken from the front (see stage)
 *           arrivals     a heap of those set to before staged_until_at since then
 *
 *   ------ run and arrivals ------|staged_until_at|------ far ------> time
 *
 * wheel_line.c, wheel_bounds.c, wheel_stray.c and wheel_staged.c keep these. Here is what ties them together:
 * a timer due before staged_until_at has an entry in run or arrivals; any other has no bound above it that is
 * later than its step. Neither is tidied when a timer moves away: an entry whose id has another instant by
 * now is skipped, a bound that is too low costs a look and is then repaired.
 *
 * Why not slots within slots: they cascade, need links (40 bytes a timer) and know no order inside a slot.
 * Why not a heap: a cache miss a level on each move. Staging ends where about `target` timers are in hand, be
 * that minutes or milliseconds, and gives back what is too much: so no tick is long.
 */
#include "lib/wheel.h"

#include "lib/base/memory.h"
#include "lib/wheel_bounds.h"
#include "lib/wheel_line.h"
#include "lib/wheel_staged.h"
#include "lib/wheel_stray.h"

#include <stdbool.h>
#include <stdlib.h>

enum {
    LINE = WHEEL_LINE_IDS,
    STEP_BITS = WHEEL_LINE_STEP_BITS,
    QUEUE = 32,         /* lines on their way from memory; a power of two */
    AHEAD = 8,          /* prefetch distance while draining */
    TARGET_SHARE = 256, /* stage 1/256 to 1/128 of the ids ... */
    TARGET_LEAST = 64,  /* ... within these limits */
    TARGET_MOST = 16384,
};

#define EMPTY     WHEEL_LINE_EMPTY
#define BEYOND    WHEEL_LINE_BEYOND
#define RANGE_MS  ((uint64_t)BEYOND << STEP_BITS) /* what a line can hold: 34.8 years ... */
#define BEHIND_MS (INT64_C(1) << 37)              /* ... from 4.4 years before the wheel's birth */

struct wheel {
    size_t capacity; /* ids; a multiple of LINE * WHEEL_BOUNDS_FAN */
    msec origin_at;  /* step 0; what is due before is staged always */
    struct wheel_line *lines;
    msec staged_until_at;
    size_t count;
    struct wheel_bounds bounds;
    struct wheel_staged staged;
    struct wheel_strays strays;
    msec span_ms;  /* of the next harvest */
    void *storage; /* of lines */
};

/* Cells */

static uint32_t *step_of(const struct wheel *wheel, uint32_t id)
{
    return &wheel->lines[id / LINE].step[id % LINE];
}

/* What place `i` of the line says, if it is neither empty nor a stray. */
static msec near_due(const struct wheel *wheel, const struct wheel_line *line, uint32_t i)
{
    return wheel->origin_at + (msec)((uint64_t)line->step[i] << STEP_BITS | line->rest[i]);
}

static msec due_of(const struct wheel *wheel, uint32_t id)
{
    uint32_t step = *step_of(wheel, id);

    if (step >= BEYOND)
        return step == EMPTY ? NEVER : wheel_stray_due_at(&wheel->strays, id);
    return near_due(wheel, &wheel->lines[id / LINE], id % LINE);
}

static uint32_t bound_of(const struct wheel *wheel, msec due_at)
{
    uint64_t since_ms = (uint64_t)due_at - (uint64_t)wheel->origin_at;

    return since_ms < RANGE_MS ? (uint32_t)(since_ms >> STEP_BITS) : BEYOND;
}

/* The bound of the last millisecond of the staged window. */
static uint32_t staged_last(const struct wheel *wheel)
{
    return bound_of(wheel, wheel->staged_until_at - 1);
}

/* No far timer is due before this. */
static msec far_from_at(const struct wheel *wheel)
{
    uint32_t root = wheel_bounds_root(&wheel->bounds);

    return root < BEYOND ? wheel->origin_at + ((msec)root << STEP_BITS)
                         : wheel_stray_first_at(&wheel->strays);
}

/* Room */

/* Timers to have in hand; a power of two, as memory_reserve deals in these. */
static size_t target(const struct wheel *wheel)
{
    size_t share = TARGET_LEAST;

    while (share < TARGET_MOST && share * TARGET_SHARE < wheel->capacity)
        share *= 2;
    return share;
}

/* By 1/64, not by half: bytes a timer are promised, and realloc moves big arrays by their page tables. */
static void grow(struct wheel *wheel, uint32_t id)
{
    const size_t multiple = LINE * WHEEL_BOUNDS_FAN;
    size_t old = wheel->capacity, grown = old + old / 64;

    if (grown <= id)
        grown = (size_t)id + 1;
    grown = wheel->capacity = (grown + multiple - 1) / multiple * multiple;
    wheel->lines = wheel_line_resize(wheel->lines, &wheel->storage, old / LINE, grown / LINE);
    wheel_bounds_grow(&wheel->bounds, grown / LINE);
}

/* Staging */

/* Gives back the later entries of a sorted run when there are more than wanted. The cut lies between two
 * instants, and not before origin_at; where that is impossible (all at one instant) the run stays whole. */
static bool run_cut(struct wheel *wheel, size_t wanted)
{
    struct wheel_staged *staged = &wheel->staged;
    size_t count = staged->run_count, cut = wheel_staged_cut(staged, wanted, wheel->origin_at);

    if (cut == count)
        return false;
    wheel->staged_until_at = staged->run[cut].due_at;
    staged->run_count = cut;
    for (size_t i = cut; i < count; i++)
        wheel_bounds_lower(&wheel->bounds, staged->run[i].id / LINE, bound_of(wheel, staged->run[i].due_at));
    return true;
}

/* Room in the run for one more line: by giving back the later half, or else by more memory. */
static void run_make_room(struct wheel *wheel, msec from_at)
{
    struct wheel_staged *staged = &wheel->staged;

    wheel_staged_sort(staged, from_at);
    if (run_cut(wheel, target(wheel)) && staged->run_count + LINE <= staged->run_room)
        return;
    staged->run = memory_reserve(staged->run, &staged->run_room, 2 * staged->run_room, sizeof *staged->run);
}

/* A line is asked for when it is found, and read when QUEUE others have been: so their misses overlap. */
struct harvest {
    struct wheel *wheel;
    msec from_at;
    uint32_t last; /* staged_last(), which a cut brings nearer */
    size_t queued, read;
    uint32_t queue[QUEUE];
};

/* Puts what is due of one line into the run, and makes the bound of the line exact. */
static void harvest_line(struct harvest *harvest, uint32_t line)
{
    struct wheel *wheel = harvest->wheel;
    struct wheel_staged *staged = &wheel->staged;
    uint32_t least, found;

    if (staged->run_count + LINE > staged->run_room) {
        run_make_room(wheel, harvest->from_at);
        harvest->last = staged_last(wheel);
    }
    found = wheel_line_split(&wheel->lines[line], harvest->last, &least);
    for (; found; found &= found - 1) {
        uint32_t id = line * LINE + (uint32_t)__builtin_ctz(found), step = *step_of(wheel, id);
        struct wheel_entry entry = {due_of(wheel, id), id};

        if (entry.due_at < wheel->staged_until_at)
            staged->run[staged->run_count++] = entry;
        else
            least = step < least ? step : least;
    }
    wheel->bounds.levels[0][line] = least;
}

static void harvest_queue(void *context, uint32_t line)
{
    struct harvest *harvest = context;

    if (harvest->queued - harvest->read == QUEUE)
        harvest_line(harvest, harvest->queue[harvest->read++ % QUEUE]);
    harvest->queue[harvest->queued++ % QUEUE] = line;
    __builtin_prefetch(&harvest->wheel->lines[line]);
}

/* Moves what is due from `from_at` up to staged_until_at into the run, in id order. A cut on the way brings
 * the end nearer; what it gives back lies after the new end, and the repair sees it. */
static void harvest_window(struct wheel *wheel, msec from_at)
{
    struct harvest harvest = {.wheel = wheel, .from_at = from_at, .last = staged_last(wheel)};
    uint32_t last = harvest.last;

    wheel_bounds_visit(&wheel->bounds, &harvest.last, harvest_queue, &harvest);
    while (harvest.read < harvest.queued)
        harvest_line(&harvest, harvest.queue[harvest.read++ % QUEUE]);
    wheel_bounds_repair(&wheel->bounds, last);
}

/* The next window shall hold about `target` timers again. */
static void span_learn(struct wheel *wheel, msec from_at)
{
    wheel->span_ms = wheel->staged_until_at - from_at;
    if (wheel->staged.run_count < target(wheel) / 2)
        wheel->span_ms *= 2;
    if (wheel->span_ms > WHEEL_STAGED_SPAN_MOST)
        wheel->span_ms = WHEEL_STAGED_SPAN_MOST;
}

/* Moves the earliest far timers into the run. Only when nothing is staged and something is far. */
static void stage(struct wheel *wheel)
{
    struct wheel_staged *staged = &wheel->staged;
    msec from_at = far_from_at(wheel);

    if (from_at < wheel->staged_until_at)
        from_at = wheel->staged_until_at;
    wheel->staged_until_at = from_at < NEVER - wheel->span_ms ? from_at + wheel->span_ms : NEVER;
    staged->run_head = staged->run_count = 0;
    staged->run = memory_reserve(staged->run, &staged->run_room, 2 * target(wheel), sizeof *staged->run);
    harvest_window(wheel, from_at);
    wheel_staged_sort(staged, from_at);
    span_learn(wheel, from_at);
}

static bool holds(const struct wheel *wheel, const struct wheel_entry *entry)
{
    return due_of(wheel, entry->id) == entry->due_at;
}

/* Where the earliest staged timer stands. */
enum where {
    NOWHERE,
    IN_RUN,
    IN_ARRIVALS,
};

/* The earliest staged timer, after dropping entries that hold no more; of two equal ones that in the run. */
static enum where staged_first(struct wheel *wheel, struct wheel_entry *ret_first)
{
    struct wheel_staged *staged = &wheel->staged;
    const struct wheel_entry *arrival = staged->arrivals;
    enum where where = NOWHERE;

    while (staged->run_head < staged->run_count && !holds(wheel, &staged->run[staged->run_head]))
        staged->run_head++;
    while (staged->arrivals_count > 0 && !holds(wheel, arrival))
        wheel_staged_pop(staged);
    if (staged->run_head < staged->run_count) {
        *ret_first = staged->run[staged->run_head];
        where = IN_RUN;
    }
    if (staged->arrivals_count > 0 && (where == NOWHERE || (arrival->due_at <= ret_first->due_at &&
                                                            wheel_staged_before(arrival, ret_first)))) {
        *ret_first = *arrival;
        where = IN_ARRIVALS;
    }
    return where;
}

static void staged_drop(struct wheel *wheel, enum where where)
{
    if (where == IN_ARRIVALS)
        wheel_staged_pop(&wheel->staged);
    else
        wheel->staged.run_head++;
}

/* Merges arrivals into the run, without doubles, and gives back what is more than `target`. */
static void settle(struct wheel *wheel)
{
    struct wheel_staged *staged = &wheel->staged;
    size_t kept = 0, most = staged->run_count - staged->run_head + staged->arrivals_count;
    struct wheel_entry first, *merged = wheel_staged_spare(staged, most);

    for (enum where where; (where = staged_first(wheel, &first)) != NOWHERE;) {
        staged_drop(wheel, where);
        if (kept == 0 || wheel_staged_before(&merged[kept - 1], &first))
            merged[kept++] = first;
    }
    wheel_staged_turn(staged, kept);
    if (kept > target(wheel))
        run_cut(wheel, target(wheel));
}

/* A timer set to before staged_until_at. More arrivals than run and target: then they pay for the merging. */
static void arrive(struct wheel *wheel, uint32_t id, msec due_at)
{
    struct wheel_staged *staged = &wheel->staged;
    size_t left = staged->run_count - staged->run_head;

    wheel_staged_push(staged, (struct wheel_entry){due_at, id});
    if (staged->arrivals_count > left && staged->arrivals_count >= target(wheel))
        settle(wheel);
}

/* The earliest timer; NOWHERE when there is none. Each round of staging takes a timer or repairs a bound. */
static enum where first_of_all(struct wheel *wheel, struct wheel_entry *ret_first)
{
    enum where where;

    while ((where = staged_first(wheel, ret_first)) == NOWHERE) {
        if (wheel_bounds_root(&wheel->bounds) == WHEEL_BOUNDS_NONE)
            break;
        stage(wheel);
    }
    return where;
}

/* The public face */

struct wheel *wheel_create(msec now)
{
    struct wheel *wheel = memory_new(1, sizeof *wheel);
    msec latest_at = NEVER - (msec)RANGE_MS - 2 * (1 << STEP_BITS);

    wheel->origin_at = now > INT64_MIN + BEHIND_MS ? now - BEHIND_MS : INT64_MIN;
    if (wheel->origin_at > latest_at)
        wheel->origin_at = latest_at;
    wheel->staged_until_at = wheel->origin_at;
    wheel->span_ms = MSEC_MINUTE;
    grow(wheel, 0);
    return wheel;
}

void wheel_destroy(struct wheel *wheel)
{
    if (!wheel)
        return;
    wheel_bounds_finish(&wheel->bounds);
    wheel_staged_finish(&wheel->staged);
    wheel_stray_finish(&wheel->strays);
    free(wheel->storage);
    free(wheel);
}

/* NEVER, a new id, a stray that comes or goes, and whatever is near enough to be staged. */
static __attribute__((noinline)) void set_unusual(struct wheel *wheel, uint32_t id, msec due_at)
{
    if (wheel_due_at(wheel, id) == due_at)
        return;
    wheel_cancel(wheel, id);
    if (due_at == NEVER)
        return;
    if (id >= wheel->capacity)
        grow(wheel, id);
    uint32_t step = bound_of(wheel, due_at);

    wheel->count++;
    *step_of(wheel, id) = step;
    wheel->lines[id / LINE].rest[id % LINE] = (uint8_t)((uint64_t)due_at - (uint64_t)wheel->origin_at);
    if (step == BEYOND)
        wheel_stray_add(&wheel->strays, (struct wheel_entry){due_at, id});
    if (due_at < wheel->staged_until_at)
        arrive(wheel, id, due_at);
    else
        wheel_bounds_lower(&wheel->bounds, id / LINE, step);
}

/* The commonest call of all: one line, one bound, and no call but as the last act. */
void wheel_set(struct wheel *wheel, uint32_t id, msec due_at)
{
    uint64_t since_ms = (uint64_t)due_at - (uint64_t)wheel->origin_at;

    if (id >= wheel->capacity || since_ms >= RANGE_MS || due_at < wheel->staged_until_at ||
        *step_of(wheel, id) == BEYOND) {
        set_unusual(wheel, id, due_at);
        return;
    }
    struct wheel_line *line = &wheel->lines[id / LINE];
    uint32_t step = (uint32_t)(since_ms >> STEP_BITS);

    if (line->step[id % LINE] == EMPTY)
        wheel->count++;
    line->step[id % LINE] = step;
    line->rest[id % LINE] = (uint8_t)since_ms;
    if (step < wheel->bounds.levels[0][id / LINE])
        wheel_bounds_lower(&wheel->bounds, id / LINE, step);
}

void wheel_cancel(struct wheel *wheel, uint32_t id)
{
    if (id >= wheel->capacity || *step_of(wheel, id) == EMPTY)
        return;
    if (*step_of(wheel, id) == BEYOND)
        wheel_stray_remove(&wheel->strays, id);
    *step_of(wheel, id) = EMPTY;
    wheel->count--;
}

size_t wheel_advance(struct wheel *wheel, msec now, uint32_t *ret_ids, size_t room)
{
    struct wheel_staged *staged = &wheel->staged;
    struct wheel_entry first;
    size_t given = 0;

    while (given < room) {
        enum where where = first_of_all(wheel, &first);

        if (where == NOWHERE || first.due_at > now)
            break;
        if (staged->run_head + AHEAD < staged->run_count)
            __builtin_prefetch(step_of(wheel, staged->run[staged->run_head + AHEAD].id), 1);
        staged_drop(wheel, where);
        wheel_cancel(wheel, first.id);
        ret_ids[given++] = first.id;
    }
    return given;
}

msec wheel_next(struct wheel *wheel)
{
    struct wheel_entry first;

    return first_of_all(wheel, &first) == NOWHERE ? NEVER : first.due_at;
}

msec wheel_due_at(const struct wheel *wheel, uint32_t id)
{
    return id < wheel->capacity ? due_of(wheel, id) : NEVER;
}

size_t wheel_count(const struct wheel *wheel)
{
    return wheel->count;
}

size_t wheel_bytes(const struct wheel *wheel)
{
    size_t lines = wheel->capacity / LINE + 1;

    return sizeof *wheel + lines * sizeof(struct wheel_line) + wheel_bounds_bytes(&wheel->bounds) +
           wheel_staged_bytes(&wheel->staged) + wheel_stray_bytes(&wheel->strays);
}
