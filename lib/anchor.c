/*
 * Anchors.
 *
 * Called by judge.c when a change of urgency or class makes a rule apply to a ticket that has a past. A limit
 * then counts from what starts it, not from the change: the original anchor stays (domain rule 5). A ticket
 * keeps the instants that this needs; of what it keeps only as a fact (a contact of a certain kind, a plan),
 * the change is the earliest instant that anybody can be held to.
 */
#include "lib/anchor.h"

#include "lib/ticket_rare.h"

msec anchor_occurred(const struct ticket *ticket)
{
    msec occurred_at = ticket_rare(ticket)->occurred_at;

    return occurred_at ? occurred_at : ticket->received_at;
}

/* A contact of a kind, by a role or over a channel is known when a gate asks for the same. */
static msec contact_anchor(const struct policy *policy, const struct ticket *ticket,
                           const struct condition *start, msec at)
{
    uint8_t fact = policy_find_fact(policy, start->text);

    if (!start->kinds && !start->roles && !start->channels)
        return ticket->contacted_at;
    return fact != POLICY_NONE && (ticket->facts >> fact & 1) ? at : NEVER;
}

/* Filled in, and nobody knows any more when. */
static msec fact_anchor(const struct policy *policy, const struct ticket *ticket,
                        const struct condition *start, msec at)
{
    uint8_t fact = policy_find_fact(policy, start->text);

    return fact != POLICY_NONE && ticket_knows(ticket, fact) ? at : NEVER;
}

static bool is_acknowledged(const struct ticket *ticket)
{
    for (uint8_t i = 0; i < ticket->clock_count; i++)
        if (ticket->clocks[i].acknowledged)
            return true;
    return false;
}

/* The stage that it is in; of those it has left nothing is known. */
static msec stage_anchor(const struct ticket *ticket, const struct condition *start, msec at)
{
    msec staged_at = ticket_rare(ticket)->staged_at;

    if (start->kinds && !(start->kinds >> ticket->stage & 1))
        return NEVER;
    return staged_at != NEVER ? staged_at : at;
}

msec anchor_of(const struct policy *policy, const struct ticket *ticket, const struct clock_policy *rule,
               msec at)
{
    switch (rule->start.what) {
    case HAPPENING_OCCURRED:
        return anchor_occurred(ticket);
    case HAPPENING_RECEIVED:
        return ticket->received_at;
    case HAPPENING_CONTACT:
        return contact_anchor(policy, ticket, &rule->start, at);
    case HAPPENING_PLAN:
        return ticket->has_plan ? at : NEVER;
    case HAPPENING_SOLVED:
        return ticket->is_solved ? ticket->solved_at : NEVER;
    case HAPPENING_ASSIGNED:
        return ticket->handed_over_at;
    case HAPPENING_ACKNOWLEDGED:
        return is_acknowledged(ticket) ? at : NEVER;
    case HAPPENING_STAGE:
        return stage_anchor(ticket, &rule->start, at);
    case HAPPENING_FIELD:
        return fact_anchor(policy, ticket, &rule->start, at);
    case HAPPENING_CLOSED:
    case HAPPENING_REOPENED:
    case HAPPENING_STEP: /* facts keep no time: these start clocks only when they happen */
    case HAPPENING_SIGNED:
    case HAPPENING_SATISFACTION:
    case HAPPENING_MAILED:
    case HAPPENING_PROGRESS:
    case HAPPENING_ASKED:
    case HAPPENING_DECIDED:
    case HAPPENING_COUNT:
        break;
    }
    return NEVER;
}
