/* The regimes that worlds live under. */
#ifndef DUBAN_TESTS_EDITIONS_H
#define DUBAN_TESTS_EDITIONS_H

/* A file of etc/, until the next call: of $DUBAN_ETC, of the source tree when we stand in it, else of the
   tree this was compiled from. */
const char *editions_path(const char *name);

/* The shipped regime, but people are kept from being told at once: quiet hours, small budgets, a low
 * threshold.
 */
const char *editions_patient(void);

#endif
