/*
 * `dubanctl calendar show`: what a calendar file says about each month, so that somebody who has the State
 * Council's notice in hand can compare.
 *
 * Whether a day is worked is asked of the compiled calendar, as the daemon asks it; what is special about a
 * day comes from the file's own lines (calendar_plan.c). The days of the Chinese festivals stand below each
 * year: a holiday that doesn't hold its festival has been mistyped.
 *
 * The result object is made first and then shown as tables, so --json has all that people see.
 */
#include "client/calendar_show.h"

#include "client/calendar_plan.h"
#include "client/when.h"
#include "lib/base/civil.h"
#include "lib/base/memory.h"
#include "lib/lunar.h"
#include <stdlib.h>
#include <string.h>

#define FIRST_YEAR 1970
#define LAST_YEAR  2199

#define MARK_WORKED 'w'
#define MARK_REST   '.'

static const char marks[CALENDAR_KINDS] = {
    [CALENDAR_HOLIDAY] = 'H',
    [CALENDAR_WORKING] = 'M',
    [CALENDAR_SHORT] = 's',
};

static const char *const kind_members[CALENDAR_KINDS] = {
    [CALENDAR_HOLIDAY] = "holidays",
    [CALENDAR_WORKING] = "make_up_days",
    [CALENDAR_SHORT] = "short_days",
};

static const struct screen_column month_columns[] = {
    {"MONTH", "month", SCREEN_TEXT},
    {"WORKING", "working", SCREEN_TEXT},
    {"REST", "rest", SCREEN_TEXT},
    {"HOLIDAYS", "holidays", SCREEN_TEXT},
    {"MAKE-UP", "make_up_days", SCREEN_TEXT},
    {"SHORT", "short_days", SCREEN_TEXT},
    {"DAYS", "days", SCREEN_TEXT},
    {"NAMES", "names", SCREEN_TEXT},
    {NULL, NULL, SCREEN_TEXT},
};

struct show {
    const struct screen *screen;
    struct calendar_plan plan;
    struct calendar *calendar;
};

struct figures {
    int working, rest, kinds[CALENDAR_KINDS];
};

static void count_day(const struct show *show, int64_t day_number, struct figures *figures, char *ret_mark)
{
    const struct calendar_fact *fact = calendar_facts_find(&show->plan.facts, day_number);
    bool is_worked = calendar_is_working_day(show->calendar, day_number);

    figures->working += is_worked;
    figures->rest += !is_worked;
    if (fact)
        figures->kinds[fact->kind]++;
    *ret_mark = fact ? marks[fact->kind] : is_worked ? MARK_WORKED : MARK_REST;
}

static void add_figures(const struct figures *figures, json_t *object)
{
    json_object_set_new(object, "working", json_integer(figures->working));
    json_object_set_new(object, "rest", json_integer(figures->rest));
    for (enum calendar_kind kind = 0; kind < CALENDAR_KINDS; kind++)
        json_object_set_new(object, kind_members[kind], json_integer(figures->kinds[kind]));
}

/* "15-23 春节": the fact of a day and those of the same name behind it, within the month. */
static char *name_of(const struct show *show, const struct calendar_fact *first, int64_t month_end,
                     int64_t *ret_behind)
{
    const struct calendar_fact *fact = first;
    char *title =
        *first->value ? calendar_facts_title(first->value) : memory_text(calendar_kind_text(first->kind));
    int begin = civil_date(first->day_number).day;
    int64_t day_number = first->day_number;
    char *name;

    while (fact && fact->kind == first->kind && strcmp(fact->value, first->value) == 0)
        fact = ++day_number < month_end ? calendar_facts_find(&show->plan.facts, day_number) : NULL;
    int end = civil_date(day_number - 1).day;

    if ((end > begin ? asprintf(&name, "%02d-%02d %s", begin, end, title)
                     : asprintf(&name, "%02d %s", begin, title)) < 0)
        abort();
    *ret_behind = day_number;
    free(title);
    return name;
}

static json_t *list_names(const struct show *show, int64_t begin, int64_t end)
{
    json_t *names = json_array();

    while (begin < end) {
        const struct calendar_fact *fact = calendar_facts_find(&show->plan.facts, begin);

        if (fact) {
            char *name = name_of(show, fact, end, &begin);

            json_array_append_new(names, json_string(name));
            free(name);
        } else {
            begin++;
        }
    }
    return names;
}

static json_t *describe_month(const struct show *show, int year, int month, struct figures *ret_year)
{
    int64_t begin = civil_day(year, month, 1);
    int length = civil_days_in_month(year, month);
    struct figures figures = {0};
    char days[32] = "", text[16];

    for (int i = 0; i < length; i++)
        count_day(show, begin + i, &figures, &days[i]);
    ret_year->working += figures.working;
    ret_year->rest += figures.rest;
    for (enum calendar_kind kind = 0; kind < CALENDAR_KINDS; kind++)
        ret_year->kinds[kind] += figures.kinds[kind];
    snprintf(text, sizeof text, "%04u-%02u", (unsigned)year % 10000, (unsigned)month % 100);
    json_t *object = json_pack("{s:s}", "month", text);

    add_figures(&figures, object);
    json_object_set_new(object, "days", json_string(days));
    json_object_set_new(object, "names", list_names(show, begin, begin + length));
    return object;
}

static json_t *list_festivals(int year)
{
    json_t *festivals = json_object();
    int64_t day_number;

    for (enum lunar_festival festival = 0; festival < LUNAR_FESTIVALS; festival++) {
        if (!lunar_festival(festival, year, &day_number))
            continue;
        struct civil date = civil_date(day_number);
        char text[16];

        snprintf(text, sizeof text, "%02u-%02u", (unsigned)date.month % 100, (unsigned)date.day % 100);
        json_object_set_new(festivals, lunar_festival_title(festival), json_string(text));
    }
    return festivals;
}

static json_t *describe_year(const struct show *show, int year)
{
    json_t *months = json_array(), *object = json_pack("{s:i}", "year", year);
    struct figures figures = {0};

    for (int month = 1; month <= 12; month++)
        json_array_append_new(months, describe_month(show, year, month, &figures));
    add_figures(&figures, object);
    json_object_set_new(object, "months", months);
    json_object_set_new(object, "festivals", list_festivals(year));
    return object;
}

/* --year, else all the years that the file has days of, else this year. */
static bool choose_years(const struct show *show, const struct options *options, int *ret_first,
                         int *ret_last)
{
    const struct calendar_facts *facts = &show->plan.facts;
    long long year = options_number(options, "year", -1);

    if (year < 0 && facts->count > 0) {
        *ret_first = civil_date(facts->facts[0].day_number).year;
        *ret_last = civil_date(facts->facts[facts->count - 1].day_number).year;
        return true;
    }
    if (year < 0)
        year = civil_date(zone_day(calendar_zone(show->calendar), when_now())).year;
    *ret_first = *ret_last = (int)year;
    return year >= FIRST_YEAR && year <= LAST_YEAR;
}

static json_t *describe(const struct show *show, int first_year, int last_year)
{
    const struct calendar_plan *plan = &show->plan;
    json_t *years = json_array(), *hours = json_object();

    for (size_t i = 0; i < plan->hours_count; i++)
        json_object_set_new(hours, plan->hours[i].key, json_string(plan->hours[i].value));
    for (int year = first_year; year <= last_year; year++)
        json_array_append_new(years, describe_year(show, year));
    return json_pack("{s:s, s:s, s:s?, s:o, s:o}", "name", plan->name, "zone", plan->zone, "until",
                     plan->until, "hours", hours, "years", years);
}

static void show_year(const struct screen *screen, const json_t *year)
{
    char *festivals = screen_text(json_object_get(year, "festivals"));

    screen_line(screen, "%s", "");
    screen_table(screen, json_object_get(year, "months"), month_columns, "");
    screen_line(screen,
                "%lld: %lld working days, %lld rest days; %lld holidays, %lld make-up days, %lld short days",
                (long long)json_integer_value(json_object_get(year, "year")),
                (long long)json_integer_value(json_object_get(year, "working")),
                (long long)json_integer_value(json_object_get(year, "rest")),
                (long long)json_integer_value(json_object_get(year, "holidays")),
                (long long)json_integer_value(json_object_get(year, "make_up_days")),
                (long long)json_integer_value(json_object_get(year, "short_days")));
    if (*festivals)
        screen_line(screen, "festivals: %s", festivals);
    free(festivals);
}

static void show_tables(const struct screen *screen, const struct calendar_plan *plan, const json_t *result)
{
    size_t index;
    json_t *year;

    if (plan->until)
        screen_line(screen, "%s in %s, holidays known until %s", plan->name, plan->zone, plan->until);
    else
        screen_line(screen, "%s in %s", plan->name, plan->zone);
    for (size_t i = 0; i < plan->hours_count; i++)
        screen_line(screen, "  %s: %s", plan->hours[i].key, plan->hours[i].value);
    screen_line(screen, "days: w worked, . rest, H holiday, M make-up working day, s short day");
    json_array_foreach(json_object_get(result, "years"), index, year) show_year(screen, year);
}

static enum exit_code show_calendar(const struct show *show, const struct options *options)
{
    int first_year, last_year;

    if (!choose_years(show, options, &first_year, &last_year)) {
        command_complain("--year: a year from %d to %d", FIRST_YEAR, LAST_YEAR);
        return EXIT_USAGE;
    }
    json_t *result = describe(show, first_year, last_year);

    if (show->screen->in_json)
        screen_json(show->screen, result);
    else
        show_tables(show->screen, &show->plan, result);
    json_decref(result);
    return EXIT_FINE;
}

enum exit_code calendar_show_run(const struct invocation *invocation)
{
    struct show show = {.screen = &invocation->screen};
    struct zone_files *zones = zone_files_create(NULL);
    char *error =
        calendar_plan_read(&show.plan, options_text(&invocation->options, "FILE"), zones, &show.calendar);
    enum exit_code code = EXIT_BAD_INPUT;

    if (error)
        command_complain("%s", error);
    else
        code = show_calendar(&show, &invocation->options);
    free(error);
    calendar_destroy(show.calendar);
    calendar_plan_finish(&show.plan);
    zone_files_destroy(zones);
    return code;
}
