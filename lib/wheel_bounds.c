/*
 * Which lines to look at: a bound for each line, a bound for every 64 of these, and so on up to a root.
 *
 * Called by wheel.c: when a timer is set its bounds are lowered, as far up as that is news (mostly not at
 * all), and when a window of time is harvested only lines are visited whose bound lies in it.
 *
 * Invariant: no far timer of a line, and of the lines under a bound, is due in a step before the bound. A
 * bound may be too low, after a timer moved away: that costs a look, and the repair after it makes it exact.
 * Raising it at once would mean reading 64 bounds whenever a timer moves.
 */
#include "lib/wheel_bounds.h"

#include "lib/base/memory.h"
#include <stdlib.h>
#include <string.h>

enum {
    FAN = WHEEL_BOUNDS_FAN,
    LEVELS = WHEEL_BOUNDS_LEVELS,
};

struct visit {
    const struct wheel_bounds *bounds;
    const uint32_t *last;
    void (*visit)(void *context, uint32_t line);
    void *context;
};

void wheel_bounds_finish(struct wheel_bounds *bounds)
{
    for (int level = 0; level < LEVELS; level++)
        free(bounds->levels[level]);
}

/* Whole fans, so that nobody asks where a level ends. */
void wheel_bounds_grow(struct wheel_bounds *bounds, size_t lines)
{
    size_t wanted = lines;

    for (int level = 0; level < LEVELS; level++) {
        size_t fans = (wanted + FAN - 1) / FAN, nodes = level < LEVELS - 1 ? fans * FAN : 1,
               before = bounds->nodes[level];

        wanted = fans;
        if (nodes == before)
            continue;
        bounds->levels[level] = memory_resize(bounds->levels[level], nodes, sizeof(uint32_t));
        memset(bounds->levels[level] + before, 0xff, (nodes - before) * sizeof(uint32_t));
        bounds->nodes[level] = nodes;
    }
}

void wheel_bounds_lower(struct wheel_bounds *bounds, size_t line, uint32_t bound)
{
    size_t node = line;

    for (int level = 0; level < LEVELS && bound < bounds->levels[level][node]; level++, node /= FAN)
        bounds->levels[level][node] = bound;
}

uint32_t wheel_bounds_root(const struct wheel_bounds *bounds)
{
    return bounds->levels[LEVELS - 1][0];
}

static uint32_t lowest(const uint32_t *fan)
{
    uint32_t low = WHEEL_BOUNDS_NONE;

    for (int i = 0; i < FAN; i++)
        low = fan[i] < low ? fan[i] : low;
    return low;
}

/* The places in a fan that are not after `last`. */
static size_t find_wanted(const uint32_t *fan, uint32_t last, uint8_t ret_places[FAN])
{
    size_t count = 0;

    for (size_t i = 0; i < FAN; i++) {
        ret_places[count] = (uint8_t)i;
        count += fan[i] <= last;
    }
    return count;
}

static void visit_under(const struct visit *visit, int level, size_t node)
{
    uint8_t places[FAN];
    size_t count = find_wanted(&visit->bounds->levels[level - 1][node * FAN], *visit->last, places);

    for (size_t i = 0; i < count; i++)
        if (level == 1)
            visit->visit(visit->context, (uint32_t)(node * FAN + places[i]));
        else
            visit_under(visit, level - 1, node * FAN + places[i]);
}

void wheel_bounds_visit(const struct wheel_bounds *bounds, const uint32_t *last,
                        void (*visit)(void *context, uint32_t line), void *context)
{
    const struct visit visits = {bounds, last, visit, context};

    visit_under(&visits, LEVELS - 1, 0);
}

/* From below. */
static void repair_under(struct wheel_bounds *bounds, int level, size_t node, uint32_t last)
{
    const uint32_t *fan = &bounds->levels[level - 1][node * FAN];

    for (size_t i = 0; level > 1 && i < FAN; i++)
        if (fan[i] <= last)
            repair_under(bounds, level - 1, node * FAN + i, last);
    bounds->levels[level][node] = lowest(fan);
}

void wheel_bounds_repair(struct wheel_bounds *bounds, uint32_t last)
{
    repair_under(bounds, LEVELS - 1, 0, last);
}

size_t wheel_bounds_bytes(const struct wheel_bounds *bounds)
{
    size_t nodes = 0;

    for (int level = 0; level < LEVELS; level++)
        nodes += bounds->nodes[level];
    return nodes * sizeof(uint32_t);
}
