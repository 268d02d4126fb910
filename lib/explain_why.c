/*
 * Why somebody was not told: every step that could have reached a person, and what kept it from them.
 *
 * Called by method_explain.c for notice.why_not. For each clock of the regime and each of its reminders and
 * rungs, and for each report, the rows of one table are asked in order; the first that holds is the answer:
 * what really became of a notice comes before who was meant, who was meant before what time it is. A new
 * reason is a row there and a sentence in explain_words.c. Where no row holds, that is said, too: then
 * something is wrong with the judge, and not with the person.
 */
#include "lib/explain_why.h"

#include "lib/answer.h"
#include "lib/explain_relation.h"
#include "lib/hold.h"
#include "lib/judge.h"
#include "lib/ladder.h"
#include "lib/pause.h"
#include "lib/reminder.h"
#include <string.h>

/* One step that is asked about. */
struct asked {
    struct explaining *explaining;
    uint16_t person;
    const struct clock_policy *rule; /* NULL: a report */
    const struct clock *clock;       /* NULL: the ticket has none of the rule */
    const char *name;                /* of the clock or the report */
    const char *step;                /* "rung", "reminder", "report" */
    const struct audience *to;
    int number, rung; /* as people count it, as notices have it */
    const char *left; /* of a reminder that comes so long before the deadline; else NULL */
    uint8_t place;    /* in its list */
    const struct rung *written;
    msec at; /* when it fires; NEVER: not known */
    int line;
    struct relation relation;
    json_t *notice; /* the person's, owned; NULL: there is none */
};

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

static bool state_is(const struct asked *asked, const char *const *states)
{
    const char *state = json_string_value(json_object_get(asked->notice, "state"));

    for (; state && *states; states++)
        if (strcmp(*states, state) == 0)
            return true;
    return false;
}

/* ---- what became of a notice ---- */

static bool was_told(const struct asked *asked, json_t *fact)
{
    static const char *const states[] = {"accepted", "delivered", "acknowledged", NULL};

    (void)fact;
    return state_is(asked, states);
}

/* Held for this: the words of hold.h. */
static bool is_held_for(const struct asked *asked, const char *hold)
{
    static const char *const states[] = {"held", NULL};
    const char *why = json_string_value(json_object_get(asked->notice, "hold"));

    return state_is(asked, states) && why && strcmp(why, hold) == 0;
}

static bool is_held_by_quiet_hours(const struct asked *asked, json_t *fact)
{
    (void)fact;
    return is_held_for(asked, hold_name(HOLD_QUIET));
}

static bool is_held_by_budget(const struct asked *asked, json_t *fact)
{
    (void)fact;
    return is_held_for(asked, hold_name(HOLD_BUDGET));
}

static bool is_held_by_downtime(const struct asked *asked, json_t *fact)
{
    (void)fact;
    return is_held_for(asked, hold_name(HOLD_DOWNTIME));
}

static bool waits_for_release(const struct asked *asked, json_t *fact)
{
    (void)fact;
    return is_held_for(asked, hold_name(HOLD_RELEASE));
}

static bool was_told_in_digest(const struct asked *asked, json_t *fact)
{
    static const char *const states[] = {"coalesced", NULL};

    (void)fact;
    return state_is(asked, states);
}

static bool is_on_its_way(const struct asked *asked, json_t *fact)
{
    static const char *const states[] = {"queued",  "held",     "ready", "attempting",
                                         "claimed", "deferred", NULL};

    (void)fact;
    return state_is(asked, states);
}

static bool was_not_delivered(const struct asked *asked, json_t *fact)
{
    static const char *const states[] = {"failed", "refused", "bounced", NULL};

    (void)fact;
    return state_is(asked, states);
}

static bool was_suppressed(const struct asked *asked, json_t *fact)
{
    static const char *const states[] = {"suppressed", NULL};

    (void)fact;
    return state_is(asked, states);
}

/* A trial's notice has no state yet; any other state is one that this table does not know. */
static bool will_be_told(const struct asked *asked, json_t *fact)
{
    (void)fact;
    return asked->notice && !json_object_get(asked->notice, "state");
}

static bool has_notice(const struct asked *asked, json_t *fact)
{
    (void)fact;
    return asked->notice != NULL;
}

/* ---- who is meant ---- */

static bool has_left(const struct asked *asked, json_t *fact)
{
    (void)fact;
    return roster_person(desk_of(asked)->roster, asked->person)->is_off;
}

static bool is_for_other_tickets(const struct asked *asked, json_t *fact)
{
    const struct ticket *ticket = ticket_of(asked);

    if (!asked->rule || asked->clock || policy_applies(&asked->rule->when, ticket))
        return false;
    set_title(asked, fact, "class", &desk_of(asked)->policy->classes, ticket->class_index);
    set_title(asked, fact, "urgency", &desk_of(asked)->policy->urgencies, ticket->urgency);
    return true;
}

static bool tells_nobody_of_urgency(const struct asked *asked, json_t *fact)
{
    if (asked->rule || asked->to->count)
        return false;
    set_title(asked, fact, "urgency", &desk_of(asked)->policy->urgencies, ticket_of(asked)->urgency);
    return true;
}

static void set_wanted(const struct asked *asked, json_t *fact)
{
    const struct policy *policy = desk_of(asked)->policy;
    json_t *wanted = json_array();

    for (uint8_t place = 0; place < asked->to->count; place++)
        for (size_t choice = 0; choice < AUDIENCE_CHOICES; choice++) {
            const struct addressee *whom = &asked->to->to[place][choice];
            const char *title = whom->person ? explain_name(asked->explaining, whom->person)
                                             : explain_title(asked->explaining, &policy->roles, whom->role);

            if (title)
                json_array_append_new(wanted, json_string(title));
        }
    json_object_set_new(fact, "wanted", wanted);
}

static void set_roles(const struct asked *asked, json_t *fact)
{
    const struct policy *policy = desk_of(asked)->policy;
    const struct person *person = roster_person(desk_of(asked)->roster, asked->person);
    json_t *roles = json_array();

    for (uint8_t role = 0; role < policy->roles.count; role++)
        if (person->roles >> role & 1)
            json_array_append_new(roles, json_string(explain_title(asked->explaining, &policy->roles, role)));
    json_object_set_new(fact, "roles", roles);
}

static bool is_not_meant(const struct asked *asked, json_t *fact)
{
    if (asked->relation.kind != RELATION_NONE)
        return false;
    set_wanted(asked, fact);
    set_roles(asked, fact);
    return true;
}

static bool is_of_other_department(const struct asked *asked, json_t *fact)
{
    const struct policy *policy = desk_of(asked)->policy;
    const struct person *person = roster_person(desk_of(asked)->roster, asked->person);

    if (asked->relation.kind != RELATION_OTHER_DEPARTMENT)
        return false;
    set_title(asked, fact, "department", &policy->departments, asked->relation.department);
    set_title(asked, fact, "own_department", &policy->departments, person->department);
    return true;
}

static bool is_other_handler(const struct asked *asked, json_t *fact)
{
    if (asked->relation.kind != RELATION_OTHER_HANDLER)
        return false;
    set_person(asked, fact, "handler", asked->relation.other);
    return true;
}

static bool is_only_deputy(const struct asked *asked, json_t *fact)
{
    if (asked->relation.kind != RELATION_ONLY_DEPUTY)
        return false;
    set_person(asked, fact, "holder", asked->relation.other);
    return true;
}

static bool comes_later(const struct asked *asked, json_t *fact)
{
    if (asked->relation.kind != RELATION_LATER_CHOICE)
        return false;
    json_object_set_new(fact, "to",
                        explain_audience(asked->explaining, asked->to,
                                         asked->at == NEVER ? asked->explaining->at : asked->at));
    return true;
}

static bool is_absent_alone(const struct asked *asked, json_t *fact)
{
    (void)fact;
    return asked->relation.kind == RELATION_ABSENT && asked->relation.other == ROSTER_NOBODY;
}

static bool is_absent(const struct asked *asked, json_t *fact)
{
    if (asked->relation.kind != RELATION_ABSENT)
        return false;
    set_person(asked, fact, "deputy", asked->relation.other);
    return true;
}

/* ---- what time it is ---- */

static bool is_history(const struct asked *asked, json_t *fact)
{
    (void)fact;
    return ticket_of(asked)->history_until_at != NEVER;
}

static bool waits_to_begin(const struct asked *asked, json_t *fact)
{
    if (!asked->rule || (asked->clock && asked->clock->state != CLOCK_WAITING))
        return false;
    json_object_set_new(fact, "start", json_string(happening_name(asked->rule->start.what)));
    return true;
}

static bool was_met(const struct asked *asked, json_t *fact)
{
    if (!asked->clock || asked->clock->state != CLOCK_MET)
        return false;
    explain_set_instant(asked->explaining, fact, "ended_at", asked->clock->ended_at);
    return true;
}

static bool was_cancelled(const struct asked *asked, json_t *fact)
{
    if (!asked->clock || asked->clock->state != CLOCK_CANCELLED)
        return false;
    explain_set_instant(asked->explaining, fact, "ended_at", asked->clock->ended_at);
    return true;
}

static bool is_paused(const struct asked *asked, json_t *fact)
{
    const struct vocabulary *words = &desk_of(asked)->policy->pauses;
    uint32_t reasons = asked->rule ? pause_reasons(ticket_of(asked)) & asked->rule->pauses : 0;

    for (uint8_t reason = 0; reason < words->count; reason++)
        if (reasons >> reason & 1)
            set_title(asked, fact, "cause", words, reason);
    return asked->clock && asked->clock->state == CLOCK_PAUSED;
}

static bool is_reminder(const struct asked *asked)
{
    return strcmp(asked->step, "reminder") == 0;
}

static bool is_overtaken(const struct asked *asked, json_t *fact)
{
    (void)fact;
    return is_reminder(asked) &&
           (asked->clock->state == CLOCK_BREACHED || (asked->clock->reminders >> asked->place & 1));
}

static bool has_enough(const struct asked *asked, json_t *fact)
{
    (void)fact;
    return is_reminder(asked) && asked->rule->kind == CLOCK_QUOTA &&
           asked->clock->credited >= asked->rule->minimum;
}

static bool is_waived(const struct asked *asked, json_t *fact)
{
    (void)fact;
    return asked->written && asked->written->unless_acknowledged && asked->clock->acknowledged;
}

static bool is_not_yet(const struct asked *asked, json_t *fact)
{
    (void)fact;
    return asked->rule && asked->at != NEVER && asked->at > asked->explaining->at;
}

static bool has_not_happened(const struct asked *asked, json_t *fact)
{
    const struct report_policy *report = NULL;

    if (asked->rule)
        return false;
    for (size_t i = 0; i < desk_of(asked)->policy->report_count; i++)
        if (strcmp(desk_of(asked)->policy->reports[i].name, asked->name) == 0)
            report = &desk_of(asked)->policy->reports[i];
    if (!report || !report->has_on)
        return false;
    json_object_set_new(fact, "start", json_string(happening_name(report->on.what)));
    return true;
}

/* It fired, and whoever was meant then was told: the person is meant today. */
static bool was_for_others(const struct asked *asked, json_t *fact)
{
    json_t *told = asked->clock
                       ? explain_cold_told(asked->explaining, asked->name, asked->clock->cycle, asked->rung)
                       : NULL;

    if (json_array_size(told) > 0)
        json_object_set(fact, "to", told);
    json_decref(told);
    return json_object_get(fact, "to") != NULL;
}

static bool told_nobody(const struct asked *asked, json_t *fact)
{
    (void)fact;
    return asked->written && asked->clock && (asked->clock->untold >> asked->place & 1);
}

static bool is_unknown(const struct asked *asked, json_t *fact)
{
    (void)asked;
    (void)fact;
    return true;
}

/* In this order; the names are those of sentences in explain_words.c, and of the protocol without "why_". */
static const struct {
    const char *name;
    bool (*holds)(const struct asked *asked, json_t *fact);
} reasons[] = {
    {"why_told", was_told},
    {"why_digest", was_told_in_digest},
    {"why_quiet_hours", is_held_by_quiet_hours},
    {"why_budget", is_held_by_budget},
    {"why_downtime", is_held_by_downtime},
    {"why_release", waits_for_release},
    {"why_on_its_way", is_on_its_way},
    {"why_not_delivered", was_not_delivered},
    {"why_suppressed", was_suppressed},
    {"why_by_then", will_be_told},
    {"why_state", has_notice},
    {"why_left", has_left},
    {"why_other_tickets", is_for_other_tickets},
    {"why_other_urgency", tells_nobody_of_urgency},
    {"why_not_meant", is_not_meant},
    {"why_other_department", is_of_other_department},
    {"why_other_handler", is_other_handler},
    {"why_only_deputy", is_only_deputy},
    {"why_later_choice", comes_later},
    {"why_history", is_history},
    {"why_waiting", waits_to_begin},
    {"why_met", was_met},
    {"why_cancelled", was_cancelled},
    {"why_paused", is_paused},
    {"why_enough", has_enough},
    {"why_waived", is_waived},
    {"why_absent_alone", is_absent_alone},
    {"why_absent", is_absent},
    {"why_not_yet", is_not_yet},
    {"why_overtaken", is_overtaken},
    {"why_not_happened", has_not_happened},
    {"why_for_others", was_for_others},
    {"why_told_nobody", told_nobody},
    {"why_unknown", is_unknown},
};

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
    size_t row = 0;

    asked->relation = explain_relation(desk_of(asked), ticket_of(asked), asked->to, asked->person, when);
    asked->notice = find_notice(asked);
    json_t *fact = begin_fact(asked);

    while (!reasons[row].holds(asked, fact))
        row++;
    json_object_set_new(fact, "reason", json_string(reasons[row].name + strlen("why_")));
    json_decref(asked->notice);
    return explain_say(asked->explaining, reasons[row].name, fact);
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
