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
};

/* The files a regime is read from; without `people` every role has a stand-in. */
struct offline_names {
    const char *regime, *people;
    const char *const *calendars;
    size_t calendar_count;
};

/* A directory of shipped files such as "pages": in the source tree this program was built in, else where it
   is installed. malloc'd. */
char *offline_directory(const char *name) __attribute__((returns_nonnull, warn_unused_result));

/* NULL, or what is wrong as "file:line: what (hint)" (malloc'd). Finish it either way. */
char *offline_read(const struct offline_names *names, struct offline *ret_offline)
    __attribute__((warn_unused_result));

/* Reads `regime`, `people` and the options' --calendar files. EXIT_BAD_INPUT: a message was printed. Finish
   it either way. */
enum exit_code offline_load(const char *regime, const char *people, const struct options *options,
                            struct offline *ret_offline) __attribute__((warn_unused_result));
void offline_finish(struct offline *offline);

#endif
