/*
 * The order of lists: the urgencies that [regime] `list first` names lead, in its order; within one the
 * oldest stands first.
 *
 * Called by the lists in memory (method_read.c), digests and reports; the list of closed tickets does the
 * same in SQL (ticket_list_urgent.sql), which is handed the names. The order is written out in the regime and
 * not taken from the places of [urgencies], so that a word may be added there without any list turning over.
 *
 * A page ends at a ticket and at the urgency that it had: were only the ticket said, one whose urgency is
 * changed between two pages would make the next begin elsewhere, and others would be left out or come twice.
 */
#include "lib/list_order.h"

#include "lib/ticket.h"
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define ID_DIGITS_MAX 18

uint8_t list_order_last(const struct policy *policy)
{
    return policy->list_first_count;
}

uint8_t list_order_rank(const struct policy *policy, uint8_t urgency)
{
    for (uint8_t i = 0; i < policy->list_first_count; i++)
        if (policy->list_first[i] == urgency)
            return i;
    return policy->list_first_count;
}

static bool read_id(const char *text, uint64_t *ret_ticket)
{
    size_t length = strlen(text);

    if (!length || length > ID_DIGITS_MAX || strspn(text, "0123456789") != length)
        return false;
    *ret_ticket = strtoull(text, NULL, 10);
    return true;
}

static uint8_t find_urgency(const struct policy *policy, const char *text, size_t length)
{
    for (uint8_t i = 0; i < policy->urgencies.count; i++) {
        const char *name = policy->urgencies.terms[i].name;

        if (strlen(name) == length && memcmp(name, text, length) == 0)
            return i;
    }
    return POLICY_NONE;
}

bool list_place_parse(const struct policy *policy, const char *text, struct list_place *ret_place)
{
    const char *colon = strchr(text, ':');

    *ret_place = (struct list_place){0};
    if (!policy->list_first_count)
        return read_id(text, &ret_place->ticket);
    uint8_t urgency = colon ? find_urgency(policy, text, (size_t)(colon - text)) : POLICY_NONE;

    ret_place->rank = list_order_rank(policy, urgency);
    return urgency != POLICY_NONE && read_id(colon + 1, &ret_place->ticket);
}

const char *list_place_text(const struct policy *policy, const struct ticket *last, struct arena *arena)
{
    if (!policy->list_first_count)
        return arena_printf(arena, "%" PRIu64, last->id);
    return arena_printf(arena, "%s:%" PRIu64, policy->urgencies.terms[last->urgency].name, last->id);
}
