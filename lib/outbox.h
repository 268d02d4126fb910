/* Notices that were decided but not yet delivered: who may be handed to a sender, and when. */
#ifndef DUBAN_LIB_OUTBOX_H
#define DUBAN_LIB_OUTBOX_H

#include "lib/base/msec.h"
#include "lib/store.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 *   QUEUED --handed over--> ATTEMPTING --accepted or refused--> gone
 *     ^                        |
 *     +------- deferred -------+          QUEUED --reason gone--> gone (suppressed)
 */
enum outbox_state { OUTBOX_QUEUED, OUTBOX_ATTEMPTING };

struct outbox_entry {
    uint64_t notice, ticket;
    msec ready_at;
    uint32_t next_of_ticket; /* chain from ticket->notices */
    uint32_t heap_place;
    int16_t rung;
    uint16_t person;
    uint16_t attempts;
    uint16_t cycle; /* of the clock it speaks of */
    uint8_t rule;   /* POLICY_NONE: no clock's (a report) */
    uint8_t state;
    bool may_be_out; /* an attempt was cut off: it may have arrived, so it can't be withheld any more */
};

struct outbox;

struct outbox *outbox_create(void);
void outbox_destroy(struct outbox *outbox);

/* Queues a notice; `ticket` (may be NULL when it has left memory) gets it in its chain. */
void outbox_add(struct outbox *outbox, struct ticket *ticket, const struct outbox_entry *entry);

/* The earliest queued notice and its instant; NULL when none waits. */
struct outbox_entry *outbox_first(const struct outbox *outbox);

struct outbox_entry *outbox_find(const struct outbox *outbox, uint64_t notice); /* NULL: unknown */
void outbox_attempt(struct outbox *outbox, struct outbox_entry *entry); /* QUEUED -> ATTEMPTING, one more */
void outbox_defer(struct outbox *outbox, struct outbox_entry *entry, msec ready_at);
void outbox_drop(struct outbox *outbox, struct ticket *ticket, struct outbox_entry *entry);

/* Walks a ticket's chain: give TICKET_NO_INDEX's place with ticket->notices first. The callback may drop it.
 */
struct outbox_entry *outbox_entry(const struct outbox *outbox, uint32_t place);

/* The ticket leaves memory: its notices stay, on their own. */
void outbox_detach(struct outbox *outbox, struct ticket *ticket);

/* A reload gave people and clocks other numbers. */
void outbox_rename(struct outbox *outbox, const uint16_t *people, const uint8_t *rules);

size_t outbox_count(const struct outbox *outbox);

#endif
