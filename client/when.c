/*
 * Times at the terminal.
 *
 * Used by every command. What is typed becomes an instant here, what the daemon says becomes local time here.
 * The daemon refuses times without an offset; this is the one place where a person may leave it out, because
 * the terminal has a zone. In exchange nothing is guessed: a wall time that the local clocks skip or show
 * twice is refused, and the sentence says to write the offset.
 *
 * mktime() alone was not used: it quietly moves skipped times and picks one of two. Instead the offsets of
 * the day before and the day after are tried, and those that read back to the same wall time count. A zone
 * with two changes within two days would defeat that; there is none.
 */
#include "client/when.h"

#include "lib/base/civil.h"
#include "lib/base/instant.h"
#include "lib/base/span.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static const char form_help[] =
    "not a time (write 2026-03-02T15:00:00+08:00, \"2026-03-02 15:00\", now, -2h or +30m)";

msec when_now(void)
{
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);
    return (msec)now.tv_sec * MSEC_SECOND + now.tv_nsec / 1000000;
}

/* Seconds east of UTC of the terminal's zone. */
static int offset_s(msec at, bool in_utc)
{
    time_t seconds = (time_t)civil_floor(at, MSEC_SECOND);
    struct tm local;

    if (in_utc || !localtime_r(&seconds, &local))
        return 0;
    return (int)local.tm_gmtoff;
}

static const char *resolve(const struct civil *civil, bool in_utc, msec *ret_at)
{
    msec wall_at = civil_seconds(civil) * MSEC_SECOND, found_at = NEVER;

    for (int side = -1; side <= 1; side += 2) {
        msec at = wall_at - offset_s(wall_at + side * MSEC_DAY, in_utc) * MSEC_SECOND;

        if (at + offset_s(at, in_utc) * MSEC_SECOND != wall_at || at == found_at)
            continue;
        if (found_at != NEVER)
            return "the clocks show that time twice (write it with its offset: 2026-10-25T02:30:00+01:00)";
        found_at = at;
    }
    if (found_at == NEVER)
        return "the clocks skip that time (write it with an offset: 2026-03-29T02:30:00+01:00)";
    *ret_at = found_at;
    return NULL;
}

/* Two digits and a value up to `limit`; moves on behind them. */
static bool two_digits(const char **text, int limit, int *ret_number)
{
    const char *digits = *text;

    if (digits[0] < '0' || digits[0] > '9' || digits[1] < '0' || digits[1] > '9')
        return false;
    *ret_number = (digits[0] - '0') * 10 + digits[1] - '0';
    *text += 2;
    return *ret_number <= limit;
}

/* `2026-03-02 15:00` or `2026-03-02 15:00:30`. */
static const char *parse_wall(const char *text, bool in_utc, msec *ret_at)
{
    int64_t day_number;

    if (!civil_parse_date(text, &day_number) || text[10] != ' ')
        return form_help;
    struct civil civil = civil_date(day_number);
    const char *rest = text + 11;

    if (civil.year < 1970 || civil.year > 2199)
        return instant_outcome_text(INSTANT_OUT_OF_RANGE);
    if (!two_digits(&rest, 23, &civil.hour) || *rest++ != ':' || !two_digits(&rest, 59, &civil.minute))
        return form_help;
    if (*rest == ':' && (rest++, !two_digits(&rest, 59, &civil.second)))
        return form_help;
    return *rest == '\0' ? resolve(&civil, in_utc, ret_at) : form_help;
}

static const char *parse_span(const char *text, msec now, bool in_utc, msec *ret_at)
{
    struct span span;
    enum span_outcome outcome = span_parse(*text == '+' ? text + 1 : text, &span);

    if (outcome != SPAN_OK || (text[0] == '+' && text[1] == '-'))
        return outcome == SPAN_OK ? form_help : span_outcome_text(outcome);
    if (span.unit == SPAN_REAL) {
        *ret_at = now + span.amount;
        return NULL;
    }
    if (span.unit != SPAN_DAYS)
        return "only hours, minutes, seconds and days (-2h, +30m, -1d) can be counted from now";
    msec wall_at = now + offset_s(now, in_utc) * MSEC_SECOND;
    struct civil civil = civil_from_seconds(civil_floor(wall_at, MSEC_SECOND) + span.amount * 86400);

    return resolve(&civil, in_utc, ret_at);
}

const char *when_parse(const char *text, msec now, bool in_utc, msec *ret_at)
{
    int64_t day_number;

    if (strcmp(text, "now") == 0) {
        *ret_at = now;
        return NULL;
    }
    if (*text == '-' || *text == '+')
        return parse_span(text, now, in_utc, ret_at);
    if (civil_parse_date(text, &day_number) && text[10] != 'T')
        return parse_wall(text, in_utc, ret_at);
    enum instant_outcome outcome = instant_parse(text, ret_at);

    if (outcome == INSTANT_BAD_FORM)
        return form_help;
    return outcome == INSTANT_OK ? NULL : instant_outcome_text(outcome);
}

void when_write(msec at, bool in_utc, char ret_text[WHEN_TEXT])
{
    char text[INSTANT_TEXT];

    instant_format(at, offset_s(at, in_utc), text);
    snprintf(ret_text, WHEN_TEXT, "%s", text);
}

void when_show(msec at, bool in_utc, bool with_seconds, char ret_text[WHEN_TEXT])
{
    if (at == NEVER) {
        strcpy(ret_text, "-");
        return;
    }
    struct civil civil = civil_from_seconds(civil_floor(at, MSEC_SECOND) + offset_s(at, in_utc));
    int length = snprintf(ret_text, WHEN_TEXT, "%04d-%02d-%02d %02d:%02d", civil.year, civil.month, civil.day,
                          civil.hour, civil.minute);

    if (with_seconds)
        length += snprintf(ret_text + length, WHEN_TEXT - (size_t)length, ":%02d", civil.second);
    if (in_utc)
        snprintf(ret_text + length, WHEN_TEXT - (size_t)length, "Z");
}

void when_span(msec span_ms, char ret_text[WHEN_TEXT])
{
    long long seconds = llabs(span_ms) / MSEC_SECOND, minutes = seconds / 60, hours = minutes / 60;

    if (hours >= 48)
        snprintf(ret_text, WHEN_TEXT, "%lldd%02lldh", hours / 24, hours % 24);
    else if (hours > 0)
        snprintf(ret_text, WHEN_TEXT, "%lldh%02lldm", hours, minutes % 60);
    else if (minutes > 0)
        snprintf(ret_text, WHEN_TEXT, "%lldm", minutes);
    else
        snprintf(ret_text, WHEN_TEXT, "%llds", seconds);
}

void when_left(msec now, msec due_at, char ret_text[WHEN_TEXT])
{
    char span[WHEN_TEXT];

    if (due_at == NEVER) {
        strcpy(ret_text, "closed");
        return;
    }
    when_span(due_at - now, span);
    /* The deadline instant itself is still in time (domain rule 2). */
    if (due_at >= now)
        snprintf(ret_text, WHEN_TEXT, "%.40s left", span);
    else
        snprintf(ret_text, WHEN_TEXT, "overdue %.40s", span);
}
