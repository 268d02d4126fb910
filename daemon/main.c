/*
 * duband: options, and which of three things to do: migrate the database, check the configuration, or serve.
 *
 * Everything else is in service.c. The daemon stays in the foreground, as service managers and people at a
 * terminal want it; it writes no pid file and closes no terminal.
 *
 * Exit codes (sysexits.h where there is one):
 *     0   stopped as asked, or migrated, or checked without complaint
 *     64  the command line is wrong
 *     71  the operating system refused something
 *     75  not now: the database is away, another daemon leads, or leadership was lost; start again
 *     78  a file of the configuration is wrong, and starting again would not help
 */
#include "daemon/config.h"
#include "daemon/log.h"
#include "daemon/migrate.h"
#include "daemon/readiness.h"
#include "daemon/service.h"
#include <getopt.h>
#include <jansson.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

static const char usage[] =
    "Usage: duband [OPTION]...\n"
    "Watch customer-contact deadlines and tell the right people before and after they are missed.\n"
    "\n"
    "  --config FILE      settings (default " CONFIG_FILE_DEFAULT ")\n"
    "  --check            check settings, regime, people, calendars and templates, and exit\n"
    "  --migrate          bring the database to this program's schema, and exit\n"
    "  --conninfo TEXT    with --migrate: this database instead of the settings'\n"
    "  --socket PATH      listen here instead of where the settings say\n"
    "  --foreground       stay in the foreground (it always does)\n"
    "  --help, --version\n"
    "\n"
    "SIGTERM finishes what was begun and stops; SIGHUP reads regime and people again.\n"
    "Exit codes: 0 fine, 64 usage, 71 system, 75 try again later, 78 configuration.\n"
    "Manual: duband(8), duban.ini(5)\n";

struct command {
    const char *config, *conninfo, *socket;
    bool migrates, checks;
};

enum { OPTION_CONFIG = 256, OPTION_CHECK, OPTION_MIGRATE, OPTION_CONNINFO, OPTION_SOCKET, OPTION_FOREGROUND };

/* Exits for --help, --version and mistakes. */
static void read_options(int count, char **arguments, struct command *command)
{
    static const struct option options[] = {
        {"config", required_argument, NULL, OPTION_CONFIG},
        {"check", no_argument, NULL, OPTION_CHECK},
        {"migrate", no_argument, NULL, OPTION_MIGRATE},
        {"conninfo", required_argument, NULL, OPTION_CONNINFO},
        {"socket", required_argument, NULL, OPTION_SOCKET},
        {"foreground", no_argument, NULL, OPTION_FOREGROUND},
        {"help", no_argument, NULL, 'h'},
        {"version", no_argument, NULL, 'V'},
        {NULL, 0, NULL, 0},
    };

    for (int option; (option = getopt_long(count, arguments, "hV", options, NULL)) != -1;)
        switch (option) {
        case OPTION_CONFIG:
            command->config = optarg;
            break;
        case OPTION_CHECK:
            command->checks = true;
            break;
        case OPTION_MIGRATE:
            command->migrates = true;
            break;
        case OPTION_CONNINFO:
            command->conninfo = optarg;
            break;
        case OPTION_SOCKET:
            command->socket = optarg;
            break;
        case OPTION_FOREGROUND:
            break;
        case 'h':
            fputs(usage, stdout);
            exit(EX_OK);
        case 'V':
            puts("duband " DUBAN_VERSION);
            exit(EX_OK);
        case '?':
            fputs("Try duband --help\n", stderr);
            exit(EX_USAGE);
        }
    if (optind < count || (command->conninfo && !command->migrates) ||
        (command->checks && command->migrates)) {
        fputs("These arguments do not go together. Try duband --help\n", stderr);
        exit(EX_USAGE);
    }
}

/* For the two modes in which a person waits for the answer. */
static int complain(char *why, int exit_code)
{
    fprintf(stderr, "duband: %s\n", why);
    free(why);
    return exit_code;
}

static int migrate(const struct command *command, const struct config *config)
{
    const char *conninfo = command->conninfo ? command->conninfo : config_settings(config)->conninfo;
    char *why = NULL;

    return migrate_run(conninfo, stdout, &why) == 0 ? EX_OK : complain(why, EX_TEMPFAIL);
}

/* NULL, or what is wrong with the files of one desk (malloc'd). */
static char *check_desk(const struct config *config, size_t desk)
{
    struct config *own = config_of_desk(config, desk);
    struct policy *policy;
    struct roster *roster;
    char *why = config_load(own, &policy, &roster);

    if (!why) {
        printf("desk %s: %s: regime %s, digest %s, %zu people\n", config_settings(own)->desk,
               config_settings(own)->regime, policy->name, policy->digest, roster_count(roster));
        roster_destroy(roster);
        policy_destroy(policy);
    }
    config_close(own);
    return why;
}

static int check(struct config *config)
{
    struct peer_table *peers = NULL;
    char *why = NULL;

    for (size_t i = 0; !why && i < config_settings(config)->desk_count; i++)
        why = check_desk(config, i);
    if (why)
        return complain(why, EX_CONFIG);
    why = config_peers(config, &peers);
    peer_table_destroy(peers);
    if (!why)
        why = config_check_secrets(config);
    return why ? complain(why, EX_CONFIG) : EX_OK;
}

/* The senders' libraries read files below HOME, and a service user may have none that exists. */
static void settle_environment(const struct settings *settings)
{
    setenv("HOME", settings->state_directory, 1);
    signal(SIGPIPE, SIG_IGN);
    umask(0077);
    unsigned seed;

    if (getrandom(&seed, sizeof(seed), 0) == (ssize_t)sizeof(seed))
        json_object_seed(seed ? seed : 1); /* hashes of members that clients choose must not be guessable */
}

static int serve(const struct command *command, struct config *config)
{
    const struct settings *settings = config_settings(config);
    char *why = config_check_secrets(config);

    log_set_level((enum log_level)settings->log_level);
    if (why) {
        log_error("event=password_refused reason=%s", why);
        free(why);
        return EX_CONFIG;
    }
    settle_environment(settings);
    return service_run(config, command->socket);
}

int main(int count, char **arguments)
{
    struct command command = {.config = CONFIG_FILE_DEFAULT};
    struct config *config = NULL;

    read_options(count, arguments, &command);
    readiness_open();
    log_open(LOG_LEVEL_INFO);
    if (command.migrates && command.conninfo)
        return migrate(&command, NULL);
    char *why = config_open(command.config, &config);

    if (why)
        return complain(why, EX_CONFIG);
    int exit_code = command.migrates ? migrate(&command, config)
                    : command.checks ? check(config)
                                     : serve(&command, config);

    config_close(config);
    return exit_code;
}
