/*
 * Reading and writing instants: the only door through which a written time becomes a number.
 *
 * The protocol, the replay format, the command line and the notices all use it, so that there is one opinion
 * about what a time looks like. A time without an offset is refused with an outcome of its own: guessing a
 * zone is how a deadline moves by eight hours without anybody noticing.
 *
 * Invariant: what instant_format() writes for an instant in range, instant_parse() reads back to the same
 * millisecond. strptime() and strftime() were not used: they know the process's zone and locale, take years
 * of any length, and accept 24:00 and the leap second.
 */
#include "lib/base/instant.h"

#include "lib/base/civil.h"
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_AT INT64_C(0)
#define LAST_AT  INT64_C(7258118400000) /* 2200-01-01T00:00:00Z, the first that is refused */

/* d stands for a digit, anything else for itself. */
#define FORM "dddd-dd-ddTdd:dd:dd"

static bool has_form(const char *text, const char *form)
{
    for (; *form; form++, text++) {
        bool is_digit = *text >= '0' && *text <= '9';

        if (*form == 'd' ? !is_digit : *text != *form)
            return false;
    }
    return true;
}

static int number_at(const char *text, int digits)
{
    int number = 0;

    while (digits-- > 0)
        number = number * 10 + (*text++ - '0');
    return number;
}

/* Milliseconds of `.250`; moves `*text` behind it. False: a point without digits, or more than nine. */
static bool read_fraction(const char **text, int *ret_ms)
{
    int scale = 100, digits = 0;

    *ret_ms = 0;
    if (**text != '.')
        return true;
    for ((*text)++; **text >= '0' && **text <= '9'; (*text)++, digits++) {
        *ret_ms += (**text - '0') * scale;
        scale /= 10;
    }
    return digits >= 1 && digits <= 9;
}

static enum instant_outcome read_offset(const char *text, int *ret_seconds)
{
    if (text[0] == '\0')
        return INSTANT_NO_OFFSET;
    *ret_seconds = 0;
    if (strcmp(text, "Z") == 0)
        return INSTANT_OK;
    if ((text[0] != '+' && text[0] != '-') || !has_form(text + 1, "dd:dd") || text[6] != '\0')
        return INSTANT_BAD_FORM;
    int hours = number_at(text + 1, 2), minutes = number_at(text + 4, 2);

    if (hours > 23 || minutes > 59)
        return INSTANT_NO_SUCH_TIME;
    *ret_seconds = (hours * 3600 + minutes * 60) * (text[0] == '-' ? -1 : 1);
    return INSTANT_OK;
}

enum instant_outcome instant_parse(const char *text, msec *ret_at)
{
    int ms, offset;

    if (!has_form(text, FORM))
        return INSTANT_BAD_FORM;
    struct civil civil = {.year = number_at(text, 4),
                          .month = number_at(text + 5, 2),
                          .day = number_at(text + 8, 2),
                          .hour = number_at(text + 11, 2),
                          .minute = number_at(text + 14, 2),
                          .second = number_at(text + 17, 2)};
    const char *rest = text + strlen(FORM);

    if (!read_fraction(&rest, &ms))
        return INSTANT_BAD_FORM;
    enum instant_outcome outcome = read_offset(rest, &offset);

    if (outcome != INSTANT_OK)
        return outcome;
    if (!civil_date_exists(civil.year, civil.month, civil.day))
        return INSTANT_NO_SUCH_DATE;
    if (civil.hour > 23 || civil.minute > 59 || civil.second > 59)
        return INSTANT_NO_SUCH_TIME;
    msec at = (civil_seconds(&civil) - offset) * MSEC_SECOND + ms;

    if (at < FIRST_AT || at >= LAST_AT)
        return INSTANT_OUT_OF_RANGE;
    *ret_at = at;
    return INSTANT_OK;
}

const char *instant_outcome_text(enum instant_outcome outcome)
{
    static const char *const texts[] = {
        [INSTANT_OK] = "ok",
        [INSTANT_BAD_FORM] = "not a time of the form 2026-03-02T09:00:00+08:00",
        [INSTANT_NO_OFFSET] = "the time has no offset (write 2026-03-02T09:00:00+08:00, or Z for UTC)",
        [INSTANT_NO_SUCH_DATE] = "there is no such date",
        [INSTANT_NO_SUCH_TIME] = "there is no such time of day (00:00:00 to 23:59:59) or no such offset",
        [INSTANT_OUT_OF_RANGE] = "the time lies outside the years 1970 to 2199",
    };

    return texts[outcome];
}

/* `number` in exactly `digits` digits; instants are written by the million, and printf is ten times slower.
 */
static char *put_digits(char *at, unsigned number, int digits)
{
    for (int i = digits - 1; i >= 0; i--, number /= 10)
        at[i] = (char)('0' + number % 10);
    return at + digits;
}

static char *put_pair(char *at, char before, unsigned number)
{
    *at = before;
    return put_digits(at + 1, number, 2);
}

static char *put_offset(char *at, int offset_minutes)
{
    unsigned minutes = (unsigned)abs(offset_minutes);

    at = put_pair(at, offset_minutes < 0 ? '-' : '+', minutes / 60);
    return put_pair(at, ':', minutes % 60);
}

void instant_format(msec at, int offset_seconds, char ret_text[INSTANT_TEXT])
{
    if (at == NEVER) {
        strcpy(ret_text, "never");
        return;
    }
    int offset_minutes = offset_seconds / 60;
    int64_t seconds = civil_floor(at, MSEC_SECOND);
    unsigned ms = (unsigned)(((at % MSEC_SECOND) + MSEC_SECOND) % MSEC_SECOND);
    struct civil civil = civil_from_seconds(seconds + offset_minutes * 60);
    char *end;

    if (civil.year < 0 || civil.year > 9999) /* no date of ours, but a fuzzer's; it must still fit */
        end = ret_text + snprintf(ret_text, INSTANT_TEXT - 24, "%d", civil.year);
    else
        end = put_digits(ret_text, (unsigned)civil.year, 4);
    end = put_pair(end, '-', (unsigned)civil.month);
    end = put_pair(end, '-', (unsigned)civil.day);
    end = put_pair(end, 'T', (unsigned)civil.hour);
    end = put_pair(end, ':', (unsigned)civil.minute);
    end = put_pair(end, ':', (unsigned)civil.second);
    if (ms) {
        *end++ = '.';
        end = put_digits(end, ms, 3);
    }
    end = put_offset(end, offset_minutes);
    *end = '\0';
}
