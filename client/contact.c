/*
 * The command that records a contact with the customer.
 *
 * A row of options and a function that shows the answer; the list of commands (main.c) names both. It
 * is the commonest write of all, so it has a short name and assumes the commonest case: that we reached
 * out, and that the two sides spoke. Everything else is said with a flag, never asked for: whoever has just
 * put down the receiver must not be made to answer questions.
 */
#include "client/commands.h"

static const struct option_row options[] = {
    OPTION_TICKET,
    {.name = "channel",
     .letter = 'c',
     .kind = OPTION_TEXT,
     .value = "CHANNEL",
     .parameter = "channel",
     .is_required = true,
     .help = "how: phone, fax, email, web, on_site"},
    {.name = "in",
     .kind = OPTION_FLAG,
     .parameter = "direction",
     .literal = "\"in\"",
     .help = "the customer contacted us (default: we contacted the customer)"},
    {.name = "not-reached",
     .kind = OPTION_FLAG,
     .parameter = "reached",
     .literal = "false",
     .help = "nobody was reached (default: the two sides spoke)"},
    {.name = "kind",
     .letter = 'k',
     .kind = OPTION_TEXT,
     .value = "KIND",
     .parameter = "kind",
     .help = "progress, apology, result, satisfaction or other (default)"},
    {.name = "note",
     .letter = 'n',
     .kind = OPTION_TEXT,
     .value = "TEXT",
     .parameter = "note",
     .help = "what was said"},
    {.name = "minutes",
     .letter = 'm',
     .kind = OPTION_NUMBER,
     .value = "MINUTES",
     .parameter = "minutes",
     .help = "how long it took"},
    {.name = "next",
     .kind = OPTION_TIME,
     .value = "TIME",
     .parameter = "next_at",
     .help = "by when the next contact was promised"},
    {.name = "automatic",
     .kind = OPTION_FLAG,
     .parameter = "automatic",
     .help = "sent by a machine, an auto-reply"},
    OPTION_AT,
    OPTION_END,
};

const struct command contact_commands[] = {
    {.name = "contact",
     .summary = "Record a contact with the customer",
     .help =
         "Records that a contact took place and shows which clocks it satisfied. A contact may be recorded\n"
         "late with --at; then the clocks are judged by the true time, and an escalation that was sent in "
         "the\n"
         "meantime is withdrawn.",
     .examples =
         "  dubanctl contact NR510201A-0042 --channel phone --kind progress --note \"will be done by six\"\n"
         "  dubanctl contact 42 -c phone --next 15:00\n"
         "  dubanctl contact 42 -c phone --not-reached\n"
         "  dubanctl contact 42 -c email --in --at -2h",
     .method = "contact.record",
     .roles = "intake, handler, department_head, service_head and gateways",
     .options = options,
     .defaults = "{\"direction\": \"out\", \"reached\": true}",
     .is_write = true,
     .show = commands_show_change},
    {.name = NULL},
};
