/* How much somebody was told lately (domain rule 14): the instants of the last notices that were let go. */
#ifndef DUBAN_LIB_BUDGET_H
#define DUBAN_LIB_BUDGET_H

#include "lib/base/msec.h"
#include <stdbool.h>
#include <stdint.h>

/* So many in any hour, so many in any 24 hours; 0: as many as there are. */
struct budget_limits {
    uint16_t per_hour, per_day;
};

#define BUDGET_MAX 1000 /* of either limit */

struct budget {
    msec *instants; /* a ring, the newest at `newest`; NULL until the first */
    uint16_t count, room, newest;
};

void budget_finish(struct budget *budget);

/* Something is let go at `at`, not before the last one. Without limits nothing is kept. */
void budget_note(struct budget *budget, struct budget_limits limits, msec at);

/* Whether another one at `now` would be one too many. */
bool budget_is_used_up(const struct budget *budget, struct budget_limits limits, msec now);

#endif
