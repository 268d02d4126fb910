/*
 * The facts of a calendar: a week of hours, and the days that differ from it.
 *
 * Filled by calendar_file.c (a text) or calendar.c (a customer's daily hours) and read by calendar.c alone. A
 * day is a number here and an hour is a minute of the day; what instant that is, is the zone's business, so
 * daylight saving cannot leak into the facts.
 *
 * Invariant: exceptions ascend strictly by day; the intervals of a day ascend and do not overlap. Holidays,
 * make-up days and short days are all one thing, "this day has these hours": the kind a lead wrote it under
 * matters to the reader of the file and to nobody after that.
 */
#include "lib/calendar_days.h"

#include "lib/base/memory.h"
#include <stdlib.h>
#include <string.h>

void calendar_days_init(struct calendar_days *days)
{
    *days = (struct calendar_days){.exception_count = 0};
}

void calendar_days_finish(struct calendar_days *days)
{
    if (!days)
        return;
    for (size_t i = 0; i < days->exception_count; i++)
        free(days->exceptions[i].name);
    free(days->exceptions);
    calendar_days_init(days);
}

size_t calendar_days_find(const struct calendar_days *days, int64_t day_number)
{
    size_t low = 0, high = days->exception_count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (days->exceptions[middle].day_number < day_number)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

const struct calendar_exception *calendar_days_exception(const struct calendar_days *days, int64_t day_number)
{
    size_t i = calendar_days_find(days, day_number);
    bool is_there = i < days->exception_count && days->exceptions[i].day_number == day_number;

    return is_there ? &days->exceptions[i] : NULL;
}

const struct calendar_hours *calendar_days_hours(const struct calendar_days *days, int64_t day_number)
{
    const struct calendar_exception *exception = calendar_days_exception(days, day_number);

    return exception ? &exception->hours : &days->week[civil_weekday(day_number)];
}

bool calendar_days_add(struct calendar_days *days, int64_t day_number, const struct calendar_hours *hours,
                       const char *name)
{
    if (calendar_days_exception(days, day_number))
        return false;
    size_t i = calendar_days_find(days, day_number), behind = days->exception_count - i;

    days->exceptions = memory_reserve(days->exceptions, &days->exception_capacity, days->exception_count + 1,
                                      sizeof(*days->exceptions));
    struct calendar_exception *place = days->exceptions + i;

    memmove(place + 1, place, behind * sizeof(*place));
    *place =
        (struct calendar_exception){.day_number = day_number, .hours = *hours, .name = memory_text(name)};
    days->exception_count++;
    return true;
}

bool calendar_days_always(const struct calendar_days *days)
{
    for (int weekday = 0; weekday < 7; weekday++) {
        const struct calendar_hours *hours = &days->week[weekday];

        if (hours->count != 1 || hours->intervals[0].open_minute != 0 ||
            hours->intervals[0].close_minute != CALENDAR_DAYS_MIDNIGHT)
            return false;
    }
    return days->exception_count == 0;
}

bool calendar_days_add_interval(struct calendar_hours *hours, int open_minute, int close_minute)
{
    struct calendar_interval *last = hours->count ? &hours->intervals[hours->count - 1] : NULL;

    if (open_minute < 0 || open_minute >= close_minute || close_minute > CALENDAR_DAYS_MIDNIGHT)
        return false;
    if (last && open_minute < last->close_minute)
        return false;
    if (last && open_minute == last->close_minute) {
        last->close_minute = (int16_t)close_minute;
        return true;
    }
    if (hours->count == CALENDAR_DAYS_INTERVALS)
        return false;
    hours->intervals[hours->count++] = (struct calendar_interval){.open_minute = (int16_t)open_minute,
                                                                  .close_minute = (int16_t)close_minute};
    return true;
}
