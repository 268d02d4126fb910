/* Who asked not to be written to beyond their own case: addresses, and since when. */
#ifndef DUBAN_LIB_OPTOUT_H
#define DUBAN_LIB_OPTOUT_H

#include "lib/base/msec.h"
#include <stdbool.h>
#include <stddef.h>

#define OPTOUT_ADDRESS_BYTES 254

struct optouts;

struct optouts *optouts_create(void);
void optouts_destroy(struct optouts *optouts);

/* Upper and lower case are one. False: it stands as it stood. */
bool optouts_add(struct optouts *optouts, const char *address, msec at);
bool optouts_remove(struct optouts *optouts, const char *address);

/* Since when; NEVER: they may be written to. */
msec optouts_since(const struct optouts *optouts, const char *address);

/* In the order of addresses. */
size_t optouts_count(const struct optouts *optouts);
const char *optouts_at(const struct optouts *optouts, size_t index, msec *ret_since_at);

#endif
