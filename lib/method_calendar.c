/*
 * calendar.list and calendar.explain: whose hours count, and when they are.
 *
 * Handlers of the method table. The list says of each calendar which version holds and what counts by it. The
 * explanation walks civil days and shows each day's open segments, cut to what was asked, by the same
 * functions that judge; so somebody with a dispute in hand can add up what a deadline was made of.
 */
#include "lib/answer.h"
#include "lib/method_handlers.h"
#include "lib/request.h"
#include <stdio.h>

#define DAYS_MAX 400

/* ---- list ---- */

static void add_use(json_t *used, const char *what, const char *name)
{
    json_array_append_new(used, json_sprintf("%s %s", what, name));
}

static json_t *uses_of(const struct desk *desk, const struct calendar *calendar)
{
    const struct policy *policy = desk->policy;
    json_t *used = json_array();

    if (policy->calendar == calendar)
        add_use(used, "regime", policy->name);
    for (size_t i = 0; i < policy->clock_count; i++)
        if (policy->clocks[i].calendar == calendar && !policy->clocks[i].customer_hours &&
            !policy->clocks[i].department_hours)
            add_use(used, "clock", policy->clocks[i].name);
    for (uint8_t i = 0; i < policy->departments.count; i++)
        if (policy->department_calendars[i] == calendar)
            add_use(used, "department", policy->departments.terms[i].name);
    for (uint8_t i = 0; i < policy->roles.count; i++)
        if (policy->role_calendars[i] == calendar)
            add_use(used, "role", policy->roles.terms[i].name);
    for (size_t i = 0; i < roster_count(desk->roster); i++)
        if (roster_person(desk->roster, (uint16_t)i)->calendar == calendar)
            add_use(used, "person", roster_person(desk->roster, (uint16_t)i)->id);
    return used;
}

static json_t *date_object(int64_t day_number)
{
    struct civil date = civil_date(day_number);

    return json_sprintf("%04d-%02d-%02d", date.year, date.month, date.day);
}

static json_t *describe(const struct desk *desk, const struct named_calendar *named)
{
    const struct calendar *calendar = named->calendar;
    int64_t last_day = calendar_last_known_day(calendar);
    json_t *object = json_object();

    json_object_set_new(object, "calendar", json_string(calendar_name(calendar)));
    json_object_set_new(object, "title", json_string(named->title[desk->policy->language]));
    json_object_set_new(object, "zone", json_string(zone_name(calendar_zone(calendar))));
    json_object_set_new(object, "until", last_day == INT64_MAX ? json_null() : date_object(last_day));
    json_object_set_new(object, "digest", json_string(calendar_digest(calendar)));
    json_object_set_new(object, "imported", json_boolean(calendar_is_imported(calendar)));
    json_object_set_new(object, "used", uses_of(desk, calendar));
    return object;
}

void method_calendar_list(struct desk *desk, const struct request *request, struct effects *out)
{
    json_t *list = json_array();

    (void)out;
    for (size_t i = 0; i < desk->policy->calendar_count; i++)
        json_array_append_new(list, describe(desk, &desk->policy->calendars[i]));
    request_answer(desk, request, json_pack("{s:o}", "calendars", list));
}

/* ---- explain ---- */

struct stretch {
    msec from_at, to_at;
};

static const char *const weekday_names[] = {
    [CIVIL_MONDAY] = "monday",     [CIVIL_TUESDAY] = "tuesday", [CIVIL_WEDNESDAY] = "wednesday",
    [CIVIL_THURSDAY] = "thursday", [CIVIL_FRIDAY] = "friday",   [CIVIL_SATURDAY] = "saturday",
    [CIVIL_SUNDAY] = "sunday",
};

/* The open segments of a stretch, in the calendar's own time. */
static json_t *segments_of(const struct calendar *calendar, struct stretch stretch)
{
    const struct zone *zone = calendar_zone(calendar);
    json_t *segments = json_array();
    msec at = calendar_next_open(calendar, stretch.from_at);

    while (at < stretch.to_at) {
        msec close_at = calendar_next_close(calendar, at),
             end_at = close_at < stretch.to_at ? close_at : stretch.to_at;

        json_array_append_new(segments, json_pack("{s:o,s:o}", "from", answer_instant_in(zone, at), "to",
                                                  answer_instant_in(zone, end_at)));
        at = calendar_next_open(calendar, end_at);
    }
    return segments;
}

static struct stretch cut_to_day(const struct calendar *calendar, struct stretch asked, int64_t day)
{
    const struct zone *zone = calendar_zone(calendar);
    msec start_at = zone_day_start(zone, day), end_at = zone_day_start(zone, day + 1);

    return (struct stretch){.from_at = start_at > asked.from_at ? start_at : asked.from_at,
                            .to_at = end_at < asked.to_at ? end_at : asked.to_at};
}

static json_t *explain_day(const struct calendar *calendar, struct stretch asked, int64_t day)
{
    struct stretch stretch = cut_to_day(calendar, asked, day);
    const char *name = calendar_day_name(calendar, day);
    json_t *object = json_object();

    json_object_set_new(object, "date", date_object(day));
    json_object_set_new(object, "weekday", json_string(weekday_names[civil_weekday(day)]));
    json_object_set_new(object, "name", name && name[0] ? json_string(name) : json_null());
    json_object_set_new(object, "working", json_boolean(calendar_is_working_day(calendar, day)));
    json_object_set_new(object, "provisional", json_boolean(day > calendar_last_known_day(calendar)));
    json_object_set_new(
        object, "open_s",
        json_integer(calendar_between_ms(calendar, stretch.from_at, stretch.to_at) / MSEC_SECOND));
    json_object_set_new(object, "segments", segments_of(calendar, stretch));
    return object;
}

static json_t *explain(const struct calendar *calendar, struct stretch asked)
{
    const struct zone *zone = calendar_zone(calendar);
    int64_t last_day = zone_day(zone, asked.to_at - 1), rest_ms;
    json_t *days = json_array(), *object = json_object();

    for (int64_t day = zone_day(zone, asked.from_at); day <= last_day; day++)
        if (zone_day_exists(zone, day))
            json_array_append_new(days, explain_day(calendar, asked, day));
    struct span working = calendar_between(calendar, asked.from_at, asked.to_at, SPAN_WORKING_DAYS, &rest_ms);

    json_object_set_new(object, "calendar", json_string(calendar_name(calendar)));
    json_object_set_new(object, "zone", json_string(zone_name(zone)));
    json_object_set_new(object, "from", answer_instant_in(zone, asked.from_at));
    json_object_set_new(object, "to", answer_instant_in(zone, asked.to_at));
    json_object_set_new(
        object, "open_s",
        json_integer(calendar_between_ms(calendar, asked.from_at, asked.to_at) / MSEC_SECOND));
    json_object_set_new(object, "working_days", json_integer(working.amount));
    json_object_set_new(object, "provisional", json_boolean(calendar_is_provisional(calendar, asked.to_at)));
    json_object_set_new(object, "days", days);
    return object;
}

static bool read_stretch(struct desk *desk, const struct request *request, struct stretch *ret_stretch)
{
    *ret_stretch = (struct stretch){request_instant(request, "from"), request_instant(request, "to")};
    if (ret_stretch->to_at > ret_stretch->from_at &&
        ret_stretch->to_at - ret_stretch->from_at <= DAYS_MAX * MSEC_DAY)
        return true;
    request_refuse(desk, request, RPC_INVALID_PARAMS, "to", "it lies after `from`, by at most 400 days");
    return false;
}

void method_calendar_explain(struct desk *desk, const struct request *request, struct effects *out)
{
    const char *name = request_text(request, "calendar");
    const struct calendar *calendar = policy_find_calendar(desk->policy, name);
    struct calendar *made = NULL;
    int open = 0, close = 1440;
    struct stretch asked;

    (void)out;
    if (!calendar && desk_hours_are_typed(name, &open, &close))
        calendar = made = calendar_create_daily(name, desk->policy->zone, open, close);
    if (!calendar)
        request_refuse(desk, request, RPC_NOT_FOUND, "calendar",
                       arena_printf(&desk->out->arena, "the regime names no calendar '%s'", name));
    else if (read_stretch(desk, request, &asked))
        request_answer(desk, request, explain(calendar, asked));
    calendar_destroy(made);
}
