/*
 * Any text for calendar_compile(): it gives a calendar or says with file and line what is wrong, and a
 * calendar that it gives can be counted with: openings are open, what is added lies between, what is closed
 * never opens.
 *
 * Driven by damage.c, or by libFuzzer with -DDUBAN_LIBFUZZER.
 */
#include "lib/calendar.h"

#include "lib/calendar_days.h"
#include "tests/fuzz/damage.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NAME "fuzz.ini"

static struct zone *utc;

static struct zone *find_zone(void *context, const char *name)
{
    (void)context;
    return strcmp(name, "UTC") == 0 ? utc : NULL;
}

static void check_hours(const struct calendar *calendar, msec at)
{
    msec open_at = calendar_next_open(calendar, at), close_at = calendar_next_close(calendar, at);

    damage_require(open_at >= at, "an opening is not before the question");
    damage_require(open_at == NEVER || calendar_is_open(calendar, open_at), "an opening is open");
    damage_require(close_at > at, "a closing lies behind the question");
    damage_require(close_at == NEVER || open_at < close_at, "what closes was open");
}

/* What is added is found again between. */
static void check_sums(const struct calendar *calendar, msec at)
{
    static const char *const spans[] = {"8bh", "1bh30bm", "3wd", "0wd", "next wd 16:00", "14d", "3mo", "24h"};
    struct span span;
    int64_t rest_ms;

    damage_require(span_parse(spans[damage_random(sizeof(spans) / sizeof(*spans))], &span) == SPAN_OK,
                   "a span");
    msec due_at = calendar_add_span(calendar, at, span);

    if (due_at == NEVER || due_at < at)
        return;
    struct span found = calendar_between(calendar, at, due_at, span.unit, &rest_ms);

    damage_require(rest_ms >= 0, "what is left is not negative");
    if (!span_is_instant(span))
        damage_require(found.amount >= span.amount &&
                           (found.amount == span.amount || span.unit == SPAN_WORKING_DAYS),
                       "what was added is found again");
}

static void check_days(const struct calendar *calendar, msec at)
{
    int64_t day = zone_day(utc, at);

    damage_require(calendar_is_working_day(calendar, day) == (calendar_day_close(calendar, day) != NEVER),
                   "a working day closes, and no other");
    damage_require(calendar_is_same_day(calendar, calendar, day), "a day is as it is");
    damage_require(calendar_is_provisional(calendar, at) == (day > calendar_last_known_day(calendar)),
                   "provisional is what lies behind the last known day");
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    char *error, *text = malloc(length + 1); /* of exactly this size, so that reading beyond it is found */

    if (!utc)
        utc = zone_create_utc();
    memcpy(text, bytes, length);
    text[length] = '\0';
    struct calendar *calendar = calendar_compile(NAME, text, find_zone, NULL, &error);

    free(text);
    damage_require(!calendar == !!error, "a calendar or a complaint");
    damage_require(!error || strncmp(error, NAME ":", strlen(NAME) + 1) == 0,
                   "a complaint begins with its place");
    for (int i = 0; calendar && i < 4; i++) {
        msec at = (msec)(civil_day(2026, 1, 1) + (int64_t)damage_random(400)) * MSEC_DAY +
                  (msec)damage_random((size_t)MSEC_DAY);

        check_hours(calendar, at);
        check_sums(calendar, at);
        check_days(calendar, at);
    }
    calendar_destroy(calendar);
    free(error);
    return 0;
}

#ifndef DUBAN_LIBFUZZER

static const char office[] =
    "[calendar]\nname = office\nzone = UTC\nuntil = 2026-12-31\n[hours]\n"
    "monday..friday = 09:00-12:00 13:00-18:00\nsaturday..sunday = closed\n[holidays]\n"
    "2026-02-15..2026-02-23 = 春节 | Spring Festival\n[working_days]\n"
    "2026-02-14 = 春节调休 as friday\n2026-02-28 = make-up\n[short_days]\n"
    "2026-12-31 = 09:00-12:00 New Year's Eve\n";
static const char night[] =
    "; a night shift\n[hours]\nmonday = 00:00-06:00 22:00-24:00\ntuesday..sunday = 22:00-24:00\n"
    "[calendar]\nname=night\nzone=UTC\n";
static const char never[] =
    "[calendar]\nname = never\nzone = UTC\n[hours]\nmonday..sunday = closed\n[short_days]\n"
    "2026-03-02 = 09:00-09:01\n";

int main(int count, char **arguments)
{
    static const struct damage_seed seeds[] = {
        {office, sizeof(office) - 1}, {night, sizeof(night) - 1}, {never, sizeof(never) - 1}};
    static const char *const words[] = {"[hours]",
                                        "[holidays]",
                                        "[short_days]",
                                        "[working_days]",
                                        "\n",
                                        "=",
                                        "..",
                                        "closed",
                                        " as ",
                                        "friday",
                                        "24:00",
                                        "00:00-24:00",
                                        "2026-02-30",
                                        "2026-03-01..2026-03-02 = x\n",
                                        "9999-12-31",
                                        "until = 1970-01-01\n",
                                        ";",
                                        "#",
                                        "\r",
                                        "\t",
                                        " ",
                                        "\xff",
                                        "-",
                                        "2199-12-31 = 00:00-00:01\n"};
    const struct damage damage = {seeds, sizeof(seeds) / sizeof(*seeds), words,
                                  sizeof(words) / sizeof(*words), 200000};
    int outcome = damage_run(count, arguments, &damage);

    zone_destroy(utc);
    return outcome;
}

#endif
