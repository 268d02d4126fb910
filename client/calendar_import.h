/* `dubanctl calendar import`: calendars from elsewhere become a calendar file of ours. */
#ifndef DUBAN_CLIENT_CALENDAR_IMPORT_H
#define DUBAN_CLIENT_CALENDAR_IMPORT_H

#include "client/command.h"

enum exit_code calendar_import_run(const struct invocation *invocation);

#endif
