/* The reasons that keep a notice from a person, in the order in which they decide. */
#ifndef DUBAN_LIB_EXPLAIN_REASONS_H
#define DUBAN_LIB_EXPLAIN_REASONS_H

#include "lib/explain.h"
#include "lib/explain_relation.h"

/* One step that is asked about. */
struct asked {
    struct explaining *explaining;
    uint16_t person;
    const struct clock_policy *rule; /* NULL: a report */
    const struct clock *clock;       /* NULL: the ticket has none of the rule */
    const char *name;                /* of the clock or the report */
    const char *step;                /* "rung", "reminder", "report" */
    const struct audience *to;
    int number, rung; /* as people count it, as notices have it */
    const char *left; /* of a reminder that comes so long before the deadline; else NULL */
    uint8_t place;    /* in its list */
    const struct rung *written;
    msec at; /* when it fires; NEVER: not known */
    int line;
    struct relation relation;
    json_t *notice; /* the person's, owned; NULL: there is none */
};

/* The first reason that holds: the name of its sentence, "why_met". Members that it needs are added to
 * `fact`. */
const char *explain_reasons_find(const struct asked *asked, json_t *fact);

/* The reason's name in the protocol: without "why_". */
const char *explain_reasons_code(const char *name);

#endif
