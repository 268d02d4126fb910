/*
 * daemon/listener.c: whose socket file it is. What is removed, what is left alone, and who gets in.
 */
#include "daemon/listener.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

struct place {
    char directory[64], path[96], lock[112];
};

static int make_place(void **state)
{
    struct place *place = calloc(1, sizeof(*place));

    strcpy(place->directory, "/tmp/duban-listener-XXXXXX");
    if (!mkdtemp(place->directory))
        return -1;
    snprintf(place->path, sizeof(place->path), "%s/socket", place->directory);
    snprintf(place->lock, sizeof(place->lock), "%s.lock", place->path);
    *state = place;
    return 0;
}

static int remove_place(void **state)
{
    struct place *place = *state;

    unlink(place->path);
    unlink(place->lock);
    rmdir(place->directory);
    free(place);
    return 0;
}

static int bind_at(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);

    strcpy(address.sun_path, path);
    assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
    return fd;
}

static void test_a_file_of_its_own(void **state)
{
    const struct place *place = *state;
    struct listener listener;
    struct stat status;
    char group[16];

    snprintf(group, sizeof(group), "%u", (unsigned)getegid());
    mode_t before = umask(0);

    assert_int_equal(listener_open(place->path, group, -1, &listener), LISTENER_OK);
    umask(before);
    assert_int_equal(lstat(place->path, &status), 0);
    assert_true(S_ISSOCK(status.st_mode));
    assert_int_equal(status.st_mode & 07777, 0660);
    assert_int_equal(status.st_gid, getegid());
    assert_true(fcntl(listener.fd, F_GETFL) & O_NONBLOCK);
    assert_true(fcntl(listener.fd, F_GETFD) & FD_CLOEXEC);
    listener_close(&listener);
    assert_int_equal(lstat(place->path, &status), -1);
    listener_close(&listener);
}

static void test_a_stale_file_is_removed(void **state)
{
    const struct place *place = *state;
    struct listener listener;

    close(bind_at(place->path));
    assert_int_equal(access(place->path, F_OK), 0);
    assert_int_equal(listener_open(place->path, NULL, -1, &listener), LISTENER_OK);
    listener_close(&listener);
}

static void test_a_living_daemon_is_left_alone(void **state)
{
    const struct place *place = *state;
    struct listener listener, second;
    int fd = bind_at(place->path);

    assert_int_equal(listen(fd, 0), 0); /* one that knows nothing of our lock */
    assert_int_equal(listener_open(place->path, NULL, -1, &listener), LISTENER_IN_USE);
    assert_int_equal(listener_open(place->path, NULL, -1, &listener),
                     LISTENER_IN_USE); /* its queue is full */
    assert_int_equal(access(place->path, F_OK), 0);
    close(fd);
    assert_int_equal(listener_open(place->path, NULL, -1, &listener), LISTENER_OK);
    assert_int_equal(listener_open(place->path, NULL, -1, &second), LISTENER_IN_USE);
    listener_close(&second);
    assert_int_equal(access(place->path, F_OK), 0);
    listener_close(&listener);
}

static void test_other_files_are_left_alone(void **state)
{
    const struct place *place = *state;
    struct listener listener;

    close(open(place->path, O_CREAT | O_WRONLY, 0600));
    assert_int_equal(listener_open(place->path, NULL, -1, &listener), LISTENER_NOT_A_SOCKET);
    assert_int_equal(access(place->path, F_OK), 0);
    unlink(place->path);
    assert_int_equal(symlink("/nowhere", place->path), 0);
    assert_int_equal(listener_open(place->path, NULL, -1, &listener), LISTENER_NOT_A_SOCKET);
    unlink(place->path);
    unlink(place->lock);
    assert_int_equal(symlink(place->path, place->lock), 0);
    assert_int_equal(listener_open(place->path, NULL, -1, &listener), -ELOOP);
}

static void test_a_successors_file_is_not_removed(void **state)
{
    const struct place *place = *state;
    struct listener listener;

    assert_int_equal(listener_open(place->path, NULL, -1, &listener), LISTENER_OK);
    unlink(place->path);
    int fd = bind_at(place->path);

    listener_close(&listener);
    assert_int_equal(access(place->path, F_OK), 0);
    close(fd);
}

static void test_what_can_not_be(void **state)
{
    const struct place *place = *state;
    struct listener listener;
    char longest[300];

    memset(longest, 'a', sizeof(longest) - 1);
    longest[sizeof(longest) - 1] = '\0';
    assert_int_equal(listener_open(longest, NULL, -1, &listener), -ENAMETOOLONG);
    assert_int_equal(listener_open("/nowhere/at/all", NULL, -1, &listener), -ENOENT);
    assert_int_equal(listener_open(place->path, "no-such-group", -1, &listener), LISTENER_NO_SUCH_GROUP);
    assert_int_equal(access(place->path, F_OK), -1);
    assert_int_equal(listener.fd, -1);
}

static void test_a_socket_handed_over(void **state)
{
    const struct place *place = *state;
    struct listener listener;
    int fd = bind_at(place->path), pair[2], plain = open("/dev/null", O_RDONLY);

    assert_int_equal(listener_open(NULL, NULL, fd, &listener), LISTENER_NOT_A_SOCKET); /* doesn't listen */
    assert_int_equal(listen(fd, 5), 0);
    assert_int_equal(listener_open(NULL, NULL, fd, &listener), LISTENER_OK);
    assert_true(fcntl(fd, F_GETFL) & O_NONBLOCK);
    listener_close(&listener);
    assert_int_equal(access(place->path, F_OK), 0); /* the file is the service manager's */
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
    assert_int_equal(listener_open(NULL, NULL, pair[0], &listener), LISTENER_NOT_A_SOCKET);
    assert_int_equal(listener_open(NULL, NULL, plain, &listener), LISTENER_NOT_A_SOCKET);
    close(pair[0]);
    close(pair[1]);
    close(plain);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make_place, remove_place)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_a_file_of_its_own),
        TEST(test_a_stale_file_is_removed),
        TEST(test_a_living_daemon_is_left_alone),
        TEST(test_other_files_are_left_alone),
        TEST(test_a_successors_file_is_not_removed),
        TEST(test_what_can_not_be),
        TEST(test_a_socket_handed_over),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
