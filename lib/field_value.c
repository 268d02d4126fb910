/*
 * What memory keeps of a ticket's fields.
 *
 * Most of what a field says is cold: a gate asks for it by a fact, and people read it in the database. A
 * clock whose span or day a field gives, and a decision, ask again and again; the fields that the compiled
 * regime asks for in this way are kept, each as a number of the desk's texts, because days and words repeat.
 * Written by field_happen.c, when something is said, and by those who bring a ticket back: a restart, a
 * recall, another regime, for which a text either fits or is not kept any more.
 */
#include "lib/field_value.h"

#include "lib/base/memory.h"
#include "lib/register_value.h"
#include <stdlib.h>
#include <string.h>

static struct field_value *find(const struct ticket *ticket, uint8_t field)
{
    struct ticket_rare *rare = ticket->rare;

    for (uint16_t i = 0; rare && i < rare->value_count; i++)
        if (rare->values[i].field == field)
            return &rare->values[i];
    return NULL;
}

const char *field_value(const struct desk *desk, const struct ticket *ticket, uint8_t field)
{
    const struct field_value *value = find(ticket, field);

    return value ? intern_text(desk->texts, value->text) : NULL;
}

/* Rising by field, so that two tickets that know the same look the same. */
static void insert(struct ticket_rare *rare, struct field_value value)
{
    uint16_t place = rare->value_count;

    rare->values = memory_resize(rare->values, rare->value_count + 1u, sizeof(*rare->values));
    for (; place && rare->values[place - 1].field > value.field; place--)
        rare->values[place] = rare->values[place - 1];
    rare->values[place] = value;
    rare->value_count++;
}

static void drop(struct ticket_rare *rare, struct field_value *value)
{
    rare->value_count--;
    memmove(value, value + 1, (size_t)(rare->values + rare->value_count - value) * sizeof(*value));
}

void field_value_set(struct desk *desk, struct ticket *ticket, uint8_t field, const char *text)
{
    struct field_value *value = find(ticket, field);

    uint32_t number;

    if (!desk->policy->fields[field].is_watched)
        return;
    number = text ? intern_id(desk->texts, text) : 0;
    if (value && value->text == number)
        return;
    if (value && !text)
        drop(ticket->rare, value);
    else if (value)
        value->text = number;
    else if (text)
        insert(ticket_own_rare(ticket), (struct field_value){.text = number, .field = field});
    if (text && desk->policy->fields[field].value.kind == FIELD_REGISTER)
        field_watch_add(desk, ticket, number);
}

json_t *field_values_known(const struct desk *desk, const struct ticket *ticket)
{
    const struct ticket_rare *rare = ticket_rare(ticket);
    json_t *values = rare->value_count ? json_object() : NULL;

    for (uint16_t i = 0; i < rare->value_count; i++)
        json_object_set_new(values, desk->policy->fields[rare->values[i].field].value.name,
                            json_string(intern_text(desk->texts, rare->values[i].text)));
    return values;
}

/* NULL: memory does not keep it under this policy. */
static const char *fitting(const struct policy *policy, struct roster *roster, const char *name,
                           const char *text, struct arena *arena)
{
    const struct register_scope scope = {.policy = policy, .roster = roster};
    uint8_t field = policy_find_field(policy, name);
    json_t *value = json_string(text);
    const char *wrong, *read = NULL;

    if (field != POLICY_NONE && policy->fields[field].is_watched)
        read = register_value_read(&scope, &policy->fields[field].value, value, arena, &wrong);
    json_decref(value);
    return read;
}

void field_values_restore(struct desk *desk, struct ticket *ticket, const json_t *values)
{
    struct arena arena;
    const char *name;
    json_t *value;

    arena_init(&arena);
    json_object_foreach((json_t *)(uintptr_t)values, name, value)
    {
        const char *text = json_string_value(value);

        if (text && fitting(desk->policy, desk->roster, name, text, &arena))
            field_value_set(desk, ticket, policy_find_field(desk->policy, name), text);
    }
    arena_finish(&arena);
    field_values_refresh(desk, ticket);
}

bool field_values_rename(struct desk *desk, const struct policy *policy, struct roster *roster,
                         struct ticket *ticket)
{
    struct ticket_rare *rare = ticket->rare;
    struct field_value *values = rare ? rare->values : NULL;
    uint16_t count = rare ? rare->value_count : 0;
    struct arena arena;

    if (!count)
        return true;
    arena_init(&arena);
    rare->values = NULL;
    rare->value_count = 0;
    for (uint16_t i = 0; i < count; i++) {
        const char *name = desk->policy->fields[values[i].field].value.name;

        if (!fitting(policy, roster, name, intern_text(desk->texts, values[i].text), &arena))
            continue;
        insert(rare, (struct field_value){values[i].text, policy_find_field(policy, name)});
        if (policy->fields[policy_find_field(policy, name)].value.kind == FIELD_REGISTER)
            field_watch_add(desk, ticket, values[i].text);
    }
    arena_finish(&arena);
    free(values);
    return rare->value_count == count;
}

static void refresh_fact(struct ticket *ticket, uint8_t fact, const struct condition *condition, uint8_t word)
{
    bool holds = !condition->kinds || (word != POLICY_NONE && (condition->kinds >> word & 1));
    uint64_t bit = UINT64_C(1) << fact;

    ticket->facts = holds ? ticket->facts | bit : ticket->facts & ~bit;
}

/* Who said it is not kept: what asks for that knows only what it heard. */
void field_values_refresh(const struct desk *desk, struct ticket *ticket)
{
    const struct policy *policy = desk->policy;
    const struct ticket_rare *rare = ticket_rare(ticket);

    for (uint16_t i = 0; i < rare->value_count; i++) {
        const struct field_value *value = &rare->values[i];
        uint8_t word =
            policy_field_word(&policy->fields[value->field].value, intern_text(desk->texts, value->text));

        for (uint8_t fact = 0; fact < policy->fact_count; fact++)
            if (policy->facts[fact].what == HAPPENING_FIELD && policy->facts[fact].of == value->field &&
                !policy->facts[fact].roles)
                refresh_fact(ticket, fact, &policy->facts[fact], word);
    }
}
