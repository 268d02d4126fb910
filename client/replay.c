/*
 * `dubanctl replay`: reads a regime with all it names, then events line by line through the replay engine.
 *
 * Calendars and templates stand beside a regime in its own tree (`../calendars`, `../templates` from the
 * regime file); when they do not, those of the installation serve. Without --people every role has a
 * stand-in, so that a regime can be tried before anybody is named. A line that cannot be read ends the run
 * with its number.
 */
#include "client/replay.h"

#include "client/replay_engine.h"
#include "client/when.h"
#include "files/policy_files.h"
#include "lib/base/memory.h"
#include <errno.h>
#include <libgen.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#ifndef DUBAN_DATA_DIRECTORY
#define DUBAN_DATA_DIRECTORY "/usr/share/duban"
#endif

static bool is_directory(const char *path)
{
    struct stat status;

    return stat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

/* Beside the regime, else in the source tree this program was built in, else where it is installed. */
static char *find_directory(const char *regime, const char *name)
{
    char program[4096];
    ssize_t length = readlink("/proc/self/exe", program, sizeof(program) - 1);
    char *copy = memory_text(regime), *path = NULL;

    if (asprintf(&path, "%s/../%s", dirname(copy), name) < 0)
        abort();
    free(copy);
    if (!is_directory(path) && length > 0) {
        program[length] = '\0';
        free(path);
        if (asprintf(&path, "%s/../../etc/%s", dirname(program), name) < 0)
            abort();
    }
    if (!is_directory(path)) {
        free(path);
        if (asprintf(&path, "%s/%s", DUBAN_DATA_DIRECTORY, name) < 0)
            abort();
    }
    return path;
}

/* What a run holds; freed in one place. */
struct run {
    struct zone_files *zones;
    struct policy_files *files;
    struct replay *replay;
    FILE *events;
    char *calendars, *templates;
    const char **calendar_files;
};

static void finish_run(struct run *run)
{
    replay_destroy(run->replay);
    policy_files_destroy(run->files);
    zone_files_destroy(run->zones);
    if (run->events && run->events != stdin)
        fclose(run->events);
    free(run->calendars);
    free(run->templates);
    free(run->calendar_files);
}

static size_t list_calendars(const struct options *options, struct run *run)
{
    size_t count = 0, capacity = 0;

    for (const char *file; (file = options_nth(options, "calendar", count)); count++) {
        run->calendar_files =
            memory_reserve(run->calendar_files, &capacity, count + 1, sizeof(*run->calendar_files));
        run->calendar_files[count] = file;
    }
    return count;
}

static enum exit_code load(const struct options *options, struct run *run)
{
    struct policy *policy;
    struct roster *roster;
    const char *regime = options_text(options, "regime");
    size_t calendar_count = list_calendars(options, run);

    run->calendars = find_directory(regime, "calendars");
    run->templates = find_directory(regime, "templates");
    run->zones = zone_files_create(NULL);
    struct policy_paths paths = {
        .regime = regime,
        .people = options_text(options, "people"),
        .calendars = run->calendars,
        .calendar_files = run->calendar_files,
        .calendar_file_count = calendar_count,
        .templates = run->templates,
    };
    char *wrong = policy_files_load(run->zones, &paths, &run->files, &policy, &roster);

    if (wrong) {
        command_complain("%s", wrong);
        free(wrong);
        return EXIT_BAD_INPUT;
    }
    run->replay = replay_create(policy, roster, options_flag(options, "quiet") ? NULL : stdout);
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
