/* What a record must say of the customer before it is accepted (INT-7): shared by intake and its amendment.
 */
#ifndef DUBAN_LIB_INTAKE_H
#define DUBAN_LIB_INTAKE_H

#include "lib/request.h"

/* Each looks at its own part of the parameters; false: the request was refused with the field that is wrong.
 */
bool intake_check_customer(struct desk *desk, const struct request *request);
bool intake_check_contact(struct desk *desk, const struct request *request);
bool intake_check_subject(struct desk *desk, const struct request *request);

/* What the regime's classes need besides (RSP-2): `needs` of the class. With `is_whole` all of it must be
   said; else nothing of it may be taken away. */
bool intake_check_needs(struct desk *desk, const struct request *request, uint8_t class_index, bool is_whole);

/* The parameters with what the register of customers knows of customer.id and the caller did not say: name,
   hours, key account. NULL: nothing is added. The caller owns it. */
json_t *intake_with_register(const struct desk *desk, const struct request *request);

/* The customer's hours or calendar; around the clock when nothing is said. */
bool intake_read_hours(struct desk *desk, const struct request *request, uint8_t *ret_hours);

#endif
