/* What a clock promises, and the account of the time that was counted. */
#ifndef DUBAN_LIB_EXPLAIN_ACCOUNT_H
#define DUBAN_LIB_EXPLAIN_ACCOUNT_H

#include "lib/explain.h"
#include "lib/explain_segments.h"

struct account {
    bool is_counted; /* a limit's or a silence's: the two below are there */
    struct span budget;
    struct segments segments;
};

/* Adds `budget` and `segments`, or `quota` and `window`, or `promise` to `object`. Finish the account. */
void explain_account_say(struct explaining *explaining, const struct clock_view *view, json_t *object,
                         struct account *ret_account);
void explain_account_finish(struct account *account);

/* The last pause that concerns the clock, with its cause. False: there is none. */
bool explain_account_pause(const struct explaining *explaining, const struct clock_view *view,
                           struct hole *ret_hole);

#endif
