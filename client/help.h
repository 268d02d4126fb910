/* What `--help` teaches, made from the commands' rows. */
#ifndef DUBAN_CLIENT_HELP_H
#define DUBAN_CLIENT_HELP_H

#include "client/command.h"

/* All commands in groups; `prefix` (may be NULL) leaves only those whose name begins with it. */
void help_all(FILE *out, const struct command *const *tables, size_t count, const char *prefix);

/* One command; `tables` are its own options and the shared ones. */
void help_command(FILE *out, const struct command *command,
                  const struct option_row *const tables[OPTIONS_TABLES]);

/* `dubanctl ticket assign TICKET [options]` */
void help_usage(FILE *out, const struct command *command);

#endif
