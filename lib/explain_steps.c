/*
 * The reminders and rungs of a clock: done, to come, and left out.
 *
 * Called by explain_clock.c, and by explain_why.c for when a step falls. What was done is read off the
 * notices (who really got one, and what became of it); what is to come is resolved for the day on which it
 * will fire, so that a person who will be away then already appears with their deputy.
 */
#include "lib/explain.h"

#include "lib/answer.h"
#include "lib/judge.h"
#include "lib/ladder.h"
#include "lib/reminder.h"
#include <string.h>

/* A reminder whose time had passed when the ticket was filed, and that something later outdid even then:
   nobody got it (judge_time.c). */
bool explain_steps_overtaken(const struct clock_view *view, const struct reminder_set *set, uint8_t place)
{
    return reminder_at(view, set->number[place]) < view->ticket->created_at &&
           reminder_is_overtaken(view, set->number[place], view->ticket->created_at);
}

const struct rung_set *explain_steps_rungs(const struct clock_view *view)
{
    const struct ladder_policy *ladder = &view->policy->ladders[view->rule->ladder];

    if (view->rule->ladder == POLICY_NONE)
        return NULL;
    if (view->clock->breached_at != NEVER && view->rungs)
        return view->rungs;
    return &ladder->sets[policy_rung_set(ladder, view->ticket)];
}

msec explain_steps_rung_at(const struct clock_view *view, uint8_t place)
{
    struct clock trial = *view->clock;
    struct clock_view then = *view;

    if (view->clock->breached_at == NEVER && view->clock->due_at == NEVER)
        return NEVER; /* it stands */
    if (view->clock->breached_at == NEVER)
        trial.fired_at = clock_declared_at(view, view->clock->due_at);
    then.clock = &trial;
    then.rungs = explain_steps_rungs(view);
    return clock_rung_at(&then, place, 0);
}

msec explain_steps_reminder_at(const struct clock_view *view, uint8_t number)
{
    return view->clock->due_at == NEVER ? NEVER : reminder_at(view, number);
}

/* A rung that was frozen knows its words and not its line: the list that the ticket would climb today is
   looked at first. */
int explain_steps_line(const struct clock_view *view, const struct rung *rung)
{
    const struct ladder_policy *ladder = &view->policy->ladders[view->rule->ladder];
    uint8_t first = policy_rung_set(ladder, view->ticket);

    if (rung->line)
        return rung->line;
    for (size_t i = 0; i < ladder->count; i++) {
        const struct rung_set *set = &ladder->sets[(first + i) % ladder->count];

        for (size_t r = 0; r < set->count; r++)
            if (strcmp(set->rungs[r].text, rung->text) == 0)
                return set->rungs[r].line;
    }
    return 0;
}

/* ---- one step ---- */

struct step {
    const char *sentence; /* "reminder", "rung" */
    const char *measure;  /* which member its number is */
    const char *left;     /* or the span, when it has one */
    int number, rung;     /* as people count it, and as notices have it */
    msec at;
    const struct audience *to;
    const char *status;
    const char *when_nobody; /* the status when a done step has no notices */
    int line;
};

static const char *text_of(struct explaining *explaining, const struct step *step)
{
    if (step->left)
        return arena_printf(explaining->wording.arena, "reminder %s before", step->left);
    return arena_printf(explaining->wording.arena,
                        strcmp(step->sentence, "rung") == 0 ? "rung %d" : "reminder %d%%", step->number);
}

static bool is_over(const char *status)
{
    return strcmp(status, "done") == 0;
}

static msec first_told(const json_t *people, msec otherwise)
{
    msec at = explain_cold_instant(json_array_get(people, 0), "at");

    return at == NEVER ? otherwise : at;
}

static json_t *say_step(struct explaining *explaining, const struct clock_view *view, const struct step *step)
{
    json_t *people = explain_cold_told(explaining, view->rule->name, view->clock->cycle, step->rung);
    json_t *fact = json_object();
    const char *status = step->status;
    bool is_told = json_array_size(people) > 0;

    if (is_told)
        status = explaining->is_trial && !json_object_get(json_array_get(people, 0), "notice") ? "by_then"
                                                                                               : "done";
    else if (is_over(status) && explaining->cold)
        status = step->when_nobody;
    else if (is_over(status) || strcmp(status, "to_come") == 0) {
        json_decref(people);
        people = explain_audience(explaining, step->to, step->at);
        if (!json_array_size(people))
            status = step->when_nobody;
    }
    json_object_set_new(fact, "step", json_string(text_of(explaining, step)));
    json_object_set_new(fact, step->measure,
                        step->left ? json_string(step->left) : json_integer(step->number));
    explain_set_instant(explaining, fact, "at", is_told ? first_told(people, step->at) : step->at);
    json_object_set_new(fact, "status", json_string(status));
    json_object_set_new(fact, "done", json_boolean(is_over(step->status) || is_told));
    json_object_set_new(fact, "to", people);
    explain_set_place(explaining, fact, step->line);
    if (strcmp(status, "not_needed") == 0) { /* nobody asks what will never be */
        json_object_set_new(fact, "fact", json_string(step->sentence));
        return fact;
    }
    return explain_say(explaining, step->sentence, fact);
}

/* ---- reminders ---- */

static const char *reminder_status(const struct clock_view *view, const struct reminder_set *set,
                                   uint8_t place)
{
    bool is_past = view->clock->reminders >> set->number[place] & 1;

    if (is_past)
        return explain_steps_overtaken(view, set, place) ? "overtaken" : "done";
    if (view->clock->state == CLOCK_PAUSED)
        return "when_resumed";
    if (view->clock->state != CLOCK_RUNNING)
        return view->clock->state == CLOCK_BREACHED ? "overtaken" : "not_needed";
    if (view->rule->kind == CLOCK_QUOTA && view->clock->credited >= view->rule->minimum)
        return "not_needed";
    return "to_come";
}

static void say_reminders(struct explaining *explaining, const struct clock_view *view, json_t *steps)
{
    const struct reminder_set *set = policy_reminders(view->rule, view->ticket);

    for (uint8_t i = 0; set && i < set->count; i++) {
        const struct reminder *reminder = &view->rule->remind[set->number[i]];
        bool is_before = reminder->percent == REMINDER_BEFORE;
        char left[SPAN_TEXT];

        span_format(reminder->left, left);
        struct step step = {
            .sentence = is_before ? "reminder_before" : "reminder",
            .measure = is_before ? "left" : "percent",
            .left = is_before ? left : NULL,
            .number = reminder->percent,
            .rung = reminder_rung(view, set->number[i]),
            .at = explain_steps_reminder_at(view, set->number[i]),
            .to = &view->rule->remind_to,
            .status = reminder_status(view, set, i),
            .when_nobody = "nobody_to_remind",
            .line = set->line,
        };

        json_array_append_new(steps, say_step(explaining, view, &step));
    }
}

/* ---- rungs ---- */

static const char *rung_status(const struct clock_view *view, const struct rung *rung, uint8_t place)
{
    const struct clock *clock = view->clock;
    bool is_waived = rung->unless_acknowledged && clock->acknowledged;

    if (clock->breached_at != NEVER && (clock->untold >> place & 1))
        return is_waived ? "waived" : "nobody";
    if (clock->breached_at != NEVER && place < clock->rungs)
        return "done";
    if (clock->state == CLOCK_PAUSED)
        return "when_resumed";
    if (clock->state != CLOCK_BREACHED && clock->state != CLOCK_RUNNING)
        return "not_needed";
    return is_waived ? "waived" : "to_come";
}

/* A rung that says `again every 4h` tells again: each time that it did is a step of its own. */
static void say_repetitions(struct explaining *explaining, const struct clock_view *view,
                            const struct step *first, const struct rung *rung, json_t *steps)
{
    for (int again = 1; again <= rung->times; again++) {
        struct step step = *first;

        step.rung = first->rung + RUNG_AGAIN * again;
        json_t *told = explain_cold_told(explaining, view->rule->name, view->clock->cycle, step.rung);

        if (json_array_size(told))
            json_array_append_new(steps, say_step(explaining, view, &step));
        json_decref(told);
    }
}

static void say_rungs(struct explaining *explaining, const struct clock_view *view, json_t *steps)
{
    const struct rung_set *set = explain_steps_rungs(view);

    for (uint8_t i = 0; i < set->count; i++) {
        const struct rung *rung = &set->rungs[i];
        struct step step = {
            .sentence = "rung",
            .measure = "rung",
            .number = i + 1,
            .rung = i + 1,
            .at = explain_steps_rung_at(view, i),
            .to = &rung->to,
            .status = rung_status(view, rung, i),
            .when_nobody = "nobody",
            .line = explain_steps_line(view, rung),
        };

        json_array_append_new(steps, say_step(explaining, view, &step));
        say_repetitions(explaining, view, &step, rung, steps);
    }
}

/* ---- what was told besides ---- */

static const char *other_step(int rung)
{
    return rung == RUNG_ALL_CLEAR ? "all_clear" : rung == RUNG_WITHDRAWN ? "withdrawal" : NULL;
}

static void say_others(struct explaining *explaining, const struct clock_view *view, json_t *steps)
{
    static const int rungs[] = {RUNG_ALL_CLEAR, RUNG_WITHDRAWN};

    for (unsigned cycle = 1; cycle <= view->clock->cycle; cycle++)
        for (size_t i = 0; i < sizeof(rungs) / sizeof(rungs[0]); i++) {
            json_t *people = explain_cold_told(explaining, view->rule->name, cycle, rungs[i]);

            if (!json_array_size(people)) {
                json_decref(people);
                continue;
            }
            json_t *fact = json_pack("{s:s,s:b,s:i,s:o}", "step", other_step(rungs[i]), "done", 1, "cycle",
                                     (int)cycle, "to", people);

            explain_set_instant(explaining, fact, "at", first_told(people, view->clock->ended_at));
            json_array_append_new(steps, explain_say(explaining, "told_later", fact));
        }
}

json_t *explain_steps(struct explaining *explaining, const struct clock_view *view)
{
    json_t *steps = json_array();

    if (view->clock->anchor_at == NEVER || view->clock->state == CLOCK_WAITING)
        return steps;
    say_reminders(explaining, view, steps);
    if (view->rule->ladder != POLICY_NONE) {
        say_rungs(explaining, view, steps);
    } else {
        json_t *fact = json_object();

        explain_set_place(explaining, fact, view->rule->line);
        json_decref(explain_say(explaining, "no_ladder", fact));
    }
    say_others(explaining, view, steps);
    return steps;
}
