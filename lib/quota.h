/* A quota: which contacts fill its windows, and what the end of a window means (domain rules 3 and 4). */
#ifndef DUBAN_LIB_QUOTA_H
#define DUBAN_LIB_QUOTA_H

#include "lib/desk_parts.h"
#include <jansson.h>

/* A contact that counts took place at `at`: it fills a slot of the window it falls into, or ends a breach.
   The slot is appended to `credited` (may be NULL). */
void quota_credit(struct desk *desk, struct ticket *ticket, struct clock *clock, msec at, json_t *credited);

/* The running window has ended: met, short or missed. */
void quota_close_window(struct desk *desk, struct ticket *ticket, struct clock *clock, msec fired_at);

/* What stops the quota happened at `at`: when the regime says `last window = owed`, the window it breaks off
   is judged as it stands, at that instant and without a ladder. */
void quota_break_off(struct desk *desk, struct ticket *ticket, struct clock *clock, msec at);

#endif
