/*
 * Complaints of a period, one by one: what caused each, what was done, whether it is closed; and complaints
 * about how somebody behaved, by person.
 *
 * Which classes are complaints, which types are about attitude, and where cause and measures stand on a
 * ticket, the regime's [statistics] says. Causes are counted by their words: a field with words of its own
 * makes a good table, a step's note a list. A class that is asked for goes before the regime's.
 */
#include "lib/report_inside.h"

#include "lib/answer.h"
#include <string.h>

static void ask_words(const struct report *report, const struct desk *desk, json_t *parameter,
                      uint32_t classes)
{
    report_ask_tickets(report, desk, parameter);
    json_object_set_new(parameter, "steps", json_true());
    json_object_set_new(parameter, "words", json_true());
    if (!report->question.class_name[0] && classes)
        json_object_set_new(parameter, "classes", report_words(&desk->policy->classes, classes));
}

/* ---- what a ticket says ---- */

static const char *in_step(const json_t *row, const char *name)
{
    const json_t *step;
    size_t i;

    json_array_foreach(json_object_get(row, "steps"), i, step)
    {
        if (strcmp(row_text(step, "step"), name) == 0)
            return row_text(step, "note");
    }
    return "";
}

static const char *said_there(const json_t *row, const struct said_place *place)
{
    switch (place->in) {
    case SAID_IN_STEP:
        return in_step(row, place->name);
    case SAID_IN_FIELD:
        return row_text(json_object_get(row, "fields"), place->name);
    case SAID_IN_PLAN:
        return row_text(row, "measures");
    case SAID_IN_RESULT:
        return row_text(row, "result");
    }
    return "";
}

/* Everything that is said in these places, with semicolons between. */
static void collect(struct text *text, const json_t *row, const struct said_places *places)
{
    for (size_t i = 0; i < places->count; i++) {
        const char *said = said_there(row, &places->list[i]);

        if (*said)
            text_printf(text, "%s%s", text->length ? "; " : "", said);
    }
}

/* ---- complaints ---- */

enum { CAUSE_ALL, CAUSE_OPEN };

static void ask_complaints(const struct report *report, const struct desk *desk, json_t *parameter)
{
    ask_words(report, desk, parameter, desk->policy->statistics.complaints);
}

static void take_complaint(struct report *report, const struct desk *desk, const json_t *row)
{
    struct text cause = {0}, measures = {0};

    if (json_is_true(json_object_get(row, "merged")))
        return;
    if (!report->question.class_name[0] && !desk->policy->statistics.complaints) {
        report->wrong =
            "the regime does not say which classes are complaints ([statistics] complaints): name a class";
        return;
    }
    collect(&cause, row, &desk->policy->statistics.causes);
    collect(&measures, row, &desk->policy->statistics.measures);
    const char *word = text_get(&cause);
    struct group *group = groups_of(&report->others[0], &word, 1);

    if (group) {
        group->counts[CAUSE_ALL]++;
        group->counts[CAUSE_OPEN] += json_is_true(json_object_get(row, "open"));
    }
    if (json_array_size(report->lines) < REPORT_LINES_MAX) {
        json_t *line = json_copy((json_t *)(uintptr_t)row); /* a shallow one: its members are shared */

        json_object_set_new(line, "cause", json_string(word));
        json_object_set_new(line, "done", json_string(text_get(&measures)));
        json_array_append_new(report->lines, line);
    }
    text_finish(&cause);
    text_finish(&measures);
}

static void add_level(json_t *cells, const struct report *report, const struct desk *desk, const json_t *row)
{
    const struct vocabulary *levels = &desk->policy->levels;
    uint8_t level = vocabulary_find(levels, row_text(row, "level"));

    json_array_append_new(cells, level == POLICY_NONE
                                     ? json_null()
                                     : json_string(levels->terms[level].title[report->question.language]));
}

static const char *yes_no(const struct report *report, bool is_so)
{
    static const char *const words[][LANGUAGE_COUNT] = {{"否", "no"}, {"是", "yes"}};

    return words[is_so][report->question.language];
}

static void write_complaint_lines(struct report *report, const struct desk *desk, json_t *document)
{
    static const char *const title[] = {"逐项清单", "One by one"};
    static const struct column columns[] = {
        {"number", {"编号", "Number"}, COLUMN_TEXT},
        {"received", {"受理时间", "Received"}, COLUMN_TIME},
        {"customer", {"客户", "Customer"}, COLUMN_TEXT},
        {"subject", {"内容", "Subject"}, COLUMN_TEXT},
        {"type", {"类型", "Type"}, COLUMN_TEXT},
        {"department", {"部门", "Department"}, COLUMN_TEXT},
        {"person", {"办理人", "Person"}, COLUMN_TEXT},
        {"cause", {"原因", "Cause"}, COLUMN_TEXT},
        {"measures", {"措施", "Measures"}, COLUMN_TEXT},
        {"satisfaction", {"满意度", "Satisfaction"}, COLUMN_TEXT},
        {"closed", {"已关闭", "Closed"}, COLUMN_TEXT},
        {NULL, {NULL, NULL}, COLUMN_TEXT},
    };
    json_t *table = document_table(document, report, "complaints", title, columns), *line;
    size_t i;

    json_array_foreach(report->lines, i, line)
    {
        json_t *row = json_array();

        json_array_append(row, json_object_get(line, "number"));
        json_array_append_new(row, answer_instant(desk, row_instant(line, "received")));
        json_array_append(row, json_object_get(line, "customer"));
        json_array_append(row, json_object_get(line, "subject"));
        row_title(row, report, desk, REPORT_BY_TYPE, row_text(line, "types"));
        row_title(row, report, desk, REPORT_BY_DEPARTMENT, row_text(line, "department"));
        row_title(row, report, desk, REPORT_BY_PERSON, row_text(line, "handler"));
        json_array_append(row, json_object_get(line, "cause"));
        json_array_append(row, json_object_get(line, "done"));
        add_level(row, report, desk, line);
        json_array_append_new(row, json_string(yes_no(report, !json_is_true(json_object_get(line, "open")))));
        table_row(table, row);
    }
}

static void write_causes(struct report *report, json_t *document)
{
    static const char *const title[] = {"原因汇总", "Causes"};
    static const struct column columns[] = {
        {"cause", {"原因", "Cause"}, COLUMN_TEXT},
        {"complaints", {"件数", "Complaints"}, COLUMN_COUNT},
        {"share", {"占比", "Share"}, COLUMN_PERCENT},
        {"open", {"未关闭", "Open"}, COLUMN_COUNT},
        {NULL, {NULL, NULL}, COLUMN_TEXT},
    };
    static const char *const unknown[] = {"（未填写）", "(not said)"};
    struct groups *groups = &report->others[0];
    json_t *table = document_table(document, report, "causes", title, columns);
    int64_t all = 0;

    for (size_t i = 0; i < groups->count; i++)
        all += groups->list[i].counts[CAUSE_ALL];
    report_sort(report, groups, CAUSE_ALL);
    for (size_t i = 0; i < groups->count; i++) {
        const struct group *group = &groups->list[i];
        json_t *row =
            json_pack("[s]", group->words[0][0] ? group->words[0] : unknown[report->question.language]);

        row_number(row, group->counts[CAUSE_ALL]);
        json_array_append_new(row, json_share(group->counts[CAUSE_ALL], all));
        row_number(row, group->counts[CAUSE_OPEN]);
        table_row(table, row);
    }
    document_chart(document, table, title[report->question.language], false,
                   (const char *const[]){"complaints", "open", NULL});
}

static void write_complaints(struct report *report, const struct desk *desk, json_t *document)
{
    write_complaint_lines(report, desk, document);
    write_causes(report, document);
}

const struct report_kind report_complaints = {
    .name = "complaints",
    .title = {"投诉分析", "Review of complaints"},
    .period = REPORT_MONTH,
    .sources = {"report_tickets"},
    .ask = ask_complaints,
    .take = take_complaint,
    .write = write_complaints,
};

/* ---- attitude ---- */

static void ask_attitude(const struct report *report, const struct desk *desk, json_t *parameter)
{
    ask_words(report, desk, parameter, 0);
    json_object_set_new(parameter, "types",
                        report_words(&desk->policy->types, desk->policy->statistics.attitude));
}

static void take_attitude(struct report *report, const struct desk *desk, const json_t *row)
{
    struct group *group;

    if (json_is_true(json_object_get(row, "merged")) ||
        !(group = report_group(report, desk, row, row_instant(row, "received"))))
        return;
    group->counts[CAUSE_ALL]++;
    group->counts[CAUSE_OPEN] += json_is_true(json_object_get(row, "open"));
    if (json_array_size(report->lines) < REPORT_LINES_MAX)
        json_array_append_new(report->lines, json_copy((json_t *)(uintptr_t)row));
}

static void write_attitude_lines(struct report *report, const struct desk *desk, json_t *document)
{
    static const char *const title[] = {"逐项清单", "One by one"};
    static const struct column columns[] = {
        {"person", {"办理人", "Person"}, COLUMN_TEXT},
        {"number", {"编号", "Number"}, COLUMN_TEXT},
        {"received", {"受理时间", "Received"}, COLUMN_TIME},
        {"customer", {"客户", "Customer"}, COLUMN_TEXT},
        {"subject", {"内容", "Subject"}, COLUMN_TEXT},
        {"result", {"处理结果", "Result"}, COLUMN_TEXT},
        {NULL, {NULL, NULL}, COLUMN_TEXT},
    };
    json_t *table = document_table(document, report, "lines", title, columns), *line;
    size_t i;

    json_array_foreach(report->lines, i, line)
    {
        json_t *row = json_array();

        row_title(row, report, desk, REPORT_BY_PERSON, row_text(line, "handler"));
        json_array_append(row, json_object_get(line, "number"));
        json_array_append_new(row, answer_instant(desk, row_instant(line, "received")));
        json_array_append(row, json_object_get(line, "customer"));
        json_array_append(row, json_object_get(line, "subject"));
        json_array_append_new(row, json_string(row_text(line, "result")));
        table_row(table, row);
    }
}

static void write_attitude(struct report *report, const struct desk *desk, json_t *document)
{
    static const char *const title[] = {"服务态度投诉", "Complaints about attitude"};
    static const struct column columns[] = {
        {"complaints", {"件数", "Complaints"}, COLUMN_COUNT},
        {"open", {"未关闭", "Open"}, COLUMN_COUNT},
        {NULL, {NULL, NULL}, COLUMN_TEXT},
    };
    json_t *table = document_groups(document, report, "attitude", title, columns);

    report_sort(report, &report->groups, CAUSE_ALL);
    for (size_t i = 0; i < report->groups.count; i++) {
        json_t *row = row_of_group(report, desk, &report->groups.list[i]);

        row_number(row, report->groups.list[i].counts[CAUSE_ALL]);
        row_number(row, report->groups.list[i].counts[CAUSE_OPEN]);
        table_row(table, row);
    }
    document_chart(document, table, title[report->question.language], false,
                   (const char *const[]){"complaints", NULL});
    write_attitude_lines(report, desk, document);
    if (!desk->policy->statistics.attitude)
        document_note(document,
                      report->question.language == LANGUAGE_ZH
                          ? "制度未指定服务态度类型（[statistics] attitude）"
                          : "the regime does not say which types are about attitude ([statistics] attitude)");
}

const struct report_kind report_attitude = {
    .name = "attitude",
    .title = {"服务态度投诉", "Complaints about attitude"},
    .by = BY(PERSON) | BY(DEPARTMENT) | BY(CUSTOMER) | BY(CLASS) | BY(TYPE) | BY(MONTH),
    .usual = REPORT_BY_PERSON,
    .has_usual = true,
    .period = REPORT_MONTH,
    .sources = {"report_tickets"},
    .ask = ask_attitude,
    .take = take_attitude,
    .write = write_attitude,
};
