/* Who is not told how satisfied the customer is: [satisfaction answers] hidden from. */
#ifndef DUBAN_LIB_CONCEAL_H
#define DUBAN_LIB_CONCEAL_H

#include "lib/access.h"
#include "lib/desk.h"
#include <jansson.h>

/* Is it hidden from this peer: from every role that they have, by the connection and by the people file? */
bool conceal_applies(const struct desk *desk, const struct peer *peer);

/* Takes levels, notes about them, and clocks that only a level starts or ends, out of an answer. False: the
   answer as a whole is about such a clock. */
bool conceal_answer(const struct policy *policy, json_t *answer);

/* Does a row of the journal tell of a level? `body` is its JSON text, or NULL. */
bool conceal_hides_row(const struct policy *policy, const char *type, const char *body);

#endif
