/*
 * Commands for what is done about a ticket besides calling: steps, signatures, the customer's satisfaction.
 *
 * Rows only. Which steps there are, who signs and which levels of satisfaction there are is the regime's
 * business; the daemon says what is missing.
 */
#include "client/commands.h"

#define WORKING "intake, handler, department_head, service_head and gateways"
#define REVIEW  WORKING ", and leadership"

#define OPTION_NOTE                                                                                          \
    {                                                                                                        \
        .name = "note", .kind = OPTION_TEXT, .value = "TEXT", .parameter = "note",                           \
        .help = "a word to the record"                                                                       \
    }

static const struct option_row step_options[] = {
    OPTION_TICKET,
    {.name = "STEP",
     .kind = OPTION_TEXT,
     .value = "STEP",
     .parameter = "step",
     .is_required = true,
     .is_argument = true,
     .help = "step of the ticket's class"},
    OPTION_NOTE,
    OPTION_AT,
    OPTION_END,
};

static const struct option_row sign_options[] = {
    OPTION_TICKET,
    {.name = "SIGNATURE",
     .kind = OPTION_TEXT,
     .value = "SIGNATURE",
     .parameter = "signature",
     .is_required = true,
     .is_argument = true,
     .help = "which signature of the regime"},
    OPTION_NOTE,
    OPTION_AT,
    OPTION_END,
};

static const struct option_row satisfaction_options[] = {
    OPTION_TICKET,
    {.name = "LEVEL",
     .kind = OPTION_TEXT,
     .value = "LEVEL",
     .parameter = "level",
     .is_required = true,
     .is_argument = true,
     .help = "level of the regime"},
    OPTION_NOTE,
    OPTION_AT,
    OPTION_END,
};

const struct command act_commands[] = {
    {.name = "step done",
     .summary = "Say that a step of a ticket was done",
     .help = "Puts a step of the ticket's class on record. Steps that must come before it, and who may do "
             "it, are "
             "the\n"
             "regime's; what is missing is named.",
     .examples = "  dubanctl step done CASE-0042 containment --note \"stock is blocked\"\n"
                 "  dubanctl step done 42 causes --at -2h",
     .method = "step.done",
     .roles = REVIEW,
     .options = step_options,
     .is_write = true,
     .show = commands_show_change},
    {.name = "step undo",
     .summary = "Say that a step was not done after all",
     .help = "Takes a step back. The record keeps both; what rests on the step waits again.",
     .examples = "  dubanctl step undo CASE-0042 containment --note \"the fault went through\"\n"
                 "  dubanctl step undo 42 causes",
     .method = "step.done",
     .roles = REVIEW,
     .options = step_options,
     .defaults = "{\"done\":false}",
     .is_write = true,
     .show = commands_show_change},
    {.name = "sign",
     .summary = "Put one's name to a ticket",
     .help = "Gives a signature that the regime asks for. Who may give it is the regime's.",
     .examples = "  dubanctl sign CASE-0042 quality\n"
                 "  dubanctl sign 42 director --note \"agreed\"",
     .method = "sign",
     .roles = REVIEW,
     .options = sign_options,
     .is_write = true,
     .show = commands_show_change},
    {.name = "satisfaction record",
     .summary = "Record how satisfied the customer is",
     .help = "The last word counts; the ones before it stay on record.",
     .examples = "  dubanctl satisfaction record CASE-0042 neutral --note \"it took too long\"\n"
                 "  dubanctl satisfaction record 42 satisfied",
     .method = "satisfaction.record",
     .roles = WORKING,
     .options = satisfaction_options,
     .is_write = true,
     .show = commands_show_change},
    {.name = NULL},
};
