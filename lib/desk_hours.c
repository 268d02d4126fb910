/*
 * When a ticket's customer has somebody there: hours that were typed, or a calendar of the desk.
 *
 * Called when a ticket is filed or restored, and on a reload. Most customers share a few hours, so a ticket
 * keeps the number of an entry of one short list; number 0 is around the clock. An entry never changes its
 * number: a reload gives it the new policy's zone or calendar in place, and one whose calendar is gone (which
 * no ticket uses any more, or the reload would have been refused) loses its name and is found no more.
 */
#include "lib/desk_parts.h"

#include "lib/base/memory.h"
#include <stdlib.h>
#include <string.h>

bool desk_hours_are_typed(const char *text, int *ret_open_minute, int *ret_close_minute)
{
    *ret_open_minute = 0;
    *ret_close_minute = 1440;
    return strcmp(text, "24h") == 0 || calendar_parse_hours(text, ret_open_minute, ret_close_minute);
}

/* False: the text is neither hours nor a calendar of the policy. */
static bool fill(struct hours *hours, const char *text, const struct policy *policy)
{
    int open, close;

    *hours = (struct hours){.calendar = policy_find_calendar(policy, text)};
    if (strlen(text) >= sizeof(hours->text))
        return false;
    strcpy(hours->text, text);
    if (desk_hours_are_typed(text, &open, &close))
        hours->calendar = hours->made = calendar_create_daily(text, policy->zone, open, close);
    return hours->calendar != NULL;
}

uint8_t desk_hours(struct desk *desk, const char *text)
{
    struct hours hours;

    for (size_t i = 0; i < desk->hour_count && text[0]; i++)
        if (strcmp(desk->hours[i].text, text) == 0)
            return (uint8_t)i;
    if (desk->hour_count >= POLICY_NONE || !fill(&hours, text, desk->policy))
        return POLICY_NONE;
    desk->hours =
        memory_reserve(desk->hours, &desk->hour_capacity, desk->hour_count + 1, sizeof(*desk->hours));
    desk->hours[desk->hour_count] = hours;
    return (uint8_t)desk->hour_count++;
}

bool desk_hours_fit(const struct desk *desk, uint8_t hours, const struct policy *policy)
{
    return desk->hours[hours].made || policy_find_calendar(policy, desk->hours[hours].text);
}

void desk_rebuild_hours(struct desk *desk)
{
    for (size_t i = 0; i < desk->hour_count; i++) {
        struct hours old = desk->hours[i];

        if (!fill(&desk->hours[i], old.text, desk->policy))
            desk->hours[i] = (struct hours){.calendar = desk->hours[0].calendar};
        calendar_destroy(old.made);
    }
}

void desk_destroy_hours(struct desk *desk)
{
    for (size_t i = 0; i < desk->hour_count; i++)
        calendar_destroy(desk->hours[i].made);
    free(desk->hours);
}
