/*
 * Sections of a regime file that name things: the vocabularies, [regime], [role X], [stage on], [contact].
 *
 * Readers of rows in policy_compile.c's table. Words are read in the first pass, so that every later section
 * may name any of them; a word is its place in its section from then on.
 */
#include "lib/policy_sections.h"

#include "lib/base/memory.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Of a ticket's number: whoever writes one has room for 95 bytes. */

/* ---- words ---- */

static const char *add_term(struct compiler *compiler, struct vocabulary *words, const struct entry *entry)
{
    if (words->count >= POLICY_TERMS_MAX)
        return value_wrong(compiler, "at most %d words in [%s]", POLICY_TERMS_MAX, entry->section);
    if (strpbrk(entry->key, " ,:"))
        return value_wrong(compiler, "'%s': a name is one word without commas and colons", entry->key);
    words->terms = memory_reserve(words->terms, &words->capacity, words->count + 1, sizeof(*words->terms));
    struct term *term = &words->terms[words->count];

    term->name = entry->key;
    const char *wrong = value_title(compiler, entry->value[0] ? entry->value : entry->key, term->title);

    words->count += !wrong;
    return wrong;
}

#define WORDS_READER(name, member)                                                                           \
    const char *name(struct compiler *compiler, const struct entry *entry)                                   \
    {                                                                                                        \
        return add_term(compiler, &compiler->policy->member, entry);                                         \
    }

WORDS_READER(read_class_word, classes)
WORDS_READER(read_type_word, types)
WORDS_READER(read_urgency_word, urgencies)
WORDS_READER(read_channel_word, channels)
WORDS_READER(read_kind_word, kinds)
WORDS_READER(read_role_word, roles)
WORDS_READER(read_department_word, departments)
WORDS_READER(read_stage_word, stages)
WORDS_READER(read_step_word, steps)
WORDS_READER(read_signature_word, signatures)
WORDS_READER(read_level_word, levels)
WORDS_READER(read_pause_word, pauses)

/* ---- [regime] ---- */

const char *read_name(struct compiler *compiler, const struct entry *entry)
{
    compiler->policy->name = entry->value;
    return entry->value[0] ? NULL : value_wrong(compiler, "a regime needs a name");
}

const char *read_title(struct compiler *compiler, const struct entry *entry)
{
    return value_title(compiler, entry->value, compiler->policy->title);
}

const char *read_language(struct compiler *compiler, const struct entry *entry)
{
    if (language_find(entry->value, &compiler->policy->language))
        return NULL;
    return value_wrong(compiler, "unknown language '%s' (known: zh, en)", entry->value);
}

const char *read_zone(struct compiler *compiler, const struct entry *entry)
{
    compiler->policy->zone = compiler->sources->find_zone(compiler->sources->context, entry->value);
    return compiler->policy->zone ? NULL : value_wrong(compiler, "unknown time zone '%s'", entry->value);
}

const char *read_late_entry(struct compiler *compiler, const struct entry *entry)
{
    struct span span;
    const char *wrong = value_span(compiler, entry->value, &span);

    if (wrong)
        return wrong;
    if (span.unit != SPAN_REAL && span.unit != SPAN_DAYS)
        return value_wrong(compiler, "late entry is counted in hours or days (such as 48h, 30d)");
    compiler->policy->late_entry_ms = span.unit == SPAN_REAL ? span.amount : span.amount * MSEC_DAY;
    return NULL;
}

const char *section_number(struct compiler *compiler, const char *name, const char *text, uint8_t *ret_index)
{
    struct policy *policy = compiler->policy;

    if (policy->number_count >= POLICY_TERMS_MAX)
        return value_wrong(compiler, "at most %d different numbers", POLICY_TERMS_MAX);
    struct number_format *format = &policy->numbers[policy->number_count];
    const char *wrong = number_format_parse(text, &policy->arena, format);

    if (wrong)
        return wrong;
    format->name = arena_printf(&policy->arena, "number.%s", name);
    for (size_t i = 0; i < policy->number_count; i++) {
        const char *other = policy->numbers[i].name + strlen("number.");

        if (strcmp(other, name) == 0)
            return value_wrong(compiler, "no class with a number of its own is called '%s'", name);
        if (number_format_overlaps(format, &policy->numbers[i]))
            return value_wrong(compiler, "[%s%s] could give the same number", i ? "class " : "regime",
                               i ? other : "");
    }
    *ret_index = (uint8_t)policy->number_count++;
    return NULL;
}

const char *read_number(struct compiler *compiler, const struct entry *entry)
{
    uint8_t index;

    return section_number(compiler, "default", entry->value, &index);
}

/* The most urgent first, the order as it is written. */
const char *read_list_first(struct compiler *compiler, const struct entry *entry)
{
    struct policy *policy = compiler->policy;
    const char *cursor = entry->value;

    for (char *word; (word = value_word(compiler, &cursor));) {
        uint8_t urgency;
        const char *wrong = value_term(compiler, &policy->urgencies, "urgency", word, &urgency);

        if (wrong)
            return wrong;
        if (memchr(policy->list_first, urgency, policy->list_first_count))
            return value_wrong(compiler, "'%s' stands in it twice", word);
        policy->list_first[policy->list_first_count++] = urgency;
        policy->list_first_names =
            arena_printf(&policy->arena, "%s%s%s", policy->list_first_names,
                         *policy->list_first_names ? " " : "", policy->urgencies.terms[urgency].name);
    }
    return policy->list_first_count ? NULL : value_wrong(compiler, "at least one urgency is needed");
}

/* ---- [role X], [stage on], [contact] ---- */

const char *read_scope(struct compiler *compiler, const struct entry *entry)
{
    static const char *const scopes[] = {"desk", "department", "ticket"};
    uint8_t role;
    const char *wrong = value_term(compiler, &compiler->policy->roles, "role", entry->subject, &role);

    if (wrong)
        return wrong;
    for (size_t i = 0; i < 3; i++)
        if (strcmp(scopes[i], entry->value) == 0) {
            compiler->policy->role_scope[role] = (enum role_scope)i;
            return NULL;
        }
    return value_wrong(compiler, "a role is 'of' desk, department or ticket, not '%s'", entry->value);
}

const char *read_stage_on(struct compiler *compiler, const struct entry *entry)
{
    static const char *const actions[STAGE_ON_COUNT] = {"create", "assign", "plan",
                                                        "solve",  "close",  "reopen"};

    for (size_t i = 0; i < STAGE_ON_COUNT; i++)
        if (strcmp(actions[i], entry->key) == 0)
            return value_term(compiler, &compiler->policy->stages, "stage", entry->value,
                              &compiler->policy->stage_on[i]);
    return value_wrong(compiler, "unknown action '%s' (known: create, assign, plan, solve, close, reopen)",
                       entry->key);
}

const char *read_contact_channels(struct compiler *compiler, const struct entry *entry)
{
    return value_terms(compiler, &compiler->policy->channels, "channel", entry->value,
                       &compiler->policy->contact.channels);
}

const char *read_contact_direction(struct compiler *compiler, const struct entry *entry)
{
    compiler->policy->contact.out_only = strcmp(entry->value, "out") == 0;
    if (compiler->policy->contact.out_only || strcmp(entry->value, "any") == 0)
        return NULL;
    return value_wrong(compiler, "direction is out or any, not '%s'", entry->value);
}

const char *read_contact_reached(struct compiler *compiler, const struct entry *entry)
{
    return value_boolean(compiler, entry->value, &compiler->policy->contact.reached_only);
}

const char *read_contact_automatic(struct compiler *compiler, const struct entry *entry)
{
    return value_boolean(compiler, entry->value, &compiler->policy->contact.automatic_counts);
}

const char *read_contact_kinds(struct compiler *compiler, const struct entry *entry)
{
    return value_terms(compiler, &compiler->policy->kinds, "contact kind", entry->value,
                       &compiler->policy->contact.kinds);
}

const char *read_contact_by(struct compiler *compiler, const struct entry *entry)
{
    return value_terms(compiler, &compiler->policy->roles, "role", entry->value,
                       &compiler->policy->contact.roles);
}

const char *read_contact_spacing(struct compiler *compiler, const struct entry *entry)
{
    struct span span;
    const char *wrong = value_span(compiler, entry->value, &span);

    if (!wrong && span.unit != SPAN_REAL)
        return value_wrong(compiler, "spacing is real time (such as 10m)");
    if (!wrong)
        compiler->policy->contact.spacing_ms = span.amount;
    return wrong;
}
