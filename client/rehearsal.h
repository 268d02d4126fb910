/* A desk that lives in this program for one question: fed with events, then asked what a daemon would be. */
#ifndef DUBAN_CLIENT_REHEARSAL_H
#define DUBAN_CLIENT_REHEARSAL_H

#include "client/replay_judge.h"
#include "client/replay_memory.h"

struct rehearsal {
    struct replay_judge judge;
    struct replay_memory *memory;
};

/* EXIT_FINE, or a message was printed. Close it either way. */
enum exit_code rehearsal_open(const struct options *options, const char *regime, const char *people,
                              struct rehearsal *ret_rehearsal) __attribute__((warn_unused_result));
void rehearsal_close(struct rehearsal *rehearsal);

/* NULL, or what is wrong with the event. */
const char *rehearsal_take(struct rehearsal *rehearsal, json_t *event) __attribute__((warn_unused_result));

/* Lets time pass until `at` (NEVER: to the last event) and asks. The response, as of a socket. */
json_t *rehearsal_ask(struct rehearsal *rehearsal, msec at, const char *method, json_t *params)
    __attribute__((warn_unused_result));

#endif
