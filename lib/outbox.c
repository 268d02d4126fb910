/*
 * The outbox in memory: two heaps of queued notices by (ready_at, id), an index by id, a chain per ticket.
 *
 * It holds only what deciding needs; subject and body are rows in PostgreSQL, fetched when a sender is free,
 * so a hundred thousand waiting notices cost a few megabytes. The chain lets a met clock find the notices
 * whose reason has just gone (domain rule 11) without looking at any other ticket's. What customers are
 * written lies in a heap of its own, so that fifty thousand greetings stand before nobody's escalation.
 */
#include "lib/outbox.h"

#include "lib/base/index.h"
#include "lib/base/memory.h"
#include <stdlib.h>

#define NOT_QUEUED UINT32_MAX
#define NO_WORD    0xff /* no rule, role, department, number format */

struct heap {
    uint32_t *list; /* places of queued entries */
    size_t count, capacity;
};

struct outbox {
    struct outbox_entry *entries;
    size_t entry_count, entry_capacity;
    uint32_t *free;
    size_t free_count, free_capacity;
    struct heap lanes[2]; /* of people of ours, of customers */
    struct index by_notice;
};

static uint64_t notice_of(const void *owner, uint32_t place)
{
    return ((const struct outbox *)owner)->entries[place].notice;
}

struct outbox *outbox_create(void)
{
    struct outbox *outbox = memory_new(1, sizeof(*outbox));

    index_init(&outbox->by_notice, notice_of, outbox);
    return outbox;
}

void outbox_destroy(struct outbox *outbox)
{
    if (!outbox)
        return;
    index_finish(&outbox->by_notice);
    free(outbox->entries);
    free(outbox->free);
    free(outbox->lanes[0].list);
    free(outbox->lanes[1].list);
    free(outbox);
}

static bool comes_before(const struct outbox *outbox, uint32_t a, uint32_t b)
{
    const struct outbox_entry *first = &outbox->entries[a], *second = &outbox->entries[b];

    return first->ready_at != second->ready_at ? first->ready_at < second->ready_at
                                               : first->notice < second->notice;
}

static struct heap *lane_of(struct outbox *outbox, uint32_t place)
{
    return &outbox->lanes[outbox->entries[place].is_customer];
}

static void put(struct outbox *outbox, size_t at, uint32_t place)
{
    lane_of(outbox, place)->list[at] = place;
    outbox->entries[place].heap_place = (uint32_t)at;
}

static void sift_up(struct outbox *outbox, size_t at, uint32_t place)
{
    const struct heap *heap = lane_of(outbox, place);

    while (at && comes_before(outbox, place, heap->list[(at - 1) / 2])) {
        put(outbox, at, heap->list[(at - 1) / 2]);
        at = (at - 1) / 2;
    }
    put(outbox, at, place);
}

static void sift_down(struct outbox *outbox, size_t at, uint32_t place)
{
    const struct heap *heap = lane_of(outbox, place);

    for (;;) {
        size_t child = 2 * at + 1;

        if (child + 1 < heap->count && comes_before(outbox, heap->list[child + 1], heap->list[child]))
            child++;
        if (child >= heap->count || !comes_before(outbox, heap->list[child], place))
            break;
        put(outbox, at, heap->list[child]);
        at = child;
    }
    put(outbox, at, place);
}

static void enqueue(struct outbox *outbox, uint32_t place)
{
    struct heap *heap = lane_of(outbox, place);

    heap->list = memory_reserve(heap->list, &heap->capacity, heap->count + 1, sizeof(*heap->list));
    sift_up(outbox, heap->count++, place);
}

static void dequeue(struct outbox *outbox, struct outbox_entry *entry)
{
    size_t at = entry->heap_place;
    struct heap *heap = &outbox->lanes[entry->is_customer];
    uint32_t last = heap->list[--heap->count];

    entry->heap_place = NOT_QUEUED;
    if (at == heap->count)
        return;
    sift_up(outbox, at, last);
    sift_down(outbox, outbox->entries[last].heap_place, last);
}

uint32_t outbox_place(const struct outbox *outbox, const struct outbox_entry *entry)
{
    return (uint32_t)(entry - outbox->entries);
}

struct outbox_entry *outbox_add(struct outbox *outbox, struct ticket *ticket,
                                const struct outbox_entry *entry)
{
    uint32_t place;

    if (outbox->free_count) {
        place = outbox->free[--outbox->free_count];
    } else {
        outbox->entries = memory_reserve(outbox->entries, &outbox->entry_capacity, outbox->entry_count + 1,
                                         sizeof(*outbox->entries));
        place = (uint32_t)outbox->entry_count++;
    }
    struct outbox_entry *own = &outbox->entries[place];

    *own = *entry;
    own->heap_place = NOT_QUEUED;
    own->next_of_ticket = ticket ? ticket->notices : TICKET_NO_INDEX;
    if (ticket)
        ticket->notices = place;
    index_add(&outbox->by_notice, place);
    if (own->state == OUTBOX_QUEUED)
        enqueue(outbox, place);
    return own;
}

struct outbox_entry *outbox_first(const struct outbox *outbox)
{
    return outbox->lanes[0].count ? &outbox->entries[outbox->lanes[0].list[0]] : NULL;
}

struct outbox_entry *outbox_first_customer(const struct outbox *outbox)
{
    return outbox->lanes[1].count ? &outbox->entries[outbox->lanes[1].list[0]] : NULL;
}

struct outbox_entry *outbox_find(const struct outbox *outbox, uint64_t notice)
{
    uint32_t place = index_find(&outbox->by_notice, notice);

    return place == INDEX_NONE ? NULL : &outbox->entries[place];
}

void outbox_attempt(struct outbox *outbox, struct outbox_entry *entry)
{
    dequeue(outbox, entry);
    entry->state = OUTBOX_ATTEMPTING;
    entry->attempts++;
}

void outbox_hold(struct outbox *outbox, struct outbox_entry *entry)
{
    dequeue(outbox, entry);
    entry->state = OUTBOX_HELD;
}

void outbox_defer(struct outbox *outbox, struct outbox_entry *entry, msec ready_at)
{
    entry->state = OUTBOX_QUEUED;
    entry->ready_at = ready_at;
    enqueue(outbox, outbox_place(outbox, entry));
}

static void unchain(struct outbox *outbox, struct ticket *ticket, uint32_t place)
{
    uint32_t *link = &ticket->notices;

    while (*link != TICKET_NO_INDEX && *link != place)
        link = &outbox->entries[*link].next_of_ticket;
    if (*link == place)
        *link = outbox->entries[place].next_of_ticket;
}

void outbox_drop(struct outbox *outbox, struct ticket *ticket, struct outbox_entry *entry)
{
    uint32_t place = outbox_place(outbox, entry);

    if (ticket)
        unchain(outbox, ticket, place);
    if (entry->heap_place != NOT_QUEUED)
        dequeue(outbox, entry);
    index_remove(&outbox->by_notice, place);
    entry->person = TICKET_NOBODY;
    entry->rule = entry->role = entry->department = NO_WORD;
    outbox->free =
        memory_reserve(outbox->free, &outbox->free_capacity, outbox->free_count + 1, sizeof(*outbox->free));
    outbox->free[outbox->free_count++] = place;
}

struct outbox_entry *outbox_entry(const struct outbox *outbox, uint32_t place)
{
    return &outbox->entries[place];
}

void outbox_detach(struct outbox *outbox, struct ticket *ticket)
{
    while (ticket->notices != TICKET_NO_INDEX) {
        struct outbox_entry *entry = &outbox->entries[ticket->notices];

        ticket->notices = entry->next_of_ticket;
        entry->next_of_ticket = TICKET_NO_INDEX;
    }
}

static uint8_t renamed(uint8_t word, const uint8_t *words)
{
    return word == NO_WORD ? NO_WORD : words[word];
}

void outbox_rename(struct outbox *outbox, const struct outbox_names *names)
{
    for (size_t i = 0; i < outbox->entry_count; i++) {
        struct outbox_entry *entry = &outbox->entries[i];

        if (entry->person != TICKET_NOBODY)
            entry->person = names->people[entry->person];
        entry->rule = renamed(entry->rule, names->rules);
        entry->role = renamed(entry->role, names->roles);
        entry->department = renamed(entry->department, names->departments);
    }
}

size_t outbox_count(const struct outbox *outbox)
{
    return outbox->by_notice.count;
}
