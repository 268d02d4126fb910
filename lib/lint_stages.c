/*
 * Lint's checks of a ticket's way: its stages and its pauses.
 *
 * Rows of the table in lint.c. A stage is reached by an action ([stage on]), or by hand (ticket.move) where
 * the regime speaks of it: in a section of its own or among the stages of a class. A stage that only stands
 * in the vocabulary was forgotten, although nothing would refuse to move there.
 */
#include "lib/lint_checks.h"

#include "lib/clock.h"

/* ---- stages ---- */

static bool is_led_to(const struct policy *policy, uint8_t stage)
{
    for (size_t on = 0; on < STAGE_ON_COUNT; on++)
        if (policy->stage_on[on] == stage)
            return true;
    return false;
}

/* The stages a ticket of this class comes to, from where it is born. */
static uint32_t reached_by(const struct policy *policy, uint8_t class_index)
{
    const struct class_policy *class_policy = &policy->class_policies[class_index];
    uint32_t reached = 1u << policy_first_stage(policy, class_index), before;

    do {
        before = reached;
        for (uint8_t stage = 0; stage < policy->stages.count; stage++) {
            const struct stage_policy *rule = &policy->stage_policies[stage];
            bool is_of_class = !class_policy->stages || (class_policy->stages >> stage & 1);
            bool is_meant = rule->line || class_policy->stages || is_led_to(policy, stage);

            if (is_of_class && is_meant && (!rule->from || (rule->from & reached)))
                reached |= 1u << stage;
        }
    } while (reached != before);
    return reached;
}

void lint_check_stage_unreached(const struct linting *linting)
{
    const struct policy *policy = linting->policy;
    uint32_t known = 0;

    for (size_t c = 0; c < policy->classes.count; c++) {
        const struct class_policy *class_policy = &policy->class_policies[c];
        uint32_t reached = reached_by(policy, (uint8_t)c);

        for (uint8_t stage = 0; stage < policy->stages.count; stage++)
            if (class_policy->stages & ~reached & 1u << stage)
                lint_find(linting, policy->stage_policies[stage].line,
                          "class %s: nothing leads to its stage %s", policy->classes.terms[c].name,
                          policy->stages.terms[stage].name);
        known |= reached | class_policy->stages;
    }
    for (uint8_t stage = 0; stage < policy->stages.count; stage++)
        if (!(known >> stage & 1))
            lint_find(linting, policy->stage_policies[stage].line, "nothing leads to stage %s",
                      policy->stages.terms[stage].name);
}

/* ---- who may ---- */

/* In some department at least. */
static bool is_held_somewhere(const struct linting *linting, uint8_t role)
{
    bool is_held = lint_is_held(linting, role, POLICY_NONE);

    for (uint8_t department = 0; department < linting->policy->departments.count; department++)
        is_held |= lint_is_held(linting, role, department);
    return is_held;
}

static bool is_anybody(const struct linting *linting, uint32_t roles)
{
    for (uint8_t role = 0; role < linting->policy->roles.count; role++)
        if ((roles >> role & 1) && is_held_somewhere(linting, role))
            return true;
    return !roles;
}

void lint_check_way_nobody(const struct linting *linting)
{
    const struct policy *policy = linting->policy;

    for (uint8_t stage = 0; stage < policy->stages.count; stage++)
        if (!is_anybody(linting, policy->stage_policies[stage].roles))
            lint_find(linting, policy->stage_policies[stage].line,
                      "stage %s: nobody holds a role that may move there", policy->stages.terms[stage].name);
    for (uint8_t reason = 0; reason < policy->pauses.count; reason++)
        if (!is_anybody(linting, policy->pause_policies[reason].roles))
            lint_find(linting, policy->pause_policies[reason].line,
                      "pause %s: nobody holds a role that may pause for it",
                      policy->pauses.terms[reason].name);
}

/* ---- pauses ---- */

void lint_check_pause_unheeded(const struct linting *linting)
{
    const struct policy *policy = linting->policy;
    uint32_t heeded = 0;

    for (size_t c = 0; c < policy->clock_count; c++)
        heeded |= policy->clocks[c].pauses;
    for (uint8_t reason = 0; reason < policy->pauses.count; reason++)
        if (!(heeded >> reason & 1))
            lint_find(linting, policy->pause_policies[reason].line, "no clock stops for the pause %s",
                      policy->pauses.terms[reason].name);
}

/* Whether it is due at instants only, which no pause moves. */
static bool is_immovable(const struct policy *policy, const struct clock_policy *clock)
{
    bool is_movable = clock->kind == CLOCK_QUOTA;

    for (size_t i = 0; clock->kind != CLOCK_PROMISE && policy_budget_list(clock, i); i++)
        for (uint8_t u = 0; u < policy->urgencies.count; u++) {
            struct span within = policy_budget_list(clock, i)[u];

            is_movable |= within.amount && !span_is_instant(within);
        }
    return !is_movable;
}

void lint_check_pause_idle(const struct linting *linting)
{
    const struct policy *policy = linting->policy;

    for (size_t c = 0; c < policy->clock_count; c++)
        if (policy->clocks[c].pauses && is_immovable(policy, &policy->clocks[c]))
            lint_find(linting, policy->clocks[c].line,
                      "clock %s never pauses: what is owed at a named time does not move",
                      policy->clocks[c].name);
}
