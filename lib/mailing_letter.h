/* What one recipient of a mailing is written. */
#ifndef DUBAN_LIB_MAILING_LETTER_H
#define DUBAN_LIB_MAILING_LETTER_H

#include "lib/customer.h"
#include "lib/notice.h"

struct mailing_letter {
    struct occasion occasion;
    struct notice_matter matter;
    struct ticket none;
    struct customer_reach reach;
};

/* Whom the record means, without anything that is written; all "" when it neither is a customer nor names
   one. `ret_name` is the customer's, "" for none. */
struct customer_reach mailing_reach(const struct desk *desk, struct register_place place,
                                    const char **ret_name);

/* In the batch's arena. `clock_name` is `mailing/42`. */
struct mailing_letter *mailing_letter(struct desk *desk, struct register_place place,
                                      const char *template_name, const char *clock_name);

#endif
