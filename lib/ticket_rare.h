/* What only few tickets have, kept beside them so that the many stay small. */
#ifndef DUBAN_LIB_TICKET_RARE_H
#define DUBAN_LIB_TICKET_RARE_H

#include "lib/ticket.h"

/* Somebody who was told of a breach, and must hear the all-clear. */
struct told {
    uint8_t rule;
    uint8_t role;
    uint16_t person;
    uint16_t notices; /* how many of them were not withheld; nobody is told by none */
};

struct ticket_rare {
    struct told *told;
    uint16_t told_count;
    struct approval *approvals; /* approval.h; those that were refused are gone */
    uint16_t approval_count;
    uint64_t merged_into; /* the ticket that answers for this one, 0: none */
};

/* Never NULL: an empty one for a ticket that has nothing of the kind. */
const struct ticket_rare *ticket_rare(const struct ticket *ticket) __attribute__((returns_nonnull));

/* The ticket's own, to be changed; made when there is none yet. */
struct ticket_rare *ticket_own_rare(struct ticket *ticket) __attribute__((returns_nonnull));
void ticket_free_rare(struct ticket *ticket);

/* One more notice of this clock's breach to `person`; one of them was withheld; all of them are dealt with.
 */
void ticket_tell(struct ticket *ticket, uint8_t rule, uint16_t person, uint8_t role);
void ticket_untell(struct ticket *ticket, uint8_t rule, uint16_t person);
void ticket_forget_told(struct ticket *ticket, uint8_t rule);

#endif
