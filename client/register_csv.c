/*
 * Registers in and out of spreadsheets.
 *
 * The rows of register.c call it. A file's first line names the columns: `id`, and fields of the register; an
 * empty cell is a field that is not given. The whole file is read before anything is sent, so that a bad line
 * at its end is found first. The daemon knows what a field may be: each record is a put of its own, many on
 * their way at once, and a refusal is told with the file's line. What is there already as it is in the file
 * stays as it is, so the same file can be imported again, and an import that broke off is simply repeated.
 */
#include "client/register_csv.h"

#include "client/csv.h"
#include "client/interrupt.h"
#include "client/progress_bar.h"
#include "lib/base/memory.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define BATCH       16
#define OUTSTANDING 64
#define PAGE        500
#define REFUSED_MAX 50 /* so many refusals get a line of their own */

/* ---- reading ---- */

struct table {
    const char *name; /* of the file */
    const char *of;
    char *columns[CSV_FIELDS_MAX];
    size_t column_count, id_column;
};

static ssize_t read_file(void *context, char *bytes, size_t size)
{
    return interrupt_pending() ? -1 : read(*(int *)context, bytes, size);
}

static enum exit_code bad_line(const struct table *table, size_t line, const char *what)
{
    command_complain("%s:%zu: %s", table->name, line, what);
    return EXIT_BAD_INPUT;
}

static enum exit_code read_head(struct table *table, const char *const *fields, size_t count)
{
    table->id_column = count;
    for (size_t i = 0; i < count; i++) {
        if (strcmp(fields[i], "id") == 0)
            table->id_column = i;
        for (size_t j = 0; j < i; j++)
            if (strcmp(fields[i], fields[j]) == 0)
                return bad_line(table, 1, "the head has a column twice");
        table->columns[table->column_count++] = memory_text(fields[i]);
    }
    return table->id_column < count
               ? EXIT_FINE
               : bad_line(table, 1, "the head has no column 'id' (it names the columns)");
}

static json_t *params_of(const struct table *table, const char *const *fields)
{
    json_t *values = json_object();

    for (size_t i = 0; i < table->column_count; i++)
        if (i != table->id_column && fields[i][0])
            json_object_set_new(values, table->columns[i], json_string(fields[i]));
    return json_pack("{s:s,s:s,s:o}", "register", table->of, "id", fields[table->id_column], "fields",
                     values);
}

static enum exit_code read_records(struct table *table, struct csv *csv, register_csv_take *take,
                                   void *context)
{
    const char *const *fields;
    size_t count;
    enum csv_outcome outcome = csv_next(csv, &fields, &count);
    enum exit_code code = outcome == CSV_END ? bad_line(table, 1, "the file is empty") : EXIT_FINE;

    if (outcome == CSV_RECORD)
        code = read_head(table, fields, count);
    while (code == EXIT_FINE && outcome == CSV_RECORD) {
        outcome = csv_next(csv, &fields, &count);
        if (outcome == CSV_RECORD)
            take(context, params_of(table, fields), csv_line(csv));
    }
    if (outcome == CSV_BAD && code == EXIT_FINE)
        code = bad_line(table, csv_line(csv), csv_error(csv));
    return interrupt_pending() ? EXIT_INTERRUPTED : code;
}

enum exit_code register_csv_read(const char *file, const char *of, register_csv_take *take, void *context)
{
    bool is_stdin = strcmp(file, "-") == 0;
    struct table table = {.name = is_stdin ? "stdin" : file, .of = of};
    int descriptor = is_stdin ? dup(STDIN_FILENO) : open(file, O_RDONLY | O_CLOEXEC);

    if (descriptor < 0) {
        command_complain("%s: %s", table.name, strerror(errno));
        return EXIT_BAD_INPUT;
    }
    struct csv *csv = csv_create(read_file, &descriptor);
    enum exit_code code = read_records(&table, csv, take, context);

    csv_destroy(csv);
    close(descriptor);
    for (size_t i = 0; i < table.column_count; i++)
        free(table.columns[i]);
    return code;
}

/* ---- import ---- */

struct import {
    const char *file;
    json_t *params; /* array: of each record's put */
    size_t *lines;
    size_t line_capacity, created, changed, same, refused, finished;
    bool is_dry;
    char *stopped;
    struct progress_bar bar;
};

static void keep_record(void *context, json_t *params, size_t line)
{
    struct import *import = context;
    size_t count = json_array_size(import->params);

    import->lines = memory_reserve(import->lines, &import->line_capacity, count + 1, sizeof(*import->lines));
    import->lines[count] = line;
    if (import->is_dry)
        json_object_set_new(params, "check", json_true());
    json_array_append_new(import->params, params);
}

static void refuse(struct import *import, size_t line, const json_t *error)
{
    char *why = connection_explain(error);

    if (import->refused++ < REFUSED_MAX)
        command_complain("%s:%zu: %s", import->file, line, why);
    if (json_is_true(json_object_get(json_object_get(error, "data"), "retryable")) && !import->stopped)
        import->stopped = why;
    else
        free(why);
}

static void take_answer(void *context, uint64_t tag, const struct connection_answer *answer)
{
    struct import *import = context;

    if (answer->error)
        refuse(import, import->lines[tag], answer->error);
    else if (json_is_true(json_object_get(answer->result, "created")))
        import->created++;
    else if (json_is_true(json_object_get(answer->result, "changed")))
        import->changed++;
    else
        import->same++;
    progress_bar_update(&import->bar, ++import->finished);
}

static enum connection_outcome send_all(struct import *import, struct connection *connection)
{
    enum connection_outcome outcome = CONNECTION_OK;
    size_t count = json_array_size(import->params);

    connection_pipeline(connection, BATCH, OUTSTANDING);
    progress_bar_begin(&import->bar, "records", count);
    for (size_t i = 0; outcome == CONNECTION_OK && !import->stopped && i < count; i++)
        outcome = connection_send(connection, "register.put", json_incref(json_array_get(import->params, i)),
                                  take_answer, import, i);
    if (outcome == CONNECTION_OK)
        outcome = connection_drain(connection);
    progress_bar_end(&import->bar);
    return outcome;
}

static void show_report(const struct import *import, const struct screen *screen)
{
    if (screen->in_json) {
        json_t *result = json_pack("{s:I,s:I,s:I,s:I,s:b}", "created", (json_int_t)import->created, "changed",
                                   (json_int_t)import->changed, "same", (json_int_t)import->same, "refused",
                                   (json_int_t)import->refused, "dry_run", import->is_dry);

        screen_json(screen, result);
        json_decref(result);
        return;
    }
    screen_line(screen, "%s%zu new, %zu changed, %zu as they were, %zu refused",
                import->is_dry ? "would be: " : "", import->created, import->changed, import->same,
                import->refused);
}

static enum exit_code import_records(const struct invocation *invocation, struct import *import)
{
    struct connection *connection = NULL;
    enum exit_code code;

    if (command_connect(invocation, &connection, &code)) {
        enum connection_outcome outcome = send_all(import, connection);

        show_report(import, &invocation->screen);
        code = import->refused ? EXIT_REFUSED : EXIT_FINE;
        if (outcome != CONNECTION_OK)
            code = command_lost(connection, outcome);
        else if (import->stopped)
            command_complain("stopped: %s; the same command again goes on", import->stopped);
    }
    connection_close(connection);
    return code;
}

enum exit_code register_csv_import(const struct invocation *invocation)
{
    const struct options *options = &invocation->options;
    struct import import = {.file = options_text(options, "FILE"),
                            .params = json_array(),
                            .is_dry = options_flag(options, "dry-run")};
    enum exit_code code =
        register_csv_read(import.file, options_text(options, "REGISTER"), keep_record, &import);

    if (strcmp(import.file, "-") == 0)
        import.file = "stdin";
    if (code == EXIT_FINE)
        code = import_records(invocation, &import);
    json_decref(import.params);
    free(import.lines);
    free(import.stopped);
    return code;
}

/* ---- export ---- */

static void write_cell(FILE *out, const char *text)
{
    if (!text[strcspn(text, ",\"\r\n")] && text[0] != ' ') {
        fputs(text, out);
        return;
    }
    fputc('"', out);
    for (; *text; text++) {
        if (*text == '"')
            fputc('"', out);
        fputc(*text, out);
    }
    fputc('"', out);
}

static void write_value(FILE *out, const json_t *value)
{
    char *text =
        json_is_boolean(value) ? memory_text(json_is_true(value) ? "yes" : "no") : screen_text(value);

    fputc(',', out);
    write_cell(out, text);
    free(text);
}

static void write_page(FILE *out, const json_t *result, bool is_first)
{
    const json_t *fields = json_object_get(result, "fields"), *field, *record;
    size_t i, f;

    if (is_first) {
        fputs("id", out);
        json_array_foreach(fields, f, field)
            fprintf(out, ",%s", json_string_value(json_object_get(field, "field")));
        fputc('\n', out);
    }
    json_array_foreach(json_object_get(result, "records"), i, record)
    {
        write_cell(out, json_string_value(json_object_get(record, "id")));
        json_array_foreach(fields, f, field)
            write_value(out, json_object_get(json_object_get(record, "fields"),
                                             json_string_value(json_object_get(field, "field"))));
        fputc('\n', out);
    }
}

static enum exit_code export_pages(const struct invocation *invocation, struct connection *connection)
{
    const char *of = options_text(&invocation->options, "REGISTER");
    json_t *answer = NULL, *next = NULL;
    enum exit_code code = EXIT_FINE;
    bool is_first = true;

    do {
        json_t *params = json_pack("{s:s,s:i}", "register", of, "limit", PAGE);

        if (next)
            json_object_set(params, "after", next);
        json_decref(answer);
        answer = NULL;
        enum connection_outcome outcome = connection_call(connection, "register.list", params, &answer);
        const json_t *error = json_object_get(answer, "error");

        json_decref(next);
        next = NULL;
        if (outcome != CONNECTION_OK)
            code = command_lost(connection, outcome);
        else if (error)
            code = command_refused(invocation, "register.list", error);
        else {
            write_page(invocation->screen.out, json_object_get(answer, "result"), is_first);
            next = json_incref(json_object_get(json_object_get(answer, "result"), "next"));
        }
        is_first = false;
    } while (code == EXIT_FINE && next && !interrupt_pending());
    json_decref(answer);
    json_decref(next);
    if (code == EXIT_FINE && (fflush(invocation->screen.out) != 0 || ferror(invocation->screen.out)))
        return EXIT_NOT_WRITTEN;
    return interrupt_pending() ? EXIT_INTERRUPTED : code;
}

enum exit_code register_csv_export(const struct invocation *invocation)
{
    struct connection *connection = NULL;
    enum exit_code code;

    if (command_connect(invocation, &connection, &code))
        code = export_pages(invocation, connection);
    connection_close(connection);
    return code;
}
