/* What only few tickets have, kept beside them so that the many stay small. */
#ifndef DUBAN_LIB_TICKET_RARE_H
#define DUBAN_LIB_TICKET_RARE_H

#include "lib/ticket.h"

/* Somebody who was told of a breach, in one of their roles, and must hear the all-clear. */
struct told {
    uint8_t rule;
    uint8_t role;
    uint16_t person;
    uint16_t notices; /* how many of them were not withheld; nobody is told by none */
    uint16_t cycle;   /* of the clock, when it was breached */
};

/* A quota's window that was missed; contacts that are recorded late may yet fill it (ledger.h). */
struct missed_window {
    msec start_at, end_at;
    uint16_t cycle; /* of the breach it belongs to */
    uint8_t rule;
    uint8_t credited;
    bool is_final; /* too old to be filled: missed for good */
};

/* It had to wait for something outside (pause.h). */
struct pause {
    msec from_at, to_at; /* to_at NEVER: it still does */
    uint16_t number;     /* 1, 2, … within the ticket, as they were recorded */
    uint8_t reason;      /* index into policy->pauses */
};

/* What a field says that memory keeps (field_value.h). */
struct field_value {
    uint32_t text; /* in the desk's texts */
    uint8_t field; /* index into policy->fields */
};

struct ticket_rare {
    struct told *told;
    struct pause *pauses;       /* rising by from_at */
    struct approval *approvals; /* approval.h; those that were refused are gone */
    uint16_t told_count, pause_count, approval_count;
    msec staged_at;       /* when it came to its stage; NEVER: not known, or nothing depends on it */
    msec occurred_at;     /* when the problem arose, 0: not said, or the regime does not ask */
    uint32_t supporting;  /* bits: departments that help the one that handles it */
    uint64_t merged_into; /* the ticket that answers for this one, 0: none */
    char *story;          /* what letters tell of it (story.h); NULL: they ask for nothing */
    uint16_t window_count;
    struct missed_window *windows; /* rising by time within each clock */
    struct field_value *values;    /* rising by field */
    uint16_t value_count;
};

/* Never NULL: an empty one for a ticket that has nothing of the kind. */
const struct ticket_rare *ticket_rare(const struct ticket *ticket) __attribute__((returns_nonnull));

/* The ticket's own, to be changed; made when there is none yet. */
struct ticket_rare *ticket_own_rare(struct ticket *ticket) __attribute__((returns_nonnull));
void ticket_free_rare(struct ticket *ticket);

/* A copy that belongs to nobody yet; NULL when there is nothing of the kind. */
struct ticket_rare *ticket_copy_rare(const struct ticket *ticket) __attribute__((warn_unused_result));

/* The order of a told list: by clock, cycle, person and role, whoever was told first, so that a list that
   comes back from rows tells people of the end in the same order as one that was never away. After people or
   clocks got other numbers. */
void ticket_sort_told(struct ticket_rare *rare);

/* One more notice of the breach that this clock had in `cycle` to `person`; one of them was withheld; all of
   them are dealt with (but for breaches of which missed windows are remembered: those may be withdrawn). */
void ticket_tell(struct ticket *ticket, uint8_t rule, uint16_t cycle, uint16_t person, uint8_t role);
void ticket_untell(struct ticket *ticket, uint8_t rule, uint16_t cycle, uint16_t person, uint8_t role);
void ticket_forget_told(struct ticket *ticket, uint8_t rule);
void ticket_forget_told_before(struct ticket *ticket, uint8_t rule,
                               uint32_t cycle); /* only of earlier ones */

/* One missed window more; later than all of its clock's. */
struct missed_window *ticket_remember_window(struct ticket *ticket, const struct missed_window *missed)
    __attribute__((returns_nonnull));

/* Must `told`, of this ticket's list, hear how the breach of `clock` ends? Each person once: of
   the breach they were told of last, in the first of the roles they were told in. */
bool ticket_is_owed_word(const struct ticket *ticket, const struct clock *clock, const struct told *told);

/* The earliest cycle of which somebody is owed word; 0: nobody is. */
uint16_t ticket_told_since(const struct ticket *ticket, const struct clock *clock);

#endif
