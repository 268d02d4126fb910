/* Fields of a ticket as a regime declares them, each with its kind. Part of a policy. */
#ifndef DUBAN_LIB_FIELD_POLICY_H
#define DUBAN_LIB_FIELD_POLICY_H

#include "lib/register_policy.h"

#define TICKET_FIELDS_MAX 64

struct field_policy {
    struct register_field value; /* its name and kind, as registers have them */
    const char *title[LANGUAGE_COUNT];
    uint32_t classes;   /* bits: tickets of these have it; 0: all */
    uint32_t roles;     /* bits: who may fill it in; 0: whoever may file or correct a ticket */
    bool is_needed;     /* at intake */
    const char *preset; /* what it is when nobody says; NULL: nothing */
    int line;
};

#endif
