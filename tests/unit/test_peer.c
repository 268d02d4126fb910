/*
 * daemon/peer.c: which role and which name a user gets. The tables are asked with made-up credentials; one
 * test asks the kernel about a socket of our own.
 */
#include "daemon/peer.h"

#include <grp.h>
#include <pwd.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#define STRANGER 54321

static enum role role_of(const struct peer_table *table, uint32_t uid, uint32_t gid, uint32_t extra)
{
    struct peer_credentials credentials = {.uid = uid, .gid = gid, .groups = &extra, .group_count = 1};

    return peer_table_role(table, &credentials);
}

static void add(struct peer_table *table, enum role role, const char *users, const char *groups)
{
    char *why;

    assert_int_equal(peer_table_add(table, role, users, groups, &why), PEER_OK);
    assert_null(why);
}

static void test_an_empty_table(void **state)
{
    struct peer_table *table = peer_table_create();

    (void)state;
    assert_int_equal(role_of(table, 0, STRANGER, STRANGER), ROLE_ADMIN);
    assert_int_equal(role_of(table, geteuid(), STRANGER, STRANGER), ROLE_ADMIN);
    assert_int_equal(role_of(table, STRANGER, 0, 0), ROLE_NONE); /* root's group is not root */
    peer_table_destroy(table);
    peer_table_destroy(NULL);
}

static void test_users_and_groups(void **state)
{
    struct peer_table *table = peer_table_create();

    (void)state;
    add(table, ROLE_INTAKE, "3001, 3002 ,,\t3003", NULL);
    add(table, ROLE_HANDLER, "", "4001,4002");
    assert_int_equal(role_of(table, 3001, 1, 1), ROLE_INTAKE);
    assert_int_equal(role_of(table, 3002, 1, 1), ROLE_INTAKE);
    assert_int_equal(role_of(table, 3003, 1, 1), ROLE_INTAKE);
    assert_int_equal(role_of(table, 3004, 1, 1), ROLE_NONE);
    assert_int_equal(role_of(table, 5000, 4001, 1), ROLE_HANDLER);
    assert_int_equal(role_of(table, 5000, 1, 4002), ROLE_HANDLER);
    assert_int_equal(role_of(table, 4001, 1, 3001), ROLE_NONE); /* users are not groups */
    peer_table_destroy(table);
}

static void test_the_highest_section_wins(void **state)
{
    struct peer_table *table = peer_table_create();

    (void)state;
    add(table, ROLE_AUDITOR, NULL, "4001");
    add(table, ROLE_ADMIN, "3001", NULL);
    add(table, ROLE_HANDLER, "3001,0", "4002");
    assert_int_equal(role_of(table, 3001, 4001, 4002), ROLE_AUDITOR);
    assert_int_equal(role_of(table, 3001, 4002, 1), ROLE_ADMIN);
    assert_int_equal(role_of(table, 0, 1, 1),
                     ROLE_HANDLER); /* a section stands above what goes without saying */
    peer_table_destroy(table);
}

static void test_unknown_names_add_nothing(void **state)
{
    struct peer_table *table = peer_table_create();
    char *why;

    (void)state;
    assert_int_equal(peer_table_add(table, ROLE_INTAKE, "3001,no-such-user-here", NULL, &why),
                     PEER_UNKNOWN_NAME);
    assert_string_equal(why, "no such user: no-such-user-here");
    free(why);
    assert_int_equal(peer_table_add(table, ROLE_INTAKE, "3001", "no-such-group", &why), PEER_UNKNOWN_NAME);
    assert_string_equal(why, "no such group: no-such-group");
    free(why);
    assert_int_equal(peer_table_add(table, ROLE_INTAKE, "4294967295", NULL, &why), PEER_UNKNOWN_NAME);
    free(why);
    assert_int_equal(peer_table_add(table, ROLE_INTAKE, "12x", NULL, &why), PEER_UNKNOWN_NAME);
    free(why);
    assert_int_equal(role_of(table, 3001, 1, 1), ROLE_NONE);
    peer_table_destroy(table);
}

static void test_names_of_the_user_database(void **state)
{
    struct peer_table *table = peer_table_create();
    const struct passwd *user = getpwnam("daemon");
    const struct group *group = getgrnam("daemon");

    (void)state;
    if (!user || !group)
        skip();
    uint32_t uid = user->pw_uid, gid = group->gr_gid;

    add(table, ROLE_LEADERSHIP, "daemon", NULL);
    add(table, ROLE_GATEWAY, NULL, "daemon");
    assert_int_equal(role_of(table, uid, 1, 1), ROLE_LEADERSHIP);
    assert_int_equal(role_of(table, STRANGER, STRANGER, gid), ROLE_GATEWAY);
    char *name = peer_table_actor(table, uid);

    assert_string_equal(name, "daemon");
    free(name);
    name = peer_table_actor(table, STRANGER);
    assert_string_equal(name, "uid:54321");
    free(name);
    peer_table_destroy(table);
}

static void test_credentials_of_a_socket(void **state)
{
    struct peer_credentials credentials;
    int fds[2];
    gid_t groups[1024];
    int count = getgroups(1024, groups);

    (void)state;
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
    assert_int_equal(peer_credentials_read(fds[0], &credentials), 0);
    assert_int_equal(credentials.uid, geteuid());
    assert_int_equal(credentials.gid, getegid());
    assert_int_equal(credentials.group_count, count);
    for (int index = 0; index < count; index++)
        assert_int_equal(credentials.groups[index], groups[index]);
    peer_credentials_finish(&credentials);
    close(fds[0]);
    close(fds[1]);
    assert_true(peer_credentials_read(fds[0], &credentials) < 0);
}

/* More groups than the first guess has room for; only root may ask for them. */
static void test_many_groups(void **state)
{
    struct peer_credentials credentials;
    gid_t before[1024], many[500];
    int count = getgroups(1024, before), fds[2];

    (void)state;
    for (unsigned index = 0; index < 500; index++)
        many[index] = 10000 + index;
    if (count < 0 || setgroups(500, many) < 0)
        skip();
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
    assert_int_equal(setgroups((size_t)count, before), 0);
    assert_int_equal(peer_credentials_read(fds[0], &credentials), 0);
    assert_int_equal(credentials.group_count, 500);
    assert_int_equal(credentials.groups[499], 10499);
    peer_credentials_finish(&credentials);
    close(fds[0]);
    close(fds[1]);
}

static void test_no_credentials_over_a_network(void **state)
{
    struct peer_credentials credentials;
    int fd = socket(AF_INET, SOCK_STREAM, 0);

    (void)state;
    if (fd < 0)
        skip();
    assert_true(peer_credentials_read(fd, &credentials) < 0);
    close(fd);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_an_empty_table),
        cmocka_unit_test(test_users_and_groups),
        cmocka_unit_test(test_the_highest_section_wins),
        cmocka_unit_test(test_unknown_names_add_nothing),
        cmocka_unit_test(test_names_of_the_user_database),
        cmocka_unit_test(test_credentials_of_a_socket),
        cmocka_unit_test(test_many_groups),
        cmocka_unit_test(test_no_credentials_over_a_network),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
