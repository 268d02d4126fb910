/* The timer wheel's strays: instants that lie too far off for a line, by id. For wheel.c only. */
#ifndef DUBAN_LIB_WHEEL_STRAY_H
#define DUBAN_LIB_WHEEL_STRAY_H

#include "lib/wheel_staged.h"

/* Zeroed: empty. */
struct wheel_strays {
    struct wheel_entry *places; /* owned; a free one is due NEVER */
    size_t count, room;         /* a power of two, at least twice the count */
};

void wheel_stray_finish(struct wheel_strays *strays);

/* An id that is no stray yet, and an instant other than NEVER. */
void wheel_stray_add(struct wheel_strays *strays, struct wheel_entry entry);

/* Both of an id that is a stray. */
void wheel_stray_remove(struct wheel_strays *strays, uint32_t id);
msec wheel_stray_due_at(const struct wheel_strays *strays, uint32_t id);

/* The earliest instant, NEVER when there is none. Looks at all. */
msec wheel_stray_first_at(const struct wheel_strays *strays);

size_t wheel_stray_bytes(const struct wheel_strays *strays);

#endif
