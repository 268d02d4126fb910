/*
 * Days that come again by a rule, such as FREQ=MONTHLY;BYMONTHDAY=10 (RFC 5545). Handed to the policy from
 * outside, like zones and calendars: lib/ reads no such rules itself. Civil days only, no zone and no time of
 * day.
 */
#ifndef DUBAN_LIB_RECURRENCE_H
#define DUBAN_LIB_RECURRENCE_H

#include <stdbool.h>
#include <stdint.h>

struct recurrence {
    /* The rule's first day after `after_day` when the rule begins on `first_day`, which takes part only if it
       fits. False: none comes any more. The same arguments always give the same day. */
    bool (*next)(const struct recurrence *recurrence, int64_t first_day, int64_t after_day, int64_t *ret_day);
    bool needs_first_day; /* counts or skips from its beginning, or takes the day of the week or month from it
                           */
};

#endif
