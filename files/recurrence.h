/* Recurrence rules of RFC 5545, read and carried out by libical, in the judge's terms. */
#ifndef DUBAN_FILES_RECURRENCE_H
#define DUBAN_FILES_RECURRENCE_H

#include "lib/recurrence.h"

#define RECURRENCE_BYTES 150 /* longest rule */

struct recurrences;

struct recurrences *recurrences_create(void);
void recurrences_destroy(struct recurrences *recurrences); /* after every policy that borrowed a rule */

/* The rule that the text says; borrowed. NULL: it is not understood, and `*ret_error` is a sentence about it
   that is valid until the next call. */
const struct recurrence *recurrences_find(struct recurrences *recurrences, const char *rule,
                                          const char **ret_error);

#endif
