/*
 * The document that a report comes to: tables, charts and notes, in JSON.
 *
 * Used by the kinds of reports. Cells are values, not words for people: a rendering (report_text.c, the page,
 * CSV) says by a column's kind how one is shown. Charts name their table and columns and hold no numbers of
 * their own, so that a picture can't say something else than the table beside it.
 */
#include "lib/report_inside.h"

#include "lib/answer.h"
#include <string.h>

const char *column_kind_name(enum column_kind kind)
{
    static const char *const names[] = {
        [COLUMN_TEXT] = "text",         [COLUMN_TIME] = "time",       [COLUMN_COUNT] = "count",
        [COLUMN_DURATION] = "duration", [COLUMN_PERCENT] = "percent", [COLUMN_SCORE] = "score",
    };

    return names[kind];
}

void table_column(json_t *table, const char *name, const char *title, enum column_kind kind)
{
    json_array_append_new(
        json_object_get(table, "columns"),
        json_pack("{s:s,s:s,s:s}", "name", name, "title", title, "kind", column_kind_name(kind)));
}

json_t *document_table(json_t *document, const struct report *report, const char *name,
                       const char *const title[LANGUAGE_COUNT], const struct column *columns)
{
    enum language language = report->question.language;
    json_t *table =
        json_pack("{s:s,s:s,s:[],s:[]}", "name", name, "title", title[language], "columns", "rows");

    for (; columns && columns->name; columns++)
        table_column(table, columns->name, columns->title[language], columns->kind);
    json_array_append_new(json_object_get(document, "tables"), table);
    return table;
}

void table_row(json_t *table, json_t *row)
{
    if (table_length(table) < REPORT_LINES_MAX)
        json_array_append_new(json_object_get(table, "rows"), row);
    else
        json_decref(row);
}

size_t table_length(const json_t *table)
{
    return json_array_size(json_object_get(table, "rows"));
}

void document_note(json_t *document, const char *text)
{
    json_array_append_new(json_object_get(document, "notes"), json_string(text));
}

/* ---- dimensions ---- */

static const char *const by_titles[REPORT_BY_COUNT][LANGUAGE_COUNT] = {
    [REPORT_BY_PERSON] = {"办理人", "Person"},   [REPORT_BY_DEPARTMENT] = {"部门", "Department"},
    [REPORT_BY_CUSTOMER] = {"客户", "Customer"}, [REPORT_BY_CLASS] = {"类别", "Class"},
    [REPORT_BY_TYPE] = {"类型", "Type"},         [REPORT_BY_URGENCY] = {"紧急程度", "Urgency"},
    [REPORT_BY_CHANNEL] = {"渠道", "Channel"},   [REPORT_BY_CLOCK] = {"时限", "Clock"},
    [REPORT_BY_MONTH] = {"月份", "Month"},
};

void table_dimensions(json_t *table, const struct report *report)
{
    const struct report_question *question = &report->question;

    for (size_t i = 0; i < question->by_count; i++)
        table_column(table, report_by_name(question->by[i]), by_titles[question->by[i]][question->language],
                     COLUMN_TEXT);
}

static const struct vocabulary *words_of(const struct policy *policy, enum report_by by)
{
    switch (by) {
    case REPORT_BY_DEPARTMENT:
        return &policy->departments;
    case REPORT_BY_CLASS:
        return &policy->classes;
    case REPORT_BY_TYPE:
        return &policy->types;
    case REPORT_BY_URGENCY:
        return &policy->urgencies;
    case REPORT_BY_CHANNEL:
        return &policy->channels;
    case REPORT_BY_PERSON:
    case REPORT_BY_CUSTOMER:
    case REPORT_BY_CLOCK:
    case REPORT_BY_MONTH:
    case REPORT_BY_COUNT:
        break;
    }
    return NULL;
}

const char *report_title(const struct report *report, const struct desk *desk, enum report_by by,
                         const char *word)
{
    enum language language = report->question.language;
    const struct vocabulary *words = words_of(desk->policy, by);
    uint8_t index = words ? vocabulary_find(words, word) : POLICY_NONE;
    const struct person *person;

    if (!word[0])
        return language == LANGUAGE_ZH ? "（无）" : "(none)";
    if (index != POLICY_NONE)
        return words->terms[index].title[language];
    if (by == REPORT_BY_CLOCK && (index = policy_find_clock(desk->policy, word)) != POLICY_NONE)
        return desk->policy->clocks[index].title[language];
    if (by == REPORT_BY_PERSON &&
        (person = roster_person(desk->roster, roster_find_known(desk->roster, word))) != NULL &&
        !person->is_gone)
        return person->name[language];
    return word;
}

json_t *row_of_group(const struct report *report, const struct desk *desk, const struct group *group)
{
    json_t *row = json_array();

    for (size_t i = 0; i < report->question.by_count; i++)
        json_array_append_new(
            row, json_string(report_title(report, desk, report->question.by[i], group->words[i])));
    return row;
}

json_t *document_groups(json_t *document, const struct report *report, const char *name,
                        const char *const title[LANGUAGE_COUNT], const struct column *columns)
{
    json_t *table = document_table(document, report, name, title, NULL);

    table_dimensions(table, report);
    for (; columns->name; columns++)
        table_column(table, columns->name, columns->title[report->question.language], columns->kind);
    return table;
}

void row_title(json_t *row, const struct report *report, const struct desk *desk, enum report_by by,
               const char *word)
{
    json_array_append_new(row, json_string(report_title(report, desk, by, word)));
}

void row_number(json_t *row, int64_t value)
{
    json_array_append_new(row, json_number_or_null(value));
}

/* ---- charts, numbers ---- */

void document_chart(json_t *document, const json_t *table, const char *title, bool is_line,
                    const char *const *columns)
{
    json_t *names = json_array();

    for (; *columns; columns++)
        json_array_append_new(names, json_string(*columns));
    json_array_append_new(json_object_get(document, "charts"),
                          json_pack("{s:s,s:s,s:O,s:o}", "kind", is_line ? "line" : "bars", "title", title,
                                    "table", json_object_get(table, "name"), "columns", names));
}

json_t *json_number_or_null(int64_t value)
{
    return value < 0 ? json_null() : json_integer(value);
}

json_t *json_share(int64_t part, int64_t whole)
{
    return whole > 0 ? json_integer((part * 10000 + whole / 2) / whole) : json_null();
}
