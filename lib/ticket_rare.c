/*
 * The rare members of a ticket.
 *
 * Most tickets are answered in time and never tell anybody anything; what belongs only to the others lives
 * here, behind one pointer that is NULL until it is needed. Called by the judge; the store frees it with its
 * ticket. Readers get an empty value instead of NULL, so that walking a list needs no question first.
 */
#include "lib/ticket_rare.h"

#include "lib/approval.h"
#include "lib/base/memory.h"
#include <stdlib.h>
#include <string.h>

const struct ticket_rare *ticket_rare(const struct ticket *ticket)
{
    static const struct ticket_rare nothing = {.staged_at = NEVER};

    return ticket->rare ? ticket->rare : &nothing;
}

struct ticket_rare *ticket_own_rare(struct ticket *ticket)
{
    if (!ticket->rare) {
        ticket->rare = memory_new(1, sizeof(*ticket->rare));
        ticket->rare->staged_at = NEVER;
    }
    return ticket->rare;
}

void ticket_free_rare(struct ticket *ticket)
{
    if (!ticket->rare)
        return;
    free(ticket->rare->told);
    free(ticket->rare->approvals);
    free(ticket->rare->windows);
    free(ticket->rare->values);
    free(ticket->rare->pauses);
    free(ticket->rare->story);
    free(ticket->rare);
    ticket->rare = NULL;
}

static void *copy_list(const void *list, size_t count, size_t size)
{
    void *copy = count ? memory_resize(NULL, count, size) : NULL;

    return count ? memcpy(copy, list, count * size) : NULL;
}

/* Every list of its own: an explanation lives on a copy (explain_trial.c) and frees it. */
struct ticket_rare *ticket_copy_rare(const struct ticket *ticket)
{
    const struct ticket_rare *rare = ticket->rare;
    struct ticket_rare *copy;

    if (!rare)
        return NULL;
    copy = memory_new(1, sizeof(*copy));
    *copy = *rare;
    copy->told = copy_list(rare->told, rare->told_count, sizeof(*rare->told));
    copy->approvals = copy_list(rare->approvals, rare->approval_count, sizeof(*rare->approvals));
    copy->pauses = copy_list(rare->pauses, rare->pause_count, sizeof(*rare->pauses));
    copy->values = copy_list(rare->values, rare->value_count, sizeof(*rare->values));
    copy->story = rare->story ? copy_list(rare->story, strlen(rare->story) + 1, 1) : NULL;
    copy->windows = copy_list(rare->windows, rare->window_count, sizeof(*rare->windows));
    return copy;
}

/* ---- who was told ---- */

static struct told *find_told(const struct ticket *ticket, uint8_t rule, uint16_t cycle, uint16_t person,
                              uint8_t role)
{
    const struct ticket_rare *rare = ticket_rare(ticket);

    for (uint16_t i = 0; i < rare->told_count; i++)
        if (rare->told[i].rule == rule && rare->told[i].cycle == cycle && rare->told[i].person == person &&
            rare->told[i].role == role)
            return &rare->told[i];
    return NULL;
}

static int by_person(const void *a, const void *b)
{
    const struct told *one = a, *other = b;

    if (one->rule != other->rule)
        return (int)one->rule - (int)other->rule;
    if (one->cycle != other->cycle)
        return (int)one->cycle - (int)other->cycle;
    if (one->person != other->person)
        return (int)one->person - (int)other->person;
    return (int)one->role - (int)other->role;
}

/* Two roles that are both gone are one. */
static void join_same(struct ticket_rare *rare)
{
    uint16_t kept = 0;

    for (uint16_t i = 0; i < rare->told_count; i++) {
        if (kept && by_person(&rare->told[kept - 1], &rare->told[i]) == 0)
            rare->told[kept - 1].notices = (uint16_t)(rare->told[kept - 1].notices + rare->told[i].notices);
        else
            rare->told[kept++] = rare->told[i];
    }
    rare->told_count = kept;
}

void ticket_sort_told(struct ticket_rare *rare)
{
    if (!rare->told_count)
        return;
    qsort(rare->told, rare->told_count, sizeof(*rare->told), by_person);
    join_same(rare);
}

void ticket_tell(struct ticket *ticket, uint8_t rule, uint16_t cycle, uint16_t person, uint8_t role)
{
    struct told *told = find_told(ticket, rule, cycle, person, role);

    if (told) {
        told->notices++;
        return;
    }
    struct ticket_rare *rare = ticket_own_rare(ticket);

    rare->told = memory_resize(rare->told, rare->told_count + 1u, sizeof(*rare->told));
    rare->told[rare->told_count++] =
        (struct told){.rule = rule, .role = role, .person = person, .cycle = cycle, .notices = 1};
    ticket_sort_told(rare);
}

static void drop_told(struct ticket_rare *rare, struct told *told)
{
    rare->told_count--;
    memmove(told, told + 1, (size_t)(rare->told + rare->told_count - told) * sizeof(*told));
}

void ticket_untell(struct ticket *ticket, uint8_t rule, uint16_t cycle, uint16_t person, uint8_t role)
{
    struct told *told = find_told(ticket, rule, cycle, person, role);

    if (told && --told->notices == 0)
        drop_told(ticket->rare, told);
}

/* Of a breach whose missed windows are remembered it may turn out that there was none. */
static bool may_be_withdrawn(const struct ticket_rare *rare, const struct told *told)
{
    for (uint16_t i = 0; i < rare->window_count; i++)
        if (rare->windows[i].rule == told->rule && rare->windows[i].cycle == told->cycle)
            return true;
    return false;
}

void ticket_forget_told_before(struct ticket *ticket, uint8_t rule, uint32_t cycle)
{
    struct ticket_rare *rare = ticket->rare;

    for (uint16_t i = rare ? rare->told_count : 0; i-- > 0;)
        if (rare->told[i].rule == rule && rare->told[i].cycle < cycle &&
            !may_be_withdrawn(rare, &rare->told[i]))
            drop_told(rare, &rare->told[i]);
}

void ticket_forget_told(struct ticket *ticket, uint8_t rule)
{
    ticket_forget_told_before(ticket, rule, UINT32_MAX);
}

/* Of the present breach, or of one before that did not end: a promise that was broken and then replaced. */
static bool is_unanswered(const struct ticket_rare *rare, const struct clock *clock, const struct told *told)
{
    return told->rule == clock->rule &&
           (told->cycle == clock->cycle || (told->cycle < clock->cycle && !may_be_withdrawn(rare, told)));
}

/* Of the same person: told of a later breach, or in a role that the regime names before. */
static bool comes_before(const struct told *one, const struct told *other)
{
    return one->cycle > other->cycle || (one->cycle == other->cycle && one->role < other->role);
}

bool ticket_is_owed_word(const struct ticket *ticket, const struct clock *clock, const struct told *told)
{
    const struct ticket_rare *rare = ticket_rare(ticket);

    if (!is_unanswered(rare, clock, told))
        return false;
    for (uint16_t i = 0; i < rare->told_count; i++)
        if (rare->told[i].person == told->person && is_unanswered(rare, clock, &rare->told[i]) &&
            comes_before(&rare->told[i], told))
            return false;
    return true;
}

uint16_t ticket_told_since(const struct ticket *ticket, const struct clock *clock)
{
    const struct ticket_rare *rare = ticket_rare(ticket);
    uint16_t since = 0;

    for (uint16_t i = 0; i < rare->told_count; i++)
        if (is_unanswered(rare, clock, &rare->told[i]) && (!since || rare->told[i].cycle < since))
            since = rare->told[i].cycle;
    return since;
}

/* ---- missed windows ---- */

struct missed_window *ticket_remember_window(struct ticket *ticket, const struct missed_window *missed)
{
    struct ticket_rare *rare = ticket_own_rare(ticket);

    rare->windows = memory_resize(rare->windows, rare->window_count + 1u, sizeof(*rare->windows));
    rare->windows[rare->window_count] = *missed;
    return &rare->windows[rare->window_count++];
}
