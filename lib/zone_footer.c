/*
 * The POSIX TZ rule in a zone file's footer: reading it, and dating its two changes in a given year.
 *
 * Called by zone.c alone, once per zone, to write the rule's changes out into the zone's table. The text
 * comes from a file and nothing in it is trusted: a rule that does not fit the grammar of RFC 9636 (TZif)
 * is refused as a whole. Two liberties of POSIX are not taken over: a summer name without dates (what the
 * dates are would be the implementation's guess), and a leading colon.
 *
 * Invariant: a footer that was accepted has dates in every year, so the two dating functions cannot fail.
 */
#include "lib/zone_footer.h"

#include "lib/base/civil.h"

#define HOUR_S 3600

struct cursor {
    const char *at, *end;
};

static bool take(struct cursor *text, char wanted)
{
    if (text->at == text->end || *text->at != wanted)
        return false;
    text->at++;
    return true;
}

static bool is_digit(const struct cursor *text)
{
    return text->at < text->end && *text->at >= '0' && *text->at <= '9';
}

static bool read_number(struct cursor *text, int lowest, int highest, int *ret_number)
{
    int number = 0;

    if (!is_digit(text))
        return false;
    for (; is_digit(text); text->at++) {
        number = number * 10 + (*text->at - '0');
        if (number > highest)
            return false;
    }
    *ret_number = number;
    return number >= lowest;
}

static bool is_letter(char byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
}

/* `CET` or `<+03>`; the name itself is not kept, nobody shows it. */
static bool skip_name(struct cursor *text)
{
    bool is_quoted = take(text, '<');
    const char *first = text->at;

    while (text->at < text->end) {
        char byte = *text->at;
        bool is_sign = byte == '+' || byte == '-' || (byte >= '0' && byte <= '9');

        if (!is_letter(byte) && !(is_quoted && is_sign))
            break;
        text->at++;
    }
    return text->at - first >= 3 && (!is_quoted || take(text, '>'));
}

/* `-10:30`, `+2`, `167:00:00`: seconds, of at most `hours` hours. */
static bool read_time(struct cursor *text, int hours, int *ret_seconds)
{
    int sign = take(text, '-') ? -1 : 1, hour, minute = 0, second = 0;

    if (sign == 1)
        take(text, '+');
    if (!read_number(text, 0, hours, &hour))
        return false;
    if (take(text, ':')) {
        if (!read_number(text, 0, 59, &minute))
            return false;
        if (take(text, ':') && !read_number(text, 0, 59, &second))
            return false;
    }
    *ret_seconds = sign * (hour * HOUR_S + minute * 60 + second);
    return true;
}

static bool read_weekday(struct cursor *text, struct zone_footer_date *date)
{
    date->kind = ZONE_FOOTER_WEEKDAY;
    return read_number(text, 1, 12, &date->month) && take(text, '.') &&
           read_number(text, 1, 5, &date->week) && take(text, '.') && read_number(text, 0, 6, &date->day);
}

/* `,M3.2.0/2:00:00`; the time is 2 o'clock when it is not said. */
static bool read_date(struct cursor *text, struct zone_footer_date *date)
{
    *date = (struct zone_footer_date){.kind = ZONE_FOOTER_DAY_OF_YEAR, .time_s = 2 * HOUR_S};
    bool is_read;

    if (!take(text, ','))
        return false;
    if (take(text, 'M')) {
        is_read = read_weekday(text, date);
    } else if (take(text, 'J')) {
        date->kind = ZONE_FOOTER_JULIAN;
        is_read = read_number(text, 1, 365, &date->day);
    } else {
        is_read = read_number(text, 0, 365, &date->day);
    }
    return is_read && (!take(text, '/') || read_time(text, 167, &date->time_s));
}

bool zone_footer_parse(const char *text, size_t length, struct zone_footer *ret_footer)
{
    struct cursor rest = {.at = text, .end = text + length};
    int west_s;

    *ret_footer = (struct zone_footer){.has_summer = false};
    if (!skip_name(&rest) || !read_time(&rest, 24, &west_s))
        return false;
    ret_footer->standard_s = -west_s; /* POSIX counts westward */
    if (rest.at == rest.end)
        return true;
    ret_footer->has_summer = true;
    ret_footer->summer_s = ret_footer->standard_s + HOUR_S;
    if (!skip_name(&rest))
        return false;
    if (rest.at < rest.end && *rest.at != ',') {
        if (!read_time(&rest, 24, &west_s))
            return false;
        ret_footer->summer_s = -west_s;
    }
    return read_date(&rest, &ret_footer->start) && read_date(&rest, &ret_footer->end) && rest.at == rest.end;
}

static int64_t weekday_in_month(const struct zone_footer_date *date, int year)
{
    int64_t first = civil_day(year, date->month, 1);
    int wanted = (date->day + CIVIL_SUNDAY) % 7; /* from 0 = Sunday to 0 = Monday */
    int day = 1 + (wanted - (int)civil_weekday(first) + 7) % 7 + (date->week - 1) * 7;

    if (day > civil_days_in_month(year, date->month))
        day -= 7;
    return civil_day(year, date->month, day);
}

static int64_t day_in_year(const struct zone_footer_date *date, int year)
{
    bool is_leap = civil_days_in_month(year, 2) == 29;

    switch (date->kind) {
    case ZONE_FOOTER_JULIAN:
        return civil_day(year, 1, date->day) + (is_leap && date->day >= 60);
    case ZONE_FOOTER_DAY_OF_YEAR:
        return civil_day(year, 1, 1) + date->day;
    case ZONE_FOOTER_WEEKDAY:
        break;
    }
    return weekday_in_month(date, year);
}

int64_t zone_footer_start_s(const struct zone_footer *footer, int year)
{
    return day_in_year(&footer->start, year) * 86400 + footer->start.time_s - footer->standard_s;
}

int64_t zone_footer_end_s(const struct zone_footer *footer, int year)
{
    return day_in_year(&footer->end, year) * 86400 + footer->end.time_s - footer->summer_s;
}
