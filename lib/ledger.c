/*
 * The ledger of missed windows.
 *
 * Called by quota.c when a window ends unfilled and when a contact is recorded for an instant that has
 * passed, and by the movers when a clock's past no longer matters. A window that was missed is kept beside
 * its ticket (ticket_rare.h) while a late record may still fill it, and is a row of its own from then on for
 * ever: its last word is missed or withdrawn, never both, which is what reports count.
 *
 * Bounded twice: by the regime's `late entry`, because nobody may record anything older, and by LEDGER_MAX.
 * What falls out of these bounds is missed for good. While its breach has other windows it must not be
 * forgotten, though: a breach with one window that is missed for good is never withdrawn as a whole. One such
 * window for each breach is enough to know that.
 */
#include "lib/ledger.h"

#include "lib/judge.h"
#include "lib/judge_moves.h"
#include <stdlib.h>
#include <string.h>

/* ---- rows ---- */

static void write_row(struct desk *desk, const struct ticket *ticket, const struct missed_window *missed,
                      bool is_remembered, bool is_withdrawn)
{
    struct window_row *row = effects_add(desk->out, EFFECT_WINDOW);

    *row = (struct window_row){
        .ticket = ticket->id,
        .clock = arena_text(&desk->out->arena, desk->policy->clocks[missed->rule].name),
        .cycle = missed->cycle,
        .credited = missed->credited,
        .is_final = missed->is_final,
        .is_remembered = is_remembered,
        .is_withdrawn = is_withdrawn,
        .start_at = missed->start_at,
        .end_at = missed->end_at,
    };
}

static void strike_off(struct ticket *ticket, struct missed_window *missed)
{
    struct ticket_rare *rare = ticket_own_rare(ticket);

    rare->window_count--;
    memmove(missed, missed + 1, (size_t)(rare->windows + rare->window_count - missed) * sizeof(*missed));
}

/* ---- bounds ---- */

static bool is_of(const struct missed_window *missed, const struct clock *clock)
{
    return missed->rule == clock->rule;
}

static bool is_breached_in(const struct clock *clock, uint16_t cycle)
{
    return clock->state == CLOCK_BREACHED && clock->cycle == cycle;
}

/* A breach that is over and has no window left that could be filled need not be remembered; of a running one,
   one window missed for good is enough. */
static bool is_needless(const struct ticket *ticket, const struct clock *clock,
                        const struct missed_window *missed)
{
    const struct ticket_rare *rare = ticket_rare(ticket);
    bool is_needed = is_breached_in(clock, missed->cycle);

    if (!missed->is_final)
        return false;
    for (uint16_t i = 0; i < rare->window_count; i++) {
        const struct missed_window *other = &rare->windows[i];

        if (other == missed || !is_of(other, clock) || other->cycle != missed->cycle)
            continue;
        if (other->is_final && other < missed)
            return true;
        is_needed |= !other->is_final;
    }
    return !is_needed;
}

void ledger_tidy(struct desk *desk, struct ticket *ticket, const struct clock *clock)
{
    for (uint16_t i = ticket_rare(ticket)->window_count; i-- > 0;) {
        struct missed_window *missed = &ticket->rare->windows[i];

        if (is_of(missed, clock) && is_needless(ticket, clock, missed)) {
            write_row(desk, ticket, missed, false, false);
            strike_off(ticket, missed);
        }
    }
    ticket_forget_told_before(ticket, clock->rule, clock->cycle); /* of what can no longer be withdrawn */
}

static void finalize(struct desk *desk, struct ticket *ticket, struct missed_window *missed)
{
    missed->is_final = true;
    write_row(desk, ticket, missed, true, false);
}

/* History is entered on its own time: nothing in it is too old. */
static bool is_too_old(const struct desk *desk, const struct ticket *ticket,
                       const struct missed_window *missed)
{
    return ticket->history_until_at == NEVER && desk->now - missed->end_at > desk->policy->late_entry_ms;
}

/* Windows stand in the order of time, so that the first one found is the oldest. */
static void keep_within_bounds(struct desk *desk, struct ticket *ticket, const struct clock *clock)
{
    struct ticket_rare *rare = ticket_own_rare(ticket);
    bool is_moved = false;
    size_t count = 0;

    for (uint16_t i = rare->window_count; i-- > 0;) {
        struct missed_window *missed = &rare->windows[i];

        if (!is_of(missed, clock) || missed->is_final)
            continue;
        if (++count <= LEDGER_MAX && !is_too_old(desk, ticket, missed))
            continue;
        finalize(desk, ticket, missed);
        is_moved = true;
    }
    if (is_moved)
        ledger_tidy(desk, ticket, clock);
}

/* ---- the ledger ---- */

void ledger_miss(struct desk *desk, struct ticket *ticket, const struct clock *clock, struct window window,
                 uint8_t credited)
{
    struct missed_window missed = {
        .start_at = window.start_at,
        .end_at = window.end_at,
        .cycle = clock->cycle,
        .rule = clock->rule,
        .credited = credited,
    };

    write_row(desk, ticket, ticket_remember_window(ticket, &missed), true, false);
    keep_within_bounds(desk, ticket, clock);
}

struct missed_window *ledger_find(struct desk *desk, struct ticket *ticket, const struct clock *clock,
                                  msec at)
{
    const struct clock_policy *rule = &desk->policy->clocks[clock->rule];

    if (!ticket_rare(ticket)->window_count)
        return NULL;
    keep_within_bounds(desk, ticket, clock);
    for (uint16_t i = 0; i < ticket->rare->window_count; i++) {
        struct missed_window *missed = &ticket->rare->windows[i];
        struct window window = {.start_at = missed->start_at, .end_at = missed->end_at};

        if (is_of(missed, clock) && !missed->is_final && quota_window_holds(rule, window, at))
            return missed;
    }
    return NULL;
}

void ledger_fill(struct desk *desk, struct ticket *ticket, struct missed_window *missed)
{
    write_row(desk, ticket, missed, true, false);
}

void ledger_withdraw(struct desk *desk, struct ticket *ticket, const struct clock *clock,
                     struct missed_window *missed)
{
    const struct clock_policy *rule = &desk->policy->clocks[clock->rule];
    struct missed_window filled = *missed;

    write_row(desk, ticket, &filled, false, true);
    strike_off(ticket, missed);
    judge_verdict(desk, ticket, clock, "clock.withdrawn", filled.end_at,
                  arena_printf(&desk->out->arena, "window from %s, %u of %u",
                               desk_time(desk, filled.start_at, &desk->out->arena), filled.credited,
                               rule->minimum));
}

/* What becomes of a breach that still runs is said with the end of the clock; of one that was over, here. */
static void cut_off(struct desk *desk, struct ticket *ticket, const struct clock *clock,
                    struct missed_window *missed)
{
    const struct missed_window filled = *missed, *first, *last;

    ledger_withdraw(desk, ticket, clock, missed);
    if (!is_breached_in(clock, filled.cycle))
        move_window_withdrawn(desk, ticket, clock, &filled,
                              !ledger_of_cycle(ticket, clock->rule, filled.cycle, &first, &last));
}

void ledger_cut(struct desk *desk, struct ticket *ticket, const struct clock *clock, msec at)
{
    bool owes_last = desk->policy->clocks[clock->rule].owes_last;

    for (uint16_t i = ticket_rare(ticket)->window_count; i-- > 0;) {
        struct missed_window *missed = &ticket->rare->windows[i];
        msec owed_until_at = owes_last ? missed->start_at : missed->end_at;

        if (is_of(missed, clock) && !missed->is_final && owed_until_at >= at)
            cut_off(desk, ticket, clock, missed);
    }
}

size_t ledger_of_cycle(const struct ticket *ticket, uint8_t rule, uint16_t cycle,
                       const struct missed_window **ret_first, const struct missed_window **ret_last)
{
    const struct ticket_rare *rare = ticket_rare(ticket);
    size_t count = 0;

    *ret_first = *ret_last = NULL;
    for (uint16_t i = 0; i < rare->window_count; i++) {
        const struct missed_window *missed = &rare->windows[i];

        if (missed->rule != rule || missed->cycle != cycle)
            continue;
        if (!count++)
            *ret_first = missed;
        *ret_last = missed;
    }
    return count;
}

static bool has_window(const struct ticket *ticket, const struct clock *clock, msec start_at)
{
    const struct ticket_rare *rare = ticket_rare(ticket);

    for (uint16_t i = 0; i < rare->window_count; i++)
        if (is_of(&rare->windows[i], clock) && rare->windows[i].start_at == start_at)
            return true;
    return false;
}

static int by_time(const void *a, const void *b)
{
    const struct missed_window *one = a, *other = b;

    if (one->rule != other->rule)
        return one->rule < other->rule ? -1 : 1;
    return (one->start_at > other->start_at) - (one->start_at < other->start_at);
}

void ledger_bring(struct desk *desk, const struct ticket *from, const struct clock *theirs,
                  struct ticket *into, const struct clock *ours)
{
    const struct ticket_rare *rare = ticket_rare(from);

    for (uint16_t i = 0; i < rare->window_count; i++) {
        struct missed_window missed = rare->windows[i];

        if (!is_of(&missed, theirs) || missed.cycle != theirs->cycle ||
            has_window(into, ours, missed.start_at))
            continue;
        missed.cycle = ours->cycle;
        write_row(desk, into, ticket_remember_window(into, &missed), true, false);
    }
    if (ticket_rare(into)->window_count)
        qsort(into->rare->windows, into->rare->window_count, sizeof(*into->rare->windows), by_time);
}

void ledger_forget(struct desk *desk, struct ticket *ticket, uint8_t rule)
{
    for (uint16_t i = ticket_rare(ticket)->window_count; i-- > 0;)
        if (ticket->rare->windows[i].rule == rule) {
            write_row(desk, ticket, &ticket->rare->windows[i], false, false);
            strike_off(ticket, &ticket->rare->windows[i]);
        }
}
