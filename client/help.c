/*
 * The help pages of dubanctl.
 *
 * Called by main.c and command.c. A page is usage, purpose, arguments and options, who may do it, and
 * examples, all from the same rows that the option reader uses: help that is written apart from the parser
 * lies sooner or later. Printed to stdout when asked for, so that it can be piped to a pager.
 */
#include "client/help.h"

#include "client/table.h"
#include "lib/base/text.h"
#include <string.h>

#define WIDTH 100

static const char general[] =
    "Times are shown in the local zone (--utc: in UTC). They are written as 2026-03-02T15:00:00+08:00,\n"
    "\"2026-03-02 15:00\" (local), now, -2h, +30m or -1d.\n"
    "\n"
    "Exit codes: 0 done, 1 refused by the daemon, 2 wrong command line, 3 daemon unreachable,\n"
    "4 wrong input file, 5 interrupted, 6 output not written.\n"
    "\n"
    "`dubanctl COMMAND --help` explains a command with examples; dubanctl(1) is the manual.\n";

/* `value` for an option's column: "-s, --socket PATH". */
static void add_option(struct table *table, const struct option_row *row)
{
    struct text cell = {0};

    text_add(&cell, "  ");
    if (row->letter)
        text_printf(&cell, "-%c, ", row->letter);
    if (row->is_argument)
        text_printf(&cell, "%s%s", row->name, row->kind == OPTION_LIST ? "…" : "");
    else
        text_printf(&cell, "--%s%s%s", row->name, row->value ? " " : "", row->value ? row->value : "");
    table_add(table, text_get(&cell), TABLE_PLAIN);
    text_clear(&cell);
    text_printf(&cell, "%s%s", row->help, row->is_required && !row->is_argument ? " (required)" : "");
    table_add(table, text_get(&cell), TABLE_PLAIN);
    text_finish(&cell);
}

static void print_options(FILE *out, const char *title, const struct option_row *rows, bool arguments)
{
    struct table *table = table_create(2, NULL);

    for (; rows && rows->name; rows++)
        if (rows->is_argument == arguments)
            add_option(table, rows);
    if (table_rows(table) > 0) {
        fprintf(out, "\n%s:\n", title);
        table_print(table, out, TABLE_ENDLESS, false);
    }
    table_destroy(table);
}

void help_usage(FILE *out, const struct command *command)
{
    fprintf(out, "Usage: dubanctl %s", command->name);
    for (const struct option_row *row = command->options; row && row->name; row++)
        if (row->is_argument)
            fprintf(out, row->is_required ? " %s%s" : " [%s%s]", row->name,
                    row->kind == OPTION_LIST ? "…" : "");
    for (const struct option_row *row = command->options; row && row->name; row++)
        if (!row->is_argument && row->is_required)
            fprintf(out, " --%s %s", row->name, row->value);
    fprintf(out, " [options]\n");
}

void help_command(FILE *out, const struct command *command,
                  const struct option_row *const tables[OPTIONS_TABLES])
{
    help_usage(out, command);
    fprintf(out, "\n%s.\n\n%s\n", command->summary, command->help);
    print_options(out, "Arguments", tables[0], true);
    print_options(out, "Options", tables[0], false);
    print_options(out, "Options of every change", tables[1], false);
    print_options(out, "Options of every command", tables[2], false);
    if (command->method)
        fprintf(out, "\nMethod: %s, for %s.\n", command->method,
                command->roles ? command->roles : "every role");
    else if (command->roles)
        fprintf(out, "\nFor %s.\n", command->roles);
    fprintf(out, "\nExamples:\n%s\n", command->examples);
}

void help_all(FILE *out, const struct command *const *tables, size_t count, const char *prefix)
{
    struct table *table = table_create(2, NULL);

    for (size_t t = 0; t < count; t++)
        for (const struct command *command = tables[t]; command->name; command++) {
            struct text name = {0};

            if (prefix && strncmp(command->name, prefix, strlen(prefix)) != 0)
                continue;
            text_printf(&name, "  %s", command->name);
            table_add(table, text_get(&name), TABLE_PLAIN);
            table_add(table, command->summary, TABLE_PLAIN);
            text_finish(&name);
        }
    fprintf(out, "Usage: dubanctl COMMAND [arguments] [options]\n\n");
    fprintf(out,
            "The command line of duban, which watches the deadlines of customer contacts.\n\nCommands:\n");
    table_print(table, out, WIDTH, false);
    table_destroy(table);
    fprintf(out, "\n%s", general);
}
