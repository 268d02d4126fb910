/* What schedules will do by a regime and files of records, without a daemon. */
#ifndef DUBAN_CLIENT_SCHEDULE_AHEAD_H
#define DUBAN_CLIENT_SCHEDULE_AHEAD_H

#include "client/command.h"

/* The answer of schedule.next under --regime, with the records of the --register files; EXIT_FINE, or a
   message was printed. */
enum exit_code schedule_ahead(const struct invocation *invocation, json_t **ret_result)
    __attribute__((warn_unused_result));

#endif
