/*
 * What a report is asked for: the params of report.get, and of a schedule that sends one.
 *
 * A question is complete and right before anything is read, so that a wrong word is told at once with what
 * would do instead. Periods are civil: without days a report is about the whole month, or the twelve, that
 * ended last in the desk's zone.
 */
#include "lib/report_inside.h"

#include "lib/answer.h"
#include "lib/base/instant.h"
#include "lib/base/memory.h"
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LONGEST_MS (10 * 366 * MSEC_DAY)

static const char *const by_names[REPORT_BY_COUNT] = {
    [REPORT_BY_PERSON] = "person",     [REPORT_BY_DEPARTMENT] = "department",
    [REPORT_BY_CUSTOMER] = "customer", [REPORT_BY_CLASS] = "class",
    [REPORT_BY_TYPE] = "type",         [REPORT_BY_URGENCY] = "urgency",
    [REPORT_BY_CHANNEL] = "channel",   [REPORT_BY_CLOCK] = "clock",
    [REPORT_BY_MONTH] = "month",
};

const char *report_by_name(enum report_by by)
{
    return by_names[by];
}

/* What is being read, and what is wrong with it. */
struct asking {
    const struct desk *desk;
    const json_t *params;
    msec now;
    const struct report_kind *kind;
    struct report_question *question;
    const char *field;
    char *why;
};

static bool wrong(struct asking *asking, const char *field, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static bool wrong(struct asking *asking, const char *field, const char *format, ...)
{
    va_list list;

    va_start(list, format);
    if (vasprintf(&asking->why, format, list) < 0)
        abort();
    va_end(list);
    asking->field = field;
    return false;
}

static const char *given(const struct asking *asking, const char *name)
{
    return json_string_value(json_object_get(asking->params, name));
}

/* ---- which ---- */

bool report_is_known(const char *name)
{
    return report_kind_find(name) != NULL;
}

const char *report_known(struct arena *arena)
{
    const char *known = report_kind_at(0)->name;

    for (size_t i = 1; report_kind_at(i); i++)
        known = arena_printf(arena, "%s, %s", known, report_kind_at(i)->name);
    return known;
}

static bool read_report(struct asking *asking)
{
    const char *name = given(asking, "report");
    struct arena arena;

    asking->kind = name ? report_kind_find(name) : NULL;
    if (asking->kind) {
        snprintf(asking->question->report, sizeof(asking->question->report), "%s", name);
        return true;
    }
    arena_init(&arena);
    wrong(asking, "report", "there is no report '%s' (known: %s)", name ? name : "", report_known(&arena));
    arena_finish(&arena);
    return false;
}

static bool read_name(struct asking *asking)
{
    const char *name = given(asking, "name"), *known;
    struct text names = {0};

    if (!name)
        return true;
    if (!asking->kind->name_at)
        return wrong(asking, "name", "the report %s takes no name", asking->kind->name);
    for (size_t i = 0; (known = asking->kind->name_at(asking->desk->policy, i)); i++) {
        if (strcmp(known, name) == 0) {
            snprintf(asking->question->name, sizeof(asking->question->name), "%s", name);
            text_finish(&names);
            return true;
        }
        text_printf(&names, "%s%s", i ? ", " : "", known);
    }
    wrong(asking, "name", "the regime has no '%s' for this report (known: %s)", name,
          names.length ? text_get(&names) : "none");
    text_finish(&names);
    return false;
}

/* ---- when ---- */

static msec month_start(const struct desk *desk, int year, int month)
{
    while (month < 1) {
        month += 12;
        year--;
    }
    while (month > 12) {
        month -= 12;
        year++;
    }
    return zone_day_start(desk->policy->zone, civil_day(year, month, 1));
}

static bool read_month(struct asking *asking, const char *text)
{
    int64_t day;
    char first[16];

    if (strlen(text) != 7)
        return wrong(asking, "month", "'%s' is no month (such as 2026-03)", text);
    snprintf(first, sizeof(first), "%s-01", text);
    if (!civil_parse_date(first, &day))
        return wrong(asking, "month", "'%s' is no month (such as 2026-03)", text);
    struct civil civil = civil_date(day);

    asking->question->from = month_start(asking->desk, civil.year, civil.month);
    asking->question->to = month_start(asking->desk, civil.year, civil.month + 1);
    return true;
}

static void last_months(struct asking *asking, int count)
{
    struct civil now = zone_civil(asking->desk->policy->zone, asking->now);

    asking->question->from = month_start(asking->desk, now.year, now.month - count);
    asking->question->to = month_start(asking->desk, now.year, now.month);
}

/* A day of the desk's zone, which is its beginning, or an instant. NEVER when it is not given. */
static bool read_instant(struct asking *asking, const char *name, msec *ret_at)
{
    const char *text = given(asking, name);
    int64_t day;

    *ret_at = NEVER;
    if (!text)
        return true;
    if (strlen(text) == 10 && civil_parse_date(text, &day)) {
        *ret_at = zone_day_start(asking->desk->policy->zone, day);
        return true;
    }
    enum instant_outcome outcome = instant_parse(text, ret_at);

    return outcome == INSTANT_OK ||
           wrong(asking, name, "'%s' is neither a day (2026-03-02) nor an instant: %s", text,
                 instant_outcome_text(outcome));
}

static bool read_days(struct asking *asking)
{
    struct report_question *question = asking->question;

    if (!read_instant(asking, "from", &question->from) || !read_instant(asking, "to", &question->to))
        return false;
    if (question->from == NEVER)
        return wrong(asking, "from", "a period that ends needs a beginning, too");
    if (question->to == NEVER)
        question->to = asking->now;
    if (question->from >= question->to)
        return wrong(asking, "from", "the period begins when it is over, or later");
    if (question->to - question->from > LONGEST_MS)
        return wrong(asking, "from", "a report covers ten years at most");
    return true;
}

static bool read_period(struct asking *asking)
{
    const char *month = given(asking, "month");
    bool has_days = given(asking, "from") || given(asking, "to");

    asking->question->from = asking->question->to = NEVER;
    if (asking->kind->period == REPORT_NOW) {
        if (!month && !has_days)
            return true;
        return wrong(asking,
                     month                   ? "month"
                     : given(asking, "from") ? "from"
                                             : "to",
                     "the report %s is about now: it has no period", asking->kind->name);
    }
    if (month && has_days)
        return wrong(asking, "month", "a month, or from and to, but not both");
    if (month)
        return read_month(asking, month);
    if (has_days)
        return read_days(asking);
    last_months(asking, asking->kind->period == REPORT_YEAR ? 12 : 1);
    return true;
}

/* ---- by what, of whom ---- */

static bool add_by(struct asking *asking, const char *word)
{
    struct report_question *question = asking->question;
    struct text known = {0};

    for (enum report_by by = 0; by < REPORT_BY_COUNT; by++) {
        if (!(asking->kind->by >> by & 1))
            continue;
        if (strcmp(by_names[by], word) == 0) {
            text_finish(&known);
            if (question->by_count == REPORT_DIMENSIONS)
                return wrong(asking, "by", "a report is put together by %d words at most", REPORT_DIMENSIONS);
            if (question->by_count && question->by[0] == by)
                return wrong(asking, "by", "'%s' is said twice", word);
            question->by[question->by_count++] = by;
            return true;
        }
        text_printf(&known, "%s%s", known.length ? ", " : "", by_names[by]);
    }
    wrong(asking, "by", "the report %s is not made by '%s' (known: %s)", asking->kind->name, word,
          known.length ? text_get(&known) : "none");
    text_finish(&known);
    return false;
}

static bool read_by(struct asking *asking)
{
    const char *text = given(asking, "by");

    if (!text) {
        asking->question->by[0] = asking->kind->usual;
        asking->question->by_count = asking->kind->has_usual;
        return true;
    }
    char *words = memory_text(text);
    bool is_right = true;

    for (char *save, *word = strtok_r(words, ", ", &save); word && is_right;
         word = strtok_r(NULL, ", ", &save))
        is_right = add_by(asking, word);
    free(words);
    return is_right;
}

static bool read_class(struct asking *asking)
{
    const char *name = given(asking, "class");
    const struct vocabulary *classes = &asking->desk->policy->classes;
    struct arena arena;

    if (!name)
        return true;
    if (vocabulary_find(classes, name) != POLICY_NONE) {
        snprintf(asking->question->class_name, sizeof(asking->question->class_name), "%s", name);
        return true;
    }
    arena_init(&arena);
    wrong(asking, "class", "'%s' is not one of: %s", name,
          vocabulary_list(classes, VOCABULARY_ALL, ", ", &arena));
    arena_finish(&arena);
    return false;
}

static bool read_language(struct asking *asking)
{
    const char *name = given(asking, "language");

    asking->question->language = asking->desk->policy->language;
    return !name || language_find(name, &asking->question->language) ||
           wrong(asking, "language", "language is zh or en");
}

bool report_ask(const struct desk *desk, const json_t *params, enum role role, msec now,
                struct report_question *ret_question, const char **ret_field, char **ret_why)
{
    struct asking asking = {.desk = desk, .params = params, .now = now, .question = ret_question};

    *ret_question = (struct report_question){.masks_contacts = !access_sees_contact_data(role)};
    bool is_right = read_report(&asking) && read_name(&asking) && read_period(&asking) && read_by(&asking) &&
                    read_class(&asking) && read_language(&asking);

    *ret_field = asking.field;
    *ret_why = asking.why;
    return is_right;
}

/* ---- which there are ---- */

static json_t *names_of(const struct report_kind *kind, const struct policy *policy)
{
    json_t *list = json_array();
    const char *name;

    for (size_t i = 0; (name = kind->name_at(policy, i)); i++)
        json_array_append_new(list, json_string(name));
    return list;
}

static json_t *describe(const struct report_kind *kind, const struct policy *policy)
{
    static const char *const periods[] = {
        [REPORT_NOW] = "now", [REPORT_MONTH] = "month", [REPORT_YEAR] = "year"};
    json_t *by = json_array();

    for (enum report_by word = 0; word < REPORT_BY_COUNT; word++)
        if (kind->by >> word & 1)
            json_array_append_new(by, json_string(by_names[word]));
    json_t *object = json_pack("{s:s,s:s,s:s,s:o}", "report", kind->name, "title",
                               kind->title[policy->language], "period", periods[kind->period], "by", by);

    if (kind->has_usual)
        json_object_set_new(object, "usual", json_string(by_names[kind->usual]));
    if (kind->name_at)
        json_object_set_new(object, "names", names_of(kind, policy));
    return object;
}

json_t *report_list(const struct desk *desk)
{
    json_t *list = json_array();

    for (size_t i = 0; report_kind_at(i); i++)
        json_array_append_new(list, describe(report_kind_at(i), desk->policy));
    return json_pack("{s:o}", "reports", list);
}
