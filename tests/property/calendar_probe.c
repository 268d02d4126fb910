/*
 * Answers calendar questions from stdin, one a line, so that an independent oracle can compare answers.
 *
 * Started by calendar_oracle.py and holidays_china.py; knows nothing about what is right. Lines:
 *
 *     zone NAME FILE                   load a zone; it becomes the current one (answers "ok")
 *     calendar FILE                    compile a calendar; it becomes the current one (answers "ok" or the
 * error) daily OPEN CLOSE                 a daily calendar in the current zone becomes the current one add AT
 * SPAN | between AT AT | measure AT AT SPAN (of the span's unit: "AMOUNT REST") | open AT | next_open AT |
 * next_close AT | civil AT wall YEAR MONTH DAY HOUR MINUTE SECOND first|last | exists (the same six) |
 * day_start DAY works DAY | before DAY COUNT MINUTE | roll DAY MINUTE
 *
 * Instants are milliseconds, days are day numbers, SPAN is written as in a policy. Every line gets one
 * answer.
 */
#include "lib/base/memory.h"
#include "lib/base/span.h"
#include "lib/calendar.h"
#include "lib/zone.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MOST_BYTES ((size_t)1 << 20)
#define MOST_ZONES 64

struct probe {
    struct zone *zones[MOST_ZONES]; /* the last one is the current one unless `zone` points elsewhere */
    size_t zone_count;
    struct zone *zone;
    struct calendar *calendar;
};

static char *read_file(const char *file_name, size_t *ret_length)
{
    FILE *file = fopen(file_name, "rb");
    char *bytes = memory_new(MOST_BYTES + 1, 1);

    if (!file) {
        fprintf(stderr, "calendar_probe: cannot open %s\n", file_name);
        exit(2);
    }
    *ret_length = fread(bytes, 1, MOST_BYTES, file);
    fclose(file);
    return bytes;
}

static struct zone *find_zone(void *context, const char *name)
{
    struct probe *probe = context;

    for (size_t i = 0; i < probe->zone_count; i++)
        if (strcmp(zone_name(probe->zones[i]), name) == 0)
            return probe->zones[i];
    return NULL;
}

static void load_zone(struct probe *probe, const char *name, const char *file_name)
{
    const char *error = "too many zones";
    size_t length;

    probe->zone = find_zone(probe, name);
    if (!probe->zone && probe->zone_count < MOST_ZONES) {
        char *bytes = read_file(file_name, &length);

        probe->zone = zone_create(name, bytes, length, &error);
        free(bytes);
        if (probe->zone)
            probe->zones[probe->zone_count++] = probe->zone;
    }
    puts(probe->zone ? "ok" : error);
}

static void load_calendar(struct probe *probe, const char *file_name)
{
    size_t length;
    char *error, *text = read_file(file_name, &length);

    calendar_destroy(probe->calendar);
    probe->calendar = calendar_compile(file_name, text, find_zone, probe, &error);
    puts(probe->calendar ? "ok" : error);
    free(error);
    free(text);
}

static void make_daily(struct probe *probe, int open_minute, int close_minute)
{
    calendar_destroy(probe->calendar);
    probe->calendar = calendar_create_daily("daily", probe->zone, open_minute, close_minute);
    puts("ok");
}

static void print_instant(msec at)
{
    if (at == NEVER)
        puts("never");
    else
        printf("%lld\n", (long long)at);
}

static void answer_span(struct probe *probe, msec at, const char *text)
{
    struct span span;
    enum span_outcome outcome = span_parse(text, &span);

    if (outcome != SPAN_OK)
        puts(span_outcome_text(outcome));
    else
        print_instant(calendar_add_span(probe->calendar, at, span));
}

/* `AMOUNT REST`, of the unit that `1wd` or `1mo` shows. */
static void answer_between(struct probe *probe, msec from_at, msec to_at, const char *text)
{
    struct span unit;
    int64_t rest_ms;
    enum span_outcome outcome = span_parse(text, &unit);

    if (outcome != SPAN_OK) {
        puts(span_outcome_text(outcome));
        return;
    }
    struct span span = calendar_between(probe->calendar, from_at, to_at, unit.unit, &rest_ms);

    printf("%lld %lld\n", (long long)span.amount, (long long)rest_ms);
}

static void answer_wall(struct probe *probe, const struct civil *civil, const char *choice)
{
    print_instant(zone_instant(probe->zone, civil, strcmp(choice, "last") == 0 ? ZONE_LAST : ZONE_FIRST));
}

static void answer_civil(struct probe *probe, msec at)
{
    struct civil civil = zone_civil(probe->zone, at);

    printf("%d %d %d %d %d %d\n", civil.year, civil.month, civil.day, civil.hour, civil.minute, civil.second);
}

static bool answer_calendar(struct probe *probe, const char *line)
{
    const struct calendar *calendar = probe->calendar;
    long long one, other;
    int minute;
    char word[64];

    if (sscanf(line, "measure %lld %lld %63[^\n]", &one, &other, word) == 3)
        answer_between(probe, one, other, word);
    else if (sscanf(line, "add %lld %63[^\n]", &one, word) == 2)
        answer_span(probe, one, word);
    else if (sscanf(line, "between %lld %lld", &one, &other) == 2)
        print_instant(calendar_between_ms(calendar, one, other));
    else if (sscanf(line, "open %lld", &one) == 1)
        puts(calendar_is_open(calendar, one) ? "yes" : "no");
    else if (sscanf(line, "next_open %lld", &one) == 1)
        print_instant(calendar_next_open(calendar, one));
    else if (sscanf(line, "next_close %lld", &one) == 1)
        print_instant(calendar_next_close(calendar, one));
    else if (sscanf(line, "works %lld", &one) == 1)
        puts(calendar_is_working_day(calendar, one) ? "yes" : "no");
    else if (sscanf(line, "before %lld %lld %d", &one, &other, &minute) == 3)
        print_instant(calendar_before_working_days(calendar, one, other, minute));
    else if (sscanf(line, "roll %lld %d", &one, &minute) == 2)
        print_instant(calendar_roll_forward(calendar, one, minute));
    else
        return false;
    return true;
}

static bool answer_zone(struct probe *probe, const char *line)
{
    long long number;
    char word[64];
    struct civil civil;

    if (sscanf(line, "civil %lld", &number) == 1)
        answer_civil(probe, number);
    else if (sscanf(line, "day_start %lld", &number) == 1)
        print_instant(zone_day_start(probe->zone, number));
    else if (sscanf(line, "wall %d %d %d %d %d %d %63s", &civil.year, &civil.month, &civil.day, &civil.hour,
                    &civil.minute, &civil.second, word) == 7)
        answer_wall(probe, &civil, word);
    else if (sscanf(line, "exists %d %d %d %d %d %d", &civil.year, &civil.month, &civil.day, &civil.hour,
                    &civil.minute, &civil.second) == 6)
        puts(zone_civil_exists(probe->zone, &civil) ? "yes" : "no");
    else
        return false;
    return true;
}

static void answer(struct probe *probe, const char *line)
{
    char name[128], file_name[1024];
    int open_minute, close_minute;

    if (sscanf(line, "zone %127s %1023s", name, file_name) == 2)
        load_zone(probe, name, file_name);
    else if (sscanf(line, "calendar %1023s", file_name) == 1)
        load_calendar(probe, file_name);
    else if (sscanf(line, "daily %d %d", &open_minute, &close_minute) == 2)
        make_daily(probe, open_minute, close_minute);
    else if (!(probe->zone && answer_zone(probe, line)) && !(probe->calendar && answer_calendar(probe, line)))
        puts("what?");
}

int main(void)
{
    static struct probe probe;
    char line[2048];

    while (fgets(line, sizeof(line), stdin))
        answer(&probe, line);
    calendar_destroy(probe.calendar);
    for (size_t i = 0; i < probe.zone_count; i++)
        zone_destroy(probe.zones[i]);
    return 0;
}
