/* The relay of a replay: it takes every mail, except for those people of whom an event says otherwise. */
#ifndef DUBAN_CLIENT_REPLAY_RELAY_H
#define DUBAN_CLIENT_REPLAY_RELAY_H

#include "lib/event.h"
#include "lib/notice_channel.h"
#include <jansson.h>

/* `relay` is an object of the engine's, empty at first: person -> answer. `params` are those of
   relay.answers. False: they can't be understood. */
bool replay_relay_answers(json_t *relay, const json_t *params);

/* What becomes of mail for `person` (NULL: nobody in particular) now. */
enum send_outcome replay_relay_outcome(const json_t *relay, const char *person, enum notice_channel channel);

#endif
