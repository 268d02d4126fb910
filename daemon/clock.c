/*
 * The clock: reading it, and noticing that somebody set it.
 *
 * The only file of the project that names a clock call (a rule that tests check), so that everything else is
 * told the time and can be told another one. The precise clocks are read, not the coarse ones: a coarse read
 * may lie 4 ms in the past, and a deadline must never be judged early.
 *
 * A step of the wall clock is an event of its own (a forward jump makes everything due at once). The kernel
 * tells it through a timer that is cancelled when the clock is set: the timer lies too far away to ever
 * expire, a read that fails with ECANCELED is the message. How far it was set the loop finds out by comparing
 * wall and monotonic time in every turn; that alone would notice a step only when something else wakes it.
 */
#include "daemon/clock.h"

#include "lib/base/memory.h"
#include <errno.h>
#include <stdlib.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

struct clock_watch {
    int timer;
    struct event *event;
    clock_callback *callback;
    void *context;
};

static int64_t read_us(clockid_t which)
{
    struct timespec at;

    if (clock_gettime(which, &at) < 0)
        abort();
    return (int64_t)at.tv_sec * 1000000 + at.tv_nsec / 1000;
}

msec clock_wall(void)
{
    return read_us(CLOCK_REALTIME) / 1000;
}

int64_t clock_monotonic_ms(void)
{
    return read_us(CLOCK_MONOTONIC) / 1000;
}

int64_t clock_monotonic_us(void)
{
    return read_us(CLOCK_MONOTONIC);
}

static int arm(int timer)
{
    const struct itimerspec far_away = {.it_value = {.tv_sec = (time_t)INT32_MAX * 4}};

    return timerfd_settime(timer, TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET, &far_away, NULL) < 0 ? -errno
                                                                                                    : 0;
}

static void on_readable(evutil_socket_t timer, short what, void *context)
{
    struct clock_watch *watch = context;
    uint64_t expirations;

    (void)what;
    if (read(timer, &expirations, sizeof(expirations)) >= 0 || errno != ECANCELED)
        return;
    watch->callback(watch->context);
    if (arm(timer) < 0)
        event_del(watch->event);
}

int clock_watch_create(struct event_base *base, clock_callback *callback, void *context,
                       struct clock_watch **ret_watch)
{
    int timer = timerfd_create(CLOCK_REALTIME, TFD_NONBLOCK | TFD_CLOEXEC);

    if (timer < 0)
        return -errno;
    int outcome = arm(timer);

    if (outcome < 0) {
        close(timer);
        return outcome;
    }
    struct clock_watch *watch = memory_new(1, sizeof(*watch));

    *watch = (struct clock_watch){.timer = timer, .callback = callback, .context = context};
    watch->event = event_new(base, timer, EV_READ | EV_PERSIST, on_readable, watch);
    if (!watch->event || event_add(watch->event, NULL) < 0) {
        clock_watch_destroy(watch);
        return -ENOMEM;
    }
    *ret_watch = watch;
    return 0;
}

void clock_watch_destroy(struct clock_watch *watch)
{
    if (!watch)
        return;
    if (watch->event)
        event_free(watch->event);
    close(watch->timer);
    free(watch);
}
