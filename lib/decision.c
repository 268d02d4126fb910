/*
 * Decisions by a small table: who pays for a broken key.
 *
 * Called whenever somebody looks at a ticket (answer.c, form.c). Nothing of an answer is kept, so it can't
 * disagree with the record it rests on: a record that is put right changes the answer, and a restart has
 * nothing to bring back.
 *
 * Rows are tried in their order. A row of which one condition is false is passed over, whatever else it asks
 * for. A row that only lacks a value might hold as soon as the value is known, and then no row behind it
 * would count: so nothing is decided before, and the answer names what is missing. `else` is for what is
 * known and fits no row, not for what nobody wrote down.
 */
#include "lib/decision.h"

#include "lib/anchor.h"
#include "lib/schedule.h"

enum holds { HOLDS_NOT, HOLDS, HOLDS_UNKNOWN };

bool decision_is_for(const struct decision_policy *decision, uint8_t class_index)
{
    return !decision->classes || decision->classes >> class_index & 1;
}

/* Of a row's conditions together; `*ret_missing` when it is not known. */
static enum holds holds(const struct field_records *records, const struct policy *policy,
                        const struct ticket *ticket, const struct decision_rule *rule,
                        struct field_path *ret_missing)
{
    int64_t day = zone_day(policy->zone, anchor_occurred(ticket));
    enum holds all = HOLDS;

    for (uint8_t i = 0; i < rule->condition_count; i++) {
        const struct decision_condition *condition = &rule->conditions[i];
        const char *text = field_path_text(records, policy, ticket, condition->path);

        if (text && !schedule_when_holds(policy->zone, &condition->when, text, day))
            return HOLDS_NOT;
        if (!text && all == HOLDS) {
            all = HOLDS_UNKNOWN;
            *ret_missing = condition->path;
        }
    }
    return all;
}

struct decision_answer decision_judge(const struct field_records *records, const struct policy *policy,
                                      const struct ticket *ticket, const struct decision_policy *decision)
{
    struct decision_answer answer = {.missing = {POLICY_NONE, POLICY_NONE}};

    for (uint8_t i = 0; i < decision->rule_count; i++)
        switch (holds(records, policy, ticket, &decision->rules[i], &answer.missing)) {
        case HOLDS:
            answer.rule = &decision->rules[i];
            return answer;
        case HOLDS_UNKNOWN:
            return answer;
        case HOLDS_NOT:
            break;
        }
    return answer;
}
