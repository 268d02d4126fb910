/* What a replay has written down, asked for as a database would be: contacts, acts, verdicts, notices. */
#ifndef DUBAN_CLIENT_REPLAY_MEMORY_H
#define DUBAN_CLIENT_REPLAY_MEMORY_H

#include "client/replay_engine.h"

struct replay_memory;

struct replay_memory *replay_memory_create(void);
void replay_memory_destroy(struct replay_memory *memory);

/* The watcher that remembers; it borrows `memory`. */
struct replay_watcher replay_memory_watcher(struct replay_memory *memory);

/* Answers a statement of explanations; NULL: it is none, or there is no such record. For
   replay_question.find. */
char *replay_memory_find(void *memory, const struct read_effect *read);

#endif
