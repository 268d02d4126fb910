/*
 * Commands about printed forms: `form list`, `form print`.
 *
 * The daemon gives the record, the page is made here: by the stylesheet that the regime names, from etc/pages
 * or a directory of one's own, as HTML, and as PDF through a browser (printer.c). With --record a record that
 * was kept (`--json`) is printed without a daemon, which is also how a stylesheet is written and tried.
 */
#include "client/commands.h"
#include "client/offline.h"
#include "client/printer.h"
#include "client/replace_file.h"
#include "files/page.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define RECORD_BYTES_MAX ((size_t)64 << 20)

static const struct option_row list_options[] = {
    {.name = "TICKET",
     .kind = OPTION_TEXT,
     .value = "TICKET",
     .help = "only the forms for this ticket, with their numbers",
     .parameter = "ticket",
     .is_argument = true},
    OPTION_END,
};

static const struct option_row print_options[] = {
    {.name = "TICKET",
     .kind = OPTION_TEXT,
     .value = "TICKET",
     .help = "ticket number or id",
     .parameter = "ticket",
     .is_argument = true},
    {.name = "form",
     .letter = 'f',
     .kind = OPTION_TEXT,
     .value = "NAME",
     .help = "which form of the regime, such as A",
     .parameter = "form"},
    {.name = "pdf", .kind = OPTION_FLAG, .help = "PDF instead of HTML, through Chromium or WeasyPrint"},
    {.name = "language",
     .kind = OPTION_TEXT,
     .value = "zh|en|both",
     .help = "the labels' language (default: the desk's)"},
    {.name = "output",
     .letter = 'o',
     .kind = OPTION_TEXT,
     .value = "FILE",
     .help = "write there instead of to standard output"},
    {.name = "pages", .kind = OPTION_TEXT, .value = "DIR", .help = "where the stylesheets are"},
    {.name = "record",
     .kind = OPTION_TEXT,
     .value = "FILE",
     .help = "print this record (of --json) instead of asking a daemon"},
    {.name = "xml", .kind = OPTION_FLAG, .help = "the record as its stylesheet sees it"},
    OPTION_END,
};

/* ---- form list ---- */

static void show_list(const struct screen *screen, const json_t *result)
{
    static const struct screen_column columns[] = {
        {"FORM", "form", SCREEN_TEXT},     {"TITLE", "title.zh", SCREEN_TEXT}, {"", "title.en", SCREEN_TEXT},
        {"NUMBER", "number", SCREEN_TEXT}, {"RECORD", "record", SCREEN_TEXT},  {"PAGE", "page", SCREEN_TEXT},
        {NULL, NULL, SCREEN_TEXT},
    };

    screen_table(screen, json_object_get(result, "forms"), columns, "no forms");
}

/* ---- form print ---- */

static enum exit_code say(char *complaint, enum exit_code code)
{
    command_complain("%s", complaint);
    free(complaint);
    return code;
}

static enum exit_code write_out(const struct invocation *invocation, const struct text *bytes)
{
    const char *file = options_text(&invocation->options, "output");

    if (!file) {
        fwrite(text_get(bytes), 1, bytes->length,
               invocation->screen.out); /* main() looks whether it went out */
        return EXIT_FINE;
    }
    if (replace_file(file, text_get(bytes), bytes->length))
        return EXIT_FINE;
    command_complain("%s: %s", file, strerror(errno));
    return EXIT_NOT_WRITTEN;
}

static enum exit_code print_html(const struct invocation *invocation, const struct text *html)
{
    struct text pdf = {0};
    char *complaint;
    enum exit_code code;

    if (!options_flag(&invocation->options, "pdf"))
        return write_out(invocation, html);
    complaint = printer_pdf(html, &pdf);
    code = complaint ? say(complaint, EXIT_NOT_WRITTEN) : write_out(invocation, &pdf);
    text_finish(&pdf);
    return code;
}

/* What --language says, else the desk's. */
static const char *language_of(const struct invocation *invocation, const json_t *record)
{
    const char *said = options_text(&invocation->options, "language");
    const char *its = json_string_value(json_object_get(record, "language"));

    return said ? said : its ? its : "zh";
}

static enum exit_code print_record(const struct invocation *invocation, const json_t *record)
{
    const char *given = options_text(&invocation->options, "pages");
    const char *page = json_string_value(json_object_get(json_object_get(record, "form"), "page"));
    const struct page_param params[] = {{"language", language_of(invocation, record)}, {NULL, NULL}};
    struct text html = {0};
    enum exit_code code;

    if (invocation->screen.in_json) {
        screen_json(&invocation->screen, record);
        return EXIT_FINE;
    }
    if (!page) {
        command_complain("the record names no page: it is none of form.get");
        return EXIT_BAD_INPUT;
    }
    if (options_flag(&invocation->options, "xml")) {
        page_source(record, &html);
        code = write_out(invocation, &html);
    } else {
        char *own = given ? NULL : offline_directory("pages");
        char *complaint = page_render(given ? given : own, page, params, record, &html);

        code = complaint ? say(complaint, EXIT_BAD_INPUT) : print_html(invocation, &html);
        free(own);
    }
    text_finish(&html);
    return code;
}

static enum exit_code read_record(const char *file, json_t **ret_record)
{
    struct text text = {0};
    json_error_t error;
    char *complaint = files_read_or_say(file, RECORD_BYTES_MAX, &text);

    if (!complaint) {
        *ret_record = json_loadb(text_get(&text), text.length, 0, &error);
        if (!*ret_record && asprintf(&complaint, "%s:%d: %s", file, error.line, error.text) < 0)
            abort();
    }
    text_finish(&text);
    return complaint ? say(complaint, EXIT_BAD_INPUT) : EXIT_FINE;
}

static const char *what_is_wrong(const struct invocation *invocation)
{
    const struct options *options = &invocation->options;
    const char *language = options_text(options, "language"), *record = options_text(options, "record");

    if (language && strcmp(language, "zh") != 0 && strcmp(language, "en") != 0 &&
        strcmp(language, "both") != 0)
        return "--language is zh, en or both";
    if (record && (options_text(options, "TICKET") || options_text(options, "form")))
        return "--record is a ticket's record already: give it without TICKET and --form";
    if (!record && !options_text(options, "TICKET"))
        return "TICKET is missing: whose form?";
    if (!record && !options_text(options, "form"))
        return "--form is missing: which form? (dubanctl form list TICKET shows them)";
    if (options_flag(options, "pdf") && !options_text(options, "output") &&
        isatty(fileno(invocation->screen.out)))
        return "PDF is not for a terminal: give -o FILE, or send it into a pipe";
    return NULL;
}

static enum exit_code print(const struct invocation *invocation)
{
    const char *wrong = what_is_wrong(invocation), *file = options_text(&invocation->options, "record");
    json_t *params, *record = NULL;
    enum exit_code code;

    if (wrong) {
        command_complain("%s", wrong);
        return EXIT_USAGE;
    }
    if (file) {
        code = read_record(file, &record);
    } else {
        params = command_params(invocation);
        code = params ? command_fetch(invocation, invocation->command->method, params, &record) : EXIT_USAGE;
    }
    if (code == EXIT_FINE)
        code = print_record(invocation, record);
    json_decref(record);
    return code;
}

const struct command form_commands[] = {
    {.name = "form list",
     .summary = "List the printed forms of the regime, or of a ticket",
     .help = "With a ticket: the forms that are for its class, each with the number of its record.",
     .examples = "  dubanctl form list\n"
                 "  dubanctl form list NR510201A-000042",
     .method = "form.list",
     .options = list_options,
     .show = show_list},
    {.name = "form print",
     .summary = "Print a form of a ticket as a page, or as PDF",
     .help =
         "Makes the form's page from the live record, at any time: HTML that needs nothing besides itself, "
         "or,\n"
         "with --pdf, A4 pages with their numbers. Contact data is masked for roles that need not see it.\n"
         "--json gives the record itself, which --record prints again without a daemon.",
     .examples = "  dubanctl form print NR510201A-000042 --form A --pdf -o record.pdf\n"
                 "  dubanctl form print 42 --form B --language both >record.html\n"
                 "  dubanctl form print 42 --form A --json >record.json\n"
                 "  dubanctl form print --record record.json --pages my-pages >record.html",
     .method = "form.get",
     .options = print_options,
     .run = print},
    {.name = NULL},
};
