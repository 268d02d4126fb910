/* A regime as data: for programs that draw it, count it, or ask for its words. */
#ifndef DUBAN_LIB_POLICY_DESCRIBE_H
#define DUBAN_LIB_POLICY_DESCRIBE_H

#include "lib/policy.h"
#include <jansson.h>

/* {regime, title, file, path, digest, language, zone, calendar, words:{classes:[{name, zh, en}], …}, routes,
   clocks:[…], ladders:[…], reports:[…]}: everything with its line of the file. */
json_t *policy_describe(const struct policy *policy);

/* The names of those words whose bits are set, in the order of the regime. */
json_t *policy_describe_names(const struct vocabulary *words, uint32_t bits);

#endif
