/* The instant from which a clock counts that begins to apply to a ticket after what starts it (domain rule
 * 5). */
#ifndef DUBAN_LIB_ANCHOR_H
#define DUBAN_LIB_ANCHOR_H

#include "lib/policy.h"
#include "lib/ticket.h"

/* When what starts the rule happened to the ticket; `at` (the present change) where only that it did is
   known. NEVER: it has not happened. */
msec anchor_of(const struct policy *policy, const struct ticket *ticket, const struct clock_policy *rule,
               msec at);

/* When the problem arose; when it was received, if nobody said. */
msec anchor_occurred(const struct ticket *ticket);

#endif
