/*
 * What was promised, and the account of it: budget, stretches of time, pauses; or a quota's window, or a
 * promise.
 *
 * Called by explain_clock.c. The stretches are counted anew (explain_segments.c), without the arithmetic that
 * set the deadline; when they lead elsewhere (a reload changed the rule, say) that is a fact of its own and
 * not smoothed over. A clock that was missed keeps the deadline of the urgency it was missed under: the
 * budget is the one that leads there.
 */
#include "lib/explain_account.h"

#include "lib/approval.h"
#include "lib/clock_dated.h"
#include "lib/pause.h"
#include <string.h>

/* ---- the budget ---- */

static const char *counted_how(const struct clock_view *view, struct span budget)
{
    static const char *const words[] = {
        [SPAN_REAL] = "how_real",
        [SPAN_BUSINESS] = "how_business",
        [SPAN_WORKING_DAYS] = "how_working_days",
        [SPAN_DAYS] = "how_days",
        [SPAN_WORKING_DAY_AT] = "how_working_day_at",
        [SPAN_DAY_AT] = "how_day_at",
        [SPAN_MONTH_DAY_AT] = "how_day_at",
        [SPAN_MONTHS] = "how_months",
    };

    return view->rule->customer_hours && budget.unit == SPAN_BUSINESS ? "how_customer" : words[budget.unit];
}

/* What the calendar decides is said with its name. */
static bool needs_calendar(const struct clock_view *view, struct span budget)
{
    return (budget.unit == SPAN_BUSINESS && !view->rule->customer_hours) ||
           budget.unit == SPAN_WORKING_DAYS || budget.unit == SPAN_WORKING_DAY_AT ||
           (budget.unit == SPAN_MONTH_DAY_AT && budget.roll);
}

/* The field that the budget comes from, or that says nothing. */
static void set_said(struct explaining *explaining, const struct clock_view *view, json_t *fact)
{
    const struct clock_policy *rule = view->rule;
    struct span said;

    if (rule->within_unit)
        json_object_set_new(
            fact, clock_budget_said(view, &said) ? "field" : "unsaid",
            json_string(field_path_name(view->policy, rule->within_path, explaining->wording.arena)));
}

static json_t *say_budget(struct explaining *explaining, const struct clock_view *view, struct span budget,
                          uint8_t urgency)
{
    const struct policy *policy = explaining->desk->policy;
    char span[SPAN_TEXT];
    json_t *fact = json_object();

    span_format(budget, span);
    json_object_set_new(fact, "span", json_string(span));
    json_object_set_new(fact, "how", json_string(counted_how(view, budget)));
    json_object_set_new(fact, "urgency", json_string(explain_title(explaining, &policy->urgencies, urgency)));
    if (view->rule->customer_hours)
        json_object_set_new(fact, "hours", json_string(explaining->desk->hours[view->ticket->hours].text));
    if (needs_calendar(view, budget))
        json_object_set_new(fact, "calendar", json_string(calendar_name(view->calendar)));
    set_said(explaining, view, fact);
    explain_set_place(explaining, fact, view->rule->line);
    return explain_say(explaining, "budget", fact);
}

static json_t *say_quota(struct explaining *explaining, const struct clock_view *view)
{
    json_t *fact = json_pack("{s:i,s:i,s:i}", "minimum", (int)view->rule->minimum, "target",
                             (int)view->rule->target, "credited", (int)view->clock->credited);
    char span[SPAN_TEXT];

    span_format(clock_budget(view), span);
    json_object_set_new(fact, "span", json_string(span));
    if (view->rule->working_days_only)
        json_object_set_new(fact, "only", json_string("only_working_days"));
    if (needs_calendar(view, clock_budget(view)) || view->rule->working_days_only)
        json_object_set_new(fact, "calendar", json_string(calendar_name(view->calendar)));
    explain_set_place(explaining, fact, view->rule->line);
    return explain_say(explaining, "quota", fact);
}

/* The plan whose promise is due then, as the journal has it. */
static const json_t *promise_act(const struct explaining *explaining, msec due_at)
{
    const json_t *act, *found = NULL;
    size_t index;

    json_array_foreach(json_object_get(explaining->cold, "acts"), index, act)
    {
        if (explain_cold_instant(act, "expected_at") == due_at)
            found = act;
    }
    return found;
}

static json_t *say_promise(struct explaining *explaining, const struct clock_view *view)
{
    const json_t *act = promise_act(explaining, view->clock->due_at);
    json_t *fact = json_object();

    explain_set_recorder(explaining, fact, act);
    if (act)
        json_object_set(fact, "stated_at", json_object_get(act, "happened_at"));
    explain_set_place(explaining, fact, view->rule->line);
    return explain_say(explaining, "promise", fact);
}

static json_t *say_window(struct explaining *explaining, const struct clock_view *view)
{
    json_t *fact = json_object();

    explain_set_instant(explaining, fact, "from", view->clock->anchor_at);
    explain_set_instant(explaining, fact, "to", view->clock->due_at);
    return explain_say(explaining, "window", fact);
}

/* ---- the stretches ---- */

static bool is_time(enum segment_kind kind)
{
    return kind == SEGMENT_OPEN || kind == SEGMENT_PAUSE;
}

static const char *sentence_of(const struct segment *segment, struct arena *arena)
{
    bool is_run = segment->days > 1 && segment->kind != SEGMENT_PAUSE && segment->kind != SEGMENT_MONTH;
    const char *more = is_run ? "_run" : "";

    if (segment->kind == SEGMENT_PAUSE)
        more = segment->to_at == NEVER ? "_open" : segment->moved ? "_moved" : "";
    return arena_printf(arena, "segment_%s%s", explain_segments_kind(segment->kind), more);
}

static json_t *say_segment(struct explaining *explaining, const struct segment *segment)
{
    json_t *fact = json_object();
    const char *amount = is_time(segment->kind) ? "counted_ms" : "counted";
    bool is_pause = segment->kind == SEGMENT_PAUSE || segment->kind == SEGMENT_STOOD;

    json_object_set_new(fact, "kind", json_string(explain_segments_kind(segment->kind)));
    explain_set_day(fact, "day", segment->first_day);
    if (segment->last_day != segment->first_day)
        explain_set_day(fact, "last_day", segment->last_day);
    if (is_time(segment->kind)) {
        explain_set_instant(explaining, fact, "from", segment->from_at);
        explain_set_instant(explaining, fact, "to", segment->to_at);
    }
    json_object_set_new(fact, "days", json_integer(segment->days));
    if (segment->kind == SEGMENT_OPEN && segment->days > 1)
        json_object_set_new(fact, "day_ms", json_integer(segment->each));
    json_object_set_new(fact, amount, json_integer(segment->counted));
    json_object_set_new(fact, is_time(segment->kind) ? "sum_ms" : "sum", json_integer(segment->sum));
    if (segment->moved)
        json_object_set_new(fact, "moved_ms", json_integer(segment->moved));
    if (segment->name && segment->name[0])
        json_object_set_new(fact, is_pause ? "cause" : "name",
                            json_string(explain_words_half(&explaining->wording, segment->name)));
    return explain_say(explaining, sentence_of(segment, explaining->wording.arena), fact);
}

static json_t *say_segments(struct explaining *explaining, const struct segments *segments)
{
    json_t *list = json_array();

    json_decref(explain_say(explaining, "counted", json_object()));
    for (size_t i = 0; i < segments->count; i++)
        json_array_append_new(list, say_segment(explaining, &segments->list[i]));
    return list;
}

/* How a window of hours or of working days came to its end; a civil day needs no account. Windows of working
   days begin at a closing, which is the last instant of its day (quota_window.c). */
static void say_window_segments(struct explaining *explaining, const struct clock_view *view, json_t *object)
{
    struct span window = clock_budget(view);
    msec from_at = view->clock->anchor_at - (window.unit == SPAN_WORKING_DAYS);
    struct segments segments;

    if (window.unit == SPAN_DAYS)
        return;
    explain_segments_count(view->calendar, from_at, window, NULL, 0, &segments);
    if (segments.due_at == view->clock->due_at)
        json_object_set_new(object, "segments", say_segments(explaining, &segments));
    explain_segments_finish(&segments);
}

/* ---- pauses ---- */

/* For what it was paused in a stretch: 等待客户、等待备件. */
static const char *cause_of(const struct explaining *explaining, const struct clock_view *view, msec from_at,
                            msec to_at)
{
    const struct ticket_rare *rare = ticket_rare(view->ticket);
    struct arena *arena = explaining->wording.arena;
    const char *cause = NULL;
    uint32_t told = 0;

    for (uint16_t i = 0; i < rare->pause_count; i++) {
        const struct pause *pause = &rare->pauses[i];
        bool is_in = pause->from_at < to_at && pause->to_at > from_at && pause->to_at > pause->from_at;
        const char *title = explain_title(explaining, &explaining->desk->policy->pauses, pause->reason);

        if (!is_in || !(view->rule->pauses >> pause->reason & 1) || (told >> pause->reason & 1))
            continue;
        told |= UINT32_C(1) << pause->reason;
        cause = cause ? arena_printf(arena, "%s, %s", cause, title) : title;
    }
    return cause ? cause : "";
}

struct holes {
    struct hole list[PAUSES_MAX];
    size_t count;
};

static void find_holes(const struct explaining *explaining, const struct clock_view *view,
                       struct holes *holes)
{
    struct pause_walk walk = pause_walk(view->ticket, view->rule->pauses, view->clock->anchor_at);
    struct hole hole;

    holes->count = 0;
    while (view->rule->pauses && holes->count < PAUSES_MAX &&
           pause_walk_next(&walk, &hole.from_at, &hole.to_at)) {
        hole.cause = cause_of(explaining, view, hole.from_at, hole.to_at);
        holes->list[holes->count++] = hole;
    }
}

static void count(const struct clock_view *view, struct span budget, const struct holes *holes,
                  struct segments *ret_segments)
{
    explain_segments_count(view->calendar, view->clock->anchor_at, budget, holes->list, holes->count,
                           ret_segments);
}

/* A breached clock keeps the deadline of the urgency it was breached under: the budget that leads there. */
static struct span budget_that_fits(const struct explaining *explaining, const struct clock_view *view,
                                    uint8_t *ret_urgency, struct segments *ret_segments)
{
    struct ticket other = *view->ticket;
    struct clock_view trial = *view;
    msec due_at = view->clock->breached_at != NEVER ? view->clock->breached_at : view->clock->due_at;
    uint8_t urgencies = (uint8_t)explaining->desk->policy->urgencies.count;
    struct holes holes;

    find_holes(explaining, view, &holes);
    trial.ticket = &other;
    for (uint8_t i = 0; i < urgencies; i++) {
        other.urgency = (uint8_t)((view->ticket->urgency + i) % urgencies);
        struct span budget = clock_budget(&trial);

        if (!budget.amount)
            continue;
        count(view, budget, &holes, ret_segments);
        *ret_urgency = other.urgency;
        if (ret_segments->due_at == due_at)
            return budget;
        explain_segments_finish(ret_segments);
    }
    *ret_urgency = view->ticket->urgency;
    count(view, clock_budget(view), &holes, ret_segments);
    return clock_budget(view);
}

static void say_otherwise(struct explaining *explaining, const struct clock_view *view,
                          const struct segments *segments, json_t *object)
{
    msec due_at = view->clock->breached_at != NEVER ? view->clock->breached_at : view->clock->due_at;

    if (segments->due_at == due_at)
        return;
    const char *why = approval_granted(view->ticket, view->clock) == due_at ? "extended" : "set_otherwise";
    msec at = strcmp(why, "extended") == 0 ? due_at : segments->due_at;

    json_object_set_new(object, why, explain_say(explaining, why, explain_instant(explaining, at)));
}

static json_t *say_dated(struct explaining *explaining, const struct clock_view *view)
{
    const char *value = field_path_text(&view->records, view->policy, view->ticket, view->rule->due.path);
    json_t *fact =
        json_pack("{s:s,s:s}", "rule", view->rule->due.text, "calendar", calendar_name(view->calendar));

    json_object_set_new(
        fact, "field",
        json_string(field_path_name(view->policy, view->rule->due.path, explaining->wording.arena)));
    if (value)
        json_object_set_new(fact, "value", json_string(value));
    explain_set_place(explaining, fact, view->rule->line);
    return explain_say(explaining, "dated", fact);
}

/* ---- all of it ---- */

static void say_measured(struct explaining *explaining, const struct clock_view *view, json_t *object,
                         struct account *account)
{
    uint8_t urgency;

    account->is_counted = true;
    account->budget = budget_that_fits(explaining, view, &urgency, &account->segments);
    json_object_set_new(object, "budget", say_budget(explaining, view, account->budget, urgency));
    json_object_set_new(object, "segments", say_segments(explaining, &account->segments));
    say_otherwise(explaining, view, &account->segments, object);
}

void explain_account_say(struct explaining *explaining, const struct clock_view *view, json_t *object,
                         struct account *ret_account)
{
    *ret_account = (struct account){0};
    if (clock_is_dated(view->rule)) {
        json_object_set_new(object, "dated", say_dated(explaining, view));
        return;
    }
    switch (view->rule->kind) {
    case CLOCK_LIMIT:
    case CLOCK_SILENCE:
        say_measured(explaining, view, object, ret_account);
        break;
    case CLOCK_QUOTA:
        json_object_set_new(object, "quota", say_quota(explaining, view));
        json_object_set_new(object, "window", say_window(explaining, view));
        say_window_segments(explaining, view, object);
        break;
    case CLOCK_PROMISE:
        json_object_set_new(object, "promise", say_promise(explaining, view));
        break;
    }
}

void explain_account_finish(struct account *account)
{
    explain_segments_finish(&account->segments);
}

bool explain_account_pause(const struct explaining *explaining, const struct clock_view *view,
                           struct hole *ret_hole)
{
    struct holes holes;

    find_holes(explaining, view, &holes);
    if (holes.count)
        *ret_hole = holes.list[holes.count - 1];
    return holes.count > 0;
}
