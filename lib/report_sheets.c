/*
 * Worksheets: who did what on which day, and how far the open tickets are.
 *
 * The daily record is of those who did something, not of those who have the ticket: a contact, an entry of
 * the log, a step or a solution belongs to the person who told of it, and to the day on which it was done.
 * What a machine sent is nobody's work. The follow-up list shows the tickets as they stand; with a class it
 * is the list of its projects.
 */
#include "lib/report_inside.h"

#include "lib/answer.h"
#include "lib/base/memory.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void keep(struct report *report, const json_t *row)
{
    if (json_array_size(report->lines) < REPORT_LINES_MAX)
        json_array_append_new(report->lines, json_deep_copy(row));
}

static json_t *word_title(const struct report *report, const struct vocabulary *words, const char *word)
{
    uint8_t index = vocabulary_find(words, word);

    return json_string(index == POLICY_NONE ? word : words->terms[index].title[report->question.language]);
}

static void note_cut(const struct report *report, json_t *document, size_t all)
{
    char text[128];

    if (all <= REPORT_LINES_MAX)
        return;
    snprintf(text, sizeof(text),
             report->question.language == LANGUAGE_ZH ? "逐项清单只列出 %zu 项中的 %d 项"
                                                      : "of %zu lines %d are shown",
             all, REPORT_LINES_MAX);
    document_note(document, text);
}

/* ---- the daily work record ---- */

enum { WORK_ALL, WORK_KINDS };

static const struct {
    const char *method;
    const char *title[LANGUAGE_COUNT];
} works[] = {
    {"contact.record", {"联系", "Contact"}},
    {"progress.add", {"进展记录", "Log entry"}},
    {"step.done", {"步骤", "Step"}},
    {"ticket.solve", {"解决", "Solution"}},
};

#define WORKS (sizeof(works) / sizeof(*works))

static const struct column work_counts[] = {
    {"acts", {"合计", "All"}, COLUMN_COUNT},
    {"contacts", {"联系", "Contacts"}, COLUMN_COUNT},
    {"entries", {"进展记录", "Log entries"}, COLUMN_COUNT},
    {"steps", {"步骤", "Steps"}, COLUMN_COUNT},
    {"solutions", {"解决", "Solutions"}, COLUMN_COUNT},
    {NULL, {NULL, NULL}, COLUMN_TEXT},
};

static size_t work_of(const json_t *row)
{
    size_t work = 0;

    while (work < WORKS && strcmp(works[work].method, row_text(row, "method")) != 0)
        work++;
    return work;
}

static void day_of(const struct desk *desk, msec at, char ret_day[16])
{
    struct civil civil = zone_civil(desk->policy->zone, at);
    char text[40];

    snprintf(text, sizeof(text), "%04d-%02d-%02d", civil.year, civil.month, civil.day);
    memcpy(ret_day, text, 10);
    ret_day[10] = '\0';
}

static void take_work(struct report *report, const struct desk *desk, const json_t *row)
{
    char day[16];
    size_t work = work_of(row);
    struct group *group = report_group(report, desk, row, row_instant(row, "at")), *of_day;

    if (!group || work == WORKS)
        return;
    day_of(desk, row_instant(row, "at"), day);
    of_day = groups_of(&report->others[0], (const char *const[]){row_text(row, "handler"), day}, 2);
    if (!of_day) {
        report->wrong = "it has more days of persons than fit into a report: ask for fewer days";
        return;
    }
    group->counts[WORK_ALL]++;
    group->counts[WORK_KINDS + work]++;
    of_day->counts[WORK_ALL]++;
    of_day->counts[WORK_KINDS + work]++;
    keep(report, row);
}

static void add_counts(json_t *row, const struct group *group)
{
    for (size_t i = 0; i <= WORKS; i++)
        row_number(row, group->counts[WORK_ALL + i]);
}

static int compare_days(const void *one, const void *other)
{
    const struct group *a = one, *b = other;
    int persons = strcmp(a->words[0], b->words[0]);

    return persons ? persons : strcmp(a->words[1], b->words[1]);
}

static void write_days(struct report *report, const struct desk *desk, json_t *document)
{
    static const char *const title[] = {"每人每日", "By person and day"};
    static const struct column columns[] = {
        {"person", {"人员", "Person"}, COLUMN_TEXT},
        {"day", {"日期", "Day"}, COLUMN_TEXT},
        {NULL, {NULL, NULL}, COLUMN_TEXT},
    };
    struct groups *days = &report->others[0];
    json_t *table = document_table(document, report, "days", title, columns);

    for (const struct column *column = work_counts; column->name; column++)
        table_column(table, column->name, column->title[report->question.language], column->kind);
    if (days->count)
        qsort(days->list, days->count, sizeof(*days->list), compare_days);
    for (size_t i = 0; i < days->count; i++) {
        json_t *row = json_array();

        row_title(row, report, desk, REPORT_BY_PERSON, days->list[i].words[0]);
        json_array_append_new(row, json_string(days->list[i].words[1]));
        add_counts(row, &days->list[i]);
        table_row(table, row);
    }
}

/* By person, then in the order of time; the same instant in the order in which it was told. */
struct line {
    const json_t *row;
    size_t place;
};

static int compare_lines(const void *one, const void *other)
{
    const struct line *a = one, *b = other;
    int persons = strcmp(row_text(a->row, "handler"), row_text(b->row, "handler"));
    msec at = row_instant(a->row, "at"), other_at = row_instant(b->row, "at");

    if (persons)
        return persons;
    if (at != other_at)
        return at < other_at ? -1 : 1;
    return a->place < b->place ? -1 : a->place > b->place;
}

static void write_work_line(const struct report *report, const struct desk *desk, const json_t *line,
                            json_t *table)
{
    const struct policy *policy = desk->policy;
    size_t work = work_of(line);
    bool is_contact = strcmp(works[work].method, "contact.record") == 0;
    const struct vocabulary *kinds = is_contact ? &policy->kinds : &policy->steps;
    const char *kind = row_text(line, "kind");
    json_t *row = json_array();

    row_title(row, report, desk, REPORT_BY_PERSON, row_text(line, "handler"));
    json_array_append_new(row, answer_instant(desk, row_instant(line, "at")));
    json_array_append_new(row, json_string(works[work].title[report->question.language]));
    json_array_append_new(row, word_title(report, kinds, is_contact && !kind[0] ? "other" : kind));
    json_array_append_new(row, word_title(report, &policy->channels, row_text(line, "channel")));
    json_array_append(row, json_object_get(line, "number"));
    json_array_append(row, json_object_get(line, "customer"));
    json_array_append_new(row, json_string(row_text(line, "note")));
    table_row(table, row);
}

static void write_work_lines(struct report *report, const struct desk *desk, json_t *document)
{
    static const char *const title[] = {"工作记录", "Work record"};
    static const struct column columns[] = {
        {"person", {"人员", "Person"}, COLUMN_TEXT},
        {"at", {"时间", "Time"}, COLUMN_TIME},
        {"work", {"工作", "Work"}, COLUMN_TEXT},
        {"kind", {"内容", "Kind"}, COLUMN_TEXT},
        {"channel", {"方式", "Channel"}, COLUMN_TEXT},
        {"number", {"编号", "Number"}, COLUMN_TEXT},
        {"customer", {"客户", "Customer"}, COLUMN_TEXT},
        {"note", {"说明", "Note"}, COLUMN_TEXT},
        {NULL, {NULL, NULL}, COLUMN_TEXT},
    };
    json_t *table = document_table(document, report, "lines", title, columns);
    size_t count = json_array_size(report->lines);
    struct line *lines = memory_new(count + 1, sizeof(*lines));

    for (size_t i = 0; i < count; i++)
        lines[i] = (struct line){json_array_get(report->lines, i), i};
    qsort(lines, count, sizeof(*lines), compare_lines);
    for (size_t i = 0; i < count; i++)
        write_work_line(report, desk, lines[i].row, table);
    free(lines);
}

static void write_work(struct report *report, const struct desk *desk, json_t *document)
{
    static const char *const title[] = {"工作汇总", "Summary of the work"};
    json_t *table = document_groups(document, report, "summary", title, work_counts);
    size_t all = 0;

    report_sort(report, &report->groups, WORK_ALL);
    for (size_t i = 0; i < report->groups.count; i++) {
        json_t *row = row_of_group(report, desk, &report->groups.list[i]);

        add_counts(row, &report->groups.list[i]);
        all += (size_t)report->groups.list[i].counts[WORK_ALL];
        table_row(table, row);
    }
    document_chart(document, table, title[report->question.language], false,
                   (const char *const[]){"contacts", "entries", "steps", "solutions", NULL});
    write_days(report, desk, document);
    write_work_lines(report, desk, document);
    note_cut(report, document, all);
}

const struct report_kind report_worklog = {
    .name = "worklog",
    .title = {"工作记录", "Work record"},
    .by = BY(PERSON) | BY(DEPARTMENT) | BY(CUSTOMER) | BY(CLASS) | BY(TYPE) | BY(URGENCY) | BY(MONTH),
    .usual = REPORT_BY_PERSON,
    .has_usual = true,
    .period = REPORT_MONTH,
    .sources = {"report_worklog"},
    .take = take_work,
    .write = write_work,
};

/* ---- what is open ---- */

enum { OPEN_COUNT };

static void take_open(struct report *report, const struct desk *desk, const json_t *row)
{
    struct group *group = report_group(report, desk, row, row_instant(row, "received"));

    if (!group)
        return;
    group->counts[OPEN_COUNT]++;
    keep(report, row);
}

static void write_open_lines(struct report *report, const struct desk *desk, json_t *document)
{
    static const char *const title[] = {"跟进清单", "Follow-up list"};
    static const struct column columns[] = {
        {"number", {"编号", "Number"}, COLUMN_TEXT},
        {"class", {"类别", "Class"}, COLUMN_TEXT},
        {"customer", {"客户", "Customer"}, COLUMN_TEXT},
        {"stage", {"阶段", "Stage"}, COLUMN_TEXT},
        {"since", {"进入时间", "Since"}, COLUMN_TIME},
        {"person", {"办理人", "Person"}, COLUMN_TEXT},
        {"received", {"受理时间", "Received"}, COLUMN_TIME},
        {"contacted", {"最近联系", "Last contact"}, COLUMN_TIME},
        {"clock", {"下一时限", "Next deadline"}, COLUMN_TEXT},
        {"due", {"到期时间", "Due"}, COLUMN_TIME},
        {NULL, {NULL, NULL}, COLUMN_TEXT},
    };
    static const char *const instants[] = {"received", "contacted"};
    json_t *table = document_table(document, report, "lines", title, columns), *line;
    size_t i;

    json_array_foreach(report->lines, i, line)
    {
        bool has_clock = row_text(line, "clock")[0];
        json_t *row = json_array();

        json_array_append(row, json_object_get(line, "number"));
        row_title(row, report, desk, REPORT_BY_CLASS, row_text(line, "class"));
        json_array_append(row, json_object_get(line, "customer"));
        json_array_append_new(row, word_title(report, &desk->policy->stages, row_text(line, "stage")));
        json_array_append_new(row, answer_instant(desk, row_instant(line, "since")));
        row_title(row, report, desk, REPORT_BY_PERSON, row_text(line, "handler"));
        for (size_t k = 0; k < sizeof(instants) / sizeof(*instants); k++)
            json_array_append_new(row, answer_instant(desk, row_instant(line, instants[k])));
        json_array_append_new(
            row, has_clock ? json_string(report_title(report, desk, REPORT_BY_CLOCK, row_text(line, "clock")))
                           : json_string(""));
        json_array_append_new(row, answer_instant(desk, row_instant(line, "due")));
        table_row(table, row);
    }
}

static void write_open(struct report *report, const struct desk *desk, json_t *document)
{
    static const char *const title[] = {"未关闭", "Open"};
    static const struct column columns[] = {
        {"open", {"未关闭", "Open"}, COLUMN_COUNT},
        {NULL, {NULL, NULL}, COLUMN_TEXT},
    };
    json_t *table = document_groups(document, report, "open", title, columns);
    size_t all = 0;

    report_sort(report, &report->groups, OPEN_COUNT);
    for (size_t i = 0; i < report->groups.count; i++) {
        json_t *row = row_of_group(report, desk, &report->groups.list[i]);

        row_number(row, report->groups.list[i].counts[OPEN_COUNT]);
        all += (size_t)report->groups.list[i].counts[OPEN_COUNT];
        table_row(table, row);
    }
    document_chart(document, table, title[report->question.language], false,
                   (const char *const[]){"open", NULL});
    write_open_lines(report, desk, document);
    note_cut(report, document, all);
}

const struct report_kind report_open = {
    .name = "open",
    .title = {"跟进清单", "Open tickets"},
    .by = BY(PERSON) | BY(DEPARTMENT) | BY(CUSTOMER) | BY(CLASS) | BY(TYPE) | BY(URGENCY) | BY(CHANNEL),
    .usual = REPORT_BY_PERSON,
    .has_usual = true,
    .period = REPORT_NOW,
    .sources = {"report_open"},
    .take = take_open,
    .write = write_open,
};
