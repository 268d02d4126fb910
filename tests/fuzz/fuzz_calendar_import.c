/*
 * Any text for the readers of holiday lists (ICS and JSON): each gives facts or says with file and line what
 * is wrong; and what a calendar file is made of these facts, the daemon's own reader takes.
 *
 * Driven by damage.c, or by libFuzzer with -DDUBAN_LIBFUZZER.
 */
#include "client/calendar_plan.h"
#include "client/calendar_source.h"
#include "tests/fuzz/damage.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NAME "fuzz"

static struct zone_files *zones;

static struct zone *find_zone(void *context, const char *name)
{
    return zone_files_find(context, name);
}

static void check_facts(const struct calendar_facts *facts)
{
    for (size_t i = 0; i < facts->count; i++) {
        damage_require(calendar_source_has_day(facts->facts[i].day_number), "a day that a calendar can have");
        damage_require(i == 0 || facts->facts[i - 1].day_number < facts->facts[i].day_number,
                       "each day once, in order");
    }
}

/* A list that was understood makes a calendar that can be loaded. */
static void check_plan(const struct calendar_plan *plan)
{
    struct text text = {0};
    char *error = NULL;

    calendar_plan_write(plan, &text);
    struct calendar *calendar = calendar_compile(NAME, text_get(&text), find_zone, zones, &error);

    if (!calendar)
        fprintf(stderr, "%s\n%s", error, text_get(&text));
    damage_require(calendar != NULL, "what is imported can be loaded");
    calendar_destroy(calendar);
    text_finish(&text);
}

static void check_reader(const char *text, size_t length,
                         char *(*read)(const struct calendar_source *source, struct calendar_facts *facts))
{
    struct calendar_plan plan = {0};

    calendar_plan_office(&plan);
    const struct calendar_source source = {
        .file = NAME,
        .text = text,
        .length = length,
        .zone = zone_files_find(zones, plan.zone),
        .zones = zones,
        .unmarked = (enum calendar_unmarked)damage_random(3),
    };

    damage_require(source.zone != NULL, "the zone of the office is on this machine");
    char *error = read(&source, &plan.facts);

    damage_require(!error || strncmp(error, NAME ":", strlen(NAME) + 1) == 0,
                   "a complaint begins with its place");
    check_facts(&plan.facts);
    if (!error)
        check_plan(&plan);
    free(error);
    calendar_plan_finish(&plan);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    char *text = malloc(length + 1); /* of exactly this size, so that reading beyond it is found */

    if (!zones)
        zones = zone_files_create(NULL);
    memcpy(text, bytes, length);
    text[length] = '\0';
    length = strlen(text); /* a file with a NUL in it comes no further than this */
    check_reader(text, length, calendar_json_read);
    check_reader(text, length, calendar_ics_read);
    free(text);
    return 0;
}

#ifndef DUBAN_LIBFUZZER

static const char list[] =
    "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//x//y\r\nBEGIN:VTIMEZONE\r\nTZID:Asia/"
    "Shanghai\r\nBEGIN:STANDARD\r\n"
    "DTSTART:19700101T000000\r\nTZOFFSETFROM:+0800\r\nTZOFFSETTO:+0800\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n"
    "BEGIN:VEVENT\r\nUID:1\r\nDTSTAMP:20260101T000000Z\r\nDTSTART;VALUE=DATE:20260215\r\nDTEND;VALUE=DATE:"
    "20260224\r\n"
    "SUMMARY:春节（休）\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nUID:2\r\nDTSTAMP:20260101T000000Z\r\n"
    "DTSTART;TZID=Asia/Shanghai:20260214T090000\r\nDURATION:PT8H\r\nSUMMARY:春节补\r\n 班\r\nEND:VEVENT\r\n"
    "END:VCALENDAR\r\n";
static const char year[] =
    "{\"$schema\":\"x\",\"year\":2026,\"papers\":[],\"days\":[{\"name\":\"元旦\",\"date\":"
    "\"2026-01-01\",\"isOffDay\":true},{\"name\":\"春节\",\"date\":\"2026-02-14\",\"isOffDay\":false}]}";

int main(int count, char **arguments)
{
    static const struct damage_seed seeds[] = {{list, sizeof(list) - 1}, {year, sizeof(year) - 1}};
    static const char *const words[] = {"BEGIN:VEVENT\r\n",
                                        "END:VEVENT\r\n",
                                        "SUMMARY:",
                                        "DTSTART:",
                                        "DTEND:",
                                        "RRULE:FREQ=DAILY\r\n",
                                        "STATUS:CANCELLED\r\n",
                                        "TZID=Europe/Berlin:",
                                        "VALUE=DATE:",
                                        "20261231T235959Z",
                                        "P9999D",
                                        "休",
                                        "班",
                                        "（",
                                        "\r\n ",
                                        "\\n",
                                        ";",
                                        ",",
                                        "\"days\":",
                                        "\"date\":",
                                        "2026-02-30",
                                        "true",
                                        "null",
                                        "{",
                                        "]",
                                        "\\u0000",
                                        "\xff",
                                        "99999999",
                                        "\"",
                                        "\"name\":\"a;b = c\""};
    const struct damage damage = {seeds, sizeof(seeds) / sizeof(*seeds), words,
                                  sizeof(words) / sizeof(*words), 40000};
    int outcome = damage_run(count, arguments, &damage);

    zone_files_destroy(zones);
    return outcome;
}

#endif
