/*
 * The rare members of a ticket.
 *
 * Most tickets are answered in time and never tell anybody anything; what belongs only to the others lives
 * here, behind one pointer that is NULL until it is needed. Called by the judge; the store frees it with its
 * ticket. Readers get an empty value instead of NULL, so that walking a list needs no question first.
 */
#include "lib/ticket_rare.h"

#include "lib/base/memory.h"
#include <stdlib.h>
#include <string.h>

const struct ticket_rare *ticket_rare(const struct ticket *ticket)
{
    static const struct ticket_rare nothing;

    return ticket->rare ? ticket->rare : &nothing;
}

struct ticket_rare *ticket_own_rare(struct ticket *ticket)
{
    if (!ticket->rare)
        ticket->rare = memory_new(1, sizeof(*ticket->rare));
    return ticket->rare;
}

void ticket_free_rare(struct ticket *ticket)
{
    if (!ticket->rare)
        return;
    free(ticket->rare->told);
    free(ticket->rare->approvals);
    free(ticket->rare);
    ticket->rare = NULL;
}

/* ---- who was told ---- */

static struct told *find_told(const struct ticket *ticket, uint8_t rule, uint16_t person)
{
    const struct ticket_rare *rare = ticket_rare(ticket);

    for (uint16_t i = 0; i < rare->told_count; i++)
        if (rare->told[i].rule == rule && rare->told[i].person == person)
            return &rare->told[i];
    return NULL;
}

void ticket_tell(struct ticket *ticket, uint8_t rule, uint16_t person, uint8_t role)
{
    struct told *told = find_told(ticket, rule, person);

    if (told) {
        told->notices++;
        return;
    }
    struct ticket_rare *rare = ticket_own_rare(ticket);

    rare->told = memory_resize(rare->told, rare->told_count + 1u, sizeof(*rare->told));
    rare->told[rare->told_count++] =
        (struct told){.rule = rule, .role = role, .person = person, .notices = 1};
}

static void drop_told(struct ticket_rare *rare, struct told *told)
{
    rare->told_count--;
    memmove(told, told + 1, (size_t)(rare->told + rare->told_count - told) * sizeof(*told));
}

void ticket_untell(struct ticket *ticket, uint8_t rule, uint16_t person)
{
    struct told *told = find_told(ticket, rule, person);

    if (told && --told->notices == 0)
        drop_told(ticket->rare, told);
}

void ticket_forget_told(struct ticket *ticket, uint8_t rule)
{
    struct ticket_rare *rare = ticket->rare;

    for (uint16_t i = rare ? rare->told_count : 0; i-- > 0;)
        if (rare->told[i].rule == rule)
            drop_told(rare, &rare->told[i]);
}
