/*
 * Trays: one for each person for whom something waits.
 *
 * Owned by the desk; the rules of why and how long something waits are in hold_rules.c, and what becomes of a
 * tray whose time has come in digest.c. A tray is a list through the held notices in the order of their
 * ids; it knows the earliest instant that one of them waits for, found again when it is asked for and
 * something has changed. The reader's budget lies in the tray, because both are kept by person and most
 * people need neither. Few notices are held, so what only they need is here and not in the outbox.
 */
#include "lib/hold.h"

#include "lib/base/memory.h"
#include <stdlib.h>
#include <string.h>

struct tray {
    uint32_t first, last;
    msec at; /* the earliest until_at; unless is_stale */
    bool is_stale;
    uint32_t gathered; /* so many wait for the next digest, */
    msec digest_at;    /* which leaves then */
    struct budget budget;
};

struct holds {
    struct held *list;
    size_t list_count, list_capacity;
    uint32_t *free;
    size_t free_count, free_capacity;
    struct tray *trays; /* the first is nobody's, then by person */
    size_t tray_count, tray_capacity;
    size_t counts[HOLD_COUNT]; /* by why; [HOLD_NONE]: all */
    bool is_stale;             /* some tray is */
    size_t next_tray;
};

static const char *const names[HOLD_COUNT] = {
    [HOLD_NONE] = "",           [HOLD_QUIET] = "quiet hours",
    [HOLD_BUDGET] = "budget",   [HOLD_DOWNTIME] = "downtime",
    [HOLD_RELEASE] = "release",
};

const char *hold_name(enum hold hold)
{
    return names[hold];
}

bool hold_find(const char *name, enum hold *ret_hold)
{
    for (enum hold hold = HOLD_NONE + 1; hold < HOLD_COUNT; hold++)
        if (name && strcmp(names[hold], name) == 0) {
            *ret_hold = hold;
            return true;
        }
    return false;
}

struct holds *holds_create(void)
{
    return memory_new(1, sizeof(struct holds));
}

void holds_destroy(struct holds *holds)
{
    if (!holds)
        return;
    for (size_t i = 0; i < holds->tray_count; i++)
        budget_finish(&holds->trays[i].budget);
    free(holds->trays);
    free(holds->list);
    free(holds->free);
    free(holds);
}

static size_t tray_of(uint16_t person)
{
    return person == TICKET_NOBODY ? 0 : (size_t)person + 1;
}

static struct tray *need_tray(struct holds *holds, uint16_t person)
{
    size_t wanted = tray_of(person);

    while (holds->tray_count <= wanted) {
        holds->trays =
            memory_reserve(holds->trays, &holds->tray_capacity, holds->tray_count + 1, sizeof(*holds->trays));
        holds->trays[holds->tray_count++] =
            (struct tray){.first = HOLDS_NONE, .last = HOLDS_NONE, .at = NEVER};
    }
    return &holds->trays[wanted];
}

static uint32_t new_place(struct holds *holds)
{
    if (holds->free_count)
        return holds->free[--holds->free_count];
    holds->list =
        memory_reserve(holds->list, &holds->list_capacity, holds->list_count + 1, sizeof(*holds->list));
    return (uint32_t)holds->list_count++;
}

static void went_stale(struct holds *holds, struct tray *tray)
{
    tray->is_stale = true;
    holds->is_stale = true;
}

static void count_in(struct holds *holds, struct tray *tray, const struct held *held)
{
    holds->counts[held->why]++;
    holds->counts[HOLD_NONE]++;
    if (held->why != HOLD_BUDGET)
        return;
    tray->gathered++;
    tray->digest_at = held->until_at;
}

static void count_out(struct holds *holds, struct tray *tray, const struct held *held)
{
    holds->counts[held->why]--;
    holds->counts[HOLD_NONE]--;
    tray->gathered -= held->why == HOLD_BUDGET;
}

/* In the order of notices, so that a desk that comes back from its rows has the same trays. Nearly always the
   last. */
static void link_in(struct holds *holds, struct tray *tray, uint32_t place)
{
    struct held *held = &holds->list[place];
    uint32_t previous = tray->last;

    while (previous != HOLDS_NONE && holds->list[previous].notice > held->notice)
        previous = holds->list[previous].previous;
    held->previous = previous;
    held->next = previous == HOLDS_NONE ? tray->first : holds->list[previous].next;
    if (previous == HOLDS_NONE)
        tray->first = place;
    else
        holds->list[previous].next = place;
    if (held->next == HOLDS_NONE)
        tray->last = place;
    else
        holds->list[held->next].previous = place;
    went_stale(holds, tray);
}

void holds_add(struct holds *holds, struct outbox *outbox, struct outbox_entry *entry,
               const struct held *held)
{
    struct tray *tray = need_tray(holds, entry->person);
    uint32_t place = new_place(holds);

    holds->list[place] = *held;
    holds->list[place].entry = outbox_place(outbox, entry);
    holds->list[place].notice = entry->notice;
    entry->held_place = place;
    count_in(holds, tray, held);
    link_in(holds, tray, place);
}

void holds_remove(struct holds *holds, struct outbox_entry *entry)
{
    struct tray *tray = &holds->trays[tray_of(entry->person)];
    struct held *held = &holds->list[entry->held_place];

    if (held->next != HOLDS_NONE)
        holds->list[held->next].previous = held->previous;
    else
        tray->last = held->previous;
    if (held->previous != HOLDS_NONE)
        holds->list[held->previous].next = held->next;
    else
        tray->first = held->next;
    count_out(holds, tray, held);
    went_stale(holds, tray);
    holds->free =
        memory_reserve(holds->free, &holds->free_capacity, holds->free_count + 1, sizeof(*holds->free));
    holds->free[holds->free_count++] = entry->held_place;
}

void holds_change(struct holds *holds, const struct outbox_entry *entry, enum hold why, msec until_at)
{
    struct tray *tray = &holds->trays[tray_of(entry->person)];
    struct held *held = holds_of(holds, entry);

    count_out(holds, tray, held);
    held->why = (uint8_t)why;
    held->until_at = until_at;
    count_in(holds, tray, held);
    went_stale(holds, tray);
}

struct held *holds_of(const struct holds *holds, const struct outbox_entry *entry)
{
    return &holds->list[entry->held_place];
}

struct held *holds_first(const struct holds *holds, uint16_t person)
{
    size_t tray = tray_of(person);
    uint32_t place = tray < holds->tray_count ? holds->trays[tray].first : HOLDS_NONE;

    return place == HOLDS_NONE ? NULL : &holds->list[place];
}

struct held *holds_next(const struct holds *holds, const struct held *held)
{
    return held->next == HOLDS_NONE ? NULL : &holds->list[held->next];
}

static void look_again(struct holds *holds, struct tray *tray)
{
    tray->at = NEVER;
    tray->is_stale = false;
    for (uint32_t i = tray->first; i != HOLDS_NONE; i = holds->list[i].next)
        if (holds->list[i].until_at < tray->at)
            tray->at = holds->list[i].until_at;
}

msec holds_next_at(struct holds *holds, uint16_t *ret_person)
{
    if (!holds->counts[HOLD_NONE])
        return NEVER;
    if (holds->is_stale) {
        holds->is_stale = false;
        holds->next_tray = 0;
        for (size_t i = 0; i < holds->tray_count; i++) {
            if (holds->trays[i].is_stale)
                look_again(holds, &holds->trays[i]);
            if (holds->trays[i].at < holds->trays[holds->next_tray].at)
                holds->next_tray = i;
        }
    }
    *ret_person = holds->next_tray ? (uint16_t)(holds->next_tray - 1) : TICKET_NOBODY;
    return holds->trays[holds->next_tray].at;
}

msec holds_digest_at(const struct holds *holds, uint16_t person)
{
    size_t tray = tray_of(person);

    return tray < holds->tray_count && holds->trays[tray].gathered ? holds->trays[tray].digest_at : NEVER;
}

size_t holds_people(const struct holds *holds)
{
    return holds->tray_count ? holds->tray_count - 1 : 0;
}

size_t holds_count(const struct holds *holds, enum hold why)
{
    return holds->counts[why];
}

bool holds_gather(const struct holds *holds)
{
    for (size_t tray = 0; tray < holds->tray_count && holds->counts[HOLD_DOWNTIME]; tray++)
        for (uint32_t i = holds->trays[tray].first; i != HOLDS_NONE; i = holds->list[i].next)
            if (holds->list[i].why == HOLD_DOWNTIME && holds->list[i].until_at == NEVER)
                return true;
    return false;
}

struct budget *holds_budget(struct holds *holds, uint16_t person)
{
    return &need_tray(holds, person)->budget;
}

size_t holds_bytes(const struct holds *holds)
{
    return holds->list_capacity * sizeof(*holds->list) + holds->tray_capacity * sizeof(*holds->trays);
}

/* ---- a reload ---- */

/* A whole tray goes to whoever the person is now: nobody's may get those of several. */
static void move_tray(struct holds *holds, struct tray *from, uint16_t to)
{
    struct tray *tray = need_tray(holds, to);

    for (uint32_t i = from->first, next; i != HOLDS_NONE; i = next) {
        next = holds->list[i].next;
        link_in(holds, tray, i);
        tray->gathered += holds->list[i].why == HOLD_BUDGET;
    }
    if (from->gathered)
        tray->digest_at = from->digest_at;
    if (to == TICKET_NOBODY) {
        budget_finish(&from->budget);
        return;
    }
    tray->budget = from->budget;
}

void holds_rename(struct holds *holds, const uint16_t *people)
{
    struct tray *old = holds->trays;
    size_t count = holds->tray_count;

    holds->trays = NULL;
    holds->tray_count = holds->tray_capacity = 0;
    for (size_t i = 0; i < count; i++)
        move_tray(holds, &old[i], i ? people[i - 1] : TICKET_NOBODY);
    free(old);
}
