/*
 * Reports as text and as CSV.
 *
 * Used by dubanctl and by the daemon's mails, which must say the same. A document may come from a socket, so
 * nothing of it is trusted: what is missing is empty, what is of another type is shown as JSON, control
 * characters never reach a terminal. Widths are counted here and not by the C library, because a daemon has
 * no locale.
 */
#include "lib/report_text.h"

#include "lib/base/memory.h"
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static const char *member(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));

    return text ? text : "";
}

/* ---- cells ---- */

static void add_clean(struct text *text, const char *string)
{
    for (; *string; string++)
        if (*string == '\n' || *string == '\r' || *string == '\t')
            text_add(text, " ");
        else if ((unsigned char)*string < ' ' || *string == 0x7f)
            text_add(text, "\xef\xbf\xbd");
        else
            text_append(text, string, 1);
}

static void add_duration(struct text *text, int64_t seconds)
{
    if (seconds >= 3600)
        text_printf(text, "%" PRId64 "h%02" PRId64 "m", seconds / 3600, seconds / 60 % 60);
    else if (seconds >= 60)
        text_printf(text, "%" PRId64 "m", seconds / 60);
    else
        text_printf(text, "%" PRId64 "s", seconds);
}

static void add_hundredths(struct text *text, int64_t value)
{
    text_printf(text, "%s%" PRId64 ".%02" PRId64, value < 0 ? "-" : "",
                value < 0 ? -value / 100 : value / 100, value < 0 ? -value % 100 : value % 100);
}

static void add_number(struct text *text, const char *kind, int64_t value)
{
    if (strcmp(kind, "duration") == 0 && value >= 0) {
        add_duration(text, value);
    } else if (strcmp(kind, "percent") == 0 || strcmp(kind, "score") == 0) {
        add_hundredths(text, value);
        text_add(text, kind[0] == 'p' ? "%" : "");
    } else {
        text_printf(text, "%" PRId64, value);
    }
}

void report_cell(struct text *text, const char *kind, const json_t *value)
{
    const char *string = json_string_value(value);

    if (string && strcmp(kind, "time") == 0 && strlen(string) >= 16 && string[10] == 'T') {
        text_append(text, string, 10);
        text_add(text, " ");
        text_append(text, string + 11, 5);
    } else if (string) {
        add_clean(text, string);
    } else if (json_is_integer(value)) {
        add_number(text, kind, json_integer_value(value));
    } else if (!value || json_is_null(value)) {
        text_add(text, "–");
    } else {
        char *dumped = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY);

        add_clean(text, dumped ? dumped : "");
        free(dumped);
    }
}

/* ---- widths ---- */

static const struct {
    uint32_t first, last;
} wide[] = {
    {0x1100, 0x115f}, {0x2e80, 0xa4cf}, {0xac00, 0xd7a3},   {0xf900, 0xfaff},   {0xfe30, 0xfe6f},
    {0xff00, 0xff60}, {0xffe0, 0xffe6}, {0x1f300, 0x1f64f}, {0x1f900, 0x1f9ff}, {0x20000, 0x3fffd},
};

static size_t width_of_point(uint32_t point)
{
    if (point >= 0x300 && point <= 0x36f) /* marks on the letter before */
        return 0;
    for (size_t i = 0; i < sizeof(wide) / sizeof(*wide); i++)
        if (point >= wide[i].first && point <= wide[i].last)
            return 2;
    return 1;
}

static size_t width_of(const char *string)
{
    size_t width = 0;

    for (const unsigned char *byte = (const unsigned char *)string; *byte;) {
        int more = *byte >= 0xf0 ? 3 : *byte >= 0xe0 ? 2 : *byte >= 0xc0 ? 1 : 0;
        uint32_t point = more == 3 ? *byte & 7 : more == 2 ? *byte & 15 : more == 1 ? *byte & 31 : *byte;

        for (byte++; more > 0 && (*byte & 0xc0) == 0x80; more--, byte++)
            point = point << 6 | (*byte & 63);
        width += width_of_point(point);
    }
    return width;
}

static void pad(struct text *text, size_t count)
{
    for (; count; count--)
        text_add(text, " ");
}

/* ---- tables ---- */

static bool is_number(const char *kind)
{
    return strcmp(kind, "text") != 0 && strcmp(kind, "time") != 0;
}

/* Cells of a table as texts, the head first. */
struct grid {
    char **cells;
    size_t rows, columns;
    size_t *widths;
};

static void fill(struct grid *grid, const json_t *table)
{
    const json_t *columns = json_object_get(table, "columns"), *rows = json_object_get(table, "rows");

    grid->columns = json_array_size(columns);
    grid->rows = json_array_size(rows) + 1;
    grid->cells = memory_new(grid->rows * grid->columns + 1, sizeof(*grid->cells));
    grid->widths = memory_new(grid->columns + 1, sizeof(*grid->widths));
    for (size_t row = 0; row < grid->rows; row++)
        for (size_t column = 0; column < grid->columns; column++) {
            const json_t *head = json_array_get(columns, column);
            struct text cell = {0};

            if (row)
                report_cell(&cell, member(head, "kind"),
                            json_array_get(json_array_get(rows, row - 1), column));
            else
                add_clean(&cell, member(head, "title"));
            size_t width = width_of(text_get(&cell));

            if (width > grid->widths[column])
                grid->widths[column] = width;
            grid->cells[row * grid->columns + column] = text_take(&cell);
        }
}

static void finish(struct grid *grid)
{
    for (size_t i = 0; i < grid->rows * grid->columns; i++)
        free(grid->cells[i]);
    free(grid->cells);
    free(grid->widths);
}

static void add_line(struct text *text, const struct grid *grid, const json_t *columns, size_t row)
{
    for (size_t column = 0; column < grid->columns; column++) {
        const char *cell = grid->cells[row * grid->columns + column];
        bool is_right = is_number(member(json_array_get(columns, column), "kind"));
        size_t room = grid->widths[column] - width_of(cell ? cell : "");

        if (column)
            text_add(text, "  ");
        pad(text, is_right ? room : 0);
        text_add(text, cell ? cell : "");
        if (!is_right && column + 1 < grid->columns)
            pad(text, room);
    }
    text_add(text, "\n");
}

static void add_table(struct text *text, const json_t *table, bool is_chinese)
{
    const json_t *columns = json_object_get(table, "columns");
    struct grid grid;

    text_add(text, "\n");
    add_clean(text, member(table, "title"));
    text_add(text, "\n");
    if (json_array_size(json_object_get(table, "rows")) == 0) {
        text_add(text, is_chinese ? "（无记录）\n" : "(nothing)\n");
        return;
    }
    fill(&grid, table);
    for (size_t row = 0; row < grid.rows; row++)
        add_line(text, &grid, columns, row);
    finish(&grid);
}

void report_period(struct text *text, const json_t *document)
{
    const json_t *from = json_object_get(document, "from");

    report_cell(text, "time", from ? from : json_object_get(document, "at"));
    if (!from)
        return;
    text_add(text, " – ");
    report_cell(text, "time", json_object_get(document, "to"));
}

void report_text(struct text *text, const json_t *document)
{
    bool is_chinese = strcmp(member(document, "language"), "en") != 0;
    const json_t *item;
    size_t i;

    add_clean(text, member(document, "title"));
    text_add(text, "  ");
    report_period(text, document);
    text_add(text, "\n");
    json_array_foreach(json_object_get(document, "tables"), i, item)
    {
        add_table(text, item, is_chinese);
    }
    json_array_foreach(json_object_get(document, "notes"), i, item)
    {
        text_add(text, i ? "" : "\n");
        add_clean(text, json_string_value(item) ? json_string_value(item) : "");
        text_add(text, "\n");
    }
}

/* ---- CSV ---- */

static void add_quoted(struct text *text, const char *string)
{
    bool is_formula = *string && strchr("=+-@", *string);

    if (!strpbrk(string, ",\"\r\n") && !is_formula) {
        text_add(text, string);
        return;
    }
    text_add(text, is_formula ? "\"'" : "\"");
    for (; *string; string++) {
        text_add(text, *string == '"' ? "\"" : "");
        text_append(text, string, 1);
    }
    text_add(text, "\"");
}

static void add_value(struct text *text, const char *kind, const json_t *value)
{
    if (json_is_string(value))
        add_quoted(text, json_string_value(value));
    else if (json_is_integer(value) && (strcmp(kind, "percent") == 0 || strcmp(kind, "score") == 0))
        add_hundredths(text, json_integer_value(value));
    else if (json_is_integer(value))
        text_printf(text, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
}

static const json_t *find_table(const json_t *document, const char *name)
{
    const json_t *table;
    size_t i;

    json_array_foreach(json_object_get(document, "tables"), i, table)
    {
        if (!name || strcmp(member(table, "name"), name) == 0)
            return table;
    }
    return NULL;
}

bool report_csv(struct text *text, const json_t *document, const char *name)
{
    const json_t *table = find_table(document, name), *columns = json_object_get(table, "columns"), *row,
                 *column;
    size_t i, j;

    if (!table)
        return false;
    json_array_foreach(columns, j, column)
    {
        text_add(text, j ? "," : "");
        add_quoted(text, member(column, "name"));
    }
    text_add(text, "\r\n");
    json_array_foreach(json_object_get(table, "rows"), i, row)
    {
        json_array_foreach(columns, j, column)
        {
            text_add(text, j ? "," : "");
            add_value(text, member(column, "kind"), json_array_get(row, j));
        }
        text_add(text, "\r\n");
    }
    return true;
}
