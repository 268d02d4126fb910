/* Lists of records and appraisals, as a regime writes them. Part of a policy. */
#ifndef DUBAN_LIB_APPRAISAL_POLICY_H
#define DUBAN_LIB_APPRAISAL_POLICY_H

#include "lib/schedule_policy.h"

#define LISTS_MAX      16
#define APPRAISALS_MAX 4
#define INDICATORS_MAX 8
#define GRADES_MAX     8

/* [list NAME]: the records of a register that fit, by the way schedules choose theirs. */
struct list_policy {
    const char *name;
    struct schedule_policy of; /* its title, register and conditions; nothing else of it is set */
    uint8_t latest,
        latest_of; /* of the records with the same `latest_of` only the one whose `latest` is the last */
    int line;
};

struct indicator {
    uint8_t field;
    int32_t weight; /* percent */
};

struct grade_points {
    const char *grade;
    int32_t points;
};

/* [appraisal NAME]: branches judged by a register of surveys, and by spot checks. Fields POLICY_NONE: not
 * said. */
struct appraisal_policy {
    const char *name;
    const char *title[LANGUAGE_COUNT];
    uint8_t surveys, survey_branch, survey_day;
    struct indicator indicators[INDICATORS_MAX];
    size_t indicator_count;
    uint8_t checks, check_branch, check_day, check_grade; /* checks POLICY_NONE: there are none */
    struct grade_points points[GRADES_MAX];
    size_t grade_count;
    uint8_t branches, region; /* the register of branches, and its field that names a branch's region */
    int32_t pass;             /* a satisfaction that passes in any case; -1: none does */
    int32_t commended;        /* the best so many percent */
    int64_t again_months;     /* who still fails so many months after the first time is listed; 0: nobody */
    int line;
};

#endif
