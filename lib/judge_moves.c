/*
 * The movers: every write to a clock's state happens here.
 *
 * Called by judge.c (what happens) and judge_time.c (what time does). Each mover makes one move of the
 * picture in ticket.h, keeps the invariant of clock_is_sound(), marks the clock for writing, and deals with
 * the notices the move makes pointless or owes: a met breach withholds what is still queued and tells the
 * all-clear to those who were told (rule 10); a breach that turns out to be none is withdrawn in the same way
 * (rule 19).
 */
#include "lib/judge_moves.h"

#include "lib/judge.h"
#include "lib/ladder.h"
#include "lib/ledger.h"
#include "lib/pause.h"

#include "lib/quota_window.h"
#include "lib/reminder.h"
#include <assert.h>
#include <inttypes.h>

static void tell_verdict(struct desk *desk, const struct ticket *ticket, const struct clock *clock, msec at,
                         msec due_at, const char *why)
{
    if (!desk->options.tells_verdicts)
        return;
    struct verdict_effect *verdict = effects_add(desk->out, EFFECT_VERDICT);
    const struct clock_view view = desk_view(desk, ticket, clock);

    verdict->ticket = ticket->id;
    verdict->clock = desk->policy->clocks[clock->rule].name;
    verdict->state = clock_state_name((enum clock_state)clock->state);
    verdict->why = why;
    verdict->cycle = clock->cycle;
    verdict->at = at;
    verdict->due_at = due_at;
    verdict->provisional = clock_is_provisional(&view, due_at);
    if (clock->state == CLOCK_MET && clock->ended_at > due_at)
        verdict->overrun_ms = clock->ended_at - due_at;
}

void move_told(struct desk *desk, const struct ticket *ticket, const struct clock *clock, msec at,
               const char *why)
{
    bool is_missed = clock->breached_at != NEVER && !clock->withdrawn;

    tell_verdict(desk, ticket, clock, at, is_missed ? clock->breached_at : clock->due_at, why);
}

static void moved(struct desk *desk, struct ticket *ticket, struct clock *clock, msec at, const char *why)
{
    assert(clock_is_sound(clock));
    desk_touch_clock(desk, ticket, clock);
    move_told(desk, ticket, clock, at, why);
}

static void forget_breach(struct clock *clock)
{
    clock->breached_at = NEVER;
    clock->fired_at = NEVER;
    clock->rungs = 0;
    clock->repeats = 0;
    clock->untold = 0;
    clock->ladder = 0;
    clock->ladder_running = false;
    clock->acknowledged = false;
}

static void take_window(struct clock *clock, struct window window)
{
    clock->anchor_at = window.start_at;
    clock->due_at = window.end_at;
}

/* Whether it runs from here on, or stands because a pause lasts that its rule stops for. */
static void run_or_stand(const struct desk *desk, const struct ticket *ticket, struct clock *clock)
{
    struct clock_view view = desk_view(desk, ticket, clock);
    bool stands = clock_stands(&view);

    clock->state = stands ? CLOCK_PAUSED : CLOCK_RUNNING;
    if (stands)
        clock->due_at = NEVER;
}

/* Where a clock of each kind begins that is started by something at `at`. */
static void set_window(const struct desk *desk, const struct ticket *ticket, struct clock *clock, msec at)
{
    struct clock_view view = desk_view(desk, ticket, clock);

    clock->anchor_at = at;
    switch (view.rule->kind) {
    case CLOCK_LIMIT:
    case CLOCK_SILENCE:
        clock->due_at = clock_due_after(&view, at);
        break;
    case CLOCK_QUOTA:
        take_window(clock, quota_window_first(&view, at));
        break;
    case CLOCK_PROMISE: /* due when somebody said so */
        break;
    }
}

/* How its breach ended is told, or is of no interest any more. */
static void forget_told(struct ticket *ticket, struct clock *clock)
{
    ticket_forget_told(ticket, clock->rule);
}

static void forget_past(struct desk *desk, struct ticket *ticket, uint8_t rule)
{
    ledger_forget(desk, ticket, rule); /* first: what it remembers keeps the told in mind, too */
    ticket_forget_told(ticket, rule);
}

static void give_up(struct desk *desk, struct ticket *ticket, const struct clock *before, enum ending ending,
                    const char *why)
{
    notice_withhold(desk, ticket, before->rule, why);
    ladder_tell_ended(desk, ticket, before, ending, why);
    forget_past(desk, ticket, before->rule);
}

static void begin_cycle(struct clock *clock)
{
    forget_breach(clock);
    clock->state = CLOCK_RUNNING;
    clock->cycle++;
    clock->credited = 0;
    clock->reminders = 0;
    clock->rearmed = 0;
    clock->ended_at = NEVER;
    clock->withdrawn = false;
}

void move_to_running(struct desk *desk, struct ticket *ticket, struct clock *clock, msec at)
{
    assert(clock->state != CLOCK_RUNNING && clock->state != CLOCK_PAUSED && clock->state != CLOCK_BREACHED);
    notice_withhold(desk, ticket, clock->rule, "the clock began again");
    forget_past(desk, ticket, clock->rule);
    begin_cycle(clock);
    set_window(desk, ticket, clock, at);
    run_or_stand(desk, ticket, clock);
    moved(desk, ticket, clock, at, NULL);
}

void move_begun_again(struct desk *desk, struct ticket *ticket, struct clock *clock, msec at)
{
    assert(clock->state == CLOCK_RUNNING || clock->state == CLOCK_PAUSED);
    notice_withhold(desk, ticket, clock->rule, "the clock began again");
    begin_cycle(clock);
    set_window(desk, ticket, clock, at);
    run_or_stand(desk, ticket, clock);
    moved(desk, ticket, clock, at, "begins again");
}

void move_to_paused(struct desk *desk, struct ticket *ticket, struct clock *clock, msec at)
{
    assert(clock->state == CLOCK_RUNNING);
    notice_withhold_reminders(desk, ticket, clock->rule, "paused before it was sent");
    clock->state = CLOCK_PAUSED;
    clock->due_at = NEVER;
    moved(desk, ticket, clock, at, NULL);
}

/* The window of a quota that the pause broke off owes nothing; what follows is like a start. One that began
   only after the pause had ended is as it was. */
static void resume_windows(const struct clock_view *view, struct clock *clock, msec at)
{
    /* after a reload the rule may stop for nothing any more */
    msec ended_at = view->rule->pauses ? pause_last_end(view->ticket, view->rule->pauses) : at;

    if (ended_at <= clock->anchor_at) {
        take_window(clock, quota_window_again(view, clock->anchor_at));
        return;
    }
    take_window(clock, quota_window_first(view, ended_at));
    clock->credited = 0;
    clock->reminders = 0;
    clock->cycle++;
}

void move_to_resumed(struct desk *desk, struct ticket *ticket, struct clock *clock, msec at)
{
    struct clock_view view = desk_view(desk, ticket, clock);

    assert(clock->state == CLOCK_PAUSED);
    clock->state = CLOCK_RUNNING;
    if (view.rule->kind == CLOCK_QUOTA)
        resume_windows(&view, clock, at);
    else
        clock->due_at = clock_due_after(&view, clock->anchor_at);
    moved(desk, ticket, clock, at, "resumed");
}

void move_to_promised(struct desk *desk, struct ticket *ticket, struct clock *clock, msec at,
                      msec promised_at)
{
    const struct clock before = *clock;

    assert(clock->state != CLOCK_RUNNING && promised_at != NEVER);
    notice_withhold(desk, ticket, clock->rule, "another promise was given");
    if (before.state == CLOCK_BREACHED) /* told stay told: they wait to hear that it is met */
        ladder_tell_ended(desk, ticket, &before, ENDING_PROMISED, "another promise was given");
    else
        forget_past(desk, ticket, clock->rule);
    begin_cycle(clock);
    clock->anchor_at = at;
    clock->due_at = promised_at;
    moved(desk, ticket, clock, at, NULL);
}

/* What happened by then is no breach: the missed deadline, and the rule's grace after it. */
static msec tolerated_until(const struct desk *desk, const struct ticket *ticket, const struct clock *clock)
{
    const struct clock_view view = desk_view(desk, ticket, clock);

    return clock_declared_at(&view, clock->breached_at);
}

static bool is_quota(const struct desk *desk, const struct clock *clock)
{
    return desk->policy->clocks[clock->rule].kind == CLOCK_QUOTA;
}

/* A quota that was over at `at` owes nothing in later windows: is anything left of its breach? */
static bool is_breach_left(struct desk *desk, struct ticket *ticket, const struct clock *clock, msec at)
{
    const struct missed_window *first, *last;

    ledger_cut(desk, ticket, clock, at);
    return ledger_of_cycle(ticket, clock->rule, clock->cycle, &first, &last) > 0;
}

/* Met in time; but promises before this one may have been broken, and people told. */
static void end_promises(struct desk *desk, struct ticket *ticket, const struct clock *clock)
{
    notice_withhold(desk, ticket, clock->rule, "met before it was sent");
    if (ladder_tells_end(desk, clock))
        notice_tell_told(desk, ticket, clock, "all_clear", RUNG_ALL_CLEAR, "met", NULL);
}

/* A late end keeps in mind who was told: it may turn out that it had been in time (move_met_earlier). */
void move_to_met(struct desk *desk, struct ticket *ticket, struct clock *clock, msec at)
{
    const struct clock before = *clock;
    bool was_breached = before.state == CLOCK_BREACHED;
    bool was_in_time = was_breached && at <= tolerated_until(desk, ticket, &before);

    assert(was_breached || before.state == CLOCK_RUNNING || before.state == CLOCK_PAUSED);
    if (is_quota(desk, clock))
        was_in_time = !is_breach_left(desk, ticket, clock, at) && was_in_time;
    clock->state = CLOCK_MET;
    clock->ended_at = at;
    clock->ladder_running = false;
    clock->withdrawn = was_in_time;
    clock->was_late = before.was_late && !was_in_time;
    moved(desk, ticket, clock, at, was_in_time ? "withdrawn" : NULL);
    if (was_breached)
        ladder_met(desk, ticket, &before, was_in_time);
    else
        end_promises(desk, ticket, clock);
    if (was_in_time || !was_breached)
        forget_told(ticket, clock);
}

void move_met_earlier(struct desk *desk, struct ticket *ticket, struct clock *clock, msec at)
{
    const struct clock before = *clock;

    assert(before.state == CLOCK_MET && before.was_late && at <= tolerated_until(desk, ticket, &before));
    clock->ended_at = at;
    clock->was_late = false;
    clock->withdrawn = true;
    moved(desk, ticket, clock, at, "withdrawn");
    ladder_met(desk, ticket, &before, true);
    forget_told(ticket, clock);
}

void move_to_cancelled(struct desk *desk, struct ticket *ticket, struct clock *clock, msec at,
                       enum ending ending, const char *why)
{
    const struct clock before = *clock;

    assert(clock_is_live(clock));
    clock->state = CLOCK_CANCELLED;
    clock->ended_at = at;
    clock->ladder_running = false;
    moved(desk, ticket, clock, at, why);
    give_up(desk, ticket, &before, ending, why);
}

void move_to_breached(struct desk *desk, struct ticket *ticket, struct clock *clock, msec breached_at,
                      msec fired_at)
{
    assert(clock->state == CLOCK_RUNNING);
    clock->state = CLOCK_BREACHED;
    clock->breached_at = breached_at;
    clock->fired_at = fired_at;
    clock->was_late = true;
    clock->withdrawn = false;
    ladder_begin(desk, ticket, clock);
    moved(desk, ticket, clock, breached_at, NULL);
}

/* The stop comes with it, so there is nobody to call to the rescue. */
void move_to_breached_quietly(struct desk *desk, struct ticket *ticket, struct clock *clock, msec at)
{
    assert(clock->state == CLOCK_RUNNING);
    clock->state = CLOCK_BREACHED;
    clock->breached_at = clock->fired_at = at;
    clock->rungs = 0;
    clock->was_late = true;
    clock->withdrawn = false;
    moved(desk, ticket, clock, at, NULL);
}

void move_promise_in_time(struct desk *desk, struct ticket *ticket, struct clock *clock, msec promised_at)
{
    const struct clock before = *clock;

    assert(before.state == CLOCK_BREACHED);
    begin_cycle(clock);
    clock->withdrawn = true;
    clock->was_late = false;
    clock->due_at = promised_at;
    moved(desk, ticket, clock, desk->now, "withdrawn");
    ladder_met(desk, ticket, &before, true);
    forget_told(ticket, clock);
}

void move_missed_again(struct desk *desk, struct ticket *ticket, struct clock *clock, msec due_at)
{
    assert(clock->state == CLOCK_BREACHED);
    desk_touch_clock(desk, ticket, clock);
    tell_verdict(desk, ticket, clock, due_at, due_at, NULL);
}

/* A quota's breach is over, by a contact (`was_in_time`: by one that was made in time and recorded late). */
static void leave_breach(struct desk *desk, struct ticket *ticket, struct clock *clock, bool was_in_time)
{
    const struct clock before = *clock;

    assert(before.state == CLOCK_BREACHED);
    forget_breach(clock);
    run_or_stand(desk, ticket, clock);
    clock->withdrawn = was_in_time;
    clock->was_late = !was_in_time;
    clock->cycle++;
    clock->reminders = 0;
    clock->rearmed = 0;
    moved(desk, ticket, clock, desk->now, was_in_time ? "withdrawn" : "breach ended");
    ladder_met(desk, ticket, &before, was_in_time);
    ledger_tidy(desk, ticket, clock);
    forget_told(ticket, clock);
}

void move_from_breach(struct desk *desk, struct ticket *ticket, struct clock *clock)
{
    leave_breach(desk, ticket, clock, false);
}

void move_back_in_time(struct desk *desk, struct ticket *ticket, struct clock *clock)
{
    leave_breach(desk, ticket, clock, true);
}

void move_first_missed(struct desk *desk, struct ticket *ticket, struct clock *clock, msec missed_at)
{
    assert(clock->state == CLOCK_BREACHED);
    clock->breached_at = missed_at;
    clock->fired_at = clock->fired_at > missed_at ? clock->fired_at : missed_at;
    desk_touch_clock(desk, ticket, clock);
}

void move_window_withdrawn(struct desk *desk, struct ticket *ticket, const struct clock *clock,
                           const struct missed_window *window, bool is_whole_breach)
{
    struct clock past = *clock;

    past.cycle = window->cycle;
    past.breached_at = window->end_at;
    tell_verdict(desk, ticket, &past, desk->now, window->end_at, "withdrawn");
    if (!is_whole_breach)
        return;
    notice_tell_told(desk, ticket, &past, "withdrawn", RUNG_WITHDRAWN, "recorded late, but it was in time",
                     NULL);
    ticket_forget_told(ticket, clock->rule);
}

void move_met_withdrawn(struct desk *desk, struct ticket *ticket, struct clock *clock)
{
    assert(clock->state == CLOCK_MET);
    clock->withdrawn = true;
    clock->was_late = false;
    desk_touch_clock(desk, ticket, clock);
}

void move_silence(struct desk *desk, struct ticket *ticket, struct clock *clock, msec at)
{
    const struct clock before = *clock;
    bool was_breached = before.state == CLOCK_BREACHED;
    bool was_in_time = was_breached && at <= tolerated_until(desk, ticket, &before);

    forget_breach(clock);
    clock->withdrawn = was_in_time;
    clock->cycle++;
    clock->reminders = 0;
    clock->rearmed = 0;
    set_window(desk, ticket, clock, at);
    run_or_stand(desk, ticket, clock);
    moved(desk, ticket, clock, at,
          was_in_time          ? "withdrawn"
          : was_breached       ? "breach ended"
          : at > before.due_at ? "within grace"
                               : NULL);
    if (was_breached)
        ladder_met(desk, ticket, &before, was_in_time);
    else
        notice_withhold(desk, ticket, clock->rule, "a contact was made");
    forget_told(ticket, clock);
}

void move_deadline(struct desk *desk, struct ticket *ticket, struct clock *clock, msec due_at,
                   const char *why)
{
    assert(clock->state == CLOCK_RUNNING);
    struct clock_view view = desk_view(desk, ticket, clock);

    reminder_rearm(&view, clock, due_at, desk->now);
    clock->due_at = due_at;
    moved(desk, ticket, clock, desk->now, why);
}

void move_window_again(struct desk *desk, struct ticket *ticket, struct clock *clock, const char *why)
{
    struct clock_view view = desk_view(desk, ticket, clock);
    struct window window = quota_window_again(&view, clock->anchor_at);

    if (window.start_at == clock->anchor_at && window.end_at == clock->due_at)
        return;
    if (window.start_at != clock->anchor_at) /* contacts of a day that owes nothing are not another's */
        clock->credited = clock->reminders = 0;
    take_window(clock, window);
    assert(clock_is_sound(clock));
    desk_touch_clock(desk, ticket, clock);
    if (clock->state == CLOCK_RUNNING) /* of a breach that goes on nothing new is to be told */
        move_told(desk, ticket, clock, desk->now, why);
}

void move_window(struct desk *desk, struct ticket *ticket, struct clock *clock)
{
    struct clock_view view = desk_view(desk, ticket, clock);

    take_window(clock, quota_window_next(&view, clock->due_at));
    clock->credited = 0;
    clock->reminders = 0;
    clock->rearmed = 0;
    desk_touch_clock(desk, ticket, clock);
}

/* ---- mergers ---- */

void move_anchor(struct desk *desk, struct ticket *ticket, struct clock *clock, msec anchor_at)
{
    struct clock_view view = desk_view(desk, ticket, clock);

    assert(clock_is_live(clock) && anchor_at < clock->anchor_at);
    clock->anchor_at = anchor_at;
    if (clock->state == CLOCK_RUNNING)
        move_deadline(desk, ticket, clock, clock_due_after(&view, anchor_at),
                      "merged: the earlier anchor counts");
    desk_touch_clock(desk, ticket, clock);
}

/* The cycle stays this clock's own: what it told in it, it told under this ticket's name. One that was called
   off, and a promise that was kept, is over, with its ladder and its last word: theirs is another breach, and
   is told as one. */
void move_taken_over(struct desk *desk, struct ticket *ticket, struct clock *clock,
                     const struct clock *theirs, msec at)
{
    bool is_over = clock->state == CLOCK_CANCELLED || clock->state == CLOCK_MET;
    uint16_t cycle = clock->cycle ? (uint16_t)(clock->cycle + is_over) : 1;

    assert(clock_is_live(theirs) || clock->state == CLOCK_WAITING);
    notice_withhold(desk, ticket, clock->rule, "merged with another ticket");
    if (is_over)
        forget_past(desk, ticket, clock->rule);
    *clock = *theirs;
    clock->cycle = cycle;
    moved(desk, ticket, clock, at, "merged");
}

void move_joined(struct desk *desk, struct ticket *ticket, struct clock *clock, const struct clock *theirs,
                 msec at)
{
    assert(clock->state == CLOCK_BREACHED && theirs->state == CLOCK_BREACHED);
    if (theirs->breached_at < clock->breached_at) {
        clock->breached_at = theirs->breached_at;
        clock->fired_at = theirs->fired_at;
    }
    if (theirs->rungs > clock->rungs) {
        clock->rungs = theirs->rungs;
        clock->repeats = theirs->repeats;
        clock->untold = theirs->untold;
        clock->ladder = theirs->ladder;
        clock->ladder_running = theirs->ladder_running;
    }
    moved(desk, ticket, clock, at, "merged");
}
