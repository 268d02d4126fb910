/* The rows of all commands, one table a noun. Tables end with a row whose name is NULL. */
#ifndef DUBAN_CLIENT_COMMANDS_H
#define DUBAN_CLIENT_COMMANDS_H

#include "client/command.h"

extern const struct command ticket_commands[];
extern const struct command ticket_change_commands[];
extern const struct command ticket_way_commands[];
extern const struct command act_commands[];
extern const struct command approval_commands[];
extern const struct command contact_commands[];
extern const struct command progress_commands[];
extern const struct command clock_commands[];
extern const struct command explain_commands[];
extern const struct command notice_commands[];
extern const struct command escalation_commands[];
extern const struct command event_commands[];
extern const struct command journal_commands[];
extern const struct command system_commands[];
extern const struct command import_commands[];
extern const struct command replay_commands[];
extern const struct command calendar_commands[];
extern const struct command calendar_desk_commands[];
extern const struct command regime_commands[];
extern const struct command mailing_commands[];
extern const struct command register_commands[];
extern const struct command report_commands[];
extern const struct command schedule_commands[];
extern const struct command policy_commands[];
extern const struct command form_commands[];

/* Rows that many commands share, to be written among a command's options. */
#define OPTION_TICKET                                                                                        \
    {                                                                                                        \
        .name = "TICKET", .kind = OPTION_TEXT, .value = "TICKET", .help = "ticket number or id",             \
        .parameter = "ticket", .is_required = true, .is_argument = true                                      \
    }
#define OPTION_AT                                                                                            \
    {                                                                                                        \
        .name = "at", .kind = OPTION_TIME, .value = "TIME",                                                  \
        .help = "when it really happened (default: now)", .parameter = "at"                                  \
    }
#define OPTION_LIMIT                                                                                         \
    {                                                                                                        \
        .name = "limit", .letter = 'n', .kind = OPTION_NUMBER, .value = "COUNT",                             \
        .help = "at most this many", .parameter = "limit"                                                    \
    }
#define OPTION_END                                                                                           \
    {                                                                                                        \
        .name = NULL                                                                                         \
    }

/* Shows a change's answer: the ticket's line and its clocks. */
void commands_show_change(const struct screen *screen, const json_t *result);

/* Shows what a reload or an import of a calendar came to. */
void commands_show_reload(const struct screen *screen, const json_t *result);

#endif
