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
    {.name = "supporting",
     .kind = OPTION_LIST,
     .value = "DEPARTMENT,…",
     .parameter = "supporting",
     .help = "departments that help, instead of those before"},
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

static const struct option_row merge_options[] = {
    OPTION_TICKET,
    {.name = "INTO",
     .kind = OPTION_TEXT,
     .value = "INTO",
     .parameter = "into",
     .is_required = true,
     .is_argument = true,
     .help = "the ticket that answers for both from now on"},
    {.name = "note", .kind = OPTION_TEXT, .value = "TEXT", .parameter = "note", .help = "why"},
    OPTION_AT,
    OPTION_END,
};

static const struct option_row link_options[] = {
    OPTION_TICKET,
    {.name = "TO",
     .kind = OPTION_TEXT,
     .value = "TO",
     .parameter = "to",
     .is_required = true,
     .is_argument = true,
     .help = "the other ticket"},
    {.name = "relation",
     .kind = OPTION_TEXT,
     .value = "RELATION",
     .parameter = "relation",
     .help = "related (default), duplicate_of, caused_by or part_of"},
    {.name = "remove", .kind = OPTION_FLAG, .parameter = "remove", .help = "the link was a mistake"},
    {.name = "note",
     .kind = OPTION_TEXT,
     .value = "TEXT",
     .parameter = "note",
     .help = "a word to the record"},
    OPTION_END,
};

static const struct option_row update_options[] = {
    OPTION_TICKET,
    {.name = "subject",
     .kind = OPTION_TEXT,
     .value = "TEXT",
     .parameter = "subject",
     .help = "the problem in one line"},
    {.name = "details",
     .kind = OPTION_TEXT,
     .value = "TEXT",
     .parameter = "details",
     .help = "the problem in full"},
    {.name = "customer",
     .kind = OPTION_TEXT,
     .value = "NAME",
     .parameter = "customer.name",
     .help = "organisation"},
    {.name = "customer-id",
     .kind = OPTION_TEXT,
     .value = "ID",
     .parameter = "customer.id",
     .help = "your own id for the customer"},
    {.name = "staffed",
     .kind = OPTION_TEXT,
     .value = "HOURS",
     .parameter = "customer.staffed",
     .help = "24h or HH:MM-HH:MM: when somebody is there"},
    {.name = "key-account",
     .kind = OPTION_FLAG,
     .parameter = "customer.key_account",
     .help = "the customer is a key account"},
    {.name = "no-key-account",
     .kind = OPTION_FLAG,
     .parameter = "customer.key_account",
     .literal = "false",
     .help = "it is none"},
    {.name = "contact",
     .kind = OPTION_TEXT,
     .value = "NAME",
     .parameter = "contact.name",
     .help = "contact person; give the ways to reach them, too"},
    {.name = "phone", .kind = OPTION_TEXT, .value = "NUMBER", .parameter = "contact.phone", .help = "phone"},
    {.name = "fax", .kind = OPTION_TEXT, .value = "NUMBER", .parameter = "contact.fax", .help = "fax"},
    {.name = "email",
     .kind = OPTION_TEXT,
     .value = "ADDRESS",
     .parameter = "contact.email",
     .help = "e-mail address"},
    {.name = "field",
     .kind = OPTION_PAIR,
     .value = "NAME=VALUE",
     .parameter = "fields",
     .literal = "null",
     .help = "a field that changes; NAME= takes it out; may be given several times"},
    {.name = "note", .kind = OPTION_TEXT, .value = "TEXT", .parameter = "note", .help = "why"},
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
    {.name = "ticket merge",
     .summary = "Merge a ticket into another that is about the same thing",
     .help = "From now on the other ticket answers for both: the earlier intake counts, and the contacts of "
             "both. A\n"
             "breach that nobody has answered goes on there with its ladder; the merged ticket is closed for "
             "good and\n"
             "its record is shown with the other one.",
     .examples = "  dubanctl ticket merge NR510201A-0043 NR510201A-0042 --note \"the same printer\"\n"
                 "  dubanctl ticket merge 43 42",
     .method = "ticket.merge",
     .roles = WORKING,
     .options = merge_options,
     .is_write = true,
     .show = commands_show_change},
    {.name = "ticket link",
     .summary = "Note that two tickets have to do with each other",
     .help = "A remark for people, shown with both tickets. It moves no clock; to let one answer for both, "
             "merge them.",
     .examples = "  dubanctl ticket link NR510201A-0043 NR510201A-0042 --relation caused_by\n"
                 "  dubanctl ticket link 43 42 --remove",
     .method = "ticket.link",
     .roles = WORKING,
     .options = link_options,
     .is_write = true,
     .show = commands_show_change},
    {.name = "ticket update",
     .summary = "Correct what was said at intake",
     .help = "What was written at intake stays on record; what is given here is shown instead from now on. "
             "Other\n"
             "staffed hours mean other deadlines.",
     .examples = "  dubanctl ticket update NR510201A-0042 --subject \"the printer on floor 3\"\n"
                 "  dubanctl ticket update 42 --contact \"Ms Li\" --phone 010-5550100 --note \"misheard\"\n"
                 "  dubanctl ticket update 42 --field damage=human --field applied_on=2024-11-02",
     .method = "ticket.update",
     .roles = INTAKE,
     .options = update_options,
     .is_write = true,
     .show = commands_show_change},
    {.name = NULL},
};
