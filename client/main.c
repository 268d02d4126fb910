/*
 * dubanctl: the command line of duban.
 *
 * Owns nothing but the list of tables. A command is found by its words ("ticket new"), the longest name
 * first, and run by its row; everything a command knows stands in its noun's file. Adding one means adding a
 * row, and the help, the option reader, the completion of the shell and the check of the manual page follow
 * from it.
 *
 * Not one program per command: they share the socket, the times and the tables, and people look for one name.
 */
#include "client/command.h"
#include "client/commands.h"
#include "client/help.h"
#include "client/interrupt.h"
#include "client/table.h"
#include <stdlib.h>
#include <string.h>

#define COMMANDS_MAX 64

static const struct command *const tables[] = {
    ticket_commands,     ticket_change_commands, ticket_way_commands,    contact_commands, approval_commands,
    act_commands,        progress_commands,      clock_commands,         explain_commands, notice_commands,
    escalation_commands, event_commands,         journal_commands,       system_commands,  import_commands,
    replay_commands,     calendar_commands,      calendar_desk_commands, regime_commands,  register_commands,
    schedule_commands,   report_commands,        policy_commands,        form_commands,    mailing_commands,
};

#define TABLES (sizeof tables / sizeof *tables)

/* How many of the words spell this command's name; 0: not this command. */
static int words_matched(const char *name, int argc, char **argv)
{
    int words = 0;

    for (;;) {
        size_t length = strcspn(name, " ");

        if (words >= argc || strlen(argv[words]) != length || memcmp(argv[words], name, length) != 0)
            return 0;
        words++;
        if (name[length] == '\0')
            return words;
        name += length + 1;
    }
}

static const struct command *find(int argc, char **argv, int *ret_words)
{
    const struct command *found = NULL;

    *ret_words = 0;
    for (size_t t = 0; t < TABLES; t++)
        for (const struct command *command = tables[t]; command->name; command++) {
            int words = words_matched(command->name, argc, argv);

            if (words > *ret_words) {
                *ret_words = words;
                found = command;
            }
        }
    return found;
}

/* The commands that begin with a word, such as "ticket"; how many there are. */
static size_t begin_with(const char *word, const char *ret_names[COMMANDS_MAX])
{
    size_t count = 0;

    for (size_t t = 0; t < TABLES; t++)
        for (const struct command *command = tables[t]; command->name && count < COMMANDS_MAX; command++)
            if (!*word ||
                (strncmp(command->name, word, strlen(word)) == 0 && command->name[strlen(word)] == ' '))
                ret_names[count++] = command->name;
    return count;
}

/* A first word without its second: the commands that begin with it. */
static int incomplete(int argc, char **argv)
{
    bool is_help = argc > 1 && (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0);

    help_all(is_help ? stdout : stderr, tables, TABLES, argv[0]);
    return is_help ? EXIT_FINE : EXIT_USAGE;
}

static int unknown(int argc, char **argv)
{
    const char *names[COMMANDS_MAX];
    char words[128];
    bool is_group = begin_with(argv[0], names) > 0;

    if (is_group && (argc == 1 || argv[1][0] == '-'))
        return incomplete(argc, argv);
    snprintf(words, sizeof words, "%s%s%s", argv[0], argc > 1 ? " " : "", argc > 1 ? argv[1] : "");
    size_t count = begin_with("", names);
    const char *nearest = options_nearest(words, names, count);

    if (!nearest)
        nearest = options_nearest(argv[0], names, count);
    if (nearest)
        command_complain("unknown command %s (did you mean %s?)", is_group ? words : argv[0], nearest);
    else
        command_complain("unknown command %s (see: dubanctl --help)", is_group ? words : argv[0]);
    return EXIT_USAGE;
}

static int list_commands(void)
{
    const char *names[COMMANDS_MAX];
    size_t count = begin_with("", names);

    for (size_t i = 0; i < count; i++)
        puts(names[i]);
    return EXIT_FINE;
}

static int run(int argc, char **argv)
{
    int words;
    const struct command *command = find(argc, argv, &words);

    if (!command)
        return unknown(argc, argv);
    return (int)command_run(command, argc - words, argv + words);
}

/* The options that stand before any command. */
static int run_global(int argc, char **argv)
{
    char ask_help[] = "--help";
    int words;
    const struct command *command;

    if (strcmp(argv[0], "help") == 0 && (command = find(argc - 1, argv + 1, &words)))
        return (int)command_run(command, 1, (char *[]){ask_help});
    if (strcmp(argv[0], "--help") == 0 || strcmp(argv[0], "-h") == 0 || strcmp(argv[0], "help") == 0) {
        help_all(stdout, tables, TABLES, NULL);
        return EXIT_FINE;
    }
    if (strcmp(argv[0], "--version") == 0) {
        puts("dubanctl " DUBAN_VERSION);
        return EXIT_FINE;
    }
    if (strcmp(argv[0], "--list-commands") == 0)
        return list_commands();
    if (strcmp(argv[0], "--list-options") == 0 && (command = find(argc - 1, argv + 1, &words))) {
        command_list_options(stdout, command);
        return EXIT_FINE;
    }
    if (argv[0][0] != '-')
        return run(argc, argv);
    command_complain("%s must follow a command (see: dubanctl --help)", argv[0]);
    return EXIT_USAGE;
}

int main(int argc, char **argv)
{
    int code;

    table_locale();
    interrupt_catch();
    if (argc < 2) {
        help_all(stderr, tables, TABLES, NULL);
        return EXIT_USAGE;
    }
    code = run_global(argc - 1, argv + 1);
    if ((fflush(stdout) != 0 || ferror(stdout)) && code == EXIT_FINE) {
        command_complain("the answer could not be written out");
        code = EXIT_NOT_WRITTEN;
    }
    return code;
}
