/*
 * The list of a ticket's pauses, and the stretches of time they come to.
 *
 * Written by judge_pause.c; read by the arithmetic of clocks (running_time.c) and by whoever shows or
 * explains them. A pause is a fact like a contact: from when to when, and for what reason. Nothing is derived
 * from it and kept: a clock's deadline is computed from its anchor and this list whenever it is asked for, so
 * a pause that is entered late, another urgency or another calendar need no repair of anything.
 *
 * Pauses for one reason may overlap when they were entered late; a stretch unites them, because time can only
 * stand still once. One of no length (ended in the instant it began) is on record and counts for nothing.
 */
#include "lib/pause.h"

#include "lib/base/memory.h"
#include <string.h>

static bool is_before(const struct pause *one, const struct pause *other)
{
    return one->from_at < other->from_at || (one->from_at == other->from_at && one->number < other->number);
}

struct pause *pause_add(struct ticket *ticket, const struct pause *pause)
{
    struct ticket_rare *rare = ticket_own_rare(ticket);
    uint16_t place = rare->pause_count;

    while (place > 0 && is_before(pause, &rare->pauses[place - 1]))
        place--;
    rare->pauses = memory_resize(rare->pauses, rare->pause_count + 1u, sizeof(*rare->pauses));
    memmove(&rare->pauses[place + 1], &rare->pauses[place],
            (size_t)(rare->pause_count - place) * sizeof(*rare->pauses));
    rare->pause_count++;
    rare->pauses[place] = *pause;
    return &rare->pauses[place];
}

struct pause *pause_lasting(const struct ticket *ticket, uint8_t reason)
{
    const struct ticket_rare *rare = ticket_rare(ticket);

    for (uint16_t i = 0; i < rare->pause_count; i++)
        if (rare->pauses[i].reason == reason && rare->pauses[i].to_at == NEVER)
            return &rare->pauses[i];
    return NULL;
}

uint32_t pause_reasons(const struct ticket *ticket)
{
    const struct ticket_rare *rare = ticket_rare(ticket);
    uint32_t reasons = 0;

    for (uint16_t i = 0; i < rare->pause_count; i++)
        if (rare->pauses[i].to_at == NEVER)
            reasons |= UINT32_C(1) << rare->pauses[i].reason;
    return reasons;
}

msec pause_ends_at(const struct policy *policy, const struct pause *pause)
{
    struct span longest = policy->pause_policies[pause->reason].longest;

    return longest.amount ? calendar_add_span(policy->calendar, pause->from_at, longest) : NEVER;
}

/* ---- stretches ---- */

struct pause_walk pause_walk(const struct ticket *ticket, uint32_t reasons, msec after_at)
{
    return (struct pause_walk){.rare = ticket_rare(ticket), .reasons = reasons, .after_at = after_at};
}

static bool counts(const struct pause_walk *walk, const struct pause *pause)
{
    return (walk->reasons >> pause->reason & 1) && pause->to_at > pause->from_at &&
           pause->to_at > walk->after_at;
}

bool pause_walk_next(struct pause_walk *walk, msec *ret_from_at, msec *ret_to_at)
{
    const struct ticket_rare *rare = walk->rare;
    bool is_found = false;

    for (; walk->next < rare->pause_count; walk->next++) {
        const struct pause *pause = &rare->pauses[walk->next];

        if (!counts(walk, pause))
            continue;
        if (is_found && pause->from_at > *ret_to_at)
            break;
        if (!is_found) {
            *ret_from_at = pause->from_at > walk->after_at ? pause->from_at : walk->after_at;
            *ret_to_at = pause->to_at;
        } else if (pause->to_at > *ret_to_at) {
            *ret_to_at = pause->to_at;
        }
        is_found = true;
    }
    return is_found;
}

bool pause_touches(const struct ticket *ticket, uint32_t reasons, msec from_at, msec to_at)
{
    struct pause_walk walk = pause_walk(ticket, reasons, from_at);
    msec stretch_at, end_at;

    return reasons && pause_walk_next(&walk, &stretch_at, &end_at) && stretch_at < to_at;
}

msec pause_last_end(const struct ticket *ticket, uint32_t reasons)
{
    struct pause_walk walk = pause_walk(ticket, reasons, INT64_MIN);
    msec from_at, to_at, last_at = INT64_MIN;

    while (pause_walk_next(&walk, &from_at, &to_at))
        last_at = to_at;
    return last_at;
}
