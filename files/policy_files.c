/*
 * From file names to a policy and its people.
 *
 * The judge opens no file: it asks for the calendars and templates that a regime names, and this module
 * answers. Called by the daemon at its start and on reload, and by dubanctl for replay, explain and lint.
 *
 * Every file is read once and kept, with its SHA-256: the texts are stored as versions, so that a verdict can
 * be judged again by what was true then. The policy's own digest is taken over the digests of the regime and
 * of all that it names, which is only known once it was compiled; so it is compiled twice, the second time
 * from what the first one read. (Hashing whole directories instead would change the digest with every file
 * nobody uses.)
 *
 * A file that can't be read or understood is the real trouble behind "there is no calendar"; the first such
 * complaint is kept and given instead of the regime's.
 */
#include "files/policy_files.h"

#include "files/recurrence.h"
#include "lib/base/memory.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define REGIME_BYTES_MAX   ((size_t)1 << 20)
#define CALENDAR_BYTES_MAX ((size_t)1 << 20)
#define TEMPLATE_BYTES_MAX ((size_t)64 << 10)
#define PEOPLE_BYTES_MAX   ((size_t)16 << 20)

struct policy_files {
    struct policy_file *files;
    size_t count, capacity;
    struct calendar **calendars;
    size_t calendar_count, calendar_capacity;
    struct recurrences *recurrences;
};

struct loading {
    struct policy_files *files;
    struct zone_files *zones;
    const struct policy_paths *paths;
    char *complaint; /* the first about a file */
};

static bool is_name(const char *name)
{
    return *name && strlen(name) < 64 && name[strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_-")] == '\0';
}

static void complain(struct loading *loading, char *complaint)
{
    if (loading->complaint)
        free(complaint);
    else
        loading->complaint = complaint;
}

/* The name that people use for a file: without its directory and `.ini`. */
static char *short_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    char *name = memory_text(slash ? slash + 1 : path);
    char *dot = strrchr(name, '.');

    if (dot && dot != name)
        *dot = '\0';
    return name;
}

static const struct policy_file *find_file(const struct policy_files *files, const char *kind,
                                           const char *name)
{
    for (size_t i = 0; i < files->count; i++)
        if (strcmp(files->files[i].kind, kind) == 0 && strcmp(files->files[i].name, name) == 0)
            return &files->files[i];
    return NULL;
}

/* Keeps what was read; `name` and `text` become the list's. The row stays where it is until the next is
 * added. */
static const struct policy_file *keep_file(struct policy_files *files, const char *kind, char *name,
                                           struct text *text)
{
    files->files = memory_reserve(files->files, &files->capacity, files->count + 1, sizeof(*files->files));
    struct policy_file *file = &files->files[files->count++];

    *file = (struct policy_file){.kind = kind, .name = name};
    files_digest(text_get(text), text->length, file->digest);
    file->text = text_take(text);
    return file;
}

/* Reads a text file. NULL after a complaint, or without one when it is not there and `may_be_absent`. */
static const struct policy_file *read_file(struct loading *loading, const char *kind, const char *name,
                                           const char *path, size_t limit, bool may_be_absent)
{
    struct text text;

    text_init(&text);
    int outcome = files_read(path, limit, &text);
    char *complaint = NULL;

    if (outcome == FILES_READ && memchr(text.bytes, '\0', text.length)) {
        if (asprintf(&complaint, "%s: there is a NUL byte in it (is this a text file?)", path) < 0)
            abort();
    } else if (outcome == FILES_READ) {
        return keep_file(loading->files, kind, memory_text(name), &text);
    } else if (outcome != -ENOENT || !may_be_absent) {
        if (asprintf(&complaint, "%s: %s", path, files_outcome_text(outcome)) < 0)
            abort();
    }
    text_finish(&text);
    if (complaint)
        complain(loading, complaint);
    return NULL;
}

static struct zone *find_zone(void *context, const char *name)
{
    struct loading *loading = context;

    return zone_files_find(loading->zones, name);
}

static const struct zone *find_policy_zone(void *context, const char *name)
{
    return find_zone(context, name);
}

static struct calendar *find_compiled(const struct policy_files *files, const char *name)
{
    for (size_t i = 0; i < files->calendar_count; i++)
        if (strcmp(calendar_name(files->calendars[i]), name) == 0)
            return files->calendars[i];
    return NULL;
}

/* Compiles a calendar that was read into the list; `from` is where its text stands. */
static void compile_calendar(struct loading *loading, const struct policy_file *file, const char *from,
                             bool is_imported)
{
    struct policy_files *files = loading->files;
    char *error = NULL;
    struct calendar *calendar = calendar_compile(from, file->text, find_zone, loading, &error);

    if (!calendar) {
        complain(loading, error);
        return;
    }
    calendar_set_version(calendar, file->digest, is_imported);
    files->calendars = memory_reserve(files->calendars, &files->calendar_capacity, files->calendar_count + 1,
                                      sizeof(struct calendar *));
    files->calendars[files->calendar_count++] = calendar;
}

static void add_calendar(struct loading *loading, const char *path, bool may_be_absent)
{
    char *name = short_name(path);
    const struct policy_file *file =
        read_file(loading, "calendar", name, path, CALENDAR_BYTES_MAX, may_be_absent);

    free(name);
    if (file)
        compile_calendar(loading, file, path, false);
}

/* One that was imported goes before its file. */
static void add_imported(struct loading *loading, const char *name)
{
    const char *imported =
        loading->paths->imported ? imported_calendars_text(loading->paths->imported, name) : NULL;
    char *from;
    struct text text;

    if (!imported)
        return;
    if (asprintf(&from, "calendar %s (imported)", name) < 0)
        abort();
    text_init(&text);
    text_add(&text, imported);
    compile_calendar(loading, keep_file(loading->files, "calendar", memory_text(name), &text), from, true);
    free(from);
}

static const struct calendar *find_calendar(void *context, const char *name)
{
    struct loading *loading = context;
    struct calendar *calendar = find_compiled(loading->files, name);

    if (!calendar) {
        add_imported(loading, name);
        calendar = find_compiled(loading->files, name);
    }
    if (calendar || !loading->paths->calendars || !is_name(name) ||
        find_file(loading->files, "calendar", name))
        return calendar;
    struct text path;

    text_init(&path);
    text_printf(&path, "%s/%s.ini", loading->paths->calendars, name);
    add_calendar(loading, text_get(&path), true);
    text_finish(&path);
    calendar = find_compiled(loading->files, name);
    if (!calendar && find_file(loading->files, "calendar", name)) {
        char *complaint;

        if (asprintf(&complaint, "%s/%s.ini: the calendar in it has another name (name it %s)",
                     loading->paths->calendars, name, name) < 0)
            abort();
        complain(loading, complaint);
    }
    return calendar;
}

static const char *find_template(void *context, const char *language, const char *name)
{
    struct loading *loading = context;
    struct text path, kept_name;

    if (!loading->paths->templates || !is_name(language) || !is_name(name))
        return NULL;
    text_init(&path);
    text_init(&kept_name);
    text_printf(&kept_name, "%s/%s", language, name);
    text_printf(&path, "%s/%s.txt", loading->paths->templates, text_get(&kept_name));
    const struct policy_file *file = find_file(loading->files, "template", text_get(&kept_name));

    if (!file)
        file =
            read_file(loading, "template", text_get(&kept_name), text_get(&path), TEMPLATE_BYTES_MAX, true);
    text_finish(&kept_name);
    text_finish(&path);
    return file ? file->text : NULL;
}

static const struct recurrence *find_recurrence(void *context, const char *rule, const char **ret_error)
{
    const struct loading *loading = context;

    return recurrences_find(loading->files->recurrences, rule, ret_error);
}

static int compare_files(const void *left, const void *right)
{
    const struct policy_file *one = left, *other = right;
    int order = strcmp(one->kind, other->kind);

    return order ? order : strcmp(one->name, other->name);
}

/* SHA-256 over `kind name digest` lines, in order of kind and name. */
static void digest_all(struct policy_files *files, char ret_hex[FILES_DIGEST_TEXT])
{
    struct text lines;

    text_init(&lines);
    qsort(files->files, files->count, sizeof(*files->files), compare_files);
    for (size_t i = 0; i < files->count; i++)
        text_printf(&lines, "%s %s %s\n", files->files[i].kind, files->files[i].name, files->files[i].digest);
    files_digest(text_get(&lines), lines.length, ret_hex);
    text_finish(&lines);
}

static struct policy *compile(struct loading *loading, const char *text, const char *digest, char **ret_error)
{
    const struct policy_sources sources = {
        .file_name = loading->paths->regime,
        .text = text,
        .digest = digest,
        .context = loading,
        .find_zone = find_policy_zone,
        .find_calendar = find_calendar,
        .find_template = find_template,
        .find_recurrence = find_recurrence,
    };

    return policy_compile(&sources, ret_error);
}

/* A configured file that must be there. */
static const struct policy_file *read_required(struct loading *loading, const char *kind, const char *path,
                                               size_t limit)
{
    char *name = short_name(path);
    const struct policy_file *file = read_file(loading, kind, name, path, limit, false);

    free(name);
    return file;
}

/* Its file, or what is to stand in for it. */
static const struct policy_file *read_regime(struct loading *loading)
{
    struct text text;

    if (!loading->paths->regime_text)
        return read_required(loading, "regime", loading->paths->regime, REGIME_BYTES_MAX);
    text_init(&text);
    text_add(&text, loading->paths->regime_text);
    return keep_file(loading->files, "regime", short_name(loading->paths->regime), &text);
}

static struct policy *load_policy(struct loading *loading, char **ret_error)
{
    const struct policy_file *regime = read_regime(loading);
    const char *text = regime ? regime->text : NULL; /* stays where it is, the row does not */
    char digest[FILES_DIGEST_TEXT];

    for (size_t i = 0; i < loading->paths->calendar_file_count; i++)
        add_calendar(loading, loading->paths->calendar_files[i], false);
    if (!text || loading->complaint)
        return NULL;
    struct policy *draft = compile(loading, text, "", ret_error);

    if (!draft)
        return NULL;
    policy_destroy(draft);
    digest_all(loading->files, digest);
    return compile(loading, text, digest, ret_error);
}

static struct roster *load_roster(struct loading *loading, const struct policy *policy, char **ret_error)
{
    if (!loading->paths->people)
        return roster_create_stand_in(policy);
    const struct policy_file *people =
        read_required(loading, "people", loading->paths->people, PEOPLE_BYTES_MAX);

    return people ? roster_compile(policy, loading->paths->people, people->text, people->digest, ret_error)
                  : NULL;
}

char *policy_files_load(struct zone_files *zones, const struct policy_paths *paths,
                        struct policy_files **ret_files, struct policy **ret_policy,
                        struct roster **ret_roster)
{
    struct loading loading = {memory_new(1, sizeof(struct policy_files)), zones, paths, NULL};
    char *error = NULL;

    loading.files->recurrences = recurrences_create();
    struct policy *policy = load_policy(&loading, &error);
    struct roster *roster = policy ? load_roster(&loading, policy, &error) : NULL;

    if (roster) {
        *ret_files = loading.files;
        *ret_policy = policy;
        *ret_roster = roster;
        return NULL;
    }
    policy_destroy(policy);
    policy_files_destroy(loading.files);
    if (!loading.complaint)
        return error;
    free(error);
    return loading.complaint;
}

void policy_files_destroy(struct policy_files *files)
{
    if (!files)
        return;
    for (size_t i = 0; i < files->calendar_count; i++)
        calendar_destroy(files->calendars[i]);
    for (size_t i = 0; i < files->count; i++) {
        free(files->files[i].name);
        free(files->files[i].text);
    }
    recurrences_destroy(files->recurrences);
    free(files->calendars);
    free(files->files);
    free(files);
}

size_t policy_files_count(const struct policy_files *files)
{
    return files->count;
}

const struct policy_file *policy_files_at(const struct policy_files *files, size_t index)
{
    return &files->files[index];
}
