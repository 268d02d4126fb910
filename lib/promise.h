/* Promises: an instant that a person gave becomes a clock of its own (domain rule 9, INT-24, INT-25). */
#ifndef DUBAN_LIB_PROMISE_H
#define DUBAN_LIB_PROMISE_H

#include "lib/judge.h"
#include "lib/request.h"

/* Something happened that may carry a promise for the rule's clock: starts it, moves it, or replaces a broken
 * one.
 */
void promise_happen(struct desk *desk, struct ticket *ticket, uint8_t rule,
                    const struct occurrence *occurrence);

/* Whether every clock that the occurrence would promise for lets somebody promise that much (`within` of a
   promise). False: refused, naming `field`. */
bool promise_is_allowed(struct desk *desk, const struct request *request, const struct ticket *ticket,
                        const struct occurrence *occurrence, const char *field);

/* What was promised before the rule applied to the ticket; NEVER: nothing that is known. */
msec promise_known(const struct ticket *ticket, const struct clock_policy *rule, const struct clock *clock);

#endif
