/*
 * What answers look like: hot members of tickets and clocks as JSON.
 *
 * Used by the methods. One function per shape, so that a client meets the same member under the same name in
 * every answer. Times are shown in the desk's zone with offset; ids are strings (they outgrow 2^53 in
 * nobody's JSON).
 */
#include "lib/answer.h"

#include "lib/base/instant.h"
#include "lib/decision.h"
#include "lib/judge.h"
#include <inttypes.h>
#include <stdio.h>

json_t *answer_instant_in(const struct zone *zone, msec at)
{
    char text[INSTANT_TEXT];

    if (at == NEVER)
        return json_null();
    instant_format(at, zone_offset_s(zone, at), text);
    return json_string_nocheck(text);
}

json_t *answer_instant(const struct desk *desk, msec at)
{
    return answer_instant_in(desk->policy->zone, at);
}

json_t *answer_ticket_id(const struct ticket *ticket)
{
    char text[24];

    snprintf(text, sizeof(text), "%" PRIu64, ticket->id);
    return json_string_nocheck(text);
}

void answer_set_term(json_t *object, const char *name, const struct vocabulary *words, uint8_t index)
{
    json_object_set_new(object, name,
                        index < words->count ? json_string(words->terms[index].name) : json_null());
}

void answer_set_person(const struct desk *desk, json_t *object, const char *name, uint16_t person)
{
    const struct person *who = roster_person(desk->roster, person);

    json_object_set_new(object, name, who ? json_string(who->id) : json_null());
}

void answer_set_acts(const struct desk *desk, json_t *object, const struct ticket *ticket)
{
    const struct policy *policy = desk->policy;
    uint32_t class_steps = policy->class_policies[ticket->class_index].steps;
    json_t *steps = json_array(), *signatures = json_array();

    for (uint8_t i = 0; i < policy->steps.count; i++)
        if (class_steps >> i & 1)
            json_array_append_new(steps, json_pack("{s:s,s:b}", "step", policy->steps.terms[i].name, "done",
                                                   (int)ticket_knows(ticket, policy->step_policies[i].fact)));
    for (uint8_t i = 0; i < policy->signatures.count; i++)
        if (ticket_knows(ticket, policy->signature_policies[i].fact))
            json_array_append_new(signatures, json_string(policy->signatures.terms[i].name));
    for (uint8_t i = 0; i < policy->levels.count; i++)
        if (ticket_knows(ticket, policy->level_policies[i].fact))
            json_object_set_new(object, "satisfaction", json_string(policy->levels.terms[i].name));
    if (json_array_size(steps))
        json_object_set(object, "steps", steps);
    if (json_array_size(signatures))
        json_object_set(object, "signed", signatures);
    json_decref(steps);
    json_decref(signatures);
}

static json_t *decision_of(const struct desk *desk, const struct ticket *ticket,
                           const struct decision_policy *decision)
{
    const struct field_records records = {desk->texts, desk->registers};
    const struct decision_answer answer = decision_judge(&records, desk->policy, ticket, decision);
    enum language language = desk->policy->language;
    json_t *object = json_pack("{s:s,s:s}", "decision", decision->name, "title", decision->title[language]);

    if (answer.rule) {
        const struct decision_word *word = &decision->words[answer.rule->word];

        json_object_set_new(object, "word", json_string(word->name));
        json_object_set_new(object, "says", json_string(word->title[language]));
        json_object_set_new(object, "line", json_integer(answer.rule->line));
    } else {
        json_object_set_new(object, "word", json_null());
        json_object_set_new(object, "missing",
                            json_string(field_path_name(desk->policy, answer.missing, &desk->out->arena)));
    }
    return object;
}

void answer_set_decisions(const struct desk *desk, json_t *object, const struct ticket *ticket)
{
    json_t *list = json_array();

    for (size_t i = 0; i < desk->policy->decision_count; i++)
        if (decision_is_for(&desk->policy->decisions[i], ticket->class_index))
            json_array_append_new(list, decision_of(desk, ticket, &desk->policy->decisions[i]));
    if (json_array_size(list))
        json_object_set(object, "decisions", list);
    json_decref(list);
}

json_t *answer_approval(const struct desk *desk, const struct approval *approval)
{
    const struct policy *policy = desk->policy;
    json_t *object = json_object();
    char id[24];

    snprintf(id, sizeof(id), "%" PRIu64, approval->id);
    json_object_set_new(object, "approval", json_string(id));
    json_object_set_new(object, "kind", json_string(policy->approvals.terms[approval->kind].name));
    json_object_set_new(object, "state",
                        json_string(approval->state == APPROVAL_ASKED ? "asked" : "approved"));
    if (approval->rule != POLICY_NONE)
        json_object_set_new(object, "clock", json_string(policy->clocks[approval->rule].name));
    if (approval->until_at != NEVER)
        json_object_set_new(object, "until", answer_instant(desk, approval->until_at));
    if (approval->department != POLICY_NONE)
        answer_set_term(object, "department", &policy->departments, approval->department);
    if (approval->handler != TICKET_NOBODY)
        answer_set_person(desk, object, "handler", approval->handler);
    answer_set_person(desk, object, "asked_by", approval->asker);
    return object;
}

void answer_set_approvals(const struct desk *desk, json_t *object, const struct ticket *ticket)
{
    const struct ticket_rare *rare = ticket_rare(ticket);
    json_t *list = json_array();

    for (uint16_t i = 0; i < rare->approval_count; i++)
        json_array_append_new(list, answer_approval(desk, &rare->approvals[i]));
    if (json_array_size(list))
        json_object_set(object, "approvals", list);
    json_decref(list);
}

static void set_overrun(const struct clock *clock, json_t *object)
{
    bool is_missed = clock->breached_at != NEVER && !clock->withdrawn;
    msec due_at = is_missed ? clock->breached_at : clock->due_at; /* within the grace nothing is breached */

    if (clock->state == CLOCK_MET && clock->ended_at > due_at)
        json_object_set_new(object, "overrun_s", json_integer((clock->ended_at - due_at) / MSEC_SECOND));
}

static const char *calendar_word(const struct clock_view *view)
{
    return view->rule->customer_hours ? "customer.staffed" : calendar_name(view->calendar);
}

/* Outside the hours that count a running clock stands: that is "closed", not "paused" (domain rule 6). */
static bool is_closed_now(const struct desk *desk, const struct clock_view *view)
{
    bool counts_hours = view->rule->customer_hours ||
                        policy_within(view->rule, view->ticket).unit == SPAN_BUSINESS ||
                        view->rule->window.unit == SPAN_BUSINESS;

    return counts_hours && view->clock->state == CLOCK_RUNNING &&
           !calendar_is_open(view->calendar, desk->now);
}

/* What will be left when it runs again: in the budget's own unit, and in seconds where it is time. */
static void set_remaining(const struct clock_view *view, json_t *object)
{
    struct span left = clock_left(view);
    char text[SPAN_TEXT];

    span_format(left, text);
    json_object_set_new(object, "remaining", json_string(text));
    if (left.unit == SPAN_REAL || left.unit == SPAN_BUSINESS)
        json_object_set_new(object, "remaining_s", json_integer(left.amount / MSEC_SECOND));
}

static json_t *one_clock(const struct desk *desk, const struct ticket *ticket, const struct clock *clock)
{
    struct clock_view view = desk_view(desk, ticket, clock);
    json_t *object = json_object();

    json_object_set_new(object, "clock", json_string(view.rule->name));
    json_object_set_new(object, "kind", json_string(clock_kind_name(view.rule->kind)));
    json_object_set_new(object, "state", json_string(clock_state_name((enum clock_state)clock->state)));
    json_object_set_new(object, "cycle", json_integer(clock->cycle));
    json_object_set_new(object, "due_at", answer_instant(desk, clock->due_at));
    json_object_set_new(object, "calendar", json_string(calendar_word(&view)));
    json_object_set_new(object, "provisional", json_boolean(clock_is_provisional(&view, clock->due_at)));
    if (clock->breached_at != NEVER)
        json_object_set_new(object, "breached_at", answer_instant(desk, clock->breached_at));
    if (clock->ended_at != NEVER)
        json_object_set_new(object, "ended_at", answer_instant(desk, clock->ended_at));
    if (clock->acknowledged)
        json_object_set_new(object, "acknowledged", json_true());
    if (clock->withdrawn)
        json_object_set_new(object, "withdrawn", json_true());
    if (is_closed_now(desk, &view))
        json_object_set_new(object, "closed", json_true());
    if (clock->state == CLOCK_PAUSED && view.rule->kind != CLOCK_QUOTA)
        set_remaining(&view, object);
    if (view.rule->kind == CLOCK_QUOTA)
        json_object_set_new(object, "credited", json_integer(clock->credited));
    set_overrun(clock, object);
    return object;
}

static bool waits(const struct desk *desk, const struct ticket *ticket, uint8_t rule)
{
    return ticket->is_open && !ticket_clock(ticket, rule) && judge_rule_applies(desk, ticket, rule);
}

json_t *answer_clocks(const struct desk *desk, const struct ticket *ticket)
{
    json_t *list = json_array();

    for (uint8_t rule = 0; rule < desk->policy->clock_count; rule++) {
        const struct clock *clock = ticket_clock(ticket, rule);
        struct clock waiting = {.rule = rule, .due_at = NEVER, .breached_at = NEVER, .ended_at = NEVER};

        if (clock)
            json_array_append_new(list, one_clock(desk, ticket, clock));
        else if (waits(desk, ticket, rule))
            json_array_append_new(list, one_clock(desk, ticket, &waiting));
    }
    return list;
}

static json_t *types_of(const struct desk *desk, const struct ticket *ticket)
{
    json_t *list = json_array();

    for (uint8_t type = 0; type < desk->policy->types.count; type++)
        if (ticket->types >> type & 1)
            json_array_append_new(list, json_string(desk->policy->types.terms[type].name));
    return list;
}

/* What presses most: a missed deadline before one to come, an older one before a newer. NEVER: nothing
 * presses. */
static msec presses_at(const struct clock *clock)
{
    if (clock->state == CLOCK_BREACHED)
        return clock->breached_at;
    return clock->state == CLOCK_RUNNING ? clock->due_at : NEVER;
}

static void set_next_due(const struct desk *desk, const struct ticket *ticket, json_t *object)
{
    const char *next = NULL;
    msec next_at = NEVER;
    size_t breached = 0;
    bool is_provisional = false;

    for (uint8_t i = 0; i < ticket->clock_count; i++) {
        const struct clock *clock = &ticket->clocks[i];

        breached += clock->state == CLOCK_BREACHED;
        if (presses_at(clock) < next_at) {
            next = desk->policy->clocks[clock->rule].name;
            next_at = presses_at(clock);
            struct clock_view view = desk_view(desk, ticket, clock);

            is_provisional = clock_is_provisional(&view, next_at);
        }
    }
    json_object_set_new(object, "next_clock", next ? json_string(next) : json_null());
    json_object_set_new(object, "next_due_at", answer_instant(desk, next_at));
    json_object_set_new(object, "next_provisional", json_boolean(is_provisional));
    json_object_set_new(object, "breached", json_integer((json_int_t)breached));
}

json_t *answer_pauses(const struct desk *desk, const struct ticket *ticket)
{
    const struct ticket_rare *rare = ticket_rare(ticket);
    json_t *list = json_array();

    for (uint16_t i = 0; i < rare->pause_count; i++)
        if (rare->pauses[i].to_at == NEVER)
            json_array_append_new(list, json_pack("{s:s,s:o}", "reason",
                                                  desk->policy->pauses.terms[rare->pauses[i].reason].name,
                                                  "since", answer_instant(desk, rare->pauses[i].from_at)));
    return list;
}

void answer_set_supporting(const struct desk *desk, json_t *object, const struct ticket *ticket)
{
    const struct vocabulary *departments = &desk->policy->departments;
    uint32_t supporting = ticket_rare(ticket)->supporting;
    json_t *list = supporting ? json_array() : NULL;

    for (uint8_t i = 0; i < departments->count; i++)
        if (supporting >> i & 1)
            json_array_append_new(list, json_string(departments->terms[i].name));
    if (list)
        json_object_set_new(object, "supporting", list);
}

static json_t *customer_of(const struct desk *desk, const struct ticket *ticket)
{
    json_t *customer =
        json_pack("{s:s,s:s}", "name", intern_text(desk->customers, ticket->customer),
                  desk->hours[ticket->hours].made ? "staffed" : "calendar", desk->hours[ticket->hours].text);

    if (ticket->is_key_customer)
        json_object_set_new(customer, "key_account", json_true());
    return customer;
}

json_t *answer_summary(const struct desk *desk, const struct ticket *ticket)
{
    const struct policy *policy = desk->policy;
    json_t *object = json_object();
    char number[NUMBER_TEXT];

    series_text(&desk->numbers, policy, ticket->series, ticket->number, number, sizeof(number));
    json_object_set_new(object, "ticket", answer_ticket_id(ticket));
    json_object_set_new(object, "number", json_string(number));
    json_object_set_new(object, "revision", json_integer(ticket->revision));
    json_object_set_new(object, "state", json_string(ticket->is_open ? "open" : "closed"));
    answer_set_term(object, "class", &policy->classes, ticket->class_index);
    json_object_set_new(object, "types", types_of(desk, ticket));
    answer_set_term(object, "urgency", &policy->urgencies, ticket->urgency);
    answer_set_term(object, "channel", &policy->channels, ticket->channel);
    answer_set_term(object, "stage", &policy->stages, ticket->stage);
    json_object_set_new(object, "customer", customer_of(desk, ticket));
    answer_set_term(object, "department", &policy->departments, ticket->department);
    answer_set_person(desk, object, "handler", ticket->handler);
    answer_set_supporting(desk, object, ticket);
    answer_set_term(object, "owner", &policy->roles, policy->class_policies[ticket->class_index].owner);
    json_object_set_new(object, "received_at", answer_instant(desk, ticket->received_at));
    json_object_set_new(object, "expected_at", answer_instant(desk, ticket->expected_at));
    json_object_set_new(object, "paused", answer_pauses(desk, ticket));
    set_next_due(desk, ticket, object);
    return object;
}

json_t *answer_changed(const struct desk *desk, const struct ticket *ticket)
{
    json_t *object = json_object();

    json_object_set_new(object, "ticket", answer_ticket_id(ticket));
    json_object_set_new(object, "revision", json_integer(ticket->revision));
    answer_set_term(object, "stage", &desk->policy->stages, ticket->stage);
    json_object_set_new(object, "clocks", answer_clocks(desk, ticket));
    answer_set_decisions(desk, object, ticket);
    return object;
}
