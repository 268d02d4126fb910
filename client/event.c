/*
 * The command that follows what happens: subscribes and prints until it is told to stop.
 *
 * Ctrl-C is how a watch ends, so it ends with 0. A lost connection ends it with the next sequence number in
 * the message: nothing is missed when it is started again with --from-seq. It does not reconnect by itself,
 * because a pipeline that silently pauses is worse than one that ends.
 */
#include "client/commands.h"

#include "client/when.h"
#include "lib/base/instant.h"
#include "lib/base/memory.h"
#include <stdlib.h>
#include <string.h>

struct watch {
    const struct screen *screen;
    long long next_sequence; /* 0: none seen */
};

static const struct option_row options[] = {
    {.name = "type",
     .letter = 't',
     .kind = OPTION_LIST,
     .value = "TYPE,…",
     .parameter = "types",
     .help = "only these event types, such as clock.breached (default: all)"},
    {.name = "ticket",
     .kind = OPTION_TEXT,
     .value = "ID",
     .parameter = "filter.ticket",
     .help = "only this ticket's (its id)"},
    {.name = "from-seq",
     .letter = 'f',
     .kind = OPTION_NUMBER,
     .value = "NUMBER",
     .parameter = "from_seq",
     .help = "begin with this journal sequence instead of now"},
    OPTION_END,
};

static void print_event(const struct screen *screen, const json_t *params)
{
    char when[WHEN_TEXT] = "-", *data = screen_text(json_object_get(params, "data"));
    char *ticket = screen_text(json_object_get(params, "ticket")),
         *sequence = screen_text(json_object_get(params, "seq"));
    const char *at_text = json_string_value(json_object_get(params, "at"));
    const char *type = json_string_value(json_object_get(params, "type"));
    msec at;

    if (at_text && instant_parse(at_text, &at) == INSTANT_OK)
        when_show(at, screen->in_utc, true, when);
    screen_line(screen, "%s  %s  %s  %s  %s", when, sequence, type ? type : "-", *ticket ? ticket : "-",
                data);
    free(sequence);
    free(ticket);
    free(data);
}

static void print_lost(const struct screen *screen, const json_t *params)
{
    char *from = screen_text(json_object_get(params, "from")),
         *to = screen_text(json_object_get(params, "to"));

    screen_line(screen,
                "-- events %s to %s were lost: this watch is too slow (dubanctl journal --from-seq %s)", from,
                to, from);
    free(from);
    free(to);
}

static void take(void *context, const char *method, const json_t *params)
{
    struct watch *watch = context;
    const char *type = json_string_value(json_object_get(params, "type"));
    bool is_lost = strcmp(method, "event.lost") == 0 || (type && strcmp(type, "event.lost") == 0);

    if (!is_lost && strcmp(method, "event") != 0)
        return;
    if (json_is_integer(json_object_get(params, "seq")))
        watch->next_sequence = json_integer_value(json_object_get(params, "seq")) + 1;
    if (watch->screen->in_json) {
        json_dumpf(params, watch->screen->out, JSON_COMPACT);
        fputc('\n', watch->screen->out);
    } else if (is_lost) {
        print_lost(watch->screen, params);
    } else {
        print_event(watch->screen, params);
    }
    fflush(watch->screen->out);
}

static enum exit_code follow(const struct invocation *invocation, struct connection *connection,
                             json_t *params)
{
    struct watch watch = {.screen = &invocation->screen};
    json_t *answer;

    connection_listen(connection, take, &watch);
    enum connection_outcome outcome =
        connection_call(connection, "event.subscribe", json_incref(params), &answer);
    const json_t *error = json_object_get(answer, "error");
    enum exit_code code = error ? command_refused(invocation, "event.subscribe", error) : EXIT_FINE;

    if (outcome == CONNECTION_OK && !error) {
        watch.next_sequence =
            watch.next_sequence
                ? watch.next_sequence
                : json_integer_value(json_object_get(json_object_get(answer, "result"), "seq")) + 1;
        outcome = connection_follow(connection);
    }
    json_decref(answer);
    if (outcome == CONNECTION_OK || outcome == CONNECTION_INTERRUPTED)
        return code;
    if (watch.next_sequence)
        command_complain("%s; go on with --from-seq %lld", connection_error(connection), watch.next_sequence);
    else
        command_complain("%s", connection_error(connection));
    return EXIT_UNREACHABLE;
}

static enum exit_code run(const struct invocation *invocation)
{
    struct connection *connection = NULL;
    enum exit_code code;
    json_t *params = command_params(invocation);

    if (!params)
        return EXIT_USAGE;
    if (command_connect(invocation, &connection, &code))
        code = follow(invocation, connection, params);
    connection_close(connection);
    json_decref(params);
    return code;
}

const struct command event_commands[] = {
    {.name = "watch",
     .summary = "Follow what happens, until Ctrl-C",
     .help = "Prints a line for every event as it happens: tickets filed and changed, contacts, clocks "
             "breached and\n"
             "met, notices sent. With --json each line is one object {sub, seq, type, at, ticket, data}. "
             "Ends with\n"
             "exit code 0 on Ctrl-C.",
     .examples = "  dubanctl watch --type clock.breached,clock.met\n"
                 "  dubanctl watch --ticket 42 --from-seq 1\n"
                 "  dubanctl watch --json | jq -c 'select(.type == \"ticket.create\")'",
     .method = "event.subscribe",
     .options = options,
     .run = run},
    {.name = NULL},
};
