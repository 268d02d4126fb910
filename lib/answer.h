/* Tickets and clocks as JSON, as every answer shows them. */
#ifndef DUBAN_LIB_ANSWER_H
#define DUBAN_LIB_ANSWER_H

#include "lib/approval.h"
#include "lib/desk_parts.h"
#include <jansson.h>

json_t *answer_instant(const struct desk *desk, msec at); /* JSON null for NEVER */
json_t *answer_instant_in(const struct zone *zone, msec at);
json_t *answer_ticket_id(const struct ticket *ticket);
void answer_set_term(json_t *object, const char *name, const struct vocabulary *words, uint8_t index);
void answer_set_person(const struct desk *desk, json_t *object, const char *name, uint16_t person);

/* `supporting` [department], of a ticket that has some. */
void answer_set_supporting(const struct desk *desk, json_t *object, const struct ticket *ticket);

/* What the regime's acts came to: `steps` [{step, done}] of a class that has them, `signed` [signature] and
   `satisfaction` where there is one. */
void answer_set_acts(const struct desk *desk, json_t *object, const struct ticket *ticket);

/* `decisions` [{decision, title, word, says, line}], or [{decision, title, word: null, missing}] as long as a
   field is missing; of a class for which the regime decides something. */
void answer_set_decisions(const struct desk *desk, json_t *object, const struct ticket *ticket);

/* One request and what came of it: {approval, kind, clock?, cycle?, until?, department?, handler?, asked_by?,
   state}; all of a ticket's as `approvals`, when it has any. */
json_t *answer_approval(const struct desk *desk, const struct approval *approval);
void answer_set_approvals(const struct desk *desk, json_t *object, const struct ticket *ticket);

/* [{clock, kind, state, cycle, due_at, calendar, provisional, …}], those that wait for their start included.
 */
json_t *answer_clocks(const struct desk *desk, const struct ticket *ticket);

/* One line of a list: identity, class, urgency, stage, people, next deadline. */
/* [{reason, since}]: what the ticket waits for now. */
json_t *answer_pauses(const struct desk *desk, const struct ticket *ticket);

json_t *answer_summary(const struct desk *desk, const struct ticket *ticket);

/* {ticket, number, revision, stage, clocks}: what most writes answer. */
json_t *answer_changed(const struct desk *desk, const struct ticket *ticket);

#endif
