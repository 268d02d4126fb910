/*
 * Recurrence rules by libical.
 *
 * Called by policy_files.c when a regime names a rule; the policy borrows what is given out, and the judge
 * asks it for days. libical is lenient with what it reads: it drops a part that it does not understand and
 * takes the rest. A schedule must not mean something else than what is written, so the text is held against a
 * strict table first, and only then read by libical. Parts that say a time of day are refused, because the
 * regime says it beside the rule, in the desk's zone.
 *
 * Days are given to libical as dates without a zone, so that no zone of the system or of libical takes part.
 * A rule that no day of its horizon fits is refused, and so are combinations with which libical would look
 * for a day until the end of time.
 *
 * A rule remembers the days that it found for the beginning it was asked about last. That changes no answer:
 * a hundred thousand records with one calendar are planned from one list instead of a walk each.
 */
#include "files/recurrence.h"

#include "lib/base/civil.h"
#include "lib/base/memory.h"
#include <libical/ical.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DAYS_MAX      100000 /* as many as these years have */
#define HORIZON_YEARS 250    /* behind its beginning a rule has no days any more */

/* The days of a rule from the beginning that was asked about last: the next question is mostly about the
 * same. */
struct known_days {
    icalrecur_iterator *iterator; /* behind the last of them */
    int64_t first_day;
    int64_t *days;
    size_t count, capacity;
    bool is_over;
};

struct rule {
    struct recurrence recurrence; /* first: what is borrowed */
    struct known_days *known;
    char *text;
    bool names_days; /* BYDAY, BYMONTHDAY or BYYEARDAY */
    struct icalrecurrencetype parsed;
};

struct recurrences {
    struct rule **rules;
    size_t count, capacity;
    char error[256];
};

enum part_kind { PART_FREQUENCY, PART_NUMBER, PART_NUMBERS, PART_DAYS, PART_DATE };

/* What a rule may consist of. `most` is the greatest number; with `negative` also below zero, never zero. */
static const struct part {
    const char *name;
    enum part_kind kind;
    int most;
    bool negative;
} parts[] = {
    {"FREQ", PART_FREQUENCY, 0, false},     {"INTERVAL", PART_NUMBER, 999, false},
    {"COUNT", PART_NUMBER, 999, false},     {"UNTIL", PART_DATE, 0, false},
    {"BYMONTH", PART_NUMBERS, 12, false},   {"BYMONTHDAY", PART_NUMBERS, 31, true},
    {"BYDAY", PART_DAYS, 53, true},         {"BYSETPOS", PART_NUMBERS, 366, true},
    {"BYYEARDAY", PART_NUMBERS, 366, true},
};

#define PART_COUNT (sizeof(parts) / sizeof(parts[0]))

static const char *const frequencies[] = {"DAILY", "WEEKLY", "MONTHLY", "YEARLY"};
static const char *const weekdays[] = {"MO", "TU", "WE", "TH", "FR", "SA", "SU"};

static void free_rule(struct rule *rule);

struct recurrences *recurrences_create(void)
{
    icalerror_set_errors_are_fatal(false);
    return memory_new(1, sizeof(struct recurrences));
}

void recurrences_destroy(struct recurrences *recurrences)
{
    if (!recurrences)
        return;
    for (size_t i = 0; i < recurrences->count; i++)
        free_rule(recurrences->rules[i]);
    free(recurrences->rules);
    free(recurrences);
}

/* ---- reading ---- */

static bool is_one_of(const char *word, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(words[i], word) == 0)
            return true;
    return false;
}

/* A number that the part may have: no sign, blank or leading zero that libical would read otherwise. */
static bool is_number(const struct part *part, const char *word)
{
    bool is_negative = part->negative && word[0] == '-';
    const char *digits = word + is_negative;
    size_t length = strlen(digits);

    return length > 0 && length <= 3 && digits[0] != '0' && strspn(digits, "0123456789") == length &&
           atoi(digits) <= part->most;
}

/* `MO`, `1MO`, `-1FR`. */
static bool is_day(const struct part *part, const char *word)
{
    size_t length = strlen(word);
    char number[8];

    if (length < 2 || length > 5 || !is_one_of(word + length - 2, weekdays, 7))
        return false;
    memcpy(number, word, length - 2);
    number[length - 2] = '\0';
    return length == 2 || is_number(part, number);
}

static bool is_date(const char *word)
{
    char dashed[11];

    if (strlen(word) != 8)
        return false;
    snprintf(dashed, sizeof(dashed), "%.4s-%.2s-%.2s", word, word + 4, word + 6);
    int64_t day;

    return civil_parse_date(dashed, &day);
}

static bool is_value(const struct part *part, const char *word)
{
    switch (part->kind) {
    case PART_FREQUENCY:
        return is_one_of(word, frequencies, 4);
    case PART_NUMBER:
    case PART_NUMBERS:
        return is_number(part, word);
    case PART_DAYS:
        return is_day(part, word);
    case PART_DATE:
        return is_date(word);
    }
    return false;
}

static const struct part *find_part(const char *name)
{
    for (size_t i = 0; i < PART_COUNT; i++)
        if (strcmp(parts[i].name, name) == 0)
            return &parts[i];
    return NULL;
}

static const char *complain(struct recurrences *recurrences, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static const char *complain(struct recurrences *recurrences, const char *format, ...)
{
    va_list list;

    va_start(list, format);
    vsnprintf(recurrences->error, sizeof(recurrences->error), format, list);
    va_end(list);
    return recurrences->error;
}

static const char *check_values(struct recurrences *recurrences, const struct part *part, char *values)
{
    bool is_list = part->kind == PART_NUMBERS || part->kind == PART_DAYS;
    size_t length = strlen(values);
    char *save;

    if (length == 0 || values[0] == ',' || values[length - 1] == ',' || strstr(values, ",,") ||
        (!is_list && strchr(values, ',')))
        return complain(recurrences, "%s has no right value", part->name);
    for (char *word = strtok_r(values, ",", &save); word; word = strtok_r(NULL, ",", &save))
        if (!is_value(part, word))
            return complain(recurrences, "'%s' is no value there", word);
    return NULL;
}

static const char *check_part(struct recurrences *recurrences, char *text, uint32_t *seen)
{
    char *equals = strchr(text, '=');

    if (!equals)
        return complain(recurrences, "'%s' is no PART=VALUE", text);
    *equals = '\0';
    const struct part *part = find_part(text);

    if (!part)
        return complain(recurrences,
                        "'%s' is not known (FREQ, INTERVAL, COUNT, UNTIL, BYMONTH, BYMONTHDAY, BYDAY, "
                        "BYSETPOS, BYYEARDAY)",
                        text);
    uint32_t bit = UINT32_C(1) << (part - parts);

    if (*seen & bit)
        return complain(recurrences, "%s stands there twice", part->name);
    *seen |= bit;
    return check_values(recurrences, part, equals + 1);
}

static bool has(uint32_t seen, const char *name)
{
    return (seen >> (find_part(name) - parts) & 1) != 0;
}

/* What the parts must have in common; what RFC 5545 leaves open or forbids. */
static const char *check_together(struct recurrences *recurrences, const char *rule, uint32_t seen)
{
    bool is_daily = strstr(rule, "FREQ=DAILY") != NULL, is_weekly = strstr(rule, "FREQ=WEEKLY") != NULL;
    bool is_yearly = strstr(rule, "FREQ=YEARLY") != NULL;
    bool has_numbered_day = false;

    for (const char *at = strstr(rule, "BYDAY="); at && *at && *at != ';'; at++)
        has_numbered_day |= *at >= '0' && *at <= '9';
    if (!has(seen, "FREQ"))
        return complain(recurrences, "FREQ is missing");
    if (has(seen, "COUNT") && has(seen, "UNTIL"))
        return complain(recurrences, "COUNT and UNTIL do not stand together");
    if (has_numbered_day && (is_daily || is_weekly))
        return complain(recurrences, "a day with a number is one of a month or a year");
    if (is_daily && (has(seen, "BYDAY") || has(seen, "BYMONTHDAY")))
        return complain(recurrences, "FREQ=DAILY is every day: for some of them write WEEKLY or MONTHLY");
    if (is_weekly && has(seen, "BYMONTHDAY"))
        return complain(recurrences, "BYMONTHDAY has no meaning in a week");
    if (!is_yearly && has(seen, "INTERVAL") && has(seen, "BYMONTH"))
        return complain(recurrences, "INTERVAL and BYMONTH stand together with FREQ=YEARLY only");
    if (is_yearly && has(seen, "BYMONTHDAY") && !has(seen, "BYMONTH"))
        return complain(recurrences, "FREQ=YEARLY;BYMONTHDAY needs BYMONTH (every month: FREQ=MONTHLY)");
    if (has(seen, "BYYEARDAY") &&
        (!is_yearly || has(seen, "BYMONTH") || has(seen, "BYMONTHDAY") || has(seen, "BYDAY")))
        return complain(recurrences, "BYYEARDAY stands with FREQ=YEARLY and no other day");
    if (has(seen, "BYSETPOS") && !has(seen, "BYDAY") && !has(seen, "BYMONTHDAY") && !has(seen, "BYYEARDAY"))
        return complain(recurrences, "BYSETPOS chooses among days: BYDAY or BYMONTHDAY is missing");
    return NULL;
}

static const char *check(struct recurrences *recurrences, const char *rule, uint32_t *ret_seen)
{
    size_t length = strlen(rule);
    const char *wrong = NULL;

    *ret_seen = 0;
    if (length > RECURRENCE_BYTES)
        return complain(recurrences, "it is longer than %d bytes", RECURRENCE_BYTES);
    if (length == 0 || rule[0] == ';' || rule[length - 1] == ';' || strstr(rule, ";;"))
        return complain(recurrences, "'%s' is no PART=VALUE;PART=VALUE", rule);
    char *copy = memory_text(rule), *save;

    for (char *part = strtok_r(copy, ";", &save); part && !wrong; part = strtok_r(NULL, ";", &save))
        wrong = check_part(recurrences, part, ret_seen);
    free(copy);
    return wrong ? wrong : check_together(recurrences, rule, *ret_seen);
}

/* ---- days ---- */

static struct icaltimetype to_ical(int64_t day)
{
    struct civil civil = civil_date(day);

    /* Not from icaltime_null_date(): its time of day is -1:-1:-1, and iterators count from there. */
    return (struct icaltimetype){.year = civil.year, .month = civil.month, .day = civil.day, .is_date = 1};
}

/* The first of the rule's weekdays in the week of `day`, which begins on a Monday. With INTERVAL libical
   counts weeks wrongly when it has to begin on another day than these. */
static int64_t begin_week(const struct icalrecurrencetype *parsed, int64_t day)
{
    int first = 6;

    for (size_t i = 0; i < ICAL_BY_DAY_SIZE && parsed->by_day[i] != ICAL_RECURRENCE_ARRAY_MAX; i++) {
        int weekday = ((int)icalrecurrencetype_day_day_of_week(parsed->by_day[i]) + 5) % 7; /* Sunday is 1 */

        first = weekday < first ? weekday : first;
    }
    return day - civil_weekday(day) + first;
}

/* libical as a source of the rule's days. */
static icalrecur_iterator *begin(const struct rule *rule, int64_t first_day)
{
    struct icalrecurrencetype parsed = rule->parsed;
    bool is_weekly = parsed.freq == ICAL_WEEKLY_RECURRENCE && rule->names_days;

    parsed.count = 0; /* counted below: days before the first one do not count */
    if (icaltime_is_null_time(parsed.until))
        parsed.until = to_ical(civil_add_months(first_day, HORIZON_YEARS * 12));
    return icalrecur_iterator_new(parsed, to_ical(is_weekly ? begin_week(&parsed, first_day) : first_day));
}

static void forget(struct known_days *known)
{
    if (known->iterator)
        icalrecur_iterator_free(known->iterator);
    known->iterator = NULL;
    known->count = 0;
    known->is_over = true;
}

/* One more day onto the list. False: that was the last one. */
static bool find_one_more(const struct rule *rule, struct known_days *known)
{
    size_t most = rule->parsed.count > 0 ? (size_t)rule->parsed.count : DAYS_MAX;

    while (!known->is_over && known->count < most) {
        struct icaltimetype time = icalrecur_iterator_next(known->iterator);
        int64_t day = icaltime_is_null_time(time) ? 0 : civil_day(time.year, time.month, time.day);

        known->is_over = icaltime_is_null_time(time);
        if (known->is_over || day < known->first_day)
            continue;
        known->days = memory_reserve(known->days, &known->capacity, known->count + 1, sizeof(*known->days));
        known->days[known->count++] = day;
        return true;
    }
    return false;
}

/* The place of the first known day after `after_day`; their count when none is. */
static size_t place_after(const struct known_days *known, int64_t after_day)
{
    size_t low = 0, high = known->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (known->days[middle] <= after_day)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static bool next_day(const struct recurrence *recurrence, int64_t first_day, int64_t after_day,
                     int64_t *ret_day)
{
    const struct rule *rule = (const struct rule *)recurrence;
    struct known_days *known = rule->known;

    if (!known->iterator || known->first_day != first_day) {
        forget(known);
        known->first_day = first_day;
        known->iterator = begin(rule, first_day);
        known->is_over = !known->iterator;
    }
    size_t place = place_after(known, after_day);

    while (place == known->count || known->days[place] <= after_day) {
        if (!find_one_more(rule, known))
            return false;
        place = known->count - 1;
    }
    *ret_day = known->days[place];
    return true;
}

static void free_rule(struct rule *rule)
{
    forget(rule->known);
    free(rule->known->days);
    free(rule->known);
    free(rule->text);
    free(rule);
}

static const struct recurrence *add_rule(struct recurrences *recurrences, const char *text, uint32_t seen,
                                         const char **ret_error)
{
    int64_t day;
    struct rule *rule = memory_new(1, sizeof(*rule));

    rule->recurrence.next = next_day;
    rule->known = memory_new(1, sizeof(*rule->known));
    rule->parsed = icalrecurrencetype_from_string(text);
    rule->names_days = has(seen, "BYDAY") || has(seen, "BYMONTHDAY") || has(seen, "BYYEARDAY");
    rule->recurrence.needs_first_day =
        rule->parsed.interval > 1 || has(seen, "COUNT") || (!rule->names_days && !strstr(text, "FREQ=DAILY"));
    if (rule->parsed.freq == ICAL_NO_RECURRENCE ||
        !next_day(&rule->recurrence, civil_day(2000, 1, 1), civil_day(2000, 1, 1) - 1, &day)) {
        *ret_error = complain(recurrences, "no day ever fits '%s'", text);
        free_rule(rule);
        return NULL;
    }
    rule->text = memory_text(text);
    recurrences->rules = memory_reserve(recurrences->rules, &recurrences->capacity, recurrences->count + 1,
                                        sizeof(*recurrences->rules));
    recurrences->rules[recurrences->count++] = rule;
    return &rule->recurrence;
}

const struct recurrence *recurrences_find(struct recurrences *recurrences, const char *rule,
                                          const char **ret_error)
{
    uint32_t seen;

    for (size_t i = 0; i < recurrences->count; i++)
        if (strcmp(recurrences->rules[i]->text, rule) == 0)
            return &recurrences->rules[i]->recurrence;
    *ret_error = check(recurrences, rule, &seen);
    return *ret_error ? NULL : add_rule(recurrences, rule, seen, ret_error);
}
