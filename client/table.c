/*
 * The table printer of the client.
 *
 * Owns its cells as clean text and their widths. printf's %-20s counts bytes, a Chinese character is three of
 * them and takes two screen columns: so every width here comes from wcwidth() in a UTF-8 locale, and padding
 * is written by hand.
 *
 * Cells come from customers. Anything that isn't printable is replaced before it reaches a terminal, or a
 * subject line could move the cursor and rewrite what a specialist reads.
 *
 * Invariant: `count` cells are filled; a row is `columns` of them; the last row may be short.
 */
#include "client/table.h"

#include "lib/base/memory.h"
#include "lib/base/text.h"
#include <langinfo.h>
#include <limits.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#define GAP         2 /* between columns */
#define NARROWEST   8 /* no column is cut below this */
#define REPLACEMENT "\xef\xbf\xbd"
#define ELLIPSIS    "…"

struct cell {
    char *text;
    int width;
    enum table_tone tone;
};

struct table {
    size_t columns, count, capacity;
    bool has_titles; /* they are the first row */
    struct cell *cells;
};

void table_locale(void)
{
    setlocale(LC_ALL, "");
    if (strcmp(nl_langinfo(CODESET), "UTF-8") != 0)
        setlocale(LC_CTYPE, "C.UTF-8");
    /* Numbers are written and read the same way everywhere. */
    setlocale(LC_NUMERIC, "C");
}

/* Marks that make a terminal show what follows in another order than it is stored. */
static bool turns_direction(wchar_t wide)
{
    return (wide >= 0x202a && wide <= 0x202e) || (wide >= 0x2066 && wide <= 0x2069);
}

/* Reads one character; gives its bytes and screen columns, or 0 at the end. What can't be shown is replaced.
 */
static size_t next_character(const char *text, mbstate_t *state, const char **ret_bytes, size_t *ret_length,
                             int *ret_width)
{
    wchar_t wide;
    size_t taken = mbrtowc(&wide, text, strnlen(text, MB_LEN_MAX), state);

    if (*text == '\0')
        return 0;
    *ret_bytes = text;
    *ret_length = taken;
    if (taken == (size_t)-1 || taken == (size_t)-2) {
        memset(state, 0, sizeof *state);
        *ret_bytes = REPLACEMENT, *ret_length = strlen(REPLACEMENT), *ret_width = 1;
        return 1;
    }
    *ret_width = wcwidth(wide);
    if (wide == L'\n' || wide == L'\r' || wide == L'\t')
        *ret_bytes = " ", *ret_length = 1, *ret_width = 1;
    else if (*ret_width < 0 || turns_direction(wide))
        *ret_bytes = REPLACEMENT, *ret_length = strlen(REPLACEMENT), *ret_width = 1;
    return taken;
}

int table_width(const char *text)
{
    mbstate_t state = {0};
    const char *bytes;
    size_t taken, length;
    int sum = 0, width;

    for (; (taken = next_character(text, &state, &bytes, &length, &width)) > 0; text += taken)
        sum += width;
    return sum;
}

char *table_clean(const char *text, int width)
{
    bool is_cut = width != TABLE_ENDLESS && table_width(text) > width;
    int room = is_cut ? width - 1 : 0, used = 0, columns;
    struct text clean = {0};
    mbstate_t state = {0};
    const char *bytes;
    size_t taken, length;

    for (; (taken = next_character(text, &state, &bytes, &length, &columns)) > 0; text += taken) {
        if (is_cut && used + columns > room)
            break;
        text_append(&clean, bytes, length);
        used += columns;
    }
    if (is_cut)
        text_add(&clean, ELLIPSIS);
    return text_take(&clean);
}

struct table *table_create(size_t columns, const char *const *titles)
{
    struct table *table = memory_new(1, sizeof *table);

    table->columns = columns;
    table->has_titles = titles != NULL;
    for (size_t i = 0; titles && i < columns; i++)
        table_add(table, titles[i], TABLE_PLAIN);
    return table;
}

void table_destroy(struct table *table)
{
    if (!table)
        return;
    for (size_t i = 0; i < table->count; i++)
        free(table->cells[i].text);
    free(table->cells);
    free(table);
}

void table_add(struct table *table, const char *cell, enum table_tone tone)
{
    table->cells = memory_reserve(table->cells, &table->capacity, table->count + 1, sizeof *table->cells);
    char *text = table_clean(cell, TABLE_ENDLESS);

    table->cells[table->count++] = (struct cell){text, table_width(text), tone};
}

size_t table_rows(const struct table *table)
{
    return table->count / table->columns - (table->has_titles ? 1 : 0);
}

static int *natural_widths(const struct table *table)
{
    int *widths = memory_new(table->columns, sizeof *widths);

    for (size_t i = 0; i < table->count; i++)
        if (table->cells[i].width > widths[i % table->columns])
            widths[i % table->columns] = table->cells[i].width;
    return widths;
}

/* Takes a column at a time from the widest, so that short columns such as numbers stay whole. */
static void fit(int *widths, size_t columns, int width)
{
    int sum = (int)(columns - 1) * GAP;

    for (size_t i = 0; i < columns; i++)
        sum += widths[i];
    for (; sum > width; sum--) {
        size_t widest = 0;

        for (size_t i = 1; i < columns; i++)
            if (widths[i] > widths[widest])
                widest = i;
        if (widths[widest] <= NARROWEST)
            return;
        widths[widest]--;
    }
}

static void print_cell(const struct cell *cell, FILE *out, int width, bool in_colour, bool is_last)
{
    static const char *const tones[] = {
        [TABLE_PLAIN] = "",         [TABLE_GOOD] = "\x1b[32m", [TABLE_SOON] = "\x1b[33m",
        [TABLE_BAD] = "\x1b[31;1m", [TABLE_FAINT] = "\x1b[2m",
    };
    char *shown = table_clean(cell->text, width);
    int padding = is_last ? 0 : width - table_width(shown) + GAP;

    if (in_colour && cell->tone != TABLE_PLAIN)
        fprintf(out, "%s%s\x1b[0m%*s", tones[cell->tone], shown, padding, "");
    else
        fprintf(out, "%s%*s", shown, padding, "");
    free(shown);
}

void table_print(const struct table *table, FILE *out, int width, bool in_colour)
{
    int *widths = natural_widths(table);

    if (width != TABLE_ENDLESS)
        fit(widths, table->columns, width);
    for (size_t i = 0; i < table->count; i++) {
        bool is_last = (i + 1) % table->columns == 0;

        /* A column where nothing stands has width 0; clean would take that for "endless", and it is right. */
        print_cell(&table->cells[i], out, widths[i % table->columns], in_colour, is_last);
        if (is_last)
            fputc('\n', out);
    }
    free(widths);
}
