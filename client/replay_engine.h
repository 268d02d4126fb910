/* The replay engine: steps a desk through events on a virtual clock and tells a watcher what it decides. */
#ifndef DUBAN_CLIENT_REPLAY_ENGINE_H
#define DUBAN_CLIENT_REPLAY_ENGINE_H

#include "lib/desk.h"
#include <jansson.h>

struct replay;

struct replay_figures {
    uint64_t events, accepted, refused, breaches, notices, suppressed;
    uint64_t held, digests; /* how often something had to wait, and left in one mail with others */
};

/* What a request came to. `result` may be NULL when the watcher does not want results. */
struct replay_answer {
    const char *method;
    uint64_t ticket; /* 0: none that is known */
    bool is_accepted;
    const json_t *result, *error;
};

/* What a reload came to, or why it was refused. */
struct replay_reload {
    const char *why; /* NULL: it was taken */
    size_t moved, changed;
    const json_t *verdicts; /* on record, that would be others now: [{ticket, clock, was, would_be, …}] */
};

/* Told of everything in the order in which it was decided. Arguments are valid during the call. */
struct replay_watcher {
    void *context;
    bool wants_results;
    void (*answered)(void *context, const struct replay_answer *answer);
    void (*reloaded)(void *context, const struct replay_reload *reload);
    void (*judged)(void *context, const struct verdict_effect *verdict);
    /* Every effect, before it is carried out. */
    void (*seen)(void *context, const struct effect *effect);
    /* `count` rows (at least one) that tell several people the same: the effects' list from `first` on. */
    void (*told)(void *context, const struct effect *first, size_t count);
    /* One mail instead of `count` that waited. */
    void (*digested)(void *context, const struct notice_row *digest, const struct notice_row *const *items,
                     size_t count);
    void (*ran)(void *context, const struct schedule_run_row *run); /* a schedule was due */
    void (*missed)(void *context, const struct incident_effect *incident);
};

/* Takes ownership of policy and roster. `watcher` NULL: it is only counted. */
struct replay *replay_create(struct policy *policy, struct roster *roster,
                             const struct replay_watcher *watcher);
void replay_destroy(struct replay *replay);

/* What an event with the method system.reload asks for. Without a loader such an event is refused. */
struct replay_loader {
    /* Reads the files that `params` names. NULL, or what is wrong (malloc'd). */
    char *(*load)(void *context, const json_t *params, struct policy **ret_policy,
                  struct roster **ret_roster);
    void (*keep)(void *context); /* what was loaded last is in effect now */
    void *context;
};

void replay_reloads_by(struct replay *replay, const struct replay_loader *loader);

/* One event of the format. NULL, or what is wrong with it (valid until the next call). The event is as it was
   when it returns. */
const char *replay_event(struct replay *replay, json_t *event) __attribute__((warn_unused_result));

/* What a desk says to a question at the end of what it has taken: a response with `result` or `error`, the
   caller's. `find` answers what the method wants to be read first (malloc'd JSON), as a database would. */
struct replay_question {
    const char *method;
    json_t *params; /* borrowed; a ticket may be called by its reference */
    char *(*find)(void *context, const struct read_effect *read);
    void *context;
};

json_t *replay_ask(struct replay *replay, const struct replay_question *question)
    __attribute__((warn_unused_result));

/* The last number that was given out, as the daemon's database would know it (desk_restore_sequence). */
void replay_restore_sequence(struct replay *replay, const char *name, uint64_t last);

/* Lets time pass until `until_at` (NEVER: until the last event's instant), deadlines at that instant
 * included. */
void replay_finish(struct replay *replay, msec until_at);

const struct desk *replay_desk(const struct replay *replay);
msec replay_now(const struct replay *replay);
void replay_figures(const struct replay *replay, struct replay_figures *ret_figures);

/* The events' name for a ticket (NULL: it has none), and which event filed it, counted from 1. One that no
   event filed (a schedule opened it) has an origin of its own, by its id; 0 is no ticket. */
const char *replay_reference(const struct replay *replay, uint64_t ticket);
uint64_t replay_origin(const struct replay *replay, uint64_t ticket);

/* The ticket that an event filed; 0: it filed none. */
uint64_t replay_filed(const struct replay *replay, uint64_t origin);

/* What is told of a notice: it really goes out; it waits; it is kept from its recipient. A notice that waited
   is told of again when it leaves alone, or loses its reason. */
enum replay_telling { REPLAY_TOLD, REPLAY_HELD, REPLAY_SUPPRESSED };

enum replay_telling replay_telling(const struct notice_row *notice);

#endif
