/*
 * Why one clock stands as it does: facts in the order in which a person would tell them.
 *
 * Called by method_explain.c. The anchor and who set it, the budget, the stretches of time that were counted,
 * where they lead, how the clock stands at the instant that is explained, which contacts filled which slots,
 * and (explain_steps.c) who was or will be told. The stretches are counted anew, without the arithmetic that
 * set the deadline; when they lead elsewhere (the urgency changed after a breach, a reload changed the rule)
 * that is a fact of its own and not smoothed over.
 */
#include "lib/explain.h"

#include "lib/answer.h"
#include "lib/approval.h"
#include "lib/explain_segments.h"
#include "lib/judge.h"
#include "lib/pause.h"
#include <string.h>

#define SLOTS_SHOWN 12

static json_t *instant_fact(const struct explaining *explaining, msec at)
{
    json_t *fact = json_object();

    explain_set_instant(explaining, fact, "at", at);
    return fact;
}

/* ---- where it began ---- */

/* Who recorded it, and when, if that was later. */
static void set_recorder(const struct explaining *explaining, json_t *fact, const json_t *act)
{
    const char *actor = json_string_value(json_object_get(act, "actor"));

    if (!act)
        return;
    json_object_set_new(fact, "actor", json_string(actor));
    json_object_set_new(fact, "who", json_string(explain_name(explaining, actor)));
    json_object_set(fact, "role", json_object_get(act, "role"));
    json_object_set(fact, "method", json_object_get(act, "method"));
    if (explain_cold_instant(act, "at") != explain_cold_instant(act, "happened_at"))
        json_object_set(fact, "entered_at", json_object_get(act, "at"));
}

static uint32_t begins_by(const struct clock_policy *rule)
{
    return UINT32_C(1) << rule->start.what | rule->restart;
}

static json_t *say_anchor(struct explaining *explaining, const struct clock_view *view)
{
    json_t *fact = instant_fact(explaining, view->clock->anchor_at);
    uint32_t by_any = ((UINT32_C(1) << HAPPENING_COUNT) - 1) & ~(UINT32_C(1) << HAPPENING_CLOSED);
    const json_t *act = explain_cold_act(explaining, begins_by(view->rule), view->clock->anchor_at);
    bool is_first = view->clock->cycle <= 1 || !view->rule->restart; /* what continues began with its start */

    if (!act && view->rule->start.what == HAPPENING_OCCURRED) /* known since the intake */
        act = explain_cold_first(explaining, "ticket.create");
    if (!act) /* a limit that began with a new urgency counts from the intake */
        act = explain_cold_act(explaining, by_any, view->clock->anchor_at);
    json_object_set_new(fact, "what", json_string(happening_name(view->rule->start.what)));
    for (enum happening what = 0; what < HAPPENING_COUNT && !is_first; what++)
        if ((view->rule->restart >> what & 1) &&
            explain_cold_act(explaining, UINT32_C(1) << what, view->clock->anchor_at))
            json_object_set_new(fact, "what", json_string(happening_name(what)));
    json_object_set_new(fact, "condition", json_string(view->rule->start.text));
    set_recorder(explaining, fact, act);
    return explain_say(explaining, "anchor", fact);
}

static json_t *say_window(struct explaining *explaining, const struct clock_view *view)
{
    json_t *fact = json_object();

    explain_set_instant(explaining, fact, "from", view->clock->anchor_at);
    explain_set_instant(explaining, fact, "to", view->clock->due_at);
    return explain_say(explaining, "window", fact);
}

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
        [SPAN_MONTHS] = "how_months",
    };

    return view->rule->customer_hours && budget.unit == SPAN_BUSINESS ? "how_customer" : words[budget.unit];
}

/* What the calendar decides is said with its name. */
static bool needs_calendar(const struct clock_view *view, struct span budget)
{
    return (budget.unit == SPAN_BUSINESS && !view->rule->customer_hours) ||
           budget.unit == SPAN_WORKING_DAYS || budget.unit == SPAN_WORKING_DAY_AT;
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

    set_recorder(explaining, fact, act);
    if (act)
        json_object_set(fact, "stated_at", json_object_get(act, "happened_at"));
    explain_set_place(explaining, fact, view->rule->line);
    return explain_say(explaining, "promise", fact);
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

    json_object_set_new(object, why, explain_say(explaining, why, instant_fact(explaining, at)));
}

/* ---- how it stands ---- */

static void say_used_time(struct explaining *explaining, const struct clock_view *view,
                          const struct segments *segments, struct span budget, json_t *object)
{
    int64_t used = explain_segments_used(segments, view->calendar, explaining->at);
    bool is_days = budget.unit == SPAN_WORKING_DAYS;
    json_t *fact = instant_fact(explaining, explaining->at);

    json_object_set_new(fact, is_days ? "used" : "used_ms", json_integer(used));
    json_object_set_new(fact, is_days ? "left" : "left_ms", json_integer(budget.amount - used));
    json_object_set_new(object, "used", explain_say(explaining, is_days ? "used_days" : "used_ms", fact));
}

static void say_left(struct explaining *explaining, const struct clock_view *view, json_t *object)
{
    json_t *fact = instant_fact(explaining, explaining->at);

    json_object_set_new(fact, "left_ms", json_integer(view->clock->due_at - explaining->at));
    json_object_set_new(object, "used", explain_say(explaining, "left", fact));
}

static void say_closed(struct explaining *explaining, const struct clock_view *view, json_t *object)
{
    msec opens_at = calendar_next_open(view->calendar, explaining->at);
    json_t *fact;

    if (opens_at == explaining->at || opens_at == NEVER)
        return;
    fact = instant_fact(explaining, explaining->at);
    explain_set_instant(explaining, fact, "opens_at", opens_at);
    json_object_set_new(object, "closed", explain_say(explaining, "closed", fact));
}

static void say_running(struct explaining *explaining, const struct clock_view *view,
                        const struct segments *segments, struct span budget, json_t *object)
{
    bool is_counted = segments && (budget.unit == SPAN_REAL || budget.unit == SPAN_BUSINESS ||
                                   budget.unit == SPAN_WORKING_DAYS);

    if (view->clock->state != CLOCK_RUNNING || view->clock->anchor_at > explaining->at)
        return;
    if (is_counted)
        say_used_time(explaining, view, segments, budget, object);
    else
        say_left(explaining, view, object);
    if (segments && budget.unit == SPAN_BUSINESS)
        say_closed(explaining, view, object);
}

static int64_t sum_of(const struct segments *segments)
{
    return segments->count ? segments->list[segments->count - 1].sum : 0;
}

/* Since when and for what it stands, and how much of a budget in time or working days is left. */
static void say_paused(struct explaining *explaining, const struct clock_view *view,
                       const struct segments *segments, struct span budget, json_t *object)
{
    struct holes holes;
    json_t *fact;

    if (view->clock->state != CLOCK_PAUSED)
        return;
    find_holes(explaining, view, &holes);
    fact = instant_fact(explaining, explaining->at);
    if (holes.count) {
        explain_set_instant(explaining, fact, "since", holes.list[holes.count - 1].from_at);
        json_object_set_new(fact, "cause", json_string(holes.list[holes.count - 1].cause));
    }
    if (segments && (budget.unit == SPAN_REAL || budget.unit == SPAN_BUSINESS))
        json_object_set_new(fact, "left_ms", json_integer(budget.amount - sum_of(segments)));
    if (segments && budget.unit == SPAN_WORKING_DAYS)
        json_object_set_new(fact, "left", json_integer(budget.amount - sum_of(segments)));
    json_object_set_new(object, "paused", explain_say(explaining, "paused", fact));
}

static void say_breach(struct explaining *explaining, const struct clock_view *view, json_t *object)
{
    const struct clock *clock = view->clock;
    json_t *fact;

    if (clock->breached_at == NEVER)
        return;
    fact = instant_fact(explaining, clock->breached_at);
    if (clock->fired_at != clock->breached_at)
        explain_set_instant(explaining, fact, "fired_at", clock->fired_at);
    json_object_set_new(object, "breached", explain_say(explaining, "breached", fact));
    if (clock->withdrawn)
        json_decref(explain_say(explaining, "withdrawn", json_object()));
    if (clock->state != CLOCK_BREACHED)
        return;
    fact = instant_fact(explaining, explaining->at);
    json_object_set_new(fact, "over_ms", json_integer(explaining->at - clock->breached_at));
    json_object_set_new(object, "overdue", explain_say(explaining, "overdue", fact));
}

static void say_end(struct explaining *explaining, const struct clock_view *view, json_t *object)
{
    const struct clock *clock = view->clock;
    json_t *fact;

    if (clock->ended_at == NEVER)
        return;
    fact = instant_fact(explaining, clock->ended_at);
    if (clock->state == CLOCK_MET) {
        json_object_set_new(fact, "what", json_string(happening_name(view->rule->stop.what)));
        set_recorder(explaining, fact,
                     explain_cold_act(explaining, UINT32_C(1) << view->rule->stop.what, clock->ended_at));
        if (clock->breached_at != NEVER && !clock->withdrawn && clock->ended_at > clock->breached_at)
            json_object_set_new(fact, "over_ms", json_integer(clock->ended_at - clock->breached_at));
    }
    json_object_set_new(object, "ended",
                        explain_say(explaining, clock->state == CLOCK_MET ? "met" : "cancelled", fact));
}

static void say_grace(struct explaining *explaining, const struct clock_view *view)
{
    if (!view->rule->grace.amount)
        return;
    json_t *fact = instant_fact(explaining, clock_declared_at(view, view->clock->due_at));

    explain_set_place(explaining, fact, view->rule->line);
    json_decref(explain_say(explaining, "grace", fact));
}

static void say_state(struct explaining *explaining, const struct clock_view *view,
                      const struct segments *segments, struct span budget, json_t *object)
{
    if (view->clock->due_at != NEVER)
        json_decref(explain_say(explaining, "due", instant_fact(explaining, view->clock->due_at)));
    say_paused(explaining, view, segments, budget, object);
    say_grace(explaining, view);
    if (clock_is_provisional(view, view->clock->due_at))
        json_decref(explain_say(explaining, "provisional",
                                json_pack("{s:s}", "calendar", calendar_name(view->calendar))));
    say_running(explaining, view, segments, budget, object);
    say_breach(explaining, view, object);
    if (view->clock->acknowledged)
        json_decref(explain_say(explaining, "acknowledged", json_object()));
    say_end(explaining, view, object);
}

/* ---- contacts ---- */

static void add_slots_of(const struct explaining *explaining, const json_t *contact, const char *clock,
                         json_t *slots)
{
    const struct vocabulary *channels = &explaining->desk->policy->channels;
    const char *channel = json_string_value(json_object_get(contact, "channel"));
    const char *actor = json_string_value(json_object_get(contact, "actor"));
    const json_t *credit;
    size_t index;

    json_array_foreach(json_object_get(contact, "credited"), index, credit)
    {
        const char *name = json_string_value(json_object_get(credit, "clock"));
        const char *title =
            explain_title(explaining, channels, channel ? vocabulary_find(channels, channel) : POLICY_NONE);

        if (!name || strcmp(name, clock) != 0)
            continue;
        json_array_append_new(
            slots,
            json_pack("{s:O?,s:O?,s:O?,s:O?,s:s?,s:s?,s:s?}", "contact", json_object_get(contact, "contact"),
                      "at", json_object_get(contact, "at"), "cycle", json_object_get(credit, "cycle"), "slot",
                      json_object_get(credit, "slot"), "channel", title ? title : channel, "actor", actor,
                      "who", explain_name(explaining, actor)));
    }
}

static json_t *say_slots(struct explaining *explaining, const struct clock_view *view)
{
    json_t *slots = json_array();
    const json_t *contact;
    size_t index;

    json_array_foreach(json_object_get(explaining->cold, "contacts"), index, contact)
    {
        add_slots_of(explaining, contact, view->rule->name, slots);
    }
    size_t count = json_array_size(slots), first = count > SLOTS_SHOWN ? count - SLOTS_SHOWN : 0;

    if (first)
        json_decref(explain_say(explaining, "slots_before", json_pack("{s:i}", "count", (int)first)));
    for (size_t i = first; i < count; i++)
        explain_say(explaining, "slot", json_array_get(slots, i));
    return slots;
}

/* ---- by what it was judged ---- */

static bool begins_with(const char *whole, const char *part)
{
    return part && strncmp(whole, part, strlen(part)) == 0;
}

static json_t *say_verdicts(struct explaining *explaining, const struct clock_view *view)
{
    const struct desk *desk = explaining->desk;
    json_t *list = json_array();
    const json_t *verdict;
    size_t index;

    json_array_foreach(json_object_get(explaining->cold, "verdicts"), index, verdict)
    {
        const char *name = json_string_value(json_object_get(verdict, "clock"));
        const char *policy = json_string_value(json_object_get(verdict, "policy"));
        const char *people = json_string_value(json_object_get(verdict, "people"));

        if (!name || strcmp(name, view->rule->name) != 0 ||
            json_integer_value(json_object_get(verdict, "cycle")) != view->clock->cycle)
            continue;
        const char *type = json_string_value(json_object_get(verdict, "type"));
        bool is_same =
            begins_with(desk->policy->digest, policy) && begins_with(roster_digest(desk->roster), people);

        json_t *fact = json_copy((json_t *)(uintptr_t)verdict);

        /* Reminders and rungs have told of themselves already, unless it was by other rules. */
        if (is_same && type && strcmp(type, "clock.breached") != 0 && strcmp(type, "clock.shortfall") != 0)
            json_array_append_new(list, fact);
        else
            json_array_append_new(list,
                                  explain_say(explaining, is_same ? "judged" : "judged_otherwise", fact));
    }
    return list;
}

static json_t *say_versions(struct explaining *explaining, const struct clock_view *view)
{
    const struct policy *policy = explaining->desk->policy;
    json_t *fact = json_object();
    bool is_customers = view->rule->customer_hours;

    json_object_set_new(fact, "regime", json_string(policy->name));
    json_object_set_new(fact, "policy",
                        json_string(arena_printf(explaining->wording.arena, "%.12s", policy->digest)));
    json_object_set_new(fact, "people",
                        json_string(arena_printf(explaining->wording.arena, "%.12s",
                                                 roster_digest(explaining->desk->roster))));
    json_object_set_new(fact, "calendar",
                        json_string(is_customers ? "customer.staffed" : calendar_name(view->calendar)));
    explain_set_place(explaining, fact, view->rule->line);
    return explain_say(explaining, "versions", fact);
}

/* ---- all of it ---- */

static json_t *say_head(struct explaining *explaining, const struct clock_view *view)
{
    const struct clock_policy *rule = view->rule;
    json_t *object = json_object(), *fact;

    json_object_set_new(object, "clock", json_string(rule->name));
    json_object_set_new(object, "title", json_string(rule->title[explaining->wording.language]));
    json_object_set_new(object, "kind", json_string(clock_kind_name(rule->kind)));
    json_object_set_new(object, "state", json_string(clock_state_name((enum clock_state)view->clock->state)));
    if (view->clock->cycle)
        json_object_set_new(object, "cycle", json_integer(view->clock->cycle));
    json_object_set_new(object, "anchor_at", answer_instant(explaining->desk, view->clock->anchor_at));
    json_object_set_new(object, "due_at", answer_instant(explaining->desk, view->clock->due_at));
    json_object_set_new(object, "policy", json_string(explaining->desk->policy->digest));
    explain_set_place(explaining, object, rule->line);
    fact = json_copy(object);
    if (view->clock->cycle <= 1)
        json_object_del(fact, "cycle");
    json_decref(explain_say(explaining, "clock", fact));
    return object;
}

static void say_basis(struct explaining *explaining, const struct clock_view *view, json_t *object)
{
    struct segments segments = {0};
    struct span budget = {0};
    uint8_t urgency;

    switch (view->rule->kind) {
    case CLOCK_LIMIT:
    case CLOCK_SILENCE:
        json_object_set_new(object, "anchor", say_anchor(explaining, view));
        budget = budget_that_fits(explaining, view, &urgency, &segments);
        json_object_set_new(object, "budget", say_budget(explaining, view, budget, urgency));
        json_object_set_new(object, "segments", say_segments(explaining, &segments));
        say_otherwise(explaining, view, &segments, object);
        say_state(explaining, view, &segments, budget, object);
        explain_segments_finish(&segments);
        return;
    case CLOCK_QUOTA:
        json_object_set_new(object, "quota", say_quota(explaining, view));
        json_object_set_new(object, "window", say_window(explaining, view));
        say_window_segments(explaining, view, object);
        break;
    case CLOCK_PROMISE:
        json_object_set_new(object, "anchor", say_anchor(explaining, view));
        json_object_set_new(object, "promise", say_promise(explaining, view));
        break;
    }
    say_state(explaining, view, NULL, budget, object);
}

json_t *explain_clock(struct explaining *explaining, const struct clock *clock)
{
    struct clock_view view = desk_view(explaining->desk, explaining->ticket, clock);
    json_t *lines = json_array();

    explaining->lines = lines;
    json_t *object = say_head(explaining, &view);

    if (clock->state != CLOCK_WAITING && clock->anchor_at != NEVER)
        say_basis(explaining, &view, object);
    json_object_set_new(object, "slots", say_slots(explaining, &view));
    json_object_set_new(object, "steps", explain_steps(explaining, &view));
    json_object_set_new(object, "verdicts", say_verdicts(explaining, &view));
    json_object_set_new(object, "versions", say_versions(explaining, &view));
    json_object_set_new(object, "lines", lines);
    return object;
}

json_t *explain_clock_waiting(struct explaining *explaining, uint8_t rule)
{
    const struct clock_policy *policy = &explaining->desk->policy->clocks[rule];
    struct clock waiting = {.rule = rule,
                            .anchor_at = NEVER,
                            .due_at = NEVER,
                            .breached_at = NEVER,
                            .fired_at = NEVER,
                            .ended_at = NEVER};
    struct clock_view view = desk_view(explaining->desk, explaining->ticket, &waiting);
    json_t *lines = json_array(), *fact = json_object();

    explaining->lines = lines;
    json_t *object = say_head(explaining, &view);

    json_object_set_new(fact, "start", json_string(happening_name(policy->start.what)));
    json_object_set_new(fact, "condition", json_string(policy->start.text));
    explain_set_place(explaining, fact, policy->line);
    json_object_set_new(object, "waiting", explain_say(explaining, "waiting", fact));
    json_object_set_new(object, "lines", lines);
    return object;
}
