/*
 * Sections of a regime file about asking and deciding: [extension CLOCK] and [escalation].
 *
 * Readers of rows in policy_compile.c's table. A clock without its section can't be extended, a regime
 * without [escalation] knows no escalation by request (its ladders climb all the same).
 */
#include "lib/policy_sections.h"

#include <stdlib.h>

static const char *policy_of(struct compiler *compiler, const struct entry *entry,
                             struct approval_policy **ret_policy)
{
    struct policy *policy = compiler->policy;
    uint8_t clock = POLICY_NONE;

    *ret_policy = &policy->escalation;
    if (entry->subject[0]) {
        clock = policy_find_clock(policy, entry->subject);
        if (clock == POLICY_NONE)
            return value_wrong(compiler, "there is no [clock %s]", entry->subject);
        *ret_policy = &policy->clocks[clock].extension;
    }
    (*ret_policy)->is_allowed = true;
    (*ret_policy)->line = entry->line;
    return NULL;
}

const char *read_approval_by(struct compiler *compiler, const struct entry *entry)
{
    struct approval_policy *approval;
    const char *wrong = policy_of(compiler, entry, &approval);

    return wrong ? wrong
                 : value_terms(compiler, &compiler->policy->roles, "role", entry->value, &approval->askers);
}

const char *read_approval_decides(struct compiler *compiler, const struct entry *entry)
{
    struct approval_policy *approval;
    const char *wrong = policy_of(compiler, entry, &approval);

    return wrong ? wrong
                 : value_terms(compiler, &compiler->policy->roles, "role", entry->value, &approval->deciders);
}

const char *read_approval_most(struct compiler *compiler, const struct entry *entry)
{
    struct approval_policy *approval;
    const char *wrong = policy_of(compiler, entry, &approval);
    char *end;
    long most = strtol(entry->value, &end, 10);

    if (!wrong && (end == entry->value || *end || most < 1 || most > 100))
        wrong = value_wrong(compiler, "at most 1 to 100 times, not '%s'", entry->value);
    if (!wrong)
        approval->at_most = (uint8_t)most;
    return wrong;
}

const char *read_approval_longest(struct compiler *compiler, const struct entry *entry)
{
    struct approval_policy *approval;
    const char *wrong = policy_of(compiler, entry, &approval);

    return wrong ? wrong : value_span(compiler, entry->value, &approval->longest);
}

const char *section_check_approval(struct compiler *compiler, const struct approval_policy *approval,
                                   const char *name)
{
    if (!approval->deciders)
        return value_wrong(compiler, "[%s] says nobody who decides", name);
    return NULL;
}
