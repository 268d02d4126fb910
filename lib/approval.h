/* Approvals: somebody asks for more time or for help from above, somebody else decides. */
#ifndef DUBAN_LIB_APPROVAL_H
#define DUBAN_LIB_APPROVAL_H

#include "lib/policy.h"
#include "lib/ticket_rare.h"

/*
 *   ASKED --approved--> APPROVED (an extension moves the deadline)
 *     |
 *     +----refused----> gone
 */
enum approval_state { APPROVAL_ASKED, APPROVAL_APPROVED };

struct approval {
    uint64_t id;        /* the journal row that asked */
    msec until_at;      /* the new deadline that was asked for, or granted; NEVER: none */
    uint16_t cycle;     /* of the clock */
    uint16_t asker;     /* TICKET_NOBODY: not in the people file */
    uint8_t kind;       /* enum approval_kind */
    uint8_t rule;       /* which clock; POLICY_NONE: none */
    uint8_t state;      /* enum approval_state */
    uint8_t department; /* where an escalation asks to go, POLICY_NONE */
    uint16_t handler;   /* to whom, TICKET_NOBODY */
};

void approval_add(struct ticket *ticket, const struct approval *approval);
void approval_remove(struct ticket *ticket, const struct approval *approval);

/* What waits for a decision: of that kind, and about that clock unless `rule` is POLICY_NONE. NULL: nothing.
 */
struct approval *approval_pending(const struct ticket *ticket, enum approval_kind kind, uint8_t rule);

/* How often more time was granted, or is being asked for, in this cycle of a clock. */
unsigned approval_extensions(const struct ticket *ticket, const struct clock *clock);

/* The latest deadline granted in this cycle of a clock; NEVER: none. */
msec approval_granted(const struct ticket *ticket, const struct clock *clock);

/* A reload gave clocks, departments and people other numbers. */
void approval_rename(struct ticket *ticket, const uint8_t *rules, const uint8_t *departments,
                     const uint16_t *people);

#endif
