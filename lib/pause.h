/* The pauses of a ticket: when it had to wait, and for what. */
#ifndef DUBAN_LIB_PAUSE_H
#define DUBAN_LIB_PAUSE_H

#include "lib/policy.h"
#include "lib/ticket_rare.h"

#define PAUSES_MAX 250 /* of one ticket */

/* Adds a pause; the list rises by from_at, then by number. The place is good until the next one is added. */
struct pause *pause_add(struct ticket *ticket, const struct pause *pause) __attribute__((returns_nonnull));

/* The one for `reason` that lasts; NULL. */
struct pause *pause_lasting(const struct ticket *ticket, uint8_t reason);
uint32_t pause_reasons(const struct ticket *ticket); /* bits: what it is paused for now */

/* When a pause that lasts ends by itself, by the regime's `longest`; NEVER. */
msec pause_ends_at(const struct policy *policy, const struct pause *pause);

/* The stretches in which a clock that stops for any of `reasons` stands, in order, united where they touch
   or overlap, from `after_at` on. One that lasts ends NEVER. */
struct pause_walk {
    const struct ticket_rare *rare;
    uint32_t reasons;
    msec after_at;
    uint16_t next;
};

struct pause_walk pause_walk(const struct ticket *ticket, uint32_t reasons, msec after_at);
bool pause_walk_next(struct pause_walk *walk, msec *ret_from_at, msec *ret_to_at); /* false: no more */

/* Does one of those stretches lie between the two instants, or reach in? */
bool pause_touches(const struct ticket *ticket, uint32_t reasons, msec from_at, msec to_at);

/* The end of the last of them; INT64_MIN: there is none. */
msec pause_last_end(const struct ticket *ticket, uint32_t reasons);

#endif
