/*
 * Lines of timers: where the instants of ids lie, twelve to a cache line, so that moving one touches one line
 * of memory and finding those that are due reads them four at a time.
 *
 * Called by wheel.c, which reads and writes single places itself: nothing happens more often. What is here is
 * done to whole lines. A place takes four bytes of steps of 256 ms and one byte of rest: five bytes instead
 * of eight, and the steps alone are enough to pass a place over.
 */
#include "lib/wheel_line.h"

#include "lib/base/memory.h"
#include <string.h>

typedef uint32_t quad __attribute__((vector_size(16))); /* of steps */

/* realloc knows no alignment of 64: where the new storage is off by another shift, the lines move in it. */
struct wheel_line *wheel_line_resize(struct wheel_line *lines, void **storage, size_t old_count, size_t count)
{
    size_t old_shift = (size_t)((char *)lines - (char *)*storage);
    char *bytes = *storage = memory_resize(*storage, count + 1, sizeof *lines);
    size_t shift = -(uintptr_t)bytes % sizeof *lines;

    if (shift != old_shift)
        memmove(bytes + shift, bytes + old_shift, old_count * sizeof *lines);
    lines = (struct wheel_line *)(void *)(bytes + shift);
    memset(lines + old_count, 0xff, (count - old_count) * sizeof *lines);
    return lines;
}

/* A comparison gives all ones where it is true, and all ones are EMPTY. */
uint32_t wheel_line_split(const struct wheel_line *line, uint32_t last, uint32_t *ret_least)
{
    const quad lasts = {last, last, last, last}, places = {1, 2, 4, 8};
    quad least = ~(quad){0}, found = {0};

    for (int i = 0; i < WHEEL_LINE_IDS / 4; i++) {
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
