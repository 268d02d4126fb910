/* How a person stands to those whom a reminder, a rung or a report addresses. */
#ifndef DUBAN_LIB_EXPLAIN_RELATION_H
#define DUBAN_LIB_EXPLAIN_RELATION_H

#include "lib/desk_parts.h"

enum relation_kind {
    RELATION_ADDRESSED,        /* is told, perhaps for somebody who is absent (`other`) */
    RELATION_ABSENT,           /* holds the role and is away; `other` is told instead, or nobody */
    RELATION_LATER_CHOICE,     /* comes behind an `or`, and somebody before it can be told */
    RELATION_ONLY_DEPUTY,      /* stands in for `other`, who is there */
    RELATION_OTHER_DEPARTMENT, /* holds the role in another department */
    RELATION_OTHER_HANDLER,    /* holds the role, but the ticket is `other`'s, or nobody's */
    RELATION_NONE,             /* is not meant */
};

struct relation {
    enum relation_kind kind;
    uint8_t role;       /* by which; POLICY_NONE: none, or as a person by name */
    uint8_t department; /* the one that is meant; POLICY_NONE */
    uint16_t other;     /* TICKET_NOBODY */
};

/* The closest relation that there is, as of the day of `at`. */
struct relation explain_relation(const struct desk *desk, const struct ticket *ticket,
                                 const struct audience *audience, uint16_t person, msec at);

#endif
