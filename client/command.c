/*
 * Running a command.
 *
 * Called by main.c with a row; calls the connection, the option reader and the screen. What commands have in
 * common is here once: the shared options, the path from options to params to answer, and how things that
 * went wrong are said: one line on stderr and an exit code. With --json stdout carries the result object and
 * nothing else, whatever happens.
 *
 * Invariant: every failure prints exactly one "dubanctl: …" line (usage errors add where help is).
 */
#include "client/command.h"

#include "client/help.h"
#include "client/table.h"
#include "lib/base/text.h"
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#define CLIENT_NAME "dubanctl/" DUBAN_VERSION

static const struct option_row write_rows[] = {
    {.name = "key",
     .kind = OPTION_TEXT,
     .value = "KEY",
     .parameter = "idempotency_key",
     .help = "asked again with the same key, the daemon gives the same answer"},
    {.name = "if-revision",
     .kind = OPTION_NUMBER,
     .value = "NUMBER",
     .parameter = "if_revision",
     .help = "refuse when the ticket has moved on from this revision"},
    {.name = "on-behalf-of",
     .kind = OPTION_TEXT,
     .value = "PERSON",
     .parameter = "on_behalf_of",
     .help = "for gateways: the person who really speaks"},
    {.name = NULL},
};

static const struct option_row common_rows[] = {
    {.name = "json", .kind = OPTION_FLAG, .help = "print the result object of the protocol"},
    {.name = "utc", .kind = OPTION_FLAG, .help = "show and read times in UTC"},
    {.name = "socket",
     .letter = 's',
     .kind = OPTION_TEXT,
     .value = "PATH",
     .help = "the daemon's socket (default: $DUBAN_SOCKET, " CONNECTION_SOCKET ")"},
    {.name = "desk",
     .kind = OPTION_TEXT,
     .value = "DESK",
     .help = "which desk, where a daemon leads several (default: $DUBAN_DESK)"},
    {.name = "timeout",
     .kind = OPTION_NUMBER,
     .value = "SECONDS",
     .help = "longest wait for an answer (default 30)"},
    {.name = "help", .letter = 'h', .kind = OPTION_FLAG, .help = "explain this command"},
    {.name = NULL},
};

void command_complain(const char *format, ...)
{
    va_list list;
    char *line;

    va_start(list, format);
    if (vasprintf(&line, format, list) < 0)
        abort();
    va_end(list);
    char *clean = table_clean(line, TABLE_ENDLESS);

    fflush(stdout);
    fprintf(stderr, "dubanctl: %s\n", clean);
    free(clean);
    free(line);
}

enum exit_code command_lost(const struct connection *connection, enum connection_outcome outcome)
{
    command_complain("%s", connection_error(connection));
    return outcome == CONNECTION_INTERRUPTED ? EXIT_INTERRUPTED : EXIT_UNREACHABLE;
}

enum exit_code command_refused(const struct invocation *invocation, const char *method, const json_t *error)
{
    char *sentence = connection_explain(error);
    const char *name = json_string_value(json_object_get(json_object_get(error, "data"), "name"));
    const char *roles = invocation->command->roles;
    bool is_permission = name && strcmp(name, "permission_denied") == 0;

    if (is_permission && roles)
        command_complain("%s: %s; it is for %s", method, sentence, roles);
    else
        command_complain("%s: %s", method, sentence);
    free(sentence);
    return EXIT_REFUSED;
}

/* NULL: nobody said which. */
static const char *desk_of(const struct options *options)
{
    const char *desk = options_text(options, "desk");

    if (!desk)
        desk = getenv("DUBAN_DESK");
    return desk && *desk ? desk : NULL;
}

bool command_connect(const struct invocation *invocation, struct connection **ret_connection,
                     enum exit_code *ret_code)
{
    const struct options *options = &invocation->options;
    long long seconds = options_number(options, "timeout", CONNECTION_TIMEOUT_MS / 1000);
    int timeout_ms = seconds > 0 && seconds < 86400 ? (int)seconds * 1000 : CONNECTION_TIMEOUT_MS;
    json_t *answer = NULL;
    enum connection_outcome outcome =
        connection_open(options_text(options, "socket"), timeout_ms, ret_connection);

    if (outcome == CONNECTION_OK)
        outcome = connection_hello(*ret_connection, CLIENT_NAME, desk_of(options), &answer);
    const json_t *error = json_object_get(answer, "error");

    *ret_code = EXIT_FINE;
    if (outcome != CONNECTION_OK)
        *ret_code = command_lost(*ret_connection, outcome);
    else if (error)
        *ret_code = command_refused(invocation, "system.hello", error);
    json_decref(answer);
    return *ret_code == EXIT_FINE;
}

static enum exit_code usage_error(const struct command *command, const char *sentence)
{
    command_complain("%s", sentence);
    fprintf(stderr, "Try: dubanctl %s --help\n", command->name);
    return EXIT_USAGE;
}

json_t *command_params(const struct invocation *invocation)
{
    const struct command *command = invocation->command;
    struct text error = {0};
    json_t *given = json_object(), *params = json_object();

    if (command->defaults) {
        json_decref(params);
        params = json_loads(command->defaults, 0, NULL);
    }
    if (options_params(&invocation->options, invocation->screen.now, invocation->screen.in_utc, given,
                       &error)) {
        json_object_update(params, given);
    } else {
        usage_error(command, text_get(&error));
        json_decref(params);
        params = NULL;
    }
    json_decref(given);
    text_finish(&error);
    return params;
}

static void show_result(const struct invocation *invocation, const json_t *result)
{
    const struct screen *screen = &invocation->screen;

    if (screen->in_json || !invocation->command->show)
        screen_json(screen, result);
    else
        invocation->command->show(screen, result);
}

enum exit_code command_fetch(const struct invocation *invocation, const char *method, json_t *params,
                             json_t **ret_result)
{
    struct connection *connection = NULL;
    enum exit_code code;
    json_t *answer = NULL;

    *ret_result = NULL;
    if (command_connect(invocation, &connection, &code)) {
        enum connection_outcome outcome = connection_call(connection, method, json_incref(params), &answer);

        if (outcome != CONNECTION_OK)
            code = command_lost(connection, outcome);
        else if (json_object_get(answer, "error"))
            code = command_refused(invocation, method, json_object_get(answer, "error"));
        else
            *ret_result = json_incref(json_object_get(answer, "result"));
    }
    json_decref(params);
    json_decref(answer);
    connection_close(connection);
    return code;
}

enum exit_code command_ask(const struct invocation *invocation, json_t *params)
{
    json_t *result;
    enum exit_code code = command_fetch(invocation, invocation->command->method, params, &result);

    if (code == EXIT_FINE)
        show_result(invocation, result);
    json_decref(result);
    return code;
}

enum exit_code command_call(const struct invocation *invocation)
{
    json_t *params = command_params(invocation);

    return params ? command_ask(invocation, params) : EXIT_USAGE;
}

/* Numbers are checked here, so that no command has to. */
static bool check_numbers(const struct options *options, struct text *error)
{
    for (size_t i = 0; i < options->count; i++) {
        const struct option_given *given = &options->given[i];

        if (given->row->kind != OPTION_NUMBER || options_number(options, given->row->name, -1) >= 0)
            continue;
        text_printf(error, "--%s %s: not a whole number from 0 up", given->row->name, given->value);
        return false;
    }
    return true;
}

enum exit_code command_run(const struct command *command, int argc, char **argv)
{
    struct invocation invocation = {.command = command};
    struct options *options = &invocation.options;
    struct text error = {0};
    enum exit_code code;

    options->tables[0] = command->options;
    options->tables[1] = command->is_write ? write_rows : NULL;
    options->tables[2] = common_rows;
    if (!options_read(options, argc, argv, &error) ||
        (!options_flag(options, "help") && !check_numbers(options, &error))) {
        code = usage_error(command, text_get(&error));
    } else if (options_flag(options, "help")) {
        help_command(stdout, command, options->tables);
        code = EXIT_FINE;
    } else {
        screen_init(&invocation.screen, options_flag(options, "json"), options_flag(options, "utc"));
        code = command->run ? command->run(&invocation) : command_call(&invocation);
    }
    options_finish(options);
    text_finish(&error);
    return code;
}

void command_list_options(FILE *out, const struct command *command)
{
    const struct option_row *tables[] = {command->options, command->is_write ? write_rows : NULL,
                                         common_rows};

    for (size_t t = 0; t < sizeof tables / sizeof *tables; t++)
        for (const struct option_row *row = tables[t]; row && row->name; row++)
            if (!row->is_argument)
                fprintf(out, "--%s\n", row->name);
}
