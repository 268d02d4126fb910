/* How a ticket stood at an instant of the past: rebuilt from the daemon's journal. */
#ifndef DUBAN_CLIENT_EXPLAIN_PAST_H
#define DUBAN_CLIENT_EXPLAIN_PAST_H

#include "client/command.h"

/* Asks the command's method about `params` (with `ticket`, without `at`) as of `at`, in a rehearsal of that
   ticket's journal, and shows the answer. Takes `params`. */
enum exit_code explain_past(const struct invocation *invocation, json_t *params, msec at);

#endif
