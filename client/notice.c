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
     .help = "only in this state: held, queued, accepted, deferred, failed, suppressed, coalesced"},
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
        {"Waits for", "hold", SCREEN_TEXT},
        {"Until", "ready_at", SCREEN_SECOND},
        {"Told in", "into", SCREEN_TEXT},
        {"Detail", "detail", SCREEN_TEXT},
        {"Due", "due_at", SCREEN_SECOND},
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

static const struct option_row release_options[] = {
    {.name = "NOTICE",
     .kind = OPTION_LIST,
     .value = "NOTICE",
     .parameter = "ids",
     .help = "these notices, also those that wait for a digest",
     .is_argument = true},
    {.name = "recipient",
     .letter = 'r',
     .kind = OPTION_TEXT,
     .value = "PERSON",
     .parameter = "recipient",
     .help = "what waits to be released to this person"},
    {.name = "all",
     .letter = 'a',
     .kind = OPTION_FLAG,
     .parameter = "all",
     .help = "everything that waits to be released"},
    OPTION_END,
};

static const struct option_row test_options[] = {
    {.name = "PERSON",
     .kind = OPTION_TEXT,
     .value = "PERSON",
     .parameter = "person",
     .help = "person of the people file",
     .is_required = true,
     .is_argument = true},
    OPTION_END,
};

static void show_released(const struct screen *screen, const json_t *result)
{
    screen_line(screen, "released: %" JSON_INTEGER_FORMAT,
                json_integer_value(json_object_get(result, "released")));
}

static void show_under_way(const struct screen *screen, const json_t *result)
{
    static const struct screen_column fields[] = {
        {"Notice", "notice", SCREEN_TEXT},
        {"Address", "address", SCREEN_TEXT},
        {"Attempts so far", "attempts", SCREEN_TEXT},
        {NULL, NULL, SCREEN_TEXT},
    };

    screen_fields(screen, result, fields);
}

#define OPERATORS "service_head and admin"

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
    {.name = "notice release",
     .summary = "Let go notices that wait",
     .help = "Lets go what waits for an operator because too much was found late after downtime: each reader "
             "gets one\n"
             "digest. With ids, also single notices that wait for the next digest. Quiet hours stay quiet.",
     .examples = "  dubanctl notices --state held\n"
                 "  dubanctl notice release --all\n"
                 "  dubanctl notice release --recipient zhao.min",
     .method = "notice.release",
     .roles = OPERATORS,
     .options = release_options,
     .is_write = true,
     .show = show_released},
    {.name = "notice retry",
     .summary = "Send a failed notice again",
     .help = "Sends a notice again that the relay refused: the same words under the same Message-ID. Refused "
             "when\n"
             "what it tells of is no longer so.",
     .examples = "  dubanctl notice retry 1207\n"
                 "  dubanctl notice retry 1207 --json",
     .method = "notice.retry",
     .roles = OPERATORS,
     .options = show_options,
     .is_write = true,
     .show = show_under_way},
    {.name = "notice test",
     .summary = "Send somebody a test mail",
     .help = "Sends a mail that says nothing but that mail arrives. `notices show` tells what became of it.",
     .examples = "  dubanctl notice test zhao.min\n"
                 "  dubanctl notice test zhao.min --json",
     .method = "notice.test",
     .roles = OPERATORS,
     .options = test_options,
     .is_write = true,
     .show = show_under_way},
    {.name = NULL},
};
