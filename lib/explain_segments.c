/*
 * Counting a budget again, stretch by stretch.
 *
 * Used by explain_clock.c and by the property test that holds the deadlines of clock.c against it. A limit is
 * argued about with a calendar on the table: "Friday counted until six, Saturday not at all". So the walk
 * goes from opening to closing, splits at midnight, leaves out the holes, and keeps a running sum; where it
 * ends is the deadline, found without the functions that set it.
 *
 * Folding: a walk is made with every stretch by itself; if that is more than people read, again with equal
 * neighbouring days as one run, and if that is still too much, with equal days as one run across the closed
 * days between them. Walking thrice costs microseconds and needs no memory for what is folded away.
 */
#include "lib/explain_segments.h"

#include "lib/base/memory.h"
#include <stdlib.h>
#include <string.h>

#define DETAIL_MAX 16 /* stretches shown one by one */
#define RUNS_MAX   32 /* runs that still stop at closed days */
#define DAYS_MAX   (400 * 366)
#define ROLL_DAYS  (4 * 366) /* a calendar without work for so long has none */
#define MONTH_DAYS 31
#define DAY_NONE   INT64_MIN

enum folding { FOLD_NOTHING, FOLD_NEIGHBOURS, FOLD_ACROSS };

/* How many stretches may come of each. */
static const size_t enough[] = {
    [FOLD_NOTHING] = DETAIL_MAX,
    [FOLD_NEIGHBOURS] = RUNS_MAX,
    [FOLD_ACROSS] = SIZE_MAX,
};

struct counting {
    const struct calendar *calendar;
    const struct zone *zone;
    struct segments *segments;
    const struct hole *holes;
    size_t hole_count, next_hole;
    enum folding folding;
    int64_t sum;
    struct segment day; /* being gathered while folding; days 0: nothing */
};

const char *explain_segments_kind(enum segment_kind kind)
{
    static const char *const names[] = {
        [SEGMENT_OPEN] = "open",       [SEGMENT_PAUSE] = "pause",      [SEGMENT_START] = "start_day",
        [SEGMENT_WORKING] = "working", [SEGMENT_REST] = "rest",        [SEGMENT_CIVIL] = "civil",
        [SEGMENT_MONTH] = "month",     [SEGMENT_STOOD] = "paused_day",
    };

    return names[kind];
}

void explain_segments_finish(struct segments *segments)
{
    free(segments->list);
    *segments = (struct segments){0};
}

static msec earlier(msec one_at, msec other_at)
{
    return one_at < other_at ? one_at : other_at;
}

static void append(struct counting *counting, const struct segment *segment)
{
    struct segments *segments = counting->segments;

    segments->list =
        memory_reserve(segments->list, &segments->capacity, segments->count + 1, sizeof(*segments->list));
    segments->list[segments->count] = *segment;
    counting->sum += segment->counted;
    segments->list[segments->count++].sum = counting->sum;
}

static bool continues(const struct counting *counting, const struct segment *run, const struct segment *next)
{
    bool is_alike = run->kind == next->kind && run->each == next->each && run->pattern == next->pattern &&
                    (run->name == next->name || (run->name && next->name && !strcmp(run->name, next->name)));

    return is_alike && (next->first_day == run->last_day + 1 || counting->folding == FOLD_ACROSS);
}

/* Adds to the last run when it is more of the same. */
static void append_or_extend(struct counting *counting, const struct segment *next)
{
    struct segments *segments = counting->segments;
    struct segment *run = segments->count ? &segments->list[segments->count - 1] : NULL;

    if (!run || !continues(counting, run, next)) {
        append(counting, next);
        return;
    }
    run->last_day = next->last_day;
    run->to_at = next->to_at;
    run->days += next->days;
    run->counted += next->counted;
    counting->sum += next->counted;
    run->sum = counting->sum;
}

/* Then the walk is not worth finishing: it will be made again, folded. */
static bool is_too_long(const struct counting *counting)
{
    return counting->segments->count > enough[counting->folding];
}

/* ---- time ---- */

static void flush_day(struct counting *counting)
{
    if (counting->day.days)
        append_or_extend(counting, &counting->day);
    counting->day.days = 0;
}

static uint64_t pattern_of(const struct zone *zone, uint64_t so_far, msec from_at, msec to_at)
{
    struct civil from = zone_civil(zone, from_at), to = zone_civil(zone, to_at);
    uint64_t stretch = (uint64_t)(from.hour * 3600 + from.minute * 60 + from.second) * 100000 +
                       (uint64_t)(to.hour * 3600 + to.minute * 60 + to.second);

    return so_far * UINT64_C(1099511628211) + stretch + 1;
}

static void add_stretch(struct counting *counting, int64_t day, msec from_at, msec to_at)
{
    struct segment stretch = {
        .kind = SEGMENT_OPEN,
        .first_day = day,
        .last_day = day,
        .from_at = from_at,
        .to_at = to_at,
        .days = 1,
        .each = to_at - from_at,
        .counted = to_at - from_at,
        .pattern = pattern_of(counting->zone, 0, from_at, to_at),
        .name = calendar_day_name(counting->calendar, day),
    };

    if (counting->folding == FOLD_NOTHING) {
        append(counting, &stretch);
        return;
    }
    if (counting->day.days && counting->day.first_day != day)
        flush_day(counting);
    if (!counting->day.days) {
        counting->day = stretch;
        return;
    }
    counting->day.to_at = to_at;
    counting->day.each += stretch.each;
    counting->day.counted += stretch.counted;
    counting->day.pattern = pattern_of(counting->zone, counting->day.pattern, from_at, to_at);
}

static void tell_hole(struct counting *counting, const struct hole *hole, int64_t moved)
{
    msec last_at = hole->to_at == NEVER ? hole->from_at : hole->to_at;

    flush_day(counting);
    append(counting, &(struct segment){
                         .kind = SEGMENT_PAUSE,
                         .first_day = zone_day(counting->zone, hole->from_at),
                         .last_day = zone_day(counting->zone, last_at),
                         .from_at = hole->from_at,
                         .to_at = hole->to_at,
                         .moved = moved,
                         .name = hole->cause,
                     });
}

/* The holes that have begun by `at` are told once; the result is where counting may go on. */
static msec pass_holes(struct counting *counting, msec at)
{
    while (counting->next_hole < counting->hole_count && counting->holes[counting->next_hole].from_at <= at) {
        const struct hole *hole = &counting->holes[counting->next_hole++];

        tell_hole(counting, hole, 0);
        if (hole->to_at > at)
            return hole->to_at;
    }
    return at;
}

static msec hole_begins(const struct counting *counting)
{
    return counting->next_hole < counting->hole_count ? counting->holes[counting->next_hole].from_at : NEVER;
}

static msec count_time(struct counting *counting, msec cursor_at, int64_t left_ms)
{
    while (left_ms > 0 && !is_too_long(counting)) {
        msec open_at = calendar_next_open(counting->calendar, cursor_at);

        if (open_at == NEVER)
            return NEVER;
        cursor_at = pass_holes(counting, open_at);
        if (cursor_at == NEVER)
            return NEVER;
        if (cursor_at > open_at)
            continue;
        int64_t day = zone_day(counting->zone, open_at);
        msec close_at = calendar_next_close(counting->calendar, open_at);

        for (int64_t next = day + 1; (cursor_at = zone_day_start(counting->zone, next)) <= open_at;)
            next++;
        cursor_at = earlier(earlier(close_at, cursor_at), hole_begins(counting));
        if (cursor_at - open_at > left_ms)
            cursor_at = open_at + left_ms;
        left_ms -= cursor_at - open_at;
        add_stretch(counting, day, open_at, cursor_at);
    }
    flush_day(counting);
    if (hole_begins(counting) != cursor_at)
        return cursor_at;
    /* A pause in the instant of the deadline comes before it: it is due when it runs again. */
    cursor_at = pass_holes(counting, cursor_at);
    return calendar_add_ms(counting->calendar, cursor_at, 0);
}

/* ---- days ---- */

static void add_day(struct counting *counting, enum segment_kind kind, int64_t day, int64_t counted,
                    const char *name)
{
    append_or_extend(counting, &(struct segment){
                                   .kind = kind,
                                   .first_day = day,
                                   .last_day = day,
                                   .from_at = zone_day_start(counting->zone, day),
                                   .to_at = zone_day_start(counting->zone, day + 1),
                                   .days = 1,
                                   .each = counted,
                                   .counted = counted,
                                   .name = name,
                               });
}

/* The hole in which this closing lies; those that ended before it have been told. NULL: none. */
static const struct hole *hole_at(struct counting *counting, msec close_at)
{
    for (; counting->next_hole < counting->hole_count; counting->next_hole++) {
        const struct hole *hole = &counting->holes[counting->next_hole];

        if (hole->from_at > close_at)
            return NULL;
        if (hole->to_at > close_at)
            return hole;
    }
    return NULL;
}

static msec count_working_days(struct counting *counting, msec anchor_at, int64_t left, bool is_paused)
{
    int64_t day = zone_day(counting->zone, anchor_at), first = day;

    add_day(counting, SEGMENT_START, day, 0, NULL);
    while (left > 0 && !is_too_long(counting)) {
        if (++day - first > DAYS_MAX)
            return NEVER;
        bool is_working = calendar_is_working_day(counting->calendar, day);
        const struct hole *hole =
            is_working && is_paused ? hole_at(counting, calendar_day_close(counting->calendar, day)) : NULL;

        if (hole && hole->to_at == NEVER) {
            tell_hole(counting, hole, 0);
            return NEVER;
        }
        if (hole) {
            add_day(counting, SEGMENT_STOOD, day, 0, hole->cause);
            continue;
        }
        if (!is_working && counting->folding == FOLD_ACROSS && !calendar_day_name(counting->calendar, day))
            continue;
        add_day(counting, is_working ? SEGMENT_WORKING : SEGMENT_REST, day, is_working,
                calendar_day_name(counting->calendar, day));
        left -= is_working;
    }
    return calendar_day_close(counting->calendar, day);
}

/* The wall time of `at` on another day; a wall time that does not exist there moves forward. */
static msec on_day(const struct zone *zone, msec at, int64_t day)
{
    struct civil time = zone_civil(zone, at), date = civil_date(day);

    time.year = date.year;
    time.month = date.month;
    time.day = date.day;
    msec moved_at = zone_instant(zone, &time, ZONE_LAST);

    return zone_civil_exists(zone, &time) ? moved_at + (at % MSEC_SECOND + MSEC_SECOND) % MSEC_SECOND
                                          : moved_at;
}

static msec count_days(struct counting *counting, msec anchor_at, int64_t days)
{
    int64_t first = zone_day(counting->zone, anchor_at);

    add_day(counting, SEGMENT_START, first, 0, NULL);
    for (int64_t day = first + 1; day <= first + days; day++)
        add_day(counting, SEGMENT_CIVIL, day, 1, NULL);
    return days ? on_day(counting->zone, anchor_at, first + days) : anchor_at;
}

/* Days to a time of day: what is counted is days, and the last one says when. */
static msec count_to_time(struct counting *counting, msec anchor_at, struct span budget)
{
    msec end_at = budget.unit == SPAN_DAY_AT ? count_days(counting, anchor_at, budget.amount)
                                             : count_working_days(counting, anchor_at, budget.amount, false);
    const struct segments *segments = counting->segments;

    if (end_at == NEVER || !segments->count)
        return NEVER;
    return zone_minute(counting->zone, segments->list[segments->count - 1].last_day, budget.minute,
                       ZONE_LAST);
}

static int64_t next_working_day(const struct counting *counting, int64_t day, int step)
{
    for (int idle_days = 0; !calendar_is_working_day(counting->calendar, day); idle_days++, day += step)
        if (idle_days > ROLL_DAYS)
            return DAY_NONE;
    return day;
}

/* Is it the day of the month that is meant, or a shorter month's last? */
static bool is_day_of_month(int64_t day, int64_t wanted)
{
    int64_t number = civil_date(day).day;

    return number == wanted || (number < wanted && civil_date(day + 1).day == 1);
}

/* Found by looking at one day after the other, from so far back that one which rolls is not overlooked. */
static msec count_to_month_day(struct counting *counting, msec anchor_at, struct span budget)
{
    int64_t first = zone_day(counting->zone, anchor_at);

    for (int64_t day = first - MONTH_DAYS; day <= first + 2 * MONTH_DAYS + ROLL_DAYS; day++) {
        int64_t rolled = !is_day_of_month(day, budget.amount) ? DAY_NONE
                         : budget.roll                        ? next_working_day(counting, day, budget.roll)
                                                              : day;

        if (rolled == DAY_NONE || zone_minute(counting->zone, rolled, budget.minute, ZONE_LAST) <= anchor_at)
            continue;
        count_days(counting, anchor_at, rolled - first);
        return zone_minute(counting->zone, rolled, budget.minute, ZONE_LAST);
    }
    return NEVER;
}

static msec count_months(struct counting *counting, msec anchor_at, int64_t months)
{
    int64_t first = zone_day(counting->zone, anchor_at), day = first;

    for (int64_t month = 1; month <= months; month++) {
        int64_t begins = day;

        day =
            civil_add_months(first, month); /* from the beginning: the 31st comes back after a short month */
        append(counting, &(struct segment){
                             .kind = SEGMENT_MONTH,
                             .first_day = begins,
                             .last_day = day,
                             .from_at = on_day(counting->zone, anchor_at, begins),
                             .to_at = on_day(counting->zone, anchor_at, day),
                             .days = day - begins,
                             .each = 1,
                             .counted = 1,
                         });
    }
    return months ? on_day(counting->zone, anchor_at, day) : anchor_at;
}

/* Days and months end so much later as was paused before they ended. */
static msec move_by_holes(struct counting *counting, msec due_at)
{
    for (; counting->next_hole < counting->hole_count; counting->next_hole++) {
        const struct hole *hole = &counting->holes[counting->next_hole];

        if (due_at < hole->from_at)
            break;
        if (hole->to_at == NEVER) {
            tell_hole(counting, hole, 0);
            return NEVER;
        }
        tell_hole(counting, hole, hole->to_at - hole->from_at);
        due_at += hole->to_at - hole->from_at;
    }
    return due_at;
}

/* ---- all of it ---- */

static msec count(struct counting *counting, msec anchor_at, struct span budget)
{
    switch (budget.unit) {
    case SPAN_REAL:
    case SPAN_BUSINESS:
        return count_time(counting, anchor_at, budget.amount);
    case SPAN_WORKING_DAYS:
        return count_working_days(counting, anchor_at, budget.amount, true);
    case SPAN_DAYS:
        return move_by_holes(counting, count_days(counting, anchor_at, budget.amount));
    case SPAN_WORKING_DAY_AT:
    case SPAN_DAY_AT:
        return count_to_time(counting, anchor_at, budget);
    case SPAN_MONTH_DAY_AT:
        return count_to_month_day(counting, anchor_at, budget);
    case SPAN_MONTHS:
        break;
    }
    return move_by_holes(counting, count_months(counting, anchor_at, budget.amount));
}

void explain_segments_count(const struct calendar *calendar, msec anchor_at, struct span budget,
                            const struct hole *holes, size_t hole_count, struct segments *ret_segments)
{
    /* Real time runs around the clock, whatever calendar stands beside it. */
    struct calendar *always =
        budget.unit == SPAN_REAL ? calendar_create_always(calendar_zone(calendar)) : NULL;

    *ret_segments = (struct segments){0};
    for (enum folding folding = FOLD_NOTHING; folding <= FOLD_ACROSS; folding++) {
        struct counting counting = {
            .calendar = always ? always : calendar,
            .zone = calendar_zone(calendar),
            .segments = ret_segments,
            .holes = holes,
            .hole_count = hole_count,
            .folding = folding,
        };

        ret_segments->count = 0;
        ret_segments->due_at = count(&counting, anchor_at, budget);
        if (ret_segments->count <= enough[folding])
            break;
    }
    ret_segments->is_elapsed = always != NULL;
    calendar_destroy(always);
}

static int64_t working_days_before(const struct calendar *calendar, int64_t first_day, int64_t day)
{
    int64_t count = 0;

    for (; first_day < day; first_day++)
        count += calendar_is_working_day(calendar, first_day);
    return count;
}

int64_t explain_segments_used(const struct segments *segments, const struct calendar *calendar, msec at)
{
    int64_t used = 0;

    for (size_t i = 0; i < segments->count; i++) {
        const struct segment *segment = &segments->list[i];

        if (segment->to_at <= at)
            used += segment->counted;
        else if (segment->from_at >= at)
            break;
        else if (segment->kind == SEGMENT_OPEN)
            used += segments->is_elapsed ? at - segment->from_at
                                         : calendar_between_ms(calendar, segment->from_at, at);
        else if (segment->kind == SEGMENT_WORKING)
            used += working_days_before(calendar, segment->first_day, zone_day(calendar_zone(calendar), at));
    }
    return used;
}
