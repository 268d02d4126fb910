/*
 * Whose hours count: [calendars], [department X] calendar, [role X] calendar.
 *
 * Readers of rows in policy_compile.c's table, and section_calendar(), by which every section names a
 * calendar. Whatever is named is on the policy's list, once: reloads compare the list, customers and people
 * choose from it, and the daemon keeps its texts as versions. [calendars] adds those that nothing else names.
 *
 * A name must not look like hours, because a ticket keeps either of them under one heading: when its customer
 * has somebody there.
 */
#include "lib/policy_sections.h"

#include <string.h>

/* Its place on the policy's list; `calendar_count` when it is not on it. */
static size_t find(const struct policy *policy, const char *name)
{
    size_t place = 0;

    while (place < policy->calendar_count &&
           strcmp(calendar_name(policy->calendars[place].calendar), name) != 0)
        place++;
    return place;
}

static const char *add(struct compiler *compiler, const char *name)
{
    struct policy *policy = compiler->policy;
    const struct calendar *calendar = compiler->sources->find_calendar(compiler->sources->context, name);

    if (!calendar)
        return value_wrong(compiler, "there is no calendar '%s'", name);
    if (policy->calendar_count >= POLICY_CALENDARS_MAX)
        return value_wrong(compiler, "a regime names at most %d calendars", POLICY_CALENDARS_MAX);
    if (name[0] >= '0' && name[0] <= '9')
        return value_wrong(compiler, "'%s': a calendar's name begins with a letter", name);
    policy->calendars[policy->calendar_count++] = (struct named_calendar){
        .calendar = calendar,
        .title = {calendar_name(calendar), calendar_name(calendar)},
    };
    return NULL;
}

const char *section_calendar(struct compiler *compiler, const char *name,
                             const struct calendar **ret_calendar)
{
    const struct policy *policy = compiler->policy;
    size_t place = find(policy, name);
    const char *wrong = place < policy->calendar_count ? NULL : add(compiler, name);

    if (!wrong)
        *ret_calendar = policy->calendars[place].calendar;
    return wrong;
}

const char *read_calendar(struct compiler *compiler, const struct entry *entry)
{
    return section_calendar(compiler, entry->value, &compiler->policy->calendar);
}

/* `hk_office = 香港办公时间 | Hong Kong office` */
const char *read_calendar_word(struct compiler *compiler, const struct entry *entry)
{
    struct policy *policy = compiler->policy;
    const struct calendar *calendar;
    const char *wrong = strcmp(entry->key, "department") == 0
                            ? value_wrong(compiler, "'department' means the department's calendar")
                            : section_calendar(compiler, entry->key, &calendar);

    if (wrong || !entry->value[0])
        return wrong;
    return value_title(compiler, entry->value, policy->calendars[find(policy, entry->key)].title);
}

const char *read_department_calendar(struct compiler *compiler, const struct entry *entry)
{
    uint8_t department;
    const char *wrong =
        value_term(compiler, &compiler->policy->departments, "department", entry->subject, &department);

    return wrong ? wrong
                 : section_calendar(compiler, entry->value,
                                    &compiler->policy->department_calendars[department]);
}

const char *read_role_calendar(struct compiler *compiler, const struct entry *entry)
{
    uint8_t role;
    const char *wrong = value_term(compiler, &compiler->policy->roles, "role", entry->subject, &role);

    return wrong ? wrong : section_calendar(compiler, entry->value, &compiler->policy->role_calendars[role]);
}
