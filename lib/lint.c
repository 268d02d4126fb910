/*
 * Lint: a table of checks over a compiled regime and its people.
 *
 * Used by `dubanctl regime check` before a regime goes live. The compiler refuses what it cannot understand;
 * lint looks for what it understands too well: a clock that stops where it starts, a rung nobody will ever
 * hear, a gate only a role can open that nobody holds. Each check is a function of policy and people with a
 * stable name, and shows every place it finds; a regime may be right in spite of a finding, so nothing is
 * refused here.
 */
#include "lib/lint.h"

#include "lib/base/memory.h"
#include "lib/lint_checks.h"
#include "lib/lint_words.h"
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void findings_init(struct findings *findings)
{
    *findings = (struct findings){0};
    arena_init(&findings->arena);
}

void findings_finish(struct findings *findings)
{
    if (!findings)
        return;
    arena_finish(&findings->arena);
    free(findings->list);
    findings_init(findings);
}

void lint_find(const struct linting *linting, int line, const char *format, ...)
{
    struct findings *findings = linting->findings;
    char text[512];
    va_list list;

    va_start(list, format);
    vsnprintf(text, sizeof(text), lint_words(format, linting->language), list);
    va_end(list);
    findings->list =
        memory_reserve(findings->list, &findings->capacity, findings->count + 1, sizeof(*findings->list));
    findings->list[findings->count++] = (struct finding){
        .check = linting->check,
        .line = line,
        .text = arena_text(&findings->arena, text),
    };
}

/* ---- people ---- */

bool lint_is_held(const struct linting *linting, uint8_t role, uint8_t department)
{
    uint16_t person;

    return linting->policy->role_scope[role] == SCOPE_TICKET ||
           roster_holders(linting->roster, linting->policy, role, department, &person, 1) > 0;
}

/* Can somebody be told, of a ticket of `department`? A handler may not be named yet. */
static bool hears(const struct linting *linting, const struct addressee *whom, uint8_t department)
{
    uint16_t person;

    if (whom->person) {
        person = roster_find_known(linting->roster, whom->person);
        return person != ROSTER_NOBODY && !roster_person(linting->roster, person)->is_off;
    }
    if (whom->department == AUDIENCE_SUPPORTING) /* as if it were this one */
        return roster_members(linting->roster, whom->role, department, &person, 1) > 0;
    if (whom->department != POLICY_NONE)
        return roster_members(linting->roster, whom->role, whom->department, &person, 1) > 0;
    return whom->role != POLICY_NONE && linting->policy->role_scope[whom->role] != SCOPE_TICKET &&
           lint_is_held(linting, whom->role, department);
}

/* The first department in which nobody of the audience can be told; POLICY_NONE when there is none. */
static uint8_t deaf_department(const struct linting *linting, const struct audience *audience)
{
    for (uint8_t department = 0; department < linting->policy->departments.count; department++) {
        bool is_heard = false;

        for (uint8_t place = 0; place < audience->count; place++)
            for (size_t choice = 0; choice < AUDIENCE_CHOICES; choice++)
                is_heard |= hears(linting, &audience->to[place][choice], department);
        if (!is_heard)
            return department;
    }
    return POLICY_NONE;
}

static bool is_routed_to(const struct policy *policy, uint8_t department)
{
    for (size_t i = 0; i < policy->route_count; i++)
        if (policy->routes[i].department == department)
            return true;
    return false;
}

static void check_rung_nobody(const struct linting *linting)
{
    const struct policy *policy = linting->policy;

    for (size_t l = 0; l < policy->ladder_count; l++)
        for (size_t s = 0; s < policy->ladders[l].count; s++)
            for (size_t r = 0; r < policy->ladders[l].sets[s].count; r++) {
                uint8_t deaf = deaf_department(linting, &policy->ladders[l].sets[s].rungs[r].to);

                if (deaf != POLICY_NONE && is_routed_to(policy, deaf))
                    lint_find(linting, policy->ladders[l].sets[s].rungs[r].line,
                              "ladder %s: nobody can be told on rung %zu in department %s",
                              policy->ladders[l].name, r + 1, policy->departments.terms[deaf].name);
            }
}

static void check_reminder_nobody(const struct linting *linting)
{
    const struct policy *policy = linting->policy;

    for (size_t c = 0; c < policy->clock_count; c++) {
        const struct clock_policy *clock = &policy->clocks[c];
        uint8_t deaf = clock->reminder_sets ? deaf_department(linting, &clock->remind_to) : POLICY_NONE;

        if (deaf != POLICY_NONE && is_routed_to(policy, deaf))
            lint_find(linting, clock->line,
                      "clock %s: while no handler is named, nobody is reminded in department %s", clock->name,
                      policy->departments.terms[deaf].name);
    }
}

static void look_for_person(const struct linting *linting, const struct audience *audience, int line,
                            const char *where)
{
    for (uint8_t place = 0; place < audience->count; place++)
        for (size_t choice = 0; choice < AUDIENCE_CHOICES; choice++) {
            const char *id = audience->to[place][choice].person;

            if (id && roster_find_known(linting->roster, id) == ROSTER_NOBODY)
                lint_find(linting, line, "%s: there is no person %s", where, id);
        }
}

static void check_person_unknown(const struct linting *linting)
{
    const struct policy *policy = linting->policy;

    for (size_t l = 0; l < policy->ladder_count; l++)
        for (size_t s = 0; s < policy->ladders[l].count; s++)
            for (size_t r = 0; r < policy->ladders[l].sets[s].count; r++)
                look_for_person(linting, &policy->ladders[l].sets[s].rungs[r].to, policy->ladders[l].line,
                                policy->ladders[l].name);
    for (size_t c = 0; c < policy->clock_count; c++)
        look_for_person(linting, &policy->clocks[c].remind_to, policy->clocks[c].line,
                        policy->clocks[c].name);
    for (size_t i = 0; i < policy->report_count; i++)
        for (size_t u = 0; u < policy->urgencies.count; u++)
            look_for_person(linting, &policy->reports[i].to[u], policy->reports[i].line,
                            policy->reports[i].name);
}

static void check_role_nobody(const struct linting *linting)
{
    const struct policy *policy = linting->policy;

    for (uint8_t role = 0; role < policy->roles.count; role++)
        if (policy->role_scope[role] == SCOPE_DESK && !lint_is_held(linting, role, POLICY_NONE))
            lint_find(linting, 0, "nobody holds the role %s", policy->roles.terms[role].name);
}

static void check_gate_nobody(const struct linting *linting)
{
    const struct policy *policy = linting->policy;

    for (size_t f = 0; f < policy->fact_count; f++) {
        bool is_opened = !policy->facts[f].roles;

        for (uint8_t role = 0; role < policy->roles.count; role++)
            is_opened |= (policy->facts[f].roles >> role & 1) && lint_is_held(linting, role, 0);
        if (!is_opened)
            lint_find(linting, 0, "gate '%s': nobody holds a role that could open it", policy->facts[f].text);
    }
}

static void check_person_idle(const struct linting *linting)
{
    for (size_t i = 0; i < roster_count(linting->roster); i++) {
        const struct person *person = roster_person(linting->roster, (uint16_t)i);

        if (!person->roles && !person->is_off)
            lint_find(linting, 0, "person %s has no role", person->id);
    }
}

static void check_absence_alone(const struct linting *linting)
{
    for (size_t i = 0; i < roster_count(linting->roster); i++) {
        const struct person *person = roster_person(linting->roster, (uint16_t)i);

        for (size_t a = 0; a < person->absence_count; a++)
            if (roster_reachable(linting->roster, (uint16_t)i, person->absences[a].first_day) ==
                ROSTER_NOBODY) {
                lint_find(linting, 0, "person %s: nobody stands in on the first day of an absence",
                          person->id);
                break;
            }
    }
}

static const struct {
    const char *name;
    void (*run)(const struct linting *linting);
} checks[] = {
    {"rung_nobody", check_rung_nobody},            /* a rung on which nobody can be told */
    {"reminder_nobody", check_reminder_nobody},    /* reminders that reach nobody until a handler is named */
    {"person_unknown", check_person_unknown},      /* an audience names a person whom there is not */
    {"role_nobody", check_role_nobody},            /* a role that nobody holds */
    {"gate_nobody", check_gate_nobody},            /* a gate that only a role opens which nobody holds */
    {"stop_nobody", lint_check_stop_uncounted},    /* a clock that only a role stops which nobody holds */
    {"person_idle", check_person_idle},            /* a person without a role */
    {"absence_alone", check_absence_alone},        /* an absence in which nobody stands in */
    {"start_is_stop", lint_check_start_is_stop},   /* a clock that stops by what starts it */
    {"clock_twice", lint_check_clock_twice},       /* two clocks that watch the same */
    {"clock_silent", lint_check_clock_silent},     /* a clock that tells nobody anything */
    {"budget_grows", lint_check_clock_budgets},    /* more time for a higher urgency */
    {"reminder_early", lint_check_reminder_early}, /* a reminder before the clock begins */
    {"quota_impossible", lint_check_quota_impossible}, /* a quota that does not fit into its window */
    {"hours_never_close",
     lint_check_hours_round_the_clock},                /* business time by a calendar that never closes */
    {"calendar_ends", lint_check_calendar_ends},       /* holiday facts that end within 60 days */
    {"calendar_idle", lint_check_calendar_idle},       /* a department's calendar that no clock counts by */
    {"calendar_missing", lint_check_calendar_missing}, /* a clock by it where no department has one */
    {"ladder_unused", lint_check_ladder_unused},       /* a ladder that no clock climbs */
    {"ladder_long", lint_check_ladder_long},           /* a rung later than the whole limit again */
    {"rung_unreachable", lint_check_rung_unreachable}, /* a rung no later than the one below it */
    {"rung_repeats", lint_check_rung_repeats},         /* a rung that tells only those just told */
    {"rung_never_again", lint_check_rung_never_again}, /* a repetition that the next rung always forestalls */
    {"rung_unasked", lint_check_rung_unasked},         /* a condition nobody can bring about in time */
    {"route_never", lint_check_route_never},           /* a route that no ticket takes */
    {"route_nobody", lint_check_route_nobody},         /* its handler's role is nobody's there */
    {"supporting_untold", lint_check_supporting_untold}, /* they are to help and hear nothing */
    {"type_unrouted", lint_check_type_unrouted},         /* a type without a route */
    {"type_unclassed", lint_check_type_unclassed},       /* a type of no class */
    {"class_untyped", lint_check_class_untyped},         /* a class without types */
    {"unwatched", lint_check_urgency_unwatched},         /* tickets that no clock watches from their intake */
    {"stage_unreached", lint_check_stage_unreached},     /* a stage that nothing leads to */
    {"way_nobody", lint_check_way_nobody},               /* a stage or a pause for roles that nobody holds */
    {"pause_unheeded", lint_check_pause_unheeded},       /* a reason to pause that no clock stops for */
    {"pause_idle", lint_check_pause_idle},               /* a clock that is said to pause and can't */
    {"variable_masked",
     lint_check_variable_masked},                  /* a word of a template that none of its readers may see */
    {"customer_words", lint_check_customer_words}, /* internal words in a template for customers */
    {"domain_nobody", lint_check_domain_nobody},   /* a domain in which nobody has an address */
    {"quiet_never", lint_check_quiet_never},       /* quiet outside hours that never end */
    {"schedule_over", lint_check_schedule_over},   /* a schedule that never runs again */
    {"schedule_restless", lint_check_schedule_restless}, /* working days by a calendar without rest days */
    {"schedule_nobody", lint_check_schedule_nobody},     /* a mail of a schedule that reaches nobody */
    {"language_missing", lint_check_language_missing},   /* a template missing in a language people read */
};

#define CHECK_COUNT (sizeof(checks) / sizeof(checks[0]))

void lint(const struct policy *policy, const struct roster *roster, enum language language, msec now,
          struct findings *ret_findings)
{
    struct linting linting = {
        .policy = policy,
        .roster = roster,
        .language = language,
        .now = now,
        .findings = ret_findings,
    };

    for (size_t i = 0; i < CHECK_COUNT; i++) {
        linting.check = checks[i].name;
        checks[i].run(&linting);
    }
}
