/*
 * Importing a calendar from ICS, by libical.
 *
 * Called by calendar_import.c with a file's text. libical reads lines, escapes, durations and the zones that
 * a file defines itself; what days an event means is decided here. Whole days come as dates whose end is
 * exclusive, or as times from midnight to midnight. A make-up day may come with hours: the day counts, and
 * not the hours, as the calendar file says which hours make-up days take. A holiday of some hours is no
 * holiday.
 *
 * Instants are read in UTC, in a named zone (ours first, so that all of duban agrees) or in none, which means
 * the calendar's own zone.
 *
 * Invariant: an event becomes facts as a whole or is refused with its line; what repeats is refused, as a
 * yearly list of holidays has no rule. libical keeps state for its last error and its buffers: one thread.
 */
#include "client/calendar_ics_lines.h"
#include "client/calendar_source.h"
#include "client/calendar_words.h"
#include "lib/base/civil.h"
#include "lib/base/memory.h"
#include <libical/ical.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LONGEST_DAYS 366

struct reading {
    const struct calendar_source *source;
    struct calendar_facts *facts;
    struct calendar_ics_lines lines;
    size_t event_count;
    icalcomponent *calendar; /* of the event being read: its zones */
    int line;
};

struct event {
    int64_t first, last; /* day numbers */
    bool is_timed;       /* does not cover these days whole */
};

/* Properties that would have to be understood, and aren't. */
static const struct {
    icalproperty_kind kind;
    const char *name;
} repeating[] = {
    {ICAL_RRULE_PROPERTY, "RRULE"},
    {ICAL_RDATE_PROPERTY, "RDATE"},
    {ICAL_EXDATE_PROPERTY, "EXDATE"},
    {ICAL_RECURRENCEID_PROPERTY, "RECURRENCE-ID"},
};

/* What an event may have once. */
static const struct {
    icalproperty_kind kind;
    const char *name;
    bool is_required;
} single[] = {
    {ICAL_DTSTART_PROPERTY, "DTSTART", true},
    {ICAL_SUMMARY_PROPERTY, "SUMMARY", true},
    {ICAL_DTEND_PROPERTY, "DTEND", false},
    {ICAL_DURATION_PROPERTY, "DURATION", false},
};

#define COUNT(array)           (sizeof(array) / sizeof(array)[0])
#define complain(reading, ...) calendar_source_complain((reading)->source, (reading)->line, __VA_ARGS__)

/* Whether libical's complaint is about one of these: not about DTSTAMP, or an empty LOCATION. */
static bool is_about_ours(const char *error)
{
    bool is_ours = false;

    for (size_t i = 0; i < COUNT(single); i++)
        is_ours |= strstr(error, single[i].name) != NULL;
    for (size_t i = 0; i < COUNT(repeating); i++)
        is_ours |= strstr(error, repeating[i].name) != NULL;
    return is_ours;
}

static char *check_errors(const struct reading *reading, icalcomponent *component)
{
    icalproperty *property = icalcomponent_get_first_property(component, ICAL_XLICERROR_PROPERTY);

    for (; property; property = icalcomponent_get_next_property(component, ICAL_XLICERROR_PROPERTY)) {
        const char *error = icalproperty_get_xlicerror(property);

        if (error && is_about_ours(error))
            return complain(reading, "%s", error);
    }
    return NULL;
}

static char *check_properties(const struct reading *reading, icalcomponent *event)
{
    for (size_t i = 0; i < COUNT(repeating); i++)
        if (icalcomponent_get_first_property(event, repeating[i].kind))
            return complain(reading, "the event has %s (write each day as an event of its own)",
                            repeating[i].name);
    for (size_t i = 0; i < COUNT(single); i++) {
        int count = icalcomponent_count_properties(event, single[i].kind);

        if (count > 1 || (count == 0 && single[i].is_required))
            return complain(reading, "the event has %s %s", count ? "more than one" : "no", single[i].name);
    }
    if (icalcomponent_get_first_property(event, ICAL_DTEND_PROPERTY) &&
        icalcomponent_get_first_property(event, ICAL_DURATION_PROPERTY))
        return complain(reading, "the event has DTEND and DURATION (keep one of the two)");
    return NULL;
}

/* When */

static char *read_civil(const struct reading *reading, struct icaltimetype time, struct civil *ret_civil)
{
    *ret_civil = (struct civil){time.year, time.month, time.day, time.hour, time.minute, time.second};
    if (!civil_date_exists(time.year, time.month, time.day) ||
        !calendar_source_has_day(civil_day(time.year, time.month, time.day)))
        return complain(reading, "%04d-%02d-%02d is no date", time.year, time.month, time.day);
    if (!time.is_date && (time.hour > 23 || time.minute > 59 || time.second > 59))
        return complain(reading, "%02d:%02d:%02d is no time of day", time.hour, time.minute, time.second);
    return NULL;
}

/* An instant of a property in the zone that it names. */
static char *read_instant(const struct reading *reading, icalproperty *property, struct icaltimetype time,
                          msec *ret_at)
{
    icalparameter *parameter = icalproperty_get_first_parameter(property, ICAL_TZID_PARAMETER);
    const char *name = parameter ? icalparameter_get_tzid(parameter) : NULL;
    struct civil civil;
    char *error = read_civil(reading, time, &civil);

    if (error)
        return error;
    if (icaltime_is_utc(time)) {
        *ret_at = civil_seconds(&civil) * MSEC_SECOND;
        return NULL;
    }
    const struct zone *zone = name ? zone_files_find(reading->source->zones, name) : reading->source->zone;

    if (zone) {
        *ret_at = zone_instant(zone, &civil, ZONE_FIRST);
        return NULL;
    }
    icaltimezone *defined = icalcomponent_get_timezone(reading->calendar, name);

    if (!defined)
        return complain(reading, "there is no time zone `%s`, and the file doesn't define it", name);
    *ret_at = (msec)icaltime_as_timet_with_zone(time, defined) * MSEC_SECOND;
    return NULL;
}

static char *read_end_instant(const struct reading *reading, icalcomponent *event, msec start_at,
                              msec *ret_end_at)
{
    icalproperty *end = icalcomponent_get_first_property(event, ICAL_DTEND_PROPERTY);
    icalproperty *duration = icalcomponent_get_first_property(event, ICAL_DURATION_PROPERTY);

    *ret_end_at = start_at;
    if (duration)
        *ret_end_at += (msec)icaldurationtype_as_int(icalproperty_get_duration(duration)) * MSEC_SECOND;
    if (!end)
        return NULL;
    struct icaltimetype time = icalproperty_get_dtend(end);

    if (time.is_date)
        return complain(reading, "the event begins with a time and ends with a date");
    return read_instant(reading, end, time, ret_end_at);
}

/* From an instant to another: the civil days that it touches in the calendar's zone. */
static char *read_timed(const struct reading *reading, icalcomponent *event, icalproperty *start,
                        struct event *ret_event)
{
    const struct zone *zone = reading->source->zone;
    msec start_at = 0, end_at = 0;
    char *error = read_instant(reading, start, icalproperty_get_dtstart(start), &start_at);

    if (!error)
        error = read_end_instant(reading, event, start_at, &end_at);
    if (error)
        return error;
    if (end_at < start_at)
        return complain(reading, "the event ends before it begins");
    ret_event->first = zone_day(zone, start_at);
    ret_event->last = end_at > start_at ? zone_day(zone, end_at - 1) : ret_event->first;
    ret_event->is_timed = start_at != zone_day_start(zone, ret_event->first) ||
                          end_at != zone_day_start(zone, ret_event->last + 1);
    return NULL;
}

/* The end is exclusive; some programs write the day itself as the end of a single day. */
static char *read_dated(const struct reading *reading, icalcomponent *event, icalproperty *start,
                        struct event *ret_event)
{
    struct icaltimetype end = icalcomponent_get_dtend(event);
    struct civil first, behind;
    char *error = read_civil(reading, icalproperty_get_dtstart(start), &first);

    if (!error && !end.is_date)
        error = complain(reading, "the event begins with a date and ends with a time");
    if (!error)
        error = read_civil(reading, end, &behind);
    if (error)
        return error;
    ret_event->first = civil_day(first.year, first.month, first.day);
    ret_event->last = civil_day(behind.year, behind.month, behind.day) - 1;
    ret_event->is_timed = false;
    if (ret_event->last == ret_event->first - 1)
        ret_event->last++;
    return ret_event->last < ret_event->first ? complain(reading, "the event ends before it begins") : NULL;
}

static char *read_days(const struct reading *reading, icalcomponent *event, struct event *ret_event)
{
    icalproperty *start = icalcomponent_get_first_property(event, ICAL_DTSTART_PROPERTY);
    icalproperty *duration = icalcomponent_get_first_property(event, ICAL_DURATION_PROPERTY);
    char *error;

    if (duration && icaldurationtype_as_int(icalproperty_get_duration(duration)) <= 0)
        return complain(reading, "the event's DURATION is none (write P1D for a day, PT9H for hours)");
    error = icalproperty_get_dtstart(start).is_date ? read_dated(reading, event, start, ret_event)
                                                    : read_timed(reading, event, start, ret_event);
    if (!error && ret_event->last - ret_event->first >= LONGEST_DAYS)
        error = complain(reading, "the event is longer than a year");
    return error;
}

/* What */

static char *add_days(struct reading *reading, const struct event *event, enum calendar_kind kind,
                      const char *title)
{
    char *error = calendar_source_check_title(reading->source, reading->line, title);

    if (error)
        return error;
    if (event->is_timed && kind == CALENDAR_HOLIDAY)
        return complain(reading,
                        "`%s` is free for some hours only (write such a day under [short_days] of the "
                        "calendar file)",
                        title);
    if (event->is_timed && event->last > event->first)
        return complain(reading,
                        "the working hours of `%s` go past midnight: on which day they count isn't clear",
                        title);
    for (int64_t day = event->first; day <= event->last && !error; day++)
        error =
            calendar_facts_add(reading->facts, day, kind, title, NULL, reading->source->file, reading->line);
    return error;
}

static char *add_unmarked(struct reading *reading, const struct event *event, const char *summary,
                          const char *title)
{
    switch (reading->source->unmarked) {
    case CALENDAR_UNMARKED_SKIPPED:
        return NULL;
    case CALENDAR_UNMARKED_HOLIDAYS:
        return add_days(reading, event, CALENDAR_HOLIDAY, title);
    case CALENDAR_UNMARKED_REFUSED:
        break;
    }
    return complain(
        reading,
        "`%s` says neither that the day is free nor that it is worked (write 休 or 放假, 班, 补班 or "
        "上班; --unmarked says what all others are)",
        summary);
}

static char *add_event(struct reading *reading, const struct event *event, const char *summary)
{
    struct text title = {0};
    enum calendar_words words = calendar_words_read(summary, &title);
    char *error = NULL;

    if (words == CALENDAR_WORDS_BOTH)
        error = complain(
            reading, "`%s` says that the day is free and that it is worked (write one event for each day)",
            summary);
    else if (words == CALENDAR_WORDS_NEITHER)
        error = add_unmarked(reading, event, summary, text_get(&title));
    else
        error =
            add_days(reading, event, words == CALENDAR_WORDS_WORKING ? CALENDAR_WORKING : CALENDAR_HOLIDAY,
                     text_get(&title));
    text_finish(&title);
    return error;
}

static char *read_event(struct reading *reading, icalcomponent *component)
{
    struct event event = {0};
    char *error = check_errors(reading, component);

    if (!error && icalcomponent_get_status(component) == ICAL_STATUS_CANCELLED)
        return NULL;
    if (!error)
        error = check_properties(reading, component);
    if (!error)
        error = read_days(reading, component, &event);
    return error ? error : add_event(reading, &event, icalcomponent_get_summary(component));
}

static char *read_component(struct reading *reading, icalcomponent *component)
{
    icalcomponent_kind kind = icalcomponent_isa(component);

    if (kind == ICAL_VTIMEZONE_COMPONENT)
        return NULL;
    if (kind != ICAL_VEVENT_COMPONENT)
        return complain(reading, "a component other than VEVENT and VTIMEZONE, %s",
                        icalcomponent_kind_to_string(kind) ? icalcomponent_kind_to_string(kind)
                                                           : "of no known name");
    if (reading->event_count < reading->lines.count)
        reading->line = reading->lines.events[reading->event_count++];
    return read_event(reading, component);
}

static char *read_calendar(struct reading *reading, icalcomponent *calendar)
{
    icalcomponent *component = icalcomponent_get_first_component(calendar, ICAL_ANY_COMPONENT);
    char *error = check_errors(reading, calendar);

    reading->calendar = calendar;
    if (!error && icalcomponent_get_method(calendar) == ICAL_METHOD_CANCEL)
        error = complain(reading, "METHOD:CANCEL takes back another calendar's events");
    for (; component && !error; component = icalcomponent_get_next_component(calendar, ICAL_ANY_COMPONENT))
        error = read_component(reading, component);
    return error;
}

/* A file with several calendars comes as a root with these in it. */
static char *read_root(struct reading *reading, icalcomponent *root)
{
    icalcomponent *calendar;
    char *error = NULL;

    if (!root)
        return complain(reading, "libical can't read it: %s", icalerror_strerror(icalerrno));
    if (icalcomponent_isa(root) == ICAL_VCALENDAR_COMPONENT)
        return read_calendar(reading, root);
    calendar = icalcomponent_get_first_component(root, ICAL_VCALENDAR_COMPONENT);
    for (; calendar && !error; calendar = icalcomponent_get_next_component(root, ICAL_VCALENDAR_COMPONENT))
        error = read_calendar(reading, calendar);
    return error;
}

char *calendar_ics_read(const struct calendar_source *source, struct calendar_facts *facts)
{
    struct reading reading = {.source = source, .facts = facts, .line = 1};
    char *error = calendar_ics_lines_read(source, &reading.lines);

    if (!error) {
        icalcomponent *root = icalparser_parse_string(source->text);

        error = read_root(&reading, root);
        if (!error && reading.event_count != reading.lines.count)
            error = complain(&reading, "libical finds %zu events in it, but there are %zu",
                             reading.event_count, reading.lines.count);
        if (root)
            icalcomponent_free(root);
        icaltimezone_free_builtin_timezones();
        icalmemory_free_ring();
    }
    calendar_ics_lines_finish(&reading.lines);
    return error;
}
