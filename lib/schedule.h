/* When a schedule is due for a record: pure arithmetic on civil days of the desk's zone. Decides nothing. */
#ifndef DUBAN_LIB_SCHEDULE_H
#define DUBAN_LIB_SCHEDULE_H

#include "lib/policy.h"

/* A schedule with what its days depend on. `values` are the record's by field, NULL for the desk's own run.
 */
struct schedule_view {
    const struct policy *policy;
    const struct schedule_policy *schedule;
    const char *const *values;
};

/* The first instant after `after_at` at which it is due; NEVER when none comes (any more), when the record is
   none that it runs for, or when a rule is past its horizon. */
msec schedule_next(const struct schedule_view *view, msec after_at);

/* Is the record one of those that `when` names, at that instant? */
bool schedule_fits(const struct schedule_view *view, msec at);

/* Does a value that is `text` fulfil the condition on that civil day? */
bool schedule_when_holds(const struct zone *zone, const struct schedule_when *when, const char *text,
                         int64_t day);

#endif
