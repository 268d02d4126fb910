/* Rows, as a database would keep them. */
#ifndef DUBAN_TESTS_ROWS_H
#define DUBAN_TESTS_ROWS_H

#include "lib/base/text.h"
#include "lib/effect.h"

struct kept_ticket {
    struct ticket_row row;
    uint32_t contacts, progress, plans;
};

struct kept_notice {
    struct notice_row row;
    const char *state;
    uint16_t attempts;
    msec ready_at;
    uint64_t into; /* the digest that tells of it, 0 */
};

struct kept_sequence {
    const char *name;
    uint64_t last;
};

struct kept_pause {
    uint64_t ticket;
    uint32_t pause;
    const char *reason;
    msec from_at, to_at;
};

struct kept_run {
    struct schedule_run_row row;
    uint32_t count;
};

struct rows {
    struct arena arena; /* owns the texts that came while these rows were written to */
    struct kept_ticket *tickets;
    struct clock_row *clocks;
    struct kept_pause *pauses;
    struct kept_notice *notices;
    struct kept_sequence *sequences;
    struct ladder_row *ladders;
    struct window_row *windows;
    struct schedule_row *schedules;
    struct kept_run *runs; /* the latest of each schedule and record */
    struct record_row *records;
    struct register_row *registers;
    const char **keys;
    size_t register_count, register_room, schedule_count, schedule_room, run_count, run_room;
    size_t window_count, window_room, pause_count, pause_room;
    size_t record_count, record_room;
    size_t ticket_count, ticket_room, clock_count, clock_room, notice_count, notice_room;
    size_t sequence_count, sequence_room, ladder_count, ladder_room, key_count, key_room;
    uint64_t journal_sequence;
};

void rows_keep(struct rows *rows, const struct effect *effect);

/* Rows that count others come before the row they are counted in (a new ticket's own row is settled last):
   once all rows of a batch are kept, its records are counted. */
void rows_count_records(struct rows *rows, const struct effects *effects);

/* Texts stay in the original's arena, which must live as long as the copy. */
void rows_copy(const struct rows *from, struct rows *ret_copy);
void rows_finish(struct rows *rows);

struct kept_ticket *rows_ticket(const struct rows *rows, uint64_t ticket); /* NULL: none */
/* The same where the judge has promised that it is there: anything else is a broken test or a broken judge.
 */
struct kept_ticket *rows_known_ticket(const struct rows *rows, uint64_t ticket);
struct clock_row *rows_clock(const struct rows *rows, uint64_t ticket, const char *clock);

/* An effect in a line, for comparing what two desks wrote. */
void rows_log(struct text *log, const struct effect *effect);

#endif
