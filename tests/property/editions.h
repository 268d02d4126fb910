/* The regimes that worlds live under. */
#ifndef DUBAN_TESTS_EDITIONS_H
#define DUBAN_TESTS_EDITIONS_H

#include <stdint.h>

/* A file of etc/, until the next call: of $DUBAN_ETC, of the source tree when we stand in it, else of the
   tree this was compiled from. */
const char *editions_path(const char *name);

/* The shipped regime, and how it may be changed: people are kept from being told at once (quiet hours, small
   budgets, a low threshold); tickets wait (stages, pauses); registers are kept and schedules run over them.
   An edition is any combination. */
enum { EDITION_PATIENT = 1, EDITION_PAUSING = 2, EDITION_SCHEDULED = 4, EDITION_COUNT = 8 };

const char *editions_regime(uint64_t edition); /* its file, until the program ends; higher bits are ignored */

#endif
