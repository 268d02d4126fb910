/*
 * The command that reads the journal: what was accepted and judged, in order.
 *
 * A row of options and a function that shows the answer; the list of commands (main.c) names both.
 * Bodies are shown as they were hashed, byte for byte, and not made pretty: whoever checks the chain by
 * hand needs these bytes. Only auditors, the head of the service centre and admins are answered, which is
 * the daemon's decision, not ours.
 */
#include "client/commands.h"

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

const struct command journal_commands[] = {
    {.name = "journal",
     .summary = "Read the journal: what was accepted and judged",
     .help = "Reads the append-only journal by sequence number. With --json each row also has its hash, "
             "which covers\n"
             "the row before it.",
     .examples = "  dubanctl journal --ticket 42\n"
                 "  dubanctl journal --from-seq 1000 -n 500 --json",
     .method = "journal.read",
     .roles = "auditor, service_head and admin",
     .options = options,
     .show = show},
    {.name = NULL},
};
