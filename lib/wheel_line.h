/* The timer wheel's lines: a cache line for the instants of twelve ids. For wheel.c only. */
#ifndef DUBAN_LIB_WHEEL_LINE_H
#define DUBAN_LIB_WHEEL_LINE_H

#include <stddef.h>
#include <stdint.h>

enum {
    WHEEL_LINE_IDS = 12,
    WHEEL_LINE_STEP_BITS = 8, /* a step is 256 ms */
};

#define WHEEL_LINE_EMPTY  UINT32_MAX       /* the step of an id without timer */
#define WHEEL_LINE_BEYOND (UINT32_MAX - 1) /* the step of a stray */

struct wheel_line {
    uint32_t step[WHEEL_LINE_IDS]; /* since the wheel's origin; EMPTY; BEYOND */
    uint8_t rest[WHEEL_LINE_IDS];  /* milliseconds into the step */
    uint32_t unused;
} __attribute__((aligned(64)));

/* `lines` stands on a boundary of 64 bytes within `*storage`, which is to be freed; both NULL at first. */
struct wheel_line *wheel_line_resize(struct wheel_line *lines, void **storage, size_t old_count, size_t count)
    __attribute__((returns_nonnull, warn_unused_result));

/* Which places of the line are not after the step `last`, as bits, and the lowest step of the others. */
uint32_t wheel_line_split(const struct wheel_line *line, uint32_t last, uint32_t *ret_least);

#endif
