/* Random histories of a desk: what people do, when, and who looks. */
#ifndef DUBAN_TESTS_HISTORY_H
#define DUBAN_TESTS_HISTORY_H

#include "lib/base/msec.h"
#include "lib/methods.h"
#include "tests/property/chance.h"
#include "tests/property/edition.h"
#include <jansson.h>
#include <stddef.h>

enum act_kind {
    ACT_REQUEST,
    ACT_TIME,    /* time passes and everything due is judged on time */
    ACT_ABSENCE, /* time passes and nobody looks: all is found late, at once */
    ACT_SENDER,  /* the sender goes, or comes back */
    ACT_RELOAD,  /* other files are taken, if they fit */
    ACT_STEP,    /* somebody sets the wall clock */
};

struct act {
    enum act_kind kind;
    msec at;
    const struct method *method;
    enum role role;
    const char *actor;
    json_t *params;
    unsigned variant; /* a reload's */
    msec step_ms;     /* by how much the clock is set; `at` is what it shows then */
    bool comes_first; /* the request is judged before the timers that are due by then */
    bool settles;     /* the batch ends after it */
};

struct history {
    const struct edition *edition;
    uint64_t seed;
    struct act *acts;
    size_t count;
    msec begins_at;
};

/* The same seed, the same history; it also decides under which edition. */
void history_make(struct history *history, uint64_t seed, struct chance *chance, size_t acts);
void history_finish(struct history *history);

/* An act in a line, on the standard error output when $DUBAN_SHOW is set: what happened before a failure. */
void history_show(const struct history *history, size_t index);

#endif
