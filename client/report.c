/*
 * Commands about reports: which there are, and one of them as a table, as CSV or as JSON.
 *
 * Rows of options and functions that show answers. A report's answer is a document (lib/report.h) that says
 * itself what its columns are, so one way of showing it serves every report that a daemon may have.
 */
#include "client/commands.h"

#include "lib/report_text.h"
#include <stdlib.h>
#include <string.h>

static const struct option_row list_options[] = {OPTION_END};

static const struct option_row get_options[] = {
    {.name = "REPORT",
     .kind = OPTION_TEXT,
     .value = "REPORT",
     .parameter = "report",
     .help = "which one (report list)",
     .is_required = true,
     .is_argument = true},
    {.name = "NAME",
     .kind = OPTION_TEXT,
     .value = "NAME",
     .parameter = "name",
     .help = "which of several that the regime has of this kind",
     .is_argument = true},
    {.name = "month",
     .letter = 'm',
     .kind = OPTION_TEXT,
     .value = "MONTH",
     .parameter = "month",
     .help = "of this month, such as 2026-03"},
    {.name = "from",
     .kind = OPTION_TIME,
     .value = "TIME",
     .parameter = "from",
     .help = "instead: from then (default: last month, or the last twelve)"},
    {.name = "to",
     .kind = OPTION_TIME,
     .value = "TIME",
     .parameter = "to",
     .help = "until then, not included (default: now)"},
    {.name = "by",
     .letter = 'b',
     .kind = OPTION_TEXT,
     .value = "WORD",
     .parameter = "by",
     .help =
         "put together by person, department, customer, class, type, urgency, channel, clock or month, or by "
         "two with a comma"},
    {.name = "class",
     .kind = OPTION_TEXT,
     .value = "CLASS",
     .parameter = "class",
     .help = "only tickets of this class"},
    {.name = "language",
     .kind = OPTION_TEXT,
     .value = "LANGUAGE",
     .parameter = "language",
     .help = "zh or en (default: the regime's)"},
    {.name = "csv", .kind = OPTION_FLAG, .help = "its first table as comma-separated values"},
    {.name = "table", .kind = OPTION_TEXT, .value = "TABLE", .help = "with --csv: another of its tables"},
    {.name = "output", .letter = 'o', .kind = OPTION_TEXT, .value = "FILE", .help = "into this file"},
    OPTION_END,
};

static void show_list(const struct screen *screen, const json_t *result)
{
    static const struct screen_column columns[] = {
        {"REPORT", "report", SCREEN_TEXT}, {"TITLE", "title", SCREEN_TEXT},
        {"PERIOD", "period", SCREEN_TEXT}, {"BY", "by", SCREEN_TEXT},
        {"USUALLY", "usual", SCREEN_TEXT}, {"NAMES", "names", SCREEN_TEXT},
        {NULL, NULL, SCREEN_TEXT},
    };

    screen_table(screen, json_object_get(result, "reports"), columns, "no reports");
}

static enum exit_code write_out(const struct invocation *invocation, const struct text *text)
{
    const char *path = options_text(&invocation->options, "output");
    FILE *file = path ? fopen(path, "w") : invocation->screen.out;

    if (!file) {
        command_complain("%s can't be written: %m", path);
        return EXIT_NOT_WRITTEN;
    }
    bool is_written = fwrite(text_get(text), 1, text->length, file) == text->length && fflush(file) == 0;

    if (path)
        is_written = fclose(file) == 0 && is_written;
    if (is_written)
        return EXIT_FINE;
    command_complain("%s could not be written out", path ? path : "the report");
    return EXIT_NOT_WRITTEN;
}

static enum exit_code write_json(const json_t *document, struct text *text)
{
    char *dumped = json_dumps(document, JSON_INDENT(2));

    if (!dumped)
        return EXIT_NOT_WRITTEN;
    text_printf(text, "%s\n", dumped);
    free(dumped);
    return EXIT_FINE;
}

static enum exit_code write_csv(const struct invocation *invocation, const json_t *document,
                                struct text *text)
{
    const char *table = options_text(&invocation->options, "table");
    struct text known = {0};
    const json_t *item;
    size_t i;

    if (report_csv(text, document, table))
        return EXIT_FINE;
    json_array_foreach(json_object_get(document, "tables"), i, item)
    {
        text_printf(&known, "%s%s", i ? ", " : "", json_string_value(json_object_get(item, "name")));
    }
    command_complain("the report has no table '%s' (known: %s)", table ? table : "", text_get(&known));
    text_finish(&known);
    return EXIT_USAGE;
}

static enum exit_code run_get(const struct invocation *invocation)
{
    const struct options *options = &invocation->options;
    json_t *params = command_params(invocation), *document;
    struct text text = {0};

    if (!params)
        return EXIT_USAGE;
    if (options_text(options, "table") && !options_flag(options, "csv")) {
        command_complain("--table goes with --csv");
        json_decref(params);
        return EXIT_USAGE;
    }
    enum exit_code code = command_fetch(invocation, "report.get", params, &document);

    if (code == EXIT_FINE && invocation->screen.in_json && !options_text(options, "output"))
        screen_json(&invocation->screen, document);
    else if (code == EXIT_FINE && invocation->screen.in_json)
        code = write_json(document, &text);
    else if (code == EXIT_FINE && options_flag(options, "csv"))
        code = write_csv(invocation, document, &text);
    else if (code == EXIT_FINE)
        report_text(&text, document);
    if (code == EXIT_FINE && text.length)
        code = write_out(invocation, &text);
    text_finish(&text);
    json_decref(document);
    return code;
}

const struct command report_commands[] = {
    {.name = "report",
     .summary = "Show what the record adds up to",
     .help =
         "Shows a report: deadlines missed by whom, times to answer and to solve, satisfaction, and so on\n"
         "(report list). Without a period it is about last month, or the last twelve; those about now have "
         "none.\n"
         "Times in tables are hours and minutes; CSV has seconds.",
     .examples =
         "  dubanctl report overdue --by person\n"
         "  dubanctl report breaches --month 2026-03 --by department,clock\n"
         "  dubanctl report breaches --from 2026-01-01 --to 2026-04-01 --by month --csv -o breaches.csv",
     .method = "report.get",
     .roles = "department_head, service_head, leadership, auditor, gateway, admin",
     .options = get_options,
     .run = run_get},
    {.name = "report list",
     .summary = "List the reports that there are",
     .help = "Lists the reports, what each can be put together by, and which of them have several names.",
     .examples = "  dubanctl report list\n"
                 "  dubanctl report list --json",
     .method = "report.list",
     .roles = "department_head, service_head, leadership, auditor, gateway, admin",
     .options = list_options,
     .show = show_list},
    {.name = NULL},
};
