/* What letters tell of a ticket besides its columns: the stages it went through, and its declared fields. */
#ifndef DUBAN_LIB_STORY_H
#define DUBAN_LIB_STORY_H

#include "lib/desk_parts.h"
#include <jansson.h>

#define STORY_STAGES_MAX 40 /* the last so many are told */

/* The ticket has come to the stage that it is in. Kept when letters about its class name {stages}. */
void story_enter(const struct desk *desk, struct ticket *ticket, msec at);

/* As it came back from its row; "" or NULL: nothing is kept. */
void story_restore(struct ticket *ticket, const char *text);

/* A line for each stage, in the order in which they were entered: when, and the time used until the next one
   or, in the last, until now, also of a ticket that is solved: its stage lasts on. NULL: nothing is known. */
const char *story_stages(const struct desk *desk, const struct ticket *ticket, msec now,
                         enum language language, struct arena *arena);

/* A fact for each field that letters name, in the words of the language. */
size_t story_facts(const struct desk *desk, const struct ticket *ticket, enum language language,
                   struct arena *arena, struct notice_fact **ret_facts);

#endif
