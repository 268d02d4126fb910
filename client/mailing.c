/*
 * Commands for writing to many customers at once, and for those who want none of it.
 *
 * Rows of options and functions that show answers; the list of commands (main.c) names them. A start that is
 * watched asks how far the mailing is until it is over; the daemon goes on without anybody who watches.
 */
#include "client/commands.h"
#include "client/progress_bar.h"
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define KEEPERS  "intake, department_head, service_head, gateways and admin"
#define WATCH_US 300000

static const struct option_row start_options[] = {
    {.name = "TEMPLATE",
     .kind = OPTION_TEXT,
     .value = "TEMPLATE",
     .parameter = "template",
     .help = "one that [customers] of the regime names under courtesy or mailings",
     .is_required = true,
     .is_argument = true},
    {.name = "register",
     .kind = OPTION_TEXT,
     .value = "NAME",
     .parameter = "register",
     .help = "whose records are written to (default: customers)"},
    {.name = "when",
     .kind = OPTION_TEXT,
     .value = "CONDITIONS",
     .parameter = "when",
     .help = "which of them, as in a schedule: 'status active, expires within 2mo'"},
    {.name = "id",
     .kind = OPTION_LIST,
     .value = "ID",
     .parameter = "ids",
     .help = "only this record; may be repeated"},
    {.name = "ticket",
     .letter = 't',
     .kind = OPTION_TEXT,
     .value = "TICKET",
     .parameter = "ticket",
     .help = "the ticket that it belongs to: `mailed` happens to it in the end"},
    {.name = "note",
     .kind = OPTION_TEXT,
     .value = "TEXT",
     .parameter = "note",
     .help = "what the template says as {note}"},
    {.name = "dry-run",
     .letter = 'd',
     .kind = OPTION_FLAG,
     .parameter = "dry_run",
     .help = "only show who would be written to, and the first mail"},
    {.name = "watch", .letter = 'w', .kind = OPTION_FLAG, .help = "show how far it is until it is over"},
    OPTION_END,
};

#define OPTION_MAILING                                                                                       \
    {                                                                                                        \
        .name = "MAILING", .kind = OPTION_TEXT, .value = "MAILING", .parameter = "mailing",                  \
        .help = "its number", .is_required = true, .is_argument = true                                       \
    }

static const struct option_row one_options[] = {
    OPTION_MAILING,
    OPTION_END,
};

static const struct option_row cancel_options[] = {
    OPTION_MAILING,
    {.name = "reason", .kind = OPTION_TEXT, .value = "TEXT", .parameter = "reason", .help = "why"},
    OPTION_END,
};

static const struct option_row list_options[] = {
    OPTION_LIMIT,
    OPTION_END,
};

static const struct option_row optout_options[] = {
    {.name = "ADDRESS",
     .kind = OPTION_TEXT,
     .value = "ADDRESS",
     .parameter = "address",
     .help = "e-mail address or phone number",
     .is_required = true,
     .is_argument = true},
    {.name = "reason",
     .kind = OPTION_TEXT,
     .value = "TEXT",
     .parameter = "reason",
     .help = "how they said so"},
    OPTION_END,
};

static const struct option_row optout_list_options[] = {
    {.name = "address",
     .kind = OPTION_TEXT,
     .value = "ADDRESS",
     .parameter = "address",
     .help = "only what this one asked for"},
    OPTION_LIMIT,
    OPTION_END,
};

/* ---- answers ---- */

static void show_text(const struct screen *screen, const char *text)
{
    while (*text) {
        size_t length = strcspn(text, "\n");

        screen_line(screen, "%.*s", (int)length, text);
        text += length + (text[length] == '\n');
    }
}

static void show_dry(const struct screen *screen, const json_t *result)
{
    static const struct screen_column fields[] = {
        {"Recipients", "recipients", SCREEN_TEXT}, {"Left out", "left_out_count", SCREEN_TEXT},
        {"First", "first.record", SCREEN_TEXT},    {"To", "first.address", SCREEN_TEXT},
        {"Subject", "first.subject", SCREEN_TEXT}, {NULL, NULL, SCREEN_TEXT},
    };
    static const struct screen_column left[] = {
        {"LEFT OUT", "record", SCREEN_TEXT}, {"WHY", "why", SCREEN_TEXT}, {NULL, NULL, SCREEN_TEXT}};
    const char *body = json_string_value(json_object_get(json_object_get(result, "first"), "body"));

    screen_fields(screen, result, fields);
    if (body) {
        fputc('\n', screen->out);
        show_text(screen, body);
        fputc('\n', screen->out);
    }
    if (json_array_size(json_object_get(result, "left_out")))
        screen_table(screen, json_object_get(result, "left_out"), left, "");
}

static void show_mailing(const struct screen *screen, const json_t *result)
{
    static const struct screen_column fields[] = {
        {"Mailing", "mailing", SCREEN_TEXT},
        {"State", "state", SCREEN_STATE},
        {"Why", "why", SCREEN_TEXT},
        {"Template", "template", SCREEN_TEXT},
        {"Register", "register", SCREEN_TEXT},
        {"When", "when", SCREEN_TEXT},
        {"Ticket", "ticket", SCREEN_TEXT},
        {"By", "actor", SCREEN_TEXT},
        {"Started", "started_at", SCREEN_SECOND},
        {"Ended", "finished_at", SCREEN_SECOND},
        {"Recipients", "recipients", SCREEN_TEXT},
        {"Recipients", "total", SCREEN_TEXT},
        {"Waiting", "waiting", SCREEN_TEXT},
        {"Queued", "queued", SCREEN_TEXT},
        {"Sent", "sent", SCREEN_TEXT},
        {"Suppressed", "suppressed", SCREEN_TEXT},
        {"Failed", "failed", SCREEN_TEXT},
        {"Not written", "not_written", SCREEN_TEXT},
        {NULL, NULL, SCREEN_TEXT},
    };
    static const struct screen_column left[] = {{"LEFT OUT", "recipient", SCREEN_TEXT},
                                                {"STATE", "state", SCREEN_STATE},
                                                {"WHY", "why", SCREEN_TEXT},
                                                {NULL, NULL, SCREEN_TEXT}};

    if (json_is_false(json_object_get(result, "created")))
        screen_line(screen, "was started before with this key; the answer of then:");
    screen_fields(screen, result, fields);
    if (json_array_size(json_object_get(result, "left_out"))) {
        fputc('\n', screen->out);
        screen_table(screen, json_object_get(result, "left_out"), left, "");
    }
}

static void show_started(const struct screen *screen, const json_t *result)
{
    if (json_is_true(json_object_get(result, "dry_run")))
        show_dry(screen, result);
    else
        show_mailing(screen, result);
}

static void show_mailings(const struct screen *screen, const json_t *result)
{
    static const struct screen_column columns[] = {
        {"MAILING", "mailing", SCREEN_TEXT},
        {"STARTED", "started_at", SCREEN_TIME},
        {"TEMPLATE", "template", SCREEN_TEXT},
        {"STATE", "state", SCREEN_STATE},
        {"TICKET", "ticket", SCREEN_TEXT},
        {"RECIPIENTS", "total", SCREEN_TEXT},
        {"WAITING", "waiting", SCREEN_TEXT},
        {"QUEUED", "queued", SCREEN_TEXT},
        {"SENT", "sent", SCREEN_TEXT},
        {"SUPPRESSED", "suppressed", SCREEN_TEXT},
        {"FAILED", "failed", SCREEN_TEXT},
        {"BY", "actor", SCREEN_TEXT},
        {NULL, NULL, SCREEN_TEXT},
    };

    screen_table(screen, json_object_get(result, "mailings"), columns, "no mailings");
}

static void show_optout(const struct screen *screen, const json_t *result)
{
    const char *address = json_string_value(json_object_get(result, "address"));
    bool declines = json_is_true(json_object_get(result, "declines"));

    screen_line(screen, "%s: %s%s", address,
                declines ? "is sent nothing beyond their own case" : "is written to",
                json_is_true(json_object_get(result, "changed")) ? "" : ", as before");
}

static void show_optouts(const struct screen *screen, const json_t *result)
{
    static const struct screen_column columns[] = {
        {"ENTRY", "entry", SCREEN_TEXT},     {"AT", "at", SCREEN_TIME},
        {"ADDRESS", "address", SCREEN_TEXT}, {"DECLINES", "declines", SCREEN_TEXT},
        {"BY", "actor", SCREEN_TEXT},        {"REASON", "reason", SCREEN_TEXT},
        {NULL, NULL, SCREEN_TEXT},
    };

    screen_table(screen, json_object_get(result, "optouts"), columns, "nobody ever declined");
}

/* ---- watching ---- */

static size_t done_of(const json_t *result)
{
    return (size_t)(json_integer_value(json_object_get(result, "sent")) +
                    json_integer_value(json_object_get(result, "suppressed")) +
                    json_integer_value(json_object_get(result, "failed")));
}

static bool is_running(const json_t *result)
{
    const char *state = json_string_value(json_object_get(result, "state"));

    return state && strcmp(state, "running") == 0;
}

static enum exit_code watch(const struct invocation *invocation, const json_t *started)
{
    const json_t *id = json_object_get(started, "mailing");
    struct progress_bar bar;
    json_t *result = NULL;
    enum exit_code code;

    progress_bar_begin(&bar, "mails", (size_t)json_integer_value(json_object_get(started, "recipients")));
    for (;;) {
        code = command_fetch(invocation, "mailing.get",
                             json_pack("{s:O}", "mailing", (json_t *)(uintptr_t)id), &result);
        if (code != EXIT_FINE)
            return code;
        progress_bar_update(&bar, done_of(result));
        if (!is_running(result))
            break;
        json_decref(result);
        usleep(WATCH_US);
    }
    progress_bar_end(&bar);
    if (invocation->screen.in_json)
        screen_json(&invocation->screen, result);
    else
        show_mailing(&invocation->screen, result);
    json_decref(result);
    return EXIT_FINE;
}

static enum exit_code run_start(const struct invocation *invocation)
{
    json_t *params = command_params(invocation), *result;

    if (!params)
        return EXIT_USAGE;
    if (!options_flag(&invocation->options, "watch") || json_is_true(json_object_get(params, "dry_run")))
        return command_ask(invocation, params);
    enum exit_code code = command_fetch(invocation, "mailing.start", params, &result);

    if (code != EXIT_FINE)
        return code;
    code = watch(invocation, result);
    json_decref(result);
    return code;
}

const struct command mailing_commands[] = {
    {.name = "mailing start",
     .summary = "Write to many customers, each once",
     .help =
         "Writes a mail to the records of a register that fit, each customer once, whatever happens in\n"
         "between. --dry-run shows who would be written to, who would be left out and why, and the first\n"
         "mail; --watch shows how far it is until the last mail has left.",
     .examples =
         "  dubanctl mailing start change_notice --when 'status active' --note '今晚 22:00 起停机两小时' "
         "--dry-run\n"
         "  dubanctl mailing start change_notice --when 'status active' --ticket T-000042 --watch\n"
         "  dubanctl mailing start greeting --id K-1 --id K-7",
     .method = "mailing.start",
     .roles = KEEPERS,
     .options = start_options,
     .is_write = true,
     .show = show_started,
     .run = run_start},
    {.name = "mailing list",
     .summary = "List mailings, newest first",
     .help = "Lists what was written to many customers at once, and how far each is.",
     .examples = "  dubanctl mailing list\n"
                 "  dubanctl mailing list --json",
     .method = "mailing.list",
     .roles = KEEPERS,
     .options = list_options,
     .show = show_mailings},
    {.name = "mailing get",
     .summary = "Show how far a mailing is",
     .help = "Shows a mailing: how many were written to, how many wait, and who was left out and why.",
     .examples = "  dubanctl mailing get 4711\n"
                 "  dubanctl mailing get 4711 --json | jq .left_out",
     .method = "mailing.get",
     .roles = KEEPERS,
     .options = one_options,
     .show = show_mailing},
    {.name = "mailing cancel",
     .summary = "Stop a mailing",
     .help = "Whoever has not been written to yet is not; what a sender has in hand still leaves.",
     .examples = "  dubanctl mailing cancel 4711 --reason 'the date was wrong'\n"
                 "  dubanctl mailing cancel 4711 --json",
     .method = "mailing.cancel",
     .roles = KEEPERS,
     .options = cancel_options,
     .is_write = true,
     .show = show_mailing},
    {.name = "optout add",
     .summary = "A customer wants no mail beyond their own case",
     .help =
         "From now on the address gets no greetings, surveys or news (templates that the regime names as\n"
         "courtesy). Answers to the customer's own case are always sent.",
     .examples = "  dubanctl optout add wang@customer.example --reason 'answered the greeting of 2 March'\n"
                 "  dubanctl optout add 13800000000 --json",
     .method = "optout.add",
     .roles = KEEPERS,
     .options = optout_options,
     .is_write = true,
     .show = show_optout},
    {.name = "optout remove",
     .summary = "A customer wants such mail again",
     .help = "Takes back what `optout add` said. What was said before stays on record.",
     .examples = "  dubanctl optout remove wang@customer.example --reason 'asked for the newsletter'\n"
                 "  dubanctl optout remove 13800000000 --json",
     .method = "optout.remove",
     .roles = KEEPERS,
     .options = optout_options,
     .is_write = true,
     .show = show_optout},
    {.name = "optout list",
     .summary = "List who declined what, newest first",
     .help = "Lists who asked not to be written to, or to be written to again, when and why.",
     .examples = "  dubanctl optout list\n"
                 "  dubanctl optout list --address wang@customer.example --json",
     .method = "optout.list",
     .roles = KEEPERS,
     .options = optout_list_options,
     .show = show_optouts},
    {.name = NULL},
};
