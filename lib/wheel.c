/*
 * The timer wheel: who is due next, among millions, to the millisecond and in the order (due_at, id).
 *
 * Tickets have dense ids, so a timer is no node but a place in an array. `desk` sets and cancels all day
 * (each contact moves a deadline) and drains what is due: so moving costs one store, and order is made late,
 * for the few timers that come near.
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
 * Invariants: a timer due before staged_until_at has an entry in run or arrivals; any other has no bound
 * above it that is later than its step. Neither is tidied when a timer moves away: an entry whose id has
 * another instant by now is skipped, a bound that is too low costs a look and is then repaired. Nobody
 * searches for an old place.
 *
 * Why not slots within slots: they cascade, need links (40 bytes a timer) and know no order inside a slot.
 * Why not a heap: a cache miss a level on each move. Staging ends where about `target` timers are in hand, be
 * that minutes or milliseconds, and gives back what is too much: so no tick is long.
 */
#include "lib/wheel.h"

#include "lib/base/hash.h"
#include "lib/base/memory.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum {
    LINE = 12,            /* ids in a cache line */
    FAN = 64,             /* bounds under one bound of the next level */
    LEVELS = 6,           /* 12 * 64^5 exceeds 2^32 ids */
    QUEUE = 32,           /* lines on their way from memory; a power of two */
    STEP_BITS = 8,        /* a step is 256 ms */
    DIGIT_BITS = 11,      /* two digits sort a window of 2^22 ms */
    INSERTION_LIMIT = 40, /* below, counting digits costs more than it saves */
    AHEAD = 8,            /* prefetch distance while draining */
    TARGET_SHARE = 256,   /* stage 1/256 to 1/128 of the ids ... */
    TARGET_LEAST = 64,    /* ... within these limits */
    TARGET_MOST = 16384,
};

#define EMPTY     UINT32_MAX /* the step of an id without timer, the bound of a line without far timers */
#define BEYOND    (UINT32_MAX - 1)                /* the step of a stray */
#define RANGE_MS  ((uint64_t)BEYOND << STEP_BITS) /* what a line can hold: 34.8 years ... */
#define BEHIND_MS (INT64_C(1) << 37)              /* ... from 4.4 years before the wheel's birth */
#define SPAN_MOST (INT64_C(1) << (2 * DIGIT_BITS))

typedef uint32_t quad __attribute__((vector_size(16))); /* of steps */

struct line {
    uint32_t step[LINE]; /* of 256 ms since origin_at; EMPTY; BEYOND */
    uint8_t rest[LINE];  /* milliseconds into the step */
    uint32_t unused;
} __attribute__((aligned(64)));

struct entry {
    msec due_at;
    uint32_t id;
} __attribute__((packed, aligned(4)));

struct wheel {
    size_t capacity; /* ids; a multiple of LINE * FAN */
    msec origin_at;  /* step 0; what is due before is staged always */
    struct line *lines;
    msec staged_until_at;
    uint32_t *bounds[LEVELS];
    size_t count;
    size_t nodes[LEVELS];
    void *storage; /* of lines */
    msec span_ms;  /* of the next harvest */
    struct entry *run, *spare, *arrivals, *strays;
    size_t run_head, run_count, run_room, spare_room, arrivals_count, arrivals_room, strays_count,
        strays_room;
};

/* Strays: an open hash by id. A free place is due NEVER; half of the places at least are free. */

static size_t stray_place(const struct wheel *wheel, uint32_t id)
{
    size_t mask = wheel->strays_room - 1, at = hash_number(id) & mask;

    while (wheel->strays[at].due_at != NEVER && wheel->strays[at].id != id)
        at = (at + 1) & mask;
    return at;
}

static void strays_grow(struct wheel *wheel)
{
    struct entry *old = wheel->strays;
    size_t old_room = wheel->strays_room;

    wheel->strays_room = old_room ? 2 * old_room : 16;
    wheel->strays = memory_new(wheel->strays_room, sizeof *old);
    for (size_t i = 0; i < wheel->strays_room; i++)
        wheel->strays[i].due_at = NEVER;
    for (size_t i = 0; i < old_room; i++)
        if (old[i].due_at != NEVER)
            wheel->strays[stray_place(wheel, old[i].id)] = old[i];
    free(old);
}

static void stray_add(struct wheel *wheel, uint32_t id, msec due_at)
{
    if (2 * ++wheel->strays_count > wheel->strays_room)
        strays_grow(wheel);
    wheel->strays[stray_place(wheel, id)] = (struct entry){due_at, id};
}

/* Those behind it in its cluster are placed anew, so that no search stops at the gap. */
static void stray_remove(struct wheel *wheel, uint32_t id)
{
    size_t mask = wheel->strays_room - 1, at = stray_place(wheel, id);

    wheel->strays[at].due_at = NEVER;
    wheel->strays_count--;
    for (at = (at + 1) & mask; wheel->strays[at].due_at != NEVER; at = (at + 1) & mask) {
        struct entry moved = wheel->strays[at];

        wheel->strays[at].due_at = NEVER;
        wheel->strays[stray_place(wheel, moved.id)] = moved;
    }
}

static msec strays_first_at(const struct wheel *wheel)
{
    msec first_at = NEVER;

    for (size_t i = 0; i < wheel->strays_room; i++)
        first_at = wheel->strays[i].due_at < first_at ? wheel->strays[i].due_at : first_at;
    return first_at;
}

/* Cells */

static uint32_t *step_of(const struct wheel *wheel, uint32_t id)
{
    return &wheel->lines[id / LINE].step[id % LINE];
}

/* What place `i` of the line says, if it is neither empty nor a stray. */
static msec near_due(const struct wheel *wheel, const struct line *line, uint32_t i)
{
    return wheel->origin_at + (msec)((uint64_t)line->step[i] << STEP_BITS | line->rest[i]);
}

static msec due_of(const struct wheel *wheel, uint32_t id)
{
    uint32_t step = *step_of(wheel, id);

    if (step >= BEYOND)
        return step == EMPTY ? NEVER : wheel->strays[stray_place(wheel, id)].due_at;
    return near_due(wheel, &wheel->lines[id / LINE], id % LINE);
}

/* Bounds */

static uint32_t bound_of(const struct wheel *wheel, msec due_at)
{
    uint64_t since_ms = (uint64_t)due_at - (uint64_t)wheel->origin_at;

    return since_ms < RANGE_MS ? (uint32_t)(since_ms >> STEP_BITS) : BEYOND;
}

/* From the line of `id` up, as far as it is news. */
static __attribute__((noinline)) void bounds_lower(struct wheel *wheel, uint32_t id, uint32_t bound)
{
    size_t node = id / LINE;

    for (int level = 0; level < LEVELS && bound < wheel->bounds[level][node]; level++, node /= FAN)
        wheel->bounds[level][node] = bound;
}

static uint32_t bounds_root(const struct wheel *wheel)
{
    return wheel->bounds[LEVELS - 1][0];
}

static uint32_t lowest(const uint32_t *bounds)
{
    uint32_t low = EMPTY;

    for (int i = 0; i < FAN; i++)
        low = bounds[i] < low ? bounds[i] : low;
    return low;
}

/* No far timer is due before this. */
static msec far_from_at(const struct wheel *wheel)
{
    uint32_t root = bounds_root(wheel);

    return root < BEYOND ? wheel->origin_at + ((msec)root << STEP_BITS) : strays_first_at(wheel);
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

static size_t round_up(size_t count, size_t multiple)
{
    return (count + multiple - 1) / multiple * multiple;
}

/* realloc knows no alignment of 64: where the new storage is off by another shift, the lines move in it. */
static void lines_resize(struct wheel *wheel, size_t old_count, size_t count)
{
    size_t old_shift = (size_t)((char *)wheel->lines - (char *)wheel->storage);
    char *storage = wheel->storage = memory_resize(wheel->storage, count + 1, sizeof(struct line));
    size_t shift = -(uintptr_t)storage % sizeof(struct line);

    if (shift != old_shift)
        memmove(storage + shift, storage + old_shift, old_count * sizeof(struct line));
    wheel->lines = (struct line *)(void *)(storage + shift);
    memset(wheel->lines + old_count, 0xff, (count - old_count) * sizeof(struct line));
}

/* By 1/64, not by half: bytes a timer are promised, and realloc moves big arrays by their page tables. */
static void grow(struct wheel *wheel, uint32_t id)
{
    size_t old = wheel->capacity, grown = old + old / 64;

    if (grown <= id)
        grown = (size_t)id + 1;
    grown = wheel->capacity = round_up(grown, LINE * FAN);
    lines_resize(wheel, old / LINE, grown / LINE);
    grown /= LINE;
    for (int level = 0; level < LEVELS; level++, grown = (grown + FAN - 1) / FAN) {
        size_t nodes = level < LEVELS - 1 ? round_up(grown, FAN) : 1, before = wheel->nodes[level];

        if (nodes == before)
            continue;
        wheel->bounds[level] = memory_resize(wheel->bounds[level], nodes, sizeof(uint32_t));
        memset(wheel->bounds[level] + before, 0xff, (nodes - before) * sizeof(uint32_t));
        wheel->nodes[level] = nodes;
    }
}

/* Order */

static bool before(const struct entry *one, const struct entry *other)
{
    return one->due_at < other->due_at || (one->due_at == other->due_at && one->id < other->id);
}

static void arrivals_push(struct wheel *wheel, struct entry entry)
{
    size_t at = wheel->arrivals_count++;
    struct entry *heap = wheel->arrivals =
        memory_reserve(wheel->arrivals, &wheel->arrivals_room, wheel->arrivals_count, sizeof entry);

    for (; at > 0 && before(&entry, &heap[(at - 1) / 2]); at = (at - 1) / 2)
        heap[at] = heap[(at - 1) / 2];
    heap[at] = entry;
}

static void arrivals_pop(struct wheel *wheel)
{
    struct entry *heap = wheel->arrivals, last = heap[--wheel->arrivals_count];
    size_t count = wheel->arrivals_count, at = 0;

    for (size_t child = 1; child < count; child = 2 * at + 1) {
        child += child + 1 < count && before(&heap[child + 1], &heap[child]);
        if (!before(&heap[child], &last))
            break;
        heap[at] = heap[child];
        at = child;
    }
    heap[at] = last;
}

static void sort_insertion(struct entry *entries, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        struct entry entry = entries[i];
        size_t at = i;

        for (; at > 0 && before(&entry, &entries[at - 1]); at--)
            entries[at] = entries[at - 1];
        entries[at] = entry;
    }
}

static void sort_digit(const struct entry *from, struct entry *to, size_t count, msec from_at, int shift)
{
    uint32_t places[1 << DIGIT_BITS] = {0}, place = 0;
    const uint32_t digit = (1 << DIGIT_BITS) - 1;

    for (size_t i = 0; i < count; i++)
        places[((uint64_t)(from[i].due_at - from_at) >> shift) & digit]++;
    for (size_t i = 0; i <= digit; i++) {
        uint32_t here = places[i];

        places[i] = place;
        place += here;
    }
    for (size_t i = 0; i < count; i++)
        to[places[((uint64_t)(from[i].due_at - from_at) >> shift) & digit]++] = from[i];
}

/* The run was harvested in id order, and both passes keep the order of equals: so ids need no digits. */
static void run_sort(struct wheel *wheel, msec from_at)
{
    size_t count = wheel->run_count;

    if (count <= INSERTION_LIMIT) {
        sort_insertion(wheel->run, count);
        return;
    }
    wheel->spare = memory_reserve(wheel->spare, &wheel->spare_room, count, sizeof *wheel->spare);
    sort_digit(wheel->run, wheel->spare, count, from_at, 0);
    sort_digit(wheel->spare, wheel->run, count, from_at, DIGIT_BITS);
}

/* Staging */

/* Gives back the later entries of a sorted run when there are more than wanted. The cut lies between two
 * instants, and not before origin_at; where that is impossible (all at one instant) the run stays whole. */
static bool run_cut(struct wheel *wheel, size_t wanted)
{
    const struct entry *run = wheel->run;
    size_t count = wheel->run_count, cut = wanted;

    while (cut < count && (run[cut].due_at == run[0].due_at || run[cut].due_at < wheel->origin_at))
        cut++;
    if (cut >= count)
        return false;
    while (run[cut - 1].due_at == run[cut].due_at)
        cut--;
    wheel->staged_until_at = run[cut].due_at;
    wheel->run_count = cut;
    for (size_t i = cut; i < count; i++)
        bounds_lower(wheel, run[i].id, bound_of(wheel, run[i].due_at));
    return true;
}

/* Room in the run for one more line: by giving back the later half, or else by more memory. */
static void run_make_room(struct wheel *wheel, msec from_at)
{
    run_sort(wheel, from_at);
    if (run_cut(wheel, target(wheel)) && wheel->run_count + LINE <= wheel->run_room)
        return;
    wheel->run = memory_reserve(wheel->run, &wheel->run_room, 2 * wheel->run_room, sizeof *wheel->run);
}

/* Which places of the line are not after `last`, as bits, and the lowest step of the others. A comparison
 * gives all ones where it is true, and all ones are EMPTY. */
static uint32_t line_split(const struct line *line, uint32_t last, uint32_t *ret_least)
{
    const quad lasts = {last, last, last, last}, places = {1, 2, 4, 8};
    quad least = ~(quad){0}, found = {0};

    for (int i = 0; i < LINE / 4; i++) {
        quad step;

        memcpy(&step, &line->step[4 * i], sizeof step);
        quad due = (quad)(step <= lasts), later = step | due, lower = (quad)(later < least);

        found |= (due & places) << (4 * i);
        least = (later & lower) | (least & ~lower);
    }
    uint32_t low = least[0] < least[1] ? least[0] : least[1],
             high = least[2] < least[3] ? least[2] : least[3];

    *ret_least = low < high ? low : high;
    return found[0] | found[1] | found[2] | found[3];
}

/* Puts what is due of one line into the run, and makes the bound of the line exact. */
static void harvest_line(struct wheel *wheel, uint32_t line, msec from_at)
{
    if (wheel->run_count + LINE > wheel->run_room)
        run_make_room(wheel, from_at);
    uint32_t least,
        found = line_split(&wheel->lines[line], bound_of(wheel, wheel->staged_until_at - 1), &least);

    for (; found; found &= found - 1) {
        uint32_t id = line * LINE + (uint32_t)__builtin_ctz(found), step = *step_of(wheel, id);
        struct entry entry = {due_of(wheel, id), id};

        if (entry.due_at < wheel->staged_until_at)
            wheel->run[wheel->run_count++] = entry;
        else
            least = step < least ? step : least;
    }
    wheel->bounds[0][line] = least;
}

/* A line is asked for when it is found, and read when QUEUE others have been: so their misses overlap. */
struct harvest {
    struct wheel *wheel;
    msec from_at;
    size_t queued, read;
    uint32_t queue[QUEUE];
};

static void harvest_queue(struct harvest *harvest, uint32_t line)
{
    if (harvest->queued - harvest->read == QUEUE)
        harvest_line(harvest->wheel, harvest->queue[harvest->read++ % QUEUE], harvest->from_at);
    harvest->queue[harvest->queued++ % QUEUE] = line;
    __builtin_prefetch(&harvest->wheel->lines[line]);
}

/* The places among FAN bounds that are not after the end of the window. */
static size_t bounds_wanted(const struct wheel *wheel, const uint32_t *bounds, uint8_t ret_places[FAN])
{
    uint32_t last = bound_of(wheel, wheel->staged_until_at - 1);
    size_t count = 0;

    for (size_t i = 0; i < FAN; i++) {
        ret_places[count] = (uint8_t)i;
        count += bounds[i] <= last;
    }
    return count;
}

static void harvest_lines(struct harvest *harvest, int level, size_t node)
{
    const struct wheel *wheel = harvest->wheel;
    uint8_t places[FAN];
    size_t count = bounds_wanted(wheel, &wheel->bounds[level - 1][node * FAN], places);

    for (size_t i = 0; i < count; i++)
        if (level == 1)
            harvest_queue(harvest, (uint32_t)(node * FAN + places[i]));
        else
            harvest_lines(harvest, level - 1, node * FAN + places[i]);
}

/* Makes the bounds above the harvested lines exact again, from below. */
static void bounds_repair(struct wheel *wheel, int level, size_t node, uint32_t last)
{
    const uint32_t *bounds = &wheel->bounds[level - 1][node * FAN];

    for (size_t i = 0; level > 1 && i < FAN; i++)
        if (bounds[i] <= last)
            bounds_repair(wheel, level - 1, node * FAN + i, last);
    wheel->bounds[level][node] = lowest(bounds);
}

/* Moves what is due from `from_at` up to staged_until_at into the run, in id order. A cut on the way brings
 * the end nearer; what it gives back lies after the new end, and the repair sees it. */
static void harvest_window(struct wheel *wheel, msec from_at)
{
    struct harvest harvest = {.wheel = wheel, .from_at = from_at};
    uint32_t last = bound_of(wheel, wheel->staged_until_at - 1);

    harvest_lines(&harvest, LEVELS - 1, 0);
    while (harvest.read < harvest.queued)
        harvest_line(wheel, harvest.queue[harvest.read++ % QUEUE], from_at);
    bounds_repair(wheel, LEVELS - 1, 0, last);
}

/* The next window shall hold about `target` timers again. */
static void span_learn(struct wheel *wheel, msec from_at)
{
    wheel->span_ms = wheel->staged_until_at - from_at;
    if (wheel->run_count < target(wheel) / 2)
        wheel->span_ms *= 2;
    if (wheel->span_ms > SPAN_MOST)
        wheel->span_ms = SPAN_MOST;
}

/* Moves the earliest far timers into the run. Only when nothing is staged and something is far. */
static void stage(struct wheel *wheel)
{
    msec from_at = far_from_at(wheel);

    if (from_at < wheel->staged_until_at)
        from_at = wheel->staged_until_at;
    wheel->staged_until_at = from_at < NEVER - wheel->span_ms ? from_at + wheel->span_ms : NEVER;
    wheel->run_head = wheel->run_count = 0;
    wheel->run = memory_reserve(wheel->run, &wheel->run_room, 2 * target(wheel), sizeof *wheel->run);
    harvest_window(wheel, from_at);
    run_sort(wheel, from_at);
    span_learn(wheel, from_at);
}

static bool holds(const struct wheel *wheel, const struct entry *entry)
{
    return due_of(wheel, entry->id) == entry->due_at;
}

/* The earliest staged timer, after dropping entries that hold no more; false when nothing is staged. */
static bool staged_first(struct wheel *wheel, struct entry *ret_first)
{
    while (wheel->run_head < wheel->run_count && !holds(wheel, &wheel->run[wheel->run_head]))
        wheel->run_head++;
    while (wheel->arrivals_count > 0 && !holds(wheel, &wheel->arrivals[0]))
        arrivals_pop(wheel);
    bool some = wheel->run_head < wheel->run_count;

    if (some)
        *ret_first = wheel->run[wheel->run_head];
    if (wheel->arrivals_count > 0 && (!some || before(&wheel->arrivals[0], ret_first))) {
        *ret_first = wheel->arrivals[0];
        some = true;
    }
    return some;
}

static void staged_drop(struct wheel *wheel, const struct entry *first)
{
    if (wheel->arrivals_count > 0 && !before(first, &wheel->arrivals[0]))
        arrivals_pop(wheel);
    else
        wheel->run_head++;
}

/* Merges arrivals into the run, without doubles, and gives back what is more than `target`. */
static void settle(struct wheel *wheel)
{
    size_t kept = 0, room = wheel->run_room,
           most = wheel->run_count - wheel->run_head + wheel->arrivals_count;
    struct entry first, *merged = memory_reserve(wheel->spare, &wheel->spare_room, most, sizeof first);

    while (staged_first(wheel, &first)) {
        staged_drop(wheel, &first);
        if (kept == 0 || before(&merged[kept - 1], &first))
            merged[kept++] = first;
    }
    wheel->spare = wheel->run;
    wheel->run = merged;
    wheel->run_room = wheel->spare_room;
    wheel->spare_room = room;
    wheel->run_head = 0;
    wheel->run_count = kept;
    if (kept > target(wheel))
        run_cut(wheel, target(wheel));
}

/* A timer set to before staged_until_at. More arrivals than run and target: then they pay for the merging. */
static void arrive(struct wheel *wheel, uint32_t id, msec due_at)
{
    size_t left = wheel->run_count - wheel->run_head;

    arrivals_push(wheel, (struct entry){due_at, id});
    if (wheel->arrivals_count > left && wheel->arrivals_count >= target(wheel))
        settle(wheel);
}

/* The earliest timer; false when there is none. Each round of staging takes a timer or repairs a bound. */
static bool first_of_all(struct wheel *wheel, struct entry *ret_first)
{
    while (!staged_first(wheel, ret_first)) {
        if (bounds_root(wheel) == EMPTY)
            return false;
        stage(wheel);
    }
    return true;
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
    for (int level = 0; level < LEVELS; level++)
        free(wheel->bounds[level]);
    free(wheel->storage);
    free(wheel->run);
    free(wheel->spare);
    free(wheel->arrivals);
    free(wheel->strays);
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
        stray_add(wheel, id, due_at);
    if (due_at < wheel->staged_until_at)
        arrive(wheel, id, due_at);
    else
        bounds_lower(wheel, id, step);
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
    struct line *line = &wheel->lines[id / LINE];
    uint32_t step = (uint32_t)(since_ms >> STEP_BITS);

    if (line->step[id % LINE] == EMPTY)
        wheel->count++;
    line->step[id % LINE] = step;
    line->rest[id % LINE] = (uint8_t)since_ms;
    if (step < wheel->bounds[0][id / LINE])
        bounds_lower(wheel, id, step);
}

void wheel_cancel(struct wheel *wheel, uint32_t id)
{
    if (id >= wheel->capacity || *step_of(wheel, id) == EMPTY)
        return;
    if (*step_of(wheel, id) == BEYOND)
        stray_remove(wheel, id);
    *step_of(wheel, id) = EMPTY;
    wheel->count--;
}

size_t wheel_advance(struct wheel *wheel, msec now, uint32_t *ret_ids, size_t room)
{
    struct entry first;
    size_t given = 0;

    while (given < room && first_of_all(wheel, &first) && first.due_at <= now) {
        if (wheel->run_head + AHEAD < wheel->run_count)
            __builtin_prefetch(step_of(wheel, wheel->run[wheel->run_head + AHEAD].id), 1);
        staged_drop(wheel, &first);
        wheel_cancel(wheel, first.id);
        ret_ids[given++] = first.id;
    }
    return given;
}

msec wheel_next(struct wheel *wheel)
{
    struct entry first;

    return first_of_all(wheel, &first) ? first.due_at : NEVER;
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
    size_t nodes = 0, lines = wheel->capacity / LINE + 1;
    size_t entries = wheel->run_room + wheel->spare_room + wheel->arrivals_room + wheel->strays_room;

    for (int level = 0; level < LEVELS; level++)
        nodes += wheel->nodes[level];
    return sizeof *wheel + lines * sizeof(struct line) + nodes * sizeof(uint32_t) +
           entries * sizeof(struct entry);
}
