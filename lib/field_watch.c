/*
 * From a record to the tickets that name it.
 *
 * Owned by the desk; told by field_value.c whenever a ticket's field names a record, asked by register.put
 * and register.remove. Nobody tells when a ticket names a record no more, is closed or leaves memory: a list
 * is held against the tickets when it is asked for, and before it grows, so that it never holds more than
 * twice what is true. Tickets are judged in the order of their ids (domain rule 18), whatever order they came
 * in.
 */
#include "lib/field_watch.h"

#include "lib/base/memory.h"
#include "lib/desk_parts.h"
#include "lib/judge_again.h"
#include <stdlib.h>

/* The tickets that name one id, whatever the register; with some that did. */
struct namers {
    uint64_t *tickets;
    uint32_t count, capacity;
};

struct field_watch {
    struct namers *namers; /* by the id's number among the desk's texts */
    size_t count, capacity;
    struct field_watcher *found;
    size_t found_capacity;
};

struct field_watch *field_watch_create(void)
{
    return memory_new(1, sizeof(struct field_watch));
}

void field_watch_destroy(struct field_watch *watch)
{
    if (!watch)
        return;
    for (size_t i = 0; i < watch->count; i++)
        free(watch->namers[i].tickets);
    free(watch->namers);
    free(watch->found);
    free(watch);
}

size_t field_watch_bytes(const struct field_watch *watch)
{
    size_t bytes = watch->capacity * sizeof(*watch->namers);

    for (size_t i = 0; i < watch->count; i++)
        bytes += watch->namers[i].capacity * sizeof(*watch->namers[i].tickets);
    return bytes;
}

/* `of` POLICY_NONE: in whichever register. */
static bool names(const struct desk *desk, const struct ticket *ticket, uint8_t of, uint32_t text)
{
    const struct ticket_rare *rare = ticket_rare(ticket);

    for (uint16_t i = 0; i < rare->value_count; i++) {
        const struct register_field *field = &desk->policy->fields[rare->values[i].field].value;

        if (field->kind == FIELD_REGISTER && rare->values[i].text == text &&
            (of == POLICY_NONE || field->other == of))
            return true;
    }
    return false;
}

static struct ticket *find(const struct desk *desk, uint64_t id)
{
    uint32_t index = store_find(desk->store, id);

    return index == TICKET_NO_INDEX ? NULL : store_ticket(desk->store, index);
}

static int by_id(const void *a, const void *b)
{
    uint64_t one = *(const uint64_t *)a, other = *(const uint64_t *)b;

    return one < other ? -1 : one > other;
}

/* Keeps those that still name it, each once. */
static void tidy(const struct desk *desk, struct namers *namers, uint32_t text)
{
    uint32_t kept = 0;

    if (namers->count)
        qsort(namers->tickets, namers->count, sizeof(*namers->tickets), by_id);
    for (uint32_t i = 0; i < namers->count; i++) {
        const struct ticket *ticket = find(desk, namers->tickets[i]);
        bool is_known = kept && namers->tickets[kept - 1] == namers->tickets[i];

        if (ticket && !is_known && names(desk, ticket, POLICY_NONE, text))
            namers->tickets[kept++] = namers->tickets[i];
    }
    namers->count = kept;
}

void field_watch_add(struct desk *desk, const struct ticket *ticket, uint32_t text)
{
    struct field_watch *watch = desk->watch;

    watch->namers = memory_reserve(watch->namers, &watch->capacity, text + 1u, sizeof(*watch->namers));
    for (; watch->count <= text; watch->count++)
        watch->namers[watch->count] = (struct namers){0};
    struct namers *namers = &watch->namers[text];

    if (namers->count && namers->tickets[namers->count - 1] == ticket->id)
        return;
    if (namers->count == namers->capacity) {
        tidy(desk, namers, text);
        if (namers->count > namers->capacity / 2 || !namers->capacity) {
            namers->capacity = namers->capacity ? namers->capacity * 2 : 1;
            namers->tickets = memory_resize(namers->tickets, namers->capacity, sizeof(*namers->tickets));
        }
    }
    namers->tickets[namers->count++] = ticket->id;
}

size_t field_watch_before(struct desk *desk, uint8_t of, const char *id,
                          const struct field_watcher **ret_list)
{
    struct field_watch *watch = desk->watch;
    uint32_t text = intern_find(desk->texts, id);
    size_t found = 0;

    *ret_list = NULL;
    if (!text || text >= watch->count)
        return 0;
    tidy(desk, &watch->namers[text], text);
    watch->found = memory_reserve(watch->found, &watch->found_capacity, watch->namers[text].count + 1u,
                                  sizeof(*watch->found));
    for (uint32_t i = 0; i < watch->namers[text].count; i++) {
        struct ticket *ticket = find(desk, watch->namers[text].tickets[i]);

        if (!ticket || !ticket->is_open || !names(desk, ticket, of, text))
            continue;
        judge_advance(desk, ticket, desk->now, false);
        watch->found[found++] =
            (struct field_watcher){.ticket = ticket->id, .applicable = judge_applicable(desk, ticket)};
    }
    *ret_list = watch->found;
    return found;
}

void field_watch_after(struct desk *desk, const struct field_watcher *list, size_t count)
{
    for (size_t i = 0; i < count; i++)
        judge_follow(desk, store_ticket(desk->store, store_find(desk->store, list[i].ticket)), desk->now,
                     list[i].applicable);
}
