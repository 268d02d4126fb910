/*
 * The command that adds to a ticket's supervision log.
 *
 * A row of options; the list of commands (main.c) names it. Unlike a contact an entry satisfies no
 * clock, which is why it has a name of its own: a flag on `contact` would let a note about our own work
 * pass for a call to the customer. The period it speaks of is optional, and so is the degree of solution,
 * as on the paper form it stands for.
 */
#include "client/commands.h"

static const struct option_row options[] = {
    OPTION_TICKET,
    {.name = "note",
     .letter = 'n',
     .kind = OPTION_TEXT,
     .value = "TEXT",
     .parameter = "note",
     .is_required = true,
     .help = "what was done"},
    {.name = "from",
     .kind = OPTION_TIME,
     .value = "TIME",
     .parameter = "from",
     .help = "the period it speaks of: from"},
    {.name = "to",
     .kind = OPTION_TIME,
     .value = "TIME",
     .parameter = "to",
     .help = "the period it speaks of: to"},
    {.name = "degree",
     .kind = OPTION_TEXT,
     .value = "TEXT",
     .parameter = "degree",
     .help = "degree of solution"},
    OPTION_AT,
    OPTION_END,
};

const struct command progress_commands[] = {
    {.name = "progress",
     .summary = "Add an entry to a ticket's supervision log",
     .help = "Adds what was done, for which period, and how far the solution has come. It is no contact with "
             "the\n"
             "customer: no clock is satisfied by it (see dubanctl contact).",
     .examples = "  dubanctl progress NR510201A-0042 --note \"disk ordered\" --degree 30%\n"
                 "  dubanctl progress 42 -n \"restored half of the data\" --from -4h --to now",
     .method = "progress.add",
     .roles = "intake, handler, department_head, service_head and gateways",
     .options = options,
     .is_write = true,
     .show = commands_show_change},
    {.name = NULL},
};
