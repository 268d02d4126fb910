/*
 * Sections of a regime file about whose a ticket is and who is told: [class X], [ladder X], [report X].
 *
 * Readers of rows in policy_compile.c's table. Gate conditions about contacts become facts of the policy,
 * each kept once however many gates ask for it; a ladder's rungs are grouped by the tickets they are written
 * for.
 */
#include "lib/policy_sections.h"

#include "lib/base/memory.h"
#include <string.h>

/* ---- [class X] ---- */

const char *section_class(struct compiler *compiler, const struct entry *entry,
                          struct class_policy **ret_class)
{
    uint8_t index;
    const char *wrong = value_term(compiler, &compiler->policy->classes, "class", entry->subject, &index);

    if (!wrong)
        *ret_class = &compiler->policy->class_policies[index];
    return wrong;
}

const char *read_class_types(struct compiler *compiler, const struct entry *entry)
{
    struct class_policy *class_policy;
    const char *wrong = section_class(compiler, entry, &class_policy);

    return wrong
               ? wrong
               : value_terms(compiler, &compiler->policy->types, "type", entry->value, &class_policy->types);
}

const char *read_class_owner(struct compiler *compiler, const struct entry *entry)
{
    struct class_policy *class_policy;
    const char *wrong = section_class(compiler, entry, &class_policy);

    return wrong ? wrong
                 : value_term(compiler, &compiler->policy->roles, "role", entry->value, &class_policy->owner);
}

const char *read_class_number(struct compiler *compiler, const struct entry *entry)
{
    struct class_policy *class_policy;
    const char *wrong = section_class(compiler, entry, &class_policy);

    return wrong ? wrong : section_number(compiler, entry->subject, entry->value, &class_policy->number);
}

const char *section_fact(struct compiler *compiler, const char *text, uint8_t *ret_fact)
{
    struct policy *policy = compiler->policy;

    *ret_fact = policy_find_fact(policy, text);
    if (*ret_fact != POLICY_NONE)
        return NULL;
    if (policy->fact_count >= POLICY_FACTS_MAX)
        return value_wrong(compiler, "at most %d different gate conditions", POLICY_FACTS_MAX);
    const char *wrong = value_condition(compiler, text, &policy->facts[policy->fact_count]);

    if (!wrong)
        *ret_fact = (uint8_t)policy->fact_count++;
    return wrong;
}

static const char *read_requirement(struct compiler *compiler, const char *text,
                                    struct requirement *requirement)
{
    const char *cursor = text + 6;

    *requirement =
        (struct requirement){.text = arena_text(&compiler->policy->arena, text), .when = POLICY_NONE};
    if (strcmp(text, "steps done") == 0) {
        requirement->kind = REQUIRE_STEPS_DONE;
        return NULL;
    }
    if (strncmp(text, "clock:", 6) != 0)
        return section_fact(compiler, requirement->text, &requirement->fact);
    requirement->kind = REQUIRE_CLOCK_MET;
    const char *name = value_word(compiler, &cursor);
    const char *state = value_word(compiler, &cursor);

    requirement->clock = name ? policy_find_clock(compiler->policy, name) : POLICY_NONE;
    if (requirement->clock == POLICY_NONE)
        return value_wrong(compiler, "there is no clock '%s'", name ? name : "");
    if (!state || strcmp(state, "met") != 0 || value_word(compiler, &cursor))
        return value_wrong(compiler, "a clock's condition is written clock:NAME met");
    return NULL;
}

static const char *next_requirement(struct compiler *compiler, struct requirements *needs,
                                    struct requirement **ret_requirement)
{
    if (needs->count >= REQUIREMENTS_MAX)
        return value_wrong(compiler, "at most %d conditions in a gate", REQUIREMENTS_MAX);
    *ret_requirement = &needs->items[needs->count++];
    return NULL;
}

#define OVER_FIELD " over field:"

/* `CONTACT over field:NAME`: for each of the field's words a condition that is asked while the field says so.
 */
static const char *read_over_field(struct compiler *compiler, const char *text, struct requirements *needs)
{
    struct policy *policy = compiler->policy;
    const char *over = strstr(text, OVER_FIELD), *name = over + strlen(OVER_FIELD), *wrong = NULL;
    uint8_t index = policy_find_field(policy, name);
    const struct register_field *field = index == POLICY_NONE ? NULL : &policy->fields[index].value;
    struct requirement *requirement = NULL;

    if (!field)
        return value_wrong(compiler, "there is no [field %s]", name);
    if (field->kind != FIELD_WORDS)
        return value_wrong(compiler, "the field %s is no choice of channels", name);
    for (uint8_t i = 0; i < field->word_count && !wrong; i++) {
        const char *word = field->words[i];

        wrong = next_requirement(compiler, needs, &requirement);
        if (!wrong)
            wrong = read_requirement(
                compiler, arena_printf(&policy->arena, "%.*s over %s", (int)(over - text), text, word),
                requirement);
        if (!wrong)
            wrong = section_fact(compiler, arena_printf(&policy->arena, "field:%s %s", name, word),
                                 &requirement->when);
    }
    return wrong;
}

const char *section_requirements(struct compiler *compiler, const char *text, struct requirements *needs)
{
    char *list = arena_text(&compiler->policy->arena, text);
    const char *wrong = NULL;
    struct requirement *requirement = NULL;

    for (char *save, *item = strtok_r(list, ",", &save); item && !wrong; item = strtok_r(NULL, ",", &save)) {
        item += strspn(item, " \t");
        for (size_t end = strlen(item); end && strchr(" \t", item[end - 1]); end--)
            item[end - 1] = '\0';
        if (strstr(item, OVER_FIELD)) {
            wrong = read_over_field(compiler, item, needs);
            continue;
        }
        wrong = next_requirement(compiler, needs, &requirement);
        if (!wrong)
            wrong = read_requirement(compiler, item, requirement);
    }
    return wrong;
}

const char *read_gate(struct compiler *compiler, const struct entry *entry)
{
    static const char *const gates[GATE_COUNT] = {"gate contact counts", "gate solve", "gate close"};
    struct class_policy *class_policy;
    const char *wrong = section_class(compiler, entry, &class_policy);
    size_t gate = 0;

    if (wrong)
        return wrong;
    while (gate < GATE_COUNT && strcmp(gates[gate], entry->key) != 0)
        gate++;
    if (gate == GATE_COUNT)
        return value_wrong(compiler, "unknown '%s' (known: gate contact counts, gate solve, gate close)",
                           entry->key);
    return section_requirements(compiler, entry->value, &class_policy->gates[gate]);
}

/* ---- [ladder X], [report X] ---- */

struct ladder_policy *section_ladder(struct compiler *compiler, const char *name)
{
    for (size_t i = 0; i < compiler->policy->ladder_count; i++)
        if (strcmp(compiler->policy->ladders[i].name, name) == 0)
            return &compiler->policy->ladders[i];
    return NULL;
}

static struct rung_set *rung_set_of(struct ladder_policy *ladder, const struct applies *when)
{
    for (size_t i = 0; i < ladder->count; i++)
        if (policy_applies_alike(&ladder->sets[i].when, when))
            return &ladder->sets[i];
    ladder->sets = memory_reserve(ladder->sets, &ladder->capacity, ladder->count + 1, sizeof(*ladder->sets));
    ladder->sets[ladder->count] = (struct rung_set){.when = *when};
    return &ladder->sets[ladder->count++];
}

const char *read_rung(struct compiler *compiler, const struct entry *entry)
{
    struct applies when = {0};
    struct ladder_policy *ladder = section_ladder(compiler, entry->subject);
    const char *wrong = value_applies(compiler, entry->key + strlen("rung"), &when);

    if (wrong)
        return wrong;
    struct rung_set *set = rung_set_of(ladder, &when);

    set->rungs = memory_reserve(set->rungs, &set->capacity, set->count + 1, sizeof(*set->rungs));
    struct rung *rung = &set->rungs[set->count];

    wrong = value_rung(compiler, entry->value, rung);
    rung->line = entry->line;
    if (!wrong && set->count && rung->percent >= 0 && set->rungs[set->count - 1].percent > rung->percent)
        wrong = value_wrong(compiler, "rungs are written in the order they are climbed");
    if (!wrong && set->count >= 30)
        wrong = value_wrong(compiler, "a ladder has at most 30 rungs");
    set->count += !wrong;
    return wrong;
}

const char *read_all_clear(struct compiler *compiler, const struct entry *entry)
{
    return value_boolean(compiler, entry->value, &section_ladder(compiler, entry->subject)->all_clear);
}

/* The report was made when its section opened. */
static struct report_policy *report_of(struct compiler *compiler, const char *name)
{
    struct report_policy *report = compiler->policy->reports;

    while (strcmp(report->name, name) != 0)
        report++;
    return report;
}

const char *section_template(struct compiler *compiler, const char *name, const char **ret_name)
{
    static const enum language languages[] = {LANGUAGE_ZH, LANGUAGE_EN};
    bool found = false;

    for (size_t i = 0; i < 2; i++) {
        const char *text =
            compiler->sources->find_template(compiler->sources->context, language_name(languages[i]), name);
        const char *wrong =
            text ? notice_templates_add(compiler->policy->templates, name, languages[i], text) : NULL;

        if (wrong)
            return value_wrong(compiler, "template %s/%s: %s", language_name(languages[i]), name, wrong);
        found |= text != NULL;
    }
    *ret_name = name;
    return found ? NULL
                 : value_wrong(compiler, "there is no template '%s' (looked for zh/%s.txt and en/%s.txt)",
                               name, name, name);
}

const char *read_report_template(struct compiler *compiler, const struct entry *entry)
{
    return section_template(compiler, entry->value, &report_of(compiler, entry->subject)->template_name);
}

/* `when URGENCY` says who is told of it; `when` alone, which tickets are told of. */
const char *read_report_when(struct compiler *compiler, const struct entry *entry)
{
    uint8_t urgency;
    const char *word = entry->key + strlen("when");

    word += strspn(word, " ");
    if (!*word)
        return value_when(compiler, entry->value, &report_of(compiler, entry->subject)->when);
    const char *wrong = value_term(compiler, &compiler->policy->urgencies, "urgency", word, &urgency);

    struct report_policy *report = report_of(compiler, entry->subject);

    if (wrong)
        return wrong;
    report->to_line[urgency] = entry->line;
    return value_told(compiler, entry->value, &report->to[urgency], &report->channels[urgency]);
}

const char *read_report_on(struct compiler *compiler, const struct entry *entry)
{
    struct report_policy *report = report_of(compiler, entry->subject);

    report->has_on = true;
    return value_condition(compiler, entry->value, &report->on);
}

/* Whatever the urgency; `when URGENCY` says otherwise for one. */
const char *read_report_to(struct compiler *compiler, const struct entry *entry)
{
    struct report_policy *report = report_of(compiler, entry->subject);
    struct audience audience;
    uint8_t channels;
    const char *wrong = value_told(compiler, entry->value, &audience, &channels);

    for (size_t urgency = 0; !wrong && urgency < POLICY_TERMS_MAX; urgency++)
        if (!report->to[urgency].count) {
            report->to[urgency] = audience;
            report->channels[urgency] = channels;
        }
    return wrong;
}
