/*
 * What a rung had decided to send, and had not sent, when its ticket was merged.
 *
 * Called by merger.c. Under the merged ticket's number nothing more is told, but its breach goes on with the
 * other ticket, and the rung counts as climbed there: so its readers are told under that number, in the cycle
 * that the breach has there. A rung that the other ticket's own breach has climbed in that cycle has its own
 * notices, sent or not, and they say the same: telling it again would use a fire key twice (notice.c).
 */
#include "lib/unsent.h"

#include "lib/roster.h"

/* The same that notice_withhold() withholds. */
static bool is_unsent(const struct outbox_entry *entry, uint8_t rule)
{
    bool waits = entry->state == OUTBOX_QUEUED || entry->state == OUTBOX_HELD;

    return entry->rule == rule && entry->rung > 0 && waits && !entry->may_be_out;
}

/* By another way, too: one occasion, so that the ways know of each other. */
static void add(struct unsent_list *unsent, const struct outbox_entry *entry)
{
    struct unsent *one = unsent->list;

    while (one < unsent->list + unsent->count &&
           (one->recipient.person != entry->person || one->rung != entry->rung))
        one++;
    if (one == unsent->list + unsent->count) {
        unsent->count++;
        one->rung = entry->rung;
        one->channels = 0;
        one->recipient =
            (struct recipient){.person = entry->person, .role = entry->role, .stands_for = TICKET_NOBODY};
    }
    one->channels |= (uint8_t)(1u << entry->channel);
}

static struct outbox_entry *next_of(const struct desk *desk, uint32_t *place)
{
    struct outbox_entry *entry = outbox_entry(desk->outbox, *place);

    *place = entry->next_of_ticket;
    return entry;
}

struct unsent_list unsent_of(struct desk *desk, const struct ticket *from, uint8_t rule)
{
    struct unsent_list unsent = {.number = desk_number(desk, from, &desk->out->arena)};
    size_t room = 0;

    for (uint32_t place = from->notices; place != TICKET_NO_INDEX;)
        room += is_unsent(next_of(desk, &place), rule);
    if (!room)
        return unsent;
    unsent.list = arena_new(&desk->out->arena, room * sizeof(*unsent.list));
    for (uint32_t place = from->notices; place != TICKET_NO_INDEX;) {
        const struct outbox_entry *entry = next_of(desk, &place);

        if (is_unsent(entry, rule))
            add(&unsent, entry);
    }
    return unsent;
}

void unsent_tell(struct desk *desk, struct ticket *into, const struct clock *clock,
                 const struct unsent_list *unsent, uint8_t climbed)
{
    const struct clock_policy *rule = &desk->policy->clocks[clock->rule];
    struct arena *arena = &desk->out->arena;
    struct occasion occasion = {
        .ticket = into,
        .clock = clock,
        .clock_name = rule->name,
        .template_name = rule->breach_template,
        .cycle = clock->cycle,
        .at = desk->now,
    };

    if (!unsent->count)
        return;
    occasion.reason =
        arena_printf(arena, "limit missed at %s; decided for %s, which was merged before it was sent",
                     desk_time(desk, clock->breached_at, arena), unsent->number);
    for (size_t i = 0; i < unsent->count; i++) {
        const struct unsent *one = &unsent->list[i];

        if (one->rung % RUNG_AGAIN <= climbed || roster_person(desk->roster, one->recipient.person)->is_off)
            continue;
        occasion.rung = one->rung;
        occasion.channels = one->channels;
        notice_tell(desk, &occasion, &one->recipient, 1);
    }
}
