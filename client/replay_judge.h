/* A replay with the files its judge lives by: regime, calendars, templates, people, and what reloads read. */
#ifndef DUBAN_CLIENT_REPLAY_JUDGE_H
#define DUBAN_CLIENT_REPLAY_JUDGE_H

#include "client/offline.h"
#include "client/replay_engine.h"
#include "client/replay_reload.h"

struct replay_judge {
    struct offline offline;
    struct replay_files *files;
    struct replay *replay;
};

/* What a judge is made from. `people` NULL: stand-ins. */
struct replay_judge_names {
    const char *regime, *people;
    bool keeps_regime; /* a reload in the events names no other regime */
};

/* EXIT_FINE, or a message was printed. Close it either way. */
enum exit_code replay_judge_open(const struct options *options, const struct replay_judge_names *names,
                                 const struct replay_watcher *watcher, struct replay_judge *ret_judge)
    __attribute__((warn_unused_result));
void replay_judge_close(struct replay_judge *judge);

#endif
