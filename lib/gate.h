/* Gates: what must hold before something may be done, and the facts they remember. */
#ifndef DUBAN_LIB_GATE_H
#define DUBAN_LIB_GATE_H

#include "lib/judge.h"
#include "lib/request.h"

/* Marks the facts of the ticket that `occurrence` makes true. A contact counts here even before the class's
   "contact counts" gate is open: an apology is what opens it (INT-28). */
void gate_learn(struct desk *desk, struct ticket *ticket, const struct occurrence *occurrence);

/* The first requirement that does not hold; NULL when all do. */
const struct requirement *gate_first_missing(const struct policy *policy, const struct ticket *ticket,
                                             const struct requirements *needs);

/* Facts that rest on such a happening hold no longer (a step undone, a reopening, another level stated). */
void gate_forget(const struct policy *policy, struct ticket *ticket, const struct condition *what);

/* True, or the request was refused with gate_closed naming the condition that is missing. */
bool gate_allows(struct desk *desk, const struct request *request, const struct ticket *ticket,
                 const struct requirements *needs);

/* The first requirement of the gate that does not hold; NULL when it is open. */
const struct requirement *gate_missing(const struct desk *desk, const struct ticket *ticket,
                                       enum gate_action action);

/* True, or the request was refused with gate_closed naming the missing condition. */
bool gate_is_open(struct desk *desk, const struct request *request, const struct ticket *ticket,
                  enum gate_action action);

#endif
