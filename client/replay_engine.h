/* The replay engine: steps a desk through lines of events and prints what it decides, one JSON object a line.
 */
#ifndef DUBAN_CLIENT_REPLAY_ENGINE_H
#define DUBAN_CLIENT_REPLAY_ENGINE_H

#include "lib/desk.h"
#include <jansson.h>
#include <stdio.h>

struct replay;

struct replay_figures {
    uint64_t lines, accepted, refused, breaches, notices, suppressed;
};

/* Takes ownership of policy and roster. `out` NULL: nothing is printed, only counted. */
struct replay *replay_create(struct policy *policy, struct roster *roster, FILE *out);
void replay_destroy(struct replay *replay);

/* What a line with the method system.reload asks for. Without a loader such a line is refused. */
struct replay_loader {
    /* Reads the files that `params` names. NULL, or what is wrong (malloc'd). */
    char *(*load)(void *context, const json_t *params, struct policy **ret_policy,
                  struct roster **ret_roster);
    void (*keep)(void *context); /* what was loaded last is in effect now */
    void *context;
};

void replay_reloads_by(struct replay *replay, const struct replay_loader *loader);

/* One line of the format. NULL, or what is wrong with it (valid until the next call). */
const char *replay_line(struct replay *replay, const char *bytes, size_t length);

/* Lets time pass until `until_at` (NEVER: until the last event's instant), deadlines at that instant
 * included. */
void replay_finish(struct replay *replay, msec until_at);

void replay_figures(const struct replay *replay, struct replay_figures *ret_figures);
void replay_digest(const struct replay *replay, char ret_hex[33]);

#endif
