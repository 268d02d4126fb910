/* A regime without a daemon: read from files, with all it names, for replay and for checking. */
#ifndef DUBAN_CLIENT_OFFLINE_H
#define DUBAN_CLIENT_OFFLINE_H

#include "client/command.h"
#include "files/policy_files.h"

struct offline {
    struct zone_files *zones;
    struct policy_files *files;
    struct policy *policy; /* borrows from the two above; whoever takes it sets NULL */
    struct roster *roster;
    char *calendars, *templates;
    const char **calendar_files;
};

/* Reads `regime`, the options' --calendar files and --people. EXIT_BAD_INPUT: a message was printed. Finish
   it either way. */
enum exit_code offline_load(const char *regime, const struct options *options, struct offline *ret_offline)
    __attribute__((warn_unused_result));
void offline_finish(struct offline *offline);

#endif
