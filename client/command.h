/* A command of dubanctl: one row says how it is used, what it teaches, and what it asks of the daemon. */
#ifndef DUBAN_CLIENT_COMMAND_H
#define DUBAN_CLIENT_COMMAND_H

#include "client/connection.h"
#include "client/options.h"
#include "client/screen.h"

/* What the shell gets back; documented in dubanctl(1). */
enum exit_code {
    EXIT_FINE = 0,
    EXIT_REFUSED = 1,     /* the daemon refused it; an import: refused something */
    EXIT_USAGE = 2,       /* the command line is wrong */
    EXIT_UNREACHABLE = 3, /* the daemon can't be reached, hung up, or did not answer */
    EXIT_BAD_INPUT = 4,   /* a file that was to be read is wrong */
    EXIT_INTERRUPTED = 5, /* Ctrl-C or SIGTERM */
    EXIT_NOT_WRITTEN = 6, /* the answer could not be written out */
};

struct command;

/* One run of a command. */
struct invocation {
    const struct command *command;
    struct options options;
    struct screen screen;
};

struct command {
    const char *name;    /* "ticket new" */
    const char *summary; /* one line without a full stop */
    const char *help;    /* what it is for, in paragraphs */
    const char *examples;
    const char *method; /* NULL: none or several */
    const char *roles;  /* who may, as a hint; NULL: everyone */
    const struct option_row *options;
    const char *defaults; /* JSON object of params that options may replace; NULL: none */
    bool is_write;        /* takes --key, --if-revision and --on-behalf-of too */
    void (*show)(const struct screen *screen, const json_t *result);
    enum exit_code (*run)(const struct invocation *invocation); /* NULL: command_call() */
};

/* Runs a command with the arguments that follow its name. */
enum exit_code command_run(const struct command *command, int argc, char **argv);

/* The long options of a command, one a line, for the shell's completion. */
void command_list_options(FILE *out, const struct command *command);

/* The default of `run`: options to params, one call, and the answer shown. */
enum exit_code command_call(const struct invocation *invocation);

/* One call of the command's method with these params, which it takes, and the answer shown. */
enum exit_code command_ask(const struct invocation *invocation, json_t *params);

/* The same without showing it, of any method. EXIT_FINE: `ret_result` is the answer's result, to be given
 * back. */
enum exit_code command_fetch(const struct invocation *invocation, const char *method, json_t *params,
                             json_t **ret_result) __attribute__((warn_unused_result));

/* The params that the options and defaults make. NULL: a message was printed, it is a usage error. */
json_t *command_params(const struct invocation *invocation);

/* A connection that has said hello. False: a message was printed and `ret_code` says how to end. Close it
   either way. */
bool command_connect(const struct invocation *invocation, struct connection **ret_connection,
                     enum exit_code *ret_code) __attribute__((warn_unused_result));

/* Prints one line on stderr, "dubanctl: …", made safe for the terminal. */
void command_complain(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Complains about a lost connection, or about a daemon's error object, and gives the exit code. */
enum exit_code command_lost(const struct connection *connection, enum connection_outcome outcome);
enum exit_code command_refused(const struct invocation *invocation, const char *method, const json_t *error);

#endif
