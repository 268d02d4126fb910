/* One clock's arithmetic: when it is due, when it reminds, when its ladder's next rung fires. Decides
 * nothing. */
#ifndef DUBAN_LIB_CLOCK_H
#define DUBAN_LIB_CLOCK_H

#include "lib/field_path.h"
#include "lib/policy.h"
#include "lib/ticket.h"

/* A clock with everything its arithmetic depends on. */
struct clock_view {
    const struct policy *policy;
    const struct clock_policy *rule;
    const struct ticket *ticket;
    const struct clock *clock;
    const struct rung_set *rungs;    /* the list it climbs, as it was frozen; NULL: none */
    const struct calendar *calendar; /* whose hours count: the rule's or the customer's */
    struct field_records records;    /* where the values are that its rule asks for */
};

/* What a clock waits for next. The order is the order in which they happen at one instant. */
enum clock_timer { TIMER_RUNG, TIMER_REMINDER, TIMER_DUE, TIMER_NONE };

const char *clock_state_name(enum clock_state state);
bool clock_state_find(const char *name, enum clock_state *ret_state);
const char *clock_kind_name(enum clock_kind kind);
bool clock_is_live(const struct clock *clock); /* waiting, running, paused or breached */

/* The budget as a field says it; false: no field does, or nothing that can be counted. */
bool clock_budget_said(const struct clock_view *view, struct span *ret_budget);

/* The budget of a limit or a silence, in the kind of time it is really counted in. */
struct span clock_budget(const struct clock_view *view);

/* Due instant of a limit or a silence that begins at `anchor_at` (domain: Units). NEVER: it stands. */
msec clock_due_after(const struct clock_view *view, msec anchor_at);

/* Whether its deadline depends on a calendar's hours and days, and not on real time or civil days alone. */
bool clock_counts_by_calendar(const struct clock_view *view);

/* Whether `at` was counted by a calendar and lies behind the last day that its facts cover. Real time and
   civil days are known for ever. */
bool clock_is_provisional(const struct clock_view *view, msec at);

/* Does it stand now, for a reason that its rule names (domain rule 6)? Its deadline must not have come before
   that. */
bool clock_stands(const struct clock_view *view);

/* What is left of the budget of a limit or a silence that stands: in its own unit, in real time for days and
   months. */
struct span clock_left(const struct clock_view *view);

/* When `percent` of a clock's time will have passed, counted like its deadline. */
msec clock_reminder_at(const struct clock_view *view, int percent);

/* `percent` of the clock's limit, counted from `from_at` in the limit's own kind of time. */
msec clock_fraction_after(const struct clock_view *view, msec from_at, int percent);

/* A step of a ladder: a rung, for the first time or again. */
struct climb {
    const struct rung *rung;
    msec at;
    uint8_t place;      /* 0, 1, … in the list */
    uint8_t repetition; /* 0: the first time */
};

/* When a rung of the list fires by itself, for the first time or again, when the ladder began at fired_at. */
msec clock_rung_at(const struct clock_view *view, uint8_t place, uint8_t repetition);

/* The rung above `place`, whenever its time comes. False: that was the last one. */
bool clock_rung_above(const struct clock_view *view, uint8_t place, struct climb *ret_climb);

/* What a running ladder does next: a rung, or the last one again, until the next one fires. False: nothing.
 */
bool clock_next_climb(const struct clock_view *view, struct climb *ret_climb);

/* The earliest of all of them; NEVER and TIMER_NONE when nothing is left to happen by itself. */
msec clock_next_at(const struct clock_view *view, enum clock_timer *ret_timer);

/* When a deadline that was missed is declared a breach: after the rule's grace. */
msec clock_declared_at(const struct clock_view *view, msec due_at);

/* Checks that the fields agree with the state; false is a damaged row. */
bool clock_is_sound(const struct clock *clock);

#endif
