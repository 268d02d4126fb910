/* Why somebody was not told. */
#ifndef DUBAN_LIB_EXPLAIN_WHY_H
#define DUBAN_LIB_EXPLAIN_WHY_H

#include "lib/explain.h"

/* [{clock|report, title?, state?, steps:[{step, number, reason, at?, file, line, …}], lines}]: each clock and
   report of the regime, each step of it, and what kept it from the person. */
json_t *explain_why_not(struct explaining *explaining, uint16_t person);

#endif
