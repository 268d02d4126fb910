/*
 * Reloads in a file of events:
 * {"method":"system.reload","params":{"regime":FILE,"people":FILE,"calendars":[…]}}.
 *
 * Used by replay_judge.c, which hands replay_files_load() to the engine. Names are taken from the directory
 * of the events' file, so that a story and its regimes can be kept together; what a line does not name stays
 * as it was, and is read again all the same, as the daemon does. Everything that was ever read is kept until
 * the end, because policies borrow their calendars and zones.
 */
#include "client/replay_reload.h"

#include "client/offline.h"
#include "lib/base/memory.h"
#include <libgen.h>
#include <stdlib.h>
#include <string.h>

/* NULL and none: nothing is named. */
struct names {
    char *regime, *people;
    char **calendars;
    size_t calendar_count;
};

struct replay_files {
    char *directory;             /* of the events; "." when they are in no file */
    struct names kept, proposed; /* what the second does not name is as in the first */
    struct offline **loads;
    size_t load_count, load_capacity;
};

static void free_calendars(struct names *names)
{
    for (size_t i = 0; i < names->calendar_count; i++)
        free(names->calendars[i]);
    free(names->calendars);
}

static void free_names(struct names *names)
{
    free_calendars(names);
    free(names->regime);
    free(names->people);
    *names = (struct names){0};
}

struct replay_files *replay_files_create(const struct options *options, const char *regime,
                                         const char *people)
{
    struct replay_files *files = memory_new(1, sizeof(*files));
    const char *events = options_text(options, "EVENTS");
    char *copy = memory_text(events ? events : "-");
    struct names *kept = &files->kept;

    files->directory = memory_text(strcmp(copy, "-") == 0 ? "." : dirname(copy));
    kept->regime = memory_text(regime);
    kept->people = people ? memory_text(people) : NULL;
    while (options_nth(options, "calendar", kept->calendar_count))
        kept->calendar_count++;
    kept->calendars = memory_new(kept->calendar_count + 1, sizeof(*kept->calendars));
    for (size_t i = 0; i < kept->calendar_count; i++)
        kept->calendars[i] = memory_text(options_nth(options, "calendar", i));
    free(copy);
    return files;
}

void replay_files_destroy(struct replay_files *files)
{
    if (!files)
        return;
    for (size_t i = 0; i < files->load_count; i++) {
        offline_finish(files->loads[i]);
        free(files->loads[i]);
    }
    free_names(&files->kept);
    free_names(&files->proposed);
    free(files->loads);
    free(files->directory);
    free(files);
}

static char *resolve(const struct replay_files *files, const char *name)
{
    char *path;

    if (name[0] == '/')
        return memory_text(name);
    if (asprintf(&path, "%s/%s", files->directory, name) < 0)
        abort();
    return path;
}

static char *take_name(const struct replay_files *files, const char *what, const json_t *value,
                       char **ret_name)
{
    char *wrong;

    if (json_is_string(value)) {
        *ret_name = resolve(files, json_string_value(value));
        return NULL;
    }
    if (asprintf(&wrong, "%s: must be the name of a file", what) < 0)
        abort();
    return wrong;
}

static char *take_calendars(struct replay_files *files, const json_t *value)
{
    struct names *names = &files->proposed;
    char *wrong = json_is_array(value) ? NULL : memory_text("calendars: must be a list of files");

    names->calendars = memory_new(json_array_size(value) + 1, sizeof(*names->calendars));
    for (size_t i = 0; i < json_array_size(value) && !wrong; i++) {
        wrong = take_name(files, "calendars", json_array_get(value, i), &names->calendars[i]);
        names->calendar_count += !wrong;
    }
    return wrong;
}

static char *take_names(struct replay_files *files, const json_t *params)
{
    struct names *names = &files->proposed;
    const char *member;
    json_t *value;
    char *wrong = NULL;

    free_names(names);
    json_object_foreach((json_t *)(uintptr_t)params, member, value)
    {
        if (strcmp(member, "regime") == 0)
            wrong = take_name(files, member, value, &names->regime);
        else if (strcmp(member, "people") == 0)
            wrong = take_name(files, member, value, &names->people);
        else if (strcmp(member, "calendars") == 0)
            wrong = take_calendars(files, value);
        else if (asprintf(&wrong, "%s: not known (known: regime, people, calendars)", member) < 0)
            abort();
        if (wrong)
            break;
    }
    return wrong;
}

char *replay_files_load(void *context, const json_t *params, struct policy **ret_policy,
                        struct roster **ret_roster)
{
    struct replay_files *files = context;
    const struct names *kept = &files->kept, *proposed = &files->proposed;
    char *wrong = take_names(files, params);

    if (wrong)
        return wrong;
    files->loads =
        memory_reserve(files->loads, &files->load_capacity, files->load_count + 1, sizeof(*files->loads));
    struct offline *load = files->loads[files->load_count++] = memory_new(1, sizeof(*load));
    const struct names *of_calendars = proposed->calendars ? proposed : kept;
    const struct offline_names names = {
        .regime = proposed->regime ? proposed->regime : kept->regime,
        .people = proposed->people ? proposed->people : kept->people,
        .calendars = (const char *const *)of_calendars->calendars,
        .calendar_count = of_calendars->calendar_count,
    };

    wrong = offline_read(&names, load);
    if (wrong)
        return wrong;
    *ret_policy = load->policy;
    *ret_roster = load->roster;
    load->policy = NULL; /* the desk has them now */
    load->roster = NULL;
    return NULL;
}

static void keep_name(char **kept, char **proposed)
{
    if (!*proposed)
        return;
    free(*kept);
    *kept = *proposed;
    *proposed = NULL;
}

void replay_files_keep(void *context)
{
    struct replay_files *files = context;
    struct names *kept = &files->kept, *proposed = &files->proposed;

    keep_name(&kept->regime, &proposed->regime);
    keep_name(&kept->people, &proposed->people);
    if (!proposed->calendars)
        return;
    free_calendars(kept);
    kept->calendars = proposed->calendars;
    kept->calendar_count = proposed->calendar_count;
    proposed->calendars = NULL;
    proposed->calendar_count = 0;
}
