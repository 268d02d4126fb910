/*
 * The approvals of one ticket.
 *
 * Few tickets have any, so they live among the rare members. What was refused is only on record; what waits
 * is needed to decide it, and what was granted is needed to count and to judge: a deadline that is computed
 * again from its anchor (another urgency, a reload) must not fall behind the one that was granted.
 */
#include "lib/approval.h"

#include "lib/base/memory.h"
#include <string.h>

void approval_add(struct ticket *ticket, const struct approval *approval)
{
    struct ticket_rare *rare = ticket_own_rare(ticket);

    rare->approvals = memory_resize(rare->approvals, rare->approval_count + 1u, sizeof(*rare->approvals));
    rare->approvals[rare->approval_count++] = *approval;
}

void approval_remove(struct ticket *ticket, const struct approval *approval)
{
    struct ticket_rare *rare = ticket_own_rare(ticket);
    size_t place = (size_t)(approval - rare->approvals);

    rare->approval_count--;
    memmove(&rare->approvals[place], &rare->approvals[place + 1],
            (rare->approval_count - place) * sizeof(*rare->approvals));
}

struct approval *approval_pending(const struct ticket *ticket, enum approval_kind kind, uint8_t rule)
{
    const struct ticket_rare *rare = ticket_rare(ticket);

    for (uint16_t i = 0; i < rare->approval_count; i++) {
        struct approval *approval = &rare->approvals[i];

        if (approval->state == APPROVAL_ASKED && approval->kind == kind &&
            (rule == POLICY_NONE || approval->rule == rule))
            return approval;
    }
    return NULL;
}

static bool concerns(const struct approval *approval, const struct clock *clock)
{
    return approval->rule == clock->rule && approval->cycle == clock->cycle && approval->until_at != NEVER;
}

unsigned approval_extensions(const struct ticket *ticket, const struct clock *clock)
{
    const struct ticket_rare *rare = ticket_rare(ticket);
    unsigned count = 0;

    for (uint16_t i = 0; i < rare->approval_count; i++)
        count += concerns(&rare->approvals[i], clock);
    return count;
}

msec approval_granted(const struct ticket *ticket, const struct clock *clock)
{
    const struct ticket_rare *rare = ticket_rare(ticket);
    msec latest = NEVER;

    for (uint16_t i = 0; i < rare->approval_count; i++) {
        const struct approval *approval = &rare->approvals[i];

        if (approval->state == APPROVAL_APPROVED && concerns(approval, clock) &&
            (latest == NEVER || approval->until_at > latest))
            latest = approval->until_at;
    }
    return latest;
}

void approval_rename(struct ticket *ticket, const uint8_t *rules, const uint8_t *departments,
                     const uint16_t *people)
{
    struct ticket_rare *rare = ticket->rare;

    for (uint16_t i = 0; rare && i < rare->approval_count; i++) {
        struct approval *approval = &rare->approvals[i];

        if (approval->rule != POLICY_NONE)
            approval->rule = rules[approval->rule];
        if (approval->department != POLICY_NONE)
            approval->department = departments[approval->department];
        if (approval->asker != TICKET_NOBODY)
            approval->asker = people[approval->asker];
        if (approval->handler != TICKET_NOBODY)
            approval->handler = people[approval->handler];
    }
}
