/*
 * `dubanctl calendar import`: reads files of holidays, in order, over a calendar of ours, and writes the
 * result.
 *
 * Hours, zone, name and whatever else stands in --base stay as they are; the files add days, and win where
 * both speak of a day. Files that begin with a brace are JSON, all others ICS.
 *
 * Invariant: all or nothing. Everything is read, and what came out is compiled by the reader that the daemon
 * has, before the first byte is written; so an import never leaves a calendar that can't be loaded.
 */
#include "client/calendar_import.h"

#include "client/calendar_plan.h"
#include "client/calendar_source.h"
#include "client/commands.h"
#include "client/replace_file.h"
#include "files/files.h"
#include "lib/base/civil.h"
#include "lib/base/memory.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define MOST_BYTES ((size_t)4 << 20)
#define DAYS_OF_YEAR                                                                                         \
    5 /* with so many days off in the files a year counts as known; China has eleven or more */
#define DATE_BYTES  10
#define RESULT_NAME "the calendar that came out"

struct import {
    const struct invocation *invocation;
    struct zone_files *zones;
    struct calendar_plan plan;
    enum calendar_unmarked unmarked;
    struct text result;
};

/* Options */

static bool read_unmarked(const char *word, enum calendar_unmarked *ret_unmarked)
{
    static const char *const words[] = {
        [CALENDAR_UNMARKED_REFUSED] = "refuse",
        [CALENDAR_UNMARKED_SKIPPED] = "skip",
        [CALENDAR_UNMARKED_HOLIDAYS] = "holiday",
    };

    for (size_t i = 0; word && i < sizeof words / sizeof *words; i++)
        if (strcmp(word, words[i]) == 0) {
            *ret_unmarked = (enum calendar_unmarked)i;
            return true;
        }
    return !word;
}

static enum exit_code check_options(struct import *import)
{
    const struct options *options = &import->invocation->options;
    const char *until = options_text(options, "until"), *unmarked = options_text(options, "unmarked");
    int64_t day_number;

    if (until && (strlen(until) != DATE_BYTES || !civil_parse_date(until, &day_number) ||
                  !calendar_source_has_day(day_number))) {
        command_complain("--until %s: not a date (write 2026-12-31)", until);
        return EXIT_USAGE;
    }
    if (!read_unmarked(unmarked, &import->unmarked)) {
        command_complain("--unmarked %s: there are refuse, skip and holiday", unmarked);
        return EXIT_USAGE;
    }
    return EXIT_FINE;
}

/* Reading */

/* The calendar that the files are laid over; its zone is the one whose days are meant. */
static char *read_base(struct import *import, const struct zone **ret_zone)
{
    const char *path = options_text(&import->invocation->options, "base");
    struct calendar *calendar = NULL;
    char *error = NULL;

    if (path)
        error = calendar_plan_read(&import->plan, path, import->zones, &calendar);
    else
        calendar_plan_office(&import->plan);
    calendar_destroy(calendar);
    if (error)
        return error;
    *ret_zone = zone_files_find(import->zones, import->plan.zone);
    if (!*ret_zone && asprintf(&error, "there is no time zone %s on this machine", import->plan.zone) < 0)
        abort();
    return error;
}

static char *read_input(struct text *text)
{
    char bytes[16384];
    size_t got;

    while (text->length <= MOST_BYTES && (got = fread(bytes, 1, sizeof bytes, stdin)) > 0)
        text_append(text, bytes, got);
    if (ferror(stdin))
        return memory_text("standard input can't be read");
    return text->length > MOST_BYTES ? memory_text("standard input: too large") : NULL;
}

/* Programs on Windows put a mark before UTF-8. */
static const char *skip_mark(const char *text)
{
    static const char mark[] = "\xef\xbb\xbf";

    return strncmp(text, mark, strlen(mark)) == 0 ? text + strlen(mark) : text;
}

static char *read_file(struct import *import, const char *path, const struct zone *zone)
{
    bool is_input = strcmp(path, "-") == 0;
    struct text text = {0};
    char *error = is_input ? read_input(&text) : files_read_or_say(path, MOST_BYTES, &text);
    const char *begin = skip_mark(text_get(&text));
    struct calendar_source source = {
        .file = is_input ? "(standard input)" : path,
        .text = begin,
        .length = strlen(begin),
        .zone = zone,
        .zones = import->zones,
        .unmarked = import->unmarked,
    };
    bool is_json = begin[strspn(begin, " \t\r\n")] == '{';

    if (!error && begin + source.length != text_get(&text) + text.length)
        error = calendar_source_complain(&source, 1, "there is a NUL byte in it");
    if (!error)
        error = is_json ? calendar_json_read(&source, &import->plan.facts)
                        : calendar_ics_read(&source, &import->plan.facts);
    text_finish(&text);
    return error;
}

static char *read_all(struct import *import)
{
    const struct zone *zone = NULL;
    char *error = read_base(import, &zone);
    const char *path;

    for (size_t i = 0; !error && (path = options_nth(&import->invocation->options, "FILE", i)); i++)
        error = read_file(import, path, zone);
    return error;
}

/* The result */

/* The last year that the files have a year's holidays of; 0: none. */
static int last_known_year(const struct calendar_facts *facts)
{
    int known = 0, year = 0, days = 0;

    for (size_t i = 0; i < facts->count; i++) {
        const struct calendar_fact *fact = &facts->facts[i];

        if (!fact->title || fact->kind != CALENDAR_HOLIDAY)
            continue;
        days = civil_date(fact->day_number).year == year ? days + 1 : 1;
        year = civil_date(fact->day_number).year;
        if (days >= DAYS_OF_YEAR)
            known = year;
    }
    return known;
}

static void replace_text(char **text, const char *other)
{
    free(*text);
    *text = memory_text(other);
}

/* As --until says; else the end of the last year that became known, unless the base knows more. */
static void set_until(struct import *import)
{
    const char *given = options_text(&import->invocation->options, "until");
    int year = last_known_year(&import->plan.facts);
    char end[24];

    snprintf(end, sizeof end, "%04d-12-31", year);
    if (given)
        replace_text(&import->plan.until, given);
    else if (year && (!import->plan.until || strcmp(import->plan.until, end) < 0))
        replace_text(&import->plan.until, end);
}

static struct zone *find_zone(void *context, const char *name)
{
    return zone_files_find(context, name);
}

/* Writes the result into memory and has it compiled. */
static char *make_result(struct import *import)
{
    const char *name = options_text(&import->invocation->options, "name");
    char *error = NULL;

    if (name)
        replace_text(&import->plan.name, name);
    set_until(import);
    calendar_plan_write(&import->plan, &import->result);
    calendar_destroy(
        calendar_compile(RESULT_NAME, text_get(&import->result), find_zone, import->zones, &error));
    return error;
}

static void say_notes(const struct import *import)
{
    char *notes = memory_text(text_get(&import->plan.facts.notes)), *rest = notes;

    for (char *line; (line = strsep(&rest, "\n"));)
        if (*line)
            command_complain("%s", line);
    free(notes);
}

static enum exit_code save(const struct import *import, const char *path)
{
    if (replace_file(path, import->result.bytes, import->result.length))
        return EXIT_FINE;
    command_complain("%s: %s", path, strerror(errno));
    return EXIT_NOT_WRITTEN;
}

static void show_figures(const struct import *import, const char *path)
{
    const struct screen *screen = &import->invocation->screen;
    const struct calendar_plan *plan = &import->plan;
    json_t *figures =
        json_pack("{s:s, s:s, s:s?, s:I, s:I, s:I}", "name", plan->name, "zone", plan->zone, "until",
                  plan->until, "holidays", (json_int_t)calendar_plan_count(plan, CALENDAR_HOLIDAY),
                  "make_up_days", (json_int_t)calendar_plan_count(plan, CALENDAR_WORKING), "short_days",
                  (json_int_t)calendar_plan_count(plan, CALENDAR_SHORT));

    if (!path)
        json_object_set_new(figures, "calendar", json_string(text_get(&import->result)));
    if (screen->in_json)
        screen_json(screen, figures);
    else
        screen_line(screen, "wrote %s: %zu holidays, %zu make-up days, %zu short days, %s%s", path,
                    calendar_plan_count(plan, CALENDAR_HOLIDAY), calendar_plan_count(plan, CALENDAR_WORKING),
                    calendar_plan_count(plan, CALENDAR_SHORT),
                    plan->until ? "known until " : "no end of what is known", plan->until ? plan->until : "");
    json_decref(figures);
}

/* The daemon judges by it from now on; what that changes is the answer. */
static enum exit_code apply(const struct import *import)
{
    const struct screen *screen = &import->invocation->screen;
    json_t *params = json_pack("{s:s, s:s}", "name", import->plan.name, "text", text_get(&import->result)),
           *result;
    enum exit_code code = command_fetch(import->invocation, "calendar.import", params, &result);

    if (code == EXIT_FINE && screen->in_json)
        screen_json(screen, result);
    else if (code == EXIT_FINE)
        commands_show_reload(screen, result);
    json_decref(result);
    return code;
}

static enum exit_code deliver(const struct import *import)
{
    const char *path = options_text(&import->invocation->options, "output");
    bool is_applied = options_flag(&import->invocation->options, "apply");
    enum exit_code code = path ? save(import, path) : EXIT_FINE;

    if (code != EXIT_FINE)
        return code;
    say_notes(import);
    if (is_applied)
        return apply(import);
    if (path || import->invocation->screen.in_json)
        show_figures(import, path);
    else
        fputs(text_get(&import->result), import->invocation->screen.out);
    return EXIT_FINE;
}

enum exit_code calendar_import_run(const struct invocation *invocation)
{
    struct import import = {.invocation = invocation, .zones = zone_files_create(NULL)};
    enum exit_code code = check_options(&import);

    if (code == EXIT_FINE) {
        char *error = read_all(&import);

        if (!error)
            error = make_result(&import);
        if (error)
            command_complain("%s", error);
        code = error ? EXIT_BAD_INPUT : deliver(&import);
        free(error);
    }
    calendar_plan_finish(&import.plan);
    text_finish(&import.result);
    zone_files_destroy(import.zones);
    return code;
}
