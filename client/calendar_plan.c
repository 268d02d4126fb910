/*
 * Our calendar files, taken apart and put together again.
 *
 * Used by `dubanctl calendar import`, which takes hours and names from one and writes another, and by
 * `calendar show`, which wants to know what kind each day is. Whether a file is right is decided by the
 * judge's own reader (lib/calendar_file.c), which is asked first: so here nothing is checked twice, and
 * nothing is understood differently.
 *
 * Invariant: what is written compiles to the same facts. Days in a row with the same entry become a range, a
 * blank line stands between years. Comments at the top and above a section of days are kept; those between
 * lines would stand in the wrong place and are not.
 */
#include "client/calendar_plan.h"

#include "files/files.h"
#include "lib/base/civil.h"
#include "lib/base/memory.h"
#include "lib/ini.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MOST_BYTES   ((size_t)1 << 20)
#define LONGEST_DAYS 366 /* of a range of dates (calendar_file.c) */
#define RANGE_BYTES  22  /* 2026-02-15..2026-02-23 */

static const char *const sections[CALENDAR_KINDS] = {
    [CALENDAR_HOLIDAY] = "holidays",
    [CALENDAR_WORKING] = "working_days",
    [CALENDAR_SHORT] = "short_days",
};

/* What stands above a section unless the file that was read has a comment of its own there. */
static const char *const usual_remarks[CALENDAR_KINDS] = {
    [CALENDAR_HOLIDAY] = "",
    [CALENDAR_WORKING] = "; Rest days that are worked instead. They take Monday's hours; `as friday` at the "
                         "end takes Friday's.\n",
    [CALENDAR_SHORT] = "; Days with other hours than usual: 2026-12-31 = 09:00-12:00\n",
};

void calendar_plan_finish(struct calendar_plan *plan)
{
    free(plan->opening);
    free(plan->name);
    free(plan->zone);
    free(plan->until);
    for (enum calendar_kind kind = 0; kind < CALENDAR_KINDS; kind++)
        free(plan->remarks[kind]);
    for (size_t i = 0; i < plan->hours_count; i++) {
        free(plan->hours[i].key);
        free(plan->hours[i].value);
    }
    calendar_facts_finish(&plan->facts);
}

static void add_hours(struct calendar_plan *plan, const char *key, const char *value)
{
    plan->hours[plan->hours_count++] = (struct calendar_hours_line){memory_text(key), memory_text(value)};
}

void calendar_plan_office(struct calendar_plan *plan)
{
    plan->opening =
        memory_text("; Office hours in mainland China with the public holidays and the make-up days that go "
                    "with them.\n\n");
    plan->name = memory_text("cn_office");
    plan->zone = memory_text("Asia/Shanghai");
    add_hours(plan, "monday..friday", "09:00-12:00 13:00-18:00");
    add_hours(plan, "saturday..sunday", "closed");
}

/* Reading */

struct reading {
    struct calendar_plan *plan;
    const char *path;
    char *error;
};

static const char *read_head(struct calendar_plan *plan, const char *key, const char *value)
{
    char **field = strcmp(key, "name") == 0   ? &plan->name
                   : strcmp(key, "zone") == 0 ? &plan->zone
                                              : &plan->until;

    *field = memory_text(value);
    return NULL;
}

static const char *read_days(struct reading *reading, enum calendar_kind kind, const char *key,
                             const char *value, int line)
{
    int64_t first = 0, last = 0;

    if (!civil_parse_date(key, &first) ||
        !civil_parse_date(strlen(key) == RANGE_BYTES ? key + 12 : key, &last))
        return "no date";
    for (; first <= last && !reading->error; first++)
        reading->error =
            calendar_facts_add(&reading->plan->facts, first, kind, NULL, value, reading->path, line);
    return reading->error;
}

static const char *read_entry(void *context, const char *section, const char *key, const char *value,
                              int line)
{
    struct reading *reading = context;

    if (!key)
        return NULL;
    if (strcmp(section, "calendar") == 0)
        return read_head(reading->plan, key, value);
    for (enum calendar_kind kind = 0; kind < CALENDAR_KINDS; kind++)
        if (strcmp(section, sections[kind]) == 0)
            return read_days(reading, kind, key, value, line);
    if (reading->plan->hours_count < 7)
        add_hours(reading->plan, key, value);
    return NULL;
}

/* The lines before the first section. */
static char *copy_opening(const char *text)
{
    const char *end = text;

    while (*end && *end != '[')
        end += strcspn(end, "\n") + (strchr(end, '\n') != NULL);
    return strndup(text, (size_t)(end - text));
}

static bool begins_section(const char *line, const char *name)
{
    size_t length = strlen(name);

    return line[0] == '[' && strncmp(line + 1, name, length) == 0 && line[length + 1] == ']';
}

/* The comments that stand right above the sections of days; above the first section it is the opening. */
static void copy_remarks(struct calendar_plan *plan, const char *text)
{
    const char *first = text + strlen(plan->opening), *remark = first;

    for (const char *line = first, *next; *line; line = next) {
        next = line + strcspn(line, "\n");
        next += *next == '\n';
        for (enum calendar_kind kind = 0; kind < CALENDAR_KINDS; kind++)
            if (begins_section(line, sections[kind]))
                plan->remarks[kind] = strndup(remark, (size_t)(line - remark));
        if (*line != ';' && *line != '#')
            remark = next;
    }
}

static struct zone *find_zone(void *context, const char *name)
{
    return zone_files_find(context, name);
}

char *calendar_plan_read(struct calendar_plan *plan, const char *path, struct zone_files *zones,
                         struct calendar **ret_calendar)
{
    struct reading reading = {.plan = plan, .path = path};
    struct text text = {0};
    char *error = files_read_or_say(path, MOST_BYTES, &text);

    *ret_calendar = error ? NULL : calendar_compile(path, text_get(&text), find_zone, zones, &error);
    if (*ret_calendar) {
        plan->opening = copy_opening(text_get(&text));
        copy_remarks(plan, text_get(&text));
        if (!ini_read(path, text_get(&text), text.length, NULL, read_entry, &reading, &error)) {
            calendar_destroy(*ret_calendar);
            *ret_calendar = NULL;
        }
    }
    free(reading.error);
    text_finish(&text);
    return error;
}

/* Writing */

static void add_pair(struct text *out, const char *key, int width, const char *value)
{
    text_printf(out, "%-*s = %s\n", width, key, value);
}

/* The fact behind the last of a range of equal ones. */
static size_t range_end(const struct calendar_facts *facts, size_t begin)
{
    const struct calendar_fact *first = &facts->facts[begin];
    size_t end = begin + 1;

    for (; end < facts->count && end - begin < LONGEST_DAYS; end++) {
        const struct calendar_fact *fact = &facts->facts[end];

        if (fact->kind != first->kind || fact->day_number != first->day_number + (int64_t)(end - begin) ||
            strcmp(fact->value, first->value) != 0)
            break;
    }
    return end;
}

static void write_key(const struct calendar_facts *facts, size_t begin, size_t end,
                      char ret_key[RANGE_BYTES + 1])
{
    struct civil first = civil_date(facts->facts[begin].day_number),
                 last = civil_date(facts->facts[end - 1].day_number);
    int length = snprintf(ret_key, RANGE_BYTES + 1, "%04u-%02u-%02u", (unsigned)first.year % 10000,
                          (unsigned)first.month % 100, (unsigned)first.day % 100);

    if (end - begin > 1)
        snprintf(ret_key + length, (size_t)(RANGE_BYTES + 1 - length), "..%04u-%02u-%02u",
                 (unsigned)last.year % 10000, (unsigned)last.month % 100, (unsigned)last.day % 100);
}

/* Keys are as wide as the widest of their section. */
static int width_of(const struct calendar_facts *facts, enum calendar_kind kind)
{
    int width = 10;

    for (size_t i = 0, end; i < facts->count; i = end) {
        end = range_end(facts, i);
        if (facts->facts[i].kind == kind && end - i > 1)
            width = RANGE_BYTES;
    }
    return width;
}

static void write_days(const struct calendar_plan *plan, enum calendar_kind kind, struct text *out)
{
    const struct calendar_facts *facts = &plan->facts;
    const char *remark = plan->remarks[kind] ? plan->remarks[kind] : usual_remarks[kind];
    int width = width_of(facts, kind), year = 0;

    text_printf(out, "\n%s[%s]\n", remark, sections[kind]);
    for (size_t i = 0, end; i < facts->count; i = end) {
        char key[RANGE_BYTES + 1];
        int of_year = civil_date(facts->facts[i].day_number).year;

        end = range_end(facts, i);
        if (facts->facts[i].kind != kind)
            continue;
        if (year && year != of_year)
            text_add(out, "\n");
        year = of_year;
        write_key(facts, i, end, key);
        add_pair(out, key, width, facts->facts[i].value);
    }
}

void calendar_plan_write(const struct calendar_plan *plan, struct text *ret_text)
{
    int width = 0;

    text_add(ret_text, plan->opening ? plan->opening : "");
    text_printf(ret_text, "[calendar]\nname  = %s\nzone  = %s\n", plan->name, plan->zone);
    if (plan->until)
        text_printf(ret_text, "until = %s\n", plan->until);
    text_add(ret_text, "\n[hours]\n");
    for (size_t i = 0; i < plan->hours_count; i++)
        width = (int)strlen(plan->hours[i].key) > width ? (int)strlen(plan->hours[i].key) : width;
    for (size_t i = 0; i < plan->hours_count; i++)
        add_pair(ret_text, plan->hours[i].key, width, plan->hours[i].value);
    for (enum calendar_kind kind = 0; kind < CALENDAR_KINDS; kind++)
        write_days(plan, kind, ret_text);
}

size_t calendar_plan_count(const struct calendar_plan *plan, enum calendar_kind kind)
{
    size_t count = 0;

    for (size_t i = 0; i < plan->facts.count; i++)
        count += plan->facts.facts[i].kind == kind;
    return count;
}
