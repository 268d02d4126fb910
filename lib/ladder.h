/* Ladders: who is told of a breach, rung by rung, until it is met (domain rules 8 to 10). */
#ifndef DUBAN_LIB_LADDER_H
#define DUBAN_LIB_LADDER_H

#include "lib/desk_parts.h"

/* A breach begins: its list of rungs is frozen. Nothing fires yet. */
void ladder_begin(struct desk *desk, struct ticket *ticket, struct clock *clock);

/* The next step of the clock's ladder, which was due at `at`. */
void ladder_fire(struct desk *desk, struct ticket *ticket, struct clock *clock, msec at);

/* Why a clock ends that was not met. */
enum ending {
    ENDING_CLOSED,       /* the ticket was */
    ENDING_INAPPLICABLE, /* the rule no longer applies to such a ticket */
    ENDING_CANCELLED,    /* by what the regime says cancels it */
    ENDING_MERGED,       /* into another ticket; whom to tell is the merger's business (merger.c) */
    ENDING_PROMISED,     /* a new promise stands in for the one that was broken: a new cycle, not the end */
};

/* The breach is over, or (`was_in_time`) was none after all: everyone who was told learns that; who was not
   told yet is not bothered. `breached` is the clock as it was, because the notice speaks of that breach. */
void ladder_met(struct desk *desk, struct ticket *ticket, const struct clock *breached, bool was_in_time);

/* Whoever was told of this clock waits to hear how it ends: of its breach, or of a promise that was broken
   and replaced by the one that runs. */
bool ladder_is_owed_word(const struct desk *desk, const struct clock *clock);

/* Does the regime want them to hear it? Of a breach its ladder says so, as it was frozen; else the rule's. */
bool ladder_tells_end(const struct desk *desk, const struct clock *clock);

/* What was breached, if it was, is not pursued any more: everyone who was told hears so, once. `before` is
   the clock as it was, `why` the record's word for its end. */
void ladder_tell_ended(struct desk *desk, struct ticket *ticket, const struct clock *before,
                       enum ending ending, const char *why);

/* A notice of a rung will not reach its reader. */
struct undelivered {
    uint8_t rule;
    uint8_t role;    /* in which its reader was told */
    uint8_t channel; /* enum notice_channel: how */
    uint16_t cycle;
    int16_t rung; /* of the notice_row */
    uint16_t person;
};

/* An incident: the regime's second way to reach that person is tried; where there is none, the next rung
   fires at once, if it has not fired yet. Called once for a notice. */
void ladder_undelivered(struct desk *desk, struct ticket *ticket, const struct undelivered *notice);

#endif
