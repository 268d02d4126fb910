/*
 * clock.explain: why each clock of a ticket stands as it does.
 *
 * Handler of the method table. It re-adds with the judge's own arithmetic (clock.c) and says what it added:
 * the anchor and what set it, the budget in its unit, the calendar whose hours count, the reminders and rungs
 * done and to come with the people they would reach now. Lines are for people; the same facts stand beside
 * them as members.
 */
#include "lib/answer.h"
#include "lib/base/span.h"
#include "lib/judge.h"
#include "lib/method_handlers.h"
#include "lib/notice.h"
#include "lib/request.h"

static void say(json_t *lines, const char *text)
{
    json_array_append_new(lines, json_string(text));
}

static const char *window_words(struct desk *desk, const struct clock_view *view)
{
    struct arena *arena = &desk->out->arena;
    struct span window = view->rule->window;
    char span[SPAN_TEXT];

    span_format(window, span);
    if (window.unit == SPAN_DAYS && window.amount == 1)
        return arena_printf(arena, "%s of %s", view->rule->working_days_only ? "working day" : "civil day",
                            zone_name(desk->policy->zone));
    return arena_printf(arena, "window of %s by calendar %s", span, calendar_name(view->calendar));
}

static void say_budget(struct desk *desk, const struct clock_view *view, json_t *lines)
{
    struct arena *arena = &desk->out->arena;
    char span[SPAN_TEXT];

    switch (view->rule->kind) {
    case CLOCK_LIMIT:
    case CLOCK_SILENCE:
        span_format(view->rule->within[view->ticket->urgency], span);
        say(lines,
            arena_printf(arena, "%s %s for urgency %s, counted %s%s",
                         view->rule->kind == CLOCK_LIMIT ? "limit" : "longest silence", span,
                         desk->policy->urgencies.terms[view->ticket->urgency].name,
                         view->rule->customer_hours ? "while the customer is staffed, " : "by calendar ",
                         view->rule->customer_hours ? desk->hours[view->ticket->hours].text
                                                    : calendar_name(view->calendar)));
        break;
    case CLOCK_QUOTA:
        say(lines, arena_printf(arena, "at least %u and if possible %u contacts in each %s; so far %u",
                                view->rule->minimum, view->rule->target, window_words(desk, view),
                                view->clock->credited));
        break;
    case CLOCK_PROMISE:
        say(lines, "due at the time that was stated");
        break;
    }
}

static void say_course(struct desk *desk, const struct clock_view *view, json_t *lines)
{
    struct arena *arena = &desk->out->arena;
    const struct clock *clock = view->clock;

    say(lines, arena_printf(arena, "began at %s (%s), due at %s", desk_time(desk, clock->anchor_at, arena),
                            view->rule->start.text, desk_time(desk, clock->due_at, arena)));
    if (clock->breached_at != NEVER)
        say(lines, arena_printf(arena, "%s at %s; the ladder began at %s",
                                clock->withdrawn ? "taken for missed" : "missed",
                                desk_time(desk, clock->breached_at, arena),
                                desk_time(desk, clock->fired_at, arena)));
    if (clock->withdrawn)
        say(lines, "withdrawn: it had been in time, but was recorded late");
    if (clock->ended_at != NEVER)
        say(lines, arena_printf(arena, "%s at %s", clock_state_name((enum clock_state)clock->state),
                                desk_time(desk, clock->ended_at, arena)));
    if (clock->acknowledged)
        say(lines, "acknowledged: somebody is at it; that stops only rungs that say `if not acknowledged`");
}

static json_t *people_of(struct desk *desk, const struct ticket *ticket, const struct audience *audience)
{
    struct recipient recipients[RECIPIENTS_MAX];
    size_t count = notice_resolve(desk, ticket, audience, recipients);
    json_t *list = json_array();

    for (size_t i = 0; i < count; i++)
        json_array_append_new(list, json_pack("{s:s,s:s}", "person",
                                              roster_person(desk->roster, recipients[i].person)->id, "role",
                                              desk->policy->roles.terms[recipients[i].role].name));
    return list;
}

static void add_step(struct desk *desk, json_t *steps, const char *what, bool is_done, msec at,
                     json_t *people)
{
    json_array_append_new(steps, json_pack("{s:s,s:b,s:o,s:o}", "step", what, "done", (int)is_done, "at",
                                           answer_instant(desk, at), "to", people));
}

/* A reminder whose time had passed when the ticket was filed, and that something later outdid even then:
   nobody got it (judge_time.c). */
static bool is_overtaken(const struct clock_view *view, const struct reminder_set *set, uint8_t place)
{
    msec at = clock_fraction_after(view, view->clock->anchor_at, set->percent[place]);
    msec outdone_at = place + 1 < set->count
                          ? clock_fraction_after(view, view->clock->anchor_at, set->percent[place + 1])
                          : view->clock->due_at;

    return at < view->ticket->created_at && outdone_at <= view->ticket->created_at;
}

static void add_reminders(struct desk *desk, const struct clock_view *view, json_t *steps)
{
    const struct reminder_set *set = policy_reminders(view->rule, view->ticket);

    for (uint8_t i = 0; set && i < set->count; i++) {
        bool is_past = set->percent[i] < view->clock->reminders;
        bool is_skipped = is_past && is_overtaken(view, set, i);

        add_step(desk, steps,
                 arena_printf(&desk->out->arena, "reminder at %u%%%s", set->percent[i],
                              is_skipped ? ", overtaken: sent to nobody" : ""),
                 is_past && !is_skipped, clock_fraction_after(view, view->clock->anchor_at, set->percent[i]),
                 is_skipped ? json_array() : people_of(desk, view->ticket, &view->rule->remind_to));
    }
}

/* The rungs as they would fire from a breach at the due time, or as they fire from the one that happened. */
static void add_rungs(struct desk *desk, const struct clock_view *view, json_t *steps)
{
    if (view->rule->ladder == POLICY_NONE)
        return;
    const struct ladder_policy *ladder = &desk->policy->ladders[view->rule->ladder];
    bool is_climbed = view->clock->state == CLOCK_BREACHED;
    struct clock trial = *view->clock;
    struct clock_view then = *view;

    if (!is_climbed || !then.rungs)
        then.rungs = &ladder->sets[policy_rung_set(ladder, view->ticket)];
    trial.fired_at = is_climbed ? view->clock->fired_at : view->clock->due_at;
    then.clock = &trial;
    for (uint8_t place = 0; place < then.rungs->count; place++) {
        const struct rung *rung = &then.rungs->rungs[place];
        bool is_silent = is_climbed && (view->clock->untold >> place & 1);

        add_step(desk, steps,
                 arena_printf(&desk->out->arena, "rung %u of ladder %s%s", place + 1u, ladder->name,
                              is_silent ? ", told nobody" : ""),
                 is_climbed && place < view->clock->rungs && !is_silent, clock_rung_at(&then, place, 0),
                 is_silent ? json_array() : people_of(desk, view->ticket, &rung->to));
    }
}

static json_t *explain(struct desk *desk, const struct ticket *ticket, const struct clock *clock)
{
    struct clock_view view = desk_view(desk, ticket, clock);
    json_t *lines = json_array(), *steps = json_array();

    say_budget(desk, &view, lines);
    say_course(desk, &view, lines);
    if (clock_is_live(clock)) {
        add_reminders(desk, &view, steps);
        add_rungs(desk, &view, steps);
    }
    return json_pack("{s:s,s:s,s:s,s:i,s:o,s:o,s:s,s:i,s:o,s:o}", "clock", view.rule->name, "title",
                     view.rule->title[desk->policy->language], "state",
                     clock_state_name((enum clock_state)clock->state), "cycle", (int)clock->cycle,
                     "anchor_at", answer_instant(desk, clock->anchor_at), "due_at",
                     answer_instant(desk, clock->due_at), "policy", desk->policy->digest, "line",
                     view.rule->line, "lines", lines, "steps", steps);
}

void method_clock_explain(struct desk *desk, const struct request *request, struct effects *out)
{
    const struct ticket *ticket = request_ticket(desk, request);
    json_t *clocks = json_array();

    (void)out;
    for (uint8_t i = 0; ticket && i < ticket->clock_count; i++)
        json_array_append_new(clocks, explain(desk, ticket, &ticket->clocks[i]));
    if (!ticket) {
        json_decref(clocks);
        return;
    }
    json_t *result = json_object();

    json_object_set_new(result, "ticket", answer_ticket_id(ticket));
    json_object_set_new(result, "number", json_string(desk_number(desk, ticket, &desk->out->arena)));
    json_object_set_new(result, "regime", json_string(desk->policy->name));
    json_object_set_new(result, "clocks", clocks);
    request_answer(desk, request, result);
}
