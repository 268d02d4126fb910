/* The missed windows of a ticket's quotas that contacts recorded late may yet fill (domain rule 19). */
#ifndef DUBAN_LIB_LEDGER_H
#define DUBAN_LIB_LEDGER_H

#include "lib/desk_parts.h"
#include "lib/quota_window.h"

#define LEDGER_MAX 64 /* windows of one clock that can still be filled; older ones are missed for good */

/* A window was missed in the breach of the clock's present cycle. */
void ledger_miss(struct desk *desk, struct ticket *ticket, const struct clock *clock, struct window window,
                 uint8_t credited);

/* The earliest missed window of the clock into which `at` falls; NULL: none that can still be filled. Valid
   until the ledger changes. */
struct missed_window *ledger_find(struct desk *desk, struct ticket *ticket, const struct clock *clock,
                                  msec at);

/* One contact more for a window that stays missed. */
void ledger_fill(struct desk *desk, struct ticket *ticket, struct missed_window *missed);

/* The window was not missed after all: struck off, and journaled as withdrawn. */
void ledger_withdraw(struct desk *desk, struct ticket *ticket, const struct clock *clock,
                     struct missed_window *missed);

/* The quota was over at `at`: windows that ended later owe nothing (with `last window = owed`: those that
   began later). */
void ledger_cut(struct desk *desk, struct ticket *ticket, const struct clock *clock, msec at);

/* What is left of the breach of one cycle; `ret_first` and `ret_last` (NULL when nothing is) are its earliest
   and its latest window. Returns how many. */
size_t ledger_of_cycle(const struct ticket *ticket, uint8_t rule, uint16_t cycle,
                       const struct missed_window **ret_first, const struct missed_window **ret_last);

/* Strikes off windows that are missed for good and of no use to any breach. After a breach has ended, and
   after ledger_withdraw once it is decided what remains. */
void ledger_tidy(struct desk *desk, struct ticket *ticket, const struct clock *clock);

/* Another ticket's breach is this one's from now on, and so are the windows that were missed in it. */
void ledger_bring(struct desk *desk, const struct ticket *from, const struct clock *theirs,
                  struct ticket *into, const struct clock *ours);

/* Memory need not hold this clock's windows any longer: it began anew, was cancelled, or the ticket is
   closed. They stay on record as missed. */
void ledger_forget(struct desk *desk, struct ticket *ticket, uint8_t rule);

#endif
