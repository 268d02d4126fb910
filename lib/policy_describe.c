/*
 * A compiled regime as JSON.
 *
 * Called by method_policy.c for policy.get. What was compiled is shown, not what was written: a program that
 * asks for the limits of a clock gets every urgency's, however the file wrote them down. Each part names its
 * line, so that whoever reads the data finds the words.
 */
#include "lib/policy_describe.h"

#include "lib/base/span.h"
#include "lib/clock.h"
#include "lib/route.h"
#include <stddef.h>

static json_t *title_of(const char *const title[LANGUAGE_COUNT])
{
    return json_pack("{s:s,s:s}", "zh", title[LANGUAGE_ZH], "en", title[LANGUAGE_EN]);
}

static json_t *span_of(struct span span)
{
    char text[SPAN_TEXT];

    span_format(span, text);
    return json_string(text);
}

/* ---- words ---- */

static json_t *words_of(const struct vocabulary *words)
{
    json_t *list = json_array();

    for (size_t i = 0; i < words->count; i++)
        json_array_append_new(list, json_pack("{s:s,s:s,s:s}", "name", words->terms[i].name, "zh",
                                              words->terms[i].title[LANGUAGE_ZH], "en",
                                              words->terms[i].title[LANGUAGE_EN]));
    return list;
}

static json_t *all_words(const struct policy *policy)
{
    static const struct {
        const char *name;
        size_t place;
    } vocabularies[] = {
        {"classes", offsetof(struct policy, classes)},
        {"types", offsetof(struct policy, types)},
        {"urgencies", offsetof(struct policy, urgencies)},
        {"channels", offsetof(struct policy, channels)},
        {"kinds", offsetof(struct policy, kinds)},
        {"roles", offsetof(struct policy, roles)},
        {"departments", offsetof(struct policy, departments)},
        {"stages", offsetof(struct policy, stages)},
        {"steps", offsetof(struct policy, steps)},
        {"signatures", offsetof(struct policy, signatures)},
        {"levels", offsetof(struct policy, levels)},
        {"pauses", offsetof(struct policy, pauses)},
    };
    json_t *all = json_object();

    for (size_t i = 0; i < sizeof(vocabularies) / sizeof(vocabularies[0]); i++)
        json_object_set_new(all, vocabularies[i].name,
                            words_of((const void *)((const char *)policy + vocabularies[i].place)));
    return all;
}

json_t *policy_describe_names(const struct vocabulary *words, uint32_t bits)
{
    json_t *list = json_array();

    for (uint8_t i = 0; i < words->count; i++)
        if (bits >> i & 1)
            json_array_append_new(list, json_string(words->terms[i].name));
    return list;
}

/* Nothing where nothing is said. */
static void set_names(json_t *object, const char *name, const struct vocabulary *words, uint32_t bits)
{
    if (bits)
        json_object_set_new(object, name, policy_describe_names(words, bits));
}

/* Only what it asks about; an empty object is every ticket. */
static void set_facts(const struct policy *policy, json_t *object, uint64_t facts)
{
    json_t *list = json_array();

    for (size_t i = 0; i < policy->fact_count; i++)
        if (facts >> i & 1)
            json_array_append_new(list, json_string(policy->facts[i].text));
    if (facts)
        json_object_set(object, "conditions", list);
    json_decref(list);
}

static json_t *applies_of(const struct policy *policy, const struct applies *when)
{
    json_t *object = json_object();

    set_names(object, "classes", &policy->classes, when->classes);
    set_names(object, "urgencies", &policy->urgencies, when->urgencies);
    set_names(object, "types", &policy->types, when->types);
    set_names(object, "stages", &policy->stages, when->stages);
    if (when->key_customers)
        json_object_set_new(object, "key_customers", json_true());
    set_facts(policy, object, when->facts);
    return object;
}

/* ---- who is told ---- */

static json_t *addressee_of(const struct policy *policy, const struct addressee *whom)
{
    json_t *object = json_object();

    if (whom->person)
        json_object_set_new(object, "person", json_string(whom->person));
    if (whom->is_customer)
        json_object_set_new(object, "customer", json_true());
    if (whom->role < policy->roles.count)
        json_object_set_new(object, "role", json_string(policy->roles.terms[whom->role].name));
    if (whom->department < policy->departments.count)
        json_object_set_new(object, "department",
                            json_string(policy->departments.terms[whom->department].name));
    if (whom->department == AUDIENCE_SUPPORTING)
        json_object_set_new(object, "department", json_string("supporting"));
    return object;
}

/* A list of places, each a list of choices: the first that somebody can be found for is told. */
static json_t *audience_of(const struct policy *policy, const struct audience *audience)
{
    json_t *places = json_array();

    for (uint8_t place = 0; place < audience->count; place++) {
        json_t *choices = json_array();

        for (size_t i = 0; i < AUDIENCE_CHOICES && !addressee_is_nobody(&audience->to[place][i]); i++)
            json_array_append_new(choices, addressee_of(policy, &audience->to[place][i]));
        json_array_append_new(places, choices);
    }
    return places;
}

/* ---- clocks ---- */

static void set_condition(json_t *object, const char *name, bool is_there, const struct condition *condition)
{
    if (is_there)
        json_object_set_new(object, name, json_string(condition->text));
}

static json_t *reminders_of(const struct policy *policy, const struct clock_policy *clock)
{
    json_t *list = json_array();

    for (size_t i = 0; i < clock->reminder_sets; i++) {
        const struct reminder_set *set = &clock->reminders[i];
        json_t *percents = json_array(), *befores = json_array();

        for (uint8_t k = 0; k < set->count; k++) {
            if (set->percent[k] == REMINDER_BEFORE)
                json_array_append_new(befores, span_of(clock->remind[set->number[k]].left));
            else
                json_array_append_new(percents, json_integer(set->percent[k]));
        }
        json_array_append_new(list, json_pack("{s:o,s:o,s:o,s:i}", "when", applies_of(policy, &set->when),
                                              "percent", percents, "before", befores, "line", set->line));
    }
    return list;
}

static json_t *within_of(const struct policy *policy, const struct span *within)
{
    json_t *object = json_object();

    for (uint8_t i = 0; i < policy->urgencies.count; i++)
        if (within[i].amount)
            json_object_set_new(object, policy->urgencies.terms[i].name, span_of(within[i]));
    return object;
}

static json_t *budgets_of(const struct policy *policy, const struct clock_policy *clock)
{
    json_t *list = json_array();

    for (size_t i = 0; i < clock->budget_sets; i++)
        json_array_append_new(
            list, json_pack("{s:o,s:o,s:i}", "when", applies_of(policy, &clock->budgets[i].when), "within",
                            within_of(policy, clock->budgets[i].within), "line", clock->budgets[i].line));
    return list;
}

static void set_budget(const struct policy *policy, const struct clock_policy *clock, json_t *object)
{
    if (clock->budget_sets)
        json_object_set_new(object, "budgets", budgets_of(policy, clock));
    switch (clock->kind) {
    case CLOCK_LIMIT:
    case CLOCK_SILENCE:
        json_object_set_new(object, "within", within_of(policy, clock->within));
        break;
    case CLOCK_QUOTA:
        json_object_set_new(object, "quota",
                            json_pack("{s:i,s:i,s:o,s:b,s:b,s:b}", "minimum", (int)clock->minimum, "target",
                                      (int)clock->target, "window", span_of(clock->window),
                                      "working_days_only", (int)clock->working_days_only, "owes_first",
                                      (int)clock->owes_first, "owes_last", (int)clock->owes_last));
        break;
    case CLOCK_PROMISE:
        json_object_set_new(object, "promise", json_string(clock->promise));
        break;
    }
}

static json_t *restarts_of(const struct clock_policy *clock)
{
    json_t *list = json_array();

    for (enum happening what = 0; what < HAPPENING_COUNT; what++)
        if (clock->restart >> what & 1)
            json_array_append_new(list, json_string(happening_name(what)));
    return list;
}

static json_t *clock_of(const struct policy *policy, const struct clock_policy *clock)
{
    json_t *object =
        json_pack("{s:s,s:o,s:s,s:o,s:o,s:o,s:o,s:i}", "clock", clock->name, "title", title_of(clock->title),
                  "kind", clock_kind_name(clock->kind), "when", applies_of(policy, &clock->when), "restart",
                  restarts_of(clock), "reminders", reminders_of(policy, clock), "remind_to",
                  audience_of(policy, &clock->remind_to), "line", clock->line);

    set_condition(object, "start", clock->has_start, &clock->start);
    set_condition(object, "stop", true, &clock->stop);
    set_condition(object, "cancel", clock->has_cancel, &clock->cancel);
    set_condition(object, "counts", clock->has_counts, &clock->counts);
    if (clock->grace.amount)
        json_object_set_new(object, "grace", span_of(clock->grace));
    if (clock->begins_again)
        json_object_set_new(object, "reclassified", json_string("begins again"));
    set_budget(policy, clock, object);
    if (clock->due.text)
        json_object_set_new(object, "due", json_string(clock->due.text));
    json_object_set_new(object, "calendar",
                        json_string(clock->customer_hours     ? "customer.staffed"
                                    : clock->department_hours ? "department"
                                                              : calendar_name(clock->calendar)));
    if (clock->ladder != POLICY_NONE)
        json_object_set_new(object, "ladder", json_string(policy->ladders[clock->ladder].name));
    set_names(object, "pauses", &policy->pauses, clock->pauses);
    return object;
}

/* ---- a ticket's way ---- */

/* The stages that say more than their name. */
static json_t *stages_of(const struct policy *policy)
{
    json_t *list = json_array();

    for (size_t i = 0; i < policy->stages.count; i++) {
        const struct stage_policy *stage = &policy->stage_policies[i];
        json_t *object = json_pack("{s:s}", "stage", policy->stages.terms[i].name);

        set_names(object, "from", &policy->stages, stage->from);
        set_names(object, "by", &policy->roles, stage->roles);
        set_names(object, "pauses", &policy->pauses, stage->pauses);
        if (stage->line) {
            json_object_set_new(object, "line", json_integer(stage->line));
            json_array_append(list, object);
        }
        json_decref(object);
    }
    return list;
}

/* By class: the stages of its machine. A class that isn't there has them all. */
static json_t *machines_of(const struct policy *policy)
{
    json_t *object = json_object();

    for (size_t i = 0; i < policy->classes.count; i++)
        set_names(object, policy->classes.terms[i].name, &policy->stages, policy->class_policies[i].stages);
    return object;
}

static json_t *pauses_of(const struct policy *policy)
{
    json_t *list = json_array();

    for (size_t i = 0; i < policy->pauses.count; i++) {
        const struct pause_policy *pause = &policy->pause_policies[i];
        json_t *object = json_pack("{s:s,s:o}", "pause", policy->pauses.terms[i].name, "title",
                                   title_of(policy->pauses.terms[i].title));

        set_names(object, "by", &policy->roles, pause->roles);
        if (pause->longest.amount)
            json_object_set_new(object, "longest", span_of(pause->longest));
        json_array_append_new(list, object);
    }
    return list;
}

/* ---- ladders and reports ---- */

static json_t *rungs_of(const struct policy *policy, const struct rung_set *set)
{
    json_t *list = json_array();

    for (size_t i = 0; i < set->count; i++)
        json_array_append_new(
            list, json_pack("{s:i,s:s,s:o,s:i}", "rung", (int)i + 1, "text", set->rungs[i].text, "to",
                            audience_of(policy, &set->rungs[i].to), "line", set->rungs[i].line));
    return list;
}

static json_t *ladder_of(const struct policy *policy, const struct ladder_policy *ladder)
{
    json_t *lists = json_array();

    for (size_t i = 0; i < ladder->count; i++)
        json_array_append_new(lists, json_pack("{s:o,s:o}", "when", applies_of(policy, &ladder->sets[i].when),
                                               "rungs", rungs_of(policy, &ladder->sets[i])));
    return json_pack("{s:s,s:b,s:o,s:i}", "ladder", ladder->name, "all_clear", (int)ladder->all_clear,
                     "lists", lists, "line", ladder->line);
}

static json_t *report_of(const struct policy *policy, const struct report_policy *report)
{
    json_t *object = json_pack("{s:s,s:s,s:i}", "report", report->name, "template", report->template_name,
                               "line", report->line);
    json_t *to = json_object();

    set_condition(object, "on", report->has_on, &report->on);
    if (!policy_applies_to_all(&report->when))
        json_object_set_new(object, "when", applies_of(policy, &report->when));
    for (uint8_t i = 0; i < policy->urgencies.count; i++)
        if (report->to[i].count)
            json_object_set_new(to, policy->urgencies.terms[i].name, audience_of(policy, &report->to[i]));
    json_object_set_new(object, "to", to);
    return object;
}

static json_t *form_of(const struct policy *policy, const struct form_policy *form)
{
    json_t *object = json_pack("{s:s,s:o,s:s,s:i}", "form", form->name, "title", title_of(form->title),
                               "page", form->page, "line", form->line);
    json_t *cites = json_array();

    set_names(object, "classes", &policy->classes, form->classes);
    if (form->number)
        json_object_set_new(object, "number", json_string(form->number));
    if (form->prefix)
        json_object_set_new(object, "record", json_sprintf("%s{serial}%s", form->prefix, form->suffix));
    for (size_t i = 0; i < form->cite_count; i++)
        json_array_append_new(cites, title_of(form->cites[i].title));
    if (form->is_masked)
        json_object_set_new(object, "contact", json_string("masked"));
    json_object_set_new(object, "cites", cites);
    return object;
}

/* ---- where tickets go ---- */

/* The routes that ask for a type only: by type, the department. */
static json_t *routes_of(const struct policy *policy)
{
    json_t *routes = json_object();

    for (size_t type = 0; type < policy->types.count; type++)
        for (size_t i = 0; i < policy->route_count; i++)
            if (policy->routes[i].when.types >> type & 1 && route_weight(&policy->routes[i]) == ROUTE_BY_TYPE)
                json_object_set_new(
                    routes, policy->types.terms[type].name,
                    json_string(policy->departments.terms[policy->routes[i].department].name));
    return routes;
}

static json_t *routing_of(const struct policy *policy)
{
    json_t *routing = json_array();

    for (size_t i = 0; i < policy->route_count; i++) {
        const struct route *route = &policy->routes[i];
        json_t *object = json_pack("{s:s,s:s,s:i}", "route", route->text, "department",
                                   policy->departments.terms[route->department].name, "line", route->line);

        if (route->handler != POLICY_NONE)
            json_object_set_new(object, "handler", json_string(policy->roles.terms[route->handler].name));
        set_names(object, "supporting", &policy->departments, route->supporting);
        json_array_append_new(routing, object);
    }
    return routing;
}

/* ---- all of it ---- */

static json_t *list_first_of(const struct policy *policy)
{
    json_t *list = json_array();

    for (uint8_t i = 0; i < policy->list_first_count; i++)
        json_array_append_new(list, json_string(policy->urgencies.terms[policy->list_first[i]].name));
    return list;
}

json_t *policy_describe(const struct policy *policy)
{
    json_t *clocks = json_array(), *ladders = json_array(), *reports = json_array(), *forms = json_array();

    for (size_t i = 0; i < policy->clock_count; i++)
        json_array_append_new(clocks, clock_of(policy, &policy->clocks[i]));
    for (size_t i = 0; i < policy->ladder_count; i++)
        json_array_append_new(ladders, ladder_of(policy, &policy->ladders[i]));
    for (size_t i = 0; i < policy->report_count; i++)
        json_array_append_new(reports, report_of(policy, &policy->reports[i]));
    for (size_t i = 0; i < policy->form_count; i++)
        json_array_append_new(forms, form_of(policy, &policy->forms[i]));
    return json_pack("{s:s,s:o,s:s,s:s,s:s,s:s,s:s,s:s,s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:o}",
                     "regime", policy->name, "title", title_of(policy->title), "file", policy->file, "path",
                     policy->path, "digest", policy->digest, "language", language_name(policy->language),
                     "zone", zone_name(policy->zone), "calendar", calendar_name(policy->calendar),
                     "list_first", list_first_of(policy), "satisfaction_hidden_from",
                     policy_describe_names(&policy->roles, policy->satisfaction_hidden), "words",
                     all_words(policy), "routes", routes_of(policy), "routing", routing_of(policy), "stages",
                     stages_of(policy), "machines", machines_of(policy), "pauses", pauses_of(policy),
                     "clocks", clocks, "ladders", ladders, "reports", reports, "forms", forms);
}
