/*
 * Commands about reports: which there are, and one of them as a table, as CSV or as JSON.
 *
 * Rows of options and functions that show answers. A report's answer is a document (lib/report.h) that says
 * itself what its columns are, so one way of showing it serves every report that a daemon may have.
 */
#include "client/commands.h"

#include "client/offline.h"
#include "client/replace_file.h"
#include "files/page.h"
#include "lib/report_page.h"
#include "lib/report_text.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const struct option_row list_options[] = {OPTION_END};

static const struct option_row get_options[] = {
    {.name = "REPORT",
     .kind = OPTION_TEXT,
     .value = "REPORT",
     .parameter = "report",
     .help = "which one (report list), or all",
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
     .kind = OPTION_TEXT,
     .value = "DAY",
     .parameter = "from",
     .help = "instead: from this day or instant (default: last month, or the last twelve)"},
    {.name = "to",
     .kind = OPTION_TEXT,
     .value = "DAY",
     .parameter = "to",
     .help = "until this day or instant, not included (default: now)"},
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
    {.name = "html", .kind = OPTION_FLAG, .help = "as a page with charts that needs nothing besides itself"},
    {.name = "pages",
     .kind = OPTION_TEXT,
     .value = "DIRECTORY",
     .help = "with --html: where the stylesheets are (default: those installed)"},
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
    const char *file = options_text(&invocation->options, "output");

    if (!file) {
        fwrite(text_get(text), 1, text->length,
               invocation->screen.out); /* main() looks whether it went out */
        return EXIT_FINE;
    }
    if (replace_file(file, text_get(text), text->length))
        return EXIT_FINE;
    command_complain("%s: %s", file, strerror(errno));
    return EXIT_NOT_WRITTEN;
}

static enum exit_code write_html(const struct invocation *invocation, const json_t *documents,
                                 struct text *text)
{
    const char *given = options_text(&invocation->options, "pages");
    const char *language = json_string_value(json_object_get(json_array_get(documents, 0), "language"));
    const struct page_param params[] = {{"language", language ? language : "zh"}, {NULL, NULL}};
    json_t *record = report_page_record(documents);
    char *own = given ? NULL : offline_directory("pages");
    char *complaint = page_render(given ? given : own, "report", params, record, text);

    if (complaint)
        command_complain("%s", complaint);
    enum exit_code code = complaint ? EXIT_BAD_INPUT : EXIT_FINE;

    free(complaint);
    free(own);
    json_decref(record);
    return code;
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

/* ---- one report, or all ---- */

static enum exit_code write_documents(const struct invocation *invocation, const json_t *documents,
                                      struct text *text)
{
    const struct options *options = &invocation->options;
    const json_t *document;
    size_t i;

    if (options_flag(options, "html"))
        return write_html(invocation, documents, text);
    if (options_flag(options, "csv"))
        return write_csv(invocation, json_array_get(documents, 0), text);
    if (invocation->screen.in_json)
        return write_json(json_array_size(documents) == 1 ? json_array_get(documents, 0) : documents, text);
    json_array_foreach(documents, i, document)
    {
        text_add(text, i ? "\n" : "");
        report_text(text, document);
    }
    return EXIT_FINE;
}

/* The parameters that the report takes: a report about now has no period, and not all can be put together
 * alike. */
static json_t *params_for(const json_t *params, const json_t *report)
{
    json_t *own = json_copy((json_t *)(uintptr_t)params);
    const char *period = json_string_value(json_object_get(report, "period"));

    json_object_set(own, "report", json_object_get(report, "report"));
    if (period && strcmp(period, "now") == 0) {
        json_object_del(own, "month");
        json_object_del(own, "from");
        json_object_del(own, "to");
    }
    return own;
}

static enum exit_code fetch_all(const struct invocation *invocation, const json_t *params, json_t *documents)
{
    json_t *list, *document;
    const json_t *report;
    enum exit_code code = command_fetch(invocation, "report.list", json_object(), &list);
    size_t i;

    json_array_foreach(json_object_get(list, "reports"), i, report)
    {
        const json_t *names = json_object_get(report, "names");

        if (code != EXIT_FINE || (names && json_array_size(names) == 0))
            continue;
        code = command_fetch(invocation, "report.get", params_for(params, report), &document);
        if (code == EXIT_FINE)
            json_array_append_new(documents, document);
    }
    json_decref(list);
    return code;
}

static const char *misuse(const struct options *options)
{
    bool is_all = strcmp(options_text(options, "REPORT"), "all") == 0;
    bool is_csv = options_flag(options, "csv"), is_html = options_flag(options, "html");

    if (options_text(options, "table") && !is_csv)
        return "--table goes with --csv";
    if (options_text(options, "pages") && !is_html)
        return "--pages goes with --html";
    if (is_csv && is_html)
        return "--csv or --html, but not both";
    if (is_all && (is_csv || options_text(options, "by") || options_text(options, "NAME")))
        return "all reports take a period, a class and a language, and no --csv";
    return NULL;
}

static enum exit_code run_get(const struct invocation *invocation)
{
    const char *wrong = misuse(&invocation->options);
    json_t *params = wrong ? NULL : command_params(invocation), *document = NULL, *documents = json_array();
    struct text text = {0};
    enum exit_code code = EXIT_USAGE;

    if (wrong)
        command_complain("%s", wrong);
    if (params && strcmp(options_text(&invocation->options, "REPORT"), "all") == 0) {
        code = fetch_all(invocation, params, documents);
        json_decref(params);
    } else if (params) {
        code = command_fetch(invocation, "report.get", params, &document);
        if (code == EXIT_FINE)
            json_array_append_new(documents, document);
    }
    if (code == EXIT_FINE)
        code = write_documents(invocation, documents, &text);
    if (code == EXIT_FINE)
        code = write_out(invocation, &text);
    text_finish(&text);
    json_decref(documents);
    return code;
}

const struct command report_commands[] = {
    {.name = "report",
     .summary = "Show what the record adds up to",
     .help =
         "Shows a report: deadlines missed by whom, times to answer and to solve, satisfaction, and so on\n"
         "(report list). Without a period it is about last month, or the last twelve; those about now have "
         "none.\n"
         "Times in tables are hours and minutes; CSV has seconds. `report all --html` is one page with "
         "everything.",
     .examples =
         "  dubanctl report overdue --by person\n"
         "  dubanctl report breaches --month 2026-03 --by department,clock\n"
         "  dubanctl report breaches --from 2026-01-01 --to 2026-04-01 --by month --csv -o breaches.csv\n"
         "  dubanctl report all --html -o reports.html",
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
