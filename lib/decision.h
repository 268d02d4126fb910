/* What a regime's [decision]s say of a ticket: judged by its fields and their records when somebody asks. */
#ifndef DUBAN_LIB_DECISION_H
#define DUBAN_LIB_DECISION_H

#include "lib/field_path.h"

struct decision_answer {
    const struct decision_rule *rule; /* the first that holds; NULL: nothing can be said yet … */
    struct field_path missing;        /* … because this is not filled in */
};

/* Is the decision made for tickets of this class? */
bool decision_is_for(const struct decision_policy *decision, uint8_t class_index);

/* Dates are counted to and from the day on which the problem arose, else on which it was received. */
struct decision_answer decision_judge(const struct field_records *records, const struct policy *policy,
                                      const struct ticket *ticket, const struct decision_policy *decision);

#endif
