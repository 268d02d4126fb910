/* The timer wheel's staged part: a sorted run and a heap of arrivals, both by (due_at, id). For wheel.c only.
 */
#ifndef DUBAN_LIB_WHEEL_STAGED_H
#define DUBAN_LIB_WHEEL_STAGED_H

#include "lib/base/msec.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define WHEEL_STAGED_SPAN_MOST (INT64_C(1) << 22) /* longest window that a run is sorted in, in ms */

struct wheel_entry {
    msec due_at;
    uint32_t id;
} __attribute__((packed, aligned(4)));

/* Zeroed: empty. The wheel takes from `run` at `run_head` itself, as it does nothing more often. */
struct wheel_staged {
    struct wheel_entry *run, *spare, *arrivals; /* owned */
    size_t run_head, run_count, run_room;
    size_t spare_room; /* of what sorting and merging write to */
    size_t arrivals_count, arrivals_room;
};

void wheel_staged_finish(struct wheel_staged *staged);

bool wheel_staged_before(const struct wheel_entry *one, const struct wheel_entry *other);

/* Sorts a run that stands in id order and lies within WHEEL_STAGED_SPAN_MOST from `from_at`, or is short. */
void wheel_staged_sort(struct wheel_staged *staged, msec from_at);

/*
 * Where a sorted run may be cut so that about `wanted` entries (at least one) stay: between two instants, not
 * before `from_at`. The run's count when there is no such place.
 */
size_t wheel_staged_cut(const struct wheel_staged *staged, size_t wanted, msec from_at);

/* Arrivals: the earliest is arrivals[0]. */
void wheel_staged_push(struct wheel_staged *staged, struct wheel_entry entry);
void wheel_staged_pop(struct wheel_staged *staged);

/* The spare, with room for `count` entries, and making it the run when it holds that many. */
struct wheel_entry *wheel_staged_spare(struct wheel_staged *staged, size_t count);
void wheel_staged_turn(struct wheel_staged *staged, size_t count);

size_t wheel_staged_bytes(const struct wheel_staged *staged);

#endif
