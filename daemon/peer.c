/*
 * From a socket's credentials to a role and a name.
 *
 * The loader of settings fills one table with the [role …] sections of duban.ini before the server accepts
 * anybody; the server asks it once per connection, at accept. The kernel vouches for the credentials
 * (SO_PEERCRED and SO_PEERGROUPS: what the process had when it connected), so nobody needs a password.
 *
 * Sections are tried in the order of the file and the first match wins, so that a file can be read from top
 * to bottom: somebody in two groups has the role that stands higher. That root and the daemon's own user are
 * admin stands below everything, so a file can also take that away.
 *
 * Invariant: after peer_table_add() nothing here asks the user database, which may live behind a network and
 * could hold up the loop for seconds at any accept. The price: a user who was made after the start is on
 * record as "uid:1000" until the daemon starts again, and a group's number is what it was then. Memberships
 * are not frozen: they come with the connection.
 */
#include "daemon/peer.h"

#include "lib/base/memory.h"
#include "lib/base/text.h"
#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define DATABASE_ENTRIES_MAX 65536 /* users to remember by name */
#define GROUPS_MAX           65536 /* the kernel's own limit (NGROUPS_MAX) */

struct rule {
    enum role role;
    bool is_group;
    uint32_t number;
};

struct user {
    uint32_t uid;
    char *name;
};

struct peer_table {
    struct rule *rules; /* as they were added */
    size_t rule_count, rule_capacity;
    struct user *users; /* first name of each uid wins */
    size_t user_count, user_capacity;
    uint32_t own_uid;
};

static const struct user *find_user(const struct peer_table *table, uint32_t uid)
{
    for (size_t index = 0; index < table->user_count; index++)
        if (table->users[index].uid == uid)
            return &table->users[index];
    return NULL;
}

static void add_user(struct peer_table *table, uint32_t uid, const char *name)
{
    table->users =
        memory_reserve(table->users, &table->user_capacity, table->user_count + 1, sizeof(*table->users));
    table->users[table->user_count++] = (struct user){uid, memory_text(name)};
}

static void read_database(struct peer_table *table)
{
    const struct passwd *entry;

    setpwent();
    while (table->user_count < DATABASE_ENTRIES_MAX && (entry = getpwent()))
        add_user(table, entry->pw_uid, entry->pw_name);
    endpwent();
}

struct peer_table *peer_table_create(void)
{
    struct peer_table *table = memory_new(1, sizeof(*table));

    table->own_uid = geteuid();
    read_database(table);
    return table;
}

void peer_table_destroy(struct peer_table *table)
{
    if (!table)
        return;
    for (size_t index = 0; index < table->user_count; index++)
        free(table->users[index].name);
    free(table->users);
    free(table->rules);
    free(table);
}

static bool read_number(const char *name, uint32_t *ret_number)
{
    char *end;

    if (*name < '0' || *name > '9')
        return false;
    errno = 0;
    unsigned long number = strtoul(name, &end, 10);

    if (errno || *end || number >= UINT32_MAX) /* the largest number means "nobody" to the kernel */
        return false;
    *ret_number = (uint32_t)number;
    return true;
}

static int resolve_user(struct peer_table *table, const char *name, uint32_t *ret_number)
{
    if (read_number(name, ret_number))
        return PEER_OK;
    errno = 0;
    const struct passwd *entry = getpwnam(name);

    /* Which errno means "no such name" depends on the database behind it (getpwnam(3)). */
    if (!entry)
        return errno == EIO || errno == EMFILE || errno == ENFILE || errno == ENOMEM ? -errno
                                                                                     : PEER_UNKNOWN_NAME;
    *ret_number = entry->pw_uid;
    if (!find_user(table, entry->pw_uid))
        add_user(table, entry->pw_uid, entry->pw_name);
    return PEER_OK;
}

/* Databases behind a network rarely let themselves be listed, but tell their groups' members. */
static void learn_members(struct peer_table *table, char **members)
{
    uint32_t ignored;

    for (; *members && table->user_count < DATABASE_ENTRIES_MAX; members++)
        if (resolve_user(table, *members, &ignored) < 0)
            return;
}

static int resolve_group(struct peer_table *table, const char *name, uint32_t *ret_number)
{
    if (read_number(name, ret_number))
        return PEER_OK;
    errno = 0;
    const struct group *entry = getgrnam(name);

    if (!entry)
        return errno == EIO || errno == EMFILE || errno == ENFILE || errno == ENOMEM ? -errno
                                                                                     : PEER_UNKNOWN_NAME;
    *ret_number = entry->gr_gid;
    learn_members(table, entry->gr_mem);
    return PEER_OK;
}

static char *trim(char *word)
{
    word += strspn(word, " \t");
    for (size_t length = strlen(word); length > 0 && strchr(" \t", word[length - 1]); length--)
        word[length - 1] = '\0';
    return word;
}

static char *complain(bool is_group, const char *name)
{
    struct text why;

    text_init(&why);
    text_printf(&why, "no such %s: %s", is_group ? "group" : "user", name);
    return text_take(&why);
}

static int add_list(struct peer_table *table, enum role role, bool is_group, const char *list, char **ret_why)
{
    char *copy = memory_text(list ? list : "");
    char *rest = copy, *word;
    int outcome = PEER_OK;

    while (outcome == PEER_OK && (word = strsep(&rest, ","))) {
        struct rule rule = {role, is_group, 0};

        word = trim(word);
        if (*word == '\0')
            continue;
        outcome =
            is_group ? resolve_group(table, word, &rule.number) : resolve_user(table, word, &rule.number);
        if (outcome == PEER_UNKNOWN_NAME)
            *ret_why = complain(is_group, word);
        if (outcome != PEER_OK)
            break;
        table->rules =
            memory_reserve(table->rules, &table->rule_capacity, table->rule_count + 1, sizeof(*table->rules));
        table->rules[table->rule_count++] = rule;
    }
    free(copy);
    return outcome;
}

int peer_table_add(struct peer_table *table, enum role role, const char *users, const char *groups,
                   char **ret_why)
{
    size_t before = table->rule_count;

    *ret_why = NULL;
    int outcome = add_list(table, role, false, users, ret_why);

    if (outcome == PEER_OK)
        outcome = add_list(table, role, true, groups, ret_why);
    if (outcome != PEER_OK)
        table->rule_count = before;
    return outcome;
}

static int read_groups(int fd, struct peer_credentials *credentials)
{
    size_t room = 32;

    for (;;) {
        credentials->groups = memory_resize(credentials->groups, room, sizeof(*credentials->groups));
        socklen_t bytes = (socklen_t)(room * sizeof(*credentials->groups));

        if (getsockopt(fd, SOL_SOCKET, SO_PEERGROUPS, credentials->groups, &bytes) == 0) {
            credentials->group_count = bytes / sizeof(*credentials->groups);
            return 0;
        }
        if (errno != ERANGE || room >= GROUPS_MAX)
            return -errno;
        room = bytes / sizeof(*credentials->groups) > room ? bytes / sizeof(*credentials->groups) : room * 2;
    }
}

int peer_credentials_read(int fd, struct peer_credentials *ret_credentials)
{
    struct ucred kept;
    socklen_t bytes = sizeof(kept);

    *ret_credentials = (struct peer_credentials){0};
    if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &kept, &bytes) < 0)
        return -errno;
    if (kept.uid == (uid_t)-1 || kept.gid == (gid_t)-1) /* not an AF_UNIX connection */
        return -ENOTCONN;
    ret_credentials->uid = kept.uid;
    ret_credentials->gid = kept.gid;
    int outcome = read_groups(fd, ret_credentials);

    if (outcome < 0)
        peer_credentials_finish(ret_credentials);
    return outcome;
}

void peer_credentials_finish(struct peer_credentials *credentials)
{
    if (!credentials)
        return;
    free(credentials->groups);
    *credentials = (struct peer_credentials){0};
}

static bool is_member(const struct peer_credentials *credentials, uint32_t gid)
{
    if (credentials->gid == gid)
        return true;
    for (size_t index = 0; index < credentials->group_count; index++)
        if (credentials->groups[index] == gid)
            return true;
    return false;
}

enum role peer_table_role(const struct peer_table *table, const struct peer_credentials *credentials)
{
    for (size_t index = 0; index < table->rule_count; index++) {
        const struct rule *rule = &table->rules[index];

        if (rule->is_group ? is_member(credentials, rule->number) : rule->number == credentials->uid)
            return rule->role;
    }
    return credentials->uid == 0 || credentials->uid == table->own_uid ? ROLE_ADMIN : ROLE_NONE;
}

char *peer_table_actor(const struct peer_table *table, uint32_t uid)
{
    const struct user *user = find_user(table, uid);
    struct text name;

    if (user)
        return memory_text(user->name);
    text_init(&name);
    text_printf(&name, "uid:%u", (unsigned)uid);
    return text_take(&name);
}
