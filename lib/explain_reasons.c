/*
 * Why a step did not reach somebody: one table of reasons.
 *
 * Called by explain_why.c for each step of each clock. The first row that holds is the answer: what really
 * became of a notice comes before who was meant, who was meant before what time it is. A new reason is a row
 * here and a sentence in explain_sentences.c. Where no row holds, that is said, too: then something is wrong
 * with the judge, and not with the person.
 */
#include "lib/explain_reasons.h"

#include "lib/hold.h"
#include "lib/judge.h"
#include "lib/pause.h"
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

/* NULL: a clock's step is asked about. */
static const struct report_policy *report_asked(const struct asked *asked)
{
    const struct policy *policy = desk_of(asked)->policy;

    for (size_t i = 0; !asked->rule && i < policy->report_count; i++)
        if (strcmp(policy->reports[i].name, asked->name) == 0)
            return &policy->reports[i];
    return NULL;
}

static bool is_for_other_tickets(const struct asked *asked, json_t *fact)
{
    const struct ticket *ticket = ticket_of(asked);
    const struct report_policy *report = report_asked(asked);
    const struct applies *when = report ? &report->when : asked->rule ? &asked->rule->when : NULL;

    if (!when || asked->clock || policy_applies(when, ticket))
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
                                : whom->is_customer
                                    ? (policy->language == LANGUAGE_ZH ? "客户" : "the customer")
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
    const struct report_policy *report = report_asked(asked);

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

const char *explain_reasons_find(const struct asked *asked, json_t *fact)
{
    size_t row = 0;

    while (!reasons[row].holds(asked, fact)) /* the last one always does */
        row++;
    return reasons[row].name;
}

const char *explain_reasons_code(const char *name)
{
    return name + strlen("why_");
}
