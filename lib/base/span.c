/*
 * Reading and writing spans: a number and the kind of time it counts.
 *
 * Policies, calendars, schedules and settings use it. The unit stays with the number until a calendar turns
 * both into an instant, because "3 days" has no length of its own: three working days, three civil days and
 * 72 hours are three different promises (domain, Units). That is why a bare number is refused even for zero.
 * A time of day behind days (`next wd 16:00`) makes a civil instant of them: what is counted are the days,
 * the rest is a clock on the wall. A day of the month (`25th 17:00`) is such an instant, too: the next one
 * that comes.
 *
 * The units are one const table, largest first within a kind; parsing and formatting both walk it, so a unit
 * cannot be readable and not writable. Invariant: span_parse(span_format(s)) is s.
 */
#include "lib/base/span.h"

#include "lib/base/msec.h"
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#define YEARS      100
#define LONGEST_MS (YEARS * 366 * MSEC_DAY)

#define NEXT         "next " /* `next wd 16:00` is `1wd 16:00` */
#define DAY_MINUTES  1440
#define TIME_LENGTH  6 /* of ` 16:00` */
#define ROLL_FORWARD " roll forward"
#define ROLL_BACK    " roll back"
#define SAME_DAY     "same day" /* `next d 00:00`: the midnight that ends it */

static const struct unit {
    const char *name;
    enum span_unit kind;
    int64_t scale;   /* of one of these, in the kind's own amount */
    int64_t longest; /* amount of the whole span */
} units[] = {
    {"h", SPAN_REAL, MSEC_HOUR, LONGEST_MS},
    {"m", SPAN_REAL, MSEC_MINUTE, LONGEST_MS},
    {"s", SPAN_REAL, MSEC_SECOND, LONGEST_MS},
    {"ms", SPAN_REAL, 1, LONGEST_MS},
    {"bh", SPAN_BUSINESS, MSEC_HOUR, LONGEST_MS},
    {"bm", SPAN_BUSINESS, MSEC_MINUTE, LONGEST_MS},
    {"bs", SPAN_BUSINESS, MSEC_SECOND, LONGEST_MS},
    {"bms", SPAN_BUSINESS, 1, LONGEST_MS},
    {"wd", SPAN_WORKING_DAYS, 1, YEARS * 366},
    {"d", SPAN_DAYS, 1, YEARS * 366},
    {"mo", SPAN_MONTHS, 1, YEARS * 12},
};

#define UNIT_COUNT (sizeof(units) / sizeof(units[0]))

static const struct unit *find_unit(const char *name, size_t length)
{
    for (size_t i = 0; i < UNIT_COUNT; i++)
        if (strlen(units[i].name) == length && memcmp(units[i].name, name, length) == 0)
            return &units[i];
    return NULL;
}

/* Digits at `*text`, which moves behind them. */
static enum span_outcome read_number(const char **text, int64_t *ret_number)
{
    const char *first = *text;

    *ret_number = 0;
    for (; **text >= '0' && **text <= '9'; (*text)++) {
        if (*ret_number > LONGEST_MS)
            return SPAN_TOO_LONG;
        *ret_number = *ret_number * 10 + (**text - '0');
    }
    return *text == first ? SPAN_BAD_FORM : SPAN_OK;
}

static enum span_outcome read_unit(const char **text, const struct unit **ret_unit)
{
    size_t length = 0;

    while ((*text)[length] >= 'a' && (*text)[length] <= 'z')
        length++;
    if (length == 0)
        return (*text)[0] == '\0' ? SPAN_BARE_NUMBER : SPAN_BAD_FORM;
    *ret_unit = find_unit(*text, length);
    *text += length;
    return *ret_unit ? SPAN_OK : SPAN_UNKNOWN_UNIT;
}

/* One `30m` at `*text`, added to `span`; `*last` is the unit of the part before it, or NULL. */
static enum span_outcome read_part(const char **text, const struct unit **last, struct span *span)
{
    const struct unit *unit;
    int64_t number, amount;
    enum span_outcome outcome = read_number(text, &number);

    if (outcome != SPAN_OK)
        return outcome;
    outcome = read_unit(text, &unit);
    if (outcome != SPAN_OK)
        return outcome;
    if (*last && (unit->kind != (*last)->kind || unit <= *last))
        return SPAN_MIXED_UNITS;
    if (__builtin_mul_overflow(number, unit->scale, &amount) || amount > unit->longest - span->amount)
        return SPAN_TOO_LONG;
    *span = (struct span){.unit = unit->kind, .amount = span->amount + amount};
    *last = unit;
    return SPAN_OK;
}

/* `next wd` or `2h30m` at `*text`, which moves behind it. */
static enum span_outcome read_length(const char **text, struct span *span)
{
    const struct unit *last = NULL;
    enum span_outcome outcome = SPAN_OK;

    if (strncmp(*text, NEXT, strlen(NEXT)) == 0) {
        *text += strlen(NEXT);
        outcome = read_unit(text, &last);
        if (outcome == SPAN_OK)
            *span = (struct span){.unit = last->kind, .amount = last->scale};
        return outcome == SPAN_BARE_NUMBER ? SPAN_BAD_FORM : outcome;
    }
    do {
        outcome = read_part(text, &last, span);
    } while (outcome == SPAN_OK && **text && **text != ' ');
    return outcome;
}

/* ` 16:00` at `text`; 24:00 is the latest. */
static bool read_time(const char *text, int16_t *ret_minute)
{
    static const char form[] = " 00:00";

    for (size_t i = 0; i < TIME_LENGTH; i++)
        if (form[i] == '0' ? text[i] < '0' || text[i] > '9' : text[i] != form[i])
            return false;
    int hour = (text[1] - '0') * 10 + text[2] - '0', minute = (text[4] - '0') * 10 + text[5] - '0';

    *ret_minute = (int16_t)(hour * 60 + minute);
    return minute <= 59 && *ret_minute <= DAY_MINUTES;
}

/* What stands behind the days: their time makes an instant of them. */
static enum span_outcome read_instant(const char *text, struct span *span)
{
    static const enum span_unit instants[] = {
        [SPAN_REAL] = SPAN_REAL,   [SPAN_BUSINESS] = SPAN_REAL, [SPAN_WORKING_DAYS] = SPAN_WORKING_DAY_AT,
        [SPAN_DAYS] = SPAN_DAY_AT, [SPAN_MONTHS] = SPAN_REAL,
    };

    if (!read_time(text, &span->minute) || text[TIME_LENGTH])
        return SPAN_BAD_FORM;
    if (instants[span->unit] == SPAN_REAL)
        return SPAN_NOT_A_DAY;
    span->unit = instants[span->unit];
    return span->amount == 0 ? SPAN_SAME_DAY : SPAN_OK;
}

/* `25th`: 1st, 2nd, 3rd, 21st, 22nd, 23rd, 31st, and th behind all others. */
static const char *ordinal_of(int64_t day)
{
    static const char *const ordinals[] = {"th", "st", "nd", "rd"};

    return day / 10 != 1 && day % 10 <= 3 ? ordinals[day % 10] : ordinals[0];
}

/* `25th 17:00`, `25th 17:00 roll forward`. False: it is something else. */
static bool read_month_day(const char *text, struct span *ret_span)
{
    struct span span = {.unit = SPAN_MONTH_DAY_AT};

    if (read_number(&text, &span.amount) != SPAN_OK || span.amount < 1 || span.amount > 31 ||
        strncmp(text, ordinal_of(span.amount), 2) != 0 || !read_time(text + 2, &span.minute))
        return false;
    text += 2 + TIME_LENGTH;
    span.roll = strcmp(text, ROLL_FORWARD) == 0 ? 1 : strcmp(text, ROLL_BACK) == 0 ? -1 : 0;
    if (*text && !span.roll)
        return false;
    *ret_span = span;
    return true;
}

enum span_outcome span_parse(const char *text, struct span *ret_span)
{
    struct span span = {.amount = 0};
    int sign = *text == '-' ? -1 : 1;

    if (read_month_day(text, ret_span))
        return SPAN_OK;
    if (strcmp(text, SAME_DAY) == 0) {
        *ret_span = (struct span){.unit = SPAN_DAY_AT, .amount = 1};
        return SPAN_OK;
    }
    text += *text == '-';
    bool is_next = *text == NEXT[0];
    enum span_outcome outcome = read_length(&text, &span);

    if (outcome == SPAN_OK && (*text || is_next))
        outcome = is_next && sign < 0 ? SPAN_BAD_FORM : read_instant(text, &span);
    if (outcome != SPAN_OK)
        return outcome;
    span.amount *= sign;
    *ret_span = span;
    return SPAN_OK;
}

bool span_is_instant(struct span span)
{
    return span.unit == SPAN_WORKING_DAY_AT || span.unit == SPAN_DAY_AT || span.unit == SPAN_MONTH_DAY_AT;
}

const char *span_outcome_text(enum span_outcome outcome)
{
    static const char *const texts[] = {
        [SPAN_OK] = "ok",
        [SPAN_BAD_FORM] =
            "not a span like 24h, 2h30m, 8bh, 3wd, 14d, 3mo, next wd 16:00, 25th 17:00 or same day",
        [SPAN_BARE_NUMBER] = "the number has no unit (h m s real time, bh bm business time, wd working days, "
                             "d civil days, mo months)",
        [SPAN_UNKNOWN_UNIT] = "unknown unit (h m s real time, bh bm business time, wd working days, "
                              "d civil days, mo months)",
        [SPAN_MIXED_UNITS] = "units of one kind only, the larger first (2h30m)",
        [SPAN_TOO_LONG] = "longer than a hundred years",
        [SPAN_NOT_A_DAY] = "a time of day stands behind a day (next wd 16:00, 3d 12:00)",
        [SPAN_SAME_DAY] = "an instant lies at least a day ahead (next wd 16:00)",
    };

    return texts[outcome];
}

static enum span_unit kind_of_days(enum span_unit unit)
{
    return unit == SPAN_WORKING_DAY_AT ? SPAN_WORKING_DAYS : unit == SPAN_DAY_AT ? SPAN_DAYS : unit;
}

/* `2h30m`, `0wd`: the parts that are not zero, the smallest unit when all are. */
static size_t format_length(struct span span, char ret_text[SPAN_TEXT])
{
    uint64_t left = span.amount < 0 ? -(uint64_t)span.amount : (uint64_t)span.amount;
    const char *zero = NULL;
    size_t length = 0;

    if (span.amount < 0)
        ret_text[length++] = '-';
    for (size_t i = 0; i < UNIT_COUNT; i++) {
        if (units[i].kind != span.unit)
            continue;
        uint64_t scale = (uint64_t)units[i].scale, count = left / scale;

        if (scale != 1 || zero == NULL)
            zero = units[i].name;
        if (count == 0)
            continue;
        length += (size_t)snprintf(ret_text + length, SPAN_TEXT - length, "%llu%s", (unsigned long long)count,
                                   units[i].name);
        left -= count * scale;
    }
    if (span.amount == 0)
        length = (size_t)snprintf(ret_text, SPAN_TEXT, "0%s", zero);
    return length;
}

static void format_month_day(struct span span, char ret_text[SPAN_TEXT])
{
    snprintf(ret_text, SPAN_TEXT, "%lld%s %02d:%02d%s", (long long)span.amount, ordinal_of(span.amount),
             span.minute / 60, span.minute % 60,
             span.roll > 0   ? ROLL_FORWARD
             : span.roll < 0 ? ROLL_BACK
                             : "");
}

void span_format(struct span span, char ret_text[SPAN_TEXT])
{
    struct span days = {.unit = kind_of_days(span.unit), .amount = span.amount};
    size_t length;

    if (span.unit == SPAN_MONTH_DAY_AT) {
        format_month_day(span, ret_text);
        return;
    }
    if (span.unit == SPAN_DAY_AT && span.amount == 1 && span.minute == 0) {
        snprintf(ret_text, SPAN_TEXT, SAME_DAY);
        return;
    }
    if (span_is_instant(span) && span.amount == 1)
        length = (size_t)snprintf(ret_text, SPAN_TEXT, NEXT "%s", days.unit == SPAN_DAYS ? "d" : "wd");
    else
        length = format_length(days, ret_text);
    if (span_is_instant(span))
        snprintf(ret_text + length, SPAN_TEXT - length, " %02d:%02d", span.minute / 60, span.minute % 60);
}
