/* A world to live histories in: a desk with hands that remember its rows as the database would. */
#ifndef DUBAN_TESTS_WORLD_H
#define DUBAN_TESTS_WORLD_H

#include "lib/base/text.h"
#include "lib/desk.h"
#include "tests/property/history.h"
#include "tests/property/rows.h"

struct outward;

struct world {
    struct desk *desk;
    const struct edition *edition;
    unsigned variant; /* of the edition, as the last reload brought it */
    struct policy_files *files;
    struct effects effects;
    struct rows rows;
    struct outward *slow; /* notices on their way */
    size_t slow_count, slow_room;
    struct text log; /* every row and answer, a line each */
    msec now;
    bool has_sender;
    bool was_set, was_set_back; /* its clock, by anybody: what was may lie ahead */
    bool is_slow;               /* some notices are still on their way when the next act comes */
    uint64_t outcomes;          /* seed of what becomes of notices */
    /* May be NULL. Called for every row before it is kept, and once all rows of a batch are kept. */
    void (*on_row)(struct world *world, const struct effect *effect);
    void (*on_commit)(const struct world *world);
};

/* At the history's beginning, under its edition; its seed decides what becomes of notices, too. */
struct world *world_create(const struct history *history);

/* Another desk, brought back from what `original` has written, at the same instant. Its batch must be
 * settled. */
struct world *world_restart(const struct world *original);
void world_destroy(struct world *world);

/* Everything due by now is judged. */
void world_tick(struct world *world);

/* One act of the history; and the end of a batch: rows are kept, then what speaks outward is done, until
   nothing is on its way any more. */
void world_live(struct world *world, const struct history *history, size_t index);
void world_settle(struct world *world, const struct history *history);

#endif
