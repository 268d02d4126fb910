/* A ticket in memory: what deadlines, listings and routing need. Texts are cold and stay in PostgreSQL. */
#ifndef DUBAN_LIB_TICKET_H
#define DUBAN_LIB_TICKET_H

#include "lib/base/msec.h"
#include <stdbool.h>
#include <stdint.h>

/*
 *                              PAUSED -------------------------+
 *       a pause begins that     ^    | and ends                | stop condition
 *       the rule stops for      |    v                         v
 *   WAITING ------------------> RUNNING ---------------------> MET
 *             start condition   |     ^      stop condition    ^
 *               due_at has come |     | quota, silence: a      | stop condition, late
 *                               v     | contact                |
 *                              BREACHED -----------------------+
 *   WAITING --(started while such a pause lasts)--> PAUSED
 *   WAITING, RUNNING, PAUSED, BREACHED --(no longer applies, ticket closed)--> CANCELLED
 *   MET, CANCELLED --(a restart happening)--> RUNNING or PAUSED in a new cycle
 *
 * What is breached does not pause: a pause hides no breach and holds no ladder.
 */
enum clock_state {
    CLOCK_WAITING,
    CLOCK_RUNNING,
    CLOCK_PAUSED,
    CLOCK_BREACHED,
    CLOCK_MET,
    CLOCK_CANCELLED,
    CLOCK_STATE_COUNT,
};

struct clock {
    msec anchor_at;   /* where the budget, the silence or the window begins */
    msec due_at;      /* NEVER while waiting or paused; kept when ended */
    msec breached_at; /* the deadline that was missed, NEVER */
    msec fired_at;    /* when the ladder was triggered: its delays count from here */
    msec ended_at;
    uint32_t untold; /* bits: rungs climbed that told nobody */
    uint16_t ladder; /* the list of rungs it climbs, in the desk's book: frozen when it began; 0: none */
    uint16_t cycle;  /* 1, 2, … */
    uint8_t rule;    /* index into policy->clocks */
    uint8_t state;   /* enum clock_state */
    uint16_t reminders : 12; /* bits: those of the rule's reminders that were sent in this cycle or window */
    uint16_t rearmed : 4;    /* how often a later deadline made some of them due again */
    uint8_t rungs;           /* rungs climbed in this breach */
    uint8_t repeats;         /* how often the last of them was repeated */
    uint8_t credited;        /* contacts that count in the current window */
    bool ladder_running : 1;
    bool was_late : 1;  /* a breach is on record */
    bool withdrawn : 1; /* and was taken back: it had been in time after all */
    bool acknowledged : 1;
    bool is_dirty : 1;
};

#define TICKET_NOBODY   0xffff
#define TICKET_NO_INDEX UINT32_MAX

struct ticket {
    uint64_t id;
    msec received_at, created_at, handed_over_at, expected_at, solved_at, closed_at;
    msec history_until_at;    /* an import is filing this ticket's past; NEVER: it lives in the present */
    msec contacted_at;        /* last contact that counted, NEVER */
    struct clock *clocks;     /* rising by rule */
    struct ticket_rare *rare; /* NULL for most (ticket_rare.h) */
    uint64_t facts;           /* bits of policy->facts */
    uint32_t number;          /* within its series */
    uint32_t customer;        /* intern id */
    uint32_t contact;         /* intern id: who is written to (customer.h) */
    uint32_t revision;
    uint32_t types;                     /* bits */
    uint32_t notices;                   /* head of this ticket's chain in the outbox, TICKET_NO_INDEX */
    uint32_t older, newer;              /* the store's list by id */
    uint16_t contacts, progress, plans; /* how many so far */
    uint16_t handler, recorder;         /* people, TICKET_NOBODY */
    uint16_t series;                    /* of its number (series.h) */
    uint8_t clock_count;
    uint8_t class_index, urgency, channel, stage, department;
    uint8_t hours; /* the customer's staffed hours: index into the desk's list, 0 is around the clock */
    bool is_open : 1;
    bool is_solved : 1;
    bool has_plan : 1;
    bool is_key_customer : 1; /* a key account, as intake said */
    bool is_dirty : 1;
    bool is_fresh : 1; /* its first row is still in the gathering batch */
    bool in_use : 1;
};

/* Whether a condition that the policy asks for (its place in policy->facts) holds of the ticket. */
static inline bool ticket_knows(const struct ticket *ticket, uint8_t fact)
{
    return (ticket->facts >> fact & 1) != 0;
}

#endif
