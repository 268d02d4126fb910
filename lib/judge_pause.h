/* Pauses of a ticket begin and end, and its clocks follow (domain rule 6). */
#ifndef DUBAN_LIB_JUDGE_PAUSE_H
#define DUBAN_LIB_JUDGE_PAUSE_H

#include "lib/desk_parts.h"
#include "lib/pause.h"

/* Who says so, for the record; all of them may be NULL. Role and note are copied, too. */
struct pause_source {
    const char *role, *actor, *note;
};

/* The ticket waits for `reason` from `from_at` to `to_at` (NEVER: it still does). Its clocks do not follow
   yet. */
void judge_pause_begin(struct desk *desk, struct ticket *ticket, const struct pause *pause,
                       const struct pause_source *source);

/* A pause that lasted ends at `at`, or in the instant it began when that is later. Clocks do not follow yet.
 */
void judge_pause_end(struct desk *desk, struct ticket *ticket, struct pause *pause, msec at);

/* Every clock of the ticket pauses, runs again, or gets the deadline that its pauses come to. `at` is when
   what changed happened. */
void judge_pause_follow(struct desk *desk, struct ticket *ticket, msec at);

/* The pause that ends next by itself, and when; NULL: none does. */
struct pause *judge_pause_next(const struct desk *desk, const struct ticket *ticket, msec *ret_at);

/* It has lasted as long as the regime allows: ends it, journals that, and the clocks follow. */
void judge_pause_expire(struct desk *desk, struct ticket *ticket, struct pause *pause, msec at);

#endif
