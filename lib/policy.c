/*
 * A compiled regime: looking things up in it.
 *
 * Built by policy_compile.c from a regime file and never changed afterwards, so everything here is a pure
 * function of its arguments. A policy owns one arena; destroying it is one call. Calendars and zones are
 * borrowed from the shell, which keeps them as long as any policy that names them.
 */
#include "lib/policy.h"

#include "lib/ticket.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

uint8_t vocabulary_find(const struct vocabulary *words, const char *name)
{
    for (size_t i = 0; i < words->count; i++)
        if (strcmp(words->terms[i].name, name) == 0)
            return (uint8_t)i;
    return POLICY_NONE;
}

const char *vocabulary_list(const struct vocabulary *words, uint32_t bits, const char *separator,
                            struct arena *arena)
{
    struct text list = {0};

    for (size_t i = 0; i < words->count; i++)
        if (bits >> i & 1)
            text_printf(&list, "%s%s", list.length ? separator : "", words->terms[i].name);
    const char *copy = arena_bytes(arena, text_get(&list), list.length);

    text_finish(&list);
    return copy;
}

static void free_vocabularies(struct policy *policy)
{
    struct vocabulary *all[] = {
        &policy->classes, &policy->types,       &policy->urgencies, &policy->channels, &policy->kinds,
        &policy->roles,   &policy->departments, &policy->stages,    &policy->steps,    &policy->signatures,
        &policy->levels,  &policy->approvals,   &policy->pauses};

    for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
        free(all[i]->terms);
}

void policy_destroy(struct policy *policy)
{
    if (!policy)
        return;
    free_vocabularies(policy);
    for (size_t i = 0; i < policy->ladder_count; i++) {
        for (size_t s = 0; s < policy->ladders[i].count; s++)
            free(policy->ladders[i].sets[s].rungs);
        free(policy->ladders[i].sets);
    }
    free(policy->ladders);
    free(policy->clocks);
    free(policy->reports);
    free(policy->routes);
    for (size_t i = 0; i < policy->register_count; i++)
        free(policy->registers[i].fields);
    free(policy->registers);
    free(policy->fields);
    free(policy->decisions);
    free(policy->schedules);
    free(policy->notices.domains);
    free(policy->customers.domains);
    free(policy->customers.courtesy);
    free(policy->customers.mailings);
    for (size_t i = 0; i < POLICY_TERMS_MAX; i++)
        calendar_destroy(policy->role_awake[i]);
    arena_finish(&policy->arena);
    free(policy);
}

uint8_t policy_find_clock(const struct policy *policy, const char *name)
{
    for (size_t i = 0; i < policy->clock_count; i++)
        if (strcmp(policy->clocks[i].name, name) == 0)
            return (uint8_t)i;
    return POLICY_NONE;
}

uint8_t policy_find_field(const struct policy *policy, const char *name)
{
    for (size_t i = 0; i < policy->field_count; i++)
        if (strcmp(policy->fields[i].value.name, name) == 0)
            return (uint8_t)i;
    return POLICY_NONE;
}

uint8_t policy_field_word(const struct register_field *field, const char *text)
{
    if (field->kind == FIELD_YES_NO)
        return strcmp(text, "yes") == 0 ? 0 : strcmp(text, "no") == 0 ? 1 : POLICY_NONE;
    for (uint8_t i = 0; field->kind == FIELD_WORDS && i < field->word_count; i++)
        if (strcmp(field->words[i], text) == 0)
            return i;
    return POLICY_NONE;
}

bool policy_has_field(const struct policy *policy, uint8_t class_index, uint8_t field)
{
    uint32_t classes = policy->fields[field].classes;

    return !classes || (classes >> class_index & 1);
}

bool policy_declares_fields(const struct policy *policy, uint8_t class_index)
{
    for (size_t i = 0; i < policy->field_count; i++)
        if (policy_has_field(policy, class_index, (uint8_t)i))
            return true;
    return false;
}

size_t policy_find_form(const struct policy *policy, const char *name)
{
    size_t i = 0;

    while (i < policy->form_count && strcmp(policy->forms[i].name, name) != 0)
        i++;
    return i;
}

uint8_t policy_find_register(const struct policy *policy, const char *name)
{
    for (size_t i = 0; i < policy->register_count; i++)
        if (strcmp(policy->registers[i].name, name) == 0)
            return (uint8_t)i;
    return POLICY_NONE;
}

uint8_t policy_find_schedule(const struct policy *policy, const char *name)
{
    for (size_t i = 0; i < policy->schedule_count; i++)
        if (strcmp(policy->schedules[i].name, name) == 0)
            return (uint8_t)i;
    return POLICY_NONE;
}

uint8_t register_policy_field(const struct register_policy *of, const char *name)
{
    for (size_t i = 0; i < of->field_count; i++)
        if (strcmp(of->fields[i].name, name) == 0)
            return (uint8_t)i;
    return POLICY_NONE;
}

bool policy_starts_by(const struct policy *policy, enum happening what)
{
    for (size_t i = 0; i < policy->clock_count; i++)
        if (policy->clocks[i].start.what == what)
            return true;
    return false;
}

uint64_t policy_facts_of(const struct policy *policy, enum happening what)
{
    uint64_t facts = 0;

    for (size_t i = 0; i < policy->fact_count; i++)
        if (policy->facts[i].what == what)
            facts |= UINT64_C(1) << i;
    return facts;
}

uint8_t policy_find_fact(const struct policy *policy, const char *text)
{
    for (size_t i = 0; i < policy->fact_count; i++)
        if (strcmp(policy->facts[i].text, text) == 0)
            return (uint8_t)i;
    return POLICY_NONE;
}

const struct calendar *policy_find_calendar(const struct policy *policy, const char *name)
{
    for (size_t i = 0; i < policy->calendar_count; i++)
        if (strcmp(calendar_name(policy->calendars[i].calendar), name) == 0)
            return policy->calendars[i].calendar;
    return NULL;
}

const struct calendar *policy_department_calendar(const struct policy *policy, uint8_t department)
{
    const struct calendar *calendar =
        department < POLICY_TERMS_MAX ? policy->department_calendars[department] : NULL;

    return calendar ? calendar : policy->calendar;
}

const struct calendar *policy_role_calendar(const struct policy *policy, uint8_t role)
{
    const struct calendar *calendar = role < POLICY_TERMS_MAX ? policy->role_calendars[role] : NULL;

    return calendar ? calendar : policy->calendar;
}

const struct calendar *policy_clock_calendar(const struct policy *policy, const struct clock_policy *clock,
                                             uint8_t department)
{
    return clock->department_hours ? policy_department_calendar(policy, department) : clock->calendar;
}

uint32_t policy_sees(const struct policy *policy, uint8_t role)
{
    if (role != POLICY_NONE && policy->role_sees[role])
        return policy->role_sees[role];
    return role == POLICY_NONE || policy->role_scope[role] == SCOPE_DESK ? NOTICE_ALL & ~NOTICE_PRIVATE
                                                                         : NOTICE_ALL;
}

/* Of ASCII, whatever the locale: domains of mail addresses know no other letters. */
static char lower(char letter)
{
    return letter >= 'A' && letter <= 'Z' ? (char)(letter - 'A' + 'a') : letter;
}

bool policy_is_of_domain(const char *address, const char *domain)
{
    const char *at = strrchr(address, '@');

    if (!at)
        return false;
    for (at++; *at && lower(*at) == lower(*domain); at++)
        domain++;
    return !*at && !*domain;
}

/* Nothing named is everything. */
static bool is_of_one(const char *address, const char *const *domains, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (policy_is_of_domain(address, domains[i]))
            return true;
    return count == 0;
}

bool policy_allows_address(const struct policy *policy, const char *address)
{
    return is_of_one(address, policy->notices.domains, policy->notices.domain_count);
}

bool policy_allows_customer(const struct policy *policy, const char *address)
{
    return is_of_one(address, policy->customers.domains, policy->customers.domain_count);
}

static bool is_listed(const char *word, const char *const *list, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(list[i], word) == 0)
            return true;
    return false;
}

bool policy_is_courtesy(const struct policy *policy, const char *template_name)
{
    return is_listed(template_name, policy->customers.courtesy, policy->customers.courtesy_count);
}

bool policy_is_mailing(const struct policy *policy, const char *template_name)
{
    return policy_is_courtesy(policy, template_name) ||
           is_listed(template_name, policy->customers.mailings, policy->customers.mailing_count);
}

bool addressee_is_nobody(const struct addressee *addressee)
{
    return !addressee->person && addressee->role == POLICY_NONE && !addressee->is_customer;
}

bool audience_has_customer(const struct audience *audience)
{
    for (uint8_t place = 0; place < audience->count; place++)
        if (audience->to[place][0].is_customer)
            return true;
    return false;
}

static bool names(uint32_t set, uint8_t index)
{
    return !set || (set >> index & 1);
}

bool policy_applies(const struct applies *when, const struct ticket *ticket)
{
    return names(when->classes, ticket->class_index) && names(when->urgencies, ticket->urgency) &&
           names(when->stages, ticket->stage) && (!when->types || (when->types & ticket->types)) &&
           (!when->key_customers || ticket->is_key_customer) && !(when->facts & ~ticket->facts);
}

/* How closely something fits: what names the urgency counts more than what names the customer, then come the
   type, the class and the stage. */
static int weight(const struct applies *when)
{
    return (when->urgencies ? 16 : 0) + (when->key_customers ? 8 : 0) + (when->types ? 4 : 0) +
           (when->classes ? 2 : 0) + (when->stages ? 1 : 0);
}

bool policy_applies_to_all(const struct applies *when)
{
    return weight(when) == 0 && !when->facts;
}

bool policy_applies_alike(const struct applies *one, const struct applies *other)
{
    return one->classes == other->classes && one->urgencies == other->urgencies &&
           one->types == other->types && one->stages == other->stages &&
           one->key_customers == other->key_customers && one->facts == other->facts;
}

static int fit(const struct applies *when, const struct ticket *ticket)
{
    return policy_applies(when, ticket) ? weight(when) : -1;
}

uint8_t policy_rung_set(const struct ladder_policy *ladder, const struct ticket *ticket)
{
    uint8_t best = POLICY_NONE;
    int best_fit = -1;

    for (size_t i = 0; i < ladder->count; i++) {
        int this_fit = fit(&ladder->sets[i].when, ticket);

        if (this_fit > best_fit) {
            best_fit = this_fit;
            best = (uint8_t)i;
        }
    }
    return best;
}

uint8_t policy_first_stage(const struct policy *policy, uint8_t class_index)
{
    uint8_t begins = policy->class_policies[class_index].begins;

    return begins != POLICY_NONE ? begins : policy->stage_on[STAGE_ON_CREATE];
}

struct span policy_within(const struct clock_policy *clock, const struct ticket *ticket)
{
    const struct span *within = clock->within;
    int best_fit = -1;

    for (size_t i = 0; i < clock->budget_sets; i++) {
        int this_fit = fit(&clock->budgets[i].when, ticket);

        if (this_fit > best_fit) {
            best_fit = this_fit;
            within = clock->budgets[i].within;
        }
    }
    return within[ticket->urgency];
}

const struct span *policy_budget_list(const struct clock_policy *clock, size_t place)
{
    if (place == 0)
        return clock->within;
    return place <= clock->budget_sets ? clock->budgets[place - 1].within : NULL;
}

const struct reminder_set *policy_reminders(const struct clock_policy *clock, const struct ticket *ticket)
{
    const struct reminder_set *best = NULL;
    int best_fit = -1;

    for (size_t i = 0; i < clock->reminder_sets; i++) {
        int this_fit = fit(&clock->reminders[i].when, ticket);

        if (this_fit > best_fit) {
            best_fit = this_fit;
            best = &clock->reminders[i];
        }
    }
    return best;
}
