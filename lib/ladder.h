/* Ladders: who is told of a breach, rung by rung, until it is met (domain rules 8 to 10). */
#ifndef DUBAN_LIB_LADDER_H
#define DUBAN_LIB_LADDER_H

#include "lib/desk_parts.h"

/* A breach begins: its list of rungs is frozen. Nothing fires yet. */
void ladder_begin(struct desk *desk, struct ticket *ticket, struct clock *clock);

/* The next step of the clock's ladder, which was due at `at`. */
void ladder_fire(struct desk *desk, struct ticket *ticket, struct clock *clock, msec at);

/* Whether those who were told of this clock's breach are to hear how it ended. */
bool ladder_tells_end(const struct desk *desk, const struct clock *clock);

/* A notice of a rung will not reach its reader. */
struct undelivered {
    uint8_t rule;
    uint16_t cycle;
    int16_t rung; /* of the notice_row */
    uint16_t person;
};

/* An incident, and the next rung fires at once, if it has not fired yet. Called once for a notice. */
void ladder_undelivered(struct desk *desk, struct ticket *ticket, const struct undelivered *notice);

#endif
