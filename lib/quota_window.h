/* The windows of a quota: where one begins and ends, and what falls into it (domain rule 4). */
#ifndef DUBAN_LIB_QUOTA_WINDOW_H
#define DUBAN_LIB_QUOTA_WINDOW_H

#include "lib/clock.h"

struct window {
    msec start_at, end_at;
};

/* The first window of a quota that is started by something at `at`: the rest of a broken window when the
   regime says `first window = owed`, else the first whole one. */
struct window quota_window_first(const struct clock_view *view, msec at);

/* The window after one that ended at `end_at`. Between days that owe nothing may lie others that do not. */
struct window quota_window_next(const struct clock_view *view, msec end_at);

/* The window that runs and began at `start_at`, as the calendar puts it now (a reload). When its day has
   become one that owes nothing, the next that does. */
struct window quota_window_again(const struct clock_view *view, msec start_at);

/* Days begin at midnight, so the midnight that ends a day belongs to the next one; of other windows the last
   instant is in time (domain rule 2). */
bool quota_window_holds(const struct clock_policy *rule, struct window window, msec at);

#endif
