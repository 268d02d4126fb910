/* Fields of a ticket as a regime declares them, each with its kind. Part of a policy. */
#ifndef DUBAN_LIB_FIELD_POLICY_H
#define DUBAN_LIB_FIELD_POLICY_H

#include "lib/register_policy.h"

#define TICKET_FIELDS_MAX 64

#define FIELD_SPAN_MOST 1200 /* of whatever unit: 1200 months are a hundred years */

/* A field of the ticket, or of the record that it names. */
struct field_path {
    uint8_t field;  /* POLICY_NONE: none */
    uint8_t member; /* of the record; POLICY_NONE: the field itself */
};

struct field_policy {
    struct register_field value; /* its name and kind, as registers have them */
    const char *title[LANGUAGE_COUNT];
    uint32_t classes;   /* bits: tickets of these have it; 0: all */
    uint32_t roles;     /* bits: who may fill it in; 0: whoever may file or correct a ticket */
    bool is_needed;     /* at intake */
    bool is_watched;    /* memory keeps its value: a clock, a decision or a letter asks for it */
    bool gives_span;    /* a limit counts by it: from 1 to FIELD_SPAN_MOST */
    const char *preset; /* what it is when nobody says; NULL: nothing */
    int line;
};

#endif
