/* Why a notice went out, and what became of it. */
#ifndef DUBAN_LIB_EXPLAIN_NOTICE_H
#define DUBAN_LIB_EXPLAIN_NOTICE_H

#include "lib/explain.h"

/* {notice, ticket, clock, step, state, reason, rule:{file, line, text}, told, course:[{at, state, detail}],
   verdicts, lines, …}. `notice` is what sql/statements/explain_notice.sql found; explaining->ticket may be
   NULL: then the list of rungs that was climbed is looked for in the whole ladder. */
json_t *explain_notice(struct explaining *explaining, const json_t *notice);

#endif
