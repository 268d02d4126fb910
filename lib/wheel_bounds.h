/* The timer wheel's bounds: before which step no far timer of a line is due, up to one root. For wheel.c
 * only. */
#ifndef DUBAN_LIB_WHEEL_BOUNDS_H
#define DUBAN_LIB_WHEEL_BOUNDS_H

#include <stddef.h>
#include <stdint.h>

enum {
    WHEEL_BOUNDS_FAN = 64,   /* bounds under one bound of the next level */
    WHEEL_BOUNDS_LEVELS = 6, /* 12 ids * 64^5 exceed 2^32 */
};

#define WHEEL_BOUNDS_NONE UINT32_MAX /* of a line without far timers */

/* Zeroed: of no lines. */
struct wheel_bounds {
    uint32_t *levels[WHEEL_BOUNDS_LEVELS]; /* levels[0] has a bound for each line; owned */
    size_t nodes[WHEEL_BOUNDS_LEVELS];
};

void wheel_bounds_finish(struct wheel_bounds *bounds);

/* For more lines, which have no far timers yet. */
void wheel_bounds_grow(struct wheel_bounds *bounds, size_t lines);

/* Lowers the bound of a line and those above it, as far as it is news. */
void wheel_bounds_lower(struct wheel_bounds *bounds, size_t line, uint32_t bound);

/* The bound of all lines. */
uint32_t wheel_bounds_root(const struct wheel_bounds *bounds);

/*
 * Calls `visit` with each line whose bound is not after `*last`, in order. Meanwhile bounds may be lowered,
 * those of visited lines made exact, and `*last` brought nearer. Afterwards wheel_bounds_repair() with the
 * first `last` makes all bounds above exact again.
 */
void wheel_bounds_visit(const struct wheel_bounds *bounds, const uint32_t *last,
                        void (*visit)(void *context, uint32_t line), void *context);
void wheel_bounds_repair(struct wheel_bounds *bounds, uint32_t last);

size_t wheel_bounds_bytes(const struct wheel_bounds *bounds);

#endif
