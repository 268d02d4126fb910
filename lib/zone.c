/*
 * Time zones: our own reader of TZif files and the two questions asked of it.
 *
 * glibc has one TZ for the whole process and answers from global state; a desk needs several zones at once
 * and the judge may have no globals at all. So the hands read /usr/share/zoneinfo and hand the bytes in, and
 * everything here is a pure function of those bytes.
 *
 * A zone is one table of stretches in which the offset does not change. The file's own changes come first;
 * then the rule in its footer is written out over one Gregorian cycle (400 years, after which dates and
 * weekdays repeat exactly), and anything later is looked up one or more cycles earlier. So a question is a
 * binary search and never a computation of rules, and a zone whose clocks no longer change (Asia/Shanghai)
 * answers from its last stretch with one comparison.
 *
 * Invariant: starts_s ascends, its first is INT64_MIN, neighbours differ in offset, and every offset lies
 * within (-25 h, +26 h). Offsets only are kept: names and "is summer time" have no bearing on deadlines.
 */
#include "lib/zone.h"

#include "lib/base/memory.h"
#include "lib/zone_footer.h"
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define DAY_S          INT64_C(86400)
#define CYCLE_S        (INT64_C(146097) * DAY_S) /* 400 years */
#define OFFSET_LOWEST  (-25 * 3600 + 1)          /* RFC 9636, 3.2 */
#define OFFSET_HIGHEST (26 * 3600 - 1)
#define TIME_LOWEST    (-(INT64_C(1) << 59)) /* RFC 9636: earlier than the Big Bang is nothing */
#define TIME_HIGHEST   INT64_C(32503680000)  /* the year 3000; a file that goes on is a joke or an attack */
#define RULE_YEAR      1900                  /* where a footer begins in a file without changes */

struct zone {
    char *name;
    int64_t *starts_s; /* UTC seconds; the stretch number i lasts until starts_s[i + 1] */
    int *offsets_s;
    size_t count;
    size_t starts_capacity, offsets_capacity;
    msec settled_at;   /* from here on the last offset holds for ever; NEVER when the clocks go on changing */
    int64_t horizon_s; /* from here on look a cycle earlier; INT64_MAX when the clocks are settled */
    int64_t *lost_days; /* day numbers that were skipped whole */
    size_t lost_count, lost_capacity;
};

/* The table */

static void add_stretch(struct zone *zone, int64_t start_s, int offset_s)
{
    if (zone->count && zone->offsets_s[zone->count - 1] == offset_s)
        return;
    size_t needed = zone->count + 1;

    zone->starts_s = memory_reserve(zone->starts_s, &zone->starts_capacity, needed, sizeof(*zone->starts_s));
    zone->offsets_s =
        memory_reserve(zone->offsets_s, &zone->offsets_capacity, needed, sizeof(*zone->offsets_s));
    zone->starts_s[zone->count] = start_s;
    zone->offsets_s[zone->count] = offset_s;
    zone->count = needed;
}

/* The stretch that holds a UTC second. */
static size_t find_stretch(const struct zone *zone, int64_t at_s)
{
    size_t low = 0, high = zone->count;

    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;

        if (zone->starts_s[middle] <= at_s)
            low = middle;
        else
            high = middle;
    }
    return low;
}

/* How many seconds of whole cycles to take off so that `at_s` lies before the horizon. */
static int64_t cycles_beyond(const struct zone *zone, int64_t at_s)
{
    return at_s < zone->horizon_s ? 0 : ((at_s - zone->horizon_s) / CYCLE_S + 1) * CYCLE_S;
}

/* Days that begin and end inside the jump at the start of stretch `i`. */
static void note_lost_days(struct zone *zone, size_t i)
{
    int64_t before_s = zone->starts_s[i] + zone->offsets_s[i - 1];
    int64_t after_s = zone->starts_s[i] + zone->offsets_s[i];

    for (int64_t day = civil_floor(before_s + DAY_S - 1, DAY_S); (day + 1) * DAY_S <= after_s; day++) {
        zone->lost_days = memory_reserve(zone->lost_days, &zone->lost_capacity, zone->lost_count + 1,
                                         sizeof(*zone->lost_days));
        zone->lost_days[zone->lost_count++] = day;
    }
}

/* The file */

struct bytes {
    const uint8_t *at;
    size_t left;
};

struct counts {
    uint32_t universal, standard, leap, time, type, character;
};

static const uint8_t *take(struct bytes *bytes, uint64_t length)
{
    if (length > bytes->left)
        return NULL;
    const uint8_t *taken = bytes->at;

    bytes->at += length;
    bytes->left -= (size_t)length;
    return taken;
}

static uint32_t read_32(const uint8_t *bytes)
{
    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

static int64_t read_64(const uint8_t *bytes)
{
    return (int64_t)((uint64_t)read_32(bytes) << 32 | read_32(bytes + 4));
}

/* The 44 bytes before each block. */
static bool read_header(struct bytes *bytes, struct counts *ret_counts)
{
    const uint8_t *header = take(bytes, 44);

    if (!header || memcmp(header, "TZif", 4) != 0 || header[4] < '2')
        return false;
    *ret_counts = (struct counts){
        .universal = read_32(header + 20),
        .standard = read_32(header + 24),
        .leap = read_32(header + 28),
        .time = read_32(header + 32),
        .type = read_32(header + 36),
        .character = read_32(header + 40),
    };
    return true;
}

/* The first block repeats the second in 32 bits for old readers; nothing in it is used. */
static bool skip_old_block(struct bytes *bytes)
{
    struct counts counts;

    if (!read_header(bytes, &counts))
        return false;
    uint64_t length = (uint64_t)counts.time * 5 + (uint64_t)counts.type * 6 + counts.character +
                      (uint64_t)counts.leap * 8 + counts.standard + counts.universal;

    return take(bytes, length) != NULL;
}

static const char *check_counts(const struct counts *counts)
{
    if (counts->leap != 0)
        return "the zone file counts leap seconds";
    if (counts->type == 0 || counts->type > 256 || counts->character == 0)
        return "the zone file has no local time types";
    if ((counts->universal != 0 && counts->universal != counts->type) ||
        (counts->standard != 0 && counts->standard != counts->type))
        return "the zone file's indicators do not fit its types";
    return NULL;
}

static const char *check_types(const uint8_t *types, const uint8_t *names, const struct counts *counts)
{
    for (uint32_t i = 0; i < counts->type; i++) {
        const uint8_t *type = types + (size_t)i * 6;
        int32_t offset_s = (int32_t)read_32(type);

        if (offset_s < OFFSET_LOWEST || offset_s > OFFSET_HIGHEST)
            return "the zone file has an offset of more than a day";
        if (type[4] > 1 || type[5] >= counts->character)
            return "the zone file has a damaged local time type";
    }
    return names[counts->character - 1] == '\0' ? NULL : "the zone file has a name without an end";
}

static int type_offset(const uint8_t *types, uint8_t index)
{
    return (int32_t)read_32(types + (size_t)index * 6);
}

static const char *add_changes(struct zone *zone, const uint8_t *times, const uint8_t *indices,
                               const uint8_t *types, const struct counts *counts)
{
    int64_t previous_s = INT64_MIN;

    add_stretch(zone, INT64_MIN, type_offset(types, 0));
    for (uint32_t i = 0; i < counts->time; i++) {
        int64_t at_s = read_64(times + (size_t)i * 8);

        if (at_s < TIME_LOWEST || at_s > TIME_HIGHEST)
            return "the zone file has a change outside all reason";
        if (at_s <= previous_s)
            return "the zone file's changes are not in order";
        if (indices[i] >= counts->type)
            return "the zone file names a local time type that it does not have";
        add_stretch(zone, at_s, type_offset(types, indices[i]));
        previous_s = at_s;
    }
    return NULL;
}

/* Writes the footer's changes after `last_s` into the table, for a cycle and what a look past its end needs.
 */
static void add_rule(struct zone *zone, const struct zone_footer *footer, bool has_changes, int64_t last_s)
{
    int first_year = has_changes ? civil_from_seconds(last_s).year - 1 : RULE_YEAR;
    int horizon_year = first_year + 403;

    for (int year = first_year; year <= horizon_year + 1; year++) {
        int64_t start_s = zone_footer_start_s(footer, year), end_s = zone_footer_end_s(footer, year);
        bool is_northern = start_s <= end_s;

        /* a change at the very instant of another replaces it: summer all year round is written that way */
        for (int turn = 0; turn < 2; turn++) {
            bool to_summer = (turn == 0) == is_northern;
            int64_t at_s = to_summer ? start_s : end_s;

            if (has_changes && at_s <= last_s)
                continue;
            while (zone->count > 1 && zone->starts_s[zone->count - 1] >= at_s)
                zone->count--;
            add_stretch(zone, at_s, to_summer ? footer->summer_s : footer->standard_s);
        }
    }
    zone->horizon_s = civil_day(horizon_year, 1, 1) * DAY_S;
}

static const char *read_footer(struct zone *zone, struct bytes *bytes, const struct counts *counts,
                               int64_t last_s)
{
    struct zone_footer footer;

    if (bytes->left < 2 || bytes->at[0] != '\n' || bytes->at[bytes->left - 1] != '\n')
        return "the zone file has no footer, or something behind it";
    if (bytes->left == 2)
        return NULL;
    if (!zone_footer_parse((const char *)bytes->at + 1, bytes->left - 2, &footer))
        return "the zone file's footer is not a rule";
    if (footer.has_summer) {
        if (counts->time == 0)
            zone->offsets_s[0] = footer.standard_s;
        add_rule(zone, &footer, counts->time != 0, last_s);
    } else if (counts->time == 0) {
        zone->offsets_s[0] = footer.standard_s;
    }
    return NULL;
}

static const char *read_block(struct zone *zone, struct bytes *bytes)
{
    struct counts counts;

    if (!read_header(bytes, &counts))
        return "the zone file ends after its first block";
    const char *error = check_counts(&counts);

    if (error)
        return error;
    const uint8_t *times = take(bytes, (uint64_t)counts.time * 8);
    const uint8_t *indices = take(bytes, counts.time);
    const uint8_t *types = take(bytes, (uint64_t)counts.type * 6);
    const uint8_t *names = take(bytes, counts.character);
    const uint8_t *indicators = take(bytes, (uint64_t)counts.standard + counts.universal);

    if (!times || !indices || !types || !names || !indicators)
        return "the zone file is cut short";
    error = check_types(types, names, &counts);
    if (!error)
        error = add_changes(zone, times, indices, types, &counts);
    if (error)
        return error;
    return read_footer(zone, bytes, &counts,
                       counts.time ? read_64(times + ((size_t)counts.time - 1) * 8) : 0);
}

/* The zone */

static void settle(struct zone *zone)
{
    int64_t last_s = zone->starts_s[zone->count - 1];

    zone->settled_at = NEVER;
    if (zone->horizon_s == INT64_MAX)
        zone->settled_at = last_s > INT64_MIN / MSEC_SECOND ? last_s * MSEC_SECOND : INT64_MIN;
    for (size_t i = 1; i < zone->count; i++)
        note_lost_days(zone, i);
}

static struct zone *create_empty(const char *name)
{
    struct zone *zone = memory_new(1, sizeof(*zone));

    zone->name = memory_text(name);
    zone->horizon_s = INT64_MAX;
    return zone;
}

struct zone *zone_create(const char *name, const void *tzif, size_t length, const char **ret_error)
{
    struct bytes bytes = {.at = tzif, .left = length};
    struct zone *zone = create_empty(name);
    const char *error = "this is not a zone file of version 2 or later";

    if (skip_old_block(&bytes))
        error = read_block(zone, &bytes);
    if (error) {
        zone_destroy(zone);
        *ret_error = error;
        return NULL;
    }
    settle(zone);
    return zone;
}

struct zone *zone_create_utc(void)
{
    struct zone *zone = create_empty("UTC");

    add_stretch(zone, INT64_MIN, 0);
    settle(zone);
    return zone;
}

void zone_destroy(struct zone *zone)
{
    if (!zone)
        return;
    free(zone->name);
    free(zone->starts_s);
    free(zone->offsets_s);
    free(zone->lost_days);
    free(zone);
}

const char *zone_name(const struct zone *zone)
{
    return zone->name;
}

int zone_offset_s(const struct zone *zone, msec at)
{
    if (at >= zone->settled_at)
        return zone->offsets_s[zone->count - 1];
    int64_t at_s = civil_floor(at, MSEC_SECOND);

    return zone->offsets_s[find_stretch(zone, at_s - cycles_beyond(zone, at_s))];
}

struct civil zone_civil(const struct zone *zone, msec at)
{
    return civil_from_seconds(civil_floor(at, MSEC_SECOND) + zone_offset_s(zone, at));
}

int64_t zone_day(const struct zone *zone, msec at)
{
    return civil_floor(civil_floor(at, MSEC_SECOND) + zone_offset_s(zone, at), DAY_S);
}

/*
 * The UTC second at which the clocks show `wall_s`, found by asking each stretch that could show it. False:
 * none does, and `*ret_at_s` is where the clocks jump over it.
 */
static bool find_instant(const struct zone *zone, int64_t wall_s, enum zone_choice choice, int64_t *ret_at_s)
{
    bool is_found = false, is_skipped = false;
    size_t i = find_stretch(zone, wall_s - OFFSET_HIGHEST);

    for (; i < zone->count && (i == 0 || zone->starts_s[i] <= wall_s - OFFSET_LOWEST); i++) {
        int64_t at_s = wall_s - zone->offsets_s[i];

        if (at_s < zone->starts_s[i]) {
            if (!is_found && !is_skipped)
                *ret_at_s = zone->starts_s[i];
            is_skipped = true;
        } else if (i + 1 == zone->count || at_s < zone->starts_s[i + 1]) {
            if (is_found && choice == ZONE_FIRST)
                break;
            *ret_at_s = at_s;
            is_found = true;
        }
    }
    return is_found;
}

/* The same over all of time. */
static bool locate(const struct zone *zone, int64_t wall_s, enum zone_choice choice, int64_t *ret_at_s)
{
    if (zone->settled_at != NEVER) {
        int64_t at_s = wall_s - zone->offsets_s[zone->count - 1];

        /* two days behind the last change no wall time can be shown twice or skipped */
        if (zone->count == 1 || at_s >= zone->starts_s[zone->count - 1] + 2 * DAY_S) {
            *ret_at_s = at_s;
            return true;
        }
    }
    int64_t cycles_s = cycles_beyond(zone, wall_s);
    bool is_found = find_instant(zone, wall_s - cycles_s, choice, ret_at_s);

    *ret_at_s += cycles_s;
    return is_found;
}

msec zone_instant(const struct zone *zone, const struct civil *civil, enum zone_choice choice)
{
    int64_t at_s;

    locate(zone, civil_seconds(civil), choice, &at_s);
    return at_s * MSEC_SECOND;
}

msec zone_minute(const struct zone *zone, int64_t day_number, int minute, enum zone_choice choice)
{
    int64_t at_s;

    locate(zone, day_number * DAY_S + (int64_t)minute * 60, choice, &at_s);
    return at_s * MSEC_SECOND;
}

bool zone_civil_exists(const struct zone *zone, const struct civil *civil)
{
    int64_t at_s;

    if (!civil_date_exists(civil->year, civil->month, civil->day) || civil->hour < 0 || civil->hour > 23 ||
        civil->minute < 0 || civil->minute > 59 || civil->second < 0 || civil->second > 59)
        return false;
    return locate(zone, civil_seconds(civil), ZONE_FIRST, &at_s);
}

msec zone_day_start(const struct zone *zone, int64_t day_number)
{
    return zone_minute(zone, day_number, 0, ZONE_FIRST);
}

bool zone_day_exists(const struct zone *zone, int64_t day_number)
{
    for (size_t i = 0; i < zone->lost_count; i++)
        if (zone->lost_days[i] == day_number)
            return false;
    return true;
}
