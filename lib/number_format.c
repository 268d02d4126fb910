/*
 * Numbers of tickets: text, perhaps the day (or month, or year), a serial, text.
 *
 * Read by the regime compiler (policy_words.c), used by series.c, which knows the serials. A format is kept
 * in its parts, because a number is taken apart as often as it is put together: whoever names a ticket names
 * it by number. The period always comes before the serial and has a fixed width, the serial only a least one,
 * so a number has one reading; {seq:04} widens when the ten-thousandth comes. Two formats of one regime must
 * not be able to give the same number, or a number would name two tickets.
 */
#include "lib/number_format.h"

#include "lib/base/memory.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DIGITS     "0123456789"
#define DIGITS_MAX 19 /* of a serial */
#define BYTES_MAX  40 /* of the text around it */

static const struct {
    const char *word;
    int digits;
} periods[PERIOD_COUNT] = {
    [PERIOD_EVER] = {"", 0},
    [PERIOD_YEAR] = {"{year}", 4},
    [PERIOD_MONTH] = {"{month}", 6},
    [PERIOD_DAY] = {"{date}", 8},
};

/* ---- reading the regime ---- */

static const char *parse_serial(const char *open, struct arena *arena, struct number_format *format)
{
    char width[3] = "";
    int used = 0;

    if (sscanf(open, "{seq:%2[0-9]}%n", width, &used) != 1 || !used) {
        if (strncmp(open, "{seq}", 5) != 0)
            return arena_printf(arena, "write {seq} or {seq:06}, not '%s'", open);
        used = 5;
    }
    format->width = atoi(width);
    format->suffix = arena_text(arena, open + used);
    return NULL;
}

/* `before`: all that stands before the serial. */
static const char *parse_period(const char *before, struct arena *arena, struct number_format *format)
{
    format->period = PERIOD_EVER;
    format->prefix = before;
    format->between = "";
    for (enum number_period period = PERIOD_YEAR; period < PERIOD_COUNT; period++) {
        const char *open = strstr(before, periods[period].word);

        if (strstr(format->suffix, periods[period].word))
            return arena_printf(arena, "%s stands before {seq}", periods[period].word);
        if (!open)
            continue;
        if (format->period != PERIOD_EVER || strstr(open + 1, periods[period].word))
            return "a number has one of {date}, {month} and {year}, once";
        format->period = period;
        format->prefix = arena_bytes(arena, before, (size_t)(open - before));
        format->between = open + strlen(periods[period].word);
    }
    return NULL;
}

const char *number_format_parse(const char *text, struct arena *arena, struct number_format *ret_format)
{
    const char *open = strstr(text, "{seq");

    if (!open || strstr(open + 1, "{seq"))
        return "a number contains {seq} or {seq:06} exactly once";
    const char *wrong = parse_serial(open, arena, ret_format);

    if (!wrong)
        wrong = parse_period(arena_bytes(arena, text, (size_t)(open - text)), arena, ret_format);
    if (wrong)
        return wrong;
    if (strpbrk(ret_format->prefix, "{}") || strpbrk(ret_format->between, "{}") ||
        strpbrk(ret_format->suffix, "{}"))
        return "a number knows only {seq}, {date}, {month} and {year}";
    if (ret_format->width > DIGITS_MAX)
        return arena_printf(arena, "a number has at most %d digits", DIGITS_MAX);
    if (strlen(ret_format->prefix) + strlen(ret_format->between) + strlen(ret_format->suffix) > BYTES_MAX)
        return arena_printf(arena, "a number has at most %d bytes beside its digits", BYTES_MAX);
    if (!ret_format->prefix[strspn(ret_format->prefix, DIGITS)])
        return "a number begins with letters, so that it is not mistaken for a ticket's id";
    return NULL;
}

/* ---- there and back ---- */

uint32_t number_format_period(const struct number_format *format, const struct zone *zone, msec at)
{
    struct civil day = civil_date(zone_day(zone, at));

    switch (format->period) {
    case PERIOD_EVER:
        return 0;
    case PERIOD_YEAR:
        return (uint32_t)day.year;
    case PERIOD_MONTH:
        return (uint32_t)(day.year * 100 + day.month);
    case PERIOD_DAY:
        return (uint32_t)(day.year * 10000 + day.month * 100 + day.day);
    case PERIOD_COUNT:
        break;
    }
    abort();
}

void number_format_text(const struct number_format *format, uint32_t period, uint64_t serial, char *ret_text,
                        size_t room)
{
    char digits[16] = "";

    if (format->period != PERIOD_EVER)
        snprintf(digits, sizeof(digits), "%0*" PRIu32, periods[format->period].digits, period);
    snprintf(ret_text, room, "%s%s%s%0*" PRIu64 "%s", format->prefix, digits, format->between, format->width,
             serial, format->suffix);
}

/* Up to `most` digits of `*at`. */
static uint64_t take_digits(const char **at, int most)
{
    uint64_t number = 0;

    for (; **at >= '0' && **at <= '9' && most; (*at)++, most--)
        number = number * 10 + (uint64_t)(**at - '0');
    return number;
}

static bool take_text(const char **at, const char *text)
{
    bool is_there = strncmp(*at, text, strlen(text)) == 0;

    *at += is_there ? strlen(text) : 0;
    return is_there;
}

bool number_format_read(const struct number_format *format, const char *number, uint32_t *ret_period,
                        uint64_t *ret_serial)
{
    char canonical[NUMBER_TEXT]; /* 7 and 0007 are not the same number */
    const char *at = number;

    if (!take_text(&at, format->prefix))
        return false;
    *ret_period = (uint32_t)take_digits(&at, periods[format->period].digits);
    if (!take_text(&at, format->between))
        return false;
    *ret_serial = take_digits(&at, DIGITS_MAX);
    if (strcmp(at, format->suffix) != 0)
        return false;
    number_format_text(format, *ret_period, *ret_serial, canonical, sizeof(canonical));
    return strcmp(canonical, number) == 0;
}

bool number_format_equals(const struct number_format *one, const struct number_format *other)
{
    return strcmp(one->prefix, other->prefix) == 0 && one->period == other->period &&
           strcmp(one->between, other->between) == 0 && strcmp(one->suffix, other->suffix) == 0 &&
           one->width == other->width;
}

/* ---- could two formats give the same number? ---- */

#define ANY_DIGIT   '\x01'
#define MORE_DIGITS '\x02' /* none or some */
#define SHAPE       (BYTES_MAX + 8 + DIGITS_MAX + 3)

/* The numbers of a format as one pattern. */
static size_t shape_of(const struct number_format *format, char shape[SHAPE])
{
    int width = format->width ? format->width : 1;
    size_t length = strlen(format->prefix);

    memcpy(shape, format->prefix, length);
    memset(shape + length, ANY_DIGIT, (size_t)periods[format->period].digits);
    length += (size_t)periods[format->period].digits;
    memcpy(shape + length, format->between, strlen(format->between));
    length += strlen(format->between);
    memset(shape + length, ANY_DIGIT, (size_t)width);
    length += (size_t)width;
    shape[length++] = MORE_DIGITS;
    memcpy(shape + length, format->suffix, strlen(format->suffix));
    return length + strlen(format->suffix);
}

static bool is_digit(char symbol)
{
    return symbol == ANY_DIGIT || symbol == MORE_DIGITS || (symbol >= '0' && symbol <= '9');
}

static bool symbols_agree(char one, char other)
{
    return one == other || (is_digit(one) && is_digit(other) && (one < ' ' || other < ' '));
}

/* From the ends backward: `agrees[i][j]`, whether the rests of both patterns have a text in common. */
bool number_format_overlaps(const struct number_format *one, const struct number_format *other)
{
    char first[SHAPE], second[SHAPE];
    bool agrees[SHAPE + 1][SHAPE + 1] = {0};
    size_t rows = shape_of(one, first), columns = shape_of(other, second);

    for (size_t i = rows + 1; i-- > 0;)
        for (size_t j = columns + 1; j-- > 0;) {
            bool is_more = i < rows && first[i] == MORE_DIGITS;
            bool is_more_there = j < columns && second[j] == MORE_DIGITS;

            agrees[i][j] = (i == rows && j == columns) || (is_more && agrees[i + 1][j]) ||
                           (is_more_there && agrees[i][j + 1]);
            if (i < rows && j < columns && !(is_more && is_more_there) && symbols_agree(first[i], second[j]))
                agrees[i][j] |= agrees[i + !is_more][j + !is_more_there];
        }
    return agrees[0][0];
}
