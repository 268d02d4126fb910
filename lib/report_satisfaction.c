/*
 * What customers said: by level, and as a score; and how the months compare, with those of the year before.
 *
 * A customer's last word about a ticket within the period counts. A level that [statistics] of the regime
 * gives a score counts in the mean; one without a score is counted and not averaged. The comparison reads two
 * years when it is asked for one, and shows the year before only when there was one.
 */
#include "lib/report_inside.h"

#include <stdio.h>
#include <string.h>

static int64_t score_of(const struct policy *policy, uint8_t level)
{
    return level != POLICY_NONE && policy->statistics.line ? policy->statistics.scores[level] : -1;
}

/* ---- satisfaction ---- */

enum { SAID_ALL, SAID_SCORED, SAID_SUM, SAID_LEVELS };
#define LEVELS_MAX 13

static void add_word(struct group *group, const struct policy *policy, const json_t *row)
{
    uint8_t level = vocabulary_find(&policy->levels, row_text(row, "level"));
    int64_t score = score_of(policy, level);

    group->counts[SAID_ALL]++;
    if (level < LEVELS_MAX)
        group->counts[SAID_LEVELS + level]++;
    if (score >= 0) {
        group->counts[SAID_SCORED]++;
        group->counts[SAID_SUM] += score;
    }
}

/* In hundredths; null when nothing that was said has a score. */
static json_t *mean_of(const struct group *group)
{
    int64_t count = group->counts[SAID_SCORED];

    return count ? json_integer((group->counts[SAID_SUM] * 100 + count / 2) / count) : json_null();
}

static void take_satisfaction(struct report *report, const struct desk *desk, const json_t *row)
{
    struct group *group = report_group(report, desk, row, row_instant(row, "at"));

    if (group)
        add_word(group, desk->policy, row);
}

static size_t level_count(const struct policy *policy)
{
    return policy->levels.count < LEVELS_MAX ? policy->levels.count : LEVELS_MAX;
}

static void write_satisfaction(struct report *report, const struct desk *desk, json_t *document)
{
    static const char *const title[] = {"客户满意度", "Satisfaction"};
    static const struct column columns[] = {
        {"answers", {"评价数", "Answers"}, COLUMN_COUNT},
        {"mean", {"平均分", "Mean score"}, COLUMN_SCORE},
        {NULL, {NULL, NULL}, COLUMN_TEXT},
    };
    const struct vocabulary *levels = &desk->policy->levels;
    const char *names[LEVELS_MAX + 1] = {NULL};
    json_t *table = document_groups(document, report, "satisfaction", title, columns);

    for (size_t i = 0; i < level_count(desk->policy); i++) {
        names[i] = levels->terms[i].name;
        table_column(table, names[i], levels->terms[i].title[report->question.language], COLUMN_COUNT);
    }
    report_sort(report, &report->groups, SAID_ALL);
    for (size_t i = 0; i < report->groups.count; i++) {
        const struct group *group = &report->groups.list[i];
        json_t *row = row_of_group(report, desk, group);

        row_number(row, group->counts[SAID_ALL]);
        json_array_append_new(row, mean_of(group));
        for (size_t level = 0; level < level_count(desk->policy); level++)
            row_number(row, group->counts[SAID_LEVELS + level]);
        table_row(table, row);
    }
    document_chart(document, table, title[report->question.language], false, names);
}

const struct report_kind report_satisfaction = {
    .name = "satisfaction",
    .title = {"客户满意度", "Satisfaction"},
    .by = BY(PERSON) | BY(DEPARTMENT) | BY(CUSTOMER) | BY(CLASS) | BY(TYPE) | BY(URGENCY) | BY(CHANNEL) |
          BY(MONTH),
    .usual = REPORT_BY_DEPARTMENT,
    .has_usual = true,
    .period = REPORT_MONTH,
    .sources = {"report_satisfaction"},
    .take = take_satisfaction,
    .write = write_satisfaction,
};

/* ---- the months, and those of the year before ---- */

enum { TREND_TICKETS, TREND_BREACHES, TREND_SATISFACTION };
enum { MONTH_RECEIVED = SAID_LEVELS + LEVELS_MAX, MONTH_SOLVED, MONTH_BREACHES };

static msec a_year_before(const struct desk *desk, msec at)
{
    struct civil civil = zone_civil(desk->policy->zone, at);
    int64_t day = civil_add_months(civil_day(civil.year, civil.month, civil.day), -12);

    return zone_day_start(desk->policy->zone, day);
}

static void ask_trend(const struct report *report, const struct desk *desk, json_t *parameter)
{
    struct arena arena;

    report_ask_tickets(report, desk, parameter);
    arena_init(&arena);
    json_object_set_new(parameter, "from",
                        json_string(desk_time(desk, a_year_before(desk, report->question.from), &arena)));
    arena_finish(&arena);
}

static void take_trend(struct report *report, const struct desk *desk, const json_t *row)
{
    static const char *const members[] = {"received", "due", "at"};
    int64_t windows = row_count(row, "windows");
    const char *type = row_text(row, "type");
    struct group *group = report_group(report, desk, row, row_instant(row, members[report->source]));

    if (!group)
        return;
    if (report->source == TREND_SATISFACTION)
        add_word(group, desk->policy, row);
    else if (report->source == TREND_BREACHES && strcmp(type, "clock.breached") == 0)
        group->counts[MONTH_BREACHES] += windows > 0 ? windows : 1;
    else if (report->source == TREND_BREACHES && strcmp(type, "clock.withdrawn") == 0)
        group->counts[MONTH_BREACHES]--;
    else if (report->source == TREND_TICKETS && !json_is_true(json_object_get(row, "merged"))) {
        group->counts[MONTH_RECEIVED]++;
        group->counts[MONTH_SOLVED] += row_instant(row, "solved") != NEVER;
    }
}

static const struct group *month_of(const struct report *report, const char *month)
{
    for (size_t i = 0; i < report->groups.count; i++)
        if (strcmp(report->groups.list[i].words[0], month) == 0)
            return &report->groups.list[i];
    return NULL;
}

/* A month of the period without anything has zeros; one of the year before, when perhaps nobody kept a
 * record, none. */
static void add_month(json_t *row, const struct group *group, bool is_before)
{
    static const struct group nothing;

    for (int i = 0; !group && is_before && i < 4; i++)
        json_array_append_new(row, json_null());
    if (!group && is_before)
        return;
    group = group ? group : &nothing;
    row_number(row, group->counts[MONTH_RECEIVED]);
    json_array_append_new(row, json_share(group->counts[MONTH_SOLVED], group->counts[MONTH_RECEIVED]));
    json_array_append_new(row, json_integer(group->counts[MONTH_BREACHES]));
    json_array_append_new(row, mean_of(group));
}

static bool has_year_before(const struct report *report, const char *first)
{
    for (size_t i = 0; i < report->groups.count; i++)
        if (strcmp(report->groups.list[i].words[0], first) < 0)
            return true;
    return false;
}

/* The months of the period, each with what it came to: months without anything are there, too. */
static void write_months(const struct report *report, const struct desk *desk, json_t *table, bool has_before)
{
    struct civil day = zone_civil(desk->policy->zone, report->question.from);
    char last[8], month[32] = "", before[32];

    report_month(desk, report->question.to - 1, last);
    for (int i = day.year * 12 + day.month - 1; strcmp(month, last) < 0; i++) {
        snprintf(month, sizeof(month), "%04d-%02d", i / 12, i % 12 + 1);
        snprintf(before, sizeof(before), "%04d-%02d", i / 12 - 1, i % 12 + 1);
        json_t *row = json_pack("[s]", month);

        add_month(row, month_of(report, month), false);
        if (has_before)
            add_month(row, month_of(report, before), true);
        table_row(table, row);
    }
}

static void write_trend(struct report *report, const struct desk *desk, json_t *document)
{
    static const char *const title[] = {"月度趋势", "Trend by month"};
    static const struct column columns[] = {
        {"received", {"受理", "Received"}, COLUMN_COUNT},
        {"share_solved", {"解决率", "Share solved"}, COLUMN_PERCENT},
        {"breaches", {"有效超时", "Breaches"}, COLUMN_COUNT},
        {"mean", {"满意度", "Satisfaction"}, COLUMN_SCORE},
        {NULL, {NULL, NULL}, COLUMN_TEXT},
    };
    static const struct column before[] = {
        {"received_before", {"受理（上年）", "Received, year before"}, COLUMN_COUNT},
        {"share_solved_before", {"解决率（上年）", "Share solved, year before"}, COLUMN_PERCENT},
        {"breaches_before", {"有效超时（上年）", "Breaches, year before"}, COLUMN_COUNT},
        {"mean_before", {"满意度（上年）", "Satisfaction, year before"}, COLUMN_SCORE},
        {NULL, {NULL, NULL}, COLUMN_TEXT},
    };
    enum language language = report->question.language;
    json_t *table = document_groups(document, report, "trend", title, columns);
    char first[8];

    report_month(desk, report->question.from, first);
    bool has_before = has_year_before(report, first);

    for (const struct column *column = before; has_before && column->name; column++)
        table_column(table, column->name, column->title[language], column->kind);
    write_months(report, desk, table, has_before);
    for (int i = 0; i < 4; i++)
        document_chart(document, table, columns[i].title[language], true,
                       (const char *const[]){columns[i].name, has_before ? before[i].name : NULL, NULL});
}

const struct report_kind report_trend = {
    .name = "trend",
    .title = {"月度趋势", "Trend by month"},
    .by = BY(MONTH),
    .usual = REPORT_BY_MONTH,
    .has_usual = true,
    .period = REPORT_YEAR,
    .sources = {"report_tickets", "report_breaches", "report_satisfaction"},
    .ask = ask_trend,
    .take = take_trend,
    .write = write_trend,
};
