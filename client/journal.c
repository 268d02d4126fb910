/*
 * The command that reads the journal: what was accepted and judged, in order; or, of that, the events, as a
 * file for replay.
 *
 * A row of options and a function that shows the answer; the list of commands (main.c) names both.
 * Bodies are shown as they were hashed, byte for byte, and not made pretty: whoever checks the chain by
 * hand needs these bytes. Only auditors, the head of the service centre and admins are answered, which is
 * the daemon's decision, not ours.
 */
#include "client/commands.h"

#include "client/interrupt.h"
#include "client/journal_reader.h"

static const struct option_row options[] = {
    {.name = "from-seq",
     .letter = 'f',
     .kind = OPTION_NUMBER,
     .value = "NUMBER",
     .parameter = "from_seq",
     .help = "first sequence number (default 1)"},
    {.name = "ticket",
     .letter = 't',
     .kind = OPTION_TEXT,
     .value = "ID",
     .parameter = "ticket",
     .help = "only this ticket's (its id)"},
    OPTION_LIMIT,
    {.name = "events", .kind = OPTION_FLAG, .help = "all of it, as events for dubanctl replay"},
    OPTION_END,
};

static void show(const struct screen *screen, const json_t *result)
{
    static const struct screen_column columns[] = {
        {"SEQ", "seq", SCREEN_TEXT},   {"AT", "at", SCREEN_SECOND},   {"TICKET", "ticket", SCREEN_TEXT},
        {"TYPE", "type", SCREEN_TEXT}, {"BODY", "body", SCREEN_TEXT}, {NULL, NULL, SCREEN_TEXT},
    };

    screen_table(screen, json_object_get(result, "rows"), columns, "no journal rows");
}

/* A history that breaks off without a word would be taken for a whole one: the exit code says so, and whoever
   pipes it should look. */
static enum exit_code print_events(const struct invocation *invocation)
{
    struct journal_reader *reader;
    enum exit_code code =
        journal_reader_open(invocation, options_text(&invocation->options, "ticket"), &reader);
    long long left = options_number(&invocation->options, "limit", -1);
    json_t *event = NULL;

    while (code == EXIT_FINE && left-- != 0 && !interrupt_pending()) {
        code = journal_reader_next(reader, &event);
        if (!event)
            break;
        json_dumpf(event, invocation->screen.out, JSON_COMPACT);
        fputc('\n', invocation->screen.out);
        json_decref(event);
    }
    journal_reader_close(reader);
    if (code != EXIT_FINE || !interrupt_pending())
        return code;
    command_complain("interrupted");
    return EXIT_INTERRUPTED;
}

static enum exit_code run(const struct invocation *invocation)
{
    return options_flag(&invocation->options, "events") ? print_events(invocation) : command_call(invocation);
}

const struct command journal_commands[] = {
    {.name = "journal",
     .summary = "Read the journal: what was accepted and judged",
     .help = "Reads the append-only journal by sequence number. With --json each row also has its hash, "
             "which covers\n"
             "the row before it.\n\n"
             "With --events the whole journal (or one ticket's rows) is written as events for dubanctl "
             "replay: what was\n"
             "accepted is asked again, and what was judged is left to the replay. Tickets are named by their "
             "ids.",
     .examples = "  dubanctl journal --ticket 42\n"
                 "  dubanctl journal --from-seq 1000 -n 500 --json\n"
                 "  dubanctl journal --events > events.jsonl",
     .method = "journal.read",
     .roles = "auditor, service_head and admin",
     .options = options,
     .show = show,
     .run = run},
    {.name = NULL},
};
