/*
 * The days of schedules.
 *
 * Asked by schedule_book.c when a record is planned and by method_schedule.c for what is to come. A
 * schedule's days are found one by one from the day asked about on, never by adding seconds: a day before or
 * after an anchor (a field, a festival, a day of the year), the n-th day of a cadence, or a day of a rule
 * that was handed in (lib/recurrence.h). Then a rest day rolls, if it shall, and the day gets its time in the
 * desk's zone.
 *
 * Invariant that everything rests on: days come in order, so that the first one after an instant is found by
 * going on from a day that is certainly not after it, and the same question always gets the same answer. What
 * a record must be like (`when`) becomes a stretch of time outside of which nothing is due, so that a
 * condition that holds only sometimes is not tried day by day.
 */
#include "lib/schedule.h"

#include "lib/base/civil.h"
#include "lib/base/instant.h"
#include <stdlib.h>
#include <string.h>

#define REST_DAYS_MAX 1461 /* four years without a working day: none comes */
#define SLACK_DAYS    60   /* no holiday rolls a day farther than this for the search's beginning */
#define TRIES_MAX     800  /* days of a rule that may roll to before the instant asked about */
#define NO_DAY        INT64_MIN

/* ---- one day ---- */

static int64_t roll(const struct schedule_view *view, int64_t day)
{
    const struct calendar *calendar = view->schedule->calendar;
    int step = view->schedule->at.roll == ROLL_FORWARD ? 1 : -1;

    if (view->schedule->at.roll == ROLL_STAYS)
        return day;
    for (int i = 0; i < REST_DAYS_MAX; i++, day += step)
        if (calendar_is_working_day(calendar, day))
            return day;
    return NO_DAY;
}

static msec instant_of(const struct schedule_view *view, int64_t day)
{
    int64_t rolled = day == NO_DAY ? NO_DAY : roll(view, day);

    return rolled == NO_DAY ? NEVER
                            : zone_minute(view->policy->zone, rolled, view->schedule->at.minute, ZONE_FIRST);
}

/* The N-th working day strictly before or after. */
static int64_t working_day(const struct calendar *calendar, int64_t day, int64_t count, int step)
{
    for (int idle = 0; count > 0; idle++) {
        if (idle > REST_DAYS_MAX)
            return NO_DAY;
        day += step;
        if (calendar_is_working_day(calendar, day)) {
            count--;
            idle = 0;
        }
    }
    return day;
}

static int64_t shift(const struct schedule_view *view, int64_t day)
{
    const struct schedule_at *at = &view->schedule->at;
    int step = at->is_before ? -1 : 1;

    if (at->offset.unit == SPAN_MONTHS)
        return civil_add_months(day, step * at->offset.amount);
    if (at->offset.unit == SPAN_WORKING_DAYS)
        return working_day(view->schedule->calendar, day, at->offset.amount, step);
    return day + step * at->offset.amount;
}

/* The civil day of a date or an instant that the record has. False: it has none. */
static bool day_of_text(const struct zone *zone, const char *text, int64_t *ret_day)
{
    msec at;

    if (!text)
        return false;
    if (civil_parse_date(text, ret_day) && strlen(text) == 10)
        return true;
    if (instant_parse(text, &at) != INSTANT_OK)
        return false;
    *ret_day = zone_day(zone, at);
    return true;
}

static bool day_of_field(const struct schedule_view *view, uint8_t field, int64_t *ret_day)
{
    return day_of_text(view->policy->zone, view->values[field], ret_day);
}

/* ---- before and after something ---- */

static msec field_next(const struct schedule_view *view, const struct schedule_anchor *anchor, msec after_at)
{
    const struct schedule_at *at = &view->schedule->at;
    const char *text = view->values[anchor->field];
    int64_t day;
    msec due_at;

    if (!day_of_field(view, anchor->field, &day))
        return NEVER;
    if (at->offset.unit == SPAN_REAL) { /* of an instant: to the minute that the field says */
        if (instant_parse(text, &due_at) != INSTANT_OK)
            return NEVER;
        due_at += at->is_before ? -at->offset.amount : at->offset.amount;
    } else {
        due_at = instant_of(view, shift(view, day));
    }
    return due_at > after_at ? due_at : NEVER;
}

static bool day_of_year(const struct schedule_anchor *anchor, int year, int64_t *ret_day)
{
    if (anchor->kind == ANCHOR_FESTIVAL)
        return lunar_festival(anchor->festival, year, ret_day);
    if (!civil_date_exists(year, anchor->month, anchor->day))
        return false;
    *ret_day = civil_day(year, anchor->month, anchor->day);
    return true;
}

/* An offset of at most a year, and a 29th of February: two years back and nine ahead hold the next one. */
static msec yearly_next(const struct schedule_view *view, const struct schedule_anchor *anchor, msec after_at)
{
    int year = zone_civil(view->policy->zone, after_at).year;

    for (int i = -2; i <= 9; i++) {
        int64_t day;
        msec due_at = day_of_year(anchor, year + i, &day) ? instant_of(view, shift(view, day)) : NEVER;

        if (due_at > after_at && due_at != NEVER)
            return due_at;
    }
    return NEVER;
}

static msec around_next(const struct schedule_view *view, msec after_at)
{
    const struct schedule_at *at = &view->schedule->at;
    msec next_at = NEVER;

    for (uint8_t i = 0; i < at->anchor_count; i++) {
        const struct schedule_anchor *anchor = &at->anchors[i];
        msec due_at = anchor->kind == ANCHOR_FIELD ? field_next(view, anchor, after_at)
                                                   : yearly_next(view, anchor, after_at);

        next_at = due_at < next_at ? due_at : next_at;
    }
    return next_at;
}

/* ---- a cadence ---- */

static int64_t phase_day(const struct schedule_phase *phase, int64_t first_day, int64_t number)
{
    return phase->every.unit == SPAN_MONTHS ? civil_add_months(first_day, number * phase->every.amount)
                                            : first_day + number * phase->every.amount;
}

/* A number whose day is certainly not after `day`. */
static int64_t number_before(const struct schedule_phase *phase, int64_t first_day, int64_t day)
{
    int64_t length = phase->every.unit == SPAN_MONTHS ? 31 * phase->every.amount : phase->every.amount;
    int64_t number = (day - SLACK_DAYS - first_day) / length;

    return number < 1 ? 1 : number;
}

static msec every_next(const struct schedule_view *view, msec after_at)
{
    const struct schedule_at *at = &view->schedule->at;
    int64_t first_day, day = zone_day(view->policy->zone, after_at);

    if (!day_of_field(view, at->from_field, &first_day))
        return NEVER;
    for (uint8_t i = 0; i < at->phase_count; i++) {
        const struct schedule_phase *phase = &at->phases[i];
        int64_t number = number_before(phase, first_day, day);

        for (int tries = 0; (!phase->times || number <= phase->times) && tries < TRIES_MAX;
             number++, tries++) {
            msec due_at = instant_of(view, phase_day(phase, first_day, number));

            if (due_at > after_at)
                return due_at;
        }
        if (!phase->times)
            return NEVER;
        first_day = phase_day(phase, first_day, phase->times);
    }
    return NEVER;
}

/* ---- a rule ---- */

static bool first_day_of_rule(const struct schedule_view *view, int64_t day, int64_t *ret_first)
{
    const struct schedule_at *at = &view->schedule->at;

    if (at->from_field != POLICY_NONE)
        return day_of_field(view, at->from_field, ret_first);
    /* Without a beginning every beginning gives the same days; not too far back, as they are gone through. */
    *ret_first = at->from_day != NO_DAY ? at->from_day : civil_day(civil_date(day).year - 1, 1, 1);
    return true;
}

static msec rule_next(const struct schedule_view *view, msec after_at)
{
    const struct recurrence *rule = view->schedule->at.rule;
    int64_t first_day, day = zone_day(view->policy->zone, after_at);

    if (!first_day_of_rule(view, day, &first_day))
        return NEVER;
    day -= view->schedule->at.roll == ROLL_STAYS ? 1 : SLACK_DAYS;
    for (int tries = 0; tries < TRIES_MAX && rule->next(rule, first_day, day, &day); tries++) {
        msec due_at = instant_of(view, day);

        if (due_at > after_at)
            return due_at;
    }
    return NEVER;
}

/* ---- for which records ---- */

static bool is_word(const struct schedule_when *when, const char *text)
{
    for (uint8_t i = 0; text && i < when->word_count; i++)
        if (strcmp(when->words[i], text) == 0)
            return true;
    return false;
}

static int64_t moved(const struct span *span, int64_t day, int step)
{
    return span->unit == SPAN_MONTHS ? civil_add_months(day, step * span->amount) : day + step * span->amount;
}

/* The days, both included, on which the condition holds for a value that is this day. */
static void stretch(const struct schedule_when *when, int64_t day, int64_t *ret_first, int64_t *ret_last)
{
    *ret_first = when->kind == WHEN_WITHIN ? moved(&when->span, day, -1) : day;
    *ret_last = when->kind == WHEN_SINCE ? moved(&when->span, day, 1) : day;
}

bool schedule_when_holds(const struct zone *zone, const struct schedule_when *when, const char *text,
                         int64_t day)
{
    int64_t value, first, last;

    if (when->kind == WHEN_IS)
        return is_word(when, text);
    if (!day_of_text(zone, text, &value))
        return false;
    stretch(when, value, &first, &last);
    return first <= day && day <= last;
}

/* Cuts [*from_at, *to_at) to the time in which the condition holds. False: it does not hold at all. */
static bool cut(const struct schedule_view *view, const struct schedule_when *when, msec *from_at,
                msec *to_at)
{
    const struct zone *zone = view->policy->zone;
    int64_t day, first, last;

    if (when->kind == WHEN_IS)
        return is_word(when, view->values[when->field]);
    if (!day_of_field(view, when->field, &day))
        return false;
    stretch(when, day, &first, &last);
    msec begins_at = zone_day_start(zone, first), ends_at = zone_day_start(zone, last + 1);

    *from_at = begins_at > *from_at ? begins_at : *from_at;
    *to_at = ends_at < *to_at ? ends_at : *to_at;
    return *from_at < *to_at;
}

bool schedule_fits(const struct schedule_view *view, msec at)
{
    msec from_at = at, to_at = NEVER;

    for (uint8_t i = 0; i < view->schedule->when_count; i++)
        if (!cut(view, &view->schedule->when[i], &from_at, &to_at))
            return false;
    return from_at <= at && at < to_at;
}

/* It only sends, to an address that this record does not have. */
static bool writes_to_nobody(const struct schedule_view *view)
{
    const struct schedule_policy *schedule = view->schedule;

    return !schedule->opens && schedule->to_field != POLICY_NONE && schedule->to_reference == POLICY_NONE &&
           !view->values[schedule->to_field];
}

msec schedule_next(const struct schedule_view *view, msec after_at)
{
    static msec (*const forms[])(const struct schedule_view *, msec) = {
        [SCHEDULE_AROUND] = around_next, [SCHEDULE_EVERY] = every_next, [SCHEDULE_RULE] = rule_next};
    const struct schedule_policy *schedule = view->schedule;
    msec from_at = after_at + 1, to_at = NEVER;

    if (schedule->until != POLICY_NONE && view->values[schedule->until])
        return NEVER;
    if (writes_to_nobody(view))
        return NEVER;
    for (uint8_t i = 0; i < schedule->when_count; i++)
        if (!cut(view, &schedule->when[i], &from_at, &to_at))
            return NEVER;
    msec due_at = forms[schedule->at.form](view, from_at - 1);

    return due_at < to_at ? due_at : NEVER;
}
