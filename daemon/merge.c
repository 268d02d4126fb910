/*
 * Merging a batch before it is written.
 *
 * Called by rows.c for each batch. Many steps make one batch, so it may speak of one ticket, clock or notice
 * several times: filed and then reached, queued and then attempting. SQL would have to write each version,
 * and an UPDATE from arrays takes any one of several rows for the same key. So only the last word is kept,
 * and a row that is new in the batch is inserted as it ends. NULL means "unchanged" for a few columns, so
 * earlier words carry over.
 *
 * Tickets are found through one hash table of positions, clocks and then notices through another; nothing
 * here allocates once the lists have grown to the size of a usual batch.
 */
#include "daemon/merge.h"

#include "lib/base/hash.h"
#include "lib/base/memory.h"
#include <stdlib.h>
#include <string.h>

/* Open addressing; a slot holds a position in a list plus one, 0 is free. */
struct merge_index {
    uint32_t *slots;
    size_t size; /* a power of two; what this batch needs, so that a big one before it costs nothing */
    size_t capacity;
};

typedef bool same_function(const void *item, const void *wanted);

static const struct {
    size_t list, item_bytes;
} lists[] = {
    {offsetof(struct merge, tickets), sizeof(struct merge_ticket)},
    {offsetof(struct merge, clocks), sizeof(struct merge_clock)},
    {offsetof(struct merge, pauses), sizeof(struct merge_pause)},
    {offsetof(struct merge, notices), sizeof(struct merge_notice)},
    {offsetof(struct merge, sequences), sizeof(struct sequence_row)},
    {offsetof(struct merge, contacts), sizeof(struct contact_row)},
    {offsetof(struct merge, progress), sizeof(struct progress_row)},
    {offsetof(struct merge, plans), sizeof(struct plan_row)},
    {offsetof(struct merge, records), sizeof(struct record_row)},
    {offsetof(struct merge, windows), sizeof(struct window_row)},
    {offsetof(struct merge, registers), sizeof(struct register_row)},
    {offsetof(struct merge, schedules), sizeof(struct schedule_row)},
    {offsetof(struct merge, runs), sizeof(struct schedule_run_row)},
    {offsetof(struct merge, keys), sizeof(struct key_row)},
    {offsetof(struct merge, ladders), sizeof(struct ladder_row)},
    {offsetof(struct merge, optouts), sizeof(struct optout_row)},
    {offsetof(struct merge, mailings), sizeof(struct mailing_row)},
    {offsetof(struct merge, journal), sizeof(struct merge_journal)},
};

#define LIST_COUNT (sizeof(lists) / sizeof(*lists))

static struct merge_list *list_at(struct merge *merge, size_t number)
{
    return (struct merge_list *)((char *)merge + lists[number].list);
}

void merge_init(struct merge *merge)
{
    *merge = (struct merge){.by_ticket = memory_new(1, sizeof(*merge->by_ticket)),
                            .by_key = memory_new(1, sizeof(*merge->by_key))};
    for (size_t i = 0; i < LIST_COUNT; i++)
        list_at(merge, i)->item_bytes = lists[i].item_bytes;
}

static void index_destroy(struct merge_index *index)
{
    if (index)
        free(index->slots);
    free(index);
}

void merge_finish(struct merge *merge)
{
    for (size_t i = 0; i < LIST_COUNT; i++)
        free(list_at(merge, i)->items);
    index_destroy(merge->by_ticket);
    index_destroy(merge->by_key);
    *merge = (struct merge){0};
}

static void *item_at(const struct merge_list *list, size_t position)
{
    return (char *)list->items + position * list->item_bytes;
}

static void *append(struct merge_list *list)
{
    list->items = memory_reserve(list->items, &list->capacity, list->count + 1, list->item_bytes);
    return memset(item_at(list, list->count++), 0, list->item_bytes);
}

static void append_row(struct merge_list *list, const void *row)
{
    memcpy(append(list), row, list->item_bytes);
}

static void index_clear(struct merge_index *index, size_t entries)
{
    size_t size = 64;

    while (size < 2 * entries)
        size *= 2;
    if (size > index->capacity) {
        index->slots = memory_resize(index->slots, size, sizeof(*index->slots));
        index->capacity = size;
    }
    index->size = size;
    memset(index->slots, 0, size * sizeof(*index->slots));
}

/* The item that is the same as `wanted`; a fresh zeroed one when there is none, or NULL without `create`. */
static void *find(struct merge_index *index, struct merge_list *list, uint64_t hash, same_function *same,
                  const void *wanted, bool create)
{
    for (size_t at = hash & (index->size - 1);; at = (at + 1) & (index->size - 1)) {
        uint32_t slot = index->slots[at];

        if (slot && same(item_at(list, slot - 1), wanted))
            return item_at(list, slot - 1);
        if (!slot && create)
            index->slots[at] = (uint32_t)list->count + 1;
        if (!slot)
            return create ? append(list) : NULL;
    }
}

static bool same_ticket(const void *item, const void *wanted)
{
    return ((const struct merge_ticket *)item)->row.ticket == *(const uint64_t *)wanted;
}

static bool same_clock(const void *item, const void *wanted)
{
    const struct clock_row *one = &((const struct merge_clock *)item)->row, *other = wanted;

    return one->ticket == other->ticket && strcmp(one->clock, other->clock) == 0;
}

static bool same_window(const void *item, const void *wanted)
{
    const struct window_row *one = item, *other = wanted;

    return one->ticket == other->ticket && one->start_at == other->start_at &&
           strcmp(one->clock, other->clock) == 0;
}

static bool same_pause(const void *item, const void *wanted)
{
    const struct pause_row *one = &((const struct merge_pause *)item)->row, *other = wanted;

    return one->ticket == other->ticket && one->pause == other->pause;
}

static bool same_notice(const void *item, const void *wanted)
{
    return ((const struct merge_notice *)item)->row.notice == *(const uint64_t *)wanted;
}

static struct merge_ticket *ticket_of(struct merge *merge, uint64_t ticket)
{
    struct merge_ticket *found =
        find(merge->by_ticket, &merge->tickets, hash_number(ticket), same_ticket, &ticket, true);

    found->row.ticket = ticket;
    return found;
}

static void take_ticket(struct merge *merge, const struct ticket_row *row)
{
    struct merge_ticket *ticket = ticket_of(merge, row->ticket);
    const char *result = row->result ? row->result : ticket->row.result;

    ticket->row = *row;
    ticket->row.result = result;
    ticket->known = true;
    if (row->cold) {
        ticket->cold = *row->cold;
        ticket->is_new = true;
    }
}

static void raise_number(uint32_t *highest, uint32_t number)
{
    if (number > *highest)
        *highest = number;
}

/* Tickets, and whatever needs no more than being listed. */
static void take_rows(struct merge *merge, const struct effect *effect)
{
    switch (effect->kind) {
    case EFFECT_TICKET_NEW:
    case EFFECT_TICKET:
        take_ticket(merge, effect->ticket);
        break;
    case EFFECT_CONTACT:
        raise_number(&ticket_of(merge, effect->contact->ticket)->contacts, effect->contact->contact);
        append_row(&merge->contacts, effect->contact);
        break;
    case EFFECT_PROGRESS:
        raise_number(&ticket_of(merge, effect->progress->ticket)->progress, effect->progress->progress);
        append_row(&merge->progress, effect->progress);
        break;
    case EFFECT_PLAN:
        raise_number(&ticket_of(merge, effect->plan->ticket)->plans, effect->plan->plan);
        append_row(&merge->plans, effect->plan);
        break;
    case EFFECT_RECORD:
        append_row(&merge->records, effect->record);
        break;
    case EFFECT_SCHEDULE_RUN:
        append_row(&merge->runs, effect->schedule_run);
        break;
    case EFFECT_JOURNAL:
        ((struct merge_journal *)append(&merge->journal))->row = *effect->journal;
        break;
    case EFFECT_KEY:
        append_row(&merge->keys, effect->key);
        break;
    case EFFECT_OPTOUT:
        append_row(&merge->optouts, effect->optout);
        break;
    case EFFECT_MAILING:
        append_row(&merge->mailings, effect->mailing);
        break;
    case EFFECT_LADDER:
        append_row(&merge->ladders, effect->ladder);
        break;
    case EFFECT_PAUSE:
    case EFFECT_SEQUENCE:
    case EFFECT_CLOCK:
    case EFFECT_WINDOW:
    case EFFECT_REGISTER:
    case EFFECT_SCHEDULE:
    case EFFECT_NOTICE:
    case EFFECT_NOTICE_STATE:
    case EFFECT_REPLY:
    case EFFECT_READ:
    case EFFECT_RECALL:
    case EFFECT_SEND:
    case EFFECT_NOTE:
    case EFFECT_VERDICT:
    case EFFECT_INCIDENT:
    case EFFECT_COUNT:
        break;
    }
}

static void take_clock(struct merge *merge, const struct clock_row *row)
{
    const struct merge_ticket *ticket =
        find(merge->by_ticket, &merge->tickets, hash_number(row->ticket), same_ticket, &row->ticket, false);
    uint64_t hash = hash_number(row->ticket) ^ hash_text(row->clock);
    struct merge_clock *clock = find(merge->by_key, &merge->clocks, hash, same_clock, row, true);

    clock->row = *row;
    clock->is_new = ticket && ticket->is_new;
    clock->open = !ticket || !ticket->known || ticket->row.open;
}

static void take_window(struct merge *merge, const struct window_row *row)
{
    uint64_t hash = hash_number(row->ticket) ^ hash_number((uint64_t)row->start_at) ^ hash_text(row->clock);

    *(struct window_row *)find(merge->by_key, &merge->windows, hash, same_window, row, true) = *row;
}

/* One that begins and ends in a batch is written once, with who began it. */
static void take_pause(struct merge *merge, const struct pause_row *row)
{
    const struct merge_ticket *ticket =
        find(merge->by_ticket, &merge->tickets, hash_number(row->ticket), same_ticket, &row->ticket, false);
    uint64_t hash = hash_number(row->ticket * 1024 + row->pause);
    struct merge_pause *pause = find(merge->by_key, &merge->pauses, hash, same_pause, row, true);

    if (pause->row.pause)
        pause->row.to_at = row->to_at;
    else
        pause->row = *row;
    pause->open = !ticket || !ticket->is_new || ticket->row.open;
}

static void take_notice(struct merge *merge, const struct notice_row *row)
{
    struct merge_notice *notice =
        find(merge->by_key, &merge->notices, hash_number(row->notice), same_notice, &row->notice, true);

    notice->row = *row;
    notice->changed_at = row->at;
    notice->ready_at = row->ready_at;
    notice->is_new = true;
}

static void take_notice_state(struct merge *merge, const struct notice_state_row *row)
{
    struct merge_notice *notice =
        find(merge->by_key, &merge->notices, hash_number(row->notice), same_notice, &row->notice, true);

    if (!notice->is_new && !notice->row.notice)
        notice->row.let_go_at = NEVER;
    notice->row.notice = row->notice;
    notice->row.state = row->state;
    notice->row.hold = row->hold;
    notice->attempts = row->attempts;
    notice->changed_at = row->at;
    notice->ready_at = row->ready_at;
    if (row->detail)
        notice->row.detail = row->detail;
    if (row->queue_id)
        notice->queue_id = row->queue_id;
    if (row->let_go_at != NEVER)
        notice->row.let_go_at = row->let_go_at;
    if (row->into)
        notice->into = row->into;
}

/* A batch moves a handful of sequences; looking through them is all it takes. */
static void take_sequence(struct merge *merge, const struct sequence_row *row)
{
    for (size_t i = 0; i < merge->sequences.count; i++) {
        struct sequence_row *known = item_at(&merge->sequences, i);

        if (strcmp(known->name, row->name) == 0) {
            known->last = row->last;
            return;
        }
    }
    append_row(&merge->sequences, row);
}

/* Few batches have any. */
static bool same_record(const void *item, const void *wanted)
{
    const struct register_row *one = item, *other = wanted;

    return strcmp(one->record, other->record) == 0 && strcmp(one->of, other->of) == 0;
}

/* A batch that a reload has cut in two may have settled a record twice. */
static void take_registers(struct merge *merge, const struct effects *batch)
{
    for (size_t i = 0; i < batch->count; i++) {
        const struct register_row *row = batch->list[i].of_register;

        if (batch->list[i].kind != EFFECT_REGISTER)
            continue;
        if (!merge->registers.count)
            index_clear(merge->by_key, batch->count);
        *(struct register_row *)find(merge->by_key, &merge->registers,
                                     hash_text(row->of) ^ hash_text(row->record), same_record, row, true) =
            *row;
    }
}

static void take_windows(struct merge *merge, const struct effects *batch)
{
    for (size_t i = 0; i < batch->count; i++) {
        if (batch->list[i].kind != EFFECT_WINDOW)
            continue;
        if (!merge->windows.count)
            index_clear(merge->by_key, batch->count);
        take_window(merge, batch->list[i].window);
    }
}

/* Most batches have none, and then there is no table to clear. */
static void take_pauses(struct merge *merge, const struct effects *batch)
{
    bool is_cleared = false;

    for (size_t i = 0; i < batch->count; i++) {
        if (batch->list[i].kind != EFFECT_PAUSE)
            continue;
        if (!is_cleared)
            index_clear(merge->by_key, batch->count);
        is_cleared = true;
        take_pause(merge, batch->list[i].pause);
    }
}

/* A regime has a few dozen of them at the most. */
static void take_schedule(struct merge *merge, const struct schedule_row *row)
{
    for (size_t i = 0; i < merge->schedules.count; i++) {
        struct schedule_row *known = item_at(&merge->schedules, i);

        if (strcmp(known->schedule, row->schedule) == 0) {
            *known = *row;
            return;
        }
    }
    append_row(&merge->schedules, row);
}

void merge_take(struct merge *merge, const struct effects *batch)
{
    for (size_t i = 0; i < LIST_COUNT; i++)
        list_at(merge, i)->count = 0;
    index_clear(merge->by_ticket, batch->count);
    for (size_t i = 0; i < batch->count; i++)
        take_rows(merge, &batch->list[i]);
    index_clear(merge->by_key, batch->count);
    for (size_t i = 0; i < batch->count; i++)
        if (batch->list[i].kind == EFFECT_CLOCK)
            take_clock(merge, batch->list[i].clock); /* every ticket is known by now */
    take_windows(merge, batch);
    take_registers(merge, batch);
    take_pauses(merge, batch);
    index_clear(merge->by_key, batch->count);
    for (size_t i = 0; i < batch->count; i++) {
        const struct effect *effect = &batch->list[i];

        if (effect->kind == EFFECT_NOTICE)
            take_notice(merge, effect->notice);
        else if (effect->kind == EFFECT_NOTICE_STATE)
            take_notice_state(merge, effect->notice_state);
        else if (effect->kind == EFFECT_SEQUENCE)
            take_sequence(merge, effect->sequence);
        else if (effect->kind == EFFECT_SCHEDULE)
            take_schedule(merge, effect->schedule);
    }
}
