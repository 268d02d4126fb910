/*
 * Lint's checks of whose hours count: calendars that never close, that end soon, or that nothing counts by.
 *
 * Rows of the table in lint.c. A calendar that does not exist is no finding: the compiler refuses it. What is
 * looked for are calendars that say something, and not what their author meant: the holidays of last year, or
 * office hours that no clock ever counts.
 */
#include "lib/lint_checks.h"

#include <string.h>

#define SOON_MS (60 * MSEC_DAY)

static bool counts_business_time(const struct span *span)
{
    return span->amount && (span->unit == SPAN_BUSINESS || span->unit == SPAN_WORKING_DAYS ||
                            span->unit == SPAN_WORKING_DAY_AT);
}

static bool never_closes(const struct calendar *calendar)
{
    return strcmp(calendar_name(calendar), "always") == 0;
}

void lint_check_hours_round_the_clock(const struct linting *linting)
{
    const struct policy *policy = linting->policy;

    for (size_t c = 0; c < policy->clock_count; c++) {
        const struct clock_policy *clock = &policy->clocks[c];
        bool counts = counts_business_time(&clock->window) || clock->working_days_only;

        for (size_t i = 0; policy_budget_list(clock, i); i++)
            for (uint8_t u = 0; u < policy->urgencies.count; u++)
                counts |= counts_business_time(&policy_budget_list(clock, i)[u]);
        for (uint8_t d = 0; counts && !clock->customer_hours && d < policy->departments.count; d++)
            if (never_closes(policy_clock_calendar(policy, clock, d))) {
                lint_find(linting, clock->line,
                          "clock %s counts business time by a calendar that never closes%s%s", clock->name,
                          clock->department_hours ? ", in department " : "",
                          clock->department_hours ? policy->departments.terms[d].name : "");
                break;
            }
    }
}

/* The line of the first clock, or else schedule, that counts by it; 0: none does by name. */
static int line_of(const struct policy *policy, const struct calendar *calendar)
{
    for (size_t c = 0; c < policy->clock_count; c++)
        if (policy->clocks[c].calendar == calendar && !policy->clocks[c].customer_hours)
            return policy->clocks[c].line;
    for (size_t i = 0; i < policy->schedule_count; i++)
        if (policy->schedules[i].calendar == calendar)
            return policy->schedules[i].line;
    return 0;
}

void lint_check_calendar_ends(const struct linting *linting)
{
    const struct policy *policy = linting->policy;

    for (size_t i = 0; i < policy->calendar_count; i++) {
        const struct calendar *calendar = policy->calendars[i].calendar;

        if (calendar_is_provisional(calendar, linting->now + SOON_MS))
            lint_find(linting, line_of(policy, calendar), "the holidays of calendar %s end within 60 days",
                      calendar_name(calendar));
    }
}

static bool any_clock_by_department(const struct policy *policy)
{
    for (size_t c = 0; c < policy->clock_count; c++)
        if (policy->clocks[c].department_hours)
            return true;
    return false;
}

static bool any_department_has_one(const struct policy *policy)
{
    for (uint8_t d = 0; d < policy->departments.count; d++)
        if (policy->department_calendars[d])
            return true;
    return false;
}

void lint_check_calendar_idle(const struct linting *linting)
{
    const struct policy *policy = linting->policy;

    if (any_clock_by_department(policy))
        return;
    for (uint8_t d = 0; d < policy->departments.count; d++)
        if (policy->department_calendars[d])
            lint_find(linting, 0,
                      "department %s has a calendar, and no clock counts by it (calendar = department)",
                      policy->departments.terms[d].name);
}

void lint_check_calendar_missing(const struct linting *linting)
{
    const struct policy *policy = linting->policy;

    if (any_department_has_one(policy))
        return;
    for (size_t c = 0; c < policy->clock_count; c++)
        if (policy->clocks[c].department_hours)
            lint_find(linting, policy->clocks[c].line,
                      "clock %s counts by the department's calendar, and no department has one of its own",
                      policy->clocks[c].name);
}
