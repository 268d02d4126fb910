/*
 * Order among the timers that come next: the run, sorted once and taken from the front, and the arrivals, a
 * heap of those that were set to before the run's end since then.
 *
 * Called by wheel.c, which fills the run, decides when to merge the two, and knows whether an entry still
 * holds: entries of timers that moved away stay here until their turn comes.
 *
 * The run comes in id order from within a short window, so it is sorted by two digits of its instants, and
 * passes that keep the order of equals spare the ids. Why not qsort: that costs three times as much.
 */
#include "lib/wheel_staged.h"

#include "lib/base/memory.h"
#include <stdlib.h>

enum {
    DIGIT_BITS = 11,      /* two digits sort a window of 2^22 ms */
    INSERTION_LIMIT = 40, /* below, counting digits costs more than it saves */
};

_Static_assert(WHEEL_STAGED_SPAN_MOST == INT64_C(1) << (2 * DIGIT_BITS),
               "two digits sort the longest window");

void wheel_staged_finish(struct wheel_staged *staged)
{
    free(staged->run);
    free(staged->spare);
    free(staged->arrivals);
}

/* Defined before its uses here, so that they are expanded in place. */
bool wheel_staged_before(const struct wheel_entry *one, const struct wheel_entry *other)
{
    return one->due_at < other->due_at || (one->due_at == other->due_at && one->id < other->id);
}

/* Arrivals */

void wheel_staged_push(struct wheel_staged *staged, struct wheel_entry entry)
{
    size_t at = staged->arrivals_count++;
    struct wheel_entry *heap = staged->arrivals =
        memory_reserve(staged->arrivals, &staged->arrivals_room, staged->arrivals_count, sizeof entry);

    for (; at > 0 && wheel_staged_before(&entry, &heap[(at - 1) / 2]); at = (at - 1) / 2)
        heap[at] = heap[(at - 1) / 2];
    heap[at] = entry;
}

void wheel_staged_pop(struct wheel_staged *staged)
{
    struct wheel_entry *heap = staged->arrivals, last = heap[--staged->arrivals_count];
    size_t count = staged->arrivals_count, at = 0;

    for (size_t child = 1; child < count; child = 2 * at + 1) {
        child += child + 1 < count && wheel_staged_before(&heap[child + 1], &heap[child]);
        if (!wheel_staged_before(&heap[child], &last))
            break;
        heap[at] = heap[child];
        at = child;
    }
    heap[at] = last;
}

/* The run */

static void sort_insertion(struct wheel_entry *entries, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        struct wheel_entry entry = entries[i];
        size_t at = i;

        for (; at > 0 && wheel_staged_before(&entry, &entries[at - 1]); at--)
            entries[at] = entries[at - 1];
        entries[at] = entry;
    }
}

static void sort_digit(const struct wheel_entry *from, struct wheel_entry *to, size_t count, msec from_at,
                       int shift)
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

/* Both passes keep the order of equals: so ids need no digits. */
void wheel_staged_sort(struct wheel_staged *staged, msec from_at)
{
    size_t count = staged->run_count;

    if (count <= INSERTION_LIMIT) {
        sort_insertion(staged->run, count);
        return;
    }
    struct wheel_entry *spare = wheel_staged_spare(staged, count);

    sort_digit(staged->run, spare, count, from_at, 0);
    sort_digit(spare, staged->run, count, from_at, DIGIT_BITS);
}

size_t wheel_staged_cut(const struct wheel_staged *staged, size_t wanted, msec from_at)
{
    const struct wheel_entry *run = staged->run;
    size_t count = staged->run_count, cut = wanted;

    while (cut < count && (run[cut].due_at == run[0].due_at || run[cut].due_at < from_at))
        cut++;
    if (cut >= count)
        return count;
    while (run[cut - 1].due_at == run[cut].due_at)
        cut--;
    return cut;
}

struct wheel_entry *wheel_staged_spare(struct wheel_staged *staged, size_t count)
{
    return staged->spare = memory_reserve(staged->spare, &staged->spare_room, count, sizeof *staged->spare);
}

void wheel_staged_turn(struct wheel_staged *staged, size_t count)
{
    struct wheel_entry *run = staged->run;
    size_t room = staged->run_room;

    staged->run = staged->spare;
    staged->run_room = staged->spare_room;
    staged->spare = run;
    staged->spare_room = room;
    staged->run_head = 0;
    staged->run_count = count;
}

size_t wheel_staged_bytes(const struct wheel_staged *staged)
{
    return (staged->run_room + staged->spare_room + staged->arrivals_room) * sizeof(struct wheel_entry);
}
