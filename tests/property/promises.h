/* What the desk promises about rows that belong together. */
#ifndef DUBAN_TESTS_PROMISES_H
#define DUBAN_TESTS_PROMISES_H

#include "tests/property/world.h"

/* Each is asked before the row is kept. NULL: the promise is kept; else what is wrong, until the next call.
 */
const char *promises_contact(const struct contact_row *row);
const char *promises_clock(const struct world *world, const struct clock_row *row);
const char *promises_notice_state(const struct world *world, const struct notice_state_row *row);

/* After a batch: has everybody who was told of a breach that is over heard so? */
const char *promises_heard(const struct world *world);

#endif
