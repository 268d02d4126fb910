/* Where a clock or a decision finds a value: in a field of the ticket, or in the record that it names. */
#ifndef DUBAN_LIB_FIELD_PATH_H
#define DUBAN_LIB_FIELD_PATH_H

#include "lib/base/intern.h"
#include "lib/policy.h"
#include "lib/register.h"
#include "lib/ticket.h"

/* What values are kept in; both a desk's. */
struct field_records {
    const struct intern *texts;
    const struct registers *registers;
};

/* The text; NULL: the field is not filled in, its record is gone, or the record does not say. Good until
   fields or records change. */
const char *field_path_text(const struct field_records *records, const struct policy *policy,
                            const struct ticket *ticket, struct field_path path);

/* The field that says it, with its kind. */
const struct register_field *field_path_field(const struct policy *policy, struct field_path path);

/* "days", "contract.expires": as the regime writes it. */
const char *field_path_name(const struct policy *policy, struct field_path path, struct arena *arena);

#endif
