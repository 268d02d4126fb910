/* `dubanctl calendar show`: a calendar, month by month, for a person to check. */
#ifndef DUBAN_CLIENT_CALENDAR_SHOW_H
#define DUBAN_CLIENT_CALENDAR_SHOW_H

#include "client/command.h"

enum exit_code calendar_show_run(const struct invocation *invocation);

#endif
