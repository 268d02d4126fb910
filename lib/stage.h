/* Stages: the state machine of a ticket's class, and what a new stage does to the clocks. */
#ifndef DUBAN_LIB_STAGE_H
#define DUBAN_LIB_STAGE_H

#include "lib/judge.h"
#include "lib/request.h"

/* The stage that an action leads this ticket to: by [stage on], if its class has that stage. Its own when it
   stays. */
uint8_t stage_after(const struct desk *desk, const struct ticket *ticket, enum stage_on action);

bool stage_is_of_class(const struct desk *desk, uint8_t class_index, uint8_t stage);

/* May a ticket of `class_index` in stage `from` go on to `to`? NULL: yes (and staying is always possible).
   Else why not and what would be possible, in the step's arena. */
const char *stage_why_not(struct desk *desk, uint8_t class_index, uint8_t from, uint8_t to);

/* Does everything hold that `stage` needs? Staying needs nothing. False: it was refused. */
bool stage_is_open(struct desk *desk, const struct request *request, const struct ticket *ticket,
                   uint8_t stage);

/* May the ticket go where an action leads to, and does everything hold? False: it was refused. */
bool stage_allows(struct desk *desk, const struct request *request, const struct ticket *ticket,
                  enum stage_on action);

/* Something happens that takes the ticket to `stage`, both in one instant: the stage is entered, with the
   pauses that brings and ends, and the clocks are judged. `occurrence` says when and by whom; of kind
   HAPPENING_STAGE it is the move itself and nothing besides. */
void stage_happen(struct desk *desk, const struct request *request, struct ticket *ticket,
                  const struct occurrence *occurrence, uint8_t stage);

#endif
