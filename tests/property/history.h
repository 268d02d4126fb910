/* Random histories of a desk: what people do, when, and who looks. */
#ifndef DUBAN_TESTS_HISTORY_H
#define DUBAN_TESTS_HISTORY_H

#include "lib/base/msec.h"
#include "lib/methods.h"
#include "tests/property/chance.h"
#include <jansson.h>
#include <stddef.h>

enum act_kind {
    ACT_REQUEST,
    ACT_TIME,    /* time passes and everything due is judged on time */
    ACT_ABSENCE, /* time passes and nobody looks: all is found late, at once */
    ACT_SENDER,  /* the sender goes, or comes back */
};

struct act {
    enum act_kind kind;
    msec at;
    const struct method *method;
    enum role role;
    const char *actor;
    json_t *params;
    bool comes_first; /* the request is judged before the timers that are due by then */
    bool settles;     /* the batch ends after it */
};

struct history {
    struct act *acts;
    size_t count, capacity;
    msec begins_at;
};

void history_make(struct history *history, struct chance *chance, size_t acts);
void history_finish(struct history *history);

#endif
