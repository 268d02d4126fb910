/*
 * Commands that change a ticket, from handing it over to reopening it.
 *
 * Rows only. What each change means for the clocks is the daemon's business; its answer brings the clocks
 * along and they are shown, because whoever changes a ticket wants to know what is due next.
 */
#include "client/commands.h"

#define WORKING "intake, handler, department_head, service_head and gateways"
#define INTAKE  "intake, service_head and gateways"

static const struct option_row assign_options[] = {
    OPTION_TICKET,
    {.name = "department",
     .kind = OPTION_TEXT,
     .value = "DEPARTMENT",
     .parameter = "department",
     .help = "hand over to this department"},
    {.name = "handler",
     .kind = OPTION_TEXT,
     .value = "PERSON",
     .parameter = "handler",
     .help = "to this person"},
    OPTION_AT,
    OPTION_END,
};

static const struct option_row classify_options[] = {
    OPTION_TICKET,
    {.name = "urgency",
     .letter = 'u',
     .kind = OPTION_TEXT,
     .value = "URGENCY",
     .parameter = "urgency",
     .help = "new urgency"},
    {.name = "type",
     .letter = 't',
     .kind = OPTION_TEXT,
     .value = "TYPE",
     .parameter = "type",
     .help = "new type"},
    {.name = "class",
     .letter = 'c',
     .kind = OPTION_TEXT,
     .value = "CLASS",
     .parameter = "class",
     .help = "new class"},
    OPTION_AT,
    OPTION_END,
};

static const struct option_row plan_options[] = {
    OPTION_TICKET,
    {.name = "expected",
     .letter = 'e',
     .kind = OPTION_TIME,
     .value = "TIME",
     .parameter = "expected_at",
     .is_required = true,
     .help = "when it will be solved"},
    {.name = "measures",
     .letter = 'm',
     .kind = OPTION_TEXT,
     .value = "TEXT",
     .parameter = "measures",
     .is_required = true,
     .help = "what will be done"},
    OPTION_AT,
    OPTION_END,
};

static const struct option_row solve_options[] = {
    OPTION_TICKET,
    {.name = "result",
     .letter = 'r',
     .kind = OPTION_TEXT,
     .value = "TEXT",
     .parameter = "result",
     .is_required = true,
     .help = "what was done"},
    OPTION_AT,
    OPTION_END,
};

static const struct option_row close_options[] = {OPTION_TICKET, OPTION_AT, OPTION_END};

static const struct option_row reopen_options[] = {
    OPTION_TICKET,
    {.name = "reason",
     .letter = 'r',
     .kind = OPTION_TEXT,
     .value = "TEXT",
     .parameter = "reason",
     .help = "why"},
    OPTION_AT,
    OPTION_END,
};

const struct command ticket_change_commands[] = {
    {.name = "ticket assign",
     .summary = "Hand a ticket over to a department or a person",
     .help = "Hands over and keeps the time of the handing over. Give --department, --handler or both.",
     .examples = "  dubanctl ticket assign NR510201A-0042 --department project_management\n"
                 "  dubanctl ticket assign 42 --handler wang --at \"2026-03-02 15:00\"",
     .method = "ticket.assign",
     .roles = WORKING,
     .options = assign_options,
     .is_write = true,
     .show = commands_show_change},
    {.name = "ticket classify",
     .summary = "Change a ticket's urgency, type or class",
     .help = "Changes what the ticket is. Running clocks are judged again from the intake; what was met "
             "stays met\n"
             "and what was breached stays on record.",
     .examples = "  dubanctl ticket classify NR510201A-0042 --urgency very_urgent\n"
                 "  dubanctl ticket classify 42 --type software_product --if-revision 3",
     .method = "ticket.classify",
     .roles = WORKING,
     .options = classify_options,
     .is_write = true,
     .show = commands_show_change},
    {.name = "ticket plan",
     .summary = "State when a ticket will be solved, and how",
     .help = "States the expected time of solution and the measures. From then on the ticket is supervised "
             "against\n"
             "that time. Stating it again replaces it; the history is kept.",
     .examples = "  dubanctl ticket plan NR510201A-0042 --expected \"2026-03-04 18:00\" --measures \"replace "
                 "the disk\"\n"
                 "  dubanctl ticket plan 42 -e +6h -m \"restore from yesterday's copy\"",
     .method = "ticket.plan",
     .roles = WORKING,
     .options = plan_options,
     .is_write = true,
     .show = commands_show_change},
    {.name = "ticket solve",
     .summary = "Say that the problem is solved",
     .help = "Records the solution and what was done. The ticket stays open until it is closed.",
     .examples = "  dubanctl ticket solve NR510201A-0042 --result \"disk replaced, data restored\"\n"
                 "  dubanctl ticket solve 42 -r \"explained the setting\" --at -30m",
     .method = "ticket.solve",
     .roles = WORKING,
     .options = solve_options,
     .is_write = true,
     .show = commands_show_change},
    {.name = "ticket close",
     .summary = "Close a ticket: nothing more is owed",
     .help = "Closes a ticket. When the regime still asks for something, such as the apology of a complaint, "
             "it is\n"
             "refused and the missing condition is named.",
     .examples = "  dubanctl ticket close NR510201A-0042\n"
                 "  dubanctl ticket close 42 --if-revision 9",
     .method = "ticket.close",
     .roles = INTAKE,
     .options = close_options,
     .is_write = true,
     .show = commands_show_change},
    {.name = "ticket reopen",
     .summary = "Reopen a ticket: it was not solved after all",
     .help =
         "Takes a solved or closed ticket back to work. The clocks that the regime names begin a new cycle.",
     .examples = "  dubanctl ticket reopen NR510201A-0042 --reason \"the fault is back\"\n"
                 "  dubanctl ticket reopen 42",
     .method = "ticket.reopen",
     .roles = WORKING,
     .options = reopen_options,
     .is_write = true,
     .show = commands_show_change},
    {.name = NULL},
};
