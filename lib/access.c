/*
 * The roles of the socket protocol and what they may see.
 *
 * A role is given to a connection once, at accept, by the daemon (SO_PEERCRED and the [role …] sections of
 * duban.ini); the method table names the roles each method is open to. This module only knows names and sets:
 * default is deny, because ROLE_NONE is in no set.
 */
#include "lib/access.h"

#include <string.h>

static const char *const role_names[ROLE_COUNT] = {
    [ROLE_NONE] = "none",
    [ROLE_INTAKE] = "intake",
    [ROLE_HANDLER] = "handler",
    [ROLE_DEPARTMENT_HEAD] = "department_head",
    [ROLE_SERVICE_HEAD] = "service_head",
    [ROLE_LEADERSHIP] = "leadership",
    [ROLE_AUDITOR] = "auditor",
    [ROLE_GATEWAY] = "gateway",
    [ROLE_ADMIN] = "admin",
};

const char *access_role_name(enum role role)
{
    return role < ROLE_COUNT ? role_names[role] : role_names[ROLE_NONE];
}

enum role access_role_find(const char *name)
{
    for (enum role role = ROLE_INTAKE; role < ROLE_COUNT; role++)
        if (strcmp(role_names[role], name) == 0)
            return role;
    return ROLE_NONE;
}

bool access_allows(role_set roles, enum role role)
{
    return role != ROLE_NONE && (roles & ROLES(role)) != 0;
}

bool access_sees_contact_data(enum role role)
{
    return access_allows(ROLES_STAFF | ROLES_GATEWAY, role);
}
