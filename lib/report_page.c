/*
 * Pictures of a report, and its cells as texts: everything a page needs worked out.
 *
 * Used by dubanctl. XSLT 1.0 has neither logarithms nor a good hand with numbers, so where a bar ends and
 * what an axis says is decided here, and the stylesheet only writes elements. A bar chart lies on its side:
 * names of people and departments are Chinese or long, and stay legible beside a bar, never below one. No
 * data is no picture.
 */
#include "lib/report_page.h"

#include "lib/report_text.h"
#include <inttypes.h>
#include <string.h>

#define WIDTH       520
#define LABELS      150 /* room for names beside bars */
#define VALUES      72  /* room for the number behind a bar */
#define BAR         13
#define BETWEEN     9
#define BARS_MAX    20 /* rows of a bar chart */
#define LABEL_MAX   22 /* columns of a name: a Chinese character has two */
#define LINE_HEIGHT 230
#define LEFT        66
#define TOP         10
#define BOTTOM      26
#define GRID_LINES  4

static const char *const colours[] = {"#2f6fb2", "#e08a2e", "#3d9a6c", "#b8485a", "#7a5ea8", "#5b6b7a"};

static const char *colour_of(size_t index)
{
    return colours[index % (sizeof(colours) / sizeof(*colours))];
}

static const char *member(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));

    return text ? text : "";
}

static void put_text(json_t *object, const char *name, struct text *text)
{
    json_object_set_new(object, name, json_string(text_get(text)));
    text_finish(text);
}

/* ---- a chart and its table ---- */

/* What a chart shows: some columns of a table. */
struct picture {
    const json_t *table, *columns;
    size_t places[8]; /* of the columns in the table */
    size_t count, rows;
    int64_t greatest;
    json_t *grid, *bars, *lines, *dots, *labels, *series;
};

static const json_t *find_table(const json_t *document, const char *name)
{
    const json_t *table;
    size_t i;

    json_array_foreach(json_object_get(document, "tables"), i, table)
    {
        if (strcmp(member(table, "name"), name) == 0)
            return table;
    }
    return NULL;
}

static void find_columns(struct picture *picture, const json_t *names)
{
    const json_t *name, *column;
    size_t i, j;

    json_array_foreach(names, i, name)
    {
        json_array_foreach(picture->columns, j, column)
        {
            if (picture->count < 8 && strcmp(member(column, "name"), json_string_value(name)) == 0)
                picture->places[picture->count++] = j;
        }
    }
}

static const json_t *value_at(const struct picture *picture, size_t row, size_t series)
{
    const json_t *cells = json_array_get(json_object_get(picture->table, "rows"), row);

    return json_array_get(cells, picture->places[series]);
}

static const char *kind_of(const struct picture *picture, size_t series)
{
    return member(json_array_get(picture->columns, picture->places[series]), "kind");
}

static void find_greatest(struct picture *picture)
{
    for (size_t row = 0; row < picture->rows; row++)
        for (size_t series = 0; series < picture->count; series++) {
            int64_t value = json_integer_value(value_at(picture, row, series));

            picture->greatest = value > picture->greatest ? value : picture->greatest;
        }
}

static void add_label(json_t *labels, int x, int y, const char *anchor, const char *text)
{
    json_array_append_new(labels,
                          json_pack("{s:i,s:i,s:s,s:s}", "x", x, "y", y, "anchor", anchor, "text", text));
}

static void add_grid(json_t *grid, int x1, int y1, int x2, int y2)
{
    json_array_append_new(grid, json_pack("{s:i,s:i,s:i,s:i}", "x1", x1, "y1", y1, "x2", x2, "y2", y2));
}

/* The cells before the first number, as one name. */
static void name_row(const struct picture *picture, size_t row, struct text *name)
{
    const json_t *cells = json_array_get(json_object_get(picture->table, "rows"), row), *column;
    bool has_name = false;
    size_t i;

    json_array_foreach(picture->columns, i, column)
    {
        const char *kind = member(column, "kind");
        bool is_text = strcmp(kind, "text") == 0;

        if (!is_text && has_name)
            break;
        if (!is_text || (has_name && i > 1))
            continue;
        if (has_name)
            text_add(name, " · ");
        report_cell(name, kind, json_array_get(cells, i));
        has_name = true;
    }
}

static bool is_wide(const char *byte)
{
    return (unsigned char)*byte >= 0xe2;
}

/* Cut where it would run into the bars. */
static void add_name(const struct picture *picture, size_t row, int x, int y, const char *anchor)
{
    struct text whole = {0}, cut = {0};
    int columns = 0;

    name_row(picture, row, &whole);
    for (const char *byte = text_get(&whole); *byte;) {
        size_t length = 1;

        while ((byte[length] & 0xc0) == 0x80)
            length++;
        columns += is_wide(byte) ? 2 : 1;
        if (columns > LABEL_MAX) {
            text_add(&cut, "…");
            break;
        }
        text_append(&cut, byte, length);
        byte += length;
    }
    add_label(picture->labels, x, y, anchor, text_get(&cut));
    text_finish(&whole);
    text_finish(&cut);
}

/* ---- bars ---- */

static void draw_bar(struct picture *picture, size_t row, size_t series, int y)
{
    const json_t *value = value_at(picture, row, series);
    int64_t number = json_integer_value(value) > 0 ? json_integer_value(value) : 0;
    int room = WIDTH - LABELS - VALUES;
    int width = picture->greatest ? (int)(number * room / picture->greatest) : 0;
    struct text text = {0};

    json_array_append_new(picture->bars, json_pack("{s:i,s:i,s:i,s:i,s:s}", "x", LABELS, "y", y, "width",
                                                   number && !width ? 1 : width, "height", BAR - 2, "colour",
                                                   colour_of(series)));
    report_cell(&text, kind_of(picture, series), value);
    add_label(picture->labels, LABELS + width + 5, y + BAR - 3, "start", text_get(&text));
    text_finish(&text);
}

static int draw_bars(struct picture *picture)
{
    int y = 6;

    picture->rows = picture->rows < BARS_MAX ? picture->rows : BARS_MAX;
    for (size_t row = 0; row < picture->rows; row++) {
        int middle = y + (int)picture->count * BAR / 2 + 4;

        add_name(picture, row, LABELS - 8, middle, "end");
        for (size_t series = 0; series < picture->count; series++, y += BAR)
            draw_bar(picture, row, series, y);
        y += BETWEEN;
    }
    add_grid(picture->grid, LABELS, 0, LABELS, y - BETWEEN + 4);
    return y;
}

/* ---- lines ---- */

/* A round number not below the greatest, so that the grid's lines stand for something. */
static int64_t round_up(int64_t value)
{
    int64_t power = 1;

    while (power * 10 <= value)
        power *= 10;
    for (int64_t step = 1; step <= 10; step++)
        if (step != 3 && step != 7 && step != 9 && step * power >= value &&
            (power > 1 || step % GRID_LINES == 0))
            return step * power;
    return power * 10 > GRID_LINES ? power * 20 : GRID_LINES;
}

static int x_of(const struct picture *picture, size_t row)
{
    int room = WIDTH - LEFT - 24;

    return LEFT + 8 + (picture->rows > 1 ? (int)((size_t)room * row / (picture->rows - 1)) : room / 2);
}

static int y_of(int64_t value, int64_t top)
{
    int room = LINE_HEIGHT - TOP - BOTTOM;

    return TOP + room - (int)((value > 0 ? value : 0) * room / top);
}

static void draw_axis(struct picture *picture, int64_t top)
{
    for (int i = 0; i <= GRID_LINES; i++) {
        json_t *value = json_integer(top * i / GRID_LINES);
        int y = y_of(top * i / GRID_LINES, top);
        struct text text = {0};

        add_grid(picture->grid, LEFT, y, WIDTH - 8, y);
        report_cell(&text, kind_of(picture, 0), value);
        add_label(picture->labels, LEFT - 6, y + 4, "end", text_get(&text));
        text_finish(&text);
        json_decref(value);
    }
    for (size_t row = 0; row<picture->rows; row += picture->rows> 12 ? (picture->rows + 11) / 12 : 1) {
        struct text name = {0};

        name_row(picture, row, &name);
        const char *text = text_get(&name); /* 2026-03 */

        add_label(picture->labels, x_of(picture, row), LINE_HEIGHT - 8, "middle",
                  name.length == 7 && text[4] == '-' ? text + 2 : text);
        text_finish(&name);
    }
}

static void draw_line(struct picture *picture, size_t series, int64_t top)
{
    struct text points = {0};

    for (size_t row = 0; row < picture->rows; row++) {
        const json_t *value = value_at(picture, row, series);

        if (!json_is_integer(value))
            continue;
        int x = x_of(picture, row), y = y_of(json_integer_value(value), top);

        text_printf(&points, "%s%d,%d", points.length ? " " : "", x, y);
        json_array_append_new(picture->dots,
                              json_pack("{s:i,s:i,s:s}", "x", x, "y", y, "colour", colour_of(series)));
    }
    json_t *line = json_pack("{s:s,s:s}", "points", text_get(&points), "colour", colour_of(series));

    if (series)
        json_object_set_new(line, "dashed", json_string("yes"));
    json_array_append_new(picture->lines, line);
    text_finish(&points);
}

static int draw_lines(struct picture *picture)
{
    int64_t top = round_up(picture->greatest > 0 ? picture->greatest : 1);

    draw_axis(picture, top);
    for (size_t series = 0; series < picture->count; series++)
        draw_line(picture, series, top);
    return LINE_HEIGHT;
}

/* ---- a chart ---- */

static void add_series(struct picture *picture)
{
    for (size_t i = 0; i < picture->count; i++)
        json_array_append_new(picture->series,
                              json_pack("{s:s,s:s}", "title",
                                        member(json_array_get(picture->columns, picture->places[i]), "title"),
                                        "colour", colour_of(i)));
}

/* NULL: it would show nothing. */
static json_t *draw(const json_t *document, const json_t *chart)
{
    const json_t *table = find_table(document, member(chart, "table"));
    struct picture picture = {.table = table, .columns = json_object_get(table, "columns")};

    picture.rows = json_array_size(json_object_get(table, "rows"));
    find_columns(&picture, json_object_get(chart, "columns"));
    find_greatest(&picture);
    if (!picture.count || !picture.rows || picture.greatest <= 0)
        return NULL;
    picture.grid = json_array();
    picture.bars = json_array();
    picture.lines = json_array();
    picture.dots = json_array();
    picture.labels = json_array();
    picture.series = json_array();
    add_series(&picture);
    int height = strcmp(member(chart, "kind"), "line") == 0 ? draw_lines(&picture) : draw_bars(&picture);

    return json_pack("{s:s,s:i,s:i,s:o,s:o,s:o,s:o,s:o,s:o}", "title", member(chart, "title"), "width", WIDTH,
                     "height", height, "grid", picture.grid, "bars", picture.bars, "lines", picture.lines,
                     "dots", picture.dots, "labels", picture.labels, "series", picture.series);
}

static json_t *charts_of(const json_t *document)
{
    json_t *list = json_array();
    const json_t *chart;
    size_t i;

    json_array_foreach(json_object_get(document, "charts"), i, chart)
    {
        json_t *drawn = draw(document, chart);

        if (drawn)
            json_array_append_new(list, drawn);
    }
    return list;
}

/* ---- tables ---- */

static bool is_number(const char *kind)
{
    return strcmp(kind, "text") != 0 && strcmp(kind, "time") != 0;
}

static json_t *cells_of(const json_t *columns, const json_t *row)
{
    json_t *cells = json_array();
    const json_t *column;
    size_t i;

    json_array_foreach(columns, i, column)
    {
        const char *kind = member(column, "kind");
        json_t *cell = json_object();
        struct text text = {0};

        report_cell(&text, kind, json_array_get(row, i));
        put_text(cell, "text", &text);
        if (strcmp(kind, "text") != 0)
            json_object_set_new(cell, "class", json_string(is_number(kind) ? "n" : "t"));
        json_array_append_new(cells, cell);
    }
    return cells;
}

static json_t *table_of(const json_t *table)
{
    const json_t *columns = json_object_get(table, "columns"), *item;
    json_t *heads = json_array(), *rows = json_array();
    size_t i;

    json_array_foreach(columns, i, item)
    {
        json_t *head = json_pack("{s:s}", "title", member(item, "title"));

        if (is_number(member(item, "kind")))
            json_object_set_new(head, "number", json_string("yes"));
        json_array_append_new(heads, head);
    }
    json_array_foreach(json_object_get(table, "rows"), i, item)
    {
        json_array_append_new(rows, cells_of(columns, item));
    }
    return json_pack("{s:s,s:o,s:o}", "title", member(table, "title"), "columns", heads, "rows", rows);
}

/* ---- the whole ---- */

static json_t *report_of(const json_t *document)
{
    json_t *tables = json_array(), *report = json_pack("{s:s}", "title", member(document, "title"));
    const json_t *table;
    struct text period = {0};
    size_t i;

    json_array_foreach(json_object_get(document, "tables"), i, table)
    {
        json_array_append_new(tables, table_of(table));
    }
    report_period(&period, document);
    put_text(report, "period", &period);
    json_object_set_new(report, "charts", charts_of(document));
    json_object_set_new(report, "tables", tables);
    json_object_set(report, "notes", json_object_get(document, "notes"));
    return report;
}

json_t *report_page_record(const json_t *documents)
{
    const json_t *first = json_array_get(documents, 0), *document;
    json_t *reports = json_array();
    struct text made = {0};
    size_t i;

    json_array_foreach(documents, i, document)
    {
        json_array_append_new(reports, report_of(document));
    }
    json_t *page =
        json_pack("{s:s,s:s,s:o}", "language", strcmp(member(first, "language"), "en") == 0 ? "en" : "zh-CN",
                  "regime", member(first, "regime"), "reports", reports);

    report_cell(&made, "time", json_object_get(first, "at"));
    put_text(page, "made", &made);
    return page;
}
