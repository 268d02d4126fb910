/* Budgets counted in running time: what a clock's pauses do to its deadline (domain: Units). */
#ifndef DUBAN_LIB_RUNNING_TIME_H
#define DUBAN_LIB_RUNNING_TIME_H

#include "lib/clock.h"

/* Whether anything of this ticket's pauses may concern the clock; false for most, and then a budget is added
   by the calendar alone. */
bool running_time_matters(const struct clock_view *view);

/*
 * The instant at which `budget`, begun at `anchor_at`, is used up by running time. NEVER while a pause lasts
 * that began no later than that; then `ret_left` (may be NULL) is what was left when it began: in the
 * budget's unit, and in real time for days and months.
 */
msec running_time_add(const struct clock_view *view, msec anchor_at, struct span budget,
                      struct span *ret_left);

/* Real time between two instants without the pauses between them. */
msec running_time_between(const struct clock_view *view, msec from_at, msec to_at);

#endif
