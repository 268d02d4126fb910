/*
 * Importing a calendar from the yearly JSON form that is used in China, by jansson:
 *
 *     {"year": 2026, "days": [{"name": "元旦", "date": "2026-01-01", "isOffDay": true}, …]}
 *
 * Called by calendar_import.c with a file's text. "papers", "$schema" and "$id" may stand beside the days;
 * any other member is refused, as are members that come twice: what isn't known might change what the rest
 * means. Dates may reach into the neighbouring years as far as the notice of a year does.
 *
 * jansson tells lines only for what is no JSON; for the rest the lines of the days are found by counting
 * braces in a text that jansson has accepted. "papers" has addresses in it, so all objects in a list are
 * days.
 */
#include "client/calendar_source.h"
#include "lib/base/civil.h"
#include "lib/base/memory.h"
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_YEAR 1971
#define LAST_YEAR  2198

struct reading {
    const struct calendar_source *source;
    struct calendar_facts *facts;
    int year;
    int *lines; /* of the objects in "days" */
    size_t count, capacity;
};

static const char *const top_members[] = {"year", "days", "papers", "$schema", "$id", NULL};
static const char *const day_members[] = {"name", "date", "isOffDay", NULL};

/* Notes the line of each object that lies in an array of the outermost object. */
static void find_lines(struct reading *reading)
{
    bool in_string = false;
    int line = 1, depth = 0;

    for (const char *at = reading->source->text; *at; at++) {
        line += *at == '\n';
        if (in_string && *at == '\\')
            at++;
        else if (*at == '"')
            in_string = !in_string;
        if (in_string)
            continue;
        if (*at == '{' && depth == 2) {
            reading->lines = memory_reserve(reading->lines, &reading->capacity, reading->count + 1,
                                            sizeof *reading->lines);
            reading->lines[reading->count++] = line;
        }
        depth += (*at == '{' || *at == '[') - (*at == '}' || *at == ']');
    }
}

static int line_of(const struct reading *reading, size_t index)
{
    return index < reading->count ? reading->lines[index] : 1;
}

static char *check_members(const struct reading *reading, int line, const json_t *object,
                           const char *const *known)
{
    for (void *at = json_object_iter((json_t *)(uintptr_t)object); at;
         at = json_object_iter_next((json_t *)(uintptr_t)object, at)) {
        size_t i = 0;

        while (known[i] && strcmp(known[i], json_object_iter_key(at)) != 0)
            i++;
        if (!known[i])
            return calendar_source_complain(reading->source, line, "unknown member \"%s\"",
                                            json_object_iter_key(at));
    }
    return NULL;
}

/* From December of the year before to January of the year after. */
static bool is_near(const struct reading *reading, int64_t day_number)
{
    return day_number >= civil_day(reading->year - 1, 12, 1) &&
           day_number < civil_day(reading->year + 1, 2, 1);
}

static char *read_day(struct reading *reading, const json_t *day, int line)
{
    const struct calendar_source *source = reading->source;
    const char *name = json_string_value(json_object_get(day, "name"));
    const char *date = json_string_value(json_object_get(day, "date"));
    const json_t *is_off = json_object_get(day, "isOffDay");
    int64_t day_number;

    if (!json_is_object(day))
        return calendar_source_complain(source, line,
                                        "each of \"days\" is an object with name, date and isOffDay");
    char *error = check_members(reading, line, day, day_members);

    if (error)
        return error;
    if (!name || !*name)
        return calendar_source_complain(source, line, "the day has no name (\"name\": \"元旦\")");
    if (!date || strlen(date) != 10 || !civil_parse_date(date, &day_number))
        return calendar_source_complain(source, line, "\"date\" is no date (\"date\": \"2026-01-01\")");
    if (!json_is_boolean(is_off))
        return calendar_source_complain(source, line,
                                        "\"isOffDay\" must be true, or false for a make-up day");
    if (!is_near(reading, day_number))
        return calendar_source_complain(source, line, "%s does not belong to the notice of %d", date,
                                        reading->year);
    error = calendar_source_check_title(source, line, name);
    return error ? error
                 : calendar_facts_add(reading->facts, day_number,
                                      json_is_true(is_off) ? CALENDAR_HOLIDAY : CALENDAR_WORKING, name, NULL,
                                      source->file, line);
}

static char *read_year(struct reading *reading, const json_t *root)
{
    const json_t *days = json_object_get(root, "days"), *year = json_object_get(root, "year");
    size_t index;
    json_t *day;

    if (!json_is_object(root) || !json_is_array(days))
        return calendar_source_complain(reading->source, 1,
                                        "this is not the yearly form ({\"year\": 2026, \"days\": […]})");
    if (!json_is_integer(year) || json_integer_value(year) < FIRST_YEAR ||
        json_integer_value(year) > LAST_YEAR)
        return calendar_source_complain(reading->source, 1, "\"year\" is no year (\"year\": 2026)");
    char *error = check_members(reading, 1, root, top_members);

    json_array_foreach(json_object_get(root, "papers"), index, day)
    {
        if (!error && !json_is_string(day))
            error = calendar_source_complain(reading->source, 1, "\"papers\" holds addresses, as strings");
    }
    reading->year = (int)json_integer_value(year);
    json_array_foreach(days, index, day)
    {
        if (!error)
            error = read_day(reading, day, line_of(reading, index));
    }
    return error;
}

char *calendar_json_read(const struct calendar_source *source, struct calendar_facts *facts)
{
    struct reading reading = {.source = source, .facts = facts};
    json_error_t wrong;
    json_t *root = json_loadb(source->text, source->length, JSON_REJECT_DUPLICATES, &wrong);
    char *error;

    if (root) {
        find_lines(&reading);
        error = read_year(&reading, root);
    } else {
        error = calendar_source_complain(source, wrong.line > 0 ? wrong.line : 1, "%s", wrong.text);
    }
    json_decref(root);
    free(reading.lines);
    return error;
}
