/* Where replay's events come from: a file of them, or the journal of a running daemon. */
#ifndef DUBAN_CLIENT_REPLAY_SOURCE_H
#define DUBAN_CLIENT_REPLAY_SOURCE_H

#include "client/command.h"

struct replay_source;

/* By the command's EVENTS, or --journal. EXIT_FINE, or a message was printed. Close it either way. */
enum exit_code replay_source_open(const struct invocation *invocation, struct replay_source **ret_source)
    __attribute__((warn_unused_result));

/* A file by its name; - is standard input. */
enum exit_code replay_source_open_file(const char *name, struct replay_source **ret_source)
    __attribute__((warn_unused_result));
void replay_source_close(struct replay_source *source); /* NULL is fine */

/* A bar on stderr while it is read, when that is a terminal. Not with lines on the same terminal. */
void replay_source_show_progress(struct replay_source *source);

/* The next event; release it with json_decref(). NULL: there are no more. */
enum exit_code replay_source_next(struct replay_source *source, json_t **ret_event)
    __attribute__((warn_unused_result));

/* What the last event is called: its line, or its sequence number in the journal. */
uint64_t replay_source_place(const struct replay_source *source);

/* Complains about the last event, naming it. */
enum exit_code replay_source_wrong(const struct replay_source *source, const char *what);

#endif
