/* Whether a notice may leave now, and what it waits for (domain rules 12 and 14). */
#ifndef DUBAN_LIB_HOLD_RULES_H
#define DUBAN_LIB_HOLD_RULES_H

#include "lib/notice.h"

/* What a notice waits for. */
struct wait {
    enum hold hold;        /* HOLD_NONE: it leaves at once */
    msec until_at;         /* NEVER: until something else happens */
    const char *why;       /* for people, in the batch's arena */
    bool is_overtaken : 1; /* a reminder that would come after its deadline: it is not sent at all */
};

struct wait hold_decide(struct desk *desk, const struct occasion *occasion, struct recipient recipient);

/* The end of the reader's quiet hours; `desk->now` when they are not quiet, or the notice is exempt. */
msec hold_quiet_until(const struct desk *desk, const struct outbox_entry *entry);

bool hold_is_red(const struct desk *desk, const struct ticket *ticket); /* NULL: about no ticket */

/* The notice that was just added to the outbox waits. */
void hold_keep(struct desk *desk, struct outbox_entry *entry, const struct wait *wait);

/* One that was ready must wait after all, or one that waits must wait longer. */
void hold_again(struct desk *desk, struct outbox_entry *entry, const struct wait *wait);

struct wait hold_quiet_wait(const struct desk *desk, msec until_at);

/* A notice is let go to this person: it counts against their budget. */
void hold_note_let_go(struct desk *desk, uint16_t person);

/* It waits no longer: a sender gets it next. */
void hold_let_go(struct desk *desk, struct outbox_entry *entry);

/* The ticket is about to leave memory: what waits keeps what must be known of it. */
void hold_part(struct desk *desk, const struct ticket *ticket);

/* So late a deadline is found after nobody watched: the daemon or the machine was down, or the clock jumped.
   One that is late because there is so much to do, or because its ticket was filed late, is nothing of the
   kind. */
#define HOLD_SLEPT_MS MSEC_MINUTE

/* Deadlines passed while nobody was watching. From here on until nothing is due any more, what time tells
   people is gathered. */
void hold_catch_up(struct desk *desk);

/* The desk is back from its rows: did anything pass while nobody was there, or was it catching up when it
 * ended? */
void hold_come_back(struct desk *desk);

/* Nothing is due any more: what was gathered leaves, or waits to be released when it is too much. */
void hold_caught_up(struct desk *desk);

#endif
