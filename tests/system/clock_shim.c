/*
 * Another wall clock for a program under test: LD_PRELOAD, with $DUBAN_TEST_CLOCK naming a file that holds by
 * how many milliseconds the wall clock is off. The file is read anew each time, so that a test can set the
 * clock while the program runs; the monotonic clock goes on. Used by test_clock.py.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
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

int clock_gettime(clockid_t which, struct timespec *ret_at)
{
    long outcome = syscall(SYS_clock_gettime, which, ret_at);

    if (outcome != 0 || which != CLOCK_REALTIME)
        return (int)outcome;
    long long ms = (long long)ret_at->tv_sec * 1000 + ret_at->tv_nsec / 1000000 + offset_ms();

    ret_at->tv_sec = (time_t)(ms / 1000);
    ret_at->tv_nsec = (long)(ms % 1000 * 1000000 + ret_at->tv_nsec % 1000000);
    return 0;
}
