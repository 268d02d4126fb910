/*
 * Lint's checks of schedules: those that never run again, that know no rest day, that nobody hears.
 *
 * Rows of the table in lint.c. A field, a festival or a register that does not exist is no finding: the
 * compiler refuses it. What a schedule of records does depends on the records; what is looked for here is
 * wrong whatever they hold.
 */
#include "lib/lint_checks.h"
#include "lib/schedule.h"

#include <string.h>

/* Its days do not depend on any record. */
static bool is_by_itself(const struct schedule_at *at)
{
    if (at->form == SCHEDULE_EVERY || at->from_field != POLICY_NONE)
        return false;
    for (uint8_t i = 0; i < at->anchor_count; i++)
        if (at->anchors[i].kind == ANCHOR_FIELD)
            return false;
    return true;
}

void lint_check_schedule_over(const struct linting *linting)
{
    const struct policy *policy = linting->policy;

    for (size_t i = 0; i < policy->schedule_count; i++) {
        struct schedule_policy schedule = policy->schedules[i];

        if (!is_by_itself(&schedule.at))
            continue;
        schedule.when_count = 0; /* whichever records there are */
        schedule.until = schedule.to_field = POLICY_NONE;
        const struct schedule_view view = {.policy = policy, .schedule = &schedule};

        if (schedule_next(&view, linting->now) == NEVER)
            lint_find(linting, schedule.line, "schedule %s never runs again (%s)", schedule.name,
                      schedule.at.text);
    }
}

void lint_check_schedule_restless(const struct linting *linting)
{
    const struct policy *policy = linting->policy;

    for (size_t i = 0; i < policy->schedule_count; i++) {
        const struct schedule_policy *schedule = &policy->schedules[i];
        bool rests = schedule->at.roll != ROLL_STAYS ||
                     (schedule->at.form == SCHEDULE_AROUND && schedule->at.offset.unit == SPAN_WORKING_DAYS);

        if (rests && strcmp(calendar_name(schedule->calendar), "always") == 0)
            lint_find(linting, schedule->line,
                      "schedule %s counts working days by a calendar that knows no rest day", schedule->name);
    }
}

static bool has_field(const struct policy *policy, const struct schedule_policy *schedule,
                      enum field_kind kind)
{
    const struct register_policy *of =
        schedule->over == POLICY_NONE ? NULL : &policy->registers[schedule->over];

    for (size_t i = 0; of && i < of->field_count; i++)
        if (of->fields[i].kind == kind)
            return true;
    return false;
}

/* Nobody handles a record, but the first person that it names stands for that. */
static bool may_be_told(const struct linting *linting, const struct schedule_policy *schedule,
                        const struct addressee *whom)
{
    const struct policy *policy = linting->policy;

    if (whom->is_customer)
        return true;
    if (whom->person)
        return true; /* another check asks whether there is such a person */
    if (whom->role == POLICY_NONE)
        return false;
    if (whom->department == AUDIENCE_SUPPORTING) /* of a ticket */
        return false;
    if (whom->department != POLICY_NONE)
        return lint_is_held(linting, whom->role, whom->department);
    if (policy->role_scope[whom->role] == SCOPE_TICKET)
        return has_field(policy, schedule, FIELD_PERSON);
    if (policy->role_scope[whom->role] == SCOPE_DEPARTMENT && schedule->department == POLICY_NONE)
        return has_field(policy, schedule, FIELD_DEPARTMENT);
    return lint_is_held(linting, whom->role, schedule->department);
}

void lint_check_schedule_nobody(const struct linting *linting)
{
    const struct policy *policy = linting->policy;

    for (size_t i = 0; i < policy->schedule_count; i++) {
        const struct schedule_policy *schedule = &policy->schedules[i];
        bool is_heard = !schedule->template_name || schedule->to_field != POLICY_NONE;

        for (uint8_t place = 0; place < schedule->to.count; place++)
            for (size_t choice = 0; choice < AUDIENCE_CHOICES; choice++)
                is_heard |= may_be_told(linting, schedule, &schedule->to.to[place][choice]);
        if (!is_heard)
            lint_find(linting, schedule->line, "schedule %s: nobody can be told by it", schedule->name);
    }
}
