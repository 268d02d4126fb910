/*
 * Sections of a regime file about what is done besides contacts: [step X], [signature X], the steps of a
 * class.
 *
 * Readers of rows in policy_compile.c's table. A step that was done, a signature that was given, a level of
 * satisfaction that was stated is a fact of the ticket, like the contacts that gates ask for: it is kept with
 * the ticket by its text, and every condition may name it (`step:containment`, `signed:plant_director`).
 */
#include "lib/policy_sections.h"

#include <string.h>

const char *read_class_steps(struct compiler *compiler, const struct entry *entry)
{
    struct class_policy *class_policy;
    const char *wrong = section_class(compiler, entry, &class_policy);

    return wrong
               ? wrong
               : value_terms(compiler, &compiler->policy->steps, "step", entry->value, &class_policy->steps);
}

/* Conditions with commas between them. */
const char *read_class_forgets(struct compiler *compiler, const struct entry *entry)
{
    struct class_policy *class_policy;
    const char *wrong = section_class(compiler, entry, &class_policy);
    char *list = arena_text(&compiler->policy->arena, entry->value);

    for (char *save, *item = strtok_r(list, ",", &save); item && !wrong; item = strtok_r(NULL, ",", &save)) {
        if (class_policy->forget_count >= REQUIREMENTS_MAX)
            return value_wrong(compiler, "at most %d conditions to forget", REQUIREMENTS_MAX);
        struct condition *what = &class_policy->forgets[class_policy->forget_count++];

        wrong = value_condition(compiler, item, what);
        if (!wrong && what->what == HAPPENING_FIELD)
            return value_wrong(compiler, "what a field says is not forgotten");
    }
    return wrong;
}

/* ---- [step X], [signature X] ---- */

static const char *step_of(struct compiler *compiler, const struct entry *entry, struct act_policy **ret_act)
{
    uint8_t index;
    const char *wrong = value_term(compiler, &compiler->policy->steps, "step", entry->subject, &index);

    if (!wrong)
        *ret_act = &compiler->policy->step_policies[index];
    return wrong;
}

static const char *signature_of(struct compiler *compiler, const struct entry *entry,
                                struct act_policy **ret_act)
{
    uint8_t index;
    const char *wrong =
        value_term(compiler, &compiler->policy->signatures, "signature", entry->subject, &index);

    if (!wrong)
        *ret_act = &compiler->policy->signature_policies[index];
    return wrong;
}

static const char *read_by(struct compiler *compiler, const struct entry *entry, struct act_policy *act)
{
    return value_terms(compiler, &compiler->policy->roles, "role", entry->value, &act->roles);
}

const char *read_step_by(struct compiler *compiler, const struct entry *entry)
{
    struct act_policy *act;
    const char *wrong = step_of(compiler, entry, &act);

    return wrong ? wrong : read_by(compiler, entry, act);
}

const char *read_signature_by(struct compiler *compiler, const struct entry *entry)
{
    struct act_policy *act;
    const char *wrong = signature_of(compiler, entry, &act);

    return wrong ? wrong : read_by(compiler, entry, act);
}

const char *read_step_needs(struct compiler *compiler, const struct entry *entry)
{
    struct act_policy *act;
    const char *wrong = step_of(compiler, entry, &act);

    return wrong ? wrong : section_requirements(compiler, entry->value, &act->needs);
}

const char *read_signature_needs(struct compiler *compiler, const struct entry *entry)
{
    struct act_policy *act;
    const char *wrong = signature_of(compiler, entry, &act);

    return wrong ? wrong : section_requirements(compiler, entry->value, &act->needs);
}

/* `after = team causes` is short for `needs = step:team, step:causes`. */
const char *read_step_after(struct compiler *compiler, const struct entry *entry)
{
    struct act_policy *act;
    const char *wrong = step_of(compiler, entry, &act);
    const char *cursor = entry->value;

    for (char *word; !wrong && (word = value_word(compiler, &cursor));) {
        if (strcmp(word, entry->subject) == 0)
            return value_wrong(compiler, "a step can't come after itself");
        wrong = section_requirements(compiler, arena_printf(&compiler->policy->arena, "step:%s", word),
                                     &act->needs);
    }
    return wrong;
}

/* ---- facts ---- */

static const char *know(struct compiler *compiler, const char *happening, const struct vocabulary *words,
                        struct act_policy *acts)
{
    const char *wrong = NULL;
    uint8_t fact;

    for (size_t i = 0; i < words->count && !wrong; i++) {
        const char *text = arena_printf(&compiler->policy->arena, "%s:%s", happening, words->terms[i].name);

        wrong = section_fact(compiler, text, &fact);
        if (!wrong)
            acts[i].fact = fact;
    }
    return wrong;
}

/* [satisfaction answers] */
const char *read_satisfaction_hidden(struct compiler *compiler, const struct entry *entry)
{
    if (!compiler->policy->levels.count)
        return value_wrong(compiler, "there is nothing to hide: [satisfaction] has no level");
    return value_terms(compiler, &compiler->policy->roles, "role", entry->value,
                       &compiler->policy->satisfaction_hidden);
}

const char *section_know_acts(struct compiler *compiler)
{
    struct policy *policy = compiler->policy;
    const char *wrong = know(compiler, "step", &policy->steps, policy->step_policies);

    if (!wrong)
        wrong = know(compiler, "signed", &policy->signatures, policy->signature_policies);
    return wrong ? wrong : know(compiler, "satisfaction", &policy->levels, policy->level_policies);
}
