/*
 * `dubanctl replay`: reads a regime with all it names, then events line by line through the replay engine.
 *
 * The regime is read as offline.c does; the engine is replay_engine.c. A line that cannot be read ends the
 * run with its number, because everything after it would be judged on a wrong history. A reload in the events
 * reads other files through replay_reload.c.
 */
#include "client/replay.h"

#include "client/offline.h"
#include "client/replay_engine.h"
#include "client/replay_reload.h"
#include "client/when.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* What a run holds; freed in one place. */
struct run {
    struct offline offline;
    struct replay_files *files;
    struct replay *replay;
    FILE *events;
};

static void finish_run(struct run *run)
{
    replay_destroy(run->replay);
    replay_files_destroy(run->files);
    offline_finish(&run->offline);
    if (run->events && run->events != stdin)
        fclose(run->events);
}

static enum exit_code load(const struct options *options, struct run *run)
{
    enum exit_code code = offline_load(options_text(options, "regime"), options, &run->offline);

    if (code != EXIT_FINE)
        return code;
    run->replay = replay_create(run->offline.policy, run->offline.roster,
                                options_flag(options, "quiet") ? NULL : stdout);
    run->offline.policy = NULL; /* the replay's desk has them now */
    run->offline.roster = NULL;
    run->files = replay_files_create(options);
    replay_reloads_by(run->replay, &(const struct replay_loader){.load = replay_files_load,
                                                                 .keep = replay_files_keep,
                                                                 .context = run->files});
    return EXIT_FINE;
}

static enum exit_code open_events(const char *name, struct run *run)
{
    run->events = strcmp(name, "-") == 0 ? stdin : fopen(name, "re");
    if (run->events)
        return EXIT_FINE;
    command_complain("%s: %s", name, strerror(errno));
    return EXIT_BAD_INPUT;
}

static enum exit_code run_lines(const char *name, struct run *run)
{
    enum exit_code code = EXIT_FINE;
    char *line = NULL;
    size_t room = 0;
    unsigned long number = 0;

    for (ssize_t length; code == EXIT_FINE && (length = getline(&line, &room, run->events)) >= 0;) {
        number++;
        if (line[strspn(line, " \t\r\n")] == '\0')
            continue;
        const char *wrong = replay_line(run->replay, line, (size_t)length);

        if (wrong) {
            command_complain("%s:%lu: %s", name, number, wrong);
            code = EXIT_REFUSED;
        }
    }
    if (ferror(run->events)) {
        command_complain("%s: %s", name, strerror(errno));
        code = EXIT_BAD_INPUT;
    }
    free(line);
    return code;
}

static void print_summary(const struct options *options, const struct replay *replay)
{
    struct replay_figures figures;
    char digest[33];

    replay_figures(replay, &figures);
    if (options_flag(options, "digest")) {
        replay_digest(replay, digest);
        printf("{\"kind\":\"digest\",\"digest\":\"%s\",\"lines\":%lu,\"accepted\":%lu,\"refused\":%lu,"
               "\"breaches\":%lu,\"notices\":%lu,\"suppressed\":%lu}\n",
               digest, (unsigned long)figures.lines, (unsigned long)figures.accepted,
               (unsigned long)figures.refused, (unsigned long)figures.breaches,
               (unsigned long)figures.notices, (unsigned long)figures.suppressed);
    }
}

static bool read_until(const struct invocation *invocation, msec *ret_until_at)
{
    const char *text = options_text(&invocation->options, "until");
    const char *wrong = NULL;

    *ret_until_at = NEVER;
    if (text)
        wrong = when_parse(text, when_now(), invocation->screen.in_utc, ret_until_at);
    if (wrong)
        command_complain("--until: %s", wrong);
    return !wrong;
}

enum exit_code replay_run(const struct invocation *invocation)
{
    const char *name = options_text(&invocation->options, "EVENTS");
    struct run run = {0};
    msec until_at;

    if (!read_until(invocation, &until_at))
        return EXIT_USAGE;
    enum exit_code code = load(&invocation->options, &run);

    if (code == EXIT_FINE)
        code = open_events(name, &run);
    if (code == EXIT_FINE)
        code = run_lines(name, &run);
    if (code == EXIT_FINE) {
        replay_finish(run.replay, until_at);
        print_summary(&invocation->options, run.replay);
    }
    finish_run(&run);
    if (fflush(stdout) != 0)
        return EXIT_NOT_WRITTEN;
    return code;
}
