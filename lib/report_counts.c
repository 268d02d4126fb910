/*
 * Reports that count: what is overdue now, and which deadlines were missed.
 *
 * A breach counts in the month of its deadline and for whoever had the ticket then (the verdict's row of the
 * journal says who). One that turned out to be none is withdrawn: it counts apart, with the person of its
 * breach, and what stands is the difference. A quota's breach counts as many as the windows it missed.
 * Shortfalls were reported to nobody and are counted here.
 */
#include "lib/report_inside.h"

#include "lib/answer.h"
#include "lib/list_order.h"
#include <string.h>

/* ---- overdue now ---- */

enum { OVERDUE_COUNT, OVERDUE_ACKNOWLEDGED };
enum { OVERDUE_REAL, OVERDUE_BUSINESS };

static uint8_t rank_of(const struct desk *desk, const json_t *row)
{
    return list_order_rank(desk->policy, vocabulary_find(&desk->policy->urgencies, row_text(row, "urgency")));
}

/* Gives up the last line of those that stand behind `rank`, when there are as many as there may be. */
static bool make_room(struct report *report, const struct desk *desk, uint8_t rank)
{
    size_t count = json_array_size(report->lines), least = 0;
    uint8_t greatest = rank;

    if (count < REPORT_LINES_MAX)
        return true;
    for (size_t i = count; i-- > 0 && greatest < list_order_last(desk->policy);)
        if (rank_of(desk, json_array_get(report->lines, i)) > greatest) {
            greatest = rank_of(desk, json_array_get(report->lines, i));
            least = i;
        }
    return greatest > rank && json_array_remove(report->lines, least) == 0;
}

static void keep_line(struct report *report, const struct desk *desk, const json_t *row, int64_t real_ms,
                      int64_t business_ms)
{
    if (!make_room(report, desk, rank_of(desk, row)))
        return;
    json_t *line = json_deep_copy(row);

    json_object_set_new(line, "real", json_integer(real_ms / MSEC_SECOND));
    json_object_set_new(line, "business", json_integer(business_ms / MSEC_SECOND));
    json_array_append_new(report->lines, line);
}

static void take_overdue(struct report *report, const struct desk *desk, const json_t *row)
{
    msec since = row_instant(row, "since");
    uint8_t clock = policy_find_clock(desk->policy, row_text(row, "clock"));
    struct group *group = report_group(report, desk, row, since);

    if (!group || since == NEVER || since > report->now)
        return;
    int64_t business_ms = calendar_between_ms(report_calendar(report, desk, clock, row), since, report->now);

    group->counts[OVERDUE_COUNT]++;
    group->counts[OVERDUE_ACKNOWLEDGED] += json_is_true(json_object_get(row, "acknowledged"));
    samples_add(&group->samples[OVERDUE_REAL], (report->now - since) / MSEC_SECOND);
    samples_add(&group->samples[OVERDUE_BUSINESS], business_ms / MSEC_SECOND);
    keep_line(report, desk, row, report->now - since, business_ms);
}

static void write_overdue_groups(struct report *report, const struct desk *desk, json_t *document)
{
    static const char *const title[] = {"当前超时", "Overdue now"};
    static const struct column columns[] = {
        {"overdue", {"超时数", "Overdue"}, COLUMN_COUNT},
        {"acknowledged", {"已确认", "Acknowledged"}, COLUMN_COUNT},
        {"median", {"超时中位数", "Median overrun"}, COLUMN_DURATION},
        {"longest", {"最长超时", "Longest overrun"}, COLUMN_DURATION},
        {"median_business", {"工作时间中位数", "Median, business time"}, COLUMN_DURATION},
        {"longest_business", {"最长（工作时间）", "Longest, business time"}, COLUMN_DURATION},
        {NULL, {NULL, NULL}, COLUMN_TEXT},
    };
    json_t *table = document_groups(document, report, "overdue", title, columns);

    report_sort(report, &report->groups, OVERDUE_COUNT);
    for (size_t i = 0; i < report->groups.count; i++) {
        struct group *group = &report->groups.list[i];
        json_t *row = row_of_group(report, desk, group);

        json_array_append_new(row, json_integer(group->counts[OVERDUE_COUNT]));
        json_array_append_new(row, json_integer(group->counts[OVERDUE_ACKNOWLEDGED]));
        for (int sample = OVERDUE_REAL; sample <= OVERDUE_BUSINESS; sample++) {
            json_array_append_new(row, json_number_or_null(samples_percentile(&group->samples[sample], 50)));
            json_array_append_new(row, json_number_or_null(samples_percentile(&group->samples[sample], 100)));
        }
        table_row(table, row);
    }
    document_chart(document, table, title[report->question.language], false,
                   (const char *const[]){"overdue", NULL});
}

static void write_overdue_line(struct report *report, const struct desk *desk, const json_t *line,
                               json_t *table)
{
    json_t *row = json_array();

    json_array_append(row, json_object_get(line, "number"));
    row_title(row, report, desk, REPORT_BY_CLOCK, row_text(line, "clock"));
    row_title(row, report, desk, REPORT_BY_CLASS, row_text(line, "class"));
    row_title(row, report, desk, REPORT_BY_URGENCY, row_text(line, "urgency"));
    row_title(row, report, desk, REPORT_BY_DEPARTMENT, row_text(line, "department"));
    row_title(row, report, desk, REPORT_BY_PERSON, row_text(line, "handler"));
    json_array_append(row, json_object_get(line, "customer"));
    json_array_append_new(row, answer_instant(desk, row_instant(line, "since")));
    json_array_append(row, json_object_get(line, "real"));
    json_array_append(row, json_object_get(line, "business"));
    table_row(table, row);
}

static void write_overdue_lines(struct report *report, const struct desk *desk, json_t *document)
{
    static const char *const title[] = {"逐项清单", "One by one"};
    static const struct column columns[] = {
        {"number", {"编号", "Number"}, COLUMN_TEXT},
        {"clock", {"时限", "Clock"}, COLUMN_TEXT},
        {"class", {"类别", "Class"}, COLUMN_TEXT},
        {"urgency", {"紧急程度", "Urgency"}, COLUMN_TEXT},
        {"department", {"部门", "Department"}, COLUMN_TEXT},
        {"person", {"办理人", "Person"}, COLUMN_TEXT},
        {"customer", {"客户", "Customer"}, COLUMN_TEXT},
        {"since", {"应完成时间", "Due"}, COLUMN_TIME},
        {"overrun", {"超时", "Overrun"}, COLUMN_DURATION},
        {"overrun_business", {"超时（工作时间）", "Overrun, business time"}, COLUMN_DURATION},
        {NULL, {NULL, NULL}, COLUMN_TEXT},
    };
    json_t *table = document_table(document, report, "lines", title, columns), *line;
    size_t i;

    for (unsigned rank = 0; rank <= list_order_last(desk->policy); rank++)
        json_array_foreach(report->lines, i, line) if (rank_of(desk, line) == rank)
            write_overdue_line(report, desk, line, table);
}

static void write_overdue(struct report *report, const struct desk *desk, json_t *document)
{
    write_overdue_groups(report, desk, document);
    write_overdue_lines(report, desk, document);
}

const struct report_kind report_overdue = {
    .name = "overdue",
    .title = {"当前超时一览", "Overdue now"},
    .by = BY(PERSON) | BY(DEPARTMENT) | BY(CUSTOMER) | BY(CLASS) | BY(TYPE) | BY(URGENCY) | BY(CHANNEL) |
          BY(CLOCK),
    .usual = REPORT_BY_DEPARTMENT,
    .has_usual = true,
    .period = REPORT_NOW,
    .sources = {"report_overdue"},
    .take = take_overdue,
    .write = write_overdue,
};

/* ---- breaches ---- */

enum { BREACH_STANDING, BREACH_ALL, BREACH_WITHDRAWN, BREACH_SHORTFALL };

static void take_breach(struct report *report, const struct desk *desk, const json_t *row)
{
    static const struct {
        const char *type;
        int count, standing;
    } kinds[] = {
        {"clock.breached", BREACH_ALL, 1},
        {"clock.withdrawn", BREACH_WITHDRAWN, -1},
        {"clock.shortfall", BREACH_SHORTFALL, 0},
    };
    struct group *group = report_group(report, desk, row, row_instant(row, "due"));
    int64_t windows = row_count(row, "windows");

    for (size_t i = 0; group && i < sizeof(kinds) / sizeof(*kinds); i++) {
        if (strcmp(kinds[i].type, row_text(row, "type")) != 0)
            continue;
        group->counts[kinds[i].count] += windows > 0 ? windows : 1;
        group->counts[BREACH_STANDING] += kinds[i].standing * (windows > 0 ? windows : 1);
    }
}

static void write_breaches(struct report *report, const struct desk *desk, json_t *document)
{
    static const char *const title[] = {"超时统计", "Breaches"};
    static const struct column columns[] = {
        {"standing", {"有效超时", "Standing"}, COLUMN_COUNT},
        {"breached", {"超时", "Breached"}, COLUMN_COUNT},
        {"withdrawn", {"已撤销", "Withdrawn"}, COLUMN_COUNT},
        {"shortfalls", {"未达目标", "Shortfalls"}, COLUMN_COUNT},
        {NULL, {NULL, NULL}, COLUMN_TEXT},
    };
    json_t *table = document_groups(document, report, "breaches", title, columns);

    report_sort(report, &report->groups, BREACH_STANDING);
    for (size_t i = 0; i < report->groups.count; i++) {
        json_t *row = row_of_group(report, desk, &report->groups.list[i]);

        for (int count = BREACH_STANDING; count <= BREACH_SHORTFALL; count++)
            json_array_append_new(row, json_integer(report->groups.list[i].counts[count]));
        table_row(table, row);
    }
    document_chart(document, table, title[report->question.language],
                   report->question.by_count == 1 && report->question.by[0] == REPORT_BY_MONTH,
                   (const char *const[]){"standing", "withdrawn", "shortfalls", NULL});
}

const struct report_kind report_breaches = {
    .name = "breaches",
    .title = {"超时统计", "Breaches"},
    .by = BY(PERSON) | BY(DEPARTMENT) | BY(CUSTOMER) | BY(CLASS) | BY(TYPE) | BY(URGENCY) | BY(CHANNEL) |
          BY(CLOCK) | BY(MONTH),
    .usual = REPORT_BY_PERSON,
    .has_usual = true,
    .period = REPORT_MONTH,
    .sources = {"report_breaches"},
    .take = take_breach,
    .write = write_breaches,
};
