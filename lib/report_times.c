/*
 * How long customers wait: until somebody gets in touch with them, and until their problem is solved.
 *
 * Of the tickets that were received in the period. The first contact is the first that counts by the regime;
 * solved is when it was solved last. Real time is what the customer felt; business time is counted by the
 * hours of the limit that watches over it (the clock that starts when a ticket is received and stops with a
 * contact, or with the solution), else of the department. Pauses are not taken out: this is how long it took,
 * not what was owed. Tickets that were merged into others are left to those.
 */
#include "lib/report_inside.h"

#include <string.h>

enum { ANSWER_REAL, ANSWER_BUSINESS, SOLUTION_REAL, SOLUTION_BUSINESS };
enum { TIMES_TICKETS };

static bool is_of_ticket(const struct policy *policy, const struct applies *when, const json_t *row)
{
    uint8_t class_index = vocabulary_find(&policy->classes, row_text(row, "class"));
    uint8_t urgency = vocabulary_find(&policy->urgencies, row_text(row, "urgency"));

    return (!when->classes || (class_index != POLICY_NONE && when->classes >> class_index & 1)) &&
           (!when->urgencies || (urgency != POLICY_NONE && when->urgencies >> urgency & 1));
}

/* The limit that watches over it; POLICY_NONE: none does. */
static uint8_t watching(const struct policy *policy, enum happening stop, const json_t *row)
{
    for (size_t i = 0; i < policy->clock_count; i++) {
        const struct clock_policy *clock = &policy->clocks[i];

        if (clock->kind == CLOCK_LIMIT && clock->start.what == HAPPENING_RECEIVED &&
            clock->stop.what == stop && is_of_ticket(policy, &clock->when, row))
            return (uint8_t)i;
    }
    return POLICY_NONE;
}

static void add_time(struct report *report, const struct desk *desk, const json_t *row, enum happening stop,
                     msec until, struct samples *samples)
{
    msec received_at = row_instant(row, "received");

    if (until == NEVER || until < received_at)
        return;
    const struct calendar *calendar = report_calendar(report, desk, watching(desk->policy, stop, row), row);

    samples_add(&samples[0], (until - received_at) / MSEC_SECOND);
    samples_add(&samples[1], calendar_between_ms(calendar, received_at, until) / MSEC_SECOND);
}

static void take_times(struct report *report, const struct desk *desk, const json_t *row)
{
    struct group *group;

    if (json_is_true(json_object_get(row, "merged")) ||
        !(group = report_group(report, desk, row, row_instant(row, "received"))))
        return;
    group->counts[TIMES_TICKETS]++;
    add_time(report, desk, row, HAPPENING_CONTACT, row_instant(row, "answered"),
             &group->samples[ANSWER_REAL]);
    add_time(report, desk, row, HAPPENING_SOLVED, row_instant(row, "solved"), &group->samples[SOLUTION_REAL]);
}

static void add_cells(json_t *row, struct samples *samples)
{
    row_number(row, (int64_t)samples[0].count);
    for (int i = 0; i < 2; i++) {
        row_number(row, samples_percentile(&samples[i], 50));
        row_number(row, samples_percentile(&samples[i], 90));
    }
}

static void write_times(struct report *report, const struct desk *desk, json_t *document)
{
    static const char *const title[] = {"响应与解决时间", "Times to answer and to solve"};
    static const struct column columns[] = {
        {"tickets", {"受理数", "Received"}, COLUMN_COUNT},
        {"answered", {"已联系", "Answered"}, COLUMN_COUNT},
        {"answer_median", {"首次联系中位数", "First contact, median"}, COLUMN_DURATION},
        {"answer_p90", {"首次联系 P90", "First contact, P90"}, COLUMN_DURATION},
        {"answer_median_business", {"中位数（工作时间）", "median, business time"}, COLUMN_DURATION},
        {"answer_p90_business", {"P90（工作时间）", "P90, business time"}, COLUMN_DURATION},
        {"solved", {"已解决", "Solved"}, COLUMN_COUNT},
        {"solution_median", {"解决时间中位数", "Solution, median"}, COLUMN_DURATION},
        {"solution_p90", {"解决时间 P90", "Solution, P90"}, COLUMN_DURATION},
        {"solution_median_business", {"中位数（工作时间）", "median, business time"}, COLUMN_DURATION},
        {"solution_p90_business", {"P90（工作时间）", "P90, business time"}, COLUMN_DURATION},
        {NULL, {NULL, NULL}, COLUMN_TEXT},
    };
    static const char *const charts[][LANGUAGE_COUNT] = {{"首次联系时间", "Time to the first contact"},
                                                         {"解决时间", "Time to the solution"}};
    json_t *table = document_groups(document, report, "times", title, columns);
    bool is_line = report->question.by_count == 1 && report->question.by[0] == REPORT_BY_MONTH;

    report_sort(report, &report->groups, TIMES_TICKETS);
    for (size_t i = 0; i < report->groups.count; i++) {
        struct group *group = &report->groups.list[i];
        json_t *row = row_of_group(report, desk, group);

        row_number(row, group->counts[TIMES_TICKETS]);
        add_cells(row, &group->samples[ANSWER_REAL]);
        add_cells(row, &group->samples[SOLUTION_REAL]);
        table_row(table, row);
    }
    document_chart(document, table, charts[0][report->question.language], is_line,
                   (const char *const[]){"answer_median", "answer_p90", NULL});
    document_chart(document, table, charts[1][report->question.language], is_line,
                   (const char *const[]){"solution_median", "solution_p90", NULL});
}

const struct report_kind report_times = {
    .name = "times",
    .title = {"响应与解决时间", "Times to answer and to solve"},
    .by = BY(PERSON) | BY(DEPARTMENT) | BY(CUSTOMER) | BY(CLASS) | BY(TYPE) | BY(URGENCY) | BY(CHANNEL) |
          BY(MONTH),
    .usual = REPORT_BY_DEPARTMENT,
    .has_usual = true,
    .period = REPORT_MONTH,
    .sources = {"report_tickets"},
    .ask = report_ask_tickets,
    .take = take_times,
    .write = write_times,
};
