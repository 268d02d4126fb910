/* What waits: notices that were decided and must not leave yet, in one tray for each reader. */
#ifndef DUBAN_LIB_HOLD_H
#define DUBAN_LIB_HOLD_H

#include "lib/budget.h"
#include "lib/outbox.h"

enum hold {
    HOLD_NONE,
    HOLD_QUIET,    /* its reader's quiet hours: until they end */
    HOLD_BUDGET,   /* the reader was told enough: until the next digest */
    HOLD_DOWNTIME, /* found late: until the desk has caught up */
    HOLD_RELEASE,  /* too much was found late: until somebody lets it go */
    HOLD_COUNT,
};

const char *hold_name(enum hold hold); /* "quiet hours" */
bool hold_find(const char *name, enum hold *ret_hold);

/* One that waits. */
struct held {
    msec until_at; /* NEVER: something else must happen */
    uint64_t notice;
    uint32_t entry;          /* its place in the outbox */
    uint32_t next, previous; /* of the same reader; HOLDS_NONE */
    uint8_t why;             /* enum hold */
};

#define HOLDS_NONE UINT32_MAX

struct holds;

struct holds *holds_create(void);
void holds_destroy(struct holds *holds);

/* The notice (OUTBOX_HELD) waits in its reader's tray from now on; links of `held` are filled in here. */
void holds_add(struct holds *holds, struct outbox *outbox, struct outbox_entry *entry,
               const struct held *held);

/* It waits no longer. What becomes of the notice is the caller's business. */
void holds_remove(struct holds *holds, struct outbox_entry *entry);

/* It waits for something else. */
void holds_change(struct holds *holds, const struct outbox_entry *entry, enum hold why, msec until_at);

struct held *holds_of(const struct holds *holds, const struct outbox_entry *entry);

/* A reader's tray, oldest first: NULL when there is no (other) one. TICKET_NOBODY is a reader, too: the one
   whom a reload took out of the people file. */
struct held *holds_first(const struct holds *holds, uint16_t person);
struct held *holds_next(const struct holds *holds, const struct held *held);

/* Whose tray is due first, and when; NEVER when none waits for an instant. */
msec holds_next_at(struct holds *holds, uint16_t *ret_person);

/* When the next digest leaves to somebody who was told enough; NEVER when none is being gathered. */
msec holds_digest_at(const struct holds *holds, uint16_t person);

/* Readers with trays run from 0 up to this; TICKET_NOBODY comes on top. */
size_t holds_people(const struct holds *holds);

size_t holds_count(const struct holds *holds, enum hold why); /* HOLD_NONE: all */
bool holds_gather(const struct holds *holds); /* is something found late that has no end yet? */
struct budget *holds_budget(struct holds *holds, uint16_t person);
size_t holds_bytes(const struct holds *holds);

/* A reload gave people other numbers. Call before outbox_rename. */
void holds_rename(struct holds *holds, const uint16_t *people);

#endif
