/*
 * Reading a regime from files, for the commands that need no daemon.
 *
 * Calendars and templates stand beside a regime in its own tree (`../calendars`, `../templates` from the
 * regime file); when they do not, those of the source tree the program was built in serve, else those of the
 * installation. Without --people every role has a stand-in, so that a regime can be tried before anybody is
 * named.
 */
#include "client/offline.h"

#include "lib/base/memory.h"
#include <libgen.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#ifndef DUBAN_DATA_DIRECTORY
#define DUBAN_DATA_DIRECTORY "/etc/duban"
#endif

static bool is_directory(const char *path)
{
    struct stat status;

    return stat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

char *offline_directory(const char *name)
{
    char program[4096], *path = NULL;
    ssize_t length = readlink("/proc/self/exe", program, sizeof(program) - 1);

    if (length > 0) {
        program[length] = '\0';
        if (asprintf(&path, "%s/../../etc/%s", dirname(program), name) < 0)
            abort();
    }
    if (!path || !is_directory(path)) {
        free(path);
        if (asprintf(&path, "%s/%s", DUBAN_DATA_DIRECTORY, name) < 0)
            abort();
    }
    return path;
}

/* Beside the regime, else as above. */
static char *find_directory(const char *regime, const char *name)
{
    char *copy = memory_text(regime), *path;

    if (asprintf(&path, "%s/../%s", dirname(copy), name) < 0)
        abort();
    free(copy);
    if (is_directory(path))
        return path;
    free(path);
    return offline_directory(name);
}

char *offline_read(const struct offline_names *names, struct offline *ret_offline)
{
    struct offline *offline = ret_offline;

    *offline = (struct offline){0};
    offline->calendars = find_directory(names->regime, "calendars");
    offline->templates = find_directory(names->regime, "templates");
    offline->zones = zone_files_create(NULL);
    struct policy_paths paths = {
        .regime = names->regime,
        .people = names->people,
        .calendars = offline->calendars,
        .calendar_files = names->calendars,
        .calendar_file_count = names->calendar_count,
        .templates = offline->templates,
    };

    return policy_files_load(offline->zones, &paths, &offline->files, &offline->policy, &offline->roster);
}

enum exit_code offline_load(const char *regime, const char *people, const struct options *options,
                            struct offline *ret_offline)
{
    const char **calendars = NULL;
    size_t count = 0, capacity = 0;

    for (const char *file; (file = options_nth(options, "calendar", count)); count++) {
        calendars = memory_reserve(calendars, &capacity, count + 1, sizeof(*calendars));
        calendars[count] = file;
    }
    const struct offline_names names = {
        .regime = regime,
        .people = people,
        .calendars = calendars,
        .calendar_count = count,
    };
    char *wrong = offline_read(&names, ret_offline);

    free(calendars);
    if (!wrong)
        return EXIT_FINE;
    command_complain("%s", wrong);
    free(wrong);
    return EXIT_BAD_INPUT;
}

void offline_finish(struct offline *offline)
{
    roster_destroy(offline->roster);
    policy_destroy(offline->policy);
    policy_files_destroy(offline->files);
    zone_files_destroy(offline->zones);
    free(offline->calendars);
    free(offline->templates);
}
