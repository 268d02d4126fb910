/* The regimes that worlds live under. */
#ifndef DUBAN_TESTS_EDITION_H
#define DUBAN_TESTS_EDITION_H

#include "files/policy_files.h"
#include "tests/property/dialect.h"

/* What of it is changed by a reload: bits. */
enum variant { VARIANT_REGIME = 1, VARIANT_PEOPLE = 2, VARIANT_CALENDARS = 4, VARIANTS = 8 };

struct edition;

/* Seeds take turns. */
const struct edition *edition_of(uint64_t seed);

const char *edition_name(const struct edition *edition);
const struct dialect *edition_dialect(const struct edition *edition);
msec edition_begins_at(const struct edition *edition);  /* when its histories begin */
bool edition_is_patient(const struct edition *edition); /* quiet hours and budgets, of the shipped regime */
bool edition_reloads(const struct edition *edition);    /* it has variants */

/* Read and compiled; whatever is wrong ends the test. */
void edition_load(const struct edition *edition, unsigned variant, struct policy_files **ret_files,
                  struct policy **ret_policy, struct roster **ret_roster);

#endif
