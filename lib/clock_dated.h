/* Deadlines that a date of the ticket, or of the record that it names, gives. */
#ifndef DUBAN_LIB_CLOCK_DATED_H
#define DUBAN_LIB_CLOCK_DATED_H

#include "lib/clock.h"

bool clock_is_dated(const struct clock_policy *rule);

/* NEVER: the date is not known. */
msec clock_dated_at(const struct clock_view *view);

/* A civil instant with nothing to count: pauses do not move it. */
struct span clock_dated_budget(const struct clock_policy *rule);

#endif
