/* What people of a random history ask for. */
#ifndef DUBAN_TESTS_REQUESTS_H
#define DUBAN_TESTS_REQUESTS_H

#include "tests/property/history.h"

/* A history in the making. */
struct making {
    struct chance *chance;
    const struct dialect *dialect;
    msec now;
    uint64_t created; /* at most so many tickets exist */
};

/* Who asks for what, with which parameters: fills a request's act. */
void requests_make(struct making *making, struct act *act);

/* How much time passes between two acts, and how late something is recorded. */
msec requests_some_time(struct chance *chance);

#endif
