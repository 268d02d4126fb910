/* How a clock stands at the instant that is explained. */
#ifndef DUBAN_LIB_EXPLAIN_STATE_H
#define DUBAN_LIB_EXPLAIN_STATE_H

#include "lib/explain_account.h"

/* Adds `used`, `closed`, `paused`, `breached`, `overdue`, `ended` to `object`, as far as they are so. */
void explain_state_say(struct explaining *explaining, const struct clock_view *view,
                       const struct account *account, json_t *object);

#endif
