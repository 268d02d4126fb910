/* What lint's checks share; nobody but lint*.c includes this. */
#ifndef DUBAN_LIB_LINT_CHECKS_H
#define DUBAN_LIB_LINT_CHECKS_H

#include "lib/lint.h"

struct linting {
    const struct policy *policy;
    const struct roster *roster;
    enum language language; /* of the sentences */
    msec now;
    const char *check;
    struct findings *findings;
};

void lint_find(const struct linting *linting, int line, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Does anybody hold this role (of a department: there)? Roles of a ticket always may. */
bool lint_is_held(const struct linting *linting, uint8_t role, uint8_t department);

void lint_check_start_is_stop(const struct linting *linting);
void lint_check_clock_twice(const struct linting *linting);
void lint_check_clock_silent(const struct linting *linting);
void lint_check_clock_budgets(const struct linting *linting);
void lint_check_reminder_early(const struct linting *linting);
void lint_check_quota_impossible(const struct linting *linting);
void lint_check_hours_round_the_clock(const struct linting *linting);
void lint_check_calendar_ends(const struct linting *linting);
void lint_check_schedule_over(const struct linting *linting);
void lint_check_schedule_restless(const struct linting *linting);
void lint_check_schedule_nobody(const struct linting *linting);
void lint_check_calendar_idle(const struct linting *linting);
void lint_check_calendar_missing(const struct linting *linting);
void lint_check_stop_uncounted(const struct linting *linting);
void lint_check_ladder_unused(const struct linting *linting);
void lint_check_rung_unreachable(const struct linting *linting);
void lint_check_ladder_long(const struct linting *linting);
void lint_check_rung_repeats(const struct linting *linting);
void lint_check_rung_never_again(const struct linting *linting);
void lint_check_rung_unasked(const struct linting *linting);
void lint_check_route_never(const struct linting *linting);
void lint_check_route_nobody(const struct linting *linting);
void lint_check_supporting_untold(const struct linting *linting);
void lint_check_type_unrouted(const struct linting *linting);
void lint_check_type_unclassed(const struct linting *linting);
void lint_check_class_untyped(const struct linting *linting);
void lint_check_urgency_unwatched(const struct linting *linting);
void lint_check_stage_unreached(const struct linting *linting);
void lint_check_way_nobody(const struct linting *linting);
void lint_check_pause_unheeded(const struct linting *linting);
void lint_check_pause_idle(const struct linting *linting);
void lint_check_variable_masked(const struct linting *linting);
void lint_check_customer_words(const struct linting *linting);
void lint_check_domain_nobody(const struct linting *linting);
void lint_check_quiet_never(const struct linting *linting);
void lint_check_language_missing(const struct linting *linting);

#endif
