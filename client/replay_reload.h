/* The files of a replay's reloads: which are named in the events, and what they were read into. */
#ifndef DUBAN_CLIENT_REPLAY_RELOAD_H
#define DUBAN_CLIENT_REPLAY_RELOAD_H

#include "client/command.h"
#include "lib/policy.h"
#include "lib/roster.h"
#include <jansson.h>

struct replay_files;

/* Begins with these files and the calendars that the command line names. */
struct replay_files *replay_files_create(const struct options *options, const char *regime,
                                         const char *people);

/* After the replay: its policies borrow what stands here. */
void replay_files_destroy(struct replay_files *files);

/* The two halves of a replay_loader: `params` may name regime, people and calendars; what it does not name
   stays as it was when something was last kept. */
char *replay_files_load(void *context, const json_t *params, struct policy **ret_policy,
                        struct roster **ret_roster);
void replay_files_keep(void *context);

#endif
