/*
 * Timers decades away from the wheel's birth: an open hash by id.
 *
 * Called by wheel.c for the few instants that four bytes of steps can't hold (a contract of fifty years, a
 * date mistyped by a century). They are as exact as the others but cost a search, and finding the first one
 * looks at all of them: they are rare, and it happens only when nothing nearer is left.
 *
 * Invariant: half of the places at least are free, and no search for an id stops at a gap before its place.
 */
#include "lib/wheel_stray.h"

#include "lib/base/hash.h"
#include "lib/base/memory.h"
#include <stdlib.h>

#define LEAST_ROOM 16

void wheel_stray_finish(struct wheel_strays *strays)
{
    free(strays->places);
}

/* Where an id is, or would be put. */
static size_t place_of(const struct wheel_strays *strays, uint32_t id)
{
    size_t mask = strays->room - 1, at = hash_number(id) & mask;

    while (strays->places[at].due_at != NEVER && strays->places[at].id != id)
        at = (at + 1) & mask;
    return at;
}

static void grow(struct wheel_strays *strays)
{
    struct wheel_entry *old = strays->places;
    size_t old_room = strays->room;

    strays->room = old_room ? 2 * old_room : LEAST_ROOM;
    strays->places = memory_new(strays->room, sizeof *old);
    for (size_t i = 0; i < strays->room; i++)
        strays->places[i].due_at = NEVER;
    for (size_t i = 0; i < old_room; i++)
        if (old[i].due_at != NEVER)
            strays->places[place_of(strays, old[i].id)] = old[i];
    free(old);
}

void wheel_stray_add(struct wheel_strays *strays, struct wheel_entry entry)
{
    if (2 * ++strays->count > strays->room)
        grow(strays);
    strays->places[place_of(strays, entry.id)] = entry;
}

/* Those behind it in its cluster are placed anew, so that no search stops at the gap. */
void wheel_stray_remove(struct wheel_strays *strays, uint32_t id)
{
    size_t mask = strays->room - 1, at = place_of(strays, id);

    strays->places[at].due_at = NEVER;
    strays->count--;
    for (at = (at + 1) & mask; strays->places[at].due_at != NEVER; at = (at + 1) & mask) {
        struct wheel_entry moved = strays->places[at];

        strays->places[at].due_at = NEVER;
        strays->places[place_of(strays, moved.id)] = moved;
    }
}

msec wheel_stray_due_at(const struct wheel_strays *strays, uint32_t id)
{
    return strays->places[place_of(strays, id)].due_at;
}

msec wheel_stray_first_at(const struct wheel_strays *strays)
{
    msec first_at = NEVER;

    for (size_t i = 0; i < strays->room; i++)
        first_at = strays->places[i].due_at < first_at ? strays->places[i].due_at : first_at;
    return first_at;
}

size_t wheel_stray_bytes(const struct wheel_strays *strays)
{
    return strays->room * sizeof(struct wheel_entry);
}
