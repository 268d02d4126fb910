/*
 * The arithmetic of one clock.
 *
 * Called by the judge (judge.c), which moves clocks, and by explain, which re-adds what the judge added; both
 * use these same functions, so an explanation cannot differ from the verdict. Everything is a pure function
 * of the view. Budgets in real or business time are fractions of themselves (half of 8bh is 4bh); budgets in
 * days are cut by real time between anchor and due. A ticket that has been paused is counted by
 * running_time.c.
 */
#include "lib/clock.h"

#include "lib/approval.h"
#include "lib/clock_dated.h"
#include "lib/reminder.h"

#include "lib/pause.h"
#include "lib/running_time.h"
#include <stdio.h>
#include <string.h>

static const char *const state_names[CLOCK_STATE_COUNT] = {
    [CLOCK_WAITING] = "waiting",   [CLOCK_RUNNING] = "running", [CLOCK_PAUSED] = "paused",
    [CLOCK_BREACHED] = "breached", [CLOCK_MET] = "met",         [CLOCK_CANCELLED] = "cancelled",
};

static const char *const kind_names[] = {
    [CLOCK_LIMIT] = "limit",
    [CLOCK_QUOTA] = "quota",
    [CLOCK_SILENCE] = "silence",
    [CLOCK_PROMISE] = "promise",
};

const char *clock_state_name(enum clock_state state)
{
    return state_names[state];
}

bool clock_state_find(const char *name, enum clock_state *ret_state)
{
    for (enum clock_state state = 0; state < CLOCK_STATE_COUNT; state++)
        if (strcmp(state_names[state], name) == 0) {
            *ret_state = state;
            return true;
        }
    return false;
}

const char *clock_kind_name(enum clock_kind kind)
{
    return kind_names[kind];
}

bool clock_is_live(const struct clock *clock)
{
    return clock->state != CLOCK_MET && clock->state != CLOCK_CANCELLED;
}

bool clock_budget_said(const struct clock_view *view, struct span *ret_budget)
{
    const struct clock_policy *rule = view->rule;
    const char *number = rule->within_unit
                             ? field_path_text(&view->records, view->policy, view->ticket, rule->within_path)
                             : NULL;
    char text[SPAN_TEXT];

    if (!number || snprintf(text, sizeof(text), "%s%s", number, rule->within_unit) >= (int)sizeof(text))
        return false;
    return span_parse(text, ret_budget) == SPAN_OK && ret_budget->amount > 0;
}

static struct span budget_of(const struct clock_view *view)
{
    struct span said;

    if (view->rule->kind == CLOCK_QUOTA)
        return view->rule->window;
    return clock_budget_said(view, &said) ? said : policy_within(view->rule, view->ticket);
}

/* The customer's hours turn elapsed time into time inside those hours: outside them the clock stands
 * (INT-19). */
struct span clock_budget(const struct clock_view *view)
{
    struct span budget = clock_is_dated(view->rule) ? clock_dated_budget(view->rule) : budget_of(view);

    if (view->rule->customer_hours && budget.unit == SPAN_REAL)
        budget.unit = SPAN_BUSINESS;
    return budget;
}

static bool is_measured(const struct clock_view *view)
{
    return view->rule->kind == CLOCK_LIMIT || view->rule->kind == CLOCK_SILENCE;
}

msec clock_due_after(const struct clock_view *view, msec anchor_at)
{
    bool is_paused = running_time_matters(view) && is_measured(view);
    msec due_at = clock_is_dated(view->rule) ? clock_dated_at(view)
                  : is_paused                ? running_time_add(view, anchor_at, clock_budget(view), NULL)
                              : calendar_add_span(view->calendar, anchor_at, clock_budget(view));
    msec granted_at = approval_granted(view->ticket, view->clock);

    return granted_at != NEVER && granted_at > due_at ? granted_at : due_at;
}

bool clock_counts_by_calendar(const struct clock_view *view)
{
    enum span_unit unit = clock_budget(view).unit;

    if (view->rule->kind == CLOCK_PROMISE)
        return false;
    return unit == SPAN_BUSINESS || unit == SPAN_WORKING_DAYS || unit == SPAN_WORKING_DAY_AT ||
           (unit == SPAN_MONTH_DAY_AT && clock_budget(view).roll) ||
           (view->rule->kind == CLOCK_QUOTA && view->rule->working_days_only);
}

bool clock_is_provisional(const struct clock_view *view, msec at)
{
    return at != NEVER && clock_counts_by_calendar(view) && calendar_is_provisional(view->calendar, at);
}

bool clock_stands(const struct clock_view *view)
{
    bool is_movable =
        view->rule->kind == CLOCK_QUOTA || (is_measured(view) && !span_is_instant(clock_budget(view)));

    if (!running_time_matters(view) || !is_movable || !(pause_reasons(view->ticket) & view->rule->pauses))
        return false;
    return !is_measured(view) || clock_due_after(view, view->clock->anchor_at) == NEVER;
}

struct span clock_left(const struct clock_view *view)
{
    struct span left;

    running_time_add(view, view->clock->anchor_at, clock_budget(view), &left);
    if (left.unit == SPAN_BUSINESS) /* the customer's hours are written as elapsed time */
        left.unit = budget_of(view).unit;
    return left;
}

/* From a clock's anchor to its deadline, in real time that counted. */
static msec length_of(const struct clock_view *view)
{
    const struct clock *clock = view->clock;

    if (!running_time_matters(view) || !is_measured(view) || span_is_instant(clock_budget(view)))
        return clock->due_at > clock->anchor_at ? clock->due_at - clock->anchor_at : 0;
    return running_time_between(view, clock->anchor_at, clock->due_at);
}

msec clock_fraction_after(const struct clock_view *view, msec from_at, int percent)
{
    bool has_budget = view->rule->kind != CLOCK_PROMISE;
    struct span budget = clock_budget(view);

    if (!has_budget || (budget.unit != SPAN_REAL && budget.unit != SPAN_BUSINESS)) {
        msec length_ms = length_of(view);

        return from_at + length_ms / 100 * percent + length_ms % 100 * percent / 100;
    }
    budget.amount = budget.amount * percent / 100;
    return calendar_add_span(view->calendar, from_at, budget);
}

msec clock_reminder_at(const struct clock_view *view, int percent)
{
    const struct clock *clock = view->clock;
    struct span budget = clock_budget(view);

    if (!running_time_matters(view) || !is_measured(view) || span_is_instant(budget))
        return clock_fraction_after(view, clock->anchor_at, percent);
    if (budget.unit != SPAN_REAL && budget.unit != SPAN_BUSINESS)
        budget = (struct span){.unit = SPAN_REAL, .amount = length_of(view)};
    budget.amount = budget.amount * percent / 100;
    return running_time_add(view, clock->anchor_at, budget, NULL);
}

static msec first_at(const struct clock_view *view, const struct rung *rung)
{
    msec fired_at = view->clock->fired_at;

    return rung->percent >= 0 ? clock_fraction_after(view, fired_at, rung->percent)
                              : calendar_add_span(view->policy->calendar, fired_at, rung->delay);
}

msec clock_rung_at(const struct clock_view *view, uint8_t place, uint8_t repetition)
{
    const struct rung *rung = &view->rungs->rungs[place];
    struct span after = rung->every;
    msec at = first_at(view, rung);

    after.amount *= repetition;
    return repetition ? calendar_add_span(view->policy->calendar, at, after) : at;
}

static void set_climb(const struct clock_view *view, uint8_t place, uint8_t repetition, struct climb *climb)
{
    *climb = (struct climb){
        .rung = &view->rungs->rungs[place],
        .at = clock_rung_at(view, place, repetition),
        .place = place,
        .repetition = repetition,
    };
}

bool clock_rung_above(const struct clock_view *view, uint8_t place, struct climb *ret_climb)
{
    if (place + 1u >= view->rungs->count)
        return false;
    set_climb(view, (uint8_t)(place + 1), 0, ret_climb);
    return true;
}

static bool next_repetition(const struct clock_view *view, struct climb *ret_climb)
{
    const struct clock *clock = view->clock;

    if (!clock->rungs || clock->repeats >= view->rungs->rungs[clock->rungs - 1].times)
        return false;
    set_climb(view, (uint8_t)(clock->rungs - 1), (uint8_t)(clock->repeats + 1), ret_climb);
    return true;
}

bool clock_next_climb(const struct clock_view *view, struct climb *ret_climb)
{
    const struct clock *clock = view->clock;
    struct climb again;

    if (!clock->ladder_running || !view->rungs || clock->rungs > view->rungs->count)
        return false;
    bool has_rung = clock->rungs < view->rungs->count;
    bool has_again = next_repetition(view, &again);

    if (has_rung)
        set_climb(view, clock->rungs, 0, ret_climb);
    if (has_again && (!has_rung || again.at < ret_climb->at))
        *ret_climb = again;
    return has_rung || has_again;
}

msec clock_declared_at(const struct clock_view *view, msec due_at)
{
    return view->rule->grace.amount ? calendar_add_span(view->calendar, due_at, view->rule->grace) : due_at;
}

static bool has_deadline(const struct clock_view *view)
{
    return view->clock->state == CLOCK_RUNNING ||
           (view->clock->state == CLOCK_BREACHED && view->rule->kind == CLOCK_QUOTA);
}

msec clock_next_at(const struct clock_view *view, enum clock_timer *ret_timer)
{
    msec earliest = NEVER, at;
    struct climb climb;

    *ret_timer = TIMER_NONE;
    if (clock_next_climb(view, &climb) && climb.at < earliest) {
        earliest = climb.at;
        *ret_timer = TIMER_RUNG;
    }
    if (reminder_next(view, &at) != REMINDER_NONE && at < earliest && at < view->clock->due_at) {
        earliest = at;
        *ret_timer = TIMER_REMINDER;
    }
    if (has_deadline(view) && clock_declared_at(view, view->clock->due_at) < earliest) {
        earliest = clock_declared_at(view, view->clock->due_at);
        *ret_timer = TIMER_DUE;
    }
    return earliest;
}

bool clock_is_sound(const struct clock *clock)
{
    bool has_due = clock->due_at != NEVER && clock->anchor_at != NEVER;

    switch ((enum clock_state)clock->state) {
    case CLOCK_WAITING:
        return clock->due_at == NEVER && clock->ended_at == NEVER && !clock->ladder_running;
    case CLOCK_PAUSED:
        return clock->anchor_at != NEVER && clock->due_at == NEVER && clock->ended_at == NEVER &&
               clock->cycle && !clock->ladder_running;
    case CLOCK_RUNNING:
        return has_due && clock->ended_at == NEVER && clock->cycle && !clock->ladder_running;
    case CLOCK_BREACHED:
        return has_due && clock->ended_at == NEVER && clock->cycle && clock->breached_at != NEVER &&
               clock->fired_at != NEVER;
    case CLOCK_MET:
        return clock->ended_at != NEVER && !clock->ladder_running;
    case CLOCK_CANCELLED:
        return clock->ended_at != NEVER && !clock->ladder_running;
    case CLOCK_STATE_COUNT:
        break;
    }
    return false;
}
