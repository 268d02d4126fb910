/*
 * Making a report: pages of rows in, one document out.
 *
 * Created by the hands (daemon/reports.c) for a question that report_ask() has read, fed page by page as the
 * database gives them, and asked for its document at the end. Nothing here waits, and no page is long:
 * whoever feeds it comes back to the loop between two pages. The policy is asked for at every page and never
 * kept, so a reload may happen in between; groups are words, not numbers of words.
 *
 * Each kind is a row of a table: which statements give its rows, how one is taken, how the document is
 * written.
 */
#include "lib/report_inside.h"

#include "lib/answer.h"
#include "lib/base/memory.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct report_kind *const kinds[] = {
    &report_overdue,      &report_breaches, &report_times,      &report_outcome,  &report_bottlenecks,
    &report_satisfaction, &report_trend,    &report_complaints, &report_attitude, &report_lists,
    &report_appraisal,    &report_worklog,  &report_open,
};

const struct report_kind *report_kind_at(size_t index)
{
    return index < sizeof(kinds) / sizeof(*kinds) ? kinds[index] : NULL;
}

const struct report_kind *report_kind_find(const char *name)
{
    for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
        if (strcmp(kinds[i]->name, name) == 0)
            return kinds[i];
    return NULL;
}

/* ---- life ---- */

struct report *report_create(const struct report_question *question, msec now)
{
    struct report *report = memory_new(1, sizeof(*report));

    report->question = *question;
    report->kind = report_kind_find(question->report);
    report->now = now;
    report->after = -1;
    report->lines = json_array();
    return report;
}

void report_destroy(struct report *report)
{
    if (!report)
        return;
    groups_finish(&report->groups);
    for (size_t i = 0; i < sizeof(report->others) / sizeof(*report->others); i++)
        groups_finish(&report->others[i]);
    json_decref(report->lines);
    free(report);
}

/* ---- rows ---- */

const char *row_text(const json_t *row, const char *member)
{
    const char *text = json_string_value(json_object_get(row, member));

    return text ? text : "";
}

msec row_instant(const json_t *row, const char *member)
{
    const json_t *value = json_object_get(row, member);

    return json_is_integer(value) ? json_integer_value(value) : NEVER;
}

int64_t row_count(const json_t *row, const char *member)
{
    return json_integer_value(json_object_get(row, member));
}

void report_month(const struct desk *desk, msec at, char ret_month[8])
{
    struct civil civil = zone_civil(desk->policy->zone, at);
    char text[32];

    snprintf(text, sizeof(text), "%04d-%02d", civil.year, civil.month);
    memcpy(ret_month, text, 7);
    ret_month[7] = '\0';
}

static const char *word_of(const struct desk *desk, enum report_by by, const json_t *row, msec at,
                           char month[8])
{
    static const char *const members[REPORT_BY_COUNT] = {
        [REPORT_BY_PERSON] = "handler",    [REPORT_BY_DEPARTMENT] = "department",
        [REPORT_BY_CUSTOMER] = "customer", [REPORT_BY_CLASS] = "class",
        [REPORT_BY_TYPE] = "types",        [REPORT_BY_URGENCY] = "urgency",
        [REPORT_BY_CHANNEL] = "channel",   [REPORT_BY_CLOCK] = "clock",
    };

    if (by != REPORT_BY_MONTH)
        return row_text(row, members[by]);
    report_month(desk, at, month);
    return month;
}

struct group *report_group(struct report *report, const struct desk *desk, const json_t *row, msec at)
{
    const struct report_question *question = &report->question;
    const char *words[REPORT_DIMENSIONS] = {NULL};
    char months[REPORT_DIMENSIONS][8];

    for (size_t i = 0; i < question->by_count; i++)
        words[i] = word_of(desk, question->by[i], row, at, months[i]);
    struct group *group = groups_of(&report->groups, words, question->by_count);

    if (!group)
        report->wrong = "it has more groups than fit into a report: ask for fewer days, or by something else";
    return group;
}

/* ---- by whose hours ---- */

static const struct calendar *customer_hours(struct report *report, const struct desk *desk, const char *text)
{
    const struct calendar *named = policy_find_calendar(desk->policy, text);
    int open, close;

    if (named || !desk_hours_are_typed(text, &open, &close) || strlen(text) >= sizeof(report->hours->text))
        return named;
    for (size_t i = 0; i < report->hour_count; i++)
        if (strcmp(report->hours[i].text, text) == 0)
            return report->hours[i].calendar;
    if (report->hour_count == REPORT_HOURS)
        calendar_destroy(report->hours[--report->hour_count].calendar);
    struct report_hours *hours = &report->hours[report->hour_count++];

    strcpy(hours->text, text);
    hours->calendar = calendar_create_daily(text, desk->policy->zone, open, close);
    return hours->calendar;
}

const struct calendar *report_calendar(struct report *report, const struct desk *desk, uint8_t clock,
                                       const json_t *row)
{
    const struct policy *policy = desk->policy;
    uint8_t department = vocabulary_find(&policy->departments, row_text(row, "department"));
    const struct calendar *calendar = NULL;

    if (clock == POLICY_NONE)
        return policy_department_calendar(policy, department);
    if (policy->clocks[clock].customer_hours)
        calendar = customer_hours(report, desk, row_text(row, "staffed"));
    return calendar ? calendar : policy_clock_calendar(policy, &policy->clocks[clock], department);
}

static void forget_hours(struct report *report)
{
    for (size_t i = 0; i < report->hour_count; i++)
        calendar_destroy(report->hours[i].calendar);
    report->hour_count = 0;
}

/* ---- pages ---- */

static void put_instant(const struct desk *desk, json_t *parameter, const char *name, msec at)
{
    if (at != NEVER)
        json_object_set_new(parameter, name, answer_instant(desk, at));
}

const char *report_wants(const struct report *report, const struct desk *desk, char **ret_parameter)
{
    const struct report_question *question = &report->question;
    const char *statement = report->source < REPORT_SOURCES ? report->kind->sources[report->source] : NULL;

    if (!statement || report->wrong)
        return NULL;
    json_t *parameter = json_object();

    put_instant(desk, parameter, "from", question->from);
    put_instant(desk, parameter, "to", question->to);
    if (question->class_name[0])
        json_object_set_new(parameter, "class", json_string(question->class_name));
    if (report->after >= 0)
        json_object_set_new(parameter, "after", json_integer(report->after));
    if (report->kind->ask)
        report->kind->ask(report, desk, parameter);
    *ret_parameter = json_dumps(parameter, JSON_COMPACT);
    json_decref(parameter);
    if (!*ret_parameter)
        abort();
    return statement;
}

const char *report_take(struct report *report, const struct desk *desk, const json_t *page)
{
    const json_t *rows = json_object_get(page, "rows"), *row, *next = json_object_get(page, "next");
    size_t i;

    report->rows += json_array_size(rows);
    if (report->rows > REPORT_ROWS_MAX)
        return "it reads more than fits into a report: ask for fewer days";
    json_array_foreach(rows, i, row)
    {
        if (!report->wrong)
            report->kind->take(report, desk, row);
    }
    forget_hours(report);
    if (json_is_integer(next) && json_integer_value(next) > report->after) {
        report->after = json_integer_value(next);
    } else {
        report->after = -1;
        report->source++;
    }
    return report->wrong;
}

/* ---- what tickets are asked for ---- */

json_t *report_words(const struct vocabulary *words, uint32_t bits)
{
    json_t *list = json_array();

    for (size_t i = 0; i < words->count; i++)
        if (bits >> i & 1)
            json_array_append_new(list, json_string(words->terms[i].name));
    return list;
}

void report_ask_tickets(const struct report *report, const struct desk *desk, json_t *parameter)
{
    const struct policy *policy = desk->policy;
    const struct contact_policy *rule = &policy->contact;
    json_t *contact = json_pack("{s:b,s:b,s:b}", "out", rule->out_only, "reached", rule->reached_only,
                                "automatic", rule->automatic_counts);

    if (rule->channels)
        json_object_set_new(contact, "channels", report_words(&policy->channels, rule->channels));
    if (rule->kinds)
        json_object_set_new(contact, "kinds", report_words(&policy->kinds, rule->kinds));
    if (rule->roles)
        json_object_set_new(contact, "roles", report_words(&policy->roles, rule->roles));
    json_object_set_new(parameter, "contact", contact);
    if (report->question.class_name[0])
        json_object_set_new(parameter, "classes", json_pack("[s]", report->question.class_name));
}

/* ---- the end ---- */

static json_t *by_names(const struct report_question *question)
{
    json_t *list = json_array();

    for (size_t i = 0; i < question->by_count; i++)
        json_array_append_new(list, json_string(report_by_name(question->by[i])));
    return list;
}

json_t *report_document(struct report *report, const struct desk *desk)
{
    const struct report_question *question = &report->question;
    const struct zone *zone = desk->policy->zone;
    json_t *document =
        json_pack("{s:s,s:s,s:s,s:s,s:o,s:o}", "report", question->report, "title",
                  report->kind->title[question->language], "regime", desk->policy->title[question->language],
                  "language", language_name(question->language), "at", answer_instant_in(zone, report->now),
                  "by", by_names(question));

    if (question->from != NEVER) {
        json_object_set_new(document, "from", answer_instant_in(zone, question->from));
        json_object_set_new(document, "to", answer_instant_in(zone, question->to));
    }
    if (question->class_name[0])
        json_object_set_new(document, "class", json_string(question->class_name));
    json_object_set_new(document, "tables", json_array());
    json_object_set_new(document, "charts", json_array());
    json_object_set_new(document, "notes", json_array());
    report->kind->write(report, desk, document);
    forget_hours(report);
    return document;
}
