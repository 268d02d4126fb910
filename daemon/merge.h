/* What is left of a batch when the last word about each row counts: each row is written once and at most
 * once. */
#ifndef DUBAN_DAEMON_MERGE_H
#define DUBAN_DAEMON_MERGE_H

#include "daemon/journal.h"
#include "lib/effect.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A list of items of one kind, in order of first mention. */
struct merge_list {
    void *items;
    size_t count, capacity, item_bytes;
};

struct merge_ticket {
    struct ticket_row row;              /* row.ticket always; the rest when `known` */
    struct ticket_cold cold;            /* when `is_new` */
    uint32_t contacts, progress, plans; /* the highest number in this batch, 0 for none */
    bool known;                         /* the batch says what the row is */
    bool is_new;
};

struct merge_clock {
    struct clock_row row;
    bool is_new; /* of a ticket that is new in this batch */
    bool open;   /* of a ticket that is open after this batch */
};

struct merge_pause {
    struct pause_row row;
    bool open; /* written among the open ones: a ticket that was there is closed by a statement of its own */
};

struct merge_notice {
    struct notice_row row; /* only row.notice, state, detail, hold and let_go_at unless `is_new` */
    uint16_t attempts;
    msec changed_at, ready_at;
    const char *queue_id;
    uint64_t into; /* the digest that tells of it, 0 */
    bool is_new;
};

struct merge_journal {
    struct journal_row row;
    unsigned char hash[JOURNAL_HASH];
};

struct merge {
    struct merge_list tickets, clocks, pauses, notices, sequences, contacts, progress, plans, records,
        windows, registers, schedules, runs, keys, ladders, optouts, mailings, journal;
    struct merge_index *by_ticket, *by_key;
};

void merge_init(struct merge *merge);
void merge_finish(struct merge *merge);

/* Forgets the batch before and takes this one. What `merge` then holds points into the batch. Journal rows
   come without their hashes. */
void merge_take(struct merge *merge, const struct effects *batch);

#endif
