/* What a ticket's clocks become when something that they rest on has changed. */
#ifndef DUBAN_LIB_JUDGE_AGAIN_H
#define DUBAN_LIB_JUDGE_AGAIN_H

#include "lib/judge.h"

/* The clocks that apply to the ticket as it is now, bits of rules. */
uint32_t judge_applicable(const struct desk *desk, const struct ticket *ticket);

/* It has changed at `at`; before, the clocks `applicable` applied. Those that apply no longer end, those that
   did not apply begin if what starts them has happened, and those that rest on a field are counted anew. */
void judge_follow(struct desk *desk, struct ticket *ticket, msec at, uint32_t applicable);

#endif
