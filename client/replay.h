/* dubanctl replay: a file of events through the judge, on a virtual clock, without daemon and database. */
#ifndef DUBAN_CLIENT_REPLAY_H
#define DUBAN_CLIENT_REPLAY_H

#include "client/command.h"

enum exit_code replay_run(const struct invocation *invocation);

#endif
