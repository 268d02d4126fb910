/* Who is on the other end of a socket, and which role that gives. */
#ifndef DUBAN_DAEMON_PEER_H
#define DUBAN_DAEMON_PEER_H

#include "lib/access.h"
#include <stddef.h>

struct peer_table;

/* Empty: only root and the daemon's own user have a role, which is admin. Reads the user database once. */
struct peer_table *peer_table_create(void);
void peer_table_destroy(struct peer_table *table);

enum peer_outcome {
    PEER_OK,
    PEER_UNKNOWN_NAME, /* there is no such user or group */
};

/* One [role …] section: `users` and `groups` are lists separated by commas, of names or numbers; either may
   be NULL. Names are resolved now and never again. With PEER_UNKNOWN_NAME `ret_why` is a sentence (malloc'd)
   and nothing was added; a negative errno is the user database failing. */
int peer_table_add(struct peer_table *table, enum role role, const char *users, const char *groups,
                   char **ret_why) __attribute__((warn_unused_result));

/* Credentials as the kernel kept them when the peer connected. */
struct peer_credentials {
    uint32_t uid, gid;
    uint32_t *groups; /* supplementary; owned */
    size_t group_count;
};

int peer_credentials_read(int fd, struct peer_credentials *ret_credentials)
    __attribute__((warn_unused_result));
void peer_credentials_finish(struct peer_credentials *credentials);

/* The role of the first section that names the user or one of the groups, in the order they were added;
   without any, admin for root and the daemon's own user; else ROLE_NONE. */
enum role peer_table_role(const struct peer_table *table, const struct peer_credentials *credentials);

/* The name that goes on record: the user's name as it was when the table was made, else "uid:1000". malloc'd.
 */
char *peer_table_actor(const struct peer_table *table, uint32_t uid);

#endif
