/*
 * How a clock stands: due, used, paused, missed, met.
 *
 * Called by explain_clock.c, after the account. All of it is about one instant, explaining->at: now, or one
 * to come of which a trial has found out how it will be.
 */
#include "lib/explain_state.h"

#include <string.h>

/* ---- how it stands ---- */

static void say_used_time(struct explaining *explaining, const struct clock_view *view,
                          const struct account *account, json_t *object)
{
    int64_t used = explain_segments_used(&account->segments, view->calendar, explaining->at);
    bool is_days = account->budget.unit == SPAN_WORKING_DAYS;
    json_t *fact = explain_instant(explaining, explaining->at);

    json_object_set_new(fact, is_days ? "used" : "used_ms", json_integer(used));
    json_object_set_new(fact, is_days ? "left" : "left_ms", json_integer(account->budget.amount - used));
    json_object_set_new(object, "used", explain_say(explaining, is_days ? "used_days" : "used_ms", fact));
}

static void say_left(struct explaining *explaining, const struct clock_view *view, json_t *object)
{
    json_t *fact = explain_instant(explaining, explaining->at);

    json_object_set_new(fact, "left_ms", json_integer(view->clock->due_at - explaining->at));
    json_object_set_new(object, "used", explain_say(explaining, "left", fact));
}

static void say_closed(struct explaining *explaining, const struct clock_view *view, json_t *object)
{
    msec opens_at = calendar_next_open(view->calendar, explaining->at);
    json_t *fact;

    if (opens_at == explaining->at || opens_at == NEVER)
        return;
    fact = explain_instant(explaining, explaining->at);
    explain_set_instant(explaining, fact, "opens_at", opens_at);
    json_object_set_new(object, "closed", explain_say(explaining, "closed", fact));
}

static void say_running(struct explaining *explaining, const struct clock_view *view,
                        const struct account *account, json_t *object)
{
    bool is_counted =
        account->is_counted && (account->budget.unit == SPAN_REAL || account->budget.unit == SPAN_BUSINESS ||
                                account->budget.unit == SPAN_WORKING_DAYS);

    if (view->clock->state != CLOCK_RUNNING || view->clock->anchor_at > explaining->at)
        return;
    if (is_counted)
        say_used_time(explaining, view, account, object);
    else
        say_left(explaining, view, object);
    if (account->is_counted && account->budget.unit == SPAN_BUSINESS)
        say_closed(explaining, view, object);
}

static int64_t sum_of(const struct segments *segments)
{
    return segments->count ? segments->list[segments->count - 1].sum : 0;
}

/* Since when and for what it stands, and how much of a budget in time or working days is left. */
static void say_paused(struct explaining *explaining, const struct clock_view *view,
                       const struct account *account, json_t *object)
{
    struct hole hole;
    json_t *fact;

    if (view->clock->state != CLOCK_PAUSED)
        return;
    fact = explain_instant(explaining, explaining->at);
    if (explain_account_pause(explaining, view, &hole)) {
        explain_set_instant(explaining, fact, "since", hole.from_at);
        json_object_set_new(fact, "cause", json_string(hole.cause));
    }
    if (account->is_counted && (account->budget.unit == SPAN_REAL || account->budget.unit == SPAN_BUSINESS))
        json_object_set_new(fact, "left_ms",
                            json_integer(account->budget.amount - sum_of(&account->segments)));
    if (account->is_counted && account->budget.unit == SPAN_WORKING_DAYS)
        json_object_set_new(fact, "left", json_integer(account->budget.amount - sum_of(&account->segments)));
    json_object_set_new(object, "paused", explain_say(explaining, "paused", fact));
}

static void say_breach(struct explaining *explaining, const struct clock_view *view, json_t *object)
{
    const struct clock *clock = view->clock;
    json_t *fact;

    if (clock->breached_at == NEVER)
        return;
    fact = explain_instant(explaining, clock->breached_at);
    if (clock->fired_at != clock->breached_at &&
        clock->fired_at != clock_declared_at(view, clock->breached_at))
        explain_set_instant(explaining, fact, "fired_at", clock->fired_at);
    json_object_set_new(object, "breached", explain_say(explaining, "breached", fact));
    if (clock->withdrawn)
        json_decref(explain_say(explaining, "withdrawn", json_object()));
    if (clock->state != CLOCK_BREACHED)
        return;
    fact = explain_instant(explaining, explaining->at);
    json_object_set_new(fact, "over_ms", json_integer(explaining->at - clock->breached_at));
    json_object_set_new(object, "overdue", explain_say(explaining, "overdue", fact));
}

static void say_end(struct explaining *explaining, const struct clock_view *view, json_t *object)
{
    const struct clock *clock = view->clock;
    json_t *fact;

    if (clock->ended_at == NEVER)
        return;
    fact = explain_instant(explaining, clock->ended_at);
    if (clock->state == CLOCK_MET) {
        json_object_set_new(fact, "what", json_string(happening_name(view->rule->stop.what)));
        explain_set_recorder(
            explaining, fact,
            explain_cold_act(explaining, UINT32_C(1) << view->rule->stop.what, clock->ended_at));
        if (clock->breached_at != NEVER && !clock->withdrawn && clock->ended_at > clock->breached_at)
            json_object_set_new(fact, "over_ms", json_integer(clock->ended_at - clock->breached_at));
    }
    json_object_set_new(object, "ended",
                        explain_say(explaining, clock->state == CLOCK_MET ? "met" : "cancelled", fact));
}

static void say_grace(struct explaining *explaining, const struct clock_view *view)
{
    if (!view->rule->grace.amount || view->clock->due_at == NEVER)
        return;
    json_t *fact = explain_instant(explaining, clock_declared_at(view, view->clock->due_at));

    explain_set_place(explaining, fact, view->rule->line);
    json_decref(explain_say(explaining, "grace", fact));
}

void explain_state_say(struct explaining *explaining, const struct clock_view *view,
                       const struct account *account, json_t *object)
{
    if (view->clock->due_at != NEVER)
        json_decref(explain_say(explaining, "due", explain_instant(explaining, view->clock->due_at)));
    say_paused(explaining, view, account, object);
    say_grace(explaining, view);
    if (clock_is_provisional(view, view->clock->due_at))
        json_decref(explain_say(explaining, "provisional",
                                json_pack("{s:s}", "calendar", calendar_name(view->calendar))));
    say_running(explaining, view, account, object);
    say_breach(explaining, view, object);
    if (view->clock->acknowledged)
        json_decref(explain_say(explaining, "acknowledged", json_object()));
    say_end(explaining, view, object);
}
