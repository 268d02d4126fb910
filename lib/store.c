/*
 * The open tickets, by dense index, by id and by number, and in a list by id.
 *
 * Tickets live in chunks that never move, so a pointer is good for a whole turn. An index is reused when its
 * ticket leaves (lowest memory for the wheel, which keeps five bytes an index). Ids only grow, so the list by
 * id is appended to at its end; a recalled ticket walks back from the end to its place, which is rare. At a
 * start, though, tickets come in the order of PostgreSQL's pages, from two connections at a time, and walking
 * would make a restart quadratic: who would have to walk far is appended all the same, and the list is put in
 * order when somebody next looks at it. Nobody sees it out of order.
 */
#include "lib/store.h"

#include "lib/base/index.h"
#include "lib/base/memory.h"
#include "lib/ticket_rare.h"
#include <stdlib.h>
#include <string.h>

#define CHUNK    4096u
#define WALK_MAX 256

struct store {
    struct ticket **chunks;
    size_t chunk_count, chunk_capacity;
    uint32_t *free; /* stack of indexes */
    size_t free_count, free_capacity;
    uint32_t used; /* indexes ever handed out */
    uint32_t oldest, newest;
    bool is_disordered; /* the list is; it has everybody, and will be sorted before it is read */
    size_t count, clock_bytes;
    struct index by_id, by_number;
};

static uint64_t number_key(uint16_t series, uint32_t number)
{
    return (uint64_t)series << 32 | number;
}

static uint64_t id_of(const void *owner, uint32_t index)
{
    return store_ticket(owner, index)->id;
}

static uint64_t number_of(const void *owner, uint32_t index)
{
    const struct ticket *ticket = store_ticket(owner, index);

    return number_key(ticket->series, ticket->number);
}

struct store *store_create(void)
{
    struct store *store = memory_new(1, sizeof(*store));

    store->oldest = store->newest = TICKET_NO_INDEX;
    index_init(&store->by_id, id_of, store);
    index_init(&store->by_number, number_of, store);
    return store;
}

void store_destroy(struct store *store)
{
    if (!store)
        return;
    for (uint32_t i = 0; i < store->used; i++) {
        free(store_ticket(store, i)->clocks);
        ticket_free_rare(store_ticket(store, i));
    }
    for (size_t i = 0; i < store->chunk_count; i++)
        free(store->chunks[i]);
    free(store->chunks);
    free(store->free);
    index_finish(&store->by_id);
    index_finish(&store->by_number);
    free(store);
}

struct ticket *store_ticket(const struct store *store, uint32_t index)
{
    return &store->chunks[index / CHUNK][index % CHUNK];
}

static uint32_t take_index(struct store *store)
{
    if (store->free_count)
        return store->free[--store->free_count];
    if (store->used == store->chunk_count * CHUNK) {
        store->chunks = memory_reserve(store->chunks, &store->chunk_capacity, store->chunk_count + 1,
                                       sizeof(*store->chunks));
        store->chunks[store->chunk_count++] = memory_new(CHUNK, sizeof(struct ticket));
    }
    return store->used++;
}

static void link_behind(struct store *store, uint32_t index, uint32_t before)
{
    struct ticket *ticket = store_ticket(store, index);

    ticket->older = before;
    ticket->newer = before == TICKET_NO_INDEX ? store->oldest : store_ticket(store, before)->newer;
    if (ticket->newer == TICKET_NO_INDEX)
        store->newest = index;
    else
        store_ticket(store, ticket->newer)->older = index;
    if (before == TICKET_NO_INDEX)
        store->oldest = index;
    else
        store_ticket(store, before)->newer = index;
}

static void link_in(struct store *store, uint32_t index)
{
    uint64_t id = store_ticket(store, index)->id;
    uint32_t before = store->newest;

    for (int steps = 0; !store->is_disordered && before != TICKET_NO_INDEX; steps++) {
        const struct ticket *ticket = store_ticket(store, before);

        if (ticket->id < id)
            break;
        store->is_disordered = steps == WALK_MAX;
        before = ticket->older;
    }
    link_behind(store, index, store->is_disordered ? store->newest : before);
}

struct place {
    uint64_t id;
    uint32_t index;
};

static int by_id(const void *one, const void *other)
{
    uint64_t first = ((const struct place *)one)->id, second = ((const struct place *)other)->id;

    return first < second ? -1 : first > second;
}

static void put_in_order(struct store *store)
{
    struct place *places = memory_new(store->count, sizeof(*places));
    size_t count = 0;

    for (uint32_t i = store->oldest; i != TICKET_NO_INDEX; i = store_ticket(store, i)->newer)
        places[count++] = (struct place){store_ticket(store, i)->id, i};
    qsort(places, count, sizeof(*places), by_id);
    store->oldest = store->newest = TICKET_NO_INDEX;
    for (size_t i = 0; i < count; i++)
        link_behind(store, places[i].index, store->newest);
    store->is_disordered = false;
    free(places);
}

static void link_out(struct store *store, const struct ticket *ticket)
{
    if (ticket->older == TICKET_NO_INDEX)
        store->oldest = ticket->newer;
    else
        store_ticket(store, ticket->older)->newer = ticket->newer;
    if (ticket->newer == TICKET_NO_INDEX)
        store->newest = ticket->older;
    else
        store_ticket(store, ticket->newer)->older = ticket->older;
}

uint32_t store_add(struct store *store, uint64_t id, uint16_t series, uint32_t number)
{
    uint32_t index = take_index(store);
    struct ticket *ticket = store_ticket(store, index);

    *ticket = (struct ticket){
        .id = id,
        .series = series,
        .number = number,
        .notices = TICKET_NO_INDEX,
        .in_use = true,
    };
    link_in(store, index);
    index_add(&store->by_id, index);
    index_add(&store->by_number, index);
    store->count++;
    return index;
}

void store_remove(struct store *store, uint32_t index)
{
    struct ticket *ticket = store_ticket(store, index);

    index_remove(&store->by_id, index);
    index_remove(&store->by_number, index);
    link_out(store, ticket);
    store->clock_bytes -= ticket->clock_count * sizeof(struct clock);
    free(ticket->clocks);
    ticket_free_rare(ticket);
    memset(ticket, 0, sizeof(*ticket));
    store->free =
        memory_reserve(store->free, &store->free_capacity, store->free_count + 1, sizeof(*store->free));
    store->free[store->free_count++] = index;
    store->count--;
}

uint32_t store_find(const struct store *store, uint64_t id)
{
    return index_find(&store->by_id, id);
}

uint32_t store_find_number(const struct store *store, uint16_t series, uint32_t number)
{
    return index_find(&store->by_number, number_key(series, number));
}

uint32_t store_oldest(struct store *store)
{
    if (store->is_disordered)
        put_in_order(store);
    return store->oldest;
}

uint32_t store_after(struct store *store, uint64_t id)
{
    uint32_t index = store_oldest(store), found = store_find(store, id);

    if (found != TICKET_NO_INDEX)
        return store_ticket(store, found)->newer;
    while (index != TICKET_NO_INDEX && store_ticket(store, index)->id <= id)
        index = store_ticket(store, index)->newer;
    return index;
}

size_t store_count(const struct store *store)
{
    return store->count;
}

size_t store_bytes(const struct store *store)
{
    return store->chunk_count * CHUNK * sizeof(struct ticket) + store->clock_bytes +
           index_bytes(&store->by_id) + index_bytes(&store->by_number) +
           store->free_capacity * sizeof(*store->free);
}

struct clock *ticket_clock(const struct ticket *ticket, uint8_t rule)
{
    for (uint8_t i = 0; i < ticket->clock_count; i++)
        if (ticket->clocks[i].rule == rule)
            return &ticket->clocks[i];
    return NULL;
}

struct clock *store_add_clock(struct store *store, struct ticket *ticket, uint8_t rule)
{
    uint8_t place = 0;

    while (place < ticket->clock_count && ticket->clocks[place].rule < rule)
        place++;
    ticket->clocks = memory_resize(ticket->clocks, ticket->clock_count + 1u, sizeof(*ticket->clocks));
    memmove(&ticket->clocks[place + 1], &ticket->clocks[place],
            (size_t)(ticket->clock_count - place) * sizeof(*ticket->clocks));
    ticket->clock_count++;
    store->clock_bytes += sizeof(struct clock);
    ticket->clocks[place] = (struct clock){
        .rule = rule,
        .state = CLOCK_WAITING,
        .anchor_at = NEVER,
        .due_at = NEVER,
        .breached_at = NEVER,
        .fired_at = NEVER,
        .ended_at = NEVER,
        .is_dirty = true,
    };
    return &ticket->clocks[place];
}
