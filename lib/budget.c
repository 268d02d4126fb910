/*
 * A person's budget: a ring with the instants of the last notices that were let go to them.
 *
 * Used by hold.c, one for each person who was told anything while there are limits. The windows roll: what
 * counts is the last hour and the last 24 hours before the instant in question, not the clock's hour, so that
 * twenty notices before ten o'clock and twenty after it are not forty within a minute. The ring holds as many
 * instants as the larger limit asks for; when the one that lies so many places back is still within the
 * window, the budget is used up.
 */
#include "lib/budget.h"

#include "lib/base/memory.h"
#include <stdlib.h>

void budget_finish(struct budget *budget)
{
    free(budget->instants);
    *budget = (struct budget){0};
}

static uint16_t most(struct budget_limits limits)
{
    return limits.per_hour > limits.per_day ? limits.per_hour : limits.per_day;
}

/* The instant `back` places before the newest. */
static msec instant_at(const struct budget *budget, uint16_t back)
{
    return budget->instants[(budget->newest + budget->room - back) % budget->room];
}

/* A reload changed the limits: the newest instants move into a ring of the right size. */
static void resize(struct budget *budget, uint16_t room)
{
    msec *instants = memory_new(room, sizeof(*instants));
    uint16_t kept = budget->count < room ? budget->count : room;

    for (uint16_t i = 0; i < kept; i++)
        instants[kept - 1 - i] = instant_at(budget, i);
    free(budget->instants);
    *budget = (struct budget){.instants = instants,
                              .count = kept,
                              .room = room,
                              .newest = kept ? (uint16_t)(kept - 1) : (uint16_t)(room - 1)};
}

void budget_note(struct budget *budget, struct budget_limits limits, msec at)
{
    uint16_t room = most(limits);

    if (!room)
        return;
    if (budget->room != room)
        resize(budget, room);
    budget->newest = (uint16_t)((budget->newest + 1) % room);
    budget->instants[budget->newest] = at;
    budget->count = (uint16_t)(budget->count + (budget->count < room));
}

static bool is_full(const struct budget *budget, uint16_t limit, msec window_ms, msec now)
{
    return limit && budget->count >= limit && instant_at(budget, (uint16_t)(limit - 1)) > now - window_ms;
}

bool budget_is_used_up(const struct budget *budget, struct budget_limits limits, msec now)
{
    return is_full(budget, limits.per_hour, MSEC_HOUR, now) || is_full(budget, limits.per_day, MSEC_DAY, now);
}
