/* The timer wheel: one instant per dense ticket index, given back in exact order when it has come. */
#ifndef DUBAN_LIB_WHEEL_H
#define DUBAN_LIB_WHEEL_H

#include "lib/base/msec.h"

#include <stddef.h>
#include <stdint.h>

struct wheel;

/* `now` only chooses the compact range: from 4 years before it to 30 years after it. A timer outside of that
 * range is kept just as exactly, but costs up to 48 bytes more. */
struct wheel *wheel_create(msec now) __attribute__((returns_nonnull, warn_unused_result));
void wheel_destroy(struct wheel *wheel); /* NULL is fine */

/* Sets or moves the timer of `id`. An instant of the past is due at once; NEVER cancels. Memory grows with
 * the greatest id ever set, so ids must be dense. */
void wheel_set(struct wheel *wheel, uint32_t id, msec due_at);
void wheel_cancel(struct wheel *wheel, uint32_t id); /* no timer: no effect */

/* Removes up to `room` timers with due_at <= now and writes their ids to `ret_ids`, ordered by (due_at, id).
 * Returns how many; fewer than `room` means that nothing more is due. Between two calls any timer may be set,
 * to any instant: each call starts with the earliest there is. A `now` before that of the last call is fine.
 */
size_t wheel_advance(struct wheel *wheel, msec now, uint32_t *ret_ids, size_t room)
    __attribute__((warn_unused_result));

/* The earliest due_at to the millisecond, NEVER when empty. Not const: it may bring timers nearer to hand. */
msec wheel_next(struct wheel *wheel);

msec wheel_due_at(const struct wheel *wheel, uint32_t id); /* NEVER when `id` has no timer */
size_t wheel_count(const struct wheel *wheel);             /* timers set */
size_t wheel_bytes(const struct wheel *wheel);             /* memory held, all of it */

#endif
