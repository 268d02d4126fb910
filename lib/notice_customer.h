/* Telling customers: whose words, ways and sender are other ones than those of people of ours. */
#ifndef DUBAN_LIB_NOTICE_CUSTOMER_H
#define DUBAN_LIB_NOTICE_CUSTOMER_H

#include "lib/customer.h"
#include "lib/notice.h"

/* In `role` of a notice's row: whoever reads it works for nobody here. */
#define NOTICE_ROLE_CUSTOMER "customer"

/* Why a mail is not sent to somebody who declines it; in the batch's arena. */
const char *notice_declined(const struct desk *desk, const char *address);

/* Why they would get no mail; NULL: they would. In the batch's arena. */
const char *notice_obstacle(const struct desk *desk, const char *template_name,
                            const struct customer_reach *reach);

/* Writes to them in every way that the occasion asks for (mail, when it says none); a way that they don't
   have is recorded as suppressed. `recipient` names them in the row: "customer" for a ticket's, REGISTER/ID
   for a record's. Returns how many notices will be sent. */
size_t notice_tell_customer(struct desk *desk, const struct occasion *occasion,
                            const struct customer_reach *reach, const char *recipient);

#endif
