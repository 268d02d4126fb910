/* What the reports of a regime go by: its section [statistics]. Part of a policy. */
#ifndef DUBAN_LIB_STATISTICS_POLICY_H
#define DUBAN_LIB_STATISTICS_POLICY_H

#include <stddef.h>
#include <stdint.h>

#define SAID_PLACES_MAX 4

/* Where on a ticket something is said. */
enum said_in { SAID_IN_STEP, SAID_IN_FIELD, SAID_IN_PLAN, SAID_IN_RESULT };

struct said_place {
    enum said_in in;
    const char *name; /* of the step or field; "" of the others */
};

struct said_places {
    struct said_place list[SAID_PLACES_MAX];
    size_t count;
};

struct statistics_policy {
    uint32_t complaints; /* bits of classes; 0: the regime does not say */
    uint32_t attitude;   /* bits of types */
    int32_t scores[32];  /* by level, 0 to 100; -1: none. Only read when `line` is set */
    struct said_places causes, measures;
    int line; /* 0: the regime has no such section */
};

#endif
