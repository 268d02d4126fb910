/*
 * Commands about a ticket's way: it has to wait, it need not any more, it goes on to another stage.
 *
 * Rows only, beside those of ticket_change.c. Which reasons and stages there are, who may use them and from
 * where to where is the regime's; a refusal says what would be possible, and nothing here knows a word of it.
 */
#include "client/commands.h"

#define WORKING "intake, handler, department_head, service_head and gateways"

static const struct option_row pause_options[] = {
    OPTION_TICKET,
    {.name = "REASON",
     .kind = OPTION_TEXT,
     .value = "REASON",
     .parameter = "reason",
     .is_required = true,
     .is_argument = true,
     .help = "what is waited for: a pause of the regime"},
    {.name = "note",
     .kind = OPTION_TEXT,
     .value = "TEXT",
     .parameter = "note",
     .help = "a word to the record"},
    OPTION_AT,
    OPTION_END,
};

static const struct option_row resume_options[] = {
    OPTION_TICKET,
    {.name = "reason",
     .letter = 'r',
     .kind = OPTION_TEXT,
     .value = "REASON",
     .parameter = "reason",
     .help = "what is no longer waited for (default: all of it)"},
    OPTION_AT,
    OPTION_END,
};

static const struct option_row move_options[] = {
    OPTION_TICKET,
    {.name = "STAGE",
     .kind = OPTION_TEXT,
     .value = "STAGE",
     .parameter = "stage",
     .is_required = true,
     .is_argument = true,
     .help = "stage of the regime"},
    {.name = "reason",
     .letter = 'r',
     .kind = OPTION_TEXT,
     .value = "TEXT",
     .parameter = "reason",
     .help = "why"},
    OPTION_AT,
    OPTION_END,
};

const struct command ticket_way_commands[] = {
    {.name = "ticket pause",
     .summary = "Say that a ticket has to wait, and for what",
     .help = "Clocks that the regime stops for this reason stand until the ticket is resumed; all others run "
             "on. What\n"
             "is breached already stays breached. A ticket may wait for several things at once.",
     .examples =
         "  dubanctl ticket pause NR510201A-0042 awaiting_customer --note \"sends the log on Friday\"\n"
         "  dubanctl ticket pause 42 spare_parts --at \"2026-03-02 15:00\"",
     .method = "ticket.pause",
     .roles = WORKING,
     .options = pause_options,
     .is_write = true,
     .show = commands_show_change},
    {.name = "ticket resume",
     .summary = "Say that it need not wait any more",
     .help = "The clocks go on with what was left. A pause that a stage brought ends with the stage: see "
             "ticket move.",
     .examples = "  dubanctl ticket resume NR510201A-0042\n"
                 "  dubanctl ticket resume 42 --reason spare_parts --at -30m",
     .method = "ticket.resume",
     .roles = WORKING,
     .options = resume_options,
     .is_write = true,
     .show = commands_show_change},
    {.name = "ticket move",
     .summary = "Take a ticket to another stage",
     .help = "Which stages there are, from where each is entered and by whom is the regime's; a refusal says "
             "where\n"
             "one can go from here. Some stages pause clocks while the ticket is in them.",
     .examples = "  dubanctl ticket move NR510201A-0042 waiting --reason \"customer is away\"\n"
                 "  dubanctl ticket move 42 diagnosed",
     .method = "ticket.move",
     .roles = WORKING,
     .options = move_options,
     .is_write = true,
     .show = commands_show_change},
    {.name = NULL},
};
