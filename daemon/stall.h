/* How long the loop kept everybody waiting: a histogram of its turns. */
#ifndef DUBAN_DAEMON_STALL_H
#define DUBAN_DAEMON_STALL_H

#include <stddef.h>
#include <stdint.h>

#define STALL_BUCKETS 9

struct stall_figures {
    uint64_t counts[STALL_BUCKETS];
    int64_t max_us;
};

/* The upper bounds of the buckets in microseconds; the last has none (INT64_MAX). */
extern const int64_t stall_bounds_us[STALL_BUCKETS];

void stall_note(struct stall_figures *figures, int64_t took_us);

#endif
