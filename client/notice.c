/*
 * Commands about notices: what was sent or will be, to whom, and what became of it.
 *
 * Rows of options and functions that show answers; the list of commands (main.c) names them. The list
 * has one line a recipient, because each recipient's notice has a state and an address of its own. The text
 * of a notice is shown by `notices show` only: it is read on demand from the database and would drown the
 * list.
 */
#include "client/commands.h"

#include <stdlib.h>

static const struct option_row list_options[] = {
    {.name = "ticket",
     .letter = 't',
     .kind = OPTION_TEXT,
     .value = "ID",
     .parameter = "ticket",
     .help = "only this ticket's (its id)"},
    {.name = "state",
     .kind = OPTION_TEXT,
     .value = "STATE",
     .parameter = "state",
     .help = "only in this state: queued, accepted, deferred, refused, failed, suppressed"},
    {.name = "recipient",
     .letter = 'r',
     .kind = OPTION_TEXT,
     .value = "PERSON",
     .parameter = "recipient",
     .help = "only to this person"},
    {.name = "before",
     .kind = OPTION_TEXT,
     .value = "ID",
     .parameter = "before",
     .help = "continue with notices older than this id"},
    OPTION_LIMIT,
    OPTION_END,
};

static const struct option_row show_options[] = {
    {.name = "NOTICE",
     .kind = OPTION_TEXT,
     .value = "NOTICE",
     .parameter = "notice",
     .help = "notice id",
     .is_required = true,
     .is_argument = true},
    OPTION_END,
};

static void show_list(const struct screen *screen, const json_t *result)
{
    static const struct screen_column columns[] = {
        {"NOTICE", "notice", SCREEN_TEXT},     {"AT", "at", SCREEN_TIME},
        {"TICKET", "number", SCREEN_TEXT},     {"CLOCK", "clock", SCREEN_TEXT},
        {"STEP", "step", SCREEN_TEXT},         {"RECIPIENT", "recipient", SCREEN_TEXT},
        {"TEMPLATE", "template", SCREEN_TEXT}, {"STATE", "state", SCREEN_STATE},
        {"ATTEMPTS", "attempts", SCREEN_TEXT}, {"ADDRESS", "address", SCREEN_TEXT},
        {"DETAIL", "detail", SCREEN_TEXT},     {NULL, NULL, SCREEN_TEXT},
    };

    screen_table(screen, json_object_get(result, "notices"), columns, "no notices");
}

/* The body is shown line by line: each is made safe, and the line ends stay. */
static void show_body(const struct screen *screen, const char *body)
{
    while (*body) {
        size_t length = 0;

        while (body[length] && body[length] != '\n')
            length++;
        screen_line(screen, "%.*s", (int)length, body);
        body += length + (body[length] == '\n');
    }
}

static void show_notice(const struct screen *screen, const json_t *result)
{
    static const struct screen_column fields[] = {
        {"Notice", "notice", SCREEN_TEXT},
        {"At", "at", SCREEN_SECOND},
        {"Ticket", "number", SCREEN_TEXT},
        {"Clock", "clock", SCREEN_TEXT},
        {"Cycle", "cycle", SCREEN_TEXT},
        {"Step", "step", SCREEN_TEXT},
        {"Recipient", "recipient", SCREEN_TEXT},
        {"Role", "role", SCREEN_TEXT},
        {"Channel", "channel", SCREEN_TEXT},
        {"Address", "address", SCREEN_TEXT},
        {"Reason", "reason", SCREEN_TEXT},
        {"State", "state", SCREEN_STATE},
        {"Detail", "detail", SCREEN_TEXT},
        {"Attempts", "attempts", SCREEN_TEXT},
        {"Queue id", "queue_id", SCREEN_TEXT},
        {"Message-ID", "message_id", SCREEN_TEXT},
        {"Template", "template", SCREEN_TEXT},
        {"Subject", "subject", SCREEN_TEXT},
        {NULL, NULL, SCREEN_TEXT},
    };
    const char *body = json_string_value(json_object_get(result, "body"));

    screen_fields(screen, result, fields);
    if (!body)
        return;
    fputc('\n', screen->out);
    show_body(screen, body);
}

const struct command notice_commands[] = {
    {.name = "notices",
     .summary = "List notices, newest first",
     .help =
         "Lists what was sent to whom and what became of it: accepted by the relay, deferred, refused, or\n"
         "suppressed because its reason was gone.",
     .examples = "  dubanctl notices --state failed\n"
                 "  dubanctl notices --recipient zhao -n 20\n"
                 "  dubanctl notices --ticket 42 --json",
     .method = "notice.list",
     .options = list_options,
     .show = show_list},
    {.name = "notices show",
     .summary = "Show one notice with its text",
     .help = "Shows a notice as it was sent: recipient, reason, state with the relay's queue id, subject and "
             "text.",
     .examples = "  dubanctl notices show 1207\n"
                 "  dubanctl notices show 1207 --json | jq -r .body",
     .method = "notice.get",
     .options = show_options,
     .show = show_notice},
    {.name = NULL},
};
