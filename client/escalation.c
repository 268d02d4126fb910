/*
 * Commands about escalations: which clocks are breached and not met, and saying "I know".
 *
 * Rows of options and functions that show answers; the list of commands (main.c) names them.
 * Acknowledging has a verb of its own, apart from contact and solve, because it satisfies no clock: it
 * tells the others who climb the same ladder that somebody is at it, and may carry the time at which the
 * clock will be met.
 */
#include "client/commands.h"

#include <stdlib.h>

static const struct option_row list_options[] = {
    {.name = "department",
     .kind = OPTION_TEXT,
     .value = "DEPARTMENT",
     .parameter = "department",
     .help = "only this department's"},
    {.name = "after",
     .kind = OPTION_TEXT,
     .value = "ID",
     .parameter = "after",
     .help = "continue after this ticket id"},
    OPTION_LIMIT,
    OPTION_END,
};

static const struct option_row ack_options[] = {
    OPTION_TICKET,
    {.name = "clock",
     .letter = 'c',
     .kind = OPTION_TEXT,
     .value = "CLOCK",
     .parameter = "clock",
     .help = "the breached clock (default: all of the ticket)"},
    {.name = "promise",
     .letter = 'p',
     .kind = OPTION_TIME,
     .value = "TIME",
     .parameter = "promise_at",
     .help = "by when it will be met; becomes a clock of its own"},
    {.name = "note",
     .letter = 'n',
     .kind = OPTION_TEXT,
     .value = "TEXT",
     .parameter = "note",
     .help = "a word to the record"},
    OPTION_AT,
    OPTION_END,
};

static void show_list(const struct screen *screen, const json_t *result)
{
    static const struct screen_column columns[] = {
        {"NUMBER", "number", SCREEN_TEXT},    {"ID", "ticket", SCREEN_TEXT},
        {"CLOCK", "clock", SCREEN_TEXT},      {"CYCLE", "cycle", SCREEN_TEXT},
        {"DUE", "due_at", SCREEN_TIME},       {"LEFT", NULL, SCREEN_LEFT},
        {"RUNGS", "rungs_done", SCREEN_TEXT}, {"ACKNOWLEDGED", "acknowledged", SCREEN_TEXT},
        {"TOLD", "told", SCREEN_TEXT},        {NULL, NULL, SCREEN_TEXT},
    };
    char *next = screen_text(json_object_get(result, "next"));

    screen_table(screen, json_object_get(result, "escalations"), columns, "no escalations");
    if (*next)
        screen_line(screen, "more: --after %s", next);
    free(next);
}

const struct command escalation_commands[] = {
    {.name = "escalations",
     .summary = "List breached clocks that are not met yet",
     .help = "Lists every breached clock with how long it is overdue, how many rungs of its ladder have "
             "fired, who\n"
             "was told and whether somebody has acknowledged it.",
     .examples = "  dubanctl escalations\n"
                 "  dubanctl escalations --department service_planning --json",
     .method = "escalation.list",
     .options = list_options,
     .show = show_list},
    {.name = "ack",
     .summary = "Acknowledge an escalation: I know, and I am at it",
     .help = "Acknowledges the breached clocks of a ticket. It solves nothing: the clock stays breached "
             "until it is\n"
             "met, but rungs that wait for \"nobody has acknowledged\" no longer fire.",
     .examples = "  dubanctl ack NR510201A-0042 --note \"on the way to the customer\"\n"
                 "  dubanctl ack 42 --clock first_contact --promise +30m",
     .method = "escalation.ack",
     .roles = "intake, handler, department_head, service_head, leadership and gateways",
     .options = ack_options,
     .is_write = true,
     .show = commands_show_change},
    {.name = NULL},
};
