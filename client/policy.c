/*
 * Commands about the daemon's regime: what is in force, what it says, and what is wrong with it.
 *
 * Rows of options and functions that show answers; the list of commands (main.c) names them. They ask a
 * daemon; `regime check` (regime.c) does the same checks on files without one. A file for `policy lint` is
 * read here and sent as text: the daemon has the calendars, templates and people that it will meet.
 */
#include "client/commands.h"

#include "client/language.h"
#include "files/files.h"
#include <stdlib.h>

#define REGIME_BYTES_MAX ((size_t)1 << 20)

static const struct option_row list_options[] = {OPTION_END};

static const struct option_row get_options[] = {
    {.name = "DIGEST",
     .kind = OPTION_TEXT,
     .value = "DIGEST",
     .parameter = "digest",
     .help = "a version that was loaded before, or twelve of its beginning (default: the regime in force)",
     .is_argument = true},
    OPTION_END,
};

static const struct option_row lint_options[] = {
    {.name = "FILE",
     .kind = OPTION_TEXT,
     .value = "FILE",
     .help = "another regime (default: the daemon's own file as it is now)",
     .is_argument = true},
    OPTION_LANGUAGE,
    OPTION_END,
};

static void show_list(const struct screen *screen, const json_t *result)
{
    static const struct screen_column policies[] = {
        {"REGIME", "regime", SCREEN_TEXT},   {"FILE", "file", SCREEN_TEXT},
        {"DIGEST", "digest", SCREEN_TEXT},   {"CLOCKS", "clocks", SCREEN_TEXT},
        {"LADDERS", "ladders", SCREEN_TEXT}, {"PERSONS", "persons", SCREEN_TEXT},
        {NULL, NULL, SCREEN_TEXT},
    };
    static const struct screen_column versions[] = {
        {"LOADED", "loaded_at", SCREEN_SECOND}, {"KIND", "kind", SCREEN_TEXT},
        {"NAME", "name", SCREEN_TEXT},          {"DIGEST", "digest", SCREEN_TEXT},
        {"BYTES", "bytes", SCREEN_TEXT},        {NULL, NULL, SCREEN_TEXT},
    };

    screen_table(screen, json_object_get(result, "policies"), policies, "no regime");
    if (json_array_size(json_object_get(result, "versions")) == 0)
        return;
    fputc('\n', screen->out);
    screen_table(screen, json_object_get(result, "versions"), versions, "");
}

/* The text, line by line as it was written: it can be piped into a file and loaded again. */
static void show_text(const struct screen *screen, const json_t *result)
{
    const char *text = json_string_value(json_object_get(result, "text"));

    while (text && *text) {
        size_t length = 0;

        while (text[length] && text[length] != '\n')
            length++;
        screen_line(screen, "%.*s", (int)length, text);
        text += length + (text[length] == '\n');
    }
}

static void show_findings(const struct screen *screen, const json_t *result)
{
    static const struct screen_column columns[] = {
        {"CHECK", "check", SCREEN_TEXT},
        {"LINE", "line", SCREEN_TEXT},
        {"FINDING", "text", SCREEN_TEXT},
        {NULL, NULL, SCREEN_TEXT},
    };

    screen_table(screen, json_object_get(result, "findings"), columns, "nothing to say");
}

static enum exit_code lint_file(const struct invocation *invocation)
{
    const char *file = options_text(&invocation->options, "FILE");
    json_t *params = command_params(invocation);
    struct text text;

    if (!params)
        return EXIT_USAGE;
    language_choose(params);
    text_init(&text);
    char *wrong = file ? files_read_or_say(file, REGIME_BYTES_MAX, &text) : NULL;

    if (file && !wrong)
        json_object_set_new(params, "text", json_stringn(text.bytes ? text.bytes : "", text.length));
    text_finish(&text);
    if (!wrong)
        return command_ask(invocation, params);
    command_complain("%s", wrong);
    free(wrong);
    json_decref(params);
    return EXIT_BAD_INPUT;
}

const struct command policy_commands[] = {
    {.name = "policy list",
     .summary = "Show the regime in force and the versions that were loaded",
     .help =
         "Shows the daemon's regime with its digest, by which verdicts name it, and every file that was ever "
         "loaded,\n"
         "newest first.",
     .examples = "  dubanctl policy list\n"
                 "  dubanctl policy list --json | jq -r '.policies[0].digest'",
     .method = "policy.list",
     .options = list_options,
     .show = show_list},
    {.name = "policy get",
     .summary = "Show what a regime says",
     .help =
         "Prints the text of the regime in force, or of a version that was loaded before. With --json the "
         "regime\n"
         "comes as data: words, routes, stages, pauses, clocks, ladders, reports, each with its line.",
     .examples = "  dubanctl policy get > regime.ini\n"
                 "  dubanctl policy get d3ef6e0fba00\n"
                 "  dubanctl policy get --json | jq '.clocks[] | {clock, within, ladder, line}'",
     .method = "policy.get",
     .options = get_options,
     .show = show_text},
    {.name = "policy lint",
     .summary = "Find what in a regime is well written and still wrong",
     .help =
         "The checks of `regime check`, made by the daemon with its own calendars, templates and people: for "
         "its\n"
         "regime as the file is now, or for another FILE before it takes its place. A regime that can't even "
         "be\n"
         "compiled is refused with file and line. Nothing changes.",
     .examples = "  dubanctl policy lint\n"
                 "  dubanctl policy lint new.ini --lang zh",
     .method = "policy.lint",
     .options = lint_options,
     .show = show_findings,
     .run = lint_file},
    {.name = NULL},
};
