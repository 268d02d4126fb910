/* The clock: the only hand that reads the time. Everything else is told. */
#ifndef DUBAN_DAEMON_CLOCK_H
#define DUBAN_DAEMON_CLOCK_H

#include "lib/base/msec.h"
#include <event2/event.h>
#include <stdint.h>

/* UTC milliseconds, precise (never the coarse clock). */
msec clock_wall(void);

/* Time since some fixed moment that nobody can step: for timeouts and measuring. */
int64_t clock_monotonic_ms(void);
int64_t clock_monotonic_us(void);

/* Calls back when somebody sets the wall clock. */
struct clock_watch;
typedef void clock_callback(void *context);

int clock_watch_create(struct event_base *base, clock_callback *callback, void *context,
                       struct clock_watch **ret_watch) __attribute__((warn_unused_result));
void clock_watch_destroy(struct clock_watch *watch);

#endif
