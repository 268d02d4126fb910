/*
 * Showing answers.
 *
 * Used by every command that prints for people. Which members are shown under which titles is a const table
 * beside each command; this file knows how a kind of value looks. Members that the daemon did not send are
 * left out together with their column, so that an older client shows what a newer daemon says, and the other
 * way round.
 *
 * Invariant: whatever reaches the terminal has gone through table_clean().
 */
#include "client/screen.h"

#include "client/table.h"
#include "client/when.h"
#include "lib/base/instant.h"
#include "lib/base/memory.h"
#include "lib/base/text.h"
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

static const struct {
    const char *word;
    enum table_tone tone;
} tones[] = {
    {"met", TABLE_GOOD},         {"accepted", TABLE_GOOD},   {"breached", TABLE_BAD},
    {"failed", TABLE_BAD},       {"refused", TABLE_BAD},     {"deferred", TABLE_SOON},
    {"paused", TABLE_FAINT},     {"waiting", TABLE_FAINT},   {"cancelled", TABLE_FAINT},
    {"suppressed", TABLE_FAINT}, {"very_urgent", TABLE_BAD}, {"urgent", TABLE_SOON},
};

void screen_init(struct screen *screen, bool in_json, bool in_utc)
{
    struct winsize size = {0};
    bool is_terminal = isatty(STDOUT_FILENO) == 1;
    const char *no_colour = getenv("NO_COLOR");

    *screen = (struct screen){.out = stdout, .in_json = in_json, .in_utc = in_utc, .now = when_now()};
    screen->in_colour = is_terminal && !(no_colour && *no_colour);
    if (is_terminal && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0)
        screen->width = size.ws_col;
}

/* Of a path such as "customer.name". Where the daemon has only a string for the customer, it is the name. */
static const json_t *member(const json_t *object, const char *path)
{
    const char *dot = strchr(path, '.');

    if (!dot)
        return json_object_get(object, path);
    const json_t *inner = json_object_getn(object, path, (size_t)(dot - path));

    return json_is_string(inner) && strcmp(dot, ".name") == 0 ? inner : member(inner, dot + 1);
}

static void add_value(struct text *out, const json_t *value)
{
    const char *key;
    json_t *inner;
    size_t index;

    switch (json_typeof(value)) {
    case JSON_OBJECT:
        json_object_foreach((json_t *)(uintptr_t)value, key, inner)
        {
            text_printf(out, "%s%s=", out->length ? " " : "", key);
            add_value(out, inner);
        }
        return;
    case JSON_ARRAY:
        json_array_foreach(value, index, inner)
        {
            if (index > 0)
                text_add(out, ", ");
            add_value(out, inner);
        }
        return;
    case JSON_STRING:
        text_add(out, json_string_value(value));
        return;
    case JSON_INTEGER:
        text_printf(out, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
        return;
    case JSON_REAL:
        text_printf(out, "%g", json_real_value(value));
        return;
    case JSON_TRUE:
        text_add(out, "yes");
        return;
    case JSON_FALSE:
        text_add(out, "no");
        return;
    case JSON_NULL:
        return;
    }
}

char *screen_text(const json_t *value)
{
    struct text out = {0};

    if (value)
        add_value(&out, value);
    return text_take(&out);
}

/* NEVER when it is missing, null, "never", or no instant. */
static msec instant_of(const json_t *value)
{
    const char *text = json_string_value(value);
    msec at;

    return text && instant_parse(text, &at) == INSTANT_OK ? at : NEVER;
}

static enum table_tone tone_of(const char *word)
{
    for (size_t i = 0; i < sizeof tones / sizeof *tones; i++)
        if (strcmp(tones[i].word, word) == 0)
            return tones[i].tone;
    return TABLE_PLAIN;
}

static bool is(const json_t *object, const char *name, const char *word)
{
    const char *text = json_string_value(json_object_get(object, name));

    return text && strcmp(text, word) == 0;
}

/* The time left of a clock: it runs, it is overdue since it was breached, or its state says it all. */
static msec clock_due(const json_t *clock, const char **ret_word)
{
    const char *state = json_string_value(json_object_get(clock, "state"));
    msec breached_at = instant_of(json_object_get(clock, "breached_at"));

    *ret_word = "-";
    if (is(clock, "state", "breached") && breached_at != NEVER)
        return breached_at;
    if (state && strcmp(state, "running") != 0 && strcmp(state, "breached") != 0)
        *ret_word = state;
    else if (json_is_true(json_object_get(clock, "closed")))
        *ret_word = "closed"; /* outside the hours that count (domain rule 6) */
    else
        return instant_of(json_object_get(clock, "due_at"));
    return NEVER;
}

/* The time left of a ticket is that of its next deadline. */
static msec ticket_due(const json_t *ticket, const char **ret_word)
{
    bool is_late = json_integer_value(json_object_get(ticket, "breached")) > 0;

    *ret_word = is(ticket, "state", "closed") ? "closed" : is_late ? "overdue" : "-";
    return instant_of(json_object_get(ticket, "next_due_at"));
}

static enum table_tone left_of(const struct screen *screen, const json_t *row, char ret_text[WHEN_TEXT])
{
    const char *word;
    msec due_at = json_object_get(row, "stage") ? ticket_due(row, &word) : clock_due(row, &word);

    if (due_at == NEVER) {
        snprintf(ret_text, WHEN_TEXT, "%.40s", word);
        return strcmp(word, "overdue") == 0 ? TABLE_BAD : tone_of(word);
    }
    when_left(screen->now, due_at, ret_text);
    if (due_at < screen->now)
        return TABLE_BAD;
    return due_at - screen->now < MSEC_HOUR ? TABLE_SOON : TABLE_PLAIN;
}

static char *show(const struct screen *screen, const json_t *row, const struct screen_column *column,
                  enum table_tone *ret_tone)
{
    char text[WHEN_TEXT];
    const json_t *value = column->member ? member(row, column->member) : NULL;

    *ret_tone = TABLE_PLAIN;
    switch (column->kind) {
    case SCREEN_TIME:
    case SCREEN_SECOND:
        when_show(instant_of(value), screen->in_utc, column->kind == SCREEN_SECOND, text);
        return memory_text(text);
    case SCREEN_LEFT:
        *ret_tone = left_of(screen, row, text);
        return memory_text(text);
    case SCREEN_STATE:
        *ret_tone = tone_of(json_is_string(value) ? json_string_value(value) : "");
        break;
    case SCREEN_TEXT:
        break;
    }
    return screen_text(value);
}

/* Whether a row has anything to show in a column. */
static bool has(const json_t *row, const struct screen_column *column)
{
    if (column->member) {
        const json_t *value = member(row, column->member);

        return value && !json_is_null(value) && !(json_is_string(value) && json_string_length(value) == 0) &&
               !(json_is_array(value) && json_array_size(value) == 0);
    }
    return json_object_get(row, "due_at") || json_object_get(row, "stage");
}

static size_t choose_columns(const json_t *rows, const struct screen_column *columns,
                             const struct screen_column **ret_chosen)
{
    size_t count = 0, index;
    const json_t *row;

    for (; columns->title; columns++)
        json_array_foreach(rows, index, row)
        {
            if (!has(row, columns))
                continue;
            ret_chosen[count++] = columns;
            break;
        }
    return count;
}

#define COLUMNS_MAX 32

void screen_table(const struct screen *screen, const json_t *rows, const struct screen_column *columns,
                  const char *empty)
{
    const struct screen_column *chosen[COLUMNS_MAX];
    const char *titles[COLUMNS_MAX];
    size_t count = choose_columns(rows, columns, chosen), index;
    const json_t *row;

    if (count == 0) {
        screen_line(screen, "%s", empty);
        return;
    }
    for (size_t i = 0; i < count; i++)
        titles[i] = chosen[i]->title;
    struct table *table = table_create(count, titles);

    json_array_foreach(rows, index, row)
    {
        for (size_t i = 0; i < count; i++) {
            enum table_tone tone;
            char *cell = show(screen, row, chosen[i], &tone);

            table_add(table, cell, tone);
            free(cell);
        }
    }
    table_print(table, screen->out, screen->width, screen->in_colour);
    table_destroy(table);
}

void screen_fields(const struct screen *screen, const json_t *object, const struct screen_column *columns)
{
    struct table *table = table_create(2, NULL);

    for (; columns->title; columns++) {
        enum table_tone tone;

        if (!has(object, columns))
            continue;
        char *cell = show(screen, object, columns, &tone);

        table_add(table, columns->title, TABLE_FAINT);
        table_add(table, cell, tone);
        free(cell);
    }
    /* One value a line: cutting it would only hide what was asked for. */
    table_print(table, screen->out, TABLE_ENDLESS, screen->in_colour);
    table_destroy(table);
}

static void add_members(struct table *table, const char *prefix, const json_t *object)
{
    const char *key;
    json_t *value;

    json_object_foreach((json_t *)(uintptr_t)object, key, value)
    {
        struct text name = {0};

        text_printf(&name, "%s%s%s", prefix, *prefix ? "." : "", key);
        if (json_is_object(value) && !*prefix) {
            add_members(table, key, value);
        } else {
            char *cell = screen_text(value);

            table_add(table, text_get(&name), TABLE_FAINT);
            table_add(table, cell, TABLE_PLAIN);
            free(cell);
        }
        text_finish(&name);
    }
}

void screen_members(const struct screen *screen, const json_t *object)
{
    struct table *table = table_create(2, NULL);

    add_members(table, "", object);
    table_print(table, screen->out, TABLE_ENDLESS, screen->in_colour);
    table_destroy(table);
}

void screen_clocks(const struct screen *screen, const json_t *result)
{
    static const struct screen_column columns[] = {
        {"CLOCK", "clock", SCREEN_TEXT},
        {"KIND", "kind", SCREEN_TEXT},
        {"STATE", "state", SCREEN_STATE},
        {"CYCLE", "cycle", SCREEN_TEXT},
        {"DUE", "due_at", SCREEN_TIME},
        {"LEFT", NULL, SCREEN_LEFT},
        {"REMAINING", "remaining", SCREEN_TEXT},
        {"CREDITED", "credited", SCREEN_TEXT},
        {"ENDED", "ended_at", SCREEN_TIME},
        {"CALENDAR", "calendar", SCREEN_TEXT},
        {"PROVISIONAL", "provisional", SCREEN_TEXT},
        {NULL, NULL, SCREEN_TEXT},
    };
    const json_t *clocks = json_object_get(result, "clocks");

    if (json_array_size(clocks) == 0)
        return;
    fputc('\n', screen->out);
    screen_table(screen, clocks, columns, "");
}

void screen_line(const struct screen *screen, const char *format, ...)
{
    va_list list;
    char *line;

    va_start(list, format);
    if (vasprintf(&line, format, list) < 0)
        abort();
    va_end(list);
    char *clean = table_clean(line, TABLE_ENDLESS);

    fprintf(screen->out, "%s\n", clean);
    free(clean);
    free(line);
}

void screen_json(const struct screen *screen, const json_t *value)
{
    size_t flags =
        JSON_ENCODE_ANY | (screen->width == TABLE_ENDLESS ? (size_t)JSON_COMPACT : (size_t)JSON_INDENT(2));

    json_dumpf(value, screen->out, flags);
    fputc('\n', screen->out);
}
