/*
 * Why one notice went out: which clock, which line of the regime, to whom as what, and what became of it.
 *
 * Called by method_explain.c with the notice's row. The row says most of it; what is added is what a reader
 * would look up next: the line of the regime's file in its own words, the verdict that the notice spoke of
 * and by which versions it was made, and each state the notice went through. Line numbers are those of the
 * file in force; when the verdict was made by another version, that is said.
 */
#include "lib/explain_notice.h"

#include "lib/answer.h"
#include "lib/ladder.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *text_of(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));

    return text ? text : "";
}

static int rung_of(const json_t *notice)
{
    return (int)json_integer_value(json_object_get(notice, "rung"));
}

static void copy(json_t *to, const json_t *from, const char *name)
{
    json_t *value = json_object_get(from, name);

    if (value && !json_is_null(value))
        json_object_set(to, name, value);
}

static bool is_reminder(int rung)
{
    return rung <= RUNG_REMINDER && rung > RUNG_WITHDRAWN;
}

/* ---- what it is ---- */

static const char *kind_of(int rung)
{
    if (rung > 0)
        return "rung";
    if (rung == RUNG_ALL_CLEAR)
        return "all_clear";
    if (is_reminder(rung))
        return "reminder";
    if (rung == RUNG_WITHDRAWN)
        return "withdrawal";
    if (rung == RUNG_REPLACED)
        return "replaced";
    if (rung == RUNG_DIGEST)
        return "digest";
    if (rung == RUNG_TEST)
        return "test";
    if (rung == RUNG_SCHEDULE)
        return "schedule";
    return rung == RUNG_REPORT ? "report" : "other";
}

static void say_head(struct explaining *explaining, const json_t *notice, json_t *result)
{
    static const char *const members[] = {"notice",  "ticket",   "number",   "clock",    "cycle",
                                          "rung",    "step",     "state",    "template", "subject",
                                          "channel", "address",  "reason",   "detail",   "hold",
                                          "into",    "ready_at", "queue_id", "at",       "attempts"};
    struct arena *arena = explaining->wording.arena;
    int rung = rung_of(notice);
    const char *kind = kind_of(rung);

    for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++)
        copy(result, notice, members[i]);
    json_object_set_new(result, "kind", json_string(kind));
    json_t *fact = json_copy(result);

    json_object_set_new(fact, "name", json_string(explain_name(explaining, text_of(notice, "recipient"))));
    json_object_set_new(fact, "number_of",
                        json_integer(is_reminder(rung) ? RUNG_REMINDER - rung : rung % RUNG_AGAIN));
    if (rung > RUNG_AGAIN)
        json_object_set_new(fact, "time", json_integer(rung / RUNG_AGAIN + 1));
    json_decref(explain_say(explaining, arena_printf(arena, "notice_%s", kind), fact));
}

/* ---- the clock, as it was judged ---- */

/* The last verdict of a kind before the notice; NULL. */
static const json_t *verdict_before(const json_t *notice, const char *type)
{
    msec at = explain_cold_instant(notice, "at");
    const json_t *verdict, *found = NULL;
    size_t index;

    json_array_foreach(json_object_get(notice, "verdicts"), index, verdict)
    {
        if (strcmp(text_of(verdict, "type"), type) == 0 && explain_cold_instant(verdict, "at") <= at)
            found = verdict;
    }
    return found;
}

static const struct clock_policy *rule_of(const struct explaining *explaining, const json_t *notice)
{
    uint8_t rule = policy_find_clock(explaining->desk->policy, text_of(notice, "clock"));

    return rule == POLICY_NONE ? NULL : &explaining->desk->policy->clocks[rule];
}

static void say_clock(struct explaining *explaining, const json_t *notice, json_t *result)
{
    const struct clock_policy *rule = rule_of(explaining, notice);
    const json_t *reminded = verdict_before(notice, "clock.reminded");
    const json_t *breached = is_reminder(rung_of(notice)) ? NULL : verdict_before(notice, "clock.breached");
    json_t *fact = json_object();

    if (!rule) {
        json_decref(fact);
        return;
    }
    copy(fact, notice, "clock");
    copy(fact, notice, "cycle");
    json_object_set_new(fact, "title", json_string(rule->title[explaining->wording.language]));
    copy(fact, breached ? breached : reminded, "due_at");
    if (breached) {
        json_object_set(fact, "judged_at", json_object_get(breached, "at"));
        copy(fact, breached, "detail");
    }
    json_object_set_new(result, "about", explain_say(explaining, "notice_clock", fact));
}

/* ---- the line of the regime ---- */

static const char *line_text(const struct explaining *explaining, int line)
{
    const char *text = explaining->desk->policy->text;

    for (int i = 1; i < line && text; i++) {
        text = strchr(text, '\n');
        text += text != NULL;
    }
    return text ? arena_bytes(explaining->wording.arena, text, strcspn(text, "\r\n")) : "";
}

/* Without the ticket it is not known which list was climbed: the first that has such a rung stands for it. */
static int rung_line(const struct explaining *explaining, const struct clock_policy *rule, int rung)
{
    const struct policy *policy = explaining->desk->policy;
    const struct ladder_policy *ladder;
    size_t place = (size_t)(rung % RUNG_AGAIN) - 1;

    if (rule->ladder == POLICY_NONE)
        return 0;
    ladder = &policy->ladders[rule->ladder];
    uint8_t own = explaining->ticket ? policy_rung_set(ladder, explaining->ticket) : 0;

    for (size_t i = 0; i < ladder->count; i++) {
        const struct rung_set *set = &ladder->sets[(own + i) % ladder->count];

        if (place < set->count)
            return set->rungs[place].line;
    }
    return 0;
}

static int reminder_line(const struct explaining *explaining, const struct clock_policy *rule, int rung)
{
    const struct reminder_set *own = explaining->ticket ? policy_reminders(rule, explaining->ticket) : NULL;

    if (own)
        return own->line;
    for (size_t i = 0; i < rule->reminder_sets; i++)
        for (uint8_t k = 0; k < rule->reminders[i].count; k++)
            if (rule->reminders[i].percent[k] == RUNG_REMINDER - rung)
                return rule->reminders[i].line;
    return rule->line;
}

static int report_line(const struct explaining *explaining, const char *name)
{
    const struct policy *policy = explaining->desk->policy;

    for (size_t i = 0; i < policy->report_count; i++)
        if (strcmp(policy->reports[i].name, name) == 0) {
            int line = explaining->ticket ? policy->reports[i].to_line[explaining->ticket->urgency] : 0;

            return line ? line : policy->reports[i].line;
        }
    return 0;
}

static int line_of(const struct explaining *explaining, const json_t *notice)
{
    const struct clock_policy *rule = rule_of(explaining, notice);
    int rung = rung_of(notice);

    if (rung == RUNG_REPORT)
        return report_line(explaining, text_of(notice, "clock"));
    if (!rule)
        return 0;
    if (rung > 0)
        return rung_line(explaining, rule, rung);
    if (is_reminder(rung))
        return reminder_line(explaining, rule, rung);
    return rule->ladder == POLICY_NONE ? rule->line : explaining->desk->policy->ladders[rule->ladder].line;
}

static void say_rule(struct explaining *explaining, const json_t *notice, json_t *result)
{
    int line = line_of(explaining, notice);
    json_t *fact = json_object();

    if (!line) {
        json_decref(fact);
        return;
    }
    explain_set_place(explaining, fact, line);
    json_object_set_new(fact, "text", json_string(line_text(explaining, line)));
    json_object_set_new(result, "rule", explain_say(explaining, "notice_rule", fact));
}

static bool begins_with(const char *whole, const char *part)
{
    return strncmp(whole, part, strlen(part)) == 0;
}

static void say_versions(struct explaining *explaining, const json_t *notice, json_t *result)
{
    const struct desk *desk = explaining->desk;
    const char *type = rung_of(notice) > 0            ? "ladder.rung"
                       : is_reminder(rung_of(notice)) ? "clock.reminded"
                                                      : "clock.breached";
    const json_t *verdict = verdict_before(notice, type);
    json_t *fact = json_object();

    if (!verdict) {
        json_decref(fact);
        return;
    }
    bool is_same = begins_with(desk->policy->digest, text_of(verdict, "policy")) &&
                   begins_with(roster_digest(desk->roster), text_of(verdict, "people"));

    copy(fact, verdict, "policy");
    copy(fact, verdict, "people");
    json_object_set_new(result, "versions",
                        explain_say(explaining, is_same ? "notice_judged" : "notice_judged_otherwise", fact));
}

/* ---- to whom, and what became of it ---- */

static void say_recipient(struct explaining *explaining, const json_t *notice, json_t *result)
{
    json_t *fact = explain_cold_recipient(explaining, notice);
    bool is_deputy = json_object_get(fact, "stands_for") != NULL;

    json_object_set_new(result, "told",
                        explain_say(explaining, is_deputy ? "notice_deputy" : "notice_holder", fact));
}

static void say_state(struct explaining *explaining, json_t *list, json_t *at, const char *state,
                      const char *detail)
{
    json_t *fact = json_pack("{s:O?,s:s,s:s?}", "at", at, "state", state, "detail", detail);

    json_array_append_new(list, explain_say(explaining, "notice_course", fact));
}

/* A line of the column `course`: instant, state, detail. */
static void say_course_line(struct explaining *explaining, json_t *list, char *line)
{
    char *save, *at = strtok_r(line, " ", &save), *state = strtok_r(NULL, " ", &save);
    json_t *instant = at ? json_string(at) : NULL;

    if (state)
        say_state(explaining, list, instant, state, *save ? save : NULL);
    json_decref(instant);
}

/* Did it have to wait from the beginning? */
static bool was_born_held(const json_t *notice, const char *course)
{
    const char *at = text_of(notice, "at"), *state = course + strlen(at);

    return begins_with(course, at) && begins_with(state, " held");
}

/* Queued, unless it was withheld or held at birth; then line by line. */
static void say_course(struct explaining *explaining, const json_t *notice, json_t *result)
{
    char *course = arena_text(explaining->wording.arena, text_of(notice, "course")), *save;
    json_t *list = json_array();
    bool is_withheld = !*course && strcmp(text_of(notice, "state"), "suppressed") == 0;

    if (!was_born_held(notice, course))
        say_state(explaining, list, json_object_get(notice, "at"), is_withheld ? "suppressed" : "queued",
                  is_withheld ? json_string_value(json_object_get(notice, "detail")) : NULL);
    for (char *line = strtok_r(course, "\n", &save); line; line = strtok_r(NULL, "\n", &save))
        say_course_line(explaining, list, line);
    json_object_set_new(result, "course", list);
    if (json_object_get(result, "hold"))
        json_decref(explain_say(explaining, "notice_held", json_copy(result)));
    if (json_object_get(result, "into"))
        json_decref(explain_say(explaining, "notice_digested", json_copy(result)));
}

/* Only what is out of the ordinary: that a limit was missed has been said already. */
static void say_reason(struct explaining *explaining, const json_t *notice)
{
    json_t *fact = json_object();

    if (!strchr(text_of(notice, "reason"), ';')) {
        json_decref(fact);
        return;
    }

    copy(fact, notice, "reason");
    json_decref(explain_say(explaining, "notice_reason", fact));
}

json_t *explain_notice(struct explaining *explaining, const json_t *notice)
{
    json_t *result = json_object(), *lines = json_array();

    explaining->lines = lines;
    say_head(explaining, notice, result);
    say_clock(explaining, notice, result);
    say_rule(explaining, notice, result);
    say_recipient(explaining, notice, result);
    say_reason(explaining, notice);
    say_versions(explaining, notice, result);
    say_course(explaining, notice, result);
    json_object_set_new(result, "lines", lines);
    return result;
}
