/*
 * What a printed form shows, as one JSON record.
 *
 * Called by method_form.c. Everything that a page could need of a ticket is in the record, in the words of
 * the regime and in both languages, so that a stylesheet only lays out: it knows no regime's words, and
 * whoever changes a form changes no program. What memory has (words, people, which signatures hold) is taken
 * from memory, because a reopening may have made a signature void that is still on record; texts are the
 * database's.
 *
 * Choices are listed whole, with the one that was made: a form shows what else there was to tick.
 */
#include "lib/form.h"

#include "lib/answer.h"
#include "lib/base/instant.h"
#include <stdio.h>
#include <string.h>

/* ---- words and people ---- */

static json_t *titled(const char *name, const char *const title[LANGUAGE_COUNT])
{
    return json_pack("{s:s,s:s,s:s}", "name", name, "zh", title[LANGUAGE_ZH], "en", title[LANGUAGE_EN]);
}

static json_t *word(const struct vocabulary *words, uint8_t index)
{
    return index < words->count ? titled(words->terms[index].name, words->terms[index].title) : json_null();
}

/* A word by its name; one that the regime does not have any more is shown as it was written. */
static json_t *word_named(const struct vocabulary *words, const json_t *name)
{
    const char *text = json_string_value(name);
    uint8_t index = text ? vocabulary_find(words, text) : POLICY_NONE;

    if (!text || !*text)
        return json_null();
    return index == POLICY_NONE ? titled(text, (const char *[LANGUAGE_COUNT]){text, text})
                                : word(words, index);
}

/* Those whose bits are set are ticked. */
static json_t *choices(const struct vocabulary *words, uint32_t listed, uint32_t chosen)
{
    json_t *list = json_array();

    for (uint8_t i = 0; i < words->count; i++)
        if (listed >> i & 1) {
            json_t *object = word(words, i);

            json_object_set_new(object, "chosen", json_boolean(chosen >> i & 1));
            json_array_append_new(list, object);
        }
    return list;
}

static json_t *person(const struct desk *desk, const char *id)
{
    const struct person *who =
        id && *id ? roster_person(desk->roster, roster_find_known(desk->roster, id)) : NULL;

    if (!id || !*id)
        return json_null();
    return titled(id, who ? who->name : (const char *[LANGUAGE_COUNT]){id, id});
}

static json_t *person_at(const struct desk *desk, uint16_t index)
{
    const struct person *who = roster_person(desk->roster, index);

    return who ? titled(who->id, who->name) : json_null();
}

/* ---- what the database tells, in the desk's words and time ---- */

/* How a member of a row is shown. */
enum manner { AS_IT_IS, AS_INSTANT, AS_PERSON, AS_CHANNEL, AS_KIND, AS_ROLE, AS_PAUSE };

struct member {
    const char *name;
    enum manner manner;
    const char *shown_as; /* NULL: by its own name */
};

static json_t *instant_shown(const struct desk *desk, const json_t *text)
{
    msec at;

    if (!json_is_string(text) || instant_parse(json_string_value(text), &at) != INSTANT_OK)
        return json_null();
    return answer_instant(desk, at);
}

static json_t *shown(const struct desk *desk, json_t *value, enum manner manner)
{
    const struct policy *policy = desk->policy;

    switch (manner) {
    case AS_IT_IS:
        return json_incref(value);
    case AS_INSTANT:
        return instant_shown(desk, value);
    case AS_PERSON:
        return person(desk, json_string_value(value));
    case AS_CHANNEL:
        return word_named(&policy->channels, value);
    case AS_KIND:
        return word_named(&policy->kinds, value);
    case AS_ROLE:
        return word_named(&policy->roles, value);
    case AS_PAUSE:
        return word_named(&policy->pauses, value);
    }
    return json_null();
}

/* Whoever spoke through a gateway did so with its rights, which are no word of the trade: the role that the
   people file gives them is shown instead. */
static void mend_role(const struct desk *desk, const json_t *row, json_t *object)
{
    const char *role = json_string_value(json_object_get(row, "role"));
    const char *actor = json_string_value(json_object_get(row, "actor"));

    if (!role || !actor || vocabulary_find(&desk->policy->roles, role) != POLICY_NONE)
        return;
    uint16_t index = roster_find_known(desk->roster, actor);
    uint8_t own = index == ROSTER_NOBODY ? POLICY_NONE : roster_first_role(desk->roster, index);

    json_object_del(object, "role");
    if (own != POLICY_NONE)
        json_object_set_new(object, "role", word(&desk->policy->roles, own));
}

/* A copy of a row with these members; those that are not there, or null, are left out. */
static json_t *row_shown(const struct desk *desk, const json_t *row, const struct member *members)
{
    json_t *object = json_object();

    for (; members->name; members++) {
        json_t *value = json_object_get(row, members->name);
        json_t *as = value && !json_is_null(value) ? shown(desk, value, members->manner) : NULL;

        if (as && !json_is_null(as))
            json_object_set(object, members->shown_as ? members->shown_as : members->name, as);
        json_decref(as);
    }
    mend_role(desk, row, object);
    return object;
}

static json_t *rows_shown(const struct desk *desk, const json_t *rows, const struct member *members)
{
    json_t *list = json_array();
    const json_t *row;
    size_t i;

    json_array_foreach(rows, i, row)
    {
        json_array_append_new(list, row_shown(desk, row, members));
    }
    return list;
}

static const struct member contact_members[] = {
    {"at", AS_INSTANT, NULL},      {"recorded_at", AS_INSTANT, NULL}, {"channel", AS_CHANNEL, NULL},
    {"direction", AS_IT_IS, NULL}, {"reached", AS_IT_IS, NULL},       {"kind", AS_KIND, NULL},
    {"automatic", AS_IT_IS, NULL}, {"minutes", AS_IT_IS, NULL},       {"role", AS_ROLE, NULL},
    {"actor", AS_PERSON, "who"},   {"note", AS_IT_IS, NULL},          {"next_at", AS_INSTANT, NULL},
    {NULL, AS_IT_IS, NULL},
};
static const struct member progress_members[] = {
    {"at", AS_INSTANT, NULL},   {"from", AS_INSTANT, NULL}, {"to", AS_INSTANT, NULL},
    {"degree", AS_IT_IS, NULL}, {"role", AS_ROLE, NULL},    {"actor", AS_PERSON, "who"},
    {"note", AS_IT_IS, NULL},   {NULL, AS_IT_IS, NULL},
};
static const struct member plan_members[] = {
    {"at", AS_INSTANT, NULL}, {"expected_at", AS_INSTANT, NULL}, {"measures", AS_IT_IS, NULL},
    {"role", AS_ROLE, NULL},  {"actor", AS_PERSON, "who"},       {NULL, AS_IT_IS, NULL},
};
static const struct member pause_members[] = {
    {"reason", AS_PAUSE, NULL},  {"from", AS_INSTANT, NULL}, {"to", AS_INSTANT, NULL},
    {"actor", AS_PERSON, "who"}, {"note", AS_IT_IS, NULL},   {NULL, AS_IT_IS, NULL},
};
/* Of steps, signatures and the customer's word. */
static const struct member act_members[] = {
    {"at", AS_INSTANT, NULL}, {"role", AS_ROLE, NULL}, {"actor", AS_PERSON, "who"},
    {"note", AS_IT_IS, NULL}, {NULL, AS_IT_IS, NULL},
};
/* Of every row on record, in order: what becomes of a ticket beside contacts and progress. */
static const struct member record_members[] = {
    {"kind", AS_IT_IS, NULL}, {"subject", AS_IT_IS, NULL}, {"other", AS_IT_IS, NULL},
    {"at", AS_INSTANT, NULL}, {"role", AS_ROLE, NULL},     {"actor", AS_PERSON, "who"},
    {"note", AS_IT_IS, NULL}, {NULL, AS_IT_IS, NULL},
};
static const struct member text_members[] = {
    {"ref", AS_IT_IS, NULL},     {"subject", AS_IT_IS, NULL},       {"details", AS_IT_IS, NULL},
    {"result", AS_IT_IS, NULL},  {"occurred_at", AS_INSTANT, NULL}, {"customer_id", AS_IT_IS, NULL},
    {"contact", AS_IT_IS, NULL}, {"attachments", AS_IT_IS, NULL},   {NULL, AS_IT_IS, NULL},
};

/* ---- steps, signatures, satisfaction ---- */

/* The last row of that kind about that word. */
static const json_t *last_record(const json_t *cold, const char *kind, const char *subject)
{
    const json_t *rows = json_object_get(cold, "records"), *row;

    for (size_t i = json_array_size(rows); i-- > 0;) {
        row = json_array_get(rows, i);
        const char *its_kind = json_string_value(json_object_get(row, "kind"));
        const char *its_subject = json_string_value(json_object_get(row, "subject"));

        if (its_kind && its_subject && strcmp(its_kind, kind) == 0 && strcmp(its_subject, subject) == 0)
            return row;
    }
    return NULL;
}

/* {word…, done, at?, who?, role?, note?, by}: one step, signature or level; `policy` may be NULL. */
static json_t *act(const struct desk *desk, const struct term *term, const char *kind, bool is_done,
                   uint32_t roles, const json_t *cold)
{
    const json_t *row = is_done ? last_record(cold, kind, term->name) : NULL;
    json_t *object = row ? row_shown(desk, row, act_members) : json_object(), *by = json_array();

    json_object_set_new(object, kind, titled(term->name, term->title));
    json_object_set_new(object, "done", json_boolean(is_done));
    for (uint8_t role = 0; role < desk->policy->roles.count; role++)
        if (roles >> role & 1)
            json_array_append_new(by, word(&desk->policy->roles, role));
    json_object_set_new(object, "by", by);
    return object;
}

/* When a step is due: the deadline of the clock that it stops; NEVER: none does. */
static msec step_due_at(const struct desk *desk, const struct ticket *ticket, uint8_t step)
{
    for (uint8_t i = 0; i < ticket->clock_count; i++) {
        const struct clock *clock = &ticket->clocks[i];
        const struct condition *stop = &desk->policy->clocks[clock->rule].stop;

        if (stop->what == HAPPENING_STEP && stop->kinds == UINT32_C(1) << step)
            return clock->breached_at != NEVER ? clock->breached_at : clock->due_at;
    }
    return NEVER;
}

static json_t *steps_of(const struct desk *desk, const struct ticket *ticket, const json_t *cold)
{
    const struct policy *policy = desk->policy;
    json_t *list = json_array();

    for (uint8_t i = 0; i < policy->steps.count; i++) {
        if (!(policy->class_policies[ticket->class_index].steps >> i & 1))
            continue;
        const struct act_policy *rules = &policy->step_policies[i];
        msec due_at = step_due_at(desk, ticket, i);
        json_t *step =
            act(desk, &policy->steps.terms[i], "step", ticket_knows(ticket, rules->fact), rules->roles, cold);

        if (due_at != NEVER)
            json_object_set_new(step, "due_at", answer_instant(desk, due_at));
        json_array_append_new(list, step);
    }
    return list;
}

static json_t *signatures_of(const struct desk *desk, const struct ticket *ticket, const json_t *cold)
{
    const struct policy *policy = desk->policy;
    json_t *list = json_array();

    for (uint8_t i = 0; i < policy->signatures.count; i++) {
        const struct act_policy *rules = &policy->signature_policies[i];

        json_array_append_new(list, act(desk, &policy->signatures.terms[i], "signature",
                                        ticket_knows(ticket, rules->fact), rules->roles, cold));
    }
    return list;
}

/* What the customer said: {at, who, note, level}, and what else they could have said. */
static void set_satisfaction(const struct desk *desk, const struct ticket *ticket, const json_t *cold,
                             json_t *record)
{
    const struct policy *policy = desk->policy;
    uint32_t said = 0;

    for (uint8_t i = 0; i < policy->levels.count; i++)
        if (ticket_knows(ticket, policy->level_policies[i].fact)) {
            said |= UINT32_C(1) << i;
            json_object_set_new(record, "satisfaction",
                                act(desk, &policy->levels.terms[i], "satisfaction", true, 0, cold));
        }
    json_object_set_new(record, "levels", choices(&policy->levels, VOCABULARY_ALL, said));
}

/* ---- the ticket itself ---- */

static json_t *clocks_of(const struct desk *desk, const struct ticket *ticket)
{
    const struct policy *policy = desk->policy;
    json_t *clocks = answer_clocks(desk, ticket), *clock;
    size_t i;

    json_array_foreach(clocks, i, clock)
    {
        uint8_t rule = policy_find_clock(policy, json_string_value(json_object_get(clock, "clock")));

        json_object_set_new(clock, "clock", titled(policy->clocks[rule].name, policy->clocks[rule].title));
    }
    return clocks;
}

/* [{field: {name, zh, en}, value}], in the regime's order; what it does not declare behind them. */
static json_t *fields_of(const struct desk *desk, const json_t *fields)
{
    const struct policy *policy = desk->policy;
    json_t *list = json_array(), *value;
    const char *name;

    for (size_t i = 0; i < policy->field_count; i++) {
        const char *declared = policy->fields[i].value.name;

        if ((value = json_object_get(fields, declared)) && !json_is_null(value))
            json_array_append_new(list, json_pack("{s:o,s:O}", "field",
                                                  titled(declared, policy->fields[i].title), "value", value));
    }
    json_object_foreach((json_t *)(uintptr_t)fields, name, value)
    {
        if (policy_find_field(policy, name) == POLICY_NONE && !json_is_null(value))
            json_array_append_new(list, json_pack("{s:o,s:O}", "field",
                                                  titled(name, (const char *[LANGUAGE_COUNT]){name, name}),
                                                  "value", value));
    }
    return list;
}

/* Contacts that the customer had under the number of a ticket that was merged into this one. */
static json_t *merged_of(const struct desk *desk, const json_t *cold)
{
    json_t *list = json_array();
    const json_t *merged;
    size_t i;

    json_array_foreach(json_object_get(cold, "merged"), i, merged)
    {
        json_t *object = json_object();

        json_object_set(object, "number", json_object_get(merged, "number"));
        json_object_set_new(object, "at", instant_shown(desk, json_object_get(merged, "at")));
        json_object_set_new(object, "contacts",
                            rows_shown(desk, json_object_get(merged, "contacts"), contact_members));
        json_array_append_new(list, object);
    }
    return list;
}

static void set_words(const struct desk *desk, const struct form_policy *form, const struct ticket *ticket,
                      json_t *record)
{
    const struct policy *policy = desk->policy;
    uint32_t types = policy->class_policies[ticket->class_index].types;

    json_object_set_new(record, "class", word(&policy->classes, ticket->class_index));
    json_object_set_new(record, "urgency", word(&policy->urgencies, ticket->urgency));
    json_object_set_new(record, "channel", word(&policy->channels, ticket->channel));
    json_object_set_new(record, "stage", word(&policy->stages, ticket->stage));
    json_object_set_new(record, "department", word(&policy->departments, ticket->department));
    json_object_set_new(record, "owner",
                        word(&policy->roles, policy->class_policies[ticket->class_index].owner));
    json_object_set_new(record, "classes",
                        choices(&policy->classes, form->classes ? form->classes : VOCABULARY_ALL,
                                UINT32_C(1) << ticket->class_index));
    json_object_set_new(record, "urgencies",
                        choices(&policy->urgencies, VOCABULARY_ALL, UINT32_C(1) << ticket->urgency));
    json_object_set_new(record, "types",
                        choices(&policy->types, types ? types : VOCABULARY_ALL, (uint32_t)ticket->types));
    json_object_set_new(record, "channels",
                        choices(&policy->channels, VOCABULARY_ALL, UINT32_C(1) << ticket->channel));
}

static void set_times(const struct desk *desk, const struct ticket *ticket, json_t *record)
{
    json_object_set_new(record, "received_at", answer_instant(desk, ticket->received_at));
    json_object_set_new(record, "created_at", answer_instant(desk, ticket->created_at));
    json_object_set_new(record, "handed_over_at", answer_instant(desk, ticket->handed_over_at));
    json_object_set_new(record, "expected_at", answer_instant(desk, ticket->expected_at));
    json_object_set_new(record, "solved_at", answer_instant(desk, ticket->solved_at));
    json_object_set_new(record, "closed_at", answer_instant(desk, ticket->closed_at));
}

static void set_log(const struct desk *desk, const json_t *cold, json_t *record)
{
    static const struct {
        const char *name;
        const struct member *members;
    } lists[] = {
        {"contacts", contact_members}, {"progress", progress_members}, {"plans", plan_members},
        {"pauses", pause_members},     {"records", record_members},
    };

    for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++)
        json_object_set_new(record, lists[i].name,
                            rows_shown(desk, json_object_get(cold, lists[i].name), lists[i].members));
}

/* The format of the ticket's number, when it is the one that the form's records are counted by. NULL: the
   ticket was filed under another class, or the regime wrote numbers otherwise then. */
static const struct number_format *format_of(const struct desk *desk, const struct form_policy *form,
                                             const struct ticket *ticket)
{
    uint8_t format =
        ticket->series < desk->numbers.count ? desk->numbers.list[ticket->series].format : POLICY_NONE;

    return format < desk->policy->number_count && format == form->series ? &desk->policy->numbers[format]
                                                                         : NULL;
}

static void print_ticket_number(const struct desk *desk, const struct ticket *ticket,
                                char ret_number[NUMBER_TEXT])
{
    series_text(&desk->numbers, desk->policy, ticket->series, ticket->number, ret_number, NUMBER_TEXT);
}

/* The ticket's number with what its format has before and behind it replaced by the form's; where it is of
   another series the whole of it stands between them, so that no two records have one number. */
static void print_number(const struct desk *desk, const struct form_policy *form, const struct ticket *ticket,
                         char *ret_number, size_t room)
{
    const struct number_format *format = format_of(desk, form, ticket);
    char number[NUMBER_TEXT];

    print_ticket_number(desk, ticket, number);
    size_t length = strlen(number), prefix = format ? strlen(format->prefix) : 0,
           suffix = format ? strlen(format->suffix) : 0;

    if (form->prefix && prefix + suffix <= length)
        snprintf(ret_number, room, "%s%.*s%s", form->prefix, (int)(length - prefix - suffix), number + prefix,
                 form->suffix);
    else
        snprintf(ret_number, room, "%s", number);
}

bool form_is_for(const struct form_policy *form, uint8_t class_index)
{
    return !form->classes || form->classes >> class_index & 1;
}

json_t *form_describe(const struct desk *desk, const struct form_policy *form, const struct ticket *ticket)
{
    json_t *object = json_pack("{s:s,s:o,s:s}", "form", form->name, "title", titled(form->name, form->title),
                               "page", form->page);
    json_t *cites = json_array();
    char number[192];

    if (form->number)
        json_object_set_new(object, "number", json_string(form->number));
    for (size_t i = 0; i < form->cite_count; i++)
        json_array_append_new(cites, json_pack("{s:s,s:s}", "zh", form->cites[i].title[LANGUAGE_ZH], "en",
                                               form->cites[i].title[LANGUAGE_EN]));
    json_object_set_new(object, "cites", cites);
    if (ticket) {
        print_number(desk, form, ticket, number, sizeof(number));
        json_object_set_new(object, "record", json_string(number));
    }
    return object;
}

json_t *form_record(const struct desk *desk, const struct form_policy *form, const struct ticket *ticket,
                    const json_t *cold)
{
    const struct policy *policy = desk->policy;
    json_t *record = row_shown(desk, cold, text_members), *customer = json_object();
    char number[NUMBER_TEXT];

    print_ticket_number(desk, ticket, number);
    json_object_set_new(record, "form", form_describe(desk, form, ticket));
    json_object_set_new(record, "regime", titled(policy->name, policy->title));
    json_object_set_new(record, "language", json_string(language_name(policy->language)));
    json_object_set_new(record, "printed_at", answer_instant(desk, desk->now));
    json_object_set_new(record, "ticket", answer_ticket_id(ticket));
    json_object_set_new(record, "number", json_string(number));
    json_object_set_new(record, "state", json_string(ticket->is_open ? "open" : "closed"));
    json_object_set(customer, "name", json_object_get(json_object_get(cold, "customer"), "name"));
    json_object_set_new(record, "customer", customer);
    json_object_set_new(record, "handler", person_at(desk, ticket->handler));
    json_object_set_new(record, "recorder", person_at(desk, ticket->recorder));
    set_words(desk, form, ticket, record);
    set_times(desk, ticket, record);
    set_log(desk, cold, record);
    json_object_set_new(record, "fields", fields_of(desk, json_object_get(cold, "fields")));
    json_object_set_new(record, "merged", merged_of(desk, cold));
    json_object_set_new(record, "steps", steps_of(desk, ticket, cold));
    json_object_set_new(record, "signatures", signatures_of(desk, ticket, cold));
    json_object_set_new(record, "clocks", clocks_of(desk, ticket));
    answer_set_decisions(desk, record, ticket);
    set_satisfaction(desk, ticket, cold, record);
    return record;
}
