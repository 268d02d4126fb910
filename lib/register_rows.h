/* Registers on their way to the database and back, into another regime, and into the desk's fingerprint. */
#ifndef DUBAN_LIB_REGISTER_ROWS_H
#define DUBAN_LIB_REGISTER_ROWS_H

#include "lib/base/hash.h"
#include "lib/desk_parts.h"

void register_settle(struct desk *desk, struct effects *out); /* one row for each record that changed */

/* Another regime and other people: why they don't fit what is entered (malloc'd), NULL when they do; and the
   records in the other regime's terms, while the desk still has the old one. */
char *register_misfit(const struct desk *desk, const struct policy *policy, struct roster *roster);
void register_rename(struct desk *desk, const struct policy *policy);

void register_fingerprint(const struct desk *desk, struct fingerprint *print);

#endif
