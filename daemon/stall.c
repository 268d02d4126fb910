/*
 * A histogram of how long turns of the loop took, from the first thing that happened to the last effect.
 *
 * Noted by the loop, shown by system.stats. Bounds instead of percentiles: a histogram can be added up over
 * time and over daemons, and answers the promise that is made (99.99 % within 10 ms, none over 50 ms)
 * directly.
 */
#include "daemon/stall.h"

const int64_t stall_bounds_us[STALL_BUCKETS] = {100, 500, 1000, 2000, 5000, 10000, 20000, 50000, INT64_MAX};

void stall_note(struct stall_figures *figures, int64_t took_us)
{
    size_t bucket = 0;

    while (took_us > stall_bounds_us[bucket])
        bucket++;
    figures->counts[bucket]++;
    if (took_us > figures->max_us)
        figures->max_us = took_us;
}
