/* The movers of a clock's state: the only functions that write one. Each checks the move it makes. */
#ifndef DUBAN_LIB_JUDGE_MOVES_H
#define DUBAN_LIB_JUDGE_MOVES_H

#include "lib/desk_parts.h"
#include "lib/ladder.h"
#include "lib/notice.h"
#include "lib/ticket_rare.h"

/* WAITING, MET or CANCELLED -> RUNNING in a new cycle that begins at `at`; PAUSED when a pause lasts that it
   stops for. */
void move_to_running(struct desk *desk, struct ticket *ticket, struct clock *clock, msec at);

/* The same for a promise, given at `at` for `promised_at`; also BREACHED -> RUNNING when it replaces a broken
   one: who was told of that stays told. */
void move_to_promised(struct desk *desk, struct ticket *ticket, struct clock *clock, msec at,
                      msec promised_at);

/* RUNNING stays RUNNING, in a new cycle that begins at `at`. */
void move_begun_again(struct desk *desk, struct ticket *ticket, struct clock *clock, msec at);

/* BREACHED -> RUNNING: another promise had replaced the broken one before it was due, as recorded late;
   withdrawn. */
void move_promise_in_time(struct desk *desk, struct ticket *ticket, struct clock *clock, msec promised_at);

/* RUNNING -> PAUSED: a pause that it stops for lasts. */
void move_to_paused(struct desk *desk, struct ticket *ticket, struct clock *clock, msec at);

/* PAUSED -> RUNNING with what was left. */
void move_to_resumed(struct desk *desk, struct ticket *ticket, struct clock *clock, msec at);

/* RUNNING, PAUSED or BREACHED -> MET by something that happened at `at`; in time after all when that was by
 * due_at.
 */
void move_to_met(struct desk *desk, struct ticket *ticket, struct clock *clock, msec at);

/* MET late stays MET, but in time: what ended it happened earlier than was known (domain rule 19); withdrawn.
 */
void move_met_earlier(struct desk *desk, struct ticket *ticket, struct clock *clock, msec at);

/* Any live state -> CANCELLED. `why` is the record's word for it. Those who were told of a breach hear that
   nobody pursues it any more. */
void move_to_cancelled(struct desk *desk, struct ticket *ticket, struct clock *clock, msec at,
                       enum ending ending, const char *why);

/* RUNNING -> BREACHED; the ladder begins at `fired_at`. */
void move_to_breached(struct desk *desk, struct ticket *ticket, struct clock *clock, msec breached_at,
                      msec fired_at);

/* RUNNING -> BREACHED without a ladder: a quota is stopped at `at` while its last window is missed. */
void move_to_breached_quietly(struct desk *desk, struct ticket *ticket, struct clock *clock, msec at);

/* BREACHED stays BREACHED: a quota's next window, due at `due_at`, was missed too. Its ladder goes on,
   because each rung is climbed once until the breach is met (INT-20). */
void move_missed_again(struct desk *desk, struct ticket *ticket, struct clock *clock, msec due_at);

/* BREACHED -> RUNNING in the next cycle: a contact ended a quota's or a silence's breach; all-clear. */
void move_from_breach(struct desk *desk, struct ticket *ticket, struct clock *clock);

/* BREACHED -> RUNNING: a quota's missed window was not missed, as recorded late; withdrawn. */
void move_back_in_time(struct desk *desk, struct ticket *ticket, struct clock *clock);

/* BREACHED stays BREACHED: the first of its missed windows was not missed, the next one ended at `missed_at`.
 */
void move_first_missed(struct desk *desk, struct ticket *ticket, struct clock *clock, msec missed_at);

/* A quota's missed window was not missed, as recorded late; with `is_whole_breach` its breach was none, and
   those who were told of it hear so. The clock itself goes on as it was. */
void move_window_withdrawn(struct desk *desk, struct ticket *ticket, const struct clock *clock,
                           const struct missed_window *window, bool is_whole_breach);

/* A quota that is over turns out to have had no breach in its last cycle. */
void move_met_withdrawn(struct desk *desk, struct ticket *ticket, struct clock *clock);

/* A silence begins again at `at`; ends its breach when there is one. */
void move_silence(struct desk *desk, struct ticket *ticket, struct clock *clock, msec at);

/* RUNNING stays RUNNING with another deadline. */
void move_deadline(struct desk *desk, struct ticket *ticket, struct clock *clock, msec due_at,
                   const char *why);

/* A limit that has begun begins earlier: another ticket with an earlier intake was merged into this one. */
void move_anchor(struct desk *desk, struct ticket *ticket, struct clock *clock, msec anchor_at);

/* The clock stands from now on where `theirs`, of a ticket that was merged into this one, stood at `at`. */
void move_taken_over(struct desk *desk, struct ticket *ticket, struct clock *clock,
                     const struct clock *theirs, msec at);

/* BREACHED stays BREACHED, joined by the same breach of a merged ticket: the older one, the higher rung. */
void move_joined(struct desk *desk, struct ticket *ticket, struct clock *clock, const struct clock *theirs,
                 msec at);

/* The window that runs becomes another: its calendar has changed. */
void move_window_again(struct desk *desk, struct ticket *ticket, struct clock *clock, const char *why);

/* The next window of a quota begins where the last ended. */
void move_window(struct desk *desk, struct ticket *ticket, struct clock *clock);

/* What the desk says of a clock's move, when it tells verdicts. `why` may be NULL. */
void move_told(struct desk *desk, const struct ticket *ticket, const struct clock *clock, msec at,
               const char *why);

#endif
