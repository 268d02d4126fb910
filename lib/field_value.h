/* The values of a ticket's fields that memory keeps: those that clocks and decisions ask for. */
#ifndef DUBAN_LIB_FIELD_VALUE_H
#define DUBAN_LIB_FIELD_VALUE_H

#include "lib/desk_parts.h"
#include <jansson.h>

/* The text of a watched field; NULL: not filled in. Good until the next call of field_value_set(). */
const char *field_value(const struct desk *desk, const struct ticket *ticket, uint8_t field);

/* `text` NULL: it is filled in no more. Fields that nothing asks for are not kept. */
void field_value_set(struct desk *desk, struct ticket *ticket, uint8_t field, const char *text);

/* {name: value, …} as the database keeps it, and back: what does not fit the regime is left out. NULL: there
   are none. */
json_t *field_values_known(const struct desk *desk, const struct ticket *ticket);
void field_values_restore(struct desk *desk, struct ticket *ticket, const json_t *values);

/* The desk will have another policy: values get its fields' numbers. False: some fit no longer and are gone.
 */
bool field_values_rename(struct desk *desk, const struct policy *policy, struct roster *roster,
                         struct ticket *ticket);

/* Facts that rest on nothing but values in memory are what those say: a policy may ask for more than the one
   under which they were said. */
void field_values_refresh(const struct desk *desk, struct ticket *ticket);

#endif
