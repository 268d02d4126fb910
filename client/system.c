/*
 * Commands about the daemon itself: its health at a glance, and any method by name.
 *
 * `status` asks three questions and says first what an operator wants first: is it there, how fast does it
 * answer, which desks does it lead. `call` is the door to everything that has no command yet; it
 * always prints the result object.
 */
#include "client/commands.h"

#include "client/connection.h"
#include <stdlib.h>
#include <string.h>
#include <time.h>

static const struct option_row status_options[] = {
    {.name = "digest",
     .kind = OPTION_FLAG,
     .parameter = "digest",
     .help = "also ask for the fingerprint of everything open"},
    OPTION_END,
};

static const struct option_row call_options[] = {
    {.name = "METHOD",
     .kind = OPTION_TEXT,
     .value = "METHOD",
     .help = "such as ticket.get",
     .is_required = true,
     .is_argument = true},
    {.name = "JSON",
     .kind = OPTION_TEXT,
     .value = "JSON",
     .help = "the params object; - reads it (default: {})",
     .is_argument = true},
    OPTION_END,
};

/* Takes an answer's result; complains about the first error. */
static json_t *take_result(const struct invocation *invocation, const char *method, const json_t *answer,
                           enum exit_code *ret_code)
{
    const json_t *error = json_object_get(answer, "error");

    if (error && *ret_code == EXIT_FINE)
        *ret_code = command_refused(invocation, method, error);
    return json_incref(json_object_get(answer, "result"));
}

static double milliseconds_since(const struct timespec *begin)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)(now.tv_sec - begin->tv_sec) * 1e3 + (double)(now.tv_nsec - begin->tv_nsec) / 1e6;
}

static void show_status(const struct screen *screen, const json_t *status, double ping_ms)
{
    static const struct screen_column desk_columns[] = {
        {"DESK", "desk", SCREEN_TEXT},
        {"REGIME", "regime", SCREEN_TEXT},
        {"OPEN", "open_tickets", SCREEN_TEXT},
        {"RUNNING", "running_clocks", SCREEN_TEXT},
        {"PAUSED", "paused_clocks", SCREEN_TEXT},
        {"BREACHED", "breached_clocks", SCREEN_TEXT},
        {"QUEUED", "queued_notices", SCREEN_TEXT},
        {"HELD", "held_notices", SCREEN_TEXT},
        {"TO RELEASE", "notices_to_release", SCREEN_TEXT},
        {"JOURNAL", "journal_sequence", SCREEN_TEXT},
        {"DIGEST", "digest", SCREEN_TEXT},
        {NULL, NULL, SCREEN_TEXT},
    };
    json_t *info = json_copy(json_object_get(status, "info"));
    char *version = screen_text(json_object_get(info, "version"));

    screen_line(screen, "duband %s answers in %.1f ms", version, ping_ms);
    free(version);
    fputc('\n', screen->out);
    screen_table(screen, json_object_get(info, "desks"), desk_columns, "no desks");
    json_object_del(info, "desks");
    json_object_del(info, "version");
    fputc('\n', screen->out);
    screen_members(screen, info);
    screen_members(screen, json_object_get(status, "stats"));
    json_decref(info);
}

static enum exit_code ask_status(const struct invocation *invocation, struct connection *connection,
                                 json_t *params)
{
    static const char *const methods[] = {"system.ping", "system.info", "system.stats"};
    static const char *const names[] = {"ping", "info", "stats"};
    struct timespec begin;
    double ping_ms = 0;
    enum exit_code code = EXIT_FINE;
    json_t *status = json_object();

    clock_gettime(CLOCK_MONOTONIC, &begin);
    for (size_t i = 0; i < 3 && code == EXIT_FINE; i++) {
        json_t *answer = NULL, *own = i == 1 ? json_incref(params) : NULL;
        enum connection_outcome outcome = connection_call(connection, methods[i], own, &answer);

        if (i == 0)
            ping_ms = milliseconds_since(&begin);
        if (outcome != CONNECTION_OK)
            code = command_lost(connection, outcome);
        else
            json_object_set_new(status, names[i], take_result(invocation, methods[i], answer, &code));
        json_decref(answer);
    }
    if (code == EXIT_FINE && invocation->screen.in_json)
        screen_json(&invocation->screen, status);
    else if (code == EXIT_FINE)
        show_status(&invocation->screen, status, ping_ms);
    json_decref(status);
    return code;
}

static enum exit_code run_status(const struct invocation *invocation)
{
    struct connection *connection = NULL;
    json_t *params = command_params(invocation);
    enum exit_code code = EXIT_USAGE;

    if (!params)
        return code;
    if (command_connect(invocation, &connection, &code))
        code = ask_status(invocation, connection, params);
    connection_close(connection);
    json_decref(params);
    return code;
}

static json_t *read_params(const char *text, json_error_t *error)
{
    if (!text)
        return json_object();
    if (strcmp(text, "-") == 0)
        return json_loadf(stdin, JSON_REJECT_DUPLICATES, error);
    return json_loads(text, JSON_REJECT_DUPLICATES, error);
}

static enum exit_code run_call(const struct invocation *invocation)
{
    const char *method = options_text(&invocation->options, "METHOD");
    struct connection *connection = NULL;
    json_error_t wrong = {0};
    json_t *answer = NULL, *params = read_params(options_text(&invocation->options, "JSON"), &wrong);
    enum exit_code code = EXIT_USAGE;

    if (!json_is_object(params)) {
        command_complain("JSON is not an object%s%s", params ? "" : ": ", params ? "" : wrong.text);
        json_decref(params);
        return code;
    }
    if (command_connect(invocation, &connection, &code)) {
        enum connection_outcome outcome = connection_call(connection, method, json_incref(params), &answer);

        if (outcome != CONNECTION_OK)
            code = command_lost(connection, outcome);
        else if (json_object_get(answer, "error"))
            code = command_refused(invocation, method, json_object_get(answer, "error"));
        else
            screen_json(&invocation->screen, json_object_get(answer, "result"));
    }
    connection_close(connection);
    json_decref(answer);
    json_decref(params);
    return code;
}

const struct command system_commands[] = {
    {.name = "status",
     .summary = "Show the daemon's health at a glance",
     .help = "Asks the daemon whether it is there, what it runs and how much it has done. Exit code 3 means "
             "that it\n"
             "can't be reached, so that it also serves as a check. With --json: {ping, info, stats}.",
     .examples = "  dubanctl status\n"
                 "  dubanctl status --digest --json | jq .info\n"
                 "  dubanctl status >/dev/null || echo \"duband is not there\"",
     .options = status_options,
     .run = run_status},
    {.name = "call",
     .summary = "Call any method of the socket protocol",
     .help = "Sends METHOD with the params object JSON and prints the result object. rpc.discover lists the "
             "methods\n"
             "with their parameters; duban-rpc(7) describes them.",
     .examples = "  dubanctl call rpc.discover | jq -r '.methods[].name'\n"
                 "  dubanctl call ticket.get '{\"ticket\": \"42\", \"view\": \"hot\"}'\n"
                 "  echo '{\"level\": \"debug\"}' | dubanctl call system.log_level -",
     .options = call_options,
     .run = run_call},
    {.name = NULL},
};
