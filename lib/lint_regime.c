/*
 * Lint's checks of what the regime itself says: clocks, ladders, words.
 *
 * Rows of the table in lint.c. Each looks at the compiled policy only as far as its one question goes, so
 * that a finding has one cause and its name means one thing.
 */
#include "lib/lint_checks.h"

#include "lib/route.h"
#include "lib/ticket.h"
#include <string.h>

/* ---- clocks ---- */

void lint_check_start_is_stop(const struct linting *linting)
{
    for (size_t c = 0; c < linting->policy->clock_count; c++) {
        const struct clock_policy *clock = &linting->policy->clocks[c];
        bool covers =
            clock->start.what == clock->stop.what && clock->start.of == clock->stop.of &&
            (!clock->stop.kinds || (clock->start.kinds && !(clock->start.kinds & ~clock->stop.kinds))) &&
            (!clock->stop.channels ||
             (clock->start.channels && !(clock->start.channels & ~clock->stop.channels))) &&
            (!clock->stop.roles || (clock->start.roles & ~clock->stop.roles) == 0);

        if (covers && clock->kind != CLOCK_SILENCE)
            lint_find(linting, clock->line, "clock %s stops by what starts it (%s)", clock->name,
                      clock->stop.text);
    }
}

static bool overlap(const struct applies *a, const struct applies *b)
{
    return (!a->classes || !b->classes || (a->classes & b->classes)) &&
           (!a->urgencies || !b->urgencies || (a->urgencies & b->urgencies)) &&
           (!a->types || !b->types || (a->types & b->types)) &&
           (!a->stages || !b->stages || (a->stages & b->stages)) && a->facts == b->facts;
}

static bool is_same_condition(const struct condition *a, const struct condition *b)
{
    return a->what == b->what && a->of == b->of && a->kinds == b->kinds && a->roles == b->roles &&
           a->channels == b->channels;
}

void lint_check_clock_twice(const struct linting *linting)
{
    const struct policy *policy = linting->policy;

    for (size_t a = 0; a < policy->clock_count; a++)
        for (size_t b = a + 1; b < policy->clock_count; b++) {
            const struct clock_policy *one = &policy->clocks[a], *other = &policy->clocks[b];

            if (one->kind == other->kind && overlap(&one->when, &other->when) &&
                is_same_condition(&one->start, &other->start) && is_same_condition(&one->stop, &other->stop))
                lint_find(linting, other->line,
                          "clock %s watches what %s watches, for some of the same tickets", other->name,
                          one->name);
        }
}

void lint_check_clock_silent(const struct linting *linting)
{
    for (size_t c = 0; c < linting->policy->clock_count; c++)
        if (linting->policy->clocks[c].ladder == POLICY_NONE && !linting->policy->clocks[c].reminder_sets)
            lint_find(linting, linting->policy->clocks[c].line,
                      "clock %s tells nobody: neither reminders nor a ladder",
                      linting->policy->clocks[c].name);
}

static void check_budgets(const struct linting *linting, const struct span *within, int line,
                          const char *clock)
{
    const struct vocabulary *urgencies = &linting->policy->urgencies;

    for (uint8_t u = 1; u < urgencies->count; u++) {
        struct span less = within[u - 1], more = within[u];
        bool is_more = more.amount > less.amount || (more.amount == less.amount && more.minute > less.minute);

        if (less.unit == more.unit && is_more && less.amount)
            lint_find(linting, line, "clock %s: %s has more time than %s (urgencies rise in the file)", clock,
                      urgencies->terms[u].name, urgencies->terms[u - 1].name);
    }
}

void lint_check_clock_budgets(const struct linting *linting)
{
    const struct policy *policy = linting->policy;

    for (size_t c = 0; c < policy->clock_count; c++) {
        const struct clock_policy *clock = &policy->clocks[c];

        for (size_t list = 0; clock->kind == CLOCK_LIMIT && policy_budget_list(clock, list); list++)
            check_budgets(linting, policy_budget_list(clock, list),
                          list ? clock->budgets[list - 1].line : clock->line, clock->name);
    }
}

static bool reaches_back(const struct clock_policy *clock, const struct reminder_set *set, uint8_t urgency)
{
    for (uint8_t i = 0; i < set->count; i++) {
        const struct span *left = &clock->remind[set->number[i]].left;

        if (set->percent[i] == REMINDER_BEFORE && left->unit == clock->within[urgency].unit &&
            left->amount >= clock->within[urgency].amount)
            return true;
    }
    return false;
}

void lint_check_reminder_early(const struct linting *linting)
{
    const struct policy *policy = linting->policy;

    for (size_t c = 0; c < policy->clock_count; c++)
        for (size_t s = 0; s < policy->clocks[c].reminder_sets; s++)
            for (uint8_t u = 0; u < policy->urgencies.count; u++) {
                const struct clock_policy *clock = &policy->clocks[c];
                const struct reminder_set *set = &clock->reminders[s];
                bool is_limit = clock->kind == CLOCK_LIMIT || clock->kind == CLOCK_SILENCE;

                if (is_limit && clock->within[u].amount && (set->when.urgencies >> u & 1) &&
                    reaches_back(clock, set, u))
                    lint_find(linting, set->line, "clock %s: for %s it reminds before it begins", clock->name,
                              policy->urgencies.terms[u].name);
            }
}

/* What a window has at least. */
static int64_t window_ms(const struct span *window)
{
    bool is_time = window->unit == SPAN_REAL || window->unit == SPAN_BUSINESS;

    return is_time ? window->amount : window->amount * MSEC_DAY;
}

void lint_check_quota_impossible(const struct linting *linting)
{
    const struct policy *policy = linting->policy;

    for (size_t c = 0; c < policy->clock_count; c++) {
        const struct clock_policy *clock = &policy->clocks[c];

        if (clock->kind == CLOCK_QUOTA &&
            (clock->target - 1) * policy->contact.spacing_ms >= window_ms(&clock->window))
            lint_find(linting, clock->line,
                      "clock %s: %u contacts do not fit into a window with the spacing of [contact]",
                      clock->name, clock->target);
    }
}

void lint_check_stop_uncounted(const struct linting *linting)
{
    const struct policy *policy = linting->policy;

    for (size_t c = 0; c < policy->clock_count; c++) {
        bool is_opened = !policy->clocks[c].stop.roles;

        for (uint8_t role = 0; role < policy->roles.count; role++)
            is_opened |= (policy->clocks[c].stop.roles >> role & 1) && lint_is_held(linting, role, 0);
        if (!is_opened)
            lint_find(linting, policy->clocks[c].line,
                      "clock %s: nobody holds a role that could stop it (%s)", policy->clocks[c].name,
                      policy->clocks[c].stop.text);
    }
}

/* ---- ladders ---- */

static bool is_climbed(const struct policy *policy, size_t ladder)
{
    for (size_t c = 0; c < policy->clock_count; c++)
        if (policy->clocks[c].ladder == ladder)
            return true;
    return false;
}

void lint_check_ladder_unused(const struct linting *linting)
{
    for (size_t l = 0; l < linting->policy->ladder_count; l++)
        if (!is_climbed(linting->policy, l))
            lint_find(linting, linting->policy->ladders[l].line, "no clock climbs ladder %s",
                      linting->policy->ladders[l].name);
}

void lint_check_rung_unreachable(const struct linting *linting)
{
    for (size_t l = 0; l < linting->policy->ladder_count; l++) {
        const struct ladder_policy *ladder = &linting->policy->ladders[l];

        for (size_t s = 0; s < ladder->count; s++)
            for (size_t r = 1; r < ladder->sets[s].count; r++) {
                const struct rung *below = &ladder->sets[s].rungs[r - 1], *rung = &ladder->sets[s].rungs[r];
                bool same_unit =
                    (below->percent >= 0) == (rung->percent >= 0) && below->delay.unit == rung->delay.unit;

                if (same_unit && rung->percent <= below->percent && rung->delay.amount <= below->delay.amount)
                    lint_find(linting, ladder->sets[s].rungs[r].line,
                              "ladder %s: rung %zu fires no later than the rung below it", ladder->name,
                              r + 1);
            }
    }
}

void lint_check_ladder_long(const struct linting *linting)
{
    for (size_t l = 0; l < linting->policy->ladder_count; l++) {
        const struct ladder_policy *ladder = &linting->policy->ladders[l];

        for (size_t s = 0; s < ladder->count; s++)
            for (size_t r = 0; r < ladder->sets[s].count; r++)
                if (ladder->sets[s].rungs[r].percent > 100)
                    lint_find(linting, ladder->sets[s].rungs[r].line,
                              "ladder %s: rung %zu waits longer than the whole limit again", ladder->name,
                              r + 1);
    }
}

static bool is_same_addressee(const struct addressee *a, const struct addressee *b)
{
    if (a->person || b->person)
        return a->person && b->person && strcmp(a->person, b->person) == 0;
    return a->role == b->role && a->department == b->department;
}

static bool is_subset(const struct audience *audience, const struct audience *of)
{
    for (uint8_t a = 0; a < audience->count; a++) {
        bool is_in = false;

        for (uint8_t b = 0; b < of->count; b++)
            is_in |= is_same_addressee(&audience->to[a][0], &of->to[b][0]);
        if (!is_in)
            return false;
    }
    return true;
}

void lint_check_rung_repeats(const struct linting *linting)
{
    for (size_t l = 0; l < linting->policy->ladder_count; l++) {
        const struct ladder_policy *ladder = &linting->policy->ladders[l];

        for (size_t s = 0; s < ladder->count; s++)
            for (size_t r = 1; r < ladder->sets[s].count; r++)
                if (is_subset(&ladder->sets[s].rungs[r].to, &ladder->sets[s].rungs[r - 1].to))
                    lint_find(linting, ladder->sets[s].rungs[r].line,
                              "ladder %s: rung %zu tells only people the rung below has just told",
                              ladder->name, r + 1);
    }
}

/* When a rung fires after the breach, where that is real time; -1: it depends on the limit or a calendar. */
static msec plain_delay(const struct rung *rung)
{
    bool is_at_once = rung->percent <= 0 && !rung->delay.amount;
    bool is_plain = rung->percent < 0 && rung->delay.unit == SPAN_REAL;

    return is_at_once ? 0 : is_plain ? rung->delay.amount : -1;
}

void lint_check_rung_never_again(const struct linting *linting)
{
    for (size_t l = 0; l < linting->policy->ladder_count; l++) {
        const struct ladder_policy *ladder = &linting->policy->ladders[l];

        for (size_t s = 0; s < ladder->count; s++)
            for (size_t r = 1; r < ladder->sets[s].count; r++) {
                const struct rung *below = &ladder->sets[s].rungs[r - 1];
                msec from = plain_delay(below), next = plain_delay(&ladder->sets[s].rungs[r]);

                if (below->times && below->every.unit == SPAN_REAL && from >= 0 && next >= 0 &&
                    from + below->every.amount >= next)
                    lint_find(linting, below->line,
                              "ladder %s: rung %zu is never told again, because rung %zu fires first",
                              ladder->name, r, r + 1);
            }
    }
}

void lint_check_rung_unasked(const struct linting *linting)
{
    for (size_t l = 0; l < linting->policy->ladder_count; l++) {
        const struct ladder_policy *ladder = &linting->policy->ladders[l];

        for (size_t s = 0; s < ladder->count; s++)
            for (size_t r = 0; r < ladder->sets[s].count; r++) {
                const struct rung *rung = &ladder->sets[s].rungs[r];

                if (rung->unless_acknowledged && !rung->times && plain_delay(rung) == 0)
                    lint_find(linting, ladder->sets[s].rungs[r].line,
                              "ladder %s: rung %zu fires with the breach, which nobody can have acknowledged "
                              "by then",
                              ladder->name, r + 1);
            }
    }
}

/* ---- words ---- */

/* In every class that has it, or in none that any has. */
static bool is_routed(const struct policy *policy, uint8_t type)
{
    struct route_question question = {.types = UINT32_C(1) << type};
    bool has_class = false;

    for (; question.class_index < policy->classes.count; question.class_index++) {
        if (!(policy->class_policies[question.class_index].types >> type & 1))
            continue;
        has_class = true;
        for (question.urgency = 0; question.urgency < policy->urgencies.count; question.urgency++)
            if (!route_of(policy, &question))
                return false;
    }
    for (size_t i = 0; !has_class && i < policy->route_count; i++)
        if (policy->routes[i].when.types >> type & 1)
            return true;
    return has_class;
}

void lint_check_type_unrouted(const struct linting *linting)
{
    const struct policy *policy = linting->policy;

    for (size_t type = 0; type < policy->types.count; type++)
        if (!is_routed(policy, (uint8_t)type))
            lint_find(linting, 0, "type %s has no route to a department", policy->types.terms[type].name);
}

void lint_check_type_unclassed(const struct linting *linting)
{
    const struct policy *policy = linting->policy;
    uint32_t classed = 0;

    for (size_t c = 0; c < policy->classes.count; c++)
        classed |= policy->class_policies[c].types;
    for (size_t type = 0; type < policy->types.count; type++)
        if (!(classed >> type & 1))
            lint_find(linting, 0, "type %s belongs to no class", policy->types.terms[type].name);
}

/* A class may have a route of its own, and then its tickets need no type. */
static bool needs_no_type(const struct policy *policy, uint8_t class_index)
{
    struct route_question question = {.class_index = class_index};

    for (uint8_t urgency = 0; urgency < policy->urgencies.count; urgency++) {
        question.urgency = urgency;
        if (!route_of(policy, &question))
            return false;
    }
    return true;
}

void lint_check_class_untyped(const struct linting *linting)
{
    const struct policy *policy = linting->policy;

    for (uint8_t c = 0; c < policy->classes.count; c++)
        if (policy->types.count && !policy->class_policies[c].types && !needs_no_type(policy, c))
            lint_find(linting, 0, "class %s has no types", policy->classes.terms[c].name);
}

/* Does a clock with this beginning start when the ticket is filed? Then it also comes to its first stage. */
static bool starts_at_intake(const struct condition *start, const struct ticket *ticket)
{
    bool is_there = start->what == HAPPENING_STAGE && (!start->kinds || (start->kinds >> ticket->stage & 1));

    return is_there || start->what == HAPPENING_RECEIVED || start->what == HAPPENING_OCCURRED;
}

void lint_check_urgency_unwatched(const struct linting *linting)
{
    const struct policy *policy = linting->policy;

    for (uint8_t class_index = 0; class_index < policy->classes.count; class_index++)
        for (uint8_t urgency = 0; urgency < policy->urgencies.count; urgency++) {
            const struct ticket ticket = {
                .class_index = class_index,
                .urgency = urgency,
                .types = policy->class_policies[class_index].types,
                .stage = policy_first_stage(policy, class_index),
            };
            bool is_watched = false;

            for (size_t c = 0; c < policy->clock_count; c++)
                is_watched |= starts_at_intake(&policy->clocks[c].start, &ticket) &&
                              policy_applies(&policy->clocks[c].when, &ticket);
            if (!is_watched)
                lint_find(linting, 0, "no clock starts at the intake of class %s, urgency %s",
                          policy->classes.terms[class_index].name, policy->urgencies.terms[urgency].name);
        }
}

void lint_check_language_missing(const struct linting *linting)
{
    const struct policy *policy = linting->policy;
    bool is_spoken[LANGUAGE_COUNT] = {false};

    for (size_t i = 0; i < roster_count(linting->roster); i++)
        is_spoken[roster_person(linting->roster, (uint16_t)i)->language] = true;
    for (size_t c = 0; c < policy->clock_count; c++)
        for (enum language language = 0; language < LANGUAGE_COUNT; language++) {
            const char *name = policy->clocks[c].breach_template;

            if (name && is_spoken[language] && !notice_templates_have(policy->templates, name, language))
                lint_find(linting, policy->clocks[c].line,
                          "template %s is missing in a language people read (%s)", name,
                          language_name(language));
        }
}
