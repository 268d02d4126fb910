/*
 * What became of the tickets of a period, where they stood longest, and how this year compares.
 *
 * A ticket stays in a stage from the request that brought it there to the one that took it on (the journal's
 * rows name the stage after each); one that is there still stays until now. A step takes from the one before
 * it, or from the ticket's receipt, until it is done. Which stage takes longest is what all stays there add
 * up to: many short ones are a bottleneck, too.
 */
#include "lib/report_inside.h"

#include <string.h>

/* ---- outcome ---- */

enum {
    OUTCOME_RECEIVED,
    OUTCOME_SOLVED,
    OUTCOME_CLOSED,
    OUTCOME_OPEN,
    OUTCOME_REOPENED,
    OUTCOME_REOPENINGS,
    OUTCOME_MERGED
};

static void take_outcome(struct report *report, const struct desk *desk, const json_t *row)
{
    struct group *group = report_group(report, desk, row, row_instant(row, "received"));
    bool is_open = json_is_true(json_object_get(row, "open"));

    if (!group)
        return;
    if (json_is_true(json_object_get(row, "merged"))) {
        group->counts[OUTCOME_MERGED]++;
        return;
    }
    group->counts[OUTCOME_RECEIVED]++;
    group->counts[OUTCOME_SOLVED] += row_instant(row, "solved") != NEVER;
    group->counts[OUTCOME_CLOSED] += !is_open;
    group->counts[OUTCOME_OPEN] += is_open;
    group->counts[OUTCOME_REOPENED] += row_count(row, "reopened") > 0;
    group->counts[OUTCOME_REOPENINGS] += row_count(row, "reopened");
}

static void write_outcome(struct report *report, const struct desk *desk, json_t *document)
{
    static const char *const title[] = {"办结情况", "Outcome"};
    static const struct column columns[] = {
        {"received", {"受理", "Received"}, COLUMN_COUNT},
        {"solved", {"已解决", "Solved"}, COLUMN_COUNT},
        {"share_solved", {"解决率", "Share solved"}, COLUMN_PERCENT},
        {"closed", {"已关闭", "Closed"}, COLUMN_COUNT},
        {"open", {"未关闭", "Open"}, COLUMN_COUNT},
        {"reopened", {"重新受理", "Reopened"}, COLUMN_COUNT},
        {"share_reopened", {"重新受理率", "Share reopened"}, COLUMN_PERCENT},
        {"reopenings", {"重新受理次数", "Reopenings"}, COLUMN_COUNT},
        {"merged", {"已合并", "Merged"}, COLUMN_COUNT},
        {NULL, {NULL, NULL}, COLUMN_TEXT},
    };
    json_t *table = document_groups(document, report, "outcome", title, columns);

    report_sort(report, &report->groups, OUTCOME_RECEIVED);
    for (size_t i = 0; i < report->groups.count; i++) {
        const int64_t *counts = report->groups.list[i].counts;
        json_t *row = row_of_group(report, desk, &report->groups.list[i]);

        row_number(row, counts[OUTCOME_RECEIVED]);
        row_number(row, counts[OUTCOME_SOLVED]);
        json_array_append_new(row, json_share(counts[OUTCOME_SOLVED], counts[OUTCOME_RECEIVED]));
        row_number(row, counts[OUTCOME_CLOSED]);
        row_number(row, counts[OUTCOME_OPEN]);
        row_number(row, counts[OUTCOME_REOPENED]);
        json_array_append_new(row, json_share(counts[OUTCOME_REOPENED], counts[OUTCOME_RECEIVED]));
        row_number(row, counts[OUTCOME_REOPENINGS]);
        row_number(row, counts[OUTCOME_MERGED]);
        table_row(table, row);
    }
    document_chart(document, table, title[report->question.language],
                   report->question.by_count == 1 && report->question.by[0] == REPORT_BY_MONTH,
                   (const char *const[]){"received", "solved", "reopened", NULL});
}

const struct report_kind report_outcome = {
    .name = "outcome",
    .title = {"办结情况", "Outcome"},
    .by = BY(PERSON) | BY(DEPARTMENT) | BY(CUSTOMER) | BY(CLASS) | BY(TYPE) | BY(URGENCY) | BY(CHANNEL) |
          BY(MONTH),
    .usual = REPORT_BY_DEPARTMENT,
    .has_usual = true,
    .period = REPORT_MONTH,
    .sources = {"report_tickets"},
    .ask = report_ask_tickets,
    .take = take_outcome,
    .write = write_outcome,
};

/* ---- bottlenecks ---- */

enum { STAYS_STAGES, STAYS_STEPS };
enum { STAY_ALL, STAY_TICKETS, STAY_NOW };
enum { STAY_REAL, STAY_BUSINESS };

static void ask_bottlenecks(const struct report *report, const struct desk *desk, json_t *parameter)
{
    report_ask_tickets(report, desk, parameter);
    json_object_set_new(parameter, "moves", json_true());
    json_object_set_new(parameter, "steps", json_true());
}

static struct group *add_stay(struct report *report, const struct desk *desk, const json_t *row, int which,
                              const char *word, msec from, msec to)
{
    struct group *group = groups_of(&report->others[which], &word, 1);

    if (!group) {
        report->wrong = "there are too many stages or steps";
        return NULL;
    }
    const struct calendar *calendar = report_calendar(report, desk, POLICY_NONE, row);

    to = to > from ? to : from; /* recorded late, it may have been before */
    group->counts[STAY_ALL]++;
    samples_add(&group->samples[STAY_REAL], (to - from) / MSEC_SECOND);
    samples_add(&group->samples[STAY_BUSINESS], calendar_between_ms(calendar, from, to) / MSEC_SECOND);
    return group;
}

/* The stage at intake, and each other that it came to. */
static void take_stages(struct report *report, const struct desk *desk, const json_t *row)
{
    const struct policy *policy = desk->policy;
    const json_t *moves = json_object_get(row, "moves");
    uint8_t class_index = vocabulary_find(&policy->classes, row_text(row, "class"));
    uint8_t first = class_index == POLICY_NONE ? policy->stage_on[STAGE_ON_CREATE]
                                               : policy_first_stage(policy, class_index);
    const char *stage = policy->stages.terms[first].name;
    msec since = row_instant(row, "received");

    for (size_t i = 0; i < json_array_size(moves); i++) {
        const json_t *move = json_array_get(moves, i);
        const char *next = json_string_value(json_array_get(move, 0));
        msec at = json_integer_value(json_array_get(move, 1));

        if (!next || strcmp(next, stage) == 0)
            continue;
        add_stay(report, desk, row, STAYS_STAGES, stage, since, at);
        stage = next;
        since = at;
    }
    if (!json_is_true(json_object_get(row, "open")))
        return;
    struct group *group = add_stay(report, desk, row, STAYS_STAGES, stage, since, report->now);

    if (group)
        group->counts[STAY_NOW]++;
}

static void take_steps(struct report *report, const struct desk *desk, const json_t *row)
{
    const json_t *steps = json_object_get(row, "steps"), *step;
    msec since = row_instant(row, "received");
    size_t i;

    json_array_foreach(steps, i, step)
    {
        add_stay(report, desk, row, STAYS_STEPS, row_text(step, "step"), since, row_instant(step, "at"));
        since = row_instant(step, "at");
    }
}

static void take_bottleneck(struct report *report, const struct desk *desk, const json_t *row)
{
    if (json_is_true(json_object_get(row, "merged")))
        return;
    take_stages(report, desk, row);
    take_steps(report, desk, row);
}

/* By what all stays come to. */
static int64_t order_stays(struct report *report, struct groups *groups)
{
    int64_t sum = 0;

    for (size_t i = 0; i < groups->count; i++) {
        groups->list[i].counts[REPORT_COUNTS - 1] = samples_sum(&groups->list[i].samples[STAY_REAL]);
        sum += groups->list[i].counts[REPORT_COUNTS - 1];
    }
    report_sort(report, groups, REPORT_COUNTS - 1);
    return sum;
}

static const char *word_title(const struct report *report, const struct vocabulary *words, const char *word)
{
    uint8_t index = vocabulary_find(words, word);

    return index == POLICY_NONE ? word : words->terms[index].title[report->question.language];
}

static void write_stays(struct report *report, const struct vocabulary *words, int which, json_t *document)
{
    static const char *const names[] = {"stages", "steps"};
    static const char *const titles[][LANGUAGE_COUNT] = {{"各阶段停留时间", "Time in each stage"},
                                                         {"各步骤用时", "Time for each step"}};
    static const struct column columns[] = {
        {"word", {"名称", "Name"}, COLUMN_TEXT},
        {"stays", {"次数", "Times"}, COLUMN_COUNT},
        {"now", {"目前在此", "There now"}, COLUMN_COUNT},
        {"median", {"中位数", "Median"}, COLUMN_DURATION},
        {"p90", {"P90", "P90"}, COLUMN_DURATION},
        {"longest", {"最长", "Longest"}, COLUMN_DURATION},
        {"median_business", {"中位数（工作时间）", "Median, business time"}, COLUMN_DURATION},
        {"share", {"占总时间", "Share of all time"}, COLUMN_PERCENT},
        {NULL, {NULL, NULL}, COLUMN_TEXT},
    };
    struct groups *groups = &report->others[which];
    int64_t sum = order_stays(report, groups);
    json_t *table = document_table(document, report, names[which], titles[which], columns);

    for (size_t i = 0; i < groups->count; i++) {
        struct group *group = &groups->list[i];
        json_t *row = json_pack("[s]", word_title(report, words, group->words[0]));

        row_number(row, group->counts[STAY_ALL]);
        row_number(row, group->counts[STAY_NOW]);
        row_number(row, samples_percentile(&group->samples[STAY_REAL], 50));
        row_number(row, samples_percentile(&group->samples[STAY_REAL], 90));
        row_number(row, samples_percentile(&group->samples[STAY_REAL], 100));
        row_number(row, samples_percentile(&group->samples[STAY_BUSINESS], 50));
        json_array_append_new(row, json_share(group->counts[REPORT_COUNTS - 1], sum));
        table_row(table, row);
    }
    document_chart(document, table, titles[which][report->question.language], false,
                   (const char *const[]){"median", "p90", NULL});
}

static void write_bottlenecks(struct report *report, const struct desk *desk, json_t *document)
{
    write_stays(report, &desk->policy->stages, STAYS_STAGES, document);
    if (report->others[STAYS_STEPS].count)
        write_stays(report, &desk->policy->steps, STAYS_STEPS, document);
}

const struct report_kind report_bottlenecks = {
    .name = "bottlenecks",
    .title = {"瓶颈分析", "Bottlenecks"},
    .period = REPORT_MONTH,
    .sources = {"report_tickets"},
    .ask = ask_bottlenecks,
    .take = take_bottleneck,
    .write = write_bottlenecks,
};
