/* Printed forms: which of the regime's are a ticket's, and everything that one of them shows. */
#ifndef DUBAN_LIB_FORM_H
#define DUBAN_LIB_FORM_H

#include "lib/desk_parts.h"
#include <jansson.h>

bool form_is_for(const struct form_policy *form, uint8_t class_index);

/* {form, title, number?, page, cites, record?}; with a ticket also its record's number on this form. */
json_t *form_describe(const struct desk *desk, const struct form_policy *form, const struct ticket *ticket);

/* The page's record: what memory has of the ticket, and `cold`, which is what the database has of it (the
   whole record, as ticket.get shows it, masked already). Words of the regime and people are objects with
   their names in both languages, {name, zh, en}; times are the desk's. */
json_t *form_record(const struct desk *desk, const struct form_policy *form, const struct ticket *ticket,
                    const json_t *cold);

#endif
