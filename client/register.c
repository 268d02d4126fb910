/*
 * Commands about registers: contracts, customers, products, courses.
 *
 * Rows of options and functions that show answers; register_csv.c reads and writes files. One set of commands
 * for all registers: which there are, and what a record holds, the regime says and the daemon checks.
 */
#include "client/commands.h"

#include "client/register_csv.h"
#include <stdlib.h>

#define OPTION_REGISTER                                                                                      \
    {                                                                                                        \
        .name = "REGISTER", .kind = OPTION_TEXT, .value = "REGISTER", .help = "a register of the regime",    \
        .parameter = "register", .is_required = true, .is_argument = true                                    \
    }
#define OPTION_RECORD                                                                                        \
    {                                                                                                        \
        .name = "ID", .kind = OPTION_TEXT, .value = "ID", .help = "id of the record", .parameter = "id",     \
        .is_required = true, .is_argument = true                                                             \
    }

static const struct option_row list_options[] = {
    OPTION_REGISTER,
    {.name = "where",
     .letter = 'w',
     .kind = OPTION_PAIR,
     .value = "FIELD=VALUE",
     .parameter = "where",
     .help = "only records that have it; may be given several times"},
    {.name = "after",
     .kind = OPTION_TEXT,
     .value = "ID",
     .parameter = "after",
     .help = "continue after this record"},
    OPTION_LIMIT,
    OPTION_END,
};

static const struct option_row record_options[] = {OPTION_REGISTER, OPTION_RECORD, OPTION_END};

static const struct option_row put_options[] = {
    OPTION_REGISTER,
    OPTION_RECORD,
    {.name = "field",
     .letter = 'f',
     .kind = OPTION_PAIR,
     .value = "FIELD=VALUE",
     .parameter = "fields",
     .help = "what the record holds; all of it, as what is left out is not there"},
    OPTION_END,
};

static const struct option_row import_options[] = {
    OPTION_REGISTER,
    {.name = "FILE",
     .kind = OPTION_TEXT,
     .value = "FILE",
     .help = "comma-separated values with a head; - reads them from stdin",
     .is_required = true,
     .is_argument = true},
    {.name = "dry-run", .letter = 'n', .kind = OPTION_FLAG, .help = "only look whether it would be taken"},
    OPTION_END,
};

static const struct option_row export_options[] = {OPTION_REGISTER, OPTION_END};

/* A column for each field that some record has. */
static void show_list(const struct screen *screen, const json_t *result)
{
    const json_t *fields = json_object_get(result, "fields"), *field;
    size_t count = json_array_size(fields), i;
    struct screen_column *columns = calloc(count + 3, sizeof(*columns));
    char *next = screen_text(json_object_get(result, "next")), **paths = calloc(count + 1, sizeof(*paths));

    if (!columns || !paths)
        abort();
    columns[0] = (struct screen_column){"ID", "id", SCREEN_TEXT};
    columns[1] = (struct screen_column){"REVISION", "revision", SCREEN_TEXT};
    json_array_foreach(fields, i, field)
    {
        const char *name = json_string_value(json_object_get(field, "field"));

        if (asprintf(&paths[i], "fields.%s", name) < 0)
            abort();
        columns[i + 2] = (struct screen_column){name, paths[i], SCREEN_TEXT};
    }
    screen_table(screen, json_object_get(result, "records"), columns, "no records");
    if (*next)
        screen_line(screen, "more: --after %s", next);
    for (i = 0; i < count; i++)
        free(paths[i]);
    free(paths);
    free(columns);
    free(next);
}

static void show_record(const struct screen *screen, const json_t *result)
{
    static const struct screen_column columns[] = {
        {"Register", "register", SCREEN_TEXT},
        {"Id", "id", SCREEN_TEXT},
        {"Revision", "revision", SCREEN_TEXT},
        {"Changed", "changed_at", SCREEN_SECOND},
        {NULL, NULL, SCREEN_TEXT},
    };

    screen_fields(screen, result, columns);
    screen_members(screen, json_object_get(result, "fields"));
}

static void show_put(const struct screen *screen, const json_t *result)
{
    static const struct screen_column columns[] = {
        {"Register", "register", SCREEN_TEXT},
        {"Id", "id", SCREEN_TEXT},
        {"Revision", "revision", SCREEN_TEXT},
        {"New", "created", SCREEN_TEXT},
        {"Changed", "changed", SCREEN_TEXT},
        {"Removed", "removed", SCREEN_TEXT},
        {NULL, NULL, SCREEN_TEXT},
    };

    screen_fields(screen, result, columns);
}

const struct command register_commands[] = {
    {.name = "register list",
     .summary = "List the records of a register",
     .help = "Lists what a register holds, by id. Which registers there are, the regime says.",
     .examples = "  dubanctl register list contracts --where status=active\n"
                 "  dubanctl register list customers --json",
     .method = "register.list",
     .options = list_options,
     .show = show_list},
    {.name = "register get",
     .summary = "Show a record of a register",
     .help =
         "Shows one record with all its fields. Phones and addresses are masked for roles that need not see "
         "them.",
     .examples = "  dubanctl register get contracts C-17\n"
                 "  dubanctl register get customers K-3 --json",
     .method = "register.get",
     .options = record_options,
     .show = show_record},
    {.name = "register put",
     .summary = "Enter or replace a record of a register",
     .help = "Says the whole record: what is left out is no longer there. The same record again changes "
             "nothing.\n"
             "Schedules that run over the register are planned anew.",
     .examples = "  dubanctl register put contracts C-17 -f number=17 -f customer=K-3 -f expires=2026-08-31\n"
                 "  dubanctl register put customers K-3 -f name=Huaxin -f phone=010-5550100",
     .method = "register.put",
     .roles = "intake, department_head, service_head, gateway, admin",
     .options = put_options,
     .defaults = "{\"fields\": {}}",
     .is_write = true,
     .show = show_put},
    {.name = "register remove",
     .summary = "Take a record out of a register",
     .help = "Removes a record that no other record names. Schedules no longer run for it.",
     .examples = "  dubanctl register remove contracts C-17\n"
                 "  dubanctl register remove customers K-3 --key gone-K-3",
     .method = "register.remove",
     .roles = "intake, department_head, service_head, gateway, admin",
     .options = record_options,
     .is_write = true,
     .show = show_put},
    {.name = "register import",
     .summary = "Enter the records of a CSV file",
     .help = "The first line names the columns: id, and fields of the register. An empty cell is a field "
             "that is not "
             "given.\n"
             "The whole file is read first; refusals are told with their line and keep nothing else out. The "
             "same "
             "file\n"
             "again changes nothing.",
     .examples = "  dubanctl register import contracts contracts.csv --dry-run\n"
                 "  dubanctl register import contracts contracts.csv",
     .roles = "intake, department_head, service_head, gateway, admin",
     .options = import_options,
     .run = register_csv_import},
    {.name = "register export",
     .summary = "Write a register as CSV",
     .help = "Writes all records by id, in the form that register import reads.",
     .examples = "  dubanctl register export contracts > contracts.csv\n"
                 "  dubanctl register export customers --json",
     .options = export_options,
     .run = register_csv_export},
    {.name = NULL},
};
