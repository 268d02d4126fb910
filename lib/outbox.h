/* Notices that were decided but not yet delivered: who may be handed to a sender, and when. */
#ifndef DUBAN_LIB_OUTBOX_H
#define DUBAN_LIB_OUTBOX_H

#include "lib/base/msec.h"
#include "lib/store.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 *    HELD --its time has come--> QUEUED --handed over--> ATTEMPTING --accepted or refused--> gone
 *     ^                           | ^                        |
 *     +----- it must wait --------+ +------- deferred -------+
 *
 *    HELD, QUEUED --reason gone--> gone (suppressed)      HELD --told in a digest--> gone (coalesced)
 */
enum outbox_state { OUTBOX_QUEUED, OUTBOX_ATTEMPTING, OUTBOX_HELD };

struct outbox_entry {
    uint64_t notice, ticket;
    msec ready_at;
    msec due_at;             /* the deadline it speaks of, NEVER */
    uint32_t next_of_ticket; /* chain from ticket->notices */
    uint32_t heap_place;
    uint32_t held_place; /* in its reader's tray (hold.h); only while HELD */
    uint32_t address;    /* what a customer may decline: their address among desk->customers; 0: service */
    uint64_t mailing;    /* that it belongs to, 0: none */
    uint32_t number;     /* of its ticket, which may leave memory before it */
    int16_t rung;
    uint16_t person;
    uint16_t attempts;
    uint16_t cycle;     /* of the clock it speaks of */
    uint16_t series;    /* of its ticket's number, SERIES_NONE: unknown */
    uint8_t rule;       /* POLICY_NONE: no clock's (a report) */
    uint8_t role;       /* in which its reader is told; POLICY_NONE: in none */
    uint8_t channel;    /* enum notice_channel */
    uint8_t department; /* the ticket's too; POLICY_NONE: unknown */
    uint8_t state;
    bool was_let_go;  /* it counts against its reader's budget, even if it had to wait afterwards */
    bool is_customer; /* its reader is a customer: behind everything that people of ours wait for */
    bool may_be_out;  /* an attempt was cut off: it may have arrived, so it can't be withheld any more */
};

struct outbox;

struct outbox *outbox_create(void);
void outbox_destroy(struct outbox *outbox);

/* Queues a notice; `ticket` (may be NULL when it has left memory) gets it in its chain. */
struct outbox_entry *outbox_add(struct outbox *outbox, struct ticket *ticket,
                                const struct outbox_entry *entry);

/* The earliest queued notice to people of ours; NULL when none waits. The second: to customers. */
struct outbox_entry *outbox_first(const struct outbox *outbox);
struct outbox_entry *outbox_first_customer(const struct outbox *outbox);

struct outbox_entry *outbox_find(const struct outbox *outbox, uint64_t notice); /* NULL: unknown */
void outbox_attempt(struct outbox *outbox, struct outbox_entry *entry); /* QUEUED -> ATTEMPTING, one more */

/* To QUEUED from any other state. */
void outbox_defer(struct outbox *outbox, struct outbox_entry *entry, msec ready_at);
void outbox_drop(struct outbox *outbox, struct ticket *ticket, struct outbox_entry *entry);

/* QUEUED -> HELD. */
void outbox_hold(struct outbox *outbox, struct outbox_entry *entry);

uint32_t outbox_place(const struct outbox *outbox, const struct outbox_entry *entry);

/* Walks a ticket's chain: give TICKET_NO_INDEX's place with ticket->notices first. The callback may drop it.
 */
struct outbox_entry *outbox_entry(const struct outbox *outbox, uint32_t place);

/* The ticket leaves memory: its notices stay, on their own. */
void outbox_detach(struct outbox *outbox, struct ticket *ticket);

/* A reload gave people and words other numbers: by the old one, the new one. */
struct outbox_names {
    const uint16_t *people;
    const uint8_t *rules, *roles, *departments;
};

void outbox_rename(struct outbox *outbox, const struct outbox_names *names);

size_t outbox_count(const struct outbox *outbox);

#endif
