/*
 * Another clock for a program under test: LD_PRELOAD, with $DUBAN_TEST_CLOCK naming a file that holds by how
 * many milliseconds the wall clock is off. The file is read anew each time, so that a test can set the clock
 * while the program runs. The monotonic clock goes on: the clock was set (test_clock.py).
 *
 * With $DUBAN_TEST_CLOCK_PASSES the monotonic clock goes along, from where the program began: time passed
 * (virtual.py). Then there are no timerfds, which would count the true time; the event loop does without.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

static long long offset_ms(void)
{
    const char *name = getenv("DUBAN_TEST_CLOCK");
    FILE *file = name ? fopen(name, "re") : NULL;
    long long offset = 0;

    if (file && fscanf(file, "%lld", &offset) != 1)
        offset = 0;
    if (file)
        fclose(file);
    return offset;
}

static bool passes(void)
{
    return getenv("DUBAN_TEST_CLOCK_PASSES") != NULL;
}

/* How far time was moved since the program began. */
static long long passed_ms(void)
{
    static long long begin_ms;
    static bool has_begun;
    long long now_ms = offset_ms();

    if (!has_begun)
        begin_ms = now_ms;
    has_begun = true;
    return now_ms - begin_ms;
}

static void add_ms(struct timespec *at, long long shift_ms)
{
    long long ms = (long long)at->tv_sec * 1000 + at->tv_nsec / 1000000 + shift_ms;

    at->tv_nsec = (long)(ms % 1000 * 1000000 + at->tv_nsec % 1000000);
    at->tv_sec = (time_t)(ms / 1000);
}

int clock_gettime(clockid_t which, struct timespec *ret_at)
{
    long outcome = syscall(SYS_clock_gettime, which, ret_at);

    if (outcome != 0)
        return (int)outcome;
    if (which == CLOCK_REALTIME)
        add_ms(ret_at, offset_ms());
    else if (which == CLOCK_MONOTONIC && passes())
        add_ms(ret_at, passed_ms());
    return 0;
}

int timerfd_create(int which, int flags)
{
    if (!passes())
        return (int)syscall(SYS_timerfd_create, which, flags);
    errno = ENOSYS;
    return -1;
}
