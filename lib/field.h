/* A ticket's fields as its regime declares them: what may be said, by whom, and what must be. */
#ifndef DUBAN_LIB_FIELD_H
#define DUBAN_LIB_FIELD_H

#include "lib/request.h"

#define FIELDS_BYTES 8192 /* all values of a ticket together */

/* The parameters of ticket.create with the defaults of fields that nobody said. NULL: nothing is added. The
   caller owns it. */
json_t *field_with_defaults(const struct desk *desk, const struct request *request);

/* `fields` of a request about a ticket of this class; `is_intake`: what is needed must be there, else only
   what changes is said, and null takes a field out. False: refused, with the field that is wrong. Where the
   regime declares no field for the class anything goes. */
bool field_check(struct desk *desk, const struct request *request, uint8_t class_index, bool is_intake);

/* `fields` of a request that was checked, each value in its field's own type; "fields" as they are where the
   regime declares none. NULL: the request has none. The caller owns it. */
json_t *field_values(const struct desk *desk, const struct request *request, uint8_t class_index);

#endif
