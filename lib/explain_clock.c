/*
 * Why one clock stands as it does: facts in the order in which a person would tell them.
 *
 * Called by method_explain.c. The anchor and who set it; what was promised and the stretches of time that
 * were counted (explain_account.c); how the clock stands at the instant that is explained (explain_state.c);
 * which contacts filled which slots; who was or will be told (explain_steps.c); and by which versions it was
 * judged.
 */
#include "lib/explain.h"

#include "lib/answer.h"
#include "lib/explain_state.h"
#include "lib/judge.h"
#include <string.h>

#define SLOTS_SHOWN 12

/* ---- where it began ---- */

static uint32_t begins_by(const struct clock_policy *rule)
{
    return UINT32_C(1) << rule->start.what | rule->restart;
}

static json_t *say_anchor(struct explaining *explaining, const struct clock_view *view)
{
    json_t *fact = explain_instant(explaining, view->clock->anchor_at);
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
    explain_set_recorder(explaining, fact, act);
    return explain_say(explaining, "anchor", fact);
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

/* Reminders and rungs are told as steps. */
static bool tells_of_itself(const char *type)
{
    static const char *const news[] = {"clock.breached", "clock.shortfall", "clock.moved"};

    for (size_t i = 0; type && i < sizeof(news) / sizeof(news[0]); i++)
        if (strcmp(type, news[i]) == 0)
            return false;
    return type != NULL;
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
        if (is_same && tells_of_itself(type))
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
    struct account account;

    if (view->rule->kind != CLOCK_QUOTA) /* a window says itself where it begins */
        json_object_set_new(object, "anchor", say_anchor(explaining, view));
    explain_account_say(explaining, view, object, &account);
    explain_state_say(explaining, view, &account, object);
    explain_account_finish(&account);
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
