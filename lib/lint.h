/* Lint: what a regime and its people say that will not do what they mean. Everything here compiles; none of
 * it works. */
#ifndef DUBAN_LIB_LINT_H
#define DUBAN_LIB_LINT_H

#include "lib/policy.h"
#include "lib/roster.h"

/* One finding: the check's stable name, the line of the regime file it is about (0: none), and a sentence. */
struct finding {
    const char *check;
    int line;
    const char *text;
};

struct findings {
    struct arena arena;
    struct finding *list;
    size_t count, capacity;
};

void findings_init(struct findings *findings);
void findings_finish(struct findings *findings);

/* Runs every check; its sentences are in `language`. `now` matters only to those about calendars that end and
   people who are away. */
void lint(const struct policy *policy, const struct roster *roster, enum language language, msec now,
          struct findings *ret_findings);

#endif
