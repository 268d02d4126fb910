/*
 * Reading and writing spans: a number and the kind of time it counts.
 *
 * Policies, calendars, schedules and settings use it. The unit stays with the number until a calendar turns
 * both into an instant, because "3 days" has no length of its own: three working days, three civil days and
 * 72 hours are three different promises (domain, Units). That is why a bare number is refused even for zero.
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

enum span_outcome span_parse(const char *text, struct span *ret_span)
{
    struct span span = {.amount = 0};
    const struct unit *last = NULL;
    int sign = 1;

    if (*text == '-') {
        sign = -1;
        text++;
    }
    do {
        enum span_outcome outcome = read_part(&text, &last, &span);

        if (outcome != SPAN_OK)
            return outcome;
    } while (*text);
    span.amount *= sign;
    *ret_span = span;
    return SPAN_OK;
}

const char *span_outcome_text(enum span_outcome outcome)
{
    static const char *const texts[] = {
        [SPAN_OK] = "ok",
        [SPAN_BAD_FORM] = "not a span like 24h, 2h30m, 8bh, 3wd, 14d or 3mo",
        [SPAN_BARE_NUMBER] = "the number has no unit (h m s real time, bh bm business time, wd working days, "
                             "d civil days, mo months)",
        [SPAN_UNKNOWN_UNIT] = "unknown unit (h m s real time, bh bm business time, wd working days, "
                              "d civil days, mo months)",
        [SPAN_MIXED_UNITS] = "units of one kind only, the larger first (2h30m)",
        [SPAN_TOO_LONG] = "longer than a hundred years",
    };

    return texts[outcome];
}

void span_format(struct span span, char ret_text[SPAN_TEXT])
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
        snprintf(ret_text, SPAN_TEXT, "0%s", zero);
}
