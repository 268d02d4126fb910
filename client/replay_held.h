/* What waits in a replay: notices that were held, by their ids, until it is known what became of them. */
#ifndef DUBAN_CLIENT_REPLAY_HELD_H
#define DUBAN_CLIENT_REPLAY_HELD_H

#include "lib/effect.h"

struct replay_held;

struct replay_held *replay_held_create(void);
void replay_held_destroy(struct replay_held *held);

/* Keeps a copy of the row, which is held. */
void replay_held_add(struct replay_held *held, const struct notice_row *row);

/* The copy, to be changed at will; NULL: it does not wait. */
struct notice_row *replay_held_find(const struct replay_held *held, uint64_t notice);

/* It waits no longer; its copy stays valid until the next call of replay_held_add(). */
void replay_held_remove(struct replay_held *held, uint64_t notice);

#endif
