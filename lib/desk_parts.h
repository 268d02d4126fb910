/* The inside of a desk, shared by the modules that together are the judge; nobody else includes this. */
#ifndef DUBAN_LIB_DESK_PARTS_H
#define DUBAN_LIB_DESK_PARTS_H

#include "lib/base/intern.h"
#include "lib/base/keyset.h"
#include "lib/clock.h"
#include "lib/desk.h"
#include "lib/field_watch.h"
#include "lib/hold.h"
#include "lib/ladder_book.h"
#include "lib/mailing.h"
#include "lib/optout.h"
#include "lib/outbox.h"
#include "lib/register.h"
#include "lib/series.h"
#include "lib/store.h"
#include "lib/ticket_rare.h"
#include "lib/wheel.h"

struct schedule_book;

/* When a customer has somebody there. Number 0 is around the clock. */
struct hours {
    char text[64]; /* "24h", "08:30-20:00" or a calendar's name; "": no ticket uses it any more */
    const struct calendar *calendar;
    struct calendar *made; /* of typed hours, owned; NULL: the calendar is the policy's */
};

/* A ticket filed in the gathering batch: its row is completed when the batch is settled. */
struct fresh {
    uint32_t index;
    struct ticket_row *row;
};

/* What a ticket solved in the gathering batch came to: a cold column, written with its row. */
struct result {
    uint64_t ticket;
    const char *text;
};

struct desk {
    struct desk_options options; /* strings owned */
    struct policy *policy;
    struct roster *roster;
    struct store *store;
    struct wheel *wheel;
    struct intern *customers;
    struct intern *texts; /* of fields that memory keeps */
    struct field_watch *watch;
    struct outbox *outbox;
    struct optouts *optouts;
    struct mailings *mailings;
    struct registers *registers; /* as many as the policy has */
    struct schedule_book *schedules;
    struct ladder_book ladders;
    struct holds *holds;
    uint64_t incidents[INCIDENT_COUNT];
    struct keyset keys;
    struct hours *hours;
    size_t hour_count, hour_capacity;
    uint64_t ticket_sequence, notice_sequence, journal_sequence;
    struct series_book numbers;
    bool tickets_moved, notices_moved; /* the desk's own sequences, since the last settle */
    uint32_t *touched;                 /* indexes to look at when settling */
    size_t touched_count, touched_capacity;
    struct fresh *fresh;
    size_t fresh_count, fresh_capacity;
    struct result *results;
    size_t result_count, result_capacity;
    uint32_t *due;                            /* room for one instant's timers */
    size_t due_count, due_next, due_capacity; /* those before due_next are judged */
    msec due_at;
    unsigned idle_senders;
    msec customers_from_at; /* the next mail to a customer leaves no earlier */
    bool is_catching_up;    /* what passed while nobody watched is being found */
    /* the step being taken */
    msec now;
    struct effects *out;
    const char *said; /* the note of the request that is being judged, NULL */
    const json_t
        *past;       /* what the customer came with before (past.h), while letters are decided that list it */
    bool finds_late; /* what is told now was found while catching up */
};

/* Numbers of rungs that are no ladder's (see notice_row). */
enum special_rung {
    RUNG_ALL_CLEAR = 0,
    RUNG_REMINDER = -1,
    RUNG_WITHDRAWN = -150,
    RUNG_REPLACED = -160, /* a broken promise, by another one; the all-clear comes when that is met */
    RUNG_REPORT = -200,
    RUNG_SCHEDULE = -250, /* no ticket's: what a schedule sends */
    RUNG_MAILING = -260,
    RUNG_DIGEST = -300,
    RUNG_TEST = -301,
};

struct clock_view desk_view(const struct desk *desk, const struct ticket *ticket, const struct clock *clock);

/* Which ticket `name` (an id or a number) means; TICKET_NO_INDEX when it is not in memory. */
uint32_t desk_find(const struct desk *desk, const char *name);
uint32_t desk_index(const struct desk *desk, const struct ticket *ticket);

void desk_touch(struct desk *desk, struct ticket *ticket);
void desk_touch_clock(struct desk *desk, struct ticket *ticket, struct clock *clock);

/* Sets the ticket's entry in the wheel to the earliest of what it waits for. */
void desk_arm(struct desk *desk, struct ticket *ticket);

/* One row of the journal; `body` is canonical JSON. Returns its sequence number. */
uint64_t desk_journal(struct desk *desk, const struct ticket *ticket, const char *type, const char *body);

const char *desk_number(const struct desk *desk, const struct ticket *ticket, struct arena *arena);

/* The number of hours or of a calendar (desk_hours.c); POLICY_NONE: neither, or too many different ones. */
uint8_t desk_hours(struct desk *desk, const char *text);
bool desk_hours_are_typed(const char *text, int *ret_open_minute,
                          int *ret_close_minute); /* no calendar's name */
bool desk_hours_fit(const struct desk *desk, uint8_t hours, const struct policy *policy);
void desk_rebuild_hours(struct desk *desk); /* the desk has another policy */
void desk_destroy_hours(struct desk *desk);

/* An instant in the desk's zone, in the arena; "" for NEVER. */
const char *desk_time(const struct desk *desk, msec at, struct arena *arena);

#endif
