/*
 * Any bytes for zone_create(): it gives a zone or says what is wrong, and a zone that it gives answers: what
 * clocks show at an instant exists, and the instants of it enclose that one.
 *
 * The seeds are zone files of this machine, with clocks that change in ways of their own, and a smallest one
 * that needs no file. Driven by damage.c, or by libFuzzer with -DDUBAN_LIBFUZZER.
 */
#include "lib/zone.h"

#include "tests/fuzz/damage.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void check_instant(const struct zone *zone, msec at)
{
    int offset_s = zone_offset_s(zone, at);
    struct civil civil = zone_civil(zone, at);
    msec whole_at = civil_floor(at, MSEC_SECOND) * MSEC_SECOND;

    damage_require(offset_s > -25 * 3600 && offset_s < 26 * 3600, "an offset of about a day at most");
    damage_require(civil_date_exists(civil.year, civil.month, civil.day), "a date that there is");
    damage_require(zone_civil_exists(zone, &civil), "what clocks show, they show");
    damage_require(zone_instant(zone, &civil, ZONE_FIRST) <= whole_at, "the first time it was shown");
    damage_require(zone_instant(zone, &civil, ZONE_LAST) >= whole_at, "the last time it was shown");
    damage_require(zone_day(zone, at) == civil_day(civil.year, civil.month, civil.day),
                   "the day of the date");
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    const char *error = NULL;
    uint8_t *copy =
        malloc(length ? length : 1); /* of exactly this size, so that reading beyond it is found */

    if (length)
        memcpy(copy, bytes, length);
    struct zone *zone = zone_create("Fuzz/Zone", copy, length, &error);

    free(copy);
    damage_require(!zone == !!error, "a zone or a complaint");
    for (int i = 0; zone && i < 16; i++) /* 1970 to 2199 */
        check_instant(zone, (msec)damage_random((size_t)(INT64_C(230) * 365 * MSEC_DAY)));
    zone_destroy(zone);
    return 0;
}

#ifndef DUBAN_LIBFUZZER

/* Version 2, one type at UTC+8, no change; twice, as the form has it, with a rule behind it. */
static const char smallest[] =
    "TZif2\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\1\0\0\0\4"
    "\0\0\x70\x80\0\0CST\0"
    "TZif2\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\1\0\0\0\4"
    "\0\0\x70\x80\0\0CST\0"
    "\nCST-8\n";

#define FILES_MAX 8

static struct damage_seed seeds[FILES_MAX + 1] = {{smallest, sizeof(smallest) - 1}};
static size_t seed_count = 1;

static void add_file(const char *name)
{
    static uint8_t room[FILES_MAX][DAMAGE_INPUT_MAX];
    char path[256];

    snprintf(path, sizeof(path), "/usr/share/zoneinfo/%s", name);
    FILE *file = fopen(path, "rb");

    if (!file)
        return;
    seeds[seed_count].bytes = room[seed_count - 1];
    seeds[seed_count].length = fread(room[seed_count - 1], 1, DAMAGE_INPUT_MAX, file);
    seed_count++;
    fclose(file);
}

int main(int count, char **arguments)
{
    static const char *const names[] = {"Asia/Shanghai", "Europe/Berlin",       "Australia/Lord_Howe",
                                        "Pacific/Apia",  "America/Los_Angeles", "Africa/Casablanca",
                                        "Etc/UTC"};
    static const char *const words[] = {"TZif2",
                                        "\nCST-8\n",
                                        "\nCET-1CEST,M3.5.0,M10.5.0/3\n",
                                        "<+1030>-10:30<+11>-11",
                                        ",J365/167",
                                        ",0/0,J365/25",
                                        "\xff\xff\xff\xff",
                                        "\x7f",
                                        "\x80",
                                        "\n",
                                        "EST5EDT",
                                        "M13.6.7"};

    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
        add_file(names[i]);
    const struct damage damage = {seeds, seed_count, words, sizeof(words) / sizeof(*words), 200000};

    return damage_run(count, arguments, &damage);
}

#endif
