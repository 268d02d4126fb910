/*
 * The timer wheel: who is due next, among millions, to the millisecond and in the order (due_at, id).
 *
 * Tickets have dense ids, so a timer is no node in a tree but one cell of an array. `desk` sets and cancels
 * all day (each contact moves a deadline) and drains what is due; so moving has to cost one store, and order
 * is made late, for the few timers that come near.
 *
 *     far    ticks[id]    |5 B|5 B|5 B| ...                 the truth: one due instant an id
 *            bounds[0]    |  16 ids  |  16 ids  | ...       no timer of the block is due before its bound;
 *            bounds[1]    |  64 blocks                 |    in steps of 256 ms, rounded down
 *            bounds[..5]  |  64 of those, up to one root                                |
 *     staged run          sorted (due_at, id), taken from the front   <--- stage() harvests the next minutes
 *            arrivals     heap of those set to before `staged_until_at` since then
 *
 *     ------- run and arrivals -------|staged_until_at|------- far -------------------> time
 *
 * Invariants: a timer due before `staged_until_at` has an entry in run or arrivals; any other is due no
 * earlier than the bounds above it. Both may lie in one direction only: an entry whose id has another tick by
 * now is skipped, a bound that is too low costs a look and is then repaired. Hence moving a timer never
 * searches for its old place.
 *
 * Why not slots within slots: their cascade moves thousands at a slot boundary, needs links (40 bytes a
 * timer), and knows no order inside a slot. Why not a heap: two cache misses a level on each move. Staging is
 * bounded instead: it ends where `target` timers are in hand, wherever that is, and gives back what is too
 * much (cut).
 */
#include "lib/wheel.h"

#include "lib/base/memory.h"

#include <endian.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum {
    BLOCK = 16,           /* ids under one bound of level 0 */
    FAN = 64,             /* bounds under one bound of the next level */
    LEVELS = 6,           /* 16 * 64^5 exceeds 2^32 ids */
    TAIL = 8,             /* the load of the last tick reads beyond it */
    STEP_BITS = 8,        /* a bound counts steps of 256 ms: 2^32 of them are the 2^40 ms of a narrow tick */
    DIGIT_BITS = 11,      /* two digits sort a window of 2^22 ms */
    INSERTION_LIMIT = 40, /* below, counting digits costs more than it saves */
    AHEAD = 8,            /* prefetch distance while draining */
    TARGET_SHARE = 256,   /* stage about 1/256 of the ids ... */
    TARGET_LEAST = 64,    /* ... within these limits */
    TARGET_MOST = 16384,
};

#define EMPTY       UINT32_MAX       /* bound of a block without far timers */
#define BEYOND      (UINT32_MAX - 1) /* bound of all instants that are too far for a narrow tick */
#define NARROW_MASK ((UINT64_C(1) << 40) - 1)
#define BEHIND_MS   (INT64_C(1) << 37) /* a narrow tick reaches back 4.4 years, and 30.5 years ahead */
#define SPAN_MOST   (INT64_C(1) << (2 * DIGIT_BITS))

struct entry {
    msec due_at;
    uint32_t id;
};

struct wheel {
    unsigned char *ticks; /* capacity * width bytes; milliseconds since origin_at, or `mask` for no timer */
    size_t capacity;      /* ids; a multiple of BLOCK * FAN */
    size_t width;         /* 5 (narrow), or 8 (wide) */
    uint64_t mask;        /* of `width` bytes */
    msec origin_at, none_at; /* what ticks 0 and `mask` stand for; no timer is due at none_at or later */
    uint64_t usual_ticks;    
    msec zero_at;            /* what bound 0 stands for; whatever is due before is staged always */
    uint32_t *bounds[LEVELS];
    size_t nodes[LEVELS];
    size_t count;
    msec staged_until_at;
    msec span_ms; /* of the next harvest */
    struct entry *run, *spare, *arrivals;
    size_t run_head, run_count, run_room, spare_room, arrivals_count, arrivals_room;
};

/* Ticks */

static unsigned char *cell(const struct wheel *wheel, size_t id)
{
    return wheel->ticks + id * wheel->width;
}

static uint64_t tick_load(const unsigned char *cell_of_id, uint64_t mask)
{
    uint64_t raw;

    memcpy(&raw, cell_of_id, sizeof raw);
    return le64toh(raw) & mask;
}

static msec due_of(const struct wheel *wheel, size_t id)
{
    return (msec)((uint64_t)wheel->origin_at + tick_load(cell(wheel, id), wheel->mask));
}

/* Two short stores, for eight bytes would reach into the next cell and stall the load of who writes in id order. */
static void narrow_store(unsigned char *to, uint64_t tick)
{
    uint32_t low = htole32((uint32_t)tick);

    memcpy(to, &low, sizeof low);
    to[sizeof low] = (unsigned char)(tick >> 32);
}

static void tick_store(struct wheel *wheel, size_t id, uint64_t tick)
{
    unsigned char *to = cell(wheel, id);
    uint64_t raw = htole64(tick);

    if (wheel->width == sizeof raw)
        memcpy(to, &raw, sizeof raw);
    else
        narrow_store(to, tick);
}

static void set_range(struct wheel *wheel, size_t width, uint64_t mask, msec origin_at)
{
    wheel->width = width;
    wheel->mask = mask;
    wheel->origin_at = origin_at;
    wheel->none_at = (msec)((uint64_t)origin_at + mask);
    wheel->usual_ticks = width == 8 ? 0 : mask - (1 << STEP_BITS);
}

/* From 5 to 8 bytes a tick: all instants that an msec can hold. From the last id down, as it happens in
 * place. */
static void widen(struct wheel *wheel)
{
    msec shift_ms = wheel->origin_at, old_none_at = wheel->none_at;
    size_t old_width = wheel->width;

    wheel->ticks = memory_resize(wheel->ticks, wheel->capacity * sizeof(msec) + TAIL, 1);
    set_range(wheel, sizeof(msec), UINT64_MAX, INT64_MIN);
    for (size_t id = wheel->capacity; id-- > 0;) {
        msec due_at = shift_ms + (msec)tick_load(wheel->ticks + id * old_width, NARROW_MASK);

        tick_store(wheel, id, due_at == old_none_at ? wheel->mask : (uint64_t)due_at - (uint64_t)INT64_MIN);
    }
}

/* Bounds */

static uint32_t bound_of(const struct wheel *wheel, msec due_at)
{
    uint64_t steps = ((uint64_t)due_at - (uint64_t)wheel->zero_at) >> STEP_BITS;

    return steps < BEYOND ? (uint32_t)steps : BEYOND;
}

/* From `level` up, as far as it is news. */
static __attribute__((noinline)) void bounds_lower(struct wheel *wheel, int level, size_t node,
                                                   uint32_t bound)
{
    for (; level < LEVELS && bound < wheel->bounds[level][node]; level++, node /= FAN)
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

/* No far timer is due before this. Bounds say nothing beyond their range, so there (30 years ahead) it looks
 * at all. */
static msec far_from_at(const struct wheel *wheel)
{
    uint32_t root = bounds_root(wheel);
    msec from_at = wheel->none_at;

    if (root < BEYOND)
        return wheel->zero_at + ((msec)root << STEP_BITS);
    for (size_t id = 0; id < wheel->capacity; id++)
        from_at = due_of(wheel, id) < from_at ? due_of(wheel, id) : from_at;
    return from_at;
}

/* Room */

static size_t target(const struct wheel *wheel)
{
    size_t share = wheel->capacity / TARGET_SHARE;

    if (share < TARGET_LEAST)
        return TARGET_LEAST;
    return share < TARGET_MOST ? share : TARGET_MOST;
}

static size_t round_up(size_t count, size_t multiple)
{
    return (count + multiple - 1) / multiple * multiple;
}

/* By a sixteenth, not by half: bytes a timer are promised, and realloc moves big arrays by their page tables.
 */
static void grow(struct wheel *wheel, uint32_t id)
{
    size_t old = wheel->capacity, grown = old + old / 16;

    if (grown <= id)
        grown = (size_t)id + 1;
    grown = wheel->capacity = round_up(grown, BLOCK * FAN);
    wheel->ticks = memory_resize(wheel->ticks, grown * wheel->width + TAIL, 1);
    memset(cell(wheel, old), 0xff, (grown - old) * wheel->width + TAIL);
    grown /= BLOCK;
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

/* The run was harvested in id order, and both passes keep the order of equals: so ids need no digits of their
 * own. */
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
 * instants, and not before zero_at; where that is impossible (all at one instant) the run stays as it is. */
static bool run_cut(struct wheel *wheel, size_t wanted)
{
    const struct entry *run = wheel->run;
    size_t count = wheel->run_count, cut = wanted;

    while (cut < count && (run[cut].due_at == run[0].due_at || run[cut].due_at < wheel->zero_at))
        cut++;
    if (cut >= count)
        return false;
    while (run[cut - 1].due_at == run[cut].due_at)
        cut--;
    wheel->staged_until_at = run[cut].due_at;
    wheel->run_count = cut;
    for (size_t i = cut; i < count; i++)
        bounds_lower(wheel, 0, run[i].id / BLOCK, bound_of(wheel, run[i].due_at));
    return true;
}

/* Room in the run for one more block: by giving back the later half, or else by more memory. */
static void run_make_room(struct wheel *wheel, msec from_at)
{
    run_sort(wheel, from_at);
    if (run_cut(wheel, target(wheel)) && wheel->run_count + BLOCK <= wheel->run_room)
        return;
    wheel->run = memory_reserve(wheel->run, &wheel->run_room, 2 * wheel->run_room, sizeof *wheel->run);
}

/* Takes what is due in the window out of one block, and finds the block's exact bound. */
static void harvest_block(struct wheel *wheel, size_t block, msec from_at)
{
    if (wheel->run_count + BLOCK > wheel->run_room)
        run_make_room(wheel, from_at);
    const unsigned char *at = cell(wheel, block * BLOCK);
    const uint64_t mask = wheel->mask, origin = (uint64_t)wheel->origin_at;
    const msec until_at = wheel->staged_until_at;
    msec least_at = wheel->none_at;
    struct entry *end = wheel->run + wheel->run_count;

    for (uint32_t i = 0; i < BLOCK; i++, at += wheel->width) {
        msec due_at = (msec)(origin + tick_load(at, mask));
        bool due = due_at < until_at;

        /* Without branches, for nobody can guess which of sixteen it is. */
        *end = (struct entry){due_at, (uint32_t)block * BLOCK + i};
        end += due;
        least_at = !due && due_at < least_at ? due_at : least_at;
    }
    wheel->run_count = (size_t)(end - wheel->run);
    wheel->bounds[0][block] = least_at == wheel->none_at ? EMPTY : bound_of(wheel, least_at);
}

/* First looks which blocks are wanted and asks for their memory, then works: the misses overlap. */
static void harvest_group(struct wheel *wheel, size_t group, msec from_at)
{
    const uint32_t *bounds = wheel->bounds[0] + group * FAN,
                   last = bound_of(wheel, wheel->staged_until_at - 1);
    uint8_t wanted[FAN];
    int count = 0;

    for (int i = 0; i < FAN; i++) {
        wanted[count] = (uint8_t)i;
        count += bounds[i] <= last;
    }
    for (int i = 0; i < count; i++) {
        __builtin_prefetch(cell(wheel, (group * FAN + wanted[i]) * BLOCK));
        __builtin_prefetch(cell(wheel, (group * FAN + wanted[i]) * BLOCK + BLOCK - 1));
    }
    for (int i = 0; i < count; i++)
        harvest_block(wheel, group * FAN + wanted[i], from_at);
    wheel->bounds[1][group] = lowest(bounds);
}

static void harvest(struct wheel *wheel, int level, size_t node, msec from_at)
{
    const uint32_t *bounds = wheel->bounds[level - 1] + node * FAN;

    if (level == 1) {
        harvest_group(wheel, node, from_at);
        return;
    }
    for (size_t i = 0; i < FAN; i++)
        if (bounds[i] <= bound_of(wheel, wheel->staged_until_at - 1))
            harvest(wheel, level - 1, node * FAN + i, from_at);
    wheel->bounds[level][node] = lowest(bounds);
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
    wheel->staged_until_at =
        from_at < wheel->none_at - wheel->span_ms ? from_at + wheel->span_ms : wheel->none_at;
    wheel->run_head = wheel->run_count = 0;
    wheel->run = memory_reserve(wheel->run, &wheel->run_room, 2 * target(wheel), sizeof *wheel->run);
    harvest(wheel, LEVELS - 1, 0, from_at);
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

/* A timer set to before staged_until_at. More arrivals than the run is long: then merging is paid for by
 * them. */
static __attribute__((noinline)) void arrive(struct wheel *wheel, uint32_t id, msec due_at)
{
    size_t left = wheel->run_count - wheel->run_head;

    arrivals_push(wheel, (struct entry){due_at, id});
    if (wheel->arrivals_count > left && wheel->arrivals_count > 2 * target(wheel))
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
    msec origin_at = now > INT64_MIN + BEHIND_MS ? now - BEHIND_MS : INT64_MIN;

    if (origin_at > NEVER - (msec)NARROW_MASK - 1)
        origin_at = NEVER - (msec)NARROW_MASK - 1;
    set_range(wheel, 5, NARROW_MASK, origin_at);
    wheel->zero_at = wheel->staged_until_at = origin_at;
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
    free(wheel->ticks);
    free(wheel->run);
    free(wheel->spare);
    free(wheel->arrivals);
    free(wheel);
}

static void set_far(struct wheel *wheel, uint32_t id, uint32_t bound)
{
#ifdef BRANCHLESS
    uint32_t *of_block = &wheel->bounds[0][id / BLOCK];

    *of_block = bound < *of_block ? bound : *of_block;
    if (bound < wheel->bounds[1][id / BLOCK / FAN])
        bounds_lower(wheel, 1, id / BLOCK / FAN, bound);
#else
    if (bound < wheel->bounds[0][id / BLOCK])
        bounds_lower(wheel, 0, id / BLOCK, bound);
#endif
}

/* A cell asked for the first time, an instant that is out of range, and all once the ticks are wide. */
static __attribute__((noinline)) void set_unusual(struct wheel *wheel, uint32_t id, msec due_at)
{
    if (due_at == NEVER) {
        wheel_cancel(wheel, id);
        return;
    }
    if (id >= wheel->capacity)
        grow(wheel, id);
    if (due_at < wheel->origin_at || (wheel->usual_ticks && (uint64_t)due_at - (uint64_t)wheel->origin_at >= wheel->usual_ticks))
        widen(wheel);
    if (wheel->usual_ticks) {
        wheel_set(wheel, id, due_at);
        return;
    }
    uint64_t tick = (uint64_t)due_at - (uint64_t)wheel->origin_at, old = tick_load(cell(wheel, id), wheel->mask);

    if (tick == old)
        return;
    wheel->count += old == wheel->mask;
    tick_store(wheel, id, tick);
    if (due_at < wheel->staged_until_at)
        arrive(wheel, id, due_at);
    else
        set_far(wheel, id, bound_of(wheel, due_at));
}

void wheel_set(struct wheel *wheel, uint32_t id, msec due_at)
{
    uint64_t tick = (uint64_t)due_at - (uint64_t)wheel->origin_at;

    if (id >= wheel->capacity || tick >= wheel->usual_ticks) {
        set_unusual(wheel, id, due_at);
        return;
    }
    unsigned char *at = wheel->ticks + (size_t)id * 5;
    uint64_t old = tick_load(at, NARROW_MASK);

    if (tick == old)
        return;
    if (old == NARROW_MASK)
        wheel->count++;
    narrow_store(at, tick);
    if (due_at < wheel->staged_until_at)
        arrive(wheel, id, due_at);
    else
        set_far(wheel, id, (uint32_t)(tick >> STEP_BITS));
}

void wheel_cancel(struct wheel *wheel, uint32_t id)
{
    if (id >= wheel->capacity)
        return;
    wheel->count -= tick_load(cell(wheel, id), wheel->mask) != wheel->mask;
    tick_store(wheel, id, wheel->mask);
}

size_t wheel_advance(struct wheel *wheel, msec now, uint32_t *ret_ids, size_t room)
{
    struct entry first;
    size_t given = 0;

    while (given < room && first_of_all(wheel, &first) && first.due_at <= now) {
        if (wheel->run_head + AHEAD < wheel->run_count)
            __builtin_prefetch(cell(wheel, wheel->run[wheel->run_head + AHEAD].id), 1);
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
    if (id >= wheel->capacity || due_of(wheel, id) == wheel->none_at)
        return NEVER;
    return due_of(wheel, id);
}

size_t wheel_count(const struct wheel *wheel)
{
    return wheel->count;
}

size_t wheel_bytes(const struct wheel *wheel)
{
    size_t nodes = 0, entries = wheel->run_room + wheel->spare_room + wheel->arrivals_room;

    for (int level = 0; level < LEVELS; level++)
        nodes += wheel->nodes[level];
    return sizeof *wheel + wheel->capacity * wheel->width + TAIL + nodes * sizeof(uint32_t) +
           entries * sizeof(struct entry);
}
