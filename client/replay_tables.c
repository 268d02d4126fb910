/*
 * The report on two judges as tables for people, in Chinese or English.
 *
 * Called by replay_whatif.c with the object that replay_report.c made. Every phrase stands once in a table
 * with its languages, so that a third one is a column. Rows and tables that say that nothing differs are left
 * out: who asks "what would change" is shown what would.
 */
#include "client/replay_report.h"
#include "client/table.h"
#include "client/when.h"
#include "lib/base/instant.h"
#include "lib/base/text.h"
#include <stdlib.h>
#include <string.h>

enum phrase {
    PHRASE_WHAT_IF,
    PHRASE_PERIOD,
    PHRASE_NO_EVENT,
    PHRASE_SAME,
    PHRASE_BY_CLOCK,
    PHRASE_BY_URGENCY,
    PHRASE_BY_CLASS,
    PHRASE_BY_PERSON,
    PHRASE_REQUESTS,
    PHRASE_ALL_BREACHES,
    PHRASE_ALL_NOTICES,
    PHRASE_ALL_REQUESTS,
    PHRASE_MOVES,
    PHRASE_RUNG,
    PHRASE_RUNG_AGAIN,
    PHRASE_REFUSED_BY,
    PHRASE_COUNT,
};

static const char *const phrases[PHRASE_COUNT][LANGUAGE_COUNT] = {
    [PHRASE_WHAT_IF] = {"假如实行的是 B 而不是 A：", "If B had been in effect instead of A:"},
    [PHRASE_PERIOD] = {"%s 个事件，%s 至 %s", "%s events, %s to %s"},
    [PHRASE_NO_EVENT] = {"没有事件", "no events"},
    [PHRASE_SAME] = {"没有差别：对这些事件，A 与 B 的判定完全相同（超时 %s 次，通知 %s 份）。",
                     "No difference: A and B judge these events alike (%s breaches, %s notices)."},
    [PHRASE_BY_CLOCK] = {"按时限（超时次数与通知份数）", "Breaches and notices by clock"},
    [PHRASE_BY_URGENCY] = {"按紧急程度（超时次数与通知份数）", "Breaches and notices by urgency"},
    [PHRASE_BY_CLASS] = {"按类别（超时次数与通知份数）", "Breaches and notices by class"},
    [PHRASE_BY_PERSON] = {"按人员（通知份数）", "Notices by person"},
    [PHRASE_REQUESTS] = {"只被一方拒绝的请求", "Requests that only one of them refused"},
    [PHRASE_ALL_BREACHES] = {"有差别的超时", "Breaches that differ"},
    [PHRASE_ALL_NOTICES] = {"有差别的通知", "Notices that differ"},
    [PHRASE_ALL_REQUESTS] = {"只被一方拒绝的请求，逐条",
                             "Requests that only one of them refused, one by one"},
    [PHRASE_MOVES] = {"%s（中位数 %s，最长 %s）", "%s (median %s, at most %s)"},
    [PHRASE_RUNG] = {"第 %s 级", "rung %s"},
    [PHRASE_RUNG_AGAIN] = {"第 %s 级，第 %s 次", "rung %s, time %s"},
    [PHRASE_REFUSED_BY] = {"%s 拒绝", "%s refuses"},
};

struct view {
    const struct screen *screen;
    enum language language;
};

/* How a cell's value is written. */
enum cell_kind {
    CELL_TEXT,
    CELL_CHANGE, /* B minus A of the row */
    CELL_MOVES,  /* an object {count, median_s, max_s} */
    CELL_TIME,
    CELL_MOVED,   /* signed seconds */
    CELL_STEP,    /* a rung as notice_row has it */
    CELL_REFUSER, /* "a" or "b" */
    CELL_TICKET,  /* ref and number of the row */
};

struct cell_column {
    const char *titles[LANGUAGE_COUNT];
    const char *member;
    enum cell_kind kind;
};

static const char *say(const struct view *view, enum phrase phrase)
{
    return phrases[phrase][view->language];
}

/* Puts up to three texts in the places of a phrase's %s. */
static void fill(struct text *out, const char *phrase, const char *const texts[3])
{
    const char *place;

    for (size_t i = 0; (place = strstr(phrase, "%s")); i++, phrase = place + 2) {
        text_append(out, phrase, (size_t)(place - phrase));
        text_add(out, texts[i]);
    }
    text_add(out, phrase);
}

/* ---- cells ---- */

static const json_t *member_of(const json_t *row, const char *path)
{
    const char *dot = strchr(path, '.');

    return dot ? member_of(json_object_getn(row, path, (size_t)(dot - path)), dot + 1)
               : json_object_get(row, path);
}

static json_int_t number_of(const json_t *row, const char *path)
{
    return json_integer_value(member_of(row, path));
}

static void add_span(struct text *out, json_int_t seconds)
{
    char span[WHEN_TEXT];

    when_span((msec)seconds * MSEC_SECOND, span);
    text_add(out, span);
}

static void add_moves(const struct view *view, struct text *out, const json_t *moves)
{
    struct text count = {0}, median = {0}, longest = {0};

    text_printf(&count, "%" JSON_INTEGER_FORMAT, number_of(moves, "count"));
    if (number_of(moves, "count") == 0) {
        text_add(out, text_get(&count));
    } else {
        add_span(&median, number_of(moves, "median_s"));
        add_span(&longest, number_of(moves, "max_s"));
        fill(out, say(view, PHRASE_MOVES),
             (const char *const[]){text_get(&count), text_get(&median), text_get(&longest)});
    }
    text_finish(&count);
    text_finish(&median);
    text_finish(&longest);
}

static void add_time(const struct view *view, struct text *out, const json_t *value)
{
    const char *text = json_string_value(value);
    char shown[WHEN_TEXT] = "-";
    msec at;

    if (text && instant_parse(text, &at) == INSTANT_OK)
        when_show(at, view->screen->in_utc, false, shown);
    text_add(out, shown);
}

static void add_moved(struct text *out, const json_t *value)
{
    if (!value)
        return;
    text_add(out, json_integer_value(value) < 0 ? "-" : "+");
    add_span(out, json_integer_value(value));
}

static void add_step(const struct view *view, struct text *out, json_int_t rung)
{
    char place[24], time[24];

    snprintf(place, sizeof place, "%" JSON_INTEGER_FORMAT, rung % RUNG_AGAIN);
    snprintf(time, sizeof time, "%" JSON_INTEGER_FORMAT, rung / RUNG_AGAIN + 1);
    if (rung > 0)
        fill(out, say(view, rung >= RUNG_AGAIN ? PHRASE_RUNG_AGAIN : PHRASE_RUNG),
             (const char *const[]){place, time, ""});
    else if (rung < 0 && rung >= -1 - 100) /* a reminder: how much of the time has passed */
        text_printf(out, "%" JSON_INTEGER_FORMAT "%%", -1 - rung);
    else if (rung <= -1000 && (-1000 - rung) / 16 <= 100) /* the same, due again: lib/reminder.c */
        text_printf(out, "%" JSON_INTEGER_FORMAT "%%", (-1000 - rung) / 16);
}

static void add_ticket(struct text *out, const json_t *row)
{
    const char *reference = json_string_value(json_object_get(row, "ref"));
    const char *number = json_string_value(json_object_get(row, "number"));

    text_printf(out, "%s%s%s", reference ? reference : "", reference && number ? " " : "",
                number ? number : "");
}

static void add_text(struct text *out, const json_t *value)
{
    char *text = screen_text(value);

    text_add(out, text);
    free(text);
}

static void add_cell(const struct view *view, struct text *out, const json_t *row,
                     const struct cell_column *column)
{
    const json_t *value = column->member ? member_of(row, column->member) : row;

    switch (column->kind) {
    case CELL_TEXT:
        add_text(out, value);
        break;
    case CELL_CHANGE:
        text_printf(out, "%+" JSON_INTEGER_FORMAT, number_of(value, "b") - number_of(value, "a"));
        break;
    case CELL_MOVES:
        add_moves(view, out, value);
        break;
    case CELL_TIME:
        add_time(view, out, value);
        break;
    case CELL_MOVED:
        add_moved(out, value);
        break;
    case CELL_STEP:
        add_step(view, out, json_integer_value(value));
        break;
    case CELL_REFUSER: {
        const char *side = json_string_value(value);

        fill(out, say(view, PHRASE_REFUSED_BY),
             (const char *const[]){side && *side == 'a' ? "A" : "B", "", ""});
        break;
    }
    case CELL_TICKET:
        add_ticket(out, row);
        break;
    }
}

/* ---- tables ---- */

#define COLUMNS_MAX 12

/* `differs` NULL: every row is shown. */
static void show_rows(const struct view *view, enum phrase heading, const json_t *rows,
                      const struct cell_column *columns, bool (*differs)(const json_t *row))
{
    const char *titles[COLUMNS_MAX];
    size_t count = 0, index;
    const json_t *row;

    for (; columns[count].titles[0]; count++)
        titles[count] = columns[count].titles[view->language];
    struct table *table = table_create(count, titles);

    json_array_foreach(rows, index, row)
    {
        for (size_t i = 0; i < count && (!differs || differs(row)); i++) {
            struct text cell = {0};

            add_cell(view, &cell, row, &columns[i]);
            table_add(table, text_get(&cell), TABLE_PLAIN);
            text_finish(&cell);
        }
    }
    if (table_rows(table) > 0) {
        fputc('\n', view->screen->out);
        screen_line(view->screen, "%s", say(view, heading));
        table_print(table, view->screen->out, view->screen->width, view->screen->in_colour);
    }
    table_destroy(table);
}

static bool counts_differ(const json_t *counts)
{
    return number_of(counts, "a") != number_of(counts, "b") || number_of(counts, "only_a") ||
           number_of(counts, "only_b") || number_of(counts, "earlier.count") ||
           number_of(counts, "later.count");
}

static bool row_differs(const json_t *row)
{
    return counts_differ(json_object_get(row, "breaches")) || counts_differ(json_object_get(row, "notices"));
}

static void show_totals(const struct view *view, const json_t *totals)
{
    static const struct {
        const char *member, *titles[LANGUAGE_COUNT];
    } lines[] = {
        {"accepted", {"受理的请求", "Requests accepted"}},
        {"refused", {"拒绝的请求", "Requests refused"}},
        {"breaches", {"超时", "Breaches"}},
        {"shortfalls", {"未达目标", "Shortfalls"}},
        {"withdrawals", {"撤回的超时", "Withdrawals"}},
        {"notices", {"通知", "Notices"}},
        {"suppressed", {"未发的通知", "Suppressed"}},
        {"incidents", {"上报受阻", "Ladder incidents"}},
    };
    static const struct cell_column columns[] = {
        {{"", ""}, "title", CELL_TEXT},
        {{"A", "A"}, "a", CELL_TEXT},
        {{"B", "B"}, "b", CELL_TEXT},
        {{"变化", "CHANGE"}, NULL, CELL_CHANGE},
        {{"仅 A", "ONLY A"}, "only_a", CELL_TEXT},
        {{"仅 B", "ONLY B"}, "only_b", CELL_TEXT},
        {{"提前", "EARLIER"}, "earlier.count", CELL_TEXT},
        {{"推迟", "LATER"}, "later.count", CELL_TEXT},
        {{NULL, NULL}, NULL, CELL_TEXT},
    };
    json_t *rows = json_array();

    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        json_t *row = json_deep_copy(json_object_get(totals, lines[i].member));

        json_object_set_new(row, "title", json_string(lines[i].titles[view->language]));
        json_array_append_new(rows, row);
    }
    show_rows(view, PHRASE_WHAT_IF, rows, columns, NULL);
    json_decref(rows);
}

#define BREACH_COLUMNS                                                                                       \
    {{"名称", "TITLE"}, "title", CELL_TEXT}, {{"超时 A", "BREACHES A"}, "breaches.a", CELL_TEXT},            \
        {{"超时 B", "BREACHES B"}, "breaches.b", CELL_TEXT},                                                 \
        {{"仅 A", "ONLY A"}, "breaches.only_a", CELL_TEXT},                                                  \
        {{"仅 B", "ONLY B"}, "breaches.only_b", CELL_TEXT},                                                  \
        {{"提前", "EARLIER"}, "breaches.earlier", CELL_MOVES},                                               \
        {{"推迟", "LATER"}, "breaches.later", CELL_MOVES},                                                   \
        {{"通知 A", "NOTICES A"}, "notices.a", CELL_TEXT},                                                   \
        {{"通知 B", "NOTICES B"}, "notices.b", CELL_TEXT},                                                   \
    {                                                                                                        \
        {NULL, NULL}, NULL, CELL_TEXT                                                                        \
    }

static void show_breaches(const struct view *view, const json_t *object)
{
    static const struct cell_column clocks[] = {{{"时限", "CLOCK"}, "clock", CELL_TEXT}, BREACH_COLUMNS};
    static const struct cell_column urgencies[] = {{{"紧急程度", "URGENCY"}, "urgency", CELL_TEXT},
                                                   BREACH_COLUMNS};
    static const struct cell_column classes[] = {{{"类别", "CLASS"}, "class", CELL_TEXT}, BREACH_COLUMNS};

    show_rows(view, PHRASE_BY_CLOCK, json_object_get(object, "by_clock"), clocks, row_differs);
    show_rows(view, PHRASE_BY_URGENCY, json_object_get(object, "by_urgency"), urgencies, row_differs);
    show_rows(view, PHRASE_BY_CLASS, json_object_get(object, "by_class"), classes, row_differs);
}

static void show_people(const struct view *view, const json_t *object)
{
    static const struct cell_column columns[] = {
        {{"人员", "PERSON"}, "person", CELL_TEXT},
        {{"姓名", "NAME"}, "name", CELL_TEXT},
        {{"角色", "ROLE"}, "role", CELL_TEXT},
        {{"A", "A"}, "a", CELL_TEXT},
        {{"B", "B"}, "b", CELL_TEXT},
        {{"变化", "CHANGE"}, NULL, CELL_CHANGE},
        {{"仅 A", "ONLY A"}, "only_a", CELL_TEXT},
        {{"仅 B", "ONLY B"}, "only_b", CELL_TEXT},
        {{"提前", "EARLIER"}, "earlier", CELL_MOVES},
        {{"推迟", "LATER"}, "later", CELL_MOVES},
        {{NULL, NULL}, NULL, CELL_TEXT},
    };

    show_rows(view, PHRASE_BY_PERSON, json_object_get(object, "by_person"), columns, counts_differ);
}

static void show_requests(const struct view *view, const json_t *object)
{
    static const struct cell_column columns[] = {
        {{"方法", "METHOD"}, "method", CELL_TEXT}, {{"哪一方", "WHO"}, "refused_by", CELL_REFUSER},
        {{"错误", "ERROR"}, "error", CELL_TEXT},   {{"次数", "COUNT"}, "count", CELL_TEXT},
        {{NULL, NULL}, NULL, CELL_TEXT},
    };

    show_rows(view, PHRASE_REQUESTS, json_object_get(object, "requests"), columns, NULL);
}

static void show_details(const struct view *view, const json_t *details)
{
    static const struct cell_column breaches[] = {
        {{"问题", "TICKET"}, NULL, CELL_TICKET},     {{"时限", "CLOCK"}, "clock", CELL_TEXT},
        {{"A 到期", "DUE UNDER A"}, "a", CELL_TIME}, {{"B 到期", "DUE UNDER B"}, "b", CELL_TIME},
        {{"移动", "MOVED"}, "moved_s", CELL_MOVED},  {{NULL, NULL}, NULL, CELL_TEXT},
    };
    static const struct cell_column notices[] = {
        {{"问题", "TICKET"}, NULL, CELL_TICKET},       {{"时限", "CLOCK"}, "clock", CELL_TEXT},
        {{"模板", "TEMPLATE"}, "template", CELL_TEXT}, {{"级", "STEP"}, "rung", CELL_STEP},
        {{"人员", "PERSON"}, "person", CELL_TEXT},     {{"角色", "ROLE"}, "role", CELL_TEXT},
        {{"A 时间", "AT UNDER A"}, "a", CELL_TIME},    {{"B 时间", "AT UNDER B"}, "b", CELL_TIME},
        {{"移动", "MOVED"}, "moved_s", CELL_MOVED},    {{NULL, NULL}, NULL, CELL_TEXT},
    };
    static const struct cell_column requests[] = {
        {{"事件", "EVENT"}, "event", CELL_TEXT},         {{"时间", "AT"}, "at", CELL_TIME},
        {{"问题", "TICKET"}, NULL, CELL_TICKET},         {{"方法", "METHOD"}, "method", CELL_TEXT},
        {{"哪一方", "WHO"}, "refused_by", CELL_REFUSER}, {{"错误", "ERROR"}, "error", CELL_TEXT},
        {{"说明", "DETAIL"}, "detail", CELL_TEXT},       {{NULL, NULL}, NULL, CELL_TEXT},
    };

    show_rows(view, PHRASE_ALL_BREACHES, json_object_get(details, "breaches"), breaches, NULL);
    show_rows(view, PHRASE_ALL_NOTICES, json_object_get(details, "notices"), notices, NULL);
    show_rows(view, PHRASE_ALL_REQUESTS, json_object_get(details, "requests"), requests, NULL);
}

/* ---- the whole ---- */

static void show_filled(const struct view *view, enum phrase phrase, const char *first, const char *second,
                        const char *third)
{
    struct text line = {0};

    fill(&line, say(view, phrase), (const char *const[]){first, second, third});
    screen_line(view->screen, "%s", text_get(&line));
    text_finish(&line);
}

static void show_side(const struct view *view, const char *name, const json_t *side)
{
    screen_line(view->screen, "%s  %s  %s  %.12s", name, json_string_value(json_object_get(side, "file")),
                json_string_value(json_object_get(side, "regime")),
                json_string_value(json_object_get(side, "digest")));
}

static void show_period(const struct view *view, const json_t *object)
{
    struct text events = {0}, begin = {0}, end = {0};

    text_printf(&events, "%" JSON_INTEGER_FORMAT, number_of(object, "events"));
    add_time(view, &begin, json_object_get(object, "begin_at"));
    add_time(view, &end, json_object_get(object, "end_at"));
    show_filled(view, number_of(object, "events") ? PHRASE_PERIOD : PHRASE_NO_EVENT, text_get(&events),
                text_get(&begin), text_get(&end));
    text_finish(&events);
    text_finish(&begin);
    text_finish(&end);
}

static void show_no_difference(const struct view *view, const json_t *totals)
{
    struct text breaches = {0}, notices = {0};

    text_printf(&breaches, "%" JSON_INTEGER_FORMAT, number_of(totals, "breaches.a"));
    text_printf(&notices, "%" JSON_INTEGER_FORMAT, number_of(totals, "notices.a"));
    show_filled(view, PHRASE_SAME, text_get(&breaches), text_get(&notices), "");
    text_finish(&breaches);
    text_finish(&notices);
}

void replay_report_print(const json_t *object, enum language language, const struct screen *screen)
{
    const struct view view = {.screen = screen, .language = language};

    show_side(&view, "A", json_object_get(object, "a"));
    show_side(&view, "B", json_object_get(object, "b"));
    show_period(&view, object);
    if (!json_is_true(json_object_get(object, "differs"))) {
        show_no_difference(&view, json_object_get(object, "totals"));
        return;
    }
    show_totals(&view, json_object_get(object, "totals"));
    show_breaches(&view, object);
    show_people(&view, object);
    show_requests(&view, object);
    if (json_object_get(object, "details"))
        show_details(&view, json_object_get(object, "details"));
}
