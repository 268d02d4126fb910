/* dubanctl replay --policy B --against A: what would have been different. */
#ifndef DUBAN_CLIENT_REPLAY_WHATIF_H
#define DUBAN_CLIENT_REPLAY_WHATIF_H

#include "client/command.h"

/* `until_at` NEVER: the last event ends it. */
enum exit_code replay_whatif(const struct invocation *invocation, msec until_at);

#endif
