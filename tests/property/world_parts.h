/* The inside of a world, shared by world.c and world_restart.c. */
#ifndef DUBAN_TESTS_WORLD_PARTS_H
#define DUBAN_TESTS_WORLD_PARTS_H

#include "tests/property/world.h"

/* A world whose desk knows nothing yet, and whose rows are not there yet. */
struct world *world_create_empty(const struct edition *edition, unsigned variant, msec now,
                                 uint64_t outcomes);

/* Other files than now, if they fit; the batch must be settled. */
void world_reload(struct world *world, unsigned variant);
void world_step(struct world *world, const struct event *event);

/* Every ticket that is open, or the one that is `only`, with its clocks, into the desk. */
void world_restore_tickets(struct world *world, bool only_open, uint64_t only);

/* Who was told of what, and what was asked for, by the rows (world_told.c, world_approvals.c). */
void world_restore_told(struct world *world, uint64_t only); /* 0: of all that are open */
void world_restore_approvals(struct world *world);

#endif
