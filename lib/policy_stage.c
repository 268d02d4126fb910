/*
 * Sections of a regime file about a ticket's way: [stage X], [pause X], the stages of a class, and for what a
 * clock stops.
 *
 * Readers of rows in policy_compile.c's table. Which stage an action leads to is for all classes ([stage
 * on]); what a class adds is which stages it has, and a stage says from where it is entered and by whom. The
 * check at the end needs the whole: a ticket must be born into its class's machine.
 */
#include "lib/policy_sections.h"

#include <string.h>

/* ---- [stage X] ---- */

static const char *stage_of(struct compiler *compiler, const struct entry *entry,
                            struct stage_policy **ret_stage)
{
    uint8_t index;
    const char *wrong = value_term(compiler, &compiler->policy->stages, "stage", entry->subject, &index);

    if (!wrong) {
        *ret_stage = &compiler->policy->stage_policies[index];
        (*ret_stage)->line = entry->line;
    }
    return wrong;
}

const char *read_stage_from(struct compiler *compiler, const struct entry *entry)
{
    struct stage_policy *stage;
    const char *wrong = stage_of(compiler, entry, &stage);

    return wrong ? wrong
                 : value_terms(compiler, &compiler->policy->stages, "stage", entry->value, &stage->from);
}

const char *read_stage_by(struct compiler *compiler, const struct entry *entry)
{
    struct stage_policy *stage;
    const char *wrong = stage_of(compiler, entry, &stage);

    return wrong ? wrong
                 : value_terms(compiler, &compiler->policy->roles, "role", entry->value, &stage->roles);
}

const char *read_stage_pause(struct compiler *compiler, const struct entry *entry)
{
    struct stage_policy *stage;
    const char *wrong = stage_of(compiler, entry, &stage);

    return wrong ? wrong
                 : value_terms(compiler, &compiler->policy->pauses, "pause", entry->value, &stage->pauses);
}

const char *read_stage_needs(struct compiler *compiler, const struct entry *entry)
{
    struct stage_policy *stage;
    const char *wrong = stage_of(compiler, entry, &stage);

    return wrong ? wrong : section_requirements(compiler, entry->value, &stage->needs);
}

const char *read_class_stages(struct compiler *compiler, const struct entry *entry)
{
    struct class_policy *class_policy;
    const char *wrong = section_class(compiler, entry, &class_policy);

    return wrong ? wrong
                 : value_terms(compiler, &compiler->policy->stages, "stage", entry->value,
                               &class_policy->stages);
}

const char *read_class_first_stage(struct compiler *compiler, const struct entry *entry)
{
    struct class_policy *class_policy;
    const char *wrong = section_class(compiler, entry, &class_policy);

    return wrong ? wrong
                 : value_term(compiler, &compiler->policy->stages, "stage", entry->value,
                              &class_policy->begins);
}

/* ---- [pause X], [clock X] pause ---- */

static const char *pause_of(struct compiler *compiler, const struct entry *entry,
                            struct pause_policy **ret_pause)
{
    uint8_t index;
    const char *wrong = value_term(compiler, &compiler->policy->pauses, "pause", entry->subject, &index);

    if (!wrong) {
        *ret_pause = &compiler->policy->pause_policies[index];
        (*ret_pause)->line = entry->line;
    }
    return wrong;
}

const char *read_pause_by(struct compiler *compiler, const struct entry *entry)
{
    struct pause_policy *pause;
    const char *wrong = pause_of(compiler, entry, &pause);

    return wrong ? wrong
                 : value_terms(compiler, &compiler->policy->roles, "role", entry->value, &pause->roles);
}

const char *read_pause_longest(struct compiler *compiler, const struct entry *entry)
{
    struct pause_policy *pause;
    const char *wrong = pause_of(compiler, entry, &pause);

    if (!wrong)
        wrong = value_span(compiler, entry->value, &pause->longest);
    if (!wrong && !pause->longest.amount)
        wrong = value_wrong(compiler, "a pause lasts longer than nothing (such as 10wd)");
    return wrong;
}

const char *read_clock_pause(struct compiler *compiler, const struct entry *entry)
{
    uint8_t clock = policy_find_clock(compiler->policy, entry->subject);

    return value_terms(compiler, &compiler->policy->pauses, "pause", entry->value,
                       &compiler->policy->clocks[clock].pauses);
}

/* ---- what only the whole file shows ---- */

const char *section_check_stages(struct compiler *compiler)
{
    const struct policy *policy = compiler->policy;

    for (uint8_t i = 0; i < policy->classes.count; i++) {
        uint8_t born = policy_first_stage(policy, i);

        if (policy->class_policies[i].stages && !(policy->class_policies[i].stages >> born & 1))
            return value_wrong(compiler, "[class %s] stages: its tickets begin in stage '%s' (%s)",
                               policy->classes.terms[i].name, policy->stages.terms[born].name,
                               policy->class_policies[i].begins == POLICY_NONE ? "[stage on] create"
                                                                               : "first stage");
    }
    return NULL;
}
