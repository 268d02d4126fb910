/*
 * Lint's checks of what people are told: words that nobody may read, domains in which nobody is.
 *
 * Rows of the table in lint.c. A template is one text for all its readers; when every role that can ever get
 * it has a variable masked, either the template says too much or a role sees too little.
 */
#include "lib/lint_checks.h"

#include <string.h>

/* Roles as bits; the highest stands for people who are told in no role. */
static uint32_t roles_of(const struct audience *audience)
{
    uint32_t roles = 0;

    for (uint8_t place = 0; place < audience->count; place++)
        for (size_t choice = 0; choice < AUDIENCE_CHOICES; choice++)
            if (audience->to[place][choice].role != POLICY_NONE)
                roles |= UINT32_C(1) << audience->to[place][choice].role;
    return roles;
}

static uint32_t roles_of_ladder(const struct ladder_policy *ladder)
{
    uint32_t roles = 0;

    for (size_t s = 0; s < ladder->count; s++)
        for (size_t r = 0; r < ladder->sets[s].count; r++)
            roles |= roles_of(&ladder->sets[s].rungs[r].to);
    return roles;
}

/* Who reads the template: `roles` of those who are named by role. */
static uint32_t readers_of(const struct policy *policy, const char *name)
{
    uint32_t roles = 0;

    for (size_t c = 0; c < policy->clock_count; c++) {
        const struct clock_policy *clock = &policy->clocks[c];

        if (clock->remind_template && strcmp(clock->remind_template, name) == 0)
            roles |= roles_of(&clock->remind_to);
        if (clock->ladder != POLICY_NONE && clock->breach_template &&
            strcmp(clock->breach_template, name) == 0)
            roles |= roles_of_ladder(&policy->ladders[clock->ladder]);
    }
    for (size_t r = 0; r < policy->report_count; r++)
        for (uint8_t u = 0; u < policy->urgencies.count; u++)
            if (strcmp(policy->reports[r].template_name, name) == 0)
                roles |= roles_of(&policy->reports[r].to[u]);
    return roles;
}

static uint32_t seen_by(const struct policy *policy, uint32_t roles)
{
    uint32_t seen = 0;

    for (uint8_t role = 0; role < policy->roles.count; role++)
        if (roles >> role & 1)
            seen |= policy_sees(policy, role);
    return seen;
}

static void check_template(const struct linting *linting, const char *name, int line)
{
    uint32_t roles = readers_of(linting->policy, name);
    uint32_t masked =
        notice_template_uses(linting->policy->templates, name) & ~seen_by(linting->policy, roles);

    for (enum notice_variable variable = 0; roles && variable < VARIABLE_COUNT; variable++)
        if (masked >> variable & 1)
            lint_find(linting, line, "template %s: {%s} is masked for everybody who gets it", name,
                      notice_variable_name(variable));
}

/* A template for customers that says what they are not shown: internal words, or a regime that forgot to
 * allow it. */
static void check_customers_words(const struct linting *linting, const char *name, int line)
{
    const struct policy *policy = linting->policy;
    uint32_t shown =
        policy->customers.sees | (policy_is_mailing(policy, name) ? UINT32_C(1) << VARIABLE_NOTE : 0);
    uint32_t hidden = notice_template_uses(policy->templates, name) & ~shown;

    for (enum notice_variable variable = 0; variable < VARIABLE_COUNT; variable++)
        if (hidden >> variable & 1)
            lint_find(linting, line, "template %s: customers are not shown {%s}", name,
                      notice_variable_name(variable));
}

static bool tells_customers(const struct policy *policy, const struct report_policy *report)
{
    for (uint8_t urgency = 0; urgency < policy->urgencies.count; urgency++)
        if (audience_has_customer(&report->to[urgency]))
            return true;
    return false;
}

void lint_check_customer_words(const struct linting *linting)
{
    const struct policy *policy = linting->policy;

    for (size_t i = 0; i < policy->report_count; i++)
        if (tells_customers(policy, &policy->reports[i]))
            check_customers_words(linting, policy->reports[i].template_name, policy->reports[i].line);
    for (size_t i = 0; i < policy->schedule_count; i++) {
        const struct schedule_policy *schedule = &policy->schedules[i];

        if (schedule->template_name &&
            (schedule->to_field != POLICY_NONE || audience_has_customer(&schedule->to)))
            check_customers_words(linting, schedule->template_name, schedule->line);
    }
    for (size_t i = 0; i < policy->customers.courtesy_count; i++)
        check_customers_words(linting, policy->customers.courtesy[i], policy->customers.line);
    for (size_t i = 0; i < policy->customers.mailing_count; i++)
        check_customers_words(linting, policy->customers.mailings[i], policy->customers.line);
}

void lint_check_variable_masked(const struct linting *linting)
{
    const struct policy *policy = linting->policy;

    for (size_t c = 0; c < policy->clock_count; c++) {
        if (policy->clocks[c].remind_template)
            check_template(linting, policy->clocks[c].remind_template, policy->clocks[c].line);
        if (policy->clocks[c].breach_template)
            check_template(linting, policy->clocks[c].breach_template, policy->clocks[c].line);
    }
    for (size_t r = 0; r < policy->report_count; r++)
        check_template(linting, policy->reports[r].template_name, policy->reports[r].line);
}

void lint_check_domain_nobody(const struct linting *linting)
{
    const struct notices_policy *notices = &linting->policy->notices;

    for (size_t d = 0; d < notices->domain_count && !roster_stands_in(linting->roster); d++) {
        bool is_used = false;

        for (size_t i = 0; i < roster_count(linting->roster) && !is_used; i++)
            is_used =
                policy_is_of_domain(roster_person(linting->roster, (uint16_t)i)->mail, notices->domains[d]);
        if (!is_used)
            lint_find(linting, notices->line, "nobody has an address in %s", notices->domains[d]);
    }
}

/* Does the person keep hours of any kind, in this role? */
static bool has_hours(const struct linting *linting, uint16_t person, uint8_t role)
{
    const struct calendar *hours = roster_calendar(linting->roster, linting->policy, person, role);

    return strcmp(calendar_name(hours), "always") != 0;
}

void lint_check_quiet_never(const struct linting *linting)
{
    for (uint8_t role = 0; role < linting->policy->roles.count; role++) {
        bool is_quiet = false, is_held = false;

        for (size_t i = 0; i < roster_count(linting->roster) && (linting->policy->quiet_outside >> role & 1);
             i++) {
            if (!(roster_person(linting->roster, (uint16_t)i)->roles >> role & 1))
                continue;
            is_held = true;
            is_quiet |= has_hours(linting, (uint16_t)i, role);
        }
        if (is_held && !is_quiet)
            lint_find(linting, 0, "role %s is quiet outside hours that never end: it needs a calendar",
                      linting->policy->roles.terms[role].name);
    }
}
