/*
 * Commands for asking and deciding: more time before it is over, a decision from above.
 *
 * Rows only. Granting and denying are commands of their own although they are one method: nobody should
 * refuse something by forgetting a flag.
 */
#include "client/commands.h"

#define WORKING "intake, handler, department_head, service_head and gateways"
#define REVIEW  WORKING ", and leadership"

static const struct option_row ask_options[] = {
    OPTION_TICKET,
    {.name = "clock",
     .kind = OPTION_TEXT,
     .value = "CLOCK",
     .parameter = "clock",
     .is_required = true,
     .help = "which deadline"},
    {.name = "until",
     .kind = OPTION_TIME,
     .value = "TIME",
     .parameter = "until",
     .is_required = true,
     .help = "until when"},
    {.name = "reason",
     .kind = OPTION_TEXT,
     .value = "TEXT",
     .parameter = "reason",
     .is_required = true,
     .help = "why"},
    OPTION_END,
};

static const struct option_row decide_options[] = {
    OPTION_TICKET,
    {.name = "clock",
     .kind = OPTION_TEXT,
     .value = "CLOCK",
     .parameter = "clock",
     .help = "which deadline (default: the one that was asked for)"},
    {.name = "until",
     .kind = OPTION_TIME,
     .value = "TIME",
     .parameter = "until",
     .help = "grant only until then"},
    {.name = "note",
     .kind = OPTION_TEXT,
     .value = "TEXT",
     .parameter = "note",
     .help = "a word to the record"},
    OPTION_END,
};

static const struct option_row escalate_options[] = {
    OPTION_TICKET,
    {.name = "reason",
     .kind = OPTION_TEXT,
     .value = "TEXT",
     .parameter = "reason",
     .is_required = true,
     .help = "why"},
    {.name = "resources",
     .kind = OPTION_TEXT,
     .value = "TEXT",
     .parameter = "resources",
     .help = "what is needed"},
    {.name = "department",
     .kind = OPTION_TEXT,
     .value = "DEPARTMENT",
     .parameter = "department",
     .help = "where it should go"},
    {.name = "handler", .kind = OPTION_TEXT, .value = "PERSON", .parameter = "handler", .help = "to whom"},
    {.name = "clock",
     .kind = OPTION_TEXT,
     .value = "CLOCK",
     .parameter = "clock",
     .help = "which deadline must move"},
    {.name = "until", .kind = OPTION_TIME, .value = "TIME", .parameter = "until", .help = "until when"},
    OPTION_END,
};

static const struct option_row escalated_options[] = {
    OPTION_TICKET,
    {.name = "department",
     .kind = OPTION_TEXT,
     .value = "DEPARTMENT",
     .parameter = "department",
     .help = "where it goes (default: as asked for)"},
    {.name = "handler",
     .kind = OPTION_TEXT,
     .value = "PERSON",
     .parameter = "handler",
     .help = "to whom (default: as asked for)"},
    {.name = "until",
     .kind = OPTION_TIME,
     .value = "TIME",
     .parameter = "until",
     .help = "the new deadline (default: as asked for)"},
    {.name = "note",
     .kind = OPTION_TEXT,
     .value = "TEXT",
     .parameter = "note",
     .help = "a word to the record"},
    OPTION_END,
};

static const struct option_row no_options[] = {OPTION_END};

static void show_list(const struct screen *screen, const json_t *result)
{
    static const struct screen_column columns[] = {
        {"NUMBER", "number", SCREEN_TEXT},
        {"ID", "ticket", SCREEN_TEXT},
        {"KIND", "kind", SCREEN_TEXT},
        {"CLOCK", "clock", SCREEN_TEXT},
        {"UNTIL", "until", SCREEN_TIME},
        {"ASKED BY", "asked_by", SCREEN_TEXT},
        {"DEPARTMENT", "department", SCREEN_TEXT},
        {"HANDLER", "handler", SCREEN_TEXT},
        {NULL, NULL, SCREEN_TEXT},
    };

    screen_table(screen, json_object_get(result, "approvals"), columns, "nothing waits for a decision");
}

const struct command approval_commands[] = {
    {.name = "approvals",
     .summary = "List what waits for a decision",
     .help = "Lists the extensions and escalations that were asked for and not decided yet.",
     .examples = "  dubanctl approvals\n"
                 "  dubanctl approvals --json",
     .method = "approval.list",
     .options = no_options,
     .show = show_list},
    {.name = "extension ask",
     .summary = "Ask for a later deadline, before it is over",
     .help = "Asks for more time for one deadline of a ticket. Whoever the regime names decides; too late is "
             "refused.",
     .examples =
         "  dubanctl extension ask CASE-0042 --clock solution --until \"2026-03-06 18:00\" --reason \"the "
         "part comes later\"\n"
         "  dubanctl extension ask 42 --clock solution --until +4h --reason \"waiting for the supplier\"",
     .method = "extension.request",
     .roles = WORKING,
     .options = ask_options,
     .is_write = true,
     .show = commands_show_change},
    {.name = "extension grant",
     .summary = "Grant the later deadline",
     .help = "Grants what was asked for, or less of it with --until. The deadline moves if it has not passed "
             "yet.",
     .examples = "  dubanctl extension grant CASE-0042\n"
                 "  dubanctl extension grant 42 --until \"2026-03-05 12:00\" --note \"not later\"",
     .method = "extension.decide",
     .roles = REVIEW,
     .options = decide_options,
     .defaults = "{\"approve\":true}",
     .is_write = true,
     .show = commands_show_change},
    {.name = "extension deny",
     .summary = "Deny the later deadline",
     .help = "The deadline stays as it is.",
     .examples = "  dubanctl extension deny CASE-0042 --note \"the customer waits\"\n"
                 "  dubanctl extension deny 42",
     .method = "extension.decide",
     .roles = REVIEW,
     .options = decide_options,
     .defaults = "{\"approve\":false}",
     .is_write = true,
     .show = commands_show_change},
    {.name = "escalation ask",
     .summary = "Ask for a decision from above",
     .help = "Asks when a problem is beyond one's authority or needs what one does not have. Granted, the "
             "ticket is handed over.",
     .examples =
         "  dubanctl escalation ask CASE-0042 --reason \"a contract question\" --department sales\n"
         "  dubanctl escalation ask 42 --reason \"two more people\" --resources \"an engineer on site\"",
     .method = "escalation.request",
     .roles = WORKING,
     .options = escalate_options,
     .is_write = true,
     .show = commands_show_change},
    {.name = "escalation grant",
     .summary = "Grant an escalation and hand the ticket over",
     .help = "Grants what was asked for, or something else that is given here.",
     .examples = "  dubanctl escalation grant CASE-0042\n"
                 "  dubanctl escalation grant 42 --handler wang.fang",
     .method = "escalation.decide",
     .roles = REVIEW,
     .options = escalated_options,
     .defaults = "{\"approve\":true}",
     .is_write = true,
     .show = commands_show_change},
    {.name = "escalation deny",
     .summary = "Deny an escalation",
     .help = "The ticket stays where it is.",
     .examples = "  dubanctl escalation deny CASE-0042 --note \"you can decide this\"\n"
                 "  dubanctl escalation deny 42",
     .method = "escalation.decide",
     .roles = REVIEW,
     .options = escalated_options,
     .defaults = "{\"approve\":false}",
     .is_write = true,
     .show = commands_show_change},
    {.name = NULL},
};
