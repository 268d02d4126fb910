/*
 * Why somebody was not told: every step that could have reached a person, and what kept it from them.
 *
 * Called by method_explain.c for notice.why_not. For each clock of the regime and each of its reminders and
 * rungs, and for each report, one step is described and explain_reasons.c decides. What would be the same for
 * several steps (the person heads another department, tickets like this one don't have the clock) is said
 * once.
 */
#include "lib/explain_why.h"

#include "lib/answer.h"
#include "lib/explain_reasons.h"
#include "lib/judge.h"
#include "lib/ladder.h"
#include "lib/reminder.h"
#include <string.h>

static const struct desk *desk_of(const struct asked *asked)
{
    return asked->explaining->desk;
}

static const struct ticket *ticket_of(const struct asked *asked)
{
    return asked->explaining->ticket;
}

static void set_person(const struct asked *asked, json_t *fact, const char *name, uint16_t index)
{
    const struct person *person = roster_person(desk_of(asked)->roster, index);

    if (person)
        json_object_set_new(fact, name, json_string(person->name[asked->explaining->wording.language]));
}

static void set_title(const struct asked *asked, json_t *fact, const char *name,
                      const struct vocabulary *words, uint8_t index)
{
    const char *title = explain_title(asked->explaining, words, index);

    if (title)
        json_object_set_new(fact, name, json_string(title));
}

/* ---- one step ---- */

static bool is_theirs(const struct asked *asked, const json_t *notice)
{
    const char *recipient = json_string_value(json_object_get(notice, "person"));

    return recipient && strcmp(recipient, roster_person(desk_of(asked)->roster, asked->person)->id) == 0;
}

/* Theirs of this step in the clock's present cycle; of a report, in any. */
static json_t *find_notice(const struct asked *asked)
{
    const json_t *notices = json_object_get(asked->explaining->cold, "notices"), *notice;
    json_t *found = NULL;
    size_t index;

    json_array_foreach(notices, index, notice)
    {
        const char *name = json_string_value(json_object_get(notice, "clock"));
        json_int_t rung = json_integer_value(json_object_get(notice, "rung"));
        bool is_same =
            name && strcmp(name, asked->name) == 0 &&
            (rung == asked->rung || (rung > 0 && rung % RUNG_AGAIN == asked->rung)) &&
            (!asked->clock || json_integer_value(json_object_get(notice, "cycle")) == asked->clock->cycle);
        json_t *recipient = is_same ? explain_cold_recipient(asked->explaining, notice) : NULL;

        if (recipient && is_theirs(asked, recipient)) {
            json_decref(found);
            found = json_incref(recipient);
        }
        json_decref(recipient);
    }
    return found;
}

static const char *step_title(const struct asked *asked)
{
    const char *name = arena_printf(asked->explaining->wording.arena, "step_%s%s", asked->step,
                                    asked->left ? "_before" : "");
    json_t *fact = json_pack("{s:s,s:i,s:s*}", "fact", name, "number", asked->number, "left", asked->left);
    const char *title = explain_words_sentence(&asked->explaining->wording, fact);

    json_decref(fact);
    return title;
}

static json_t *begin_fact(const struct asked *asked)
{
    static const char *const members[] = {"notice",          "state", "detail",   "stands_for",
                                          "stands_for_name", "hold",  "ready_at", "into"};
    json_t *fact = json_object();

    json_object_set_new(fact, "step", json_string(asked->step));
    if (asked->left)
        json_object_set_new(fact, "left", json_string(asked->left));
    else if (asked->rule)
        json_object_set_new(fact, "number", json_integer(asked->number));
    json_object_set_new(fact, "step_title", json_string(step_title(asked)));
    set_person(asked, fact, "name", asked->person);
    set_title(asked, fact, "role_title", &desk_of(asked)->policy->roles, asked->relation.role);
    explain_set_instant(asked->explaining, fact, "at", asked->at);
    if (json_object_get(asked->notice, "at"))
        json_object_set(fact, "at", json_object_get(asked->notice, "at"));
    for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++)
        if (json_object_get(asked->notice, members[i]))
            json_object_set(fact, members[i], json_object_get(asked->notice, members[i]));
    explain_set_place(asked->explaining, fact, asked->line);
    return fact;
}

static json_t *answer_step(struct asked *asked)
{
    msec when = asked->at == NEVER ? asked->explaining->at : asked->at;
    asked->relation = explain_relation(desk_of(asked), ticket_of(asked), asked->to, asked->person, when);
    asked->notice = find_notice(asked);
    json_t *fact = begin_fact(asked);

    const char *reason = explain_reasons_find(asked, fact);

    json_object_set_new(fact, "reason", json_string(explain_reasons_code(reason)));
    json_decref(asked->notice);
    return explain_say(asked->explaining, reason, fact);
}

/* ---- all steps of a clock ---- */

static bool is_one_of(const json_t *fact, const char *const *names)
{
    const char *reason = json_string_value(json_object_get(fact, "reason"));

    for (; *names; names++)
        if (strcmp(*names, reason) == 0)
            return true;
    return false;
}

static bool is_about_the_person(const json_t *fact)
{
    static const char *const names[] = {"not_meant",     "other_department", "other_handler",
                                        "only_deputy",   "later_choice",     "left",
                                        "other_tickets", "waiting",          NULL};

    return is_one_of(fact, names);
}

/* Then every other step would say the same. */
static bool says_it_all(const json_t *steps)
{
    static const char *const names[] = {"left", "other_tickets", NULL};

    return json_array_size(steps) && is_one_of(json_array_get(steps, 0), names);
}

/* All reminders have one audience: what is true of the person is said once. */
static void ask_reminders(struct explaining *explaining, uint16_t person, const struct clock_view *view,
                          const struct clock *clock, json_t *steps)
{
    const struct reminder_set *set = policy_reminders(view->rule, view->ticket);

    for (uint8_t i = 0; set && i < set->count; i++) {
        const struct reminder *reminder = &view->rule->remind[set->number[i]];
        bool is_before = reminder->percent == REMINDER_BEFORE;
        char left[SPAN_TEXT];

        span_format(reminder->left, left);
        struct asked asked = {
            .explaining = explaining,
            .person = person,
            .rule = view->rule,
            .clock = clock,
            .name = view->rule->name,
            .step = "reminder",
            .to = &view->rule->remind_to,
            .number = is_before ? 0 : reminder->percent,
            .left = is_before ? left : NULL,
            .rung = reminder_rung(view, set->number[i]),
            .place = set->number[i],
            .at = clock ? explain_steps_reminder_at(view, set->number[i]) : NEVER,
            .line = set->line,
        };
        json_t *fact = answer_step(&asked);

        json_array_append_new(steps, fact);
        if (is_about_the_person(fact))
            break;
    }
}

static void ask_rungs(struct explaining *explaining, uint16_t person, const struct clock_view *view,
                      const struct clock *clock, json_t *steps)
{
    const struct rung_set *set = explain_steps_rungs(view);

    for (uint8_t i = 0; set && i < set->count && !says_it_all(steps); i++) {
        struct asked asked = {
            .explaining = explaining,
            .person = person,
            .rule = view->rule,
            .clock = clock,
            .name = view->rule->name,
            .step = "rung",
            .to = &set->rungs[i].to,
            .number = i + 1,
            .rung = i + 1,
            .place = i,
            .written = &set->rungs[i],
            .at = clock && clock->state != CLOCK_WAITING ? explain_steps_rung_at(view, i) : NEVER,
            .line = explain_steps_line(view, &set->rungs[i]),
        };

        json_array_append_new(steps, answer_step(&asked));
    }
}

static void add_words(const struct explaining *explaining, const struct vocabulary *words, uint32_t bits,
                      json_t *list)
{
    for (uint8_t i = 0; i < words->count; i++)
        if (bits >> i & 1)
            json_array_append_new(list, json_string(explain_title(explaining, words, i)));
}

/* Which tickets a list of rungs is for, in words. */
static json_t *applies_words(const struct explaining *explaining, const struct applies *when)
{
    const struct policy *policy = explaining->desk->policy;
    json_t *list = json_array();

    add_words(explaining, &policy->classes, when->classes, list);
    add_words(explaining, &policy->urgencies, when->urgencies, list);
    add_words(explaining, &policy->types, when->types, list);
    add_words(explaining, &policy->stages, when->stages, list);
    return list;
}

/* Rungs of other tickets' lists that would reach the person, when none of this ticket's does. */
static void ask_other_lists(struct explaining *explaining, uint16_t person, const struct clock_view *view,
                            json_t *steps)
{
    const struct ladder_policy *ladder = &view->policy->ladders[view->rule->ladder];
    uint8_t own = policy_rung_set(ladder, view->ticket);

    for (uint8_t place = 0; place < ladder->count; place++)
        for (size_t r = 0; place != own && r < ladder->sets[place].count; r++) {
            const struct rung *rung = &ladder->sets[place].rungs[r];
            struct relation relation =
                explain_relation(explaining->desk, view->ticket, &rung->to, person, explaining->at);

            if (relation.kind != RELATION_ADDRESSED)
                continue;
            json_t *fact =
                json_pack("{s:s,s:i,s:s,s:o}", "step", "rung", "number", (int)r + 1, "reason", "other_list",
                          "list", applies_words(explaining, &ladder->sets[place].when));

            explain_set_place(explaining, fact, rung->line);
            json_array_append_new(steps, explain_say(explaining, "why_other_list", fact));
        }
}

/* Does a rung of the ticket's own list tell them, if not yet? */
static bool is_reached(const json_t *steps)
{
    static const char *const others[] = {"not_meant",   "other_department", "other_handler",
                                         "only_deputy", "later_choice",     NULL};
    const json_t *fact;
    size_t index;

    json_array_foreach(steps, index, fact)
    {
        if (strcmp(json_string_value(json_object_get(fact, "step")), "rung") == 0 && !is_one_of(fact, others))
            return true;
    }
    return false;
}

static void say_clock(struct explaining *explaining, const struct clock_view *view, const struct clock *clock)
{
    json_t *fact = json_object();

    json_object_set_new(fact, "clock", json_string(view->rule->name));
    json_object_set_new(fact, "title", json_string(view->rule->title[explaining->wording.language]));
    json_object_set_new(
        fact, "state", json_string(clock_state_name(clock ? (enum clock_state)clock->state : CLOCK_WAITING)));
    if (clock && clock->cycle > 1)
        json_object_set_new(fact, "cycle", json_integer(clock->cycle));
    json_decref(explain_say(explaining, "clock", fact));
}

static void say_nothing_to_tell(struct explaining *explaining, const struct clock_view *view)
{
    json_t *fact = json_object();

    explain_set_place(explaining, fact, view->rule->line);
    json_decref(explain_say(explaining, "no_ladder", fact));
}

static json_t *ask_clock(struct explaining *explaining, uint16_t person, uint8_t rule)
{
    const struct clock *clock = ticket_clock(explaining->ticket, rule);
    struct clock waiting = {.rule = rule,
                            .anchor_at = NEVER,
                            .due_at = NEVER,
                            .breached_at = NEVER,
                            .fired_at = NEVER,
                            .ended_at = NEVER};
    struct clock_view view = desk_view(explaining->desk, explaining->ticket, clock ? clock : &waiting);
    json_t *lines = json_array(), *steps = json_array();

    explaining->lines = lines;
    say_clock(explaining, &view, clock);
    ask_reminders(explaining, person, &view, clock, steps);
    ask_rungs(explaining, person, &view, clock, steps);
    if (view.rule->ladder == POLICY_NONE)
        say_nothing_to_tell(explaining, &view);
    else if (!is_reached(steps) && !says_it_all(steps))
        ask_other_lists(explaining, person, &view, steps);
    return json_pack("{s:s,s:s,s:s,s:o,s:o}", "clock", view.rule->name, "title",
                     view.rule->title[explaining->wording.language], "state",
                     clock_state_name(clock ? (enum clock_state)clock->state : CLOCK_WAITING), "steps", steps,
                     "lines", lines);
}

/* ---- reports ---- */

static json_t *ask_report(struct explaining *explaining, uint16_t person, const struct report_policy *report)
{
    uint8_t urgency = explaining->ticket->urgency;
    json_t *lines = json_array();
    struct asked asked = {
        .explaining = explaining,
        .person = person,
        .name = report->name,
        .step = "report",
        .to = &report->to[urgency],
        .rung = RUNG_REPORT,
        .at = NEVER,
        .line = report->to_line[urgency] ? report->to_line[urgency] : report->line,
    };

    explaining->lines = lines;
    json_decref(explain_say(explaining, "report", json_pack("{s:s}", "report", report->name)));
    json_t *steps = json_pack("[o]", answer_step(&asked));

    return json_pack("{s:s,s:o,s:o}", "report", report->name, "steps", steps, "lines", lines);
}

/* ---- all of it ---- */

static bool concerns(const struct explaining *explaining, uint8_t rule)
{
    return ticket_clock(explaining->ticket, rule) || explaining->ticket->is_open;
}

json_t *explain_why_not(struct explaining *explaining, uint16_t person)
{
    const struct policy *policy = explaining->desk->policy;
    json_t *list = json_array();

    for (uint8_t rule = 0; rule < policy->clock_count; rule++)
        if (concerns(explaining, rule))
            json_array_append_new(list, ask_clock(explaining, person, rule));
    for (size_t i = 0; i < policy->report_count; i++)
        json_array_append_new(list, ask_report(explaining, person, &policy->reports[i]));
    return list;
}
