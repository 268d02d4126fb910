/* Who may do what: the roles a peer can have, and the sets of roles that methods name. */
#ifndef DUBAN_LIB_ACCESS_H
#define DUBAN_LIB_ACCESS_H

#include <stdbool.h>
#include <stdint.h>

enum role {
    ROLE_NONE,
    ROLE_INTAKE,
    ROLE_HANDLER,
    ROLE_DEPARTMENT_HEAD,
    ROLE_SERVICE_HEAD,
    ROLE_LEADERSHIP,
    ROLE_AUDITOR,
    ROLE_GATEWAY,
    ROLE_ADMIN,
    ROLE_COUNT,
};

typedef uint32_t role_set; /* bit ROLE_X set: that role is in */

#define ROLES(role) (UINT32_C(1) << (role))
#define ROLES_ANY   (((UINT32_C(1) << ROLE_COUNT) - 1) & ~ROLES(ROLE_NONE))
#define ROLES_STAFF                                                                                          \
    (ROLES(ROLE_INTAKE) | ROLES(ROLE_HANDLER) | ROLES(ROLE_DEPARTMENT_HEAD) | ROLES(ROLE_SERVICE_HEAD))
#define ROLES_GATEWAY (ROLES(ROLE_GATEWAY) | ROLES(ROLE_ADMIN))

/* Who is speaking. `actor` is the name that goes on record; it is never NULL. */
struct peer {
    uint32_t uid;
    enum role role;
    const char *actor;
    const char
        *title; /* of a replayed event: the regime's role it names, which the socket knows no word for */
};

const char *access_role_name(enum role role);
enum role access_role_find(const char *name); /* ROLE_NONE when there is no such role */
bool access_allows(role_set roles, enum role role);
bool access_sees_contact_data(enum role role); /* false: names, phones and addresses are masked */

#endif
