/* Who is to be told, as a regime says it: by role, by department, by name. Part of a policy. */
#ifndef DUBAN_LIB_AUDIENCE_H
#define DUBAN_LIB_AUDIENCE_H

#include <stdbool.h>
#include <stdint.h>

/* Somebody to be told: whoever holds a role for the ticket (`department_head`), whoever holds it in a
   department that is named (`quality.department_head`), or in each that supports the ticket
   (`supporting.department_head`), or one person (`person:zhang.wei`). */
struct addressee {
    const char *person; /* NULL: those who hold the role */
    uint8_t role;       /* POLICY_NONE: a person, or nobody at all */
    uint8_t department; /* POLICY_NONE: as the role's scope says */
    bool is_customer;   /* the customer's contact, who holds no role here */
};

/* Whom to tell: for each place the first of several that somebody can be found for (`handler or
   department_head`). */
#define AUDIENCE_SUPPORTING 0xfe /* a department: every one that supports the ticket */

#define AUDIENCE_PLACES  6
#define AUDIENCE_CHOICES 3
struct audience {
    struct addressee to[AUDIENCE_PLACES][AUDIENCE_CHOICES];
    uint8_t count;
};

bool addressee_is_nobody(const struct addressee *addressee); /* ends a place's choices */
bool audience_has_customer(const struct audience *audience);

#endif
