/* Values of register fields: from JSON to the text that is kept, and back. */
#ifndef DUBAN_LIB_REGISTER_VALUE_H
#define DUBAN_LIB_REGISTER_VALUE_H

#include "lib/register.h"
#include "lib/roster.h"
#include <jansson.h>

/* What a value is held against. */
struct register_scope {
    const struct policy *policy;
    struct roster *roster;
    const struct registers *registers; /* NULL: whether what is referred to exists is not asked */
};

/* The text of a value for this field, in `arena`. NULL: `*ret_wrong` says in a sentence what is wrong.
   Numbers and yes/no may come as JSON or as text. */
const char *register_value_read(const struct register_scope *scope, const struct register_field *field,
                                const json_t *value, struct arena *arena, const char **ret_wrong);

/* As JSON in the field's own type; phones and addresses masked with `masked`. */
json_t *register_value_json(const struct register_field *field, const char *text, bool masked);

/* {field: value, …} of a live record. */
json_t *register_fields_json(const struct register_policy *of, const struct register_record *record,
                             bool masked);

#endif
